"""One faulty statement a rule, in an otherwise good city: found once, at its property, in both languages."""

from __future__ import annotations

import pytest

from kg.checks import check
from kg.ledgers import build
from kg.names import GY, ID, RDF_TYPE, SCHEME, SKOS, XSD
from kg.store import memory_store
from kg.store.terms import Literal, NamedNode, Quad
from tests.small_city import small_city

CITY = build(
    small_city(
        """
        organization 甲 本地
        organization 乙 外地
        product 料 原料
        product 品 终端品
        recipe 品 合成 料 必需 2
        production 甲 品 在产 10 吨/年 2024
        supply 乙 甲 料 货物 2024
        own 甲 乙 40 2024
        chain 链 2025
        stage 链 1 合成 中游 品
        anchor 甲 链
        project 一期 甲 品
        event 一期 签约 2024
        grade 甲 高新技术企业 2023 2026
        """
    )
)
GRAPH = NamedNode("urn:test")


def iri(text: str) -> NamedNode:
    prefix, _, rest = text.partition(":")
    return NamedNode({"gy": GY, "id": ID, "scheme": SCHEME, "skos": SKOS}.get(prefix, prefix + ":") + rest)


def typed(text: str, kind: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + kind))


def one(kind: str) -> NamedNode:
    """The only instance of a class in the city."""
    (found,) = {
        q.subject for q in CITY.quads if q.predicate.value == RDF_TYPE and q.object == iri(f"gy:{kind}")
    }
    assert isinstance(found, NamedNode)
    return found


def found_with(
    thing: NamedNode, name: str, value: NamedNode | Literal, *, instead: bool = False
) -> list[tuple[str, str]]:
    """Return column and message of what is found when the city says one thing more (or something else)."""
    predicate = iri(name)
    quads = [q for q in CITY.quads if not (instead and (q.subject, q.predicate) == (thing, predicate))]
    findings = check(memory_store([*quads, Quad(thing, predicate, value, GRAPH)]))
    assert {f.severity for f in findings} <= {"error"}
    for finding in findings:
        assert finding.message("zh").endswith("。")
        assert finding.message("en").endswith(".")
    return [(finding.column, finding.message("zh")) for finding in findings]


def test_the_city_is_good_as_it_is() -> None:
    assert check(memory_store(CITY.quads)) == ()


@pytest.mark.parametrize(
    ("kind", "name", "value", "column"),
    [
        ("Production", "gy:capacity", typed("-0.1", "decimal"), "产能"),
        ("Production", "gy:capacity", Literal("十"), "产能"),
        ("Production", "gy:status", iri("scheme:locality/local"), "生产状态"),
        ("Production", "gy:status", Literal("在产"), "生产状态"),
        ("SupplyRelation", "gy:supplyKind", iri("scheme:supply-kind/gifts"), "供应类型"),
        ("Ownership", "gy:share", typed("100.01", "decimal"), "持股比例"),
        ("Ownership", "gy:share", typed("-1", "decimal"), "持股比例"),
        ("ChainParticipation", "gy:role", iri("scheme:role/king"), "链上角色"),
        ("StageEvent", "gy:projectStage", iri("scheme:project-stage/dreamt"), "到达阶段"),
        ("StageEvent", "gy:valueKind", iri("scheme:value-kind/wish"), "数值性质"),
        ("GradeAward", "gy:grade", Literal("高新技术企业"), "资质"),
        ("Stage", "gy:stageOrder", typed("-1", "integer"), "环节序号"),
        ("Stage", "gy:stageOrder", typed("1.5", "decimal"), "环节序号"),
        ("Stage", "gy:position", iri("scheme:chain-position/sideways"), "链上位置"),
    ],
)
def test_another_value_than_admitted_is_found_at_its_property(
    kind: str, name: str, value: NamedNode | Literal, column: str
) -> None:
    found = found_with(one(kind), name, value, instead=True)
    assert [place for place, _ in found] == [column]
    assert f"“{column}”" in found[0][1]


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("Production", "gy:capacity", typed("0", "decimal")),
        ("Ownership", "gy:share", typed("0", "decimal")),
        ("Ownership", "gy:share", typed("100", "decimal")),
        ("Stage", "gy:stageOrder", typed("0", "integer")),
        ("SupplyRelation", "gy:supplyKind", iri("scheme:supply-kind/pilot")),
        ("StageEvent", "gy:projectStage", iri("scheme:project-stage/terminated")),
    ],
)
def test_what_stands_on_the_bound_is_admitted(kind: str, name: str, value: NamedNode | Literal) -> None:
    assert found_with(one(kind), name, value, instead=True) == []


