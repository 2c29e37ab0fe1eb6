"""Going from page to page by the links, and looking at each kind of page that there is."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urldefrag, urlsplit

from django.urls import Resolver404, resolve
from django.utils import translation

from .looking import COLOURS, RULES, Eye

LINKS = """() => [...document.querySelectorAll("a[href]")]
    .map((link) => new URL(link.getAttribute("href"), document.baseURI).href)"""
FILES = {
    "documents:document-download",
    "consultations:attachment-download",
    "consultations:meeting-calendar",
    "consultations:offline-download",
    "consultations:priority-export-csv",
    "consultations:priority-export-json",
    "consultations:priority-export-xlsx",
    "workshops:round-ballots",
}
# Who is signed in is led on from there, in the language of their own account.
ENTRANCE = "account_login"


@dataclass
class Crawl:
    """Breadth-first over the links of one language, at most ``examples`` pages of a kind.

    ``within`` is how the addresses begin after the language, ``fold`` makes several kinds one.
    """

    home: str
    language: str
    examples: int
    within: str = ""
    fold: Callable[[str], str] = str
    skipped: set[str] = field(default_factory=lambda: {*FILES, ENTRANCE})
    waiting: deque[str] = field(default_factory=deque)
    known: set[str] = field(default_factory=set)
    seen: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    @property
    def start(self) -> str:
        return f"{self.home}/{self.language}/{self.within}"

    def add(self, links: list[str]) -> None:
        for link in links:
            url = urldefrag(link).url
            if url in self.known or not url.startswith(self.start):
                continue
            self.known.add(url)
            self.waiting.append(url)

    def pages(self) -> Iterator[tuple[str, str]]:
        """The next page to look at: its kind and its address."""
        while self.waiting:
            url = self.waiting.popleft()
            kind = self.fold(kind_of(url, self.language))
            limit = 1 if "?" in kind else self.examples
            if kind.partition("?")[0] in self.skipped or self.seen[kind] >= limit:
                continue
            self.seen[kind] += 1
            yield kind, url


def kind_of(url: str, language: str) -> str:
    """The name of the page's route; with what is asked of it, another kind."""
    parts = urlsplit(url)
    with translation.override(language):
        try:
            name = resolve(parts.path).view_name
        except Resolver404:
            name = parts.path
    asked = "&".join(sorted(pair.partition("=")[0] for pair in parts.query.split("&"))) if parts.query else ""
    return f"{name}?{asked}" if asked else name


def crawl(page: Any, walk: Crawl, *, judged: set[str] | None = None, dark: set[str] | None = None) -> Crawl:
    """Look at everything that ``page`` comes to from where it is.

    The rules are asked once for each kind of page found right, and not for those in ``judged``; colours are judged in
    the dark for each kind that is not in ``dark`` (None: not at all). Both sets are kept up.
    """
    eye = Eye(page, walk.home)
    judged = set() if judged is None else judged
    walk.add([page.url])
    for kind, url in walk.pages():
        eye.open(url)
        wrong = list(eye.judge(walk.language, axe=RULES if kind not in judged else None))
        if not wrong:
            judged.add(kind)
        if dark is not None and kind not in dark:
            dark.add(kind)
            page.emulate_media(color_scheme="dark")
            wrong += [f"in the dark: {one}" for one in eye.run_axe(COLOURS)]
            page.emulate_media(color_scheme="light")
        walk.wrong += [f"{kind} {url.removeprefix(walk.home)}\n    {one}" for one in wrong]
        walk.add(page.evaluate(LINKS))
    return walk
