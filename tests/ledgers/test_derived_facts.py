"""The derived shortcut: which recorded supplies make it, where it stands, and that it is derived once.

The oracle is the rule as a query over the recorded facts, worked out by the engine.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.ledgers import build, collect, import_ledgers
from kg.names import DERIVED_GRAPH, GY, SCHEME
from kg.store import memory_store, open_store
from kg.store.terms import NamedNode, Quad
from tests.small_city import org, small_city

KINDS = ("货物", "能源", "技术许可", "工程承包", "中试服务", "代理销售", "场地", "设备")
RULE = f"""
CONSTRUCT {{ ?supplier <{GY}suppliesTo> ?buyer }} WHERE {{
  ?relation a <{GY}SupplyRelation> ; <{GY}supplier> ?supplier ; <{GY}buyer> ?buyer ; <{GY}supplyKind> ?kind
  FILTER (?supplier != ?buyer && ?kind IN (<{SCHEME}supply-kind/goods>, <{SCHEME}supply-kind/energy>))
}}"""


def derived_and_recorded(files: dict[str, bytes]) -> tuple[set[Quad], list[Quad]]:
    graph = build(files)
    assert not graph.errors
    derived = {quad for quad in graph.quads if quad.graph_name == NamedNode(DERIVED_GRAPH)}
    return derived, [quad for quad in graph.quads if quad not in derived]


def by_the_rule(recorded: list[Quad]) -> set[Quad]:
    graph = NamedNode(DERIVED_GRAPH)
    return {Quad(t.subject, t.predicate, t.object, graph) for t in memory_store(recorded).construct(RULE)}


def pairs(quads: set[Quad]) -> list[tuple[str, str]]:
    return sorted((str(quad.subject)[1:-1], str(quad.object)[1:-1]) for quad in quads)


@pytest.mark.parametrize("kind", KINDS)
def test_only_goods_and_energy_flow(kind: str) -> None:
    derived, recorded = derived_and_recorded(dict(small_city(f"supply 甲 乙 料 {kind}")))
    assert pairs(derived) == ([(org("甲"), org("乙"))] if kind in KINDS[:2] else [])
    assert derived == by_the_rule(recorded)


def test_what_a_firm_makes_for_itself_is_no_flow() -> None:
    derived, _ = derived_and_recorded(dict(small_city("supply 甲 甲 料 货物")))
    assert derived == set()


def test_several_supplies_of_one_pair_and_several_sources_make_one_shortcut() -> None:
    lines = """
        source t 2024 E3
        supply 甲 乙 料 货物 - @s;t
        supply 甲 乙 汽 能源
        supply 甲 乙 图 技术许可
        supply 乙 甲 渣 货物
        """
    derived, recorded = derived_and_recorded(dict(small_city(lines)))
    assert pairs(derived) == sorted([(org("甲"), org("乙")), (org("乙"), org("甲"))])
    assert derived == by_the_rule(recorded)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("甲乙丙丁"), st.sampled_from("甲乙丙丁"), st.sampled_from(KINDS)),
        max_size=12,
    )
)
def test_rows_derive_what_the_rule_derives_from_the_whole(
    supplies: list[tuple[str, str, str]],
) -> None:
    lines = dict.fromkeys(f"supply {s} {b} 料 {k}" for s, b, k in supplies)
    derived, recorded = derived_and_recorded(dict(small_city("\n".join(lines))))
    assert derived == by_the_rule(recorded)


def test_a_real_city_derives_what_the_rule_derives(yunxi_files: dict[str, bytes]) -> None:
    panjin = collect([Path(__file__).resolve().parents[2] / "data" / "ledgers" / "panjin"])
    for files in (panjin, yunxi_files):
        derived, recorded = derived_and_recorded(dict(files))
        assert derived == by_the_rule(recorded) != set()


def test_ledgers_are_imported_with_what_follows_from_them(tmp_path: Path) -> None:
    for name, content in small_city(
        "supply 甲 乙 料 货物\nsupply 乙 丙 汽 能源\nsupply 丙 甲 图 技术许可"
    ).items():
        (tmp_path / name).write_bytes(content)
    import_ledgers(tmp_path / "store", [tmp_path])
    with open_store(tmp_path / "store") as store:
        rows = store.select(f"SELECT ?s ?o ?g WHERE {{ GRAPH ?g {{ ?s <{GY}suppliesTo> ?o }} }}").texts()
    assert sorted(rows) == sorted(
        [(org("乙"), org("丙"), DERIVED_GRAPH), (org("甲"), org("乙"), DERIVED_GRAPH)]
    )
