"""Amounts as people write them: every expectation is written by hand."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.amounts import in_unit, percent, plain_number, tonnes


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (0, "0"),
        (7, "7"),
        (-7, "-7"),
        (10**20, "100000000000000000000"),
        (1.0, "1"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (1e-7, "0.0000001"),
        (1e21, "1000000000000000000000"),
        (-2.50, "-2.5"),
        (Decimal("0E+5"), "0"),
        (Decimal("-0.000"), "0"),
        (Decimal("100"), "100"),
        (Decimal("100.00"), "100"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1.20E+1"), "12"),
        (Decimal("12.3400"), "12.34"),
        (Decimal("0.00010"), "0.0001"),
        (Decimal("-10.0"), "-10"),
        (Decimal("12345678901234567890123456789.5"), "12345678901234567890123456789.5"),
    ],
)
def test_a_number_has_no_exponent_and_no_idle_zeros(number: float | Decimal, written: str) -> None:
    assert plain_number(number) == written


def test_numbers_of_numpy_are_numbers() -> None:
    assert plain_number(np.float64(0.25)) == "0.25"
    assert plain_number(np.float64(3.0)) == "3"


@pytest.mark.parametrize(
    ("number", "written"),
    [(float("inf"), "inf"), (float("nan"), "nan"), (Decimal("-Infinity"), "-Infinity")],
)
def test_what_is_no_number_is_shown_and_does_not_break_a_table(number: float | Decimal, written: str) -> None:
    assert plain_number(number) == written


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15))
def test_what_is_written_reads_back_as_the_same_number(number: Decimal) -> None:
    written = plain_number(number)
    assert Decimal(written) == number
    assert "e" not in written.lower()
    assert not ("." in written and written.endswith(("0", ".")))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_reads_back_as_the_same_float(number: float) -> None:
    assert float(plain_number(number)) == number


@pytest.mark.parametrize(
    ("share", "written"),
    [
        ("0", "0%"),
        ("1", "100%"),
        ("0.5", "50%"),
        ("0.125", "12.5%"),
        ("0.1234", "12.3%"),
        ("0.1236", "12.4%"),
        ("0.0001", "0%"),
        ("0.0006", "0.1%"),
        ("0.9994", "99.9%"),
        ("0.9996", "100%"),
        ("1.5", "150%"),
        ("-0.25", "-25%"),
        ("-0.0001", "0%"),
        ("25", "2500%"),
    ],
)
def test_a_share_is_a_percentage_of_at_most_one_decimal(share: str, written: str) -> None:
    assert percent(Decimal(share)) == written


@pytest.mark.parametrize(
    ("amount", "zh", "en"),
    [
        ("0", "0吨/年", "0 t/a"),
        ("0.5", "0.5吨/年", "0.5 t/a"),
        ("999", "999吨/年", "999 t/a"),
        ("1000", "1000吨/年", "1 kt/a"),
        ("9999", "9999吨/年", "9.999 kt/a"),
        ("10000", "1万吨/年", "10 kt/a"),
        ("12500", "1.25万吨/年", "12.5 kt/a"),
        ("450000", "45万吨/年", "450 kt/a"),
        ("15000000", "1500万吨/年", "15000 kt/a"),
        ("-20000", "-2万吨/年", "-20 kt/a"),
        ("-500", "-500吨/年", "-500 t/a"),
        ("1E+5", "10万吨/年", "100 kt/a"),
    ],
)
def test_tonnes_come_in_the_unit_of_their_size(amount: str, zh: str, en: str) -> None:
    assert (tonnes(Decimal(amount), "zh"), tonnes(Decimal(amount), "en")) == (zh, en)


@given(st.integers(0, 10**9))
def test_both_languages_tell_the_same_amount(amount: int) -> None:
    def read(written: str, factors: dict[str, int]) -> Decimal:
        for unit, factor in factors.items():
            if written.endswith(unit):
                return Decimal(written.removesuffix(unit)) * factor
        raise AssertionError(written)

    assert read(tonnes(Decimal(amount), "zh"), {"万吨/年": 10_000, "吨/年": 1}) == amount
    assert read(tonnes(Decimal(amount), "en"), {" kt/a": 1_000, " t/a": 1}) == amount


@pytest.mark.parametrize(
    ("value", "unit", "zh", "en"),
    [
        ("5", "10kt-a", "5万吨/年", "50,000 t/a"),
        ("1500", "t-a", "1500吨/年", "1,500 t/a"),
        ("12.5", "10k-kg-a", "12.5万公斤/年", "125 t/a"),
        ("0.05", "10kt-a", "0.05万吨/年", "500 t/a"),
        ("-0.5", "10k-cny", "-0.5万元", "-5,000 yuan"),
        ("3–5", "100m-cny", "3–5亿元", "300,000,000–500,000,000 yuan"),
        ("0.00012345", "10kt", "0.00012345万吨", "1.2345 tonnes"),
        ("8000", "bbl-d", "8000桶/日", "8000 barrel per day"),
        ("约", "10kt", "约万吨", "约 tonnes"),
    ],
)
def test_english_writes_out_what_chinese_counts_in_ten_thousands(value, unit, zh, en) -> None:
    assert (in_unit(value, unit, "zh"), in_unit(value, unit, "en")) == (zh, en)
