"""No value can change what a query does."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.names import XSD
from kg.queries.binding import bind, bindable
from kg.store import Literal, NamedNode, memory_store
from kg.store.tokens import significant

QUERY = """
# VALUES ?x { UNDEF } in a comment
SELECT ?x ?note WHERE {
  BIND ("VALUES ?x { UNDEF }" AS ?note)
  values $x # the place
    { undef }
}"""

texts = st.text(st.characters(exclude_categories=["Cs"]))
nasty = st.text(alphabet="\"'\\{}<>?#\n\r\t;. xUNDEFsleevicVALUES@^_:/")
terms = st.one_of(
    st.one_of(texts, nasty).map(Literal),
    st.one_of(texts, nasty).map(lambda text: Literal(text, language="zh")),
    texts.map(lambda text: Literal(text, datatype=NamedNode(XSD + "date"))),
    st.integers().map(lambda number: Literal(str(number), datatype=NamedNode(XSD + "integer"))),
    st.sampled_from(["https://example.org/物", "urn:x:y", "https://example.org/a#b?c=(d)"]).map(NamedNode),
)


@settings(deadline=None)
@given(terms)
def test_the_query_keeps_its_shape_and_the_value_arrives_whole(term: Literal | NamedNode) -> None:
    bound = bind(QUERY, {"x": [term]})
    before = [token.text for token in significant(QUERY)]
    after = [token.text for token in significant(bound)]
    place = before.index("undef")
    behind = len(before) - place - 1
    # Whatever stood around the place stands there still; in it is the value: a string with its tag or type, or an IRI.
    assert after[:place] == before[:place]
    assert after[-behind:] == before[-behind:]
    value = list(significant(bound))[place : len(after) - behind]
    kinds = [token.kind for token in value if token.kind != "mark"]
    assert kinds in (["string"], ["string", "language"], ["string", "iri"], ["iri"])
    ((found, note),) = memory_store([]).select(bound).rows
    # The engine keeps numbers in its own form; these are plain whole numbers or texts, which have one form only.
    assert found == term
    assert note == Literal("VALUES ?x { UNDEF }")


@settings(deadline=None)
@given(st.lists(terms, min_size=1, max_size=4))
def test_several_values_are_several_rows(values: list[Literal | NamedNode]) -> None:
    rows = memory_store([]).select(bind(QUERY, {"x": values})).rows
    assert [row[0] for row in rows] == values


def test_an_open_place_restricts_nothing_with_and_without_the_engine() -> None:
    as_it_is = memory_store([]).select(QUERY).rows
    assert (
        memory_store([]).select(bind(QUERY, {})).rows == as_it_is == [(None, Literal("VALUES ?x { UNDEF }"))]
    )


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("SELECT * { VALUES ?x { UNDEF } VALUES ?y{UNDEF} }", {"x", "y"}),
        ("SELECT * { VALUES (?x) { (UNDEF) } }", set()),
        ("SELECT * { VALUES ?x { UNDEF UNDEF } }", set()),
        ("SELECT * { VALUES ?x { 1 } }", set()),
        ("SELECT * { ?s ?p 'VALUES ?x { UNDEF }' } # VALUES ?x { UNDEF }", set()),
    ],
)
def test_what_is_a_place(text: str, names: set[str]) -> None:
    assert bindable(text) == names


def test_every_place_of_a_name_is_filled() -> None:
    text = "SELECT * { { VALUES ?x { UNDEF } } UNION { VALUES ?x { UNDEF } } }"
    assert bind(text, {"x": [Literal("a")]}).count('"a"') == 2


def test_a_name_without_a_place() -> None:
    with pytest.raises(KeyError):
        bind("SELECT * {}", {"x": [Literal("a")]})
