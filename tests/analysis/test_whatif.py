"""What if: on the made-up city with answers worked out by hand, on small ones, and in general."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analysis.availability.recipe_clauses import Conditions
from kg.analysis.presence import find_presence
from kg.analysis.resilience.whatif import Startup, Stoppage, start, stop
from kg.names import ID, local_name
from kg.network import Network, load
from kg.store import Store
from tests.recipe_network import as_strategy, recipe_network
from tests.small_city import network_of, org, product

ISLAND = Conditions("island")
VERSIONS = [Conditions("island"), Conditions("market"), Conditions("market", replaceable=True)]


@pytest.fixture(scope="module")
def network(yunxi: Store) -> Network:
    return load(yunxi)


def project(name: str) -> str:
    return f"{ID}project/{name}"


def effects(found: Stoppage | Startup) -> dict[str, list[str]]:
    """Products by kind of effect."""
    kinds: dict[str, list[str]] = {}
    for effect in found.effects:
        kinds.setdefault(effect.kind, []).append(local_name(effect.product))
    return {kind: sorted(products) for kind, products in kinds.items()}


def firms(found: Stoppage) -> dict[str, tuple[bool, bool]]:
    """Firms that stand still: whether they were named, and whether nothing of them runs on."""
    return {local_name(firm.organization): (firm.named, firm.whole) for firm in found.idled}


def gaps(findings) -> set[tuple[str, str]]:
    return {(f.kind, local_name(f.product or f.chains[0])) for f in findings}


# ---------------------------------------------------------------- the made-up city


def test_the_mill_takes_the_paper_makers_with_it(network: Network) -> None:
    found = stop(network, organizations=[org("云溪竹业集团有限公司")])
    # Paper is made of sheet, inside the plant, and sheet of pulp: 3 of 3 tonnes known for one maker, not the other.
    assert effects(found) == {"lost": ["生活用纸", "竹浆"]}
    assert firms(found) == {
        "云溪竹业集团有限公司": (True, True),
        "云溪纸业有限公司": (False, True),
        "溪南纸品有限公司": (False, True),
    }
    pulp, paper = found.effects
    assert (pulp.capacity, pulp.known_capacity) == (Decimal(100_000), (Decimal(100_000), 1))
    assert (paper.capacity, paper.known_capacity) == (None, (Decimal(30_000), 1))
    assert [local_name(step) for step in paper.path] == ["竹浆", "纸页", "生活用纸"]
    assert [route.name for route in paper.routes] == ["抄造", "加工"]
    assert [local_name(cause) for cause in paper.causes] == ["云溪竹业集团有限公司"]
    assert not paper.available
    # The mill's own use is no delivery; the alkali it buys from outside is none of its deliveries either.
    assert [(local_name(d.supplier), local_name(d.buyer)) for d in found.deliveries] == [
        ("云溪竹业集团有限公司", "云溪纸业有限公司")
    ]
    assert set(paper.sources) == {"yx-1", "yx-2", "yx-3"}


def test_a_local_product_that_can_be_bought_is_lost_alone(network: Network) -> None:
    found = stop(
        network,
        organizations=[org("云溪竹业集团有限公司")],
        conditions=Conditions("market", replaceable=True),
    )
    assert effects(found) == {"lost": ["竹浆"]}
    assert found.effects[0].available


def test_a_product_gone_everywhere_stops_whoever_needs_it(network: Network) -> None:
    # Alkali is bought from outside; without any, there is no pulp and no paper.
    found = stop(network, products=[product("烧碱")])
    assert effects(found) == {"lost": ["生活用纸", "竹浆"]}
    assert [local_name(cause) for cause in found.effects[0].causes] == ["烧碱"]
    assert [local_name(step) for step in found.effects[0].path] == ["烧碱", "竹浆"]
    assert [(local_name(d.supplier), local_name(d.product)) for d in found.deliveries] == [
        ("江北碱厂", "烧碱")
    ]
    # Softener is auxiliary: no paper is lost with it.
    assert not stop(network, products=[product("柔软剂")]).effects


def test_one_paper_maker_of_two_leaves_the_product(network: Network) -> None:
    found = stop(network, organizations=[org("云溪纸业有限公司")])
    assert effects(found) == {"reduced": ["生活用纸"]}
    (effect,) = found.effects
    assert effect.capacity == Decimal(30_000)
    assert [local_name(maker.organization) for maker in effect.remaining] == ["溪南纸品有限公司"]


def test_the_island_cannot_judge_what_it_never_had(network: Network) -> None:
    found = stop(network, organizations=[org("云溪竹业集团有限公司")], conditions=ISLAND)
    assert not found.effects
    stalled = {local_name(maker.product) for maker in found.stalled}
    # Nobody makes alkali or fibre here: pulp, and what is made of it, does not run on local inputs alone.
    assert stalled == {"竹浆", "生活用纸", "竹纤维布"}


def test_a_park_stops_the_firms_on_record_there(network: Network) -> None:
    park = f"{ID}park/云溪竹产业园"
    found = stop(network, parks=[park])
    assert effects(found) == {"lost": ["生活用纸", "竹浆"]}
    assert firms(found)["云溪纸业有限公司"] == (True, True)
    assert firms(found)["溪南纸品有限公司"] == (False, True)
    assert {cause for effect in found.effects for cause in effect.causes} == {park}
    assert not found.elsewhere


def test_who_makes_nothing_on_record_is_said_to(network: Network) -> None:
    silent = [org("云溪市工信局"), org("老云溪纸厂")]
    found = stop(network, organizations=silent, parks=[f"{ID}park/不存在"])
    assert found.silent == (*sorted(silent), f"{ID}park/不存在")
    assert not found.effects
    outside = stop(network, organizations=[org("江北碱厂")])
    assert not outside.silent
    assert len(outside.deliveries) == 1


@pytest.mark.parametrize("chosen", [None, ["白鹭竹纤维项目"]])
def test_the_fibre_project_closes_the_break(network: Network, chosen: list[str] | None) -> None:
    found = start(network, [project(name) for name in chosen] if chosen else None)
    assert effects(found) == {"gained": ["竹纤维"]}
    (effect,) = found.effects
    assert effect.capacity is None
    # The maker is shown as it is on record: signed, not running.
    assert [(maker.status, local_name(maker.project)) for maker in effect.makers] == [
        ("signed", "白鹭竹纤维项目")
    ]
    assert [local_name(cause) for cause in effect.causes] == ["白鹭竹纤维项目"]
    assert ("break", "竹纤维") in gaps(found.closed)
    # The fibre maker will need pulp of another group, and its fibre a buyer.
    assert ("latent", "竹纤维") in gaps(found.opened)
    assert not {kind for kind, _ in gaps(found.opened)} & {"missing", "break"}
    assert not found.waiting
    assert not found.silent


def test_on_the_island_the_fibre_project_waits_for_pulp(network: Network) -> None:
    found = start(network, conditions=ISLAND)
    assert not found.effects
    (waiting,) = found.waiting
    assert [local_name(lack) for lack in waiting.lacking] == ["竹浆"]


# ---------------------------------------------------------------- small cities


def test_a_project_in_the_middle_lets_firms_below_it_run() -> None:
    network = network_of("""
        product ore 原料
        recipe metal smelt ore 必需
        recipe wheel cast metal 必需
        production foundry wheel 在产 5 万吨/年
        project smelter owner metal
        event smelter 签约 2024
        production owner metal 在建 2 万吨/年 2024
    """)
    found = start(network, conditions=ISLAND)
    assert effects(found) == {"gained": ["metal", "wheel"]}
    metal, wheel = found.effects
    assert (metal.capacity, wheel.capacity) == (Decimal(20_000), Decimal(50_000))
    assert [local_name(step) for step in wheel.path] == ["metal", "wheel"]
    assert [local_name(cause) for cause in wheel.causes] == ["smelter"]
    assert ("missing", "metal") in gaps(found.closed)
    market = start(network)
    assert effects(market) == {"gained": ["metal"]}


def test_any_stage_can_be_started_and_what_is_planned_twice_is_not_added_up() -> None:
    network = network_of("""
        project idea owner metal
        event idea 谋划 2024
        project dead owner glass
        event dead 终止 2024
        project blank owner -
        event blank 签约 2024
        production firm metal 在产 3 万吨/年 2023
        production firm metal 在建 8 万吨/年 2024
        production owner glass 停产 - - 2024
    """)
    assert effects(start(network, [project("idea")])) == {"added": ["metal"]}
    assert effects(start(network, [project("dead")])) == {"gained": ["glass"]}
    assert start(network, [project("blank")]).silent == (project("blank"),)
    whole = start(network)
    assert not whole.effects
    assert [maker.capacity for maker in whole.expanded] == [Decimal(80_000)]


def test_new_needs_are_opened_gaps() -> None:
    network = network_of("""
        recipe wheel cast metal 必需
        project works owner wheel
        event works 开工 2024
    """)
    found = start(network)
    assert gaps(found.opened) == {("missing", "metal")}
    assert not found.closed


def test_a_cycle_that_feeds_itself_is_not_judged() -> None:
    network = network_of("""
        recipe a loop b 必需
        recipe b loop2 a 必需
        recipe c end a 必需
        production F a 在产
        production G b 在产
        production H c 在产
    """)
    found = stop(network, organizations=[org("F")])
    assert not found.effects
    assert {local_name(maker.organization) for maker in found.stalled} == {"F", "G", "H"}
    # It is on record as making something, so it is listed with what was not judged, and not as silent.
    assert not found.silent


def test_a_presence_will_do_instead_of_a_network() -> None:
    network = network_of("production F a 在产")
    assert stop(find_presence(network), organizations=[org("F")]) == stop(network, organizations=[org("F")])


def test_inferred_makers_count_when_asked_for() -> None:
    network = network_of("""
        product crude 原料
        recipe naphtha distil crude 必需
        recipe residue distil crude 必需
        recipe ethylene crack naphtha 必需
        production refinery residue 在产
        production cracker ethylene 在产
    """)
    assert effects(stop(network, organizations=[org("refinery")])) == {"lost": ["residue"]}
    found = stop(network, organizations=[org("refinery")], conditions=Conditions(with_inferred=True))
    assert effects(found) == {"lost": ["ethylene", "naphtha", "residue"]}
    (naphtha,) = (effect for effect in found.effects if local_name(effect.product) == "naphtha")
    assert [maker.basis for maker in naphtha.makers] == ["inferred"]


def test_without_a_process_its_products_stop() -> None:
    network = network_of("""
        product crude 原料
        product distil 工艺能力
        recipe distil distil crude 必需
        recipe naphtha distil crude 必需
        recipe ethylene crack naphtha 必需
        production refinery distil 在产
        production refinery naphtha 在产
        production cracker ethylene 在产
    """)
    found = stop(network, products=[product("distil")])
    assert effects(found) == {"lost": ["distil", "ethylene", "naphtha"]}
    assert {cause for effect in found.effects for cause in effect.causes} == {product("distil")}
    assert [local_name(step) for step in found.effects[-1].path] == ["naphtha", "ethylene"]


def test_who_has_an_input_beside_does_not_need_it_from_others() -> None:
    network = network_of("""
        product naphtha 原料
        recipe ethylene crack naphtha 必需
        recipe benzene crack naphtha 必需
        recipe styrene alkylate benzene 必需
        production cracker ethylene 在产
        production cracker styrene 在产
        production seller benzene 在产
        production buyer styrene 在产
    """)
    found = stop(network, organizations=[org("seller")])
    assert {
        (e.kind, local_name(e.product), *(local_name(m.organization) for m in e.makers))
        for e in found.effects
    } == {
        ("lost", "benzene", "seller"),
        ("reduced", "styrene", "buyer"),
    }


# ---------------------------------------------------------------- in general


@settings(max_examples=40, deadline=None)
@given(
    as_strategy(), st.sampled_from(VERSIONS), st.sets(st.sampled_from("FGH")), st.sets(st.sampled_from("FGH"))
)
def test_a_wider_stop_never_loses_less(city, conditions, firms, others) -> None:
    network = recipe_network(**city)
    some = stop(network, organizations=firms, conditions=conditions)
    more = stop(network, organizations=firms | others, conditions=conditions)
    lost = [{e.product for e in found.effects if e.kind == "lost"} for found in (some, more)]
    assert lost[0] <= lost[1]
    assert {e.product for e in some.effects} <= {e.product for e in more.effects}
    for found in (some, more):
        for effect in found.effects:
            assert effect.causes
            assert set(effect.causes) <= firms | others
            assert (effect.kind == "lost") == (not effect.remaining)


@settings(max_examples=40, deadline=None)
@given(as_strategy(), st.sampled_from(VERSIONS[:2]), st.data())
def test_a_start_gains_what_is_producible_after_it_and_not_before(city, conditions, data) -> None:
    from dataclasses import replace

    from kg.analysis.availability import find_producible

    network = recipe_network(**city)
    facts = list(network.production)
    planned = data.draw(st.sets(st.sampled_from(facts))) if facts else set()
    statuses = {fact.iri: "planned" if fact in planned else "in-production" for fact in facts}
    before = replace(network, production=tuple(replace(fact, status=statuses[fact.iri]) for fact in facts))
    found = start(before, conditions=conditions)
    old = find_producible(find_presence(before), conditions)
    new = find_producible(find_presence(network), conditions, home=find_presence(before))
    # A start never loses anything.
    assert old.running <= new.running
    gained = {(maker.organization, effect.product) for effect in found.effects for maker in effect.makers}
    assert gained == new.running - old.running
    coming = {(fact.organization, fact.product) for fact in planned}
    assert {(w.maker.organization, w.maker.product) for w in found.waiting} == coming - new.running


def test_a_delivery_of_a_firm_that_has_closed_does_not_end_again() -> None:
    text = "organization 老 本地 1990 2020\nsupply 老 甲 料 货物 2019\nproduction 甲 纸 在产"
    found = stop(network_of(text), organizations=[org("老")])
    assert (found.deliveries, found.silent) == ((), (org("老"),))
