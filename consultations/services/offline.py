"""A form filled in offline becomes drafts, after its sender has seen what was read. It never submits anything."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import IO, Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from planning_portal.documents.models import Audience
from planning_portal.documents.services import request_documents
from planning_portal.organisations.models import Organisation
from planning_portal.organisations.permissions import memberships_of
from planning_portal.programme.models import Theme, WorkerGroup
from planning_portal.quarantine.process import examine
from planning_portal.workflow.services import WrongState

from ..models import Consultation, OfflineForm, OfflineRow, OfflineUpload, Priority
from ..offline import paper
from ..offline.layout import Choices
from ..offline.reading import FormRefused, read_form
from ..parts import plain_parts
from ..versions import EditConflict, changed_since
from .drafts import closed_reason, save_draft, start_drafts

AGE = timedelta(hours=24)
MOST_OF_ONE = 20
BATCH = 50
"""Rows saved in one transaction: a tenth of a second on one core, which is how long others may have to wait."""
PAUSE = 0.03
"""Seconds between two transactions on SQLite, whose lock goes to who asks first: who has waited asks every 25 ms."""
NEW, CHANGED, SAME, CONFLICT, SUBMITTED = "new", "changed", "same", "conflict", "submitted"
"""What becomes of a row."""


def receive_form(consultation: Consultation, *, by: Any, data: bytes | IO[bytes]) -> OfflineUpload:
    """Read and check a filled form and keep what was read until its sender confirms. No draft is touched.

    In order: read it in quarantine, see whose it is, check each cell, keep the result. Raises
    ``quarantine.process.Refused``, ``offline.reading.FormRefused``, PermissionDenied.
    """
    sheets = json.loads(examine("read_workbook", data).data)
    form = read_form(sheets, Choices.of(consultation))
    if form.key.consultation != consultation.public_id.hex:
        raise FormRefused("country")
    organisation = _organisation_of(form.key.organisation, by)
    rows = [{"number": row.number, "parts": row.parts} for row in form.rows if not row.faults]
    with transaction.atomic():
        _forget_all_but_the_newest(by)
        return OfflineUpload.objects.create(
            user=by,
            consultation=consultation,
            organisation=organisation,
            form_key=form.key.key,
            language=form.language or by.preferred_language,
            rows=rows,
            faults=[asdict(fault) for fault in form.all_faults],
        )


def _organisation_of(public_id: str, by: Any) -> Organisation:
    for membership in memberships_of(by).values():
        if membership.organisation.public_id.hex == public_id:
            return membership.organisation
    raise FormRefused("organisation")


def _forget_all_but_the_newest(by: Any) -> None:
    """Somebody who sends one form after the other does not fill the disk."""
    kept = OfflineUpload.objects.filter(user=by).order_by("-id").values_list("pk", flat=True)[: MOST_OF_ONE - 1]
    OfflineUpload.objects.filter(user=by).exclude(pk__in=list(kept)).delete()


def rows_known(form_key: Any, numbers: Iterable[int] | None = None) -> dict[int, OfflineRow]:
    """The drafts that rows of this form have become, by row number (all, or those asked for): two queries."""
    rows = OfflineRow.objects.filter(form__key=form_key).select_related("form", "priority__organisation")
    if numbers is not None:
        rows = rows.filter(number__in=list(numbers))
    return {row.number: row for row in rows.prefetch_related("priority__groups")}


def editor_of(form_key: Any, by: Any) -> str:
    """What a form saved before is no conflict with what its sender changed in it since (``versions.changed_since``)."""
    return f"form:{form_key}:{by.pk}"


def differences(row: OfflineRow, parts: Mapping[str, Any], *, by: Any) -> tuple[dict[str, Any], set[str]]:
    """What of ``parts`` differs from the draft, and which of that somebody changed in the portal since this person
    last sent the row. Ticks are added to those that are there: an empty cell never takes one away."""
    present = plain_parts(row.priority, parts)
    wanted = {**parts, **({"groups": sorted({*parts["groups"], *present["groups"]})} if "groups" in parts else {})}
    changed = {part: value for part, value in wanted.items() if value != present[part]}
    seen = row.version if row.user_id == by.pk else 0
    return changed, changed_since(row.priority, changed, seen, editor_of(row.form.key, by))


def save_form(upload: OfflineUpload, *, by: Any) -> OfflineUpload:
    """Make drafts of the rows, or bring the drafts they became before up to date; once, however often it is asked.

    In short transactions of ``BATCH`` rows, so that everybody else goes on saving meanwhile. Each locks the upload and
    goes on where the one before ended (``outcome`` tells how far), whoever began it: what was interrupted is finished
    by asking again, and two who ask at once share the work. For each row: a new draft; or only what differs; or, where
    somebody changed the same part in the portal, this text is parked beside theirs until ``by`` has chosen
    (``ParkedEdit``). What is submitted meanwhile stays as it is.

    Raises PermissionDenied when ``by`` is not who sent it or no longer of the organisation, and WrongState when a new
    draft is needed and the consultation is closed: then nothing of it is saved. What had begun before is finished.
    """
    fresh = _save_batch(upload, by=by)
    while fresh.saved_at is None:
        if connection.vendor == "sqlite":
            time.sleep(PAUSE)
        fresh = _save_batch(upload, by=by)
    return fresh


@transaction.atomic
def _save_batch(upload: OfflineUpload, *, by: Any) -> OfflineUpload:
    """The next rows. In order: lock the upload, lock the form (made when it first comes back), look which rows are
    drafts already, write, tell how far it is."""
    uploads = OfflineUpload.objects.select_for_update(of=("self",)).select_related("organisation")
    fresh = uploads.defer("rows", "faults").get(pk=upload.pk)
    if fresh.user_id != by.pk or fresh.organisation_id not in memberships_of(by):
        raise PermissionDenied(_("Only who sent this form can save it."))
    if fresh.saved_at is not None:
        return fresh
    consultation = Consultation.objects.select_related("step", "country").get(pk=fresh.consultation_id)
    identity = {"consultation": consultation, "organisation": fresh.organisation}
    OfflineForm.objects.get_or_create(key=fresh.form_key, defaults=identity)
    form = OfflineForm.objects.select_for_update().get(key=fresh.form_key)
    if fresh.outcome is None:
        _check_open(consultation, form, upload.rows, by=by)
        fresh.outcome = []
    batch = upload.rows[len(fresh.outcome) : len(fresh.outcome) + BATCH]
    fresh.outcome = [*fresh.outcome, *_Writer(form, consultation, fresh, by).save(batch)]
    if len(fresh.outcome) == len(upload.rows):
        fresh.saved_at = timezone.now()
    fresh.save(update_fields=["outcome", "saved_at"])
    return fresh


def _check_open(consultation: Consultation, form: OfflineForm, rows: Iterable[dict[str, Any]], *, by: Any) -> None:
    """Drafts that are there can always be brought up to date; new ones need a consultation that is open."""
    known = set(form.rows.values_list("number", flat=True))
    needs_drafts = any(row["number"] not in known for row in rows)
    if needs_drafts and not by.has_perm("consultations.write_priority", consultation):
        raise WrongState(closed_reason(consultation) or _("This consultation is not open yet."))


class _Writer:
    """Saves rows of one form."""

    def __init__(self, form: OfflineForm, consultation: Consultation, upload: OfflineUpload, by: Any):
        self.form, self.consultation, self.upload, self.by = form, consultation, upload, by
        self.editor = editor_of(form.key, by)
        self.themes = {theme.pk: theme for theme in Theme.objects.filter(programme_id=consultation.step.programme_id)}
        self.groups = {group.pk: group for group in WorkerGroup.objects.all()}

    def save(self, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Save rows and say what became of each, in their order."""
        known = rows_known(self.form.key, [line["number"] for line in lines])
        started = self.start([line for line in lines if line["number"] not in known])
        outcome = []
        for line in lines:
            number = line["number"]
            row = known.get(number)
            state = NEW if row is None else self.bring_up_to_date(row, line["parts"])
            priority = started[number] if row is None else row.priority
            outcome.append({"number": number, "state": state, "priority": priority.public_id.hex})
        return outcome

    def start(self, lines: list[dict[str, Any]]) -> dict[int, Priority]:
        """New drafts by the numbers of their rows."""
        drafts = start_drafts(
            self.consultation,
            [self.known_choices(line["parts"]) for line in lines],
            by=self.by,
            organisation=self.upload.organisation,
            language=self.upload.language,
            editor=self.editor,
        )
        started = {line["number"]: draft for line, draft in zip(lines, drafts, strict=True)}
        OfflineRow.objects.bulk_create(
            OfflineRow(form=self.form, number=number, priority=draft, user=self.by, version=draft.version)
            for number, draft in started.items()
        )
        return started

    def bring_up_to_date(self, row: OfflineRow, parts: dict[str, Any]) -> str:
        if not row.priority.is_draft:
            return SUBMITTED
        changed, clashing = differences(row, parts, by=self.by)
        if not changed:
            return SAME
        seen = row.version if row.user_id == self.by.pk else 0
        fresh = row.priority
        if calm := {part: value for part, value in changed.items() if part not in clashing}:
            fresh = self.write(row.priority, seen, calm)
        if clashing:
            try:
                self.write(row.priority, seen, {part: changed[part] for part in clashing})
            except EditConflict:
                return CONFLICT
        row.user, row.version = self.by, fresh.version
        row.save(update_fields=["user", "version"])
        return CHANGED

    def known_choices(self, parts: dict[str, Any]) -> dict[str, Any]:
        """The parts without a theme or a group that has been taken out of the choice since the form was read."""
        known = dict(parts)
        if known.get("theme") not in self.themes:
            known.pop("theme", None)
        if "groups" in known:
            known["groups"] = [pk for pk in known["groups"] if pk in self.groups]
        return known

    def write(self, priority: Priority, version: int, parts: dict[str, Any]) -> Priority:
        given = dict(parts)
        if "theme" in given:
            given["theme"] = self.themes.get(given["theme"])
        if "groups" in given:
            given["groups"] = [self.groups[pk] for pk in given["groups"] if pk in self.groups]
        return save_draft(priority, by=self.by, version=version, editor=self.editor, **given)


def request_paper(consultation: Consultation, *, by: Any) -> uuid.UUID:
    """Have the form on paper made in four languages, once for all who ask; returns the group that shows the progress.

    Raises PermissionDenied for who is not of the country's own circle.
    """
    if not by.has_perm("consultations.view_country_level", consultation):
        raise PermissionDenied
    return request_documents(
        consultation, paper.KIND, version=paper.version_of(consultation), audience=Audience.MEMBERS, by=by
    )


def drop_form(upload: OfflineUpload, *, by: Any) -> None:
    """The sender does not want it: what was read is forgotten at once, unless saving it has begun."""
    OfflineUpload.objects.filter(pk=upload.pk, user=by, outcome__isnull=True).delete()


def forget_old_forms() -> None:
    """Once a day: what was read and never confirmed, or saved long since."""
    OfflineUpload.objects.filter(created_at__lt=timezone.now() - AGE).delete()
