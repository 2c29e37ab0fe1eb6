"""The list of contents of a document, read from its own headings: nothing can be forgotten in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

PLACE = "<!-- contents -->"
LEVELS = {"h2": 1, "h3": 2}


@dataclass
class Heading:
    """A heading with an ``id``: its level, its text, and the language when it is not the document's."""

    level: int
    anchor: str
    text: str = ""
    language: str = ""


@dataclass
class _Reader(HTMLParser):
    """Collects headings; those of class ``unlisted``, and labels inside of one, are left out."""

    headings: list[Heading] = field(default_factory=list)
    open: Heading | None = None
    skipping: int = 0
    in_code: bool = False

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        classes = values.get("class", "").split()
        if tag in LEVELS and values.get("id") and "unlisted" not in classes:
            self.open = Heading(LEVELS[tag], values["id"], language=values.get("lang", ""))
        elif self.open and (self.skipping or "language-label" in classes):
            self.skipping += 1
        elif self.open:
            self.open.language = values.get("lang", "") or self.open.language
            self.in_code = "code" in classes

    def handle_endtag(self, tag: str) -> None:
        if self.open and tag in LEVELS:
            self.open.text = " ".join(self.open.text.split())
            self.headings.append(self.open)
            self.open = None
            self.skipping = 0
        elif self.skipping:
            self.skipping -= 1
        elif self.open and self.in_code:
            self.open.text += " "
            self.in_code = False

    def handle_data(self, data: str) -> None:
        if self.open and not self.skipping:
            self.open.text += data


def headings_of(html: str) -> list[Heading]:
    """Every second and third level heading that has an ``id``, in order."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.headings


def fill_contents(html: str) -> str:
    """Put the list of contents where the frame left its place for it (``documents/base.html``)."""
    if PLACE not in html:
        return html
    return html.replace(PLACE, contents_of(headings_of(html.partition(PLACE)[2])), 1)


def contents_of(headings: list[Heading]) -> SafeString:
    """The list; the page number is drawn by print.css from ``data-href``, on the item and not on the link."""
    return format_html(
        '<ol class="contents-list">{}</ol>',
        format_html_join(
            "\n",
            '<li class="level-{}" data-href="#{}"><a href="#{}"{}>{}</a></li>',
            (
                (
                    heading.level,
                    heading.anchor,
                    heading.anchor,
                    format_html(' lang="{}"', heading.language) if heading.language else "",
                    heading.text,
                )
                for heading in headings
            ),
        ),
    )
