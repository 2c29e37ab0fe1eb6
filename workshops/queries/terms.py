"""The terms of a round in words: what everybody can read before it opens, on the ballot and beside the result."""

from __future__ import annotations

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning_portal.web.formatting import format_labelled, format_number, format_share

from ..models import Round, RoundState
from ..weighing.rules import PUBLISHED_ORDER, RULES
from ..weighing.weights import ONE
from ..weighing.words import FLOOR_WORDS, QUORUM_WORDS, RULE_WORDS, SECRECY_WORDS, TIE_WORDS, WEIGHT_WORDS, Words


def terms_in_words(round_: Round) -> list[tuple[str, str]]:
    """Pairs of a name and a sentence. No query."""
    return lines_of_terms(
        {
            "rule": round_.rule,
            "rule_version": round_.rule_version,
            "seats": round_.seats,
            "weights": round_.weights,
            "floor": round_.floor,
            "quorum": round_.quorum,
            "secrecy": "" if _is_of_old(round_) else round_.secrecy,
            "seed": round_.seed,
        }
    )


def lines_of_terms(terms: dict[str, Any]) -> list[tuple[str, str]]:
    """The same from plain data, as a closed workshop keeps it; what it does not say of older rounds is left out."""
    rule = RULE_WORDS[terms["rule"]]
    seats = ngettext(
        "At most %(number)s candidate is chosen.", "At most %(number)s candidates are chosen.", terms["seats"]
    ) % {"number": format_number(terms["seats"])}
    version = _("Version %(version)s.") % {"version": terms["rule_version"]}
    lines = [(_("Rule: %(name)s") % {"name": rule.name}, f"{rule.sentence} {seats} {version}")]
    weights = WEIGHT_WORDS[terms.get("weights") or ONE]
    lines.append((_("Weights: %(name)s") % {"name": weights.name}, str(weights.sentence)))
    if terms.get("floor"):
        lines.append(_numbered(FLOOR_WORDS, format_number(terms["floor"])))
    if terms.get("quorum"):
        lines.append(_numbered(QUORUM_WORDS, format_share(terms["quorum"] / 100)))
    if terms.get("secrecy"):
        secrecy = SECRECY_WORDS[terms["secrecy"]]
        lines.append((_("Ballots: %(name)s") % {"name": secrecy.name}, str(secrecy.sentence)))
    if RULES[terms["rule"]][terms["rule_version"]].ties == PUBLISHED_ORDER:
        lines.append((capfirst(str(TIE_WORDS.name)), _("Between equals, the order of their codes decides.")))
    else:
        seed = _("Its seed: “%(seed)s”.") % {"seed": terms["seed"]}
        lines.append((capfirst(str(TIE_WORDS.name)), f"{TIE_WORDS.sentence} {seed}"))
    return lines


def rules_in_words() -> list[tuple[str, str]]:
    """What there is to choose from, for who prepares a round."""
    chosen_from = [*(RULE_WORDS[rule] for rule in RULES), *WEIGHT_WORDS.values(), *SECRECY_WORDS.values()]
    return [(capfirst(str(words.name)), str(words.sentence)) for words in chosen_from]


def _is_of_old(round_: Round) -> bool:
    """Closed before rounds were open or confidential: of such a round nothing of the kind was said."""
    return round_.state == RoundState.CLOSED and "secrecy" not in (round_.result or {})


def _numbered(words: Words, number: str) -> tuple[str, str]:
    return format_labelled(capfirst(str(words.name)), number), str(words.sentence)
