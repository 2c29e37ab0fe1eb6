"""Stage 2: proposals are discussed and weighed up, and become common lines of work."""

from datetime import tzinfo
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consultations.models import Priority
from planning_portal.languages.models import Multilingual
from planning_portal.organisations.models import Organisation, User, Zone
from planning_portal.programme.models import Level, Programme, Step, Theme
from planning_portal.web.models import Opaque

from ..querysets import CandidateQuerySet, LineQuerySet, WorkshopQuerySet


class WorkshopState(models.TextChoices):
    PLANNED = "planned", _("planned")
    OPEN = "open", _("going on")
    CLOSED = "closed", _("closed")
    PUBLISHED = "published", _("published")


class WorkshopFormat(models.TextChoices):
    VIRTUAL = "virtual", _("virtual")
    IN_THE_ROOM = "in_the_room", _("in the room")
    MIXED = "mixed", _("mixed")


class Workshop(Multilingual, Opaque):
    """A workshop: intercontinental (no zone) or of one zone. ``snapshot`` is what its closing froze.

    ``revision`` grows with everything that happens in the workshop, ballots included: what its live pages compare.
    ``begins_at`` is an hour of ``time_zone`` (empty: of whoever looks); without it the run sheet has no clock times.
    """

    TEXTS = ("title",)
    REQUIRED_TEXTS = ("title",)

    step = models.ForeignKey(Step, models.PROTECT, related_name="workshops", verbose_name=_("step"))
    zone = models.ForeignKey(
        Zone, models.PROTECT, null=True, blank=True, related_name="workshops", verbose_name=_("zone")
    )
    title = models.CharField(_("title"), max_length=160, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=WorkshopState, default=WorkshopState.PLANNED)
    format = models.CharField(_("format"), max_length=12, choices=WorkshopFormat, default=WorkshopFormat.MIXED)
    place = models.CharField(_("place"), max_length=200, blank=True)
    starts_on = models.DateField(_("starts"))
    ends_on = models.DateField(_("ends"))
    begins_at = models.TimeField(_("each day begins at"), null=True, blank=True)
    time_zone = models.CharField(_("by which clock people meet"), max_length=63, blank=True)
    interpretation = models.JSONField(_("languages with interpretation"), default=list, blank=True)
    facilitators = models.ManyToManyField(User, blank=True, related_name="+", verbose_name=_("facilitators"))
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    snapshot = models.JSONField(_("frozen outcome"), null=True, blank=True)
    summary_version = models.PositiveSmallIntegerField(_("version of the summary"), default=0)
    revision = models.PositiveIntegerField(_("revision"), default=1, editable=False)

    objects = WorkshopQuerySet.as_manager()

    class Meta:
        verbose_name = _("workshop")
        verbose_name_plural = _("workshops")
        ordering = ["starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="workshop_ends_after_start",
                violation_error_message=_("The workshop cannot end before it starts."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["closed", "published"], closed_at__isnull=False, snapshot__isnull=False)
                | Q(state__in=["planned", "open"], closed_at__isnull=True, snapshot__isnull=True),
                name="closed_workshop_is_frozen",
                violation_error_message=_("A closed workshop has its outcome frozen."),
            ),
        ]

    @property
    def is_intercontinental(self) -> bool:
        return self.zone_id is None

    @property
    def days(self) -> int:
        return int((self.ends_on - self.starts_on).days) + 1

    @property
    def clock(self) -> tzinfo:
        """By which clock the workshop is held."""
        return ZoneInfo(self.time_zone) if self.time_zone else timezone.get_current_timezone()

    def __str__(self) -> str:
        return self.title or str(self.public_id)


class Delegation(models.Model):
    """An organisation entitled to take part in a workshop, and whether it is there."""

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="delegations", verbose_name=_("workshop"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="delegations", verbose_name=_("organisation")
    )
    is_present = models.BooleanField(_("is there"), default=False)

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        constraints = [
            models.UniqueConstraint(fields=["workshop", "organisation"], name="one_delegation_per_organisation")
        ]


class Candidate(Multilingual, Opaque):
    """What a workshop weighs: one or several priorities, or a candidate forwarded from an earlier workshop.

    Its texts are a copy: a later edit of the priority does not change what the workshop discusses. A candidate that
    was merged keeps its own priorities; its decision says into which other candidate it went.
    """

    TEXTS = ("title", "statement")
    REQUIRED_TEXTS = ("title",)

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="candidates", verbose_name=_("workshop"))
    code = models.CharField(_("code"), max_length=8)
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="candidates", verbose_name=_("theme"))
    level = models.CharField(_("level"), max_length=16, choices=Level)
    title = models.CharField(_("title"), max_length=160, blank=True)
    statement = models.TextField(_("statement"), blank=True)
    priorities = models.ManyToManyField(Priority, related_name="candidates", blank=True, verbose_name=_("priorities"))
    forwarded_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="forwards", verbose_name=_("forwarded from")
    )
    version = models.PositiveIntegerField(_("version"), default=1)

    objects = CandidateQuerySet.as_manager()

    class Meta:
        verbose_name = _("candidate")
        verbose_name_plural = _("candidates")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["workshop", "code"], name="one_candidate_per_code")]

    def __str__(self) -> str:
        return f"{self.code} {self.title or ''}".strip()


