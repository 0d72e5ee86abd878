"""From the store to the network: what was known at a date, from which sources."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.ledgers import build, collect
from kg.names import SOURCE
from kg.network import known_at, load, newest_date
from kg.store import memory_store, open_store
from tests.small_city import names, network_of, org, product, small_city, store_of

YUNXI = Path(__file__).resolve().parent.parent / "cities" / "yunxi"
OXIGRAPH = Path(sys.executable).with_name("oxigraph")

TWO_SOURCES = """
    source t 2024-03 E2
    source u 2020 E5
    production 甲 浆 在产 10 万吨/年 2024 @s;t
    production 甲 浆 在产 8 万吨/年 2024 @u
    production 乙 纸 在产 - - - @t;u
    production 丙 纸 在建 - - 2026
"""


@pytest.mark.parametrize(
    ("date", "as_of", "known"),
    [
        ("2024", "2024-06", True),
        ("2024-06-30", "2024", True),
        ("2024-06-30", "2024-06", True),
        ("2024-07", "2024-06-30", False),
        ("2025", "2024-12-31", False),
        ("2024-06-30", "2024-06-30", True),
        ("2024-06-30", "2024-06-29", False),
        ("", "2000", True),
        ("2024", "", True),
    ],
)
def test_known_at(date: str, as_of: str, known: bool) -> None:
    assert known_at(date, as_of) is known


@given(st.dates(), st.dates(), st.sampled_from([4, 7, 10]), st.sampled_from([4, 7, 10]))
def test_what_is_known_stays_known(date, as_of, width, other) -> None:
    later = max(date, as_of)
    if known_at(date.isoformat()[:width], as_of.isoformat()[:other]):
        assert known_at(date.isoformat()[:width], later.isoformat()[:other])


def test_the_newest_date_is_of_a_publication_never_of_a_fact() -> None:
    store = store_of(small_city(TWO_SOURCES))
    assert newest_date(store) == "2025-01-01"
    assert load(store).as_of == "2025-01-01"
    assert load(store, "2019").as_of == "2019"


@pytest.mark.parametrize(
    ("as_of", "made"),
    [
        ("2019", []),
        ("2020", ["乙"]),  # undated: known since the first of its sources was published
        ("2023-12-31", ["乙"]),
        ("2024", ["乙", "甲", "甲"]),
        ("2026-05", ["丙", "乙", "甲", "甲"]),
    ],
)
def test_production_known_at(as_of: str, made: list[str]) -> None:
    assert sorted(names(network_of(TWO_SOURCES, as_of).production)) == sorted(made)


def test_one_statement_of_two_sources_and_a_third_that_differs() -> None:
    network = network_of(TWO_SOURCES)
    first, second = sorted(
        (f for f in network.production if f.organization == org("甲")), key=lambda f: str(f.capacity)
    )
    assert (first.capacity, first.unit, first.provenance.sources) == (Decimal(10), "10kt-a", ("s", "t"))
    assert (first.provenance.evidence, first.provenance.date, first.provenance.dated) == ("e2", "2024", True)
    assert (second.capacity, second.provenance.sources, second.provenance.evidence) == (
        Decimal(8),
        ("u",),
        "e5",
    )
    (third,) = (f for f in network.production if f.organization == org("乙"))
    assert third.capacity is None
    assert (third.provenance.sources, third.provenance.date, third.provenance.dated) == (
        ("t", "u"),
        "2020",
        False,
    )


@pytest.mark.parametrize(
    ("evidence", "count"), [("e1", 0), ("e2", 2), ("e3", 2), ("e4", 2), ("e5", 3), ("e6", 3)]
)
def test_admitted_evidence(evidence: str, count: int) -> None:
    assert len(network_of(TWO_SOURCES, evidence=evidence).production) == count


def test_evidence_of_issues_counts_too() -> None:
    text = "source t 2024 E2\nissue 一 浆 甲 2024 未销号\nissue 二 浆 甲 2024 未销号 @t\nissue 三 纸 甲 2026 未销号"
    assert names(issue.iri for issue in network_of(text).issues) == ["一", "二"]
    assert names(issue.iri for issue in network_of(text, evidence="e3").issues) == ["二"]
    assert len(network_of(text, "2026").issues) == 3


def test_sources() -> None:
    network = network_of(TWO_SOURCES)
    assert list(network.sources) == ["r", "s", "t", "u"]
    source = network.sources["t"]
    assert (source.iri, source.issued, source.evidence, source.publisher) == (
        SOURCE + "t",
        "2024-03",
        "e2",
        "",
    )


def test_broader_products_kinds_routes_and_uses() -> None:
    network = network_of(
        """
        product 白浆 中间品 浆
        product 木 原料
        recipe 浆 化学 木 必需 2
        recipe 浆 化学 碱 辅助
        recipe 浆 机械 木 必需 1.5
        recipe 纸 抄造 浆 装置内
        """
    )
    assert network.broader == {product("白浆"): (product("浆"),)}
    assert network.product_kinds[product("木")] == "raw"
    routes = network.routes[product("浆")]
    assert [
        (route.name, [(names([p.product])[0], p.requirement, p.coefficient) for p in route.inputs])
        for route in routes
    ] == [
        ("化学", [("木", "required", Decimal(2)), ("碱", "auxiliary", None)]),
        ("机械", [("木", "required", Decimal("1.5"))]),
    ]
    assert routes[0].sources == ("r",)
    assert [route.name for route in network.uses[product("木")]] == ["化学", "机械"]
    assert names(route.output for route in network.uses[product("碱")]) == ["浆"]


def test_organizations_end() -> None:
    text = "organization 老厂 本地 1958 1999-06\norganization 外厂 外地\norganization 谜 不明\nproduction 老厂 纸 在产 - - 1980"
    for as_of, local in (
        ("1980", True),
        ("1999-05", True),
        ("1999-06", False),
        ("1999", False),
        ("2025", False),
    ):
        assert network_of(text, as_of).local(org("老厂")) is local
    network = network_of(text)
    assert not network.local(org("外厂"))
    assert not network.local(org("谜"))
    assert not network.local(org("没有"))


@pytest.mark.parametrize(
    ("as_of", "count"), [("2023", 0), ("2024", 1), ("2027-12-31", 1), ("2027", 1), ("2028", 0)]
)
def test_grades_run_out(as_of: str, count: int) -> None:
    text = "grade 甲 专精特新“小巨人”企业 2024 2027\norganization 甲 本地"
    assert len(network_of(text, as_of).grades) == count


def test_project_events_in_order() -> None:
    network = network_of(
        """
        project 一期 甲 浆;纸
        event 一期 开工 2024-05
        event 一期 签约 2023
        event 一期 投产 2026 预计
        event 一期 谋划 -
        """
    )
    (project,) = network.projects.values()
    assert names(project.owners + project.products) == ["甲", "浆", "纸"]
    assert [(e.stage, e.kind, e.provenance.date) for e in project.events] == [
        ("signed", "actual", "2023"),
        ("started", "actual", "2024-05"),
        ("conceived", "actual", "2025-01-01"),
    ]


def test_stages_in_order_with_their_products() -> None:
    network = network_of(
        """
        chain 链 2025-03
        stage 链 2 抄造 下游 纸;浆
        stage 链 10 印刷 下游 书
        stage 链 1 制浆 上游 浆
        """
    )
    ((chain, stages),) = network.stages.items()
    assert network.chain_versions[chain] == "2025-03"
    assert [(names([s.iri])[0], s.order, s.position, names(s.products)) for s in stages] == [
        ("制浆", 1, "upstream", ["浆"]),
        ("抄造", 2, "downstream", ["浆", "纸"]),
        ("印刷", 10, "downstream", ["书"]),
    ]


def test_names_fall_back_and_sites() -> None:
    network = load(memory_store(build(collect([YUNXI])).quads))
    thing = network.thing(org("云溪竹业集团有限公司"))
    assert (thing.zh, thing.en, thing.aliases) == (
        "云溪竹业集团有限公司",
        "云溪竹业集团有限公司",
        ("云溪竹业", "竹业集团"),
    )
    assert network.thing("urn:x").label("en") == "urn:x"
    own = network.organizations[org("云溪竹业集团有限公司")]
    assert (names(own.places), names(own.parks)) == (["溪南县"], ["云溪竹产业园"])
    # In a county by way of the park.
    assert names(network.organizations[org("云溪纸业有限公司")].places) == ["溪南县"]


def test_an_empty_store() -> None:
    with open_store(":memory:") as store:
        network = load(store)
    assert (network.as_of, network.production, dict(network.organizations)) == ("", (), {})


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = subprocess.Popen(
        [str(OXIGRAPH), "serve", "--bind", f"127.0.0.1:{port}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/query"
    finally:
        process.kill()
        process.wait()


def test_an_endpoint_gives_the_same_network(server: str) -> None:
    local = memory_store(build(collect([YUNXI])).quads)
    with open_store(server, writable=True) as endpoint:
        endpoint.rebuild(local.quads(), {})
        for as_of in (None, "2024-12"):
            assert load(endpoint, as_of) == load(local, as_of)


def test_the_order_of_quads_does_not_matter() -> None:
    quads = build(collect([YUNXI])).quads
    assert load(memory_store(quads)) == load(memory_store(reversed(quads)))
