"""Which documents exist: every stage registers its own kinds in ``AppConfig.ready``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.utils import translation

from .models import Audience, RenderedDocument


@dataclass(frozen=True)
class DocumentKind:
    """A kind of document: what it is made of, how it is laid out, and who may read it.

    ``model`` is the label of its subject ("workshops.Workshop"). ``title(subject, language)`` and
    ``file_name(subject, language, version)`` are in the document's language and give no name away.
    ``report(subject, language, audience)`` is nested plain data, read from frozen rows; every text that people wrote
    in it is a ``languages.queries.ShownText``. The keys that the cover reads are listed in README.md.
    ``can_read(user, document)`` is asked before every download, also for visitors who have not signed in.
    ``stands(subject, version)`` says whether a version is made again when its files had to be withdrawn because names
    may no longer be read as they were; of those that do not stand the files just go. ``tells_audience`` is for kinds
    made for several audiences: every title and file name says for whom it is, for they must not be mistaken for each
    other. ``allows(subject, audience)`` says whether it may be made for these readers at all, as things stand.
    ``url(subject)`` is the page from which the document is asked for.
    """

    key: str
    model: str
    title: Callable[[Any, str], str]
    template: str
    report: Callable[[Any, str, str], dict[str, Any]]
    file_name: Callable[[Any, str, str], str]
    can_read: Callable[[Any, RenderedDocument], bool]
    stands: Callable[[Any, str], bool] = lambda _subject, _version: True
    tells_audience: bool = False
    allows: Callable[[Any, str], bool] = lambda _subject, _audience: True
    url: Callable[[Any], str] | None = None

    def title_for(self, subject: Any, language: str, audience: Audience | str) -> str:
        """The title of the document made for ``audience``, in ``language``."""
        with translation.override(language):
            title = self.title(subject, language)
            return f"{title} ({Audience(audience).label})" if self.tells_audience else title

    @property
    def model_class(self) -> type[Model]:
        return apps.get_model(self.model)


class UnknownKind(LookupError):
    """Nobody registered a document of this kind."""


class SubjectNotReady(ValueError):
    """There is nothing to make a document of yet. Its text says what is missing."""


_kinds: dict[str, DocumentKind] = {}


def register(kind: DocumentKind) -> None:
    """Make ``kind`` known; registering another one under the same key is a mistake and raises ValueError."""
    if _kinds.get(kind.key, kind) != kind:
        raise ValueError(f"A document of kind {kind.key!r} is registered already")
    _kinds[kind.key] = kind


def unregister(key: str) -> None:
    """Forget a kind (tests register their own for a while)."""
    _kinds.pop(key, None)


def get_kind(key: str) -> DocumentKind:
    """The kind called ``key``. Raises UnknownKind."""
    try:
        return _kinds[key]
    except KeyError:
        raise UnknownKind(key) from None


def all_kinds() -> list[DocumentKind]:
    """Every kind, by key."""
    return [_kinds[key] for key in sorted(_kinds)]
