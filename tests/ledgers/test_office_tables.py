"""Whole tables as offices keep them, as real workbooks: titles above, headers of two rows, units, totals, notes, covers."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import InputError
from kg.ledgers import Graph, build
from kg.ledgers.headers import forms, title_and_unit, unit_in
from kg.ledgers.mapping import Instruction, Mapping, chosen_ledger, field_of, ledger_named, read_mapping
from kg.ledgers.recognition import recognize
from kg.ledgers.sheets import letter
from kg.ledgers.tables import read_csv, read_sheets
from kg.names import GY
from tests.small_city import small_city
from tests.workbook_files import WRITERS, Page

BASE = small_city("production 甲 浆 在产 1 吨/年 1999\nproduction 乙 纸 在产 1 吨/年 1999")
PLAIN_ROWS = (("甲", "浆", "在产", "10", "2024"), ("乙", "纸", "在建", "2.5", "2025-03"))
each_writer = pytest.mark.parametrize("name", sorted(WRITERS))


def capacities(graph: Graph) -> list[tuple[str, str, str, str]]:
    """Return organization, product, capacity and unit of each production that the office's file states."""
    facts: dict[str, dict[str, str]] = {}
    for quad in graph.quads:
        if "/production/" in quad.subject.value:
            facts.setdefault(quad.subject.value, {})[quad.predicate.value.removeprefix(GY)] = (
                quad.object.value.rpartition("/")[2]
            )
    found = [
        (fact["producer"], fact["product"], fact.get("capacity", ""), fact.get("unit", ""))
        for fact in facts.values()
        if fact.get("asOf") != "1999"
    ]
    return sorted(found)


def told(graph: Graph) -> list[tuple[str, str, int]]:
    return [(f.severity, f.code, f.row) for f in graph.findings]


EXPECTED = [("乙", "纸", "2.5", "10kt-a"), ("甲", "浆", "10", "10kt-a")]


@each_writer
def test_a_plain_sheet_with_its_unit_in_the_title(name: str) -> None:
    rows = [["单位名称", "产品", "状态", "产能（万吨/年）", "时点", "来源"]]
    rows += [[*row, "s"] for row in PLAIN_ROWS]
    graph = build(BASE | {name: WRITERS[name](Page(rows, "产能"))})
    assert (capacities(graph), told(graph)) == (EXPECTED, [])


@each_writer
def test_a_sheet_with_title_unit_row_total_and_notes(name: str) -> None:
    rows = [
        ["某市2025年重点产品产能情况表"],
        [None, None, None, None, None, "单位：万吨/年"],
        ["单位名称", "产品", "状态", "产能", "时点", "来源"],
        ["1", "2", "3", "4", "5", "6"],
        [*PLAIN_ROWS[0], "s"],
        [*PLAIN_ROWS[1], "s"],
        ["合计", None, None, 12.5],
        ["注：1.本表为快报数。"],
        ["2.不含在谈项目。"],
        ["填报人：某某", None, "审核人：某某", None, "日期：2025年3月"],
    ]
    page = Page(rows, "产能", merged=[(0, 0, 0, 5)])
    graph = build(BASE | {name: WRITERS[name](page)})
    assert capacities(graph) == EXPECTED
    assert told(graph) == [
        ("info", "numbering-row", 4),
        ("info", "total-row", 7),
        ("info", "footnote", 8),
        ("info", "footnote", 9),
        ("info", "footnote", 10),
    ]


@each_writer
def test_a_header_of_two_rows_with_merged_cells(name: str) -> None:
    rows = [
        ["单位名称", "产品", "生产情况", None, None, "来源"],
        [None, None, "状态", "产能（万吨/年）", "时点", None],
        [*PLAIN_ROWS[0], "s"],
        [*PLAIN_ROWS[1], "s"],
    ]
    merged = [(0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 0, 4), (0, 5, 1, 5)]
    graph = build(BASE | {name: WRITERS[name](Page(rows, "产能", merged=merged))})
    assert (capacities(graph), told(graph)) == (EXPECTED, [])


