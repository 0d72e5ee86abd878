"""The graph of a store against the shapes: what is found, and where it is said to be."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from kg.checks import check
from kg.checks.conformance import SHAPE_FILES, read_shapes
from kg.ledgers import build
from kg.names import GY, ID, RDF_TYPE, SCHEME
from kg.settings import data_path
from kg.store import memory_store, open_store
from kg.store.terms import Literal, NamedNode, Quad

if TYPE_CHECKING:
    from pathlib import Path

    from kg.store import Store

SOURCES = "来源编号,标题,证据等级\nlist-1,清单,E3\npress-1,报道,E5\n"
ORGANIZATIONS = "单位名称,类型,本地外地,来源\n甲厂,企业,本地,list-1\n乙厂,企业,外地,list-1;press-1\n"
PRODUCTS = "产品,类别,来源\n丙料,原料,list-1\n"
SUPPLY = "供应方,采购方,产品,供应类型,来源\n甲厂,乙厂,丙料,货物,press-1\n"


def city(**changed: str) -> Store:
    tables = {
        "sources": SOURCES,
        "organizations": ORGANIZATIONS,
        "products": PRODUCTS,
        "supply": SUPPLY,
    } | changed
    files = {f"{name}.csv": text.encode() for name, text in tables.items()}
    graph = build(files)
    assert graph.errors == ()
    store = memory_store(())
    store.rebuild(graph.quads, files)
    return store


def with_facts(store: Store, *facts: tuple[str, str, NamedNode | Literal]) -> Store:
    graph = NamedNode("urn:test")
    extra = [Quad(NamedNode(s), NamedNode(p), o, graph) for s, p, o in facts]
    store.rebuild([*store.quads(), *extra], store.files())
    return store


def test_a_good_city_conforms() -> None:
    assert check(city()) == ()


def test_an_empty_store_conforms() -> None:
    assert check(memory_store(())) == ()


def test_a_fault_is_traced_to_its_row() -> None:
    store = city(ownership="出资方,被投资方,持股比例(%),来源\n甲厂,乙厂,40,list-1\n乙厂,甲厂,140,list-1\n")
    (found,) = check(store)
    assert (found.severity, found.code) == ("error", "shape")
    assert (found.file, found.row, found.column, found.value) == ("ownership.csv", 3, "持股比例", "140")
    assert found.message("zh") == "持股关系：“持股比例”至多一个，且须是 0 到 100 之间的十进制数。"
    assert found.message("en").startswith("Ownership: at most one “share held”")


def test_a_fault_in_a_part_of_a_row_is_traced_to_that_row() -> None:
    store = city(
        products="产品,类别,来源\n丙料,原料,list-1\n丁料,原料,list-1\n戊品,终端品,list-1\n",
        recipes="产出产品,工艺路线,投入产品,投入性质,单耗,来源\n戊品,合成,丙料,必需,2,list-1\n戊品,合成,丁料,必需,-4,list-1\n",
    )
    (finding,) = check(store)
    assert (finding.file, finding.row, finding.value) == ("recipes.csv", 3, "-4")


def test_a_rule_between_fields_speaks_both_languages() -> None:
    store = city(grades="单位名称,资质,认定时间,有效期至,来源\n甲厂,高新技术企业,2024-05,2021,list-1\n")
    (found,) = check(store)
    assert (found.file, found.row, found.value) == ("grades.csv", 2, "2021")
    assert found.message("zh") == "事实的终止时间不得早于起始时间。"
    assert found.message("en") == "A fact does not end before it begins."


def test_the_value_is_filled_into_the_message() -> None:
    chains = "产业链,来源\n丁链,list-1\n"
    stages = "产业链,序号,环节,位置,来源\n丁链,1,一,上游,list-1\n丁链,2,二,中游,list-1\n"
    store = city(chains=chains, stages=stages)
    order, two = GY + "stageOrder", "2"
    kept = [q for q in store.quads() if (q.predicate.value, getattr(q.object, "value", "")) != (order, two)]
    store.rebuild(kept, store.files())
    one = Literal("1", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#integer"))
    (found,) = check(with_facts(store, (ID + "stage/丁链/二", order, one)))
    assert (found.file, found.row) == ("chains.csv", 2)
    assert found.message("zh").endswith("环节序号不得重复：1。")


def test_a_reference_to_nothing_is_traced_to_each_row_that_makes_it() -> None:
    store = city(supply=SUPPLY + "乙厂,甲厂,丙料,能源,press-1\n")
    gone = NamedNode(ID + "organization/甲厂")
    store.rebuild([quad for quad in store.quads() if quad.subject != gone], store.files())
    found = check(store)
    assert [(f.file, f.row, f.column, f.value) for f in found] == [
        ("supply.csv", 2, "供应方", "organization/甲厂"),
        ("supply.csv", 3, "采购方", "organization/甲厂"),
    ]
    assert found[0].message("en") == "What stands as “supplier” must be an organization in the ledgers."


def test_what_no_ledger_said_is_named_by_itself() -> None:
    fact = ID + "production/无名"
    store = with_facts(city(), (fact, RDF_TYPE, NamedNode(GY + "Production")))
    found = check(store)
    assert {f.file for f in found} == {"production/无名"}
    assert {f.row for f in found} == {0}
    assert [f.column for f in found] == ["所涉产品", "生产单位", "生产状态"]


def test_one_statement_of_two_sources_counts_once() -> None:
    store = city()
    locality = (ID + "organization/乙厂", GY + "locality", NamedNode(SCHEME + "locality/outside"))
    assert len({q.graph_name for q in store.quads() if q.subject.value == locality[0]}) == 2
    assert check(with_facts(store, locality)) == ()


def test_two_values_of_what_has_one_are_found() -> None:
    store = with_facts(
        city(), (ID + "organization/乙厂", GY + "locality", NamedNode(SCHEME + "locality/local"))
    )
    (found,) = check(store)
    assert (found.file, found.row, found.column) == ("organizations.csv", 3, "本地外地")


def test_an_untyped_date_is_found() -> None:
    store = with_facts(city(), (ID + "organization/乙厂", GY + "activeFrom", Literal("1998")))
    (found,) = check(store)
    assert (found.value, found.message("zh")) == ("1998", "日期须是年、月或日。")


def test_findings_come_in_the_order_of_the_ledgers() -> None:
    rows = "".join(f"甲厂,丙料,在产,1,吨/年,20{n:02},list-1\n" for n in range(10, 30))
    store = city(production="单位名称,产品,状态,产能,单位,时点,来源\n" + rows)
    unit = NamedNode(GY + "unit")
    store.rebuild([quad for quad in store.quads() if quad.predicate != unit], store.files())
    found = check(store)
    assert [f.row for f in found] == list(range(2, 22))
    assert found == check(store)


def test_checking_changes_nothing() -> None:
    store = city()
    before = sorted(map(str, store.quads()))
    check(store)
    assert sorted(map(str, store.quads())) == before


def test_every_shape_file_but_the_ontologys_own_is_read() -> None:
    shipped = {path.stem for path in (data_path("ontology") / "shapes").glob("*.ttl")}
    assert shipped - set(SHAPE_FILES) == {"annotations"}
    assert len(read_shapes()) > 1000


def test_the_shipped_city_conforms_and_is_checked_in_time(city: Path) -> None:
    with open_store(city) as store:
        start = time.perf_counter()
        found = check(store)
        elapsed = time.perf_counter() - start
    assert found == ()
    assert elapsed < 6


@pytest.mark.slow
def test_ten_thousand_firms_are_checked_in_linear_time() -> None:
    def facts(firms: int) -> list[Quad]:
        graph = NamedNode("urn:test")
        product, word = NamedNode("urn:p"), NamedNode(SCHEME + "product-kind/raw")
        name = NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")
        kind = NamedNode(RDF_TYPE)

        def gy(local: str) -> NamedNode:
            return NamedNode(GY + local)

        said = [
            (product, kind, gy("Product")),
            (product, gy("productKind"), word),
            (product, name, Literal("料", language="zh")),
        ]
        for number in range(firms):
            firm, fact = NamedNode(f"urn:o{number}"), NamedNode(f"urn:f{number}")
            said += [
                (firm, kind, gy("Enterprise")),
                (firm, name, Literal(f"厂{number}", language="zh")),
                (firm, gy("locality"), NamedNode(SCHEME + "locality/local")),
                (fact, kind, gy("Production")),
                (fact, gy("producer"), firm),
                (fact, gy("product"), product),
                (fact, gy("status"), NamedNode(SCHEME + "production-status/planned")),
            ]
        return [Quad(*triple, graph) for triple in said]

    def seconds(firms: int) -> float:
        store = memory_store(facts(firms))
        start = time.perf_counter()
        assert check(store) == ()
        return time.perf_counter() - start

    small, large = seconds(1_000), seconds(10_000)
    assert large < 10
    assert large < 20 * max(small, 0.1)


def test_what_is_derived_is_judged_by_what_it_is_derived_from() -> None:
    store = city(supply=SUPPLY)
    derived = NamedNode(GY + "suppliesTo")
    assert [quad for quad in store.quads() if quad.predicate == derived]
    gone = NamedNode(ID + "organization/乙厂")
    store.rebuild([quad for quad in store.quads() if quad.subject != gone], store.files())
    assert {found.file for found in check(store)} == {"supply.csv"}
