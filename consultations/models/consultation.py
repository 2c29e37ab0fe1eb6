"""The reflection of one country in one step, and who takes part in it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from planning_portal.languages.models import Multilingual
from planning_portal.organisations.models import Country, Organisation
from planning_portal.programme.models import Step
from planning_portal.web.models import Opaque

from ..querysets import ConsultationQuerySet
from .versioned import Versioned


class ConsultationState(models.TextChoices):
    PLANNED = "planned", _("planned")
    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")


class CivicSpace(models.TextChoices):
    """How freely organisations can act: the five words that the CIVICUS Monitor uses for a country."""

    OPEN = "open", pgettext_lazy("civic space", "open")
    NARROWED = "narrowed", pgettext_lazy("civic space", "narrowed")
    OBSTRUCTED = "obstructed", pgettext_lazy("civic space", "obstructed")
    REPRESSED = "repressed", pgettext_lazy("civic space", "repressed")
    CLOSED = "closed", pgettext_lazy("civic space", "closed")


class Consultation(Versioned, Multilingual, Opaque):
    """The reflection of one country in one step.

    ``time_zone`` is where the meeting's clock hangs, empty for the country's own; ``languages`` are those spoken in
    the meeting (CLDR codes), which are often others than the portal's four; ``link`` leads into a meeting held on
    line and is a key to it: only the country's circle reads it, and it is never in a file or a mail.
    ``source_language`` is the language its companion works in. ``arrangement`` is the country's list while it is being
    put in order, before it is agreed: ``{"order": [priority ids], "reasons": {priority id: why it is not retained}}``,
    and maybe ``"notes"``: reasons written beside priorities that are retained all the same.
    """

    TEXTS = ("agenda", "context", "civic_space_note", "lessons", "minutes", "closing_note")

    step = models.ForeignKey(Step, models.PROTECT, related_name="consultations", verbose_name=_("step"))
    country = models.ForeignKey(Country, models.PROTECT, related_name="consultations", verbose_name=_("country"))
    state = models.CharField(_("state"), max_length=8, choices=ConsultationState, default=ConsultationState.PLANNED)
    starts_at = models.DateTimeField(_("starts"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    link = models.URLField(_("link to the meeting"), max_length=500, blank=True)
    time_zone = models.CharField(_("time zone of the meeting"), max_length=40, blank=True)
    languages = models.JSONField(_("languages of the meeting"), default=list, blank=True)
    agenda = models.TextField(_("agenda"), blank=True)
    context = models.TextField(_("context of the country"), blank=True)
    civic_space = models.CharField(_("civic space"), max_length=10, choices=CivicSpace, blank=True)
    civic_space_note = models.TextField(_("how free civic space is"), blank=True)
    lessons = models.TextField(_("what the current programme taught"), blank=True)
    minutes = models.TextField(_("minutes"), blank=True)
    closing_note = models.TextField(_("closing note"), blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    arrangement = models.JSONField(_("list in preparation"), default=dict, blank=True)

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        verbose_name = _("country consultation")
        verbose_name_plural = _("country consultations")
        ordering = ["country__zone__order", "country__iso2"]
        constraints = [
            models.UniqueConstraint(
                fields=["step", "country"],
                name="one_consultation_per_country_and_step",
                violation_error_message=_("This country already has a consultation in this step."),
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True) | Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
                name="consultation_ends_after_start",
                violation_error_message=_("The consultation cannot end before it starts."),
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | (~Q(state="closed") & Q(closed_at__isnull=True)),
                name="closed_consultation_has_time",
                violation_error_message=_("A closed consultation must say when it was closed."),
            ),
            models.CheckConstraint(
                condition=Q(link="") | Q(link__startswith="https://"),
                name="meeting_link_is_secure",
                violation_error_message=_("The link to a meeting begins with https://."),
            ),
            models.CheckConstraint(
                condition=Q(civic_space="") | Q(civic_space__in=CivicSpace.values),
                name="civic_space_has_a_known_word",
                violation_error_message=_("Choose one of the five words for civic space."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country} · {self.get_state_display()}"

    @property
    def zone_key(self) -> str:
        """The zone by whose clock people meet."""
        return self.time_zone or self.country.time_zone


class Participation(models.Model):
    """An organisation at a consultation: on the list, invited (``invited_at``: it was told), then present or not, with
    how many people."""

    consultation = models.ForeignKey(
        Consultation, models.CASCADE, related_name="participations", verbose_name=_("consultation")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="participations", verbose_name=_("organisation")
    )
    invited_at = models.DateTimeField(_("invited"), null=True, blank=True)
    is_present = models.BooleanField(_("was there"), default=False)
    women = models.PositiveSmallIntegerField(_("women"), default=0)
    men = models.PositiveSmallIntegerField(_("men"), default=0)
    other = models.PositiveSmallIntegerField(pgettext_lazy("people", "other"), default=0)
    under_35 = models.PositiveSmallIntegerField(_("under 35"), default=0)

    class Meta:
        verbose_name = _("participation")
        verbose_name_plural = _("participations")
        constraints = [
            models.UniqueConstraint(fields=["consultation", "organisation"], name="one_participation_per_organisation"),
            models.CheckConstraint(
                condition=Q(under_35__lte=F("women") + F("men") + F("other")),
                name="young_participants_among_all",
                violation_error_message=_("There cannot be more people under 35 than people present."),
            ),
            models.CheckConstraint(
                condition=Q(is_present=True) | Q(women=0, men=0, other=0),
                name="absent_organisation_has_no_people",
                violation_error_message=_("An organisation that was not there has no people to count."),
            ),
        ]

    @property
    def people(self) -> int:
        """How many people came for this organisation."""
        return self.women + self.men + self.other
