"""Asking a question: arguments, the date of the answer, labels, and what is missing. On a made-up city."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from pyoxigraph import RdfFormat, parse

from kg.errors import QueryTimeout, UnknownName, UsageError
from kg.queries import Catalogue, Query, Thing, newest_date, parse_query, run
from kg.store import Store, memory_store

# No English labels, other names, two sources that disagree.
CITY = """
@prefix gy: <https://w3id.org/gongyue/ontology#> .
@prefix organization: <https://w3id.org/gongyue/id/organization/> .
@prefix product: <https://w3id.org/gongyue/id/product/> .
@prefix production: <https://w3id.org/gongyue/id/production/> .
@prefix source: <https://w3id.org/gongyue/source/> .
@prefix status: <https://w3id.org/gongyue/scheme/production-status/> .
@prefix locality: <https://w3id.org/gongyue/scheme/locality/> .
@prefix unit: <https://w3id.org/gongyue/scheme/unit/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
source:a {
  source:a a gy:Source ; dcterms:identifier "a" ; dcterms:title "甲报告" ; dcterms:issued "2020-03"^^xsd:gYearMonth .
  organization:玻璃厂 a gy:Enterprise ; skos:prefLabel "玻璃厂"@zh ; skos:altLabel "老玻璃厂"@zh ; gy:locality locality:local .
  product:玻璃 a gy:Product ; skos:prefLabel "玻璃"@zh .
  production:一 a gy:Production ; gy:producer organization:玻璃厂 ; gy:product product:玻璃 ;
    gy:status status:in-production ; gy:capacity 2.50 ; gy:unit unit:10kt-a ; gy:asOf "2019"^^xsd:gYear .
}
source:b {
  source:b a gy:Source ; dcterms:identifier "b" ; dcterms:title "乙报告" ; dcterms:issued "2022-07-01"^^xsd:date .
  product:玻璃 a gy:Product ; skos:prefLabel "玻璃"@zh .
  production:二 a gy:Production ; gy:producer organization:玻璃厂 ; gy:product product:玻璃 ;
    gy:status status:in-production ; gy:capacity 3 ; gy:unit unit:10kt-a .
}
"""


@pytest.fixture(scope="module")
def glass() -> Store:
    return memory_store(parse(CITY, format=RdfFormat.TRIG))


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load()


def test_rows_have_labels_units_dates_and_sources(glass: Store, catalogue: Catalogue) -> None:
    result = run(glass, catalogue.get("product-makers"), {"product": "玻璃"}, "zh")
    assert [column.title for column in result.columns][:4] == ["企业", "本地外地", "状态", "产能"]
    first, second = result.rows
    assert first[0] == Thing("https://w3id.org/gongyue/id/organization/玻璃厂", "玻璃厂")
    assert [str(cell) for cell in first[1:5]] == ["本地", "在产", "2.5", "万吨/年"]
    assert isinstance(first[3], Decimal)
    # Stated in the row, or failing that the day the source was published.
    assert sorted(str(row[7]) for row in (first, second)) == ["2019", "2022-07-01"]
    assert result.sources == ("a", "b")
    assert result.as_of == newest_date(glass) == "2022-07-01"
    assert result.parameters == (("产品", "玻璃"),)
    assert result.missing == ()


def test_labels_are_in_the_askers_language_as_far_as_they_go(glass: Store, catalogue: Catalogue) -> None:
    result = run(glass, catalogue.get("product-makers"), {"product": "玻璃"}, "en")
    assert [str(cell) for cell in result.rows[0][:3]] == ["玻璃厂", "local", "in production"]
    assert result.columns[0].title == "firm"


@pytest.mark.parametrize(
    ("as_of", "count"), [("2018", 0), ("2019", 1), ("2022-06", 1), ("2022-07", 2), ("2022", 2), (None, 2)]
)
def test_only_what_was_known_then(glass: Store, catalogue: Catalogue, as_of: str | None, count: int) -> None:
    result = run(glass, catalogue.get("product-makers"), {"product": "玻璃"}, "zh", as_of)
    assert len(result.rows) == count


def test_the_date_may_be_given_as_a_parameter(glass: Store, catalogue: Catalogue) -> None:
    result = run(glass, catalogue.get("product-makers"), {"product": "玻璃", "asOf": "2019"}, "zh", "2022")
    assert (result.as_of, len(result.rows)) == ("2019-12-31", 1)


def test_json_holds_iri_and_label(glass: Store, catalogue: Catalogue) -> None:
    records = run(glass, catalogue.get("product-makers"), {"product": "玻璃"}, "zh").records()
    assert records[0]["firm"] == {"iri": "https://w3id.org/gongyue/id/organization/玻璃厂", "label": "玻璃厂"}
    assert records[0]["project"] is None
    assert json.dumps(records, default=str)


def test_wrong_arguments(glass: Store, catalogue: Catalogue) -> None:
    query = catalogue.get("product-makers")
    for args, key in [
        ({}, "query.parameter_missing"),
        ({"product": ""}, "query.parameter_missing"),
        ({"prodct": "玻璃"}, "query.parameter_unknown"),
        ({"product": "玻璃", "asOf": "soon"}, "query.parameter_value"),
    ]:
        with pytest.raises(UsageError) as caught:
            run(glass, query, args, "zh")
        assert caught.value.key == key
    with pytest.raises(UnknownName) as unknown:
        run(glass, query, {"product": "玻离"}, "zh")
    assert unknown.value.nearest == ("玻璃",)


def test_missing_ledgers_are_named(glass: Store, catalogue: Catalogue) -> None:
    issues = run(glass, catalogue.get("open-issues"), {}, "zh")
    assert (issues.rows, len(issues.missing)) == ((), 1)
    content = run(glass, catalogue.get("local-content"), {"anchor": "老玻璃厂"}, "en")
    assert len(content.missing) == 2
    assert "Purchases (by value)" in content.missing


def test_a_missing_column_of_a_ledger_is_named(glass: Store, catalogue: Catalogue) -> None:
    text = '#+ id = "x"\n#+ title = { zh = "x", en = "x" }\n#+ question = { zh = "x", en = "x" }\n'
    text += '#+ needs = ["recipes.coefficient", "production.capacity", "sites"]\n'
    text += '#+ [columns.s]\n#+ kind = "thing"\n#+ zh = "s"\n#+ en = "s"\nSELECT ?s { ?s a ?x }'
    missing = run(glass, parse_query(text, "x.rq"), {}, "zh").missing
    assert len(missing) == 2
    assert "单耗" in missing[0]


def slow_query() -> Query:
    pattern = " ".join(f"?a{i} ?b{i} ?c{i} ." for i in range(9))
    text = '#+ id = "x"\n#+ title = { zh = "x", en = "x" }\n#+ question = { zh = "x", en = "x" }\n'
    text += '#+ [columns.n]\n#+ kind = "number"\n#+ zh = "n"\n#+ en = "n"\n'
    return parse_query(text + f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}", "x.rq")


def test_a_question_can_have_a_time_limit(glass: Store, catalogue: Catalogue) -> None:
    with pytest.raises(QueryTimeout):
        run(glass, slow_query(), {}, "zh", timeout=0.5)
    result = run(glass, catalogue.get("product-makers"), {"product": "玻璃"}, "zh", timeout=30)
    assert len(result.rows) == 2


def test_an_empty_store_answers_every_question_with_nothing(catalogue: Catalogue) -> None:
    empty = memory_store([])
    for query in catalogue:
        if not any(parameter.required for parameter in query.params):
            result = run(empty, query, {}, "en")
            assert all(
                value in (None, 0) or isinstance(value, Thing) for row in result.rows for value in row
            ), query.id
            assert result.missing or not (query.needs or query.absent)
