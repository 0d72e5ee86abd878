"""Hand a table to the reader: to the terminal, down a pipe, or into a file."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from pathlib import Path
from typing import Final

import click

from kg.errors import UsageError
from kg.messages import text
from kg.reports.table import Table, conditions
from kg.reports.writers import FORMATS, Format, format_of, render

# How wide a table is drawn when it is not drawn on a terminal.
_PIPE_WIDTH: Final = 120


def chosen_format(format_: Format | None, out: Path | None) -> Format:
    """Return the format asked for by ``--format``, else by the suffix of ``--out``, else ``table``.

    Raises
    ------
    UsageError
        If the suffix names no format, or a workbook would be written to a terminal.
    """
    if format_ is None and out is not None:
        format_ = format_of(out)
        if format_ is None:
            raise UsageError("output.suffix", file=str(out), admitted=", ".join(FORMATS))
    if format_ == "xlsx" and out is None and sys.stdout.isatty():
        raise UsageError("output.workbook_on_terminal")
    return format_ or "table"


def emit(table: Table, format_: Format | None, out: Path | None) -> None:
    """Write a table where and how the reader asked for it.

    CSV has no place for a date, parameters and notes: they go to the error stream, so that nobody reads the rows without them.
    """
    form = chosen_format(format_, out)
    cells = shutil.get_terminal_size().columns if sys.stdout.isatty() and out is None else _PIPE_WIDTH
    content = render(table, form, cells=cells)
    if out is None:
        if form == "csv":
            for line in [*conditions(table), *table.notes]:
                click.echo(line, err=True)
        if form == "table" or sys.stdout.isatty():
            # A console has its own encoding; the formats for files have theirs.
            sys.stdout.write(content.decode("utf-8-sig"))
            sys.stdout.flush()
            return
        stream = sys.stdout.buffer
        stream.write(content)
        stream.flush()
        return
    write_file(out, content)
    click.echo(text("output.written", table.lang, file=str(out), count=len(table.rows)), err=True)


def write_file(path: Path, content: bytes) -> None:
    """Write a file, with the folders above it; either the whole file is there afterwards or the old one."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.part")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
