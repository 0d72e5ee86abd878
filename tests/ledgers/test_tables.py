"""Reading delimited text, however it comes."""

from __future__ import annotations

import codecs
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import InputError
from kg.ledgers.tables import MAX_CELL, MAX_COLUMNS, Row, Sheet, _lines, decode, read_csv, read_sheets

TEXT = "名称,别名\n云溪市,云溪\n"
PLAIN = Sheet("f.csv", "", ("名称", "别名"), (Row(2, ("云溪市", "云溪")),))


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("gb18030"),
        TEXT.encode("utf-16"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        TEXT.rstrip("\n").encode(),
        TEXT.replace(",", "\t").encode(),
        TEXT.replace(",", ";").encode(),
        TEXT.replace("云溪市", '"云溪市"').encode(),
        " 名称 , 别名 \n 云溪市 ,\u3000云溪\u3000\n".encode(),
    ],
    ids=[
        "utf8",
        "bom",
        "gb18030",
        "utf16",
        "utf16be",
        "crlf",
        "cr",
        "no-end",
        "tab",
        "semicolon",
        "quoted",
        "spaces",
    ],
)
def test_one_table_in_many_dresses(data: bytes) -> None:
    assert read_csv(data, "f.csv") == PLAIN


def test_rows_are_numbered_as_a_spreadsheet_does() -> None:
    data = '名称,备注\n甲,"一\n二,三"\n,\n乙,"说""好"""\n'.encode()
    sheet = read_csv(data, "f.csv")
    assert sheet.rows == (Row(2, ("甲", "一\n二,三")), Row(4, ("乙", '说"好"')))


@pytest.mark.parametrize("start", ["", "\n", "\n\n", ",,\n"])
@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_the_header_is_the_first_row_that_says_something(start: str, mark: str) -> None:
    text = start.replace(",", mark) + f"名称{mark}别名\n甲{mark}乙\n"
    sheet = read_csv(text.encode(), "f.csv")
    before = start.count("\n")
    assert (sheet.header, sheet.rows) == (("名称", "别名"), (Row(before + 2, ("甲", "乙")),))


def test_short_rows_are_filled_and_idle_commas_dropped() -> None:
    sheet = read_csv("名称,别名,\n甲\n乙,丙,,,\n".encode(), "f.csv")
    assert sheet.header == ("名称", "别名")
    assert [row.cells for row in sheet.rows] == [("甲", ""), ("乙", "丙")]


def test_a_header_alone_is_an_empty_table() -> None:
    assert read_csv("名称,别名\n".encode(), "f.csv").rows == ()


@pytest.mark.parametrize(
    ("data", "key", "row", "value"),
    [
        (b"", "input.empty", None, None),
        (b"\n,,\n\n", "input.empty", None, None),
        (codecs.BOM_UTF8, "input.empty", None, None),
        (b"\xff\xff\xff", "input.encoding", None, None),
        (b"a,b\n1,\x00\n", "input.encoding", None, None),
        ("名,值\n".encode("utf-16-le"), "input.encoding", None, None),
        (codecs.BOM_UTF16_LE + b"a", "input.encoding", None, None),
        (b"a,b\n1,2\n3,4,5\n", "input.wide-row", 3, "5"),
        (b"a,b\n1,2,,6\n", "input.wide-row", 2, "6"),
        (b'a,b\n1,"open\n2,3\n', "input.csv", 2, None),
        (b'a,b\n1,"x"y\n', "input.csv", 2, None),
        (b"a\n" + b"x" * (MAX_CELL + 1) + b"\n", "input.oversize", 2, None),
        (b"a\n" + b"x" * 200_000 + b"\n", "input.csv", 2, None),
        (b"a" + b"," * MAX_COLUMNS + b"\n", "input.oversize", 1, None),
    ],
)
def test_what_is_no_table(data: bytes, key: str, row: int | None, value: str | None) -> None:
    with pytest.raises(InputError) as caught:
        read_csv(data, "f.csv")
    error = caught.value
    assert (error.key, error.file, error.row, error.value) == (key, "f.csv", row, value)
    for lang in ("zh", "en"):
        assert "f.csv" in error.text(lang)


def test_the_largest_cell_is_read() -> None:
    assert read_csv(b"a\n" + b"x" * MAX_CELL + b"\n", "f.csv").rows[0].cells == ("x" * MAX_CELL,)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_table_or_a_fault(data: bytes) -> None:
    fault, rows, width = None, (), 0
    try:
        sheet = read_csv(data, "f.csv")
        rows, width = sheet.rows, len(sheet.header)
    except InputError as error:
        fault = error
    assert all(len(row.cells) == width for row in rows)
    assert fault is None or fault.text("zh") != fault.text("en")


@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00\ufeff"), min_size=1))
def test_utf8_is_never_taken_for_something_else(text: str) -> None:
    assert decode(text.encode(), "f.csv") == text


@pytest.mark.parametrize("file", ["f.csv", "F.CSV", "f.tsv"])
def test_known_suffixes(file: str) -> None:
    assert read_sheets(file, TEXT.encode())[0].rows == PLAIN.rows


@pytest.mark.parametrize("file", ["f.docx", "f", ".csv"])
def test_other_suffixes(file: str) -> None:
    with pytest.raises(InputError) as caught:
        read_sheets(file, TEXT.encode())
    assert caught.value.key == "input.format"
    assert ".csv" in caught.value.text("zh")


@given(st.text("ab,\"'\r\n\x0b\x85\u2028;\t=", max_size=60))
def test_lines_end_where_a_stream_ends_them(text: str) -> None:
    assert list(_lines(text)) == list(io.StringIO(text, newline=""))
