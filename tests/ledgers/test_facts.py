"""From rows to facts: what each cell may say, and where what it says stands."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from kg.ledgers import build
from kg.names import DCTERMS, DERIVED_GRAPH, GY, ID, RDF_TYPE, SCHEME, SKOS, SOURCE, XSD
from kg.store import Literal, NamedNode, Quad
from tests.small_city import org, product, small_city

BASE = small_city(
    """
    source t 2024-01 E3
    production 甲 浆 在产 10 万吨/年 2024 @s;t
    production 乙 纸 在产 - - - @t
    recipe 纸 抄造 浆 必需 1.1
    chain 甲链 2025
    chain 乙链 2025
    stage 甲链 1 制浆 上游 浆
    stage 乙链 1 制浆 上游 浆
    anchor 甲 甲链 2024
    own 甲 乙 60 2024
    """
)


def with_rows(**rows: str) -> dict[str, bytes]:
    """Add rows (or, with a header, a whole ledger) to the base."""
    files = dict(BASE)
    for ledger, text in rows.items():
        files[f"{ledger}.csv"] = BASE.get(f"{ledger}.csv", b"") + text.encode() + b"\n"
    return files


ORGANIZATIONS = "单位名称,别名,英文名,类型,本地外地,统一社会信用代码,起始时间,终止时间,来源\n"
FAULTS = [
    # ledger, added row, code, row, column, value, words of the message in zh and en
    ("production", "甲,浆,,5,,2023,s", "required", 4, "状态", "", ("必填", "required")),
    (
        "production",
        "甲,浆,在产,若干,,2023,s",
        "not-a-quantity",
        4,
        "产能",
        "若干",
        ("“若干”读不出数量", "as a quantity"),
    ),
    (
        "recipes",
        "纸,抄造,浆,必需,少许,s",
        "not-a-number",
        3,
        "单耗",
        "少许",
        ("“少许”不是数", "not a number"),
    ),
    ("production", "甲,浆,在产,5,吨公里,2023,s", "unknown-word", 4, "单位", "吨公里", ("可选", "allowed")),
    (
        "production",
        "甲,浆,投用,5,,2023,s",
        "unknown-word",
        4,
        "状态",
        "投用",
        ("在产、在建", "in production, under construction"),
    ),
    ("production", "甲,浆,在产,5,,今年,s", "not-a-date", 4, "时点", "今年", ("不是日期", "not a date")),
    (
        "production",
        "丁厂,浆,在产,5,,2023,s",
        "unknown-name-none",
        4,
        "单位名称",
        "丁厂",
        ("没有名为“丁厂”", "nothing is called"),
    ),
    ("production", "甲,浆,在产,5,,2023,s;zz-9", "unknown-name-none", 4, "来源", "zz-9", ("zz-9", "zz-9")),
    ("production", "甲,浆,在产,5,,2023,", "required", 4, "来源", "", ("必填", "required")),
    ("stages", "甲链,一,造纸,下游,纸,s", "not-an-integer", 4, "序号", "一", ("不是整数", "whole number")),
    ("stages", "丙链,1,造纸,下游,纸,s", "unknown-name", 4, "产业链", "丙链", ("甲链", "甲链")),
    ("sources", "来源一,2024,E3,标题", "not-an-id", 5, "来源编号", "来源一", ("编号", "cannot be an id")),
    ("sources", "u,2024,E7,标题", "unknown-word", 5, "证据等级", "E7", ("可选", "allowed")),
    ("organizations", "丙,哪里,,,企业,s", "unknown-word", 4, "本地外地", "哪里", ("本地", "allowed")),
    (
        "organizations",
        "丙,本地,,,商会,s",
        "unknown-word",
        4,
        "类型",
        "商会",
        ("企业、科研机构", "enterprise, research institute"),
    ),
    ("recipes", "纸,抄造,木浆,必需,1,s", "unknown-name", 3, "投入产品", "木浆", ("浆", "nearest")),
]


@pytest.mark.parametrize(
    ("ledger", "row", "code", "number", "column", "value", "said"),
    FAULTS,
    ids=[f"{f[0]}-{f[2]}-{f[5] or 'blank'}" for f in FAULTS],
)
def test_a_bad_cell_is_told_with_its_place(
    ledger: str, row: str, code: str, number: int, column: str, value: str, said: tuple[str, str]
) -> None:
    (finding,) = build(with_rows(**{ledger: row})).errors
    assert (finding.code, finding.file, finding.row, finding.column, finding.value) == (
        code,
        f"{ledger}.csv",
        number,
        column,
        value,
    )
    for lang, words in zip(("zh", "en"), said, strict=True):
        assert words in finding.message(lang)
    assert finding.place() == f"{ledger}.csv:{number} {column}"


@pytest.mark.parametrize(
    ("ledger", "text", "code", "column", "value"),
    [
        (
            "sources",
            "来源编号,标题,证据等级,网址\ns,标题,E4,www.example.org",
            "not-an-address",
            "网址",
            "www.example.org",
        ),
        (
            "indicators",
            "对象,对象类型,指标,期间,数值,单位,性质,来源\n甲,单位,产值,上半年,1,亿元,实际,s",
            "not-a-period",
            "期间",
            "上半年",
        ),
    ],
)
def test_bad_cells_of_other_datatypes(ledger: str, text: str, code: str, column: str, value: str) -> None:
    files = {name: BASE[name] for name in ("sources.csv", "organizations.csv")} | {
        f"{ledger}.csv": text.encode()
    }
    files = {name: b for name, b in files.items() if ledger != "sources" or name == "sources.csv"}
    (finding,) = build(files).errors
    assert (finding.code, finding.row, finding.column, finding.value) == (code, 2, column, value)
    assert finding.message("zh") != finding.message("en")


def test_every_fault_of_a_file_is_told_at_once_in_order() -> None:
    graph = build(with_rows(production="丁,浆,在产,x,,2023,s\n甲,浆,在产,5,,y,s"))
    assert [(f.row, f.column, f.code) for f in graph.errors] == [
        (4, "产能", "not-a-quantity"),
        (4, "单位名称", "unknown-name-none"),
        (5, "时点", "not-a-date"),
    ]


def test_the_column_is_named_as_the_file_names_it() -> None:
    files = dict(BASE)
    files["production.csv"] = (
        files["production.csv"].replace("单位名称".encode(), b"enterprise") + "丁,浆,在产,,,,s\n".encode()
    )
    (finding,) = build(files).errors
    assert finding.column == "enterprise"


@pytest.mark.parametrize(
    ("row", "taken", "column"),
    [
        ("丙,甲,,企业,本地,,,,s", "甲", "别名"),
        ("丙,,Jia Works,企业,本地,,,,s", "Jia Works", "英文名"),
        ("甲 集团,,,企业,本地,,,,s", "甲 集团", "单位名称"),
    ],
)
def test_a_name_can_mean_only_one_thing(row: str, taken: str, column: str) -> None:
    files = {"sources.csv": BASE["sources.csv"]}
    files["organizations.csv"] = (ORGANIZATIONS + f"甲,甲集团,Jia Works,企业,本地,,,,s\n{row}\n").encode()
    (finding,) = build(files).errors
    assert (finding.code, finding.row, finding.column, finding.value) == ("name-taken", 3, column, taken)
    assert "organizations.csv 第 2 行" in finding.message("zh")
    assert "organizations.csv row 2" in finding.message("en")


@pytest.mark.parametrize(
    ("ledger", "row", "first", "said"),
    [
        ("production", "甲,浆,在产,11,万吨/年,2024,s", 2, "甲 | 浆 | 在产 | 2024 | s"),
        ("production", "甲,浆,在产,11,万吨/年,2024,t;s", 2, "甲 | 浆 | 在产 | 2024 | t;s"),
        ("production", "乙,纸,在产,1,万吨/年,,t", 3, "乙 | 纸 | 在产 | — | t"),
        ("recipes", "纸,抄造,浆,辅助,2,r", 2, "纸 | 抄造 | 浆 | r"),
        ("organizations", "甲,外地,,,企业,t", 2, "甲"),
        ("stages", "甲链,1,造纸,上游,纸,s", 2, "甲链 | 1"),
        ("stages", "甲链,2,制浆,上游,纸,s", 2, "甲链 | 2"),
    ],
)
def test_one_record_stands_in_one_row(ledger: str, row: str, first: int, said: str) -> None:
    (finding,) = build(with_rows(**{ledger: row})).errors
    assert (finding.code, finding.column, finding.value) == ("duplicate-key", "", said)
    assert f"第 {first} 行" in finding.message("zh")
    assert f"row {first}" in finding.message("en")


def test_another_source_may_say_otherwise() -> None:
    files = with_rows(sources="u,2024,E3,标题", production="甲,浆,在产,12,万吨/年,2024,u")
    graph = build(files)
    assert not graph.findings
    capacities = {
        q.graph_name.value: q.object.value for q in graph.quads if q.predicate.value == GY + "capacity"
    }
    assert capacities == {SOURCE + "s": "10", SOURCE + "t": "10", SOURCE + "u": "12"}


def test_an_alias_repeats_the_row_of_the_name() -> None:
    files = with_rows(production="浆厂,浆,在产,11,万吨/年,2024,s")
    files["organizations.csv"] = (
        "单位名称,别名,类型,本地外地,来源\n甲,浆厂,企业,本地,s\n乙,,企业,本地,s\n".encode()
    )
    assert [(f.code, f.row) for f in build(files).errors] == [("duplicate-key", 4)]


def test_names_resolve_by_alias_and_normal_form_and_stand_by_their_canonical_name() -> None:
    files = dict(BASE)
    files["organizations.csv"] = (
        "单位名称,别名,类型,本地外地,来源\n甲,Ｊia Works；浆厂,企业,本地,s\n乙,,企业,本地,s\n".encode()
    )
    plain = build(files)
    files["production.csv"] = files["production.csv"].replace("甲".encode(), b"jia works")
    files["ownership.csv"] = files["ownership.csv"].replace("甲".encode(), "浆 厂".encode())
    assert build(files).quads == plain.quads


@pytest.mark.parametrize("word", ["单位", "organization", "Organization", "单 位"])
def test_a_kind_word_leads_to_its_ledger(word: str) -> None:
    files = with_rows(
        indicators=f"对象,对象类型,指标,期间,数值,单位,性质,来源\n甲,{word},产值,2024,1,亿元,实际,s"
    )
    graph = build(files)
    assert not graph.errors
    about = [q.object.value for q in graph.quads if q.predicate.value == GY + "about"]
    assert about == [org("甲")]


def test_a_thing_of_another_kind_is_not_meant() -> None:
    files = with_rows(
        indicators="对象,对象类型,指标,期间,数值,单位,性质,来源\n甲,区划,产值,2024,1,亿元,实际,s"
    )
    assert [f.code for f in build(files).errors] == ["unknown-name-none"]


def test_a_stage_is_found_within_its_chain() -> None:
    header = "单位名称,产业链,环节,角色,来源\n"
    files = with_rows() | {"participations.csv": (header + "乙,乙链,制浆,骨干企业,s\n").encode()}
    stages = [q.object.value for q in build(files).quads if q.predicate.value == GY + "stage"]
    assert stages == [f"{ID}stage/乙链/制浆"]
    files["participations.csv"] = (header + "乙,乙链,造纸,骨干企业,s\n").encode()
    assert [f.column for f in build(files).errors] == ["环节"]


def test_a_row_with_two_sources_stands_whole_in_both_graphs() -> None:
    by_graph: dict[str, set[tuple]] = defaultdict(set)
    for quad in build(BASE).quads:
        if "/production/甲/" in quad.subject.value:
            by_graph[quad.graph_name.value].add((quad.subject, quad.predicate, quad.object))
    assert set(by_graph) == {SOURCE + "s", SOURCE + "t"}
    said = by_graph[SOURCE + "s"]
    assert by_graph[SOURCE + "t"] == said
    subject = NamedNode(f"{ID}production/甲/浆/in-production/2024/s")
    assert said == {
        (subject, NamedNode(RDF_TYPE), NamedNode(GY + "Production")),
        (subject, NamedNode(GY + "producer"), NamedNode(org("甲"))),
        (subject, NamedNode(GY + "product"), NamedNode(product("浆"))),
        (subject, NamedNode(GY + "status"), NamedNode(SCHEME + "production-status/in-production")),
        (subject, NamedNode(GY + "capacity"), Literal("10", datatype=NamedNode(XSD + "decimal"))),
        (subject, NamedNode(GY + "unit"), NamedNode(SCHEME + "unit/10kt-a")),
        (subject, NamedNode(GY + "asOf"), Literal("2024", datatype=NamedNode(XSD + "gYear"))),
    }


def test_a_source_is_described_in_its_own_graph() -> None:
    for quad in build(BASE).quads:
        if quad.subject.value.startswith(SOURCE):
            assert quad.graph_name == quad.subject


@pytest.mark.parametrize("files", ["base", "yunxi"])
def test_no_fact_without_a_described_source(files: str, yunxi_files: dict[str, bytes]) -> None:
    quads = build(BASE if files == "base" else yunxi_files).quads
    described = {q.subject.value for q in quads if q.predicate.value == DCTERMS + "identifier"}
    assert {q.graph_name.value for q in quads} <= {*described, DERIVED_GRAPH}


def test_one_preferred_name_a_language(yunxi_files: dict[str, bytes]) -> None:
    files = with_rows()
    files["organizations.csv"] = (
        ORGANIZATIONS + "甲,浆厂,Jia,企业,本地,,,,s;t\nYi,,Second,企业,本地,,,,s\n乙,,,企业,本地,,,,s\n"
    ).encode()
    for quads in (build(files).quads, build(yunxi_files).quads):
        labels = {(q.subject, q.object) for q in quads if q.predicate.value == SKOS + "prefLabel"}
        assert max(Counter((subject, name.language) for subject, name in labels).values()) == 1
    named = {
        (q.subject.value.rpartition("/")[2], q.predicate.value.rpartition("#")[2], str(q.object))
        for q in build(files).quads
        if "organization/" in q.subject.value and q.predicate.value.startswith(SKOS)
    }
    assert named == {
        ("甲", "prefLabel", '"甲"@zh'),
        ("甲", "prefLabel", '"Jia"@en'),
        ("甲", "altLabel", '"浆厂"@zh'),
        ("Yi", "prefLabel", '"Yi"@en'),
        ("Yi", "altLabel", '"Second"@en'),
        ("乙", "prefLabel", '"乙"@zh'),
    }


def test_an_observation_mints_its_indicator_and_spells_out_its_period() -> None:
    files = with_rows(
        indicators='对象,对象类型,指标,期间,数值,单位,限定词,性质,来源\n甲,单位,产值,2024Q1,"1,200.50",万元,约,预计,s'
    )
    found = {
        (
            q.subject.value.removeprefix(ID),
            q.predicate.value.rpartition("#")[2],
            q.object.value if isinstance(q.object, NamedNode) else str(q.object),
        )
        for q in build(files).quads
        if "/observation/" in q.subject.value or "/indicator/" in q.subject.value
    }
    one = {(s, p, o) for s, p, o in found if s.startswith("observation")}
    subject = next(iter(one))[0]
    assert {s for s, _, _ in one} == {subject}
    assert subject == "observation/organizations/甲/产值/2024Q1/forecast/10k-cny/s"
    date = f"^^<{XSD}date>"
    assert {
        (subject, "period", '"2024Q1"'),
        (subject, "periodStart", f'"2024-01-01"{date}'),
        (subject, "periodEnd", f'"2024-03-31"{date}'),
        (subject, "value", f'"1200.5"^^<{XSD}decimal>'),
        (subject, "qualifier", SCHEME + "qualifier/about"),
        (subject, "valueKind", SCHEME + "value-kind/forecast"),
        (subject, "indicator", ID + "indicator/产值"),
    } <= one
    assert {
        ("indicator/产值", "prefLabel", '"产值"@zh'),
        ("indicator/产值", "type", GY + "Indicator"),
    } <= found


def test_things_stand_under_the_base_that_the_settings_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_BASE_IRI", "https://city.example.org/")
    subjects = {q.subject.value for q in build(BASE).quads}
    assert "https://city.example.org/organization/甲" in subjects
    assert SOURCE + "s" in subjects
    assert not any(subject.startswith(ID) for subject in subjects)


def test_markup_in_a_name_stays_text() -> None:
    name = '甲<script>"[1]%'
    files = dict(BASE)
    for file in ("organizations.csv", "production.csv", "ownership.csv", "participations.csv"):
        files[file] = files[file].replace(
            "甲,".encode(), f'"{name.replace(chr(34), chr(34) * 2)}",'.encode(), 1
        )
    files["participations.csv"] = (
        f'单位名称,产业链,角色,来源\n"{name.replace(chr(34), chr(34) * 2)}",甲链,头部企业,s\n'.encode()
    )
    graph = build(files)
    assert not graph.findings
    assert {q.object.value for q in graph.quads if q.object == Literal(name, language="zh")} == {name}
    assert (
        Quad(
            NamedNode(f"{ID}organization/甲%3Cscript%3E%22%5B1%5D%25"),
            NamedNode(RDF_TYPE),
            NamedNode(GY + "Enterprise"),
            NamedNode(SOURCE + "s"),
        )
        in graph.quads
    )


def test_origins_lead_back_to_the_row() -> None:
    graph = build(BASE)
    origin = graph.origins[f"{ID}production/甲/浆/in-production/2024/s"]
    assert (origin.file, origin.row) == ("production.csv", 2)
    assert graph.origins[org("乙")].file == "organizations.csv"
    assert graph.rows["production"] == 2
