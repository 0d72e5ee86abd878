"""What local production needs: the inputs of the routes by which local products can be made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from kg.analysis.presence import Maker, Presence
from kg.network.facts import Input, Network, Route

NeedBasis = Literal["current", "pipeline"]
# Choosing routes for many intermediates at once is a set cover: beyond so many ways the nearest ones go on.
_WAYS: Final = 16
# So many products inside one plant are no plant any more.
_DEEPEST: Final = 64


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

    An in-unit intermediate is looked through to the inputs of its own route. Where several intermediates have several
    routes each, they are chosen together: an input that two of them share is lacking once.
    ``within`` are the products being looked through; a recycle ends there.
    """
    return _ways(presence, route, within)[0].requirements


@dataclass(frozen=True, slots=True)
class _Way:
    """One choice of routes for every intermediate of a route: what it needs, and what of that is not to be had."""

    requirements: tuple[Requirement, ...]
    lacking: frozenset[str]


def _ways(presence: Presence, route: Route, within: frozenset[str]) -> tuple[_Way, ...]:
    """The ways of running a route of which none lacks all that another lacks and more, the nearest first."""
    found: list[_Way] = [_Way((), frozenset())]
    for part in route.inputs:
        if part.requirement == "auxiliary" or (part.requirement != "required" and part.product in within):
            continue
        inner = _inside(presence, route, part, within)
        found = _nearest(
            _Way((*way.requirements, *own.requirements), way.lacking | own.lacking)
            for way in found
            for own in inner
        )
    return tuple(found)


def _inside(presence: Presence, route: Route, part: Input, within: frozenset[str]) -> Sequence[_Way]:
    """The ways to one input: itself, or through an in-unit intermediate to the inputs of its routes."""
    if part.requirement == "required":
        lacking = () if available(presence, part.product) else (part.product,)
        return [_Way((Requirement(part.product, (), part.coefficient),), frozenset(lacking))]
    beyond = within | {route.output, part.product}
    found = _through(presence, part.product, beyond) if len(beyond) < _DEEPEST else ()
    return [
        _Way(
            tuple(
                Requirement(r.product, (part.product, *r.through), _times(part.coefficient, r.coefficient))
                for r in way.requirements
            ),
            way.lacking,
        )
        for way in found
    ] or [_Way((), frozenset())]


def _through(presence: Presence, product: str, within: frozenset[str]) -> Sequence[_Way]:
    """The ways of making an intermediate inside a plant; ``within`` matters as far as it lies below the product."""
    known = presence.looked_through
    if product not in presence.below:
        presence.below[product] = _in_unit_below(presence.network, product)
    key = (product, within & presence.below[product])
    if key not in known:
        routes = routes_of(presence.network, product)
        known[key] = _nearest(way for inner in routes for way in _ways(presence, inner, within))
    found: Sequence[_Way] = known[key]
    return found


def _in_unit_below(network: Network, product: str) -> frozenset[str]:
    """The product and every intermediate that is looked through on the way to its inputs."""
    found = {product}
    todo = [product]
    while todo:
        for route in routes_of(network, todo.pop()):
            inside = (p.product for p in route.inputs if p.requirement not in ("required", "auxiliary"))
            new = [below for below in inside if below not in found]
            found.update(new)
            todo += new
    return frozenset(found)


def _nearest(ways: Iterable[_Way]) -> list[_Way]:
    """Sort ways by what they lack and drop those that lack all that another lacks; of a great many keep the nearest."""
    kept: list[_Way] = []
    for way in sorted(ways, key=lambda way: len(way.lacking)):
        if len(kept) < _WAYS and not any(other.lacking <= way.lacking for other in kept):
            kept.append(way)
    return kept


def _times(first: Decimal | None, second: Decimal | None) -> Decimal | None:
    return None if first is None or second is None else first * second


def best_routes(
    presence: Presence, product: str, within: frozenset[str] = frozenset()
) -> tuple[tuple[Route, tuple[Requirement, ...]], ...]:
    """Return the routes of ``product`` that lack the fewest inputs, each with its requirements.

    Which route is installed is rarely on record. Routes are alternatives, so what must be mended is what the nearest
    one lacks.
    """
    rated = [(route, _ways(presence, route, within)[0]) for route in routes_of(presence.network, product)]
    fewest = min((len(way.lacking) for _, way in rated), default=0)
    return tuple((route, way.requirements) for route, way in rated if len(way.lacking) == fewest)


def installed(presence: Presence, user: Maker) -> tuple[Route, ...]:
    """Return the routes that ``user`` has on record: those that a source of its production speaks of as well."""
    said = set(user.provenance.sources)
    return tuple(route for route in routes_of(presence.network, user.product) if said & set(route.sources))


def _users_by_route(
    presence: Presence, output: str, users: tuple[Maker, ...]
) -> list[tuple[Route, tuple[Requirement, ...], tuple[Maker, ...], int]]:
    """Return the routes by which ``output`` is (or will be) made: requirements, users, and the number of rivals."""
    nearest = tuple(route for route, _ in best_routes(presence, output))
    told = [(route, frozenset(route.sources)) for route in routes_of(presence.network, output)]
    # Thousands of makers share a few sets of sources.
    chosen: dict[tuple[str, ...], tuple[Route, ...]] = {}
    by_route: dict[tuple[str, int], tuple[Route, list[Maker]]] = {}
    for user in users:
        said = user.provenance.sources
        if said not in chosen:
            chosen[said] = tuple(r for r, sources in told if not sources.isdisjoint(said)) or nearest
        routes = chosen[said]
        for route in routes:
            by_route.setdefault((route.name, len(routes) - 1), (route, []))[1].append(user)
    return [
        (route, requirements(presence, route), tuple(own), rivals)
        for (_, rivals), (route, own) in sorted(by_route.items(), key=lambda item: item[0])
    ]


def find_needs(presence: Presence, *, with_pipeline: bool = True) -> Mapping[str, tuple[Need, ...]]:
    """Return for each product who needs it for what, in production now and, if asked, in the pipeline.

    Whoever probably has an input as a co-product, or will make it in a project as well, does not need it from others.
    """
    found: dict[str, list[Need]] = defaultdict(list)
    wanted: list[tuple[str, NeedBasis, tuple[Maker, ...]]] = [
        (product, "current", makers) for product, makers in presence.makers.items()
    ]
    if with_pipeline:
        # An extension takes what its plant takes now; another firm's plant takes its own.
        for product, makers in presence.pipeline.items():
            extended = {maker.organization for maker in presence.makers.get(product, ())}
            others = tuple(maker for maker in makers if maker.organization not in extended)
            wanted.append((product, "pipeline", others))
    for output, basis, makers in wanted:
        # Whoever is only known to deliver a product may be trading it: that is no production, and needs no inputs.
        users = tuple(maker for maker in makers if maker.basis != "supply")
        for route, needed, running, rivals in _users_by_route(presence, output, users):
            for need in needed:
                if need.product == output or output in presence.narrower_of(need.product):
                    continue
                own = {maker.organization for maker in presence.inferred.get(need.product, ())}
                if basis == "pipeline":
                    own |= {maker.organization for maker in presence.pipeline_of(need.product)}
                dependent = running
                if own:
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
