"""One table in every format: each says the same, row for row, whatever the cells hold."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analysis.balance.surplus import find_surplus
from kg.analysis.clusters import find_clusters
from kg.analysis.gaps import find_gaps
from kg.network import load
from kg.reports.anchors_table import anchors_table
from kg.reports.chains_table import chains_table
from kg.reports.city import downloads, file_name, report_files
from kg.reports.gaps_table import gaps_table
from kg.reports.surplus_table import surplus_table
from kg.reports.table import Column, Reference, Table, Thing, Word, conditions, labelled_parameters
from kg.reports.writers import render
from kg.store import open_store

ROOT = Path(__file__).resolve().parents[2]
FORMULAS = ["=1+1", "+A1", "-A1", "@SUM(A1)", "\t=1", "＝1+1", "＋1a", "－a", "＠x", "=HYPERLINK(\"http://x\",\"y\")", "-", "+"]  # fmt: skip


def csv_rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def workbook(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def sheet_rows(data: bytes) -> list[list[object]]:
    return [[cell.value for cell in row] for row in workbook(data).worksheets[0].iter_rows()]


def markdown_rows(data: bytes) -> list[list[str]]:
    """Read the table of a Markdown file with a reader of our own."""
    rows = []
    for line in data.decode().split("\n"):
        if line.startswith("|"):
            cells = re.split(r"(?<!\\)\|", line)[1:-1]
            rows.append(
                [re.sub(r"\\([\\`*_|<>\[\]])", r"\1", c.strip()).replace("<br>", "\n") for c in cells]
            )
    return [rows[0], *rows[2:]]


def written(value: object, lang: str) -> str:
    """Write a value of a JSON row as people read it, by a way of our own."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ("；" if lang == "zh" else "; ").join(value)
    if isinstance(value, float):
        return f"{Decimal(str(value)):f}".removesuffix(".0")
    return str(value)


@pytest.fixture(scope="module")
def tables(yunxi: Path) -> dict[str, Table]:
    with open_store(yunxi) as store:
        network = load(store)
    gaps, clusters = find_gaps(network), find_clusters(network)
    made = {}
    for lang in ("zh", "en"):
        made[f"gaps {lang}"] = gaps_table(gaps, gaps.findings, lang)
        made[f"surplus {lang}"] = surplus_table(gaps, find_surplus(gaps), lang)
        made[f"anchors {lang}"] = anchors_table(clusters, lang)
        made[f"chains {lang}"] = chains_table(gaps, lang)
    return made


REPORTS = [f"{name} {lang}" for name in ("gaps", "surplus", "anchors", "chains") for lang in ("zh", "en")]


@pytest.mark.parametrize("name", REPORTS)
def test_csv_workbook_and_markdown_agree_row_for_row(tables: dict[str, Table], name: str) -> None:
    table = tables[name]
    plain = csv_rows(render(table, "csv"))
    sheet = sheet_rows(render(table, "xlsx"))
    marked = markdown_rows(render(table, "md"))
    assert len(plain) == len(sheet) == len(marked) == 1 + len(table.rows)
    for in_csv, in_sheet, in_md in zip(plain, sheet, marked, strict=True):
        for one, other, third in zip(in_csv, in_sheet, in_md, strict=True):
            assert one == third
            if isinstance(other, int | float):
                assert Decimal(one) == Decimal(str(other))
            else:
                assert one == (other or "")


@pytest.mark.parametrize("name", REPORTS)
def test_json_holds_what_csv_shows_and_null_where_people_read_unknown(
    tables: dict[str, Table], name: str
) -> None:
    table = tables[name]
    document = json.loads(render(table, "json"))
    plain = csv_rows(render(table, "csv"))
    assert [column["label"] for column in document["columns"]] == plain[0]
    for row, line, cells in zip(document["rows"], plain[1:], table.rows, strict=True):
        assert list(row) == [column["key"] for column in document["columns"]]
        for value, text, cell in zip(row.values(), line, cells, strict=True):
            if isinstance(cell, Word):
                assert value == cell.key
                assert text == cell.label
            else:
                assert written(value, table.lang) == text


@pytest.mark.parametrize("name", REPORTS)
def test_notes_date_parameters_and_sources_reach_every_file_that_has_room(
    tables: dict[str, Table], name: str
) -> None:
    table = tables[name]
    document = json.loads(render(table, "json"))
    book = workbook(render(table, "xlsx"))
    page = render(table, "md").decode()
    assert (document["title"], document["as_of"]) == (table.title, "2025-06-15")
    assert page.startswith(f"# {table.title}\n")
    told = [[cell.value for cell in row] for row in book.worksheets[1].iter_rows()]
    assert told[0][1] == table.title
    assert "2025-06-15" in {row[1] for row in told}
    for note in table.notes:
        assert note in document["notes"]
        assert note in {row[1] for row in told}
    assert list(table.parameters) == list(document["parameters"])
    assert set(labelled_parameters(table)) <= {row[0] for row in told}
    for reference in document["references"]:
        assert f"- {reference['id']}: " in page
    if document["references"]:
        [heading, *listed] = [[cell.value for cell in row] for row in book.worksheets[2].iter_rows()]
        assert len(heading) == 6
        assert [row[0] for row in listed] == [reference["id"] for reference in document["references"]]
        assert [row[1] for row in listed] == [reference["title"] for reference in document["references"]]
    else:
        assert len(book.worksheets) == 2


