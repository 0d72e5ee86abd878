"""A table drawn in a terminal: columns where they fit, one block a row where they do not."""

from __future__ import annotations

from typing import Final

from kg.messages import Language, text
from kg.reports.table import Cell, Table, cell_text, conditions
from kg.reports.text_width import longest_word, pad, visible, width, wrap

_GAP: Final = "  "
# A column narrower than this shows nothing but broken words.
_NARROWEST: Final = 8
# A heading wider than this may be broken.
_LONG_HEADING: Final = 10
# Items of a list that are shown.
_LISTED: Final = 3
# From more lines than this on, rows are set apart by an empty line.
_TALL: Final = 2
# A word longer than this (an address) may be broken.
_LONGEST_WORD: Final = 24


def terminal(table: Table, cells: int) -> str:
    """Draw a table within so many cells, heading and notes included.

    Long cells are wrapped. When the columns would become too narrow to read, every row becomes a block of lines
    ``heading: cell``.
    """
    # Imported here: the writers import this module when the format is asked for.

    lines: list[str] = []
    if table.title:
        lines += wrap(visible(table.title), cells)
    for line in conditions(table):
        lines += wrap(visible(line), cells)
    if lines:
        lines.append("")
    shown = table.only(*table.brief) if table.brief else table
    grid = [[_cell(cell, table.lang) for cell in row] for row in shown.rows]
    if grid:
        widths = _share(shown, grid, cells)
        lines += _blocks(shown, grid, cells) if widths is None else _grid(shown, grid, widths)
        lines.append("")
        lines.append(text("table.count", table.lang, count=len(grid)))
    else:
        lines.append(text("table.empty", table.lang))
    notes = [*table.notes, *([text("table.brief", table.lang)] if table.brief and grid else [])]
    for note in notes:
        first, *rest = wrap(visible(note), cells - 2)
        lines += [f"· {first}"] + [f"  {line}" for line in rest]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _cell(cell: Cell, lang: Language) -> str:
    """Write a cell; of a long list only the first items and how many more there are."""
    if isinstance(cell, tuple) and len(cell) > _LISTED:
        return visible(f"{cell_text(cell[:_LISTED], lang)} +{len(cell) - _LISTED}")
    return visible(cell_text(cell, lang))


def _share(table: Table, grid: list[list[str]], cells: int) -> list[int] | None:
    """Divide the terminal among the columns; None when it is too narrow for them.

    Every column first gets what its longest word needs; what is left goes, cell by cell, to the column whose longest text would
    take the most lines.
    """
    columns = [[column.label, *(row[index] for row in grid)] for index, column in enumerate(table.columns)]
    wanted = [max(width(line) for cell in column for line in cell.split("\n")) for column in columns]
    needed = [
        min(want, max(_NARROWEST, min(_LONGEST_WORD, max(_heading(column[0]), *map(longest_word, column)))))
        for want, column in zip(wanted, columns, strict=True)
    ]
    room = cells - len(_GAP) * (len(columns) - 1) - sum(needed)
    if room < 0:
        return None
    widths = list(needed)
    while room and any(have < want for have, want in zip(widths, wanted, strict=True)):
        tallest = max(range(len(widths)), key=lambda index: (wanted[index] / max(1, widths[index]), -index))
        widths[tallest] += 1
        room -= 1
    return widths


def _heading(label: str) -> int:
    """Return the width that a heading needs: a long one may take two lines."""
    whole = width(label)
    return whole if whole <= _LONG_HEADING else max(longest_word(label), -(-whole // 2))


def _grid(table: Table, grid: list[list[str]], widths: list[int]) -> list[str]:
    right = [column.kind == "number" for column in table.columns]
    lines = _row([column.label for column in table.columns], widths, right)
    lines.append(_GAP.join("─" * size for size in widths))
    drawn = [_row(row, widths, right) for row in grid]
    # Rows of many lines run into each other without a gap.
    gap = [""] if any(len(row) > _TALL for row in drawn) else []
    for row in drawn:
        lines += row + gap
    return lines[: len(lines) - len(gap)] if drawn else lines


def _row(row: list[str], widths: list[int], right: list[bool]) -> list[str]:
    wrapped = [wrap(cell, size) for cell, size in zip(row, widths, strict=True)]
    height = max(map(len, wrapped))
    return [
        _GAP.join(
            pad(parts[line] if line < len(parts) else "", size, right=to_right)
            for parts, size, to_right in zip(wrapped, widths, right, strict=True)
        )
        for line in range(height)
    ]


def _blocks(table: Table, grid: list[list[str]], cells: int) -> list[str]:
    """One block a row: its number, then one line per filled cell."""
    labels = [column.label for column in table.columns]
    size = min(max(map(width, labels)), cells // 3)
    lines: list[str] = []
    for number, row in enumerate(grid, start=1):
        lines.append(f"── {number} ".ljust(min(cells, 24), "─"))
        for label, cell in zip(labels, row, strict=True):
            if not cell:
                continue
            heads = wrap(label, size)
            parts = wrap(cell, cells - size - len(_GAP))
            for line in range(max(len(heads), len(parts))):
                head = heads[line] if line < len(heads) else ""
                part = parts[line] if line < len(parts) else ""
                lines.append(pad(head, size) + _GAP + part)
    return lines
