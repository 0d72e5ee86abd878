from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visual import anchor_scene
from visual.anchor_backdrops import text_box
from visual.inputs import AnchorFirm, AnchorNetwork, Text
from visual.ring_layout import ASPECT, Placement, overlap, place_on_rings


def texts(scene):
    return [item for item in scene.backdrops if item.shape == "text"]


@pytest.mark.parametrize(
    ("up", "down", "missing", "both"),
    [
        (14, 9, 7, 3),
        (60, 2, 0, 0),
        (0, 40, 25, 0),
        (3, 3, 0, 12),
        (0, 0, 5, 0),
        (1, 0, 0, 0),
        (80, 80, 30, 8),
    ],
)
def test_neither_marks_nor_names_overlap(imagined, up: int, down: int, missing: int, both: int) -> None:
    scene = anchor_scene(imagined.anchor(up, down, missing, both))
    assert not imagined.overlapping(scene.nodes)
    labels = [text_box(item) for item in texts(scene)]
    marks = [node.box for node in scene.nodes]
    assert not [(a, b) for i, a in enumerate(labels) for b in labels[i + 1 :] if overlap(a, b)]
    sectors = [text_box(item) for item in texts(scene) if item.align != "center"]
    assert not [(a, b) for a in sectors for b in marks if overlap(a, b)]
    left, top, right, bottom = scene.bounds
    for box in (*labels, *marks):
        assert box[0] >= left
        assert box[1] >= top
        assert box[2] <= right
        assert box[3] <= bottom


def test_suppliers_left_customers_right_anchor_in_the_middle(imagined) -> None:
    network = imagined.anchor()
    scene = anchor_scene(network)
    nodes = {node.id: node for node in scene.nodes}
    assert (nodes[network.anchor.iri].x, nodes[network.anchor.iri].y) == (0, 0)
    for firm in network.firms:
        node = nodes[firm.organization.iri]
        if firm.direction == "upstream":
            assert node.box[2] < 0
        elif firm.direction == "downstream":
            assert node.box[0] > 0
        assert node.state == firm.direction
        assert node.basis == firm.basis


def test_missing_inputs_are_on_the_upstream_side_in_the_sector_of_their_stage(imagined) -> None:
    network = imagined.anchor()
    scene = anchor_scene(network)
    sectors = [item for item in scene.backdrops if item.shape == "wedge" and item.tone == "suppliers"]
    stages = sorted(
        {f.stage.iri for f in network.firms if f.stage and f.direction == "upstream"}
        | {m.stage.iri for m in network.missing}
    )
    assert len(sectors) == len(stages) + 1
    for missing in network.missing:
        node = next(
            node for node in scene.nodes if node.kind == "missing" and node.label == missing.product.text
        )
        assert node.box[2] < 0
        assert node.state == ("pipeline" if missing.pipeline.zh else "missing")
        assert node.badge.zh == ("在补" if missing.pipeline.zh else "缺")
        turn = math.atan2(node.y, node.x / ASPECT) % (2 * math.pi)
        sector = sectors[stages.index(missing.stage.iri)]
        assert sector.start <= turn <= sector.end


def test_tiers_stand_further_and_further_out(imagined) -> None:
    network = imagined.anchor(20, 20, 6, 0)
    nodes = {node.id: node for node in anchor_scene(network).nodes}
    for side in ("upstream", "downstream"):
        reach = {}
        for firm in network.firms:
            if firm.direction == side:
                node = nodes[firm.organization.iri]
                reach.setdefault(firm.tier, []).append(math.hypot(node.x / ASPECT, node.y))
        tiers = sorted(reach)
        for inner, outer in pairwise(tiers):
            assert max(reach[inner]) < min(reach[outer])


def test_captive_use_is_a_note_and_no_line(imagined) -> None:
    network = imagined.anchor()
    scene = anchor_scene(network)
    assert "自用：石脑油" in [item.label.zh for item in texts(scene)]
    assert not [edge for edge in scene.edges if edge.source == edge.target]
    anchor = next(node for node in scene.nodes if node.kind == "anchor")
    assert any(fact.source == "自用-1" for detail in anchor.details for fact in detail.facts)


