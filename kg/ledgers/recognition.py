"""Which ledger a sheet is: by its file name, else by its headers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.ledgers.description import Column, Ledger, ledgers
from kg.ledgers.tables import Sheet
from kg.names import normalize_name


@dataclass(frozen=True, slots=True)
class Match:
    """A sheet matched to a ledger: the position of each column found, what is missing, what is not known."""

    ledger: Ledger
    positions: Mapping[str, int]
    missing: tuple[Column, ...]
    unknown: tuple[str, ...]


def _titles(column: Column) -> set[str]:
    return {normalize_name(title) for titles in column.titles.values() for title in titles} | {column.name}


def match(sheet: Sheet, ledger: Ledger) -> Match:
    """Match the headers of ``sheet`` against the columns of ``ledger``."""
    headers = {normalize_name(title): index for index, title in reversed(list(enumerate(sheet.header)))}
    positions: dict[str, int] = {}
    for column in ledger.columns:
        for title in sorted(_titles(column) & headers.keys()):
            positions.setdefault(column.name, headers[title])
    used = set(positions.values())
    return Match(
        ledger,
        positions,
        tuple(c for c in ledger.columns if c.required and c.name not in positions),
        tuple(title for index, title in enumerate(sheet.header) if index not in used and title),
    )


def recognize(sheet: Sheet) -> Match | None:
    """Return the ledger that ``sheet`` is, or None.

    A file named like a ledger (its English name, or its title in either language) is that ledger. Otherwise it is the
    one ledger whose required columns are all there and of whose columns the most are found.
    """
    stem = normalize_name(Path(sheet.file).stem)
    for ledger in ledgers().values():
        if stem in {ledger.name, *(normalize_name(title) for title in ledger.title.values())}:
            return match(sheet, ledger)
    complete = [found for found in (match(sheet, ledger) for ledger in ledgers().values()) if not found.missing]
    if not complete:
        return None
    best = max(complete, key=lambda found: (len(found.positions), -len(found.unknown)))
    rivals = [found for found in complete if len(found.positions) == len(best.positions)]
    return best if len(rivals) == 1 else None
