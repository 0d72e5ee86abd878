"""Answers of the catalogue's questions as tables, and the questions themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from kg.labels import column
from kg.messages import Language, text
from kg.queries import Thing as FoundThing
from kg.reports.table import Cell, Column, Kind, Reference, Table, Thing

if TYPE_CHECKING:
    from kg.queries import Cell as FoundCell
    from kg.queries import Query, Result
    from kg.queries.header import ColumnKind

_KINDS: Final[dict[ColumnKind, Kind]] = {
    "thing": "text",
    "source": "text",
    "number": "number",
    "date": "date",
    "text": "text",
}


def answer_table(result: Result, lang: Language, references: tuple[Reference, ...] = ()) -> Table:
    """Return the answer of a question; empty ledgers it needs are named in a note."""
    notes = [result.question]
    if result.missing:
        ledgers = text("phrase.separator", lang).join(result.missing)
        notes.append(text("query.missing_ledger", lang, ledgers=ledgers))
    return Table(
        title=result.title,
        columns=tuple(Column(c.name, c.title, _KINDS[c.kind]) for c in result.columns),
        rows=tuple(tuple(_cell(cell) for cell in row) for row in result.rows),
        lang=lang,
        notes=tuple(notes),
        as_of=result.as_of,
        parameters=dict(result.parameters),
        references=references,
    )


def _cell(cell: FoundCell) -> Cell:
    return Thing(cell.iri, cell.label) if isinstance(cell, FoundThing) else cell


def questions_table(queries: Iterable[Query], lang: Language) -> Table:
    """Return the questions: name, title, what is asked, and the parameters (required ones marked)."""
    rows = tuple(
        (
            query.id,
            query.title[lang],
            query.question[lang],
            tuple(f"{p.name}{'*' if p.required else ''}" for p in query.params),
        )
        for query in queries
    )
    columns = (
        Column("query", column("query", lang)),
        Column("title", column("title", lang)),
        Column("question", column("question", lang)),
        Column("parameter", column("parameter", lang), "list"),
    )
    return Table(text("query.list_title", lang), columns, rows, lang, (text("query.list_note", lang),))


def question_text(query: Query, lang: Language) -> str:
    """Return a question in full: what it asks, its parameters, what its columns mean, and its SPARQL."""
    lines = [f"{query.id}  {query.title[lang]}", query.question[lang], ""]
    if query.params:
        lines.append(text("query.parameters", lang))
        for parameter in query.params:
            told = text(f"query.type.{parameter.type}", lang)
            marks = [told, *([text("query.required", lang)] if parameter.required else [])]
            if parameter.default is not None:
                marks.append(text("query.default", lang, value=parameter.default))
            separator = text("phrase.separator", lang)
            lines.append(f"  {parameter.name}  {parameter.title[lang]} ({separator.join(marks)})")
        lines.append("")
    lines.append(text("query.columns", lang))
    lines += [f"  {meaning.name}  {meaning.title[lang]}" for meaning in query.columns]
    return "\n".join([*lines, "", query.text.strip(), ""])
