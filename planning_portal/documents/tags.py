"""Mends the tags that WeasyPrint 70.0 writes, for people who listen to a document instead of looking at it.

WeasyPrint makes several elements of a table, list, section or paragraph that a page break cuts, reads a repeated table
head again on each page, and does not say in which language a passage is (its issues 2482, 2902, 2903). All of that is
valid, and hard to listen to. Here the pieces are joined, repeated heads and page margins become artifacts, headers get
their scope, passages their language, links their words and the list of contents its name.

It hooks into a private function, so it works with one exact version (tests/documents/test_tags.py fails on another).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pydyf

WEASYPRINT_VERSION = "70.0"
JOINED = {
    "Table", "THead", "TBody", "TFoot", "TR", "TH", "TD", "Caption", "Sect", "Part", "Art", "Div", "BlockQuote",
    "L", "LI", "LBody", "P", "H1", "H2", "H3", "H4", "H5", "H6",
}  # fmt: skip
REPEATED = {"THead", "TFoot"}
CONTENTS_CLASS = "contents-list"
CONTENTS_TAGS = {"L": "TOC", "LI": "TOCI", "LBody": "NonStruct"}
ROW_SCOPES = {"row", "rowgroup"}
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class RepairError(Exception):
    """The tags are not as this module knows them: the document must be written without the repair."""


@dataclass
class Tagged:
    """A structure element, the HTML element (and the name of its box) that it was made from, and its page."""

    structure: Any
    source: Any
    box_name: str
    page: int


@contextmanager
def repaired(pdf_package: Any, version: str) -> Iterator[None]:
    """While this lasts, what ``pdf_package`` (``weasyprint.pdf``) writes gets mended tags. One thread at a time.

    Raises RepairError, on another version or when the tags are not as expected.
    """
    tag_module = pdf_package.tags
    if version != WEASYPRINT_VERSION or not hasattr(tag_module, "_build_box_tree"):
        raise RepairError(f"Made for WeasyPrint {WEASYPRINT_VERSION}, not for {version}")
    add_tags: Callable[..., None] = pdf_package.add_tags
    build = tag_module._build_box_tree

    def add_and_repair(pdf: Any, document: Any, pdf_version: Any, page_streams: Any) -> None:
        recorder = Recorder(build)
        tag_module._build_box_tree = recorder
        try:
            add_tags(pdf, document, pdf_version, page_streams)
        finally:
            tag_module._build_box_tree = build
        try:
            Repair(pdf, recorder.tagged, page_streams, document.metadata.lang or "").run()
        except Exception as error:
            raise RepairError(str(error)) from error

    pdf_package.add_tags = add_and_repair
    try:
        yield
    finally:
        pdf_package.add_tags = add_tags


class Recorder:
    """Stands in for WeasyPrint's builder and remembers what each structure element was made from."""

    def __init__(self, build: Callable[..., Iterator[Any]]):
        self._build = build
        self.tagged: dict[int, Tagged] = {}

    def __call__(
        self, box: Any, parent: Any, pdf: Any, page: int, nums: Any, annotations: Any, tags: Any
    ) -> Iterator[Any]:
        inner = getattr(box, "_box", box)
        if inner.link_annotation and inner.element is not None:
            words = " ".join("".join(inner.element.itertext()).split())
            if words:
                inner.link_annotation["Contents"] = pydyf.String(words)
        for structure in self._build(box, parent, pdf, page, nums, annotations, tags):
            if inner.element is not None:
                self.tagged.setdefault(structure.number, Tagged(structure, inner.element, inner.element_tag, page))
            yield structure


