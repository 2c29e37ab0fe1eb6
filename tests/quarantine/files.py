"""Files as people have them, full of traces, and files as nobody should send them."""

from __future__ import annotations

import io
import zipfile
import zlib

import openpyxl
import pikepdf
from openpyxl.comments import Comment
from PIL import Image, PngImagePlugin

TRACE = "Quixby Vraxholt"
"""A name that must be nowhere in a clean copy."""
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def photograph(kind: str = "JPEG", size: tuple[int, int] = (400, 300), orientation: int = 6) -> bytes:
    """A picture, red at its upper left, with a camera, a place and a remark."""
    picture = Image.new("RGB", size, (20, 120, 40))
    picture.paste((220, 20, 20), (0, 0, size[0] // 4, size[1] // 4))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x013B] = orientation, TRACE, TRACE
    exif.get_ifd(0x8825)[1] = "N"
    made = io.BytesIO()
    more: dict = {"exif": exif}
    if kind == "JPEG":
        more |= {"comment": TRACE.encode(), "xmp": f"<x>{TRACE}</x>".encode()}
    if kind == "PNG":
        more["pnginfo"] = PngImagePlugin.PngInfo()
        more["pnginfo"].add_text("Author", TRACE)
    if kind == "WEBP":
        more["xmp"] = f"<x>{TRACE}</x>".encode()
    picture.save(made, kind, **more)
    return made.getvalue()


def pdf(encrypted: bool = False) -> bytes:
    """A page with an author everywhere an author can be, scripts wherever they run, a file and a photograph."""
    document = pikepdf.new()
    page = document.add_blank_page()
    name = pikepdf.Name
    script = pikepdf.Dictionary(S=name.JavaScript, JS=f"app.alert('{TRACE}')")
    document.docinfo["/Author"] = TRACE
    with document.open_metadata() as metadata:
        metadata["dc:creator"] = [TRACE]
    document.Root.OpenAction = script
    document.Root.AA = pikepdf.Dictionary(WC=script)
    document.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array(), XFA=f"<x>{TRACE}</x>")
    document.Root.Names = pikepdf.Dictionary(
        JavaScript=pikepdf.Dictionary(Names=pikepdf.Array([pikepdf.String("one"), script]))
    )
    document.attachments["secret.txt"] = TRACE.encode()
    note = pikepdf.Dictionary(
        Type=name.Annot, Subtype=name.Text, Rect=[0, 0, 9, 9], T=TRACE, Contents="To be kept", A=script
    )
    link = pikepdf.Dictionary(
        Type=name.Annot, Subtype=name.Link, Rect=[0, 0, 9, 9], A=pikepdf.Dictionary(S=name.URI, URI="https://x.org/")
    )
    program = pikepdf.Dictionary(
        Type=name.Annot, Subtype=name.Link, Rect=[0, 0, 9, 9], A=pikepdf.Dictionary(S=name.Launch, F=f"{TRACE}.exe")
    )
    page.obj.Annots = document.make_indirect(pikepdf.Array([document.make_indirect(note), link, program]))
    page.obj.AA = pikepdf.Dictionary(O=script)
    image = pikepdf.Stream(document, photograph())
    image.stream_dict.update(
        {"/Type": name.XObject, "/Subtype": name.Image, "/Width": 400, "/Height": 300, "/BitsPerComponent": 8}
    )
    image.stream_dict["/ColorSpace"], image.stream_dict["/Filter"] = name.DeviceRGB, name.DCTDecode
    page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(A=document.make_indirect(image)))
    made = io.BytesIO()
    document.save(made, encryption=pikepdf.Encryption(owner="o", user="") if encrypted else False)
    return made.getvalue()


def packed(parts: dict[str, str | bytes], store: bool = False) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED if store else zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    return made.getvalue()


