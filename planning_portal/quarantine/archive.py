"""Packed files are unpacked part by part, with an eye on how much comes out."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from .kinds import is_archive
from .limits import LARGEST_CONTENT, LARGEST_PART, MOST_PARTS, MOST_TIMES
from .refusal import Refusal

STRANGE = re.compile(r"(^/)|(^[A-Za-z]:)|(\\)|(^|/)\.\.(/|$)|[\x00-\x1f]")
ENCRYPTED = 0x1
FIXED_TIME = (1980, 1, 1, 0, 0, 0)


def unpack(data: bytes) -> dict[str, bytes]:
    """The parts by name, in their order. Raises Refusal for what is encrypted, damaged, nested, or grows too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _parts(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, KeyError, OverflowError, OSError) as error:
        raise Refusal("broken") from error
    except RuntimeError as error:
        # zipfile's word for "a password is needed" and for a way of packing that it does not know.
        raise Refusal("locked") from error


def _parts(archive: zipfile.ZipFile) -> dict[str, bytes]:
    parts: dict[str, bytes] = {}
    total = 0
    entries = archive.infolist()
    if len(entries) > MOST_PARTS:
        raise Refusal("bomb")
    for entry in entries:
        if entry.is_dir():
            continue
        if entry.flag_bits & ENCRYPTED:
            raise Refusal("locked")
        if STRANGE.search(entry.filename) or entry.filename in parts:
            raise Refusal("broken")
        content = _content(archive, entry)
        total += len(content)
        if total > LARGEST_CONTENT:
            raise Refusal("bomb")
        if is_archive(content):
            raise Refusal("nested")
        parts[entry.filename] = content
    return parts


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """What the head says of the size is believed when it says too much, and never otherwise."""
    if entry.file_size > LARGEST_PART or (
        entry.file_size > 1024 * 1024 and entry.file_size > MOST_TIMES * max(entry.compress_size, 1)
    ):
        raise Refusal("bomb")
    with archive.open(entry) as packed:
        content = packed.read(LARGEST_PART + 1)
    if len(content) > LARGEST_PART:
        raise Refusal("bomb")
    return content


def pack(parts: dict[str, bytes]) -> bytes:
    """The parts as a new archive without any time, system or remark in it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, FIXED_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return made.getvalue()
