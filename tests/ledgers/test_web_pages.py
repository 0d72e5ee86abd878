"""Web pages under the name of a workbook, as systems write them: the same facts as from the workbook that was meant."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import InputError
from kg.ledgers import Graph, build, collect
from kg.ledgers.sheets import Merged
from kg.ledgers.tables import TABLE_SUFFIXES, read_grids, read_sheets
from kg.reports.marked_copy import marked_copies
from tests.ledgers.test_hostile_files import changes, fault, mangled, reads_or_tells
from tests.ledgers.test_office_tables import BASE, EXPECTED, capacities, told

# What a Java server sends as application/vnd.ms-excel.
EXPORT = """


<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel">
<head>
<meta http-equiv="Content-Type" content="text/html; charset=GBK"/>
<!--[if gte mso 9]><xml><x:ExcelWorkbook><x:ExcelWorksheets><x:ExcelWorksheet><x:Name>产能</x:Name>
</x:ExcelWorksheet></x:ExcelWorksheets></x:ExcelWorkbook></xml><![endif]-->
<style>.t{mso-number-format:"\\@"} br{mso-data-placement:same-cell;} td > p {color:red}</style>
<script>document.write("<table><tr><td>假</td></tr></table>"); if (1 < 2 && 3 > 2) {}</script>
</head>
<body>
<table border=1>
<thead>
<tr><th colspan="6">某市2025年重点产品产能情况表</th></tr>
<tr><td colspan=6 align=right>单位：万吨/年</td></tr>
<tr><th rowspan=2>单位名称<th rowspan=2>产品<th colspan=3>生产情况<th rowspan=2>来源</tr>
<tr><th>状态</th><th>产能</th><th>时点</th></tr>
</thead>
<tbody>
<tr><td class=t>&nbsp;甲</td><td>浆</td><td rowspan="1">在产</td><td>10</td><td class=t>2024</td><td>s</td></tr>
<tr style="display:none"><td>乙
   <td>纸<td><font color=red>在<b>建</b></font><td>2.5<td>2025-03<br/>&nbsp;<td>s
