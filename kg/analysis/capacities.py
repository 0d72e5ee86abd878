"""Capacity and need in tonnes a year, where the ledgers tell them: unknown is not zero."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final

from kg.analysis.demand import Need
from kg.analysis.presence import Maker, Presence

NONE: Final = Decimal(0)


def total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """Return the sum of amounts, or None where any of them is unknown: unknown is not zero."""
    found = NONE
    for amount in amounts:
        if amount is None:
            return None
        found += amount
    return found


def capacity_of(makers: Iterable[Maker]) -> Decimal | None:
    """Return the makers' capacity in t/a, or None where any of them is unknown."""
    return total(maker.capacity for maker in makers)


def capacities_of(
    presence: Presence, product: str, seen: frozenset[str] = frozenset()
) -> Mapping[str, Decimal | None]:
    """Return what each maker of ``product``, or of a narrower product, makes of it in t/a; None where it is unknown.

    What a firm makes of a narrower product is part of what it makes of the broader one, and does not add to it.
    ``seen`` are the products on the way down.
    """
    kinds: dict[str, list[Decimal | None]] = defaultdict(list)
    for kind in presence.narrower.get(product, ()):
        if kind not in seen:
            for firm, amount in capacities_of(presence, kind, seen | {product}).items():
                kinds[firm].append(amount)
    found = {firm: total(own) for firm, own in kinds.items()}
    for maker in presence.makers.get(product, ()):
        firm = maker.organization
        if maker.basis == "supply" and firm in kinds:
            continue  # under the broader name it sells what it makes under the narrower one
        found[firm] = None if maker.capacity is None else max(maker.capacity, found.get(firm) or NONE)
    return found


def demand_of(needs: Iterable[Need]) -> Decimal | None:
    """Return D = Σ a·K over the needs in t/a, or None where a coefficient or a capacity is unknown.

    Routes of one output are alternatives: a user whose routes need different amounts (or of whom one needs none) has
    an unknown need, not the sum of them.
    """
    amounts: dict[tuple[str, str], dict[str, Decimal]] = {}
    routes: dict[tuple[str, str], int] = {}
    for need in needs:
        for user in need.users:
            if need.coefficient is None or user.capacity is None:
                return None
            key = (need.output, user.organization)
            by_route = amounts.setdefault(key, {})
            known = by_route.get(need.route.name, Decimal(0))
            by_route[need.route.name] = known + need.coefficient * user.capacity
            routes[key] = need.alternatives + 1
    total = Decimal(0)
    for key, by_route in amounts.items():
        if len(by_route) < routes[key] or len(set(by_route.values())) > 1:
            return None
        total += next(iter(by_route.values()))
    return total


def known_demand(needs: Iterable[Need]) -> tuple[Decimal, int, int]:
    """Return the part of the need that is known in t/a, of how many users it is, and how many users there are.

    A user is a firm and what it makes. Its need is known where :func:`demand_of` knows it.
    """
    by_user: dict[tuple[str, str], list[Need]] = {}
    for need in needs:
        for user in need.users:
            by_user.setdefault((need.output, user.organization), []).append(replace(need, users=(user,)))
    known = [amount for own in by_user.values() if (amount := demand_of(own)) is not None]
    return sum(known, Decimal(0)), len(known), len(by_user)
