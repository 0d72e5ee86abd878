"""What a number's neighbours add to it, from the cells of a ledger to the facts."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.labels import labels
from kg.ledgers import Graph, build
from kg.ledgers.measures import Beside, measure
from kg.ledgers.values import BadValueError
from kg.names import GY, SCHEME, XSD
from kg.store.terms import Literal, NamedNode
from tests.small_city import small_city

BASE = small_city("production 甲 浆 在产 1 万吨/年 1999\nown 甲 乙 60 1999")
INDICATORS = "对象,对象类型,指标,期间,数值,单位,限定词,性质,来源\n"


def built(**ledgers: str) -> Graph:
    return build({**BASE, **{f"{name}.csv": text.encode() for name, text in ledgers.items()}})


def indicators(*rows: str, header: str = INDICATORS) -> Graph:
    return built(indicators=header + "".join(f"{row}\n" for row in rows))


def said(graph: Graph, predicate: str) -> list[object]:
    return sorted((q.object for q in graph.quads if q.predicate == NamedNode(GY + predicate)), key=str)


def codes(graph: Graph) -> list[tuple[str, str, int, str]]:
    return [(f.severity, f.code, f.row, f.column) for f in graph.findings]


def test_a_written_quantity_fills_the_blank_cells_and_keeps_its_text() -> None:
    graph = indicators("甲,单位,投资,2023,约3.5亿元,,,实际,s")
    assert codes(graph) == []
    assert Literal("3.5", datatype=NamedNode(XSD + "decimal")) in said(graph, "value")
    assert NamedNode(SCHEME + "unit/100m-cny") in said(graph, "unit")
    assert said(graph, "qualifier") == [NamedNode(SCHEME + "qualifier/about")]
    assert said(graph, "originalText") == [Literal("约3.5亿元")]
    # The unit is part of the observation's name, as if its own column had said it.
    assert any("/100m-cny/" in q.subject.value for q in graph.quads if isinstance(q.subject, NamedNode))


def test_a_range_has_two_ends_and_no_value() -> None:
    graph = indicators("甲,单位,投资,2023,3-5亿元,,,目标,s")
    assert codes(graph) == []
    assert said(graph, "value") == []
    assert [said(graph, name)[0].value for name in ("valueLow", "valueHigh", "originalText")] == [
        "3",
        "5",
        "3-5亿元",
    ]


def test_a_share_has_its_unit_from_the_ledger() -> None:
    graph = built(ownership="出资方,被投资方,持股比例(%),来源\n甲,乙,超51%,s\n")
    assert [term.value for term in said(graph, "share")] == ["51"]
    assert said(graph, "originalText") == [Literal("超51%")]
    assert said(graph, "qualifier") == [NamedNode(SCHEME + "qualifier/over")]
    assert NamedNode(SCHEME + "unit/percent") not in said(graph, "unit")


def test_the_unit_of_the_title_is_that_of_the_number() -> None:
    graph = indicators(
        "甲,单位,投资,2023,3500,实际,s", header="对象,对象类型,指标,期间,数值（万元）,性质,来源\n"
    )
    assert codes(graph) == []
    assert NamedNode(SCHEME + "unit/10k-cny") in said(graph, "unit")
    assert said(graph, "originalText") == []


@pytest.mark.parametrize("nothing", ["", "—", "-", "/", "无", "暂无", "不详", "未知", "N/A"])
def test_nothing_stated_is_no_triple(nothing: str) -> None:
    graph = built(
        production=f"单位名称,产品,状态,产能,单位,限定词,时点,备注,来源\n甲,浆,在产,{nothing},{nothing},{nothing},{nothing},{nothing},s\n"
    )
    assert codes(graph) == []
    assert [said(graph, name) for name in ("capacity", "unit", "qualifier", "note", "originalText")] == [
        []
    ] * 5
    assert [term.value for term in said(graph, "asOf")] == ["1999"]  # that of the ownership


def test_a_word_for_nothing_that_the_column_asks_for_is_that_word() -> None:
    graph = built(organizations="单位名称,类型,本地外地,来源\n甲,企业,未知,s\n乙,企业,本地,s\n")
    assert codes(graph) == []
    assert NamedNode(SCHEME + "locality/unknown") in said(graph, "locality")


FAULTS = [
    ("95万吨,亿元,", "unit-contradiction"),
    ("1.2亿,万元,", "magnitude-twice"),
    ("约95,万吨,超", "qualifier-contradiction"),
    ("95,,", "unit-missing"),
    ("95光年,,", "unknown-unit"),
    ("9.5E+05,万元,", "scientific"),
]


@pytest.mark.parametrize(("cells", "code"), FAULTS)
def test_what_does_not_agree_is_a_finding_at_the_number(cells: str, code: str) -> None:
    graph = indicators("甲,单位,投资,2023,3,亿元,,实际,s", f"甲,单位,投资,2024,{cells},实际,s")
    assert codes(graph) == [("error", code, 3, "数值")]
    (finding,) = graph.findings
    assert finding.message("zh") != finding.message("en")


def test_remarks_do_not_keep_a_row_out() -> None:
    graph = indicators("甲,单位,投资,2023,累计超3亿元,,,实际,s")
    assert codes(graph) == [("info", "two-qualifiers", 2, "数值")]
    assert said(graph, "qualifier") == [NamedNode(SCHEME + "qualifier/cumulative")]
    graph = built(
        organizations="单位名称,类型,本地外地,起始时间,终止时间,来源\n甲,企业,本地,45054,至今,s\n乙,企业,本地,,,s\n"
    )
    assert codes(graph) == [("warning", "date-read-as", 2, "起始时间")]
    assert [term.value for term in said(graph, "activeFrom")] == ["2023-05-08"]
    assert said(graph, "activeTo") == []


def test_a_division_code_out_of_use_is_kept_as_the_one_in_force() -> None:
    graph = built(places="名称,区划代码,来源\n某区,211121,s\n另一区,211103,s\n")
    assert codes(graph) == [("info", "division-changed", 2, "区划代码")]
    assert [term.value for term in said(graph, "divisionCode")] == ["211103", "211104"]


def test_a_wrong_unified_code_keeps_the_ledger_out_and_says_what_it_may_be() -> None:
    graph = built(
        organizations="单位名称,类型,本地外地,统一社会信用代码,来源\n甲,企业,本地,9111OOOO710926094P,s\n乙,企业,本地,9.11E+17,s\n"
    )
    assert codes(graph)[:2] == [
        ("error", "code-symbol-hint", 2, "统一社会信用代码"),
        ("error", "code-scientific", 3, "统一社会信用代码"),
    ]
    assert "91110000710926094P" in graph.findings[0].message("zh")


# text, unit column, qualifier column, title; unit, qualifier, remarks
SETTLED = [
    ("95", "", "", "", "", "", []),
    ("95", "10kt-a", "", "", "10kt-a", "", []),
    ("95", "", "", "万吨/年", "10kt-a", "", []),
    ("95", "count", "", "万元", "count", "", []),  # a unit row above the whole table
    ("95万吨", "10kt-a", "", "", "10kt-a", "", []),
    ("95万吨", "", "", "万吨/年", "10kt-a", "", []),
    ("5亿元", "", "", "万元", "100m-cny", "", ["unit-over-title"]),
    ("约95", "t", "about", "", "t", "about", []),
    ("约95", "t", "cumulative", "", "t", "cumulative", ["two-qualifiers"]),
    ("1.2亿", "pcs-a", "", "", "pcs-a", "", []),
]


@pytest.mark.parametrize(("text", "unit", "qualifier", "title", "settled", "kept", "remarks"), SETTLED)
def test_who_says_the_unit(
    text: str, unit: str, qualifier: str, title: str, settled: str, kept: str, remarks: list[str]
) -> None:
    found = measure(text, Beside(unit, qualifier, title))
    assert (found.unit, found.qualifier, [code for _, code, _ in found.remarks]) == (settled, kept, remarks)


@pytest.mark.parametrize(
    ("text", "beside", "code"),
    [
        ("95", Beside("10k-cny", title="亿元"), "unit-contradiction"),
        ("51吨", Beside(fixed="percent"), "unit-contradiction"),
        ("95", Beside(title="含税"), "unknown-unit"),
        ("1.2亿", Beside(title="万元"), "magnitude-twice"),
    ],
)
def test_what_cannot_be_settled(text: str, beside: Beside, code: str) -> None:
    with pytest.raises(BadValueError) as caught:
        measure(text, beside)
    assert caught.value.code == code


WORDS = labels("zh")
ROWS = st.lists(
    st.tuples(
        st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9),
        st.sampled_from(WORDS.words("unit")),
        st.sampled_from(["", *WORDS.words("qualifier")]),
        st.sampled_from(["2023", "2023Q1", "2023H2", "2023-05", "2023-05-08", "2023-01/2023-08"]),
        st.sampled_from(["", "甲乙", "附注 1-2", "5亿元以上"]),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(ROWS)
def test_whatever_a_plain_ledger_holds_comes_back_as_it_went_in(
    rows: list[tuple[Decimal, str, str, str, str]],
) -> None:
    header = "对象,对象类型,指标,期间,数值,单位,限定词,性质,备注,来源\n"
    text = "".join(
        f"甲,单位,指标{i},{period},{number:f},{unit},{qualifier},实际,{note},s\n"
        for i, (number, unit, qualifier, period, note) in enumerate(rows)
    )
    graph = built(indicators=header + text)
    assert graph.findings == ()
    facts: dict[str, dict[str, str]] = {}
    for quad in graph.quads:
        if isinstance(quad.subject, NamedNode) and "/observation/" in quad.subject.value:
            facts.setdefault(quad.subject.value, {})[quad.predicate.value.removeprefix(GY)] = (
                quad.object.value
            )
    assert len(facts) == len(rows)
    for fact in facts.values():
        number, unit, qualifier, period, note = rows[int(fact["indicator"].rsplit("指标", 1)[1])]
        assert Decimal(fact["value"]) == number
        assert WORDS.label(fact["unit"]) == unit
        assert (WORDS.label(fact["qualifier"]) if "qualifier" in fact else "") == qualifier
        assert (fact["period"], fact.get("note", "")) == (period, note)
        assert not {"originalText", "valueLow", "valueHigh"} & fact.keys()
