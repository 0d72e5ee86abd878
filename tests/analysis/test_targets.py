"""Targets for the made-up city's gaps, from the made-up data set: worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from kg.analysis.gaps import find_gaps
from kg.analysis.targets import GapTargets, Targets, Tie, find_targets, find_ties
from kg.datasets import Dataset, import_dataset, open_dataset
from kg.network import load
from kg.settings import shipped_city
from kg.store import Store, open_store
from tests.small_city import names, network_of, org, product

TESTS = Path(__file__).resolve().parent.parent
REAL = TESTS.parent.parent / "shared" / "chainkg"
MILL = "云溪竹业集团有限公司"


@pytest.fixture(scope="module")
def national(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dataset]:
    folder = tmp_path_factory.mktemp("sets")
    import_dataset(TESTS / "datasets" / "national", folder / "national.sqlite")
    with open_dataset(folder) as dataset:
        yield dataset


@pytest.fixture
def found(yunxi: Store, national: Dataset) -> Targets:
    return find_targets(find_gaps(load(yunxi)), national)


def of(targets: Targets, name: str) -> GapTargets:
    return next(gap for gap in targets.found if gap.product == product(name))


def told(gap: GapTargets) -> list[tuple[object, ...]]:
    return [
        (t.firm.code, t.made, t.match, t.share, *names([t.organization] if t.organization else []))
        for t in gap.targets
    ]


def test_targets_stand_by_match_and_then_by_share(found: Targets) -> None:
    # The mill itself is in the data set; the ledgers place it in the city, so it is no target.
    assert told(of(found, "烧碱")) == [
        ("600001SH", "烧碱", "exact", Decimal("0.4")),
        ("600004SH", "烧碱", "exact", None, "江北碱厂"),
        ("600002SH", "氢氧化钠", "alias", Decimal("0.3")),
        ("600005SH", "片状烧碱", "listed", Decimal("0.6")),
    ]
    assert [made.firm.code for made in of(found, "烧碱").local] == ["600003SH"]
    assert told(of(found, "竹纤维")) == [
        ("600001SH", "竹纤维", "exact", Decimal("0.1")),
        ("600002SH", "竹纤维布料", "similar", Decimal("0.2")),
        ("600005SH", "竹纤维衣料", "similar", Decimal(0)),
    ]


def test_a_firm_that_fills_several_gaps_says_so(found: Targets) -> None:
    first = of(found, "烧碱").targets[0]
    assert first.also == (product("竹纤维"),)
    assert of(found, "竹纤维").targets[0].also == (product("烧碱"),)
    assert of(found, "烧碱").targets[1].also == ()


def test_gaps_are_those_missing_and_the_breaks(found: Targets) -> None:
    assert [(gap.finding.kind, *names([gap.product])) for gap in found.found if gap.finding] == [
        ("break", "竹纤维"),
        ("missing", "烧碱"),
    ]
    assert (found.matched, found.suggested_only, found.size) == (2, 0, (5, 8, 9))


def test_ties_to_the_anchor(found: Targets) -> None:
    assert of(found, "烧碱").ties == (Tie(org(MILL), "needs", (product("烧碱"), product("竹浆"))),)
    assert of(found, "竹纤维").ties == (Tie(org(MILL), "feeds", (product("竹浆"), product("竹纤维"))),)


def test_any_product_can_be_asked_about(yunxi: Store, national: Dataset) -> None:
    gaps = find_gaps(load(yunxi))
    [gap] = find_targets(gaps, national, [product("竹浆")]).found
    assert gap.finding is None
    assert told(gap) == [("600005SH", "竹浆", "exact", Decimal("0.1"))]
    [gap] = find_targets(gaps, national, [product("锂电池")]).found
    assert gap.targets == ()


def test_without_suggestions_only_equal_names_count(yunxi: Store, national: Dataset) -> None:
    found = find_targets(find_gaps(load(yunxi)), national, similar=0)
    assert [target.match for gap in found.found for target in gap.targets] == [
        "exact",
        "exact",
        "exact",
        "alias",
        "listed",
    ]


def test_a_firm_of_the_city_that_has_closed_is_no_target_from_outside(national: Dataset) -> None:
    text = "organization 江北化工股份有限公司 本地 1990 2020\nrecipe 纸 法 烧碱 必需\nproduction 甲 纸 在产"
    found = of(find_targets(find_gaps(network_of(text)), national), "烧碱")
    assert "600001SH" not in {target.firm.code for target in found.targets}
    assert [made.firm.code for made in found.local] == ["600001SH"]


def test_a_kind_of_the_product_in_the_ledgers_is_a_match(national: Dataset) -> None:
    city = """
    product 片状烧碱 中间品 烧碱
    production 甲 品 在产
    recipe 品 法 烧碱 必需
    """
    found = find_targets(find_gaps(network_of(city)), national)
    [kind] = [t for t in of(found, "烧碱").targets if t.made == "片状烧碱"]
    assert (kind.match, kind.matched) == ("narrower", product("片状烧碱"))


def test_another_product_of_the_ledgers_is_no_look_alike(national: Dataset) -> None:
    city = "product 竹纤维布料 中间品\nproduct 竹纤维衣料 中间品\nproduction 甲 品 在产\nrecipe 品 法 竹纤维 必需"
    found = find_targets(find_gaps(network_of(city)), national)
    assert [t.match for t in of(found, "竹纤维").targets] == ["exact"]


def test_needs_are_followed_to_the_anchor_by_the_shortest_way() -> None:
    city = """
    chain 链
    anchor 甲 链 2020
    anchor 乙 链 2020
    production 丙 中料 在产
    production 甲 终品 在产
    production 甲 甲品 在产
    production 乙 原料 在产
    recipe 中料 法 缺料 必需
    recipe 终品 法 中料 必需
    recipe 甲品 法 终品 必需
    recipe 缺料 法 原料 必需
    recipe 缺料 法 助剂 辅助
    recipe 终品 回 终品 必需
    """
    gaps = find_gaps(network_of(city))
    way = (product("缺料"), product("中料"), product("终品"))
    assert find_ties(gaps, product("缺料")) == (
        Tie(org("甲"), "needs", way),
        Tie(org("乙"), "feeds", (product("原料"), product("缺料"))),
    )
    assert find_ties(gaps, product("没有")) == ()


@pytest.mark.skipif(not REAL.is_dir(), reason="the real data set is not here")
def test_the_trial_on_the_shipped_city(city: Path, tmp_path: Path) -> None:
    import_dataset(REAL, tmp_path / "real.sqlite")
    with open_store(city) as store, open_dataset(tmp_path) as dataset:
        found = find_targets(find_gaps(load(store)), dataset)
    assert shipped_city().is_dir()
    assert len(found.found) >= 30
    # Most of what the city lacks is no product that a listed firm names; the report says so.
    assert 5 <= found.matched < len(found.found)
    oxide = of(found, "环氧丙烷")
    assert oxide.targets[0].match == "exact"
    assert len(oxide.matched) >= 3
    shares = [t.share for t in oxide.matched if t.match == "exact" and t.share is not None]
    assert shares == sorted(shares, reverse=True)