def test_the_conditions_are_worded_in_the_language_of_the_table(tables: dict[str, Table]) -> None:
    date, parameters = conditions(tables["anchors zh"])
    assert date.startswith("截至 2025-06-15（")
    assert parameters == (
        "参数：集群级数 = 3；alpha（每步后继续走的概率） = 0.5；推断联系的权重 = 0.25；一端在建的联系再乘 = 0.5；"
        "记录有效年数 = 20；项目有效年数 = 10"
    )
    date, _ = conditions(tables["chains en"])
    assert date.startswith("As of 2025-06-15 (")


def one_cell(cell: object, kind: str = "text") -> Table:
    return Table("t", (Column("a", "A", kind),), ((cell,),), "en")  # type: ignore[arg-type]


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_of_any_kind_becomes_a_formula(formula: str) -> None:
    for cell in (formula, Word("k", formula), Thing("https://x", formula), (formula, "b")):
        assert csv_rows(render(one_cell(cell), "csv"))[1][0].startswith("'" + formula[:1])
        value = workbook(render(one_cell(cell), "xlsx")).worksheets[0]["A2"]
        assert value.data_type == "s"
        assert value.quotePrefix
        assert value.hyperlink is None


@pytest.mark.parametrize("formula", FORMULAS)
def test_headings_notes_and_sources_are_no_formulas_either(formula: str) -> None:
    reference = Reference("s", formula, formula, formula, "E3", formula)
    table = Table(formula, (Column("a", formula),), (("x",),), "zh", (formula,), None, {formula: formula}, (reference,))  # fmt: skip
    assert csv_rows(render(table, "csv"))[0] == ["'" + formula]
    for sheet in workbook(render(table, "xlsx")):
        for row in sheet.iter_rows():
            assert {cell.data_type for cell in row} <= {"s", "n"}
            assert not [cell for cell in row if cell.hyperlink]


@pytest.mark.parametrize(
    ("cell", "in_csv", "in_json", "in_sheet"),
    [
        (None, "", None, None),
        (True, "yes", True, "yes"),
        (False, "no", False, "no"),
        (0, "0", 0, 0),
        (-7, "-7", -7, -7),
        (Decimal("12.50"), "12.5", 12.5, 12.5),
        (Decimal("1E+3"), "1000", 1000, 1000),
        (Decimal("-0.0"), "0", 0, 0),
        (0.1, "0.1", 0.1, 0.1),
        (float("inf"), "inf", "inf", "inf"),
        (Word(None, "unknown"), "unknown", None, "unknown"),
        (Word("break", "Break"), "Break", "break", "Break"),
        (Thing("https://x/甲", "甲"), "甲", {"iri": "https://x/甲", "label": "甲"}, "甲"),
        ((), "", [], None),
        (("a", "b"), "a; b", ["a", "b"], "a; b"),
        ("0012", "0012", "0012", "0012"),
        ("http://x", "http://x", "http://x", "http://x"),
        ("1e5", "1e5", "1e5", "1e5"),
        ("2025-03", "2025-03", "2025-03", "2025-03"),
    ],
)
def test_each_kind_of_cell_in_each_format(cell, in_csv: str, in_json: object, in_sheet: object) -> None:
    assert csv_rows(render(one_cell(cell), "csv"))[1:] == [[in_csv]]
    back = json.loads(render(one_cell(cell), "json"))["rows"][0]["a"]
    assert (back, type(back)) == (in_json, type(in_json))
    sheet = workbook(render(one_cell(cell), "xlsx")).worksheets[0]
    assert sheet["A2"].value == in_sheet
    assert sheet["A2"].hyperlink is None


def test_a_cell_longer_than_excel_takes_is_cut_there_and_nowhere_else() -> None:
    long = "长" * 40_000
    assert len(workbook(render(one_cell(long), "xlsx")).worksheets[0]["A2"].value) == 32_767
    assert csv_rows(render(one_cell(long), "csv"))[1][0] == long
    assert json.loads(render(one_cell(long), "json"))["rows"][0]["a"] == long


def test_what_is_not_stated_is_blank_in_a_workbook_and_no_empty_text() -> None:
    # Excel adds a blank as nothing, but to add an empty text is an error.
    table = Table("t", (Column("a", "A", "number"), Column("b", "B")), ((None, ""), (1, ())), "zh")
    with zipfile.ZipFile(io.BytesIO(render(table, "xlsx"))) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    for place in ("A2", "B2", "B3"):
        assert re.search(f'<c r="{place}"[^>]*/>', sheet), place


def test_a_workbook_holds_no_time_of_its_making() -> None:
    with zipfile.ZipFile(io.BytesIO(render(one_cell("x"), "xlsx"))) as parts:
        core = parts.read("docProps/core.xml").decode()
        assert {info.date_time[0] for info in parts.infolist()} == {1980}
    assert set(re.findall(r">(\d{4})-", core)) == {"2000"}


