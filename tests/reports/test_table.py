from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.amounts import plain_number
from kg.reports.table import Column, Table, cell_text


def test_a_table_refuses_rows_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match="1 columns, but a row of 2"):
        Table("t", (Column("a", "A"),), (("1", "2"),), "en")
    with pytest.raises(ValueError, match="named twice"):
        Table("t", (Column("a", "A"), Column("a", "B")), (), "en")


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (Decimal("1E+3"), "1000"),
        (Decimal("667.40"), "667.4"),
        (Decimal("-0.00"), "0"),
        (Decimal("0E-7"), "0"),
        (Decimal("1E-8"), "0.00000001"),
        (100, "100"),
        (1e22, "10000000000000000000000"),
        (float("inf"), "inf"),
    ],
)
def test_plain_number(number: Decimal | float, written: str) -> None:
    assert plain_number(number) == written


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6))
def test_plain_number_keeps_the_value(number: Decimal) -> None:
    written = plain_number(number)
    assert Decimal(written) == number
    assert "E" not in written


def test_cells_are_written_in_the_language_of_the_table() -> None:
    assert cell_text(True, "zh") == "是"
    assert cell_text(False, "en") == "no"
    assert cell_text(("甲", "乙"), "zh") == "甲；乙"
    assert cell_text(("a", "b"), "en") == "a; b"
    assert cell_text(None, "zh") == ""
