"""PDFs keep their pages and lose what tells who made them and what acts."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
from pikepdf import Dictionary, Name

from .limits import MOST_OBJECTS, MOST_PAGES
from .refusal import Refusal

ACTING = frozenset(
    (
        "/JavaScript", "/Launch", "/GoToR", "/GoToE", "/SubmitForm", "/ImportData", "/ResetForm", "/Rendition",
        "/Sound", "/Movie", "/Thread", "/RichMediaExecute", "/GoTo3DView", "/SetOCGState", "/Hide",
    )
)  # fmt: skip
"""Actions (ISO 32000-2, 12.6.4) other than going to a page or to a web address."""
FROM_CATALOG = ("/Metadata", "/OpenAction", "/AA", "/AcroForm", "/AF", "/Collection", "/PieceInfo", "/SpiderInfo")
FROM_PAGES = ("/Metadata", "/AA", "/AF", "/PieceInfo", "/Thumb", "/LastModified")
FROM_NAMES = ("/JavaScript", "/EmbeddedFiles", "/Renditions", "/AlternatePresentations", "/Pages", "/Templates")
FROM_NOTES = ("/T", "/CreationDate", "/M", "/NM", "/RC", "/AA", "/FS")
"""Of an annotation: who wrote it and when. Its words stay."""
HOLDING_FILES = frozenset("/FileAttachment /RichMedia /Movie /Sound /Screen /3D /PrinterMark".split())  # noqa: SIM905
DEEPEST = 60


def clean_pdf(data: bytes) -> bytes:
    """The same pages in a new file. Raises Refusal for what is encrypted, damaged or too long."""
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            if pdf.is_encrypted:
                raise Refusal("locked")
            if len(pdf.pages) > MOST_PAGES or len(pdf.objects) > MOST_OBJECTS:
                raise Refusal("long", limit=MOST_PAGES)
            if not len(pdf.pages):
                raise Refusal("broken")
            _strip(pdf)
            made = io.BytesIO()
            pdf.save(made, static_id=True, stream_decode_level=pikepdf.StreamDecodeLevel.none)
            return made.getvalue()
    except pikepdf.PasswordError as error:
        raise Refusal("locked") from error
    except (Refusal, MemoryError):
        raise
    except Exception as error:
        raise Refusal("broken") from error


def _strip(pdf: pikepdf.Pdf) -> None:
    if Name.Info in pdf.trailer:
        del pdf.trailer[Name.Info]
    root = pdf.Root
    _leave_out(root, FROM_CATALOG)
    if isinstance(root.get("/Names"), Dictionary):
        _leave_out(root["/Names"], FROM_NAMES)
    for page in pdf.pages:
        _leave_out(page.obj, FROM_PAGES)
        notes = page.obj.get("/Annots")
        if isinstance(notes, pikepdf.Array):
            page.obj["/Annots"] = pikepdf.Array([note for note in notes if _keep_note(note)])
    for thing in pdf.objects:
        _walk(thing, 0)


def _leave_out(thing: Any, keys: tuple[str, ...]) -> None:
    for key in keys:
        if key in thing:
            del thing[key]


def _keep_note(note: Any) -> bool:
    if not isinstance(note, Dictionary) or str(note.get("/Subtype", "")) in HOLDING_FILES:
        return False
    _leave_out(note, FROM_NOTES)
    return True


def _walk(thing: Any, depth: int) -> None:
    """Everything that is written inside of one object; what it refers to comes by itself."""
    if depth > DEEPEST:
        raise Refusal("broken")
    if isinstance(thing, pikepdf.Stream):
        _leave_out(thing.stream_dict, ("/Metadata", "/PieceInfo"))
        _strip_picture(thing)
        _walk_values(thing.stream_dict, depth)
    elif isinstance(thing, Dictionary):
        _walk_dictionary(thing, depth)
    elif isinstance(thing, pikepdf.Array):
        for value in thing:
            if not getattr(value, "is_indirect", False):
                _walk(value, depth + 1)


def _walk_dictionary(thing: Any, depth: int) -> None:
    if str(thing.get("/S", "")) in ACTING and str(thing.get("/Type", "")) != "/StructElem":
        # Empty, an action does nothing; whoever refers to it still finds something.
        _leave_out(thing, tuple(thing.keys()))
        return
    _leave_out(thing, ("/PieceInfo", "/EF", "/JS"))
    if isinstance(thing.get("/Metadata"), pikepdf.Stream):
        _leave_out(thing, ("/Metadata",))
    _walk_values(thing, depth)


def _walk_values(thing: Any, depth: int) -> None:
    for key in list(thing.keys()):
        value = thing.get(key)
        if isinstance(value, pikepdf.Object) and not value.is_indirect:
            _walk(value, depth + 1)


def _strip_picture(stream: Any) -> None:
    """A photograph in a PDF is a whole JPEG file, with the place it was taken in."""
    filters = stream.stream_dict.get("/Filter")
    names = [str(one) for one in filters] if isinstance(filters, pikepdf.Array) else [str(filters)]
    if names != ["/DCTDecode"]:
        return
    parameters = stream.stream_dict.get("/DecodeParms")
    raw = bytes(stream.read_raw_bytes())
    bare = without_metadata(raw)
    if bare != raw:
        stream.write(bare, filter=Name.DCTDecode, decode_parms=parameters)


def without_metadata(jpeg: bytes) -> bytes:
    """A JPEG file without its remarks and without what cameras and programs write about it (segments APP1, APP3 to
    APP13, APP15 and COM); what says how to show its colours stays. Damaged files come back as they are."""
    if not jpeg.startswith(b"\xff\xd8"):
        return jpeg
    kept, at = [b"\xff\xd8"], 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF:
        marker = jpeg[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == 0xDA:
            return b"".join([*kept, jpeg[at:]])
        size = int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if size < 2 or at + 2 + size > len(jpeg):
            return jpeg
        tells = marker == 0xFE or (0xE0 < marker <= 0xEF and marker not in (0xE2, 0xEE))
        if not tells:
            kept.append(jpeg[at : at + 2 + size])
        at += 2 + size
    return jpeg
