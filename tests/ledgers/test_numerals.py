"""Numbers as cells write them: each text one number exactly, or none."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.ledgers.numerals import MAX_DIGITS, number, shifted

READ = {
    "0": "0", "零": "0", "〇": "0", "12": "12", "1,234.5": "1234.5", "0.50": "0.5", "十": "10", "十五": "15", "二十": "20",
    "一百一十": "110", "一百零五": "105", "五百二十": "520", "两千": "2000", "三千": "3000", "一千零五十万": "10500000",
    "一百二十三万": "1230000", "一万五千": "15000", "三千万": "30000000", "叁佰万": "3000000", "1.2亿": "120000000",
    "1亿2000万": "120000000", "一亿五千万": "150000000", "一亿零五": "100000005", "一万亿": "1000000000000", "3千5百": "3500",
    "1.2万亿": "1200000000000", "2百万": "2000000", "3億": "300000000", "5萬": "50000", "0.0001亿": "10000",
}  # fmt: skip
REFUSED = (
    "", "万", "亿", "百万", "00", "007", "1,5", "1,23", "1.2.3", "一万五", "一亿五千", "一百二", "3万5", "1.2亿3000万", "二〇二三",
    "万万", "一亿亿", "千百", "五千三千", "零零", "一零", "十十", "几十", "12个", "²", "٣", "1e5", "9" * (MAX_DIGITS + 1),
)  # fmt: skip
_DIGITS, _PLACES = "零一二三四五六七八九", ("", "十", "百", "千")


@pytest.mark.parametrize(("text", "value"), READ.items())
def test_a_number_is_read(text: str, value: str) -> None:
    found = number(text)
    assert found == Decimal(value)
    assert "E" not in str(found)


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_number_or_could_be_two_is_none(text: str) -> None:
    assert number(text) is None


def section(value: int) -> str:
    """Write a number below ten thousand as Chinese does, an oracle made the other way round."""
    written, gap = "", False
    for place in (3, 2, 1, 0):
        digit = value // 10**place % 10
        if digit:
            written += ("零" if gap and written else "") + _DIGITS[digit] + _PLACES[place]
        gap = not digit
    return written or "零"


@given(st.integers(0, 9999))
def test_every_section_is_read(value: int) -> None:
    assert number(section(value)) == value


@given(st.integers(1, 9999), st.integers(1000, 9999))
def test_sections_add_up(high: int, low: int) -> None:
    assert number(f"{section(high)}万{section(low)}") == high * 10_000 + low
    assert number(f"{section(high)}亿{section(low)}万") == high * 10**8 + low * 10_000


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=0, max_value=10**15))
def test_magnitudes_multiply_exactly(value: Decimal) -> None:
    text = f"{value:f}"
    for word, power in (("千", 3), ("万", 4), ("亿", 8), ("万亿", 12)):
        found = number(text + word)
        assert found is not None
        assert found == value.scaleb(power) == shifted(value, power)


@given(st.text(alphabet="0123456789.,零〇一二两三九十拾百千万亿億萬余²٣ e-", max_size=40))
def test_any_text_is_a_number_or_none(text: str) -> None:
    found = number(text)
    assert found is None or (found.is_finite() and found >= 0)
