from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest


@pytest.mark.parametrize(("lang", "sheets"), [("zh", ["产能", "来源"]), ("en", ["Production", "Sources"])])
def test_a_template_is_written_and_imported_untouched(
    run, tmp_path: Path, lang: str, sheets: list[str]
) -> None:
    file = tmp_path / "forms" / "blank.xlsx"
    done = run("template", "产能", "--out", file, "--lang", lang)
    assert done.exit_code == 0, done.output
    assert f"kg import {file}" in done.stdout
    assert openpyxl.load_workbook(file).sheetnames[:-1] == sheets
    imported = run("import", file, "--store", tmp_path / "store", "--lang", lang)
    assert imported.exit_code == 0, imported.output
    assert imported.stderr.count("示例行" if lang == "zh" else "the example row") == 2


def test_all_ledgers_go_into_a_file_of_the_current_folder(run, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("template", "--lang", "zh").exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["台账模板.xlsx"]


def test_a_file_that_exists_is_left_alone(run, tmp_path: Path) -> None:
    file = tmp_path / "filled.xlsx"
    file.write_bytes(b"a week of work")
    done = run("template", "--out", file, "--lang", "en")
    assert done.exit_code == 2
    assert file.read_bytes() == b"a week of work"


@pytest.mark.parametrize("arguments", [("nonsense",), ("--out", "form.csv")])
def test_what_is_no_ledger_or_no_workbook_is_refused(run, tmp_path: Path, monkeypatch, arguments) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("template", *arguments).exit_code == 2
    assert not list(tmp_path.iterdir())
