from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.reports.text_width import longest_word, pad, width, wrap

MIXED = st.text(st.sampled_from("ab cd，。（）《》产业链缺 1.5%-\n"), max_size=80)


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("", 0),
        ("ABS", 3),
        ("丙烯腈", 6),
        ("１２", 4),
        ("e\u0301", 1),
        ("a\u200bb", 2),
        ("→", 1),
        ("（缺）", 6),
        ("\x07", 0),
    ],
)
def test_width_counts_terminal_cells(text: str, cells: int) -> None:
    assert width(text) == cells


@given(MIXED, st.integers(2, 40))
def test_wrapped_lines_fit_and_lose_nothing_but_space(text: str, cells: int) -> None:
    lines = wrap(text, cells)
    assert all(width(line) <= cells for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert lines


@given(MIXED)
def test_a_line_as_wide_as_the_longest_word_breaks_no_word(text: str) -> None:
    cells = max(2, longest_word(text))
    words = text.replace("\n", " ").split()
    joined = "\n".join(wrap(text, cells))
    assert all(word in joined for word in words if word.isascii() and word.isalnum())


def test_punctuation_neither_opens_nor_closes_a_line_wrongly() -> None:
    text = "缺少本地生产者（截至二〇二四年），需要外购《清单》所列物料。"
    for cells in range(8, 40):
        lines = wrap(text, cells)
        assert not any(line[0] in "，。）》" for line in lines), (cells, lines)
        assert not any(line[-1] in "（《" for line in lines[:-1]), (cells, lines)


def test_latin_words_stay_whole_between_chinese() -> None:
    assert wrap("需要propylene作为原料", 12) == ["需要", "propylene作", "为原料"]


def test_pad_fills_on_either_side_and_never_cuts() -> None:
    assert pad("缺", 4) == "缺  "
    assert pad("缺", 4, right=True) == "  缺"
    assert pad("缺链", 2) == "缺链"
