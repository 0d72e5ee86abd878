"""From a grid to a sheet: where the header stands, what its titles and units are, what merged cells say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import islice, takewhile

from kg.errors import InputError
from kg.labels import UnknownConcept, concept
from kg.ledgers.description import ledgers
from kg.ledgers.sheets import MAX_CELLS, Grid, Remark, Row, Sheet, letter
from kg.names import normalize_name

# The header is sought here; above it stand titles, dates and units.
SEARCHED_ROWS = 20
_MAX_LEVELS = 3
_LONGEST_TITLE = 200
JOINER = "·"
_BRACKETED = re.compile(r"^(.+?)[（(\[【]([^（()）\[\]【】]*)[)）\]】]$")
_AFTER_SIGN = re.compile(r"^(.+?)[/／:：,，]([^/／:：,，]+(?:[/／][^/／:：,，]+)?)$")
_UNIT_ROW = re.compile(r"[（(\[【]?(?:计量|金额|货币)?(?:单位|unit)s?[:：](.+?)[)）\]】]?", re.IGNORECASE)
# The same among other words: in a title, beside who reports and when.
_UNIT_WITHIN = re.compile(r"(?:单\s*位|units?)\s*[:：]\s*([^\s（()）\[\]【】;；|]+)", re.IGNORECASE)
_MARKS = re.compile(r"^[*＊※★#]+|[*＊※★#]+$")
_NOTES = frozenset({"必填", "选填", "可选", "全称", "required", "optional"})
Known = Mapping[str, frozenset[str]]


def unit_in(text: str) -> str:
    """Return ``text`` if it is a unit of the scheme, or several of them (``万元、万吨``), else nothing."""
    stripped = text.strip()
    parts = [part.strip() for part in re.split("[、,，;；]", stripped)]
    return stripped if all(_is_unit(part) for part in parts) else ""


@cache
def _is_unit(text: str) -> bool:
    if text.isdecimal():
        return False  # 1 is a unit of its own, but no header says so
    try:
        concept("unit", text)
    except UnknownConcept:
        return False
    return True


def title_and_unit(title: str) -> tuple[str, str]:
    """Return a title without its marks, its unit and such notes as 必填, and the unit.

    >>> title_and_unit("*总投资（万元）"), title_and_unit("产能（2023年）"), title_and_unit("单位名称（必填）")
    (('总投资', '万元'), ('产能（2023年）', ''), ('单位名称', ''))
    """
    bare = _MARKS.sub("", " ".join(title.split())).strip()
    unit = ""
    for pattern in (_BRACKETED, _BRACKETED, _AFTER_SIGN):
        match = pattern.match(bare)
        if not match:
            continue
        inner = re.sub(r"^单位[:：]", "", match[2].strip())
        if not (found := unit_in(inner)) and normalize_name(inner) not in _NOTES:
            continue
        bare, unit = _MARKS.sub("", match[1].strip()).strip(), unit or found
    return bare, unit


def forms(title: str) -> tuple[str, ...]:
    """Return the forms under which a title is looked up, the most faithful first.

    The lower title of a header of two levels counts by itself; so does a title without its unit.
    """
    found = []
    for text in (title, title.rpartition(JOINER)[2]):
        found += [normalize_name(text), normalize_name(title_and_unit(text)[0])]
    return tuple(dict.fromkeys(form for form in found if form))


@cache
def known_titles() -> Known:
    """Return the ledgers in which each title stands, by each of its forms."""
    known: dict[str, set[str]] = {}
    for ledger in ledgers().values():
        for column in ledger.columns:
            for title in (column.name, *(title for titles in column.titles.values() for title in titles)):
                for form in forms(title):
                    known.setdefault(form, set()).add(ledger.name)
    return {form: frozenset(names) for form, names in known.items()}


def score(cells: Iterable[str], known: Known) -> int:
    """Return how many titles of one and the same ledger stand among ``cells``, at best."""
    counts: dict[str, int] = {}
    for cell in set(cells):
        names = (
            next((known[form] for form in forms(cell) if form in known), frozenset())
            if 0 < len(cell) < 60
            else ()
        )
        for name in names:
            counts[name] = counts.get(name, 0) + 1
    return max(counts.values(), default=0)


def assemble(grid: Grid, known: Known | None = None, *, strict: bool = False) -> Sheet:
    """Find the header of a grid and return the sheet below it.

    Parameters
    ----------
    known
        Titles to find the header by; None for those of the ledgers.
    strict
        A cell right of the header is an error (in a text file it tells that a delimiter shifted the row), not a remark.

    Raises
    ------
    InputError
        Nothing in it, or a cell right of the header of a text file.
    """
    if grid.skipped:
        return Sheet(grid.file, grid.name, (), (), remarks=(Remark("info", grid.skipped),))
    known = known_titles() if known is None else known
    rows, spanned = _filled(grid)
    if not rows:
        raise InputError("input.empty", file=grid.file)
    first, levels = _locate(grid, rows, spanned, known)
    titles = _titles([row.cells for row in rows[first : first + levels]])
    header_row = rows[first + levels - 1].number
    body = rows[first + levels :]
    general = _general_unit(rows[:first])
    below: tuple[str, ...] = ()
    if body and _is_unit_row(body[0].cells):
        below, body = body[0].cells, body[1:]
    units = []
    for column, title in enumerate(titles):
        own = next(filter(None, (title_and_unit(part)[1] for part in reversed(title.split(JOINER)))), "")
        units.append(own or (below[column].strip("（）()[]【】") if column < len(below) else "") or general)
    remarks = list(grid.remarks)
    size = len(titles)
    records = []
    over: dict[int, Row] = {}
    for row in body:
        cells = row.cells
        if len(cells) > size:
            for column in range(size, len(cells)):
                if cells[column]:
                    if strict:
                        raise InputError(
                            "input.wide-row", file=grid.file, row=row.number, value=cells[column]
                        )
                    over.setdefault(column, row)
        if len(cells) != size:
            cells = (cells + ("",) * size)[:size]
        records.append(Row(row.number, cells))
    untitled = [column for column, title in enumerate(titles) if not title]
    for column in untitled:
        if found := next((row for row in records if row.cells[column]), None):
            over.setdefault(column, found)
    for column, row in sorted(over.items()):
        value = row.cells[column]
        remarks.append(
            Remark("warning", "untitled-column", row.number, -1, value, {"letter": letter(column)})
        )
    return Sheet(
        grid.file,
        grid.name,
        titles,
        tuple(records),
        tuple(units),
        header_row,
        tuple(remarks),
        spanned,
        grid.since_1904,
    )


def _filled(grid: Grid) -> tuple[list[Row], frozenset[int]]:
    """Fill the merged ranges, and them only; tell the rows that are one merged cell."""
    if not grid.merged or not grid.rows:
        return list(grid.rows), frozenset()
    rows = {row.number: list(row.cells) for row in grid.rows}
    last, width = max(rows), max(len(row.cells) for row in grid.rows)
    spanned = set()
    budget = MAX_CELLS
    for merged in sorted(grid.merged, key=lambda m: (m.top, m.left)):
        bottom, right = min(merged.bottom, last), min(merged.right, width - 1)
        origin = rows.get(merged.top, [])
        text = origin[merged.left] if merged.left < len(origin) else ""
        budget -= max(0, bottom - merged.top + 1) * max(0, right - merged.left + 1)
        if budget < 0:
            raise InputError(
                "input.oversize-sheet", file=grid.file, sheet=grid.name, row=merged.top, place="merged"
            )
        if not text:
            continue
        if merged.right > merged.left and sum(map(bool, origin)) == 1:
            spanned.add(merged.top)
        for number in range(merged.top, bottom + 1):
            cells = rows.setdefault(number, [""] * width)
            cells.extend([""] * (right + 1 - len(cells)))
            cells[merged.left : right + 1] = [text] * (right + 1 - merged.left)
    return [Row(number, tuple(rows[number])) for number in sorted(rows)], frozenset(spanned)


def _locate(grid: Grid, rows: Sequence[Row], spanned: frozenset[int], known: Known) -> tuple[int, int]:
    """Return the index of the header's first row and the number of its rows.

    The best is what matches most titles; of equals, the one of most rows, then the uppermost. What is one merged cell, or
    states a unit, stands above a header and is no part of it.
    """
    deep = _deep_rows(grid)
    best = (0, 0, 0)
    for index, row in enumerate(islice(rows, SEARCHED_ROWS)):
        if row.number in spanned or any(_stated_unit(cell) for cell in row.cells):
            continue
        levels = 1
        while True:
            found = score(_titles([r.cells for r in rows[index : index + levels]]), known)
            best = max(best, (found, levels, -index))
            if levels == _MAX_LEVELS or index + levels >= len(rows) or row.number + levels - 1 not in deep:
                break
            levels += 1
    found, levels, index = best
    return (-index, levels) if found else (0, 1)


def _deep_rows(grid: Grid) -> set[int]:
    """Return the rows after which a header may go on: those where a merged range spans columns, or goes on below."""
    deep = set()
    for merged in grid.merged:
        if merged.right > merged.left:
            deep.add(merged.bottom)
        if merged.bottom > merged.top:
            deep.update(range(merged.top, min(merged.bottom, merged.top + _MAX_LEVELS)))
    return deep


def _titles(levels: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Join the rows of a header column by column; a title that stands in several rows counts once."""
    size = max(len(cells) for cells in levels)
    titles = []
    for column in range(size):
        parts = (" ".join(cells[column].split()) for cells in levels if column < len(cells))
        titles.append(JOINER.join(dict.fromkeys(part for part in parts if part)))
    while titles and not titles[-1]:
        titles.pop()
    return tuple(titles)


def _general_unit(rows: Iterable[Row]) -> str:
    """Return the unit that a row above the header states for the whole table, by itself or among other words."""
    unit = ""
    for row in rows:
        for cell in row.cells:
            within = _UNIT_WITHIN.finditer(cell) if len(cell) < _LONGEST_TITLE else ()
            unit = _stated_unit(cell) or next(filter(None, map(_leading_units, within)), unit)
    return unit


def _stated_unit(cell: str) -> str:
    """Return the unit that a cell states and nothing else: 单位：万元."""
    match = _UNIT_ROW.fullmatch("".join(cell.split())) if len(cell) < 60 else None
    return unit_in(match[1]) if match else ""


def _leading_units(found: re.Match[str]) -> str:
    return "、".join(takewhile(_is_unit, re.split("[、,，]", found[1])))


def _is_unit_row(cells: Sequence[str]) -> bool:
    said = [cell.strip("（）()[]【】 ") for cell in cells if cell]
    return bool(said) and all(unit_in(cell) for cell in said)
