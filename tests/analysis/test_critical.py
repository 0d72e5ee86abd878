"""Critical points: dominators against taking each product away, required inputs, single sources, nexus suppliers."""

from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analysis.availability import ROOT, find_producible
from kg.analysis.availability.recipe_clauses import Conditions
from kg.analysis.links import Link
from kg.analysis.presence import find_presence
from kg.analysis.resilience.critical import Critical, dominators, find_critical, find_nexus
from kg.names import local_name
from kg.network import load
from kg.store import Store
from tests.recipe_network import ABS, SAID, as_strategy, recipe_network
from tests.small_city import network_of, org

ISLAND = Conditions("island")


def inputs(found: Critical) -> dict[str, tuple[set[str], set[str]]]:
    """For each critical input what stops without it, and what it dominates."""
    return {
        local_name(c.product): (set(map(local_name, c.stops)), set(map(local_name, c.dominates)))
        for c in found.inputs
    }


def link(supplier: str, buyer: str, basis="recorded", product="p") -> Link:
    return Link(supplier, buyer, product, basis, False, 1.0, (SAID,))


@st.composite
def graphs(draw) -> nx.DiGraph:
    nodes = [ROOT, *"abcdefg"]
    edges = draw(st.lists(st.tuples(st.sampled_from(nodes), st.sampled_from(nodes)), max_size=16))
    graph = nx.DiGraph()
    graph.add_nodes_from(nodes)
    graph.add_edges_from((start, end) for start, end in edges if end != ROOT)
    return graph


@settings(max_examples=200, deadline=None)
@given(graphs())
def test_dominators_are_the_nodes_whose_removal_cuts_off(graph: nx.DiGraph) -> None:
    found = dominators(graph)
    reached = nx.descendants(graph, ROOT)
    assert set(found) == reached
    for node in reached:
        cut = set()
        for other in reached - {node}:
            rest = graph.copy()
            rest.remove_node(other)
            if node not in nx.descendants(rest, ROOT):
                cut.add(other)
        assert set(found[node]) == cut
        # The nearest comes first: each is dominated by all that follow it.
        for position, other in enumerate(found[node]):
            assert found[other] == found[node][position + 1 :]


@settings(max_examples=60, deadline=None)
@given(as_strategy(), st.sampled_from([ISLAND, Conditions("market")]))
def test_required_inputs_are_those_whose_loss_stops_something(city, conditions) -> None:
    network = recipe_network(**city)
    found = find_critical(network, ["F"], conditions=conditions)
    base = find_producible(find_presence(network), conditions)
    known = {c.product: c for c in found.inputs}
    graph = base.graph()
    made = sorted(p for firm, p in base.running if firm == "F")
    upstream = {above for p in made for above in nx.ancestors(graph, p)}
    for product in network.product_kinds:
        own = {product, *base.presence.narrower_of(product)}
        stops = {o.product for o in base.fall(removed=[product]).outages if o.organization == "F"} - own
        # A broader product takes narrower ones with it, whether or not it is an input itself.
        if product in base.traded() & upstream:
            assert set(known[product].stops if product in known else ()) == stops
        else:
            assert product not in known
    # What has no way around it is required, whatever else is.
    for product in made:
        for above in set(dominators(graph)[product]) & base.traded():
            if product not in base.presence.narrower_of(above):
                assert product in known[above].stops
                assert product in known[above].dominates


def test_the_anchor_that_makes_abs_cannot_do_without_ammonia() -> None:
    firms = [(f"maker of {output}", output) for output, _ in ABS]
    network = recipe_network(ABS, firms, raw=("crude", "gas"))
    found = inputs(find_critical(network, ["maker of abs"], conditions=ISLAND))
    assert set(found) == {name for output, parts in ABS for name in (output, *parts)} - {"abs"}
    assert found["ammonia"] == ({"abs"}, set())
    # By "or" nothing but the start of all paths could be unavoidable, and there are two starts.
    assert all(not dominated for _, dominated in found.values())
    single = recipe_network(ABS[:5], firms[:5], raw=("crude",))
    assert inputs(find_critical(single, ["maker of butadiene"], conditions=ISLAND)) == {
        "naphtha": ({"butadiene"}, {"butadiene"}),
        "crude": ({"butadiene"}, {"butadiene"}),
    }


def test_two_routes_leave_no_input_required_but_what_both_need() -> None:
    recipes = [("a", ("x", "z")), ("a", ("y", "z")), ("x", ("w",)), ("y", ("w",))]
    firms = [("F", "a"), ("X", "x"), ("Y", "y"), ("Z", "z")]
    found = inputs(find_critical(recipe_network(recipes, firms, raw=("w",)), ["F"], conditions=ISLAND))
    assert found == {"z": ({"a"}, set()), "w": ({"a"}, set())}


