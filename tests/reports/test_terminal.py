from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.messages import text
from kg.reports.table import Column, Table
from kg.reports.terminal import terminal
from kg.reports.text_width import width

WORDS = st.text(st.sampled_from("甲乙丙，。ab c"), max_size=60)


def table_of(rows: list[tuple[str, ...]], columns: int) -> Table:
    return Table("标题", tuple(Column(f"c{i}", f"列{i}") for i in range(columns)), tuple(rows), "zh")


@given(
    st.integers(1, 9).flatmap(lambda n: st.tuples(st.just(n), st.lists(st.tuples(*[WORDS] * n), max_size=4))),
    st.integers(30, 160),
)
def test_no_line_is_wider_than_the_terminal(shape: tuple[int, list[tuple[str, ...]]], cells: int) -> None:
    columns, rows = shape
    assert all(width(line) <= cells for line in terminal(table_of(rows, columns), cells).split("\n"))


def test_columns_line_up_under_chinese() -> None:
    drawn = terminal(
        Table("", (Column("a", "产品"), Column("n", "产能", "number")), (("丙烯", 12), ("ABS树脂", 7)), "zh"),
        80,
    )
    assert drawn.split("\n")[:4] == ["产品     产能", "───────  ────", "丙烯       12", "ABS树脂     7"]


def test_a_long_cell_is_wrapped_inside_its_column() -> None:
    drawn = terminal(table_of([("短", "很长的理由" * 12)], 2), 60).split("\n")
    first = drawn.index("───  " + "─" * 55)
    assert all(line.startswith("     ") for line in drawn[first + 2 : first + 3])


def test_too_many_columns_become_one_block_a_row() -> None:
    drawn = terminal(table_of([tuple(f"值{i}" for i in range(12))], 12), 40)
    assert "── 1 " in drawn
    assert "列11  值11" in drawn


def test_empty_cells_are_left_out_of_blocks() -> None:
    drawn = terminal(table_of([("甲", "", *tuple("乙" * 10))], 12), 40)
    assert "列1 " not in drawn


@pytest.mark.parametrize(("lang", "said"), [("zh", "共 1 行"), ("en", "rows: 1")])
def test_rows_are_counted_and_notes_and_date_are_shown(lang: str, said: str) -> None:
    table = Table("T", (Column("a", "A"),), (("x",),), lang, ("note one",), "2024", {"alpha": 0.85})  # type: ignore[arg-type]
    drawn = terminal(table, 80)
    assert said in drawn
    assert "2024" in drawn
    assert text("parameter.alpha", lang) + " = 0.85" in drawn
    assert "· note one" in drawn


def test_a_long_heading_takes_two_lines_rather_than_the_room_of_the_cells() -> None:
    table = Table(
        "t", (Column("a", "名"), Column("b", "成员间联系密度", "number")), (("甲" * 20, 0.5),), "zh"
    )
    drawn = terminal(table, 28)
    assert "成员间联系密度" not in drawn
    assert "──" in drawn.split("\n")[4]  # a heading of two lines, then the rule
    assert "成员间联系密度" in terminal(table, 80)
