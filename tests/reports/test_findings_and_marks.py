"""Faults as lines, as a table and as marks in a copy of what was handed in."""

from __future__ import annotations

import io

import openpyxl
import pytest

from kg.ledgers import Finding, build
from kg.reports.findings_table import finding_line, findings_table, suggestions
from kg.reports.marked_copy import marked_copy
from tests.table_cells import headings, keyed, records

SOURCES = "来源编号,标题,证据等级\ns,标题,E4\n".encode()
HEADER = "单位名称,产品,状态,产能,单位,来源\n"


def found(rows: str, name: str = "产能.csv") -> tuple[dict[str, bytes], list[Finding]]:
    files = {name: (HEADER + rows).encode(), "sources.csv": SOURCES}
    return files, list(build(files).findings)


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def fault(**changes: object) -> Finding:
    told = {
        "severity": "error",
        "code": "x",
        "file": "a.csv",
        "texts": {"zh": "坏了", "en": "broken"},
        **changes,
    }
    return Finding(**told)  # type: ignore[arg-type]


# The table and the line


@pytest.mark.parametrize(
    ("severity", "zh", "en"),
    [("error", "错误", "error"), ("warning", "提醒", "warning"), ("info", "说明", "note")],
)
def test_severities_are_words_with_keys(severity: str, zh: str, en: str) -> None:
    one = fault(severity=severity)
    assert records(findings_table([one], "zh"), "severity", "reason") == [(zh, "坏了")]
    assert records(findings_table([one], "en"), "severity", "reason") == [(en, "broken")]
    assert keyed(findings_table([one], "zh").rows[0][0]) == severity


def test_what_a_finding_does_not_say_is_blank_and_not_zero() -> None:
    [row] = records(findings_table([fault()], "zh"), "file", "sheet", "row", "column", "value", "suggestion")
    assert row == ("a.csv", None, None, None, None, ())
    full = fault(sheet="页", row=3, column="产能", value="一百", params={"suggestion": "100"})
    [row] = records(findings_table([full], "zh"), "file", "sheet", "row", "column", "value", "suggestion")
    assert row == ("a.csv", "页", 3, "产能", "一百", ("100",))


def test_findings_keep_the_order_given_and_may_have_a_title_and_notes() -> None:
    table = findings_table([fault(row=9), fault(row=2)], "en", title="Check", notes=("n",))
    assert [row for (row,) in records(table, "row")] == [9, 2]
    assert (table.title, table.notes) == ("Check", ("n",))
    assert findings_table([], "zh").title == "导入时发现的问题"
    assert headings(findings_table([], "en"))["severity"] == "severity"


@pytest.mark.parametrize(
    ("finding", "zh", "en"),
    [
        (fault(), "错误：a.csv：坏了", "error: a.csv: broken"),
        (fault(row=7), "错误：a.csv:7：坏了", "error: a.csv:7: broken"),
        (
            fault(severity="warning", sheet="页", row=7, column="产能"),
            "提醒：a.csv[页]:7 产能：坏了",
            "warning: a.csv[页]:7 产能: broken",
        ),
    ],
)
def test_a_fault_is_one_line_with_its_place(finding: Finding, zh: str, en: str) -> None:
    assert finding_line(finding, "zh") == zh
    assert finding_line(finding, "en") == en


def test_a_line_obeys_no_cell() -> None:
    nasty = "\x1b[2J\r甲\n乙\u202e"
    line = finding_line(fault(value=nasty, texts={"zh": f"值“{nasty}”", "en": ""}, column="列\x07"), "zh")
    assert not set(line) & set("\x1b\r\n\x07\u202e")
    assert "\\x1b[2J\\x0d甲 乙\\u202e" in line


def test_of_a_long_value_a_line_shows_the_beginning() -> None:
    line = finding_line(fault(value="长" * 500, texts={"zh": "值“" + "长" * 500 + "”太长", "en": ""}), "zh")
    assert line.endswith("“" + "长" * 120 + "…”太长")
    assert findings_table([fault(value="长" * 500)], "zh").rows[0][6] == "长" * 500


@pytest.mark.parametrize(
    ("value", "params", "expected"),
    [
        ("再产", {"allowed": {"zh": ("在产", "在建", "规划", "停产"), "en": ("in production",)}}, ("在产",)),
        (
            "in producton",
            {"allowed": {"zh": ("在产",), "en": ("in production", "planned")}},
            ("in production",),
        ),
        ("qqqq", {"allowed": {"zh": ("在产",), "en": ("in production", "planned")}}, ()),
        ("", {"allowed": {"zh": ("在产",), "en": ("planned",)}}, ()),
        ("甲", {"nearest": ("甲厂", "甲乙厂")}, ("甲厂", "甲乙厂")),
        ("甲", {"suggestion": 5, "nearest": ("甲厂",)}, ("5",)),
        ("甲", {}, ()),
    ],
)
def test_what_may_have_been_meant(value: str, params: dict[str, object], expected: tuple[str, ...]) -> None:
    assert suggestions(fault(value=value, params=params)) == expected


