"""Files that mean harm, or were harmed: a clear fault, in bounded time and memory, and nothing is run."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import InputError
from kg.ledgers import build, collect
from kg.ledgers.tables import TABLE_SUFFIXES, read_sheets
from tests.workbook_files import WRITERS, Page, ods, rewritten, xls, xlsx

ROOT = Path(__file__).resolve().parents[2]
PAGE = Page(
    [["产能表"], ["单位名称", "产品", "产能", "来源"], ["甲", "浆", 0.5, "s"], [None, "纸", 12, "s"]],
    merged=[(0, 0, 0, 3), (2, 0, 3, 0)],
    formats={(2, 2): "0%"},
)
BOOKS = {file: write(PAGE) for file, write in WRITERS.items()}

# Reads a file in 1 GB and 60 s, and prints the key of the fault.
READER = """
import resource, sys
from pathlib import Path
from kg.errors import InputError
from kg.ledgers.tables import read_sheets
from kg.ledgers import collect
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
try:
    for name, data in collect([Path(sys.argv[1])]).items():
        read_sheets(name, data)
except InputError as error:
    assert error.text("zh") and error.text("en")
    print(error.key)
else:
    print("read")
"""


def fault(path: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", READER, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stderr == ""
    return done.stdout.strip()


def in_sheet(book: bytes, cells: bytes) -> bytes:
    """Put other rows into the first sheet of an .xlsx file."""

    def change(name: str, part: bytes) -> bytes:
        if not name.endswith("sheet1.xml"):
            return part
        head, _, rest = part.partition(b"<sheetData>")
        return head + b"<sheetData>" + cells + rest[rest.index(b"</sheetData>") :]

    return rewritten(book, change)


def in_content(book: bytes, rows: bytes) -> bytes:
    """Put other rows into the sheet of an .ods file."""

    def change(name: str, part: bytes) -> bytes:
        if name != "content.xml":
            return part
        start, end = part.index(b"<table:table-row"), part.rindex(b"</table:table>")
        return part[:start] + rows + part[end:]

    return rewritten(book, change)


def zeros(name: str, megabytes: int, book: bytes) -> bytes:
    """Blow a member of a container up with blanks."""
    return rewritten(book, lambda n, part: part + b" " * (megabytes << 20) if n == name else part)


def lying(book: bytes) -> bytes:
    """Say in the directory that a large member is small."""
    bomb = bytearray(zeros("xl/sharedStrings.xml", 60, book))
    with zipfile.ZipFile(io.BytesIO(bytes(bomb))) as archive:
        true = archive.getinfo("xl/sharedStrings.xml").file_size
    start = 0
    while (at := bomb.find(struct.pack("<I", true), start)) >= 0:
        bomb[at : at + 4] = struct.pack("<I", 1000)
        start = at + 4
    return bytes(bomb)


def renamed(book: bytes, old: str, new: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as archive, zipfile.ZipFile(target, "w") as out:
        for name in archive.namelist():
            out.writestr(new if name == old else name, archive.read(name))
    return target.getvalue()


def entities(book: bytes, part_name: str) -> bytes:
    """Put the billion laughs into a part."""
    laughs = b"".join(
        b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10 if n else b"lol") for n in range(10)
    )

    def change(name: str, part: bytes) -> bytes:
        if name != part_name:
            return part
        at = part.index(b"?>") + 2 if part.startswith(b"<?xml") else 0
        return part[:at] + b"<!DOCTYPE x [" + laughs + b"]>" + part[at:]

    return rewritten(book, change)


CELL = b'<row r="%d"><c r="%s"><v>1</v></c></row>'
ODS_CELL = b'<table:table-cell %s office:value-type="string"><text:p>x</text:p></table:table-cell>'
CASES: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "zip bomb": (
        "a.xlsx",
        lambda: zeros("xl/worksheets/sheet1.xml", 300, BOOKS["a.xlsx"]),
        "input.workbook-bomb",
    ),
    "zip bomb ods": ("a.ods", lambda: zeros("content.xml", 300, BOOKS["d.ods"]), "input.workbook-bomb"),
    "bomb in what is not read": (
        "a.xlsx",
        lambda: zeros("docProps/app.xml", 300, BOOKS["a.xlsx"]),
        "input.workbook-bomb",
    ),
    "directory that lies": ("a.xlsx", lambda: lying(BOOKS["b.xlsx"]), "input.workbook-broken"),
    "cells far apart": (
        "a.xlsx",
        lambda: in_sheet(BOOKS["a.xlsx"], CELL % (1, b"A1") + CELL % (1048576, b"XFD1048576")),
        "input.oversize-sheet",
    ),
    "million columns": (
        "a.xlsx",
        lambda: in_sheet(BOOKS["a.xlsx"], CELL % (1, b"BDWGN1")),
        "input.oversize-sheet",
    ),
    "no such cell": ("a.xlsx", lambda: in_sheet(BOOKS["a.xlsx"], CELL % (1, b"A0")), "input.workbook-broken"),
    "million columns ods": (
        "a.ods",
        lambda: in_content(
            BOOKS["d.ods"],
            b"<table:table-row>"
            + ODS_CELL % b'table:number-columns-repeated="1000000"'
            + b"</table:table-row>",
        ),
        "input.oversize-sheet",
    ),
    "billion rows ods": (
        "a.ods",
        lambda: in_content(
            BOOKS["d.ods"],
            b'<table:table-row table:number-rows-repeated="999999999">'
            + ODS_CELL % b""
            + b"</table:table-row>",
        ),
        "input.oversize-sheet",
    ),
    "blank rows without end": (
        "a.ods",
        lambda: in_content(
            BOOKS["d.ods"],
            b'<table:table-row table:number-rows-repeated="2000000"><table:table-cell/></table:table-row>'
            * 9,
        ),
        "input.oversize-sheet",
    ),
    "one text in every cell": (
        "a.xlsx",
        lambda: in_sheet(
            rewritten(
                BOOKS["b.xlsx"],
                lambda n, part: (
                    b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>'
                    + b"x" * 32_000
                    + b"</t></si></sst>"
                    if n == "xl/sharedStrings.xml"
                    else part
                ),
            ),
            b"".join(b'<row><c t="s"><v>0</v></c></row>' for _ in range(100_000)),
        ),
        "input.oversize-sheet",
    ),
    "entities": (
        "a.xlsx",
        lambda: entities(BOOKS["a.xlsx"], "xl/worksheets/sheet1.xml"),
        "input.workbook-entities",
    ),
    "entities in styles": (
        "a.xlsx",
        lambda: entities(BOOKS["a.xlsx"], "xl/styles.xml"),
        "input.workbook-entities",
    ),
    "entities ods": ("a.ods", lambda: entities(BOOKS["d.ods"], "content.xml"), "input.workbook-entities"),
    "out of the container": (
        "a.xlsx",
        lambda: renamed(BOOKS["a.xlsx"], "docProps/app.xml", "../../etc/cron.d/x"),
        "input.workbook-names",
    ),
    "absolute name": (
        "a.xlsx",
        lambda: renamed(BOOKS["a.xlsx"], "docProps/app.xml", "/etc/passwd"),
        "input.workbook-names",
    ),
    "password": ("a.xlsx", lambda: ole_with("EncryptedPackage"), "input.workbook-password"),
    "another compound file": ("a.xls", lambda: ole_with("WordDocument"), "input.workbook-kind"),
    "password ods": (
        "a.ods",
        lambda: rewritten(
            BOOKS["d.ods"],
            lambda n, part: (
                part.replace(b"<manifest:file-entry ", b"<manifest:file-entry x='encryption-data' ", 1)
                if n == "META-INF/manifest.xml"
                else part
            ),
        ),
        "input.workbook-password",
    ),
    "a web page": ("a.xls", lambda: b"<html><p>1</p></html>", "input.html"),
    "a picture": ("a.xlsx", lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), "input.workbook-kind"),
    "an archive of anything": ("a.xlsx", lambda: renamed_archive(), "input.workbook-kind"),
    "truncated": ("a.xlsx", lambda: BOOKS["a.xlsx"][:-200], "input.workbook-broken"),
    "truncated ods": ("a.ods", lambda: BOOKS["d.ods"][: len(BOOKS["d.ods"]) // 2], "input.workbook-broken"),
    "truncated xls": ("a.xls", lambda: BOOKS["c.xls"][:1500], "input.workbook-broken"),
    "nothing": ("a.xlsx", lambda: b"", "input.empty"),
}


def ole_with(stream: str) -> bytes:
    """Rename the workbook stream of a compound file."""
    old = "Workbook".encode("utf-16-le") + b"\0\0"
    new = stream.encode("utf-16-le") + b"\0\0"
    data = bytearray(BOOKS["c.xls"])
    at = data.index(old)
    data[at : at + 64] = new.ljust(64, b"\0")
    data[at + 64 : at + 66] = struct.pack("<H", len(new))
    return bytes(data)


def renamed_archive() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("readme.txt", "x")
    return target.getvalue()


@pytest.mark.parametrize("case", CASES)
def test_a_clear_fault_in_bounded_memory(case: str, tmp_path: Path) -> None:
    name, make, key = CASES[case]
    path = tmp_path / name
    path.write_bytes(make())
    assert fault(path) == key


def test_the_files_are_read_when_nothing_is_done_to_them(tmp_path: Path) -> None:
    for name, data in BOOKS.items():
        (tmp_path / name).write_bytes(data)
    assert fault(tmp_path) == "read"


def test_an_xls_file_with_cells_far_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(xls(Page([["x"], *[[]] * 65_000, [None] * 250 + ["y"]])))
    assert fault(path) == "input.oversize-sheet"


@pytest.mark.parametrize("kind", ["fifo", "folder in a loop", "device", "nowhere"])
def test_what_is_no_file(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder in a loop":
        path.symlink_to(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        path.symlink_to(tmp_path / "gone")
    assert fault(path) == ("input.no-file" if kind in ("fifo", "device") else "input.absent")


def test_a_link_to_a_file_is_read_and_lock_files_are_not(tmp_path: Path) -> None:
    (tmp_path / "real.xlsx").write_bytes(BOOKS["a.xlsx"])
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.xlsx").symlink_to(tmp_path / "real.xlsx")
    (folder / "~$a.xlsx").write_bytes(b"owner")
    (folder / "._a.xlsx").write_bytes(b"apple")
    (folder / ".~lock.a.csv").write_bytes(b"office")
    assert list(collect([folder])) == ["a.xlsx"]


def test_a_formula_in_a_text_file_is_text() -> None:
    data = '单位名称,产品,状态,备注,来源\n=CMD|\'/c calc\'!A0,浆,在产,=1+1,s\n甲,浆,在产,"=""0012""",s\n'.encode()
    (sheet,) = read_sheets("production.csv", data)
    assert [row.cells[3] for row in sheet.rows] == ["=1+1", "0012"]
    told = {(f.severity, f.code, f.row, f.column) for f in build({"production.csv": data}).findings}
    assert {("warning", "formula-text", 2, "单位名称"), ("warning", "formula-text", 2, "备注")} <= told


