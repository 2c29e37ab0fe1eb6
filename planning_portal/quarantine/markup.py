"""XML from outside: no document type, no entities, no processing; read as events, or written anew with changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from .refusal import Refusal

DEEPEST = 200
Attributes = dict[str, str]


def local(name: str) -> str:
    """A name without its prefix."""
    return name.rpartition(":")[2]


def _escaped(text: str) -> str:
    """A lone carriage return would be read as a line feed."""
    return escape(text, {"\r": "&#13;"})


def _no_document_type(*_args: Any) -> None:
    raise Refusal("entities")


def parse(content: bytes, *, start: Callable[..., None], end: Callable[..., None], text: Callable[..., None]) -> None:
    """Read ``content`` and call back for elements and text. Raises Refusal."""
    depth = 0

    def start_within(name: str, attributes: Attributes) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise Refusal("broken")
        start(name, attributes)

    def end_within(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(name)

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _no_document_type
    parser.EntityDeclHandler = _no_document_type
    parser.StartElementHandler = start_within
    parser.EndElementHandler = end_within
    parser.CharacterDataHandler = text
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise Refusal("broken") from error
    except (LookupError, ValueError) as error:
        # An encoding that nobody knows.
        raise Refusal("broken") from error


class Rewriter:
    """Writes a part anew, as it was but for what the rules change. Remarks and instructions do not come along.

    ``change(name, attributes)`` returns the attributes to write, or None to leave the element out with all it holds.
    ``word(name, text)`` returns what stands in an element that holds nothing but text, or None to leave it out: it is
    asked for the elements in ``worded`` only. Names are without prefix; prefixes stay as they were, since other parts
    of such files speak of them.
    """

    def __init__(
        self,
        change: Callable[[str, Attributes], Attributes | None],
        worded: frozenset[str] = frozenset(),
        word: Callable[[str, str], str | None] = lambda _name, text: text,
    ):
        self.change = change
        self.worded = worded
        self.word = word
        self.written: list[str] = []
        self.depth = 0
        self.skipped_from = 0
        self.open_word: tuple[str, str, list[str]] | None = None

    def rewrite(self, content: bytes) -> bytes:
        parse(content, start=self._start, end=self._end, text=self._text)
        return b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + "".join(self.written).encode()

    def _start(self, name: str, attributes: Attributes) -> None:
        self.depth += 1
        if self.skipped_from:
            return
        self._give_up_word()
        changed = self.change(local(name), attributes)
        if changed is None:
            self.skipped_from = self.depth
            return
        head = f"<{name}" + "".join(f" {key}={quoteattr(value)}" for key, value in changed.items()) + ">"
        if local(name) in self.worded:
            self.open_word = (name, head, [])
        else:
            self.written.append(head)

    def _give_up_word(self) -> None:
        """The element holds others after all: it is written as it stands."""
        if self.open_word:
            _name, head, texts = self.open_word
            self.written += [head, _escaped("".join(texts))]
            self.open_word = None

    def _end(self, name: str) -> None:
        self.depth -= 1
        if self.skipped_from:
            if self.depth < self.skipped_from:
                self.skipped_from = 0
            return
        if self.open_word:
            _name, head, texts = self.open_word
            self.open_word = None
            text = self.word(local(name), "".join(texts))
            if text is None:
                return
            self.written += [head, _escaped(text)]
        self.written.append(f"</{name}>")

    def _text(self, text: str) -> None:
        if self.skipped_from:
            return
        if self.open_word:
            self.open_word[2].append(text)
        else:
            self.written.append(_escaped(text))
