"""Ways to use what the city has to spare: routes to products that nobody makes locally, and how far each would go alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import Literal

from kg.analysis.balance.stocks import Missing, Stocks
from kg.analysis.capacities import NONE
from kg.analysis.demand import in_unit_only, requirements, taken_up
from kg.analysis.gaps import Gaps
from kg.analysis.gaps.findings import Finding
from kg.analysis.presence import Maker
from kg.network.facts import Route

# Where an input comes from: the city's own stock, bought in as raw materials are, or from makers elsewhere.
Origin = Literal["local", "raw", "import"]


@dataclass(frozen=True, slots=True)
class Feed:
    """An input of a route with the tonnes of it that a tonne of output takes, None where that is not on record.

    ``served_by`` are the local products that can serve as it: itself and narrower ones.
    """

    product: str
    coefficient: Decimal | None
    origin: Origin
    served_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outlet:
    """One way to use a surplus: ``route`` makes an output that nobody makes locally.

    Attributes
    ----------
    feeds
        The inputs from outside the plant, each product once; an in-unit intermediate is looked through.
    scale
        The largest output in t/a that the city's own inputs allow if nobody else takes any of them; None where a figure is
        missing. What is bought in sets no limit.
    limiting
        The inputs that set the scale.
    missing
        The figures without which the scale cannot be told.
    gap
        What output, or its broader product, the city lacks: the finding that the output would close, if there is one.
    pipeline
        Who is about to make the output.
    evidence
        The weakest of the best evidence of each stock that it draws on; the route's own is apart.
    sources
        Every source of the route, of the stocks that it draws on, of the gap and of the pipeline.
    """

    route: Route
    feeds: tuple[Feed, ...]
    scale: Decimal | None
    limiting: tuple[str, ...]
    missing: tuple[Missing, ...]
    gap: Finding | None
    pipeline: tuple[Maker, ...]
    evidence: str
    sources: tuple[str, ...]

    @property
    def output(self) -> str:
        """The product that the route makes."""
        return self.route.output

    @property
    def closes(self) -> str:
        """The kind of the gap that the output would close, empty if there is none."""
        return self.gap.kind if self.gap else ""

    @property
    def imports(self) -> tuple[Feed, ...]:
        """The inputs that neither the city makes nor are raw materials."""
        return tuple(feed for feed in self.feeds if feed.origin == "import")


def find_outlets(gaps: Gaps, stocks: Stocks) -> tuple[Outlet, ...]:
    """Return every route not taken up locally that draws on the city's own products, the most useful first.

    Those that close a gap come first, then those with fewer inputs from elsewhere, then by name.

    Notes
    -----
    Routes whose own inputs are all used up are no outlets of a surplus.
    """
    network, presence = gaps.network, gaps.presence
    lacking = {f.product: f for f in gaps.findings if f.kind in ("break", "missing")}
    found = []
    for output, routes in network.routes.items():
        if taken_up(presence, gaps.needs, output) or in_unit_only(network, output):
            continue
        gap = lacking.get(output) or next(
            (lacking[up] for up in network.broader.get(output, ()) if up in lacking), None
        )
        pipeline = presence.pipeline_of(output)
        for route in routes:
            feeds = _feeds(gaps, stocks, route)
            own = {feed.product: feed.coefficient for feed in feeds if feed.origin == "local"}
            if not own or not any(stocks.free[p] != 0 for each in own for p in stocks.serving(each)):
                continue
            missing = _missing(stocks, route, own)
            scale, limiting = (None, ()) if missing else reach(stocks, own)
            sources = {*route.sources, *(gap.sources if gap else ())}
            sources.update(s for maker in pipeline for s in maker.provenance.sources)
            sources.update(s for feed in feeds for p in feed.served_by for s in stocks.by_product[p].sources)
            evidence = max(
                min(stocks.by_product[p].evidence for p in feed.served_by) for feed in feeds if feed.served_by
            )
            found.append(
                Outlet(
                    route, feeds, scale, limiting, missing, gap, pipeline, evidence, tuple(sorted(sources))
                )
            )
    order = {"break": 0, "missing": 1, "": 2}
    return tuple(sorted(found, key=lambda o: (order[o.closes], len(o.imports), o.output, o.route.name)))


def _feeds(gaps: Gaps, stocks: Stocks, route: Route) -> tuple[Feed, ...]:
    # A product needed directly and inside an intermediate is needed twice.
    amounts: dict[str, list[Decimal | None]] = defaultdict(list)
    for requirement in requirements(gaps.presence, route):
        if requirement.product != route.output:
            amounts[requirement.product].append(requirement.coefficient)
    found = []
    for product, coefficients in sorted(amounts.items()):
        known = [c for c in coefficients if c is not None and c > 0]
        total = sum(known, NONE) if len(known) == len(coefficients) else None
        raw = gaps.network.product_kinds.get(product) == "raw"
        serving = stocks.serving(product)
        origin: Origin = "local" if serving else "raw" if raw else "import"
        found.append(Feed(product, total, origin, serving))
    return tuple(found)


def _missing(stocks: Stocks, route: Route, own: Mapping[str, Decimal | None]) -> tuple[Missing, ...]:
    found: list[Missing] = []
    for product, coefficient in own.items():
        if coefficient is None:
            found.append(Missing("coefficient", product, output=route.output, route=route.name))
        found += stocks.missing(product)
    return tuple(dict.fromkeys(found))


def reach(stocks: Stocks, taken: Mapping[str, Decimal | None]) -> tuple[Decimal | None, tuple[str, ...]]:
    """Return the largest scale at which stocks cover what is taken of them for a tonne, and the inputs that set it.

    Where several inputs can be served by the same narrower product, all of them together must not take more than there is
    (Hall's condition on every group of such inputs).

    Parameters
    ----------
    stocks
        What is free.
    taken
        Tonnes of each input for a tonne of output, all known and above zero.
    """
    best: Decimal | None = None
    limiting: set[str] = set()
    for group in _groups(stocks, taken):
        there = {p for product in group for p in stocks.serving(product)}
        free = sum((stocks.free[p] or NONE for p in there), NONE)
        scale = free / sum((taken[product] or NONE for product in group), NONE)
        if best is None or scale < best:
            best, limiting = scale, set(group)
        elif scale == best:
            limiting |= set(group)
    return best, tuple(sorted(limiting))


def _groups(stocks: Stocks, products: Iterable[str]) -> Iterable[tuple[str, ...]]:
    """Each product alone, and every group of products that share, one with the next, what serves them."""
    alike: list[tuple[set[str], list[str]]] = []
    for product in sorted(products):
        serving = set(stocks.serving(product))
        touching = [group for group in alike if group[0] & serving]
        alike = [group for group in alike if group not in touching]
        alike.append(
            (serving.union(*(s for s, _ in touching)), [*(p for _, own in touching for p in own), product])
        )
    for _, own in alike:
        for size in range(1, len(own) + 1):
            yield from combinations(own, size)
