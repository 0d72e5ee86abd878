"""Surplus: what the city makes beyond its own recorded use, and what could be made of it.

K is local capacity in production, D the local use (by recipe Σ a·K with a tonnes per tonne of output, and by deliveries on
record), S = K - D. Where a figure is missing, S is unknown: the row then says only that the product is made and not, or
partly, used. Captive use (by the maker itself) is use, not surplus. How competing uses are best served is the matter of
:mod:`kg.analysis.balance.plan`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from kg.analysis.balance.outlets import Feed, Outlet, find_outlets
from kg.analysis.balance.stocks import Stock, find_stocks
from kg.analysis.capacities import NONE
from kg.analysis.demand import Need
from kg.analysis.gaps import Gaps
from kg.analysis.presence import Maker


@dataclass(frozen=True, slots=True)
class Surplus:
    """One surplus product: its stock, and the uses not taken up locally, which compete for the same tonnes."""

    stock: Stock
    outlets: tuple[Outlet, ...]

    @property
    def product(self) -> str:
        """The product."""
        return self.stock.product

    @property
    def makers(self) -> tuple[Maker, ...]:
        """Its recorded local makers."""
        return self.stock.makers

    @property
    def users(self) -> tuple[Need, ...]:
        """The local needs of it that recipes tell."""
        return self.stock.needs

    @property
    def capacity(self) -> Decimal | None:
        """Capacity in t/a, None where unknown."""
        return self.stock.capacity

    @property
    def need(self) -> Decimal | None:
        """Local use in t/a, None where unknown."""
        return self.stock.need

    @property
    def surplus(self) -> Decimal | None:
        """What is left in t/a, None where unknown."""
        return self.stock.surplus

    @property
    def captive(self) -> bool:
        """Whether a maker uses it itself."""
        return self.stock.captive

    def others(self, outlet: Outlet) -> tuple[Feed, ...]:
        """Return the inputs of an outlet besides this product."""
        return tuple(feed for feed in outlet.feeds if self.product not in feed.served_by)

    @property
    def sources(self) -> tuple[str, ...]:
        """Every source of the stock and of the outlets."""
        found = set(self.stock.sources).union(*(outlet.sources for outlet in self.outlets))
        return tuple(sorted(found))


def find_surplus(gaps: Gaps, anchor: str | None = None) -> tuple[Surplus, ...]:
    """Return the surplus products with their outlets, those with a known surplus and more outlets first.

    Parameters
    ----------
    gaps
        The findings (they tell which outlet closes a gap).
    anchor
        Only products of this organization.

    Notes
    -----
    A product whose known use is not below its capacity is no surplus. A product used locally whose balance is unknown
    is listed with an unknown surplus, never with zero.
    """
    stocks = find_stocks(gaps)
    by_product: dict[str, list[Outlet]] = defaultdict(list)
    for outlet in find_outlets(gaps, stocks):
        for product in dict.fromkeys(p for feed in outlet.feeds for p in feed.served_by):
            by_product[product].append(outlet)
    found = []
    for product, outlets in by_product.items():
        stock = stocks.by_product[product]
        if anchor and all(maker.organization != anchor for maker in stock.makers):
            continue
        if stock.surplus is None or stock.surplus > 0:
            found.append(Surplus(stock, tuple(outlets)))
    return tuple(
        sorted(
            found,
            key=lambda s: (
                s.stock.used,
                s.surplus is None,
                -(s.surplus or 0),
                -len(s.outlets),
                s.product,
            ),
        )
    )


def total_known(surpluses: Iterable[Surplus]) -> tuple[Decimal, int, int]:
    """Return the sum of known surpluses in t/a, how many are known, and how many there are."""
    rows = tuple(surpluses)
    known = [row.surplus for row in rows if row.surplus is not None]
    return sum(known, NONE), len(known), len(rows)
