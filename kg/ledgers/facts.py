"""From the rows of a recognised sheet to facts in the graphs of their sources."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from typing import TypeAlias

from kg import settings
from kg.labels import UnknownConcept, concept, words
from kg.ledgers import values
from kg.ledgers.datatypes import ALT_LABEL, PREF_LABEL, Value, read_datatype
from kg.ledgers.description import Column, Ledger
from kg.ledgers.findings import Finding, Severity
from kg.ledgers.measures import Beside, measure
from kg.ledgers.quantities import is_not_stated
from kg.ledgers.recognition import Match
from kg.ledgers.registry import Entry, Registry, Scope
from kg.ledgers.tables import Row, Sheet
from kg.messages import LANGUAGES
from kg.names import BASE, GY, RDF_TYPE, SCHEME, expand, has_han, local_name, normalize_name, segment
from kg.store.terms import Literal, NamedNode, Quad

_PERIOD_PROPERTIES = tuple(NamedNode(GY + name) for name in ("period", "periodStart", "periodEnd"))
Statement: TypeAlias = tuple[NamedNode, NamedNode, NamedNode | Literal]
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_SPLIT = re.compile("[;；]")
# Schemes whose word a quantity may bring along, by the property that states it.
_BESIDE = {GY + "unit": "unit", GY + "qualifier": "qualifier"}
Key = tuple[str, ...]


@dataclass(slots=True)
class SheetReader:
    """One recognised sheet with what its rows are read against."""

    sheet: Sheet
    match: Match
    registry: Registry
    findings: list[Finding] = field(default_factory=list)
    base: str = field(default_factory=lambda: str(settings.value("base_iri")))
    _errors: int = 0
    # Most cells of a ledger repeat: a source, a status, a date, the name of a firm.
    _known: dict[tuple[str, str], Value] = field(default_factory=dict)
    _repeating: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Find the columns whose cells mean the same in every row."""
        self._repeating = frozenset(column.name for column in self.ledger.columns if _by_itself(column))

    @property
    def ledger(self) -> Ledger:
        return self.match.ledger

    def report(self, code: str, row: Row, column: Column | None, value: str, /, **params: object) -> None:
        """Record an error of one cell, under the column's title as the file has it."""
        self._errors += 1
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
        for row in self.sheet.rows:
            name = self.cell(row, name_column.name)
            scope = self._scope(row)
            if not name or scope is None:
                continue
            template = {name_column.name: name, **dict(zip(self.ledger.scope_columns, scope, strict=True))}
            entry = Entry(
                self.ledger.name,
                name,
                fill(self.ledger.about, template, self.base),
                self.sheet.file,
                row.number,
            )
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
        position = self.match.positions.get(column.name)
        key = (
            (column.name, row.cells[position])
            if position is not None and column.name in self._repeating
            else None
        )
        if key in self._known:
            return self._known[key]
        before = len(self.findings)
        found = self._value(column, row)
        if key and len(self.findings) == before:
            self._known[key] = found
        return found

    def _value(self, column: Column, row: Row) -> Value:
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
        said = {name: self._said(row, predicate) for predicate, name in _BESIDE.items()}
        found = measure(piece, Beside(said["unit"], said["qualifier"], title, column.unit))
        settled = {"unit": "" if column.unit else found.unit, "qualifier": found.qualifier}
        words_beside = tuple(
            (NamedNode(predicate), NamedNode(f"{SCHEME}{name}/{settled[name]}"))
            for predicate, name in _BESIDE.items()
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
        column = self.ledger.stating(predicate)
        text = self.cell(row, column.name) if column else ""
        try:
            return local_name(concept(column.code_list, text)) if column and text else ""
        except UnknownConcept:
            return ""

    def _fill(self, cells: dict[str, Value], row: Row) -> None:
        """Put into the blank cells of a row what the quantity beside them states."""
        number = self.ledger.quantity_column
        if number is None:
            return
        value = cells[number.name]
        kept = []
        for predicate, term in value.beside:
            column = self.ledger.stating(predicate.value)
            if column is None:
                kept.append((predicate, term))
            else:
                cells[column.name] = Value((term,), (local_name(term.value),))
        cells[number.name] = Value(value.terms, value.texts, tuple(kept))
        unit = self.ledger.stating(GY + "unit")
        if (
            unit
            and unit.required
            and (value.terms or kept)
            and not self.cell(row, unit.name)
            and not cells[unit.name].terms
        ):
            self.report("unit-missing", row, number, self.cell(row, number.name))

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
            return Value((NamedNode(fill(f"id/{kind}/{{name}}", {"name": piece}, self.base)),), (piece,))
        if column.datatype == "gy:quantity":
            return self._measure(column, piece, row)
        return read_datatype(column, piece)

    def _word(self, column: Column, piece: str, listed: Mapping[str, str], row: Row) -> Value:
        known = {normalize_name(word): target for word, target in listed.items()}
        target = known.get(normalize_name(piece))
        if target is None:
            chinese = tuple(word for word in listed if has_han(word))
            allowed = {"zh": chinese, "en": tuple(word for word in listed if word not in chinese)}
            self.report("unknown-word", row, column, piece, allowed=allowed)
            return Value()
        return Value((NamedNode(expand(target)),) if ":" in target else (), (target,))

    def facts(self) -> Iterator[tuple[Row, str, tuple[Key, ...], list[Quad]]]:
        """Yield for each row without error its main subject, its keys and its quads."""
        for row in self.sheet.rows:
            before = self._errors
            cells = {column.name: self.value(column, row) for column in self.ledger.columns}
            self._fill(cells, row)
            if self._errors > before:
                continue
            texts = {name: value.texts[0] if value.texts else "" for name, value in cells.items()}
            subject = fill(self.ledger.about, texts, self.base)
            named = cells["source"].terms if "source" in cells else (NamedNode(subject),)
            graphs = [graph for graph in named if isinstance(graph, NamedNode)]
            triples = list(self._triples(cells, texts))
            quads = [Quad(s, p, o, graph) for (s, p, o), graph in product(triples, graphs)]
            yield row, subject, tuple(self._keys(cells, subject)), quads

    def _keys(self, cells: Mapping[str, Value], subject: str) -> Iterable[Key]:
        """Return what no other row may have as well: the key columns, once for each source of the row.

        Names count by what they mean, so an alias repeats the row of the name. A thing has one row, whatever the key.
        """
        yield from product(*(cells[name].texts or ("",) for name in self.ledger.primary_key))
        if self.ledger.name_column is not None:
            yield (subject,)

    def _triples(self, cells: Mapping[str, Value], texts: Mapping[str, str]) -> Iterable[Statement]:
        for constant in self.ledger.constants:
            target = (
                constant.value if constant.value.startswith("gy:") else fill(constant.value, texts, self.base)
            )
            yield (
                NamedNode(fill(constant.about, texts, self.base)),
                _node(constant.predicate),
                _node(expand(target)) if constant.value.startswith("gy:") else NamedNode(target),
            )
        for column in self.ledger.columns:
            value = cells[column.name]
            if not column.predicate or not (value.terms or value.beside):
                continue
            subject = NamedNode(fill(column.about or self.ledger.about, texts, self.base))
            yield from ((subject, *statement) for statement in value.beside)
            if (
                column.lang
                and column.predicate == PREF_LABEL
                and column.lang == _own_language(self.ledger, cells)
            ):
                # The name itself is already in that language: one preferred label a language.
                yield from ((subject, _node(ALT_LABEL), term) for term in value.terms)
                continue
            if column.datatype == "gy:periodText":
                yield from zip((subject,) * 3, _PERIOD_PROPERTIES, value.terms, strict=True)
                continue
            yield from ((subject, _node(column.predicate), term) for term in value.terms)
            if column.mints:
                for term, text in zip(value.terms, value.texts, strict=True):
                    assert isinstance(term, NamedNode)  # what is minted is a thing
                    yield term, _node(RDF_TYPE), _node(column.mints)
                    yield term, _node(PREF_LABEL), values.named(text)


def _by_itself(column: Column) -> bool:
    """Whether a cell of the column means the same in every row."""
    if column.refers_to:
        return not column.kind_column and "stages" not in column.refers_to
    return bool(column.code_list) or column.datatype == "gy:partialDate"


@cache
def _node(iri: str) -> NamedNode:
    return NamedNode(iri)


def _own_language(ledger: Ledger, cells: Mapping[str, Value]) -> str:
    name = ledger.name_column
    term = cells[name.name].terms[0] if name and cells[name.name].terms else None
    return (term.language or "") if isinstance(term, Literal) else ""


@cache
def _parts(template: str) -> tuple[str, ...]:
    """Return the template's fixed texts and names of columns in turn."""
    return tuple(_PLACEHOLDER.split(template))


def fill(template: str, texts: Mapping[str, str], base: str) -> str:
    """Return the IRI that ``template`` makes of the row's texts; things (``id/…``) stand under ``base``."""
    parts = _parts(template)
    path = "".join(segment(texts[part]) if index % 2 else part for index, part in enumerate(parts))
    below = path.removeprefix("id/")
    return BASE + path if below == path else base + below
