"""Excel 2003 XML files, mostly under the name .xls: the same facts as from the workbook that was meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings

from kg.errors import InputError
from kg.ledgers import build
from kg.ledgers.sheets import Merged
from kg.ledgers.tables import read_grids, read_sheets
from tests.ledgers.test_hostile_files import changes, fault, mangled, reads_or_tells
from tests.ledgers.test_office_tables import BASE, EXPECTED, capacities, told

HEAD = """<?xml version="1.0" encoding="{}"?>
<?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:x="urn:schemas-microsoft-com:office:excel"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" xmlns:html="http://www.w3.org/TR/REC-html40">
 <ExcelWorkbook xmlns="urn:schemas-microsoft-com:office:excel"><WindowHeight>9000</WindowHeight></ExcelWorkbook>
 <Styles>
  <Style ss:ID="Default" ss:Name="Normal"><NumberFormat/></Style>
  <Style ss:ID="s21"><NumberFormat ss:Format="Percent"/></Style>
  <Style ss:ID="s22"><NumberFormat ss:Format="yyyy&quot;年&quot;m&quot;月&quot;"/></Style>
  <Style ss:ID="s23"><NumberFormat ss:Format="Short Date"/></Style>
  <Style ss:ID="s24"><NumberFormat ss:Format="@"/></Style>
 </Styles>
"""
TITLES = ["单位名称", "产品", "状态", "产能（万吨/年）", "时点", "来源"]


def cell(value: str, kind: str = "String", more: str = "") -> str:
    return f'<Cell{more}><Data ss:Type="{kind}">{value}</Data></Cell>'


def row(*cells: str, more: str = "") -> str:
    return (
        f"   <Row{more}>\n    "
        + "\n    ".join(c if c.startswith("<") else cell(c) for c in cells)
        + "\n   </Row>\n"
    )


def sheet(rows: str, name: str = "产能", columns: str = "", after: str = "") -> str:
    return f' <Worksheet ss:Name="{name}"><Table>{columns}\n{rows}</Table>{after}</Worksheet>\n'


def book(*sheets: str, encoding: str = "UTF-8", declared: str = "") -> bytes:
    return (HEAD.format(declared or encoding) + "".join(sheets) + "</Workbook>\n").encode(encoding)


def values(*cells: str, columns: str = "") -> tuple[str, ...]:
    """Return the texts of a row's cells."""
    [grid] = read_grids(
        "a.xls", book(sheet(row("x", "y", "z"), "甲", columns).replace("</Table>", row(*cells) + "</Table>"))
    )
    return grid.rows[-1].cells


PLAIN = sheet(
    row(*TITLES)
    + row("甲", "浆", "在产", cell("10", "Number"), cell("2024"), "s")
    + row(
        "乙",
        "纸",
        "在建",
        cell("2.5", "Number"),
        cell("2025-03-01T00:00:00.000", "DateTime", ' ss:StyleID="s22"'),
        "s",
    )
)


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", ""),
        ("utf-8-sig", "UTF-8"),
        ("gbk", "GBK"),
        ("gb18030", "gb2312"),
        ("utf-16", ""),
        ("gbk", "UTF-8"),
    ],
)
def test_a_workbook_in_any_encoding(encoding: str, declared: str) -> None:
    graph = build(BASE | {"导出.xls": book(PLAIN, encoding=encoding, declared=declared)})
    assert (capacities(graph), told(graph)) == (EXPECTED, [("warning", "wrong-suffix", 0)])
    named = build(BASE | {"导出.xml": book(PLAIN, encoding=encoding, declared=declared)})
    assert (capacities(named), told(named)) == (EXPECTED, [])


def test_titles_merged_headers_units_totals_and_hidden_rows() -> None:
    across, down = ' ss:MergeAcross="5"', ' ss:MergeDown="1"'
    rows = (
        row(cell("某市产能情况表", more=across))
        + row(cell("单位：万吨/年", more=' ss:Index="6"'))
        + row(
            cell("单位名称", more=down),
            cell("产品", more=down),
            cell("生产情况", more=' ss:MergeAcross="2"'),
            cell("来源", more=down),
        )
        + row(cell("状态", more=' ss:Index="3"'), "产能", "时点")
        + row("甲", "浆", "在产", cell("10", "Number"), "2024", "s", more=' ss:Index="8"')
        + row("乙", "纸", "在建", cell("2.5", "Number"), "2025-03", "s", more=' ss:Hidden="1"')
        + row("合计", cell("12.5", "Number", ' ss:Index="4" ss:Formula="=SUM(R[-2]C:R[-1]C)"'))
    )
    graph = build(
        BASE
        | {
            "产能.xls": book(
                sheet(rows, columns='<Column ss:Width="60" ss:Span="1"/><Column ss:Hidden="1"/>')
            )
        }
    )
    assert capacities(graph) == EXPECTED
    assert [
        (f.severity, f.code, f.row, dict(f.params)) for f in graph.findings if f.code == "hidden-cells"
    ] == [("info", "hidden-cells", 0, {"rows": 1, "columns": 1})]
    assert ("info", "total-row", 10) in told(graph)
    [grid] = read_grids("a.xls", book(sheet(rows)))
    assert grid.merged[0] == Merged(1, 1, 0, 5)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (cell("0.515", "Number", ' ss:StyleID="s21"'), "51.5%"), (cell("211122", "Number"), "211122"), (cell("1E-7", "Number"), "0.0000001"),
        (cell("2023-05-08T00:00:00.000", "DateTime", ' ss:StyleID="s23"'), "2023-05-08"),
        (cell("2023-05-01T00:00:00.000", "DateTime", ' ss:StyleID="s22"'), "2023-05"),
        (cell("2023-05-08T09:30:00.000", "DateTime"), "2023-05-08T09:30:00"), (cell("soon", "DateTime"), "soon"), (cell("1", "Boolean"), "TRUE"),
        (cell("00123", more=' ss:StyleID="s24"'), "00123"), (cell(" &lt;甲&gt;&#10;乙 "), "<甲>\n乙"), (cell("n/a", "Number"), "n/a"),
        ('<Cell><ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40"><B>甲</B><Font>乙</Font></ss:Data></Cell>', "甲乙"),
        ('<Cell><Data ss:Type="String">甲</Data><Comment ss:Author="某"><ss:Data><B>某:</B>请核实</ss:Data></Comment></Cell>', "甲"),
    ],
)  # fmt: skip
def test_what_a_cell_says(given: str, text: str) -> None:
    assert values("x", given, "z") == ("x", text, "z")


