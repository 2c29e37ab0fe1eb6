"""DOCX and XLSX are unpacked, cleaned part by part and packed anew: no author, no history, no macro, no outside.

What they are called in these formats: ECMA-376, parts 1 and 2.
"""

from __future__ import annotations

import posixpath
import re
from urllib.parse import unquote

from .archive import pack, unpack
from .formulas import is_harmless
from .markup import Attributes, Rewriter, local
from .pictures import clean_picture
from .refusal import Refusal

CONTENT_TYPES = "[Content_Types].xml"
MAIN_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
DROPPED = re.compile(
    r"^(docProps|customXml|customUI|_xmlsignatures)/|^docMetadata/"
    r"|^word/(people\.xml|attachedToolbars\.bin|mailMerge.*)$"
    r"|^xl/(externalLinks|queryTables|revisions|printerSettings)/"
    r"|^xl/(connections\.xml|calcChain\.xml|volatileDependencies\.xml|customProperty\d*\.bin)$"
    r"|/(printerSettings|customProperty)[^/]*\.bin$|/printerSettings/|(^|/)thumbnail\.\w+$"
)
"""Parts that tell who, where and with what; nothing of the text is in them."""
ACTIVE = re.compile(
    r"vba|activeX|/embeddings/|oleObject|macrosheets|dialogsheets|/webextensions/|/ctrlProps/|\.(bin|exe|dll|js|vbs)$",
    re.IGNORECASE,
)
"""Parts that act, or that hold another file."""
PICTURE = re.compile(r"/media/[^/]+\.(jpe?g|jfif|png|webp|gif|bmp|tiff?)$", re.IGNORECASE)
PICTURE_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
FIELD_THAT_ACTS = re.compile(r"\b(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK|DATABASE|MACROBUTTON)\b", re.I)
SAFE_LINK = re.compile(r"^(https?|mailto):", re.IGNORECASE)
NOWHERE = "about:blank"
# Elements that tell who or where, or that act: in both formats, by their name without prefix.
LEFT_OUT = frozenset(
    (
        "rsids", "attachedTemplate", "mailMerge", "dataBinding", "absPath", "fileSharing", "externalReferences",
        "oleObjects", "oleObject", "fileRecoveryPr", "smartTagPr", "customWorkbookViews", "ddeLink", "webPublishItems",
        "calculatedColumnFormula", "totalsRowFormula", "FmlaMacro", "FmlaPict", "FmlaLink", "FmlaRange", "FmlaGroup",
        "FmlaTxbx",
    )
)  # fmt: skip
PERSONAL = frozenset("author initials displayName userName userId lastModifiedBy".split())  # noqa: SIM905
"""Attributes that are emptied, for readers want them to be there."""
TIMES = frozenset({"date", "dateUtc", "dT"})
FORMULAS = frozenset({"f", "formula", "formula1", "formula2", "definedName"})
"""Elements that hold a formula: of cells, charts and small charts, of rules for colours and for input, of names."""
LOST = "#REF!"
"""What workbook programs themselves write where a formula has lost what it asked."""


def clean_office(data: bytes) -> tuple[str, bytes]:
    """docx or xlsx, and the clean copy. Raises Refusal."""
    parts = unpack(data)
    kind = next((kind for kind, main in MAIN_PARTS.items() if main in parts), "")
    if not kind or CONTENT_TYPES not in parts:
        raise Refusal("kind")
    if any(ACTIVE.search(name) and not DROPPED.search(name) for name in parts):
        raise Refusal("active")
    if any(word in parts[CONTENT_TYPES].lower() for word in (b"macroenabled", b"macrosheet")):
        raise Refusal("active")
    kept = {name: content for name, content in parts.items() if not DROPPED.search(name)}
    return kind, pack({name: _clean_part(name, content) for name, content in kept.items()})


def _clean_part(name: str, content: bytes) -> bytes:
    if name == CONTENT_TYPES:
        return Rewriter(_content_type).rewrite(content)
    if name.endswith(".rels"):
        folder = posixpath.dirname(posixpath.dirname(name))
        return Rewriter(lambda tag, attributes: _relationship(tag, attributes, folder)).rewrite(content)
    if PICTURE.search(name):
        return clean_picture(content, PICTURE_FORMATS)
    if name.endswith((".xml", ".vml", ".svg")):
        return _Part().rewrite(content)
    return content


