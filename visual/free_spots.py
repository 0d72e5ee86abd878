"""Put discs where they want to be, or at the nearest free spot: no two overlap, and the outcome depends on order alone."""

from __future__ import annotations

import math
from collections import defaultdict

_GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))


class FreeSpots:
    """A plane that remembers what is taken, in square cells, so that a look-up sees only what is near.

    Parameters
    ----------
    cell : side of a cell; about the usual distance of two marks
    """

    def __init__(self, cell: float) -> None:
        self._cell = cell
        self._held: dict[tuple[int, int], list[tuple[float, float, float, float]]] = defaultdict(list)
        self._tried: dict[tuple[int, int, float, float], int] = {}

    def take(self, x: float, y: float, half_width: float, half_height: float) -> None:
        """Mark a rectangle as taken."""
        box = (x - half_width, y - half_height, x + half_width, y + half_height)
        for key in self._cells(box):
            self._held[key].append(box)

    def is_free(self, x: float, y: float, half_width: float, half_height: float) -> bool:
        """Say whether a rectangle overlaps nothing taken."""
        left, top, right, bottom = x - half_width, y - half_height, x + half_width, y + half_height
        for key in self._cells((left, top, right, bottom)):
            for other in self._held.get(key, ()):
                if left < other[2] and other[0] < right and top < other[3] and other[1] < bottom:
                    return False
        return True

    def settle(
        self, x: float, y: float, half_width: float, half_height: float, flatness: float = 1.0
    ) -> tuple[float, float]:
        """Take the free spot nearest to (x, y), searched along a sunflower spiral, and give it.

        `flatness` below 1 searches further to the sides than up and down. Searches that start in the same cell go on
        where the last one ended, so that many marks that want one spot are placed in about linear time.
        """
        step = self._cell * 0.45
        start = (round(x / self._cell), round(y / self._cell), half_width, half_height)
        turn = self._tried.get(start, 0)
        while True:
            reach = step * math.sqrt(turn)
            spot = (
                x + reach * math.cos(turn * _GOLDEN_ANGLE),
                y + flatness * reach * math.sin(turn * _GOLDEN_ANGLE),
            )
            if self.is_free(*spot, half_width, half_height):
                self.take(*spot, half_width, half_height)
                self._tried[start] = turn
                return spot
            turn += 1

    def _cells(self, box: tuple[float, float, float, float]) -> list[tuple[int, int]]:
        first, top = math.floor(box[0] / self._cell), math.floor(box[1] / self._cell)
        last, bottom = math.floor(box[2] / self._cell), math.floor(box[3] / self._cell)
        return [(column, row) for column in range(first, last + 1) for row in range(top, bottom + 1)]
