"""The balance as a table: uses and products, in words and numbers worked out here, in both languages."""

from __future__ import annotations

import pytest

from kg.analysis.balance import find_balance
from kg.analysis.gaps import find_gaps
from kg.reports.balance_table import balance_table
from kg.reports.table import Table, Word
from kg.reports.writers import FORMATS, render
from tests.small_city import network_of, org
from tests.table_cells import headings, keyed, record

CITY = """
    source a 2024-01-01 E3
    source b 2024-01-01 E4
    recipe 丙烯腈 氨氧化 丙烯 必需 1
    recipe 丙烯腈 氨氧化 合成氨 必需 0.5
    recipe 聚丙烯 聚合 丙烯 必需 1
    recipe 丁醇 羰基 丙烯 必需 0.5
    recipe 丁醇 羰基 合成气 必需 0.6
    recipe 烯烃 聚合 丙烯 必需
    recipe 腈纶 纺丝 丙烯腈 必需 0.5
    production 甲 丙烯 在产 20 万吨/年 2024 @a
    production 乙 合成氨 在产 4 万吨/年 2024 @a
    production 丙 腈纶 在产 6 万吨/年 2024 @b
"""


def table(lang="zh", text: str = CITY, **options) -> Table:
    of = options.pop("of", None)
    return balance_table(find_balance(find_gaps(network_of(text)), **options), lang, of=of)


def test_a_planned_use_stands_with_its_scale_its_inputs_and_the_gap_it_closes() -> None:
    row = record(table(), product="丙烯腈")
    assert keyed(row["row"]) == "planned"
    assert (row["alone"], row["planned"], row["demand"], row["closed"]) == (8, 8, 3, 3)
    assert row["takes"] == ("丙烯 8万吨/年", "合成氨 4万吨/年")
    assert set(row["limited_by"]) == {"丙烯", "合成氨"}
    assert (keyed(row["closes"]), row["evidence"]) == ("break", "E5")
    # Who makes the inputs, who needs the output, and by which recipes.
    assert row["sources"] == ("a", "b", "r")
    assert row["why"] == "单独做最大8万吨/年，受合成氨限制。方案中8万吨/年。"


def test_a_use_left_out_tells_how_far_it_could_stand_in() -> None:
    row = record(table("en"), product="丁醇")
    assert keyed(row["row"]) == "left_out"
    assert (row["alone"], row["planned"], row["up_to"]) == (40, 0, 24)
    assert row["buys"] == ("合成气 (no local producer on record)",)
    assert row["why"] == (
        "Alone 400 kt/a at most, limited by 丙烯. Not in the plan: nothing is left of 丙烯. "
        "It may stand in for other uses: up to 240 kt/a without any loss of the objective."
    )
    chosen = record(table("en", objective="output"), product="丁醇")
    assert chosen["buys"] == ("合成气 240 kt/a",)


def test_what_cannot_be_calculated_names_the_figure_and_shows_no_number() -> None:
    for lang, unknown, figure in (
        ("zh", "未知", "烯烃（聚合）的丙烯单耗"),
        ("en", "unknown", "丙烯 per tonne of 烯烃 (聚合)"),
    ):
        row = record(table(lang), product="烯烃")
        assert keyed(row["row"]) == "unknown"
        for key in ("alone", "planned", "up_to"):
            assert (row[key].key, row[key].label) == (None, unknown)
        assert row["missing"] == (figure,)
        assert any(figure in note for note in table(lang).notes)


def test_a_product_stands_with_what_is_used_and_what_one_more_tonne_is_worth() -> None:
    row = record(table(), product="丙烯")
    assert keyed(row["row"]) == "stock"
    assert (row["surplus"], row["drawn"], row["worth"]) == (20, 20, 1)
    assert row["demand"].label == "台账中无本地消纳记录"
    assert row["why"].startswith("台账中没有本地用途，富余量为上限。已用尽；再多1吨")
    free = record(table(text=CITY.replace("20 万吨", "200 万吨"), objective="gaps"), product="丙烯")
    assert free["worth"] in (0, None)


def test_the_notes_tell_the_objective_and_how_many_uses_count() -> None:
    found = table("en", objective="gaps")
    assert found.notes[0] == (
        "Of 4 uses 3 can be calculated, and 2 are in the plan. "
        "Objective: the most needed tonnes of gaps closed; it reaches 30 kt/a."
    )
    assert found.parameters["objective"] == Word("gaps", "the most needed tonnes of gaps closed")
    bought = [note for note in found.notes if "taken to be bought in" in note]
    local = [note for note in table("en", local_only=True).notes if note.startswith("Local inputs only")]
    assert (len(bought), len(local)) == (1, 1)


def test_of_one_firm_only_what_draws_on_its_products() -> None:
    found = table(of=org("乙"))
    assert found.title == "物料平衡：乙产品的去路"
    assert [row[1] for row in found.rows] == ["丙烯腈", "合成氨"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_column_has_a_heading_and_every_format_is_written(lang) -> None:
    found = table(lang)
    assert all(headings(found).values())
    assert all(render(found, form) for form in FORMATS)
    assert {s.id for s in found.references} == {"a", "b", "r"}


def test_small_amounts_are_not_rounded_away() -> None:
    row = record(table(text=CITY.replace("4 万吨/年 2024 @a", "0.3 吨/年 2024 @a")), product="丙烯腈")
    assert row["alone"] == row["planned"]
    assert 0 < float(row["alone"]) < 0.0001
    assert row["takes"][1] == "合成氨 0.3吨/年"


def test_of_many_missing_figures_a_cell_names_some_and_their_number() -> None:
    many = "\n".join(f"production 厂{n} 丙烯 在产 - - 2024" for n in range(20))
    missing = record(table(text=f"{CITY}\n{many}"), product="丙烯")["missing"]
    assert isinstance(missing, tuple)
    assert (len(missing), missing[-1]) == (13, "……共 20 项")
