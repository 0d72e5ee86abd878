"""Leverage: what would follow if a gap were filled, in products, firms and tonnes.

No figure here is a score. Each answers one question of a planner, and findings can be ranked by any of them:

* which firms get a local source: those that need the product now, or will with their projects;
* which recorded products could then be made from local inputs and raw materials alone: the producible set of
  :mod:`kg.analysis.availability` in its island version, with the product added to it. The set is extended from the
  product on, so that a gap costs what lies downstream of it;
* which products that nobody local is recorded as making would then lack no input: the next thing to make;
* how much of the product is needed, as far as capacities and coefficients are known.

The filled gap stands on its own: what a new plant would need itself is not asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from kg.analysis.availability import Producible, find_producible
from kg.analysis.availability.recipe_clauses import Conditions, Plant
from kg.analysis.capacities import known_demand
from kg.analysis.demand import available, best_routes, in_unit_only
from kg.analysis.gaps.findings import Finding, Gaps
from kg.analysis.presence import Presence

# The findings that filling something would mend.
FILLABLE: Final = frozenset({"break", "missing", "weak"})
# Nothing is made of these that would be traded.
_NO_MATERIAL: Final = frozenset({"process", "service"})

RankBy = Literal["source_count", "unlocked_count", "opened_count", "demand", "evidence"]
RANKS: Final[tuple[RankBy, ...]] = ("source_count", "unlocked_count", "opened_count", "demand", "evidence")


@dataclass(frozen=True, slots=True)
class Leverage:
    """What would follow if one product were made locally.

    Attributes
    ----------
    sourced
        Firms that need it, now or with their projects.
    plants
        Recorded plants, by firm and product, that could then run on local inputs and raw materials alone.
    opened
        Products without a recorded local maker of which one route would then have every input.
    also_lacking
        What else its present users lack before they could run on local inputs alone; empty where one lacks no more.
    demand, known, users
        Known need in t/a of ``known`` of ``users`` users (a firm and what it makes) in production.
    """

    sourced: tuple[str, ...]
    plants: tuple[Plant, ...]
    opened: tuple[str, ...]
    also_lacking: tuple[str, ...]
    demand: Decimal
    known: int
    users: int

    @property
    def unlocked(self) -> tuple[str, ...]:
        """The products of the plants that could then run."""
        return tuple(sorted({product for _, product in self.plants}))


def find_leverage(gaps: Gaps, findings: Iterable[Finding] | None = None) -> Mapping[Finding, Leverage]:
    """Return the leverage of each finding that filling something would mend; see the module.

    Parameters
    ----------
    gaps
        What the findings were found in.
    findings
        Some of its findings; default all.
    """
    wanted = [f for f in (gaps.findings if findings is None else findings) if f.kind in FILLABLE]
    if not wanted:
        return {}
    island = find_producible(gaps.whole, Conditions("island"))
    opened = _opened(gaps.whole)
    found = {}
    gains = {product: island.gain(product) for product in {finding.product for finding in wanted}}
    for finding in wanted:
        current = [need for need in finding.needs if need.basis == "current"]
        amount, known, users = known_demand(current)
        found[finding] = Leverage(
            tuple(sorted({user.organization for need in finding.needs for user in need.users})),
            gains[finding.product],
            opened.get(finding.product, ()),
            _also_lacking(island, finding),
            amount,
            known,
            users,
        )
    return found


def _also_lacking(island: Producible, finding: Finding) -> tuple[str, ...]:
    """What the user that lacks the fewest other inputs lacks besides."""
    others = []
    for need in finding.needs:
        for user in need.users:
            plant = (user.organization, user.product)
            if need.basis == "current" and plant in island.makers:
                lacking = set() if plant in island.running else set(island.lacking(plant))
                others.append(tuple(sorted(lacking - {finding.product})))
    return min(others, key=lambda own: (len(own), own), default=())


def _opened(presence: Presence) -> Mapping[str, tuple[str, ...]]:
    """By input, the products that nobody is recorded as making and of which one route lacks this input alone."""
    network = presence.network
    found: dict[str, list[str]] = defaultdict(list)
    for product in network.routes:
        kind = network.product_kinds.get(product)
        if available(presence, product) or kind in _NO_MATERIAL or in_unit_only(network, product):
            continue
        last = set()
        for _, needed in best_routes(presence, product):
            lacking = {part.product for part in needed if not available(presence, part.product)}
            last |= lacking if len(lacking) == 1 else set()
        for part in last - {product}:
            found[part].append(product)
    return {product: tuple(sorted(own)) for product, own in sorted(found.items())}


_KEYS: Final[Mapping[RankBy, Callable[[Leverage], Decimal | int | None]]] = {
    "source_count": lambda own: len(own.sourced),
    "unlocked_count": lambda own: len(own.unlocked),
    "opened_count": lambda own: len(own.opened),
    "demand": lambda own: own.demand if own.known else None,
}


def ranked(
    findings: Iterable[Finding], leverage: Mapping[Finding, Leverage], by: RankBy
) -> tuple[Finding, ...]:
    """Return findings with the most first; what is not known, or has no leverage, comes last.

    Equal ones stay in the order given. By evidence, the best proven come first.
    """
    if by == "evidence":
        return tuple(sorted(findings, key=lambda finding: finding.evidence))
    amount = _KEYS[by]

    def place(finding: Finding) -> tuple[bool, Decimal | int]:
        own = leverage.get(finding)
        value = None if own is None else amount(own)
        return value is None, 0 if value is None else -value

    return tuple(sorted(findings, key=place))