def test_a_format_of_a_column_or_a_row_holds_for_its_cells() -> None:
    number = cell("0.5", "Number")
    assert values("x", number, number, columns='<Column ss:Index="2" ss:StyleID="s21"/>') == (
        "x",
        "50%",
        "0.5",
    )


def test_formulas_errors_and_numbers_that_lost_digits_are_told() -> None:
    rows = (
        row(*TITLES)
        + row("甲", "浆", "在产", cell("#N/A", "Error"), "2024", "s")
        + row("甲", "浆", "在产", '<Cell ss:Formula="=R2C4*2"/>', "2024", "s")
        + row("甲", "浆", "在产", cell("3", "Number", ' ss:Formula="=R2C4*2"'), "2024", "s")
        + row("甲", "浆", "在产", cell("211100199001011234", "Number"), "2024", "s")
    )
    found = {(f.severity, f.code, f.row) for f in build(BASE | {"产能.xml": book(sheet(rows))}).findings}
    assert {
        ("error", "cell-error", 2),
        ("error", "formula-blank", 3),
        ("warning", "formula", 4),
        ("error", "long-number", 5),
    } <= found


def test_hidden_and_blank_sheets_are_not_read_and_told() -> None:
    options = '<WorksheetOptions xmlns="urn:schemas-microsoft-com:office:excel"><Visible>SheetHidden</Visible></WorksheetOptions>'
    old = PLAIN.replace('产能"', '旧稿"').replace("</Table>", f"</Table>{options}").replace(">10<", ">99<")
    graph = build(BASE | {"产能.xml": book(PLAIN, old, sheet("", "空"), PLAIN.replace(">s<", ">无此来源<"))})
    assert sorted((f.code, f.sheet) for f in graph.findings if f.severity == "info") == [
        ("empty-sheet", "空"),
        ("hidden-sheet", "旧稿"),
    ]
    assert {f.sheet for f in graph.errors} == {"产能 4"}  # names are unique


HOSTILE = {
    "entities": (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
        + book(sheet(row("&b;"))).partition(b"?>")[2],
        "input.workbook-entities",
    ),
    "cut off": (book(PLAIN)[:1500], "input.workbook-broken"),
    "far row": (book(sheet(row("x") + row(*["x"] * 9, more=' ss:Index="1048576"'))), "input.oversize-sheet"),
    "far column": (book(sheet(row(cell("x", more=' ss:Index="16384"')))), "input.oversize-sheet"),
    "digits": (book(sheet(row(cell("x", more=f' ss:Index="{"9" * 9999}"')))), "input.oversize-sheet"),
    "nested": (book(sheet(row("<Cell>" * 300_000 + "</Cell>" * 300_000))), "input.empty"),
    "a long cell": (book(sheet(row("x" * 40_000))), "input.oversize-sheet"),
    "no sheet": (book(), "input.empty"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_workbook_is_told_in_bounded_time_and_memory(case: str, tmp_path: Path) -> None:
    data, key = HOSTILE[case]
    path = tmp_path / "a.xls"
    path.write_bytes(data)
    assert fault(path) == key


def test_a_merged_range_over_everything_costs_nothing() -> None:
    [read] = read_sheets(
        "a.xml",
        book(sheet(row(cell("单位名称", more=' ss:MergeAcross="999999" ss:MergeDown="999999"')) + row("甲"))),
    )
    assert len(read.rows) <= 2


@settings(max_examples=60, deadline=None)
@given(steps=changes)
def test_any_harm_to_a_workbook_is_told(steps: list[tuple[str, float, bytes]]) -> None:
    reads_or_tells("a.xls", mangled(book(PLAIN), steps))


def test_another_xml_file_is_no_table() -> None:
    with pytest.raises(InputError) as caught:
        read_sheets("a.xls", b"<?xml version='1.0'?><rss><table/></rss>")
    assert caught.value.key == "input.html"
