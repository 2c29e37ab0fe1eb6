"""The files that a journey ends in: are they PDFs, in the language that their link names?"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from typing import Any

import pikepdf

from .portal import Portal

LANGUAGES = ("en", "es", "fr", "nl")
# Everyday words that stand in every text of a language and in none of the three others.
TELLING = {
    "en": {"the", "and", "of"},
    "es": {"los", "del", "y"},
    "fr": {"les", "et", "du"},
    "nl": {"het", "een", "van"},
}


def open_documents(page: Any, portal: Portal, links: dict[str, str]) -> dict[str, bytes]:
    """Fetch each link with the page's own session and look inside; the files by language."""
    files = {}
    for language, link in links.items():
        answer = page.request.get(f"{portal.url}{link}")
        assert answer.status == 200, f"{language}: {answer.status}"
        assert answer.headers["content-type"] == "application/pdf"
        files[language] = answer.body()
        check_language(files[language], language)
    return files


def check_language(content: bytes, language: str) -> None:
    assert content.startswith(b"%PDF")
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert str(pdf.Root.Lang).startswith(language)
    text = text_of(content)
    if text:
        words = set(re.findall(r"[^\W\d_]+", text.lower()))
        assert words >= TELLING[language], f"not in {language}: {text[:400]}"


def text_of(content: bytes) -> str:
    """The words of a PDF; empty where there is no pdftotext."""
    if shutil.which("pdftotext") is None:
        return ""
    return subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True).stdout.decode()
