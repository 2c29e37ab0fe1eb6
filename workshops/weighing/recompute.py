"""The result of a round, worked out again from its file alone: a pure function of what the file says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from . import ballot_file
from .agreement import Concordance, kendalls_w, kendalls_w_by_zone
from .ballot_file import BallotFile
from .consent import Answer, ConsentOutcome, consent
from .criteria import CriteriaOutcome, assess
from .errors import WeighingError
from .outcome import Outcome, decide, sizes_of
from .rankings import SchulzeOutcome, schulze
from .rules import RULES, Terms
from .weights import ONE, ballot_weights

RULES_OF: dict[str, dict[str, tuple[str, ...]]] = {
    ballot_file.APPROVALS: {rule: tuple(versions) for rule, versions in RULES.items()},
    ballot_file.GRADES: {"criteria": ("1",), "majority_judgment": ("1",)},
    ballot_file.RANKS: {"schulze": ("1",)},
    ballot_file.CONSENT: {"consent": ("1",)},
}
"""By kind of ballot, the rules that weigh it, each with its versions."""


@dataclass(frozen=True)
class Ranked:
    """The order of a round in which candidates are ranked, and how far the organisations agree on it."""

    order: SchulzeOutcome[str]
    agreement: Concordance
    zones: dict[str, Concordance]


Recomputed = Outcome[str] | CriteriaOutcome[str] | Ranked | dict[str, ConsentOutcome[str]]


def terms_of(file: BallotFile, **changes: Any) -> Terms:
    """The terms of ``file``, with ``changes`` (None for none): rule, version, seats, weights, floors, seed.

    Raises WeighingError where file and changes leave out the rule, its version or the seats, and for a rule or version
    that there is not for such ballots.
    """
    given: dict[str, Any] = {"floors": file.floors, **file.head}
    given |= {name: value for name, value in changes.items() if value is not None}
    for name in ("rule", "version", *(("seats",) if file.kind == ballot_file.APPROVALS else ())):
        if name not in given:
            raise WeighingError(f"Neither the file nor the command says which {name}.")
    rules = RULES_OF[file.kind]
    if given["rule"] not in rules:
        raise WeighingError(f"There is no rule {given['rule']!r} for {file.kind}. There is: {', '.join(rules)}")
    if given["version"] not in (versions := rules[given["rule"]]):
        raise WeighingError(f"{given['rule']} has no version {given['version']!r}. There is: {', '.join(versions)}")
    if not _is_text(str(given.get("seed", ""))):
        raise WeighingError("The seed is no text in UTF-8.")
    seats = str(given.pop("seats", 0))
    if not ballot_file.NUMBER.fullmatch(seats):
        raise WeighingError(f"{seats!r} is no number of seats.")
    return Terms(seats=int(seats), **given)


def recompute(file: BallotFile, terms: Terms) -> Recomputed:
    """What came of the ballots of ``file`` on ``terms`` (``terms_of``). For consent: by the code of each line.

    Raises WeighingError for terms that these ballots cannot be weighed on.
    """
    if file.kind == ballot_file.APPROVALS:
        return decide(
            terms, file.candidates, file.ballots, zones=file.zones or None, sizes=file.sizes, homes=file.homes
        )
    if file.kind == ballot_file.RANKS:
        return _ranked(file, terms)
    if terms.weights != ONE:
        raise WeighingError(f"For {file.kind} every organisation weighs the same.")
    if file.kind == ballot_file.GRADES:
        if terms.rule == "majority_judgment" and len(file.criteria) != 1:
            raise WeighingError("Majority judgment takes one criterion.")
        return assess(
            file.candidates,
            file.ballots,
            weights=file.criteria,
            zones=file.zones or None,
            top=file.top,
            seed=terms.seed,
        )
    return {line: _consent(file, line) for line in file.candidates}


def _ranked(file: BallotFile, terms: Terms) -> Ranked:
    zone_of = {voter: file.zones.get(voter, "") for voter in file.ballots}
    weights = ballot_weights(terms.weights, sizes_of(zone_of, file.zones, file.sizes))
    order = schulze(
        file.candidates,
        file.ballots,
        weights={voter: weights[zone] for voter, zone in zone_of.items()},
        seed=terms.seed,
    )
    return Ranked(
        order,
        kendalls_w(file.candidates, list(file.ballots.values())),
        kendalls_w_by_zone(file.candidates, file.ballots, zone_of) if file.zones else {},
    )


def _consent(file: BallotFile, line: str) -> ConsentOutcome[str]:
    answers: dict[str, Answer] = {voter: given[line] for voter, given in file.ballots.items() if line in given}
    zones: Mapping[str, str] = file.zones or dict.fromkeys(file.ballots, "")
    return consent(answers, zones=zones, sizes=file.sizes, quorum=file.quorum)


def _is_text(text: str) -> bool:
    """Whether it has no half characters, as a command line may have."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def as_plain(value: Any) -> Any:
    """``value`` as JSON can hold it, still exact: fractions as text such as ``3/7``, pairs of candidates as ``A>B``."""
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: as_plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {">".join(key) if isinstance(key, tuple) else str(key): as_plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [as_plain(one) for one in value]
    return str(value) if isinstance(value, Fraction | Decimal) else value
