"""Anchors by their links: who depends on whom, and what naming one would change."""

from __future__ import annotations

from collections import Counter

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analysis.clusters import SHARED_FROM, find_clusters
from kg.analysis.clusters.discovery import (
    Centre,
    Discovery,
    dependents,
    find_centres,
    largest_partners,
    moves_to,
)
from kg.analysis.clusters.edges import Edges
from kg.analysis.clusters.homes import find_homes, share_table
from tests.small_city import names, network_of, org


def graph_of(*edges: tuple[str, str, float]) -> nx.DiGraph:
    graph = nx.DiGraph()
    graph.add_weighted_edges_from(edges)
    return graph


def discovery_of(text: str, **options) -> Discovery:
    return find_centres(find_clusters(network_of(text)), **options)


def centres_of(text: str, **options) -> dict[str, Centre]:
    return {names([one.organization])[0]: one for one in discovery_of(text, **options).centres}


# ------------------------------------------------------------------ the largest flow


def test_a_supplier_depends_on_its_largest_buyer() -> None:
    graph = graph_of(("a", "h", 2), ("a", "g", 1), ("b", "h", 1), ("h", "g", 1))
    assert largest_partners(graph) == {"a": "h", "b": "h", "g": None, "h": None}
    assert largest_partners(graph, "downstream") == {"a": None, "b": None, "g": "a", "h": "a"}
    assert dependents(largest_partners(graph)) == {"h": ("a", "b")}


def test_nobody_depends_on_an_equal_or_a_smaller_one() -> None:
    assert set(largest_partners(graph_of(("a", "b", 1), ("b", "a", 1))).values()) == {None}
    ring = graph_of(("a", "b", 1), ("b", "c", 1), ("c", "a", 1))
    assert set(largest_partners(ring).values()) == {None}


def test_of_equal_flows_the_larger_partner_counts_and_a_tie_counts_for_none() -> None:
    graph = graph_of(("a", "h", 1), ("a", "g", 1), ("b", "h", 1))
    assert largest_partners(graph)["a"] == "h"
    assert largest_partners(graph_of(("a", "h", 1), ("a", "g", 1)))["a"] is None


def test_captive_use_is_no_flow() -> None:
    assert largest_partners(graph_of(("a", "a", 9), ("a", "h", 1)))["a"] == "h"
    assert largest_partners(nx.DiGraph()) == {}


_FLOWS = st.dictionaries(
    st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef")), st.integers(1, 3), max_size=16
)


@settings(deadline=None)
@given(_FLOWS, st.sampled_from(["upstream", "downstream"]))
def test_against_the_definition(flows, direction: str) -> None:
    graph = graph_of(*((a, b, float(weight)) for (a, b), weight in flows.items()))
    if direction == "downstream":
        flows = {(b, a): weight for (a, b), weight in flows.items()}
    flows = {pair: weight for pair, weight in flows.items() if pair[0] != pair[1]}
    size: Counter[str] = Counter()
    for (_, end), weight in flows.items():
        size[end] += weight
    for node, partner in largest_partners(graph, direction).items():
        own = {end: weight for (start, end), weight in flows.items() if start == node}
        best = max(((weight, size[end]) for end, weight in own.items()), default=None)
        first = [end for end, weight in own.items() if (weight, size[end]) == best]
        wanted = first[0] if len(first) == 1 and size[first[0]] > size[node] else None
        assert partner == wanted


# ------------------------------------------------------------------ what naming one would change


def test_members_move_to_a_new_anchor_or_are_shared_with_it() -> None:
    # S delivers to H only, which delivers to A; T delivers twice as much to A as to H, R as much.
    graph = graph_of(("S", "H", 1), ("H", "A", 1), ("T", "A", 2), ("T", "H", 1), ("R", "A", 1), ("R", "H", 1))
    moves = {m.organization: m for m in moves_to(graph, ("A",), "H", scope="upstream", alpha=0.5)}
    assert set(moves) == {"S", "T", "R"}
    assert (moves["S"].home, moves["S"].share, moves["S"].leaves) == ("A", 1.0, True)
    assert (moves["T"].share, moves["T"].leaves) == (pytest.approx(1 / 3), False)
    assert (moves["R"].share, moves["R"].leaves) == (pytest.approx(1 / 2), False)  # a tie moves nobody
    lonely = graph_of(("S", "H", 1), ("T", "A", 1))
    (move,) = moves_to(lonely, ("A",), "H", scope="upstream", alpha=0.5)
    assert (move.organization, move.home, move.leaves) == ("S", None, True)


@settings(deadline=None, max_examples=40)
@given(_FLOWS)
def test_moves_are_what_two_runs_differ_in(flows) -> None:
    graph = graph_of(*((a, b, float(weight)) for (a, b), weight in flows.items() if a != b))
    graph.add_nodes_from("abc")
    before = find_homes(graph, ("a", "b"))
    table = share_table(Edges.of_graph(graph), ("a", "b", "c")).toarray()
    shares = {
        firm: dict(zip("abc", row.tolist(), strict=True))
        for firm, row in zip(sorted(graph), table, strict=True)
    }
    moves = moves_to(graph, ("a", "b"), "c", alpha=0.5)
    assert {m.organization for m in moves} == {
        firm for firm, own in shares.items() if own.get("c", 0) >= SHARED_FROM
    }
    for move in moves:
        own = shares[move.organization]
        assert move.home == before.get(move.organization)
        assert move.share == pytest.approx(own["c"])
        others = [held for anchor, held in own.items() if anchor != "c"]
        assert move.leaves == all(own["c"] > held + 1e-9 for held in others)


