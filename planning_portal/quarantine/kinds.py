"""What a file is, by its content: its name and what the browser says of it prove nothing."""

from __future__ import annotations

CONTENT_TYPES = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SUFFIXES = {kind: kind.replace("jpeg", "jpg") for kind in CONTENT_TYPES}
PICTURES = ("jpeg", "png", "webp")


def picture_kind(data: bytes) -> str:
    """jpeg, png or webp by the first bytes, or an empty string."""
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    return ""


def is_archive(data: bytes) -> bool:
    return data.startswith(b"PK\x03\x04")


def is_pdf(data: bytes) -> bool:
    """Readers accept a little rubbish before the first mark."""
    return b"%PDF-" in data[:1024]
