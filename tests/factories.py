"""Test data, made as the demo makes it: plain functions that return saved objects with believable defaults."""

import itertools
from datetime import date
from typing import Any

from planning_portal.organisations.models import Country, Membership, Organisation, User, Zone
from planning_portal.programme.models import Programme, Role, Step, StepKind, StepState, Theme

numbers = itertools.count(1)


def make_zone(slug: str = "west-africa", **fields: Any) -> Zone:
    code = fields.pop("code", {"west-africa": "WA", "asia": "AS", "latin-america-caribbean": "LA"}.get(slug, "ZZ"))
    names = {f"name_{language}": slug.replace("-", " ").title() for language in ("en", "es", "fr", "nl")}
    return Zone.objects.get_or_create(slug=slug, defaults={"code": code, **names, **fields})[0]


def make_country(iso2: str = "BJ", **fields: Any) -> Country:
    defaults = {
        "iso3": {"BJ": "BEN", "PE": "PER", "PH": "PHL"}.get(iso2, iso2 + "X"),
        "working_language": "fr",
        "risk_level": "low",
    }
    zone = fields.pop("zone", None) or make_zone()
    return Country.objects.get_or_create(iso2=iso2, defaults={**defaults, "zone": zone, **fields})[0]


def make_organisation(**fields: Any) -> Organisation:
    number = next(numbers)
    defaults = {
        "slug": f"organisation-{number}",
        "name": f"Organisation number {number}",
        "acronym": f"ORG{number}",
        "kind": "trade_union",
        "identity": "named",
    }
    country = fields.pop("country", None) or make_country()
    return Organisation.objects.create(country=country, **{**defaults, **fields})


def make_user(**fields: Any) -> User:
    number = next(numbers)
    defaults = {"email": f"person{number}@example.org", "name": f"Person {number}", "password": "a-long-password"}
    organisation = fields.pop("organisation", None)
    has_mandate = fields.pop("has_mandate", True)
    user = User.objects.create_user(**{**defaults, **fields})
    if organisation is not None:
        Membership.objects.create(user=user, organisation=organisation, has_mandate=has_mandate)
    return user


def make_programme(**fields: Any) -> Programme:
    number = next(numbers)
    defaults = {
        "slug": f"programme-{number}",
        "code": f"P{number}",
        "source_language": "en",
        "title_en": "Programme 2027-2031",
        "starts": date(2027, 1, 1),
        "ends": date(2031, 12, 31),
        "is_current": not Programme.objects.filter(is_current=True).exists(),
    }
    return Programme.objects.create(**{**defaults, **fields})


def make_step(kind: str = StepKind.CONSULTATION, **fields: Any) -> Step:
    number = next(numbers)
    programme = fields.pop("programme", None) or Programme.objects.filter(is_current=True).first() or make_programme()
    defaults = {
        "slug": f"step-{number}",
        "kind": kind,
        "order": number,
        "source_language": "en",
        "title_en": f"Step {number}",
        "state": StepState.OPEN,
    }
    return Step.objects.create(programme=programme, **{**defaults, **fields})


def make_theme(**fields: Any) -> Theme:
    number = next(numbers)
    programme = fields.pop("programme", None) or Programme.objects.filter(is_current=True).first() or make_programme()
    defaults = {"slug": f"theme-{number}", "order": number, "source_language": "en", "title_en": f"Theme {number}"}
    return Theme.objects.create(programme=programme, **{**defaults, **fields})


def make_role(
    user: User, kind: str, *, programme: Programme | None = None, countries: Any = (), languages: Any = ()
) -> Role:
    programme = programme or Programme.objects.filter(is_current=True).first() or make_programme()
    role = Role.objects.create(programme=programme, user=user, kind=kind, languages=list(languages))
    role.countries.set(countries)
    return role
