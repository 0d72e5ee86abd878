"""What sources state differently about the same thing, and what changed, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kg.amounts import in_unit
from kg.analysis.conflicts import ABOUT, ROUNDING, Conflict, Statement, is_concept
from kg.labels import column, label
from kg.messages import Language, text
from kg.names import GY
from kg.network import Network
from kg.reports.phrases import ReportPhrases, evidence
from kg.reports.table import Cell, Column, Kind, Table, Thing, Word

_COLUMNS: Final[tuple[tuple[str, Kind], ...]] = (
    ("kind", "text"),
    ("thing", "text"),
    ("property", "text"),
    ("about", "list"),
    ("values", "list"),
    ("spread", "number"),
    ("evidence", "text"),
    ("sources", "list"),
)
# In Chinese a bound follows its number.
_BOUNDS: Final = frozenset({"at-least", "at-most"})
_BRIEF: Final = ("kind", "thing", "property", "about", "values", "spread")


def conflicts_table(conflicts: Sequence[Conflict], network: Network, lang: Language) -> Table:
    """Return conflicts in the order given: thing, property, every value with date, sources and evidence, and the spread."""
    phrases = ReportPhrases(network, lang)
    return Table(
        title=text("conflicts.title", lang),
        columns=tuple(Column(key, text(f"conflicts.column.{key}", lang), kind) for key, kind in _COLUMNS),
        rows=tuple(_row(conflict, phrases) for conflict in conflicts),
        lang=lang,
        notes=tuple(text(f"conflicts.note.{note}", lang) for note in ("same", "none_decided")),
        as_of=network.as_of or None,
        parameters={"about": ABOUT, "rounding": ROUNDING},
        references=phrases.references(
            s for c in conflicts for statement in c.statements for s in statement.sources
        ),
        brief=_BRIEF,
    )


def _row(conflict: Conflict, phrases: ReportPhrases) -> tuple[Cell, ...]:
    # The value of an observation is of its indicator, which says what is counted; the class of value says nothing.
    about = conflict.about
    measured = conflict.property == GY + "value"
    shown = about[0] if measured else conflict.property
    dated = conflict.property == GY + "asOf"
    name = (
        phrases.name(shown)
        if measured
        else column("date", phrases.lang)
        if dated
        else label(shown, phrases.lang)
    )
    return (
        Word(conflict.kind, phrases.say(f"conflicts.kind.{conflict.kind}")),
        Thing(conflict.thing, phrases.name(conflict.thing)),
        Thing(shown, name),
        tuple(_said(term, phrases) for term in (about[1:] if measured else about)),
        tuple(_told(statement, conflict.property, phrases) for statement in conflict.statements),
        None if conflict.spread is None else round(conflict.spread * 100, 1),
        evidence(min(statement.evidence for statement in conflict.statements)),
        tuple(sorted({source for statement in conflict.statements for source in statement.sources})),
    )


def _said(term: str, phrases: ReportPhrases) -> str:
    if is_concept(term):
        return label(term, phrases.lang)
    return phrases.name(term) if "://" in term else term


def _told(statement: Statement, property_: str, phrases: ReportPhrases) -> str:
    """Return a value with its unit and qualifier, and in brackets its date, its sources and their evidence."""
    value = _said(statement.value, phrases) if statement.value else f"{statement.low}–{statement.high}"
    if property_ == GY + "share":
        value += "%"
    if statement.unit:
        value = in_unit(value, statement.unit, phrases.lang)
    if statement.qualifier:
        qualifier = label(f"scheme:qualifier/{statement.qualifier}", phrases.lang)
        key = "conflicts.bounded" if statement.qualifier in _BOUNDS else "conflicts.qualified"
        value = phrases.say(key, qualifier=qualifier, value=value)
    details = [statement.date] if statement.date else []
    details += [phrases.say("phrase.separator").join(statement.sources), evidence(statement.evidence)]
    return phrases.say("conflicts.value", value=value, details=phrases.say("phrase.details").join(details))
