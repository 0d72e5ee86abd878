"""Workbooks whose days count from 1904, as those made on a Macintosh do: a bare number of days is read by what they say."""

from __future__ import annotations

import datetime
import io

import openpyxl
import pytest
import xlwt
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from kg.ledgers import build
from kg.ledgers.dates import Reading, read_date
from kg.names import GY
from tests.small_city import small_city
from tests.workbook_files import Page, ods, rewritten

BASE = {n: d for n, d in small_city("production 甲 浆 在产 1 吨/年 1999").items() if n != "production.csv"}
HEADER = ["单位名称", "产品", "状态", "产能", "单位", "时点", "来源"]
DAY = datetime.date(2024, 1, 5)
SINCE_1904 = (DAY - datetime.date(1904, 1, 1)).days
SINCE_1900 = (DAY - datetime.date(1899, 12, 30)).days


def xlsx(*, since_1904: bool) -> bytes:
    book = openpyxl.Workbook()
    if since_1904:
        book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    sheet.append(HEADER)
    sheet.append(["甲", "浆", "在产", 10, "吨/年", DAY, "s"])
    sheet["F2"].number_format = "yyyy-mm-dd"
    sheet.append(["甲", "浆", "停产", 10, "吨/年", SINCE_1904 if since_1904 else SINCE_1900, "s"])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def xls() -> bytes:
    book = xlwt.Workbook()
    book.dates_1904 = True
    sheet = book.add_sheet("a")
    days = ((1, "在产", DAY, "yyyy-mm-dd"), (2, "停产", SINCE_1904, "General"))
    for column, title in enumerate(HEADER):
        sheet.write(0, column, title)
    for row, status, day, code in days:
        for column, value in enumerate(["甲", "浆", status, 10, "吨/年"]):
            sheet.write(row, column, value)
        sheet.write(row, 6, "s")
        sheet.write(row, 5, day, xlwt.easyxf(num_format_str=code))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def open_document() -> bytes:
    rows = [
        HEADER,
        ["甲", "浆", "在产", 10, "吨/年", DAY, "s"],
        ["甲", "浆", "停产", 10, "吨/年", SINCE_1904, "s"],
    ]
    null = b'<table:calculation-settings><table:null-date table:date-value="1904-01-01"/></table:calculation-settings>'
    return rewritten(
        ods(Page(rows)),
        lambda name, part: (
            part.replace(b"<office:spreadsheet>", b"<office:spreadsheet>" + null)
            if name == "content.xml"
            else part
        ),
    )


def xml() -> bytes:
    def cell(kind: str, value: object) -> str:
        return f'<Cell><Data ss:Type="{kind}">{value}</Data></Cell>'

    days = [("在产", cell("DateTime", "2024-01-05T00:00:00.000")), ("停产", cell("Number", SINCE_1904))]
    rows = [
        "".join(cell("String", v) for v in ("甲", "浆", status, 10, "吨/年")) + day + cell("String", "s")
        for status, day in days
    ]
    body = "".join(f"<Row>{row}</Row>" for row in ["".join(cell("String", title) for title in HEADER), *rows])
    return (
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
        ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><ExcelWorkbook><Date1904/></ExcelWorkbook>'
        f'<Worksheet ss:Name="a"><Table>{body}</Table></Worksheet></Workbook>'
    ).encode()


@pytest.mark.parametrize(
    ("file", "data"),
    [
        ("a.xlsx", xlsx(since_1904=False)),
        ("a.xlsx", xlsx(since_1904=True)),
        ("a.xls", xls()),
        ("a.ods", open_document()),
        ("a.xml", xml()),
    ],
    ids=["1900", "xlsx", "xls", "ods", "xml"],
)
def test_a_number_of_days_is_counted_as_the_workbook_says(file: str, data: bytes) -> None:
    graph = build(BASE | {file: data})
    assert graph.errors == ()
    assert {q.object.value for q in graph.quads if q.predicate.value == GY + "asOf"} == {"2024-01-05"}
    [told] = graph.findings
    assert (told.code, told.row, told.params["read"]) == ("date-read-as", 3, "2024-01-05")


def test_only_a_bare_number_of_days_depends_on_where_they_count_from() -> None:
    assert read_date(str(SINCE_1904), since_1904=True) == Reading("2024-01-05", is_doubtful=True)
    for text in ("2023年5月", "2024-02-29", "20240105", "2023"):
        assert read_date(text, since_1904=True) == read_date(text)