def test_lines_keep_recorded_and_inferred_apart(imagined) -> None:
    network = imagined.anchor(1, 0, 0, 0)
    link = network.links[0]
    twice = replace(link, product=imagined.goods("溶剂", "Solvent"))
    guessed = replace(link, basis="inferred")
    scene = anchor_scene(replace(network, links=(link, twice, guessed)))
    assert [(edge.basis, edge.label.zh, edge.weight) for edge in scene.edges] == [
        ("inferred", "助剂", 1.0),
        ("recorded", "助剂、溶剂", 2.0),
    ]


def test_a_firm_listed_twice_stands_once(imagined) -> None:
    network = imagined.anchor(2, 0, 0, 0)
    first = network.firms[0]
    far, turned = replace(first, tier=3), replace(first, direction="downstream")
    scene = anchor_scene(replace(network, firms=(*network.firms, far, turned)))
    held = [node for node in scene.nodes if node.id == first.organization.iri]
    assert [node.state for node in held] == ["both"]


def test_an_anchor_alone_says_that_nothing_is_known(imagined) -> None:
    scene = anchor_scene(AnchorNetwork(imagined.firm("孤岛集团"), "2025-11", ()))
    assert [node.kind for node in scene.nodes] == ["anchor"]
    said = {item.label.zh for item in texts(scene)}
    assert {"台账中没有供应方", "台账中没有客户"} <= said


def test_counts_in_the_subtitle(imagined) -> None:
    some = imagined.anchor(4, 3, 2, 1)
    inferred = sum(firm.basis == "inferred" for firm in some.firms)
    assert anchor_scene(some).subtitle.zh == (
        f"供应方5家、客户4家围绕；其中有记录{8 - inferred}家，仅凭推断{inferred}家；上游还缺2种投入"
    )
    assert anchor_scene(imagined.anchor(4, 3, 0, 1)).subtitle.en == (
        "5 suppliers and 4 customers around it; 6 on record, 2 only inferred"
    )
    assert anchor_scene(imagined.anchor(0, 0, 2, 0)).subtitle.zh == "台账中没有围绕它的企业；上游还缺2种投入"


def test_order_of_input_does_not_matter(imagined) -> None:
    network = imagined.anchor()
    turned = replace(
        network, firms=network.firms[::-1], links=network.links[::-1], missing=network.missing[::-1]
    )
    assert anchor_scene(network) == anchor_scene(turned)


def test_same_short_names_are_told_apart(imagined) -> None:
    twins = [imagined.firm(f"青岚海达{form}", "青岚海达") for form in ("集团有限公司", "港务有限公司")]
    firms = tuple(AnchorFirm(twin, 1, "upstream") for twin in twins)
    scene = anchor_scene(AnchorNetwork(imagined.firm("青岚"), "2025", firms))
    assert len({node.short for node in scene.nodes if node.kind == "firm"}) == 2


def test_every_fact_of_a_firm_is_in_its_panel(imagined) -> None:
    network = imagined.anchor()
    nodes = {node.id: node for node in anchor_scene(network).nodes}
    for firm in network.firms:
        details = nodes[firm.organization.iri].details
        assert {fact for detail in details for fact in detail.facts} == set(firm.facts)
        assert any(detail.label == firm.path for detail in details)
        assert all(detail.label != Text("") for detail in details)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.builds(Placement, st.sampled_from([-1, 0, 1]), st.integers(0, 5), st.integers(1, 4)), max_size=90
    ),
    st.floats(80, 160),
    st.floats(20, 44),
)
def test_any_marks_on_rings_are_apart(items, width: float, height: float) -> None:
    sectors = {side: sorted({i.sector for i in items if i.side == side}) for side in (-1, 0, 1)}
    items = [replace(item, sector=sectors[item.side].index(item.sector)) for item in items]
    rings = place_on_rings(items, (width, height), 140, lambda index: [index // 2], lambda rings: [])
    boxes = [(x - width / 2, y - height / 2, x + width / 2, y + height / 2) for x, y in rings.positions]
    assert len(boxes) == len(items)
    assert not [(a, b) for i, a in enumerate(boxes) for b in boxes[i + 1 :] if overlap(a, b)]
