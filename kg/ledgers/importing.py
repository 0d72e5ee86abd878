"""Import: files in, either a whole graph or a list of what to mend.

The store keeps the imported files beside the graph. Each import builds the graph anew from all of them, so that the
graph is a function of the ledgers alone: importing a changed file replaces what that file said before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.errors import DataError, InputError
from kg.ledgers.facts import Key, SheetReader
from kg.ledgers.findings import Finding, order
from kg.ledgers.recognition import recognize
from kg.ledgers.registry import Registry
from kg.ledgers.tables import TABLE_SUFFIXES, read_sheets
from kg.rules import derive
from kg.store import open_store
from kg.store.terms import Quad

Progress = Callable[[str, int, int], None]
# A ledger file of a million rows is some 200 MB; more than this is no ledger.
MAX_FILE_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Origin:
    """The row that a thing or a statement comes from."""

    file: str
    sheet: str
    row: int


@dataclass(frozen=True, slots=True)
class Graph:
    """What a set of ledger files says: quads without duplicates in a fixed order, origins, rows by ledger, findings."""

    quads: tuple[Quad, ...]
    origins: Mapping[str, Origin]
    rows: Mapping[str, int]
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that keep the graph from being written."""
        return tuple(finding for finding in self.findings if finding.severity == "error")


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import wrote: rows by ledger, number of quads and of source graphs, and what it remarked."""

    rows: Mapping[str, int]
    quads: int
    sources: int
    findings: tuple[Finding, ...]


def _silent(step: str, done: int, total: int) -> None:
    """Report progress to nobody."""


def collect(paths: Iterable[Path]) -> dict[str, bytes]:
    """Read the table files named by ``paths``; a folder stands for the table files directly in it.

    Raises
    ------
    InputError
        A path that does not exist or cannot be read, a folder without tables, two files of one name.
    """
    files: dict[str, bytes] = {}
    for path in paths:
        if not path.exists():
            raise InputError("input.absent", file=str(path))
        members = sorted(p for p in path.iterdir() if p.suffix.lower() in TABLE_SUFFIXES) if path.is_dir() else [path]
        if not members:
            raise InputError("input.no-tables", file=str(path), known=" ".join(TABLE_SUFFIXES))
        for member in members:
            if member.name in files:
                raise InputError("input.same-name", file=str(member), name=member.name)
            try:
                if member.stat().st_size > MAX_FILE_BYTES:
                    raise InputError("input.oversize-file", file=str(member), limit=MAX_FILE_BYTES >> 20)
                files[member.name] = member.read_bytes()
            except OSError as error:
                raise InputError("input.unreadable", file=str(member), reason=error.strerror or str(error)) from error
    return files


def build(files: Mapping[str, bytes], progress: Progress = _silent) -> Graph:
    """Build the graph that ``files`` (content by file name) describe.

    Raises
    ------
    InputError
        A file that is no table at all.
    """
    registry = Registry()
    findings: list[Finding] = []
    readers: list[SheetReader] = []
    for file in sorted(files):
        for sheet in read_sheets(file, files[file]):
            found = recognize(sheet)
            if found is None:
                findings.append(Finding("error", "unrecognized", sheet.file, sheet.name, value="、".join(sheet.header)))
                continue
            for column in found.missing:
                titles = {lang: column.title(lang) for lang in column.titles}
                findings.append(Finding("error", "missing-column", file, sheet.name, 1, value=titles["zh"], params=titles))
            for title in found.unknown:
                findings.append(Finding("warning", "unknown-column", file, sheet.name, 1, title))
            if not found.missing:
                readers.append(SheetReader(sheet, found, registry, findings))
    # A stage is named within its chain, so things named by themselves are registered first.
    readers.sort(key=lambda reader: (len(reader.ledger.scope_columns), reader.ledger.name, reader.sheet.file))
    for reader in readers:
        for _ in reader.register():
            pass
    quads: set[Quad] = set()
    origins: dict[str, Origin] = {}
    rows: dict[str, int] = {}
    seen: dict[tuple[str, Key], tuple[Origin, list[Quad]]] = {}
    for number, reader in enumerate(readers, 1):
        progress(reader.sheet.file, number, len(readers))
        ledger = reader.ledger.name
        for row, subject, keys, facts in reader.facts():
            first, said = next((seen[ledger, key] for key in keys if (ledger, key) in seen), (None, facts))
            if first and (first.file == reader.sheet.file or said != facts):
                code = "duplicate-key" if first.file == reader.sheet.file else "duplicate-elsewhere"
                cells = (reader.cell(row, name) for name in reader.ledger.primary_key)
                value = " | ".join(part or "—" for part in cells)
                reader.report(code, row, None, value, first=first.row, file=first.file)
                continue
            origin = Origin(reader.sheet.file, reader.sheet.name, row.number)
            for key in keys:
                seen.setdefault((ledger, key), (origin, facts))
            quads.update(facts)
            origins.setdefault(subject, origin)
            rows[ledger] = rows.get(ledger, 0) + 1
    return Graph(tuple(sorted(quads, key=str)), origins, dict(sorted(rows.items())), tuple(sorted(findings, key=order)))


def import_ledgers(location: str | Path, paths: Iterable[Path], progress: Progress = _silent) -> ImportResult:
    """Import ledger files into the store at ``location``, all or nothing.

    Raises
    ------
    InputError
        A file that cannot be read as a table.
    DataError
        Cells, rows or columns to mend; nothing has been written.
    StoreError
        The folder is foreign, locked or cannot be written.
    """
    given = collect(paths)  # before the store is opened: a path that does not exist makes none
    with open_store(location, create=True, writable=True) as store:
        files = {**store.files(), **given}
        graph = build(files, progress)
        if graph.errors:
            raise DataError("data.findings", findings=graph.findings, count=len(graph.errors))
        quads = (*graph.quads, *derive(graph.quads))
        progress("store", 0, 1)
        store.rebuild(quads, files=files)
    sources = len({quad.graph_name for quad in graph.quads})
    return ImportResult(graph.rows, len(quads), sources, graph.findings)
