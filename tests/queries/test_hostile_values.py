"""Values given to questions: none breaks out of its place, and none is lost on the way to the engine."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import QueryRefused, UnknownName, UsageError
from kg.names import ID, XSD
from kg.queries import NameIndex, Parameter
from kg.queries.binding import bind, bindable
from kg.queries.parameters import last_day, term_for
from kg.store import Literal, NamedNode, Quad, memory_store, query_kind

INDEX = NameIndex([])
DECIMAL = NamedNode(XSD + "decimal")
STORE = memory_store([Quad(NamedNode("urn:s"), NamedNode("urn:p"), Literal("x"), NamedNode("urn:g"))])


def parameter(kind: str, scheme: str = "") -> Parameter:
    return Parameter("p", kind, (), scheme, None, False, {"zh": "参数", "en": "parameter"})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("0", "0"),
        ("-0.00", "0"),
        ("0e-99999999", "0"),
        ("123456789012345678.123456789012345678", "123456789012345678.123456789012345678"),
        ("-0.5", "-0.5"),
        ("+1.25", "1.25"),
        (" 3 ", "3"),
        ("1E-18", "0.000000000000000001"),
        ("999999999999999999", "999999999999999999"),
        ("0.1234567890123456780000", "0.1234567890123456780000"),
        ("2.5e3", "2500"),
    ],
)
def test_a_decimal_arrives_at_the_engine_as_the_number_it_is(text: str, written: str) -> None:
    term = term_for(parameter("decimal"), text, INDEX, "zh")
    assert term == Literal(written, datatype=DECIMAL)
    # The engine takes it for a number: it compares with itself as equal.
    query = bind("ASK { VALUES ?x { UNDEF } FILTER(?x + 0 = ?x) }", {"x": [term]})
    assert STORE.ask(query)


@pytest.mark.parametrize(
    "text",
    [
        "1e-19",
        "1e-99999999",
        "1e99999999",
        "0.1234567890123456789",
        "1e18",
        "-1e18",
        "1e400",
        "inf",
        "-Infinity",
        "sNaN",
        "",
        " ",
        "1,5",
        "5%",
        "一",
        "1 2",
        "--1",
    ],
)
def test_a_number_that_the_engine_cannot_hold_is_refused_in_words(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        term_for(parameter("decimal"), text, INDEX, "zh")
    assert caught.value.key == "query.parameter_value"


@given(st.decimals(min_value=Decimal(-(10**17)), max_value=Decimal(10**17), places=6))
def test_every_ordinary_decimal_is_understood_by_the_engine(number: Decimal) -> None:
    term = term_for(parameter("decimal"), str(number), INDEX, "en")
    ((value,),) = STORE.select(bind("SELECT (?x + 0 AS ?y) { VALUES ?x { UNDEF } }", {"x": [term]})).values()
    assert value == number


@pytest.mark.parametrize("text", ["1.0", "1e3", "0x10", "１２", "1_000", "", "+", "1" * 19])
def test_what_is_no_plain_integer_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        term_for(parameter("integer"), text, INDEX, "en")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1900-02", "1900-02-28"),
        ("2000-02", "2000-02-29"),
        ("2024-04", "2024-04-30"),
        ("0001", "0001-12-31"),
        ("9999", "9999-12-31"),
        ("2023-02-29", None),
        ("2024-02-29", "2024-02-29"),
        ("2024-1", None),
        ("2024-01-1", None),
        ("2024-01-00", None),
        ("-2024", None),
        ("2024-01-01T00:00", None),
        ("2024Q1", None),
        ("2024 01", None),
    ],
)
def test_a_date_is_its_last_day(text: str, day: str | None) -> None:
    assert last_day(text) == day


HOSTILE = [
    '"', "'", '"""', "\\", '\\"', "}", "} ?s ?p ?o {", '"@zh', '"^^<urn:x>', "> } DROP ALL #", "# no comment", "\n", "\r\n",
    "\t", "?x", "UNDEF", "VALUES ?x { UNDEF }", "SERVICE <http://e/> {}", "\u2028", "𠀋", "\x00", "\x7f", "a\\u0022b",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_a_text_and_nothing_else(text: str) -> None:
    term = term_for(parameter("text"), text, INDEX, "zh")
    query = bind("SELECT ?x ?y { VALUES ?x { UNDEF } BIND(1 AS ?y) }", {"x": [term]})
    assert STORE.select(query).values() == [(text, 1)]


@given(
    st.lists(
        st.text(st.characters(exclude_categories=("Cs",)), max_size=8), min_size=1, max_size=4, unique=True
    )
)
def test_several_texts_come_back_as_they_were(texts: list[str]) -> None:
    query = bind("SELECT ?x { VALUES ?x { UNDEF } }", {"x": [Literal(text) for text in texts]})
    assert sorted(row[0] for row in STORE.select(query).values()) == sorted(texts)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("SELECT * { values ?a{undef} VALUES\n?b # c\n{ UNDEF } }", {"a", "b"}),
        ("SELECT * { VALUES ?a { UNDEF UNDEF } }", set()),
        ("SELECT * { VALUES (?a) { (UNDEF) } }", set()),
        ('SELECT * { VALUES ?a { "UNDEF" } }', set()),
        ("# VALUES ?a { UNDEF }\nSELECT * {}", set()),
        ("SELECT ('VALUES ?a { UNDEF }' AS ?b) {}", set()),
        ("SELECT * { VALUES $a { UNDEF } }", {"a"}),
        ("", set()),
    ],
)
def test_only_a_real_place_is_a_place(text: str, names: set[str]) -> None:
    assert bindable(text) == names
    if not names:
        assert bind(text, {}) == text


def test_a_name_in_quotes_of_an_ambiguous_name_lists_both() -> None:
    index = NameIndex(
        [(ID + "product/a", "Product", "料", "zh", True), (ID + "product/b", "Product", " 料", "zh", True)]
    )
    with pytest.raises(UsageError) as caught:
        index.resolve("料", ["Product"])
    assert caught.value.key == "name.ambiguous"
    assert f"{ID}product/a; {ID}product/b" in caught.value.text("zh")


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_name_is_unknown_and_shown(text: str) -> None:
    with pytest.raises(UnknownName) as caught:
        INDEX.resolve(text, ["Organization"], "企业")
    assert caught.value.nearest == ()
    assert text in caught.value.text("zh")


@pytest.mark.parametrize(
    "update",
    [
        "INSERT DATA {}",
        "delete where {}",
        "CLEAR ALL",
        "drop graph <urn:g>",
        "PREFIX a: <urn:b> LOAD <urn:x>",
        "# c\nWITH <urn:g> DELETE {} WHERE {}",
    ],
)
def test_an_update_is_no_query(update: str) -> None:
    with pytest.raises(QueryRefused):
        query_kind(update)


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("select ?insert {}", "select"),
        ("PREFIX delete: <urn:x> ASK {}", "ask"),
        ("BASE <urn:drop> CONSTRUCT WHERE {}", "construct"),
        ("# INSERT\nDESCRIBE <urn:x>", "construct"),
        ("", "select"),
    ],
)
def test_a_query_is_told_by_its_first_keyword(query: str, kind: str) -> None:
    assert query_kind(query) == kind
