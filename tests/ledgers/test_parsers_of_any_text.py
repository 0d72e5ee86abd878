"""Whatever text stands in a cell, a title or a mapping: an answer, or the parser's own error, and nothing else."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import InputError
from kg.ledgers.datatypes import read_datatype
from kg.ledgers.description import Column, ledgers
from kg.ledgers.headers import assemble, forms, title_and_unit, unit_in
from kg.ledgers.mapping import UnknownLedger, chosen_ledger
from kg.ledgers.measures import Beside, measure
from kg.ledgers.numerals import MAX_DIGITS, number
from kg.ledgers.quantities import is_not_stated, unit_of
from kg.ledgers.registry import Entry, Registry
from kg.ledgers.sheets import Grid, Merged, Row
from kg.ledgers.surveys import look_of, parse
from kg.ledgers.values import BadValueError
from kg.ledgers.workbooks import cell_text
from kg.messages import LANGUAGES, text
from kg.vocabulary import vocabulary

PIECES = st.sampled_from(
    ["约", "95", "万", "吨", "/年", "-", "至", "亿", "元", "(", ")", "（", "年", "月", "Q1", "2023", "E+17", "%", "成", "分之",
     "以上", "每", "²", "１", "，", ",", ".", "\n", "\x00", "́", "٣", "𠮷", "=", "单位：", "·", "[1]", "无", "—", ";", "9" * 40]
)  # fmt: skip
ANY = st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=9).map("".join))
COLUMNS = {
    column.datatype: column
    for ledger in ledgers().values()
    for column in ledger.columns
    if column.datatype not in ("gy:quantity",) and not column.refers_to and not column.code_list
}
UNITS = sorted(vocabulary().units)
MORE = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


Refusal = TypeVar("Refusal", bound=Exception)
Answer = TypeVar("Answer")


def answer(
    refusal: type[Refusal], parser: Callable[..., Answer], *arguments: object
) -> tuple[Answer | None, Refusal | None]:
    """Return what a parser answers, or its own error; any other one goes on."""
    try:
        return parser(*arguments), None
    except refusal as error:
        return None, error


@pytest.mark.parametrize("column", COLUMNS.values(), ids=lambda column: column.datatype)
@MORE
@given(piece=ANY)
def test_every_datatype(column: Column, piece: str) -> None:
    value, error = answer(BadValueError, read_datatype, column, piece)
    if error is not None:
        for lang in LANGUAGES:
            params = {
                name: said[lang] if isinstance(said, dict) else said for name, said in error.params.items()
            }
            assert text(f"finding.{error.code}", lang, value=piece, column="", **params)
    else:
        assert value is not None
        assert len(value.texts) <= 1


@MORE
@given(piece=ANY, unit=st.sampled_from(["", *UNITS]), title=st.one_of(ANY, st.sampled_from(["", "万元"])))
def test_a_quantity_among_any_neighbours(piece: str, unit: str, title: str) -> None:
    with contextlib.suppress(BadValueError):
        found = measure(piece, Beside(unit, "", title, ""))
        assert found.unit in {"", *UNITS}
        assert found.quantity.text in ("", piece)


@MORE
@given(piece=ANY)
def test_titles_units_and_names(piece: str) -> None:
    bare, unit = title_and_unit(piece)
    assert len(bare) <= len(piece)
    assert unit == "" or unit_in(unit) == unit
    assert all(forms(piece))
    assert unit_of(piece) in {"", *UNITS}
    assert is_not_stated(piece) in (True, False)
    found = number(piece)
    assert found is None or (found.is_finite() and len(piece) <= MAX_DIGITS)
    assert look_of(piece) in ("", "percent", "month", "year")
    name, error = answer(UnknownLedger, chosen_ledger, piece)
    assert name in ledgers() if error is None else all(error.text(lang) for lang in LANGUAGES)


@MORE
@given(
    st.one_of(st.floats(), st.integers(-(10**30), 10**30)), st.sampled_from(["", "percent", "month", "year"])
)
def test_any_number_is_a_text(value: float, look: str) -> None:
    assert "e" not in cell_text(value, look).replace("inf", "").replace("nan", "").lower()  # type: ignore[arg-type]


@MORE
@given(st.lists(ANY, min_size=1, max_size=8), ANY)
def test_any_name_has_nearest_names_that_exist(names: list[str], asked: str) -> None:
    registry = Registry()
    for name in names:
        registry.add(Entry("products", name, f"id:{name}", "a.csv", 2), [name])
    assert set(registry.nearest(["products"], asked)) <= set(names)


@MORE
@given(
    st.lists(st.lists(ANY, min_size=1, max_size=5), max_size=7),
    st.lists(st.tuples(*[st.integers(0, 9)] * 4), max_size=4),
)
def test_any_grid_is_a_sheet_or_told(rows: list[list[str]], ranges: list[tuple[int, int, int, int]]) -> None:
    numbered = tuple(Row(number, tuple(cells)) for number, cells in enumerate(rows, 1) if any(cells))
    merged = tuple(Merged(min(a, b) + 1, max(a, b) + 1, min(c, d), max(c, d)) for a, b, c, d in ranges)
    sheet, error = answer(InputError, assemble, Grid("a.xlsx", "s", numbered, merged))
    if sheet is None:
        assert error is not None
        assert error.file == "a.xlsx"
        return
    assert len(sheet.units) == len(sheet.header)
    assert {len(row.cells) for row in sheet.rows} <= {len(sheet.header)}
    assert [row.number for row in sheet.rows] == sorted({row.number for row in sheet.rows})


@MORE
@given(st.one_of(st.binary(max_size=80), ANY.map(lambda piece: f"<a>{piece}</a>".encode("utf-8", "replace"))))
def test_any_bytes_are_a_part_or_told(data: bytes) -> None:
    _, error = answer(InputError, parse, data, "a.xlsx", lambda *_: None)
    assert error is None or error.file == "a.xlsx"