@each_writer
def test_a_unit_row_below_the_header_belongs_to_its_columns(name: str) -> None:
    rows = [
        ["单位名称", "产品", "状态", "产能", "时点", "来源"],
        [None, None, None, "（万吨/年）", None, None],
        [*PLAIN_ROWS[0], "s"],
        [*PLAIN_ROWS[1], "s"],
    ]
    graph = build(BASE | {name: WRITERS[name](Page(rows, "产能"))})
    assert (capacities(graph), told(graph)) == (EXPECTED, [])


@each_writer
def test_a_cell_merged_down_counts_for_every_row_and_a_blank_one_for_none(name: str) -> None:
    rows = [
        ["单位名称", "产品", "状态", "产能（吨/年）", "来源"],
        ["甲", "浆", "在产", 1, "s"],
        [None, "纸", "在产", 2, None],
        ["乙", "浆", "在产", 3, "s"],
    ]
    graph = build(BASE | {name: WRITERS[name](Page(rows, "产能", merged=[(1, 0, 2, 0), (1, 4, 2, 4)]))})
    assert capacities(graph) == [("乙", "浆", "3", "t-a"), ("甲", "浆", "1", "t-a"), ("甲", "纸", "2", "t-a")]
    unmerged = build(BASE | {name: WRITERS[name](Page(rows, "产能"))})
    assert {(f.code, f.row, f.column) for f in unmerged.errors} == {
        ("required", 3, "单位名称"),
        ("required", 3, "来源"),
    }


@each_writer
def test_sections_within_a_sheet_are_told_and_passed(name: str) -> None:
    header = ["单位名称", "产品", "状态", "产能（万吨/年）", "时点", "来源"]
    rows = [
        header,
        ["一、造纸"],
        [*PLAIN_ROWS[0], "s"],
        header,
        ["二、其他"],
        [*PLAIN_ROWS[1], "s"],
        ["小计：", None, None, 1],
    ]
    graph = build(BASE | {name: WRITERS[name](Page(rows, "产能", merged=[(1, 0, 1, 5), (4, 0, 4, 5)]))})
    assert capacities(graph) == EXPECTED
    assert told(graph) == [
        ("info", "section-row", 2),
        ("info", "repeated-header", 4),
        ("info", "section-row", 5),
        ("info", "total-row", 7),
    ]


@each_writer
def test_covers_blank_and_hidden_sheets_are_not_read_and_each_is_told(name: str) -> None:
    rows = [
        ["单位名称", "产品", "状态", "产能（万吨/年）", "时点", "来源"],
        *([*row, "s"] for row in PLAIN_ROWS),
    ]
    book = WRITERS[name](
        Page([["填报说明"], ["请于月底前报送"]], "封面"),
        Page(rows, "产能"),
        Page([*rows[:1], ["甲", "纸", "在产", "99", "2024", "s"]], "产能旧稿", hidden=True),
    )
    graph = build(BASE | {name: book})
    assert capacities(graph) == EXPECTED
    assert sorted((f.severity, f.code, f.sheet) for f in graph.findings) == [
        ("info", "hidden-sheet", "产能旧稿"),
        ("warning", "sheet-not-read", "封面"),
    ]


@each_writer
def test_dates_kept_as_dates_and_shares_kept_as_percentages(name: str) -> None:
    rows = [
        ["出资方", "被投资方", "持股比例(%)", "时点", "来源"],
        ["甲", "乙", 0.515, datetime.date(2024, 2, 29), "s"],
        ["乙", "甲", "60", "2025年", "s"],
    ]
    graph = build(
        BASE | {name: WRITERS[name](Page(rows, "股权", formats={(1, 2): "0.0%", (1, 3): "yyyy-mm-dd"}))}
    )
    assert graph.errors == ()
    shares = sorted(q.object.value for q in graph.quads if q.predicate.value == GY + "share")
    days = {q.object.value for q in graph.quads if q.predicate.value == GY + "asOf"} - {"1999"}
    assert shares == ["51.5", "60"]
    assert days == {"2024-02-29", "2025"}


