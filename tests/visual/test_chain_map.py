from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visual import chain_scene
from visual.chain_layout import CLOSE, DENSE, ROOMY, Block, arrange, rank_columns
from visual.inputs import ChainState, Maker, ProductState, Ref, Text


def inside(inner, outer, slack: float = 0.01) -> bool:
    return (
        inner[0] >= outer[0] - slack
        and inner[1] >= outer[1] - slack
        and inner[2] <= outer[2] + slack
        and inner[3] <= outer[3] + slack
    )


@pytest.mark.parametrize("per_stage", [0, 1, 3, 8, 14])
def test_no_boxes_overlap_and_all_are_within_the_picture(imagined, per_stage: int) -> None:
    scene = chain_scene(imagined.chain(per_stage))
    assert not imagined.overlapping(scene.nodes)
    assert all(inside(node.box, scene.bounds) for node in scene.nodes)


def test_eight_stages_and_sixty_four_products_can_be_read_on_a_small_screen(imagined) -> None:
    scene = chain_scene(imagined.chain(8))
    assert len([node for node in scene.nodes if node.kind == "product"]) == 64
    assert min((1440 - 252 - 44) / scene.width, (900 - 69 - 40) / scene.height) > 0.66


def test_upstream_is_left_of_downstream_and_branches_are_apart(imagined) -> None:
    scene = chain_scene(imagined.chain(3))
    stage = {node.label.zh: node for node in scene.nodes if node.kind == "stage"}
    for left, right in (
        ("原料", "裂解"),
        ("裂解", "树脂单体"),
        ("树脂单体", "合成树脂"),
        ("合成橡胶", "轮胎"),
    ):
        assert stage[left].box[2] < stage[right].box[0]
    assert stage["树脂单体"].y == stage["合成树脂"].y == stage["制品"].y
    assert stage["橡胶单体"].y == stage["轮胎"].y != stage["制品"].y
    strips = [item.label.zh for item in scene.backdrops if item.shape == "strip"]
    assert strips == ["树脂", "橡胶"]
    bands = [(item.label.zh, item.x) for item in scene.backdrops if item.shape == "chevron"]
    assert [name for name, _ in sorted(bands, key=lambda band: band[1])] == ["上游", "中游", "下游"]


def test_every_product_stands_in_the_panel_of_its_stage(imagined) -> None:
    state = imagined.chain(5)
    scene = chain_scene(state)
    panels = [(p.x, p.y, p.x + p.width, p.y + p.height) for p in scene.backdrops if p.shape == "panel"]
    heads = {node.id: node for node in scene.nodes if node.kind == "stage"}
    boxes = {node.id: node for node in scene.nodes if node.kind == "product"}
    for stage in state.stages:
        panel = next(panel for panel in panels if inside(heads[stage.name.iri].box, panel))
        assert all(inside(boxes[product.product.iri].box, panel) for product in stage.products)


def test_boxes_say_state_and_firms(imagined) -> None:
    makers = tuple(
        Maker(imagined.firm(f"青岚{k}号化工有限公司"), facts=(imagined.fact(),)) for k in "甲乙丙丁戊"
    )
    made = ProductState(imagined.goods("乙烯"), "made", (*makers, makers[0]))
    coming = ProductState(imagined.goods("丙烯"), "pipeline", (), makers[:1])
    state = imagined.chain(1)
    state = replace(state, stages=(replace(state.stages[0], products=(made, coming)),), links=())
    first, second = (node for node in chain_scene(state).nodes if node.kind == "product")
    assert [row.zh for row in first.rows] == ["青岚甲号化工", "青岚乙号化工", "青岚丙号化工"]
    assert first.more == 2
    assert (first.badge.zh, second.badge.zh) == ("在产", "在补")
    assert [row.zh for row in second.rows] == ["青岚甲号化工"]
    assert "青岚戊号化工有限公司" in {term.zh for term in first.terms}


def test_panel_facts_carry_source_date_and_evidence(imagined) -> None:
    scene = chain_scene(imagined.chain(8))
    node = next(node for node in scene.nodes if node.rows)
    held = [fact for detail in node.details for fact in detail.facts]
    assert held
    assert all(fact.source and fact.date and fact.evidence and fact.source_title for fact in held)


def test_needs_lead_to_the_box_of_the_product(imagined) -> None:
    scene = chain_scene(imagined.chain(2))
    ids = {node.id for node in scene.nodes}
    targets = {detail.target for node in scene.nodes for detail in node.details if detail.target}
    assert targets
    assert targets <= ids


def test_counts_in_the_subtitle(imagined) -> None:
    scene = chain_scene(imagined.chain(8))
    assert scene.subtitle.zh == "64个产品，本地在产24个（强8、弱8），缺16个（断点8），在补8个"


def test_links_between_known_products_only(imagined) -> None:
    state = imagined.chain(2)
    lost = replace(state.links[0], target="https://example.org/product/elsewhere")
    itself = replace(state.links[0], target=state.links[0].source)
    again = replace(state.links[0], route="另一路线")
    scene = chain_scene(replace(state, links=(*state.links, lost, itself, again)))
    assert len(scene.edges) == len(state.links) + 1


