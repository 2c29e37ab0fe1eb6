"""Who takes part: zones, countries, organisations, people, and who may act for whom."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from planning_portal.languages.names import country_name
from planning_portal.web.models import Opaque

from .querysets import OrganisationQuerySet


class Zone(models.Model):
    """The programme's own division of the world; a country's zone is data, not geography."""

    slug = models.SlugField(_("slug"), unique=True)
    code = models.CharField(_("code"), max_length=2, unique=True)
    name = models.CharField(_("name"), max_length=80, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("zone")
        verbose_name_plural = _("zones")
        ordering = ["order", "slug"]

    def __str__(self) -> str:
        return self.name or self.slug


class RiskLevel(models.TextChoices):
    """How dangerous it can be, in a country, to be named."""

    LOW = "low", _("low")
    MEDIUM = "medium", _("medium")
    HIGH = "high", _("high")


class Country(models.Model):
    """A country of the programme. Its name comes from CLDR in the reader's language, never from here."""

    iso2 = models.CharField(_("ISO code"), max_length=2, unique=True)
    iso3 = models.CharField(_("ISO code (3 letters)"), max_length=3, unique=True)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="countries", verbose_name=_("zone"))
    working_language = models.CharField(_("working language"), max_length=2)
    time_zone = models.CharField(_("time zone"), max_length=40, default="UTC")
    risk_level = models.CharField(_("risk level"), max_length=6, choices=RiskLevel, default=RiskLevel.MEDIUM)
    no_mail = models.BooleanField(_("no e-mail to this country"), default=False)
    tile_row = models.PositiveSmallIntegerField(_("row in the tile grid"), default=0)
    tile_column = models.PositiveSmallIntegerField(_("column in the tile grid"), default=0)

    class Meta:
        verbose_name = _("country")
        verbose_name_plural = _("countries")
        ordering = ["zone__order", "iso2"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The country's name in the active language."""
        return country_name(self.iso2, get_language() or "en")

    @property
    def minimum_cell(self) -> int:
        """The smallest number of organisations that a public tally of this country may show (DESIGN section 7)."""
        return 5 if self.risk_level == RiskLevel.HIGH else 3


class OrganisationKind(models.TextChoices):
    TRADE_UNION = "trade_union", _("trade union")
    HEALTH_MUTUAL = "health_mutual", _("health mutual")
    NGO = "ngo", _("non-governmental organisation")
    SOCIAL_ECONOMY = "social_economy", _("social and solidarity economy organisation")
    YOUTH = "youth", _("youth movement")
    WOMEN = "women", _("women's movement")
    OLDER_PEOPLE = "older_people", _("older people's movement")
    NETWORK = "network", _("network")


class Identity(models.TextChoices):
    """How an organisation appears to those outside its country: see ``identity.py``."""

    NAMED = "named", _("named")
    DESCRIBED = "described", _("described")
    WITHHELD = "withheld", _("withheld")


DEFAULT_IDENTITY = {
    RiskLevel.LOW: Identity.NAMED,
    RiskLevel.MEDIUM: Identity.DESCRIBED,
    RiskLevel.HIGH: Identity.WITHHELD,
}


class Organisation(Opaque):
    """A party to the planning. ``name`` and ``acronym`` leave this app through ``identity.py`` only."""

    slug = models.SlugField(_("slug"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    acronym = models.CharField(_("acronym"), max_length=30, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=OrganisationKind)
    country = models.ForeignKey(Country, models.PROTECT, related_name="organisations", verbose_name=_("country"))
    identity = models.CharField(_("identity"), max_length=10, choices=Identity)
    is_lead = models.BooleanField(_("lead organisation"), default=False)
    is_active = models.BooleanField(_("takes part"), default=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["slug"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} #{self.pk}"


class UserManager(BaseUserManager["User"]):
    """People sign in by e-mail address."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        if not email:
            raise ValueError("A person needs an e-mail address.")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser, Opaque):
    """A person. One field for the name, written as the person writes it."""

    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name, as you write it"), max_length=150, blank=True)
    preferred_language = models.CharField(_("language"), max_length=2, default="en")
    time_zone = models.CharField(_("time zone"), max_length=40, default="UTC")
    no_mail = models.BooleanField(_("never e-mail this person"), default=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.name or str(_("a person"))

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class Membership(models.Model):
    """A person acts for an organisation; with a mandate, also casts its ballot."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name=_("person"))
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="memberships", verbose_name=_("organisation")
    )
    has_mandate = models.BooleanField(_("may cast the organisation's ballot"), default=False)
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation"],
                name="one_membership_per_person_and_organisation",
                violation_error_message=_("This person already belongs to this organisation."),
            )
        ]


class Invitation(Opaque):
    """The only way in. Single use, 72 hours; the link's token is kept as a hash only."""

    token_hash = models.CharField(_("hash of the token"), max_length=64, unique=True)
    email = models.EmailField(_("e-mail address"))
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, null=True, blank=True, related_name="invitations", verbose_name=_("organisation")
    )
    has_mandate = models.BooleanField(_("may cast the organisation's ballot"), default=False)
    language = models.CharField(_("language"), max_length=2, default="en")
    invited_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("invited by"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("accepted by")
    )

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=False) | Q(accepted_by__isnull=True),
                name="accepted_invitation_has_time",
                violation_error_message=_("An accepted invitation must say when."),
            )
        ]


class NoticeState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("a mail", "waiting")
    SENDING = "sending", pgettext_lazy("a mail", "being sent")
    SENT = "sent", pgettext_lazy("a mail", "sent")


class Notice(models.Model):
    """The outbox: one mail that says to one person that there is something new, never what.

    At most one a day for each person, whatever happened: all say the same. ``sending`` is written before the mail
    server is asked, so a mail that was lost on the way is never sent twice (reference: safety-and-reliability D2).
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="notices", verbose_name=_("person"))
    day = models.DateField(_("day (UTC)"))
    state = models.CharField(_("state"), max_length=8, choices=NoticeState, default=NoticeState.WAITING)
    message_id = models.UUIDField(_("number of the message"), default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice by mail")
        verbose_name_plural = _("notices by mail")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "day"],
                name="one_notice_per_person_and_day",
                violation_error_message=_("This person already gets a mail today."),
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="sent_notice_has_time",
                violation_error_message=_("A mail that was sent must say when."),
            ),
        ]


def new_token() -> str:
    """A link's secret: 122 random bits."""
    return uuid.uuid4().hex