def test_the_made_up_city_by_hand(yunxi: Store) -> None:
    found = find_critical(load(yunxi))
    assert [local_name(anchor) for anchor in found.anchors] == ["云溪竹业集团有限公司"]
    # Pulp needs bamboo and alkali, both bought: neither is unavoidable, each is required.
    assert inputs(found) == {"烧碱": ({"竹浆"}, set()), "竹材": ({"竹浆"}, set())}
    alkali = next(c for c in found.inputs if local_name(c.product) == "烧碱")
    assert (alkali.makers, alkali.raw) == ((), False)
    # One maker each: of pulp, fabric and charcoal. Paper has two, of two groups.
    single = {local_name(s.product): s for s in found.single_sourced}
    assert set(single) == {"竹浆", "竹纤维布", "竹炭"}
    assert [local_name(p) for p in single["竹浆"].lost] == ["生活用纸"]
    # The other paper maker belongs to the mill's own group.
    assert [local_name(f) for f in single["竹浆"].idled] == ["溪南纸品有限公司"]
    assert next(s.product for s in found.single_sourced) == single["竹浆"].product
    places = {(local_name(n.organization), n.basis): n for n in found.nexus}
    mill = places["云溪竹业集团有限公司", "recorded"]
    assert (mill.supply_load, mill.demand_load) == (1, 1)
    # Of the pairs of other firms (two ordered ones), one is joined, and through the mill.
    assert mill.operational_criticality == pytest.approx(1 / 2)
    assert mill.informational_independence == 1
    assert places["云溪竹业集团有限公司", "inferred"].demand_load == 2
    assert ("溪南纸品有限公司", "recorded") not in places


def test_one_anchor_alone(yunxi: Store) -> None:
    anchor = org("云溪竹业集团有限公司")
    found = find_critical(load(yunxi)).of(anchor)
    assert {c.anchor for c in found.inputs} == {anchor}
    assert not found.single_sourced
    assert {local_name(n.organization) for n in found.nexus} == {"云溪竹业集团有限公司", "江北碱厂"}


def test_single_sources_are_by_controlling_group() -> None:
    network = network_of("""
        own mother one 60
        own mother two 60
        recipe b r a 必需
        production one a 在产
        production two a 在产
        production three b 在产
        production four c 在产
        production five c 在产
    """)
    found = {local_name(s.product): s for s in find_critical(network).single_sourced}
    assert set(found) == {"a", "b"}
    assert local_name(found["a"].group) == "mother"
    assert [local_name(f) for f in found["a"].idled] == ["three"]
    assert found["a"].lost == (found["b"].product,)


def test_a_raw_material_made_by_one_can_still_be_bought() -> None:
    network = network_of("""
        product ore 原料
        recipe metal smelt ore 必需
        production mine ore 在产
        production smelter metal 在产
    """)
    found = {local_name(s.product): s for s in find_critical(network).single_sourced}
    assert (found["ore"].lost, found["ore"].idled) == ((), ())
    assert found["ore"].needs


def test_anchors_without_links_or_production_are_told_of() -> None:
    network = network_of("""
        chain k
        stage k 1 one 上游 a
        anchor idle k
        anchor maker k
        production maker a 在产
    """)
    found = find_critical(network)
    assert found.alone == found.anchors == (org("idle"), org("maker"))
    assert find_critical(network_of("production maker a 在产")).anchors == ()
    nothing = find_critical(recipe_network([], []))
    assert (nothing.inputs, nothing.single_sourced, nothing.nexus) == ((), (), ())


def test_loads_count_firms_and_not_deliveries() -> None:
    found = {
        n.organization: n for n in find_nexus([link("a", "b"), link("a", "b", product="q"), link("b", "c")])
    }
    assert (found["a"].demand_load, found["b"].supply_load, found["b"].demand_load) == (1, 1, 1)
    assert found["b"].operational_criticality == pytest.approx(1 / 2)
    assert next(n.organization for n in find_nexus([link("a", "b"), link("b", "c")])) == "b"


def test_inferred_links_stand_apart_from_recorded_ones() -> None:
    found = find_nexus([link("a", "b"), link("b", "c", "inferred")])
    assert {(n.organization, n.basis): n.demand_load for n in found} == {
        ("a", "recorded"): 1,
        ("b", "recorded"): 0,
        ("a", "inferred"): 1,
        ("b", "inferred"): 1,
        ("c", "inferred"): 0,
    }


def test_all_pivots_are_the_exact_figures_and_fewer_come_near() -> None:
    graph = nx.gnp_random_graph(40, 0.08, seed=3, directed=True)
    links = [link(f"f{start:02}", f"f{end:02}") for start, end in graph.edges]
    exact = {n.organization: n for n in find_nexus(links) if n.basis == "recorded"}
    every = {n.organization: n for n in find_nexus(links, pivots=40) if n.basis == "recorded"}
    assert exact == every
    some = {n.organization: n for n in find_nexus(links, pivots=30, seed=1) if n.basis == "recorded"}
    assert some == {n.organization: n for n in find_nexus(links, pivots=30, seed=1) if n.basis == "recorded"}
    for firm, found in some.items():
        assert found.informational_independence == pytest.approx(
            exact[firm].informational_independence, abs=0.15
        )
        assert found.operational_criticality == pytest.approx(exact[firm].operational_criticality, abs=0.1)
