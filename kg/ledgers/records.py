"""Which rows of a recognised sheet are records, and what is to be said about their cells.

Totals, footnotes, section titles and repeated headers are left out, and a remark says so. A row in which no required
cell is blank is a record whatever it looks like: an indicator may well be called 合计. Only two are none: the example row of a
template, whose first cell says so, and below the header the row that numbers each column in turn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from kg.ledgers.findings import Finding
from kg.ledgers.recognition import Match
from kg.ledgers.sheets import Remark, Row, Sheet
from kg.names import normalize_name

# How the first cell of a template's example row starts, by the template's language.
EXAMPLE_MARKS = {"zh": "例：", "en": "e.g. "}
_EXAMPLE = re.compile(r"例[：:]|e\.g\.\s", re.IGNORECASE)
_TOTAL = re.compile(r"(?:.{0,20}(?:合计|小计|总计|共计)|total|subtotal|grandtotal|sum)[:：]?")
_NOTE = re.compile(
    r"(?:[*※]|备?注|附注|说明|填表说明|数据来源|资料来源|填报说明|note|notes|source|sources|remark|remarks)\d{0,2}[:：.、].*"
)
_SIGNATURE = re.compile(
    r"(?:(?:单位)?负责人|填报人|填表人|审核人|复核人|制表人?|经办人|联系人|联系电话|电话|填报(?:日期|时间|单位)|报出日期|日期)[:：].*"
)
_STEMS = "甲乙丙丁戊己庚辛"
_NUMBERING = re.compile(r"[甲乙丙丁戊己庚辛]|[(（]?\d{1,3}[)）]?")


def keep_records(sheet: Sheet, match: Match) -> tuple[Sheet, tuple[Finding, ...]]:
    """Return the sheet with its records only, and the findings about rows left out and about cells that are read."""
    required = [
        match.positions[c.name] for c in match.ledger.columns if c.required and c.name in match.positions
    ]
    kept: list[Row] = []
    findings: list[Finding] = []
    footing = False
    for index, row in enumerate(sheet.rows):
        is_example = _EXAMPLE.match(next(filter(None, row.cells), "")) is not None
        complete = row.number not in sheet.spanned and all(row.cells[position] for position in required)
        numbers = index == 0 and _numbers_columns(row.cells)
        if complete and not is_example and not numbers and row.cells != sheet.header:
            footing = False
            kept.append(row)
            continue
        code = "example-row" if is_example else _what(row, sheet, first=index == 0, footing=footing)
        footing = code == "footnote"
        if code:
            said = next((cell for cell in row.cells if cell), "")
            findings.append(Finding("info", code, sheet.file, sheet.name, row.number, value=said[:60]))
        elif any(row.cells):
            kept.append(row)
    rows = {row.number for row in kept}
    findings.extend(_about_cells(sheet, rows, frozenset(match.positions.values())))
    return replace(sheet, rows=tuple(kept), remarks=()), tuple(findings)


def _what(row: Row, sheet: Sheet, *, first: bool, footing: bool) -> str:
    """Return the code of what a row is that lacks a required cell; empty for a record."""
    said = [normalize_name(cell) for cell in row.cells if cell]
    distinct = list(dict.fromkeys(said))
    if row.cells == sheet.header or (
        len(said) > 2 and said == [normalize_name(t) for t in sheet.header if t]
    ):
        return "repeated-header"
    if any(_TOTAL.fullmatch(cell) for cell in distinct[:3]):
        return "total-row"
    if distinct and all(_SIGNATURE.fullmatch(cell) for cell in distinct):
        return "footnote"
    if len(distinct) == 1 and (footing or _NOTE.fullmatch(distinct[0].replace("\n", " "))):
        return "footnote"
    if row.number in sheet.spanned:
        return "section-row"
    if first and len(said) > 2 and all(_NUMBERING.fullmatch(cell) for cell in said):
        return "numbering-row"
    return ""


def _numbers_columns(cells: Sequence[str]) -> bool:
    """Tell whether a row numbers every column in turn: 1 2 3, (1) (2) (3), 甲 乙 1 2."""
    said = [cell.strip("()（） ") for cell in cells]
    letters = sum(cell in _STEMS for cell in said if cell)
    counted = [*_STEMS[:letters], *map(str, range(1, len(said) - letters + 1))]
    return len(said) > 2 and said == counted


def _about_cells(sheet: Sheet, rows: set[int], read: frozenset[int]) -> Iterator[Finding]:
    """Yield the remarks on cells that are read; those on formulas once a column, with their number."""
    columns: dict[tuple[str, int], list[Remark]] = {}
    for remark in sheet.remarks:
        if remark.column < 0:
            yield Finding(
                remark.severity,
                remark.code,
                sheet.file,
                sheet.name,
                remark.row,
                "",
                remark.value,
                remark.params,
            )
        elif remark.row in rows and remark.column in read:
            columns.setdefault((remark.code, remark.column), []).append(remark)
    for (code, column), remarks in sorted(columns.items()):
        said = remarks[:1] if code.startswith("formula") else remarks
        for remark in said:
            yield Finding(
                remark.severity,
                code,
                sheet.file,
                sheet.name,
                remark.row,
                sheet.header[column],
                remark.value,
                {"count": len(remarks)},
            )
