"""The map of all clusters, many stars around the moons: anchors apart, each firm between the anchors it serves."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from visual.cluster_layout import (
    along_ellipse,
    barycentre,
    circumference,
    orbits,
    rim,
    sharing_matrix,
    spread_anchors,
)
from visual.facets import build_facets
from visual.free_spots import FreeSpots
from visual.inputs import ClusterState, Member, Ref, Text
from visual.lettering import text_width
from visual.scene import EMPTY, Backdrop, Detail, Edge, Node, Scene
from visual.supply_lines import supply_edges
from visual.wording import clauses, evidence_levels, named, short_names, terms, word

EXCLUSIVE_FROM = 0.9
STAR = 6.5
LABEL_SIZE = 12.5
_NEGLIGIBLE = 0.02
_LABELLED_UP_TO = 160
_RIM_STEP = 26.0
# Room in the middle for the words that there is no anchor.
_NO_ANCHOR = (-240.0, -80.0, 240.0, 80.0)


@dataclass(frozen=True, slots=True)
class _Spacing:
    """Distances that suit the number of firms: along an orbit, between orbits, between clusters."""

    along: float
    between: float
    gap: float


def cluster_scene(state: ClusterState) -> Scene:
    """Draw who circles around whom as of its date."""
    anchors = sorted(state.anchors, key=lambda anchor: anchor.iri)
    place = {anchor.iri: index for index, anchor in enumerate(anchors)}
    members = sorted(
        (m for m in state.members if m.organization.iri not in place), key=lambda m: m.organization.iri
    )
    shares = {m.organization.iri: _shares(m, place) for m in members}
    own: dict[int, list[Member]] = defaultdict(list)
    for member in members:
        held = shares[member.organization.iri]
        if held and held[0][1] >= EXCLUSIVE_FROM:
            own[held[0][0]].append(member)
    shared = [
        m for m in members if shares[m.organization.iri] and shares[m.organization.iri][0][1] < EXCLUSIVE_FROM
    ]
    unreached = [m for m in members if not shares[m.organization.iri]]
    short = short_names([*anchors, *(m.organization for m in members)])
    spacing = _spacing(len(members) - len(unreached))
    moons = [
        _moon_radius(sum(w for held in shares.values() for i, w in held if i == index))
        for index in range(len(anchors))
    ]
    paths = [
        orbits(len(own[i]), moons[i] + spacing.between, spacing.between, spacing.along)
        for i in range(len(anchors))
    ]
    radii = [
        max([moons[i] + 14, *(radius + STAR + 6 for radius, _ in paths[i])]) for i in range(len(anchors))
    ]
    centres = spread_anchors(radii, sharing_matrix(shares, len(anchors)), spacing.gap)
    spots: dict[str, tuple[float, float]] = {}
    for i, path in enumerate(paths):
        for member, (radius, turn) in zip(own[i], path, strict=True):
            spots[member.organization.iri] = _polar(centres[i], radius, turn)
    spots |= _between(shared, shares, spots, centres, moons, radii, short)
    axes, rim_spots = _rim_spots(unreached, spots, centres, radii)
    spots |= rim_spots
    edges = supply_edges(state.links, {*place, *spots})
    degree = _degree(edges)
    nodes = [_anchor_node(a, i, centres[i], moons[i], members, shares, short) for i, a in enumerate(anchors)]
    nodes += [
        _firm_node(m, shares[m.organization.iri], spots[m.organization.iri], degree, anchors, short)
        for m in members
    ]
    backdrops = _backdrops(centres, moons, radii, paths, axes, len(unreached))
    title = (
        named("cluster", "title", state.name)
        if state.name.zh or state.name.en
        else word("cluster", "title_bare")
    )
    return Scene(
        view="cluster",
        title=title,
        subtitle=_subtitle(nodes),
        as_of=state.as_of,
        nodes=tuple(nodes),
        edges=edges,
        backdrops=backdrops,
        facets=build_facets(nodes, edges, ("state", "kind", "locality", "basis", "evidence")),
        bounds=_bounds(nodes, axes),
        notes=(word("cluster", "note"),),
        theme="night",
    )


def _shares(member: Member, place: dict[str, int]) -> tuple[tuple[int, float], ...]:
    """Give a member's shares as (anchor index, weight), largest first, adding up to 1; none if no anchor reaches it."""
    if member.outside:
        return ()
    held = [(place[iri], weight) for iri, weight in member.weights if iri in place and weight > 0]
    total = sum(weight for _, weight in held)
    held = [(index, weight / total) for index, weight in held if weight / total >= _NEGLIGIBLE]
    total = sum(weight for _, weight in held)
    return tuple(
        sorted(((index, weight / total) for index, weight in held), key=lambda share: (-share[1], share[0]))
    )


