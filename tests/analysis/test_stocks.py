"""What is left of each local product, by arithmetic done here, and which figure is missing where nobody can tell."""

from __future__ import annotations

import pytest

from kg.analysis.balance.stocks import Stocks, find_stocks
from kg.analysis.gaps import find_gaps
from kg.names import local_name
from tests.small_city import network_of, product


def stocks(text: str) -> Stocks:
    return find_stocks(find_gaps(network_of(text)))


def free(text: str) -> dict[str, int | None]:
    found = stocks(text).free
    return {local_name(p): None if amount is None else int(amount) for p, amount in found.items()}


def untold(text: str, name: str) -> list[tuple[str, ...]]:
    return [
        (m.datum, *(local_name(part) for part in (m.product, m.organization, m.output, m.route) if part))
        for m in stocks(text).missing(product(name))
    ]


MADE = "production 甲 浆 在产 10 吨/年 2024\n"


@pytest.mark.parametrize(
    ("facts", "left"),
    [
        ("", 10),
        # What a maker takes of its own product is not to spare.
        ("supply 甲 甲 浆 货物 2024 4 吨/年", 6),
        ("supply 甲 甲 浆 货物 2024 - -", None),
        ("supply 甲 甲 浆 技术许可 2024 4 吨/年", 10),
        # Nor is what it delivers here; elsewhere nobody local uses it.
        ("supply 甲 乙 浆 货物 2024 4 吨/年", 6),
        ("supply 甲 乙 浆 货物 2024 4 吨", None),
        ("organization 乙 外地\nsupply 甲 乙 浆 货物 2024 4 吨/年", 10),
        ("supply 甲 乙 浆 货物 2024 4 吨/年\nsupply 甲 丙 浆 货物 2024 3 吨/年", 3),
        # The newest statement about a supplier and a buyer counts.
        ("supply 甲 乙 浆 货物 2023 9 吨/年\nsupply 甲 乙 浆 货物 2024 4 吨/年", 6),
        # A user by recipe takes what it needs, or what is delivered to it if that is more.
        ("recipe 纸 法 浆 必需 2\nproduction 乙 纸 在产 3 吨/年 2024", 4),
        ("recipe 纸 法 浆 必需 2\nproduction 乙 纸 在产 3 吨/年 2024\nsupply 甲 乙 浆 货物 2024 - -", 4),
        ("recipe 纸 法 浆 必需 2\nproduction 乙 纸 在产 3 吨/年 2024\nsupply 甲 乙 浆 货物 2024 7 吨/年", 3),
        ("recipe 纸 法 浆 必需 2\nproduction 甲 纸 在产 3 吨/年 2024\nsupply 甲 甲 浆 货物 2024 - -", 4),
        ("recipe 纸 法 浆 必需 -\nproduction 乙 纸 在产 3 吨/年 2024", None),
        ("recipe 纸 法 浆 必需 2\nproduction 乙 纸 在产 30 吨/年 2024", 0),
        ("production 丙 浆 在产 5 吨/年 2024", 15),
        ("production 丙 浆 在产 - - 2024", None),
    ],
)
def test_use_comes_off_first(facts: str, left: int | None) -> None:
    assert free(MADE + facts)["浆"] == left


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        ("production 丙 浆 在产 - - 2024", [("capacity", "浆", "丙")]),
        ("supply 甲 甲 浆 货物 2024 - -", [("use", "浆", "甲")]),
        (
            "recipe 纸 法 浆 必需 -\nproduction 乙 纸 在产 - - 2024",
            [("coefficient", "浆", "纸", "法"), ("capacity", "纸", "乙")],
        ),
        # Two routes that take different amounts: which one is run is what is missing.
        (
            "recipe 纸 一法 浆 必需 1\nrecipe 纸 二法 浆 必需 2\nproduction 乙 纸 在产 3 吨/年 2024",
            [("use", "浆", "乙")],
        ),
    ],
)
def test_the_missing_figure_is_named(facts: str, missing: list[tuple[str, ...]]) -> None:
    assert free(MADE + facts)["浆"] is None
    assert untold(MADE + facts, "浆") == missing


