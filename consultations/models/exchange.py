"""What is said about a submitted priority: comments of the country's organisations, and the companion's requests."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from planning_portal.organisations.models import Organisation, User
from planning_portal.web.models import Opaque

from ..querysets import CommentQuerySet, RequestQuerySet
from .amendment import InsideWords
from .priority import Priority


class Comment(InsideWords, Opaque):
    """An organisation of the country on a submitted priority. Who acted is kept apart from for whom.

    Removed by its own organisation it is gone; removed by the companion its place and the reason stay.
    """

    TEXTS = ("words", "removal")

    priority = models.ForeignKey(Priority, models.CASCADE, related_name="comments", verbose_name=_("priority"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("written by"))
    words = models.TextField(_("comment"), blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    removal = models.TextField(_("why it was removed"), blank=True)
    removed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("removed by"))
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | (
                    Q(removed_at__isnull=False, removed_by__isnull=False)
                    & (
                        Q(removal_en__isnull=False, removal_en__gt="")
                        | Q(removal_es__isnull=False, removal_es__gt="")
                        | Q(removal_fr__isnull=False, removal_fr__gt="")
                        | Q(removal_nl__isnull=False, removal_nl__gt="")
                    )
                ),
                name="comment_removed_with_reason",
                violation_error_message=_("Say why you remove this comment: its organisation will read it."),
            )
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"


class RequestState(models.TextChoices):
    OPEN = "open", pgettext_lazy("state of a request", "waiting for the authors")
    ANSWERED = "answered", pgettext_lazy("state of a request", "answered")
    RESOLVED = "resolved", pgettext_lazy("state of a request", "resolved")


class ChangeRequest(Opaque):
    """The companion sends one part of a submitted priority back to its authors.

    The priority stays submitted and keeps its receipt; while the request is open its authors can change that part.
    What was said is in ``words``, oldest first.
    """

    PARTS = ("title", "theme", "level", "situation", "groups", "concerned", "change", "together")

    priority = models.ForeignKey(Priority, models.CASCADE, related_name="requests", verbose_name=_("priority"))
    part = models.CharField(_("part"), max_length=12)
    state = models.CharField(_("state"), max_length=8, choices=RequestState, default=RequestState.OPEN)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for a change")
        verbose_name_plural = _("requests for changes")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["priority", "part"],
                condition=~Q(state="resolved"),
                name="one_request_per_part_at_a_time",
                violation_error_message=_("A change of this part has already been asked for."),
            ),
            models.CheckConstraint(
                condition=Q(state="resolved", resolved_at__isnull=False)
                | (~Q(state="resolved") & Q(resolved_at__isnull=True)),
                name="resolved_request_has_time",
                violation_error_message=_("A resolved request says when."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"

    @property
    def label(self) -> str:
        """The part in the reader's words."""
        return str(Priority._meta.get_field(self.part).verbose_name)  # type: ignore[union-attr]


class RequestWord(InsideWords):
    """One thing said in a request. ``organisation`` is for whom an answer was given; the companion speaks for none."""

    KINDS = (
        ("ask", _("asked for a change")),
        ("answer", _("answered")),
        ("reopen", _("asked once more")),
        ("resolve", _("resolved it")),
    )
    TEXTS = ("words",)

    request = models.ForeignKey(ChangeRequest, models.CASCADE, related_name="words", verbose_name=_("request"))
    kind = models.CharField(_("kind"), max_length=7, choices=KINDS)
    words = models.TextField(_("words"), blank=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", verbose_name=_("organisation")
    )
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("written by"))
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("word in a request")
        verbose_name_plural = _("words in requests")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="answer", organisation__isnull=False)
                | (~Q(kind="answer") & Q(organisation__isnull=True)),
                name="answers_are_given_for_an_organisation",
                violation_error_message=_("An answer is given for the organisation that wrote the priority."),
            )
        ]
