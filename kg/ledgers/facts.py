"""From the rows of a recognised sheet to facts in the graphs of their sources."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar

from kg import settings
from kg.labels import UnknownConcept, concept, words
from kg.ledgers import values
from kg.ledgers.datatypes import ALT_LABEL, PREF_LABEL, Value, read_datatype
from kg.ledgers.description import Column, Ledger
from kg.ledgers.findings import Finding, Severity
from kg.ledgers.measures import Beside, measure
from kg.ledgers.plans import BESIDE, BLANK, Cell, Plan, cell_of
from kg.ledgers.quantities import is_not_stated
from kg.ledgers.recognition import Match
from kg.ledgers.registry import Entry, Registry, Scope
from kg.ledgers.statements import Facts, mint, template
from kg.ledgers.tables import Row, Sheet
from kg.messages import LANGUAGES
from kg.names import GY, SCHEME, expand, has_han, local_name, normalize_name, segment
from kg.store.terms import Literal, NamedNode

_SPLIT = re.compile("[;；]")
# Different cells of a column that are remembered.
MOST_KNOWN = 1 << 18
K = TypeVar("K")
V = TypeVar("V")


@dataclass(slots=True)
class SheetReader:
    """One recognised sheet with what its rows are read against."""

    sheet: Sheet
    match: Match
    registry: Registry
    findings: list[Finding] = field(default_factory=list)
    base: str = field(default_factory=lambda: str(settings.value("base_iri")))
    errors: int = 0
    _quantities: dict[tuple[str, ...], Mapping[int, Cell]] = field(default_factory=dict)
    # The places of the columns that may say what a quantity says as well, by property.
    _stating: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        columns = self.ledger.columns
        self._stating = {
            column.predicate: index for index, column in enumerate(columns) if column.predicate in BESIDE
        }

    @property
    def ledger(self) -> Ledger:
        return self.match.ledger

    def report(self, code: str, row: Row, column: Column | None, value: str, /, **params: object) -> None:
        """Record an error of one cell, under the column's title as the file has it."""
        self.errors += 1
        self._note("error", code, row, column, value, params)

    def _note(
        self,
        severity: Severity,
        code: str,
        row: Row,
        column: Column | None,
        value: str,
        params: Mapping[str, object],
    ) -> None:
        title = self.sheet.header[self.match.positions[column.name]] if column else ""
        self.findings.append(
            Finding(severity, code, self.sheet.file, self.sheet.name, row.number, title, value, params)
        )

    def cell(self, row: Row, name: str) -> str:
        """Return the text of a cell, empty where the sheet lacks the column or the cell says that nothing is known."""
        position = self.match.positions.get(name)
        text = "" if position is None else row.cells[position]
        if not text:
            return ""
        return "" if is_not_stated(text) and not self._is_word(name, text) else text

    def _is_word(self, name: str, text: str) -> bool:
        """Tell whether a word for nothing is one that the column asks for: 未知 is a locality."""
        code_list = self.ledger.column(name).code_list
        try:
            return bool(text and code_list and concept(code_list, text))
        except UnknownConcept:
            return False

    def parts(self, row: Row, column: Column) -> tuple[str, ...]:
        """Return the values of a cell, split where the column holds several."""
        text = self.cell(row, column.name)
        pieces = (piece.strip() for piece in _SPLIT.split(text)) if column.separator else (text,)
        return tuple(dict.fromkeys(piece for piece in pieces if piece))

    def register(self) -> Iterator[tuple[Row, Entry]]:
        """Enter the things that this sheet names into the registry."""
        name_column = self.ledger.name_column
        if name_column is None:
            return
        naming = (name_column.name, *self.ledger.scope_columns)
        about = template(self.ledger.about, naming, self.base)
        for row in self.sheet.rows:
            name = self.cell(row, name_column.name)
            scope = self._scope(row)
            if not name or scope is None:
                continue
            iri = about.iri([segment(part) for part in (name, *scope)])
            entry = Entry(self.ledger.name, name, iri, self.sheet.file, row.number)
            aliases = [
                alias
                for column in self.ledger.columns
                if column.predicate in (ALT_LABEL, PREF_LABEL) and column is not name_column
                for alias in self.parts(row, column)
            ]
            for taken, other in self.registry.add(entry, [name, *aliases], scope):
                column = name_column if taken == name else self._alias_column(row, taken)
                self.report(
                    "name-taken", row, column, taken, other=other.name, file=other.file, row=other.row
                )
            yield row, entry

    def _alias_column(self, row: Row, alias: str) -> Column:
        return next(column for column in self.ledger.columns if alias in self.parts(row, column))

    def _scope(self, row: Row) -> Scope | None:
        scope = []
        for name in self.ledger.scope_columns:
            entry = self._resolve(self.ledger.column(name), self.cell(row, name), row)
            if entry is None:
                return None
            scope.append(entry.name)
        return tuple(scope)

    def _resolve(self, column: Column, text: str, row: Row) -> Entry | None:
        for ledger in self._targets(column, row):
            scope: Scope = ()
            if ledger == "stages":
                # A stage's name means something only within its chain, which the same row names.
                chain = self.registry.find("chains", self.cell(row, "chain"))
                scope = (chain.name,) if chain else ("",)
            if found := self.registry.find(ledger, text, scope):
                return found
        return None

    def _targets(self, column: Column, row: Row) -> tuple[str, ...]:
        if not column.kind_column:
            return column.refers_to
        listed = self.ledger.column(column.kind_column).ledger_words or {}
        said = normalize_name(self.cell(row, column.kind_column))
        return tuple(ledger for word, ledger in listed.items() if normalize_name(word) == said)[:1]

    def value(self, column: Column, row: Row) -> Value:
        """Return what a cell means; what it cannot mean becomes a finding."""
        pieces = self.parts(row, column)
        if not pieces:
            if column.required and not self.ledger.may_be_filled(column):
                self.report("required", row, column if column.name in self.match.positions else None, "")
            return Value()
        terms: list[NamedNode | Literal] = []
        texts: list[str] = []
        beside: list[tuple[NamedNode, NamedNode | Literal]] = []
        for piece in pieces:
            try:
                found = self._piece(column, piece, row)
            except values.BadValueError as error:
                self.report(error.code, row, column, piece, **error.params)
                continue
            terms.extend(found.terms)
            texts.extend(found.texts)
            beside.extend(found.beside)
            for severity, code, params in found.remarks:
                self._note(severity, code, row, column, piece, params)
        return Value(tuple(terms), tuple(texts), tuple(beside))

    def _measure(self, column: Column, piece: str, row: Row) -> Value:
        """Read a quantity with the unit and the qualifier that its row and its title state."""
        units = self.sheet.units
        title = units[self.match.positions[column.name]] if units else ""
        said = {name: self._said(row, predicate) for predicate, name in BESIDE.items()}
        found = measure(piece, Beside(said["unit"], said["qualifier"], title, column.unit))
        settled = {"unit": "" if column.unit else found.unit, "qualifier": found.qualifier}
        words_beside = tuple(
            (NamedNode(predicate), NamedNode(f"{SCHEME}{name}/{settled[name]}"))
            for predicate, name in BESIDE.items()
            if settled[name] and not said[name]
        )
        number = found.number
        return Value(
            (number,) if number else (),
            (number.value,) if number else (),
            (*words_beside, *found.statements),
            found.remarks,
        )

    def _said(self, row: Row, predicate: str) -> str:
        """Return the slug of the concept in the column that states ``predicate``; a wrong word is reported there."""
        place = self._stating.get(predicate)
        column = None if place is None else self.ledger.columns[place]
        text = self.cell(row, column.name) if column else ""
        return _slug(column.code_list, text) if column and text else ""

    def _beside(self, number: int, row: Row) -> Mapping[int, Cell]:
        """Read a quantity, and return the cells of the row that its text settles: its own, and blank ones beside it."""
        columns = self.ledger.columns
        value = self.value(columns[number], row)
        settled: dict[int, Cell] = {}
        kept = []
        for predicate, term in value.beside:
            place = self._stating.get(predicate.value)
            if place is None:
                kept.append((predicate, term))
            else:
                said = Value((term,), (local_name(term.value),))
                settled[place] = cell_of(columns[place], said)
        value = Value(value.terms, value.texts, tuple(kept))
        settled[number] = cell_of(columns[number], value)
        unit = self._stating.get(GY + "unit")
        if (
            unit is not None
            and columns[unit].required
            and (value.terms or kept)
            and not self.cell(row, columns[unit].name)
            and not settled.get(unit, BLANK).objects
        ):
            self.report("unit-missing", row, columns[number], self.cell(row, columns[number].name))
        return settled

    def _piece(self, column: Column, piece: str, row: Row) -> Value:
        if column.refers_to:
            entry = self._resolve(column, piece, row)
            if entry is None:
                near = self.registry.nearest(self._targets(column, row), piece)
                self.report("unknown-name" if near else "unknown-name-none", row, column, piece, nearest=near)
                return Value()
            return Value((NamedNode(entry.iri),), (entry.name,))
        if column.ledger_words is not None:
            return self._word(column, piece, column.ledger_words, row)
        if column.word_map is not None:
            return self._word(column, piece, column.word_map, row)
        if column.code_list:
            try:
                iri = concept(column.code_list, piece)
            except UnknownConcept:
                allowed = {lang: words(column.code_list, lang) for lang in LANGUAGES}
                self.report("unknown-word", row, column, piece, allowed=allowed)
                return Value()
            return Value((NamedNode(iri),), (local_name(iri),))
        if column.mints:
            kind = local_name(column.mints).lower()
            return Value((NamedNode(mint(kind, piece, self.base)),), (piece,))
        if column.datatype == "gy:quantity":
            return self._measure(column, piece, row)
        return read_datatype(column, piece, since_1904=self.sheet.since_1904)

    def _word(self, column: Column, piece: str, listed: Mapping[str, str], row: Row) -> Value:
        known = {normalize_name(word): target for word, target in listed.items()}
        target = known.get(normalize_name(piece))
        if target is None:
            chinese = tuple(word for word in listed if has_han(word))
            allowed = {"zh": chinese, "en": tuple(word for word in listed if word not in chinese)}
            self.report("unknown-word", row, column, piece, allowed=allowed)
            return Value()
        return Value((NamedNode(expand(target)),) if ":" in target else (), (target,))

    def facts(self) -> Iterator[Facts]:
        """Yield what each row without error says."""
        plan = Plan.of(self.ledger, self.base)
        columns = self.ledger.columns
        places = [self.match.positions.get(column.name) for column in columns]
        # Most cells of a ledger repeat: a source, a status, a date, the name of a firm.
        known: list[dict[str, Cell]] = [{} for _ in columns]
        number = plan.quantity
        for row in self.sheet.rows:
            before = self.errors
            texts = ["" if place is None else row.cells[place] for place in places]
            cells = [
                BLANK  # read below, with the cells beside it
                if index == number
                else memory.get(text) or self._cell(index, text, row, memory, plan)
                for index, (memory, text) in enumerate(zip(known, texts, strict=True))
            ]
            if number is not None:
                for index, cell in self._measured(number, row, texts, plan).items():
                    cells[index] = cell
            if self.errors == before:
                yield plan.facts(row, cells)

    def _cell(self, index: int, text: str, row: Row, memory: dict[str, Cell], plan: Plan) -> Cell:
        """Read a cell, and remember it where its text means the same in every row."""
        before = len(self.findings)
        column = self.ledger.columns[index]
        cell = cell_of(column, self.value(column, row))
        if (index in plan.repeating or not text) and len(self.findings) == before:
            _remember(memory, text, cell)
        return cell

    def _measured(self, number: int, row: Row, texts: Sequence[str], plan: Plan) -> Mapping[int, Cell]:
        """Read a quantity with the cells that its reading depends on, and return those that it settles."""
        key = tuple([texts[index] for index in plan.measuring])
        settled = self._quantities.get(key)
        if settled is None:
            before = len(self.findings)
            settled = self._beside(number, row)
            if len(self.findings) == before:
                _remember(self._quantities, key, settled)
        return settled


@lru_cache(maxsize=1 << 12)
def _slug(code_list: str, text: str) -> str:
    """Return the slug of the concept that a word means, empty where it means none."""
    try:
        return local_name(concept(code_list, text))
    except UnknownConcept:
        return ""


def _remember(memory: dict[K, V], key: K, value: V) -> None:
    if len(memory) >= MOST_KNOWN:
        memory.clear()
    memory[key] = value