# ------------------------------------------------------------------ named and found

CITY = """
    chain 链 2025
    anchor A 链
    anchor B 链
    anchor N 链
    anchor M 链
    anchor O 链
    organization O 外地
    organization P 外地
    own A B 60
    supply a1 A x 货物
    supply a2 A x 货物
    supply a3 A x 货物
    supply b1 B x 货物
    supply o1 O x 货物
    supply o2 O x 货物
    supply o3 O x 货物
    supply f1 F x 货物
    supply f2 F x 货物
    supply f3 F x 货物
    supply f3 F y 货物
    supply f3 A y 货物
    supply p1 P x 货物
    supply p2 P x 货物
    supply p3 P x 货物
    supply m1 M x 货物
    supply m2 M x 货物
    supply m3 M x 货物
    supply M G x 货物
    supply g1 G x 货物
    supply g2 G x 货物
    supply g3 G x 货物
    production F z 在产
"""


def test_named_anchors_and_unnamed_centres_stand_beside_each_other() -> None:
    found = centres_of(CITY, scope="upstream", min_dependents=3)
    assert {name: (one.verdict, one.miss) for name, one in found.items()} == {
        "A": ("both", None),
        "B": ("named", "few-dependents"),
        "M": ("named", "subordinate"),
        "N": ("named", "no-links"),
        "O": ("named", "outside"),
        "F": ("found", None),
        "G": ("found", None),
    }
    assert next(iter(found)) == "A"
    assert list(found)[-2:] == ["G", "F"]
    assert names(found["G"].dependents["upstream"]) == ["M", "g1", "g2", "g3"]
    assert found["M"].depends_on == {"upstream": org("G")}
    assert found["A"].group_anchors == (org("B"),)
    assert found["B"].group_anchors == (org("A"),)


def test_the_columns_of_a_centre() -> None:
    one = centres_of(CITY, min_dependents=3)["F"]
    assert (
        names(one.dependents["upstream"]) == names(one.recorded_dependents["upstream"]) == ["f1", "f2", "f3"]
    )
    assert (one.ways, one.dependents["downstream"], one.depends_on) == (
        ("upstream",),
        (),
        {"downstream": org("f3")},  # which delivers more than F
    )
    assert (one.suppliers, one.buyers, one.strength) == ((3, 3), (0, 0), 4.0)
    assert [name.rsplit("/", 1)[-1] for name in one.products] == ["z"]
    assert {names([m.organization])[0]: (m.home and names([m.home])[0], m.leaves) for m in one.moves} == {
        "f1": (None, True),
        "f2": (None, True),
        "f3": ("A", True),
    }


def test_centres_elsewhere_are_told_but_found_nowhere() -> None:
    found = discovery_of(CITY, min_dependents=3)
    assert found.elsewhere == ((org("P"), 3),)
    assert "P" not in {names([one.organization])[0] for one in found.centres}


def test_more_dependents_may_be_asked_for() -> None:
    assert [one.verdict for one in centres_of(CITY, min_dependents=4).values()].count("both") == 0
    assert centres_of(CITY, scope="upstream", min_dependents=4)["G"].verdict == "found"


def test_customers_make_a_centre_as_well() -> None:
    text = "chain 链 2025\nanchor A 链\n" + "\n".join(f"supply F c{n} x 货物" for n in range(4))
    assert centres_of(text)["F"].ways == ("downstream",)
    assert "F" not in centres_of(text, scope="upstream")
    assert centres_of(text, scope="downstream")["F"].verdict == "found"


def test_inferred_dependents_are_not_recorded_ones() -> None:
    text = "recipe 纸 抄造 浆 必需 1\nproduction 甲 纸 在产\n" + "\n".join(
        f"production 乙{n} 浆 在产" for n in range(4)
    )
    (one,) = discovery_of(text, scope="upstream").centres
    assert (len(one.dependents["upstream"]), len(one.recorded_dependents["upstream"])) == (4, 0)
    assert (one.suppliers, one.verdict) == ((0, 4), "found")


def test_moves_are_worked_out_for_the_first_only() -> None:
    moves = {
        name: one.moves for name, one in centres_of(CITY, scope="upstream", min_dependents=3, tried=1).items()
    }
    assert moves["G"] is not None
    assert moves["F"] is None
    assert moves["A"] is None


def test_a_city_without_anchors_and_one_without_links() -> None:
    assert discovery_of("organization A 本地").centres == ()
    (one,) = discovery_of("chain 链 2025\nanchor A 链").centres
    assert (one.verdict, one.miss, one.strength) == ("named", "no-links", 0.0)
    text = "\n".join(f"supply s{n} F x 货物" for n in range(4))
    (one,) = discovery_of(text).centres
    assert (one.verdict, len(one.moves)) == ("found", 4)
