"""Latent matches: the pairs of the latent findings."""

from __future__ import annotations

from decimal import Decimal

from kg.analysis.gaps import find_gaps
from kg.analysis.gaps.latent import LatentMatch, find_latent
from kg.network import load
from kg.store import Store
from tests.small_city import names, network_of, org


def told(match: LatentMatch) -> tuple[object, ...]:
    outputs = names(need.output for need in match.needs)
    return (*names([match.product, match.seller, match.buyer]), outputs, match.demand)


def test_the_made_up_city_has_one(yunxi: Store) -> None:
    # 溪南纸品 does not say how much it makes, so how much pulp it needs is unknown.
    [match] = find_latent(find_gaps(load(yunxi)))
    assert told(match) == ("竹浆", "云溪竹业集团有限公司", "溪南纸品有限公司", ["生活用纸"], None)
    assert [maker.product for maker in match.made] == [match.product]


CITY = """
product 细料 中间品 料
production 甲 料 在产 5 万吨/年 2024
production 甲 细料 在产 1 万吨/年 2024
production 乙 料 在产 2 万吨/年 2024
production 丙 品 在产 3 万吨/年 2024
production 丁 品 在产 - - 2024
recipe 品 法 料 必需 0.5
"""


def test_each_seller_meets_each_buyer_once() -> None:
    gaps = find_gaps(network_of(CITY))
    assert [told(match) for match in find_latent(gaps)] == [
        ("料", "乙", "丁", ["品"], None),
        ("料", "甲", "丁", ["品"], None),
        ("料", "乙", "丙", ["品"], Decimal("15000.0")),
        ("料", "甲", "丙", ["品"], Decimal("15000.0")),
    ]
    of_two = [match for match in find_latent(gaps) if match.seller == org("甲")]
    assert [sorted(names(maker.product for maker in match.made)) for match in of_two] == [["料", "细料"]] * 2


def test_of_one_firm_as_seller_or_buyer() -> None:
    gaps = find_gaps(network_of(CITY))
    assert {(m.seller, m.buyer) for m in find_latent(gaps, org("丙"))} == {
        (org("甲"), org("丙")),
        (org("乙"), org("丙")),
    }
    assert len(find_latent(gaps, org("甲"))) == 2
    assert find_latent(gaps, org("谁也不是")) == ()


def test_a_recorded_delivery_ends_it() -> None:
    gaps = find_gaps(network_of(CITY + "supply 乙 丁 料 货物 2024\nsupply 乙 丙 料 货物 2024"))
    assert find_latent(gaps) == ()