changes = st.lists(
    st.tuples(
        st.sampled_from(["set", "cut", "put", "copy", "end"]),
        st.floats(0, 1, exclude_max=True),
        st.binary(max_size=8),
    ),
    min_size=1,
    max_size=6,
)


def mangled(data: bytes, steps: list[tuple[str, float, bytes]]) -> bytes:
    changed = bytearray(data)
    for what, place, new in steps:
        at = int(place * len(changed))
        if what == "set":
            changed[at : at + len(new)] = new
        elif what == "cut":
            del changed[at : at + 10 * len(new)]
        elif what == "put":
            changed[at:at] = new
        elif what == "copy":
            changed[at : at + 50] = changed[: 10 * len(new)]
        elif place > 0.5:
            del changed[at:]
    return bytes(changed)


def reads_or_tells(file: str, data: bytes) -> None:
    try:
        sheets = read_sheets(file, data)
    except InputError as error:
        assert error.text("zh") != error.text("en")  # noqa: PT017  # most bytes are a fault, some are a table
    else:
        for sheet in sheets:
            assert len(sheet.units) == len(sheet.header)
            assert all(len(row.cells) == len(sheet.header) for row in sheet.rows)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@pytest.mark.parametrize("file", WRITERS)
@given(steps=changes)
def test_any_harm_to_a_file_is_told(file: str, steps: list[tuple[str, float, bytes]]) -> None:
    reads_or_tells(file, mangled(BOOKS[file], steps))


