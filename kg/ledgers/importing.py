"""Import: files in, either a whole graph or a list of what to mend.

The store keeps the imported files beside the graph. Each import builds the graph anew from all of them, so that the
graph is a function of the ledgers alone: importing a changed file replaces what that file said before.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from kg.errors import DataError, InputError, UsageError
from kg.ledgers.facts import Key, SheetReader
from kg.ledgers.findings import Finding, order
from kg.ledgers.history import Change, Entry, compare, ledger_files, recorded, undone
from kg.ledgers.mapping import MAPPING_FILE, NOTHING, Instruction, chosen_ledger, read_mapping
from kg.ledgers.mapping import Mapping as Instructions
from kg.ledgers.recognition import Match, Recognition, about_match, about_unrecognized, recognize, shown
from kg.ledgers.records import keep_records
from kg.ledgers.registry import Registry
from kg.ledgers.rejects import SKIPPED_FILE, Rejects, passed_over, rejects, skipped, without
from kg.ledgers.sheets import Sheet
from kg.ledgers.tables import TABLE_SUFFIXES, read_sheets
from kg.names import BASE
from kg.rules import derive
from kg.store import Store, open_store
from kg.store.terms import NamedNode, Quad, text_of

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
    """What a set of ledger files says: quads without duplicates in a fixed order, origins, rows by ledger, findings.

    ``sheets`` tells which ledger each sheet was taken for.
    """

    quads: tuple[Quad, ...]
    origins: Mapping[str, Origin]
    rows: Mapping[str, int]
    findings: tuple[Finding, ...]
    sheets: tuple[Recognition, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that keep the graph from being written."""
        return tuple(finding for finding in self.findings if finding.severity == "error")


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import wrote.

    Rows by ledger, number of quads and of source graphs, and what it remarked, changed and rejected.
    """

    rows: Mapping[str, int]
    quads: int
    sources: int
    findings: tuple[Finding, ...]
    changes: tuple[Change, ...] = ()
    rejects: tuple[Rejects, ...] = ()


def _silent(step: str, done: int, total: int) -> None:
    """Report progress to nobody."""


def _unshown(sheets: tuple[Recognition, ...]) -> None:
    """Show nobody what the sheets were taken for."""


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
        members = sorted(filter(_is_table, path.iterdir())) if path.is_dir() else [path]
        if not members:
            raise InputError("input.no-tables", file=str(path), known=" ".join(TABLE_SUFFIXES))
        for member in members:
            if member.name in files:
                raise InputError("input.same-name", file=str(member), name=member.name)
            try:
                files[member.name] = _read(member)
            except OSError as error:
                raise InputError(
                    "input.unreadable", file=str(member), reason=error.strerror or str(error)
                ) from error
    return files


def _is_table(path: Path) -> bool:
    # What office programs keep beside an open workbook has its name after ~$ or a dot.
    return path.suffix.lower() in TABLE_SUFFIXES and not path.name.startswith(("~$", "."))


def _read(path: Path) -> bytes:
    """Return the content of a regular file: a pipe would be waited for, a device never end."""
    with open(path, "rb", opener=_open_without_waiting) as stream:  # a path has no opener
        status = os.fstat(stream.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise InputError("input.no-file", file=str(path))
        if status.st_size > MAX_FILE_BYTES:
            raise InputError("input.oversize-file", file=str(path), limit=MAX_FILE_BYTES >> 20)
        return stream.read(status.st_size)


def _open_without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def recognized(
    files: Mapping[str, bytes], findings: list[Finding]
) -> tuple[list[tuple[Sheet, Match]], tuple[Recognition, ...]]:
    """Read every sheet and find its ledger; what is wrong with files, sheets and headers joins ``findings``.

    Returns
    -------
    sheets, recognitions
        The sheets that can be read on, with their matches and without rows that are no records; and how each sheet
        was taken, those that cannot be read on included.

    Raises
    ------
    InputError
        A file that is no table at all.
    """
    said = read_mapping(files[MAPPING_FILE], MAPPING_FILE) if MAPPING_FILE in files else Instructions()
    known = said.known()
    readable: list[tuple[Sheet, Match]] = []
    recognitions: list[Recognition] = []
    passed = skipped(files)
    for file in sorted(files.keys() - {MAPPING_FILE, SKIPPED_FILE}):
        unclear: list[Sheet] = []
        others = False
        for sheet in read_sheets(file, files[file], known):
            if said.ledger(file, sheet.name) == NOTHING:
                continue
            found = recognize(sheet, said) if sheet.header else None
            if found is None:
                findings.extend(
                    Finding(r.severity, r.code, file, sheet.name, r.row, value=r.value, params=r.params)
                    for r in sheet.remarks
                    if r.column < 0
                )
                if sheet.header:
                    unclear.append(sheet)
                continue
            others = True
            recognitions.append(shown(sheet, found))
            findings.extend(about_match(sheet, found))
            if not found.missing:
                sheet, about = keep_records(sheet, found)
                passing = passed.get((file, sheet.name), frozenset())
                findings.extend(finding for finding in about if finding.row not in passing)
                if passing:
                    count = len(passing)
                    findings.append(
                        Finding("warning", "passed-over", file, sheet.name, params={"count": count})
                    )
                readable.append((without(sheet, passing), found))
        findings.extend(about_unrecognized(sheet, said, others=others) for sheet in unclear)
    return readable, tuple(recognitions)


def build(files: Mapping[str, bytes], progress: Progress = _silent) -> Graph:
    """Build the graph that ``files`` (content by file name) describe.

    Raises
    ------
    InputError
        A file that is no table at all.
    """
    registry = Registry()
    findings: list[Finding] = []
    sheets, recognitions = recognized(files, findings)
    readers = [SheetReader(sheet, found, registry, findings) for sheet, found in sheets]
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
            for quad in facts:
                # What has no name but through its row, as the input of a recipe, stands in that row.
                if (part := text_of(quad.subject)).startswith(f"{subject}/"):
                    origins.setdefault(part, origin)
            rows[ledger] = rows.get(ledger, 0) + 1
    return Graph(
        tuple(sorted(quads, key=str)),
        origins,
        dict(sorted(rows.items())),
        tuple(sorted(findings, key=order)),
        recognitions,
    )


def _instructed(
    given: Mapping[str, bytes], kept: Mapping[str, bytes], mapping: Path | None, ledger: str
) -> dict[str, bytes]:
    """Return the file of instructions to keep: those of the store, of the folder, of ``mapping``, of ``ledger``."""
    said = Instructions()
    for files in (kept, given):
        if MAPPING_FILE in files:
            said |= read_mapping(files[MAPPING_FILE], MAPPING_FILE)
    if mapping is not None:
        said |= read_mapping(next(iter(collect([mapping]).values())), mapping.name)
    if ledger:
        name = chosen_ledger(ledger)
        said |= Instructions(tuple(Instruction(file, ledger=name) for file in given if file != MAPPING_FILE))
    return {MAPPING_FILE: said.write()} if said.instructions else {}


def import_ledgers(
    location: str | Path,
    paths: Iterable[Path],
    progress: Progress = _silent,
    *,
    ledger: str = "",
    mapping: Path | None = None,
    drop: Iterable[str] = (),
    accept_valid: bool = False,
    show: Callable[[tuple[Recognition, ...]], object] = _unshown,
) -> ImportResult:
    """Import ledger files into the store at ``location``, all or nothing.

    Parameters
    ----------
    ledger
        Name or title of the ledger that every sheet of the given files is, whatever its headers say.
    mapping
        A file that says what unclear sheets and columns are; see ``kg.ledgers.mapping``. The store keeps it.
    drop
        Names of kept files whose rows are to go.
    accept_valid
        Import the valid rows of the given files and hand back the others, with those that refer to them.
    show
        Is told what each sheet of the given files was taken for, also when nothing is written in the end.

    Raises
    ------
    InputError
        A file that cannot be read as a table.
    UsageError
        ``ledger`` names none, or ``drop`` a file that is not kept.
    DataError
        Cells, rows or columns to mend; nothing has been written.
    StoreError
        The folder is foreign, locked or cannot be written.
    """
    given = collect(paths)  # before the store is opened: a path that does not exist makes none
    with open_store(location, create=True, writable=True) as store:
        kept = store.files()
        earlier = ledger_files(kept)
        files = {**earlier, **given, **_instructed(given, earlier, mapping, ledger)}
        for name in drop:
            if files.pop(name, None) is None:
                raise UsageError("import.not-kept", name=name, known="、".join(sorted(earlier)))
        graph = build(files, progress)
        show(tuple(sheet for sheet in graph.sheets if sheet.file in given))
        refused: tuple[Rejects, ...] = ()
        if accept_valid and graph.errors:
            graph, files, refused = _accept(graph, files, given.keys(), progress)
        if graph.errors:
            raise DataError("data.findings", findings=graph.findings, count=len(graph.errors))
        progress("changes", 0, 1)
        changes = compare(_imported(store), graph.quads)
        history = recorded(kept, files, changes, datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
        return replace(_write(store, graph, files, history, changes, progress), rejects=refused)


def _accept(
    graph: Graph, files: dict[str, bytes], given: Collection[str], progress: Progress
) -> tuple[Graph, dict[str, bytes], tuple[Rejects, ...]]:
    """Pass over the given files' rows with errors, and those that refer to them, until what is left is valid.

    Returns the graph, the files with the note of what is passed over, and the rejected rows. An error that is not about
    a row of a given file stays in the graph.
    """
    rows = {place: set(numbers) for place, numbers in skipped(files).items()}
    wrong: list[Finding] = []
    while True:
        new = [f for f in graph.errors if f.file in given and f.row not in rows.get((f.file, f.sheet), ())]
        if len(new) < len(graph.errors) or not new:
            break
        wrong += new
        for finding in new:
            rows.setdefault((finding.file, finding.sheet), set()).add(finding.row)
        files = {**files, **passed_over(files, rows)}
        graph = build(files, progress)
    sheets, _ = recognized({name: data for name, data in files.items() if name != SKIPPED_FILE}, [])
    return graph, files, rejects((sheet for sheet, _ in sheets), wrong)


def undo(location: str | Path, progress: Progress = _silent) -> tuple[Entry, ImportResult]:
    """Undo the newest import of the store at ``location``: its ledgers become what they were before it.

    Raises
    ------
    UsageError
        Nothing is left to undo.
    StoreError
        There is no store, or it is locked.
    """
    with open_store(location, writable=True) as store:
        entry, files, history = undone(store.files())
        graph = build(files, progress)
        return entry, _write(store, graph, files, history, compare(_imported(store), graph.quads), progress)


def difference(
    location: str | Path, paths: Iterable[Path], progress: Progress = _silent
) -> tuple[Change, ...]:
    """Return what importing ``paths`` into the store at ``location`` would change, without changing it.

    Raises
    ------
    InputError, DataError, StoreError
        As :func:`import_ledgers` does.
    """
    given = collect(paths)
    with open_store(location) as store:
        earlier = ledger_files(store.files())
        graph = build({**earlier, **given, **_instructed(given, earlier, None, "")}, progress)
        if graph.errors:
            raise DataError("data.findings", findings=graph.findings, count=len(graph.errors))
        return compare(_imported(store), graph.quads)


def _imported(store: Store) -> Iterator[Quad]:
    """Yield what the ledgers said at the last import: everything but what was derived or analysed since."""
    own = BASE + "graph/"
    for quad in store.quads():
        if isinstance(quad.graph_name, NamedNode) and not quad.graph_name.value.startswith(own):
            yield quad


def _write(
    store: Store,
    graph: Graph,
    files: Mapping[str, bytes],
    history: Mapping[str, bytes],
    changes: tuple[Change, ...],
    progress: Progress,
) -> ImportResult:
    quads = (*graph.quads, *derive(graph.quads))
    progress("store", 0, 1)
    store.rebuild(quads, files={**files, **history})
    sources = len({quad.graph_name for quad in graph.quads})
    return ImportResult(graph.rows, len(quads), sources, graph.findings, changes)
