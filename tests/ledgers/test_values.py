"""From the text of a cell to a term."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kg.ledgers import values
from kg.ledgers.values import BadValueError
from kg.messages import has

PARSERS: list[Callable[[str], object]] = [
    values.decimal,
    values.integer,
    values.date_text,
    values.partial_date,
    values.period,
    values.web_address,
    values.identifier,
]
CODES = {"not-a-number", "not-an-integer", "not-a-date", "not-a-period", "not-an-address", "not-an-id"}


@pytest.mark.parametrize("parse", PARSERS, ids=lambda parse: parse.__name__)
@given(text=st.one_of(st.text(), st.from_regex(r"[0-9./\-QH:,%+htps\[\]\n]*")))
@example(text="http://x\n")
@example(text="http://[")
@example(text="http://x/%zz")
@example(text="0000Q1")
@example(text="0000-02")
@example(text="٢٠٢٢Q1")
@example(text="9" * 5000)
@example(text="2023-02-29")
def test_parsers_answer_or_say_what_is_wrong(parse: Callable[[str], object], text: str) -> None:
    code = None
    try:
        parse(text)
    except BadValueError as error:
        code = error.code
    assert code is None or code in CODES


@pytest.mark.parametrize("code", sorted(CODES))
def test_each_reason_has_words(code: str) -> None:
    assert has(f"finding.{code}")


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6))
@example(Decimal("-0.000000"))
@example(Decimal("0.500000"))
def test_decimals_are_exact(number: Decimal) -> None:
    found = values.decimal(f"{number:f}").value
    assert Decimal(found) == number
    assert "E" not in found
    assert found == "0" or not found.startswith("-0") or found.startswith("-0.")
    assert not ("." in found and found.endswith("0"))


def test_a_decimal_is_not_rounded_to_the_precision_of_a_context() -> None:
    digits = "1234567890" * 5 + ".1"
    assert values.decimal(digits).value == digits


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1,234.50", "1234.5"),
        ("１２．５", "12.5"),
        ("007", "7"),
        ("+3", "3"),
        ("-0", "0"),
        (" 8 ", "8"),
        ("12,345,678", "12345678"),
    ],
)
def test_numbers_as_people_write_them(written: str, meant: str) -> None:
    assert values.decimal(written).value == meant


@pytest.mark.parametrize(
    "text", ["1,5", "12,34", "1,2345", "10²", "1.", ".5", "1e3", "10万", "约10", "-", "", "①", "½", "--1"]
)
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(BadValueError, match="not-a-number"):
        values.decimal(text)


@given(st.integers(-(10**18) + 1, 10**18 - 1))
def test_integers(number: int) -> None:
    assert values.integer(str(number)).value == str(number)


@pytest.mark.parametrize("text", ["1.0", "一", "9" * 19, ""])
def test_what_is_no_whole_number(text: str) -> None:
    with pytest.raises(BadValueError, match="not-an-integer"):
        values.integer(text)


@given(st.dates(), st.sampled_from("-/."))
def test_dates_of_three_precisions(day: date, mark: str) -> None:
    whole = day.isoformat()
    for width, kind in ((4, "gYear"), (7, "gYearMonth"), (10, "date")):
        literal = values.partial_date(whole[:width].replace("-", mark))
        assert (literal.value, literal.datatype.value.rpartition("#")[2]) == (whole[:width], kind)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("2024-5", "2024-05"), ("２０２４／５／６", "2024-05-06"), ("2024-02-29", "2024-02-29")],
)
def test_dates_are_padded(written: str, meant: str) -> None:
    assert values.date_text(written) == meant


@pytest.mark.parametrize(
    "text", ["2023-02-29", "2024-13", "2024-00", "0000", "24-05", "2024-05-", "2024年", "20240506", ""]
)
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(BadValueError, match="not-a-date"):
        values.partial_date(text)


@pytest.mark.parametrize(
    ("written", "period"),
    [
        ("2022", ("2022", "2022-01-01", "2022-12-31")),
        ("2022Q1", ("2022Q1", "2022-01-01", "2022-03-31")),
        ("2022q4", ("2022Q4", "2022-10-01", "2022-12-31")),
        ("2023-H2", ("2023H2", "2023-07-01", "2023-12-31")),
        ("2024-02", ("2024-02", "2024-02-01", "2024-02-29")),
        ("2023-02", ("2023-02", "2023-02-01", "2023-02-28")),
        ("2024-10-21", ("2024-10-21", "2024-10-21", "2024-10-21")),
        ("2024-01/2024-08", ("2024-01/2024-08", "2024-01-01", "2024-08-31")),
        ("2021/2025", ("2021/2025", "2021-01-01", "2025-12-31")),
    ],
)
def test_periods(written: str, period: tuple[str, str, str]) -> None:
    assert values.period(written) == period


@pytest.mark.parametrize(
    "text",
    ["2022Q5", "2022H3", "0000Q1", "2024-08/2024-01", "2024-01/", "/2024", "2024/2025/2026", "上半年", ""],
)
def test_what_is_no_period(text: str) -> None:
    with pytest.raises(BadValueError, match="not-a-period"):
        values.period(text)


@given(st.dates(), st.dates())
def test_a_range_begins_before_it_ends(one: date, other: date) -> None:
    first, last = sorted((one, other))
    assert values.period(f"{first}/{last}")[1:] == (first.isoformat(), last.isoformat())


@pytest.mark.parametrize("text", ["http://example.org/a?b=1", "https://example.org/云溪"])
def test_addresses(text: str) -> None:
    assert values.web_address(text).value == text


@pytest.mark.parametrize(
    "text", ["ftp://x", "example.org", "javascript:alert(1)", "http://", "http://a b", "http://x\n"]
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(BadValueError, match="not-an-address"):
        values.web_address(text)


@pytest.mark.parametrize("text", ["a", "yx-1", "gov.2024_1", "2024"])
def test_ids(text: str) -> None:
    assert values.identifier(text) == text


@pytest.mark.parametrize("text", ["", "-a", "a/b", "来源1", "a b", "../x", "a\n"])
def test_what_is_no_id(text: str) -> None:
    with pytest.raises(BadValueError, match="not-an-id"):
        values.identifier(text)


@pytest.mark.parametrize(
    ("text", "lang", "tag"), [("竹浆", "", "zh"), ("Pulp", "", "en"), ("竹浆", "en", "en")]
)
def test_names_carry_their_language(text: str, lang: str, tag: str) -> None:
    literal = values.named(text, lang)
    assert (literal.value, literal.language) == (text, tag)
