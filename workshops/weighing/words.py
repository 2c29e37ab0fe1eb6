"""What people read about rules, weights and measures: a name, and one sentence that says what it does.

Each table has the keys of the module it speaks for. Names stand in the middle of a sentence ("chosen by ...").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from .consent import AGREE, NO_QUORUM, NOBODY_AGREES, OBJECT, OBJECTED, PASSES, RESERVATION, STAND_ASIDE
from .weights import EQUAL, ONE, SQUARE_ROOT


@dataclass(frozen=True)
class Words:
    """A name and a sentence, both translated when they are shown."""

    name: Any
    sentence: Any


RULE_WORDS = {
    "plain_count": Words(_("plain count"), _("The candidates that most organisations approve are chosen.")),
    "phragmen": Words(
        _("fair turns (Phragmén)"),
        _(
            "Candidates are chosen one after the other: those who have little in the result so far count for more in "
            "the next choice."
        ),
    ),
    "equal_shares": Words(
        _("equal shares"),
        _("Every organisation has the same budget, and those who approve a candidate pay for it together."),
    ),
    "criteria": Words(
        _("grades on criteria"),
        _("Every organisation grades each candidate; the middle grade counts, so a few extreme grades change little."),
    ),
    "majority_judgment": Words(
        _("majority judgment"),
        _("The best middle grade comes first; between equals, the grades next to the middle decide."),
    ),
    "schulze": Words(
        _("comparison in pairs (Schulze)"),
        _(
            "Each candidate is compared with every other one: whoever is preferred, directly or by way of others, "
            "comes first."
        ),
    ),
    "consent": Words(
        _("consent"),
        _("A line of work passes when nobody objects with a reason and enough organisations of each zone answered."),
    ),
}
WEIGHT_WORDS = {
    ONE: Words(_("one organisation, one vote"), _("Every ballot weighs the same.")),
    SQUARE_ROOT: Words(
        _("between the two (square root)"),
        _("A zone with four times as many organisations as another one weighs twice as much."),
    ),
    EQUAL: Words(_("all zones alike"), _("Every zone weighs the same, however many organisations it has.")),
}
FLOOR_WORDS = Words(
    _("floor for each zone"),
    _(
        "At least so many of the chosen candidates were proposed in that zone, as long as it has so many that somebody "
        "approves."
    ),
)
TIE_WORDS = Words(
    _("order of ties"),
    _(
        "Between equals, an order decides that was fixed before the vote: nobody could choose it, and everybody can "
        "work it out."
    ),
)
SECRECY_WORDS = {
    "confidential": Words(
        _("confidential"),
        _(
            "Nobody reads who chose what: when the round closes, the ballots are parted from the organisations and "
            "shuffled."
        ),
    ),
    "open": Words(
        _("open round"), _("Once the round is closed, all who take part can read what each organisation chose.")
    ),
}
MEASURE_WORDS = {
    "concordance": Words(
        _("agreement of the rankings (Kendall’s W)"), _("0 means no agreement at all, 1 that all rank alike.")
    ),
    "consensus": Words(
        _("agreement across the zones"),
        _("It is high only where every zone approves; one zone that does not pulls it down, however small it is."),
    ),
    "coverage": Words(_("coverage"), _("How many organisations see at least one of their choices in the result.")),
    "spread": Words(
        _("spread of the grades"),
        _("How many grades are low and how many high: where there are many of both, the organisations do not agree."),
    ),
}
ANSWER_WORDS = {
    AGREE: Words(_("agree"), _("We support this line of work.")),
    RESERVATION: Words(
        _("agree with reservation"), _("We support this line of work, and something about it worries us.")
    ),
    STAND_ASIDE: Words(_("stand aside"), _("We do not join in, and we do not stand in the way.")),
    OBJECT: Words(_("raise an objection"), _("This line of work must not go ahead like this, and we say why.")),
}
VERDICT_WORDS = {
    PASSES: Words(_("passes"), _("No reasoned objection stands, and enough organisations of each zone answered.")),
    OBJECTED: Words(_("an objection stands"), _("At least one organisation objects and says why.")),
    NO_QUORUM: Words(
        _("too few answers"), _("In at least one zone fewer organisations answered than had been agreed.")
    ),
    NOBODY_AGREES: Words(_("nobody agrees"), _("Nobody objects, but nobody supports it either.")),
}
QUORUM_WORDS = Words(_("quorum"), _("How many organisations of a zone have to answer, whatever they answer."))
