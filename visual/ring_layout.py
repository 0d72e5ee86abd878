"""Place marks on elliptical rings around a centre: rings are tiers, sectors are stages, suppliers left, customers right.

All marks are equal rectangles. On each side a ring carries marks at heights |y| ≤ 0.86 r, so that the vertical distance
of neighbours, not their angle, is what is kept; rings stand a mark's width apart. Two marks then never overlap.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

ASPECT = 1.36
REACH = 0.86
VIEW = (1150.0, 770.0)
_RING_MARGIN = 24.0
_LINE_MARGIN = 8.0
_SECTOR_GAP = 0.03
_MOST_SPLITS = 3


@dataclass(frozen=True, slots=True)
class Placement:
    """What to place: `side` is -1 (left), 1 (right) or 0 (both: above or below), `sector` counts from the top of a side."""

    side: int
    sector: int
    tier: int


@dataclass(frozen=True, slots=True)
class Sector:
    """A sector of a side: parametric angles seen from the right side, and the radius of its outermost mark."""

    side: int
    index: int
    start: float
    end: float
    radius: float


@dataclass(frozen=True, slots=True)
class Rings:
    """Positions of all marks, radii (vertical half-axes) of the rings with their tiers, and the sectors."""

    positions: tuple[tuple[float, float], ...]
    radii: tuple[tuple[float, int], ...]
    sectors: tuple[Sector, ...]

    @property
    def outermost(self) -> float:
        """Radius of the outermost ring."""
        return max((radius for radius, _ in self.radii), default=0.0)


def place_on_rings(
    items: Sequence[Placement],
    size: tuple[float, float],
    innermost: float,
    near: Callable[[int], Sequence[int]],
    obstacles: Callable[[float], Sequence[tuple[float, float, float, float]]],
) -> Rings:
    """Give every item a place.

    Parameters
    ----------
    items : sequence of Placement
    size : (width, height) of a mark
    innermost : least radius of the first ring
    near : for an item, the items it should stand close to
    obstacles : for the outermost radius, boxes (left, top, right, bottom) that marks above and below must spare

    Notes
    -----
    A tier with many marks may be spread over up to three rings; of all such choices the one that shows largest wins.
    """
    tiers = sorted({item.tier for item in items})
    best: tuple[float, list[tuple[float, int]], dict[int, int]] | None = None
    for splits in product(range(1, _MOST_SPLITS + 1), repeat=min(len(tiers), 4)):
        split = dict(zip(tiers, splits, strict=False))
        ring_of, tier_of = _share(items, split, tiers)
        radii = _radii(items, ring_of, len(tier_of), size, innermost)
        ring_of = _gather(items, ring_of, split, tiers, radii, size[1] + _LINE_MARGIN)
        width = 2 * (ASPECT * radii[-1] + size[0] / 2) if radii else 1.0
        height = 2 * (radii[-1] * REACH + size[1]) if radii else 1.0
        shown = round(min(VIEW[0] / width, VIEW[1] / height), 6)
        if best is None or shown > best[0]:
            best = shown, list(zip(radii, tier_of, strict=True)), ring_of
    if best is None or not items:
        return Rings((), (), ())
    return _place(items, best[1], best[2], size, near, obstacles)


def _share(
    items: Sequence[Placement], split: dict[int, int], tiers: Sequence[int]
) -> tuple[dict[int, int], list[int]]:
    """Share the marks of each tier and sector over the tier's rings, the first inside; also give each ring's tier."""
    first: dict[int, int] = {}
    tier_of: list[int] = []
    for tier in tiers:
        first[tier] = len(tier_of)
        tier_of += [tier] * split.get(tier, 1)
    ring_of = _spread(
        items, {(side, tier): split.get(tier, 1) for side in (-1, 0, 1) for tier in tiers}, first
    )
    return ring_of, tier_of


def _spread(
    items: Sequence[Placement], rings: dict[tuple[int, int], int], first: dict[int, int]
) -> dict[int, int]:
    """Spread the marks of each (side, sector, tier) in order over as many rings as its (side, tier) has."""
    total: Counter[Placement] = Counter(items)
    count: Counter[Placement] = Counter()
    ring_of = {}
    for index, item in enumerate(items):
        over = rings[item.side, item.tier] if item.side else 1
        ring_of[index] = first[item.tier] + count[item] * over // total[item]
        count[item] += 1
    return ring_of


def _gather(
    items: Sequence[Placement],
    ring_of: dict[int, int],
    split: dict[int, int],
    tiers: Sequence[int],
    radii: Sequence[float],
    line: float,
) -> dict[int, int]:
    """Where a side's tier fits on fewer rings at the same radii, use fewer."""
    first = {tier: sum(split.get(t, 1) for t in tiers if t < tier) for tier in tiers}
    rings = {(side, tier): split.get(tier, 1) for side in (-1, 0, 1) for tier in tiers}
    for side in (-1, 1):
        for tier in tiers:
            for fewer in range(1, rings[side, tier]):
                trial = _spread(items, {**rings, (side, tier): fewer}, first)
                if _fits(_needs(items, trial, radii, line).get(side, {})):
                    rings[side, tier] = fewer
                    ring_of = trial
                    break
    return ring_of