def test_only_rules_behind_a_link_make_it_inferred(imagined) -> None:
    state = imagined.chain(1)
    ruled = replace(state.links[0], facts=(imagined.fact(evidence="E6"),))
    mixed = replace(state.links[1], facts=(imagined.fact(evidence="E6"), imagined.fact(evidence="E2")))
    scene = chain_scene(replace(state, links=(ruled, mixed)))
    assert {edge.source: edge.basis for edge in scene.edges} == {
        ruled.source: "inferred",
        mixed.source: "recorded",
    }


def test_a_product_in_two_stages_has_two_boxes(imagined) -> None:
    state = imagined.chain(2)
    second = replace(state.stages[1], products=(*state.stages[1].products, state.stages[0].products[0]))
    scene = chain_scene(replace(state, stages=(state.stages[0], second, *state.stages[2:])))
    name = state.stages[0].products[0].product.zh
    assert len([node for node in scene.nodes if node.label.zh == name]) == 2
    assert "16个产品" in scene.subtitle.zh


def test_a_chain_without_stages_says_so() -> None:
    scene = chain_scene(ChainState(Ref("c", "空链"), "2025-11", ()))
    assert [item.label.zh for item in scene.backdrops] == ["台账未列这条产业链的环节"]
    assert scene.width > 0


def test_order_of_input_does_not_matter(imagined) -> None:
    state = imagined.chain(4)
    turned = replace(state, stages=state.stages[::-1], links=state.links[::-1])
    assert chain_scene(state) == chain_scene(turned)


def test_boxes_are_made_for_the_language_asked_for(imagined) -> None:
    long = ProductState(imagined.goods("醇", "A very long chemical name that needs several lines"), "made")
    state = replace(
        imagined.chain(1), stages=(replace(imagined.chain(1).stages[0], products=(long,)),), links=()
    )
    heights = [
        max(n.height for n in chain_scene(state, lang).nodes if n.kind == "product") for lang in ("zh", "en")
    ]
    assert heights[0] < heights[1]


def test_links_cross_less_after_untangling(imagined) -> None:
    state = imagined.chain(6)
    stages = list(state.stages)
    stages[1] = replace(stages[1], products=stages[1].products[::-1])
    scene = chain_scene(replace(state, stages=tuple(stages)))
    height = {node.id: node.y for node in scene.nodes}
    pairs = [
        (height[e.source], height[e.target])
        for e in scene.edges
        if e.source in {p.product.iri for p in stages[0].products}
    ]
    pairs.sort()
    assert [b for _, b in pairs] == sorted(b for _, b in pairs)


@pytest.mark.parametrize(
    ("stages", "columns"),
    [
        ([(0, 1, ""), (1, 2, ""), (2, 3, "")], (0, 1, 2)),
        ([(0, 1, ""), (1, 2, "甲"), (1, 3, "乙"), (1, 4, "甲"), (2, 5, "乙")], (0, 1, 1, 2, 3)),
        ([(1, 1, "甲"), (0, 2, "")], (1, 0)),
        ([(1, 1, ""), (1, 1, "")], (0, 0)),
        ([(0, 1, "甲"), (0, 2, "乙"), (0, 3, "")], (0, 0, 1)),
        ([], ()),
    ],
)
def test_columns(stages, columns) -> None:
    assert rank_columns(stages) == columns


@st.composite
def block_lists(draw):
    columns = draw(st.integers(1, 6))
    blocks = []
    for column in range(columns):
        row = st.one_of(st.none(), st.integers(0, 3))
        for _ in range(draw(st.integers(1, 3))):
            heights = tuple(draw(st.lists(st.floats(20, 90), max_size=9)))
            blocks.append(Block(column, draw(row), heights))
    return blocks


@settings(max_examples=120, deadline=None)
@given(block_lists(), st.sampled_from([ROOMY, CLOSE, DENSE]))
def test_any_blocks_are_placed_without_overlap(blocks, measures) -> None:
    # Blocks across all rows and blocks of rows never share a column: the map gives the trunk a row of its own there.
    mixed = {b.column for b in blocks if b.row is not None}
    blocks = [replace(b, row=0) if b.row is None and b.column in mixed else b for b in blocks]
    rows = {row: rank for rank, row in enumerate(sorted({b.row for b in blocks if b.row is not None}))}
    blocks = [replace(b, row=rows[b.row]) if b.row is not None else b for b in blocks]
    placed = arrange(blocks, measures)
    for block, boxes in zip(placed.blocks, placed.boxes, strict=True):
        for box in boxes:
            assert box.x >= block.x
            assert box.x + box.width <= block.x + block.width + 0.01
            assert box.y + box.height <= block.y + block.height + 0.01
    everything = [[b] for b in placed.blocks] + [list(boxes) for boxes in placed.boxes]
    flat = placed.blocks
    for group in (flat, *everything[len(flat) :]):
        for i, a in enumerate(group):
            for b in group[i + 1 :]:
                apart = (
                    a.x + a.width <= b.x + 0.01
                    or b.x + b.width <= a.x + 0.01
                    or a.y + a.height <= b.y + 0.01
                    or b.y + b.height <= a.y + 0.01
                )
                assert apart


def test_empty_text_has_no_reason(imagined) -> None:
    scene = chain_scene(imagined.chain(1))
    assert all(node.note != Text("") for node in scene.nodes if node.kind == "product")
