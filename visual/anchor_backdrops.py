"""What stands behind an anchor map: rings, sectors with their names, headings, and how far the picture reaches."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from visual.inputs import Link, Text
from visual.lettering import balanced, text_width
from visual.ring_layout import ASPECT, REACH, Box, Ring, Rings, Sector, outermost, overlap
from visual.scene import Backdrop, Node
from visual.wording import word

MOON = 62.0
INNERMOST = 136.0
GROWTH = 1.25
_LABEL = 14.0
_LEADING = 1.3
# The maps are read whole at first: from this radius on, names grow with the map.
_GROWS_FROM = 650.0
_SIDES = {-1: "upstream", 1: "downstream"}
_TONES = {-1: "suppliers", 1: "customers"}


def anchor_backdrops(
    rings: Rings, names: Mapping[int, Sequence[Text]], marks: Sequence[Box], size: tuple[float, float]
) -> tuple[Backdrop, ...]:
    """Draw rings, sectors and their names for marks that are already placed.

    Parameters
    ----------
    rings : Rings
    names : for each side (-1, 1), the names of its sectors in order
    marks : boxes of all marks, the anchor among them
    size : (width, height) of a mark
    """
    backdrops = [_wedge(sector, _rim(rings.rings, sector.side, size)) for sector in rings.sectors]
    backdrops += [_arc(ring, rings.rings) for ring in rings.rings]
    backdrops.append(Backdrop("glow", 0, 0, MOON * 2.1, MOON * 2.1))
    labels = _sector_labels(rings, names, marks, size)
    taken = [*marks, *(text_box(label) for label in labels)]
    labels += _tier_labels(rings.rings, taken)
    for (side, key), (x, y) in zip(_SIDES.items(), _heading_spots(rings.rings, size), strict=True):
        labels.append(
            Backdrop("text", x, y, label=word("anchor", key), tone="strong", size=17 * _growth(rings.rings))
        )
        if not any(side * (left + right) >= 0 for left, _, right, _ in marks[1:]):
            aside = side * (MOON + 120)
            labels.append(
                Backdrop("text", aside, 0, label=word("anchor", f"no_{key}"), size=15 * _growth(rings.rings))
            )
    return (*backdrops, *labels)


def _growth(rings: Sequence[Ring]) -> float:
    return max([1.0, *(ring.radius / _GROWS_FROM for ring in rings)])


def _wedge(sector: Sector, rim: float) -> Backdrop:
    start, end = sector.start, sector.end
    if sector.side < 0:
        start, end = math.pi - end, math.pi - start
    tone = _TONES[sector.side]
    return Backdrop("wedge", 0, 0, ASPECT * rim, rim, tone=tone, start=start, end=end, hue=sector.index)


def _arc(ring: Ring, rings: Sequence[Ring]) -> Backdrop:
    """Draw a ring over its side: half an ellipse where the other side has the same ring, else behind the sectors."""
    half = math.pi / 2 if _shared(ring, rings) else math.asin(REACH) + 0.06
    middle = 0.0 if ring.side > 0 else math.pi
    half_axes = ASPECT * ring.radius, ring.radius
    return Backdrop("ring", 0, 0, *half_axes, start=middle - half, end=middle + half)


def _shared(ring: Ring, rings: Sequence[Ring]) -> bool:
    return any(other.radius == ring.radius and other.side != ring.side for other in rings)


def _rim(rings: Sequence[Ring], side: int, size: tuple[float, float]) -> float:
    """Give the radius at which the sectors of a side end: just outside the marks of its outermost ring."""
    return outermost(rings, side, INNERMOST) + (size[0] / 2 + 8) / ASPECT


def _sector_labels(
    rings: Rings, names: Mapping[int, Sequence[Text]], marks: Sequence[Box], size: tuple[float, float]
) -> list[Backdrop]:
    """Write each sector's name outside its rim, as near as marks and other names allow."""
    labels: list[Backdrop] = []
    taken = list(marks)
    font = _LABEL * _growth(rings.rings)
    for sector in rings.sectors:
        name = names[sector.side][sector.index]
        text = Text(
            "\n".join(balanced(name.zh or name.en, 8.2 * font, font, 3)),
            "\n".join(balanced(name.en or name.zh, 8.2 * font, font, 3)),
        )
        middle = (sector.start + sector.end) / 2
        rim = _rim(rings.rings, sector.side, size)
        reach = ASPECT * rim * math.cos(middle) + 10
        align = "left" if sector.side > 0 else "right"
        while True:
            spot = sector.side * reach, rim * math.sin(middle)
            label = Backdrop("text", *spot, label=text, tone="strong", size=font, align=align)
            if not any(overlap(text_box(label), box) for box in taken):
                break
            reach += 6
        labels.append(label)
        taken.append(text_box(label))
    return labels


