"""The surplus materials as a table: a row for each outlet of each material."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kg.amounts import tonnes
from kg.analysis.balance.outlets import Feed, Outlet
from kg.analysis.balance.surplus import Surplus, total_known
from kg.analysis.gaps import Gaps
from kg.labels import column
from kg.messages import Language, text
from kg.reports.phrases import ReportPhrases
from kg.reports.table import Cell, Column, Kind, Table, Word
from kg.reports.yearly import missing_figures, yearly, yearly_unit

_COLUMNS: Final[tuple[tuple[str, Kind], ...]] = (
    ("product", "text"),
    ("made_by", "list"),
    ("capacity", "number"),
    ("as_of", "date"),
    ("demand", "number"),
    ("qualifier", "text"),
    ("surplus", "number"),
    ("unit", "text"),
    ("output", "text"),
    ("route", "text"),
    ("other_inputs", "list"),
    ("feasible_scale", "number"),
    ("limited_by", "list"),
    ("missing", "list"),
    ("closes", "text"),
    ("pipeline", "list"),
    ("evidence", "text"),
    ("sources", "list"),
    ("why", "text"),
)

# What a terminal has room for.
_BRIEF: Final = (
    "product",
    "qualifier",
    "surplus",
    "unit",
    "output",
    "route",
    "other_inputs",
    "feasible_scale",
    "closes",
    "sources",
)


def surplus_table(
    gaps: Gaps, surpluses: Sequence[Surplus], lang: Language, *, of: str | None = None
) -> Table:
    """Return surpluses as a table, in the order given; an amount that is unknown is said to be unknown.

    Parameters
    ----------
    gaps
        What they were found in: names, sources and date.
    surpluses
        The materials.
    of
        IRI of the anchor they are of.
    """
    phrases = ReportPhrases(gaps.network, lang)
    name = phrases.name(of) if of else None
    total, known, count = total_known(surpluses)
    return Table(
        title=text("surplus.title", lang) if name is None else text("surplus.title_of", lang, name=name),
        columns=tuple(Column(key, _heading(key, lang), kind) for key, kind in _COLUMNS),
        rows=tuple(_row(surplus, outlet, phrases) for surplus in surpluses for outlet in surplus.outlets),
        lang=lang,
        notes=(
            text("surplus.note.total", lang, known=known, materials=count, total=tonnes(total, lang)),
            text("surplus.note.listed", lang),
            text("surplus.note.balance", lang),
            text("surplus.note.competing", lang),
            text("surplus.note.inputs", lang),
            text("gaps.note.zero", lang),
            text("gaps.note.pipeline", lang),
        ),
        as_of=gaps.network.as_of or None,
        parameters={
            "fact_horizon_years": gaps.thresholds.horizon_years,
            "pipeline_horizon_years": gaps.thresholds.pipeline_horizon_years,
        },
        references=phrases.references(source for surplus in surpluses for source in surplus.sources),
        brief=_BRIEF,
    )


def _heading(key: str, lang: Language) -> str:
    return text(f"balance.column.{key}", lang) if key in ("limited_by", "missing") else column(key, lang)


def _row(surplus: Surplus, outlet: Outlet, phrases: ReportPhrases) -> tuple[Cell, ...]:
    stock = surplus.stock
    unused = not stock.used
    return (
        phrases.name(surplus.product),
        phrases.makers(surplus.makers),
        yearly(surplus.capacity, phrases),
        min((maker.provenance.date for maker in surplus.makers if maker.provenance.date), default=None),
        Word(None, phrases.say("surplus.no_use")) if unused else yearly(surplus.need, phrases),
        Word("at-most", phrases.say("surplus.at_most")) if unused and surplus.surplus is not None else None,
        yearly(surplus.surplus, phrases),
        yearly_unit(phrases),
        phrases.name(outlet.output),
        outlet.route.name,
        tuple(_input(other, outlet, phrases) for other in surplus.others(outlet)),
        yearly(outlet.scale, phrases),
        phrases.names(outlet.limiting),
        missing_figures(outlet.missing, phrases),
        phrases.concept("finding-kind", outlet.closes) if outlet.closes else None,
        phrases.makers(outlet.pipeline, outlet.output),
        phrases.weakest([max(stock.evidence, outlet.evidence)], outlet.route.sources),
        tuple(sorted({*stock.sources, *outlet.sources})),
        _why(surplus, phrases),
    )


def _input(other: Feed, outlet: Outlet, phrases: ReportPhrases) -> str:
    said = phrases.say(f"surplus.input_{other.origin}", name=phrases.name(other.product))
    if other.origin == "local" or outlet.scale is None or other.coefficient is None:
        return said
    amount = tonnes(round(other.coefficient * outlet.scale, 0), phrases.lang)
    return phrases.say("surplus.input_amount", input=said, amount=amount)


def _why(surplus: Surplus, phrases: ReportPhrases) -> str:
    parts = []
    if surplus.capacity is not None and surplus.need is not None and surplus.surplus is not None:
        amounts = {
            "capacity": tonnes(surplus.capacity, phrases.lang),
            "need": tonnes(surplus.need, phrases.lang),
            "surplus": tonnes(surplus.surplus, phrases.lang),
        }
        parts.append(
            phrases.say("surplus.why.balance" if surplus.stock.used else "surplus.why.bound", **amounts)
        )
    elif surplus.stock.used:
        users = phrases.listed(map(phrases.name, surplus.stock.users))
        parts.append(phrases.say("surplus.why.partly_used", users=users))
    else:
        parts += [phrases.say("surplus.why.unused"), phrases.say("surplus.why.unknown")]
    if surplus.captive:
        parts.append(phrases.say("surplus.why.captive"))
    return phrases.sentences(parts)
