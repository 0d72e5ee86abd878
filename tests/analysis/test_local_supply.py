"""The family of local supply rates, worked out by hand, and against brute force."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analysis.gaps import find_gaps
from kg.analysis.local_supply import MEASURES, LocalRate, LocalSupply, find_local_supply
from kg.names import ID
from kg.network import Network, load
from kg.network.territory import Territory, territory
from kg.store import Store
from tests.small_city import names, org, product
from tests.small_city import network_of as network_without_chain


def network_of(city: str) -> Network:
    """A city with one chain, for its anchors."""
    return network_without_chain("chain 链\n" + city)


CITY = """
anchor 甲 链 2020
organization 外 外地
organization 谜 不明
supply 乙 甲 料一 货物 2024
supply 外 甲 料一 货物 2022
supply 外 甲 料二 货物 2024
supply 谜 甲 料二 货物 2024
supply 谜 甲 料三 货物 2024
supply 外 甲 图纸 技术许可 2024
supply 外 甲 老料 货物 1999
supply 甲 甲 自料 货物 2024
supply 甲 丙 品 货物 2023
production 甲 品 在产
production 甲 副品 在产
production 丙 丙品 在产
production 丁 料四 在产
production 甲 料六 在产
recipe 品 法 料四 必需
recipe 品 法 料五 必需
recipe 品 法 料六 必需
recipe 品 法 催化剂 辅助
recipe 丙品 法 品 必需
"""


def rates(network: Network, anchor: str = "甲", where: Territory | None = None) -> dict[str, LocalRate]:
    found = find_local_supply(find_gaps(network), org(anchor), where)
    assert [rate.measure for rate in found.rates] == list(MEASURES)
    return {rate.measure: rate for rate in found.rates}


def told(rate: LocalRate) -> tuple[object, ...]:
    """State, n/N, coverage, and what lies behind: local, not local, not known."""
    numbers = None if rate.local is None else (int(rate.local), int(rate.total or 0))
    behind = (names(rate.inside), names(rate.outside), names(rate.unplaced))
    return rate.state, numbers, (rate.covered, rate.recorded), *behind


def test_every_definition_on_one_city() -> None:
    found = {measure: told(rate) for measure, rate in rates(network_of(CITY)).items()}
    assert found == {
        # No purchase has an amount. 料一 is bought here and outside, 料二 outside and from nobody knows where.
        "L1": ("unknown", None, (0, 5), ["料一"], [], ["料三", "料二"]),
        "L2": ("known", (1, 1), (1, 3), ["料一"], [], ["料三", "料二"]),
        "L3": ("known", (1, 2), (2, 3), ["乙"], ["外"], ["谜"]),
        # 料四 is made by 丁, 料五 by nobody on record, 料六 by the anchor itself; a catalyst makes no gap.
        "L5": ("known", (1, 2), (2, 2), ["料四"], ["料五"], []),
        # 品 goes to 丙, 自料 is used in the works; where 副品 and 料六 go is not on record.
        "M2": ("known", (2, 2), (2, 4), ["品", "自料"], [], ["副品", "料六"]),
        # 丙 requires 品, the anchor requires 料六; no recipe takes up the others.
        "M5": ("known", (2, 2), (2, 4), ["品", "料六"], [], ["副品", "自料"]),
    }


def test_periods_sources_and_own_inputs_are_told() -> None:
    found = rates(network_of(CITY))
    assert (found["L2"].since, found["L2"].until) == ("2022", "2024")
    assert names(found["L5"].own) == ["料六"]
    assert (found["L5"].evidence, found["L5"].sources) == ("e5", ("r", "s"))
    assert found["L2"].sources == ("s",)
    assert found["L2"].rate == Decimal(1)
    assert found["L1"].rate is None


def test_no_record_is_no_data_and_never_nothing() -> None:
    network = network_of("anchor 甲 链 2020\norganization 甲 本地")
    for rate in rates(network).values():
        assert told(rate) == ("no-data", None, (0, 0), [], [], [])
        assert (rate.rate, rate.evidence, rate.sources, rate.since) == (None, "", (), "")


def test_a_city_without_anchors_has_no_rates() -> None:
    found = find_local_supply(find_gaps(network_of("production 甲 品 在产")))
    assert (found.anchors, found.rates) == ((), ())


def test_all_anchors_together_count_a_supplier_once() -> None:
    network = network_of(
        """
        anchor 甲 链 2020
        anchor 乙 链 2020
        organization 外 外地
        supply 丙 甲 料一 货物 2024
        supply 丙 乙 料一 货物 2024
        supply 外 乙 料二 货物 2024
        supply 甲 乙 料三 货物 2024
        """
    )
    found = find_local_supply(find_gaps(network))
    assert found.anchors == (org("乙"), org("甲"))
    assert told(found.of("", "L3"))[1:3] == ((2, 3), (3, 3))
    assert told(found.of("", "L2"))[1:3] == ((2, 3), (3, 3))
    assert told(found.of(org("甲"), "L3"))[1] == (1, 1)
    assert told(found.of(org("乙"), "L3"))[1] == (2, 3)


def eight_purchases() -> Network:
    """Six materials bought locally for 5 each, two outside for 35 each: by count 75 %, by value 30 %."""
    local = "\n".join(f"supply 乙{i} 甲 料{i} 货物 2024" for i in range(6))
    outside = "\n".join(f"organization 外{i} 外地\nsupply 外{i} 甲 件{i} 货物 2024" for i in range(2))
    return network_of(f"anchor 甲 链 2020\n{local}\n{outside}")


def priced(network: Network, unit: str = "10k-cny") -> Network:
    return replace(
        network,
        supply=tuple(
            replace(f, quantity=Decimal(35 if "件" in f.product else 5), unit=unit) for f in network.supply
        ),
    )


def test_the_definition_decides_the_answer() -> None:
    found = rates(priced(eight_purchases()))
    assert (found["L1"].local, found["L1"].total) == (300_000, 1_000_000)
    assert found["L1"].rate == Decimal("0.3")
    assert found["L2"].rate == Decimal("0.75")
    assert found["L3"].rate == Decimal("0.75")


@pytest.mark.parametrize("unit", ["t", "usd", ""])
def test_amounts_that_do_not_add_up_to_money_give_no_share_of_value(unit: str) -> None:
    found = rates(priced(eight_purchases(), unit))["L1"]
    assert (found.state, found.rate, found.covered, found.recorded) == ("unknown", None, 0, 8)


def test_one_unknown_amount_makes_the_share_unknown() -> None:
    network = priced(eight_purchases())
    first, *rest = network.supply
    found = rates(replace(network, supply=(replace(first, quantity=None), *rest)))["L1"]
    assert (found.state, found.rate, found.covered, found.recorded) == ("unknown", None, 7, 8)


def test_one_material_may_be_counted_in_tonnes() -> None:
    network = network_of(
        "anchor 甲 链 2020\norganization 外 外地\nsupply 乙 甲 料 货物 2024\nsupply 外 甲 料 货物 2024"
    )
    network = replace(
        network,
        supply=tuple(
            replace(f, quantity=Decimal(3 if "乙" in f.supplier else 1), unit="10kt") for f in network.supply
        ),
    )
    assert rates(network)["L1"].rate == Decimal("0.75")


def test_the_newest_statement_about_a_purchase_counts() -> None:
    network = priced(network_of("anchor 甲 链 2020\nsupply 乙 甲 料 货物 2023\nsupply 乙 甲 料 货物 2024"))
    older = tuple(
        replace(f, quantity=Decimal(9)) if f.provenance.date == "2023" else f for f in network.supply
    )
    found = rates(replace(network, supply=older))["L1"]
    assert (found.total, found.recorded, found.since) == (50_000, 1, "2024")


def test_nobody_buys_from_a_firm_that_has_closed() -> None:
    network = network_of(
        "organization 老 本地 1990 2020\nsupply 老 甲 料 货物 2019\nsupply 乙 甲 件 货物 2024"
    )
    found = rates(network)
    assert told(found["L3"])[:2] == ("known", (1, 1))
    assert told(found["L2"])[3] == ["件"]


def test_a_delivering_firm_counts_as_a_recorded_maker_and_an_outsider_does_not() -> None:
    city = "anchor 甲 链 2020\nproduction 甲 品 在产\nrecipe 品 法 料 必需\n"
    assert told(rates(network_of(city + "supply 乙 丙 料 货物 2024"))["L5"])[1] == (1, 1)
    assert told(rates(network_of(city + "organization 外 外地\nsupply 外 甲 料 货物 2024"))["L5"])[1] == (
        0,
        1,
    )


def test_what_recipes_tell_rests_on_the_recipes_too() -> None:
    city = """
        source a 2024-01-01 E2
        source b 2024-01-01 E3
        source h 2000-01-01 E5
        anchor 甲 链 2020
        production 甲 品 在产 - - 2024 @a
        production 乙 料 在产 - - 2024 @a
        production 丙 器 在产 - - 2024 @b
        recipe 品 法 料 必需 - @h
        recipe 器 法 品 必需 - @h
    """
    found = rates(network_of(city))
    assert (found["L5"].sources, found["L5"].evidence) == (("a", "h"), "e5")
    assert (found["M5"].sources, found["M5"].evidence) == (("a", "b", "h"), "e5")
    # A product that only a recipe asks for rests on that recipe.
    alone = rates(network_of(city.replace("production 丙 器 在产 - - 2024 @b", "")))["M5"]
    assert (alone.sources, told(alone)[1]) == (("a", "h"), (0, 1))
    assert found["M2"].sources == ("a",)


def test_the_made_up_city(yunxi: Store) -> None:
    network = load(yunxi)
    found = {m: told(rate) for m, rate in rates(network, "云溪竹业集团有限公司").items()}
    assert found == {
        "L1": ("unknown", None, (0, 1), [], ["烧碱"], []),
        "L2": ("known", (0, 1), (1, 1), [], ["烧碱"], []),
        "L3": ("known", (0, 1), (1, 1), [], ["江北碱厂"], []),
        "L5": ("known", (0, 2), (2, 2), [], ["烧碱", "竹材"], []),
        "M2": ("known", (1, 1), (1, 1), ["竹浆"], [], []),
        "M5": ("known", (1, 1), (1, 1), ["竹浆"], [], []),
    }


def test_a_park_and_a_county_are_narrower_than_the_city(yunxi: Store) -> None:
    network = load(yunxi)
    park = territory(yunxi, f"{ID}park/云溪竹产业园")
    county = territory(yunxi, f"{ID}place/溪南县")
    assert park.holds(network, org("云溪纸业有限公司")) is True
    assert county.holds(network, org("云溪竹业集团有限公司")) is True
    assert park.holds(network, org("溪南纸品有限公司")) is None  # local, and nobody says where
    assert park.holds(network, org("江北碱厂")) is False
    assert park.holds(network, org("没有记录")) is None
    found = rates(network, "云溪竹业集团有限公司", park)
    assert told(found["M2"])[1:3] == ((1, 1), (1, 1))
    elsewhere = Territory(f"{ID}place/别处", frozenset({f"{ID}place/别处"}))
    found = rates(network, "云溪竹业集团有限公司", elsewhere)
    assert told(found["M2"])[1] == (0, 1)
    assert told(found["L5"]) == ("known", (0, 2), (2, 2), [], ["烧碱", "竹材"], [])


def test_a_plant_of_a_project_is_where_the_project_is() -> None:
    network = network_of(
        "anchor 甲 链\nproduction 甲 纸 在产\nrecipe 纸 抄造 浆 必需\nproject 线 乙 浆\nevent 线 投产 2024"
    )
    (line,) = network.projects
    organizations = dict(network.organizations) | {
        org("乙"): replace(network.organizations[org("乙")], parks=("south",))
    }
    moved = replace(
        network,
        organizations=organizations,
        projects={line: replace(network.projects[line], parks=("north",))},
    )
    north, south = (Territory(name, frozenset({name}), frozenset({"city"})) for name in ("north", "south"))
    assert [rates(moved, where=where)["L5"].rate for where in (north, south)] == [1, 0]


TRADES = st.lists(
    st.tuples(st.sampled_from("乙丙丁戊"), st.sampled_from("甲己"), st.sampled_from("料品件")), max_size=8
)
WHERE = st.fixed_dictionaries({firm: st.sampled_from(["本地", "外地", "不明"]) for firm in "乙丙丁戊"})


@settings(max_examples=40, deadline=None)
@given(TRADES, WHERE)
def test_counts_agree_with_brute_force(trades: list[tuple[str, str, str]], where: dict[str, str]) -> None:
    lines = ["anchor 甲 链 2020", *(f"organization {firm} {place}" for firm, place in where.items())]
    lines += [f"supply {seller} {buyer} {what} 货物 2024" for seller, buyer, what in trades]
    found = rates(network_of("\n".join(lines)))
    bought = {(seller, what) for seller, buyer, what in trades if buyer == "甲"}
    suppliers = {seller for seller, _ in bought}
    local = {s for s in suppliers if where[s] == "本地"}
    placed = {s for s in suppliers if where[s] != "不明"}
    assert (found["L3"].local or 0, found["L3"].total or 0) == (len(local), len(placed))
    items = {what for _, what in bought}
    inside = {what for seller, what in bought if where[seller] == "本地"}
    open_ = {what for seller, what in bought if where[seller] == "不明"} - inside
    assert (found["L2"].local or 0, found["L2"].total or 0) == (len(inside), len(items - open_))
    for rate in found.values():
        assert rate.covered <= rate.recorded
        assert rate.rate is None or 0 <= rate.rate <= 1
        assert (rate.state == "no-data") == (rate.recorded == 0)
        parts = (*rate.inside, *rate.outside, *rate.unplaced)
        assert len(set(parts)) == len(parts)


@settings(max_examples=40, deadline=None)
@given(st.sets(st.sampled_from("abcd")), st.sampled_from("abcd"))
def test_a_new_local_producer_never_lowers_the_potential(made: set[str], new: str) -> None:
    city = "anchor 甲 链 2020\nproduction 甲 品 在产\n" + "\n".join(
        f"recipe 品 法 {part} 必需" for part in "abcd"
    )

    def potential(products: set[str]) -> Decimal:
        makers = "".join(f"\nproduction 厂{one} {one} 在产" for one in sorted(products))
        rate = rates(network_of(city + makers))["L5"].rate
        assert rate is not None
        return rate

    assert potential(made) == Decimal(len(made)) / 4
    assert potential(made | {new}) >= potential(made)


def test_of_returns_one_rate() -> None:
    found: LocalSupply = find_local_supply(find_gaps(network_of(CITY)), org("甲"))
    assert found.of(org("甲"), "L5").inside == (product("料四"),)