@pytest.mark.parametrize(("lang", "sheets"), [("zh", ["数据", "说明", "来源"]), ("en", None)])
def test_sheets_are_named_in_the_language_of_the_table(lang, sheets: list[str] | None) -> None:
    reference = Reference("s", "T", "", "", "E3", "")
    table = Table("t", (Column("a", "A"),), (), lang, references=(reference,))
    names = workbook(render(table, "xlsx")).sheetnames
    assert len(names) == 3
    assert names == sheets if sheets else all(name.isascii() for name in names)


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("http://example.org/a", True),
        ("https://example.org/a", True),
        ("javascript:alert(1)", False),
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
def test_only_web_addresses_become_links_in_markdown(url: str, linked: bool) -> None:
    table = Table("t", (), (), "en", references=(Reference("s", "T", "P", "2024", "E3", url),))
    line = next(line for line in render(table, "md").decode().split("\n") if line.startswith("- s: "))
    assert line == "- s: T · P · 2024 · E3" + (f" <{url}>" if linked else "")


CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.decimals(-(10**9), 10**9, places=4),
    st.text(st.sampled_from("甲乙=+-@|*<>\\[]_`'\" ，；;1a"), max_size=12).map(str.strip),
    st.lists(st.sampled_from(["甲", "a|b", "=x"]), max_size=3).map(tuple),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS), max_size=4), st.sampled_from(["zh", "en"]))
def test_csv_less_its_apostrophes_is_markdown_less_its_backslashes(rows, lang) -> None:
    table = Table("t", (Column("a", "A"), Column("b", "B", "number")), tuple(rows), lang)
    plain = csv_rows(render(table, "csv"))[1:]
    marked = markdown_rows(render(table, "md"))[1:]
    assert len(plain) == len(marked) == len(rows)
    for line, other in zip(plain, marked, strict=True):
        for cell, shown in zip(line, other, strict=True):
            assert cell in (shown, "'" + shown)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(CELLS), max_size=4), st.sampled_from(["zh", "en"]))
def test_a_workbook_never_holds_a_formula_and_keeps_numbers(rows, lang) -> None:
    table = Table("t", (Column("a", "A"),), tuple(rows), lang)
    sheet = workbook(render(table, "xlsx")).worksheets[0]
    for number, (cell,) in enumerate(rows, start=2):
        found = sheet.cell(number, 1)
        assert found.data_type != "f"
        if isinstance(cell, int | Decimal) and not isinstance(cell, bool):
            assert found.data_type == "n"
            assert abs(Decimal(str(found.value)) - cell) <= Decimal("0.0001")


# The files of a city


def test_a_city_has_each_report_in_both_languages_and_four_formats(yunxi: Path) -> None:
    with open_store(yunxi) as store:
        network = load(store)
    gaps, clusters = find_gaps(network), find_clusters(network)
    files = dict(report_files(gaps, clusters))
    assert set(files) == {
        f"reports/{lang}/{name}.{form}"
        for lang in ("zh", "en")
        for name in (
            "gaps",
            "surplus",
            "anchors",
            "chains",
            "clusters",
            "latent",
            "balance",
            "local_supply",
            "critical",
        )
        for form in ("xlsx", "csv", "md", "json")
    }
    assert files == dict(report_files(gaps, clusters))
    for name, data in files.items():
        begins = {".xlsx": b"PK\x03\x04", ".csv": b"\xef\xbb\xbf", ".md": b"# ", ".json": b"{\n"}
        assert data.startswith(begins[Path(name).suffix]), name
    titles = {json.loads(files[f"reports/{lang}/gaps.json"])["title"] for lang in ("zh", "en")}
    assert titles == {"产业链缺口", "Gaps in the industrial chains"}
    offered = {place for one in downloads() for forms in one.files.values() for place in forms.values()}
    assert offered == set(files)
    assert next(one.name["zh"] for one in downloads()) == "产业链缺口"


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b\\c", "竹材产业链", "con:*?", "x" * 300])
def test_a_file_name_stays_in_its_folder(name: str) -> None:
    made = file_name(name)
    assert made.endswith(".html")
    assert not set(made) & set('/\\:*?"<>|')
    assert len(made.encode()) <= 255
    assert Path(made).name == made


def test_the_files_are_the_same_under_any_hash_seed(yunxi: Path) -> None:
    program = (
        "import hashlib, sys; from pathlib import Path; from kg.store import open_store; from kg.network import load\n"
        "from kg.analysis.gaps import find_gaps; from kg.analysis.clusters import find_clusters\n"
        "from kg.reports.city import report_files\n"
        "with open_store(Path(sys.argv[1])) as store: network = load(store)\n"
        "found = hashlib.sha256()\n"
        "for name, data in report_files(find_gaps(network), find_clusters(network)):\n"
        "    found.update(name.encode() + data)\n"
        "sys.stdout.write(found.hexdigest())\n"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program, str(yunxi)],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1
