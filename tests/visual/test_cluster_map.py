from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visual import cluster_scene
from visual.cluster_layout import along_ellipse, barycentre, circumference, orbits, ring_order, spread_anchors
from visual.free_spots import FreeSpots
from visual.inputs import ClusterState, Member


@pytest.mark.parametrize(("anchors", "members"), [(0, 12), (1, 30), (2, 40), (5, 60), (9, 150), (30, 400)])
def test_nothing_overlaps(imagined, anchors: int, members: int) -> None:
    scene = cluster_scene(imagined.clusters(anchors, members))
    assert len(scene.nodes) == anchors + members
    assert not imagined.overlapping(scene.nodes)
    left, top, right, bottom = scene.bounds
    assert all(
        left <= node.box[0] and top <= node.box[1] and node.box[2] <= right and node.box[3] <= bottom
        for node in scene.nodes
    )


def test_two_thousand_firms_are_placed_quickly_and_apart(imagined) -> None:
    state = imagined.clusters(12, 2000)
    start = perf_counter()
    scene = cluster_scene(state)
    assert perf_counter() - start < 5
    places = np.array([(node.x, node.y, node.width / 2) for node in scene.nodes])
    for k, (x, y, radius) in enumerate(places):
        rest = places[k + 1 :]
        assert (np.hypot(rest[:, 0] - x, rest[:, 1] - y) >= rest[:, 2] + radius).all()


def distance(a, b) -> float:
    return math.hypot(a.x - b.x, a.y - b.y)


def test_a_firm_stands_nearest_to_the_anchor_it_belongs_to_most(imagined) -> None:
    moons = tuple(imagined.firm(f"青岚{k}集团") for k in "甲乙丙")
    weights = ((0.8, 0.2), (0.65, 0.35), (0.5, 0.5), (0.3, 0.7))
    members = tuple(
        Member(imagined.firm(f"配套{k}"), ((moons[0].iri, first), (moons[1].iri, second)))
        for k, (first, second) in enumerate(weights)
    )
    nodes = {node.id: node for node in cluster_scene(ClusterState(moons, members)).nodes}
    near = [distance(nodes[m.organization.iri], nodes[moons[0].iri]) for m in members]
    far = [distance(nodes[m.organization.iri], nodes[moons[1].iri]) for m in members]
    third = [distance(nodes[m.organization.iri], nodes[moons[2].iri]) for m in members]
    assert near == sorted(near)
    assert far == sorted(far, reverse=True)
    assert near[0] < far[0]
    assert far[3] < near[3]
    assert all(min(n, f) < t for n, f, t in zip(near, far, third, strict=True))


def test_exclusive_firms_circle_their_anchor(imagined) -> None:
    moons = (imagined.firm("青岚甲集团"), imagined.firm("青岚乙集团"))
    members = tuple(Member(imagined.firm(f"配套{k:02d}"), ((moons[k % 2].iri, 1.0),)) for k in range(40))
    scene = cluster_scene(ClusterState(moons, members))
    nodes = {node.id: node for node in scene.nodes}
    orbit_radii = {round(item.width, 3) for item in scene.backdrops if item.tone == "orbit"}
    for k, member in enumerate(members):
        node = nodes[member.organization.iri]
        own, other = nodes[moons[k % 2].iri], nodes[moons[1 - k % 2].iri]
        assert node.state == "exclusive"
        assert round(distance(node, own), 3) in orbit_radii
        assert distance(node, own) < distance(node, other)


def test_firms_no_anchor_reaches_stand_at_the_rim(imagined) -> None:
    state = imagined.clusters(5, 80)
    scene = cluster_scene(state)
    belt = next(item for item in scene.backdrops if item.shape == "belt")
    reach = {node.id: math.hypot(node.x / belt.width, node.y / belt.height) for node in scene.nodes}
    out = [reach[node.id] for node in scene.nodes if node.state == "unreached"]
    rest = [reach[node.id] for node in scene.nodes if node.state != "unreached"]
    assert out
    assert min(out) > max(rest)
    assert f"{len(out)}家" in scene.subtitle.zh


def test_anchors_stand_apart(imagined) -> None:
    for count in (2, 4, 7, 8, 26):
        scene = cluster_scene(imagined.clusters(count, 10 * count))
        moons = [node for node in scene.nodes if node.kind == "anchor"]
        assert all(distance(a, b) > (a.width + b.width) / 2 + 30 for a, b in combinations(moons, 2))


def test_shares_are_normalised_and_specks_left_out(imagined) -> None:
    moons = tuple(imagined.firm(f"青岚{k}集团") for k in "123")
    member = Member(
        imagined.firm("配套"),
        ((moons[0].iri, 3.0), (moons[1].iri, 1.0), (moons[2].iri, 0.01), ("other", 9.0)),
    )
    node = next(n for n in cluster_scene(ClusterState(moons, (member,))).nodes if n.kind == "firm")
    assert [index for index, _ in node.shares] == [0, 1]
    assert sum(weight for _, weight in node.shares) == pytest.approx(1)
    assert [detail.value.zh for detail in node.details] == ["75% · 推断", "25% · 推断"]


