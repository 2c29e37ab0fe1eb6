"""A change to submitted texts that their authors must consent to: merging, splitting, rewording."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from planning_portal.languages.models import Multilingual
from planning_portal.organisations.models import Organisation, User
from planning_portal.web.models import Opaque

from ..querysets import AmendmentQuerySet, AnswerManager
from .consultation import Consultation
from .versioned import Versioned


class InsideWords(Multilingual):
    """Words that only a country's own circle reads: their language is known, but no translator is asked."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        super(Multilingual, self).save(*args, **kwargs)


class AmendmentKind(models.TextChoices):
    MERGE = "merge", _("merging")
    SPLIT = "split", _("splitting")
    REWORD = "reword", _("rewording")


class AmendmentState(models.TextChoices):
    """DRAFT is the companion's alone; DROPPED says that the sources stay as they are."""

    DRAFT = "draft", _("draft")
    OPEN = "open", pgettext_lazy("state of an amendment", "waiting for answers")
    DONE = "done", pgettext_lazy("state of an amendment", "carried out")
    DROPPED = "dropped", pgettext_lazy("state of an amendment", "dropped")
    UNDONE = "undone", pgettext_lazy("state of an amendment", "undone")


class Amendment(Versioned, InsideWords, Opaque):
    """The companion proposes other texts in the place of submitted ones; their authors accept or decline.

    One model for all three kinds: a merge has several sources and one result, a split one and several, a rewording
    one and one. ``texts`` holds the results as they are proposed, each ``{"title", "situation", "concerned",
    "change", "together": text, "theme": pk, "level": code, "groups": [pk]}``, written in ``source_language``; they
    become priorities (``Priority.amendment``) only when the change is carried out. ``why`` is the companion's word to
    the authors, ``verdict`` why it was decided after the deadline, withdrawn or undone. The authors asked are the
    organisations of ``answers``: whoever submitted a source.
    """

    TEXTS = ("why", "verdict")

    consultation = models.ForeignKey(
        Consultation, models.PROTECT, related_name="amendments", verbose_name=_("consultation")
    )
    kind = models.CharField(_("kind"), max_length=6, choices=AmendmentKind)
    state = models.CharField(_("state"), max_length=7, choices=AmendmentState, default=AmendmentState.DRAFT)
    sources = models.ManyToManyField(
        "consultations.Priority", through="AmendmentSource", related_name="amendments", verbose_name=_("sources")
    )
    texts = models.JSONField(_("proposed texts"), default=list)
    why = models.TextField(_("why it is proposed"), blank=True)
    verdict = models.TextField(_("why it was decided so"), blank=True)
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("proposed by"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    saved_at = models.DateTimeField(_("saved"), auto_now=True)
    proposed_at = models.DateTimeField(_("proposed"), null=True, blank=True)
    answer_by = models.DateTimeField(_("answer by"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = AmendmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("amendment")
        verbose_name_plural = _("amendments")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "dropped"]) | Q(proposed_at__isnull=False, answer_by__isnull=False),
                name="proposed_amendment_has_deadline",
                violation_error_message=_("Say until when the organisations can answer."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "open"], ended_at__isnull=True)
                | (~Q(state__in=["draft", "open"]) & Q(ended_at__isnull=False)),
                name="ended_amendment_has_time",
                violation_error_message=_("What was carried out, dropped or undone says when."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.get_state_display()}"

    @property
    def is_draft(self) -> bool:
        return self.state == AmendmentState.DRAFT

    @property
    def is_open(self) -> bool:
        return self.state == AmendmentState.OPEN


class ParkedProposal(models.Model):
    """What a companion typed in a proposal that a colleague saved, sent or dropped meanwhile: kept until its writer
    has saved it over theirs, carried it on in another proposal, or thrown it away.

    ``fields`` by part: ``text-0`` … as ``Amendment.texts`` holds them, ``why``, ``language``.
    """

    amendment = models.ForeignKey(
        Amendment, models.CASCADE, related_name="parked_proposals", verbose_name=_("amendment")
    )
    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("person"))
    fields = models.JSONField(_("fields"))
    parked_at = models.DateTimeField(_("when"), auto_now=True)

    class Meta:
        verbose_name = _("proposal to be compared")
        verbose_name_plural = _("proposals to be compared")
        constraints = [
            models.UniqueConstraint(fields=["amendment", "user"], name="one_parked_proposal_per_person"),
        ]


class AmendmentSource(models.Model):
    """A text that is to be merged, split or reworded. While the change is proposed or stands, it holds the text."""

    amendment = models.ForeignKey(Amendment, models.CASCADE, related_name="source_rows", verbose_name=_("amendment"))
    priority = models.ForeignKey(
        "consultations.Priority", models.PROTECT, related_name="source_rows", verbose_name=_("priority")
    )
    is_holding = models.BooleanField(_("holds the text"), default=False)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["amendment", "priority"],
                name="one_source_row_per_priority",
                violation_error_message=_("This priority is already a source of this proposal."),
            ),
            models.UniqueConstraint(
                fields=["priority"],
                condition=Q(is_holding=True),
                name="one_amendment_at_a_time",
                violation_error_message=_("Another proposal is already about this priority."),
            ),
        ]


class Answer(models.TextChoices):
    WAITING = "waiting", _("no answer yet")
    ACCEPTED = "accepted", pgettext_lazy("answer of an organisation", "accepted")
    DECLINED = "declined", pgettext_lazy("answer of an organisation", "declined")


class AmendmentAnswer(InsideWords):
    """What one submitting organisation says to an amendment. Who acted is kept apart from for whom."""

    TEXTS = ("reason",)

    amendment = models.ForeignKey(Amendment, models.CASCADE, related_name="answers", verbose_name=_("amendment"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    answer = models.CharField(_("answer"), max_length=8, choices=Answer, default=Answer.WAITING)
    reason = models.TextField(_("reason"), blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("answered by"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    objects = AnswerManager()

    class Meta:
        verbose_name = _("answer to an amendment")
        verbose_name_plural = _("answers to amendments")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["amendment", "organisation"],
                name="one_answer_per_organisation",
                violation_error_message=_("This organisation has already been asked."),
            ),
            models.CheckConstraint(
                condition=Q(answer="waiting", answered_at__isnull=True)
                | (~Q(answer="waiting") & Q(answered_at__isnull=False)),
                name="answer_has_time",
                violation_error_message=_("An answer says when it was given."),
            ),
            models.CheckConstraint(
                condition=~Q(answer="declined")
                | Q(reason_en__isnull=False, reason_en__gt="")
                | Q(reason_es__isnull=False, reason_es__gt="")
                | Q(reason_fr__isnull=False, reason_fr__gt="")
                | Q(reason_nl__isnull=False, reason_nl__gt=""),
                name="declined_with_reason",
                violation_error_message=_("Say why you decline: the others will read it."),
            ),
        ]
