"""What local production needs: the inputs of the routes by which local products can be made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from kg.analysis.presence import Maker, Presence
from kg.network.facts import Network, Route

NeedBasis = Literal["current", "pipeline"]


@dataclass(frozen=True, slots=True)
class Need:
    """``product`` is required to make ``output``, which ``users`` make (current) or will make (pipeline).

    ``through`` are the in-unit intermediates between the two: made inside the plant of the output, not traded.
    ``coefficient`` is tonnes of the product per tonne of output, along the intermediates, None where one is unknown.
    ``alternatives`` counts the other routes by which ``output`` could be made as well with what is at hand.
    """

    product: str
    output: str
    route: Route
    through: tuple[str, ...]
    basis: NeedBasis
    users: tuple[Maker, ...]
    coefficient: Decimal | None
    alternatives: int


@dataclass(frozen=True, slots=True)
class Requirement:
    """An input that a route must get from outside its plant, ``coefficient`` tonnes of it per tonne of output."""

    product: str
    through: tuple[str, ...]
    coefficient: Decimal | None


def routes_of(network: Network, product: str) -> tuple[Route, ...]:
    """Return the routes of ``product``, or of the nearest broader product that has any."""
    level: tuple[str, ...] = (product,)
    seen: set[str] = set()
    while level:
        if found := tuple(route for member in level for route in network.routes.get(member, ())):
            return found
        seen.update(level)
        level = tuple(sorted({up for member in level for up in network.broader.get(member, ())} - seen))
    return ()


def in_unit_only(network: Network, product: str) -> bool:
    """Whether ``product`` is known only as an intermediate inside other products' plants."""
    parts = [
        part for route in network.uses.get(product, ()) for part in route.inputs if part.product == product
    ]
    return bool(parts) and all(part.requirement == "in-unit" for part in parts)


def available(presence: Presence, product: str) -> bool:
    """Whether ``product`` needs no remedy: made locally on record, or a raw material that is bought in anyway."""
    return presence.made(product) or presence.network.product_kinds.get(product) == "raw"


def requirements(
    presence: Presence, route: Route, within: frozenset[str] = frozenset()
) -> tuple[Requirement, ...]:
    """Return the inputs that a route must get from outside its plant.

    An in-unit intermediate is looked through to the inputs of its own best route.
    ``within`` are the products being looked through; a recycle ends there.
    """
    found: list[Requirement] = []
    for part in route.inputs:
        if part.requirement == "auxiliary":
            continue
        if part.requirement == "required":
            found.append(Requirement(part.product, (), part.coefficient))
        elif part.product not in within:
            inner = best_routes(presence, part.product, within | {route.output, part.product})
            for requirement in inner[0][1] if inner else ():
                coefficient = _times(part.coefficient, requirement.coefficient)
                found.append(
                    Requirement(requirement.product, (part.product, *requirement.through), coefficient)
                )
    return tuple(found)


def _times(first: Decimal | None, second: Decimal | None) -> Decimal | None:
    return None if first is None or second is None else first * second


def best_routes(
    presence: Presence, product: str, within: frozenset[str] = frozenset()
) -> tuple[tuple[Route, tuple[Requirement, ...]], ...]:
    """Return the routes of ``product`` that lack the fewest inputs, each with its requirements.

    Which route is installed is rarely on record. Routes are alternatives, so what must be mended is what the nearest
    one lacks.
    """
    rated = []
    for route in routes_of(presence.network, product):
        needed = requirements(presence, route, within)
        lacking = {r.product for r in needed if not available(presence, r.product)}
        rated.append((len(lacking), route, needed))
    fewest = min((lacking for lacking, _, _ in rated), default=0)
    return tuple((route, needed) for lacking, route, needed in rated if lacking == fewest)


def installed(presence: Presence, user: Maker) -> tuple[Route, ...]:
    """Return the routes that ``user`` has on record: those that a source of its production speaks of as well."""
    said = set(user.provenance.sources)
    return tuple(route for route in routes_of(presence.network, user.product) if said & set(route.sources))


def _users_by_route(
    presence: Presence, output: str, users: tuple[Maker, ...]
) -> list[tuple[Route, tuple[Maker, ...], int]]:
    """Return the routes by which ``output`` is (or will be) made, each with its users and its number of rivals."""
    nearest = tuple(route for route, _ in best_routes(presence, output))
    by_route: dict[tuple[str, int], tuple[Route, list[Maker], int]] = {}
    for user in users:
        routes = installed(presence, user) or nearest
        for route in routes:
            rivals = len(routes) - 1
            by_route.setdefault((route.name, rivals), (route, [], rivals))[1].append(user)
    return [(route, tuple(own), rivals) for _, (route, own, rivals) in sorted(by_route.items())]


def find_needs(presence: Presence, *, with_pipeline: bool = True) -> Mapping[str, tuple[Need, ...]]:
    """Return for each product who needs it for what, in production now and, if asked, in the pipeline.

    Whoever probably has an input as a co-product, or will make it in a project as well, does not need it from others.
    """
    found: dict[str, list[Need]] = defaultdict(list)
    wanted: list[tuple[str, NeedBasis, tuple[Maker, ...]]] = [
        (product, "current", makers) for product, makers in presence.makers.items()
    ]
    if with_pipeline:
        wanted += [
            (product, "pipeline", makers)
            for product, makers in presence.pipeline.items()
            if product not in presence.makers
        ]
    for output, basis, makers in wanted:
        # Whoever is only known to deliver a product may be trading it: that is no production, and needs no inputs.
        users = tuple(maker for maker in makers if maker.basis != "supply")
        for route, running, rivals in _users_by_route(presence, output, users):
            for need in requirements(presence, route):
                if need.product == output or output in presence.narrower_of(need.product):
                    continue
                own = {maker.organization for maker in presence.inferred.get(need.product, ())}
                if basis == "pipeline":
                    own |= {maker.organization for maker in presence.pipeline_of(need.product)}
                dependent = tuple(user for user in running if user.organization not in own)
                if dependent:
                    found[need.product].append(
                        Need(
                            need.product,
                            output,
                            route,
                            need.through,
                            basis,
                            dependent,
                            need.coefficient,
                            rivals,
                        )
                    )
    return {product: tuple(needs) for product, needs in sorted(found.items())}


def taken_up(presence: Presence, needs: Mapping[str, tuple[Need, ...]], product: str) -> bool:
    """Whether somebody local makes ``product``, on record, by inference, or inside the plant of a recorded product."""
    if presence.made(product) or presence.inferred.get(product):
        return True
    return any(product in need.through for own in needs.values() for need in own if need.basis == "current")
