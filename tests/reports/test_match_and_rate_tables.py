"""Matches, rates, targets, conflicts, suspects, data sets and history as tables, worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from kg.analysis.conflicts import find_conflicts
from kg.analysis.gaps import Gaps, find_gaps
from kg.analysis.gaps.latent import find_latent
from kg.analysis.local_supply import find_local_supply
from kg.analysis.suspects import Ground, Suspect
from kg.analysis.targets import find_targets
from kg.datasets import Dataset, DatasetReport, import_dataset, open_dataset
from kg.ledgers import build
from kg.ledgers.history import Entry, compare
from kg.network import load
from kg.reports.conflicts_table import conflicts_table
from kg.reports.datasets_table import dataset_report_table, datasets_table
from kg.reports.history_table import changes_table, history_table
from kg.reports.latent_table import latent_table
from kg.reports.local_supply_table import local_supply_table
from kg.reports.suspects_table import suspects_table
from kg.reports.targets_table import targets_table
from kg.store import Store, open_store
from tests.small_city import network_of, org, product, small_city, store_of
from tests.table_cells import headings, keyed, record, records, shown

MILL = "云溪竹业集团有限公司"
TISSUE = "溪南纸品有限公司"
TESTS = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def store(yunxi: Path) -> Iterator[Store]:
    with open_store(yunxi) as opened:
        yield opened


@pytest.fixture(scope="module")
def gaps(store: Store) -> Gaps:
    return find_gaps(load(store))


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[DatasetReport, Dataset]]:
    folder = tmp_path_factory.mktemp("sets")
    report = import_dataset(TESTS / "datasets" / "national", folder / "national.sqlite")
    with open_dataset(folder) as dataset:
        yield report, dataset


# Latent matches


def test_the_tissue_maker_and_the_mill_are_to_be_brought_together(gaps: Gaps) -> None:
    # The other paper maker has pulp delivered by the mill on record already.
    zh, en = (latent_table(gaps, find_latent(gaps), lang) for lang in ("zh", "en"))
    assert records(zh, "product", "supplier", "buyer", "used_for", "demand", "unit", "chain", "evidence", "sources") == [
        ("竹浆", MILL, TISSUE, ("生活用纸",), "未知", "万吨/年", ("竹材产业链",), "E5", ("yx-1", "yx-2", "yx-3")),
    ]  # fmt: skip
    assert shown(record(en)["demand"]) == "unknown"
    assert keyed(record(en)["demand"]) is None
    assert record(en)["why"] == (
        f"In the ledgers (as of 2025-06-15) {MILL} has 竹浆, {TISSUE} needs it for 生活用纸; "
        "no delivery between them is on record, nor any other local supplier of the buyer."
    )
    assert zh.title == "供需未连清单"
    assert zh.notes[0].startswith("没有供货记录不等于没有供货")


LATENT = """
production 甲 料 在产 9 万吨/年 2024
production 丁 料 在产 1 万吨/年 2024
production 乙 品 在产 4 万吨/年 2024
recipe 品 法 料 必需 1.5
"""


def test_the_need_is_coefficient_times_capacity_and_each_seller_has_a_row() -> None:
    gaps = find_gaps(network_of(LATENT))
    table = latent_table(gaps, find_latent(gaps), "en")
    assert records(table, "supplier", "buyer", "demand") == [("丁", "乙", 6), ("甲", "乙", 6)]
    assert any("do not add up" in note for note in table.notes)


def test_a_buyer_from_outside_is_a_match_still_and_no_more_is_claimed() -> None:
    gaps = find_gaps(network_of(f"{LATENT}\norganization 外 外地\nsupply 外 乙 料 货物 2024"))
    zh, en = (latent_table(gaps, find_latent(gaps), lang) for lang in ("zh", "en"))
    assert records(zh, "supplier", "buyer") == [("丁", "乙"), ("甲", "乙")]
    assert all(str(why).endswith("需方也没有其他本地供应方的记录。") for (why,) in records(zh, "why"))
    assert all(
        str(why).endswith("nor any other local supplier of the buyer.") for (why,) in records(en, "why")
    )


@pytest.mark.parametrize("supplier", ["甲", "丁"])
def test_any_local_supplier_on_record_makes_a_buyer_no_match(supplier: str) -> None:
    gaps = find_gaps(network_of(f"{LATENT}\nsupply {supplier} 乙 料 货物 2024"))
    table = latent_table(gaps, find_latent(gaps), "zh")
    assert (table.rows, table.references) == ((), ())


def test_an_anchor_stands_in_the_title_of_its_matches(gaps: Gaps) -> None:
    assert latent_table(gaps, (), "zh", of=org(MILL)).title == f"{MILL}的供需未连清单"
    assert latent_table(gaps, (), "en", of=org(MILL)).title == f"Sellers and buyers to bring together: {MILL}"


# Local supply


def test_the_rates_of_the_mill(gaps: Gaps) -> None:
    # It buys lye, from outside; needs wood and lye by recipe, neither made here; its pulp goes to a local firm.
    table = local_supply_table(find_local_supply(gaps, org(MILL)), "zh", of=org(MILL))
    rows = records(
        table, "anchor", "measure", "rate", "n", "total", "covered", "recorded", "inside", "outside"
    )
    assert rows == [
        (MILL, "L1 按金额配套率", "未知", None, None, 0, 1, (), ("烧碱",)),
        (MILL, "L2 按品种配套率", 0, 0, 1, 1, 1, (), ("烧碱",)),
        (MILL, "L3 按供应商配套率", 0, 0, 1, 1, 1, (), ("江北碱厂",)),
        (MILL, "L5 潜在配套率", 0, 0, 2, 2, 2, (), ("烧碱", "竹材")),
        (MILL, "M2 按品种消纳率", 100, 1, 1, 1, 1, ("竹浆",), ()),
        (MILL, "M5 潜在消纳率", 100, 1, 1, 1, 1, ("竹浆",), ()),
    ]
    assert table.title == f"{MILL}的本地配套率与本地消纳率（本地：全市）"
    assert [keyed(row[1]) for row in table.rows] == ["L1", "L2", "L3", "L5", "M2", "M5"]


def test_unknown_and_without_data_are_told_apart_and_neither_is_zero(gaps: Gaps) -> None:
    def rates(of_gaps: Gaps, lang) -> dict[object, object]:
        table = local_supply_table(find_local_supply(of_gaps), lang)
        keys = list(headings(table))
        return {keyed(row[1]): row[keys.index("rate")] for row in table.rows[:6]}

    bare = find_gaps(network_of("chain 链\nanchor 甲 链 2020\nproduction 甲 品 在产"))
    for lang, unknown, nothing in (("zh", "未知", "无数据"), ("en", "unknown", "no data")):
        assert (shown(rates(gaps, lang)["L1"]), keyed(rates(gaps, lang)["L1"])) == (unknown, None)
        assert rates(gaps, lang)["L2"] == 0
        for measure in ("L1", "L2", "L3", "L5"):
            cell = rates(bare, lang)[measure]
            assert (shown(cell), keyed(cell)) == (nothing, None), measure


@pytest.mark.parametrize(("local", "outside", "rate"), [(1, 2, "33.3"), (2, 1, "66.7"), (1, 7, "12.5"), (3, 0, "100")])  # fmt: skip
def test_rates_are_percent_to_one_digit(local: int, outside: int, rate: str) -> None:
    lines = ["chain 链", "anchor 甲 链 2020"]
    lines += [f"supply 内{number} 甲 料{number} 货物 2024" for number in range(local)]
    lines += [f"organization 外{n} 外地\nsupply 外{n} 甲 外料{n} 货物 2024" for n in range(outside)]
    supply = find_local_supply(find_gaps(network_of("\n".join(lines))), org("甲"))
    row = record(local_supply_table(supply, "en"), measure="L3 supply by supplier")
    assert row["rate"] == Decimal(rate)
    assert (row["n"], row["total"]) == (local, local + outside)
    assert (len(row["inside"]), len(row["outside"])) == (local, outside)


def test_a_period_of_several_dates_has_both_ends(gaps: Gaps) -> None:
    table = local_supply_table(find_local_supply(gaps, org(MILL)), "en")
    assert record(table, measure="L2 supply by item")["period"] == "2024"
    assert record(table, measure="M2 use by item")["period"] == "2024/2025-03"
    assert dict(table.parameters) == {"territory": "the city", "fact_horizon_years": 20}


# Targets


def test_targets_of_the_gaps_in_rows(gaps: Gaps, imported: tuple[DatasetReport, Dataset]) -> None:
    # Other gaps count by equal names alone, not by suggestions.
    table = targets_table(find_targets(gaps, imported[1]), "zh")
    assert records(table, "product", "kind", "firm", "code", "made", "match", "share", "also", "known") == [
        ("竹纤维", "断点", "江北化工股份有限公司", "600001SH", "竹纤维", "名称相同", Decimal("0.1"), ("烧碱",), None),
        ("竹纤维", "断点", "南竹材料股份有限公司", "600002SH", "竹纤维布料", "线索：名称相近", Decimal("0.2"), ("烧碱",), None),
        ("竹纤维", "断点", "片碱股份有限公司", "600005SH", "竹纤维衣料", "线索：名称相近", 0, (), None),
        ("烧碱", "缺链", "江北化工股份有限公司", "600001SH", "烧碱", "名称相同", Decimal("0.4"), ("竹纤维",), None),
        ("烧碱", "缺链", "江北碱厂", "600004SH", "烧碱", "名称相同", "未知", (), "江北碱厂"),
        ("烧碱", "缺链", "南竹材料股份有限公司", "600002SH", "氢氧化钠", "别名相同", Decimal("0.3"), (), None),
        ("烧碱", "缺链", "片碱股份有限公司", "600005SH", "片状烧碱", "线索：数据集所列小类", Decimal("0.6"), (), None),
    ]  # fmt: skip


def test_a_row_of_targets_leads_to_the_line_of_the_data_set(
    gaps: Gaps, imported: tuple[DatasetReport, Dataset]
) -> None:
    # In company_product.csv the header is row 1, and a name over three lines is one row of a spreadsheet.
    table = targets_table(find_targets(gaps, imported[1]), "en")
    places = {(row[1], row[2]): row[0] for row in records(table, "row", "code", "made")}
    assert places["600001SH", "烧碱"] == 2
    assert places["600001SH", "竹纤维"] == 3
    assert places["600002SH", "氢氧化钠"] == 8
    assert places["600005SH", "片状烧碱"] == 14


def test_targets_say_how_they_match_and_what_has_to_be_checked(
    gaps: Gaps, imported: tuple[DatasetReport, Dataset]
) -> None:
    table = targets_table(find_targets(gaps, imported[1]), "en")
    assert record(table, code="600001SH", product="烧碱")["why"] == (
        "The data set has it make “烧碱”, the same name as 烧碱. It is 40% of its revenue."
    )
    assert "has to be checked" in record(table, code="600005SH", product="竹纤维")["why"]
    assert "revenue" not in record(table, code="600005SH", product="竹纤维")["why"]
    assert record(table, code="600004SH")["why"].endswith(
        "The ledgers know it as 江北碱厂, outside the city."
    )
    assert shown(record(table, code="600004SH")["share"]) == "unknown"
    assert record(table, code="600004SH")["exchange"] is None  # the cell held a date


def test_a_target_without_a_place_in_the_ledgers_is_not_said_to_be_outside(
    imported: tuple[DatasetReport, Dataset],
) -> None:
    text = "organization 江北化工股份有限公司 不明\nrecipe 纸 法 烧碱 必需\nproduction 甲 纸 在产"
    found = find_targets(find_gaps(network_of(text)), imported[1])
    why = record(targets_table(found, "zh"), code="600001SH")["why"]
    assert "台账中已有江北化工股份有限公司，所在地未载。" in str(why)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_coverage_is_told_with_the_rows_that_a_limit_hides(
    gaps: Gaps, imported: tuple[DatasetReport, Dataset], lang
) -> None:
    found = find_targets(gaps, imported[1])
    said = {
        "zh": "2 种产品中，2 种有名称对得上的企业，0 种只有线索，0 种在数据集中找不到；共 7 家次，列出 2 家次。",
        "en": "Of 2 products, 2 have a firm by an equal name, 0 have suggestions only, and for 0 the data set has nothing; "
        "7 firms in all, 2 shown.",
    }
    table = targets_table(found, lang, limit=1)
    assert table.notes[0] == said[lang]
    assert len(table.rows) == 2
    assert table.parameters["limit"] == 1
    assert any(
        "烧碱" in note and "云溪竹业" in note for note in table.notes[4:]
    )  # by the data set the mill makes lye


def test_a_product_nobody_makes_elsewhere_has_a_row_that_says_so(
    gaps: Gaps, imported: tuple[DatasetReport, Dataset]
) -> None:
    table = targets_table(find_targets(gaps, imported[1], [product("锂电池")]), "en")
    [row] = records(table, "product", "kind", "firm", "share", "row", "why")
    assert row[:5] == ("锂电池", "no gap", None, None, None)
    assert row[5].endswith("that does not mean nobody makes it.")
    assert table.title == "Targets for 锂电池"
    assert table.references == ()


# Conflicts


def conflicts_of(text: str, lang="zh", *, changes: bool = False):
    graph = build(small_city(text))
    assert not graph.errors
    from kg.store import memory_store

    store = memory_store(graph.quads)
    network = load(store)
    return conflicts_table(find_conflicts(store, network, changes=changes), network, lang)


TWO = """
source a 2025-01 E3 甲报
source b 2025-02 E5 乙报
production 甲厂 乙烯 在产 100 万吨/年 2024 @a
production 甲厂 乙烯 在产 80 万吨/年 2024 @b
"""


def test_a_conflict_names_every_value_with_date_source_and_evidence() -> None:
    row = record(conflicts_of(TWO))
    assert [shown(row[key]) for key in ("kind", "thing", "property")] == ["矛盾", "甲厂", "产能"]
    assert row["about"] == ("乙烯", "在产")
    assert row["values"] == ("100万吨/年（2024，a，E3）", "80万吨/年（2024，b，E5）")
    assert (row["spread"], row["evidence"], row["sources"]) == (20, "E3", ("a", "b"))
    assert keyed(row["thing"]) == org("甲厂")
    assert keyed(row["property"]) == "https://w3id.org/gongyue/ontology#capacity"


def test_a_conflict_in_english_and_its_references() -> None:
    table = conflicts_of(TWO, "en")
    assert [shown(record(table)[key]) for key in ("kind", "property")] == ["conflict", "capacity"]
    assert [(r.id, r.title, r.evidence) for r in table.references] == [
        ("a", "甲报", "E3"),
        ("b", "乙报", "E5"),
    ]
    assert dict(table.parameters) == {"about": Decimal("0.05"), "rounding": Decimal("0.01")}
    assert table.notes[1].startswith("No source is preferred and nothing is averaged.")


def test_shares_are_percentages_and_bounds_follow_their_number() -> None:
    text = "source a 2025-01 E3\nsource b 2025-02 E5\nown 甲 乙 60 2024 @a\nown 甲 乙 51 2024 @b"
    assert record(conflicts_of(text))["values"] == ("60%（2024，a，E3）", "51%（2024，b，E5）")
    files = small_city("source a 2025-01 E3\norganization 甲厂 本地\nproduct 乙烯 中间品")
    files["production.csv"] = (
        "单位名称,产品,状态,产能,单位,限定词,时点,来源\n"
        "甲厂,乙烯,在产,10,万吨/年,以上,2024,a\n甲厂,乙烯,在产,9,万吨/年,以下,2024,s"
    ).encode()
    store = store_of(files)
    network = load(store)
    for lang, values in (
        ("zh", ("10万吨/年以上（2024，a，E3）", "9万吨/年以下（2024，s，E4）")),
        ("en", ("at least 100,000 t/a (2024, a, E3)", "at most 90,000 t/a (2024, s, E4)")),
    ):
        assert record(conflicts_table(find_conflicts(store, network), network, lang))["values"] == values


def test_changes_are_listed_only_when_asked_for(store: Store, gaps: Gaps) -> None:
    network = gaps.network
    assert conflicts_table(find_conflicts(store, network), network, "zh").rows == ()
    row = record(conflicts_table(find_conflicts(store, network, changes=True), network, "zh"))
    assert shown(row["kind"]) == "变动"
    assert row["values"] == ("约8万吨/年（2022-05，yx-1，E3）", "10万吨/年（2025-03，yx-1，E3）")
    assert row["spread"] == 20


@pytest.mark.parametrize(
    ("one", "other", "spread"), [("3", "2", "33.3"), ("300", "7", "97.7"), ("8", "1", "87.5")]
)
def test_the_spread_is_percent_of_the_greater_to_one_digit(one: str, other: str, spread: str) -> None:
    text = TWO.replace(" 100 ", f" {one} ").replace(" 80 ", f" {other} ")
    assert record(conflicts_of(text))["spread"] == Decimal(spread)


# Suspects


def test_suspects_are_told_with_their_grounds_in_both_languages() -> None:
    suspect = Suspect(
        "organization",
        org("甲化工"),
        org("甲化学"),
        87.5,
        (Ground("similar", "87"), Ground("inPark", "https://w3id.org/gongyue/id/park/东区")),
        (Ground("other-code", "1 / 2"),),
    )

    def name(iri: str) -> str:
        return "《" + iri.rpartition("/")[2] + "》"

    zh, en = (suspects_table([suspect], name, lang) for lang in ("zh", "en"))
    assert records(zh, "kind", "first", "second", "likeness", "grounds", "against") == [
        (
            "单位",
            "《甲化工》",
            "《甲化学》",
            87.5,
            ("字面相似 87", "同在园区：《东区》"),
            ("代码不同：1 / 2",),
        ),
    ]
    assert records(en, "kind", "grounds", "against") == [
        ("organization", ("spelt alike, 87", "same park: 《东区》"), ("different codes: 1 / 2",)),
    ]
    assert [keyed(cell) for cell in zh.rows[0][:3]] == ["organization", org("甲化工"), org("甲化学")]
    assert headings(en)["second"] == "other"
    assert "nothing is merged" in en.notes[0]


# Data sets


def test_the_report_of_an_import_accounts_for_every_row(imported: tuple[DatasetReport, Dataset]) -> None:
    # companies.csv: seven rows, one firm twice, one nameless. company_product.csv: sixteen rows and one too short to
    # be read; out are a negative share, one above one, a repetition, a share in words, a nameless product, an unknown firm.
    table = dataset_report_table(imported[0], "zh")
    told = {(row[0], row[1]): row[2] for row in records(table, "table", "what", "count")}
    assert {what: count for (file, what), count in told.items() if file.startswith("companies")} == {
        "读入": 7,
        "修正：名称中的换行或残缺引号": 1,
        "丢弃：重复": 1,
        "丢弃：没有名称": 1,
        "保留": 5,
    }
    pairs = {what: count for (file, what), count in told.items() if file.startswith("company_product")}
    assert pairs["读入"] == 16
    assert pairs["丢弃：占比为负或大于 1"] == 2
    assert pairs["丢弃：企业表中没有的企业"] == 1
    assert pairs["丢弃：占比不是数"] == 1
    assert pairs["丢弃：缺列"] == 1
    assert pairs["保留"] == 9
    assert dict(table.parameters) == {"dataset": "national"}


def test_the_data_sets_are_listed_with_their_sizes(imported: tuple[DatasetReport, Dataset]) -> None:
    zh, en = (datasets_table([imported[1]], lang) for lang in ("zh", "en"))
    assert zh.rows == en.rows
    [row] = records(en, "name", "firms", "products", "pairs")
    assert row == ("national", 5, 8, 9)
    assert headings(en)["pairs"] == "Pairs"
    assert "digest" in headings(en)
    assert "digest" not in en.brief


# History


def test_imports_stand_newest_first_with_their_files() -> None:
    entries = [
        Entry(1, "2025-01-01T00:00:00Z", {}, {"a.csv": "1"}, 9, 0, 0),
        Entry(2, "2025-02-01T00:00:00Z", {"a.csv": "1"}, {"a.csv": "2", "b.csv": "3"}, 1, 2, 3),
    ]
    table = history_table(entries, "zh")
    assert table.rows == (
        (2, "2025-02-01T00:00:00Z", ("a.csv", "b.csv"), 1, 2, 3),
        (1, "2025-01-01T00:00:00Z", ("a.csv",), 9, 0, 0),
    )
    assert list(headings(table).values()) == ["序号", "导入时间（世界时）", "文件", "新增", "变更", "删除"]
    assert list(headings(history_table((), "en")).values()) == ["No.", "Imported at (UTC)", "Files", "Added", "Changed", "Removed"]  # fmt: skip


def test_a_changed_cell_is_shown_before_and_after() -> None:
    before, after = (
        build(small_city(f"production 甲 料 在产 {amount} 万吨/年 2024")).quads for amount in ("5", "7")
    )
    [row] = records(
        changes_table(compare(before, after), "zh"), "kind", "property", "before", "after", "sources"
    )
    assert row == ("变更", "产能", ("5",), ("7",), ("s",))
    [row] = records(changes_table(compare(after, before), "en"), "kind", "property", "before", "after")
    assert row == ("changed", "capacity", ("7",), ("5",))


def test_what_is_new_or_gone_is_shown_property_by_property() -> None:
    before = build(small_city("product 料 中间品")).quads
    after = build(small_city("product 料 中间品\nproduct 品 终端品")).quads
    table = changes_table(compare(before, after), "zh")
    assert {row[:2] for row in records(table, "kind", "subject")} == {("新增", "product/品")}
    assert {row[0] for row in records(table, "before")} == {()}
    assert ("品",) in {row[0] for row in records(table, "after")}
    gone = changes_table(compare(after, before), "en")
    assert {row[:2] for row in records(gone, "kind", "subject")} == {("removed", "product/品")}
    assert {row[0] for row in records(gone, "after")} == {()}
    assert len(gone.rows) == len(table.rows)


def test_graphs_that_are_equal_show_no_change() -> None:
    quads = build(small_city("product 料 中间品")).quads
    assert changes_table(compare(quads, quads), "zh").rows == ()
