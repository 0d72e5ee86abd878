"""Accepting the valid rows of a file and handing back the others.

A file is kept as it was given. Which of its rows are to be passed over stands beside it, with the file's digest: when
the file is imported again with other content, all its rows count again.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from kg.ledgers.findings import Finding
from kg.ledgers.sheets import Sheet

# Kept beside the ledgers; it is none itself.
SKIPPED_FILE = ".skipped.json"
# How a file of rejected rows is called: production.csv → production.rejects.csv.
REJECTS = ".rejects"


@dataclass(frozen=True, slots=True)
class Rejects:
    """The rejected rows of one sheet: its titles, and each row's cells with what is wrong with it."""

    file: str
    sheet: str
    header: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], tuple[Finding, ...]], ...]

    @property
    def name(self) -> str:
        """Name of the file to mend; what stands before the first dot tells the ledger, as in the file it is from."""
        stem = self.file.partition(".")[0]
        return f"{self.sheet}.{stem}{REJECTS}.csv" if self.sheet else f"{stem}{REJECTS}.csv"


def skipped(files: Mapping[str, bytes]) -> dict[tuple[str, str], frozenset[int]]:
    """Return the row numbers to pass over by file and sheet, as far as the files are still the same."""
    found: dict[tuple[str, str], frozenset[int]] = {}
    for file, entry in json.loads(files.get(SKIPPED_FILE, b"{}")).items():
        if file in files and entry["digest"] == _digest(files[file]):
            found |= {(file, sheet): frozenset(rows) for sheet, rows in entry["rows"].items()}
    return found


def passed_over(
    files: Mapping[str, bytes], rows: Mapping[tuple[str, str], Iterable[int]]
) -> dict[str, bytes]:
    """Return the file that notes rows to pass over; nothing where there are none."""
    entries: dict[str, dict[str, object]] = {}
    by_file: dict[str, dict[str, list[int]]] = defaultdict(dict)
    for (file, sheet), numbers in sorted(rows.items()):
        if file in files:
            by_file[file][sheet] = sorted(numbers)
    for file, sheets in by_file.items():
        entries[file] = {"digest": _digest(files[file]), "rows": sheets}
    return {SKIPPED_FILE: json.dumps(entries, ensure_ascii=False, indent=1).encode()} if entries else {}


def without(sheet: Sheet, numbers: frozenset[int]) -> Sheet:
    """Return the sheet without the rows of these numbers."""
    return (
        replace(sheet, rows=tuple(row for row in sheet.rows if row.number not in numbers))
        if numbers
        else sheet
    )


def rejects(sheets: Iterable[Sheet], findings: Iterable[Finding]) -> tuple[Rejects, ...]:
    """Return the rows of ``sheets`` that errors among ``findings`` are about, with these errors."""
    wrong: dict[tuple[str, str], dict[int, list[Finding]]] = defaultdict(lambda: defaultdict(list))
    for finding in findings:
        if finding.severity == "error" and finding.row:
            wrong[finding.file, finding.sheet][finding.row].append(finding)
    found = []
    for sheet in sheets:
        own = wrong.get((sheet.file, sheet.name), {})
        rows = tuple((row.cells, tuple(own[row.number])) for row in sheet.rows if row.number in own)
        if rows:
            titles = (
                f"{title}（{unit}）" if unit else title
                for title, unit in zip(sheet.header, sheet.units, strict=True)
            )
            found.append(Rejects(sheet.file, sheet.name, tuple(titles), rows))
    return tuple(found)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