@each_writer
def test_an_english_workbook_says_the_same(name: str) -> None:
    rows = [
        ["organization*", "product*", "status*", "capacity (10kt/a)", "as of", "source*"],
        ["甲", "浆", "in production", 10, "2024", "s"],
        ["乙", "纸", "under construction", 2.5, "2025-03", "s"],
        ["Total", None, None, 12.5],
        ["Note: preliminary."],
    ]
    graph = build(BASE | {name: WRITERS[name](Page(rows, "production"))})
    assert graph.errors == ()
    assert capacities(graph) == EXPECTED
    assert [f.code for f in graph.findings] == ["total-row", "footnote"]


@pytest.mark.parametrize(
    ("word", "is_total"),
    [("合计", True), ("总计", True), ("小计：", True), ("全市合计", True), ("其中：小计", True), ("共计", True), ("Total", True),
     ("Grand total", True), ("subtotal:", True), ("合计划", False), ("Totalgaz", False), ("总公司", False)],
)  # fmt: skip
def test_which_incomplete_row_is_a_total(word: str, is_total: bool) -> None:
    data = f"单位名称,产品,状态,产能,单位,来源\n甲,浆,在建,1,吨/年,s\n{word},,,5,,\n"
    graph = build(BASE | {"产能表.csv": data.encode()})
    assert ([f.code for f in graph.findings] == ["total-row"]) is is_total
    assert (not graph.errors) is is_total


@pytest.mark.parametrize(
    ("line", "is_note"),
    [("注：含税", True), ("注1：含税", True), ("备注：含税", True), ("*：含税", True), ("※. 含税", True), ("数据来源：统计局", True),
     ("说明：见附件", True), ("填报单位：工信局", True), ("Note: net", True), ("Source: bureau", True), ("注册资本5亿元", False),
     ("来源不明", False), ("noteworthy", False)],
)  # fmt: skip
def test_which_single_cell_below_is_a_note(line: str, is_note: bool) -> None:
    data = f"单位名称,产品,状态,来源\n甲,浆,在建,s\n{line},,,\n"
    graph = build(BASE | {"产能表.csv": data.encode()})
    assert ([f.code for f in graph.findings] == ["footnote"]) is is_note


def test_a_complete_row_is_a_record_whatever_it_is_called() -> None:
    names = ["合计", "注：某", "Total", "1", "小计"]
    rows = "".join(f"{name},企业,本地,s\n" for name in names)
    graph = build(
        {
            "organizations.csv": f"单位名称,类型,本地外地,来源\n{rows}".encode(),
            "sources.csv": BASE["sources.csv"],
        }
    )
    assert graph.findings == ()
    assert graph.rows["organizations"] == 5


@pytest.mark.parametrize("mark", ["例：甲", "例:甲", "e.g. 甲", "E.G. 甲"])
def test_an_example_is_never_a_record(mark: str) -> None:
    data = f"单位名称,产品,状态,来源\n{mark},浆,在建,s\n甲,纸,在建,s\n"
    graph = build(BASE | {"产能表.csv": data.encode()})
    assert told(graph) == [("info", "example-row", 2)]
    assert capacities(graph) == [("甲", "纸", "", "")]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    order=st.permutations(["单位名称", "产品", "状态", "产能（万吨/年）", "时点", "来源"]),
    above=st.lists(st.sampled_from([["某市产能表"], ["填报单位：某局"], ["2025年3月"], [""]]), max_size=3),
    dress=st.sampled_from(["{}", "*{}", " {} ", "{}（必填）", "{}*"]),
)
def test_order_dress_and_what_stands_above_change_nothing(
    order: list[str], above: list[list[str]], dress: str
) -> None:
    places = ["单位名称", "产品", "状态", "产能（万吨/年）", "时点", "来源"]
    rows = [[[*row, "s"][places.index(title)] for title in order] for row in PLAIN_ROWS]
    lines = [*above, [dress.format(title) for title in order], *rows]
    text = "\n".join(",".join([*line, *[""] * (6 - len(line))]) for line in lines)
    graph = build(BASE | {"产能表.csv": text.encode()})
    assert graph.errors == ()
    assert capacities(graph) == EXPECTED


