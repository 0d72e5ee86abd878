"""The balance of small cities: against every corner by hand, and what no plan may do."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analysis.balance import Balance, PlannedUse, find_balance
from kg.analysis.balance.programme import OBJECTIVES
from kg.analysis.gaps import find_gaps
from kg.names import local_name
from kg.network import load
from kg.store import Store
from tests.small_city import names, network_of, org

# Propylene is what is to spare; ammonia is scarce, syngas nobody makes; fibre needs the nitrile that nobody makes yet.
CITY = """
    product 溶剂 原料
    recipe 丙烯腈 氨氧化 丙烯 必需 1
    recipe 丙烯腈 氨氧化 合成氨 必需 0.5
    recipe 聚丙烯 聚合 丙烯 必需 1
    recipe 丁醇 羰基 丙烯 必需 0.5
    recipe 丁醇 羰基 合成气 必需 0.6
    recipe 腈纶 纺丝 丙烯腈 必需 0.5
    recipe 腈纶 纺丝 溶剂 必需
    production 甲 丙烯 在产 200 吨/年 2024
    production 乙 合成氨 在产 40 吨/年 2024
    production 丙 腈纶 在产 60 吨/年 2024
"""


def balance(text: str, objective="surplus", **options) -> Balance:
    return find_balance(find_gaps(network_of(text)), objective, **options)


def use(found: Balance, output: str) -> PlannedUse:
    return next(one for one in found.uses if local_name(one.outlet.output) == output)


def planned(found: Balance) -> dict[str, float | None]:
    return {
        local_name(one.outlet.output): None if one.planned is None else round(float(one.planned), 2)
        for one in found.uses
    }


def readable(amounts) -> dict[str, float | None]:
    return {local_name(p): None if a is None else round(float(a), 2) for p, a in amounts.items()}


def test_the_worked_example() -> None:
    found = balance(CITY)
    # All propylene and all ammonia are used; 30 t of nitrile close the break; butanol has to import, polypropylene not.
    assert planned(found) == {"丙烯腈": 80, "聚丙烯": 120, "丁醇": 0}
    assert float(found.value) == pytest.approx(240)
    nitrile = use(found, "丙烯腈")
    assert (nitrile.outlet.scale, names(nitrile.outlet.limiting)) == (80, ["合成氨"])
    assert readable(nitrile.takes) == {"丙烯": 80, "合成氨": 40}
    assert set(names(nitrile.limited_by)) == {"丙烯", "合成氨"}
    assert (nitrile.outlet.closes, nitrile.need, nitrile.closed) == ("break", Decimal(30), Decimal(30))
    butanol = use(found, "丁醇")
    assert (butanol.outlet.scale, readable(butanol.buys)) == (400, {"合成气": 0})
    assert float(butanol.up_to or 0) == pytest.approx(240)
    assert {local_name(s.stock.product): float(s.worth or 0) for s in found.stocks} == {
        "丙烯": 1,
        "合成氨": 1,
    }


def test_the_objective_decides() -> None:
    assert planned(balance(CITY, "output")) == {"丁醇": 400, "丙烯腈": 0, "聚丙烯": 0}
    assert readable(use(balance(CITY, "output"), "丁醇").buys) == {"合成气": 240}
    gaps = balance(CITY, "gaps")
    assert (float(gaps.value), planned(gaps)["丙烯腈"]) == (30, 80)
    assert float(use(gaps, "聚丙烯").up_to or 0) == pytest.approx(170)


def test_local_inputs_only_leaves_out_what_has_to_import() -> None:
    found = balance(CITY, "output", local_only=True)
    assert planned(found) == {"丙烯腈": 80, "聚丙烯": 120, "丁醇": 0}
    assert names(use(found, "丁醇").limited_by) == ["丙烯", "合成气"]
    assert use(found, "丁醇").up_to == 0


def test_what_one_use_makes_serves_another() -> None:
    text = CITY.replace("production 丙 腈纶 在产 60 吨/年 2024", "") + (
        "recipe 膜 吹膜 聚丙烯 必需 1\nrecipe 膜 吹膜 添加料 必需 0.1\nproduction 丁 添加料 在产 4 吨/年 2024"
    )
    found = balance(text)
    film = use(found, "膜")
    assert (float(film.planned or 0), names(film.from_plan)) == (pytest.approx(40), ["聚丙烯"])
    assert readable(film.buys) == {"聚丙烯": 40}


@pytest.mark.parametrize(
    ("change", "output", "missing"),
    [
        (("氨氧化 丙烯 必需 1", "氨氧化 丙烯 必需 -"), "丙烯腈", [("coefficient", "丙烯")]),
        (("合成氨 在产 40 吨/年", "合成氨 在产 - -"), "丙烯腈", [("capacity", "合成氨")]),
        (("合成氨 在产 40 吨/年", "合成氨 在产 40 亿颗/年"), "丙烯腈", [("capacity", "合成氨")]),
    ],
)
def test_a_missing_figure_is_named_and_is_no_zero(change, output, missing) -> None:
    found = balance(CITY.replace(*change))
    one = use(found, output)
    assert (one.planned, one.up_to, one.outlet.scale) == (None, None, None)
    assert [(m.datum, local_name(m.product)) for m in one.missing] == missing
    # The others are calculated without it.
    assert planned(found)["聚丙烯"] == 200
    assert found.blocking == ((one.missing[0], 1),)


def test_what_is_bought_may_be_unknown_unless_it_has_to_be_local() -> None:
    text = CITY.replace("羰基 合成气 必需 0.6", "羰基 合成气 必需 -")
    assert readable(use(balance(text, "output"), "丁醇").buys) == {"合成气": None}
    local = use(balance(text, local_only=True), "丁醇")
    assert (local.planned, [local_name(m.product) for m in local.missing]) == (None, ["合成气"])


def test_captive_use_is_not_given_away() -> None:
    used = CITY + "recipe 酮 异丙苯 丙烯 必需 2\nproduction 甲 酮 在产 50 吨/年 2024\n"
    assert float(balance(used).value) == pytest.approx(240 - 100)
    recorded = CITY + "supply 甲 甲 丙烯 货物 2024 150 吨/年\n"
    assert float(balance(recorded).value) == pytest.approx(50 + 25)
    untold = balance(CITY + "supply 甲 甲 丙烯 货物 2024 - -\n")
    assert untold.calculable == ()
    assert untold.value == 0


def test_a_use_without_need_on_record_closes_an_unknown_part() -> None:
    one = use(balance(CITY.replace("腈纶 在产 60 吨/年", "腈纶 在产 - -")), "丙烯腈")
    assert (one.outlet.closes, one.need, one.closed) == ("break", None, None)


def test_of_one_firm() -> None:
    found = balance(CITY).of(org("乙"))
    assert [local_name(s.stock.product) for s in found.stocks] == ["合成氨"]
    assert list(planned(found)) == ["丙烯腈"]
    assert balance(CITY).of(org("丙")).uses == ()


def test_inputs_that_one_kind_can_serve_share_it() -> None:
    kinds = "product 低密度 中间品 聚乙烯\nproduction 甲 聚乙烯 在产 10 吨/年 2024\nproduction 乙 低密度 在产 20 吨/年 2024\n"
    wide = balance(kinds + "recipe 袋 法 聚乙烯 必需 1")
    assert (use(wide, "袋").outlet.scale, planned(wide)) == (30, {"袋": 30})
    both = balance(kinds + "recipe 袋 法 聚乙烯 必需 1\nrecipe 袋 法 低密度 必需 1")
    assert (use(both, "袋").outlet.scale, planned(both)) == (15, {"袋": 15})
    assert set(names(use(both, "袋").outlet.limiting)) == {"聚乙烯", "低密度"}
    assert sum(stock.drawn for stock in both.stocks) == 30


def test_two_readings_of_the_same_ledgers_give_the_same_plan() -> None:
    assert balance(CITY) == balance("\n".join(reversed(CITY.splitlines())))


def test_the_made_up_city(yunxi: Store) -> None:
    found = find_balance(find_gaps(load(yunxi)))
    assert planned(found) == {"活性炭": 10_000, "竹纤维": None}
    assert float(found.value) == 20_000
    assert names(user.organization for user in found.uses[1].missing) == [
        "云溪竹业集团有限公司",
        "溪南纸品有限公司",
    ]
    assert find_balance(find_gaps(network_of("production 甲 浆 在产"))).uses == ()


coefficients = st.sampled_from(["-", "0.5", "1", "2"])


@st.composite
def cities(draw) -> str:
    """Up to four products on stock, up to four outputs with one or two routes, users of the stock, captive use."""
    stock = [f"料{k}" for k in range(draw(st.integers(1, 3)))]
    lines = []
    for name in stock:
        amount = draw(st.integers(0, 90))
        lines.append(f"production 厂{name} {name} 在产 {amount or '-'} {'吨/年' if amount else '-'} 2024")
        own = draw(st.integers(0, 30))
        if own > 20:
            lines.append(f"supply 厂{name} 厂{name} {name} 货物 2024 {own} 吨/年")
    for output in range(draw(st.integers(1, 4))):
        for route in range(draw(st.integers(1, 2))):
            parts = draw(
                st.lists(st.sampled_from([*stock, "外料", "品0", "品1"]), min_size=1, max_size=3, unique=True)
            )
            lines += [
                f"recipe 品{output} 法{route} {part} 必需 {draw(coefficients)}"
                for part in parts
                if part != f"品{output}"
            ]
    if draw(st.booleans()):
        lines.append(f"recipe 成品 法 {stock[0]} 必需 {draw(coefficients)}")
        lines.append(f"recipe 成品 法 品0 必需 {draw(coefficients)}")
        lines.append(f"production 用户 成品 在产 {draw(st.integers(1, 40))} 吨/年 2024")
    return "\n".join(lines)


@settings(max_examples=40, deadline=None)
@given(cities(), st.sampled_from(OBJECTIVES), st.booleans())
def test_no_plan_takes_what_is_not_there(city: str, objective, local_only: bool) -> None:
    found = balance(city, objective, local_only=local_only)
    drawn: dict[str, Decimal] = {}
    for one in found.uses:
        assert (one.planned is None) == bool(one.missing)
        if one.planned is None:
            assert not one.takes
            continue
        assert one.planned >= 0
        assert one.outlet.scale is not None
        for feed in one.outlet.feeds:
            if feed.origin == "local":
                assert feed.coefficient is not None
                amount = feed.coefficient * one.planned
                drawn[feed.product] = drawn.get(feed.product, Decimal(0)) + amount
    for stock in found.stocks:
        taken = drawn.get(stock.stock.product, Decimal(0))
        if stock.free is None:
            assert taken == 0
            continue
        # Capacity less every use, the maker's own included, bounds what the plan takes.
        assert stock.stock.capacity is not None
        assert stock.stock.need is not None
        assert taken == stock.drawn <= stock.free
        assert stock.free <= max(stock.stock.capacity - stock.stock.need, Decimal(0))
        own = [f.quantity for f in stock.stock.deliveries if f.supplier == f.buyer and f.quantity]
        assert taken + sum(own, Decimal(0)) <= stock.stock.capacity or not taken
    if local_only:
        made: dict[str, float] = {}
        for one in found.calculable:
            output = one.outlet.output
            made[output] = made.get(output, 0.0) + float(one.planned or 0)
        for product in {p for one in found.calculable for p in one.buys}:
            bought = sum(float(one.buys.get(product) or 0) for one in found.calculable)
            assert bought <= made.get(product, 0.0) * (1 + 1e-5) + 1e-5


@settings(max_examples=25, deadline=None)
@given(cities(), st.sampled_from(OBJECTIVES), st.integers(1, 60))
def test_another_plant_of_a_surplus_never_lowers_what_is_reached(city: str, objective, more: int) -> None:
    before = balance(city, objective)
    known = {local_name(s.stock.product) for s in before.stocks if s.free is not None}
    for name in sorted(known)[:1]:
        after = balance(f"{city}\nproduction 新厂 {name} 在产 {more} 吨/年 2024", objective)
        assert float(after.value) >= float(before.value) * (1 - 1e-5) - 1e-5
