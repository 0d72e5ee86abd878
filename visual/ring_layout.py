"""Place marks on elliptical rings around a centre: rings are tiers, sectors are stages, suppliers left, customers right.

All marks are equal rectangles. On each side a ring carries marks at heights |y| ≤ 0.86 r, so that the vertical distance
of neighbours, not their angle, is what is kept; rings stand a mark's width apart. Two marks then never overlap. Each
side has rings of its own, since an anchor with many customers need not have many suppliers.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product

ASPECT = 1.36
REACH = 0.86
VIEW = (575.0, 770.0)
RING_MARGIN = 24.0
_LINE_MARGIN = 8.0
_SECTOR_GAP = 0.03
_MOST_SPLITS = 3
_NAMES = 230.0  # what the names of the sectors take on both sides

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Placement:
    """What to place: `side` is -1 (left), 1 (right) or 0 (both: above or below), `sector` counts from the top of a side."""

    side: int
    sector: int
    tier: int


@dataclass(frozen=True, slots=True)
class Ring:
    """One ring of a side: its vertical half-axis and the tier it carries."""

    side: int
    radius: float
    tier: int


@dataclass(frozen=True, slots=True)
class Sector:
    """A sector of a side between two parametric angles, seen from the right side."""

    side: int
    index: int
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Rings:
    """Positions of all marks, the rings of both sides, and the sectors."""

    positions: tuple[tuple[float, float], ...]
    rings: tuple[Ring, ...]
    sectors: tuple[Sector, ...]


def outermost(rings: Sequence[Ring], side: int, otherwise: float) -> float:
    """Give the radius of the outermost ring of a side."""
    return max((ring.radius for ring in rings if ring.side == side), default=otherwise)


@dataclass(frozen=True, slots=True)
class _Side:
    """The rings of one side: radius and tier of each, and the ring of each item by its index."""

    radii: tuple[float, ...]
    tiers: tuple[int, ...]
    ring_of: dict[int, int]


def place_on_rings(
    items: Sequence[Placement],
    size: tuple[float, float],
    innermost: float,
    near: Callable[[int], Sequence[int]],
    obstacles: Callable[[Sequence[Ring]], Sequence[Box]],
) -> Rings:
    """Give every item a place.

    Parameters
    ----------
    items : sequence of Placement
    size : (width, height) of a mark
    innermost : least radius of the first ring
    near : for an item, the items it should stand close to
    obstacles : for the rings, boxes (left, top, right, bottom) that marks above and below must spare

    Notes
    -----
    A tier with many marks may be spread over up to three rings; of all such choices the one that shows largest wins.
    """
    tiers = sorted({item.tier for item in items})
    sides = {side: _best_side(items, side, size, innermost) for side in (-1, 1)}
    sides = _balance(sides, size)
    positions: dict[int, tuple[float, float]] = {}
    sectors: list[Sector] = []
    for side, held in sides.items():
        spans = _spans(items, held, size[1] + _LINE_MARGIN)
        sectors += [
            Sector(side, index, math.asin(a), math.asin(b)) for index, (a, b) in sorted(spans.items())
        ]
        _place_side(items, side, held, spans, near, positions)
    rings = [
        Ring(side, radius, tier)
        for side, held in sides.items()
        for radius, tier in zip(held.radii, held.tiers, strict=True)
    ]
    taken = [_box(position, size) for _, position in sorted(positions.items())]
    taken += obstacles(rings)
    for index, item in enumerate(items):
        if item.side == 0:
            held_radii = [ring.radius for ring in rings if ring.tier == item.tier]
            radius = max(held_radii, default=innermost + tiers.index(item.tier) * 2 * size[1])
            positions[index] = _above_or_below(radius, size, taken)
            taken.append(_box(positions[index], size))
    return Rings(tuple(positions[index] for index in range(len(items))), tuple(rings), tuple(sectors))


def _best_side(items: Sequence[Placement], side: int, size: tuple[float, float], innermost: float) -> _Side:
    """Choose over how many rings each tier of a side is spread: the choice that shows largest."""
    held = [index for index, item in enumerate(items) if item.side == side]
    tiers = sorted({items[index].tier for index in held})
    best: tuple[float, _Side] | None = None
    for splits in product(range(1, _MOST_SPLITS + 1), repeat=min(len(tiers), 4)):
        split = {tier: splits[min(rank, len(splits) - 1)] for rank, tier in enumerate(tiers)}
        trial = _side_of(items, held, split, size, innermost)
        width = ASPECT * trial.radii[-1] + size[0] / 2 if trial.radii else 1.0
        height = 2 * (trial.radii[-1] * REACH + size[1]) if trial.radii else 1.0
        shown = round(min(VIEW[0] / width, VIEW[1] / height), 6)
        if best is None or shown > best[0]:
            best = shown, trial
    return best[1] if best else _Side((), (), {})


def _side_of(
    items: Sequence[Placement],
    held: Sequence[int],
    split: dict[int, int],
    size: tuple[float, float],
    innermost: float,
) -> _Side:
    """Spread the marks of a side in order over its rings and find the least radii at which they fit."""
    tier_of = [tier for tier in sorted(split) for _ in range(split[tier])]
    first = {tier: tier_of.index(tier) for tier in split}
    total = Counter((items[index].sector, items[index].tier) for index in held)
    count: Counter[tuple[int, int]] = Counter()
    ring_of = {}
    for index in held:
        key = items[index].sector, items[index].tier
        ring_of[index] = first[key[1]] + count[key] * split[key[1]] // total[key]
        count[key] += 1
    step = (size[0] + RING_MARGIN) / ASPECT
    radius = innermost
    while True:
        radii = tuple(radius + ring * step for ring in range(len(tier_of)))
        side = _Side(radii, tuple(tier_of), ring_of)
        needs = _needs(items, side, size[1] + _LINE_MARGIN)
        if sum(needs.values()) + _SECTOR_GAP * len(needs) <= 2 * REACH:
            return side
        radius += 6.0


def _balance(sides: dict[int, _Side], size: tuple[float, float]) -> dict[int, _Side]:
    """Let the smaller side reach as far as the larger one, or as far as the width of the view has room for."""
    small, large = sorted(sides, key=lambda side: sides[side].radii[-1:])
    if not sides[small].radii:
        return sides
    reach = sides[large].radii[-1]
    height = 2 * (reach * REACH + size[1])
    width = ASPECT * (reach + sides[small].radii[-1]) + size[0]
    room = (height * 2 * VIEW[0] / VIEW[1] - width - _NAMES) / ASPECT
    shift = max(0.0, min(reach - sides[small].radii[-1], room))
    if sides[small].tiers == sides[large].tiers and shift == reach - sides[small].radii[-1]:
        return {side: replace(held, radii=sides[large].radii) for side, held in sides.items()}
    further = tuple(radius + shift for radius in sides[small].radii)
    return {**sides, small: replace(sides[small], radii=further)}


def _needs(items: Sequence[Placement], side: _Side, line: float) -> dict[int, float]:
    """Give the share of the side's height each sector needs."""
    counts = Counter((items[index].sector, ring) for index, ring in side.ring_of.items())
    needs: dict[int, float] = {}
    for (sector, ring), count in sorted(counts.items()):
        needs[sector] = max(needs.get(sector, 0.0), count * line / side.radii[ring])
    return needs


