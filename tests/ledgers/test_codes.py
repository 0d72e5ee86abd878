"""Codes and their checks, against the worked examples of the standards and an implementation by others."""

from __future__ import annotations

import csv
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from kg.ledgers import codes
from kg.ledgers.codes import (
    SYMBOLS,
    check_symbol,
    division_code,
    division_in_force,
    own_check_symbol,
    project_code,
    unified_code,
)
from kg.ledgers.values import BadValueError
from kg.settings import data_path

VALID = ["91110000710926094P", "914403001922038216", "9144030071526726XG", "91350100M000100Y43"]
FULL = VALID[0]
REFUSED = [
    ("91350100M000100Y4Z", "code-symbol", {"place": 18, "symbol": "Z"}),
    ("91350100M000100Y44", "code-last-check", {"symbol": "4"}),
    ("9111OOOO710926094P", "code-symbol-hint", {"place": 5, "symbol": "O", "suggestion": FULL}),
    ("9111000071O926094P", "code-symbol-hint", {"place": 11, "symbol": "O", "suggestion": FULL}),
    ("9I110000710926094P", "code-symbol-hint", {"place": 2, "symbol": "I", "suggestion": FULL}),
    ("91110000710926904P", "code-own-check-hint", {"symbol": "4", "suggestion": FULL}),
    ("91110000710926084P", "code-own-check", {"symbol": "4"}),
    ("911A0000710926094P", "code-symbol", {"place": 4, "symbol": "A"}),
    ("91110000710926094", "code-length", {"length": 17}),
    ("71092609-4", "code-length", {"length": 9}),
    ("某公司", "code-length", {"length": 3}),
    ("110000012345678", "code-registration", {}),
    ("9.11E+17", "code-scientific", {}),
    ("9.1110000710926E17", "code-scientific", {}),
]


@pytest.mark.parametrize("code", VALID)
def test_valid_codes_pass(code: str) -> None:
    assert unified_code(code) == code
    assert uscc.is_valid(code)


@pytest.mark.parametrize(
    "written",
    [
        "91110000710926094p",
        "9111 0000 7109 2609 4P",
        "９１１１００００７１０９２６０９４Ｐ",
        "911100-00710926094P",
    ],
)
def test_case_width_and_gaps_do_not_matter(written: str) -> None:
    assert unified_code(written) == FULL


@pytest.mark.parametrize(("code", "name", "params"), REFUSED)
def test_a_wrong_code_is_told_which_check_fails(code: str, name: str, params: dict[str, object]) -> None:
    with pytest.raises(BadValueError) as caught:
        unified_code(code)
    assert (caught.value.code, dict(caught.value.params)) == (name, params)


def test_every_single_substitution_and_swap_is_found() -> None:
    wrong = {FULL[:i] + symbol + FULL[i + 1 :] for i in range(18) for symbol in SYMBOLS if symbol != FULL[i]}
    swapped = {FULL[:i] + FULL[i + 1] + FULL[i] + FULL[i + 2 :] for i in range(17)} - {FULL}
    assert (len(wrong), len(swapped)) == (540, 12)
    for code in wrong | swapped:
        with pytest.raises(BadValueError):
            unified_code(code)


@given(st.text(SYMBOLS, min_size=17, max_size=17))
def test_the_check_symbol_agrees_with_others(first: str) -> None:
    assert check_symbol(first) == uscc.calc_check_digit(first)


@given(
    st.sampled_from(["11", "51", "52", "91", "92", "93"]),
    st.integers(0, 999_999),
    st.text(SYMBOLS, min_size=8, max_size=8),
)
def test_a_code_made_by_the_formulas_passes(kind: str, place: int, body: str) -> None:
    start = f"{kind}{place:06d}{body}{own_check_symbol(body)}"
    code = start + check_symbol(start)
    assert unified_code(code) == code
    assert uscc.is_valid(code)


@given(st.one_of(st.text(max_size=30), st.text(SYMBOLS + "OISVZ０Ｏl ٣²", min_size=18, max_size=18)))
def test_any_text_is_a_code_or_a_bad_value(text: str) -> None:
    for read in (unified_code, project_code, division_code):
        with suppress(BadValueError):
            assert read(text)


def test_project_codes() -> None:
    assert project_code(" 2103-211100-04-01-123456") == "2103-211100-04-01-123456"
    for wrong in (
        "2103-21110-04-01-123456",
        "2.1032E+21",
        "210321110004011234 56",
        "2103-211100-04-01-1234567",
    ):
        with pytest.raises(BadValueError):
            project_code(wrong)


def test_a_division_code_out_of_use_has_a_successor() -> None:
    assert division_code("２１１１２１") == "211121"
    assert division_in_force("211121") == "211104"
    assert division_in_force("632121") == "630203"  # 平安县 changed twice
    assert division_in_force("211100") == "211100"
    for wrong in ("2111", "211121001", "盘锦市", "2.11E+05"):
        with pytest.raises(BadValueError):
            division_code(wrong)


def test_the_table_of_changes_is_one_step_and_within_a_province() -> None:
    path = data_path("ontology") / "codes" / "division-changes.csv"
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["旧代码", "旧名称", "新代码", "新名称"]
    old, new = [row[0] for row in rows], {row[2] for row in rows}
    assert old == sorted(set(old))
    assert not new.intersection(old)
    assert all(a[:2] == b[:2] and codes.division_code(a) and codes.division_code(b) for a, _, b, _ in rows)
    assert all(text == text.strip() and text[-1] in "市县区旗" for row in rows for text in (row[1], row[3]))
