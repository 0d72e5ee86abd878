"""Lay stages out in lanes: columns from upstream to downstream, rows for branches, boxes in each stage without overlap.

Columns follow the order of the stages; how many boxes stand abreast in a column is chosen so that the whole picture
shows as large as it can on a screen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

STRIP = 24.0
EMPTY_BODY = 26.0
VIEW = (1150.0, 730.0)
_WIDEST_GAP = 120.0
_LOOSEST_GAP = 34.0
_MOST_STRETCH = 1.8


@dataclass(frozen=True, slots=True)
class Measures:
    """How roomy a map is: width of a box, gaps between boxes, columns and rows, a stage's padding and heading."""

    box_width: float
    box_gap: float
    column_gap: float
    row_gap: float
    pad: float
    header: float

    def column_width(self, abreast: int) -> float:
        """Give the width of a stage with so many boxes abreast."""
        return abreast * (self.box_width + self.box_gap) - self.box_gap + 2 * self.pad


ROOMY = Measures(158.0, 9.0, 62.0, 26.0, 10.0, 34.0)
CLOSE = Measures(146.0, 8.0, 50.0, 20.0, 9.0, 32.0)
DENSE = Measures(122.0, 6.0, 38.0, 14.0, 7.0, 34.0)


@dataclass(frozen=True, slots=True)
class Block:
    """A stage to place: its column, its row (None = across all rows) and the heights of its boxes, in order."""

    column: int
    row: int | None
    heights: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Left, top, width and height."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Where each block and each of its boxes stands, the extents of columns and rows, and the zoom that shows all."""

    blocks: tuple[Rectangle, ...]
    boxes: tuple[tuple[Rectangle, ...], ...]
    columns: tuple[Rectangle, ...]
    rows: tuple[Rectangle, ...]
    scale: float


def rank_columns(stages: Sequence[tuple[int, int, str]]) -> tuple[int, ...]:
    """Give each stage its column.

    A stage stands one column after every earlier stage that leads to it: those of its own branch and those of the trunk
    (branch ''); a trunk stage stands after all earlier ones. No midstream stage stands left of an upstream one.

    Parameters
    ----------
    stages : sequence of (position 0 … 2, order, branch)

    Examples
    --------
    >>> rank_columns([(0, 1, ""), (1, 2, "甲"), (1, 3, "乙"), (2, 4, "甲"), (2, 5, "乙")])
    (0, 1, 1, 2, 2)
    """
    columns: dict[int, int] = {}
    by_order = sorted(range(len(stages)), key=lambda index: stages[index])
    floor, last_position = 0, None
    for index in by_order:
        position, order, branch = stages[index]
        if position != last_position:
            floor, last_position = max(columns.values(), default=-1) + 1, position
        before = [
            columns[other]
            for other in columns
            if stages[other][:2] < (position, order) and (branch == "" or stages[other][2] in {branch, ""})
        ]
        columns[index] = max([floor, *(column + 1 for column in before)])
    used = {column: rank for rank, column in enumerate(sorted(set(columns.values())))}
    return tuple(used[columns[index]] for index in range(len(stages)))


def arrange(blocks: Sequence[Block], measures: Measures) -> Arrangement:
    """Place all blocks, choosing how many boxes stand abreast in each column."""
    return _Arranger(blocks, measures).arrange()


