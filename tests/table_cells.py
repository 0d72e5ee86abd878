"""Reading tables in tests: a row as a dictionary by key, cells as people or as programs get them."""

from __future__ import annotations

from kg.reports.table import Cell, Table, Thing, Word


def shown(cell: Cell) -> object:
    """Return what people read of a cell; lists stay tuples, numbers stay numbers."""
    return cell.label if isinstance(cell, Word | Thing) else cell


def keyed(cell: Cell) -> object:
    """Return what programs get of a cell: the key of a word, the IRI of a thing."""
    return cell.key if isinstance(cell, Word) else cell.iri if isinstance(cell, Thing) else cell


def records(table: Table, *keys: str) -> list[tuple[object, ...]]:
    """Return some columns as people read them, row by row."""
    places = [[column.key for column in table.columns].index(key) for key in keys]
    return [tuple(shown(row[place]) for place in places) for row in table.rows]


def record(table: Table, **wanted: str) -> dict[str, Cell]:
    """Return the only row whose cells read as wanted."""
    keys = [column.key for column in table.columns]
    [found] = [
        cells
        for cells in (dict(zip(keys, row, strict=True)) for row in table.rows)
        if all(shown(cells[key]) == value for key, value in wanted.items())
    ]
    return found


def headings(table: Table) -> dict[str, str]:
    """Return the heading of each column by its key."""
    return {column.key: column.label for column in table.columns}
