"""Import a folder of CSV tables into one SQLite file, and tell what was left out and why."""

from __future__ import annotations

import csv
import hashlib
import io
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

from kg.datasets.cleaning import clean_name
from kg.datasets.description import DataTable, tables
from kg.errors import InputError
from kg.names import normalize_name

FORMAT: Final = 1
# How many rows of each kind a report shows.
_SHOWN: Final = 3
Progress = Callable[[str, int, int], None]

_SCHEMA: Final = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE firm (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL, fullname TEXT NOT NULL,
                   exchange TEXT NOT NULL, listed TEXT NOT NULL);
CREATE TABLE product (id INTEGER PRIMARY KEY, name TEXT NOT NULL, key TEXT NOT NULL UNIQUE);
CREATE TABLE makes (product INTEGER NOT NULL, firm INTEGER NOT NULL, share TEXT, row INTEGER NOT NULL,
                    PRIMARY KEY (product, firm)) WITHOUT ROWID;
CREATE TABLE relation (product INTEGER NOT NULL, kind TEXT NOT NULL, other INTEGER NOT NULL,
                       PRIMARY KEY (product, kind, other)) WITHOUT ROWID;
"""
# Searched for likeness are only products that somebody makes.
_INDEX: Final = """
CREATE INDEX makes_by_firm ON makes (firm);
CREATE VIRTUAL TABLE made USING fts5 (key, tokenize = 'trigram');
INSERT INTO made (rowid, key) SELECT id, key FROM product WHERE id IN (SELECT product FROM makes);
"""


@dataclass(frozen=True, slots=True)
class Dropped:
    """Rows of one table left out, or cells mended, for one reason, with the first few as they stood.

    ``reason`` is ``duplicate``, ``share-out-of-range``, ``not-a-number``, ``self-loop``, ``unknown-firm``,
    ``unknown-word``, ``nameless``, ``short-row``; of cells and not of rows: ``cleaned``, ``share-not-stated``,
    ``merged`` (another spelling, or another share, of a pair that is there: the larger share stays).
    """

    table: str
    reason: str
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DatasetReport:
    """What an import read and kept: rows by table, and what it dropped or mended."""

    name: str
    read: dict[str, int]
    kept: dict[str, int]
    dropped: tuple[Dropped, ...]


def _silent(step: str, done: int, total: int) -> None:
    """Report progress to nobody."""


class _Tally:
    """Counts reasons, and keeps the first few rows of each."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()
        self.examples: dict[tuple[str, str], list[str]] = {}

    def __call__(self, table: str, reason: str, example: str) -> None:
        self.counts[table, reason] += 1
        shown = self.examples.setdefault((table, reason), [])
        if len(shown) < _SHOWN:
            shown.append(example.replace("\n", "⏎"))

    def dropped(self) -> tuple[Dropped, ...]:
        return tuple(
            Dropped(table, reason, count, tuple(self.examples[table, reason]))
            for (table, reason), count in sorted(self.counts.items())
        )


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError("input.unreadable", file=str(path), reason=error.strerror or str(error)) from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError("input.encoding", file=str(path))


