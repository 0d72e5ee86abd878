"""Asking a question of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from kg import labels
from kg.errors import UsageError
from kg.names import GY, SCHEME, local_name
from kg.queries.binding import bind
from kg.queries.needs import missing_ledgers
from kg.queries.parameters import term_for
from kg.queries.resolve import NameIndex, name_index
from kg.store.terms import NamedNode, Term, value_of

if TYPE_CHECKING:
    from kg.messages import Language
    from kg.queries.header import ColumnKind, Parameter, Query
    from kg.store import Store
    from kg.store.terms import Literal

# Every dated question has this parameter; it is bound to the date of the answer.
AS_OF = "asOf"
_SEPARATOR = "; "
_THINGS = "/id/"
_NEWEST = Path(__file__).with_name("engine") / "newest-date.rq"


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing in an answer: its IRI, and its name in the answer's language."""

    iri: str
    label: str

    def __str__(self) -> str:
        return self.label


Cell: TypeAlias = Thing | str | int | Decimal | float | bool | None


@dataclass(frozen=True, slots=True)
class AnswerColumn:
    """A column of an answer, its heading in the answer's language."""

    name: str
    kind: ColumnKind
    title: str


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to a question.

    Attributes
    ----------
    query
        Id of the question.
    title, question
        Its texts in the answer's language.
    columns, rows
        The table; a row has one cell a column.
    as_of
        The date the answer holds for; None if the question has no date.
    parameters
        What was asked about: title and value, in the order of the question.
    missing
        Titles of needed ledgers that are empty; the rows then say less than the question asks, or nothing.
    sources
        Ids of the sources that the rows name, sorted.
    """

    query: str
    title: str
    question: str
    columns: tuple[AnswerColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    as_of: str | None
    parameters: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    sources: tuple[str, ...]

    def records(self) -> list[dict[str, object]]:
        """Return the rows for JSON: a dict a row, a thing as its ``iri`` and ``label``."""
        return [
            {
                column.name: {"iri": cell.iri, "label": cell.label} if isinstance(cell, Thing) else cell
                for column, cell in zip(self.columns, row, strict=True)
            }
            for row in self.rows
        ]


def newest_date(store: Store) -> str | None:
    """Return the newest date at which a source of the store was published; None if none says."""
    rows = store.select(_NEWEST.read_text(encoding="utf-8")).values()
    return str(rows[0][0]) if rows and rows[0][0] is not None else None


def run(
    store: Store,
    query: Query,
    args: Mapping[str, str],
    lang: Language,
    as_of: str | None = None,
    *,
    timeout: float | None = None,
    index: NameIndex | None = None,
) -> Result:
    """Ask a question.

    Parameters
    ----------
    args
        Values by parameter name; things by any of their names or by IRI.
    lang
        Language of labels and messages.
    as_of
        ``YYYY[-MM[-DD]]``: only what was known then. None takes the newest publication date of a source.
    timeout
        Seconds for the query; None for no limit.
    index
        The store's names, if they are at hand already.

    Raises
    ------
    UsageError
        If an argument is unknown, missing or does not fit.
    UnknownName
        If an argument names no thing; holds the nearest names.
    QueryTimeout
        If the query took longer than ``timeout``.
    """
    index = index or name_index(store)
    given = dict(args)
    dated = any(parameter.name == AS_OF for parameter in query.params)
    if dated and AS_OF not in given:
        given[AS_OF] = as_of or newest_date(store) or ""
    values = _values(query, {name: text for name, text in given.items() if text}, index, lang)
    bound = bind(query.text, {name: [term] for name, term in values.items()})
    solutions = store.select(bound, timeout)
    kinds = {column.name: column.kind for column in query.columns}
    cell = _CellMaker(index, lang)
    rows = tuple(
        tuple(cell.make(term, kinds[name]) for name, term in zip(solutions.variables, row, strict=True))
        for row in solutions.rows
    )
    return Result(
        query=query.id,
        title=query.title[lang],
        question=query.question[lang],
        columns=tuple(AnswerColumn(c.name, c.kind, c.title[lang]) for c in query.columns),
        rows=rows,
        as_of=values[AS_OF].value if AS_OF in values else None,
        parameters=tuple(
            (parameter.title[lang], cell.text(values[parameter.name]))
            for parameter in query.params
            if parameter.name in values and parameter.name != AS_OF
        ),
        missing=missing_ledgers(store, query, lang),
        sources=tuple(sorted(_sources(query, rows))),
    )


def _sources(query: Query, rows: Iterable[tuple[Cell, ...]]) -> set[str]:
    positions = [number for number, column in enumerate(query.columns) if column.kind == "source"]
    cells = (row[position] for row in rows for position in positions)
    return {id_ for cell in cells if cell for id_ in str(cell).split(_SEPARATOR)}


def _values(
    query: Query, given: Mapping[str, str], index: NameIndex, lang: Language
) -> dict[str, NamedNode | Literal]:
    known = {parameter.name: parameter for parameter in query.params}
    for name in given:
        if name not in known:
            raise UsageError(
                "query.parameter_unknown", query=query.id, name=name, known=", ".join(known) or "—"
            )
    values = {}
    for name, parameter in known.items():
        text = given.get(name, parameter.default)
        if text is None:
            if parameter.required:
                raise _missing(query, parameter, lang)
            continue
        values[name] = term_for(parameter, text, index, lang)
    return values


def _missing(query: Query, parameter: Parameter, lang: Language) -> UsageError:
    return UsageError(
        "query.parameter_missing", query=query.id, name=parameter.name, title=parameter.title[lang]
    )


class _CellMaker:
    """Turns terms into cells in one language."""

    def __init__(self, index: NameIndex, lang: Language) -> None:
        self._index = index
        self._lang = lang

    def make(self, term: Term | None, kind: ColumnKind) -> Cell:
        if isinstance(term, NamedNode):
            return Thing(term.value, self.text(term))
        value = value_of(term)
        if kind == "source" and isinstance(value, str):
            # Ids joined by the query come in any order.
            return _SEPARATOR.join(sorted(set(value.split(_SEPARATOR))))
        # A date may be a bare year; as text it stays what was written.
        return str(value) if kind == "date" and value is not None else value

    def text(self, term: Term) -> str:
        if not isinstance(term, NamedNode):
            return str(value_of(term))
        if self._index.has(term.value):
            return self._index.label(term.value, self._lang)
        if term.value.startswith((SCHEME, GY)):
            try:
                return labels.label(term.value, self._lang)
            except labels.UnknownConcept:
                return local_name(term.value)
        # A record has no name; its IRI says what it is about: kind/who/what/….
        _, _, path = term.value.partition(_THINGS)
        return " · ".join(local_name(part) for part in path.split("/")[1:]) or local_name(term.value)
