"""The same data is the same text, and the text is the data."""

from __future__ import annotations

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import RdfFormat
from rdflib import Dataset

from kg.names import GY, ID, RDF_TYPE, SCHEME, SKOS, SOURCE, XSD
from kg.store import BlankNode, Literal, NamedNode, Quad, canonical, write_nquads, write_trig

SOURCE_A = NamedNode(SOURCE + "seed-2022")


def typed(text: str, datatype: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + datatype))


def example() -> list[Quad]:
    firm = NamedNode(ID + "organization/甲（盘锦）公司")
    fact = NamedNode(ID + "production/甲/乙烯/2021")
    triples = [
        (firm, NamedNode(RDF_TYPE), NamedNode(GY + "Enterprise")),
        (firm, NamedNode(SKOS + "prefLabel"), Literal("甲公司", language="zh")),
        (firm, NamedNode(SKOS + "altLabel"), Literal("乙")),
        (firm, NamedNode(SKOS + "altLabel"), Literal('带"引号"\n和换行')),
        (fact, NamedNode(GY + "capacity"), typed("64", "decimal")),
        (fact, NamedNode(GY + "asOf"), typed("2021", "gYear")),
        (fact, NamedNode(GY + "status"), NamedNode(SCHEME + "production-status/in-production")),
        (fact, NamedNode(GY + "stageOrder"), typed("3", "integer")),
        (SOURCE_A, NamedNode(RDF_TYPE), NamedNode(GY + "Source")),
    ]
    return [Quad(*triple, SOURCE_A) for triple in triples]


def test_trig_reads_like_this() -> None:
    assert (
        write_trig(example())
        == """\
@prefix gy: <https://w3id.org/gongyue/ontology#> .
@prefix organization: <https://w3id.org/gongyue/id/organization/> .
@prefix production-status: <https://w3id.org/gongyue/scheme/production-status/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix source: <https://w3id.org/gongyue/source/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

source:seed-2022 {
    source:seed-2022 a gy:Source .

    organization:甲（盘锦）公司 a gy:Enterprise ;
        skos:prefLabel "甲公司"@zh ;
        skos:altLabel "乙" ;
        skos:altLabel "带\\"引号\\"\\n和换行" .

    <https://w3id.org/gongyue/id/production/甲/乙烯/2021> gy:asOf "2021"^^xsd:gYear ;
        gy:capacity 64.0 ;
        gy:stageOrder 3 ;
        gy:status production-status:in-production .
}
"""
    )


def test_nquads_are_sorted_by_bytes_and_distinct() -> None:
    text = write_nquads(example() + example())
    lines = text.encode().splitlines(keepends=True)
    assert lines == sorted(lines)
    assert len(lines) == len(example())


@pytest.mark.filterwarnings("ignore:.*is deprecated:DeprecationWarning")  # rdflib's parser warns about itself
def test_other_readers_agree() -> None:
    dataset = Dataset()
    dataset.parse(data=write_trig(example()), format="trig")
    assert len(list(dataset.quads())) == len(example())


def test_no_data_is_no_text() -> None:
    assert write_nquads([]) == ""
    assert write_trig([]) == ""


@pytest.mark.parametrize(
    ("written", "kept"), [("1.50", "1.5"), ("64.0", "64"), ("+3", "3"), ("007", "7"), (".5", "0.5")]
)
def test_numbers_take_the_stores_form(written: str, kept: str) -> None:
    quad = Quad(NamedNode("a:b"), NamedNode("a:c"), typed(written, "decimal"), NamedNode("a:g"))
    assert canonical([quad])[0].object.value == kept


iris = st.sampled_from(
    ["a", "b(c)", "物", "物/件", "x.", ".x", "-x", "3d", "é", "a%20b", "~", "x'y", "盘，锦"]
).flatmap(
    lambda local: st.sampled_from(
        [ID + "product/", SCHEME + "unit/", GY, "https://example.org/", ID, "urn:x:"]
    ).map(lambda namespace: NamedNode(namespace + local))
)
literals = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"])).map(Literal),
    st.text(st.characters(exclude_categories=["Cs"])).map(lambda text: Literal(text, language="zh")),
    st.integers().map(lambda number: typed(str(number), "integer")),
    st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9).map(
        lambda number: typed(str(number), "decimal")
    ),
    st.sampled_from(["true", "false", "1", "0", "x"]).map(lambda text: typed(text, "boolean")),
    st.sampled_from(["2021", "x", "-0001", "2021-05"]).map(lambda text: typed(text, "gYear")),
    st.sampled_from(["abc", "", "1e3", "1.", "--1"]).map(lambda text: typed(text, "decimal")),
)
quads = st.builds(Quad, iris, iris, st.one_of(iris, literals), iris)


@settings(max_examples=150, deadline=None)
@given(st.lists(quads, max_size=12), st.randoms(use_true_random=False))
def test_text_and_data_are_the_same_thing(data: list[Quad], random: object) -> None:
    trig, lines = write_trig(data), write_nquads(data)
    wanted = set(canonical(data))
    assert set(canonical(pyoxigraph.parse(trig, format=RdfFormat.TRIG))) == wanted
    assert set(pyoxigraph.parse(lines, format=RdfFormat.N_QUADS)) == wanted
    shuffled = list(data)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert write_trig(shuffled) == trig
    assert write_nquads(shuffled) == lines


def test_blank_nodes_are_written_as_they_are() -> None:
    quad = Quad(BlankNode("x"), NamedNode("https://example.org/p"), BlankNode("y"), SOURCE_A)
    assert "_:x <https://example.org/p> _:y ." in write_trig([quad])
