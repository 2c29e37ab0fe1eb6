"""What is wrong with a PDF, in sentences: conformance, fonts, title, language, outline."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pikepdf

from .assets import FAMILY, SIGNS_FAMILY

OWN_FACES = (FAMILY.replace(" ", "-"), SIGNS_FAMILY.replace(" ", "-"), FAMILY.replace(" ", ""))
# page-validation has two known false alarms (reference: documents-and-languages B.6): PDFUA1-FONT-UNICODE-MAPPING-001
# for the faces of joined scripts, and PDFA3A-METADATA-FILTER-001 for PDF/A. We embed no such face and write no PDF/A,
# so neither may occur here: name it once it does. From our own Latin faces the first one would be a true alarm.
FALSE_ALARMS: frozenset[str] = frozenset()


def check_pdf(data: bytes) -> list[str]:
    """Every problem of a finished document; an empty list is what we want."""
    problems = conformance_problems(data)
    with pikepdf.open(BytesIO(data)) as pdf:
        problems += _frame_problems(pdf)
        problems += _font_problems(pdf)
    return problems


def conformance_problems(data: bytes) -> list[str]:
    """What page-validation says of PDF/UA-1. It is a development dependency: without it nothing is judged."""
    try:
        import page
    except ImportError:
        return []
    report = page.validate_pdf_bytes(data, profile=page.ValidationProfile.PDF_UA_1)
    return [
        f"{failure.rule_id}: {failure.message}" for failure in report.failures if failure.rule_id not in FALSE_ALARMS
    ]


def _frame_problems(pdf: pikepdf.Pdf) -> list[str]:
    checks: dict[str, Any] = {
        "The document has no title": str(pdf.docinfo.get("/Title", "")),
        "The document has no language": str(pdf.Root.get("/Lang", "")),
        "The document has no outline": pdf.Root.get("/Outlines"),
        "The document has no tags": pdf.Root.get("/StructTreeRoot"),
        "The document has no pages": len(pdf.pages),
    }
    return [problem for problem, found in checks.items() if not found]


def _font_problems(pdf: pikepdf.Pdf) -> list[str]:
    problems = []
    for font in fonts_of(pdf):
        name = str(font.get("/BaseFont", "")).lstrip("/").partition("+")[2] or str(font.get("/BaseFont", ""))
        if not any(own in name for own in OWN_FACES):
            problems.append(f"The face {name} is not ours")
        descriptor = font.get("/FontDescriptor")
        if descriptor is None or not any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3")):
            problems.append(f"The face {name} is not embedded")
    return problems


def fonts_of(pdf: pikepdf.Pdf) -> list[Any]:
    """Every simple or descendant font of the file."""
    found = []
    for obj in pdf.objects:
        if isinstance(obj, pikepdf.Dictionary) and obj.get("/Type") == "/Font" and obj.get("/Subtype") != "/Type0":
            found.append(obj)
    return found
