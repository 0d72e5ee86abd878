"""The balance as a table: each use alone and in the plan, then each local product that the uses compete for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final, TypeAlias

from kg.amounts import plain_number, tonnes
from kg.analysis.balance import Balance, PlannedStock, PlannedUse
from kg.labels import column
from kg.messages import Language, has, text
from kg.reports.phrases import ReportPhrases, evidence
from kg.reports.table import Cell, Column, Kind, Table, Word
from kg.reports.yearly import missing_figures, yearly, yearly_unit

_COLUMNS: Final[tuple[tuple[str, Kind], ...]] = (
    ("row", "text"),
    ("product", "text"),
    ("route", "text"),
    ("alone", "number"),
    ("planned", "number"),
    ("up_to", "number"),
    ("unit", "text"),
    ("takes", "list"),
    ("buys", "list"),
    ("limited_by", "list"),
    ("closes", "text"),
    ("demand", "number"),
    ("closed", "number"),
    ("surplus", "number"),
    ("drawn", "number"),
    ("worth", "number"),
    ("missing", "list"),
    ("made_by", "list"),
    ("pipeline", "list"),
    ("evidence", "text"),
    ("sources", "list"),
    ("why", "text"),
)
_BRIEF: Final = ("row", "product", "route", "alone", "planned", "unit", "limited_by", "closes", "missing")
# How many of the missing figures the notes name, those that most uses wait for.
_NAMED: Final = 10

# Scales that differ by less are the same.
_NEAR: Final = Decimal("1e-5")

_Row: TypeAlias = dict[str, Cell]


def balance_table(balance: Balance, lang: Language, *, of: str | None = None) -> Table:
    """Return the uses in the plan, those that it leaves out, those that cannot be calculated, then the local products.

    Parameters
    ----------
    balance
        What was found.
    of
        IRI of the only organization whose products are shown; the plan is that of the whole city.
    """
    shown = balance.of(of) if of else balance
    phrases = ReportPhrases(balance.gaps.network, lang)
    found = [*(_use(use, phrases) for use in shown.uses), *(_stock(one, phrases) for one in shown.stocks)]
    title = text("balance.title", lang)
    return Table(
        title=text("balance.title_of", lang, name=phrases.name(of)) if of else title,
        columns=tuple(Column(key, _heading(key, lang), kind) for key, kind in _COLUMNS),
        rows=tuple(tuple(row.get(key) for key, _ in _COLUMNS) for row in found),
        lang=lang,
        notes=_notes(balance, shown, phrases),
        as_of=balance.gaps.network.as_of or None,
        parameters={
            "objective": Word(balance.objective, text(f"balance.objective.{balance.objective}", lang)),
            "local_inputs_only": balance.local_only,
            "fact_horizon_years": balance.gaps.thresholds.horizon_years,
            "pipeline_horizon_years": balance.gaps.thresholds.pipeline_horizon_years,
        },
        references=phrases.references(
            source
            for own in (
                [use.outlet.sources for use in shown.uses],
                [one.stock.sources for one in shown.stocks],
            )
            for sources in own
            for source in sources
        ),
        brief=_BRIEF,
    )


def _heading(key: str, lang: Language) -> str:
    own = f"balance.column.{key}"
    return text(own, lang) if has(own) else column(key, lang)


def _notes(balance: Balance, shown: Balance, phrases: ReportPhrases) -> tuple[str, ...]:
    lang = phrases.lang
    notes = [
        text(
            "balance.note.calculable",
            lang,
            calculable=len(balance.calculable),
            uses=len(balance.uses),
            planned=sum(bool(use.planned) for use in balance.uses),
            objective=text(f"balance.objective.{balance.objective}", lang),
            value=tonnes(balance.value, lang),
        )
    ]
    if blocking := shown.blocking:
        named = missing_figures([datum for datum, _ in blocking[:_NAMED]], phrases)
        counted = [
            phrases.say("balance.waiting", figure=figure, uses=uses)
            for figure, (_, uses) in zip(named, blocking, strict=False)
        ]
        notes.append(
            text(
                "balance.note.missing",
                lang,
                figures=len(blocking),
                named=phrases.say("phrase.separator").join(counted),
            )
        )
    notes.append(text("balance.note.local" if balance.local_only else "balance.note.bought", lang))
    return (*notes, *(text(f"balance.note.{key}", lang) for key in ("captive", "ties", "worth", "reading")))


def _use(use: PlannedUse, phrases: ReportPhrases) -> _Row:
    outlet = use.outlet
    state = "unknown" if use.planned is None else "planned" if use.planned else "left_out"
    return {
        "row": Word(state, phrases.say(f"balance.row.{state}")),
        "product": phrases.name(outlet.output),
        "route": outlet.route.name,
        "alone": yearly(outlet.scale, phrases),
        "planned": yearly(use.planned, phrases),
        "up_to": yearly(use.up_to, phrases),
        "unit": yearly_unit(phrases),
        "takes": _amounts(use, use.takes, phrases) if use.planned else phrases.names(_own(use)),
        "buys": _amounts(use, use.buys, phrases) if use.planned else _elsewhere(use, phrases),
        "limited_by": phrases.names(use.limited_by),
        "closes": phrases.concept("finding-kind", outlet.closes) if outlet.closes else None,
        "demand": yearly(use.need, phrases) if outlet.gap else None,
        "closed": yearly(use.closed, phrases) if outlet.gap else None,
        "missing": missing_figures(use.missing, phrases),
        "made_by": (),
        "pipeline": phrases.makers(outlet.pipeline, outlet.output),
        "evidence": phrases.weakest([outlet.evidence], outlet.route.sources),
        "sources": outlet.sources,
        "why": _why_use(use, phrases),
    }


def _own(use: PlannedUse) -> list[str]:
    return [feed.product for feed in use.outlet.feeds if feed.origin == "local"]


def _elsewhere(use: PlannedUse, phrases: ReportPhrases) -> tuple[str, ...]:
    """The inputs that the city does not make, without amounts."""
    return tuple(
        phrases.say(f"surplus.input_{feed.origin}", name=phrases.name(feed.product))
        for feed in use.outlet.feeds
        if feed.origin != "local"
    )


def _amounts(
    use: PlannedUse, amounts: Mapping[str, Decimal | None], phrases: ReportPhrases
) -> tuple[str, ...]:
    found = []
    for product, amount in amounts.items():
        name = phrases.name(product)
        if amount is None:
            found.append(phrases.say("balance.amount_unknown", name=name))
        else:
            key = "balance.amount_planned" if product in use.from_plan else "balance.amount"
            found.append(phrases.say(key, name=name, amount=_tonnes(amount, phrases)))
    return tuple(found)


def _tonnes(amount: Decimal, phrases: ReportPhrases) -> str:
    """An amount in words, to a tonne; less than that to three digits."""
    return tonnes(round(amount, 0 if abs(amount) >= 1 else 2 - amount.adjusted()), phrases.lang)


def _why_use(use: PlannedUse, phrases: ReportPhrases) -> str:
    outlet = use.outlet
    if use.planned is None:
        parts = [phrases.say("balance.why.unknown")]
        inputs = len(outlet.feeds)
        parts.append(
            phrases.say("balance.why.inputs", local=inputs - len(_elsewhere(use, phrases)), inputs=inputs)
        )
        return phrases.sentences(parts)
    parts = []
    if outlet.scale is not None:
        parts.append(
            phrases.say(
                "balance.why.alone",
                scale=_tonnes(outlet.scale, phrases),
                limiting=_joined(outlet.limiting, phrases),
            )
        )
    if use.planned:
        parts.append(phrases.say("balance.why.planned", planned=_tonnes(use.planned, phrases)))
    elif use.limited_by:
        parts.append(phrases.say("balance.why.nothing_left", inputs=_joined(use.limited_by, phrases)))
    else:
        parts.append(phrases.say("balance.why.no_gain"))
    if use.up_to is not None and use.up_to > use.planned * (1 + _NEAR):
        parts.append(phrases.say("balance.why.up_to", up_to=_tonnes(use.up_to, phrases)))
    return phrases.sentences(parts)


def _stock(one: PlannedStock, phrases: ReportPhrases) -> _Row:
    stock = one.stock
    return {
        "row": Word("stock", phrases.say("balance.row.stock")),
        "product": phrases.name(stock.product),
        "unit": yearly_unit(phrases),
        "demand": yearly(stock.need, phrases) if stock.used else Word(None, phrases.say("surplus.no_use")),
        "surplus": yearly(one.free, phrases),
        "drawn": yearly(one.drawn, phrases) if one.free is not None else phrases.unknown(),
        "worth": one.worth,
        "missing": missing_figures(one.missing, phrases),
        "made_by": phrases.makers(stock.makers),
        "evidence": evidence(stock.evidence),
        "sources": stock.sources,
        "takes": (),
        "buys": (),
        "limited_by": (),
        "pipeline": (),
        "why": _why_stock(one, phrases),
    }


def _why_stock(one: PlannedStock, phrases: ReportPhrases) -> str:
    if one.free is None:
        return phrases.say("balance.why.stock_unknown")
    parts = []
    if not one.stock.used:
        parts.append(phrases.say("balance.why.at_most"))
    if one.worth is None:
        left = max(one.free - one.drawn, Decimal(0))
        parts.append(phrases.say("balance.why.left", left=_tonnes(left, phrases)))
    else:
        parts.append(phrases.say("balance.why.used_up", worth=plain_number(one.worth)))
    return phrases.sentences(parts)


def _joined(products: Iterable[str], phrases: ReportPhrases) -> str:
    return phrases.say("phrase.separator").join(phrases.names(products))
