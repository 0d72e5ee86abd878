"""How well are planted gaps found? Made-up ecosystems with known removals, spoilt more and more.

An ecosystem has products in layers, recipes (inputs of a route together, routes as alternatives, some intermediates inside
a plant), one to three makers a product, and a recorded delivery for whatever a plant needs. Then makers are removed, so
that their products are missing (or a break, where an input of theirs is still made), and deliveries are removed, so that
seller and buyer are latent. What was removed is known; what the method finds is compared with it.

Two kinds of noise. *Harmless* noise must not change a finding: undated records, older statements that newer ones overrule,
makers and deliveries from outside, projects for what is missing. *Lossy* noise takes knowledge away, a share of each of:
production records under a name that no alias explains, deliveries, notes of which route a plant has, and recipe inputs.

Run: python benchmarks/planted_gaps.py [--seeds N] [--products N]
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from kg.analysis.gaps import find_gaps
from kg.network.facts import (
    Input,
    Network,
    Organization,
    Production,
    Provenance,
    Route,
    Supply,
    Thing,
)

AS_OF = "2025-01-01"
LEVELS = (0.05, 0.1, 0.2, 0.3, 0.4)
# A product and, for latent pairs, the firm that needs it.
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Noise:
    """Shares of facts spoilt.

    Attributes
    ----------
    harmless
        Harmless noise, see the module.
    names, deliveries, notes, inputs
        Lossy noise: production records under an unknown name, deliveries not recorded, plants whose route no source
        tells, and recipe inputs left out.
    """

    harmless: float = 0.0
    names: float = 0.0
    deliveries: float = 0.0
    notes: float = 0.0
    inputs: float = 0.0


@dataclass(frozen=True, slots=True)
class Plant:
    """A firm that makes a product by one route."""

    firm: str
    product: str
    route: Route


@dataclass(frozen=True, slots=True)
class Truth:
    """What is lacking: products without a maker that plants need, and pairs of product and buyer without a delivery."""

    missing: frozenset[str]
    breaks: frozenset[str]
    latent: frozenset[Pair]


@dataclass(frozen=True, slots=True)
class Planted:
    """An ecosystem as its ledgers show it, with what is truly lacking."""

    network: Network
    truth: Truth


def _said(*sources: str, date: str = "2024-06-01") -> Provenance:
    return Provenance(("ledger", *sources), date, bool(date), "e4")


def _routes(rng: np.random.Generator, layers: list[list[str]]) -> dict[str, tuple[Route, ...]]:
    """One or two routes a product, each with one to three inputs from the layers below; each route has its source."""
    found: dict[str, tuple[Route, ...]] = {}
    inside: dict[str, tuple[Route, ...]] = {}
    for depth, layer in enumerate(layers[1:], 1):
        below = [product for lower in layers[:depth] for product in lower]
        for product in layer:
            routes = []
            for number in range(1 + int(rng.random() < 0.4)):
                source = f"{product}/{number}"
                names = rng.choice(below, size=min(len(below), int(rng.integers(1, 4))), replace=False)
                inputs = [Input(str(name), "required", None, (source,)) for name in sorted(names)]
                if rng.random() < 0.15:
                    # An intermediate of this plant alone, made in it from something else.
                    made_in = f"{product}-{number}-inside"
                    from_ = Input(str(rng.choice(below)), "required", None, (source,))
                    inside[made_in] = (Route(made_in, f"{made_in} route", (from_,)),)
                    inputs.append(Input(made_in, "in-unit", None, (source,)))
                if rng.random() < 0.2:
                    inputs.append(Input("catalyst", "auxiliary", None, (source,)))
                routes.append(Route(product, f"{product} route {number}", tuple(inputs)))
            found[product] = tuple(routes)
    return found | inside


def _needed(route: Route, routes: dict[str, tuple[Route, ...]]) -> set[str]:
    """What a plant with this route gets from others, worked out without the method under test."""
    found: set[str] = set()
    for part in route.inputs:
        if part.requirement == "required":
            found.add(part.product)
        elif part.requirement == "in-unit":
            found |= _needed(routes[part.product][0], routes)
    return found


def plant(
    seed: int,
    *,
    products: int = 120,
    removed: float = 0.15,
    unlinked: float = 0.15,
    noise: Noise | None = None,
) -> Planted:
    """Return an ecosystem with known gaps.

    Parameters
    ----------
    seed
        Everything random follows from it.
    products
        How many products, in five layers; the first is raw materials.
    removed, unlinked
        Shares of products whose makers are all removed, and of pairs of buyer and product without any delivery.
    noise
        What is spoilt; by default nothing.
    """
    rng = np.random.default_rng(seed)
    names = [f"product-{number:04d}" for number in range(products)]
    layers = [names[depth::5] for depth in range(5)]
    routes = _routes(rng, layers)
    made = [product for layer in layers[1:] for product in layer]
    gone = set(rng.choice(made, size=round(removed * len(made)), replace=False).tolist())
    plants = [
        Plant(f"firm-{product}-{number}", product, routes[product][int(rng.integers(len(routes[product])))])
        for product in made
        if product not in gone
        for number in range(int(rng.integers(1, 4)))
    ]
    makers: dict[str, list[str]] = {}
    for one in plants:
        makers.setdefault(one.product, []).append(one.firm)
    wanted = sorted({(product, one.firm) for one in plants for product in _needed(one.route, routes)})
    apart = [pair for pair in wanted if pair[0] in makers and rng.random() < unlinked]
    lacking = {product for product, _ in wanted if product in gone}
    breaks = {
        product
        for product in lacking
        if any(needed in makers for route in routes[product] for needed in _needed(route, routes))
    }
    truth = Truth(frozenset(lacking - breaks), frozenset(breaks), frozenset(apart))
    links = [
        (str(rng.choice(makers[product])), buyer, product)
        for product, buyer in wanted
        if product in makers and (product, buyer) not in set(apart)
    ]
    return Planted(_network(rng, layers, routes, plants, links, gone, noise or Noise()), truth)


def _network(
    rng: np.random.Generator,
    layers: list[list[str]],
    routes: dict[str, tuple[Route, ...]],
    plants: list[Plant],
    links: list[tuple[str, str, str]],
    gone: set[str],
    noise: Noise,
) -> Network:
    firms = {one.firm: "local" for one in plants}
    production: list[Production] = []

    def produce(firm: str, product: str, status: str, said: Provenance) -> None:
        number = f"production {len(production)}"
        production.append(Production(number, firm, product, status, None, "", "", "", said))  # type: ignore[arg-type]

    for one in plants:
        source = () if rng.random() < noise.notes else (one.route.inputs[0].sources[0],)
        date = "" if rng.random() < noise.harmless else "2024-06-01"
        name = f"{one.product} by an unknown name" if rng.random() < noise.names else one.product
        produce(one.firm, name, "in-production", _said(*source, date=date))
        if date and rng.random() < noise.harmless:
            for status, when in (("planned", "2015"), ("in-production", "2018"), ("stopped", "2020-05")):
                produce(one.firm, one.product if name == one.product else name, status, _said(date=when))
    supply = [
        Supply(f"supply {number}", *link, "goods", None, "", _said())
        for number, link in enumerate(links)
        if rng.random() >= noise.deliveries
    ]
    users = sorted({one.firm for one in plants})
    for product in sorted(gone):
        if rng.random() < noise.harmless:
            firms[f"outside-{product}"] = "outside"
            produce(f"outside-{product}", product, "in-production", _said())
            buyer = str(rng.choice(users))
            number = f"supply {len(links)} {product}"
            supply.append(Supply(number, f"outside-{product}", buyer, product, "goods", None, "", _said()))
        if rng.random() < noise.harmless:
            firms[f"planner-{product}"] = "local"
            produce(f"planner-{product}", product, "planned", _said())
    if noise.inputs:
        routes = {
            product: tuple(_spoilt(rng, route, noise.inputs) for route in own)
            for product, own in routes.items()
        }
    uses: dict[str, list[Route]] = {}
    for route in (route for own in routes.values() for route in own):
        for part in route.inputs:
            uses.setdefault(part.product, []).append(route)
    kinds = dict.fromkeys(sorted({*routes, *uses, *(fact.product for fact in production)}), "intermediate")
    kinds |= dict.fromkeys(layers[0], "raw")
    return Network(
        as_of=AS_OF,
        city="",
        names={name: Thing(name, name, name) for name in (*kinds, *firms)},
        sources={},
        organizations={
            firm: Organization(firm, "Enterprise", where, "", "", (), ())  # type: ignore[arg-type]
            for firm, where in sorted(firms.items())
        },
        broader={},
        product_kinds=dict(sorted(kinds.items())),
        routes=dict(sorted(routes.items())),
        production=tuple(production),
        supply=tuple(supply),
        ownership=(),
        chain_versions={},
        stages={},
        participations=(),
        projects={},
        grades=(),
        issues=(),
        uses={product: tuple(own) for product, own in sorted(uses.items())},
    )


def _spoilt(rng: np.random.Generator, route: Route, share: float) -> Route:
    """A recipe as a handbook has it that leaves inputs out, but never all of them."""
    kept = tuple(part for part in route.inputs[1:] if rng.random() >= share)
    return replace(route, inputs=(route.inputs[0], *kept))


def found(network: Network) -> Truth:
    """Return what the method finds for plants in production, in the form of the truth."""
    findings = [f for f in find_gaps(network).findings if any(need.basis == "current" for need in f.needs)]
    return Truth(
        frozenset(f.product for f in findings if f.kind == "missing"),
        frozenset(f.product for f in findings if f.kind == "break"),
        frozenset(
            (f.product, user.organization)
            for f in findings
            if f.kind == "latent"
            for need in f.needs
            for user in need.users
        ),
    )


def scores(pairs: Iterable[tuple[frozenset[object], frozenset[object]]]) -> tuple[float, float, int]:
    """Return precision and recall over pairs of what was found and what is true, and how much is true."""
    hits = said = true = 0
    for own, whole in pairs:
        hits, said, true = hits + len(own & whole), said + len(own), true + len(whole)
    return (hits / said if said else 1.0), (hits / true if true else 1.0), true


def _runs() -> list[tuple[str, Noise]]:
    lossy = ("names", "deliveries", "notes", "inputs")
    runs = [("none", Noise()), ("harmless 50%", Noise(0.5))]
    runs += [(f"all lossy {level:.0%}", Noise(0.5, level, level, level, level)) for level in LEVELS]
    return runs + [(f"{kind} 20%", replace(Noise(0.5), **{kind: 0.2})) for kind in lossy]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--products", type=int, default=120)
    asked = parser.parse_args()
    kinds = ("missing", "breaks", "latent")
    totals = [0, 0, 0]
    print("| noise | missing P | R | break P | R | missing or break P | R | latent P | R |")
    print("|---|---|---|---|---|---|---|---|---|")
    for label, noise in _runs():
        planted = [plant(seed, products=asked.products, noise=noise) for seed in range(asked.seeds)]
        answers = [(found(one.network), one.truth) for one in planted]
        own = [scores((getattr(a, kind), getattr(b, kind)) for a, b in answers) for kind in kinds]
        lacking = scores((a.missing | a.breaks, b.missing | b.breaks) for a, b in answers)
        totals = [true for _, _, true in own]
        cells = [f"{number:.3f}" for one in (*own[:2], lacking, own[2]) for number in one[:2]]
        print(f"| {label} | {' | '.join(cells)} |")
    print("\nTruly there: " + ", ".join(f"{kind} {n}" for kind, n in zip(kinds, totals, strict=True)))


if __name__ == "__main__":
    main()
