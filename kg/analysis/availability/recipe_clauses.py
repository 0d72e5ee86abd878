"""Makers and their routes as Horn clauses: a route is an AND over its inputs, routes of one plant are alternatives."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from kg.analysis.availability.clauses import Clauses
from kg.analysis.demand import best_routes, installed
from kg.analysis.presence import Maker, Presence
from kg.network.facts import Route

Version = Literal["island", "market"]
# An organization and one of its products.
Plant: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Conditions:
    """Under which conditions something counts as available.

    Attributes
    ----------
    version
        ``island``: only what is made locally, and raw materials; ``market``: also whatever no local maker is recorded
        for, since it must be bought in already.
    replaceable
        market: whether products that are made locally can be bought as well, once their makers stop.
    with_inferred
        Whether operators of a process count as makers of its other outputs (evidence E6).
    """

    version: Version = "market"
    replaceable: bool = False
    with_inferred: bool = False


@dataclass(frozen=True, slots=True)
class _Site:
    """What a plant has itself: ``within`` its output and what is looked through; ``beside`` its firm's co-products."""

    within: frozenset[str]
    beside: frozenset[str]


@dataclass(slots=True)
class RecipeClauses:
    """Turns makers and routes into clauses.

    ``home`` tells what is made locally, and so is not bought; ``beside`` what each firm probably has as a co-product
    of the processes that it runs, and so does not need from others.
    """

    presence: Presence
    makers: Mapping[str, tuple[Maker, ...]]
    home: Collection[str]
    conditions: Conditions
    beside: Mapping[str, frozenset[str]]
    clauses: Clauses = field(default_factory=Clauses)
    had: dict[str, int] = field(default_factory=dict)
    made: dict[str, int] = field(default_factory=dict)
    inside: dict[str, dict[_Site, int]] = field(default_factory=dict)
    plants: dict[Plant, tuple[int, ...]] = field(default_factory=dict)
    assumed: set[Plant] = field(default_factory=set)

    def compile(self) -> None:
        network = self.presence.network
        products = {*network.product_kinds, *self.makers, *network.routes, *network.uses}
        for product in sorted(products):
            self._have(product)
        for product, makers in sorted(self.makers.items()):
            self._plants(product, makers)

    def _have(self, product: str) -> int:
        if product not in self.had:
            node = self.had[product] = self.clauses.node(product)
            self.clauses.clause(node, [self._make(product)])
            bought = self.conditions.version == "market" and (
                self.conditions.replaceable or product not in self.home
            )
            if bought or self.presence.network.product_kinds.get(product) == "raw":
                self.clauses.clause(node)
        return self.had[product]

    def _make(self, product: str) -> int:
        if product not in self.made:
            node = self.made[product] = self.clauses.node(product)
            for narrower in self.presence.narrower.get(product, ()):
                self.clauses.clause(node, [self._make(narrower)])
                if self.presence.network.product_kinds.get(narrower) == "raw":
                    self.clauses.clause(node, [self._have(narrower)])
        return self.made[product]

    def _plants(self, product: str, makers: tuple[Maker, ...]) -> None:
        node = self._make(product)
        own = frozenset({product, *broader_of(self.presence, product)})
        by_sources: dict[tuple[str, ...], tuple[Route, ...]] = {}
        numbers: dict[tuple[str, str, frozenset[str]], int] = {}
        nearest: tuple[Route, ...] | None = None
        alone: int | None = None
        for maker in makers:
            plant = (maker.organization, product)
            routes: tuple[Route, ...] = ()
            # Whoever is only known to deliver a product may be trading it: that needs no inputs.
            if maker.basis != "supply":
                said = maker.provenance.sources
                if said not in by_sources:
                    by_sources[said] = installed(self.presence, maker)
                routes = by_sources[said]
                if not routes:
                    if nearest is None:
                        nearest = tuple(route for route, _ in best_routes(self.presence, product))
                    routes = nearest
                    if routes:
                        self.assumed.add(plant)
            if not routes:
                if alone is None:
                    alone = self.clauses.clause(node, support=0)
                self.plants[plant] = (alone,)
            else:
                beside = self.beside.get(maker.organization, frozenset())
                keys = [(route.output, route.name, beside) for route in routes]
                for key, route in zip(keys, routes, strict=True):
                    if key not in numbers:
                        body = self._body(route, _Site(own, beside))
                        numbers[key] = self.clauses.clause(node, body, route, support=0)
                self.plants[plant] = tuple(numbers[key] for key in keys)
            for number in self.plants[plant]:
                self.clauses.support[number] += 1

    def _body(self, route: Route, site: _Site) -> Iterator[int]:
        for part in route.inputs:
            if part.requirement == "auxiliary" or part.product in site.within:
                continue
            within = site.within | {route.output, part.product}
            if part.requirement != "required":
                yield self._inside(part.product, self._make(part.product), _Site(within, site.beside))
            elif part.product in site.beside:
                yield self._inside(part.product, self._have(part.product), _Site(within, site.beside))
            else:
                yield self._have(part.product)

    def _inside(self, product: str, elsewhere: int, site: _Site) -> int:
        """What a plant makes for itself by the nearest route, unless it comes from elsewhere."""
        known = self.inside.setdefault(product, {})
        if site not in known:
            node = known[site] = self.clauses.node(product)
            self.clauses.clause(node, [elsewhere])
            routes = best_routes(self.presence, product, site.within)
            for route, _ in routes:
                self.clauses.clause(node, self._body(route, site), route)
            if not routes:
                # Nothing is known of how it is made: that is no lack.
                self.clauses.clause(node)
        return known[site]


def broader_of(presence: Presence, product: str) -> frozenset[str]:
    """Return the products broader than ``product``, at any height: who has it has them."""
    found: set[str] = set()
    todo = [product]
    while todo:
        above = set(presence.network.broader.get(todo.pop(), ())) - found
        found |= above
        todo.extend(above)
    return frozenset(found - {product})
