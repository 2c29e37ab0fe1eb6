"""What should be read once more before a summary is published: texts that say what the pages keep back.

Names of organisations and of countries at high risk are left out by code wherever the portal writes them itself. In
people's own words only people can judge them, so here is where such a name stands. Only whoever publishes sees it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst

from planning_portal.languages.frozen import entries_of
from planning_portal.languages.models import Multilingual
from planning_portal.languages.names import country_name
from planning_portal.languages.services import LANGUAGE_CODES
from planning_portal.organisations.models import Country, Identity, Organisation, RiskLevel

from ..models import Candidate, Decision, LineOfWork, Minutes, Objection, Session, Workshop
from ..snapshot import MODELS

WITH_CANDIDATE = {"decision": "candidate", "objection": "decision__candidate"}


@dataclass(frozen=True)
class Exposure:
    """A frozen text, where it can be read, and the names that stand in it in any language."""

    label: str
    field: str
    url: str
    names: list[str]


def exposures_of(workshop: Workshop, *, outcome: dict[str, Any] | None = None) -> list[Exposure]:
    """The texts of the summary that name a country at high risk or an organisation that is not named in public.

    ``outcome`` is an earlier frozen one, where it is not the workshop's own of today.
    Two queries, one more for each kind of text in which something was found.
    """
    names = _Names()
    found: dict[tuple[str, int, str], list[str]] = {}
    for entry in entries_of(outcome or workshop.snapshot or {}):
        kind, pk, field = entry["of"]
        if (kind, pk, field) not in found and (said := names.in_texts(entry["texts"].values())):
            found[kind, pk, field] = said
    objects = _objects_of(found)
    return [
        Exposure(_label(obj), _name_of_field(obj, field), _url(obj, workshop), said)
        for (kind, pk, field), said in found.items()
        if (obj := objects.get((kind, pk)))
    ]


class _Names:
    """What must not stand in a public text: names without regard to capitals and accents, acronyms as they are."""

    def __init__(self) -> None:
        words: dict[str, str] = {}
        acronyms: list[str] = []
        for iso2 in Country.objects.filter(risk_level=RiskLevel.HIGH).values_list("iso2", flat=True):
            for code in LANGUAGE_CODES:
                name = country_name(iso2, code)
                words.setdefault(_plain(name), name)
        hidden = Organisation.objects.exclude(identity=Identity.NAMED).values_list("name", "acronym")
        for name, acronym in hidden:
            words[_plain(name)] = name
            acronyms += [acronym] if len(acronym or "") > 1 else []
        words.pop("", None)
        self.words = words
        self.pattern = _any_of(words)
        self.acronyms = _any_of(acronyms)

    def in_texts(self, texts: Iterable[str]) -> list[str]:
        said: dict[str, None] = {}
        for text in texts:
            said |= dict.fromkeys(self.words[one] for one in self.pattern.findall(_plain(text)))
            said |= dict.fromkeys(self.acronyms.findall(text))
        return list(said)


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Any of ``words`` as a whole word; the longest first. Nothing at all when there are none."""
    choices = "|".join(re.escape(word) for word in sorted(set(words), key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{choices})(?!\w)" if choices else r"(?!)")


def _plain(text: str) -> str:
    """Without accents and capitals, with single blanks: as a reader recognises a name."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    return " ".join("".join(one for one in letters if not unicodedata.combining(one)).split())


def _objects_of(found: Iterable[tuple[str, int, str]]) -> dict[tuple[str, int], Multilingual]:
    wanted: dict[str, set[int]] = {}
    for kind, pk, _field in found:
        wanted.setdefault(kind, set()).add(pk)
    objects: dict[tuple[str, int], Multilingual] = {}
    for kind, ids in wanted.items():
        rows = MODELS[kind]._base_manager.filter(pk__in=ids)  # type: ignore[misc]
        if kind in WITH_CANDIDATE:
            rows = rows.select_related(WITH_CANDIDATE[kind])  # type: ignore[misc]
        objects |= {(kind, obj.pk): obj for obj in rows}
    return objects


def _name_of_field(obj: Multilingual, field: str) -> str:
    return str(getattr(obj._meta.get_field(field), "verbose_name", field))


def _label(obj: Any) -> str:
    name = capfirst(str(obj._meta.verbose_name))
    if isinstance(obj, Decision):
        return f"{name} {obj.candidate.code}"
    if isinstance(obj, Objection):
        return f"{name} {obj.decision.candidate.code}"
    return f"{name} {getattr(obj, 'code', '')}".strip()


def _url(obj: Any, workshop: Workshop) -> str:
    if isinstance(obj, Candidate):
        return reverse("workshops:candidate-detail", args=[obj.public_id])
    if isinstance(obj, Decision):
        return reverse("workshops:candidate-detail", args=[obj.candidate.public_id])
    if isinstance(obj, Objection):
        return reverse("workshops:candidate-detail", args=[obj.decision.candidate.public_id])
    if isinstance(obj, LineOfWork):
        return reverse("workshops:line-detail", args=[obj.public_id])
    page = {Minutes: "minutes-edit", Session: "session-list"}.get(type(obj), "workshop-detail")
    return reverse(f"workshops:{page}", args=[workshop.public_id])