class Repair:
    """One pass over the structure tree of a document."""

    def __init__(self, pdf: Any, tagged: dict[int, Tagged], page_streams: list[Any], language: str):
        self.pdf = pdf
        self.tagged = tagged
        self.streams = page_streams
        self.language = language
        root = self.resolve(pdf.catalog["StructTreeRoot"])
        self.document = self.resolve(root["K"][0])
        numbers = self.resolve(root["ParentTree"])["Nums"]
        self.parents = {page: numbers[2 * page + 1] for page in range(len(page_streams))}
        self.pages = {reference: page for page, reference in enumerate(pdf.page_references)}

    def run(self) -> None:
        """Join, name, then turn what nobody should hear twice into artifacts."""
        self.join(self.document)
        self.name_contents()
        self.point_to_first_headers()
        self.place_figures()
        self.say_scope_and_language(self.document, self.language)
        self.drop_unreachable()

    def resolve(self, reference: Any) -> Any:
        return self.pdf.objects[int(reference.split()[0])] if isinstance(reference, bytes) else reference

    def structure(self, kid: Any) -> Any:
        """The structure element that ``kid`` refers to, or None for content and link objects."""
        found = self.resolve(kid)
        return found if isinstance(found, dict) and found.get("Type") == "/StructElem" else None

    def kids(self, structure: Any) -> Iterator[Any]:
        for kid in structure["K"]:
            child = self.structure(kid)
            if child is not None:
                yield child

    def join(self, structure: Any) -> None:
        """Append the pieces on later pages to the first; leave repeated heads and feet out."""
        first: dict[tuple[int, str, str], tuple[Any, int]] = {}
        kept = []
        for kid in structure["K"]:
            child = self.structure(kid)
            tagged = self.tagged.get(child.number) if child is not None else None
            name = child["S"][1:] if child is not None else ""
            if tagged is None or name not in JOINED:
                kept.append(kid)
                continue
            key = (id(tagged.source), tagged.box_name, name)
            whole, page = first.get(key, (None, -1))
            if whole is None or page >= tagged.page:
                kept.append(kid)
                first[key] = (child, tagged.page)
                continue
            first[key] = (whole, tagged.page)
            if name not in REPEATED:
                self.absorb(whole, child)
        structure["K"][:] = kept
        for child in self.kids(structure):
            self.join(child)

    def absorb(self, whole: Any, piece: Any) -> None:
        page = self.pages[piece["Pg"]]
        for kid in piece["K"]:
            child = self.structure(kid)
            if child is not None:
                child["P"] = whole.reference
            elif isinstance(kid, int):
                self.parents[page][kid] = whole.reference
                kid = pydyf.Dictionary({"Type": "/MCR", "Pg": piece["Pg"], "MCID": kid})
            whole["K"].append(kid)

    def name_contents(self) -> None:
        """The list of contents is one, not just a list."""
        for tagged in list(self.tagged.values()):
            if tagged.structure["S"] == "/L" and CONTENTS_CLASS in tagged.source.attrib.get("class", "").split():
                self._rename(tagged.structure)

    def _rename(self, structure: Any) -> None:
        name = structure["S"][1:]
        if name in CONTENTS_TAGS:
            structure["S"] = f"/{CONTENTS_TAGS[name]}"
            for child in self.kids(structure):
                self._rename(child)

    def point_to_first_headers(self) -> None:
        """Cells on later pages name the headers of the repeated heads, which are gone: name the first ones."""
        first: dict[int, Any] = {}
        same: dict[str, Any] = {}
        for tagged in self.tagged.values():
            if tagged.structure["S"] == "/TH" and "ID" in tagged.structure:
                identifier = tagged.structure["ID"]
                same[identifier.string] = first.setdefault(id(tagged.source), identifier)
        for tagged in self.tagged.values():
            attributes = tagged.structure.get("A", {})
            if headers := attributes.get("Headers"):
                names = {same.get(header.string, header).string: same.get(header.string, header) for header in headers}
                attributes["Headers"] = pydyf.Array(names.values())

    def place_figures(self) -> None:
        """A figure's box is written in CSS pixels from the top: say it in points from the bottom."""
        for tagged in self.tagged.values():
            if tagged.structure["S"] == "/Figure":
                height = self.resolve(tagged.structure["Pg"])["MediaBox"][3]
                left, top, right, bottom = (value * 0.75 for value in tagged.structure["A"]["BBox"])
                tagged.structure["A"]["BBox"] = pydyf.Array((left, height - bottom, right, height - top))

    def say_scope_and_language(self, structure: Any, language: str) -> None:
        tagged = self.tagged.get(structure.number)
        if tagged is not None:
            own = tagged.source.attrib.get("lang") or tagged.source.attrib.get(XML_LANG)
            if own and own != language:
                structure["Lang"] = pydyf.String(own)
                language = own
            if structure["S"] == "/TH" and "A" in structure:
                scope = "/Row" if tagged.source.attrib.get("scope") in ROW_SCOPES else "/Column"
                structure["A"]["Scope"] = scope
        for child in self.kids(structure):
            self.say_scope_and_language(child, language)

    def drop_unreachable(self) -> None:
        """Marked content that no element holds any longer (repeated heads, page margins) becomes an artifact."""
        elements: set[int] = set()
        content: dict[int, set[int]] = {page: set() for page in self.parents}
        self._collect(self.document, elements, content)
        for page, parents in self.parents.items():
            gone = {number for number in range(len(parents)) if number not in content[page]}
            for number in gone & self._turn_into_artifacts(self.streams[page].stream, gone):
                parents[number] = "null"
        for number, obj in enumerate(self.pdf.objects):
            if isinstance(obj, dict) and obj.get("Type") == "/StructElem" and number not in elements:
                obj.clear()

    def _collect(self, structure: Any, elements: set[int], content: dict[int, set[int]]) -> None:
        elements.add(structure.number)
        for kid in structure["K"]:
            child = self.structure(kid)
            if child is not None:
                self._collect(child, elements, content)
            elif isinstance(kid, int):
                content[self.pages[structure["Pg"]]].add(kid)
            elif isinstance(kid, dict) and "MCID" in kid:
                content[self.pages[kid["Pg"]]].add(kid["MCID"])

    @staticmethod
    def _turn_into_artifacts(stream: list[Any], gone: set[int]) -> set[int]:
        """Rewrite ``/Span <</MCID n>> BDC`` to ``/Artifact BMC`` for each of ``gone``; say which were found."""
        done: set[int] = set()
        for index, item in enumerate(stream):
            if item == b"BDC" and isinstance(stream[index - 1], dict) and stream[index - 1].get("MCID") in gone:
                done.add(stream[index - 1]["MCID"])
                stream[index - 2 : index + 1] = [b"/Artifact", b"", b"BMC"]
        return done