def _fits(shares: dict[int, float]) -> bool:
    return sum(shares.values()) + _SECTOR_GAP * len(shares) <= 2 * REACH


def _needs(
    items: Sequence[Placement], ring_of: dict[int, int], radii: Sequence[float], line: float
) -> dict[int, dict[int, float]]:
    """Give the share of a side's height each sector needs: {side: {sector: share}}."""
    counts: Counter[tuple[int, int, int]] = Counter(
        (item.side, item.sector, ring_of[index]) for index, item in enumerate(items) if item.side
    )
    needs: dict[int, dict[int, float]] = defaultdict(dict)
    for (side, sector, ring), count in sorted(counts.items()):
        needs[side][sector] = max(needs[side].get(sector, 0.0), count * line / radii[ring])
    return needs


def _radii(
    items: Sequence[Placement],
    ring_of: dict[int, int],
    rings: int,
    size: tuple[float, float],
    innermost: float,
) -> list[float]:
    step = (size[0] + _RING_MARGIN) / ASPECT
    line = size[1] + _LINE_MARGIN
    first = innermost
    while True:
        radii = [first + ring * step for ring in range(rings)]
        needs = _needs(items, ring_of, radii, line)
        if all(_fits(shares) for shares in needs.values()):
            return radii
        first += 6.0


def _place(
    items: Sequence[Placement],
    rings: Sequence[tuple[float, int]],
    ring_of: dict[int, int],
    size: tuple[float, float],
    near: Callable[[int], Sequence[int]],
    obstacles: Callable[[float], Sequence[tuple[float, float, float, float]]],
) -> Rings:
    radii = [radius for radius, _ in rings]
    needs = _needs(items, ring_of, radii, size[1] + _LINE_MARGIN)
    positions: dict[int, tuple[float, float]] = {}
    sectors = []
    spans: dict[tuple[int, int], tuple[float, float]] = {}
    for side, shares in sorted(needs.items()):
        spare = 2 * REACH - sum(shares.values()) - _SECTOR_GAP * len(shares)
        grown = {sector: share * (1 + spare / sum(shares.values())) for sector, share in shares.items()}
        top = -REACH
        for sector, share in sorted(grown.items()):
            low, high = top + _SECTOR_GAP / 2, top + _SECTOR_GAP / 2 + share
            spans[side, sector] = low, high
            reach = max(
                radii[ring_of[i]]
                for i, item in enumerate(items)
                if (item.side, item.sector) == (side, sector)
            )
            sectors.append(Sector(side, sector, math.asin(max(-1.0, low)), math.asin(min(1.0, high)), reach))
            top = high + _SECTOR_GAP / 2
    for ring, radius in enumerate(radii):
        for (side, sector), (low, high) in sorted(spans.items()):
            held = [
                i
                for i, item in enumerate(items)
                if (item.side, item.sector, ring_of[i]) == (side, sector, ring)
            ]
            held.sort(key=lambda i: (_pull(i, near, positions), i))
            for rank, index in enumerate(held):
                y = radius * (low + (rank + 0.5) / len(held) * (high - low))
                positions[index] = side * ASPECT * math.sqrt(radius * radius - y * y), y
    taken = [_box(position, size) for _, position in sorted(positions.items())]
    taken += obstacles(radii[-1])
    for index, item in enumerate(items):
        if item.side == 0:
            positions[index] = _above_or_below(radii[ring_of[index]], size, taken)
            taken.append(_box(positions[index], size))
    return Rings(tuple(positions[index] for index in range(len(items))), tuple(rings), tuple(sectors))


def _pull(
    index: int, near: Callable[[int], Sequence[int]], positions: dict[int, tuple[float, float]]
) -> float:
    heights = [math.atan2(positions[i][1], abs(positions[i][0])) for i in near(index) if i in positions]
    return round(sum(heights) / len(heights), 6) if heights else 0.0


def _box(
    position: tuple[float, float], size: tuple[float, float], margin: float = 4.0
) -> tuple[float, float, float, float]:
    x, y = position
    return (
        x - size[0] / 2 - margin,
        y - size[1] / 2 - margin,
        x + size[0] / 2 + margin,
        y + size[1] / 2 + margin,
    )


def _above_or_below(
    radius: float, size: tuple[float, float], taken: Sequence[tuple[float, float, float, float]]
) -> tuple[float, float]:
    """Find the free place nearest to where the ring crosses the vertical axis."""
    row = 0
    while True:
        y = radius + row * (size[1] + _LINE_MARGIN)
        widest = int(0.45 * ASPECT * radius // (size[0] + 12))
        for column in sorted(range(-widest, widest + 1), key=lambda c: (abs(c), c)):
            for sign in (-1, 1):
                spot = (column * (size[0] + 12), sign * y)
                box = _box(spot, size)
                if not any(_overlap(box, other) for other in taken):
                    return spot
        row += 1


def _overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