def _spacing(count: int) -> _Spacing:
    if count <= 80:
        return _Spacing(76.0, 40.0, 120.0)
    if count <= 200:
        return _Spacing(50.0, 31.0, 84.0)
    if count <= 600:
        return _Spacing(34.0, 27.0, 76.0)
    return _Spacing(22.0, 20.0, 70.0)


def _moon_radius(weight: float) -> float:
    return 44.0 + min(24.0, 3.6 * math.sqrt(weight))


def _polar(centre: np.ndarray, radius: float, turn: float) -> tuple[float, float]:
    return float(centre[0]) + radius * math.cos(turn), float(centre[1]) + radius * math.sin(turn)


def _between(
    shared: Sequence[Member],
    shares: dict[str, tuple[tuple[int, float], ...]],
    taken: dict[str, tuple[float, float]],
    centres: np.ndarray,
    moons: Sequence[float],
    radii: Sequence[float],
    short: dict[str, Text],
) -> dict[str, tuple[float, float]]:
    """Place shared firms by their shares, each at the free spot nearest to it; few enough keep room for their names."""
    plane = FreeSpots(2 * STAR + 12)
    for centre, moon in zip(centres, moons, strict=True):
        plane.take(float(centre[0]), float(centre[1]), moon + 8, moon + 8)
    for x, y in taken.values():
        plane.take(x, y, STAR + 2, STAR + 2)
    spots = {}
    order = sorted(shared, key=lambda m: (shares[m.organization.iri][0][1], m.organization.iri))
    for member in order:
        iri = member.organization.iri
        x, y = barycentre(shares[iri], centres, radii)
        half_width, half_height, shift = STAR + 3, STAR + 3, 0.0
        if len(shared) <= _LABELLED_UP_TO:
            name = short[iri]
            label = min(130.0, text_width(name.zh or name.en, LABEL_SIZE))
            half_width, half_height, shift = STAR + 4 + label / 2, STAR + 4, label / 2
        spot = plane.settle(x + shift, y, half_width, half_height, flatness=0.7)
        spots[iri] = spot[0] - shift, spot[1]
    return spots