@pytest.mark.parametrize(
    ("line", "is_numbering"),
    [("1,2,3,4", True), ("(1),(2),(3),(4)", True), ("甲,乙,1,2", True), ("甲,1,2,3", True), ("甲,乙,丙,1", True), ("1,3,2,4", False),
     ("2,3,4,5", False), ("甲,1,2,s", False), ("1,2,,4", False)],
)  # fmt: skip
def test_a_row_that_numbers_the_columns_is_no_record(line: str, is_numbering: bool) -> None:
    files = {"ownership.csv": f"出资方,被投资方,持股比例(%),来源\n{line}\n甲,乙,60,s\n".encode()}
    graph = build(BASE | files)
    assert ([t for t in told(graph) if t[2] == 2] == [("info", "numbering-row", 2)]) is is_numbering
    assert graph.rows["ownership"] == 1


def test_numbers_below_the_first_row_are_looked_up_as_names() -> None:
    files = {"ownership.csv": "出资方,被投资方,持股比例(%),来源\n甲,乙,60,s\n1,2,3,4\n".encode()}
    assert {f.row for f in build(BASE | files).errors} == {3}


# ---------------------------------------------------------------- titles


@pytest.mark.parametrize(
    ("title", "bare", "unit"),
    [
        ("产能（万吨／年）", "产能", "万吨／年"), ("产能[t/a]", "产能", "t/a"), ("产能 (10kt/a)", "产能", "10kt/a"), ("★产能（吨）", "产能", "吨"),
        ("产能，万吨", "产能", "万吨"), ("产能/万吨/年", "产能", "万吨/年"), ("面积（平方公里、亩）", "面积", "平方公里、亩"),
        ("name (required)", "name", ""), ("name (optional)*", "name", ""), ("名称（全称）", "名称", ""), ("比例（%）", "比例", "%"),
        ("人数(人)", "人数", "人"), ("产值（2024年）（亿元）", "产值（2024年）", "亿元"), ("产值（亿元，现价）", "产值（亿元，现价）", ""),
        ("数量（1）", "数量（1）", ""), ("投入/产出", "投入/产出", ""),
    ],
)  # fmt: skip
def test_a_title_and_its_unit(title: str, bare: str, unit: str) -> None:
    assert title_and_unit(title) == (bare, unit)


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("万元", "万元"),
        ("万元、万吨", "万元、万吨"),
        ("万元;亩", "万元;亩"),
        ("万元、某局", ""),
        ("", ""),
        ("1", ""),
        ("2", ""),
    ],
)
def test_units_named_in_a_text(text: str, units: str) -> None:
    assert unit_in(text) == units


def test_the_lower_title_counts_by_itself_after_the_whole() -> None:
    assert forms("生产·产能（吨）")[0] != forms("生产·产能（吨）")[-1] == "产能"
    assert forms("") == ()


@pytest.mark.parametrize(
    ("column", "letters"),
    [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA"), (16383, "XFD")],
)
def test_the_letters_above_a_column(column: int, letters: str) -> None:
    assert letter(column) == letters


# ---------------------------------------------------------------- recognition and mappings


@pytest.mark.parametrize(
    ("file", "header", "ledger"),
    [
        ("2025年企业名单.csv", "单位名称,类型,本地外地,来源", "organizations"),
        ("x.csv", "供应方,采购方,产品,供应类型,来源", "supply"),
        ("x.csv", "supplier,buyer,product,kind,source", "supply"),
        ("产能.2025.csv", "厂,货", "production"),
        ("PRODUCTION.final.csv", "厂,货", "production"),
        ("x.csv", "项目名称,阶段,时间,性质,来源", "project_events"),
        ("x.csv", "项目名称,清单名称,年度,来源", "plan_listings"),
        ("x.csv", "出资方,被投资方,来源", "ownership"),
        ("x.csv", "产出产品,工艺路线,投入产品,投入性质,来源", "recipes"),
        ("x.csv", "供应方,采购方,来源", None),
        ("名单.csv", "甲,乙,丙", None),
    ],
)
def test_what_a_table_is_taken_for(file: str, header: str, ledger: str | None) -> None:
    found = recognize(read_csv(f"{header}\n{header}\n".encode(), file))
    assert (found.ledger.name if found else None) == ledger


def test_a_sheet_is_called_what_it_is_said_to_be_before_what_it_is_named() -> None:
    (sheet,) = read_sheets("年报.xlsx", WRITERS["a.xlsx"](Page([["名称", "来源"], ["甲", "s"]], "产品")))
    plain = recognize(sheet)
    said = recognize(sheet, Mapping((Instruction("年报.xlsx", "产品", "places"),)))
    assert plain is not None
    assert said is not None
    assert (plain.ledger.name, said.ledger.name) == ("products", "places")


@pytest.mark.parametrize("text", ["production", "产能", "Production", " 产 能 ", "ＰＲＯＤＵＣＴＩＯＮ"])
def test_a_ledger_by_any_of_its_names(text: str) -> None:
    assert chosen_ledger(text) == "production"


@pytest.mark.parametrize("text", ["", "-", "产能表单", "productions", "production.csv"])
def test_no_ledger_of_that_name(text: str) -> None:
    assert ledger_named(text) is None


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("capacity", "capacity"),
        ("产能", "capacity"),
        ("单位", "unit"),
        ("来源", "source"),
        ("没有", None),
        ("", None),
    ],
)
def test_a_field_by_name_or_title(text: str, field: str | None) -> None:
    ledger = ledger_named("production")
    assert ledger is not None
    found = field_of(ledger, text)
    assert (found.name if found else None) == field


