"""The surplus materials as a table: a row for each outlet of each material."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kg.amounts import tonnes
from kg.analysis.gaps import Gaps
from kg.analysis.surplus import OtherInput, Outlet, Surplus, total_known
from kg.labels import column
from kg.messages import Language, text
from kg.reports.phrases import ReportPhrases
from kg.reports.table import Cell, Column, Kind, Table

_COLUMNS: Final[tuple[tuple[str, Kind], ...]] = (
    ("product", "text"),
    ("made_by", "list"),
    ("capacity", "number"),
    ("demand", "number"),
    ("surplus", "number"),
    ("unit", "text"),
    ("output", "text"),
    ("route", "text"),
    ("other_inputs", "list"),
    ("feasible_scale", "number"),
    ("closes", "text"),
    ("pipeline", "list"),
    ("sources", "list"),
    ("why", "text"),
)

# What a terminal has room for.
_BRIEF: Final = (
    "product",
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
    """Return surpluses as a table, in the order given; amounts are in tonnes a year, blank where unknown.

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
            text("surplus.note.competing", lang),
            text("gaps.note.zero", lang),
            text("gaps.note.pipeline", lang),
        ),
        as_of=gaps.network.as_of or None,
        references=phrases.references(source for surplus in surpluses for source in surplus.sources),
        brief=_BRIEF,
    )


def _row(surplus: Surplus, outlet: Outlet, phrases: ReportPhrases) -> tuple[Cell, ...]:
    sources = {source for maker in surplus.makers for source in maker.provenance.sources} | set(
        outlet.route.sources
    )
    return (
        phrases.name(surplus.product),
        phrases.makers(surplus.makers),
        surplus.capacity,
        surplus.need,
        surplus.surplus,
        phrases.concept("unit", "t-a").label,
        phrases.name(outlet.route.output),
        outlet.route.name,
        tuple(_input(other, phrases) for other in outlet.others),
        outlet.scale,
        phrases.concept("finding-kind", outlet.closes) if outlet.closes else None,
        phrases.makers(outlet.pipeline),
        tuple(sorted(sources)),
        _why(surplus, phrases),
    )


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
        parts.append(phrases.say("surplus.why.balance", **amounts))
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