class LineOfWork(Multilingual, Opaque):
    """A common line of work that a workshop decided on."""

    TEXTS = ("title", "statement")
    REQUIRED_TEXTS = ("title", "statement")

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="lines", verbose_name=_("programme"))
    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="lines", verbose_name=_("workshop"))
    code = models.CharField(_("code"), max_length=12)
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="lines", verbose_name=_("theme"))
    zone = models.ForeignKey(
        Zone, models.PROTECT, null=True, blank=True, related_name="lines", verbose_name=_("zone (empty: global)")
    )
    title = models.CharField(_("title"), max_length=200, blank=True)
    statement = models.TextField(_("statement"), blank=True)
    lead = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="lines_led", verbose_name=_("lead")
    )
    organisations = models.ManyToManyField(
        Organisation, blank=True, related_name="lines_joined", verbose_name=_("organisations that join")
    )
    version = models.PositiveIntegerField(_("version"), default=1)

    objects = LineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of work")
        verbose_name_plural = _("lines of work")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "code"],
                name="one_line_per_code",
                violation_error_message=_("Another line of work already has this code."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title or ''}".strip()


class DecisionOutcome(models.TextChoices):
    ADOPTED = "adopted", _("adopted")
    ADAPTED = "adapted", _("adapted")
    MERGED = "merged", _("merged")
    DEFERRED = "deferred", _("deferred")
    NOT_RETAINED = "not_retained", _("not retained")


class DecisionRule(models.TextChoices):
    """How a decision came about, in the words of the room."""

    CONSENT = "consent", _("by consent: no reasoned objection stood")
    WEIGHED = "weighed", _("as it was weighed")
    HANDS = "hands", _("by a show of hands")
    MANDATED = "mandated", _("by the facilitators, whom the workshop asked to")


class Decision(Multilingual):
    """What the workshop decided about a candidate, with the reason its proposers will read.

    ``follow_up`` says what happens next and who sees to it. ``departs_from`` is the last round that weighed it, where
    people decided otherwise than that round had computed.
    """

    TEXTS = ("reason", "follow_up")
    REQUIRED_TEXTS = ("reason",)

    candidate = models.OneToOneField(Candidate, models.CASCADE, related_name="decision", verbose_name=_("candidate"))
    outcome = models.CharField(_("decision"), max_length=12, choices=DecisionOutcome)
    reason = models.TextField(_("reason"), blank=True)
    rule = models.CharField(_("how it was decided"), max_length=10, choices=DecisionRule, blank=True)
    follow_up = models.TextField(_("follow-up"), blank=True)
    merged_into = models.ForeignKey(
        Candidate, models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("merged into")
    )
    line = models.ForeignKey(
        LineOfWork, models.PROTECT, null=True, blank=True, related_name="decisions", verbose_name=_("line of work")
    )
    departs_from = models.ForeignKey(
        "workshops.Round",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="departures",
        verbose_name=_("departs from"),
    )
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("recorded by"))
    decided_at = models.DateTimeField(_("decided"), auto_now_add=True)
    version = models.PositiveIntegerField(_("version"), default=1)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = [
            models.CheckConstraint(
                condition=(Q(outcome="merged") & Q(merged_into__isnull=False))
                | (~Q(outcome="merged") & Q(merged_into__isnull=True)),
                name="merged_decision_names_candidate",
                violation_error_message=_("Say which candidate it was merged into."),
            ),
            models.CheckConstraint(
                condition=~Q(merged_into=F("candidate")),
                name="candidate_not_merged_into_itself",
                violation_error_message=_("A candidate cannot be merged into itself."),
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["adopted", "adapted", "merged"]) | Q(line__isnull=True),
                name="only_kept_candidates_have_line",
                violation_error_message=_("Only a candidate that was kept can lead to a line of work."),
            ),
            models.CheckConstraint(
                condition=~Q(outcome="merged") | Q(departs_from__isnull=True),
                name="merging_departs_from_nothing",
                violation_error_message=_("Merging a candidate does not change what was weighed."),
            ),
        ]


class Objection(Multilingual, Opaque):
    """What an organisation holds against a decision, in its own words. It stands beside the decision, also afterwards.

    Facilitators read whose it is; members and documents read the reason only.
    """

    TEXTS = ("reason",)
    REQUIRED_TEXTS = ("reason",)

    decision = models.ForeignKey(Decision, models.CASCADE, related_name="objections", verbose_name=_("decision"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    reason = models.TextField(_("reason"), blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("recorded by"))
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "organisation"],
                name="one_objection_per_organisation",
                violation_error_message=_("The objection of this organisation is recorded already."),
            )
        ]


class Minutes(Multilingual):
    """The minutes of a workshop. Whoever changes them takes their approval away."""

    TEXTS = ("text",)

    workshop = models.OneToOneField(Workshop, models.CASCADE, related_name="minutes", verbose_name=_("workshop"))
    text = models.TextField(_("text"), blank=True)
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    approved_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("approved by")
    )
    version = models.PositiveIntegerField(_("version"), default=1)

    class Meta:
        verbose_name = _("minutes")
        verbose_name_plural = _("minutes")