def _tier_labels(rings: Sequence[Ring], taken: Sequence[Box]) -> list[Backdrop]:
    """Name each tier once a side, low on its first ring; once in all where both sides share the ring."""
    labels: list[Backdrop] = []
    seen: set[tuple[int, int]] = set()
    written: set[tuple[int, float]] = set()
    for ring in sorted(rings, key=lambda ring: (ring.radius, ring.side)):
        if (ring.side, ring.tier) in seen:
            continue
        seen.add((ring.side, ring.tier))
        if (ring.tier, ring.radius) in written:
            continue
        written.add((ring.tier, ring.radius))
        for lean in (0.0, 0.25, 0.35, 0.44, 0.5) if _shared(ring, rings) else (0.42, 0.36, 0.3, 0.2):
            x = ring.side * lean * ASPECT * ring.radius
            y = ring.radius * math.sqrt(1 - lean * lean) - 9
            label = Backdrop(
                "text", x, y, label=word("anchor", "tier", n=ring.tier), size=_LABEL * _growth(rings)
            )
            if not any(overlap(text_box(label), box) for box in (*taken, *map(text_box, labels))):
                labels.append(label)
                break
    return labels


def _heading_spots(rings: Sequence[Ring], size: tuple[float, float]) -> list[tuple[float, float]]:
    spots = []
    for side in _SIDES:
        reach = outermost(rings, side, INNERMOST)
        x = max(ASPECT * reach * 0.66, MOON + 110)
        spots.append((side * x, -(REACH * _rim(rings, side, size) + 24 * _growth(rings))))
    return spots


def heading_boxes(size: tuple[float, float]) -> Callable[[Sequence[Ring]], list[Box]]:
    """Say, for rings, where the headings of both sides will stand."""

    def boxes(rings: Sequence[Ring]) -> list[Box]:
        width, height = 120 * _growth(rings), 18 * _growth(rings)
        return [(x - width, y - height, x + width, y + height) for x, y in _heading_spots(rings, size)]

    return boxes


def text_box(item: Backdrop) -> Box:
    """Give the box a text may fill in either language at the largest size it is drawn."""
    texts = [text for text in (item.label.zh, item.label.en) if text] or [""]
    size = item.size * GROWTH
    width = max(text_width(line, size) for text in texts for line in text.split("\n"))
    height = max(len(text.split("\n")) for text in texts) * size * _LEADING
    left = item.x - {"left": 0.0, "right": width, "center": width / 2}[item.align]
    return left, item.y - height / 2, left + width, item.y + height / 2


def captive_note(captive: Sequence[Link]) -> Backdrop:
    """Write under the anchor what it makes for its own use."""
    goods = sorted(
        {
            (link.product.zh or link.product.en, link.product.en or link.product.zh)
            for link in captive
            if link.product
        }
    )
    both = [
        word("anchor", "captive", goods=joint.join(names))
        for joint, names in (("、", [g[0] for g in goods]), (", ", [g[1] for g in goods]))
    ]
    lines = [balanced(text, 150, 11.5, 2) for text in (both[0].zh, both[1].en)]
    return Backdrop("text", 0.0, MOON + 27, label=Text("\n".join(lines[0]), "\n".join(lines[1])), size=11.5)


def bounds_of(nodes: Sequence[Node], backdrops: Sequence[Backdrop]) -> Box:
    """Give the box that holds all marks, texts and sectors."""
    boxes = [node.box for node in nodes]
    boxes += [text_box(item) for item in backdrops if item.shape == "text"]
    for item in backdrops:
        if item.shape == "wedge":
            ends = [
                (item.width * math.cos(turn), item.height * math.sin(turn)) for turn in (item.start, item.end)
            ]
            boxes += [(x, y, x, y) for x, y in ends]
            side = 1 if math.cos((item.start + item.end) / 2) > 0 else -1
            if min(y for _, y in ends) < 0 < max(y for _, y in ends):
                boxes.append((side * item.width, 0, side * item.width, 0))
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )
