"""Import: files in, either a whole graph or a list of what to mend.

The store keeps the imported files beside the graph. Each import builds the graph anew from all of them, so that the
graph is a function of the ledgers alone: importing a changed file replaces what that file said before.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from kg.collector import paused
from kg.errors import DataError, InputError, UsageError
from kg.ledgers.findings import Finding
from kg.ledgers.fingerprints import Fingerprints
from kg.ledgers.history import Change, ChangeKind, Entry, compare, ledger_files, recorded, undone
from kg.ledgers.mapping import MAPPING_FILE, Instruction, chosen_ledger, read_mapping
from kg.ledgers.mapping import Mapping as Instructions
from kg.ledgers.reading import Progress, Reading, recognized, silent
from kg.ledgers.recognition import Recognition
from kg.ledgers.rejects import SKIPPED_FILE, Rejects, passed_over, rejects, skipped
from kg.ledgers.tables import TABLE_SUFFIXES
from kg.names import BASE
from kg.store import Draft, Store, open_store, parse_trig
from kg.store.terms import Quad, text_of

# A ledger file of a million rows is some 200 MB; more than this is no ledger.
MAX_FILE_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import wrote.

    Rows by ledger, number of quads and of source graphs, and what it remarked, changed and rejected.
    """

    rows: Mapping[str, int]
    quads: int
    sources: int
    findings: tuple[Finding, ...]
    changes: Mapping[ChangeKind, int] = field(default_factory=dict)
    rejects: tuple[Rejects, ...] = ()


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
    progress: Progress = silent,
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
    with open_store(location, create=True, writable=True) as store, store.draft() as draft:
        kept = store.files()
        earlier = ledger_files(kept)
        files = {**earlier, **given, **_instructed(given, earlier, mapping, ledger)}
        for name in drop:
            if files.pop(name, None) is None:
                raise UsageError("import.not-kept", name=name, known="、".join(sorted(earlier)))
        refused: tuple[Rejects, ...] = ()
        if accept_valid:
            files, refused = _accept(files, given.keys(), progress)
        reading = Reading(files, progress)
        after = _load(reading, draft)
        show(tuple(sheet for sheet in reading.sheets if sheet.file in given))
        _refuse(reading)
        changes = _changes(earlier, after, progress)
        at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        result = _publish(
            store, draft, reading, files | recorded(kept, files, changes, at), changes, progress
        )
        return replace(result, rejects=refused)


def _load(reading: Reading, draft: Draft) -> Fingerprints:
    """Load what the rows say into the draft, until one has an error; the rest is read on for its findings."""
    said = Fingerprints()
    with paused():
        for _, facts in reading.facts():
            if not reading.faulty:
                said.add(facts)
                for graph, descriptions in facts.by_graph():
                    draft.describe(graph, descriptions)
    if not reading.faulty:
        draft.hand_over()
    return said


def _refuse(reading: Reading) -> None:
    """Raise the findings of a reading that has errors."""
    if reading.faulty:
        findings = reading.findings
        errors = sum(finding.severity == "error" for finding in findings)
        raise DataError("data.findings", findings=findings, count=errors)


def _fingerprints(reading: Reading) -> Fingerprints:
    said = Fingerprints()
    with paused():
        for _, facts in reading.facts():
            said.add(facts)
    return said


def _changes(
    earlier: Mapping[str, bytes], after: Fingerprints, progress: Progress
) -> Mapping[ChangeKind, int]:
    """Count what differs from what the ledgers said before."""
    progress("changes", 0, 1)
    before = _fingerprints(Reading(earlier))
    return {kind: len(subjects) for kind, subjects in before.differing(after).items()}


def _publish(
    store: Store,
    draft: Draft,
    reading: Reading,
    files: Mapping[str, bytes],
    changes: Mapping[ChangeKind, int],
    progress: Progress,
) -> ImportResult:
    progress("store", 0, 1)
    draft.publish(files)
    sources = sum(not graph.startswith(BASE + "graph/") for graph in store.graphs())
    return ImportResult(reading.rows, store.size(), sources, reading.findings, changes)


def _accept(
    files: dict[str, bytes], given: Collection[str], progress: Progress
) -> tuple[dict[str, bytes], tuple[Rejects, ...]]:
    """Pass over the given files' rows with errors, and those that refer to them, until what is left is valid.

    Returns the files with the note of what is passed over, and the rejected rows. An error that is not about a row of a
    given file stays.
    """
    rows = {place: set(numbers) for place, numbers in skipped(files).items()}
    wrong: list[Finding] = []
    while True:
        reading = Reading(files, progress)
        for _ in reading.facts():
            pass
        errors = [finding for finding in reading.findings if finding.severity == "error"]
        new = [f for f in errors if f.file in given and f.row not in rows.get((f.file, f.sheet), ())]
        if len(new) < len(errors) or not new:
            break
        wrong += new
        for finding in new:
            rows.setdefault((finding.file, finding.sheet), set()).add(finding.row)
        files = {**files, **passed_over(files, rows)}
    if not wrong:
        return files, ()
    sheets, _ = recognized({name: data for name, data in files.items() if name != SKIPPED_FILE}, [])
    return files, rejects((sheet for sheet, _ in sheets), wrong)


def undo(location: str | Path, progress: Progress = silent) -> tuple[Entry, ImportResult]:
    """Undo the newest import of the store at ``location``: its ledgers become what they were before it.

    Raises
    ------
    UsageError
        Nothing is left to undo.
    StoreError
        There is no store, or it is locked.
    """
    with open_store(location, writable=True) as store, store.draft() as draft:
        kept = store.files()
        entry, files, history = undone(kept)
        reading = Reading(files, progress)
        after = _load(reading, draft)
        _refuse(reading)
        changes = _changes(ledger_files(kept), after, progress)
        return entry, _publish(store, draft, reading, files | history, changes, progress)


def difference(
    location: str | Path, paths: Iterable[Path], progress: Progress = silent
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
    files = {**earlier, **given, **_instructed(given, earlier, None, "")}
    reading = Reading(files, progress)
    after = _fingerprints(reading)
    _refuse(reading)
    progress("changes", 0, 1)
    differing = _fingerprints(Reading(earlier)).differing(after)
    subjects = {subject for kind in differing.values() for subject in kind}
    return compare(_about(earlier, subjects), _about(files, subjects))


def _about(files: Mapping[str, bytes], subjects: Collection[int]) -> Iterator[Quad]:
    """Yield what the rows of ``files`` say of subjects, given by hash."""
    if not subjects:
        return
    for _, facts in Reading(files).facts():
        if any(hash(subject) in subjects for subject, _ in facts.said):
            for quad in parse_trig(replace(facts, derived=()).trig().encode()):
                if hash(text_of(quad.subject)) in subjects:
                    yield quad
