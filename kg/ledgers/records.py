"""Which rows of a recognised sheet are records, and what is to be said about their cells.

Totals, footnotes, section titles and repeated headers are left out, and a remark says so; so are rows of a number only, as forms
have them below the data. A row in which no required cell is blank is a record whatever it looks like: an indicator may well be
called 合计. Only two are none: the example row of a template, whose first cell says so, and below the header the row that
numbers each column in turn. A cell that says to be the same as above (同上) is, where the row above is a record.
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
_TOTAL = re.compile(
    r"(?:(?:.{0,20}(?:合计|小计|总计|共计|累计|平均)|全[市省区县])(?:\(.{0,20}\))?|其中:.{0,20}|total|subtotal|grandtotal|sum):?"
)
_NOTE = re.compile(
    r"\(?(?:[*※]|备?注|附注|说明|填表说明|数据来源|资料来源|填报说明|note|notes|source|sources|remark|remarks)\d{0,2}[:.、].*"
    r"|[*※★☆△▲].*表示.*|本表.*|数据截[至止].*|\(?\d{1,2}[).、].*[。;]"
)
_SIGNATURE = re.compile(
    r"(?:(?:单位|统计|部门)?负责人|(?:主管|分管)领导|审核人|复核人|制表|经办人|联系人|联系电话|电话|日期"
    r"|(?:填报|填表|制表|编制|报送|报出|上报)(?:人|日期|时间|单位)):.*"
)
_ORDINAL = r"(?:\([一二三四五六七八九十]{1,3}\)|[一二三四五六七八九十]{1,3}[、.:])"
_SECTION = re.compile(rf"{_ORDINAL}.+|.*\(续表?\d{{0,2}}\)|续表\d{{0,2}}")
_SECTION_NUMBER = re.compile(rf"{_ORDINAL}|[一二三四五六七八九十]{{1,3}}")
_SERIAL = re.compile(r"\d{1,5}[.、]?")
_DITTO = frozenset({"同上", "同 上", "〃", "″", '"', "”", "“", "''", "ditto", "Ditto"})
_STEMS = "甲乙丙丁戊己庚辛"
_NUMBERING = re.compile(r"[甲乙丙丁戊己庚辛]|[(（]?\d{1,3}[)）]?")


def keep_records(sheet: Sheet, match: Match) -> tuple[Sheet, tuple[Finding, ...]]:
    """Return the sheet with its records only, and the findings about rows left out and about cells that are read."""
    required = [
        match.positions[c.name] for c in match.ledger.columns if c.required and c.name in match.positions
    ]
    read = frozenset(match.positions.values())
    kept: list[Row] = []
    findings: list[Finding] = []
    numbered: list[Row] = []
    repeated: dict[int, list[tuple[int, str]]] = {}
    footing = False
    above: Row | None = None
    for index, row in enumerate(sheet.rows):
        is_example = _EXAMPLE.match(next(filter(None, row.cells), "")) is not None
        complete = row.number not in sheet.spanned and all(row.cells[position] for position in required)
        numbers = index == 0 and _numbers_columns(row.cells)
        code = ""
        if not complete or is_example or numbers or row.cells == sheet.header:
            code = "example-row" if is_example else _what(row, sheet, first=index == 0, footing=footing)
            if not code and not complete and _is_section(row, read, required):
                code = "section-row"
        footing = code == "footnote"
        if code:
            said = next((cell for cell in row.cells if cell), "")
            findings.append(Finding("info", code, sheet.file, sheet.name, row.number, value=said[:60]))
            above = None
        elif not complete and _is_number_only(row, read):
            numbered.append(row)
        elif any(row.cells):
            above = row if _DITTO.isdisjoint(row.cells) else _completed(row, above, read, repeated)
            kept.append(above)
    if numbered:
        params = {"count": len(numbered)}
        findings.append(
            Finding("info", "numbered-rows", sheet.file, sheet.name, numbered[0].number, params=params)
        )
    for column, cells in sorted(repeated.items()):
        (number, said), params = cells[0], {"count": len(cells)}
        title = sheet.header[column]
        findings.append(Finding("info", "as-above", sheet.file, sheet.name, number, title, said, params))
    findings.extend(_about_cells(sheet, {row.number for row in kept}, read))
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


def _is_section(row: Row, read: frozenset[int], required: Sequence[int]) -> bool:
    """Tell whether an incomplete row is the title of a section: 一、在产企业, or 一 in a column of numbers and little else."""
    said = [(position, normalize_name(cell)) for position, cell in enumerate(row.cells) if cell]
    if len(said) == 1:
        return _SECTION.fullmatch(said[0][1]) is not None
    stated = sum(bool(row.cells[position]) for position in required)
    return (
        bool(said)
        and said[0][0] not in read
        and _SECTION_NUMBER.fullmatch(said[0][1]) is not None
        and 2 * stated < len(required)
    )


def _is_number_only(row: Row, read: frozenset[int]) -> bool:
    said = [cell for cell in row.cells if cell]
    return bool(said) and all(map(_SERIAL.fullmatch, said)) and not any(row.cells[at] for at in read)


def _completed(
    row: Row, above: Row | None, read: frozenset[int], repeated: dict[int, list[tuple[int, str]]]
) -> Row:
    """Return a row with what it says to be the same as above; note row and word by column."""
    cells = list(row.cells)
    for position in read if above else ():
        if above and above.cells[position] and cells[position] in _DITTO:
            repeated.setdefault(position, []).append((row.number, cells[position]))
            cells[position] = above.cells[position]
    return replace(row, cells=tuple(cells))


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