KINDS = """
    product 聚乙烯 中间品
    product 低密度 中间品 聚乙烯
    product 高密度 中间品 聚乙烯
"""


def test_each_tonne_stands_at_the_narrowest_product_once() -> None:
    own = KINDS + "production 甲 聚乙烯 在产 80 吨/年 2024\nproduction 甲 低密度 在产 45 吨/年 2024\n"
    assert free(own) == {"聚乙烯": 35, "低密度": 45}
    # Another firm's kinds are no part of it; a kind without an amount leaves the whole where it stands.
    assert free(own + "production 乙 高密度 在产 5 吨/年 2024") == {"聚乙烯": 35, "低密度": 45, "高密度": 5}
    assert free(own + "production 甲 高密度 在产 - - 2024") == {"聚乙烯": 35, "低密度": 45, "高密度": None}
    # Kinds that add up to more than the whole leave nothing of it, and less than nothing is not there.
    assert free(own + "production 甲 高密度 在产 60 吨/年 2024") == {"聚乙烯": 0, "低密度": 45, "高密度": 60}


def test_what_is_used_of_a_kind_without_an_amount_comes_off_the_whole() -> None:
    text = """
        product 苯 中间品 三苯
        recipe 苯乙烯 脱氢 苯 必需 0.5
        production 甲 三苯 在产 33 吨/年 2024
        production 甲 苯 在产 - - 2024
    """
    assert free(text) == {"三苯": 33, "苯": None}
    used = text + "production 乙 苯乙烯 在产 20 吨/年 2024"
    assert (free(used)["三苯"], free(used)["苯"]) == (23, None)
    unknown = text + "production 乙 苯乙烯 在产 - - 2024"
    assert free(unknown)["三苯"] is None
    assert untold(unknown, "三苯") == [("capacity", "苯乙烯", "乙"), ("capacity", "苯", "甲")]
    # Another firm's kind is none of it.
    other = used.replace("甲 苯 在产 -", "丙 苯 在产 -")
    assert free(other)["三苯"] == 33


def test_who_needs_the_broader_product_draws_on_its_kinds() -> None:
    text = KINDS + "recipe 膜 吹膜 聚乙烯 必需 1\nproduction 乙 低密度 在产 45 吨/年 2024\n"
    assert free(text + "production 丙 膜 在产 5 吨/年 2024")["低密度"] == 40
    assert free(text + "production 丙 膜 在产 500 吨/年 2024")["低密度"] == 0
    own = text + "production 丁 聚乙烯 在产 3 吨/年 2024\nproduction 丙 膜 在产 5 吨/年 2024"
    assert free(own) == {"聚乙烯": 0, "低密度": 43, "膜": 5}
    unknown = text + "production 丙 膜 在产 - - 2024"
    assert free(unknown)["低密度"] is None
    assert untold(unknown, "聚乙烯") == [("capacity", "膜", "丙")]


def test_what_is_delivered_under_the_broader_name_comes_off_the_kind_that_is_made() -> None:
    text = "product 白浆 中间品 浆\nproduction 甲 白浆 在产 10 吨/年 2024\nsupply 甲 乙 浆 货物 2024 6 吨/年"
    assert free(text) == {"浆": 0, "白浆": 4}
    assert free(text.replace("6 吨/年", "- -"))["白浆"] is None


def test_processes_and_services_are_no_stock() -> None:
    assert free("product 浆 工艺能力\n" + MADE) == {}
    assert free("product 浆 服务\n" + MADE) == {}


def test_a_cycle_of_broader_products_ends() -> None:
    text = "product 一 中间品 二\nproduct 二 中间品 一\nproduction 甲 一 在产 8 吨/年 2024\n"
    assert free(text + "production 甲 二 在产 5 吨/年 2024") == {"一": 3, "二": 0}
