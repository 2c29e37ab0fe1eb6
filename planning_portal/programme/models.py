"""What the planning is for: the programme, its steps and people, and what its public pages tell."""

import threading

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from planning_portal.documents.models import Audience
from planning_portal.languages.models import Multilingual
from planning_portal.organisations.models import Country, Organisation, User, Zone


class Programme(Multilingual):
    """A cycle of cooperation, planned together. ``revision`` grows when anything its public pages show changes."""

    TEXTS = ("title", "tagline", "purpose", "body", "target_group_title", "target_group")
    REQUIRED_TEXTS = ("title",)

    slug = models.SlugField(_("slug"), unique=True)
    code = models.CharField(_("code"), max_length=20, unique=True)
    title = models.CharField(_("title"), max_length=120, blank=True)
    tagline = models.CharField(_("tagline"), max_length=200, blank=True)
    purpose = models.TextField(_("purpose"), blank=True)
    body = models.TextField(_("text"), blank=True)
    target_group_title = models.CharField(_("title of the target group"), max_length=160, blank=True)
    target_group = models.TextField(_("target group"), blank=True)
    starts = models.DateField(_("starts"))
    ends = models.DateField(_("ends"))
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    is_current = models.BooleanField(_("shown on the home page"), default=False)
    revision = models.PositiveIntegerField(_("revision"), default=1)

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts")),
                name="programme_ends_after_start",
                violation_error_message=_("The programme must end after it starts."),
            ),
            models.UniqueConstraint(
                fields=["is_current"],
                condition=Q(is_current=True),
                name="one_current_programme",
                violation_error_message=_("Only one programme can be the current one."),
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.code

    @property
    def years(self) -> list[int]:
        return list(range(self.starts.year, self.ends.year + 1))


class StepKind(models.TextChoices):
    CONSULTATION = "consultation", _("country consultations")
    INTERCONTINENTAL = "intercontinental", _("virtual intercontinental workshop")
    CONTINENTAL = "continental", _("continental workshops")
    ACTION_PLANS = "action_plans", _("action plans")
    SUBMISSION = "submission", _("submission of the programme")


class StepState(models.TextChoices):
    """What the coordinator said of a step; its *status* also looks at the dates."""

    AUTOMATIC = "automatic", _("by its dates")
    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")


class StepStatus(models.TextChoices):
    TO_COME = "to_come", _("to come")
    NOW = "now", _("going on now")
    DONE = "done", _("done")


class Step(Multilingual):
    """An entry of the planning process, with dates and results."""

    TEXTS = ("title", "summary", "body")
    REQUIRED_TEXTS = ("title",)

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="steps", verbose_name=_("programme"))
    slug = models.SlugField(_("slug"))
    kind = models.CharField(_("kind"), max_length=20, choices=StepKind)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    title = models.CharField(_("title"), max_length=160, blank=True)
    summary = models.CharField(_("summary"), max_length=300, blank=True)
    body = models.TextField(_("text"), blank=True)
    starts = models.DateField(_("starts"), null=True, blank=True)
    ends = models.DateField(_("ends"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=StepState, default=StepState.AUTOMATIC)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "slug"], name="one_step_per_slug"),
            models.CheckConstraint(
                condition=Q(starts__isnull=True) | Q(ends__isnull=True) | Q(ends__gte=F("starts")),
                name="step_ends_after_start",
                violation_error_message=_("A step cannot end before it starts."),
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.slug

    @property
    def status(self) -> StepStatus:
        """Done, now or to come: the coordinator's word first, else the dates; no dates means to come."""
        if self.state == StepState.CLOSED:
            return StepStatus.DONE
        if self.state == StepState.OPEN:
            return StepStatus.NOW
        today = timezone.localdate()
        if self.ends and self.ends < today:
            return StepStatus.DONE
        if self.starts and self.starts <= today:
            return StepStatus.NOW
        return StepStatus.TO_COME


class StepInput(Multilingual):
    """What an organisation or a zone brings to a step: its priorities for the programme."""

    TEXTS = ("title", "body")
    REQUIRED_TEXTS = ("title",)

    step = models.ForeignKey(Step, models.CASCADE, related_name="inputs", verbose_name=_("step"))
    slug = models.SlugField(_("slug"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    title = models.CharField(_("title"), max_length=160, blank=True)
    body = models.TextField(_("text"), blank=True)
    zone = models.ForeignKey(Zone, models.PROTECT, null=True, blank=True, verbose_name=_("zone"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, verbose_name=_("organisation")
    )

    class Meta:
        verbose_name = _("input")
        verbose_name_plural = _("inputs")
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["step", "slug"], name="one_input_per_slug"),
            models.CheckConstraint(
                condition=Q(zone__isnull=False, organisation__isnull=True)
                | Q(zone__isnull=True, organisation__isnull=False),
                name="input_from_zone_or_organisation",
                violation_error_message=_("An input comes from one zone or from one organisation."),
            ),
        ]


class StepResult(models.Model):
    """A document published under its step: a stable pointer, the files are ``RenderedDocument`` rows."""

    step = models.ForeignKey(Step, models.CASCADE, related_name="results", verbose_name=_("step"))
    content_type = models.ForeignKey(ContentType, models.PROTECT, verbose_name=_("kind of object"))
    object_id = models.PositiveBigIntegerField(_("object"))
    subject = GenericForeignKey("content_type", "object_id")
    kind = models.CharField(_("document"), max_length=40)
    version = models.CharField(_("version"), max_length=20)
    audience = models.CharField(_("for"), max_length=12, choices=Audience, default=Audience.PUBLIC)
    published_at = models.DateTimeField(_("published"), auto_now_add=True)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("published by"))

    class Meta:
        verbose_name = _("published result")
        verbose_name_plural = _("published results")
        ordering = ["-published_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["step", "content_type", "object_id", "kind", "version"], name="one_result_per_document"
            )
        ]