def test_what_is_on_record_and_what_is_inferred_is_told_of_every_firm(imagined) -> None:
    moons = tuple(imagined.firm(f"青岚{k}集团") for k in "甲乙丙")
    shares = ((moons[0].iri, 0.6), (moons[1].iri, 0.4))
    members = (
        Member(imagined.firm("有据"), shares, recorded=(moons[1].iri,)),
        Member(imagined.firm("推断"), shares),
        Member(imagined.firm("他据"), shares, recorded=(moons[2].iri,)),
        Member(imagined.firm("游离"), outside=True),
    )
    scene = cluster_scene(ClusterState(moons, members))
    nodes = {node.label.zh: node for node in scene.nodes}
    assert [nodes[name].basis for name in ("有据", "推断", "他据", "游离")] == [
        "recorded",
        "inferred",
        "inferred",
        "",
    ]
    assert [detail.value.zh for detail in nodes["有据"].details] == ["60% · 推断", "40% · 有记录"]
    assert {d.label.zh: d.value.en for d in nodes["青岚乙集团"].details}["有据"] == "40% · recorded"
    assert scene.subtitle.zh == (
        "3家头部企业；1家尚无企业围绕；0家企业各拱一月，3家共享；其中有记录1家，仅凭推断2家；1家在圈外"
    )
    assert "不等于没有往来" in nodes["游离"].note.zh


def test_an_anchor_without_firms_is_alone_and_a_city_without_anchors_says_so(imagined) -> None:
    moons = (imagined.firm("青岚甲集团"), imagined.firm("青岚乙集团"))
    member = Member(imagined.firm("配套"), ((moons[0].iri, 1.0),))
    states = {node.label.zh: node.state for node in cluster_scene(ClusterState(moons, (member,))).nodes}
    assert states == {"青岚甲集团": "", "青岚乙集团": "alone", "配套": "exclusive"}
    scene = cluster_scene(ClusterState((), (Member(imagined.firm("游离"), outside=True),)))
    assert "台账没有认定头部企业" in {item.label.zh for item in scene.backdrops}


def test_states_and_members_of_the_anchor(imagined) -> None:
    state = imagined.clusters(3, 40)
    nodes = {node.id: node for node in cluster_scene(state).nodes}
    for anchor in state.anchors:
        listed = {detail.target for detail in nodes[anchor.iri].details}
        assert listed == {m.organization.iri for m in state.members if anchor.iri in dict(m.weights)}
    for member in state.members:
        wanted = "unreached" if not member.weights else "exclusive" if len(member.weights) == 1 else None
        assert wanted in {None, nodes[member.organization.iri].state}


def test_an_anchor_among_the_members_is_drawn_once(imagined) -> None:
    state = imagined.clusters(3, 5)
    scene = cluster_scene(
        replace(state, members=(*state.members, Member(state.anchors[0], (), outside=True)))
    )
    assert len(scene.nodes) == 8


def test_order_of_input_does_not_matter(imagined) -> None:
    state = imagined.clusters(9, 120)
    turned = replace(state, anchors=state.anchors[::-1], members=state.members[::-1], links=state.links[::-1])
    assert cluster_scene(state) == cluster_scene(turned)


def test_the_title_names_the_territory_if_it_is_known(imagined) -> None:
    state = imagined.clusters(2, 4)
    assert cluster_scene(state).title.zh == "青岚市众星拱月图"
    assert cluster_scene(ClusterState(state.anchors, ())).title.zh == "众星拱月图"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(30, 220), min_size=1, max_size=24), st.floats(10, 150), st.integers(0, 99))
def test_any_discs_keep_their_gap(radii: list[float], gap: float, seed: int) -> None:
    shared = np.triu(np.random.default_rng(seed).integers(0, 9, (len(radii), len(radii))), 1).astype(float)
    sharing = shared + shared.T
    points = spread_anchors(radii, sharing, gap)
    for (i, a), (j, b) in combinations(enumerate(radii), 2):
        assert np.hypot(*(points[i] - points[j])) >= a + b + gap - 1e-6


def test_anchors_that_share_stand_side_by_side() -> None:
    sharing = np.zeros((6, 6))
    for a, b in ((0, 3), (3, 5), (5, 1), (1, 4), (4, 2)):
        sharing[a, b] = sharing[b, a] = 5
    order = ring_order(sharing)
    pairs = {frozenset((order[k], order[(k + 1) % 6])) for k in range(6)}
    assert {frozenset(pair) for pair in ((0, 3), (3, 5), (5, 1), (1, 4), (4, 2))} <= pairs


@given(st.integers(0, 300), st.floats(40, 90), st.floats(20, 80))
def test_orbits_hold_as_many_as_asked_evenly(count: int, first: float, spacing: float) -> None:
    places = orbits(count, first, 30, spacing)
    assert len(places) == count
    assert len({(round(radius, 6), round(turn % math.tau, 6)) for radius, turn in places}) == count
    assert [radius for radius, _ in places] == sorted(radius for radius, _ in places)


def test_barycentre_of_two_lies_between_their_rims() -> None:
    centres = np.array([[-300.0, 0.0], [300.0, 0.0]])
    x, y = barycentre([(0, 0.75), (1, 0.25)], centres, [100, 50])
    assert (x, y) == pytest.approx((-200 + 0.25 * 450, 0))


def test_points_along_an_ellipse_are_evenly_spaced() -> None:
    points = along_ellipse((300, 200), 40)
    steps = [math.dist(a, b) for a, b in zip(points, [*points[1:], points[0]], strict=True)]
    assert max(steps) / min(steps) < 1.02
    assert sum(steps) == pytest.approx(circumference((300, 200)), rel=0.01)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(-60, 60), st.floats(-60, 60), st.floats(3, 30), st.floats(3, 12)), max_size=60
    )
)
def test_settled_marks_never_overlap_and_the_first_stays(wishes) -> None:
    plane = FreeSpots(24)
    boxes = []
    for x, y, half_width, half_height in wishes:
        spot = plane.settle(x, y, half_width, half_height)
        if not boxes:
            assert spot == (x, y)
        boxes.append(
            (spot[0] - half_width, spot[1] - half_height, spot[0] + half_width, spot[1] + half_height)
        )
    for a, b in combinations(boxes, 2):
        assert a[0] >= b[2] or b[0] >= a[2] or a[1] >= b[3] or b[1] >= a[3]