@pytest.mark.parametrize(
    ("thing", "code", "good"),
    [
        ("id:organization/甲", "91211100MA0XYZ1234", False),
        ("id:organization/甲", "91211100MA0XY1234A", True),
        ("id:organization/甲", "91211100MA0XY1234", False),
        ("id:organization/甲", "91211100ma0xy1234a", False),
        ("id:organization/甲", "91211100MA0XY1234A ", False),
        ("id:organization/甲", "91211100MA0XY1234O", False),
    ],
)
def test_a_unified_code_is_eighteen_characters_of_its_alphabet(thing: str, code: str, good: bool) -> None:
    found = found_with(iri(thing), "gy:unifiedCode", Literal(code))
    assert [column for column, _ in found] == ([] if good else ["统一社会信用代码"])


@pytest.mark.parametrize(
    ("number", "good"),
    [
        ("107-13-1", True),
        ("7732-18-5", True),
        ("107131", False),
        ("107-13-12", False),
        ("CAS 107-13-1", False),
        ("", False),
    ],
)
def test_a_cas_number_has_its_shape(number: str, good: bool) -> None:
    found = found_with(iri("id:product/料"), "gy:casNumber", Literal(number))
    assert [column for column, _ in found] == ([] if good else ["CAS 号"])


@pytest.mark.parametrize(
    ("thing", "name", "message"),
    [
        ("id:product/料", "skos:broader", "产品不能是自身的上位产品。"),
        ("id:chain/链", "gy:partOfChain", "产业链不能归入自身。"),
        ("id:project/一期", "gy:partOfProjectLine", "项目不能归入自身。"),
    ],
)
def test_nothing_lies_in_itself(thing: str, name: str, message: str) -> None:
    assert message in [text for _, text in found_with(iri(thing), name, iri(thing))]


def test_nobody_holds_itself() -> None:
    messages = [
        text for _, text in found_with(one("Ownership"), "gy:owned", iri("id:organization/甲"), instead=True)
    ]
    assert messages == ["持股关系：出资方与被投资方不能相同。"]


def test_a_recipe_does_not_consume_what_it_yields() -> None:
    messages = [
        text for _, text in found_with(one("RecipeInput"), "gy:input", iri("id:product/品"), instead=True)
    ]
    assert messages == ["工艺路线：投入不能就是产出。"]


def test_an_organization_is_of_one_kind() -> None:
    found = found_with(
        iri("id:organization/甲"), "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", iri("gy:GovernmentBody")
    )
    assert {text for _, text in found} == {"一个单位只能属于一类：企业、科研机构、政府部门或其他组织。"}


def test_a_second_name_in_one_language_is_found_and_one_in_another_is_not() -> None:
    firm = iri("id:organization/甲")
    assert found_with(firm, "skos:prefLabel", Literal("A", language="en")) == []
    found = found_with(firm, "skos:prefLabel", Literal("甲甲", language="zh"))
    assert [text for _, text in found] == ["每个对象在一种语言里有且只有一个首选名称。"]


@pytest.mark.parametrize(
    ("start", "end", "good"),
    [
        ("2000", "1999", False),
        ("2000", "2000", True),
        ("2000-06", "2000-05", False),
        ("2000-06-02", "2000-06-01", False),
        ("2000", "2000-06", True),
    ],
)
def test_nothing_ceases_before_it_begins(start: str, end: str, good: bool) -> None:
    kinds = {4: "gYear", 7: "gYearMonth", 10: "date"}
    firm = iri("id:organization/甲")
    dated = [
        Quad(firm, iri(name), typed(day, kinds[len(day)]), GRAPH)
        for name, day in (("gy:activeFrom", start), ("gy:activeTo", end))
    ]
    texts = [f.message("zh") for f in check(memory_store([*CITY.quads, *dated]))]
    assert texts == ([] if good else ["存续终止不得早于存续起始。"])


def test_a_quantity_needs_a_unit_and_a_negative_one_is_found_besides() -> None:
    supply = one("SupplyRelation")
    assert [column for column, _ in found_with(supply, "gy:quantity", typed("5", "decimal"))] == ["计量单位"]
    negative = found_with(supply, "gy:quantity", typed("-5", "decimal"))
    assert sorted(column for column, _ in negative) == ["数量", "计量单位"]
