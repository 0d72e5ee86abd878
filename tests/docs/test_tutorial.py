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
