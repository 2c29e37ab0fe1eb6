"""Names that CLDR knows better than we do: countries, languages, numbers, dates, amounts."""

from babel import Locale
from babel.languages import get_territory_language_info

COUNTRY_NAMES = {("CD", "en"): "DR Congo", ("CD", "es"): "RD Congo", ("CD", "fr"): "RD Congo", ("CD", "nl"): "DR Congo"}


def country_name(iso2: str, language: str) -> str:
    """The country's name in ``language`` (CLDR, with the programme's own short forms)."""
    return COUNTRY_NAMES.get((iso2, language)) or Locale.parse(language).territories.get(iso2, iso2)


def language_name(code: str, language: str) -> str:
    """The name of the language ``code`` in ``language``: ("fr", "nl") gives "Frans"."""
    return Locale.parse(language).languages.get(code, code)


def languages_spoken_in(iso2: str) -> list[str]:
    """What people speak in a country (CLDR): the official languages and those of at least one in twenty, most spoken
    first, eight at most. Written forms of one language ("ms_Arab") are not languages of their own."""
    shares = {
        code: float(info["population_percent"] or 0)
        for code, info in get_territory_language_info(iso2).items()
        if "_" not in code and (info["official_status"] or float(info["population_percent"] or 0) >= 5)
    }
    return sorted(shares, key=lambda code: (-shares[code], code))[:8]