def docx(**more: str | bytes) -> bytes:
    """A text with a tracked change, a comment, a field, a link, a template on somebody's disk, and a photograph.

    ``more``: other parts, with ``__`` for a slash and ``_dot_`` for the dot.
    """
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": (
            '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/>'
            '<Override PartName="/docProps/core.xml" ContentType="x"/>'
            '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument'
            '.wordprocessingml.document.main+xml"/></Types>'
        ),
        "_rels/.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="r1" Type="{RELATIONS}/officeDocument" Target="word/document.xml"/>'
            '<Relationship Id="r2" Type="x/core-properties" Target="docProps/core.xml"/></Relationships>'
        ),
        "docProps/core.xml": f"<a>{TRACE}</a>",
        "docProps/thumbnail.jpeg": photograph(),
        "customXml/item1.xml": f"<a>{TRACE}</a>",
        "word/people.xml": f'<w:people {WORD}><w:person w:author="{TRACE}"/></w:people>',
        "word/document.xml": (
            f'<?xml version="1.0"?><!-- {TRACE} --><w:document {WORD} xmlns:w14="urn:14" xmlns:mc="urn:mc"'
            f' mc:Ignorable="w14"><w:body><w:p w:rsidR="00AA11BB"><w:ins w:id="1" w:author="{TRACE}"'
            ' w:date="2026-01-01T00:00:00Z"><w:r><w:t xml:space="preserve">Kept &amp; &lt;told&gt; </w:t></w:r></w:ins>'
            "</w:p></w:body></w:document>"
        ),
        "word/comments.xml": (
            f'<w:comments {WORD}><w:comment w:id="0" w:author="{TRACE}" w:initials="QV"><w:p><w:r>'
            "<w:t>A remark</w:t></w:r></w:p></w:comment></w:comments>"
        ),
        "word/settings.xml": (
            f'<w:settings {WORD} xmlns:r="{RELATIONS}"><w:attachedTemplate r:id="t1"/><w:rsids><w:rsid w:val="1"/>'
            "</w:rsids></w:settings>"
        ),
        "word/_rels/settings.xml.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="t1"'
            f' Type="{RELATIONS}/attachedTemplate" Target="file:///C:/{TRACE}.dotx" TargetMode="External"/>'
            "</Relationships>"
        ),
        "word/_rels/document.xml.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="l1"'
            f' Type="{RELATIONS}/hyperlink" Target="https://example.org/a?b=1&amp;c=2" TargetMode="External"/>'
            f'<Relationship Id="l2" Type="{RELATIONS}/image" Target="http://tracker.example/{TRACE}"'
            f' TargetMode="External"/><Relationship Id="l3" Type="x/customXml" Target="../customXml/item1.xml"/>'
            "</Relationships>"
        ),
        "word/media/image1.jpeg": photograph(),
    }
    return packed(parts | {name.replace("__", "/").replace("_dot_", "."): part for name, part in more.items()})


def xlsx(**cells: object) -> bytes:
    """A workbook with an author, a comment and these cells."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = "Kept"
    for place, value in cells.items():
        sheet[place] = value
    sheet["A1"].comment = Comment("A remark", TRACE)
    book.properties.creator = book.properties.lastModifiedBy = TRACE
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def workbook(sheet: str | bytes, **more: str | bytes) -> bytes:
    """The smallest workbook around one sheet, as written."""
    return packed(
        {
            "[Content_Types].xml": "<Types/>",
            "xl/workbook.xml": '<workbook xmlns:r="x"><sheets><sheet name="S" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": '<R><Relationship Id="r1" Target="worksheets/s.xml"/></R>',
            "xl/worksheets/s.xml": sheet,
        }
        | {name.replace("__", "/").replace("_dot_", "."): part for name, part in more.items()}
    )


def bomb(megabytes: int) -> bytes:
    """A workbook of a few kilobytes whose sheet is so many megabytes of blanks."""
    return workbook(b"<worksheet>" + b" " * megabytes * 1024 * 1024 + b"</worksheet>")


def lying_bomb() -> bytes:
    """Its heads say that 40 MB are ten bytes."""
    honest = bytearray(bomb(40))
    size = (len(b"<worksheet></worksheet>") + 40 * 1024 * 1024).to_bytes(4, "little")
    return bytes(honest.replace(size, (10).to_bytes(4, "little")))


def million_rows() -> bytes:
    rows = b"".join(b'<row r="%d"><c t="n"><v>1</v></c></row>' % number for number in range(1, 1_000_001))
    return workbook(b"<worksheet><sheetData>" + rows + b"</sheetData></worksheet>")


def sparse_million() -> bytes:
    """One cell in the last row that Excel has."""
    return workbook('<worksheet><sheetData><row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData></worksheet>')


LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
    "<worksheet>&c;</worksheet>"
)
OUTSIDE = '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><worksheet>&x;</worksheet>'


def deep(levels: int = 100_000) -> bytes:
    return workbook(b"<a>" * levels + b"</a>" * levels)


def nested() -> bytes:
    return workbook("<worksheet/>", xl__inner_dot_xlsx=packed({"a": "b"}))


def gigapixels() -> bytes:
    """A PNG whose head promises 60,000 × 60,000 pixels."""
    made = bytearray(photograph("PNG", (4, 4)))
    made[16:24] = (60_000).to_bytes(4, "big") * 2
    made[29:33] = zlib.crc32(made[12:29]).to_bytes(4, "big")
    return bytes(made)
