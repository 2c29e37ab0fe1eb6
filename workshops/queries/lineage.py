"""Where a candidate comes from: its own priorities and those of all that was merged into it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import get_language

from planning_portal.languages.names import country_name

from ..models import Candidate, Workshop


class Lineage:
    """The roots of ``candidates``, followed through merges: one query for any number of them.

    Merges are followed inside ``candidates``, so pass all candidates of a workshop.
    """

    def __init__(self, candidates: Iterable[Candidate]):
        self._read(Candidate.objects.filter(pk__in=[candidate.pk for candidate in candidates]))

    @classmethod
    def of_workshop(cls, workshop: Workshop) -> Lineage:
        """The lineage of all candidates of ``workshop``."""
        lineage = cls.__new__(cls)
        lineage._read(Candidate.objects.filter(workshop=workshop))
        return lineage

    def _read(self, candidates: QuerySet[Candidate]) -> None:
        self._own: dict[int, list[int]] = {}
        self._merged: dict[int, list[int]] = {}
        self._country: dict[int, tuple[int, str]] = {}
        self._zone: dict[int, str] = {}
        rows = candidates.order_by("id", "priorities__id").values_list(
            "id",
            "decision__merged_into_id",
            "priorities__id",
            "priorities__consultation__country__zone__order",
            "priorities__consultation__country__iso2",
            "priorities__consultation__country__zone__code",
        )
        for candidate_id, into_id, priority_id, zone_order, iso2, zone in rows:
            if into_id is not None and candidate_id not in self._merged.setdefault(into_id, []):
                self._merged[into_id].append(candidate_id)
            if priority_id is not None:
                self._own.setdefault(candidate_id, []).append(priority_id)
                self._country[priority_id] = (zone_order, iso2)
                self._zone[priority_id] = zone

    def merged_ids(self, candidate: Candidate | int) -> list[int]:
        """Everything that was merged into ``candidate``, directly or through another, each once."""
        seen: dict[int, None] = {}
        waiting = list(self._merged.get(_pk(candidate), []))
        while waiting:
            current = waiting.pop(0)
            if current not in seen:
                seen[current] = None
                waiting.extend(self._merged.get(current, []))
        return list(seen)

    def priority_ids(self, candidate: Candidate | int) -> list[int]:
        """The priorities behind ``candidate``, its own first, each once."""
        return list(
            dict.fromkeys(
                priority_id
                for candidate_id in [_pk(candidate), *self.merged_ids(candidate)]
                for priority_id in self._own.get(candidate_id, [])
            )
        )

    def home_of(self, candidate: Candidate | int) -> str:
        """The code of the zone in which ``candidate`` was proposed; "" when there is none, or several."""
        zones = {self._zone[priority_id] for priority_id in self.priority_ids(candidate)}
        return zones.pop() if len(zones) == 1 else ""

    def country_names(self, candidate: Candidate | int) -> list[str]:
        """The countries behind ``candidate`` in the reader's language, zone by zone."""
        found = {self._country[priority_id] for priority_id in self.priority_ids(candidate)}
        language = get_language() or "en"
        return [country_name(iso2, language) for _zone_order, iso2 in sorted(found)]


def _pk(candidate: Candidate | int) -> int:
    return candidate if isinstance(candidate, int) else candidate.pk
