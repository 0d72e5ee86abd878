"""Lay stages out in lanes: columns from upstream to downstream, rows for branches, boxes in each stage without overlap.

Columns follow the order of the stages; how many boxes stand abreast in a column is chosen so that the whole picture
shows as large as it can on a screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

BOX_WIDTH = 158.0
BOX_GAP = 9.0
PAD = 10.0
HEADER = 34.0
COLUMN_GAP = 62.0
ROW_GAP = 26.0
STRIP = 24.0
EMPTY_BODY = 26.0
VIEW = (1150.0, 700.0)
_WIDEST_GAP = 120.0
_LOOSEST_GAP = 34.0
_MOST_STRETCH = 1.8


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
    """Where each block and each of its boxes stands, the rows' extents, and the zoom at which all fits the view."""

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


def arrange(blocks: Sequence[Block]) -> Arrangement:
    """Place all blocks, choosing how many boxes stand abreast in each column."""
    column_count = max((block.column for block in blocks), default=-1) + 1
    abreast = [1] * column_count
    best: tuple[float, list[int]] | None = None
    while True:
        width, height = _extent(blocks, abreast)
        scale = min(VIEW[0] / width, VIEW[1] / height, 1.25)
        if best is None or scale > best[0] + 1e-9:
            best = (scale, list(abreast))
        widened = _widen(blocks, abreast)
        if widened is None or VIEW[0] / width < best[0]:
            break
        abreast = widened
    return _place(blocks, best[1], best[0])


def _fill(
    heights: Sequence[float], abreast: int, gap: float = BOX_GAP
) -> tuple[list[tuple[int, float]], float]:
    """Put each box, in order, under the shortest pile: (pile, offset) of each, and the height of all."""
    piles = [0.0] * abreast
    places = []
    for height in heights:
        pile = min(range(abreast), key=lambda index: (round(piles[index], 6), index))
        places.append((pile, piles[pile]))
        piles[pile] += height + gap
    return places, max(max(piles) - gap, EMPTY_BODY) if heights else EMPTY_BODY


def _block_height(block: Block, abreast: int) -> float:
    return HEADER + _fill(block.heights, min(abreast, max(1, len(block.heights))))[1] + PAD


def _column_width(abreast: int) -> float:
    return abreast * (BOX_WIDTH + BOX_GAP) - BOX_GAP + 2 * PAD


def _row_heights(blocks: Sequence[Block], abreast: Sequence[int]) -> list[float]:
    row_count = max((block.row for block in blocks if block.row is not None), default=-1) + 1
    heights = [0.0] * max(row_count, 1)
    for row in range(row_count):
        for column in range(len(abreast)):
            pile = [_block_height(b, abreast[column]) for b in blocks if (b.column, b.row) == (column, row)]
            heights[row] = max(heights[row], sum(pile) + ROW_GAP * max(0, len(pile) - 1))
    missing = _span_height(blocks, abreast) - sum(heights) - ROW_GAP * (len(heights) - 1)
    if missing > 0:
        heights = [height + missing / len(heights) for height in heights]
    return heights


def _span_height(blocks: Sequence[Block], abreast: Sequence[int]) -> float:
    tallest = 0.0
    for column in range(len(abreast)):
        pile = [_block_height(b, abreast[column]) for b in blocks if b.column == column and b.row is None]
        tallest = max(tallest, sum(pile) + ROW_GAP * max(0, len(pile) - 1))
    return tallest


def _extent(blocks: Sequence[Block], abreast: Sequence[int]) -> tuple[float, float]:
    heights = _row_heights(blocks, abreast)
    width = STRIP + sum(map(_column_width, abreast)) + COLUMN_GAP * max(0, len(abreast) - 1)
    return max(width, 1.0), max(sum(heights) + ROW_GAP * (len(heights) - 1), 1.0)