@pytest.mark.parametrize(
    ("text", "key", "row"),
    [
        ("文件,工作表\na.csv,x\n", "input.mapping-header", None),
        ("文件,列\na.csv,x\n", "input.mapping-header", None),
        ("文件,台账\na.csv,没有此台账\n", "input.mapping-ledger", 2),
        ("文件,台账\na.csv,产能\nb.csv,库存\n", "input.mapping-ledger", 3),
        ("台账,列,字段\n产能,厂子,采购方\n", "input.mapping-field", 2),
        ("列,字段\n厂子,没有此字段\n", "input.mapping-field", 2),
        ("文件,台账,列,字段\na.csv,,,产能\n", "input.mapping-field", 2),
        ("", "input.empty", None),
    ],
)
def test_a_mapping_that_says_nothing_sensible(text: str, key: str, row: int | None) -> None:
    with pytest.raises(InputError) as caught:
        read_mapping(text.encode(), "对照.csv")
    assert caught.value.key == key
    for lang in ("zh", "en"):
        assert "对照.csv" in caught.value.text(lang)
        assert row is None or str(row) in caught.value.text(lang)


def test_a_mapping_in_english_and_chinese_is_one() -> None:
    chinese = "文件,工作表,台账,列,字段\n报.xlsx,一,产能,,\n报.xlsx,,,厂,单位名称\n".encode()
    english = "sheet,file,field,column,ledger\n一,报.xlsx,,,production\n,报.xlsx,单位名称,厂,\n".encode()
    assert read_mapping(chinese, "a.csv") == read_mapping(english, "b.csv")


def test_the_later_word_on_the_same_column_counts() -> None:
    early = Mapping(
        (Instruction("a.csv", "", "", "厂", "organization"), Instruction("b.csv", ledger="sites"))
    )
    late = Mapping((Instruction("a.csv", "", "", "厂", "product"),))
    ledger = ledger_named("production")
    assert ledger is not None
    columns = (early | late).fields("a.csv", "", ledger)
    assert {title: column and column.name for title, column in columns.items()} == {"厂": "product"}
    assert (early | late).ledger("b.csv", "x") == "sites"
    assert (late | early).fields("a.csv", "", ledger)["厂"].name == "organization"  # type: ignore[union-attr]
    assert (early | late).fields("b.csv", "", ledger) == {}


texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12).map(str.strip)


@given(
    st.lists(
        st.tuples(texts, texts, st.sampled_from(["", "production", "sites", "-"]), texts.filter(bool)),
        min_size=1,
        max_size=5,
    )
)
def test_a_mapping_is_read_as_it_was_written(rows: list[tuple[str, str, str, str]]) -> None:
    about = {(file, sheet, column): ledger for file, sheet, ledger, column in rows}
    said = Mapping() | Mapping(
        tuple(Instruction(f, s, ledger, column, "-") for (f, s, column), ledger in about.items())
    )
    assert read_mapping(said.write(), "mapping.csv") == said
