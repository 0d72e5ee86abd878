"""Terms as plain values, and answers of other engines, good and cut off."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import QueryError
from kg.names import XSD
from kg.store import Literal, NamedNode, memory_store
from kg.store.answers import parse_boolean, parse_solutions, parse_triples, syntax_error
from kg.store.terms import BlankNode, Triple, text_of, value_of


def typed(text: str, kind: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + kind))


@pytest.mark.parametrize(
    ("term", "value"),
    [
        (None, None),
        (NamedNode("urn:甲"), "urn:甲"),
        (BlankNode("b"), "b"),
        (Literal("甲"), "甲"),
        (Literal("甲", language="zh"), "甲"),
        (typed("007", "integer"), 7),
        (typed("-3", "long"), -3),
        (typed("+3", "positiveInteger"), 3),
        (typed("2.50", "decimal"), Decimal("2.50")),
        (typed("1e3", "double"), 1000.0),
        (typed("0.5", "float"), 0.5),
        (typed("true", "boolean"), True),
        (typed("1", "boolean"), True),
        (typed("false", "boolean"), False),
        (typed("0", "boolean"), False),
        (typed("2024", "gYear"), "2024"),
        (typed("2024-05", "gYearMonth"), "2024-05"),
        (typed("2024-05-06", "date"), "2024-05-06"),
        (typed("many", "integer"), "many"),
        (typed("1.5", "integer"), "1.5"),
        (typed("", "decimal"), ""),
        (typed("十", "decimal"), "十"),
        (typed("x", "double"), "x"),
        (Literal("5", datatype=NamedNode("urn:own")), "5"),
    ],
)
def test_a_term_has_its_plain_value(term: NamedNode | Literal | None, value: object) -> None:
    found = value_of(term)
    assert (found, type(found)) == (value, type(value))


def test_the_text_of_anything() -> None:
    triple = Triple(NamedNode("urn:s"), NamedNode("urn:p"), Literal("o"))
    terms = (None, NamedNode("urn:s"), typed("1.50", "decimal"), Literal("甲", language="zh"))
    assert [text_of(term) for term in terms] == ["", "urn:s", "1.50", "甲"]
    assert "urn:p" in text_of(triple)


@given(st.integers(), st.decimals(allow_nan=False, allow_infinity=False, places=4), st.booleans())
def test_numbers_read_back(whole: int, number: Decimal, truth: bool) -> None:
    assert value_of(typed(str(whole), "integer")) == whole
    assert value_of(typed(f"{number:f}", "decimal")) == number
    assert value_of(typed(str(truth).lower(), "boolean")) is truth


def answer(*bindings: dict[str, dict[str, str]], names: tuple[str, ...] = ("a", "b")) -> bytes:
    return json.dumps({"head": {"vars": names}, "results": {"bindings": bindings}}).encode()


def test_an_answer_keeps_the_order_of_its_columns_and_leaves_gaps() -> None:
    found = parse_solutions(
        answer(
            {
                "b": {"type": "literal", "value": "二", "xml:lang": "zh"},
                "a": {"type": "uri", "value": "urn:1"},
            },
            {"b": {"type": "literal", "value": "7", "datatype": XSD + "integer"}},
            {},
        )
    )
    assert found.variables == ("a", "b")
    assert found.values() == [("urn:1", "二"), (None, 7), (None, None)]
    assert found.texts() == [("urn:1", "二"), ("", "7"), ("", "")]
    assert len(found) == 3


@pytest.mark.parametrize("cut", [1, 10, 40, -20, -1])
def test_a_truncated_answer_is_never_a_short_one(cut: int) -> None:
    whole = answer({"a": {"type": "uri", "value": "urn:1"}}, {"a": {"type": "uri", "value": "urn:2"}})
    assert len(parse_solutions(whole)) == 2
    with pytest.raises((SyntaxError, ValueError)):
        parse_solutions(whole[:cut])


@pytest.mark.parametrize("payload", [b"", b"null", b"[]", b"<html/>", b'{"head":{},"boolean":true}'])
def test_what_is_no_table_is_no_answer_to_a_select(payload: bytes) -> None:
    with pytest.raises((SyntaxError, ValueError)):
        parse_solutions(payload)


@pytest.mark.parametrize(("word", "truth"), [("true", True), ("false", False)])
def test_yes_and_no(word: str, truth: bool) -> None:
    assert parse_boolean(f'{{"head":{{}},"boolean":{word}}}'.encode()) is truth


@pytest.mark.parametrize("payload", [b"", b"true", b'{"head":{},"boolean":"tr', answer()])
def test_what_is_neither_yes_nor_no_is_an_error(payload: bytes) -> None:
    with pytest.raises((SyntaxError, ValueError)):
        parse_boolean(payload)


def test_triples_come_once_and_sorted() -> None:
    lines = '<urn:b> <urn:p> "2" .\n<urn:a> <urn:p> "1" .\n<urn:b> <urn:p> "2" .\n'
    assert [(t.subject.value, text_of(t.object)) for t in parse_triples(lines.encode())] == [
        ("urn:a", "1"),
        ("urn:b", "2"),
    ]
    assert parse_triples(b"") == []
    with pytest.raises(SyntaxError):
        parse_triples(lines[:-8].encode())


@pytest.mark.parametrize(
    ("query", "line"),
    [
        ("SELECT * { ?s ?p }", 1),
        ("SELECT *\n{ ?s ?p ?o .\n  ?s ?p ) }", 3),
        ("SELECT *\n\n\n{ 链 }", 4),
    ],
)
def test_a_fault_in_a_query_is_told_with_its_line_in_both_languages(query: str, line: int) -> None:
    with pytest.raises(QueryError) as caught:
        memory_store(()).select(query)
    assert caught.value.line == line
    assert str(line) in caught.value.text("zh")
    assert str(line) in caught.value.text("en")


def test_an_engine_that_says_no_place_is_still_quoted() -> None:
    error = syntax_error("something odd\nand more", "SELECT")
    assert (error.line, error.column) == (None, None)
    assert "something odd" in error.text("zh")
    assert "and more" not in error.text("zh")


def test_of_a_long_rest_only_the_beginning_is_shown() -> None:
    error = syntax_error("error at 1:8: expected x", "SELECT " + "z" * 500)
    assert (error.line, error.column) == (1, 8)
    assert "z" * 30 in error.text("en")
    assert "z" * 31 not in error.text("en")