def _widen(blocks: Sequence[Block], abreast: Sequence[int]) -> list[int] | None:
    """Let one more box stand abreast in the column that makes the tallest row tall."""
    room = [
        (max(len(b.heights) for b in blocks if b.column == column), column) for column in range(len(abreast))
    ]
    candidates = [column for most, column in room if most > abreast[column]]
    if not candidates:
        return None

    def pressure(column: int) -> tuple[float, int]:
        rows: dict[int | None, float] = {}
        for block in blocks:
            if block.column == column and len(block.heights) > abreast[column]:
                rows[block.row] = rows.get(block.row, 0.0) + _block_height(block, abreast[column])
        span = rows.pop(None, 0.0) / max(1, len(_row_heights(blocks, abreast)))
        return max([span, *rows.values()]), -column

    chosen = max(candidates, key=pressure)
    return [count + (column == chosen) for column, count in enumerate(abreast)]


def _place(blocks: Sequence[Block], abreast: Sequence[int], scale: float) -> Arrangement:
    heights = _row_heights(blocks, abreast)
    width, height = _extent(blocks, abreast)
    target = VIEW[0] / VIEW[1]
    gap = COLUMN_GAP
    if width / height < target and len(abreast) > 1:
        gap = min(_WIDEST_GAP, gap + (target * height - width) / (len(abreast) - 1))
    elif width / height > target:
        stretch = min(_MOST_STRETCH, width / target / height)
        heights = [row * stretch for row in heights]
    tops = [sum(heights[:row]) + ROW_GAP * row for row in range(len(heights))]
    total = tops[-1] + heights[-1]
    lefts = [STRIP + sum(map(_column_width, abreast[:c])) + gap * c for c in range(len(abreast))]
    placed: dict[int, tuple[Rectangle, tuple[Rectangle, ...]]] = {}
    for column in range(len(abreast)):
        for row in (None, *range(len(heights))):
            pile = [i for i, b in enumerate(blocks) if b.column == column and b.row == row]
            if pile:
                top, room = (0.0, total) if row is None else (tops[row], heights[row])
                _stack(
                    blocks, pile, Rectangle(lefts[column], top, _column_width(abreast[column]), room), placed
                )
    return Arrangement(
        blocks=tuple(placed[index][0] for index in range(len(blocks))),
        boxes=tuple(placed[index][1] for index in range(len(blocks))),
        columns=tuple(
            Rectangle(left, 0.0, _column_width(n), total) for left, n in zip(lefts, abreast, strict=True)
        ),
        rows=tuple(Rectangle(0.0, top, width, room) for top, room in zip(tops, heights, strict=True)),
        scale=scale,
    )


def _stack(
    blocks: Sequence[Block],
    pile: Sequence[int],
    room: Rectangle,
    placed: dict[int, tuple[Rectangle, tuple[Rectangle, ...]]],
) -> None:
    """Pile the blocks of one cell, sharing what height is left over."""
    abreast = round((room.width - 2 * PAD + BOX_GAP) / (BOX_WIDTH + BOX_GAP))
    needs = [_block_height(blocks[index], abreast) for index in pile]
    spare = max(0.0, room.height - sum(needs) - ROW_GAP * (len(pile) - 1)) / len(pile)
    top = room.y
    for index, need in zip(pile, needs, strict=True):
        block = blocks[index]
        piles = min(abreast, max(1, len(block.heights)))
        deepest = -(-len(block.heights) // piles) if block.heights else 1
        gap = min(_LOOSEST_GAP, BOX_GAP + spare / max(1, deepest))
        places, body = _fill(block.heights, piles, gap)
        if HEADER + body + PAD > need + spare:
            places, body = _fill(block.heights, piles)
        left = room.x + PAD + (abreast - piles) * (BOX_WIDTH + BOX_GAP) / 2
        boxes = tuple(
            Rectangle(left + pile_number * (BOX_WIDTH + BOX_GAP), top + HEADER + offset, BOX_WIDTH, height)
            for (pile_number, offset), height in zip(places, block.heights, strict=True)
        )
        placed[index] = (Rectangle(room.x, top, room.width, need + spare), boxes)
        top += need + spare + ROW_GAP
