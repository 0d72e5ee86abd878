"""Surplus: what the city makes beyond its own recorded need, and what could be made of it.

K is local capacity in production, D = Σ a·K the local need with a tonnes per tonne of output, S = K - D. Where a
capacity or a coefficient is unknown, S is unknown: the row then says only that the product is made and not, or partly,
used. Captive use (an input made inside the plant that uses it) is need, not surplus.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from kg.analysis.demand import Need, Requirement, available, in_unit_only, requirements, taken_up
from kg.analysis.gaps import Gaps, capacity_of, demand_of
from kg.analysis.presence import GOODS, Maker
from kg.network.facts import Route


@dataclass(frozen=True, slots=True)
class OtherInput:
    """Another input of the route: whether it is made locally, or a raw material."""

    product: str
    local: bool
    raw: bool


@dataclass(frozen=True, slots=True)
class Outlet:
    """One way to use a surplus: ``route`` makes an output that nobody makes locally.

    ``scale`` is the largest feasible output in t/a, min over the inputs of S/a, None where any is unknown.
    ``closes`` is the kind of the gap that the output would fill, if it is one; ``pipeline`` who is about to make it.
    """

    route: Route
    others: tuple[OtherInput, ...]
    scale: Decimal | None
    closes: str
    pipeline: tuple[Maker, ...]


@dataclass(frozen=True, slots=True)
class Surplus:
    """One surplus product.

    ``capacity``, ``need`` and ``surplus`` are t/a, None where unknown; ``users`` are the local needs on record,
    ``outlets`` the uses not taken up locally; each of several outlets competes for the same tonnes. ``captive`` tells that a maker is recorded as using the product itself.
    """

    product: str
    makers: tuple[Maker, ...]
    capacity: Decimal | None
    need: Decimal | None
    surplus: Decimal | None
    users: tuple[Need, ...]
    captive: bool
    outlets: tuple[Outlet, ...]
    sources: tuple[str, ...]


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
    A product whose known need is not below its capacity is no surplus. A product used locally whose balance is unknown
    is listed with an unknown surplus, never with zero.
    """
    closing = {
        finding.product: finding.kind for finding in gaps.findings if finding.kind in ("break", "missing")
    }
    captive = {
        (fact.supplier, fact.product)
        for fact in gaps.network.supply
        if fact.supplier == fact.buyer and fact.kind in GOODS
    }
    by_product = _outlets(gaps, closing)
    found = []
    for product, makers in gaps.presence.makers.items():
        if anchor and all(maker.organization != anchor for maker in makers):
            continue
        if gaps.network.product_kinds.get(product) in ("process", "service"):
            continue
        users = tuple(need for need in gaps.needs.get(product, ()) if need.basis == "current")
        capacity = capacity_of(makers)
        need = demand_of(users) if users else Decimal(0)
        surplus = None if capacity is None or need is None else capacity - need
        if surplus is not None and surplus <= 0:
            continue
        outlets = tuple(by_product.get(product, ()))
        if not outlets:
            continue
        sources = {source for maker in makers for source in maker.provenance.sources}
        sources |= {source for outlet in outlets for source in outlet.route.sources}
        own = any((maker.organization, product) in captive for maker in makers)
        found.append(
            Surplus(product, makers, capacity, need, surplus, users, own, outlets, tuple(sorted(sources)))
        )
    return tuple(
        sorted(
            found,
            key=lambda s: (bool(s.users), s.surplus is None, -(s.surplus or 0), -len(s.outlets), s.product),
        )
    )


def _outlets(gaps: Gaps, closing: Mapping[str, str]) -> dict[str, list[Outlet]]:
    """Return for each product the routes not taken up locally that need it."""
    network, presence = gaps.network, gaps.presence
    found: dict[str, list[Outlet]] = defaultdict(list)
    for output, routes in network.routes.items():
        if taken_up(presence, gaps.needs, output) or in_unit_only(network, output):
            continue
        for route in routes:
            needed = requirements(presence, route)
            scale = _feasible_scale(gaps, needed)
            for product in dict.fromkeys(requirement.product for requirement in needed):
                others = dict.fromkeys(r.product for r in needed if r.product not in (product, output))
                found[product].append(
                    Outlet(
                        route,
                        tuple(
                            OtherInput(other, presence.made(other), network.product_kinds.get(other) == "raw")
                            for other in others
                        ),
                        scale,
                        closing.get(output, ""),
                        presence.pipeline_of(output),
                    )
                )
    return found


def _feasible_scale(gaps: Gaps, needed: Iterable[Requirement]) -> Decimal | None:
    """Return Q = min over required inputs of S/a, None unless every surplus and coefficient is known.

    Raw materials that nobody makes locally are bought in and set no limit.
    """
    # A product needed directly and inside an intermediate is needed twice.
    amounts: dict[str, list[Decimal | None]] = defaultdict(list)
    for requirement in needed:
        amounts[requirement.product].append(requirement.coefficient)
    scales = []
    for product, coefficients in amounts.items():
        makers = gaps.presence.makers_of(product)
        if not makers and available(gaps.presence, product):
            continue  # what is bought in anyway sets no limit
        capacity = capacity_of(makers)
        users = tuple(need for need in gaps.needs.get(product, ()) if need.basis == "current")
        need = demand_of(users) if users else Decimal(0)
        if not makers or capacity is None or need is None or not all(coefficients):
            return None
        scales.append((capacity - need) / sum(filter(None, coefficients), Decimal(0)))
    return max(min(scales), Decimal(0)) if scales else None


def total_known(surpluses: Iterable[Surplus]) -> tuple[Decimal, int, int]:
    """Return the sum of known surpluses in t/a, how many are known, and how many there are."""
    rows = tuple(surpluses)
    known = [row.surplus for row in rows if row.surplus is not None]
    return sum(known, Decimal(0)), len(known), len(rows)
