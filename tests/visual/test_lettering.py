from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visual import lettering, wording
from visual.lettering import balanced, text_width, wrap

TEXTS = st.text(st.sampled_from("丙烯腈共聚物（一期），。abcXYZ 12-·é\u0301"), max_size=40)


def test_examples_hold() -> None:
    for module in (lettering, wording):
        failed, run = doctest.testmod(module)
        assert run
        assert not failed


@pytest.mark.parametrize(
    ("text", "ems"), [("", 0), ("乙烯", 2), ("（一）", 3), ("ab", 1.1), ("AB", 1.36), ("e\u0301", 0.55)]
)
def test_width_counts_han_as_one_em(text: str, ems: float) -> None:
    assert text_width(text, 10) == pytest.approx(10 * ems)


@given(TEXTS, st.floats(30, 300), st.integers(1, 4))
def test_lines_fit_and_lose_nothing_but_what_the_ellipsis_stands_for(
    text: str, width: float, most: int
) -> None:
    lines = wrap(text, width, 12, most)
    assert len(lines) <= most
    assert all(text_width(line, 12) <= width or len(line) == 1 for line in lines)
    kept = "".join(lines).replace(" ", "")
    if kept.endswith("…"):
        assert text.replace(" ", "").startswith(kept.removesuffix("…"))
    else:
        assert kept == text.replace(" ", "")


def test_punctuation_does_not_start_a_line() -> None:
    assert all(not line.startswith("，") for line in wrap("甲乙丙丁，戊己", 40, 10, 3))


def test_latin_words_stay_whole_where_they_fit() -> None:
    assert wrap("Epoxy resin curing agent", 80, 10, 4) == ("Epoxy resin", "curing agent")


@given(TEXTS)
def test_balancing_keeps_text_and_number_of_lines(text: str) -> None:
    plain, even = wrap(text, 90, 12, 3), balanced(text, 90, 12, 3)
    assert len(plain) == len(even)
    assert "".join(plain).replace(" ", "") == "".join(even).replace(" ", "")


def test_evening_out_lines_breaks_no_word() -> None:
    assert balanced("Synthetic resins", 8.2 * 14, 14, 3) == ("Synthetic", "resins")
    assert balanced("Benzene, toluene and xylenes", 8.2 * 14, 14, 3) == ("Benzene,", "toluene and", "xylenes")
