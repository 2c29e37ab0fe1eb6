"""Which texts a translator may see and translate: each app registers its kinds in ``AppConfig.ready``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from .models import Multilingual


@dataclass(frozen=True)
class TextKind:
    """A model whose texts are translated here.

    ``visible(user)`` is what the person may read (drafts of others are never in it), ``after_save(obj)`` tells the
    pages that show the text that it has changed.
    """

    model: type[Multilingual]
    visible: Callable[[Any], QuerySet[Any]]
    after_save: Callable[[Any], None] | None = None

    @property
    def key(self) -> str:
        return self.model._meta.label_lower

    @property
    def name(self) -> str:
        return str(self.model._meta.verbose_name_plural)


_kinds: dict[str, TextKind] = {}


def register_texts(
    model: type[Multilingual],
    visible: Callable[[Any], QuerySet[Any]],
    after_save: Callable[[Any], None] | None = None,
) -> None:
    """Offer the texts of ``model`` to translators."""
    kind = TextKind(model, visible, after_save)
    _kinds[kind.key] = kind


def text_kinds() -> list[TextKind]:
    """Every kind, in the order of registration: the stages in their order."""
    return list(_kinds.values())


def text_kind(key: str) -> TextKind | None:
    return _kinds.get(key)


def kind_of_object(obj: Model) -> TextKind | None:
    return _kinds.get(obj._meta.label_lower)


_followers: dict[type[Multilingual], Callable[[Sequence[int]], None]] = {}


def register_follower(model: type[Multilingual], follower: Callable[[Sequence[int]], None]) -> None:
    """Have ``follower(ids)`` called, in the same transaction, when texts of objects of ``model`` were written in any
    language: for what is derived from all of them, as a table to search in."""
    _followers[model] = follower


def tell_follower(model: type[Multilingual], ids: Sequence[int]) -> None:
    """Texts of these objects were written."""
    follower = _followers.get(model)
    if follower is not None and ids:
        follower(ids)
