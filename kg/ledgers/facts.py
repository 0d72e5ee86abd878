"""From the rows of a recognised sheet to facts in the graphs of their sources."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

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
from kg.ledgers.statements import Description, Facts, Key, Template, mint, template
from kg.ledgers.tables import Row, Sheet
from kg.messages import LANGUAGES
from kg.names import GY, RDF_TYPE, SCHEME, expand, has_han, local_name, normalize_name, segment
from kg.store.terms import Literal, NamedNode

_PERIOD_PROPERTIES = tuple(GY + name for name in ("period", "periodStart", "periodEnd"))
_SPLIT = re.compile("[;；]")
# Schemes whose word a quantity may bring along, by the property that states it.
_BESIDE = {GY + "unit": "unit", GY + "qualifier": "qualifier"}
# Different cells of a column that are remembered.
MOST_KNOWN = 1 << 17


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell contributes to the statements of its row.

    Attributes
    ----------
    texts
        What stands for its values where the row is named.
    segment
        The first of them as a segment of an IRI.
    objects
        Its terms as N-Triples writes them.
    said
        Predicates and objects, for the thing that the column is about.
    minted
        Descriptions of things that are named only here.
    language
        Of the first term, where that is a text in a language.
    """

    texts: tuple[str, ...] = ()
    segment: str = segment("")
    objects: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    minted: tuple[Description, ...] = ()
    language: str = ""


_BLANK = Cell()


@dataclass(slots=True)
class SheetReader:
    """One recognised sheet with what its rows are read against."""

    sheet: Sheet
    match: Match
    registry: Registry
    findings: list[Finding] = field(default_factory=list)
    base: str = field(default_factory=lambda: str(settings.value("base_iri")))
    errors: int = 0
    # Most cells of a ledger repeat: a source, a status, a date, the name of a firm.
    _known: dict[str, dict[str, Cell]] = field(default_factory=dict)
    _measured: dict[tuple[str, ...], Mapping[int, Cell]] = field(default_factory=dict)

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

    def _beside(self, number: Column, row: Row) -> Mapping[int, Cell]:
        """Read a quantity, and return the cells of the row that its text settles: its own, and blank ones beside it."""
        value = self.value(number, row)
        settled: dict[int, Cell] = {}
        kept = []
        for predicate, term in value.beside:
            column = self.ledger.stating(predicate.value)
            if column is None:
                kept.append((predicate, term))
            else:
                said = Value((term,), (local_name(term.value),))
                settled[self.ledger.columns.index(column)] = _cell(column, said)
        value = Value(value.terms, value.texts, tuple(kept))
        settled[self.ledger.columns.index(number)] = _cell(number, value)
        unit = self.ledger.stating(GY + "unit")
        if (
            unit
            and unit.required
            and (value.terms or kept)
            and not self.cell(row, unit.name)
            and not settled.get(self.ledger.columns.index(unit), _BLANK).objects
        ):
            self.report("unit-missing", row, number, self.cell(row, number.name))
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

    def facts(self) -> Iterator[Facts]:
        """Yield what each row without error says."""
        plan = _Plan.of(self.ledger, self.base)
        places = [self.match.positions.get(column.name) for column in self.ledger.columns]
        for row in self.sheet.rows:
            before = self.errors
            cells = self._cells(row, places, plan)
            if self.errors == before:
                yield plan.facts(row, cells)

    def _cells(self, row: Row, places: Sequence[int | None], plan: _Plan) -> list[Cell]:
        cells = []
        texts = row.cells
        for index, column in enumerate(self.ledger.columns):
            place = places[index]
            text = "" if place is None else texts[place]
            known = self._known.setdefault(column.name, {})
            cell = known.get(text)
            if cell is None:
                if index == plan.quantity:
                    cell = _BLANK
                else:
                    before = len(self.findings)
                    cell = _cell(column, self.value(column, row))
                    if (index in plan.repeating or not text) and len(self.findings) == before:
                        if len(known) >= MOST_KNOWN:
                            known.clear()
                        known[text] = cell
            cells.append(cell)
        if plan.quantity is not None:
            self._measure_beside(row, places, cells, plan)
        return cells

    def _measure_beside(self, row: Row, places: Sequence[int | None], cells: list[Cell], plan: _Plan) -> None:
        assert plan.quantity is not None
        texts = row.cells
        key = tuple(["" if (place := places[index]) is None else texts[place] for index in plan.measuring])
        settled = self._measured.get(key)
        if settled is None:
            before = len(self.findings)
            settled = self._beside(self.ledger.columns[plan.quantity], row)
            if len(self.findings) == before:
                if len(self._measured) >= MOST_KNOWN:
                    self._measured.clear()
                self._measured[key] = settled
        for index, cell in settled.items():
            cells[index] = cell