</tbody>
<tfoot><tr><td>合&nbsp;计</td><td>&#160;</td><td></td><td>12.5</td></tr>
<tr><td colspan="6">注：1.本表为快报数。</td></tr></tfoot>
</table>
</body></html>
"""
HEADER = "<tr><td>单位名称<td>产品<td>状态<td>产能（万吨/年）<td>时点<td>来源"
ROWS = "<tr><td>甲<td>浆<td>在产<td>10<td>2024<td>s<tr><td>乙<td>纸<td>在建<td>2.5<td>2025-03<td>s"
TABLE = f"<table>{HEADER}{ROWS}</table>"


def read(page: str, file: str = "产能.xls") -> Graph:
    return build(BASE | {file: page.encode()})


def cells(page: str) -> list[tuple[str, ...]]:
    [grid] = read_grids("a.xls", page.encode())
    return [row.cells for row in grid.rows]


def one(cell: str) -> str:
    """Return the text of a cell."""
    return cells(f"<table><tr><td>x<td>{cell}</table>")[0][1]


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_an_export_of_a_server_in_any_encoding_whatever_it_says_of_itself(encoding: str) -> None:
    graph = build(BASE | {"导出.xls": EXPORT.encode(encoding)})
    assert capacities(graph) == EXPECTED
    assert told(graph) == [
        ("info", "hidden-cells", 0),
        ("warning", "wrong-suffix", 0),
        ("info", "total-row", 7),
        ("info", "footnote", 8),
    ]
    assert [(s.file, s.sheet, s.ledger.name) for s in graph.sheets if s.file == "导出.xls"] == [
        ("导出.xls", "产能", "production")
    ]


def test_a_page_named_as_one_is_read_but_not_sought_in_folders(tmp_path: Path) -> None:
    for name in ("产能.html", "产能.htm"):
        graph = read(TABLE, name)
        assert (capacities(graph), told(graph)) == (EXPECTED, [])
    assert not {".html", ".htm", ".xml"} & set(TABLE_SUFFIXES)
    (tmp_path / "a.html").write_text(TABLE)
    with pytest.raises(InputError):
        collect([tmp_path])


def test_what_libreoffice_saves_as_a_page() -> None:
    page = (Path(__file__).parent / "exports" / "libreoffice.html").read_bytes()
    first, second = read_grids("a.xls", page)
    assert (first.name, second.name) == ("产能", "来源")
    assert [row.cells for row in first.rows if row.number in (5, 6, 7)] == [
        ("甲", "浆", "在产", "10", "2024-01-05", "s"),
        ("乙", "纸", "在建", "51.5%", "2025年3月", "s"),
        ("合计", "", "", "10.515"),
    ]
    sheet, _ = read_sheets("a.html", page)
    assert (sheet.header_row, sheet.units[3], sheet.remarks) == (4, "万吨/年", ())
    assert sheet.header[:4] == ("单位名称", "产品", "生产情况·状态", "生产情况·产能")


def test_cells_that_span_keep_their_places() -> None:
    page = """<table><tr><td rowspan=2>a<td colspan=2>b<td>c
    <tr><td>d<td rowspan=0>e<td>f
    <tr><td>g<td>h<td>i<td>j</table>"""
    [grid] = read_grids("a.xls", page.encode())
    assert [row.cells for row in grid.rows] == [
        ("a", "b", "", "c"),
        ("", "d", "e", "f"),
        ("g", "h", "i", "j"),
    ]
    assert grid.merged == (Merged(1, 2, 0, 0), Merged(1, 1, 1, 2))


def test_text_that_flows_over_its_neighbours_is_not_merged() -> None:
    page = "<table><tr><td colspan=2 style='mso-ignore:colspan'>长<span style='display:none'>文</span><td>b</table>"
    [grid] = read_grids("a.xls", page.encode())
    assert (grid.rows[0].cells, grid.merged) == (("长文", "", "b"), ())


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("甲&nbsp;公司", "甲 公司"), ("&lt;甲&gt; &amp; 乙&#30002;&#x4e59;", "<甲> & 乙甲乙"), ("甲<br>乙<BR/>丙", "甲\n乙\n丙"),
        ("<p>甲</p>\n<p>乙</p>", "甲\n乙"), ("某某石化\n   有限公司", "某某石化有限公司"), ("Some\n   Works", "Some Works"),
        ("　甲　", "甲"), ("00123", "00123"), ("91211100MA0XXXXX1Y", "91211100MA0XXXXX1Y"), ("10<sup>4</sup>t", "10⁴t"),
        ("km<sup>2</sup>", "km²"), ("<!-- 注释 -->甲<script>alert('<td>')</script>", "甲"), ("<a href='#'>甲</a><img src=x>", "甲"),
        ("<input value=1>甲", "甲"), ("<select><option>乙</option></select>甲", "甲"), ("a < b", "a < b"), ("a<1", "a<1"), ("&bogus;甲", "&bogus;甲"),
        ("<![if !supportMisalignedColumns]>甲<![endif]>", "甲"), ("<o:p></o:p>甲", "甲"), ("=1+1", "=1+1"),
    ],
)  # fmt: skip
def test_what_a_cell_says(cell: str, text: str) -> None:
    assert one(cell) == text


@pytest.mark.parametrize(
    ("attributes", "shown", "text"),
    [
        ("x:num", "12", "12"), ('x:num="1234.567"', "1,234.57", "1234.567"), ('sdval="11.6" sdnum="1033;0;0"', "12", "11.6"),
        ('x:num="0.51500000000000001"', "52%", "51.5%"), ('sdval="0.3"', "0", "0.3"), ('x:num="45413"', "2024.05", "2024.05"),
        ('sdval="45296" sdnum="1033;0;YYYY-MM-DD"', "2024-01-05", "2024-01-05"), ('sdval="1"', "001", "001"),
        ('x:num="12000"', "1.2万", "1.2万"), ('x:num="nan"', "1", "1"), ('x:num="x"', "1", "1"), ('x:str="  全文 "', "全", "全文"),
    ],
)  # fmt: skip
def test_the_number_behind_a_cell_that_shows_fewer_digits(attributes: str, shown: str, text: str) -> None:
    assert cells(f"<table><tr><td>x<td {attributes}>{shown}</td></table>")[0][1] == text


def test_a_code_that_became_a_number_a_formula_and_an_error_are_told() -> None:
    page = (
        f"<table>{HEADER}<tr><td>甲<td>浆<td>在产<td x:num='211100199001011234'>2.11E+17<td>2024<td>s"
        "<tr><td>乙<td>浆<td>在产<td x:num=3 x:fmla='=D2*2'>3<td>2024<td>s"
        "<tr><td>乙<td>纸<td>在产<td x:err='#N/A'>#N/A<td>2024<td>s</table>"
    )
    found = {(f.severity, f.code, f.row) for f in read(page).findings if f.file == "产能.xls"}
    assert found == {
        ("warning", "wrong-suffix", 0),
        ("error", "long-number", 2),
        ("warning", "formula", 3),
        ("error", "cell-error", 4),
    }


def test_what_stands_right_above_a_table_belongs_to_it() -> None:
    plain = TABLE.replace("（万吨/年）", "")
    for page in (
        f"<h3>产能表</h3><div>单位：万吨/年</div>{plain}",
        plain.replace("<table>", "<table><caption>产能表<br>单位：万吨/年</caption><tbody>"),
    ):
        graph = read(page)
        assert capacities(graph) == EXPECTED
        assert graph.errors == ()
        [grid] = read_grids("a.xls", page.encode())
        assert [row.number for row in grid.rows] == [1, 2, 3, 4, 5]


def test_several_tables_are_sheets_with_names_of_their_own() -> None:
    sources = "<table><tr><td>来源编号<td>标题<td>证据等级<tr><td>s2<td>年报<td>E2</table>"
    names = "<xml><x:Name>产能</x:Name><x:Name>来源</x:Name></xml>"
    for page, expected in (
        (names + TABLE + sources, ["产能", "来源"]),
        (TABLE + "<table><tr><td>&nbsp;</table>" + sources, ["1", "2"]),
        (names.replace("来源", "产能") + TABLE + sources, ["产能", "产能 2"]),
    ):
        graph = read(page, "导出.xls")
        assert [s.sheet for s in graph.sheets if s.file == "导出.xls"] == expected
        assert (capacities(graph), graph.rows["sources"]) == (EXPECTED, 3)


def test_a_hidden_table_is_not_read_and_told() -> None:
    old = TABLE.replace("<table>", "<table style='display: none'>").replace("10", "99")
    graph = read(TABLE + old)
    assert capacities(graph) == EXPECTED
    assert [(f.code, f.sheet) for f in graph.findings] == [("wrong-suffix", "1"), ("hidden-sheet", "2")]


def test_a_table_within_a_cell_is_a_table_of_its_own() -> None:
    page = f"<table><tr><td>首页<td>{TABLE}</td></tr><tr><td>页脚</table>"
    graph = read(page)
    assert capacities(graph) == EXPECTED
    assert [(f.code, f.sheet) for f in graph.findings] == [("sheet-not-read", "1"), ("wrong-suffix", "1")]


def test_hidden_columns_are_read_and_told() -> None:
    [sheet] = read_sheets(
        "a.html", TABLE.replace("<table>", "<table><col><col style='display:none'>").encode()
    )
    assert [(r.code, dict(r.params)) for r in sheet.remarks] == [("hidden-cells", {"rows": 0, "columns": 1})]


@pytest.mark.parametrize(
    "page",
    [
        "<html><body>请登录</body></html>",
        "<html><frameset><frame src='a.files/sheet001.htm'></frameset></html>",
        "<!-- 导出 --><table></table>",
        "<table><tr><td>&nbsp;</td></tr></table>",
        "<html><title><table><tr><td>1",
        "MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n<table><tr><td>=3D</table>",
    ],
)
def test_a_page_without_a_table_says_what_to_do(page: str) -> None:
    with pytest.raises(InputError) as caught:
        read_sheets("产能.xls", page.encode())
    assert caught.value.key == "input.html"
    assert "另存为" in caught.value.text("zh")


def test_a_marked_copy_is_one_of_texts_and_can_be_mended_and_imported() -> None:
    files = BASE | {"产能.xls": EXPORT.replace(">在产<", ">再产<").encode("gbk")}
    graph = build(files)
    [(name, data)] = marked_copies(files, graph.findings, "zh").items()
    assert name == "产能.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book["产能"]
    assert sheet["C5"].value == "再产"
    assert "再产" in sheet["C5"].comment.text
    assert {str(merged) for merged in sheet.merged_cells.ranges} == {
        "A1:F1", "A2:F2", "A3:A4", "B3:B4", "C3:E3", "F3:F4"
    }  # fmt: skip
    sheet["C5"].value = "在产"
    mended = io.BytesIO()
    book.save(mended)
    assert capacities(build(BASE | {name: mended.getvalue()})) == EXPECTED


HOSTILE: dict[str, Callable[[], str]] = {
    "open tags": lambda: "<table><tr><td>" * 300_000,
    "nested divs": lambda: "<table><tr><td>" + "<div>" * 1_000_000 + "x",
    "tags beyond number": lambda: "<table>" + "<i>" * 5_000_000,
    "half tags": lambda: "<table><tr><td>a" + "<a" * 3_000_000,
    "half comments": lambda: "<table><tr><td>a" + "<!--" * 2_000_000,
    "half declarations": lambda: "<table><tr><td>a" + "<![" * 2_000_000,
    "half quotes": lambda: "<table><tr><td>a" + "<a b='" * 1_500_000,
    "half script": lambda: "<table><tr><td>a</table><script>" + "</" * 2_000_000,
    "attributes": lambda: "<table><tr><td " + "a=" * 3_000_000 + ">",
    "ampersands": lambda: "<table><tr><td>" + "&" * 3_000_000,
    "references": lambda: "<table><tr><td>" + "&#x4e00;" * 1_000_000,
    "a long cell": lambda: "<table><tr><td>" + "x" * 40_000,
    "blanks": lambda: "<table><tr><td>甲" + " " * 8_000_000,
    "rows": lambda: "<table>" + "<tr>" * 1_000_000 + "<td>x",
    "columns": lambda: "<table><tr>" + "<td>x" * 2_000,
    "far columns": lambda: "<table><tr><td colspan=99999999>a<td>b",
    "spans": lambda: "<table>" + "<tr><td colspan=512 rowspan=99999999>" * 100_000,
    "digits": lambda: f"<table><tr><td colspan={'9' * 100_000} rowspan={'9' * 100_000}>a",
    "entities": lambda: (
        '<?xml version="1.0"?><!DOCTYPE html [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
        "<html><table><tr><td>&b;</table></html>"
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_page_is_read_or_told_in_bounded_time_and_memory(case: str, tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_text(HOSTILE[case](), encoding="utf-8")
    assert fault(path) in {
        "read",
        "input.workbook-broken",
        "input.oversize-sheet",
        "input.oversize-file",
        "input.html",
    }


def test_a_page_of_half_a_gigabyte_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    with path.open("wb") as stream:
        stream.write(b"<table><tr><td>")
        stream.truncate(500 << 20)
    assert fault(path) == "input.oversize-file"


@settings(max_examples=100, deadline=None)
@given(steps=changes)
def test_any_harm_to_a_page_is_told(steps: list[tuple[str, float, bytes]]) -> None:
    reads_or_tells("a.xls", mangled(EXPORT.encode("gbk"), steps))


tags = st.sampled_from(
    ["<table>", "</table>", "<tr>", "</tr>", "<td>", "</td>", "<td rowspan=2>", "<th colspan=3>", "<br>", "<sup>", "甲", "1", "&", "<",
     "<!--", "-->", "<![", "<script>", "</script>", "<select>", "<caption>", "<a name=table0>", "<em>", "</em>", "<td x:num=1>", "\n", ">"]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(tags, max_size=40))
def test_any_order_of_tags_is_a_table_or_told(parts: list[str]) -> None:
    reads_or_tells("a.xls", ("<table>" + "".join(parts)).encode())
