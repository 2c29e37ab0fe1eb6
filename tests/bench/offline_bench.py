"""What a form filled in offline costs: read by the child, shown, saved as drafts, and the same file once more; and
what others who save meanwhile notice of it.

Runs inside a portal's own environment; what it saves is taken back.
"""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import openpyxl
from django.db import connection

from consultations import services
from consultations.models import Consultation, ConsultationState, OfflineForm, OfflineUpload, Priority
from consultations.offline.layout import CODES_ROW, FIRST_ROW
from consultations.offline.preview import preview_of
from consultations.offline.workbook import build_form
from planning_portal.organisations.identity import viewer_of
from planning_portal.organisations.permissions import organisations_of
from planning_portal.quarantine.process import examine

from .pages import account

TEXT = "Most market women pay for care in cash and fall into debt; six in ten borrowed for it last year. " * 8
OTHERS_PAUSE = 0.02


def send_form(rows: int) -> dict[str, Any]:
    """Seconds of each part and of the longest transaction, the size of the file, the most memory that the child had,
    and how long somebody else who saved all the while had to wait at most."""
    person = account("partner.bj")
    organisation = organisations_of(person)[0]
    consultation = Consultation.objects.with_country().get(
        country_id=organisation.country_id, state=ConsultationState.OPEN
    )
    blank, key = build_form(consultation, organisation, viewer=viewer_of(person), language="fr", rows=rows)
    data = _filled(blank, rows)
    found: dict[str, Any] = {"rows": rows, "bytes": len(data)}
    try:
        read, found["read"] = _timed(lambda: examine("read_workbook", data))
        found["memory"] = read.memory
        found["cells"] = sum(len(sheet["cells"]) for sheet in json.loads(read.data))
        upload = services.receive_form(consultation, by=person, data=data)
        _preview, found["preview"] = _timed(lambda: preview_of(upload, by=person))
        with _somebody_else_saving(person) as waits, _transactions() as transactions:
            saved, found["save"] = _timed(lambda: services.save_form(upload, by=person))
        found["longest"] = max(transactions)
        found["others"], found["waited"] = len(waits), max(waits, default=0.0)
        assert [row["state"] for row in saved.outcome] == ["new"] * rows
        again = services.receive_form(consultation, by=person, data=data)
        saved, found["again"] = _timed(lambda: services.save_form(again, by=person))
        assert [row["state"] for row in saved.outcome] == ["same"] * rows
    finally:
        _take_back(key.key)
    return found


@contextmanager
def _transactions() -> Iterator[list[float]]:
    """Seconds of each transaction on this thread's connection: from when the lock is held until it is over."""
    seconds: list[float] = []
    begun = 0.0
    set_autocommit = connection.set_autocommit

    def timed(autocommit: bool, **given: Any) -> None:
        nonlocal begun
        if autocommit:
            seconds.append(time.perf_counter() - begun)
        set_autocommit(autocommit, **given)
        begun = time.perf_counter()

    connection.set_autocommit = timed  # type: ignore[method-assign]
    try:
        yield seconds
    finally:
        connection.set_autocommit = set_autocommit  # type: ignore[method-assign]


@contextmanager
def _somebody_else_saving(person: Any) -> Iterator[list[float]]:
    """Save a draft again and again on a connection of its own, with hardly a pause; the seconds of each save."""
    draft, waits, is_over = Priority.objects.drafts_of(person).earliest("pk"), [], threading.Event()

    def save() -> None:
        saved = draft
        while not is_over.wait(OTHERS_PAUSE):
            given = {"version": saved.version, "editor": "bench", "is_autosave": True}
            saved, seconds = _timed(
                lambda: services.save_draft(saved, by=person, situation=f"{len(waits)} {TEXT}", **given)  # noqa: B023
            )
            waits.append(seconds)
        connection.close()

    other = threading.Thread(target=save)
    other.start()
    try:
        yield waits
    finally:
        is_over.set()
        other.join()


def _take_back(form_key: Any) -> None:
    drafts = list(Priority.objects.filter(pk__in=OfflineForm.objects.filter(key=form_key).values("rows__priority")))
    OfflineUpload.objects.filter(form_key=form_key).delete()
    OfflineForm.objects.filter(key=form_key).delete()
    Priority.objects.filter(pk__in=[draft.pk for draft in drafts]).delete()
    Priority.history.filter(id__in=[draft.pk for draft in drafts]).delete()


def _timed(act: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    answer = act()
    return answer, time.perf_counter() - start


def _filled(blank: bytes, rows: int) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(blank))
    sheet = book.worksheets[0]
    columns = {cell.value: cell.column_letter for cell in sheet[CODES_ROW] if cell.value}
    for row in range(FIRST_ROW, FIRST_ROW + rows):
        sheet[f"{columns['title']}{row}"] = f"Health cover for market women, {row}"
        for part in ("situation", "concerned", "change", "together"):
            sheet[f"{columns[part]}{row}"] = f"{row}. {TEXT}"
        for code in [code for code in columns if code.startswith("group:")][:3]:
            sheet[f"{columns[code]}{row}"] = "x"
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()
