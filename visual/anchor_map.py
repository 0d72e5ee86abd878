"""The map of one anchor firm: its firms on rings by tier, in sectors by stage, suppliers left and customers right."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

from visual.facets import build_facets
from visual.inputs import AnchorFirm, AnchorNetwork, Link, MissingInput, Ref, Text
from visual.lettering import balanced, text_width, wrap
from visual.ring_layout import ASPECT, REACH, Placement, Rings, place_on_rings
from visual.scene import Backdrop, Detail, Node, Scene
from visual.supply_lines import supply_edges
from visual.wording import evidence_levels, named, short_name, short_names, terms, word

MOON = 62.0
GROWTH = 1.25
NAME_SIZE = 12.5
_NARROWEST, _WIDEST = 100.0, 126.0
_INNERMOST = 136.0
_SIDES = {"upstream": -1, "downstream": 1, "both": 0}
_NO_STAGE = "~"


def anchor_scene(network: AnchorNetwork) -> Scene:
    """Draw an anchor and everything around it as of its date."""
    firms = _once(network)
    lacking = sorted(network.missing, key=lambda missing: missing.product.iri)
    stages = _stages(firms, lacking)
    first_tier = min((firm.tier for firm in firms), default=1)
    items = []
    for firm in firms:
        side = _SIDES[firm.direction]
        items.append(Placement(side, stages[side].index(_stage_iri(firm.stage)) if side else 0, firm.tier))
    items += [Placement(-1, stages[-1].index(_stage_iri(m.stage)), first_tier) for m in lacking]
    ids = [firm.organization.iri for firm in firms] + [_missing_id(m) for m in lacking]
    short = short_names(firm.organization for firm in firms)
    names = [short[firm.organization.iri] for firm in firms] + [m.product.text for m in lacking]
    size = _pill_size(names, 30.0)
    captive = [link for link in network.links if link.source == link.target == network.anchor.iri]
    rings = place_on_rings(
        items, size, _INNERMOST + (16 if captive else 0), _neighbours(ids, network.links), _obstacles(size)
    )
    nodes = [_anchor_node(network, captive)]
    nodes += [
        _firm_node(f, p, size, short[f.organization.iri])
        for f, p in zip(firms, rings.positions, strict=False)
    ]
    nodes += [_missing_node(m, p, size) for m, p in zip(lacking, rings.positions[len(firms) :], strict=True)]
    edges = supply_edges(network.links, {node.id for node in nodes})
    backdrops = _backdrops(rings, stages, _stage_names(firms, lacking), size, items)
    if captive:
        backdrops += (_captive_note(captive),)
    counts = {side: sum(_SIDES[firm.direction] == side for firm in firms) for side in (-1, 0, 1)}
    return Scene(
        view="anchor",
        title=named("anchor", "title", short_name(network.anchor, 12)),
        subtitle=word(
            "anchor",
            "subtitle" if lacking else "subtitle_full",
            up=counts[-1] + counts[0],
            down=counts[1] + counts[0],
            missing=len(lacking),
        ),
        as_of=network.as_of,
        nodes=tuple(nodes),
        edges=edges,
        backdrops=backdrops,
        facets=build_facets(nodes, edges, ("state", "kind", "locality", "basis", "evidence")),
        bounds=_bounds(nodes, backdrops),
        notes=(word("anchor", "note"),),
    )


def _once(network: AnchorNetwork) -> list[AnchorFirm]:
    """Give each firm one place: its nearest tier; reached both ways at that tier, it stands for both."""
    held: dict[str, AnchorFirm] = {}
    for firm in sorted(
        network.firms, key=lambda firm: (firm.tier, -firm.membership, firm.organization.iri, firm.direction)
    ):
        other = held.setdefault(firm.organization.iri, firm)
        if other.tier == firm.tier and other.direction != firm.direction:
            held[firm.organization.iri] = replace(other, direction="both", facts=(*other.facts, *firm.facts))
    held.pop(network.anchor.iri, None)
    return list(held.values())


def _missing_id(missing: MissingInput) -> str:
    return f"{missing.product.iri}#missing"


def _stage_iri(stage: Ref | None) -> str:
    return stage.iri if stage else _NO_STAGE


def _stages(firms: Sequence[AnchorFirm], lacking: Sequence[MissingInput]) -> dict[int, list[str]]:
    """Give the sectors of each side from top to bottom; things without a stage come last."""
    held: dict[int, set[str]] = {-1: set(), 1: set()}
    for firm in firms:
        if firm.direction != "both":
            held[_SIDES[firm.direction]].add(_stage_iri(firm.stage))
    held[-1].update(_stage_iri(missing.stage) for missing in lacking)
    return {side: sorted(iris, key=lambda iri: (iri == _NO_STAGE, iri)) for side, iris in held.items()}


def _stage_names(firms: Sequence[AnchorFirm], lacking: Sequence[MissingInput]) -> dict[str, Text]:
    held = [*(firm.stage for firm in firms), *(missing.stage for missing in lacking)]
    names = {stage.iri: stage.text for stage in held if stage}
    return {**names, _NO_STAGE: word("anchor", "no_stage")}


def _pill_size(names: Sequence[Text], extra: float) -> tuple[float, float]:
    """Choose one size for all pills: as wide as the longest name asks for, two lines where one is not enough."""
    texts = [text for name in names for text in (name.zh or name.en, name.en or name.zh)]
    longest = max((text_width(text, NAME_SIZE) for text in texts), default=0.0)
    width = min(_WIDEST, max(_NARROWEST, longest + extra + 12))
    lines = max((len(wrap(text, width - extra - 10, NAME_SIZE, 2)) for text in texts), default=1)
    return width, 28.0 if lines == 1 else 39.0


def _neighbours(ids: Sequence[str], links: Sequence[Link]) -> Callable[[int], Sequence[int]]:
    """For each mark, the marks it trades with."""
    place = {node_id: index for index, node_id in enumerate(ids)}
    near: dict[int, list[int]] = defaultdict(list)
    for link in sorted(links, key=lambda link: (link.source, link.target)):
        if link.source in place and link.target in place:
            near[place[link.source]].append(place[link.target])
            near[place[link.target]].append(place[link.source])
    return lambda index: near[index]


def _heading_spots(
    radius: float, size: tuple[float, float]
) -> tuple[tuple[float, float], tuple[float, float]]:
    y = -(REACH * _rim(radius, size) + 22)
    return (-ASPECT * radius * 0.66, y), (ASPECT * radius * 0.66, y)


def _rim(radius: float, size: tuple[float, float]) -> float:
    """Give the radius at which sectors end: just outside the marks of the outermost ring."""
    return radius + (size[0] / 2 + 8) / ASPECT


def _obstacles(size: tuple[float, float]) -> Callable[[float], list[tuple[float, float, float, float]]]:
    """Keep headings free of the marks placed above the centre."""

    def boxes(radius: float) -> list[tuple[float, float, float, float]]:
        spots = _heading_spots(radius, size)
        return [(x - 130, y - 16, x + 130, y + 16) for x, y in spots]

    return boxes


def _anchor_node(network: AnchorNetwork, captive: Sequence[Link]) -> Node:
    details = [
        Detail(
            word("heading", "captive"),
            link.product.text if link.product else word("heading", "goods"),
            facts=link.facts,
        )
        for link in captive
    ]
    details += [
        Detail(word("anchor", "inputs"), m.product.text, m.pipeline, m.facts, target=_missing_id(m))
        for m in sorted(network.missing, key=lambda m: m.product.iri)
    ]
    return Node(
        id=network.anchor.iri,
        label=network.anchor.text,
        kind="anchor",
        x=0.0,
        y=0.0,
        width=2 * MOON,
        height=2 * MOON,
        shape="moon",
        short=short_name(network.anchor),
        terms=terms(network.anchor),
        evidence=evidence_levels(fact for link in captive for fact in link.facts),
        rank=1000.0,
        details=tuple(details),
    )


def _missing_node(missing: MissingInput, position: tuple[float, float], size: tuple[float, float]) -> Node:
    coming = bool(missing.pipeline.zh or missing.pipeline.en)
    state = "pipeline" if coming else "missing"
    details = [Detail(word("heading", "stage"), missing.stage.text)] if missing.stage else []
    if coming:
        details.append(Detail(word("heading", "pipeline"), missing.pipeline))
    details += [Detail(word("heading", "facts"), fact.label, fact.value, (fact,)) for fact in missing.facts]
    return Node(
        id=_missing_id(missing),
        label=missing.product.text,
        kind="missing",
        x=position[0],
        y=position[1],
        width=size[0],
        height=size[1],
        shape="pill",
        state=state,
        badge=word("state", state),
        note=missing.why,
        evidence=evidence_levels(missing.facts),
        terms=terms(missing.product),
        details=tuple(details),
    )


def _firm_node(
    firm: AnchorFirm, position: tuple[float, float], size: tuple[float, float], short: Text
) -> Node:
    details = []
    if firm.path.zh or firm.path.en:
        details.append(Detail(word("heading", "path"), firm.path))
    details.append(Detail(word("heading", "tier"), word("anchor", "tier", n=firm.tier)))
    if firm.stage:
        details.append(Detail(word("heading", "stage"), firm.stage.text))
    if firm.membership:
        percent = word("cluster", "share", percent=f"{100 * firm.membership:.0f}")
        details.append(Detail(word("heading", "membership"), percent))
    details += [Detail(word("heading", "facts"), fact.label, fact.value, (fact,)) for fact in firm.facts]
    return Node(
        id=firm.organization.iri,
        label=firm.organization.text,
        kind="firm",
        x=position[0],
        y=position[1],
        width=size[0],
        height=size[1],
        shape="pill",
        state=firm.direction,
        short=short,
        basis=firm.basis,
        locality=firm.locality,
        evidence=evidence_levels(firm.facts),
        terms=terms(firm.organization),
        rank=firm.membership,
        details=tuple(details),
    )


def _captive_note(captive: Sequence[Link]) -> Backdrop:
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
    return Backdrop("text", 0.0, MOON + 26, label=Text("\n".join(lines[0]), "\n".join(lines[1])), size=11.5)


def _backdrops(
    rings: Rings,
    stages: dict[int, list[str]],
    stage_names: dict[str, Text],
    size: tuple[float, float],
    items: Sequence[Placement],
) -> tuple[Backdrop, ...]:
    radius = rings.outermost or _INNERMOST
    backdrops = []
    for sector in rings.sectors:
        rim = _rim(radius, size)
        tone = "customers" if sector.side > 0 else "suppliers"
        start, end = (
            (sector.start, sector.end) if sector.side > 0 else (math.pi - sector.end, math.pi - sector.start)
        )
        backdrops.append(
            Backdrop("wedge", 0, 0, ASPECT * rim, rim, tone=tone, start=start, end=end, hue=sector.index)
        )
    backdrops += [Backdrop("ring", 0, 0, ASPECT * r, r) for r, _ in rings.radii]
    backdrops.append(Backdrop("glow", 0, 0, MOON * 2.1, MOON * 2.1))
    for sector in rings.sectors:
        middle = (sector.start + sector.end) / 2
        name = stage_names[stages[sector.side][sector.index]]
        label = Text(
            "\n".join(balanced(name.zh or name.en, 92, 15, 2)),
            "\n".join(balanced(name.en or name.zh, 116, 15, 2)),
        )
        x = sector.side * (ASPECT * radius * math.cos(middle) + size[0] / 2 + 18)
        align = "left" if sector.side > 0 else "right"
        backdrops.append(
            Backdrop("text", x, radius * math.sin(middle), label=label, tone="strong", size=15, align=align)
        )
    seen: set[int] = set()
    for r, tier in rings.radii:
        if tier not in seen:
            seen.add(tier)
            backdrops.append(Backdrop("text", 0, r - 9, label=word("anchor", "tier", n=tier), size=11))
    for (x, y), side, key in zip(
        _heading_spots(radius, size), (-1, 1), ("upstream", "downstream"), strict=True
    ):
        backdrops.append(Backdrop("text", x, y, label=word("anchor", key), tone="strong", size=17))
        if not any(item.side in {side, 0} for item in items):
            aside = side * max(ASPECT * radius * 0.66, MOON + 120)
            backdrops.append(Backdrop("text", aside, 0, label=word("anchor", f"no_{key}"), size=13))
    return tuple(backdrops)


def _bounds(nodes: Sequence[Node], backdrops: Sequence[Backdrop]) -> tuple[float, float, float, float]:
    boxes = [node.box for node in nodes]
    for item in backdrops:
        if item.shape == "text":
            lines = [line for text in (item.label.zh, item.label.en) for line in text.split("\n")]
            width = max(text_width(line, item.size * GROWTH) for line in lines)
            left = {"left": 0.0, "right": width, "center": width / 2}[item.align]
            boxes.append(
                (item.x - left, item.y - item.size * 1.4, item.x - left + width, item.y + item.size * 1.4)
            )
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )
