"""A proposed priority, who supports it, and what the country decided about it."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from planning_portal.languages.models import Multilingual
from planning_portal.languages.registry import tell_follower
from planning_portal.organisations.models import Organisation, User
from planning_portal.programme.models import Level, Theme, WorkerGroup
from planning_portal.web.models import Opaque

from ..querysets import PriorityQuerySet
from .amendment import Amendment
from .consultation import Consultation
from .versioned import Versioned


class PriorityState(models.TextChoices):
    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    AGREED = "agreed", _("agreed by the country")
    NOT_RETAINED = "not_retained", _("not retained by the country")
    REPLACED = "replaced", _("continued in another text")
    UNDONE = "undone", _("taken back")


# What stands in the lists of a country: neither what is still written nor what went on in another text.
LISTED = (PriorityState.SUBMITTED, PriorityState.AGREED, PriorityState.NOT_RETAINED)


class Priority(Versioned, Multilingual, Opaque):
    """A proposed priority: what an organisation asks of the common programme, in its own language.

    ``receipt`` is given once, at submission; ``position`` is its place in the country's agreed list. ``amendment`` is
    the merge, split or rewording that made it, if one did: its authors are then all whom that asked, ``organisation``
    the first of them.
    """

    TEXTS = ("title", "situation", "concerned", "change", "together")
    REQUIRED_TEXTS = ("title", "situation", "concerned", "change", "together")

    consultation = models.ForeignKey(
        Consultation, models.PROTECT, related_name="priorities", verbose_name=_("consultation")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="priorities", verbose_name=_("organisation")
    )
    author = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, verbose_name=_("written by"))
    state = models.CharField(_("state"), max_length=12, choices=PriorityState, default=PriorityState.DRAFT)
    theme = models.ForeignKey(
        Theme, models.PROTECT, null=True, blank=True, related_name="priorities", verbose_name=_("theme")
    )
    level = models.CharField(_("level"), max_length=16, choices=Level, blank=True)
    groups = models.ManyToManyField(WorkerGroup, blank=True, verbose_name=_("groups of workers"))
    title = models.CharField(_("title"), max_length=160, blank=True)
    situation = models.TextField(_("the situation"), blank=True)
    concerned = models.TextField(_("who it concerns"), blank=True)
    change = models.TextField(_("what should have changed in five years"), blank=True)
    together = models.TextField(_("what we would do together"), blank=True)
    amendment = models.ForeignKey(
        Amendment, models.PROTECT, null=True, blank=True, related_name="results", verbose_name=_("made by")
    )
    receipt = models.CharField(_("receipt number"), max_length=12, unique=True, null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("place in the list"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    saved_at = models.DateTimeField(_("saved"), auto_now=True)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)

    objects = PriorityQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["public_id", "changed_in"])

    class Meta:
        verbose_name = _("proposed priority")
        verbose_name_plural = _("proposed priorities")
        ordering = ["consultation", F("position").asc(nulls_last=True), "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft", submitted_at__isnull=True, receipt__isnull=True)
                | (~Q(state="draft") & Q(submitted_at__isnull=False, receipt__isnull=False)),
                name="submitted_priority_has_receipt",
                violation_error_message=_("A submitted priority has a receipt number and a time."),
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | (Q(theme__isnull=False) & ~Q(level="")),
                name="submitted_priority_has_theme_and_level",
                violation_error_message=_("Choose a theme and a level before you submit."),
            ),
            models.CheckConstraint(
                condition=(Q(state="agreed") & Q(position__isnull=False))
                | (~Q(state="agreed") & Q(position__isnull=True)),
                name="agreed_priority_has_position",
                violation_error_message=_("An agreed priority has a place in the country's list."),
            ),
            models.CheckConstraint(
                condition=~Q(state="undone") | Q(amendment__isnull=False),
                name="only_what_was_made_is_taken_back",
                violation_error_message=_("Only a text that a merge, a split or a rewording made can be taken back."),
            ),
            models.UniqueConstraint(
                fields=["consultation", "position"],
                name="one_priority_per_position",
                violation_error_message=_("Two priorities cannot have the same place."),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "theme"], name="priority_by_state_and_theme"),
            # Everything that the list counts, narrows and orders by: without it, SQLite walks through all the texts.
            models.Index(
                fields=["state", "consultation", "position", "organisation", "theme", "level"], name="priority_in_list"
            ),
        ]

    def __str__(self) -> str:
        return self.receipt or f"{self._meta.verbose_name} #{self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; translators get work (and a look) only once the country has agreed it and nobody edits it any more."""
        if self.state == PriorityState.AGREED:
            super().save(*args, **kwargs)
            return
        super(Multilingual, self).save(*args, **kwargs)
        if not self.is_draft:
            tell_follower(type(self), [self.pk])

    @property
    def is_draft(self) -> bool:
        return self.state == PriorityState.DRAFT

    @property
    def authors(self) -> list[Organisation]:
        """Whose text it is, all of them where it was merged: as ``queries.attach_authors`` has read them."""
        return self.__dict__.get("_authors") or [self.organisation]