def _spans(items: Sequence[Placement], side: _Side, line: float) -> dict[int, tuple[float, float]]:
    """Share the side's whole height among its sectors as they need it: {sector: (top, bottom)} as sines."""
    needs = _needs(items, side, line)
    if not needs:
        return {}
    free = 2 * REACH - _SECTOR_GAP * len(needs)
    top = -REACH
    spans = {}
    for sector, need in sorted(needs.items()):
        share = free * need / sum(needs.values())
        spans[sector] = max(-1.0, top + _SECTOR_GAP / 2), min(1.0, top + _SECTOR_GAP / 2 + share)
        top += share + _SECTOR_GAP
    return spans


def _place_side(
    items: Sequence[Placement],
    side: int,
    held: _Side,
    spans: dict[int, tuple[float, float]],
    near: Callable[[int], Sequence[int]],
    positions: dict[int, tuple[float, float]],
) -> None:
    for ring, radius in enumerate(held.radii):
        for sector, (low, high) in sorted(spans.items()):
            row = [i for i, on in held.ring_of.items() if on == ring and items[i].sector == sector]
            row.sort(key=lambda i: (_pull(i, near, positions), i))
            for rank, index in enumerate(row):
                y = radius * (low + (rank + 0.5) / len(row) * (high - low))
                positions[index] = side * ASPECT * math.sqrt(radius * radius - y * y), y


def _pull(
    index: int, near: Callable[[int], Sequence[int]], positions: dict[int, tuple[float, float]]
) -> float:
    heights = [math.atan2(positions[i][1], abs(positions[i][0])) for i in near(index) if i in positions]
    return round(sum(heights) / len(heights), 6) if heights else 0.0


def _box(position: tuple[float, float], size: tuple[float, float], margin: float = 4.0) -> Box:
    x, y = position
    half_width, half_height = size[0] / 2 + margin, size[1] / 2 + margin
    return x - half_width, y - half_height, x + half_width, y + half_height


def _above_or_below(radius: float, size: tuple[float, float], taken: Sequence[Box]) -> tuple[float, float]:
    """Find the free place nearest to where the ring crosses the vertical axis."""
    row = 0
    while True:
        y = radius + row * (size[1] + _LINE_MARGIN)
        widest = int(0.45 * ASPECT * radius // (size[0] + 12))
        for column in sorted(range(-widest, widest + 1), key=lambda c: (abs(c), c)):
            for sign in (-1, 1):
                spot = (column * (size[0] + 12), sign * y)
                box = _box(spot, size)
                if not any(overlap(box, other) for other in taken):
                    return spot
        row += 1


def overlap(a: Box, b: Box) -> bool:
    """Say whether two boxes (left, top, right, bottom) overlap."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
