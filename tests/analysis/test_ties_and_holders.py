"""Ties to anchors against a search of its own, products in one hand, and stops on small recipe networks by hand."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analysis.availability.recipe_clauses import Conditions
from kg.analysis.gaps import find_gaps
from kg.analysis.gaps.latent import find_latent
from kg.analysis.resilience.critical import find_critical
from kg.analysis.resilience.whatif import stop
from kg.analysis.targets import find_ties
from kg.network import Network
from kg.network.facts import Ownership, Participation
from tests.recipe_network import ABS, SAID, as_strategy, recipe_network


def with_anchors(network: Network, *anchors: str) -> Network:
    named = tuple(Participation(firm, "chain", "", "anchor", "", "", SAID) for firm in anchors)
    return replace(network, participations=named)


@settings(max_examples=80, deadline=None)
@given(as_strategy(), st.sampled_from("abcdef"))
def test_a_tie_is_the_shortest_way_from_need_to_need(city, product: str) -> None:
    gaps = find_gaps(with_anchors(recipe_network(**city), "F", "G"))
    # Steps from a product to the outputs that need it, and by whom.
    steps = {p: [(n.output, {u.organization for u in n.users}) for n in own] for p, own in gaps.needs.items()}
    far, todo, expected = {product: 1}, deque([product]), {}
    while todo:
        here = todo.popleft()
        for output, users in steps.get(here, ()):
            for anchor in users & {"F", "G"}:
                expected.setdefault(anchor, far[here] + 1)
            if output not in far:
                far[output] = far[here] + 1
                todo.append(output)
    found = [tie for tie in find_ties(gaps, product) if tie.relation == "needs"]
    assert {tie.anchor: len(tie.path) for tie in found} == expected
    for tie in found:
        assert tie.path[0] == product
        for lower, upper in zip(tie.path, tie.path[1:], strict=False):
            assert upper in {output for output, _ in steps[lower]}


@settings(max_examples=80, deadline=None)
@given(
    st.sets(st.tuples(st.sampled_from("FGHK"), st.sampled_from("abc")), min_size=1),
    st.dictionaries(st.sampled_from("FGHK"), st.sampled_from([30, 50, 51, 100])),
)
def test_products_in_one_hand_are_those_whose_makers_share_a_parent(makers, shares) -> None:
    network = replace(
        recipe_network([], makers),
        ownership=tuple(Ownership("mother", firm, Decimal(n), SAID) for firm, n in sorted(shares.items())),
    )

    def parent(firm: str) -> str:
        return "mother" if shares.get(firm, 0) > 50 else firm

    holders = {p: {parent(firm) for firm, made in makers if made == p} for _, p in makers}
    expected = {(p, min(own)) for p, own in holders.items() if len(own) == 1}
    assert {(s.product, s.group) for s in find_critical(network).single_sourced} == expected


@settings(max_examples=80, deadline=None)
@given(as_strategy())
def test_latent_pairs_are_strangers_who_make_and_need_one_product(city) -> None:
    gaps = find_gaps(recipe_network(**city))
    found = [(match.product, match.seller, match.buyer) for match in find_latent(gaps)]
    assert len(found) == len(set(found))
    expected = set()
    for product, needs in gaps.needs.items():
        sellers = {maker.organization for maker in gaps.presence.makers_of(product)}
        buyers = {user.organization for need in needs for user in need.users} - sellers
        expected |= {(product, seller, buyer) for seller in sellers for buyer in buyers}
    assert set(found) == expected
    for firm in "FGH":
        own = [(m.product, m.seller, m.buyer) for m in find_latent(gaps, firm)]
        assert own == [pair for pair in found if firm in pair[1:]]


FIRMS = [(f"{output} 厂", output) for output, _ in ABS]


@pytest.mark.parametrize(
    ("stopped", "lost"),
    [
        ("abs", {"abs"}),
        ("styrene", {"styrene", "abs"}),
        ("benzene", {"benzene", "styrene", "abs"}),
        ("ammonia", {"ammonia", "acrylonitrile", "abs"}),
        (
            "naphtha",
            {
                "naphtha",
                "ethylene",
                "propylene",
                "benzene",
                "butadiene",
                "styrene",
                "acrylonitrile",
                "abs",
            },
        ),
    ],
)
@pytest.mark.parametrize("version", ["island", "market"])
def test_what_a_stop_takes_along(stopped: str, lost: set[str], version) -> None:
    network = recipe_network(ABS, FIRMS, raw=("crude", "gas"))
    found = stop(network, organizations=[f"{stopped} 厂"], conditions=Conditions(version))
    assert {effect.product for effect in found.effects if effect.kind == "lost"} == lost
    for effect in found.effects:
        assert effect.path[0] == stopped
        assert effect.path[-1] == effect.product
        assert effect.causes == (f"{stopped} 厂",)
    assert {idle.organization for idle in found.idled} == {f"{product} 厂" for product in lost}
    assert all(idle.whole for idle in found.idled)
    assert [idle.organization for idle in found.idled if idle.named] == [f"{stopped} 厂"]


def test_a_second_maker_of_the_input_saves_what_lies_below_it() -> None:
    network = recipe_network(ABS, [*FIRMS, ("second", "styrene")], raw=("crude", "gas"))
    found = stop(network, organizations=["styrene 厂"])
    assert [(e.kind, e.product) for e in found.effects] == [("reduced", "styrene")]
    assert [maker.organization for maker in found.effects[0].remaining] == ["second"]
    both = stop(network, organizations=["styrene 厂", "second"])
    assert [(e.kind, e.product) for e in both.effects] == [("lost", "styrene"), ("lost", "abs")]


def test_what_can_be_bought_again_stops_nobody_else() -> None:
    network = recipe_network(ABS, FIRMS, raw=("crude", "gas"))
    found = stop(network, organizations=["naphtha 厂"], conditions=Conditions("market", replaceable=True))
    assert [(e.kind, e.product, e.available) for e in found.effects] == [("lost", "naphtha", True)]