class CountryDecision(Multilingual):
    """What the country's meeting decided about a submitted priority, with the reason its authors will read."""

    TEXTS = ("reason",)

    priority = models.OneToOneField(
        Priority, models.CASCADE, related_name="country_decision", verbose_name=_("priority")
    )
    outcome = models.CharField(
        _("decision"),
        max_length=12,
        choices=[(state.value, state.label) for state in (PriorityState.AGREED, PriorityState.NOT_RETAINED)],
    )
    reason = models.TextField(_("reason of the country's meeting"), blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("recorded by"))
    decided_at = models.DateTimeField(_("decided"), auto_now=True)

    class Meta:
        verbose_name = _("decision of the country")
        verbose_name_plural = _("decisions of the country")
        constraints = [
            models.CheckConstraint(
                condition=~Q(outcome="not_retained")
                | Q(reason_en__isnull=False, reason_en__gt="")
                | Q(reason_es__isnull=False, reason_es__gt="")
                | Q(reason_fr__isnull=False, reason_fr__gt="")
                | Q(reason_nl__isnull=False, reason_nl__gt=""),
                name="priority_set_aside_with_reason",
                violation_error_message=_("Say why the country does not retain this priority."),
            )
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; only what all members may read is offered to translators."""
        if self.outcome == PriorityState.AGREED:
            super().save(*args, **kwargs)
        else:
            super(Multilingual, self).save(*args, **kwargs)


class Support(Multilingual):
    """An organisation supports a priority of its country, with one line why. Who acted is kept apart from for whom.

    The authors can name it in their draft; ``is_confirmed`` says that somebody of the organisation itself stands by it.
    """

    TEXTS = ("why",)

    priority = models.ForeignKey(Priority, models.CASCADE, related_name="supports", verbose_name=_("priority"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    why = models.CharField(_("why, in one line"), max_length=250, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("recorded by"))
    is_confirmed = models.BooleanField(_("confirmed by the organisation"), default=False)
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("support")
        verbose_name_plural = _("supports")
        constraints = [
            models.UniqueConstraint(
                fields=["priority", "organisation"],
                name="one_support_per_organisation",
                violation_error_message=_("This organisation already supports this priority."),
            )
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; only what all members may read is offered to translators."""
        if self.priority.state == PriorityState.AGREED:
            super().save(*args, **kwargs)
        else:
            super(Multilingual, self).save(*args, **kwargs)


class ParkedEdit(models.Model):
    """What a person typed over somebody else's edit: kept until they have chosen between the two, field by field."""

    priority = models.ForeignKey(Priority, models.CASCADE, related_name="parked_edits", verbose_name=_("priority"))
    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("person"))
    fields = models.JSONField(_("fields"))
    parked_at = models.DateTimeField(_("when"), auto_now=True)

    class Meta:
        verbose_name = _("edit to be compared")
        verbose_name_plural = _("edits to be compared")
        constraints = [
            models.UniqueConstraint(fields=["priority", "user"], name="one_parked_edit_per_person"),
        ]
