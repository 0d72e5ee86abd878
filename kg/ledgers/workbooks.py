"""Reading workbooks (.xlsx, .xls, .ods, and what goes by such a name): every sheet as text, nothing computed or fetched.

The values, their dates and the merged ranges come from calamine; what it passes over comes from a survey made before. Web pages
and Excel 2003 XML files have readers of their own.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from kg import messages
from kg.errors import InputError
from kg.ledgers import archives, biff, opendocument, spreadsheetml
from kg.ledgers.contained import read_values
from kg.ledgers.office_xml import read_office_xml
from kg.ledgers.sheets import Grid, Merged, Remark, Row
from kg.ledgers.surveys import Look, Survey
from kg.ledgers.transcripts import Transcript, markup_kind
from kg.ledgers.web_pages import read_web_page

ZIP_MAGIC = b"PK\x03\x04"
WORKBOOK_SUFFIXES = (".xlsx", ".xlsm", ".xls", ".ods")
# The name under which either kind of container lists the macros.
_MACROS = (b"vbaProject.bin", "_VBA_PROJECT".encode("utf-16-le"))
_EXACT = 10**15
_TRANSCRIBED: Mapping[str, Callable[[bytes, str], list[Transcript]]] = {
    ".html": read_web_page,
    ".xml": read_office_xml,
}


def kind_of(data: bytes) -> str:
    """Return what a file is by its first bytes, as the suffix it should have; empty for text."""
    if data.startswith(biff.MAGIC):
        return ".xls"
    if data.startswith(ZIP_MAGIC):
        return ".ods" if b"opendocument" in data[:120] else ".xlsx"
    return markup_kind(data)


def read_workbook(data: bytes, file: str) -> tuple[Grid, ...]:
    """Read every sheet of a workbook; hidden and blank ones come without rows and with the reason.

    Raises
    ------
    InputError
        Broken, too large, protected by a password, no workbook, or without any visible sheet that holds something.
    """
    kind = kind_of(data)
    linked = False
    try:
        if kind in _TRANSCRIBED:
            grids = [_transcribed(file, sheet) for sheet in _TRANSCRIBED[kind](data, file)]
        elif kind == ".xls":
            surveys, linked = biff.survey(data, file)
            grids = _contained_grids(data, file, surveys)
        elif kind == ".mht":
            raise InputError("input.html", file=file)
        else:
            grids, linked = _packed_grids(data, file)
    except InputError:
        raise
    except BaseException as error:  # a panic of the engine is no Exception
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise InputError("input.workbook-broken", file=file, reason=str(error)[:200]) from error
    grids = [replace(g, rows=(), skipped="findings-list") if _lists_findings(g) else g for g in grids]
    if all(grid.skipped for grid in grids):
        raise InputError("input.empty", file=file)
    first = next(index for index, grid in enumerate(grids) if not grid.skipped)
    about = [Remark("warning", "external-link")] if linked else []
    if any(sign in data for sign in _MACROS):
        about.append(Remark("info", "macros"))
    grids[first] = replace(grids[first], remarks=(*grids[first].remarks, *about))
    return tuple(grids)


def _lists_findings(grid: Grid) -> bool:
    """Tell whether a sheet is the list that a marked copy starts with: a mended copy may be handed in as it is."""
    titles = {
        (messages.text("marked.sheet", lang), messages.text("marked.cell", lang))
        for lang in messages.LANGUAGES
    }
    return bool(grid.rows) and (grid.name, grid.rows[0].cells[0]) in titles


def _packed_grids(data: bytes, file: str) -> tuple[list[Grid], bool]:
    """Read a container; tell whether it refers to other workbooks."""
    members: Mapping[str, bytes]
    surveys: Mapping[str, Survey]
    members, names = archives.unpack(data, file)
    if "content.xml" in members:
        surveys = opendocument.survey(members, file)
    else:
        surveys, members = spreadsheetml.survey(members, file)
    grids = []
    with CalamineWorkbook.from_filelike(io.BytesIO(archives.pack(members))) as workbook:
        for index, meta in enumerate(workbook.sheets_metadata):
            survey = surveys.get(meta.name)
            if meta.visible != SheetVisibleEnum.Visible:
                grids.append(Grid(file, meta.name, (), skipped="hidden-sheet"))
            elif meta.typ != SheetTypeEnum.WorkSheet or survey is None:
                grids.append(Grid(file, meta.name, (), skipped="no-worksheet"))
            else:
                sheet = workbook.get_sheet_by_index(index)
                values = sheet.to_python() if sheet.start else []
                top, left = sheet.start or (0, 0)
                merged = sheet.merged_cell_ranges or ()
                grids.append(_grid(file, meta.name, survey, enumerate(values, top), left, merged))
    return grids, any("externallinks/" in name.lower() for name in names)


def _contained_grids(data: bytes, file: str, surveys: Mapping[str, Survey]) -> list[Grid]:
    grids = []
    for index, sheet in enumerate(read_values(data)):
        survey = surveys.get(str(index))
        if not sheet["visible"]:
            grids.append(Grid(file, sheet["name"], (), skipped="hidden-sheet"))
        elif survey is None:
            grids.append(Grid(file, sheet["name"], (), skipped="no-worksheet"))
        else:
            top, left = sheet["start"] or (0, 0)
            rows = enumerate(sheet["rows"], top)
            grids.append(_grid(file, sheet["name"], survey, rows, left, sheet["merged"]))
    return grids


def _transcribed(file: str, sheet: Transcript) -> Grid:
    name = sheet.survey.name
    if sheet.hidden:
        return Grid(file, name, (), skipped="hidden-sheet")
    return _grid(file, name, sheet.survey, sorted(sheet.rows.items()))


def _grid(
    file: str,
    name: str,
    survey: Survey,
    lines: Iterable[tuple[int, Sequence[object]]],
    left: int = 0,
    ranges: Iterable[Sequence[Sequence[int]]] = (),
) -> Grid:
    remarks = _remarks(survey)
    rows = []
    for number, line in lines:
        cells = [""] * left
        for column, value in enumerate(line, left):
            place = (number, column)
            text = "" if value == "" else cell_text(value, survey.looks.get(place, ""))
            if survey.numerals and place in survey.numerals:
                text = survey.numerals[place]
            elif survey.errors and place in survey.errors:
                text = survey.errors[place]
            if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= _EXACT:
                remarks.append(Remark("error", "long-number", number + 1, column, text))
            cells.append(text)
        if any(cells):
            rows.append(Row(number + 1, tuple(cells)))
    merged = (
        *survey.merged,
        *(Merged(first[0] + 1, last[0] + 1, first[1], last[1]) for first, last in ranges),
    )
    if not rows:
        return Grid(file, name, (), skipped="empty-sheet")
    hidden = survey.hidden(row.number - 1 for row in rows)
    if any(hidden):
        remarks.append(Remark("info", "hidden-cells", params={"rows": hidden[0], "columns": hidden[1]}))
    return Grid(file, name, tuple(rows), merged, tuple(remarks), since_1904=survey.since_1904)


def _remarks(survey: Survey) -> list[Remark]:
    remarks = []
    for (row, column), formula in survey.formulas.items():
        blank = (row, column) in survey.blank_formulas
        code = "formula-blank" if blank else "formula"
        remarks.append(Remark("error" if blank else "warning", code, row + 1, column, formula[:200]))
    for (row, column), error in survey.errors.items():
        remarks.append(Remark("error", "cell-error", row + 1, column, error))
    return remarks


def cell_text(value: object, look: Look = "") -> str:
    """Return a value as the text one would have typed.

    >>> cell_text(211122.0), cell_text(0.1 + 0.2), cell_text(0.515, "percent"), cell_text(1e-7)
    ('211122', '0.3', '51.5%', '0.0000001')
    >>> cell_text(date(2023, 5, 1)), cell_text(date(2023, 5, 1), "month")
    ('2023-05-01', '2023-05')
    """
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\x00", "").strip()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number_text(value, look)
    if isinstance(value, datetime):
        if value.time() != time(0):
            return value.isoformat()
        value = value.date()
    if isinstance(value, date):
        # A cell that shows a month holds its first day; one that holds another day knows it.
        if look == "year" and (value.month, value.day) == (1, 1):
            return f"{value.year:04d}"
        return value.isoformat()[: 7 if look == "month" and value.day == 1 else 10]
    if isinstance(value, timedelta):
        minutes, seconds = divmod(int(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
    return value.isoformat() if isinstance(value, time) else str(value)


def _number_text(value: float, look: Look) -> str:
    if isinstance(value, float) and not float("-inf") < value < float("inf"):
        return str(value)
    # A spreadsheet shows fifteen digits; what stands behind them is the noise of binary fractions.
    number = Decimal(int(value)) if value == int(value) else Decimal(f"{value:.15g}")
    if look == "percent":
        number = Decimal(f"{value:.15g}") * 100
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text + ("%" if look == "percent" else "")