def test_a_real_slip_of_the_pen_is_told_with_its_row_and_the_word_meant() -> None:
    _, findings = found("甲厂,乙烯,在产,1,万吨/年,s\n甲厂,丙烯,再产,1,万吨/年,s\n")
    [row] = [row for row in records(findings_table(findings, "zh"), "code", "file", "row", "column", "value", "suggestion") if row[0] == "unknown-word"]  # fmt: skip
    assert row[1:] == ("产能.csv", 3, "状态", "再产", ("在产",))


# The marked copy


@pytest.mark.parametrize(
    ("severity", "colour"), [("error", "FFF8B4B4"), ("warning", "FFFBE5A3"), ("info", "FFE3E6EA")]
)
def test_each_severity_has_its_colour(severity: str, colour: str) -> None:
    files, _ = found("甲厂,乙烯,在产,1,万吨/年,s\n")
    book = opened(marked_copy(files, [fault(severity=severity, file="产能.csv", row=2, column="产能")], "zh"))
    assert book.worksheets[1]["D2"].fill.start_color.rgb == colour
    assert book.worksheets[1]["C2"].fill.fill_type is None


@pytest.mark.parametrize("order", [("info", "error", "warning"), ("error", "warning", "info")])
def test_a_cell_with_several_findings_shows_the_worst_and_tells_all(order: tuple[str, ...]) -> None:
    files, _ = found("甲厂,乙烯,在产,1,万吨/年,s\n")
    findings = [
        fault(severity=s, file="产能.csv", row=2, column="产品", texts={"zh": f"理由{s}", "en": "e"})
        for s in order
    ]
    cell = opened(marked_copy(files, findings, "zh")).worksheets[1]["B2"]
    assert cell.fill.start_color.rgb == "FFF8B4B4"
    words = {"error": "错误", "warning": "提醒", "info": "说明"}
    assert cell.comment.text == "\n".join(f"{words[s]}：理由{s}" for s in order)


def test_a_note_in_english_has_english_punctuation_and_the_suggestion() -> None:
    files, _ = found("甲厂,乙烯,再产,1,万吨/年,s\n")
    one = fault(file="产能.csv", row=2, column="状态", params={"suggestion": "在产"})
    note = opened(marked_copy(files, [one], "en")).worksheets[1]["C2"].comment.text
    assert note.startswith("error: broken\n")
    assert "在产" in note


def test_every_cell_of_a_copy_is_the_text_that_was_written() -> None:
    files, findings = found(
        "甲厂,乙烯,再产,007,万吨/年,s\n 乙厂 ,丙烯,在产,1e5,万吨/年,s\n丙厂,丁烯,在产,2025-03,,s\n"
    )
    sheet = opened(marked_copy(files, findings, "zh")).worksheets[1]
    assert [cell.value for cell in sheet[1]] == HEADER.strip().split(",")
    assert [sheet[f"D{line}"].value for line in (2, 3, 4)] == ["007", "1e5", "2025-03"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}


def test_links_of_the_list_lead_to_the_marks() -> None:
    files, findings = found("甲厂,乙烯,再产,1,万吨/年,s\n甲厂,丙烯,在产,一百,万吨/年,s\n", "a'b.csv")
    book = opened(marked_copy(files, findings, "zh"))
    links = [row[0].hyperlink for row in book.worksheets[0].iter_rows(min_row=2) if row[0].hyperlink]
    assert links
    for link in links:
        name, _, cell = link.location.rpartition("!")
        sheet = book[name[1:-1].replace("''", "'")]
        assert sheet[cell].comment is not None
        assert sheet[cell].fill.fill_type == "solid"


def test_the_copy_has_the_same_bytes_whatever_the_order_of_the_files() -> None:
    files, findings = found("甲厂,乙烯,再产,1,万吨/年,s\n")
    files |= {"b.csv": (HEADER + "甲厂,,在产,,,s\n").encode()}
    findings = list(build(files).findings)
    turned = dict(reversed(files.items()))
    assert marked_copy(files, findings, "zh") == marked_copy(turned, findings, "zh")


@pytest.mark.parametrize(
    "name", ["History.csv", "问题:清单?.csv", "'.csv", "很长" * 30 + ".csv", "[a]*b.csv"]
)
def test_any_file_name_gives_a_sheet_that_a_spreadsheet_opens(name: str) -> None:
    files, findings = found("甲厂,,在产,1,万吨/年,s\n", name)
    titles = opened(marked_copy(files, findings, "zh")).sheetnames
    assert len(titles) == 2
    assert 0 < len(titles[1]) <= 31
    assert not set(titles[1]) & set("[]:*?/\\")
    assert titles[1].casefold() != "history"


def test_without_findings_the_copy_is_an_empty_list() -> None:
    files, _ = found("甲厂,乙烯,在产,1,万吨/年,s\n")
    [sheet] = opened(marked_copy(files, [], "en")).worksheets
    assert sheet.max_row == 1
