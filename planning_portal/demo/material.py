"""What the demonstration is made of: the hand-written texts in ``data/``, and where scale multiplies them."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "data"

Entry = dict[str, Any]
MAXIMUM_TITLE = 160


@dataclass(frozen=True)
class Material:
    """All texts of the demonstration. ``scale`` above one repeats organisations and priorities under other names."""

    organisations: list[Entry]
    people: list[Entry]
    consultations: list[Entry]
    meetings: dict[str, Entry]
    answers: dict[str, Entry]
    priorities: list[Entry]
    sessions: list[Entry]
    reasons: list[Entry]
    follow_ups: dict[str, Entry]
    objection: Entry
    minutes: dict[str, Entry]
    candidates: dict[str, Entry]
    lines: list[Entry]
    plans: dict[str, Entry]
    contributions: list[Entry]
    story: Entry


def _read(name: str) -> Entry:
    with (FOLDER / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


def load_material(scale: int = 1) -> Material:
    """Read the data files and repeat what ``scale`` repeats: the n-th copy has "-n" after its slug and (n) in its
    words, and its organisations support one another as the first ones do."""
    organisations = _read("organisations")
    workshops = _read("workshops")
    plans = _read("plans")
    story = _read("story")
    meetings = _read("meetings")
    return Material(
        organisations=_repeated(organisations["organisation"], scale, ("slug",), ("name", "acronym")),
        people=_repeated(organisations["person"], scale, ("organisation",), ("name",)),
        consultations=_read("consultations")["consultation"],
        meetings={entry["country"]: entry for entry in meetings["meeting"]},
        answers={entry["language"]: entry for entry in meetings["answer"]},
        priorities=_repeated(_read("priorities")["priority"], scale, ("slug", "organisation"), ("title",)),
        sessions=workshops["session"],
        reasons=workshops["reason"],
        follow_ups={entry["outcome"]: entry["text"] for entry in workshops["follow_up"]},
        objection=workshops["objection"][0]["text"],
        minutes={entry["zone"]: entry["text"] for entry in workshops["minutes"]},
        candidates={entry["key"]: entry for entry in workshops["candidate"]},
        lines=_read("lines")["line"],
        plans={entry["line"]: entry for entry in plans["plan"]},
        contributions=plans["contribution"],
        story=story,
    )


def _repeated(entries: list[Entry], scale: int, keys: Iterable[str], words: Iterable[str]) -> list[Entry]:
    return [_copy(entry, number, keys, words) for number in range(1, scale + 1) for entry in entries]


def _copy(entry: Entry, number: int, keys: Iterable[str], words: Iterable[str]) -> Entry:
    if number == 1:
        return entry
    twin = copy.deepcopy(entry)
    for key in keys:
        twin[key] = f"{entry[key]}-{number}"
    for word in words:
        twin[word] = numbered(entry[word], number)
    if "supporters" in twin:
        twin["supporters"] = [f"{slug}-{number}" for slug in entry["supporters"]]
    if "titles" in twin:
        twin["titles"] = {code: numbered(title, number) for code, title in entry["titles"].items()}
    return twin


def numbered(text: str, number: int) -> str:
    """``text`` with its number, cut where the number would make it too long for a title."""
    mark = f" ({number})"
    return text[: MAXIMUM_TITLE - len(mark)] + mark
