"""Territories: what counts as local, and where the ledgers do not tell."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kg.ledgers import build, collect
from kg.names import ID
from kg.network import Network, load
from kg.network.territory import CITY, Territory, territory
from kg.store import Store, memory_store
from tests.small_city import network_of, org

YUNXI = Path(__file__).resolve().parent.parent / "cities" / "yunxi"


@pytest.fixture(scope="module")
def store() -> Store:
    """The made-up city, in a province."""
    files = collect([YUNXI])
    files["places.csv"] = files["places.csv"].replace(
        "云溪市,云溪,,,yx-1".encode(), "云溪市,云溪,,南省,yx-1\n南省,,,,yx-1".encode()
    )
    return memory_store(build(files).quads)


@pytest.fixture(scope="module")
def network(store: Store) -> Network:
    return load(store)


def place(name: str) -> str:
    return f"{ID}place/{name}"


def test_a_county_holds_its_parks_and_a_park_lies_in_its_county(store: Store) -> None:
    park = f"{ID}park/云溪竹产业园"
    assert territory(store, place("溪南县")) == Territory(
        place("溪南县"), frozenset({place("溪南县"), park}), frozenset({place("云溪市"), place("南省")})
    )
    assert territory(store, park).around == {place("溪南县"), place("云溪市"), place("南省")}


def test_the_city_is_what_the_ledgers_call_local(network: Network) -> None:
    held = {name: CITY.holds(network, org(name)) for name in ("溪南纸品有限公司", "江北碱厂", "没有记录")}
    assert held == {"溪南纸品有限公司": True, "江北碱厂": False, "没有记录": None}


def test_the_place_of_the_city_is_the_city() -> None:
    plain = memory_store(build(collect([YUNXI])).quads)
    assert territory(plain, place("云溪市")) == CITY


def test_a_province_holds_the_city_and_outsiders_may_be_in_it(store: Store, network: Network) -> None:
    province = territory(store, place("南省"))
    assert province.beyond
    assert province.holds(network, org("溪南纸品有限公司")) is True
    assert province.holds(network, org("江北碱厂")) is None


def test_a_firm_known_only_by_its_county_may_be_in_the_park(store: Store, network: Network) -> None:
    park = territory(store, f"{ID}park/云溪竹产业园")
    firm = org("溪南纸品有限公司")

    def at(*places: str) -> bool | None:
        moved = replace(network.organizations[firm], places=tuple(map(place, places)))
        return park.holds(replace(network, organizations={**network.organizations, firm: moved}), firm)

    assert at() is None
    assert at("溪南县") is None
    assert at("云溪市", "溪南县") is None
    assert at("别的县") is False


def test_a_project_without_an_owner_is_in_the_city() -> None:
    network = network_of("project 项目 - 料\nevent 项目 签约 2024")
    project = f"{ID}project/项目"
    assert CITY.holds(network, project) is True
    assert Territory(place("县"), frozenset({place("县")})).holds(network, project) is None