class _Arranger:
    """Places blocks for one set of measures.

    Rows (branches) take only the columns they reach: each is laid down at the first height that is free in all its
    columns, the one that can lie highest first, so that branches upstream and downstream stand side by side.
    """

    def __init__(self, blocks: Sequence[Block], measures: Measures) -> None:
        self.blocks = blocks
        self.measures = measures
        self.column_count = max((block.column for block in blocks), default=-1) + 1
        self.cells: dict[tuple[int, int | None], list[int]] = defaultdict(list)
        for index, block in enumerate(blocks):
            self.cells[block.column, block.row].append(index)
        self.reach: dict[int, tuple[int, int]] = {}
        for block in blocks:
            if block.row is not None:
                first, last = self.reach.get(block.row, (block.column, block.column))
                self.reach[block.row] = min(first, block.column), max(last, block.column)

    def arrange(self) -> Arrangement:
        abreast = [1] * self.column_count
        best: tuple[float, list[int]] | None = None
        while True:
            scale = self._scale(abreast)
            if best is None or scale > best[0] + 1e-9:
                best = scale, abreast
            wider = self._wider(abreast)
            if not wider or VIEW[0] / self._width(wider[0]) < best[0]:
                return self._place(best[1], best[0])
            abreast = min(wider, key=self._height)

    def _scale(self, abreast: Sequence[int]) -> float:
        return min(VIEW[0] / self._width(abreast), VIEW[1] / self._height(abreast), 1.25)

    def _width(self, abreast: Sequence[int]) -> float:
        gaps = self.measures.column_gap * max(0, len(abreast) - 1)
        return max(STRIP + sum(map(self.measures.column_width, abreast)) + gaps, 1.0)

    def _height(self, abreast: Sequence[int], stretch: float = 1.0) -> float:
        rows = self._rows(abreast, stretch)
        bottom = max((top + height for top, height in rows.values()), default=1.0)
        spans = [self._pile_height(column, None, abreast[column]) * stretch for column in range(len(abreast))]
        return max([bottom, *spans])

    def _wider(self, abreast: Sequence[int]) -> list[list[int]]:
        """Give all ways to let one more box stand abreast in one column, the fullest column first."""
        fuller = []
        for column in range(self.column_count):
            held = [block for block in self.blocks if block.column == column]
            if max(len(block.heights) for block in held) > abreast[column]:
                pressure = max(self._block_height(block, abreast[column]) for block in held)
                fuller.append((-pressure, column))
        return [[n + (c == column) for c, n in enumerate(abreast)] for _, column in sorted(fuller)]

    def _rows(self, abreast: Sequence[int], stretch: float = 1.0) -> dict[int, tuple[float, float]]:
        """Give each row its top and height."""
        heights = {
            row: stretch * max(self._pile_height(c, row, abreast[c]) for c in range(first, last + 1))
            for row, (first, last) in self.reach.items()
        }
        free = [0.0] * len(abreast)
        placed: dict[int, tuple[float, float]] = {}
        while len(placed) < len(heights):
            tops = {
                row: max(free[first : last + 1])
                for row, (first, last) in self.reach.items()
                if row not in placed
            }
            row = min(tops, key=lambda row: (tops[row], row))
            placed[row] = tops[row], heights[row]
            first, last = self.reach[row]
            for column in range(first, last + 1):
                free[column] = tops[row] + heights[row] + self.measures.row_gap
        return placed

    def _pile_height(self, column: int, row: int | None, abreast: int) -> float:
        pile = [
            self._block_height(self.blocks[index], abreast) for index in self.cells.get((column, row), ())
        ]
        return sum(pile) + self.measures.row_gap * max(0, len(pile) - 1)

    def _block_height(self, block: Block, abreast: int) -> float:
        piles = min(abreast, max(1, len(block.heights)))
        body = _fill(block.heights, piles, self.measures.box_gap)[1]
        return self.measures.header + body + self.measures.pad

    def _place(self, abreast: Sequence[int], scale: float) -> Arrangement:
        measures = self.measures
        width, height = self._width(abreast), self._height(abreast)
        target = VIEW[0] / VIEW[1]
        gap, stretch = measures.column_gap, 1.0
        if width / height < target and self.column_count > 1:
            gap = min(_WIDEST_GAP, gap + (target * height - width) / (self.column_count - 1))
        elif width / height > target:
            stretch = min(_MOST_STRETCH, width / target / height)
        total = self._height(abreast, stretch)
        widths = [measures.column_width(n) for n in abreast]
        lefts = [STRIP + sum(widths[:c]) + gap * c for c in range(self.column_count)]
        rows = self._rows(abreast, stretch)
        placed: dict[int, tuple[Rectangle, tuple[Rectangle, ...]]] = {}
        for (column, row), pile in sorted(self.cells.items(), key=lambda cell: (cell[0][0], cell[1])):
            top, room = (0.0, total) if row is None else rows[row]
            placed |= self._stack(pile, Rectangle(lefts[column], top, widths[column], room), abreast[column])
        return Arrangement(
            blocks=tuple(placed[index][0] for index in range(len(self.blocks))),
            boxes=tuple(placed[index][1] for index in range(len(self.blocks))),
            columns=tuple(Rectangle(x, 0.0, w, total) for x, w in zip(lefts, widths, strict=True)),
            rows=tuple(
                Rectangle(lefts[first], rows[row][0], lefts[last] + widths[last] - lefts[first], rows[row][1])
                for row, (first, last) in sorted(self.reach.items())
            ),
            scale=scale,
        )

    def _stack(
        self, pile: Sequence[int], room: Rectangle, abreast: int
    ) -> dict[int, tuple[Rectangle, tuple[Rectangle, ...]]]:
        """Pile the blocks of one cell, sharing what height is left over between and inside them."""
        measures = self.measures
        needs = [self._block_height(self.blocks[index], abreast) for index in pile]
        spare = max(0.0, room.height - sum(needs) - measures.row_gap * (len(pile) - 1)) / len(pile)
        top = room.y
        placed = {}
        for index, need in zip(pile, needs, strict=True):
            heights = self.blocks[index].heights
            piles = min(abreast, max(1, len(heights)))
            deepest = -(-len(heights) // piles) if heights else 1
            gap = min(max(_LOOSEST_GAP, measures.box_gap), measures.box_gap + spare / max(1, deepest))
            places, body = _fill(heights, piles, gap)
            if measures.header + body + measures.pad > need + spare:
                places, _ = _fill(heights, piles, measures.box_gap)
            pitch = measures.box_width + measures.box_gap
            left = room.x + measures.pad + (abreast - piles) * pitch / 2
            boxes = tuple(
                Rectangle(left + number * pitch, top + measures.header + offset, measures.box_width, height)
                for (number, offset), height in zip(places, heights, strict=True)
            )
            placed[index] = Rectangle(room.x, top, room.width, need + spare), boxes
            top += need + spare + measures.row_gap
        return placed


def _fill(heights: Sequence[float], abreast: int, gap: float) -> tuple[list[tuple[int, float]], float]:
    """Put each box, in order, under the shortest pile: (pile, offset) of each, and the height of all."""
    piles = [0.0] * abreast
    places = []
    for height in heights:
        pile = min(range(abreast), key=lambda index: (round(piles[index], 6), index))
        places.append((pile, piles[pile]))
        piles[pile] += height + gap
    return places, max(max(piles) - gap, EMPTY_BODY)