@settings(max_examples=60, deadline=None)
@pytest.mark.parametrize("file", ["a.xlsx", "b.xlsx", "d.ods"])
@given(steps=changes, member=st.integers(0, 30))
def test_any_harm_to_a_part_is_told(file: str, steps: list[tuple[str, float, bytes]], member: int) -> None:
    with zipfile.ZipFile(io.BytesIO(BOOKS[file])) as archive:
        names = [entry.filename for entry in archive.infolist() if entry.file_size]
    name = names[member % len(names)]
    reads_or_tells(file, rewritten(BOOKS[file], lambda n, part: mangled(part, steps) if n == name else part))


@given(
    suffix=st.sampled_from(TABLE_SUFFIXES),
    start=st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]),
    data=st.binary(max_size=1500),
)
def test_any_bytes_are_a_table_or_told(suffix: str, start: bytes, data: bytes) -> None:
    reads_or_tells("a" + suffix, start + data)


def test_nested_tables_are_refused() -> None:
    inner = b'<table:table-row><table:table-cell><table:table table:name="y"></table:table></table:table-cell></table:table-row>'
    with pytest.raises(InputError) as caught:
        read_sheets("a.ods", in_content(ods(PAGE), inner))
    assert caught.value.key == "input.workbook-broken"


def test_a_merged_range_over_everything_costs_nothing() -> None:
    huge = b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    book = rewritten(
        xlsx(Page([["单位名称", "来源"], ["甲", "s"]])),
        lambda n, part: (
            part.replace(b"</sheetData>", b"</sheetData>" + huge) if n.endswith("sheet1.xml") else part
        ),
    )
    (sheet,) = read_sheets("a.xlsx", book)
    assert len(sheet.rows) <= 2
