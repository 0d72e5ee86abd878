"""What is left of each local product once local use is served, and which figure is missing where nobody can tell.

A product may be drawn on as itself or through narrower ones (a recipe that takes pulp can take bleached
pulp), so the amounts stand at the narrowest product that the ledgers name, each tonne once: what a firm makes of a
kind is part of what it makes of the broader product. Local use is taken off first: by recipe from the users' capacities,
and by deliveries on record where they tell more. A firm's own use of its product (captive use) is use like any other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from kg.analysis.capacities import NONE, capacity_of, demand_of
from kg.analysis.demand import Need
from kg.analysis.gaps import Gaps
from kg.analysis.presence import GOODS, Maker, Presence, current
from kg.labels import conversion
from kg.network.facts import Provenance, Supply

Datum = Literal["capacity", "coefficient", "use"]


@dataclass(frozen=True, slots=True)
class Missing:
    """A figure that no ledger tells.

    ``capacity``: how much of ``product`` the ``organization`` makes; ``coefficient``: how much of ``product`` the
    ``route`` takes for a tonne of ``output``; ``use``: how much of ``product`` the ``organization`` uses, though it is on
    record that it does.
    """

    datum: Datum
    product: str
    organization: str = ""
    output: str = ""
    route: str = ""


@dataclass(frozen=True, slots=True)
class Stock:
    """What the city has of one product, narrower ones apart.

    Attributes
    ----------
    capacity, need
        Recorded capacity of the makers and local use in t/a, None where unknown.
    needs, deliveries
        Who uses it by recipe, and recorded deliveries of its makers to local firms, themselves included.
    captive
        Whether a maker uses it itself, by recipe or on record.
    missing
        The figures that are missing for capacity or need.
    """

    product: str
    makers: tuple[Maker, ...]
    capacity: Decimal | None
    need: Decimal | None
    needs: tuple[Need, ...]
    deliveries: tuple[Supply, ...]
    captive: bool
    missing: tuple[Missing, ...]

    @property
    def surplus(self) -> Decimal | None:
        """K - D in t/a, below zero where more is needed than made; None where either is unknown."""
        return None if self.capacity is None or self.need is None else self.capacity - self.need

    @property
    def used(self) -> bool:
        """Whether any local use is on record; where none is, the surplus is an upper bound."""
        return bool(self.needs or self.deliveries)

    @property
    def users(self) -> tuple[str, ...]:
        """The local firms that use it."""
        found = {user.organization for need in self.needs for user in need.users}
        return tuple(sorted(found | {fact.buyer for fact in self.deliveries}))

    @property
    def uses(self) -> tuple[Provenance, ...]:
        """What the use rests on, besides the recipes."""
        users = (user for need in self.needs for user in need.users)
        return (*(user.provenance for user in users), *(fact.provenance for fact in self.deliveries))

    @property
    def evidence(self) -> str:
        """The weaker of the best evidence of its makers and of its uses."""
        made = min(maker.provenance.evidence for maker in self.makers)
        return max(made, min((fact.evidence for fact in self.uses), default=made))

    @property
    def sources(self) -> tuple[str, ...]:
        """Every source of the makers, the users, their recipes and the deliveries."""
        facts = (*(maker.provenance for maker in self.makers), *self.uses)
        found = {source for fact in facts for source in fact.sources}
        return tuple(sorted(found.union(*(need.route.sources for need in self.needs))))


@dataclass(frozen=True)
class Stocks:
    """The stocks of all local products, and what of each is free for new uses.

    ``free`` is in t/a, never below zero, None where a figure is missing; ``untold`` says which.
    """

    presence: Presence
    by_product: Mapping[str, Stock]
    free: Mapping[str, Decimal | None]
    untold: Mapping[str, tuple[Missing, ...]]

    def serving(self, product: str) -> tuple[str, ...]:
        """Return the products on stock that can serve as ``product``: itself and the narrower ones."""
        return tuple(
            p for p in (product, *sorted(self.presence.narrower_of(product))) if p in self.by_product
        )

    def missing(self, product: str) -> tuple[Missing, ...]:
        """Return the figures without which nobody can tell what is free of ``product``."""
        return tuple(dict.fromkeys(datum for p in self.serving(product) for datum in self.untold.get(p, ())))


def find_stocks(gaps: Gaps) -> Stocks:
    """Work out the stock of every local product that is a material.

    Notes
    -----
    A use that takes more than is made of its product itself draws on the narrower products, in the order of their names.
    Where the use of a broader product is unknown, so is what it leaves of the narrower ones. What a firm makes of a kind
    without an amount is somewhere in its amount of the broader product, and so is what is used of it.
    """
    presence, network = gaps.presence, gaps.network
    deliveries: dict[str, list[Supply]] = defaultdict(list)
    for fact in network.supply:
        recent = current(fact.provenance, network.as_of, gaps.thresholds.horizon_years)
        if fact.kind in GOODS and recent and network.local(fact.supplier) and network.local(fact.buyer):
            deliveries[fact.product].append(fact)
    stocks = {}
    for product, makers in presence.makers.items():
        if network.product_kinds.get(product) not in ("process", "service"):
            own = (product, *_within(presence, makers))
            needs = tuple(need for p in own for need in gaps.needs.get(p, ()) if need.basis == "current")
            delivered = tuple(fact for p in own for fact in deliveries.get(p, ()))
            stocks[product] = _stock(presence, product, makers, needs, delivered)
    free, untold = _free(gaps, stocks)
    return Stocks(presence, stocks, free, untold)


def _within(presence: Presence, makers: tuple[Maker, ...]) -> tuple[str, ...]:
    """The narrower products of which the makers' amounts are not on record, but those of the broader one are."""
    told = {maker.organization for maker in makers if maker.capacity is not None}
    return tuple(
        narrower
        for narrower in (sorted(presence.narrower_of(makers[0].product)) if told else ())
        if any(m.capacity is None and m.organization in told for m in presence.makers.get(narrower, ()))
    )


