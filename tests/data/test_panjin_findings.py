"""What is known of the shipped city must come out of its ledgers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.analysis.balance.stocks import find_stocks
from kg.analysis.gaps import Finding, Gaps, find_gaps
from kg.names import SKOS
from kg.network import load
from kg.store import Store, open_store
from tests.small_city import names, org, product

DATA = Path(__file__).resolve().parents[2] / "data"
PERSONS = ["刘志成", "李丽", "黄祖熹", "陈军", "张建国"]


@pytest.fixture(scope="module")
def store(city: Path) -> Iterator[Store]:
    with open_store(city) as opened:
        yield opened


@pytest.fixture(scope="module")
def gaps(store: Store) -> Gaps:
    return find_gaps(load(store))


def missing(gaps: Gaps, name: str) -> Finding:
    found = [f for f in gaps.findings if f.product == product(name) and f.kind in ("missing", "break")]
    assert len(found) == 1, f"{name}: {[f.kind for f in found]}"
    return found[0]


def organization(store: Store, name: str) -> list[str]:
    """The organizations of a name or alias."""
    rows = store.select(
        f"SELECT DISTINCT ?o WHERE {{ ?o <{SKOS}prefLabel>|<{SKOS}altLabel> ?n . FILTER (STR(?n) = '{name}')"
        " FILTER (CONTAINS(STR(?o), '/organization/')) }"
    ).rows
    return [row[0].value for row in rows]  # type: ignore[union-attr]


def test_acrylonitrile_breaks_the_abs_chain(gaps: Gaps) -> None:
    finding = missing(gaps, "丙烯腈")
    assert "ABS树脂" in names(need.output for need in finding.needs)
    assert gaps.presence.made(product("苯乙烯"))
    assert gaps.presence.made(product("丁二烯"))
    assert finding.sources


@pytest.mark.parametrize("name", ["双酚A", "环氧氯丙烷"])
def test_epoxy_resin_lacks_both_its_inputs(gaps: Gaps, name: str) -> None:
    assert "环氧树脂" in names(need.output for need in missing(gaps, name).needs)


def test_the_motor_maker_lacks_parts_of_its_motor(gaps: Gaps, store: Store) -> None:
    (maker,) = organization(store, "中蓝电子")
    motor = product("音圈马达")
    assert maker in {m.organization for m in gaps.presence.makers_of(motor)}
    lacking = {
        names([f.product])[0]
        for f in gaps.of_anchor(maker)
        if f.kind in ("missing", "break") and motor in {need.output for need in f.needs}
    }
    assert lacking
    parts = {part.product for route in gaps.network.routes[motor] for part in route.inputs}
    assert lacking <= set(names(parts))


def test_unnamed_suppliers_are_no_organizations(store: Store) -> None:
    rows = store.select(
        f"SELECT DISTINCT ?n WHERE {{ ?o a ?c ; <{SKOS}prefLabel>|<{SKOS}altLabel> ?n . FILTER (CONTAINS(STR(?o), '/organization/')) }}"
    )
    named = [row[0].value for row in rows.rows]  # type: ignore[union-attr]
    assert len(named) > 200
    assert [name for name in named if re.search("未具名|23家|供应商（|签约企业|若干|多家", name)] == []


def test_three_firms_of_one_family_stay_three(store: Store) -> None:
    found = [organization(store, name) for name in ("华锦集团", "华锦股份", "华锦阿美")]
    assert [len(own) for own in found] == [1, 1, 1]
    assert len({own[0] for own in found}) == 3


def test_no_natural_person_is_named_anywhere() -> None:
    said = [
        (path.name, person)
        for path in sorted(DATA.rglob("*"))
        if path.is_file()
        for text in [path.read_text(encoding="utf-8")]
        for person in PERSONS
        if person in text
    ]
    assert said == []


def test_no_output_is_missing_while_it_is_made(gaps: Gaps) -> None:
    assert [
        names([f.product])
        for f in gaps.findings
        if f.kind in ("missing", "break") and gaps.presence.made(f.product)
    ] == []


def test_every_finding_leads_to_sources_that_exist(gaps: Gaps) -> None:
    for finding in gaps.findings:
        assert finding.sources
        assert set(finding.sources) <= set(gaps.network.sources)
        assert finding.evidence in {"e1", "e2", "e3", "e4", "e5", "e6"}


def test_what_a_sum_covers_is_not_to_spare_beside_it(gaps: Gaps) -> None:
    # Benzene is part of the benzene, toluene and xylenes that one source sums up, and the maker uses it itself.
    total, *parts = (product(name) for name in ("三苯", "苯", "甲苯", "二甲苯"))
    assert set(parts) <= set(gaps.presence.narrower_of(total))
    assert set(gaps.presence.narrower_of(total)) < set(gaps.presence.narrower_of(product("芳烃")))
    stocks = find_stocks(gaps)
    assert stocks.by_product[total].users == stocks.by_product[parts[0]].users != ()
    assert stocks.free[total] is None


def test_the_parts_of_a_firms_sum_are_kinds_of_it(gaps: Gaps) -> None:
    total = product("精细化学品")
    (firm,) = {maker.organization for maker in gaps.presence.pipeline[total]}
    (project,) = (p for p in gaps.network.projects.values() if firm in p.owners)
    assert set(project.products) <= set(gaps.presence.narrower_of(total))


def test_captive_links_are_no_sales(gaps: Gaps) -> None:
    own = [fact for fact in gaps.network.supply if fact.supplier == fact.buyer]
    assert own
    assert org(names([own[0].supplier])[0]) == own[0].supplier
