"""The time zones that a person can choose, named by their country in the reader's language (CLDR)."""

from __future__ import annotations

import zoneinfo
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from babel.core import get_global
from babel.dates import get_timezone_location
from django.utils.translation import gettext as _

from planning_portal.languages.names import country_name

Choice = tuple[str, str]


@lru_cache(maxsize=8)
def all_zones(language: str) -> tuple[Choice, ...]:
    """Every zone as (key, "Benin" or "DR Congo (Kinshasa)"), sorted by its label: 445 of them, made once."""
    known = zoneinfo.available_timezones()
    territories = {zone: code for zone, code in get_global("zone_territories").items() if zone in known}
    zones_of = Counter(territories.values())
    choices = []
    for zone, code in territories.items():
        country = country_name(code, language)
        city = get_timezone_location(zone, locale=language, return_city=True)
        choices.append((zone, country if zones_of[code] == 1 else f"{country} ({city})"))
    return tuple(sorted(choices, key=lambda choice: choice[1]))


def zone_choices(language: str, near: Iterable[str] = ()) -> list[Choice | tuple[str, list[Choice]]]:
    """Choices for a form: the zones of the programme's countries first, then all the others, then UTC."""
    near = set(near)
    everything = all_zones(language)
    labels = dict(everything)
    first = [choice for choice in everything if choice[0] in near]
    rest = [choice for choice in everything if choice[0] not in near]
    unnamed = [(zone, zone) for zone in sorted(near | {"UTC"}) if zone not in labels]
    return [(_("Countries of the programme"), first), (_("Elsewhere"), rest + unnamed)]


def zones_of_country(iso2: str, language: str, first: str = "") -> list[Choice]:
    """The zones of one country as (key, "Jakarta"), by city; ``first`` (its usual one) stands first even if CLDR does
    not count it among them."""
    territories = get_global("zone_territories")
    known = zoneinfo.available_timezones()
    keys = {zone for zone, code in territories.items() if code == iso2 and zone in known}
    keys |= {first} - {""}
    named = [(key, str(get_timezone_location(key, locale=language, return_city=True))) for key in keys]
    return sorted(named, key=lambda choice: (choice[0] != first, choice[1]))
