"""The balance: how the city's surpluses are best divided between the uses that compete for them.

A linear programme over the outlets of :mod:`kg.analysis.balance.outlets`. Its constraints are the stocks of
:mod:`kg.analysis.balance.stocks`, in which local use, captive use included, is served already; each tonne is given away once. What
the city does not make is bought in and sets no limit, unless only local inputs are asked for; what other uses of the plan
make counts as local. A use for which a figure is missing is not in the programme, and the figure is named: unknown is not
zero. Nothing here says that a plant of such a scale pays, or that anybody wants its output: the plan is what tonnes allow.

The recipes tell one output each. Products that come out of one process together are therefore uses that compete, and a plan
makes less of them than the process would.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from kg.analysis.balance.allocation import Allocation, Objective, Problem, Use, allocate
from kg.analysis.balance.outlets import Outlet, find_outlets
from kg.analysis.balance.stocks import Missing, Stock, Stocks, find_stocks
from kg.analysis.capacities import NONE, demand_of
from kg.analysis.gaps import Gaps


@dataclass(frozen=True, slots=True)
class PlannedUse:
    """One use of surpluses, alone and in the plan.

    Attributes
    ----------
    outlet
        The route, its inputs, and its largest scale alone.
    planned
        Its scale in the plan in t/a; None where it cannot be calculated.
    up_to
        Its largest scale in any plan that serves the objective as well; None where unknown.
    takes
        Tonnes a year of each local input at the planned scale.
    buys
        Tonnes a year of each input from elsewhere, raw materials included, at the planned scale; None where the coefficient
        is unknown. What the plan makes of it itself is not taken off; ``from_plan`` are the inputs of which it makes any.
    limited_by
        Inputs of which the plan leaves nothing.
    missing
        The figures without which it cannot be calculated.
    need, closed
        What the city, its pipeline included, needs of the gap that it fills, and what the whole plan fills of it, in t/a; None where there is no
        gap or the need is unknown.
    """

    outlet: Outlet
    planned: Decimal | None
    up_to: Decimal | None
    takes: Mapping[str, Decimal]
    buys: Mapping[str, Decimal | None]
    from_plan: frozenset[str]
    limited_by: tuple[str, ...]
    missing: tuple[Missing, ...]
    need: Decimal | None
    closed: Decimal | None


@dataclass(frozen=True, slots=True)
class PlannedStock:
    """What the plan takes of one local product: ``free`` before it, ``drawn`` by it, in t/a.

    ``free`` is None where a figure is missing, named by ``missing``; such a product is in no plan. ``worth`` is by how much
    one more tonne would raise what is maximised, None where some is left.
    """

    stock: Stock
    free: Decimal | None
    drawn: Decimal
    worth: Decimal | None
    missing: tuple[Missing, ...]


@dataclass(frozen=True)
class Balance:
    """The plan, and what it was made of.

    Attributes
    ----------
    objective
        What was maximised: tonnes of ``surplus`` used, needed tonnes of ``gaps`` closed, or tonnes of ``output`` made.
    local_only
        Whether only local inputs and raw materials were allowed.
    value
        What the plan reaches of the objective, in t/a.
    uses
        Every use, the planned ones first.
    stocks
        Every local product that a use could draw on.
    """

    gaps: Gaps
    objective: Objective
    local_only: bool
    value: Decimal
    uses: tuple[PlannedUse, ...]
    stocks: tuple[PlannedStock, ...]

    @property
    def calculable(self) -> tuple[PlannedUse, ...]:
        """The uses that were in the programme."""
        return tuple(use for use in self.uses if use.planned is not None)

    @property
    def blocking(self) -> tuple[tuple[Missing, int], ...]:
        """The missing figures, each with how many uses wait for it, those that most wait for first."""
        counts = Counter(datum for use in self.uses for datum in use.missing)
        return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0].datum, *_key(item[0]))))

    def of(self, organization: str) -> Balance:
        """Return the part that draws on products of one organization; the plan is still that of the whole city."""
        stocks = tuple(s for s in self.stocks if any(m.organization == organization for m in s.stock.makers))
        own = {s.stock.product for s in stocks}
        uses = tuple(use for use in self.uses if any(own & {*f.served_by} for f in use.outlet.feeds))
        return replace(self, uses=uses, stocks=stocks)


def _key(datum: Missing) -> tuple[str, ...]:
    return datum.product, datum.organization, datum.output, datum.route


def find_balance(gaps: Gaps, objective: Objective = "surplus", *, local_only: bool = False) -> Balance:
    """Divide the surpluses between the uses that compete for them.

    Parameters
    ----------
    gaps
        Presence, needs and gaps as of a date.
    objective
        What is to be as large as possible, see :class:`Balance`. Of equally good plans the one is taken that closes the
        most needed tonnes of gaps, then uses the most tonnes of surplus, then has the fewest imports, then gives the most
        to the uses in their order: those that close a break, those that close another gap, those with fewer inputs from
        elsewhere, by name.
    local_only
        Whether inputs that the city does not make must come from other uses of the plan; raw materials are bought in.

    References
    ----------
    .. [1] Dantzig, G. B. (1963). Linear Programming and Extensions. Princeton University Press.
    """
    stocks = find_stocks(gaps)
    outlets = find_outlets(gaps, stocks)
    missing = {_name(outlet): _missing(outlet, local_only=local_only) for outlet in outlets}
    needs = {outlet.gap.product: demand_of(outlet.gap.needs) for outlet in outlets if outlet.gap}
    counted = [outlet for outlet in outlets if not missing[_name(outlet)]]
    plan = allocate(_problem(stocks, counted, needs, local_only=local_only), objective)
    made = {o.output for o in counted if plan.scales[_name(o)]}
    uses = [_planned(stocks, o, plan, missing[_name(o)], needs, made, local_only=local_only) for o in outlets]
    uses.sort(key=lambda use: (use.planned is None, not use.planned))
    touched = {product for outlet in outlets for feed in outlet.feeds for product in feed.served_by}
    return Balance(
        gaps,
        objective,
        local_only,
        plan.value,
        tuple(uses),
        tuple(
            PlannedStock(
                stocks.by_product[product],
                stocks.free[product],
                plan.drawn.get(product, NONE),
                plan.worth.get(product),
                stocks.untold.get(product, ()),
            )
            for product in sorted(touched)
        ),
    )


# A stock of which no more than this part is left is used up: scales are told to seven digits.
_ROUNDING = Decimal("1e-5")


def _name(outlet: Outlet) -> str:
    return f"{outlet.output} {outlet.route.name}"


def _missing(outlet: Outlet, *, local_only: bool) -> tuple[Missing, ...]:
    """The figures without which a use is not in the programme; what is bought sets no limit, whatever amount it is."""
    found = list(outlet.missing)
    if local_only:
        found += [
            Missing("coefficient", feed.product, output=outlet.output, route=outlet.route.name)
            for feed in outlet.imports
            if feed.coefficient is None
        ]
    return tuple(found)


def _problem(
    stocks: Stocks, outlets: Iterable[Outlet], needs: Mapping[str, Decimal | None], *, local_only: bool
) -> Problem:
    counted = tuple(outlets)
    uses = [
        Use(
            _name(outlet),
            outlet.output,
            {f.product: f.coefficient for f in outlet.feeds if f.coefficient is not None},
            outlet.scale or NONE,
        )
        for outlet in counted
    ]
    feeds = {feed.product: feed.origin for outlet in counted for feed in outlet.feeds}
    outputs = sorted({use.output for use in uses})
    narrower = stocks.presence.narrower_of
    serving = {}
    for product in sorted({product for use in uses for product in use.taken}):
        kinds = {product, *narrower(product)}
        serving[product] = (*stocks.serving(product), *(output for output in outputs if output in kinds))
    imported = frozenset(p for p in serving if feeds[p] == "import")
    raw = frozenset(p for p in serving if feeds[p] == "raw")
    gaps = {gap: need for gap, need in sorted(needs.items()) if need is not None}
    return Problem(
        uses,
        {p: stocks.free[p] or NONE for own in serving.values() for p in own if p in stocks.by_product},
        serving,
        raw if local_only else raw | imported,
        imported,
        gaps,
        {gap: tuple(o for o in outputs if o in {gap, *narrower(gap)}) for gap in gaps},
    )


def _planned(
    stocks: Stocks,
    outlet: Outlet,
    plan: Allocation,
    missing: tuple[Missing, ...],
    needs: Mapping[str, Decimal | None],
    made: set[str],
    *,
    local_only: bool,
) -> PlannedUse:
    name = _name(outlet)
    need = needs[outlet.gap.product] if outlet.gap else None
    closed = plan.closed.get(outlet.gap.product, NONE) if outlet.gap and need is not None else None
    if missing:
        return PlannedUse(outlet, None, None, {}, {}, frozenset(), (), missing, need, closed)
    planned = plan.scales[name]
    limited = [
        feed.product
        for feed in outlet.feeds
        if feed.origin == "local"
        and all(_used_up(stocks.free[p] or NONE, plan.drawn[p]) for p in feed.served_by)
    ]
    if local_only:
        kinds = stocks.presence.narrower_of
        limited += [f.product for f in outlet.imports if not made & {f.product, *kinds(f.product)}]
    return PlannedUse(
        outlet,
        planned,
        plan.spare[name],
        {f.product: f.coefficient * planned for f in outlet.feeds if f.origin == "local" and f.coefficient},
        {
            f.product: None if f.coefficient is None else f.coefficient * planned
            for f in outlet.feeds
            if f.origin != "local"
        },
        frozenset(f.product for f in outlet.feeds if plan.made.get(f.product)),
        tuple(limited),
        (),
        need,
        closed,
    )


def _used_up(free: Decimal, drawn: Decimal) -> bool:
    return drawn >= free * (1 - _ROUNDING)
