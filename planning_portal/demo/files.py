"""Small files as people send them, made by code: the same words give the same bytes."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from importlib.resources import files
from io import BytesIO
from xml.sax.saxutils import escape

from PIL import Image, ImageDraw, ImageFont

PAPER, INK, BAR = "#fbf8f3", "#1d2a33", "#0f5c6e"
WIDTH, ROW, MARGIN, LABELS = 900, 70, 40, 320
MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
DOCUMENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


def draw_bars(title: str, rows: Sequence[tuple[str, int]]) -> bytes:
    """A chart as one photographs it from a flip chart: a label, a bar and a number for each row; JPEG."""
    picture = Image.new("RGB", (WIDTH, MARGIN * 3 + ROW * len(rows)), PAPER)
    pen = ImageDraw.Draw(picture)
    # The documents' own letters: Pillow's have no accents.
    letters = files("font_source_sans_pro").joinpath("files", "SourceSansPro-Regular.ttf").read_bytes()
    large, small = ImageFont.truetype(BytesIO(letters), 32), ImageFont.truetype(BytesIO(letters), 25)
    pen.text((MARGIN, MARGIN), title, fill=INK, font=large)
    longest = max(number for _label, number in rows)
    room = WIDTH - LABELS - MARGIN * 4
    for place, (label, number) in enumerate(rows):
        top = MARGIN * 2 + 25 + ROW * place
        pen.text((MARGIN, top + 8), label, fill=INK, font=small)
        end = LABELS + MARGIN + room * number // longest
        pen.rectangle((LABELS + MARGIN, top, end, top + ROW // 2), fill=BAR)
        pen.text((end + 12, top + 4), str(number), fill=INK, font=small)
    made = BytesIO()
    picture.save(made, "JPEG", quality=80)
    return made.getvalue()


def write_letter(paragraphs: Sequence[str]) -> bytes:
    """A Word document of plain paragraphs, dated as archives begin: the clock is not in it."""
    words = "".join(f'<w:p><w:r><w:t xml:space="preserve">{escape(one)}</w:t></w:r></w:p>' for one in paragraphs)
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    links = "http://schemas.openxmlformats.org/package/2006/relationships"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{types}"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{DOCUMENT}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{links}">'
        f'<Relationship Id="rId1" Type="{OFFICE}" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{MAIN}"><w:body>{words}</w:body></w:document>',
    }
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), HEAD + content)
    return made.getvalue()
