"""Texts as values of parameters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import UnknownName, UsageError
from kg.names import ID, SCHEME, XSD
from kg.queries import NameIndex, Parameter
from kg.queries.parameters import last_day, term_for
from kg.store import Literal, NamedNode

INDEX = NameIndex([(ID + "chain/甲", "Chain", "甲链", "zh", True)])


def parameter(kind: str, *, classes: tuple[str, ...] = (), scheme: str = "") -> Parameter:
    return Parameter("p", kind, classes, scheme, None, False, {"zh": "参数", "en": "parameter"})  # type: ignore[arg-type]


def typed(text: str, name: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + name))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2021", "2021-12-31"),
        ("2021-02", "2021-02-28"),
        ("2024-02", "2024-02-29"),
        ("2021-05-07", "2021-05-07"),
        (" 2021 ", "2021-12-31"),
        ("2021-13", None),
        ("2021-00", None),
        ("2021-02-30", None),
        ("0000", None),
        ("21-05", None),
        ("2021/05", None),
        ("２０２１", None),
        ("", None),
    ],
)
def test_dates_stand_for_their_last_day(text: str, day: str | None) -> None:
    assert last_day(text) == day


@pytest.mark.parametrize(
    ("kind", "text", "term"),
    [
        ("date", "2021-05", typed("2021-05-31", "date")),
        ("integer", " +12 ", typed("12", "integer")),
        ("decimal", "1.50", typed("1.50", "decimal")),
        ("decimal", "1e3", typed("1000", "decimal")),
        ("text", 'a "b"', Literal('a "b"')),
    ],
)
def test_plain_values(kind: str, text: str, term: Literal) -> None:
    assert term_for(parameter(kind), text, INDEX, "zh") == term


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("date", "yesterday"),
        ("integer", "1.5"),
        ("integer", "9" * 30),
        ("decimal", "many"),
        ("decimal", "NaN"),
        ("decimal", "1e30"),
        ("text", "\ud800"),
    ],
)
def test_values_that_do_not_fit(kind: str, text: str) -> None:
    with pytest.raises(UsageError) as caught:
        term_for(parameter(kind), text, INDEX, "en")
    assert caught.value.key == "query.parameter_value"


def test_things_by_name() -> None:
    chain = parameter("thing", classes=("Chain",))
    assert term_for(chain, "甲链", INDEX, "zh") == NamedNode(ID + "chain/甲")
    with pytest.raises(UnknownName) as caught:
        term_for(chain, "乙", INDEX, "zh")
    assert caught.value.kind == "产业链"


@pytest.mark.parametrize("text", ["在产", "in-production", SCHEME + "production-status/in-production"])
def test_words_of_a_scheme(text: str) -> None:
    status = parameter("concept", scheme="production-status")
    assert term_for(status, text, INDEX, "zh") == NamedNode(SCHEME + "production-status/in-production")


@pytest.mark.parametrize("text", ["没有", SCHEME + "role/anchor", "x/../y"])
def test_words_outside_a_scheme(text: str) -> None:
    with pytest.raises(UnknownName) as caught:
        term_for(parameter("concept", scheme="production-status"), text, INDEX, "zh")
    assert "在产" in caught.value.nearest


@given(st.text())
def test_no_text_breaks_a_date(text: str) -> None:
    day = last_day(text)
    assert day is None or len(day) == 10