class RoleKind(models.TextChoices):
    COMPANION = "companion", _("country companion")
    FACILITATOR = "facilitator", _("facilitator")
    TRANSLATOR = "translator", _("translator")
    COORDINATOR = "coordinator", _("coordinator")


class Role(models.Model):
    """A person's task in a programme: companion of countries, facilitator, translator of languages, coordinator."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="roles", verbose_name=_("programme"))
    user = models.ForeignKey(User, models.CASCADE, related_name="roles", verbose_name=_("person"))
    kind = models.CharField(_("role"), max_length=12, choices=RoleKind)
    countries = models.ManyToManyField(Country, blank=True, verbose_name=_("countries"))
    languages = models.JSONField(_("languages"), default=list, blank=True)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "user", "kind"],
                name="one_role_of_a_kind",
                violation_error_message=_("This person already has this role."),
            )
        ]


class Theme(Multilingual):
    """A theme of the planning; its number of colour and pattern is its order."""

    TEXTS = ("title", "summary", "body")
    REQUIRED_TEXTS = ("title",)

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="themes", verbose_name=_("programme"))
    slug = models.SlugField(_("slug"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    title = models.CharField(_("title"), max_length=120, blank=True)
    summary = models.CharField(_("summary"), max_length=300, blank=True)
    body = models.TextField(_("text"), blank=True)

    class Meta:
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["programme", "slug"], name="one_theme_per_slug")]

    def __str__(self) -> str:
        return self.title or self.slug


class PageSection(models.TextChoices):
    PROCESS = "process", _("the planning process")
    FRAMEWORK = "framework", _("the framework")
    CONTEXT = "context", _("the context")
    CAPITALISATION = "capitalisation", _("what we learned")
    TARGET_GROUP = "target_group", _("for whom")


class Page(Multilingual):
    """A text of the public site."""

    TEXTS = ("title", "summary", "body")
    REQUIRED_TEXTS = ("title",)

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="pages", verbose_name=_("programme"))
    slug = models.SlugField(_("slug"))
    section = models.CharField(_("section"), max_length=20, choices=PageSection)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    title = models.CharField(_("title"), max_length=160, blank=True)
    summary = models.CharField(_("summary"), max_length=300, blank=True)
    body = models.TextField(_("text"), blank=True)

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["section", "order", "id"]
        constraints = [models.UniqueConstraint(fields=["programme", "slug"], name="one_page_per_slug")]

    def __str__(self) -> str:
        return self.title or self.slug


class ResourceKind(models.TextChoices):
    STUDY = "study", _("study")
    VIDEO = "video", _("video")
    POLICY_BRIEF = "policy_brief", _("policy brief")
    WEBSITE = "website", _("website")
    WEBINAR = "webinar", _("webinar")
    PAPER = "paper", _("paper")


class ResourceGroup(Multilingual):
    """A heading of the capitalisation library."""

    TEXTS = ("title",)
    REQUIRED_TEXTS = ("title",)

    programme = models.ForeignKey(
        Programme, models.CASCADE, related_name="resource_groups", verbose_name=_("programme")
    )
    slug = models.SlugField(_("slug"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    title = models.CharField(_("title"), max_length=160, blank=True)

    class Meta:
        verbose_name = _("group of resources")
        verbose_name_plural = _("groups of resources")
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["programme", "slug"], name="one_resource_group_per_slug")]

    def __str__(self) -> str:
        return self.title or self.slug


class Resource(Multilingual):
    """An item of the capitalisation library. ``url`` is empty until a coordinator adds the link."""

    TEXTS = ("title", "description")
    REQUIRED_TEXTS = ("title",)

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="resources", verbose_name=_("programme"))
    slug = models.SlugField(_("slug"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    kind = models.CharField(_("kind"), max_length=20, choices=ResourceKind)
    theme = models.ForeignKey(
        Theme, models.SET_NULL, null=True, blank=True, related_name="resources", verbose_name=_("theme")
    )
    group = models.ForeignKey(
        ResourceGroup, models.SET_NULL, null=True, blank=True, related_name="resources", verbose_name=_("group")
    )
    title = models.CharField(_("title"), max_length=250, blank=True)
    description = models.TextField(_("description"), blank=True)
    languages = models.JSONField(_("languages"), default=list, blank=True)
    publisher = models.CharField(_("publisher"), max_length=160, blank=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    url = models.URLField(_("address on the web"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("resource")
        verbose_name_plural = _("resources")
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["programme", "slug"], name="one_resource_per_slug")]

    def __str__(self) -> str:
        return self.title or self.slug


class WorkerGroup(Multilingual):
    """A group of workers that a priority can concern: reference data, so that the list can grow."""

    TEXTS = ("name",)
    REQUIRED_TEXTS = ("name",)

    slug = models.SlugField(_("slug"), unique=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    name = models.CharField(_("name"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("group of workers")
        verbose_name_plural = _("groups of workers")
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.name or self.slug


class Level(models.TextChoices):
    """Where an answer to a priority has to be found."""

    NATIONAL = "national", _("national")
    CONTINENTAL = "continental", _("continental")
    INTERCONTINENTAL = "intercontinental", _("intercontinental")


_asked = threading.local()


def current_programme() -> "Programme | None":
    """The programme shown on the home page, or None before the first is loaded.

    Asked once for each request (the header shows its title on every page); outside a request always asked anew.
    """
    known: list[Programme | None] | None = getattr(_asked, "programme", None)
    if known is None:
        return Programme.objects.filter(is_current=True).first()
    if not known:
        known.append(Programme.objects.filter(is_current=True).first())
    return known[0]


def remember_current_programme(**_signal: object) -> None:
    """A request begins (``request_started``): from here on its first answer is kept."""
    _asked.programme = []


def forget_current_programme(**_signal: object) -> None:
    """The request is over (``request_finished``)."""
    _asked.programme = None
