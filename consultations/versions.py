"""Two people never overwrite each other, and nobody is bothered by a change to another part of the same thing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from .models import Versioned


class EditConflict(Exception):
    """Somebody else changed the same parts since the form was shown. Nothing of it was saved.

    ``mine`` and ``theirs`` hold both texts by part (plain values, fit for JSON); ``obj`` is the fresh object, whose
    ``version`` the next form must carry.
    """

    def __init__(self, obj: Versioned, *, mine: dict[str, Any], theirs: dict[str, Any]):
        self.obj = obj
        self.mine = mine
        self.theirs = theirs
        super().__init__(", ".join(mine))


def changed_since(obj: Versioned, parts: Iterable[str], version: int, editor: str = "") -> set[str]:
    """Those of ``parts`` that somebody else changed after ``version`` was shown.

    ``editor`` names the open page that sends the form: what the same page saved before, when the reply was lost on
    the line, is no conflict with what its writer typed on.
    """
    changed = set()
    for part in parts:
        last_version, last_editor = obj.changed_in.get(part, (0, ""))
        if last_version > version and not (editor and editor == last_editor):
            changed.add(part)
    return changed


def mark_of(value: Any) -> str:
    """A short mark of a part as it stood when a page was filled: the page carries it, and sends it with the form."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:12]


def only_stood_there(obj: Versioned, mine: Mapping[str, Any], seen: Mapping[str, str], editor: str = "") -> set[str]:
    """Those parts of a form that nobody typed in: they are as the page was filled (``seen``, by ``mark_of``). What
    somebody else made of them since stands, and is no conflict.

    A part that this page itself saved last is typed, also when it is back to what it was: that takes it back.
    """
    return {
        part
        for part, value in mine.items()
        if seen.get(part) == mark_of(value) and not (editor and obj.changed_in.get(part, (0, ""))[1] == editor)
    }


def mark_changed(obj: Versioned, parts: Iterable[str], editor: str = "") -> None:
    """Count a new version in which ``parts`` changed. The caller saves ``version`` and ``changed_in``."""
    obj.version += 1
    obj.changed_in = {**obj.changed_in, **{part: [obj.version, editor] for part in parts}}
