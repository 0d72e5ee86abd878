"""The surplus materials as a table: a row for each outlet of each material."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from kg.amounts import tonnes
from kg.analysis.gaps import Gaps
from kg.analysis.surplus import OtherInput, Outlet, Surplus, total_known
from kg.labels import column, conversion
from kg.messages import Language, text
from kg.reports.phrases import ReportPhrases
from kg.reports.table import Cell, Column, Kind, Table, Word

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
    ("closes", "text"),
    ("pipeline", "list"),
    ("evidence", "text"),
    ("sources", "list"),
    ("why", "text"),
)

# One unit for the whole table, the one planners count in.
_UNIT: Final = "10kt-a"

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
        columns=tuple(Column(key, column(key, lang), kind) for key, kind in _COLUMNS),
        rows=tuple(_row(surplus, outlet, phrases) for surplus in surpluses for outlet in surplus.outlets),
        lang=lang,
        notes=(
            text("surplus.note.total", lang, known=known, materials=count, total=tonnes(total, lang)),
            text("surplus.note.balance", lang),
            text("surplus.note.competing", lang),
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


def _row(surplus: Surplus, outlet: Outlet, phrases: ReportPhrases) -> tuple[Cell, ...]:
    facts = [maker.provenance for maker in surplus.makers]
    sources = {source for fact in facts for source in fact.sources} | set(outlet.route.sources)
    unused = not surplus.users
    return (
        phrases.name(surplus.product),
        phrases.makers(surplus.makers),
        _amount(surplus.capacity, phrases),
        min((fact.date for fact in facts if fact.date), default=None),
        Word(None, phrases.say("surplus.no_use")) if unused else _amount(surplus.need, phrases),
        Word("at-most", phrases.say("surplus.at_most")) if unused and surplus.surplus is not None else None,
        _amount(surplus.surplus, phrases),
        phrases.concept("unit", _UNIT).label,
        phrases.name(outlet.route.output),
        outlet.route.name,
        tuple(_input(other, phrases) for other in outlet.others),
        _amount(outlet.scale, phrases),
        phrases.concept("finding-kind", outlet.closes) if outlet.closes else None,
        phrases.makers(outlet.pipeline),
        phrases.weakest([fact.evidence for fact in facts], outlet.route.sources),
        tuple(sorted(sources)),
        _why(surplus, phrases),
    )


def _amount(tonnes_a_year: Decimal | None, phrases: ReportPhrases) -> Cell:
    """Return an amount in the unit of the table; what is unknown is said to be, and is no zero."""
    if tonnes_a_year is None:
        return phrases.unknown()
    factor = conversion("t-a", _UNIT)
    return tonnes_a_year if factor is None else tonnes_a_year * factor


def _input(other: OtherInput, phrases: ReportPhrases) -> str:
    key = (
        "surplus.input_local" if other.local else "surplus.input_raw" if other.raw else "surplus.input_absent"
    )
    return phrases.say(key, name=phrases.name(other.product))


def _why(surplus: Surplus, phrases: ReportPhrases) -> str:
    parts = []
    if surplus.capacity is not None and surplus.need is not None and surplus.surplus is not None:
        amounts = {
            "capacity": tonnes(surplus.capacity, phrases.lang),
            "need": tonnes(surplus.need, phrases.lang),
            "surplus": tonnes(surplus.surplus, phrases.lang),
        }
        parts.append(phrases.say("surplus.why.balance" if surplus.users else "surplus.why.bound", **amounts))
    elif surplus.users:
        users = phrases.listed(
            phrases.name(user.organization) for need in surplus.users for user in need.users
        )
        parts.append(phrases.say("surplus.why.partly_used", users=users))
    else:
        parts += [phrases.say("surplus.why.unused"), phrases.say("surplus.why.unknown")]
    if surplus.captive:
        parts.append(phrases.say("surplus.why.captive"))
    return phrases.sentences(parts)
