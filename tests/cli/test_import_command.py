from __future__ import annotations

import json
import shutil
from pathlib import Path

import openpyxl
import pytest

YUNXI = Path(__file__).resolve().parents[1] / "cities" / "yunxi"


@pytest.fixture
def ledgers(tmp_path: Path) -> Path:
    return Path(shutil.copytree(YUNXI, tmp_path / "ledgers"))


def spoil(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_import_says_what_it_wrote(run, ledgers: Path, tmp_path: Path) -> None:
    done = run("import", ledgers, "--store", tmp_path / "store", "--lang", "zh")
    assert done.exit_code == 0, done.output
    assert "已导入 18 种台账" in done.stdout
    assert str(tmp_path / "store") in done.stdout
    assert "[18/18]" in done.stderr
    assert "写入图谱" in done.stderr


def test_quiet_shows_no_progress(run, ledgers: Path, tmp_path: Path) -> None:
    done = run("import", ledgers, "--store", tmp_path / "store", "-q")
    assert done.exit_code == 0
    assert done.stderr == ""


def test_importing_twice_changes_nothing(run, ledgers: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    assert run("import", ledgers, "--store", store, "-q").exit_code == 0
    first = run("export", "--store", store).stdout_bytes
    assert run("import", ledgers / "production.csv", "--store", store, "-q").exit_code == 0
    assert run("export", "--store", store).stdout_bytes == first


@pytest.mark.parametrize(
    ("lang", "severity", "nothing"),
    [("zh", "错误：production.csv:2", "什么都没有写入"), ("en", "error: production.csv:2", "nothing")],
)
def test_a_broken_ledger_is_reported_cell_by_cell_and_nothing_is_written(
    run, ledgers: Path, tmp_path: Path, lang: str, severity: str, nothing: str
) -> None:
    spoil(
        ledgers / "production.csv", "云溪竹业集团有限公司,竹浆,在建,10", "云溪竹业集团有限公司,竹浆,在建,十万"
    )
    done = run("import", ledgers, "--store", tmp_path / "store", "-q", "--lang", lang)
    assert done.exit_code == 1
    assert severity in done.stderr
    assert "十万" in done.stderr
    assert nothing in done.stderr
    assert "Traceback" not in done.stderr
    after = run("info", "--store", tmp_path / "store")
    assert after.exit_code == 3 or "0" in after.stdout


def test_all_faults_go_into_a_table(run, ledgers: Path, tmp_path: Path) -> None:
    spoil(ledgers / "production.csv", "10,万吨/年", "很多,万斤")
    faults = tmp_path / "faults.xlsx"
    done = run("import", ledgers, "--store", tmp_path / "store", "-q", "--faults", faults, "--lang", "zh")
    assert done.exit_code == 1
    sheet = openpyxl.load_workbook(faults).worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    assert headings == ["程度", "代码", "文件", "工作表", "行", "列", "值", "原因", "建议"]
    rows = [dict(zip(headings, row, strict=True)) for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert {(row["文件"], row["行"], row["列"], row["值"]) for row in rows} >= {
        ("production.csv", 2, "产能", "很多"),
        ("production.csv", 2, "单位", "万斤"),
    }


def test_faults_have_codes_and_suggestions(run, ledgers: Path, tmp_path: Path) -> None:
    spoil(ledgers / "production.csv", "竹浆,在建", "竹桨,再建")
    faults = tmp_path / "faults.json"
    assert run("import", ledgers, "--store", tmp_path / "store", "-q", "--faults", faults).exit_code == 1
    rows = {row["code"]: row for row in json.loads(faults.read_text(encoding="utf-8"))["rows"]}
    assert rows["unknown-word"]["severity"] == "error"
    assert rows["unknown-word"]["suggestion"] == ["在建"]
    assert rows["unknown-name"]["suggestion"]


def test_the_marked_copy_shows_every_fault_in_its_cell(run, ledgers: Path, tmp_path: Path) -> None:
    marked = tmp_path / "marked.xlsx"
    done = run("import", ledgers, "--store", tmp_path / "store", "-q", "--marked", marked, "--lang", "zh")
    assert done.exit_code == 0
    assert not marked.exists()  # nothing to mark
    spoil(ledgers / "production.csv", "竹浆,在建", "竹浆,再建")
    done = run("import", ledgers, "--store", tmp_path / "store", "-q", "--marked", marked, "--lang", "zh")
    assert done.exit_code == 1
    assert str(marked) in done.stderr
    book = openpyxl.load_workbook(marked)
    assert book.sheetnames == ["问题清单", "production"]
    assert book["production"]["C2"].value == "再建"
    assert "建议：在建" in book["production"]["C2"].comment.text


@pytest.mark.parametrize("name", ["marked.csv", "ledgers/production.xlsx"])
def test_a_marked_copy_never_takes_the_place_of_a_ledger(
    run, ledgers: Path, tmp_path: Path, name: str
) -> None:
    done = run("import", ledgers, "--store", tmp_path / "store", "--marked", tmp_path / name)
    assert done.exit_code == 2
    assert not (tmp_path / "store").exists()


def test_a_faults_file_of_no_known_kind_is_refused_before_the_work(
    run, ledgers: Path, tmp_path: Path
) -> None:
    done = run("import", ledgers, "--store", tmp_path / "store", "--faults", tmp_path / "faults.doc")
    assert done.exit_code == 2
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda folder: folder / "absent.csv", "absent.csv"),
        (lambda folder: folder / "empty", "empty"),
        (lambda folder: folder / "notes.docx", ".docx"),
    ],
)
def test_what_is_no_ledger_is_refused(run, tmp_path: Path, make, said: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.docx").write_bytes(b"PK\x03\x04")
    done = run("import", make(tmp_path), "--store", tmp_path / "store")
    assert done.exit_code == 3
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_foreign_folder_is_not_touched(run, ledgers: Path, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "thesis.txt").write_text("years of work")
    done = run("import", ledgers, "--store", foreign, "-q", "--lang", "en")
    assert done.exit_code == 3
    assert "--store" in done.stderr
    assert [path.name for path in foreign.iterdir()] == ["thesis.txt"]


def test_info_counts_what_the_ledgers_hold(run, yunxi: Path) -> None:
    shown = json.loads(run("info", "--store", yunxi, "-f", "json", "--lang", "zh").stdout)
    counts = {row["name"]: row["n"] for row in shown["rows"]}
    products = (YUNXI / "products.csv").read_text(encoding="utf-8").strip().count("\n")
    assert counts["产品"] == products
    assert counts["来源（命名图）"] == 4
    assert shown["as_of"] == "2025-06-15"


def test_a_missing_store_says_what_to_do(run, tmp_path: Path) -> None:
    for command in (["info"], ["export"], ["report", "gaps"], ["sparql", "ASK {}"], ["view", "clusters"]):
        done = run(*command, "--store", tmp_path / "nowhere", "--lang", "zh")
        assert done.exit_code == 3, command
        assert "kg import" in done.stderr
        assert done.stderr.count("\n") == 1
        assert not (tmp_path / "nowhere").exists()


def test_export_gives_the_same_bytes_whatever_the_hash_seed(spawn, yunxi: Path, tmp_path: Path) -> None:
    outputs = {
        spawn("export", "--store", yunxi, "-f", form, env={"PYTHONHASHSEED": seed}).stdout
        for seed in ("0", "1")
        for form in ("trig",)
    }
    assert len(outputs) == 1
    assert "云溪竹业" in outputs.pop().decode("utf-8")


def test_export_chooses_its_format_by_suffix(run, yunxi: Path, tmp_path: Path) -> None:
    for suffix in ("trig", "nq"):
        done = run("export", "--store", yunxi, "--out", tmp_path / f"graph.{suffix}")
        assert done.exit_code == 0, done.output
    lines = (tmp_path / "graph.nq").read_text(encoding="utf-8").splitlines()
    assert lines == sorted(lines, key=lambda line: line.encode())
    assert f"({len(lines)} quads)" in done.stderr
    assert "@prefix gy:" in (tmp_path / "graph.trig").read_text(encoding="utf-8")
    refused = run("export", "--store", yunxi, "--out", tmp_path / "graph.docx")
    assert refused.exit_code == 2
    assert not (tmp_path / "graph.docx").exists()


def test_export_by_source_removes_only_what_an_export_wrote(run, yunxi: Path, tmp_path: Path) -> None:
    folder = tmp_path / "graph"
    folder.mkdir()
    mine = folder / "mine.trig"
    mine.write_text("<https://example.org/other> { <a:b> <a:c> <a:d> . }\n", encoding="utf-8")
    stale = folder / "gone-1.trig"
    stale.write_text(
        "@prefix source: <https://w3id.org/gongyue/source/> .\n\nsource:gone-1 {\n    <a:b> <a:c> <a:d> .\n}\n",
        encoding="utf-8",
    )
    done = run("export", "--store", yunxi, "--by-source", folder)
    assert done.exit_code == 0, done.output
    assert mine.exists()
    assert not stale.exists()


def test_a_source_called_as_a_device_of_windows_gets_a_file(run, tmp_path: Path) -> None:
    ledgers = tmp_path / "ledgers"
    ledgers.mkdir()
    (ledgers / "sources.csv").write_text("来源编号,标题,证据等级\nnul,标题,E3\n", encoding="utf-8")
    assert run("import", ledgers, "--store", tmp_path / "store").exit_code == 0
    done = run("export", "--store", tmp_path / "store", "--by-source", tmp_path / "graph")
    assert done.exit_code == 0, done.output
    (made,) = (tmp_path / "graph").glob("*.trig")
    assert made.name.startswith("nul-")
