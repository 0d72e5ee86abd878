"""What stops, starts and cannot be done without, as tables: worked out by hand on small cities."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from kg.analysis.availability.recipe_clauses import Conditions
from kg.analysis.resilience.critical import find_critical
from kg.analysis.resilience.whatif import start, stop
from kg.analysis.thresholds import Thresholds
from kg.network import Network, load
from kg.reports.critical_table import NEXUS_SHOWN, critical_table
from kg.reports.whatif_table import start_table, stop_table
from kg.store import open_store
from tests.small_city import network_of, org, product
from tests.table_cells import headings, keyed, record, records

MILL = "云溪竹业集团有限公司"
PAPER = "云溪纸业有限公司"
TISSUE = "溪南纸品有限公司"
FIBRE = "白鹭新材料有限公司"
CLOTH = "青篁纺织有限公司"


@pytest.fixture(scope="module")
def network(yunxi: Path) -> Network:
    with open_store(yunxi) as opened:
        return load(opened)


def stopped(network: Network, lang="zh", conditions: Conditions | None = None, **named: list[str]):
    return stop_table(stop(network, conditions=conditions, **named), lang, thresholds=Thresholds())


# Stops


def test_a_stop_of_the_mill_takes_pulp_and_paper_but_not_cloth(network: Network) -> None:
    # Fibre was bought before and stays so; tissue loses its pulp by way of the sheets, made inside the same plant.
    table = stopped(network, organizations=[org(MILL)])
    assert records(table, "effect", "product", "organization", "path", "evidence", "sources") == [
        ("断供", ("竹浆",), (f"{MILL}（10万吨/年，在产）",), f"{MILL} → 竹浆", "E3", ("yx-1",)),
        (
            "断供",
            ("生活用纸",),
            (f"{PAPER}（3万吨/年，在产）", f"{TISSUE}（在产）"),
            f"{MILL} → 竹浆 → 纸页 → 生活用纸",
            "E5",
            ("yx-1", "yx-2", "yx-3"),
        ),
        ("企业全停", ("竹浆",), (MILL,), None, "E3", ("yx-1",)),
        ("企业全停", ("生活用纸",), (PAPER,), None, "E3", ("yx-1",)),
        ("企业全停", ("生活用纸",), (TISSUE,), None, "E4", ("yx-2",)),
        ("供货中断", ("竹浆",), (PAPER,), None, "E4", ("yx-2",)),
    ]
    assert table.notes[0] == "断供产品 2 种，减产产品 0 种；停产对象之外，全停企业 2 家，部分停企业 0 家。"
    assert table.title == f"停产推演：{MILL}"


def test_a_capacity_known_of_some_makers_only_is_unknown_and_the_known_part_is_told(network: Network) -> None:
    for lang, unknown, part in (
        ("zh", "未知", "2 家中 1 家有产能记录，合计3万吨/年，其余未知。"),
        ("en", "unknown", "Of 2 makers 1 have a capacity on record, 30 kt/a together; the rest is unknown."),
    ):
        table = stopped(network, lang, organizations=[org(MILL)])
        pulp, paper = table.rows[:2]
        keys = list(headings(table))
        assert pulp[keys.index("capacity")] == 10
        cell = paper[keys.index("capacity")]
        assert (cell.key, cell.label) == (None, unknown)
        assert part in str(paper[keys.index("why")])


def test_an_end_of_deliveries_names_its_date_and_a_use_of_ones_own_is_none(network: Network) -> None:
    table = stopped(network, "en", organizations=[org(MILL)])
    row = record(table, effect="delivery ends")
    assert row["organization"] == (PAPER,)
    assert row["why"] == (
        f"The delivery from {MILL} ends (on record as of 2024); another supplier is needed. "
        "Quantity on record: 30,000 tonnes."
    )
    # Tonnes without a year are no tonnes a year.
    assert (row["capacity"].key, row["capacity"].label) == (None, "unknown")


def test_a_delivery_of_so_much_a_year_is_told_in_the_unit_of_the_table() -> None:
    network = network_of("supply 甲 乙 料 货物 2024 5000 吨/年\nproduction 甲 料 在产")
    row = record(stopped(network, organizations=[org("甲")]), effect="供货中断")
    assert (row["capacity"], row["unit"]) == (Decimal("0.5"), "万吨/年")
    assert row["why"].endswith("记录的数量：5000吨/年。")


def test_a_product_asked_to_stop_is_not_even_bought(network: Network) -> None:
    table = stopped(network, products=[product("烧碱")])
    assert records(table, "effect", "path") [:2] == [
        ("断供", "烧碱 → 竹浆"),
        ("断供", "烧碱 → 竹浆 → 纸页 → 生活用纸"),
    ]  # fmt: skip
    assert record(table, effect="供货中断")["organization"] == (
        MILL,
    )  # the licence to the tissue maker is no delivery
    assert table.notes[1] == "指定停产的产品（连同下位产品）视为无处可得，外购也没有。"


def test_a_firm_without_production_on_record_is_named_in_a_note(network: Network) -> None:
    for lang, said in (("zh", "推演不出影响：白鹭新材料有限公司。"), ("en", "nothing can be told of them: 白鹭新材料有限公司.")):  # fmt: skip
        table = stopped(network, lang, organizations=[org(FIBRE)])
        assert table.rows == ()
        assert any(said in note for note in table.notes)


CITY = """
production 甲 料 在产 5 万吨/年 2024
production 乙 料 在产 3 万吨/年 2024
production 丙 品 在产 2 万吨/年 2024
production 丙 旁品 在产 1 万吨/年 2024
recipe 品 一法 料 必需
recipe 品 一法 外料 必需
recipe 旁品 法 外料 必需
"""


def test_a_product_with_another_maker_is_reduced_by_what_stops() -> None:
    table = stopped(network_of(CITY), organizations=[org("甲")])
    row = record(table, effect="减产")
    assert (row["product"], row["capacity"]) == (("料",), 5)
    assert row["remaining"] == ("乙（3万吨/年，在产）",)
    assert records(table, "effect") == [("减产",), ("企业全停",)]
    assert table.notes[0].startswith("断供产品 0 种，减产产品 1 种；停产对象之外，全停企业 0 家")


def test_a_firm_that_still_makes_something_is_idled_in_part() -> None:
    table = stopped(network_of(CITY), organizations=[org("甲"), org("乙")])
    row = record(table, effect="企业部分停")
    assert (row["product"], row["organization"], row["why"]) == (("品",), ("丙",), "仍在生产：旁品。")
    assert "部分停企业 1 家" in table.notes[0]
    assert record(stopped(network_of(CITY), "en", organizations=[org("甲"), org("乙")]), effect="firm partly idled")["why"] == (
        "It still makes: 旁品."
    )  # fmt: skip
    both = [row for row in table.rows if keyed(row[0]) == "lost" and row[1] == ("料",)]
    assert both[0][3] == 8


def test_another_route_spares_a_plant_and_is_named() -> None:
    table = stopped(network_of(CITY + "recipe 品 二法 另料 必需\n"), organizations=[org("甲"), org("乙")])
    row = record(table, effect="可替代")
    assert (row["product"], row["organization"], row["sources"]) == (("品",), ("丙",), ("r",))
    assert "失去料，靠另一条工艺仍可生产：二法。" in row["why"]
    assert not [row for row in table.rows if keyed(row[0]) == "lost" and row[1] == ("品",)]


@pytest.mark.parametrize(
    ("conditions", "lost", "said"),
    [
        (Conditions(), True, "本地生产的产品停产后，视为买不到。"),
        (Conditions(replaceable=True), False, "本地生产的产品停产后，视为可以外购。"),
    ],
)
def test_whether_what_stops_can_be_bought_is_said_and_decides(conditions, lost: bool, said: str) -> None:
    table = stopped(network_of(CITY), conditions=conditions, organizations=[org("甲"), org("乙")])
    assert any(row[1] == ("品",) and keyed(row[0]) == "lost" for row in table.rows) is lost
    assert said in table.notes
    assert table.parameters["replaceable"] is conditions.replaceable


def test_a_stop_that_cannot_be_judged_is_not_told_as_no_loss() -> None:
    ring = (
        "recipe 甲品 法 乙品 必需\nrecipe 乙品 法 甲品 必需\nproduction 甲 甲品 在产\nproduction 乙 乙品 在产"
    )
    table = stopped(network_of(ring), organizations=[org("甲")])
    assert table.rows == ()
    assert table.notes[1:3] == (
        "停产对象自己的这些生产没有判定，停了会怎样不在上面的数里：甲（甲品）。",
        "按此口径没有判定的生产（停产之前就缺少投入，或只靠彼此循环供料）：乙（乙品）、甲（甲品）。",
    )


def test_on_an_island_what_is_bought_in_leaves_plants_unjudged() -> None:
    table = stopped(network_of(CITY), conditions=Conditions("island"), organizations=[org("甲"), org("乙")])
    assert any("没有判定的生产" in note and "丙" in note for note in table.notes)
    assert "孤岛口径：只算本地生产的产品和原料，不算外购。" in table.notes
    assert "本地生产的产品停产后，视为买不到。" not in table.notes
    assert table.parameters["version"] == "island"


def test_the_references_of_a_stop_are_exactly_the_sources_of_its_rows(network: Network) -> None:
    for named in ([org(MILL)], [org(CLOTH)]):
        table = stopped(network, organizations=named)
        told = {source for (sources,) in records(table, "sources") for source in sources}
        assert [reference.id for reference in table.references] == sorted(told)


# Starts


def test_the_coming_fibre_closes_the_break_and_opens_two_smaller_gaps(network: Network) -> None:
    table = start_table(start(network), "zh")
    assert records(table, "effect", "gap", "product", "organization", "path", "evidence") == [
        (
            "新增",
            None,
            ("竹纤维",),
            (f"{FIBRE}（签约，项目：白鹭竹纤维项目）",),
            "白鹭竹纤维项目 → 竹纤维",
            "E4",
        ),
        ("补上缺口", "断点", ("竹纤维",), (CLOTH,), None, "E5"),
        ("新增缺口", "弱链", ("竹纤维",), (CLOTH,), None, "E5"),
        ("新增缺口", "未连", ("竹纤维",), (CLOTH,), None, "E5"),
    ]
    assert table.notes[0] == "新增产品 1 种，增产产品 0 种；补上缺口 1 处，新增缺口 2 处。"
    assert table.title == "投产推演：全部在补项目"
    assert keyed(table.rows[0][4]) is None  # capacity of the project is unknown
    assert table.rows[0][4].label == "未知"


def test_what_a_start_opens_is_only_supposed(network: Network) -> None:
    for lang, begin in (("zh", "假定已投产："), ("en", "Supposing the start: ")):
        table = start_table(start(network), lang)
        why = list(headings(table)).index("why")
        assert [keyed(row[0]) for row in table.rows if str(row[why]).startswith(begin)] == [
            "opened",
            "opened",
        ]


def test_new_capacity_of_a_firm_that_makes_it_already_is_not_added_up() -> None:
    table = start_table(
        start(network_of("production 甲 料 在产 5 万吨/年 2023\nproduction 甲 料 在建 7 万吨/年 2024")), "zh"
    )
    row = record(table, effect="扩产")
    assert (row["product"], row["capacity"], row["unit"]) == (("料",), 7, "万吨/年")
    assert "不相加" in row["why"]
    assert "增产产品 0 种" in table.notes[0]


def test_a_project_of_which_no_stage_is_reached_is_not_shown_as_running() -> None:
    network = network_of("project 远项目 甲 料\nevent 远项目 竣工 2030 预计")
    table = start_table(start(network, list(network.projects)), "zh")
    assert record(table)["organization"] == ("甲（阶段未载，项目：远项目）",)


def test_a_project_of_unknown_product_tells_nothing() -> None:
    network = network_of("project 谜项目 甲 -\nevent 谜项目 签约 2025-01\nproduction 乙 料 在产")
    table = start_table(start(network, [f"{org('')[: -len('organization/')]}project/谜项目"]), "zh")
    assert table.rows == ()
    assert any("没有记录到这些项目的产品" in note and "谜项目" in note for note in table.notes)
    assert table.title == "投产推演：谜项目"


# Critical points


def test_inputs_that_the_anchor_cannot_do_without(network: Network) -> None:
    zh, en = (critical_table(find_critical(network), lang) for lang in ("zh", "en"))
    inputs = [row for row in records(zh, "critical", "anchor", "product", "stops", "evidence", "sources", "why") if row[0] == "关键投入"]  # fmt: skip
    rest = "这些产品的每条可行工艺都缺投入。"
    assert inputs == [
        (
            "关键投入",
            MILL,
            "烧碱",
            ("竹浆",),
            "E5",
            ("yx-3",),
            f"拿掉烧碱，{rest}没有记录到本地生产企业，靠外购。",
        ),
        ("关键投入", MILL, "竹材", ("竹浆",), "E5", ("yx-3",), f"拿掉竹材，{rest}是原料。"),
    ]
    assert record(en, product="竹材")["why"] == (
        "Without 竹材 every possible route of these products lacks an input. It is a raw material."
    )


def test_single_sources_are_told_with_their_users(network: Network) -> None:
    # Tissue paper has two makers, of which the mill controls one: no single source.
    table = critical_table(find_critical(network), "zh")
    singles = [row[1:] for row in records(table, "critical", "product", "group", "stops", "idled", "why") if row[0] == "独家供应"]  # fmt: skip
    assert [row[0] for row in singles] == ["竹浆", "竹炭", "竹纤维布"]
    assert singles[0][1:] == (
        (MILL,),
        ("生活用纸",),
        (TISSUE,),
        f"本地只由{MILL}一方供应。本地需求方：{PAPER}、{TISSUE}。",
    )
    assert singles[1][2:] == ((), (), "本地只由云溪炭业有限公司一方供应。没有记录到本地需求方。")


def test_nexus_figures_of_a_line_of_three_and_of_a_star_of_four(network: Network) -> None:
    # Recorded: lye works → mill → paper maker; the middle lies on one of two ordered pairs, and ends reach all at
    # mean distance 3/2. With inferred links tissue joins: a star, the middle on 2 of 6 pairs, ends at mean 5/3.
    table = critical_table(find_critical(network), "en")
    rows = records(table, "critical", "organization", "supply_load", "demand_load", "operational_criticality", "informational_independence", "evidence")  # fmt: skip
    assert [row for row in rows if str(row[0]).startswith("nexus")] == [
        ("nexus firm (recorded links)", (MILL,), 1, 1, 0.5, 1.0, "E4"),
        ("nexus firm (recorded links)", (PAPER,), 1, 0, 0.0, 0.667, "E4"),
        ("nexus firm (recorded links)", ("江北碱厂",), 0, 1, 0.0, 0.667, "E4"),
        ("nexus firm (with inferred links)", (MILL,), 1, 2, 0.333, 1.0, "E6"),
        ("nexus firm (with inferred links)", (PAPER,), 1, 0, 0.0, 0.6, "E6"),
        ("nexus firm (with inferred links)", ("江北碱厂",), 0, 1, 0.0, 0.6, "E6"),
        ("nexus firm (with inferred links)", (TISSUE,), 1, 0, 0.0, 0.6, "E6"),
    ]


def test_of_many_nexus_firms_only_the_first_are_shown_and_that_is_said() -> None:
    lines = [f"supply 供{number} 甲 料 货物 2024" for number in range(NEXUS_SHOWN + 5)]
    table = critical_table(find_critical(network_of("\n".join(lines))), "zh")
    recorded = [row for row in table.rows if keyed(row[0]) == "nexus-recorded"]
    assert len(recorded) == NEXUS_SHOWN
    assert recorded[0][3] == ("甲",)
    assert any(f"{NEXUS_SHOWN}" in note for note in table.notes)


def test_an_anchor_asked_for_gives_its_name_to_the_title(network: Network) -> None:
    found = find_critical(network)
    for lang in ("zh", "en"):
        assert MILL in critical_table(found, lang, of=org(MILL)).title
        assert MILL not in critical_table(found, lang).title
    assert {row[1] for row in records(critical_table(found, "zh", of=org(MILL)), "critical", "anchor") if row[0] == "关键投入"} == {MILL}  # fmt: skip


def test_a_single_source_rests_on_its_users_and_their_recipes_too() -> None:
    network = network_of("""
        source a 2024-01-01 E2
        source b 2024-01-01 E3
        source h 2000-01-01 E5
        production 甲 料 在产 - - 2024 @a
        production 乙 品 在产 - - 2024 @b
        recipe 品 法 料 必需 - @h
    """)
    table = critical_table(find_critical(network), "zh")
    used, unused = record(table, product="料"), record(table, product="品")
    assert (used["sources"], used["evidence"]) == (("a", "b", "h"), "E5")
    assert (unused["sources"], unused["evidence"]) == (("b",), "E3")
