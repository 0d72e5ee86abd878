"""What the layouts promise for any input: nothing overlaps, sides and order are kept, order of input does not matter."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from visual import anchor_scene, chain_scene, cluster_scene
from visual.chain_layout import CLOSE, DENSE, ROOMY, Block, Measures, arrange, rank_columns
from visual.cluster_layout import (
    along_ellipse,
    barycentre,
    circumference,
    orbits,
    rim,
    ring_order,
    sharing_matrix,
    spread_anchors,
)
from visual.free_spots import FreeSpots
from visual.inputs import (
    AnchorFirm,
    AnchorNetwork,
    ChainState,
    ClusterState,
    Link,
    Member,
    MissingInput,
    ProductLink,
    ProductState,
    Ref,
    StageState,
    Text,
)
from visual.ring_layout import Placement, place_on_rings
from visual.scene import Node, Scene

QUICK = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
POSITIONS = ("upstream", "midstream", "downstream")
NAMES = st.text(st.sampled_from("乙烯聚丙烯腈（）- ABab12"), min_size=1, max_size=14)


def crossing(nodes: tuple[Node, ...]) -> list[tuple[str, str]]:
    """Pairs of marks whose boxes (or, for two round marks, discs) cover each other by more than a rounding error."""
    found = []
    for a, b in combinations(nodes, 2):
        if a.shape in {"moon", "star"} and b.shape in {"moon", "star"}:
            clash = math.dist((a.x, a.y), (b.x, b.y)) < (a.width + b.width) / 2 - 1e-6
        else:
            clash = (
                abs(a.x - b.x) < (a.width + b.width) / 2 - 1e-6
                and abs(a.y - b.y) < (a.height + b.height) / 2 - 1e-6
            )
        if clash:
            found.append((a.id, b.id))
    return found


def inside(scene: Scene) -> bool:
    left, top, right, bottom = scene.bounds
    return all(
        left - 1e-6 <= n.x - n.width / 2
        and n.x + n.width / 2 <= right + 1e-6
        and top - 1e-6 <= n.y - n.height / 2
        and n.y + n.height / 2 <= bottom + 1e-6
        for n in scene.nodes
    )


# ---------------------------------------------------------------- chains


@st.composite
def chains(draw: Any) -> ChainState:
    conditions = st.sampled_from(
        ("strong", "made", "weak", "missing", "break", "pipeline", "in-unit", "inferred")
    )
    stages, held = [], []
    for order in range(1, draw(st.integers(1, 8)) + 1):
        products = []
        for k in range(draw(st.integers(0, 6))):
            iri = f"p{order}-{k}"
            held.append(iri)
            products.append(ProductState(Ref(iri, draw(NAMES), draw(NAMES)), draw(conditions)))
        stages.append(
            StageState(
                Ref(f"s{order}", draw(NAMES)),
                order,
                draw(st.sampled_from(POSITIONS)),
                draw(st.sampled_from(("", "", "甲支", "乙支"))),
                tuple(products),
            )
        )
    pairs = (
        draw(st.lists(st.tuples(st.sampled_from(held), st.sampled_from(held)), max_size=12)) if held else []
    )
    links = tuple(ProductLink(a, b, "法") for a, b in sorted(set(pairs)))
    return ChainState(Ref("c", "链", "Chain"), "2025", tuple(stages), links)


@QUICK
@given(chains(), st.sampled_from(("zh", "en")))
def test_any_chain_is_drawn_whole_with_no_box_over_another(state: ChainState, lang: str) -> None:
    scene = chain_scene(state, lang)
    assert crossing(scene.nodes) == []
    assert inside(scene)
    assert len(scene.nodes) == len(state.stages) + sum(len(stage.products) for stage in state.stages)
    wanted = {(link.source, link.target) for link in state.links if link.source != link.target}
    assert {(edge.source, edge.target) for edge in scene.edges} == wanted


@QUICK
@given(chains())
def test_any_chain_runs_from_upstream_on_the_left_to_downstream_on_the_right(state: ChainState) -> None:
    x = {node.id: node.x for node in chain_scene(state).nodes}
    for a, b in combinations(state.stages, 2):
        first, second = POSITIONS.index(a.position), POSITIONS.index(b.position)
        if first < second:
            assert x[a.name.iri] < x[b.name.iri]
        elif first > second:
            assert x[a.name.iri] > x[b.name.iri]
        elif a.branch == b.branch or "" in {a.branch, b.branch}:
            assert x[a.name.iri] <= x[b.name.iri]  # a comes before b in order


@QUICK
@given(chains(), st.randoms(use_true_random=False))
def test_the_order_in_which_a_chain_is_told_does_not_move_a_box(state: ChainState, chance: Random) -> None:
    stages, links = list(state.stages), list(state.links)
    chance.shuffle(stages)
    chance.shuffle(links)
    assert chain_scene(replace(state, stages=tuple(stages), links=tuple(links))) == chain_scene(state)


@QUICK
@given(chains())
def test_every_box_stands_under_the_header_of_its_own_stage(state: ChainState) -> None:
    nodes = {node.id: node for node in chain_scene(state).nodes}
    for stage in state.stages:
        header = nodes[stage.name.iri]
        for held in stage.products:
            box = nodes[held.product.iri]
            assert header.box[0] <= box.box[0] + 1e-6
            assert box.box[2] <= header.box[2] + 1e-6
            assert box.box[1] >= header.box[3] - 1e-6


@pytest.mark.parametrize(
    ("stages", "columns"),
    [
        ([], ()),
        ([(0, 1, "")], (0,)),
        ([(2, 1, "")], (0,)),  # no empty columns are left for what is not there
        ([(0, 1, ""), (0, 2, ""), (0, 3, "")], (0, 1, 2)),
        ([(0, 3, ""), (0, 1, ""), (0, 2, "")], (2, 0, 1)),
        ([(1, 1, "甲"), (1, 2, "乙"), (1, 3, "甲")], (0, 0, 1)),
        ([(1, 1, "甲"), (1, 2, "乙"), (1, 3, "")], (0, 0, 1)),  # the trunk gathers the branches
        ([(2, 1, ""), (0, 2, "")], (1, 0)),  # position comes before order
        ([(0, 1, "甲"), (0, 2, "甲"), (1, 3, "乙")], (0, 1, 2)),  # midstream is right of all upstream
    ],
)
def test_columns_by_hand(stages: list[tuple[int, int, str]], columns: tuple[int, ...]) -> None:
    assert rank_columns(stages) == columns


@pytest.mark.parametrize(
    ("measures", "abreast", "width"),
    [(ROOMY, 1, 178.0), (ROOMY, 2, 345.0), (CLOSE, 1, 164.0), (DENSE, 3, 392.0)],
)
def test_width_of_a_stage_is_its_boxes_gaps_and_padding(
    measures: Measures, abreast: int, width: float
) -> None:
    assert measures.column_width(abreast) == width


def test_more_boxes_stand_abreast_where_that_shows_larger() -> None:
    tall = arrange([Block(0, None, (40.0,) * 30)], ROOMY)
    assert len({box.x for box in tall.boxes[0]}) > 1
    low = arrange([Block(0, None, (40.0,) * 3)], ROOMY)
    assert len({box.x for box in low.boxes[0]}) == 1


def test_boxes_of_a_stage_are_filled_from_the_top_in_their_order() -> None:
    (boxes,) = arrange([Block(0, None, (40.0, 50.0, 60.0))], ROOMY).boxes
    assert [box.height for box in boxes] == [40.0, 50.0, 60.0]
    assert boxes[0].y < boxes[1].y < boxes[2].y


# ---------------------------------------------------------------- rings


@st.composite
def networks(draw: Any) -> AnchorNetwork:
    sectors = [None, *(Ref(f"s{k}", f"环节{k}", f"Stage {k}") for k in range(4))]
    firms, links = [], []
    for k in range(draw(st.integers(0, 26))):
        direction = draw(st.sampled_from(("upstream", "upstream", "downstream", "downstream", "both")))
        firms.append(
            AnchorFirm(
                Ref(f"f{k:02d}", draw(NAMES), draw(NAMES)),
                draw(st.integers(1, 3)),
                direction,
                draw(st.sampled_from(sectors)),
                "local",
                "recorded",
                draw(st.floats(0, 1)),
            )
        )
        links.append(
            Link(f"f{k:02d}", "anchor") if direction != "downstream" else Link("anchor", f"f{k:02d}")
        )
    lacking = [
        MissingInput(Ref(f"m{k}", draw(NAMES)), draw(st.sampled_from(sectors)))
        for k in range(draw(st.integers(0, 5)))
    ]
    return AnchorNetwork(Ref("anchor", "月", "Moon"), "2025", tuple(firms), tuple(links), tuple(lacking))


@QUICK
@given(networks())
def test_any_anchor_map_keeps_sides_and_space(network: AnchorNetwork) -> None:
    scene = anchor_scene(network)
    assert crossing(scene.nodes) == []
    assert inside(scene)
    at = {node.id: node for node in scene.nodes}
    assert (at["anchor"].x, at["anchor"].y) == (0.0, 0.0)
    for firm in network.firms:
        x = at[firm.organization.iri].x
        if firm.direction == "upstream":
            assert x < 0
        elif firm.direction == "downstream":
            assert x > 0
    assert all(at[f"{missing.product.iri}#missing"].x < 0 for missing in network.missing)
    assert len(scene.nodes) == 1 + len(network.firms) + len(network.missing)


@QUICK
@given(networks())
def test_a_farther_tier_is_never_on_an_inner_ring(network: AnchorNetwork) -> None:
    at = {node.id: node for node in anchor_scene(network).nodes}

    def ring(firm: AnchorFirm) -> float:
        node = at[firm.organization.iri]
        return math.hypot(node.x / 1.36, node.y)  # rings are ellipses, 1.36 times as wide as high

    for side in ("upstream", "downstream"):
        held = [firm for firm in network.firms if firm.direction == side]
        for a, b in combinations(held, 2):
            if a.tier < b.tier:
                assert ring(a) < ring(b)
            elif a.tier > b.tier:
                assert ring(a) > ring(b)


@QUICK
@given(networks(), st.randoms(use_true_random=False))
def test_the_order_in_which_firms_are_told_does_not_move_them(network: AnchorNetwork, chance: Random) -> None:
    firms, links, lacking = list(network.firms), list(network.links), list(network.missing)
    for told in (firms, links, lacking):
        chance.shuffle(told)
    shuffled = replace(network, firms=tuple(firms), links=tuple(links), missing=tuple(lacking))
    assert anchor_scene(shuffled) == anchor_scene(network)


def test_sectors_stand_from_the_top_in_their_order() -> None:
    items = [Placement(-1, sector, 1) for sector in (2, 0, 1) for _ in range(3)]
    rings = place_on_rings(items, (100.0, 28.0), 150.0, lambda _: (), lambda _: ())
    heights = {sector: [] for sector in range(3)}
    for item, (_, y) in zip(items, rings.positions, strict=True):
        heights[item.sector].append(y)
    assert max(heights[0]) < min(heights[1])
    assert max(heights[1]) < min(heights[2])
    assert [sector.index for sector in rings.sectors] == [0, 1, 2]
    assert all(a.end <= b.start for a, b in zip(rings.sectors, rings.sectors[1:], strict=False))


def test_a_mark_stands_beside_what_it_trades_with() -> None:
    """Two first-tier firms, one above, one below; their own suppliers come out in the same order, not crossed."""
    items = [Placement(-1, 0, 1), Placement(-1, 0, 1), Placement(-1, 0, 2), Placement(-1, 0, 2)]
    near = {2: (1,), 3: (0,)}
    spots = place_on_rings(items, (100.0, 28.0), 150.0, lambda i: near.get(i, ()), lambda _: ()).positions
    assert (spots[0][1] < spots[1][1]) == (spots[3][1] < spots[2][1])


def test_nothing_to_place_makes_no_rings() -> None:
    rings = place_on_rings([], (100.0, 28.0), 150.0, lambda _: (), lambda _: ())
    assert (rings.positions, rings.rings, rings.sectors) == ((), (), ())


# ---------------------------------------------------------------- clusters


@st.composite
def skies(draw: Any) -> ClusterState:
    moons = tuple(Ref(f"moon{k}", f"月{k}") for k in range(draw(st.integers(1, 9))))
    members = []
    for k in range(draw(st.integers(0, 26))):
        picked = draw(st.lists(st.sampled_from(moons), max_size=3, unique=True))
        weights = tuple((moon.iri, draw(st.floats(0.05, 1))) for moon in picked)
        members.append(Member(Ref(f"star{k:02d}", draw(NAMES)), weights, outside=not picked))
    return ClusterState(moons, tuple(members), (), "2025", Text("城", "City"))


@QUICK
@given(skies())
def test_any_sky_has_no_star_over_another_and_outsiders_outside_of_all(state: ClusterState) -> None:
    scene = cluster_scene(state)
    assert crossing(scene.nodes) == []
    assert inside(scene)
    reach = {node.id: math.hypot(node.x / 1.42, node.y) for node in scene.nodes}
    outsiders = [member.organization.iri for member in state.members if member.outside]
    others = [iri for iri in reach if iri not in set(outsiders)]
    if outsiders:
        assert min(reach[iri] for iri in outsiders) > max(reach[iri] for iri in others)
    assert {node.id for node in scene.nodes if node.state == "unreached"} == set(outsiders)


@QUICK
@given(skies(), st.randoms(use_true_random=False))
def test_the_order_in_which_a_sky_is_told_does_not_move_a_star(state: ClusterState, chance: Random) -> None:
    anchors, members = list(state.anchors), list(state.members)
    chance.shuffle(anchors)
    chance.shuffle(members)
    assert cluster_scene(replace(state, anchors=tuple(anchors), members=tuple(members))) == cluster_scene(
        state
    )


@pytest.mark.parametrize(
    ("shares", "point"),
    [
        # rims at -80 and 60: three quarters of the one, one quarter of the other
        ([(0, 0.75), (1, 0.25)], (-45.0, 0.0)),
        ([(0, 0.5), (1, 0.5)], (-10.0, 0.0)),
        ([(0, 0.25), (1, 0.75)], (25.0, 0.0)),
        ([(1, 0.75), (0, 0.25)], (25.0, 0.0)),
    ],
)
def test_barycentre_by_hand(shares: list[tuple[int, float]], point: tuple[float, float]) -> None:
    centres = np.array([[-100.0, 0.0], [100.0, 0.0]])
    assert barycentre(shares, centres, [20.0, 40.0]) == pytest.approx(point)


def test_a_firm_shared_by_three_alike_stands_in_their_middle() -> None:
    turns = [math.pi / 2 + k * 2 * math.pi / 3 for k in range(3)]
    centres = np.array([[90 * math.cos(turn), 90 * math.sin(turn)] for turn in turns])
    assert barycentre([(k, 1 / 3) for k in range(3)], centres, [30.0] * 3) == pytest.approx(
        (0.0, 0.0), abs=1e-9
    )


@QUICK
@given(st.floats(0.05, 0.45))
def test_the_more_a_firm_belongs_to_an_anchor_the_nearer_it_stands(less: float) -> None:
    moons = (Ref("a", "甲集团"), Ref("b", "乙集团"))
    member = Member(Ref("x", "星"), (("a", 1 - less), ("b", less)))
    at = {node.id: node for node in cluster_scene(ClusterState(moons, (member,))).nodes}
    if less >= 0.11:  # below a tenth it circles the one alone
        assert at["x"].state == "shared"
    near, far = (math.dist((at["x"].x, at["x"].y), (at[k].x, at[k].y)) for k in "ab")
    assert near < far


@pytest.mark.parametrize(
    ("shares", "matrix"),
    [
        ({}, [[0, 0], [0, 0]]),
        ({"x": [(0, 1.0)]}, [[0, 0], [0, 0]]),
        ({"x": [(0, 0.7), (1, 0.3)]}, [[0, 0.3], [0.3, 0]]),
        ({"x": [(0, 0.7), (1, 0.3)], "y": [(1, 0.6), (0, 0.4)]}, [[0, 0.7], [0.7, 0]]),
    ],
)
def test_what_two_anchors_share_is_the_smaller_of_both_shares(
    shares: dict[str, list[tuple[int, float]]], matrix: list[list[float]]
) -> None:
    assert np.allclose(sharing_matrix(shares, 2), np.array(matrix))


def test_anchors_in_a_row_of_shared_firms_stand_in_that_row() -> None:
    sharing = np.zeros((5, 5))
    for a, b in ((0, 3), (3, 1), (1, 4), (4, 2)):
        sharing[a, b] = sharing[b, a] = 1.0
    order = ring_order(sharing)
    assert sorted(order) == [0, 1, 2, 3, 4]
    around = {frozenset((order[k], order[(k + 1) % 5])) for k in range(5)}
    assert {frozenset(pair) for pair in ((0, 3), (3, 1), (1, 4), (4, 2))} <= around


@pytest.mark.parametrize("count", [0, 1])
def test_one_anchor_stands_in_the_middle(count: int) -> None:
    assert spread_anchors([50.0] * count, np.zeros((count, count)), 20.0).tolist() == [[0.0, 0.0]] * count


@pytest.mark.parametrize(("radius", "length"), [(1.0, 6.283185), (10.0, 62.83185)])
def test_the_length_of_a_circle(radius: float, length: float) -> None:
    assert circumference((radius, radius)) == pytest.approx(length, rel=1e-5)


@QUICK
@given(st.floats(10, 900), st.floats(10, 900))
def test_the_length_of_an_ellipse_is_that_of_its_polygon(a: float, b: float) -> None:
    turns = np.linspace(0, 2 * math.pi, 3601)
    polygon = np.hypot(np.diff(a * np.cos(turns)), np.diff(b * np.sin(turns))).sum()
    # Ramanujan's formula is off by 4/pi against 14/11 for the flattest
    assert circumference((a, b)) == pytest.approx(polygon, rel=0.004)


@QUICK
@given(st.floats(20, 900), st.floats(20, 900), st.integers(1, 60))
def test_points_along_an_ellipse_are_on_it(a: float, b: float, count: int) -> None:
    points = along_ellipse((a, b), count)
    assert len(points) == count
    assert all((x / a) ** 2 + (y / b) ** 2 == pytest.approx(1.0) for x, y in points)


def test_the_rim_holds_every_corner_with_its_margin() -> None:
    across, down = rim([(-30.0, -40.0, 30.0, 40.0)], 10.0)
    reach = math.hypot(30 / 1.42, 40)
    assert (across, down) == (pytest.approx(1.42 * reach + 10), pytest.approx(reach + 10))


@QUICK
@given(st.integers(1, 300), st.floats(40, 120), st.floats(15, 40), st.floats(15, 80))
def test_orbits_go_outwards_by_one_step(count: int, first: float, step: float, spacing: float) -> None:
    places = orbits(count, first, step, spacing)
    rings = sorted({radius for radius, _ in places})
    assert [radius for radius, _ in places] == sorted(radius for radius, _ in places)
    assert rings == pytest.approx([first + step * k for k in range(len(rings))])


@pytest.mark.parametrize("count", [1, 2, 30])
def test_marks_that_want_one_spot_stand_around_it(count: int) -> None:
    plane = FreeSpots(20.0)
    spots = [plane.settle(7.0, -3.0, 5.0, 5.0) for _ in range(count)]
    assert spots[0] == (7.0, -3.0)
    assert all(max(abs(a[0] - b[0]), abs(a[1] - b[1])) >= 10 - 1e-9 for a, b in combinations(spots, 2))
    # a disc of four times the area that the marks themselves take
    assert max(math.dist(spot, (7.0, -3.0)) for spot in spots) < 2 * math.sqrt(count * 100 / math.pi) + 10


def test_touching_is_not_overlapping() -> None:
    plane = FreeSpots(20.0)
    plane.take(0.0, 0.0, 5.0, 5.0)
    assert plane.is_free(10.0, 0.0, 5.0, 5.0)
    assert not plane.is_free(9.9, 0.0, 5.0, 5.0)
    assert not plane.is_free(0.0, 0.0, 500.0, 500.0)  # far larger than a cell
