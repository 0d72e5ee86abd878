"""What helps a planner on: marked copies in a folder, a mapping to begin with, near names, places without ledgers."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import openpyxl
import pytest

from tests.small_city import small_city
from tests.workbook_files import Page, xlsx

CITY = "production 甲 浆 在建 10 万吨/年 2023"
HEADER = ["厂子", "产品", "状态", "规模", "单位", "来源"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "city"
    made.mkdir()
    for name, data in small_city(CITY).items():
        (made / name).write_bytes(data)
    return made


@pytest.mark.parametrize("command", [("import", "x.csv"), ("diff", "x.csv"), ("history",), ("undo",)])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_endpoint_has_no_ledgers(run, command: tuple[str, ...], lang: str) -> None:
    done = run(*command, "--store", "http://127.0.0.1:9/query", "--lang", lang)
    assert (done.exit_code, done.stdout) == (3, "")
    assert done.stderr.count("\n") == 1
    assert "--store" in done.stderr
    assert "http://127.0.0.1:9/query" in done.stderr


@pytest.mark.parametrize(
    ("lang", "word", "near"),
    [
        ("zh", "产量", "产能（production）"),
        ("zh", "项目进度", "项目进展（project_events）"),
        ("en", "productoin", "mean production"),
    ],
)
def test_an_unknown_ledger_is_answered_with_the_nearest_before_anything_is_made(
    run, tmp_path: Path, monkeypatch, lang: str, word: str, near: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for command in (("import", "x.csv", "--as", word), ("template", word)):
        done = run(*command, "--lang", lang)
        assert done.exit_code == 2
        assert near in done.stderr
        assert done.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_each_faulty_file_gets_its_marked_copy_in_the_folder(run, folder: Path, tmp_path: Path) -> None:
    rows = [["单位名称", "产品", "状态", "来源"], ["甲", "浆", "再产", "s"]]
    (folder / "年报.xlsx").write_bytes(xlsx(Page(rows, "产能"), Page([["封面"]], "封面")))
    (folder / "补报.csv").write_text("单位名称,产品,状态,来源\n甲,浆,,s\n", encoding="utf-8")
    marked = tmp_path / "marked"
    done = run("import", folder, "--store", tmp_path / "store", "-q", "--marked", marked, "--lang", "zh")
    assert done.exit_code == 1
    assert sorted(path.name for path in marked.iterdir()) == ["年报.xlsx", "补报.xlsx"]
    assert "年报.xlsx、" in done.stderr
    book = openpyxl.load_workbook(marked / "年报.xlsx")
    assert book.sheetnames == ["问题清单", "产能", "封面"]
    assert "建议：在产" in book["产能"]["C2"].comment.text
    # Mended, the copy goes in under the same name as the original.
    book["产能"]["C2"] = "在产"
    book.save(folder / "年报.xlsx")
    (folder / "补报.csv").unlink()
    assert run("import", folder, "--store", tmp_path / "store", "-q").exit_code == 0
    refused = run("import", folder, "--store", tmp_path / "store", "--marked", folder)
    assert refused.exit_code == 2


def test_a_mapping_to_begin_with_is_finished_and_used(run, folder: Path, tmp_path: Path) -> None:
    report = folder / "报表.xlsx"
    report.write_bytes(xlsx(Page([["某市报表"], HEADER, ["甲", "浆", "停产", "5", "吨/年", "s"]], "表一")))
    mapping, store = tmp_path / "对照表.csv", tmp_path / "store"
    asked = ("import", folder, "--store", store, "-q", "--lang", "zh")
    done = run(*asked, "--write-mapping", mapping)
    assert done.exit_code == 1
    assert f"--mapping {mapping}" in done.stderr
    rows = list(csv.reader(io.StringIO(mapping.read_text(encoding="utf-8-sig"))))
    assert [row[3] for row in rows[1:]] == ["", "厂子", "规模"]
    unfinished = run(*asked, "--mapping", mapping)
    assert unfinished.exit_code == 3
    assert "第 2 行" in unfinished.stderr
    again = run(*asked, "--write-mapping", mapping)
    assert again.exit_code == 2  # it may be finished by now
    for row in rows[1:]:
        row[2], row[4] = "产能", {"厂子": "单位名称", "规模": "产能"}.get(row[3], "")
    with mapping.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows(rows)
    done = run(*asked, "--mapping", mapping)
    assert done.exit_code == 0, done.output
    assert "认得出" in run(*asked, "--write-mapping", tmp_path / "other.csv").stderr


@pytest.mark.parametrize("text", ["厂名,对应\n厂子,单位名称\n", "文件,列,字段\n报表.xlsx,厂子,没有这个\n"])
def test_a_malformed_mapping_is_answered_with_an_example(
    run, folder: Path, tmp_path: Path, text: str
) -> None:
    wrong = tmp_path / "map.csv"
    wrong.write_text(text, encoding="utf-8")
    done = run("import", folder, "--store", tmp_path / "store", "--mapping", wrong, "--lang", "zh")
    assert done.exit_code == 3
    assert "列 厂名，字段 单位名称" in done.stderr


@pytest.mark.parametrize("lead", ["=", "+", "-", "@"])
def test_cells_that_look_like_formulas_are_harmless_in_every_list_of_faults(
    run, folder: Path, tmp_path: Path, lead: str
) -> None:
    cell = f"{lead}cmd|' /C calc'!A0"
    (folder / "补报.csv").write_text(f"单位名称,产品,状态,来源\n{cell},浆,在产,s\n", encoding="utf-8")
    asked = ("import", folder, "--store", tmp_path / "store", "-q", "--faults")
    for name in ("faults.csv", "faults.json", "faults.xlsx"):
        assert run(*asked, tmp_path / name).exit_code == 1
    cells = [
        c for row in csv.reader(io.StringIO((tmp_path / "faults.csv").read_text("utf-8-sig"))) for c in row
    ]
    assert f"'{cell}" in cells
    assert not [c for c in cells if c.startswith(("=", "+", "-", "@"))]
    assert cell in {row["value"] for row in json.loads((tmp_path / "faults.json").read_text())["rows"]}
    sheet = openpyxl.load_workbook(tmp_path / "faults.xlsx").worksheets[0]
    found = [c for row in sheet.iter_rows() for c in row if c.value == cell]
    assert {(c.data_type, c.quotePrefix) for c in found} == {("s", True)}


def test_a_rule_that_is_broken_is_traced_to_file_sheet_and_row(run, folder: Path, tmp_path: Path) -> None:
    rows = [
        ["某市产能表"],
        ["单位名称", "产品", "状态", "产能", "单位", "时点", "来源"],
        ["甲", "浆", "在产", -5, "吨/年", "2024", "s"],
    ]
    (folder / "年报.xlsx").write_bytes(xlsx(Page(rows, "产能表", merged=[(0, 0, 0, 6)])))
    store = tmp_path / "store"
    assert run("import", folder, "--store", store, "-q").exit_code == 0
    done = run("check", "--store", store, "-q", "-f", "json", "--lang", "zh")
    assert done.exit_code == 1
    [found] = json.loads(done.stdout)["rows"]
    assert (found["file"], found["sheet"], found["row"], found["column"]) == (
        "年报.xlsx",
        "产能表",
        3,
        "产能",
    )
    english = run("check", "--store", store, "-q", "-f", "csv", "--lang", "en")
    assert "capacity" in english.stdout.casefold()
