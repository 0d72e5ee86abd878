"""The local supply rates as a table: a row for each rate of each anchor, with everything needed to read it."""

from __future__ import annotations

from typing import Final

from kg.amounts import plain_number
from kg.analysis.local_supply import MEASURES, LocalRate, LocalSupply
from kg.labels import column
from kg.messages import Language, text
from kg.reports.phrases import ReportPhrases, evidence
from kg.reports.table import Cell, Column, Kind, Table, Word

_COLUMNS: Final[tuple[tuple[str, Kind], ...]] = (
    ("anchor", "text"),
    ("measure", "text"),
    ("rate", "number"),
    ("n", "number"),
    ("total", "number"),
    ("covered", "number"),
    ("recorded", "number"),
    ("inside", "list"),
    ("outside", "list"),
    ("unplaced", "list"),
    ("own", "list"),
    ("period", "text"),
    ("evidence", "text"),
    ("sources", "list"),
    ("why", "text"),
)
_SHARED: Final = ("anchor", "period", "evidence", "sources", "why")
# What a terminal has room for.
_BRIEF: Final = ("anchor", "measure", "rate", "n", "total", "covered", "recorded", "period", "evidence")
# Rates are shown in percent to one digit: more would pretend to more than the ledgers know.
_DIGITS: Final = 1


def local_supply_table(supply: LocalSupply, lang: Language, *, of: str | None = None) -> Table:
    """Return the rates as a table; what is not known is said to be, and is no zero.

    Parameters
    ----------
    supply
        The rates.
    of
        IRI of the only anchor.
    """
    network = supply.gaps.network
    phrases = ReportPhrases(network, lang)
    where = phrases.name(supply.territory.iri) if supply.territory.iri else text("local_supply.city", lang)
    title = text("local_supply.title", lang, territory=where)
    if of:
        title = text("local_supply.title_of", lang, territory=where, name=phrases.name(of))
    return Table(
        title=title,
        columns=tuple(Column(key, _heading(key, lang), kind) for key, kind in _COLUMNS),
        rows=tuple(_row(rate, phrases) for rate in supply.rates),
        lang=lang,
        notes=(
            *(text(f"local_supply.define.{measure}", lang) for measure in MEASURES),
            text("local_supply.note.coverage", lang),
            text("local_supply.note.zero", lang),
            text("local_supply.note.choice", lang),
        ),
        as_of=network.as_of or None,
        parameters={
            "territory": where,
            "fact_horizon_years": supply.gaps.thresholds.horizon_years,
        },
        references=phrases.references(source for rate in supply.rates for source in rate.sources),
        brief=_BRIEF,
    )


def _heading(key: str, lang: Language) -> str:
    return column(key, lang) if key in _SHARED else text(f"local_supply.column.{key}", lang)


def _row(rate: LocalRate, phrases: ReportPhrases) -> tuple[Cell, ...]:
    return (
        phrases.name(rate.anchor) if rate.anchor else Word("all", phrases.say("local_supply.all")),
        Word(rate.measure, phrases.say(f"local_supply.measure.{rate.measure}")),
        _percent(rate, phrases),
        rate.local,
        rate.total,
        rate.covered,
        rate.recorded,
        phrases.names(rate.inside),
        phrases.names(rate.outside),
        phrases.names(rate.unplaced),
        phrases.names(rate.own),
        _period(rate),
        evidence(rate.evidence) or None,
        rate.sources,
        _why(rate, phrases),
    )


def _percent(rate: LocalRate, phrases: ReportPhrases) -> Cell:
    if rate.state == "no-data":
        return Word(None, phrases.say("local_supply.no_data"))
    return phrases.unknown() if rate.rate is None else round(rate.rate * 100, _DIGITS)


def _period(rate: LocalRate) -> str | None:
    if not rate.since:
        return None
    return rate.since if rate.since == rate.until else f"{rate.since}/{rate.until}"


def _why(rate: LocalRate, phrases: ReportPhrases) -> str:
    date = phrases.network.as_of
    if rate.state == "no-data":
        return phrases.say(f"local_supply.none.{rate.measure}", date=date)
    if rate.state == "unknown" or rate.local is None or rate.total is None:
        return phrases.say(
            f"local_supply.unknown.{rate.measure}", date=date, covered=rate.covered, recorded=rate.recorded
        )
    return phrases.say(
        f"local_supply.why.{rate.measure}",
        date=date,
        n=plain_number(rate.local),
        total=plain_number(rate.total),
        covered=rate.covered,
        recorded=rate.recorded,
    )
