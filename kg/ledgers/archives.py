"""Zip containers of workbooks: only what a reader needs, in bounded memory.

A central directory may lie about sizes, name a file twice or point outside. So the members are read here, under
limits, and the reader is handed a new container that holds nothing else.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Mapping

from kg.errors import InputError

# The XML of a workbook of a million cells is some 60 MB.
MAX_UNPACKED = 400 << 20
MAX_MEMBERS = 10_000
# Sheets shrink to a tenth, monotonous ones to a hundredth; deflate itself ends at a thousandth.
MAX_RATIO = 400
_HARMLESS = 8 << 20
_MEMBER = re.compile(r"(?:[^/\\:\x00]+/)*[^/\\:\x00]+")
# Pictures, macros, printer settings and what stands in other workbooks: nothing a ledger is read from.
READ = re.compile(
    r"mimetype|content\.xml|styles\.xml|META-INF/manifest\.xml|\[Content_Types\]\.xml|_rels/\.rels"
    r"|[^/]+/(?:_rels/)?[^/]+\.(?:xml|xml\.rels)|[^/]+/worksheets/[^/]+\.xml",
    re.IGNORECASE,
)


def unpack(
    data: bytes, file: str, wanted: re.Pattern[str] = READ, limit: int = MAX_UNPACKED
) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Return the members of a container that matter, by default those that a reader needs, and the names of all.

    Raises
    ------
    InputError
        Broken, encrypted, too large when unpacked, or with names that point outside of the container.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _members(archive, file, wanted, limit)
    except InputError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise InputError("input.workbook-broken", file=file, reason=_reason(error)) from error
    except (OSError, ValueError, RuntimeError, IndexError, OverflowError, UnicodeError) as error:
        # What zipfile lets through on a mangled directory: struct and seek errors of many kinds.
        raise InputError("input.workbook-broken", file=file, reason=_reason(error)) from error


def _members(
    archive: zipfile.ZipFile, file: str, wanted: re.Pattern[str], limit: int
) -> tuple[dict[str, bytes], tuple[str, ...]]:
    entries = archive.infolist()
    if len(entries) > MAX_MEMBERS:
        raise InputError("input.workbook-bomb", file=file, limit=limit >> 20)
    members: dict[str, bytes] = {}
    left = limit
    for entry in entries:
        if entry.is_dir():
            continue
        parts = entry.filename.split("/")
        if ".." in parts or not _MEMBER.fullmatch(entry.filename):
            raise InputError("input.workbook-names", file=file, value=entry.filename[:100])
        if entry.flag_bits & 1:
            raise InputError("input.workbook-password", file=file)
        if not wanted.fullmatch(entry.filename):
            continue
        if entry.filename in members:
            raise InputError("input.workbook-names", file=file, value=entry.filename[:100])
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise InputError("input.workbook-broken", file=file, reason=f"compression {entry.compress_type}")
        monotonous = entry.file_size > _HARMLESS and entry.file_size > MAX_RATIO * max(entry.compress_size, 1)
        if entry.file_size > left or monotonous:
            raise InputError("input.workbook-bomb", file=file, limit=limit >> 20)
        with archive.open(entry) as stream:
            content = stream.read(left + 1)
        left -= len(content)
        if left < 0:
            raise InputError("input.workbook-bomb", file=file, limit=limit >> 20)
        members[entry.filename] = content
    return members, tuple(sorted(entry.filename for entry in entries))


def _reason(error: Exception) -> str:
    return str(error)[:200] or type(error).__name__


def pack(members: Mapping[str, bytes]) -> bytes:
    """Return an uncompressed container of ``members``."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return packed.getvalue()
