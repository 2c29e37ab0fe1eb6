"""The interface's catalogs without gettext binaries: extract, update, compile and judge them with Babel.

English is the source. Templates go through Django's own ``templatize`` first, so that the message ids are those of
``makemessages`` (reference: documents-and-languages E).
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
SOURCES = ("planning_portal", "consultations", "workshops", "actionplans", "templates")
# The headers of Django's own catalogs: with another header theirs and ours would not merge.
PLURAL_FORMS = {
    "es": "nplurals=3; plural=n == 1 ? 0 : n != 0 && n % 1000000 == 0 ? 1 : 2;",
    "fr": "nplurals=2; plural=(n > 1);",
    "nl": "nplurals=2; plural=(n != 1);",
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sdif]|%[sd]|\{\w*\}")
TAG = re.compile(r"</?[a-zA-Z][^>]*>")


@dataclass(frozen=True)
class Fault:
    """What is wrong with one message, and where it is used."""

    language: str
    place: str
    message: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}: [{self.language}] {self.what}: {self.message!r}"


def catalog_path(language: str) -> Path:
    return Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"


def translated_languages() -> list[str]:
    """Every language of the interface but the source."""
    return [code for code, _name in settings.LANGUAGES if code != "en"]


def source_files() -> Iterator[Path]:
    """Every file whose messages are ours, in a stable order."""
    for folder in SOURCES:
        for path in sorted((Path(settings.BASE_DIR) / folder).rglob("*")):
            if path.suffix in {".py", ".html", ".txt"} and "migrations" not in path.parts and "data" not in path.parts:
                yield path


def extract_messages() -> Catalog:
    """All messages of the house as a template catalog, located by file without line numbers."""
    template = Catalog(project="planning portal", charset="utf-8")
    for path in source_files():
        name = path.relative_to(settings.BASE_DIR).as_posix()
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            # What stands between the messages is filler; indented, it would not be Python.
            text = "\n".join(line.lstrip() for line in templatize(text, origin=name).split("\n"))
        stream = io.BytesIO(text.encode())
        for _line, message, comments, context in extract(
            "python", stream, keywords=KEYWORDS, comment_tags=["Translators:"], options={"encoding": "utf-8"}
        ):
            if message and message != ("", ""):
                template.add(message, locations=[(name, None)], auto_comments=comments, context=context)  # type: ignore[list-item]
    return template


def read_catalog(language: str) -> Catalog:
    """The language's catalog as it stands, or an empty one with the right plural forms."""
    path = catalog_path(language)
    if path.exists():
        return read_po(io.BytesIO(path.read_bytes()), locale=language)
    header = (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {language}\\n"\n"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Content-Transfer-Encoding: 8bit\\n"\n"Plural-Forms: {PLURAL_FORMS[language]}\\n"\n'
    )
    return read_po(io.BytesIO(header.encode()), locale=language)


def update_catalog(language: str, template: Catalog) -> Catalog:
    """Bring a catalog in line with the sources: new messages empty, gone ones dropped, no guesses."""
    catalog = read_catalog(language)
    fresh = read_po(io.BytesIO(_po_bytes(template)), locale=language)
    for message in fresh:
        if not message.id:
            continue
        known = catalog.get(message.id, message.context)
        if known is None:
            catalog.add(
                message.id, locations=message.locations, auto_comments=message.auto_comments, context=message.context
            )
            continue
        known.locations, known.auto_comments = message.locations, message.auto_comments
    for message in list(catalog):
        if message.id and fresh.get(message.id, message.context) is None:
            catalog.delete(message.id, message.context)
    catalog.obsolete.clear()
    path = catalog_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_po_bytes(catalog))
    return catalog


def compile_catalog(language: str) -> bool:
    """Write the ``.mo`` beside the ``.po`` when it is missing or older; tell whether it was written."""
    source = catalog_path(language)
    target = source.with_suffix(".mo")
    if not source.exists() or (target.exists() and target.stat().st_mtime >= source.stat().st_mtime):
        return False
    partial = target.with_suffix(f".mo.{id(source)}")
    with partial.open("wb") as file:
        write_mo(file, read_catalog(language), use_fuzzy=False)
    partial.replace(target)
    return True


def check_catalog(language: str, template: Catalog) -> Iterator[Fault]:
    """Everything that keeps a catalog from being complete and true."""
    catalog = read_catalog(language)
    for message in template:
        if not message.id:
            continue
        translated = catalog.get(message.id, message.context)
        if translated is None:
            yield _fault(language, message, "missing")
            continue
        yield from _faults_of(language, message, translated, catalog.num_plurals)
    for message in catalog:
        if message.id and template.get(message.id, message.context) is None:
            yield _fault(language, message, "obsolete")


def _faults_of(language: str, source: Message, translated: Message, plurals: int) -> Iterator[Fault]:
    if translated.fuzzy:
        yield _fault(language, source, "fuzzy")
    sources = list(source.id) if isinstance(source.id, (tuple, list)) else [source.id]
    strings = translated.string
    texts = list(strings) if isinstance(strings, (tuple, list)) else [strings]
    if len(sources) > 1 and len(texts) != plurals:
        yield _fault(language, source, f"{len(texts)} plural forms instead of {plurals}")
    allowed = [_shape(text) for text in sources]
    for text in texts:
        if not text:
            yield _fault(language, source, "empty")
            continue
        if _shape(text) not in allowed:
            yield _fault(language, source, "other placeholders or tags")
        if _edges(text) != _edges(sources[0]):
            yield _fault(language, source, "other white space at its ends")


def _shape(text: str) -> tuple[list[str], list[str]]:
    return sorted(PLACEHOLDER.findall(text)), sorted(TAG.findall(text))


def _edges(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


def _fault(language: str, message: Message, what: str) -> Fault:
    text = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
    place = message.locations[0][0] if message.locations else catalog_path(language).name
    return Fault(language, place, text, what)


def _po_bytes(catalog: Catalog) -> bytes:
    stream = io.BytesIO()
    write_po(stream, catalog, sort_by_file=True, include_lineno=False, omit_header=False, width=120)
    dated = re.compile(rb'^"(POT-Creation-Date|PO-Revision-Date|Generated-By|Last-Translator|Language-Team):.*\n', re.M)
    return dated.sub(b"", stream.getvalue())
