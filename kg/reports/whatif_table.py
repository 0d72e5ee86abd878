"""What a stop takes away, and what a start brings, as a table: products, firms, gaps, each with its chain of causes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final, TypeAlias

from kg.amounts import in_unit, plain_number, tonnes
from kg.analysis.availability import Spared
from kg.analysis.availability.recipe_clauses import Conditions
from kg.analysis.gaps import Finding
from kg.analysis.gaps.explain import why as why_gap
from kg.analysis.presence import Maker
from kg.analysis.resilience.effects import Effect
from kg.analysis.resilience.whatif import Idled, Startup, Stoppage, Waiting
from kg.analysis.thresholds import Thresholds
from kg.labels import column, conversion
from kg.messages import Language, has, text
from kg.network.facts import Provenance, Supply
from kg.reports.phrases import ReportPhrases, evidence
from kg.reports.table import Cell, Column, Kind, Table, Word
from kg.reports.yearly import yearly, yearly_unit

_STOP_COLUMNS: Final[tuple[tuple[str, Kind], ...]] = (
    ("effect", "text"),
    ("product", "list"),
    ("organization", "list"),
    ("capacity", "number"),
    ("unit", "text"),
    ("remaining", "list"),
    ("path", "text"),
    ("evidence", "text"),
    ("sources", "list"),
    ("why", "text"),
)
_START_COLUMNS: Final[tuple[tuple[str, Kind], ...]] = (
    *_STOP_COLUMNS[:1],
    ("gap", "text"),
    *_STOP_COLUMNS[1:],
)

# What a terminal has room for.
_STOP_BRIEF: Final = ("effect", "product", "organization", "capacity", "unit", "path", "sources")
_START_BRIEF: Final = ("effect", "gap", "product", "organization", "capacity", "unit", "path", "sources")

_Row: TypeAlias = tuple[Cell, ...]


def stop_table(stoppage: Stoppage, lang: Language, *, thresholds: Thresholds) -> Table:
    """Return what a stop takes away: products lost and reduced, firms idled, what runs on, deliveries that end.

    Parameters
    ----------
    stoppage
        What was found.
    thresholds
        The settings it was found with.
    """
    phrases = ReportPhrases(stoppage.network, lang)
    makers: dict[str, list[Maker]] = defaultdict(list)
    for effect in stoppage.effects:
        for maker in effect.makers:
            makers[maker.organization].append(maker)
    rows = [
        *(_effect(effect, phrases) for effect in stoppage.effects),
        *(_idled(firm, makers[firm.organization], phrases) for firm in stoppage.idled),
        *(_spared(plant, phrases) for plant in stoppage.spared),
        *(_delivery(fact, phrases) for fact in stoppage.deliveries),
    ]
    named = (*stoppage.organizations, *stoppage.products, *stoppage.parks)
    lost = sum(effect.kind == "lost" for effect in stoppage.effects)
    notes = [
        text(
            "whatif.note.stop",
            lang,
            lost=lost,
            reduced=len(stoppage.effects) - lost,
            whole=sum(firm.whole and not firm.named for firm in stoppage.idled),
            part=sum(not firm.whole and not firm.named for firm in stoppage.idled),
        )
    ]
    if stoppage.unjudged:
        plants = _joined(_plants(stoppage.unjudged, phrases), phrases)
        notes.append(text("whatif.note.unjudged", lang, names=plants))
    if stoppage.products:
        notes.append(text("whatif.note.removed", lang))
    for key, things in (
        ("silent", stoppage.silent),
        ("elsewhere", stoppage.elsewhere),
        ("stalled", _plants(stoppage.stalled, phrases)),
    ):
        if things:
            names = things if key == "stalled" else phrases.names(things)
            notes.append(text(f"whatif.note.{key}", lang, names=_joined(names, phrases)))
    return _table(
        text("whatif.stop.title", lang, names=_joined(phrases.names(named), phrases)),
        _STOP_COLUMNS,
        _STOP_BRIEF,
        rows,
        [*notes, *_reading(stoppage.conditions, lang), text("whatif.note.reduced", lang)],
        phrases,
        stoppage.conditions,
        thresholds,
    )


def start_table(startup: Startup, lang: Language) -> Table:
    """Return what projects bring: products gained and added to, plants that wait, gaps closed and opened."""
    phrases = ReportPhrases(startup.network, lang)
    after = ReportPhrases(startup.after.network, lang)
    rows = [
        *(_with_gap(_effect(effect, after)) for effect in startup.effects),
        *(_with_gap(_expanded(maker, phrases)) for maker in startup.expanded),
        *(_with_gap(_waiting(plant, after)) for plant in startup.waiting),
        *(_finding("closed", finding, phrases) for finding in startup.closed),
        *(_finding("opened", finding, after) for finding in startup.opened),
    ]
    gained = sum(effect.kind == "gained" for effect in startup.effects)
    notes = [
        text(
            "whatif.note.start",
            lang,
            gained=gained,
            added=len(startup.effects) - gained,
            closed=len(startup.closed),
            opened=len(startup.opened),
        ),
        text("whatif.note.gaps", lang),
    ]
    if startup.silent:
        names = _joined(phrases.names(startup.silent), phrases)
        notes.append(text("whatif.note.unsaid", lang, names=names))
    title = (
        text("whatif.start.title", lang, names=_joined(phrases.names(startup.projects), phrases))
        if startup.projects
        else text("whatif.start.title_all", lang)
    )
    return _table(
        title,
        _START_COLUMNS,
        _START_BRIEF,
        rows,
        [*notes, *_reading(startup.conditions, lang, stops=False)],
        after,
        startup.conditions,
        startup.after.thresholds,
    )


def _table(
    title: str,
    columns: tuple[tuple[str, Kind], ...],
    brief: tuple[str, ...],
    rows: list[_Row],
    notes: list[str],
    phrases: ReportPhrases,
    conditions: Conditions,
    thresholds: Thresholds,
) -> Table:
    place = [key for key, _ in columns].index("sources")
    named = {str(source) for row in rows if isinstance(row[place], tuple) for source in row[place]}  # type: ignore[union-attr]
    return Table(
        title=title,
        columns=tuple(Column(key, _heading(key, phrases.lang), kind) for key, kind in columns),
        rows=tuple(rows),
        lang=phrases.lang,
        notes=tuple(notes),
        as_of=phrases.network.as_of or None,
        parameters={
            "version": conditions.version,
            "replaceable": conditions.replaceable,
            "with_inferred": conditions.with_inferred,
            "fact_horizon_years": thresholds.horizon_years,
            "pipeline_horizon_years": thresholds.pipeline_horizon_years,
        },
        references=phrases.references(named),
        brief=brief,
    )


def _heading(key: str, lang: Language) -> str:
    own = f"whatif.column.{key}"
    return text(own, lang) if has(own) else column(key, lang)


def _reading(conditions: Conditions, lang: Language, *, stops: bool = True) -> list[str]:
    """How the conditions are to be read."""
    parts = [text(f"whatif.note.{conditions.version}", lang)]
    if stops and conditions.version == "market":
        kind = "replaceable" if conditions.replaceable else "kept"
        parts.append(text(f"whatif.note.{kind}", lang))
    if conditions.with_inferred:
        parts.append(text("whatif.note.inferred", lang))
    return [*parts, text("whatif.note.cycle", lang)]


def _effect(effect: Effect, phrases: ReportPhrases) -> _Row:
    return (
        _word(effect.kind, phrases),
        (phrases.name(effect.product),),
        phrases.makers(effect.makers),
        yearly(effect.capacity, phrases),
        yearly_unit(phrases),
        phrases.makers(effect.remaining),
        _path(effect, phrases),
        _evidence(effect, phrases),
        effect.sources,
        _why(effect, phrases),
    )


def _path(effect: Effect, phrases: ReportPhrases) -> str:
    """The chain from what was asked for to the product, in the order of cause and effect."""
    causes = [name for name in phrases.names(effect.causes) if name != phrases.name(effect.path[0])]
    steps = [_joined(causes, phrases)] if causes else []
    return text("whatif.arrow", phrases.lang).join([*steps, *(phrases.name(step) for step in effect.path)])


def _evidence(effect: Effect, phrases: ReportPhrases) -> str:
    """The weakest of what the effect rests on: one of its makers, and each route of the path."""
    levels = [min(_level(maker) for maker in effect.makers)]
    for route in effect.routes:
        known = [s.evidence for source in route.sources if (s := phrases.network.sources.get(source))]
        levels.append(min(known, default="e6"))
    return evidence(max(levels))


def _level(maker: Maker) -> str:
    return "e6" if maker.basis == "inferred" else maker.provenance.evidence


def _why(effect: Effect, phrases: ReportPhrases) -> str:
    falls = effect.kind in ("lost", "reduced")
    parts = []
    if effect.inputs:
        key = "whatif.why.lacks" if falls else "whatif.why.gets"
        parts.append(phrases.say(key, inputs=_joined(phrases.names(effect.inputs), phrases)))
    else:
        parts.append(phrases.say("whatif.why.met" if falls else "whatif.why.starts"))
    if effect.kind == "lost" and effect.available:
        parts.append(phrases.say("whatif.why.bought"))
    known, count = effect.known_capacity
    if effect.capacity is None and count:
        parts.append(
            phrases.say(
                "whatif.why.partly_known",
                known=tonnes(known, phrases.lang),
                count=count,
                makers=len(effect.makers),
            )
        )
    if effect.assumed:
        parts.append(phrases.say("whatif.why.assumed"))
    return phrases.sentences(parts)


def _idled(firm: Idled, makers: list[Maker], phrases: ReportPhrases) -> _Row:
    kept = _joined(phrases.names(firm.remaining), phrases)
    parts = [phrases.say("whatif.why.named")] if firm.named else []
    parts.append(
        phrases.say("whatif.why.nothing_left") if firm.whole else phrases.say("whatif.why.runs_on", kept=kept)
    )
    return (
        _word("idled" if firm.whole else "partly_idled", phrases),
        phrases.names(firm.products),
        (phrases.name(firm.organization),),
        *(None, None, (), None),
        evidence(max(map(_level, makers))),
        tuple(sorted({source for maker in makers for source in maker.provenance.sources})),
        phrases.sentences(parts),
    )


def _spared(plant: Spared, phrases: ReportPhrases) -> _Row:
    sources = {source for route in plant.routes for source in route.sources}
    routes = _joined([route.name for route in plant.routes], phrases)
    inputs = _joined(phrases.names(plant.inputs), phrases)
    parts = [phrases.say("whatif.why.other_route", inputs=inputs, routes=routes)]
    if plant.assumed:
        parts.append(phrases.say("whatif.why.assumed"))
    known = [s.evidence for source in sources if (s := phrases.network.sources.get(source))]
    return (
        _word("spared", phrases),
        (phrases.name(plant.product),),
        (phrases.name(plant.organization),),
        *(None, None, (), None),
        evidence(min(known, default="e6")),
        tuple(sorted(sources)),
        phrases.sentences(parts),
    )


def _delivery(fact: Supply, phrases: ReportPhrases) -> _Row:
    factor = conversion(fact.unit, "t-a") if fact.unit else None
    tonnes_a_year = None if fact.quantity is None or factor is None else fact.quantity * factor
    supplier = phrases.name(fact.supplier)
    parts = [phrases.say("whatif.why.delivery", supplier=supplier, date=fact.provenance.date)]
    if fact.quantity is not None and fact.unit:
        amount = in_unit(plain_number(fact.quantity), fact.unit, phrases.lang)
        parts.append(phrases.say("whatif.why.quantity", amount=amount))
    return (
        _word("delivery", phrases),
        (phrases.name(fact.product),),
        (phrases.name(fact.buyer),),
        yearly(tonnes_a_year, phrases),
        yearly_unit(phrases),
        *((), None),
        evidence(fact.provenance.evidence),
        fact.provenance.sources,
        phrases.sentences(parts),
    )


def _expanded(maker: Maker, phrases: ReportPhrases) -> _Row:
    return (
        _word("expanded", phrases),
        (phrases.name(maker.product),),
        phrases.makers([maker]),
        yearly(maker.capacity, phrases),
        yearly_unit(phrases),
        *((), None),
        *_from(maker.provenance),
        phrases.say("whatif.why.expanded"),
    )


def _waiting(plant: Waiting, phrases: ReportPhrases) -> _Row:
    return (
        _word("waiting", phrases),
        (phrases.name(plant.maker.product),),
        phrases.makers([plant.maker]),
        yearly(plant.maker.capacity, phrases),
        yearly_unit(phrases),
        *((), None),
        *_from(plant.maker.provenance),
        phrases.say("whatif.why.waiting", inputs=_joined(phrases.names(plant.lacking), phrases)),
    )


def _from(provenance: Provenance) -> tuple[Cell, Cell]:
    return evidence(provenance.evidence), provenance.sources


def _with_gap(row: _Row) -> _Row:
    return (row[0], None, *row[1:])


def _finding(effect: str, finding: Finding, phrases: ReportPhrases) -> _Row:
    concerned = phrases.names([finding.product] if finding.product else finding.chains)
    users = phrases.names(user.organization for need in finding.needs for user in need.users)
    reason = why_gap(finding, phrases.network, phrases.lang)
    return (
        _word(effect, phrases),
        phrases.concept("finding-kind", finding.kind),
        concerned,
        users or phrases.names(maker.organization for maker in finding.makers),
        *(None, None, (), None),
        evidence(finding.evidence),
        finding.sources,
        phrases.say("whatif.why.if_started", why=reason) if effect == "opened" else reason,
    )


def _word(key: str, phrases: ReportPhrases) -> Word:
    return Word(key, phrases.say(f"whatif.effect.{key}"))


def _plants(makers: Iterable[Maker], phrases: ReportPhrases) -> tuple[str, ...]:
    return tuple(
        phrases.say("whatif.plant", name=phrases.name(m.organization), product=phrases.name(m.product))
        for m in makers
    )


def _joined(names: Iterable[str], phrases: ReportPhrases) -> str:
    """Return names as a list, whole: a reader has to find each of them."""
    return phrases.say("phrase.separator").join(names)