@dataclass(frozen=True, slots=True)
class _Plan:
    """How the cells of a ledger's rows become facts; cells stand in the order of the columns.

    Attributes
    ----------
    subject
        Names what a row is about.
    described
        What the columns and constants describe: a template, the constants said of it, the columns.
    derived
        What follows from a row: subject, predicate, object, and the words that columns must hold.
    keys
        The columns of the primary key; ``named`` tells whether the subject itself is a key as well.
    repeating
        The columns whose cells mean the same in every row.
    quantity, measuring
        The column of a quantity, and it with those that its reading depends on.
    translated
        Columns of names in a given language.
    """

    subject: Template
    described: tuple[tuple[Template, tuple[tuple[str, str | Template], ...], tuple[int, ...]], ...]
    derived: tuple[tuple[Template, str, Template, tuple[tuple[int, tuple[str, ...]], ...]], ...]
    keys: tuple[int, ...]
    named: int | None
    source: int | None
    repeating: frozenset[int]
    quantity: int | None
    measuring: tuple[int, ...]
    translated: Mapping[int, str]

    @classmethod
    def of(cls, ledger: Ledger, base: str) -> _Plan:
        names = [column.name for column in ledger.columns]
        abouts = dict.fromkeys(
            [ledger.about]
            + [constant.about for constant in ledger.constants if not constant.derived]
            + [column.about or ledger.about for column in ledger.columns if column.predicate]
        )
        described = []
        for about in abouts:
            constants = tuple(
                (f"<{constant.predicate}> ", _object(constant.value, names, base))
                for constant in ledger.constants
                if constant.about == about and not constant.derived
            )
            columns = tuple(
                index
                for index, column in enumerate(ledger.columns)
                if column.predicate and (column.about or ledger.about) == about
            )
            described.append((template(about, names, base), constants, columns))
        number = ledger.quantity_column
        beside = [column for predicate in _BESIDE if (column := ledger.stating(predicate))]
        measuring = [number, *beside] if number else []
        return cls(
            subject=template(ledger.about, names, base),
            described=tuple(described),
            derived=tuple(
                (
                    template(constant.about, names, base),
                    f"<{constant.predicate}> ",
                    template(constant.value, names, base),
                    tuple((names.index(name), words) for name, words in constant.when.items()),
                )
                for constant in ledger.constants
                if constant.derived
            ),
            keys=tuple(names.index(name) for name in ledger.primary_key),
            named=ledger.columns.index(ledger.name_column) if ledger.name_column else None,
            source=names.index("source") if "source" in names else None,
            repeating=frozenset(index for index, column in enumerate(ledger.columns) if _by_itself(column)),
            quantity=ledger.columns.index(number) if number else None,
            measuring=tuple(ledger.columns.index(column) for column in measuring),
            translated={
                index: column.lang
                for index, column in enumerate(ledger.columns)
                if column.lang and column.predicate == PREF_LABEL
            },
        )

    def facts(self, row: Row, cells: list[Cell]) -> Facts:
        """Return what a row says whose cells are without error."""
        if self.translated and self.named is not None:
            self._tell_names_apart(cells, cells[self.named].language)
        segments = [cell.segment for cell in cells]
        subject = self.subject.iri(segments)
        said: list[Description] = []
        minted: list[Description] = []
        for about, constants, columns in self.described:
            own = [
                predicate + (value if isinstance(value, str) else f"<{value.iri(segments)}>")
                for predicate, value in constants
            ]
            for index in columns:
                cell = cells[index]
                if cell.said:
                    own += cell.said
                    minted += cell.minted
            if own:
                said.append((about.iri(segments), tuple(own)))
        source = cells[self.source].objects if self.source is not None else (f"<{subject}>",)
        return Facts(
            row,
            subject,
            tuple(self._keys(cells, subject)),
            tuple([graph[1:-1] for graph in source]),
            (*said, *minted),
            tuple(self._derived(cells, segments)),
        )

    def _tell_names_apart(self, cells: list[Cell], language: str) -> None:
        """Make an alias of a name in a language that the thing's own name is in: one preferred label a language."""
        for index, lang in self.translated.items():
            if lang == language:
                cell = cells[index]
                cells[index] = replace(cell, said=tuple(f"<{ALT_LABEL}> {term}" for term in cell.objects))

    def _keys(self, cells: Sequence[Cell], subject: str) -> Iterator[Key]:
        """Yield what no other row may have as well: the key columns, once for each source of the row.

        Names count by what they mean, so an alias repeats the row of the name. A thing has one row, whatever the key.
        """
        yield from product(*[cells[index].texts or ("",) for index in self.keys])
        if self.named is not None:
            yield (subject,)

    def _derived(self, cells: Sequence[Cell], segments: Sequence[str]) -> Iterator[Description]:
        for about, predicate, value, when in self.derived:
            if all(set(words) & set(cells[index].texts) for index, words in when):
                subject, object_ = about.iri(segments), value.iri(segments)
                if subject != object_:
                    yield subject, (f"{predicate}<{object_}>",)


def _object(value: str, columns: Sequence[str], base: str) -> str | Template:
    return f"<{expand(value)}>" if value.startswith("gy:") else template(value, columns, base)


def _cell(column: Column, value: Value) -> Cell:
    """Return what a value contributes to its row."""
    if not value.terms and not value.beside and not value.texts:
        return _BLANK
    objects = tuple(map(str, value.terms))
    said: list[str] = []
    minted: list[Description] = []
    if column.predicate and (objects or value.beside):
        said += [f"{predicate} {term}" for predicate, term in value.beside]
        predicates = (
            _PERIOD_PROPERTIES if column.datatype == "gy:periodText" else (column.predicate,) * len(objects)
        )
        said += [f"<{predicate}> {term}" for predicate, term in zip(predicates, objects, strict=True)]
        if column.mints:
            minted = [
                (term[1:-1], (f"<{RDF_TYPE}> <{column.mints}>", f"<{PREF_LABEL}> {values.named(text)}"))
                for term, text in zip(objects, value.texts, strict=True)
            ]
    first = value.terms[0] if value.terms else None
    return Cell(
        value.texts,
        segment(value.texts[0] if value.texts else ""),
        objects,
        tuple(said),
        tuple(minted),
        (first.language or "") if isinstance(first, Literal) else "",
    )


def _by_itself(column: Column) -> bool:
    """Whether a cell of the column means the same in every row."""
    if column.refers_to:
        return not column.kind_column and "stages" not in column.refers_to
    return bool(column.code_list) or column.datatype == "gy:partialDate"
