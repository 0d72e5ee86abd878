"""Critical points as a table: what anchors cannot do without, single-sourced products, nexus suppliers."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Final, TypeAlias

from kg.analysis.resilience.critical import Critical, CriticalInput, NexusSupplier, SingleSource
from kg.labels import column
from kg.messages import Language, has, text
from kg.reports.phrases import ReportPhrases, evidence
from kg.reports.table import Cell, Column, Kind, Table, Word

_COLUMNS: Final[tuple[tuple[str, Kind], ...]] = (
    ("critical", "text"),
    ("anchor", "text"),
    ("product", "text"),
    ("organization", "list"),
    ("group", "list"),
    ("stops", "list"),
    ("dominates", "list"),
    ("idled", "list"),
    ("supply_load", "number"),
    ("demand_load", "number"),
    ("operational_criticality", "number"),
    ("informational_independence", "number"),
    ("evidence", "text"),
    ("sources", "list"),
    ("why", "text"),
)
# What a terminal has room for.
_BRIEF: Final = ("critical", "anchor", "product", "organization", "stops", "dominates", "idled", "sources")

# How many firms of each supply network are shown, and to how many digits.
NEXUS_SHOWN: Final = 20
_DIGITS: Final = 3

_Row: TypeAlias = tuple[Cell, ...]


def critical_table(critical: Critical, lang: Language, *, of: str | None = None) -> Table:
    """Return the critical points: inputs of each anchor, then single-sourced products, then nexus suppliers.

    Parameters
    ----------
    critical
        What was found.
    of
        IRI of the only anchor to show.
    """
    shown = critical.of(of) if of else critical
    phrases = ReportPhrases(shown.network, lang)
    nexus = [n for basis in ("recorded", "inferred") for n in islice(_of(shown.nexus, basis), NEXUS_SHOWN)]
    rows = [
        *(_input(found, phrases) for found in shown.inputs),
        *(_single(found, phrases) for found in shown.single_sourced),
        *(_nexus(found, phrases) for found in nexus),
    ]
    notes = [text(f"critical.note.{key}", lang) for key in ("required", "single", "nexus")]
    if critical.pivots:
        notes.append(text("critical.note.pivots", lang, pivots=critical.pivots, seed=critical.seed))
    if len(nexus) < len(shown.nexus):
        notes.append(text("critical.note.shown", lang, shown=NEXUS_SHOWN))
    if shown.alone:
        names = phrases.say("phrase.separator").join(phrases.names(shown.alone))
        notes.append(text("critical.note.alone", lang, names=names))
    notes += [text(f"whatif.note.{key}", lang) for key in (critical.conditions.version, "cycle")]
    place = [key for key, _ in _COLUMNS].index("sources")
    named = {str(source) for row in rows if isinstance(row[place], tuple) for source in row[place]}  # type: ignore[union-attr]
    name = phrases.name(of) if of else None
    return Table(
        title=text("critical.title", lang) if name is None else text("critical.title_of", lang, name=name),
        columns=tuple(Column(key, _heading(key, lang), kind) for key, kind in _COLUMNS),
        rows=tuple(rows),
        lang=lang,
        notes=tuple(notes),
        as_of=shown.network.as_of or None,
        parameters={
            "version": critical.conditions.version,
            "with_inferred": critical.conditions.with_inferred,
            "seed": critical.seed if critical.pivots else None,
            "fact_horizon_years": critical.horizon.present,
            "pipeline_horizon_years": critical.horizon.pipeline,
        },
        references=phrases.references(named),
        brief=_BRIEF,
    )


def _of(nexus: Iterable[NexusSupplier], basis: str) -> Iterable[NexusSupplier]:
    return (found for found in nexus if found.basis == basis)


def _heading(key: str, lang: Language) -> str:
    own = f"critical.column.{key}"
    return text(own, lang) if has(own) else column(key, lang)


def _input(found: CriticalInput, phrases: ReportPhrases) -> _Row:
    facts = [maker.provenance for maker in found.makers]
    made = phrases.names(maker.organization for maker in found.makers)
    groups = phrases.names(found.groups)
    if found.raw:
        where = phrases.say("critical.why.raw")
    elif made:
        own = any(maker.organization == found.anchor for maker in found.makers)
        where = phrases.say("critical.why.own" if own else "critical.why.local")
    else:
        where = phrases.say("critical.why.bought")
    parts = [phrases.say("critical.why.required", product=phrases.name(found.product)), where]
    if found.dominates:
        parts.append(phrases.say("critical.why.dominates"))
    told = {source for fact in facts for source in fact.sources}
    told |= {source for route in found.routes for source in route.sources}
    levels = [min(fact.evidence for fact in facts)] if facts else []
    levels += [_best(route.sources, phrases) for route in found.routes]
    return (
        Word("input", phrases.say("critical.kind.input")),
        phrases.name(found.anchor),
        phrases.name(found.product),
        made,
        groups,
        phrases.names(found.stops),
        phrases.names(found.dominates),
        *((), None, None, None, None),
        evidence(max(levels, default="e6")),
        tuple(sorted(told)),
        phrases.sentences(parts),
    )


def _single(found: SingleSource, phrases: ReportPhrases) -> _Row:
    facts = [maker.provenance for maker in found.makers]
    uses = [user.provenance for need in found.needs for user in need.users]
    told = {source for fact in (*facts, *uses) for source in fact.sources}
    told |= {source for need in found.needs for source in need.route.sources}
    levels = [min(fact.evidence for fact in facts)]
    levels += [min(use.evidence for use in uses)] if uses else []
    levels += [min(_best(need.route.sources, phrases) for need in found.needs)] if found.needs else []
    users = phrases.names(user.organization for need in found.needs for user in need.users)
    joined = phrases.say("phrase.separator").join(users)
    why = phrases.say("critical.why.used", users=joined) if users else phrases.say("critical.why.unused")
    return (
        Word("single", phrases.say("critical.kind.single")),
        None,
        phrases.name(found.product),
        phrases.makers(found.makers, found.product),
        (phrases.name(found.group),),
        phrases.names(found.lost),
        (),
        phrases.names(found.idled),
        *(None, None, None, None),
        evidence(max(levels)),
        tuple(sorted(told)),
        phrases.sentences([phrases.say("critical.why.single", group=phrases.name(found.group)), why]),
    )


def _nexus(found: NexusSupplier, phrases: ReportPhrases) -> _Row:
    return (
        Word(f"nexus-{found.basis}", phrases.say(f"critical.kind.nexus_{found.basis}")),
        *(None, None),
        (phrases.name(found.organization),),
        *((), (), (), ()),
        found.supply_load,
        found.demand_load,
        round(found.operational_criticality, _DIGITS),
        round(found.informational_independence, _DIGITS),
        "E6" if found.basis == "inferred" else evidence(_best(found.sources, phrases)),
        found.sources,
        phrases.say("critical.why.nexus", buyers=found.demand_load, suppliers=found.supply_load),
    )


def _best(sources: Iterable[str], phrases: ReportPhrases) -> str:
    known = phrases.network.sources
    return min((known[source].evidence for source in sources if source in known), default="e6")
