"""From ledger files to what their rows say, row by row, and what is wrong with them."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from kg.ledgers.facts import SheetReader
from kg.ledgers.findings import Finding, foremost, order
from kg.ledgers.mapping import MAPPING_FILE, NOTHING, read_mapping
from kg.ledgers.mapping import Mapping as Instructions
from kg.ledgers.recognition import Match, Recognition, about_match, about_unrecognized, recognize, shown
from kg.ledgers.records import keep_records
from kg.ledgers.registry import Registry
from kg.ledgers.rejects import SKIPPED_FILE, skipped, without
from kg.ledgers.sheets import Sheet
from kg.ledgers.statements import Facts
from kg.ledgers.tables import read_sheets
from kg.store import parse_trig
from kg.store.terms import Quad

Progress = Callable[[str, int, int], None]
# Rows between two words about how far the reading has come.
TOLD_ROWS = 10_000


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


def silent(step: str, done: int, total: int) -> None:
    """Report progress to nobody."""


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


class Reading:
    """A set of ledger files, being read.

    Parameters
    ----------
    files
        Content by file name.
    progress
        Is told each file, and within a long one how many of all rows are read.

    Attributes
    ----------
    rows
        By ledger, how many rows have been read.
    sheets
        Which ledger each sheet was taken for.

    Raises
    ------
    InputError
        A file that is no table at all.
    """

    def __init__(self, files: Mapping[str, bytes], progress: Progress = silent) -> None:
        self._progress = progress
        self._registry = Registry()
        self._findings: list[Finding] = []
        self.rows: dict[str, int] = {}
        sheets, self.sheets = recognized(files, self._findings)
        self._readers = [SheetReader(sheet, found, self._registry, self._findings) for sheet, found in sheets]
        # A stage is named within its chain, so things named by themselves are registered first.
        self._readers.sort(key=lambda r: (len(r.ledger.scope_columns), r.ledger.name, r.sheet.file))
        for reader in self._readers:
            for _ in reader.register():
                pass
        self._faulty = any(finding.severity == "error" for finding in self._findings)

    @property
    def faulty(self) -> bool:
        """Whether an error has been found so far."""
        return self._faulty or any(reader.errors for reader in self._readers)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What has been found so far, in order of place."""
        return tuple(sorted(foremost(self._findings), key=order))

    def facts(self) -> Iterator[tuple[Sheet, Facts]]:
        """Yield what each valid row says, in a fixed order; a row that another file says again, word for word, once."""
        total = sum(len(reader.sheet.rows) for reader in self._readers)
        done = 0
        seen = _Seen()
        for number, reader in enumerate(self._readers, 1):
            ledger = reader.ledger.name
            self._progress(reader.sheet.file, number, len(self._readers))
            for facts in reader.facts():
                done += 1
                if done % TOLD_ROWS == 0:
                    self._progress("rows", done, total)
                first = seen.first(reader, facts)
                if first is not None:
                    self._report_again(reader, facts, *first)
                    continue
                self.rows[ledger] = self.rows.get(ledger, 0) + 1
                yield reader.sheet, facts
        self.rows = dict(sorted(self.rows.items()))

    @staticmethod
    def _report_again(reader: SheetReader, facts: Facts, file: str, row: int) -> None:
        code = "duplicate-key" if file == reader.sheet.file else "duplicate-elsewhere"
        cells = (reader.cell(facts.row, name) for name in reader.ledger.primary_key)
        value = " | ".join(part or "—" for part in cells)
        reader.report(code, facts.row, None, value, first=row, file=file)


class _Seen:
    """The keys of the rows read so far, and where each was first.

    Hashes stand for the keys and statements themselves: a chance of one in some 10^7 to take two of a million rows for
    one is worth the memory.
    """

    def __init__(self) -> None:
        self._places: dict[int, int] = {}
        self._names: dict[str, int] = {}
        self._files = array("i")
        self._rows = array("q")
        self._said = array("q")

    def first(self, reader: SheetReader, facts: Facts) -> tuple[str, int] | None:
        """Note a row; return file and row that had its key before, unless another file says just the same."""
        file = self._names.setdefault(reader.sheet.file, len(self._names))
        keys = [hash((reader.ledger.name, key)) for key in facts.keys]
        said = hash((facts.graphs, facts.said))
        place = next((self._places[key] for key in keys if key in self._places), None)
        if place is not None and (self._files[place] == file or self._said[place] != said):
            return list(self._names)[self._files[place]], self._rows[place]
        for key in keys:
            self._places.setdefault(key, len(self._rows))
        self._files.append(file)
        self._rows.append(facts.row.number)
        self._said.append(said)
        return None


def build(files: Mapping[str, bytes], progress: Progress = silent) -> Graph:
    """Build the graph that ``files`` (content by file name) describe.

    Raises
    ------
    InputError
        A file that is no table at all.
    """
    reading = Reading(files, progress)
    texts: list[str] = []
    origins: dict[str, Origin] = {}
    for sheet, facts in reading.facts():
        texts.append(facts.trig())
        origin = Origin(sheet.file, sheet.name, facts.row.number)
        origins.setdefault(facts.subject, origin)
        for part, _ in facts.said:
            # What has no name but through its row, as the input of a recipe, stands in that row.
            if part.startswith(f"{facts.subject}/"):
                origins.setdefault(part, origin)
    quads = tuple(sorted(set(parse_trig("".join(texts).encode())), key=str))
    return Graph(quads, origins, reading.rows, reading.findings, reading.sheets)
