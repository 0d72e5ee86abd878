"""How the rows of a ledger become statements: worked out once a ledger, applied to every row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from kg.ledgers import values
from kg.ledgers.datatypes import ALT_LABEL, PREF_LABEL, Value
from kg.ledgers.description import Column, Ledger
from kg.ledgers.statements import Facts, Key, Template, template
from kg.ledgers.tables import Row
from kg.names import GY, RDF_TYPE, expand, segment
from kg.store import Description
from kg.store.terms import Literal

# Schemes whose word a quantity may bring along, by the property that states it.
BESIDE = {GY + "unit": "unit", GY + "qualifier": "qualifier"}
_PERIOD_PROPERTIES = tuple(GY + name for name in ("period", "periodStart", "periodEnd"))


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


BLANK = Cell()


@dataclass(frozen=True, slots=True)
class Plan:
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
    derived: tuple[tuple[Template, str, Template, tuple[tuple[int, frozenset[str]], ...]], ...]
    keys: tuple[int, ...]
    named: int | None
    source: int | None
    repeating: frozenset[int]
    quantity: int | None
    measuring: tuple[int, ...]
    translated: Mapping[int, str]

    @classmethod
    def of(cls, ledger: Ledger, base: str) -> Plan:
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
        beside = [column for predicate in BESIDE if (column := ledger.stating(predicate))]
        measuring = [number, *beside] if number else []
        return cls(
            subject=template(ledger.about, names, base),
            described=tuple(described),
            derived=tuple(
                (
                    template(constant.about, names, base),
                    f"<{constant.predicate}> ",
                    template(constant.value, names, base),
                    tuple((names.index(name), frozenset(words)) for name, words in constant.when.items()),
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
                said.append((subject if about == self.subject else about.iri(segments), tuple(own)))
        source = cells[self.source].objects if self.source is not None else (f"<{subject}>",)
        return Facts(
            row,
            subject,
            self._keys(cells, subject),
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

    def _keys(self, cells: Sequence[Cell], subject: str) -> tuple[Key, ...]:
        """Return what no other row may have as well: the key columns, once for each source of the row.

        Names count by what they mean, so an alias repeats the row of the name. A thing has one row, whatever the key.
        """
        keys = tuple(product(*[cells[index].texts or ("",) for index in self.keys]))
        return keys if self.named is None else (*keys, (subject,))

    def _derived(self, cells: Sequence[Cell], segments: Sequence[str]) -> Iterator[Description]:
        for about, predicate, value, when in self.derived:
            if all(not words.isdisjoint(cells[index].texts) for index, words in when):
                subject, object_ = about.iri(segments), value.iri(segments)
                if subject != object_:
                    yield subject, (f"{predicate}<{object_}>",)


def _object(value: str, columns: Sequence[str], base: str) -> str | Template:
    return f"<{expand(value)}>" if value.startswith("gy:") else template(value, columns, base)


def cell_of(column: Column, value: Value) -> Cell:
    """Return what a value contributes to its row."""
    if not value.terms and not value.beside and not value.texts:
        return BLANK
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