def _stock(
    presence: Presence,
    product: str,
    makers: tuple[Maker, ...],
    needs: tuple[Need, ...],
    deliveries: Iterable[Supply],
) -> Stock:
    own = {maker.organization for maker in makers}
    sold = tuple(fact for fact in deliveries if fact.supplier in own)
    need, missing = _use(product, needs, sold)
    besides = _whole(presence, makers)
    missing += tuple(
        Missing("capacity", product, maker.organization) for maker in besides if maker.capacity is None
    )
    users = {user.organization for each in needs for user in each.users}
    captive = bool(own & users) or any(fact.supplier == fact.buyer for fact in sold)
    return Stock(
        product,
        makers,
        capacity_of(besides),
        need,
        needs,
        sold,
        captive,
        tuple(dict.fromkeys(missing)),
    )


def _whole(presence: Presence, makers: tuple[Maker, ...]) -> tuple[Maker, ...]:
    """The makers with what they make besides the narrower products that are on record for them."""
    kinds_of = {
        one.organization
        for narrower in presence.narrower_of(makers[0].product)
        for one in presence.makers.get(narrower, ())
    }
    found = []
    for maker in makers:
        if maker.basis == "supply" and maker.organization in kinds_of:
            # Under the broader name it delivers what it makes under the narrower one.
            maker = replace(maker, capacity=NONE)
        elif maker.capacity is not None:
            kinds = _of_kinds(presence, maker.organization, maker.product, frozenset({maker.product}))
            maker = replace(maker, capacity=max(maker.capacity - kinds, NONE))
        found.append(maker)
    return tuple(found)


def _of_kinds(presence: Presence, firm: str, product: str, seen: frozenset[str]) -> Decimal:
    """What a firm makes of narrower products in t/a, as far as it is on record."""
    total = NONE
    for narrower in set(presence.narrower.get(product, ())) - seen:
        amounts = [m.capacity for m in presence.makers.get(narrower, ()) if m.organization == firm]
        if amounts and amounts[0] is not None:
            total += amounts[0]
        else:
            total += _of_kinds(presence, firm, narrower, seen | {narrower})
    return total


