"""A much larger programme in a few seconds: rows copied in bulk. ``seed_demo --scale`` tells it properly, in minutes.

Runs inside a portal's own environment.
"""

from __future__ import annotations

import copy
import itertools
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import Max, Model

from consultations.models import Consultation, Priority, PriorityState, PriorityWords
from planning_portal.languages.models import TranslationUnit
from workshops.models import Candidate, WorkshopState

BATCH = 300
CANDIDATE_TIMES = 10
FIRST_COPY = 500


@transaction.atomic
def grow(priorities: int) -> None:
    """Copy agreed priorities, over all countries alike, until there are so many; give each open workshop, once, ten
    times its candidates. Texts keep the state of their translations and the words they are found by."""
    agreed = list(Priority.objects.filter(state=PriorityState.AGREED).order_by("pk"))
    last = dict(Consultation.objects.annotate(last=Max("priorities__position")).values_list("pk", "last"))

    def as_priority(priority: Any) -> None:
        last[priority.consultation_id] += 1
        priority.position = last[priority.consultation_id]
        priority.receipt = uuid.uuid4().hex[: Priority._meta.get_field("receipt").max_length]

    missing = priorities - Priority.objects.exclude(state=PriorityState.DRAFT).count()
    _copy(itertools.islice(itertools.cycle(agreed), max(missing, 0)), Priority, as_priority)

    numbers: dict[int, Iterator[int]] = defaultdict(lambda: itertools.count(FIRST_COPY))

    def as_candidate(candidate: Any) -> None:
        candidate.code = f"C{next(numbers[candidate.workshop_id])}"

    candidates = list(Candidate.objects.filter(workshop__state=WorkshopState.OPEN).order_by("pk"))
    if not any(candidate.code == f"C{FIRST_COPY}" for candidate in candidates):
        _copy(iter(candidates * (CANDIDATE_TIMES - 1)), Candidate, as_candidate)


def _copy(originals: Iterator[Any], model: type[Model], change: Callable[[Any], None]) -> None:
    """Bulk copies of ``originals`` after ``change``, each with the rows that hang on its original."""
    pairs = []
    for original in originals:
        twin = copy.copy(original)
        twin.pk, twin.public_id, twin._state = None, uuid.uuid4(), copy.copy(original._state)
        twin._state.adding = True
        change(twin)
        pairs.append((original.pk, twin))
    model._base_manager.bulk_create([twin for _pk, twin in pairs], batch_size=BATCH)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE bench_twin (original bigint, twin bigint)")
        cursor.executemany("INSERT INTO bench_twin VALUES (%s, %s)", [(pk, twin.pk) for pk, twin in pairs])
        kind = ContentType.objects.get_for_model(model).pk
        _copy_rows(cursor, TranslationUnit, "object_id", f" AND content_type_id = {kind}")
        if model is Priority:
            _copy_rows(cursor, PriorityWords, "priority_id")
        cursor.execute("DROP TABLE bench_twin")


def _copy_rows(cursor: Any, model: type[Model], owner: str, condition: str = "") -> None:
    """Every row of ``model`` whose ``owner`` is an original once more for each of its twins."""
    kept = [field.column for field in model._meta.concrete_fields if not field.generated]
    columns = ", ".join(f'"{name}"' for name in kept if name not in {"id", owner})
    cursor.execute(
        f'INSERT INTO "{model._meta.db_table}" ("{owner}", {columns}) SELECT twin, {columns} '
        f'FROM bench_twin JOIN "{model._meta.db_table}" ON "{owner}" = original{condition}'
    )


def analyse() -> None:
    """What the database's own housekeeping does sooner or later after so much news."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
