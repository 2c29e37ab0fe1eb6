"""Weigh a round again from its file alone: ``manage.py recompute_round FILE.csv [--rule ... --version ...]``.

Needs no database. The format: ``workshops.weighing.ballot_file``.
"""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workshops.weighing import Outcome, Terms, WeighingError
from workshops.weighing.agreement import Concordance
from workshops.weighing.ballot_file import CODE, MOST_BYTES, NUMBER, BallotFile, read_ballots
from workshops.weighing.consent import ConsentOutcome
from workshops.weighing.criteria import CriteriaOutcome
from workshops.weighing.recompute import Ranked, Recomputed, as_plain, recompute, terms_of
from workshops.weighing.weights import WEIGHTS


class Command(BaseCommand):
    help = (
        "Work out the result of a round of weighing from a CSV file of its ballots, without a database. "
        "The file may say the terms itself; what is given here goes before it."
    )
    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """``--version`` is here the version of the rule, not Django's."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the ballots, as CSV")
        parser.add_argument(
            "--rule", help="for example plain_count, phragmen, equal_shares, criteria, schulze, consent"
        )
        parser.add_argument("--version", help="the version of the rule")
        parser.add_argument("--seats", type=int, help="how many are chosen")
        parser.add_argument("--weights", choices=WEIGHTS, help="how much a ballot of each zone weighs")
        parser.add_argument("--seed", help="what decides ties")
        parser.add_argument(
            "--floor", action="append", metavar="ZONE=NUMBER", help="at least so many seats for candidates of that zone"
        )
        parser.add_argument("--json", action="store_true", help="everything, exact, for a machine")

    def handle(self, *args: Any, file: Path, json: bool, **options: Any) -> None:
        content = _content(file)
        try:
            ballots = read_ballots(content)
            names = ("rule", "version", "seats", "weights", "seed")
            terms = terms_of(ballots, floors=_floors(options["floor"]), **{name: options[name] for name in names})
            found = recompute(ballots, terms)
        except WeighingError as error:
            raise CommandError(f"{file.name}: {error}") from None
        digest = sha256(content).hexdigest()
        lines = _machine_lines(terms, found, digest) if json else _lines(file.name, digest, ballots, terms, found)
        self.stdout.write("\n".join(lines))


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from None


def _floors(given: list[str] | None) -> dict[str, int] | None:
    if given is None:
        return None
    floors = {}
    for one in given:
        zone, _equals, number = one.partition("=")
        if not CODE.fullmatch(zone) or not NUMBER.fullmatch(number) or zone in floors:
            raise WeighingError(f"A floor is a zone once with a number, such as WA=1, not {one!r}.")
        floors[zone] = int(number)
    return floors


def _machine_lines(terms: Terms, found: Recomputed, digest: str) -> Iterator[str]:
    plain = {"sha256": digest, "terms": as_plain(terms), "result": as_plain(found)}
    yield json.dumps(plain, ensure_ascii=False, indent=1)


def _lines(name: str, digest: str, file: BallotFile, terms: Terms, found: Recomputed) -> Iterator[str]:
    yield f"{name} (SHA-256 {digest})"
    yield f"{len(file.ballots)} ballots of {file.kind}, {len(file.candidates)} candidates"
    yield f"rule {terms.rule}, version {terms.version}; weights {terms.weights}; seed {terms.seed!r}"
    yield ""
    if isinstance(found, Outcome):
        yield from _chosen(found, terms)
    elif isinstance(found, CriteriaOutcome):
        yield from _assessed(found)
    elif isinstance(found, Ranked):
        yield from _ranked(found)
    else:
        for line, outcome in found.items():
            yield from _consented(line, outcome)


def _chosen(found: Outcome[str], terms: Terms) -> Iterator[str]:
    yield f"{len(found.chosen)} of {terms.seats} seats:"
    for place, step in enumerate(found.steps, start=1):
        notes = [f"{step.part} {_figure(step.value)}", f"{found.counts[step.candidate]} ballots"]
        notes += ["chosen for a floor"] if step.narrowed else []
        notes += [f"tied: {' '.join(step.tied)}"] if step.tied else []
        yield f"{place:>3}. {step.candidate}  {', '.join(notes)}"
    if found.tied_at_edge:
        yield f"The order of ties decided who of these takes a seat: {' '.join(found.tied_at_edge)}"
    for zone, floor in found.floors.items():
        yield f"floor {zone}: asked {floor.asked}, possible {floor.possible}, taken {floor.taken}"
    yield f"at least one choice in: {found.covered} of {found.ballots} ballots ({found.blank} blank)"
    for zone, group in found.groups.items():
        yield f"  {zone}: {group.covered} of {group.ballots}; a ballot weighs {group.weight}"


def _assessed(found: CriteriaOutcome[str]) -> Iterator[str]:
    for place, level in enumerate(found.places, start=1):
        for candidate in level:
            one = found.assessments[candidate]
            medians = "; ".join(
                f"{criterion} {_or_none(summary.median)} (low {summary.low}, high {summary.high}, of {summary.number})"
                for criterion, summary in one.criteria.items()
            )
            yield f"{place:>3}. {candidate}  total {_or_none(one.total.median)}; {medians}"


def _ranked(found: Ranked) -> Iterator[str]:
    for place, level in enumerate(found.order.places, start=1):
        yield f"{place:>3}. {' = '.join(level)}"
    yield f"Kendall's W: {_concordance(found.agreement)}"
    for zone, one in found.zones.items():
        yield f"  {zone}: {_concordance(one)}"


def _consented(line: str, found: ConsentOutcome[str]) -> Iterator[str]:
    yield f"{line}: {found.verdict}; " + ", ".join(f"{kind} {number}" for kind, number in found.counts.items())
    for zone, one in found.zones.items():
        met = "met" if one.is_met else "not met"
        yield f"  {zone}: {one.answered} of {one.entitled} answered, {one.needed} needed: {met}"


def _concordance(one: Concordance) -> str:
    mean = "" if one.mean_correlation is None else f", mean correlation {_figure(one.mean_correlation)}"
    return f"{'-' if one.w is None else _figure(one.w)} ({one.organisations} organisations{mean})"


def _or_none(value: int | None) -> str:
    return "-" if value is None else str(value)


def _figure(value: Fraction) -> str:
    """To six digits for reading; ``--json`` has the exact value."""
    return str(value) if value.denominator == 1 else f"{float(value):.6f}"
