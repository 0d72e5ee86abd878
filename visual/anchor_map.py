"""The map of one anchor firm: its firms on rings by tier, in sectors by stage, suppliers left and customers right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

from visual.anchor_backdrops import (
    INNERMOST,
    MOON,
    anchor_backdrops,
    bounds_of,
    captive_note,
    heading_boxes,
)
from visual.facets import build_facets
from visual.inputs import AnchorFirm, AnchorNetwork, Link, MissingInput, Ref, Text
from visual.lettering import text_width, wrap
from visual.ring_layout import Placement, place_on_rings
from visual.scene import Detail, Node, Scene
from visual.supply_lines import supply_edges
from visual.wording import clauses, evidence_levels, named, short_name, short_names, terms, word

NAME_SIZE = 12.5
_NARROWEST, _WIDEST = 100.0, 134.0
_SIDES = {"upstream": -1, "downstream": 1, "both": 0}
_NO_STAGE = "~"


def anchor_scene(network: AnchorNetwork) -> Scene:
    """Draw an anchor and everything around it as of its date."""
    firms = _once(network)
    lacking = sorted(network.missing, key=lambda missing: missing.product.iri)
    stages = _stages(firms, lacking)
    names_of = _stage_names(firms, lacking)
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
        items, size, INNERMOST + (16 if captive else 0), _neighbours(ids, network.links), heading_boxes(size)
    )
    nodes = [_anchor_node(network, captive)]
    nodes += [
        _firm_node(f, p, size, short[f.organization.iri])
        for f, p in zip(firms, rings.positions, strict=False)
    ]
    nodes += [_missing_node(m, p, size) for m, p in zip(lacking, rings.positions[len(firms) :], strict=True)]
    edges = supply_edges(network.links, {node.id for node in nodes})
    sector_names = {side: [names_of[iri] for iri in iris] for side, iris in stages.items()}
    backdrops = anchor_backdrops(rings, sector_names, [node.box for node in nodes], size)
    if captive:
        backdrops += (captive_note(captive),)
    return Scene(
        view="anchor",
        title=named("anchor", "title", short_name(network.anchor, 12)),
        subtitle=_subtitle(firms, lacking),
        as_of=network.as_of,
        nodes=tuple(nodes),
        edges=edges,
        backdrops=backdrops,
        facets=build_facets(nodes, edges, ("state", "kind", "locality", "basis", "evidence")),
        bounds=bounds_of(nodes, backdrops),
        notes=(word("anchor", "note"),),
    )


def _subtitle(firms: Sequence[AnchorFirm], lacking: Sequence[MissingInput]) -> Text:
    """Count who stands on which side, how much of it is on record, and what is lacking."""
    parts = [word("anchor", "nobody")]
    if firms:
        up, down = (
            sum(firm.direction in (side, "both") for firm in firms) for side in ("upstream", "downstream")
        )
        recorded = sum(firm.basis == "recorded" for firm in firms)
        parts = [
            word("anchor", "around", up=up, down=down),
            word("anchor", "bases", recorded=recorded, inferred=len(firms) - recorded),
        ]
    if lacking:
        parts.append(word("anchor", "lacking", n=len(lacking)))
    return clauses(parts)


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
    return width, 30.0 if lines == 1 else 42.0


def _neighbours(ids: Sequence[str], links: Sequence[Link]) -> Callable[[int], Sequence[int]]:
    """For each mark, the marks it trades with."""
    place = {node_id: index for index, node_id in enumerate(ids)}
    near: dict[int, list[int]] = defaultdict(list)
    for link in sorted(links, key=lambda link: (link.source, link.target)):
        if link.source in place and link.target in place:
            near[place[link.source]].append(place[link.target])
            near[place[link.target]].append(place[link.source])
    return lambda index: near[index]


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
