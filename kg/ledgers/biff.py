"""The survey of .xls workbooks: the compound file ([MS-CFB]) and the records in it ([MS-XLS], BIFF8)."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping

from kg.errors import InputError
from kg.ledgers.surveys import Look, Survey, look_of

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFFA  # this and above: no further sector
_BOF, _EOF, _CONTINUE = 0x0809, 0x000A, 0x003C
_FILEPASS, _BOUNDSHEET, _FORMAT, _XF, _SST, _SUPBOOK = 0x002F, 0x0085, 0x041E, 0x00E0, 0x00FC, 0x01AE
_FORMULA, _MULRK, _LABELSST, _BOOLERR = 0x0006, 0x00BD, 0x00FD, 0x0205
_ROW, _COLINFO, _DATE1904 = 0x0208, 0x007D, 0x0022
# NUMBER, LABEL, RK, RSTRING: row, column and format stand first in all of them.
_PLAIN = (0x0203, 0x0204, 0x027E, 0x00D6)
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}


def survey(data: bytes, file: str) -> tuple[Mapping[str, Survey], bool]:
    """Survey every sheet.

    Returns
    -------
    surveys, linked
        The surveys by the position of the sheet, as text, and whether the workbook refers to other ones.

    Raises
    ------
    InputError
        Broken, too large, protected by a password, or a compound file of another kind.
    """
    try:
        streams = _streams(data)
        if "encryptedpackage" in streams or "encryptioninfo" in streams:
            raise InputError("input.workbook-password", file=file)
        stream = streams.get("workbook") or streams.get("book")
        if stream is None:
            raise InputError("input.workbook-kind", file=file)
        return _Book(stream, file).read()
    except (struct.error, IndexError, ValueError) as error:
        raise InputError("input.workbook-broken", file=file, reason=str(error)[:200]) from error


def _streams(data: bytes) -> dict[str, bytes]:
    """Return the streams of a compound file by name in lower case."""
    shift, mini_shift = struct.unpack_from("<HH", data, 30)
    if shift not in (9, 12) or mini_shift != 6:
        raise ValueError("sector size")
    size = 1 << shift
    directory, _, cutoff, mini_fat_start, _, difat, _ = struct.unpack_from("<IIIIIII", data, 48)

    def sector(number: int) -> bytes:
        content = data[(number + 1) * size : (number + 2) * size]
        if not content:
            raise ValueError("sector beyond the end")
        return content

    def words(content: bytes) -> tuple[int, ...]:
        return struct.unpack(f"<{len(content) // 4}I", content[: len(content) // 4 * 4])

    table_sectors = [number for number in struct.unpack_from("<109I", data, 76) if number < _END]
    visited: set[int] = set()
    while difat < _END:
        if difat in visited:
            raise ValueError("cyclic chain")
        visited.add(difat)
        *numbers, difat = words(sector(difat))
        table_sectors.extend(number for number in numbers if number < _END)
    if len(set(table_sectors)) != len(table_sectors):
        raise ValueError("sector used twice")
    fat = [word for number in table_sectors for word in words(sector(number))]

    def chain(start: int, table: list[int]) -> Iterator[int]:
        seen: set[int] = set()
        while start < _END:
            if start in seen:
                raise ValueError("cyclic chain")
            seen.add(start)
            yield start
            start = table[start]

    entries = b"".join(map(sector, chain(directory, fat)))
    mini_fat = [word for number in chain(mini_fat_start, fat) for word in words(sector(number))]
    mini = b""
    streams: dict[str, bytes] = {}
    for position in range(0, len(entries) - 127, 128):
        entry = entries[position : position + 128]
        length, kind = struct.unpack_from("<HB", entry, 64)
        start, extent = struct.unpack_from("<II", entry, 116)
        if kind == 5:
            mini = b"".join(map(sector, chain(start, fat)))
        if kind != 2:
            continue
        name = entry[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace").lower()
        if extent >= cutoff:
            content = b"".join(map(sector, chain(start, fat)))
        else:
            content = b"".join(mini[n * 64 : n * 64 + 64] for n in chain(start, mini_fat))
        streams.setdefault(name, content[:extent])
    return streams


class _Book:
    def __init__(self, stream: bytes, file: str) -> None:
        self._stream = stream
        self._file = file
        self._formats: dict[int, str] = {}
        self._looks: list[Look] = []
        self._lengths: list[int] = []
        self._since_1904 = False

    def read(self) -> tuple[Mapping[str, Survey], bool]:
        formats: list[int] = []
        sheets: list[int] = []
        linked = False
        for kind, pieces in self._records(0):
            body = pieces[0]
            if kind == _FILEPASS:
                raise InputError("input.workbook-password", file=self._file)
            if kind == _BOUNDSHEET:
                sheets.append(struct.unpack_from("<I", body)[0])
            elif kind == _FORMAT and len(body) > 5:
                width = 2 if body[4] & 1 else 1
                text = body[5 : 5 + struct.unpack_from("<H", body, 2)[0] * width]
                self._formats[struct.unpack_from("<H", body)[0]] = text.decode(
                    "utf-16-le" if width == 2 else "latin-1", "replace"
                )
            elif kind == _XF:
                formats.append(struct.unpack_from("<H", body, 2)[0])
            elif kind == _DATE1904 and body[:1] == b"\x01":
                self._since_1904 = True
            elif kind == _SST:
                self._lengths = _text_lengths(pieces)
            elif kind == _SUPBOOK and struct.unpack_from("<H", body, 2)[0] not in (0x0401, 0x3A01):
                linked = True
        self._looks = [look_of(self._formats.get(number, ""), number) for number in formats]
        return {str(index): self._sheet(offset, str(index)) for index, offset in enumerate(sheets)}, linked

    def _records(self, offset: int) -> Iterator[tuple[int, list[bytes]]]:
        """Yield the records of one substream, each with those that continue it."""
        depth = 0
        kind, pieces = 0, [b""]
        stream = self._stream
        while offset + 4 <= len(stream):
            number, length = struct.unpack_from("<HH", stream, offset)
            body = stream[offset + 4 : offset + 4 + length]
            offset += 4 + length
            if number == _CONTINUE:
                pieces.append(body)
                continue
            yield kind, pieces
            kind, pieces = number, [body]
            depth += (number == _BOF) - (number == _EOF)
            if number == _EOF and depth <= 0:
                return
        yield kind, pieces

    def _sheet(self, offset: int, name: str) -> Survey:
        survey = Survey(self._file, name, since_1904=self._since_1904)
        for kind, (body, *_) in self._records(offset):
            if kind == _ROW and len(body) >= 14 and body[12] & 0x20:
                survey.hidden_rows.add(struct.unpack_from("<H", body)[0])
            elif kind == _COLINFO and len(body) >= 10 and body[8] & 1:
                survey.hides_columns(*struct.unpack_from("<HH", body))
            if kind not in _PLAIN and kind not in (_FORMULA, _MULRK, _LABELSST, _BOOLERR):
                continue
            row, column, style = struct.unpack_from("<HHH", body)
            if kind == _MULRK:
                for index in range((len(body) - 6) // 6):
                    self._look(survey, row, column + index, struct.unpack_from("<H", body, 4 + 6 * index)[0])
                continue
            length = 0
            if kind == _LABELSST:
                index = struct.unpack_from("<I", body, 6)[0]
                length = self._lengths[index] if index < len(self._lengths) else 0
            self._look(survey, row, column, style, length)
            if kind == _FORMULA:
                survey.formulas[row, column] = "="
                value = struct.unpack_from("<8B", body, 6)
                if value[6:] == (0xFF, 0xFF) and value[0] == 2:
                    survey.errors[row, column] = _ERRORS.get(value[2], "#N/A")
            elif kind == _BOOLERR and body[7]:
                survey.errors[row, column] = _ERRORS.get(body[6], "#N/A")
        return survey

    def _look(self, survey: Survey, row: int, column: int, style: int, length: int = 0) -> None:
        survey.occupy(row, column, length)
        if style < len(self._looks) and self._looks[style]:
            survey.looks[row, column] = self._looks[style]


def _text_lengths(pieces: list[bytes]) -> list[int]:
    """Return the length of each text of the shared table; a text that crosses records states its width anew."""
    count = struct.unpack_from("<I", pieces[0], 4)[0]
    if count * 3 > sum(map(len, pieces)):
        raise ValueError("more shared texts than the table can hold")
    lengths: list[int] = []
    piece, at = 0, 8

    def skip(length: int) -> None:
        nonlocal piece, at
        while at + length > len(pieces[piece]):
            length -= len(pieces[piece]) - at
            piece, at = piece + 1, 0
        at += length

    while len(lengths) < count:
        if at >= len(pieces[piece]):
            piece, at = piece + 1, 0
            continue
        characters, flags = struct.unpack_from("<HB", pieces[piece], at)
        at += 3
        runs = extra = 0
        if flags & 8:
            runs = struct.unpack_from("<H", pieces[piece], at)[0]
            at += 2
        if flags & 4:
            extra = struct.unpack_from("<I", pieces[piece], at)[0]
            at += 4
        lengths.append(characters)
        left = characters
        while left:
            width = 2 if flags & 1 else 1
            fit = min(left, max(0, len(pieces[piece]) - at) // width)
            at += fit * width
            left -= fit
            if left:
                piece, at = piece + 1, 1
                flags = pieces[piece][0]
        skip(runs * 4 + extra)
    return lengths