def _content_type(tag: str, attributes: Attributes) -> Attributes | None:
    return None if DROPPED.search(attributes.get("PartName", "").lstrip("/")) else attributes


def _relationship(tag: str, attributes: Attributes, folder: str) -> Attributes | None:
    """What leads to a part that is gone goes too. What leads outside leads nowhere, but for links people click on:
    the text still names the relationship, and a name without one is a damaged file."""
    target = attributes.get("Target", "")
    if attributes.get("TargetMode") == "External":
        kind = attributes.get("Type", "").rpartition("/")[2]
        if kind == "attachedTemplate":
            return None
        # In richData it is where the function IMAGE fetches its picture from.
        is_link = kind == "hyperlink" and SAFE_LINK.match(target) and not folder.endswith("/richData")
        return attributes if is_link else {**attributes, "Target": NOWHERE}
    path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, unquote(target)))
    return None if target and DROPPED.search(path) else attributes


class _Part(Rewriter):
    """A part with text: the rules for all of them."""

    def __init__(self) -> None:
        super().__init__(self._changed, FORMULAS | {"author", "instrText"}, self._worded)
        self.fields: list[str] = []
        self.in_cells = False

    def rewrite(self, content: bytes) -> bytes:
        written = super().rewrite(content)
        # A field's instruction may be cut into several runs, in the middle of a word.
        if FIELD_THAT_ACTS.search("".join(self.fields)) or FIELD_THAT_ACTS.search(" ".join(self.fields)):
            raise Refusal("active")
        return written

    def _changed(self, tag: str, attributes: Attributes) -> Attributes | None:
        self.in_cells = (self.in_cells or tag == "c") and tag != "ext"
        # The formula of a cell: its last result stays, which stands beside it.
        if tag in LEFT_OUT or tag == "script" or (tag == "f" and self.in_cells):
            return None
        if tag == "fldSimple":
            self.fields += [value for key, value in attributes.items() if local(key) == "instr"]
        changed = {}
        for key, value in attributes.items():
            name = local(key)
            if name.startswith("rsid") or (name in TIMES and tag in _DATED):
                continue
            if (name.startswith("on") and tag in _DRAWN) or (tag, name) in _OF_FORMULAS:
                continue
            if (tag, name) in _FORMULA_IN and not is_harmless(value):
                value = "0"
            changed[key] = "" if name in PERSONAL and not key.startswith("xmlns") else value
        return changed

    def _worded(self, tag: str, text: str) -> str | None:
        if tag == "author":
            return ""
        if tag == "instrText":
            self.fields.append(text)
            return text
        return text if is_harmless(text) else LOST

    def _give_up_word(self) -> None:
        if self.open_word and local(self.open_word[0]) in FORMULAS and "".join(self.open_word[2]).strip():
            raise Refusal("broken")
        super()._give_up_word()


_DATED = frozenset(
    (
        "ins", "del", "comment", "moveFrom", "moveTo", "moveFromRangeStart", "moveToRangeStart", "rPrChange",
        "pPrChange", "sectPrChange", "tblPrChange", "tblGridChange", "trPrChange", "tcPrChange", "numberingChange",
        "cellIns", "cellDel", "cellMerge", "threadedComment",
    )
)  # fmt: skip
_DRAWN = frozenset("svg g path rect circle ellipse line polyline polygon text image use a".split())  # noqa: SIM905
# What spoke of a formula that is gone, or is one that draws its text from a cell or calls a macro.
_OF_FORMULAS = frozenset(
    {("c", "cm"), ("tableColumn", "totalsRowFunction")}
    | {(tag, name) for tag in ("sp", "pic", "cxnSp", "graphicFrame") for name in ("macro", "textlink")}
)
_FORMULA_IN = frozenset({("cfvo", "val"), ("cacheField", "formula"), ("calculatedItem", "formula")})