def _rim_spots(
    unreached: Sequence[Member],
    spots: dict[str, tuple[float, float]],
    centres: np.ndarray,
    radii: Sequence[float],
) -> tuple[tuple[float, float], dict[str, tuple[float, float]]]:
    """Place firms no anchor reaches along an ellipse around everything, in as many rows as they need."""
    boxes = [(x - 20, y - 20, x + 20, y + 20) for _, (x, y) in sorted(spots.items())]
    boxes += [
        (float(c[0]) - 0.72 * r, float(c[1]) - 0.72 * r, float(c[0]) + 0.72 * r, float(c[1]) + 0.72 * r)
        for c, r in zip(centres, radii, strict=True)
    ]
    if not len(centres):
        boxes.append(_NO_ANCHOR)
    axes = rim(boxes, 56.0)
    places: dict[str, tuple[float, float]] = {}
    rest = list(unreached)
    row = 0
    while rest:
        ring = axes[0] + row * _RIM_STEP, axes[1] + row * _RIM_STEP
        room = max(6, int(circumference(ring) // _RIM_STEP))
        held, rest = rest[:room], rest[room:]
        for member, spot in zip(held, along_ellipse(ring, len(held)), strict=True):
            places[member.organization.iri] = spot
        row += 1
    outer = max(0, row - 1) * _RIM_STEP
    return (axes[0] + outer / 2, axes[1] + outer / 2), places


def _degree(edges: Sequence[Edge]) -> dict[str, int]:
    degree: dict[str, int] = defaultdict(int)
    for edge in edges:
        degree[edge.source] += 1
        degree[edge.target] += 1
    return degree


def _anchor_node(
    anchor: Ref,
    index: int,
    centre: np.ndarray,
    radius: float,
    members: Sequence[Member],
    shares: dict[str, tuple[tuple[int, float], ...]],
    short: dict[str, Text],
) -> Node:
    held = [(weight, m) for m in members for i, weight in shares[m.organization.iri] if i == index]
    held.sort(key=lambda pair: (-pair[0], pair[1].organization.iri))
    return Node(
        id=anchor.iri,
        label=anchor.text,
        kind="anchor",
        state="" if held else "alone",
        x=float(centre[0]),
        y=float(centre[1]),
        width=2 * radius,
        height=2 * radius,
        shape="moon",
        short=short[anchor.iri],
        hue=index,
        terms=terms(anchor),
        rank=1000.0 + len(held),
        details=tuple(
            Detail(
                word("heading", "members"),
                m.organization.text,
                _share(weight, anchor, m),
                target=m.organization.iri,
            )
            for weight, m in held
        ),
    )


def _firm_node(
    member: Member,
    shares: tuple[tuple[int, float], ...],
    spot: tuple[float, float],
    degree: dict[str, int],
    anchors: Sequence[Ref],
    short: dict[str, Text],
) -> Node:
    state = "unreached" if not shares else "exclusive" if shares[0][1] >= EXCLUSIVE_FROM else "shared"
    radius = 5.0 if state == "unreached" else STAR + (1.0 if state == "shared" else 0.0)
    details = [
        Detail(
            word("heading", "membership"),
            anchors[index].text,
            _share(weight, anchors[index], member),
            target=anchors[index].iri,
        )
        for index, weight in shares
    ]
    if member.path.zh or member.path.en:
        details.append(Detail(word("heading", "path"), member.path))
    details += [Detail(word("heading", "facts"), fact.label, fact.value, (fact,)) for fact in member.facts]
    iri = member.organization.iri
    return Node(
        id=iri,
        label=member.organization.text,
        kind="firm",
        x=spot[0],
        y=spot[1],
        width=2 * radius,
        height=2 * radius,
        shape="star",
        state=state,
        short=short[iri],
        note=EMPTY if shares else word("cluster", "why_unreached"),
        basis=_basis(member, [anchors[index].iri for index, _ in shares]),
        locality=member.locality,
        evidence=evidence_levels(member.facts),
        terms=terms(member.organization),
        shares=shares,
        rank={"shared": 200.0, "exclusive": 100.0, "unreached": 0.0}[state] + min(degree[iri], 90),
        details=tuple(details),
    )


def _basis(member: Member, anchors: Sequence[str]) -> str:
    if not anchors:
        return ""
    return "recorded" if set(anchors) & set(member.recorded) else "inferred"


def _share(weight: float, anchor: Ref, member: Member) -> Text:
    basis = "recorded" if anchor.iri in member.recorded else "inferred"
    return word("cluster", f"share_{basis}", percent=f"{100 * weight:.0f}")


def _subtitle(nodes: Sequence[Node]) -> Text:
    """Count who circles around whom, and how much of it is on record."""
    states = Counter(node.state for node in nodes if node.kind == "firm")
    bases = Counter(node.basis for node in nodes if node.kind == "firm" and node.basis)
    alone = sum(node.state == "alone" for node in nodes)
    parts = [word("cluster", "anchors", n=sum(node.kind == "anchor" for node in nodes))]
    if alone:
        parts.append(word("cluster", "alone", n=alone))
    if bases:
        parts.append(word("cluster", "around", exclusive=states["exclusive"], shared=states["shared"]))
        parts.append(word("cluster", "bases", recorded=bases["recorded"], inferred=bases["inferred"]))
    if states["unreached"]:
        parts.append(word("cluster", "unreached", n=states["unreached"]))
    return clauses(parts)


def _backdrops(
    centres: np.ndarray,
    moons: Sequence[float],
    radii: Sequence[float],
    paths: Sequence[Sequence[tuple[float, float]]],
    axes: tuple[float, float],
    unreached: int,
) -> tuple[Backdrop, ...]:
    backdrops = []
    if unreached:
        backdrops.append(
            Backdrop("belt", 0, 0, axes[0], axes[1], size=44 + 2 * _RIM_STEP * (unreached > 250))
        )
    for index, (centre, moon, radius) in enumerate(zip(centres, moons, radii, strict=True)):
        x, y = float(centre[0]), float(centre[1])
        glow = max(moon * 2.2, radius * 1.3)
        backdrops.append(Backdrop("glow", x, y, glow, glow, hue=index))
        backdrops += [
            Backdrop("ring", x, y, orbit, orbit, tone="orbit")
            for orbit in sorted({path[0] for path in paths[index]})
        ]
    if not len(centres):
        backdrops.append(Backdrop("text", 0, 0, label=word("cluster", "no_anchor"), tone="strong", size=19))
    if unreached:
        label = word("cluster", "rim", n=unreached)
        backdrops.append(Backdrop("text", 0, axes[1] + 46, label=label, size=19))
    return tuple(backdrops)


def _bounds(nodes: Sequence[Node], axes: tuple[float, float]) -> tuple[float, float, float, float]:
    boxes = [node.box for node in nodes]
    rimmed = any(node.state == "unreached" for node in nodes)
    margin_x, margin_y = (70.0, 64.0) if rimmed else (60.0, 30.0)
    if rimmed:
        boxes.append((-axes[0], -axes[1], axes[0], axes[1]))
    return (
        min((box[0] for box in boxes), default=0.0) - margin_x,
        min((box[1] for box in boxes), default=0.0) - 20,
        max((box[2] for box in boxes), default=1.0) + margin_x,
        max((box[3] for box in boxes), default=1.0) + margin_y,
    )
