"""Would the findings have foretold what was announced later? A backtest on real ledgers.

For each cut date the findings are made from what was known by then. A product is *flagged* as a gap (missing, break or weak)
or as a continuation (made by nobody, while one of its recipes takes something that a local firm makes). Then come the
projects of which the first recorded event is later than the cut, with their products. Counted are products of the
reference lists that at the cut nobody made or planned: how many of those announced later had been flagged, against a
random pick of as many products (hypergeometric: its expectation, and the chance of as many hits or more).

The result flatters: ledgers, recipes and reference lists were compiled later, by people who knew what had been announced,
and lists and recipes bear no dates, so today's stand in for those of the cut. Products announced by one project are not
independent of each other, nor are the cuts.

Run: python benchmarks/backtest.py [LEDGERS or STORE] [--cuts 2016 2018 …]
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from scipy.stats import hypergeom

from kg.analysis.gaps import find_gaps
from kg.analysis.gaps.findings import Gaps
from kg.ledgers import build, collect
from kg.network import load
from kg.network.facts import Network
from kg.settings import shipped_city
from kg.store import Store, memory_store, open_store

CUTS = ("2016", "2018", "2020", "2022", "2023")
GAPS = frozenset({"missing", "break", "weak"})
NO_PRODUCT = frozenset({"raw", "process", "service"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """One cut and one way to flag.

    ``judged`` tells whether only products with a recipe count. ``pool`` products could be announced, ``flagged`` of them were flagged, ``later`` of them were announced after the
    cut, and ``hits`` are both.
    """

    cut: str
    way: str
    judged: bool
    pool: int
    flagged: int
    later: int
    hits: int

    @property
    def expected(self) -> float:
        """Hits of a random pick of as many products."""
        return self.flagged * self.later / self.pool if self.pool else 0.0

    @property
    def chance(self) -> float:
        """The chance that a random pick has as many hits or more."""
        return float(hypergeom.sf(self.hits - 1, self.pool, self.flagged, self.later)) if self.pool else 1.0


def announced(now: Network, then: Network) -> frozenset[str]:
    """Return the products of the projects that have events on record, and had none at the cut."""
    return frozenset(
        product
        for project in now.projects.values()
        if any(event.kind == "actual" for event in project.events)
        and not any(event.kind == "actual" for event in then.projects[project.iri].events)
        for product in project.products
    )


def pool(gaps: Gaps, *, judged: bool) -> frozenset[str]:
    """Return the products of the reference lists that nobody makes or plans.

    ``judged``: only those of which some recipe speaks; about the others no finding can be made at all.
    """
    listed = {p for stages in gaps.network.stages.values() for stage in stages for p in stage.products}
    return frozenset(
        product
        for product in listed
        if not gaps.presence.made(product)
        and not gaps.presence.coming(product)
        and gaps.network.product_kinds.get(product) not in NO_PRODUCT
        and not (judged and product not in gaps.network.routes and product not in gaps.network.uses)
    )


def flagged(gaps: Gaps) -> dict[str, frozenset[str]]:
    """Return what is flagged as a gap, as a continuation, and as either."""
    gap = frozenset(finding.product for finding in gaps.findings if finding.kind in GAPS)
    onward = frozenset(
        route.output
        for product in gaps.presence.makers
        for route in gaps.network.uses.get(product, ())
        if any(part.product == product and part.requirement == "required" for part in route.inputs)
    )
    return {"gap": gap, "continuation": onward, "gap or continuation": gap | onward}


def backtest(store: Store, cuts: Iterable[str]) -> list[tuple[list[Outcome], int]]:
    """Return the outcomes of each cut, and how many products announced later were no candidates.

    Those are made or planned by somebody at the cut already, or stand on no reference list.
    """
    now = load(store)
    found = []
    for cut in cuts:
        then = load(store, cut)
        gaps = find_gaps(then)
        later, ways = announced(now, then), flagged(gaps)
        outcomes = [
            Outcome(
                cut,
                way,
                judged,
                len(candidates),
                len(candidates & products),
                len(candidates & later),
                len(candidates & products & later),
            )
            for judged in (False, True)
            for candidates in (pool(gaps, judged=judged),)
            for way, products in ways.items()
        ]
        found.append((outcomes, len(later - pool(gaps, judged=False))))
    return found


def opened(place: Path) -> Store:
    """Return a store: the one in a folder, or one in memory of the ledgers in it."""
    if any(place.glob("*.csv")):
        return memory_store(build(collect([place])).quads)
    return open_store(str(place))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("place", nargs="?", type=Path, default=shipped_city())
    parser.add_argument("--cuts", nargs="+", default=CUTS)
    asked = parser.parse_args()
    print(
        "| known up to | candidates | flagged as | flagged | announced later | of them flagged | by chance | p |"
    )
    print("|---|---|---|---|---|---|---|---|")
    others: dict[str, int] = {}
    with opened(asked.place) as store:
        for outcomes, rest in backtest(store, asked.cuts):
            for one in outcomes:
                name = f"{one.pool} with recipes" if one.judged else f"{one.pool} listed"
                numbers = f"{one.flagged} | {one.later} | {one.hits} | {one.expected:.1f} | {one.chance:.2f}"
                print(f"| {one.cut} | {name} | {one.way} | {numbers} |")
                others[one.cut] = rest
    told = ", ".join(f"{cut}: {rest}" for cut, rest in others.items())
    print(f"\nAnnounced later, but made or planned before or on no list: {told}")


if __name__ == "__main__":
    main()