def _use(
    product: str, needs: tuple[Need, ...], sold: tuple[Supply, ...]
) -> tuple[Decimal | None, tuple[Missing, ...]]:
    """Return local use in t/a: of each firm what its recipes take, or what is delivered to it if that is more."""
    by_user: dict[str, list[Need]] = defaultdict(list)
    for need in needs:
        mine: dict[str, list[Maker]] = defaultdict(list)
        for user in need.users:
            mine[user.organization].append(user)
        for firm, plants in mine.items():
            by_user[firm].append(replace(need, users=tuple(plants)))
    newest: dict[tuple[str, str, str], Supply] = {}
    for fact in sorted(sold, key=lambda f: (f.provenance.date, f.quantity is not None, f.iri)):
        newest[fact.supplier, fact.buyer, fact.product] = fact
    delivered: dict[str, list[Decimal | None]] = defaultdict(list)
    for (_, buyer, _), fact in sorted(newest.items()):
        delivered[buyer].append(_yearly(fact))
    total: Decimal | None = NONE
    missing: list[Missing] = []
    for firm in sorted({*by_user, *delivered}):
        own = tuple(by_user.get(firm, ()))
        sold_here = delivered.get(firm, [])
        taken = demand_of(own) if own else None
        bought = sum((amount or NONE for amount in sold_here), NONE)
        if own and taken is None:
            missing += _untold(product, own)
        if not own and None in sold_here:
            missing.append(Missing("use", product, firm))
        if (own and taken is None) or (not own and None in sold_here):
            total = None
        elif total is not None:
            total += max(taken or NONE, bought)
    return total, tuple(missing)


def _yearly(fact: Supply) -> Decimal | None:
    if fact.quantity is None or not fact.unit:
        return None
    factor = conversion(fact.unit, "t-a")
    return None if factor is None else fact.quantity * factor


def _untold(product: str, needs: tuple[Need, ...]) -> list[Missing]:
    """The figures for lack of which a firm's use is unknown; alternative routes leave open which one it runs."""
    found = []
    for need in needs:
        if need.coefficient is None:
            found.append(Missing("coefficient", need.product, output=need.output, route=need.route.name))
        found += [
            Missing("capacity", need.output, user.organization)
            for user in need.users
            if user.capacity is None
        ]
    return found or [Missing("use", product, user.organization) for need in needs[:1] for user in need.users]


def _free(
    gaps: Gaps, stocks: Mapping[str, Stock]
) -> tuple[dict[str, Decimal | None], dict[str, tuple[Missing, ...]]]:
    """Return what is left of each product when every local use, of broader products too, is served; and what is untold."""
    presence = gaps.presence
    free = {p: None if s.surplus is None else max(s.surplus, NONE) for p, s in stocks.items()}
    untold = {product: stock.missing for product, stock in stocks.items() if free[product] is None}
    short = {p: -s.surplus for p, s in stocks.items() if s.surplus is not None and s.surplus < 0}
    open_ended = {p: stock.missing for p, stock in stocks.items() if stock.need is None}
    # Whoever uses a product of which only kinds are made draws on those.
    for product in gaps.needs:
        if product not in stocks:
            needs = tuple(need for need in gaps.needs[product] if need.basis == "current")
            amount, missing = _use(product, needs, ())
            if amount is None:
                open_ended[product] = missing
            elif amount:
                short[product] = amount
    for product, missing in sorted(open_ended.items()):
        for narrower in presence.narrower_of(product):
            if narrower in stocks:
                free[narrower] = None
                untold[narrower] = tuple(dict.fromkeys((*untold.get(narrower, ()), *missing)))
    for product, lacking in sorted(short.items()):
        left = lacking
        for narrower in sorted(presence.narrower_of(product)):
            there = free.get(narrower)
            if there is not None:
                taken = min(there, left)
                free[narrower], left = there - taken, left - taken
    return free, untold
