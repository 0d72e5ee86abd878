"""The survey of .xlsx workbooks (ECMA-376 SpreadsheetML)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from kg.errors import InputError
from kg.ledgers.surveys import Look, Survey, look_of, parse

_CELL = re.compile(r"([A-Za-z]{1,5})([0-9]{1,9})")
_SAFE_DIGITS = 15
_TRUE = ("1", "true")


def survey(members: Mapping[str, bytes], file: str) -> tuple[Mapping[str, Survey], Mapping[str, bytes]]:
    """Survey every worksheet.

    Parameters
    ----------
    members
        The parts of the workbook by name.

    Returns
    -------
    surveys, vetted
        The surveys by the name of the sheet, and the parts without those worksheets that were not surveyed.

    Raises
    ------
    InputError
        Broken, too large, or a workbook of another kind.
    """
    parts = {name.lower(): name for name in members}

    def read(path: str) -> bytes | None:
        found = parts.get(path.lower())
        return None if found is None else members[found]

    workbook = next(
        (
            target
            for kind, target in _relations(read("_rels/.rels"), "", file).values()
            if kind == "officeDocument"
        ),
        "xl/workbook.xml",
    )
    content = read(workbook)
    if content is None or workbook.lower().endswith(".bin"):
        raise InputError("input.workbook-kind", file=file)
    folder, base = posixpath.split(workbook)
    relations = _relations(read(f"{folder}/_rels/{base}.rels"), folder, file)
    targets = dict(relations.values())
    looks = _looks(read(targets.get("styles", "")), file)
    lengths = _lengths(read(targets.get("sharedStrings", "")), file)
    surveys: dict[str, Survey] = {}
    surveyed = set()
    sheets, since_1904 = _sheets(content, file)
    for name, relation in sheets:
        _, path = relations.get(relation, ("", ""))
        part = read(path)
        if part is None or name in surveys:
            continue
        surveyed.add(parts[path.lower()])
        surveys[name] = _survey_sheet(part, Survey(file, name, since_1904=since_1904), looks, lengths)
    vetted = {
        name: part for name, part in members.items() if "/worksheets/" not in name.lower() or name in surveyed
    }
    return surveys, vetted


def _relations(data: bytes | None, folder: str, file: str) -> dict[str, tuple[str, str]]:
    """Return kind and target of each relation inside the container, by its id."""
    found: dict[str, tuple[str, str]] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", "")))
            kind = attributes.get("Type", "").rpartition("/")[2]
            found.setdefault(attributes.get("Id", ""), (kind, target.lstrip("/")))

    if data is not None:
        parse(data, file, start)
    return found


def _sheets(data: bytes, file: str) -> tuple[list[tuple[str, str]], bool]:
    """Return name and relation of each sheet, and whether the days of the workbook count from 1904."""
    found: list[tuple[str, str]] = []
    root = ""
    since_1904 = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal root, since_1904
        root = root or name
        if name == "sheet":
            found.append((attributes.get("name", ""), attributes.get("id", "")))
        elif name == "workbookPr":
            since_1904 = attributes.get("date1904") in _TRUE

    parse(data, file, start)
    if root != "workbook":
        raise InputError("input.workbook-kind", file=file)
    return found, since_1904


def _looks(data: bytes | None, file: str) -> list[Look]:
    """Return for each cell format what it shows."""
    codes: dict[str, str] = {}
    looks: list[Look] = []
    inside = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        if name == "numFmt":
            codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            inside = True
        elif name == "xf" and inside:
            number = attributes.get("numFmtId", "0")
            looks.append(look_of(codes.get(number, ""), int(number) if number.isdecimal() else 0))

    def end(name: str) -> None:
        nonlocal inside
        if name == "cellXfs":
            inside = False

    if data is not None:
        parse(data, file, start, end)
    return looks


def _lengths(data: bytes | None, file: str) -> list[int]:
    """Return the length of each shared text."""
    lengths: list[int] = []

    def start(name: str, _: dict[str, str]) -> None:
        if name == "si":
            lengths.append(0)

    def text(piece: str) -> None:
        if lengths:
            lengths[-1] += len(piece)

    if data is not None:
        parse(data, file, start, text=text)
    return lengths


def _survey_sheet(data: bytes, survey: Survey, looks: list[Look], lengths: list[int]) -> Survey:
    row, column = -1, -1
    cell: dict[str, str] = {}
    pieces: list[str] = []
    inside = ""
    formula: str | None = None
    hidden = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, cell, formula, inside, hidden
        if name == "c":
            cell, formula, inside = attributes, None, ""
            pieces.clear()
            place = attributes.get("r")
            if place is None:
                column += 1
            else:
                row, column = _place(place, survey)
        elif name in ("v", "f", "t"):
            inside = name
            if name == "f":
                formula = ""
        elif name == "row":
            number = attributes.get("r", "")
            row = int(number) - 1 if number.isdecimal() else row + 1
            column = -1
            hidden = attributes.get("hidden") in _TRUE
        elif name == "col" and attributes.get("hidden") in _TRUE:
            first, last = attributes.get("min", ""), attributes.get("max", "")
            if first.isdecimal() and last.isdecimal() and len(last) < 9:
                survey.hides_columns(int(first) - 1, int(last) - 1)

    def text(piece: str) -> None:
        nonlocal formula
        if inside == "f":
            formula = (formula or "") + piece
        elif inside:
            pieces.append(piece)

    def end(name: str) -> None:
        nonlocal inside
        if name in ("v", "f", "t"):
            inside = ""
        elif name == "c" and (pieces or formula is not None):
            if hidden:
                survey.hidden_rows.add(max(row, 0))
            _note(survey, (max(row, 0), column), cell, "".join(pieces), formula, looks, lengths)

    parse(data, survey.file, start, end, text)
    return survey


def _place(text: str, survey: Survey) -> tuple[int, int]:
    match = _CELL.fullmatch(text)
    if not match or int(match[2]) < 1:
        raise InputError("input.workbook-broken", file=survey.file, reason=f"{survey.name}!{text[:20]}")
    return int(match[2]) - 1, _column(match[1])


@lru_cache(maxsize=1024)
def _column(letters: str) -> int:
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return column - 1


def _note(
    survey: Survey,
    place: tuple[int, int],
    cell: Mapping[str, str],
    value: str,
    formula: str | None,
    looks: list[Look],
    lengths: list[int],
) -> None:
    kind = cell.get("t", "n")
    length = len(value)
    if kind == "s" and value.isdecimal() and len(value) < 10:
        index = int(value)
        length = lengths[index] if index < len(lengths) else 0
    survey.occupy(*place, length)
    style = cell.get("s", "")
    look = looks[int(style)] if style.isdecimal() and len(style) < 7 and int(style) < len(looks) else ""
    if look:
        survey.looks[place] = look
    if formula is not None:
        survey.formulas[place] = "=" + formula
        if value or kind == "str":
            survey.results[place] = kind, value
        else:
            survey.blank_formulas.add(place)
    if kind == "e":
        survey.errors[place] = value
    elif kind == "n" and len(value) > _SAFE_DIGITS and (digits := numeral(value)):
        survey.numerals[place] = digits


def numeral(value: str) -> str:
    """Return a whole number of more than fifteen digits without an exponent; empty for any other number."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return ""
    if (
        not number.is_finite()
        or not _SAFE_DIGITS <= number.adjusted() < 40
        or number != number.to_integral_value()
    ):
        return ""
    return f"{number:f}".partition(".")[0]
