"""A table in the five formats people and programs ask for: table, csv, json, xlsx, md.

The same table gives the same bytes on every run.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Callable
from dataclasses import asdict
from decimal import Decimal
from pathlib import PurePath
from typing import BinaryIO, Final, Literal

from kg.messages import text
from kg.reports.table import FORMULA_STARTS, Cell, Table, Thing, Word, cell_text, conditions

Format = Literal["table", "csv", "json", "xlsx", "md"]

FORMATS: Final[tuple[Format, ...]] = ("table", "csv", "json", "xlsx", "md")

_BY_SUFFIX: Final[dict[str, Format]] = {
    ".txt": "table",
    ".csv": "csv",
    ".json": "json",
    ".xlsx": "xlsx",
    ".md": "md",
    ".markdown": "md",
}

_PLAIN_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?%?")


def format_of(path: PurePath) -> Format | None:
    """Return the format that a file's suffix names, or None."""
    return _BY_SUFFIX.get(path.suffix.lower())


def render(table: Table, format: Format, *, cells: int = 120) -> bytes:  # noqa: A002
    """Return a table as the bytes of a file.

    Parameters
    ----------
    cells
        Width of the terminal, for the format ``table``.
    """
    if format == "table":
        from kg.reports.terminal import terminal

        return terminal(table, cells).encode("utf-8")
    return _WRITERS[format](table)


def write(table: Table, format: Format, stream: BinaryIO, *, cells: int = 120) -> None:  # noqa: A002
    """Write a table to a binary stream."""
    stream.write(render(table, format, cells=cells))


def harmless(cell: str) -> str:
    """Return a text that no spreadsheet takes for a formula: an apostrophe is put before what looks like one.

    Examples
    --------
    >>> harmless("=1+1"), harmless("-12.5"), harmless("-12+A1")
    ("'=1+1", '-12.5', "'-12+A1")
    """
    if cell.startswith(FORMULA_STARTS) and not _PLAIN_NUMBER.fullmatch(cell):
        return "'" + cell
    return cell


def _csv(table: Table) -> bytes:
    # Excel wants the byte order mark to see UTF-8, and RFC 4180 the line ends.
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([harmless(column.label) for column in table.columns])
    for row in table.rows:
        writer.writerow([harmless(cell_text(cell, table.lang)) for cell in row])
    return b"\xef\xbb\xbf" + stream.getvalue().encode("utf-8")


def _json(table: Table) -> bytes:
    keys = [column.key for column in table.columns]
    document = {
        "title": table.title,
        "as_of": table.as_of,
        "parameters": {name: _json_cell(value) for name, value in table.parameters.items()},
        "notes": list(table.notes),
        "columns": [{"key": c.key, "label": c.label, "kind": c.kind} for c in table.columns],
        "rows": [dict(zip(keys, map(_json_cell, row), strict=True)) for row in table.rows],
        "references": [asdict(reference) for reference in table.references],
    }
    return (json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode("utf-8")


def _json_cell(cell: Cell) -> object:
    if isinstance(cell, float | Decimal) and not math.isfinite(cell):
        return str(cell)  # JSON has no word for infinity
    if isinstance(cell, Decimal):
        return int(cell) if cell == cell.to_integral_value() else float(cell)
    if isinstance(cell, Word):
        return cell.key
    if isinstance(cell, Thing):
        return asdict(cell)
    if isinstance(cell, tuple):
        return list(cell)
    return cell


def _markdown(table: Table) -> bytes:
    lines = [f"# {_markdown_cell(table.title)}", ""] if table.title else []
    lines += [line for facts in conditions(table) for line in (_markdown_cell(facts), "")]
    lines.append("| " + " | ".join(_markdown_cell(column.label) for column in table.columns) + " |")
    lines.append(
        "|" + "|".join("---:" if column.kind == "number" else "---" for column in table.columns) + "|"
    )
    for row in table.rows:
        lines.append("| " + " | ".join(_markdown_cell(cell_text(cell, table.lang)) for cell in row) + " |")
    if not table.rows:
        lines += ["", text("table.empty", table.lang)]
    if table.notes:
        lines += [""] + [f"- {_markdown_cell(note)}" for note in table.notes]
    if table.references:
        lines += ["", f"## {text('table.references', table.lang)}", ""]
        for reference in table.references:
            facts = [reference.title, reference.publisher, reference.issued, reference.evidence]
            place = f" <{reference.url}>" if reference.url.startswith(("http://", "https://")) else ""
            told = " · ".join(_markdown_cell(fact) for fact in facts if fact)
            lines.append(f"- {_markdown_cell(reference.id)}: {told}{place}")
    return ("\n".join(lines) + "\n").encode("utf-8")


def _markdown_cell(cell: str) -> str:
    escaped = re.sub(r"([\\`*_|<>\[\]])", r"\\\1", cell)
    return re.sub(r"\s*[\r\n]+\s*", "<br>", escaped)


def _xlsx(table: Table) -> bytes:
    from kg.reports.workbook import workbook

    return workbook(table)


_WRITERS: Final[dict[Format, Callable[[Table], bytes]]] = {
    "csv": _csv,
    "json": _json,
    "md": _markdown,
    "xlsx": _xlsx,
}
