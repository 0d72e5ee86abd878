"""The tutorial does what it says: its tables are imported and its findings come out."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = ("sources.csv", "organizations.csv", "products.csv", "production.csv", "recipes.csv")


@pytest.mark.parametrize("page", ["tutorial.md", "tutorial.zh.md"])
def test_tutorial_works(page: str, run, tmp_path: Path) -> None:
    tables = re.findall(r"```csv\n(.*?)```", (ROOT / "docs" / page).read_text(encoding="utf-8"), re.DOTALL)
    assert len(tables) == len(FILES)
    for name, table in zip(FILES, tables, strict=True):
        (tmp_path / name).write_text(table, encoding="utf-8")
    store = tmp_path / "store"
    imported = run("import", tmp_path, "--store", store, "-q")
    assert imported.exit_code == 0, imported.output
    shown = run("report", "gaps", "--store", store, "-f", "json", "--lang", "zh")
    rows = json.loads(shown.stdout)["rows"]
    assert {(row["kind"], row["product"]) for row in rows} == {
        ("missing", "烧碱"),
        ("weak", "竹浆"),
        ("latent", "竹浆"),
    }
    assert {source for row in rows for source in row["sources"]} == {"plan-2025"}


def test_the_tutorials_fault_is_reported_and_nothing_is_written(run, tmp_path: Path) -> None:
    tables = re.findall(
        r"```csv\n(.*?)```", (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8"), re.DOTALL
    )
    for name, table in zip(FILES, tables, strict=True):
        (tmp_path / name).write_text(table, encoding="utf-8")
    store = tmp_path / "store"
    assert run("import", tmp_path, "--store", store, "-q").exit_code == 0
    before = run("export", "--store", store).stdout
    broken = (
        (tmp_path / "production.csv").read_text(encoding="utf-8").replace("青山竹业有限公司", "青山竹业公司")
    )
    (tmp_path / "production.csv").write_text(broken, encoding="utf-8")
    failed = run("import", tmp_path, "--store", store, "-q", "--lang", "en")
    assert failed.exit_code == 1
    assert "production.csv:2" in failed.stderr
    assert "青山竹业公司" in failed.stderr
    assert "青山竹业有限公司" in failed.stderr
    assert run("export", "--store", store).stdout == before


@pytest.mark.parametrize(("page", "lang"), [("tutorial.md", "en"), ("tutorial.zh.md", "zh")])
def test_the_tutorials_mapping_settles_the_tutorials_report(
    page: str, lang: str, run, tmp_path: Path, monkeypatch
) -> None:
    words = (ROOT / "docs" / page).read_text(encoding="utf-8")
    for name, table in zip(FILES, re.findall(r"```csv\n(.*?)```", words, re.DOTALL), strict=True):
        (tmp_path / name).write_text(table, encoding="utf-8")
    store = tmp_path / "my-store"
    assert run("import", *(tmp_path / name for name in FILES), "--store", store, "-q").exit_code == 0
    monkeypatch.chdir(tmp_path)
    report, mapping = re.findall(r"```text\n(.*?)```", words, re.DOTALL)
    unclear, settled = re.findall(r"^kg (import .*mapping.*)$", words, re.MULTILINE)
    Path(unclear.split()[1]).write_text(report, encoding="utf-8")
    refused = run(*unclear.split(), "--lang", lang)
    assert refused.exit_code == 1
    file = Path(unclear.split("--write-mapping ")[1].split()[0])
    offered = file.read_text(encoding="utf-8-sig").splitlines()
    titles = [line.split(",")[3] for line in mapping.splitlines()[2:]]
    assert [line.split(",")[3] for line in offered[2:]] == titles
    file.write_text(mapping, encoding="utf-8")
    done = run(*settled.split(), "--lang", lang)
    assert done.exit_code == 0, done.output
    again = run("import", unclear.split()[1], "--store", store, "-q")  # the mapping stays with the graph
    assert again.exit_code == 0, again.output