def _rows(path: Path, table: DataTable, tally: _Tally) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each row with its number (the header is row 1) and its cells by column name."""
    reader = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    row = 0
    try:
        header = [title.strip().casefold() for title in next(reader, [])]
        row = 1
        places = {}
        for column in table.columns:
            found = next((header.index(t) for t in (column.name, *column.titles) if t in header), None)
            if found is None and column.required:
                raise InputError("dataset.column", file=str(path), column="、".join(column.titles))
            if found is not None:
                places[column.name] = found
        wanted = max(places.values())
        for row, cells in enumerate(reader, 2):
            if not any(cells):
                continue
            if len(cells) <= wanted:
                tally(path.stem, "short-row", ",".join(cells))
                continue
            yield row, {name: cells[place] for name, place in places.items()}
    except csv.Error as error:
        raise InputError("input.csv", file=str(path), row=row + 1, reason=str(error)) from error


class _Importer:
    def __init__(self, connection: sqlite3.Connection, tally: _Tally) -> None:
        self.connection = connection
        self.tally = tally
        self.firms: dict[str, int] = {}
        self.products: dict[str, int] = {}
        self.names: list[tuple[int, str, str]] = []
        # A name is cleaned and folded once, however many rows it stands in.
        self.written: dict[str, tuple[int | None, bool]] = {}
        self.read: Counter[str] = Counter()

    def rows(self, path: Path) -> Iterator[tuple[int, dict[str, str]]]:
        for number, cells in _rows(path, tables()[path.stem], self.tally):
            self.read[path.stem] += 1
            yield number, cells

    def name(self, table: str, written: str) -> str:
        cleaned = clean_name(written)
        if cleaned != written:
            self.tally(table, "cleaned", written)
        return cleaned

    def product(self, table: str, written: str) -> int | None:
        """Return the number of a product, new or known; None where nothing is left of its name."""
        if written not in self.written:
            name = clean_name(written)
            key = normalize_name(name)
            if key and key not in self.products:
                self.products[key] = len(self.products) + 1
                self.names.append((self.products[key], name, key))
            self.written[written] = self.products.get(key), name != written
        number, mended = self.written[written]
        if mended:
            self.tally(table, "cleaned", written)
        return number

    def companies(self, path: Path) -> Iterator[tuple[int, str, str, str, str, str]]:
        for _, cells in self.rows(path):
            code, name = cells["code"].strip(), self.name("companies", cells["name"])
            if not code or not name:
                self.tally("companies", "nameless", ",".join(cells.values()))
                continue
            if code in self.firms:
                self.tally("companies", "duplicate", ",".join(cells.values()))
                continue
            self.firms[code] = len(self.firms) + 1
            fullname = self.name("companies", cells.get("fullname", "")) or name
            listed, exchange = cells.get("listed", "").strip(), cells.get("exchange", "").strip()
            # A date in the place of a name of a place says nothing about the place.
            exchange = "" if exchange == listed else exchange
            yield self.firms[code], code, name, fullname, exchange, listed

    def listed_products(self, path: Path) -> None:
        for _, cells in self.rows(path):
            known = len(self.products)
            number = self.product("products", cells["name"])
            if number is None:
                self.tally("products", "nameless", cells["name"])
            elif number <= known:
                self.tally("products", "duplicate", cells["name"])

    def makes(self, path: Path) -> Iterable[tuple[int, int, str | None, int]]:
        column = tables()["company_product"].column("share")
        pairs: dict[tuple[int, int], tuple[Decimal | None, int]] = {}
        seen: set[tuple[str, ...]] = set()
        for number, cells in self.rows(path):
            told = ",".join(cells.values())
            row = tuple(cells.values())
            if row in seen:
                self.tally("company_product", "duplicate", told)
                continue
            seen.add(row)
            written = cells.get("share", "").strip()
            share: Decimal | None = None
            if written in column.empty:
                self.tally("company_product", "share-not-stated", told)
            else:
                try:
                    share = Decimal(written)
                except InvalidOperation:
                    share = Decimal("NaN")
                if not share.is_finite():
                    self.tally("company_product", "not-a-number", told)
                    continue
                low, high = column.low, column.high
                if (low is not None and share < low) or (high is not None and share > high):
                    self.tally("company_product", "share-out-of-range", told)
                    continue
            firm = self.firms.get(cells["company"].strip())
            if firm is None:
                self.tally("company_product", "unknown-firm", told)
                continue
            product = self.product("company_product", cells["product"])
            if product is None:
                self.tally("company_product", "nameless", told)
                continue
            known = pairs.get((product, firm))
            if known is not None:
                self.tally("company_product", "merged", told)
                if share is None or (known[0] is not None and known[0] >= share):
                    continue
            pairs[product, firm] = (share, number)
        return [
            (product, firm, None if share is None else f"{share:f}", row)
            for (product, firm), (share, row) in sorted(pairs.items())
        ]

    def relations(self, path: Path) -> Iterator[tuple[int, str, int]]:
        words = tables()["product_product"].column("relation").words
        seen: set[tuple[int, str, int]] = set()
        for _, cells in self.rows(path):
            told = ",".join(cells.values())
            kind = words.get(cells["relation"].strip())
            if kind is None:
                self.tally("product_product", "unknown-word", told)
                continue
            one, other = (self.product("product_product", cells[end]) for end in ("from", "to"))
            if one is None or other is None:
                self.tally("product_product", "nameless", told)
            elif one == other:
                self.tally("product_product", "self-loop", told)
            elif (one, kind, other) in seen:
                self.tally("product_product", "duplicate", told)
            else:
                seen.add((one, kind, other))
                yield one, kind, other


def import_dataset(folder: Path, target: Path, progress: Progress = _silent) -> DatasetReport:
    """Import the tables in ``folder`` into the SQLite file ``target``, all or nothing; an older one is replaced.

    Parameters
    ----------
    folder
        Holds ``companies.csv`` and ``company_product.csv``, and may hold ``products.csv`` and ``product_product.csv``;
        other files are not read. The columns are described in ``ontology/datasets``.
    target
        The file; its stem is the data set's name.

    Raises
    ------
    InputError
        A table that is absent, cannot be read, or lacks a column.
    """
    found = {}
    for stem, table in tables().items():
        path = folder / table.file
        if path.is_file():
            found[stem] = path
        elif not table.optional:
            raise InputError("dataset.table", file=str(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.part")
    draft.unlink(missing_ok=True)
    tally = _Tally()
    try:
        connection = sqlite3.connect(draft, isolation_level=None)
        try:
            report = _fill(connection, found, target.stem, tally, progress)
        finally:
            connection.close()
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return report


def _fill(
    connection: sqlite3.Connection, found: dict[str, Path], name: str, tally: _Tally, progress: Progress
) -> DatasetReport:
    connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA)
    importer = _Importer(connection, tally)
    connection.execute("BEGIN")
    for step, stem in enumerate(found, 1):
        progress(found[stem].name, step, len(found))
        if stem == "companies":
            connection.executemany(
                "INSERT INTO firm VALUES (?, ?, ?, ?, ?, ?)", importer.companies(found[stem])
            )
        elif stem == "products":
            importer.listed_products(found[stem])
        elif stem == "company_product":
            connection.executemany("INSERT INTO makes VALUES (?, ?, ?, ?)", importer.makes(found[stem]))
        else:
            connection.executemany("INSERT INTO relation VALUES (?, ?, ?)", importer.relations(found[stem]))
    connection.executemany("INSERT INTO product VALUES (?, ?, ?)", importer.names)
    digest = hashlib.sha256()
    for stem in sorted(found):
        digest.update(f"{stem}\n".encode() + hashlib.sha256(found[stem].read_bytes()).digest())
    about = {"format": str(FORMAT), "name": name, "digest": digest.hexdigest()}
    connection.executemany("INSERT INTO about VALUES (?, ?)", sorted(about.items()))
    connection.execute("COMMIT")
    connection.executescript(_INDEX)
    held = {
        "companies": "firm",
        "products": "product",
        "company_product": "makes",
        "product_product": "relation",
    }
    kept = {
        stem: int(connection.execute(f"SELECT COUNT(*) FROM {held[stem]}").fetchone()[0]) for stem in found
    }
    return DatasetReport(name, {stem: importer.read[stem] for stem in found}, kept, tally.dropped())
