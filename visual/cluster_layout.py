"""Where anchors stand, how their own firms circle them, and where the rim runs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

ASPECT = 1.42
_PULL = 0.012
_DRAW = 0.02
_ROUNDS = 600
_RING_UP_TO = 7


def ring_order(sharing: np.ndarray) -> list[int]:
    """Order anchors around a ring so that those with firms in common stand side by side.

    Greedy nearest neighbour, then 2-opt until no exchange helps; ties go to the smaller index.

    Parameters
    ----------
    sharing : array of shape (n, n), symmetric; how much two anchors share
    """
    count = len(sharing)
    order = [0] if count else []
    while len(order) < count:
        rest = [index for index in range(count) if index not in order]
        order.append(max(rest, key=lambda index: (sharing[order[-1], index], -index)))
    improved = count > 3
    while improved:
        improved = False
        for i in range(1, count - 1):
            for j in range(i + 1, count):
                before = sharing[order[i - 1], order[i]] + sharing[order[j], order[(j + 1) % count]]
                after = sharing[order[i - 1], order[j]] + sharing[order[i], order[(j + 1) % count]]
                if after > before + 1e-9:
                    order[i : j + 1] = reversed(order[i : j + 1])
                    improved = True
    return order


def spread_anchors(radii: Sequence[float], sharing: np.ndarray, gap: float) -> np.ndarray:
    """Place anchors apart: discs of the given radii keep a gap, wider between anchors that share many firms.

    Up to seven stand on an ellipse; more are drawn together from it, like with like, until the plane is evenly filled.

    Returns
    -------
    array of shape (n, 2)
    """
    count = len(radii)
    if count == 0:
        return np.zeros((0, 2))
    if count == 1:
        return np.zeros((1, 2))
    size = np.asarray(radii, dtype=float)
    apart = size[:, None] + size[None, :] + gap + 26.0 * np.sqrt(sharing)
    np.fill_diagonal(apart, 0.0)
    order = ring_order(sharing)
    share = np.array([size[index] + gap / 2 for index in order])
    turns = (
        (np.cumsum(share) - share / 2) / share.sum() * 2 * math.pi
        - math.pi / 2
        - share[0] / share.sum() * math.pi
    )
    if count == 2:
        turns = np.array([math.pi, 0.0])
    start = max(share.sum() / math.pi, 1.0)
    points = np.zeros((count, 2))
    points[order, 0] = ASPECT * start * np.cos(turns)
    points[order, 1] = start * np.sin(turns)
    if count > _RING_UP_TO:
        points = _draw_together(points, apart, sharing)
    return _keep_apart(points, apart)


def _draw_together(points: np.ndarray, apart: np.ndarray, sharing: np.ndarray) -> np.ndarray:
    """Pull towards the middle and towards shared firms, pushing overlaps apart in each round."""
    most = max(float(sharing.max()), 1e-9)
    for step in range(_ROUNDS):
        cool = 1 - step / _ROUNDS
        move = -points * np.array([_PULL / ASPECT, _PULL * ASPECT]) * cool
        delta = points[None, :, :] - points[:, None, :]
        move += cool * _DRAW * ((sharing / most)[:, :, None] * delta).sum(axis=1) / len(points)
        points = _push(points + move, apart)
    return points


def _push(points: np.ndarray, apart: np.ndarray) -> np.ndarray:
    delta = points[:, None, :] - points[None, :, :]
    distance = np.sqrt((delta**2).sum(axis=2))
    np.fill_diagonal(distance, 1.0)
    lack = np.maximum(apart - distance, 0.0)
    moved: np.ndarray = points + (0.25 * (lack / np.maximum(distance, 1e-6))[:, :, None] * delta).sum(axis=1)
    return moved


def _keep_apart(points: np.ndarray, apart: np.ndarray) -> np.ndarray:
    """Scale just so much that no two stand closer than they must; closer packings are scaled down to it."""
    delta = points[:, None, :] - points[None, :, :]
    distance = np.sqrt((delta**2).sum(axis=2))
    np.fill_diagonal(distance, np.inf)
    factor = float((apart / np.maximum(distance, 1e-6)).max())
    scaled: np.ndarray = points * factor
    centred: np.ndarray = scaled - (scaled.min(axis=0) + scaled.max(axis=0)) / 2
    return centred


def orbits(count: int, first: float, step: float, spacing: float) -> list[tuple[float, float]]:
    """Give `count` places on circles around an anchor: (radius, angle), inner circles first, each evenly filled."""
    if not count:
        return []
    capacity: list[int] = []
    while sum(capacity) < count:
        capacity.append(max(3, int(2 * math.pi * (first + step * len(capacity)) // spacing)))
    share = count / sum(capacity)
    filled = [round(share * held) for held in capacity]
    filled[-1] += count - sum(filled)
    places = []
    for ring, held in enumerate(filled):
        radius = first + step * ring
        turn = math.pi / 2 + ring * 0.7
        places += [(radius, turn + 2 * math.pi * k / held) for k in range(held)]
    return places


def barycentre(
    shares: Sequence[tuple[int, float]], centres: np.ndarray, radii: Sequence[float]
) -> tuple[float, float]:
    """Place a shared firm between its anchors by its shares, measured from rim to rim of their clusters.

    Parameters
    ----------
    shares : (anchor index, weight), weights adding up to 1
    centres : array of shape (n, 2)
    radii : radius of each cluster
    """
    middle = sum(weight * centres[index] for index, weight in shares)
    point = np.zeros(2)
    for index, weight in shares:
        toward = middle - centres[index]
        length = float(np.hypot(*toward))
        edge = centres[index] + (toward / length * radii[index] if length > 1e-6 else 0.0)
        point = point + weight * edge
    return float(point[0]), float(point[1])


def rim(boxes: Sequence[tuple[float, float, float, float]], margin: float) -> tuple[float, float]:
    """Give the half-axes of the ellipse around the origin that holds all boxes, with a margin."""
    reach = max(
        (
            math.hypot(x / ASPECT, y)
            for left, top, right, bottom in boxes
            for x in (left, right)
            for y in (top, bottom)
        ),
        default=1.0,
    )
    return ASPECT * reach + margin, reach + margin


def along_ellipse(half_axes: tuple[float, float], count: int) -> list[tuple[float, float]]:
    """Give points at equal arc length along an ellipse, the first at the top."""
    turns = np.linspace(-math.pi / 2, 1.5 * math.pi, 2049)
    x, y = half_axes[0] * np.cos(turns), half_axes[1] * np.sin(turns)
    arc = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    wanted = (np.arange(count) + 0.5) / max(count, 1) * arc[-1]
    at = np.interp(wanted, arc, turns)
    return [(float(half_axes[0] * math.cos(turn)), float(half_axes[1] * math.sin(turn))) for turn in at]


def circumference(half_axes: tuple[float, float]) -> float:
    """Give the length of an ellipse (Ramanujan's first approximation)."""
    a, b = half_axes
    return math.pi * (3 * (a + b) - math.sqrt((3 * a + b) * (a + 3 * b)))


def sharing_matrix(shares: Mapping[str, Sequence[tuple[int, float]]], count: int) -> np.ndarray:
    """Sum, over firms, the smaller of the two shares any pair of anchors has in it."""
    matrix = np.zeros((count, count))
    for firm in sorted(shares):
        held = shares[firm]
        for i, (first, one) in enumerate(held):
            for second, other in held[i + 1 :]:
                matrix[first, second] += min(one, other)
                matrix[second, first] += min(one, other)
    return matrix
