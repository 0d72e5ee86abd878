"""What a stop or a start means for each product: who stops or starts, who remains, and the chain of causes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from kg.analysis.availability import Fall, Outage, Producible
from kg.analysis.availability.recipe_clauses import Plant, broader_of
from kg.analysis.capacities import capacity_of
from kg.analysis.demand import routes_of
from kg.analysis.presence import Maker, Presence
from kg.network.facts import Route

EffectKind = Literal["lost", "reduced", "gained", "added"]


@dataclass(frozen=True, slots=True)
class Effect:
    """What happens to one product.

    Attributes
    ----------
    kind
        ``lost``: none of its recorded makers runs any more; ``reduced``: some do; ``gained``: it had no running maker
        on record; ``added``: it had.
    makers
        The makers that stop, or start.
    remaining
        Its other running makers.
    inputs
        The inputs that the makers have lost (or got); empty where the change meets them directly.
    path, routes
        The shortest chain of products from what the change meets to this one, and the routes along it.
    causes
        What was asked to stop or start, as far as it meets the first product of the path.
    available
        Whether the product is still to be had: bought, raw, or as a narrower product.
    assumed
        Whether for one of the makers the route is not on record, and the nearest one was taken.
    """

    kind: EffectKind
    product: str
    makers: tuple[Maker, ...]
    remaining: tuple[Maker, ...]
    inputs: tuple[str, ...]
    path: tuple[str, ...]
    routes: tuple[Route, ...]
    causes: tuple[str, ...]
    available: bool
    assumed: bool

    @property
    def capacity(self) -> Decimal | None:
        """Recorded capacity of the makers in t/a, None where one of them is unknown."""
        return capacity_of(self.makers)

    @property
    def known_capacity(self) -> tuple[Decimal, int]:
        """Sum of the capacities on record in t/a, and of how many makers it is."""
        known = [maker.capacity for maker in self.makers if maker.capacity is not None]
        return sum(known, Decimal(0)), len(known)

    @property
    def sources(self) -> tuple[str, ...]:
        """Every source of the makers and of the routes along the path."""
        found = {source for maker in self.makers for source in maker.provenance.sources}
        return tuple(sorted(found | {source for route in self.routes for source in route.sources}))


@dataclass(frozen=True, slots=True)
class Causes:
    """What was asked for, by the plants and products that it meets."""

    presence: Presence
    plants: Mapping[Plant, Collection[str]]
    products: tuple[str, ...]

    @property
    def removed(self) -> set[str]:
        """The products asked for, with the narrower ones."""
        return {n for product in self.products for n in (product, *self.presence.narrower_of(product))}

    def of(self, product: str) -> tuple[str, ...]:
        """Return what was asked for, as far as it meets a product."""
        found = {cause for (_, made), own in self.plants.items() if made == product for cause in own}
        wider = {product, *broader_of(self.presence, product)}
        found |= wider & set(self.products)
        if not found:
            # A process that is gone meets the products of the routes that bear its name.
            network = self.presence.network
            routes = {route.name for route in routes_of(network, product)}
            found = {process for process in self.products if network.thing(process).zh in routes}
        return tuple(sorted(found))


def find_effects(
    base: Producible,
    fall: Fall,
    causes: Causes,
    whole: EffectKind,
    part: EffectKind,
    shown: Mapping[Plant, Maker],
) -> tuple[Effect, ...]:
    """Return what a fall means for each product: the whole ones first, nearest to the cause first.

    Parameters
    ----------
    base, fall
        The producible set, and what is taken from it.
    causes
        What was asked for.
    whole, part
        What it is called where no maker remains, and where one does.
    shown
        The makers, as they are to be shown.
    """
    by_product: dict[str, list[Outage]] = defaultdict(list)
    for outage in fall.outages:
        by_product[outage.product].append(outage)
    found = []
    for product, own in by_product.items():
        out = {outage.organization for outage in own}
        remaining = tuple(base.makers[plant] for plant in base.plants_of(product) if plant[0] not in out)
        shortest = min(own, key=lambda outage: (len(outage.path), outage.path, outage.organization))
        found.append(
            Effect(
                part if remaining else whole,
                product,
                tuple(shown[outage.organization, product] for outage in own),
                remaining,
                tuple(sorted({given for outage in own for given in outage.inputs})),
                shortest.path,
                shortest.routes,
                causes.of(shortest.path[0]),
                product in base.available and product not in fall.lost,
                any(outage.assumed for outage in own if outage.inputs),
            )
        )
    return tuple(sorted(found, key=lambda e: (e.kind != whole, len(e.path), e.path)))
