"""Weighing: rounds with the terms said before they open, the ballots of the organisations, and what is kept of them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from planning_portal.organisations.models import Organisation, User
from planning_portal.web.models import Opaque

from ..weighing.weights import EQUAL, ONE, SQUARE_ROOT
from ..weighing.words import RULE_WORDS, SECRECY_WORDS, WEIGHT_WORDS
from .session import Session
from .workshop import Candidate, Workshop


class RoundState(models.TextChoices):
    PREPARED = "prepared", _("prepared")
    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")


class WeighingRule(models.TextChoices):
    PLAIN_COUNT = "plain_count", RULE_WORDS["plain_count"].name
    PHRAGMEN = "phragmen", RULE_WORDS["phragmen"].name
    EQUAL_SHARES = "equal_shares", RULE_WORDS["equal_shares"].name


class Weights(models.TextChoices):
    """How much the ballots of a zone weigh."""

    ONE = ONE, WEIGHT_WORDS[ONE].name
    SQUARE_ROOT = SQUARE_ROOT, WEIGHT_WORDS[SQUARE_ROOT].name
    EQUAL = EQUAL, WEIGHT_WORDS[EQUAL].name


class Secrecy(models.TextChoices):
    CONFIDENTIAL = "confidential", SECRECY_WORDS["confidential"].name
    OPEN = "open", SECRECY_WORDS["open"].name


class Round(Opaque):
    """A round of weighing: approve as many candidates as you would work on; one ballot per organisation.

    The terms, from ``rule`` to ``seed``, are said when it is prepared and stand from its opening on. ``floor`` is how
    many of the chosen were proposed in each zone at least; ``quorum`` the share of each zone, in hundredths, that has
    to answer; ``seed`` what decides ties. The organisations entitled are frozen at opening (``RoundEntitlement``).
    Values stay hidden until it is closed; ``result`` is what the closing computed (``results``).
    """

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="rounds", verbose_name=_("workshop"))
    session = models.ForeignKey(
        Session, models.SET_NULL, null=True, blank=True, related_name="rounds", verbose_name=_("session")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    rule = models.CharField(_("rule"), max_length=20, choices=WeighingRule, default=WeighingRule.PLAIN_COUNT)
    rule_version = models.CharField(_("version of the rule"), max_length=8, default="1")
    seats = models.PositiveSmallIntegerField(_("how many to choose"), default=8)
    weights = models.CharField(_("weights"), max_length=12, choices=Weights, default=Weights.ONE)
    floor = models.PositiveSmallIntegerField(_("floor for each zone"), default=0)
    quorum = models.PositiveSmallIntegerField(_("quorum of each zone"), default=0)
    secrecy = models.CharField(_("secrecy"), max_length=12, choices=Secrecy, default=Secrecy.CONFIDENTIAL)
    seed = models.CharField(_("seed for ties"), max_length=80, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=RoundState, default=RoundState.PREPARED)
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    result = models.JSONField(_("result"), null=True, blank=True)

    class Meta:
        verbose_name = _("round of weighing")
        verbose_name_plural = _("rounds of weighing")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["workshop", "number"], name="one_round_per_number"),
            models.UniqueConstraint(
                fields=["workshop"],
                condition=Q(state="open"),
                name="one_open_round",
                violation_error_message=_("Another round is still open. Close it first."),
            ),
            models.CheckConstraint(
                condition=(Q(state="closed") & Q(closed_at__isnull=False, result__isnull=False))
                | (~Q(state="closed") & Q(closed_at__isnull=True, result__isnull=True)),
                name="closed_round_has_result",
                violation_error_message=_("A closed round has a result."),
            ),
            models.CheckConstraint(
                condition=Q(quorum__lte=100),
                name="quorum_is_a_share",
                violation_error_message=_("A quorum is at most 100 of 100."),
            ),
            models.CheckConstraint(
                condition=Q(state="prepared") | ~Q(seed="") | Q(rule="plain_count", rule_version="1"),
                name="ties_have_a_seed",
                violation_error_message=_("What decides ties has to be said before a round opens."),
            ),
        ]


class RoundEntitlement(models.Model):
    """An organisation that may cast a ballot in a round, frozen when the round was opened."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="entitlements", verbose_name=_("round"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))

    class Meta:
        verbose_name = _("entitlement")
        verbose_name_plural = _("entitlements")
        constraints = [
            models.UniqueConstraint(fields=["round", "organisation"], name="one_entitlement_per_organisation")
        ]


class BallotSource(models.TextChoices):
    OWN = "own", _("cast by the organisation")
    FACILITATOR = "facilitator", _("cast by a facilitator for it")
    PAPER = "paper", _("from paper")


class Ballot(models.Model):
    """One organisation's ballot in one round, changeable until the round closes. Never in the admin.

    ``receipt`` stays the same through all versions; people read ``receipt_number``, which changes with the content.
    A ballot without choices is a blank one, handed in on purpose; but once a confidential round is closed, what was on
    its ballots is only in the record (``BallotRecord``), and here only that they were cast. Those have no ``cast_at``.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="ballots", verbose_name=_("round"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    source = models.CharField(_("source"), max_length=12, choices=BallotSource, default=BallotSource.OWN)
    cast_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("cast by"))
    choices = models.ManyToManyField(Candidate, blank=True, related_name="+", verbose_name=_("choices"))
    receipt = models.CharField(_("receipt number"), max_length=12, unique=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    cast_at = models.DateTimeField(_("cast"), null=True, blank=True)

    class Meta:
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")
        constraints = [
            models.UniqueConstraint(
                fields=["round", "organisation"],
                name="one_ballot_per_organisation",
                violation_error_message=_("This organisation has already cast its ballot."),
            )
        ]

    @property
    def receipt_number(self) -> str:
        """What the organisation writes down: a number that is no longer its ballot's once somebody changed it."""
        return f"{self.receipt}-{self.version}"


class BallotRecord(models.Model):
    """The ballots of a closed round as one file (``weighing.ballot_file``): no names, in an order drawn by chance.

    Written once, when the round closes. Who may read it is decided with the result (``results.released_file``).
    """

    round = models.OneToOneField(Round, models.CASCADE, related_name="record", verbose_name=_("round"))
    file = models.TextField(_("file of ballots"))

    class Meta:
        verbose_name = _("record of ballots")
        verbose_name_plural = _("records of ballots")
