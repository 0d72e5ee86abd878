from __future__ import annotations

import json
import re
from pathlib import Path

import openpyxl
import pytest

from kg import settings
from kg.errors import UsageError
from kg.messages import has

ROOT = Path(__file__).resolve().parents[2]


def rows(run, **env: str) -> dict[str, dict[str, object]]:
    shown = run("settings", "-f", "json", env={"KG_LANG": "en", **env})
    assert shown.exit_code == 0, shown.output
    return {row["name"]: row for row in json.loads(shown.stdout)["rows"]}


def test_settings_shows_values_and_origins(run) -> None:
    shown = rows(run, KG_QUERY_TIMEOUT="120")
    assert list(shown) == [setting.name for setting in settings.SETTINGS]
    assert (shown["query_timeout"]["value"], shown["query_timeout"]["origin"]) == (120.0, "environment")
    assert (shown["store"]["value"], shown["store"]["origin"]) == (".kg", "default")


@pytest.mark.parametrize("setting", settings.SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_is_explained_and_read_somewhere(setting: settings.Setting) -> None:
    assert has(f"settings.{setting.name}")
    source = "".join(
        path.read_text("utf-8") for room in ("kg", "visual") for path in (ROOT / room).rglob("*.py")
    )
    assert re.search(rf'(value|number|value_and_origin)\(\s*"{setting.name}"', source), "nobody reads it"


@pytest.mark.parametrize(
    ("variable", "written"),
    [
        ("KG_ROW_LIMIT", "0"),
        ("KG_ROW_LIMIT", "many"),
        ("KG_PPR_ALPHA", "1.5"),
        ("KG_PPR_ALPHA", "nan"),
        ("KG_LANG", "fr"),
    ],
)
def test_values_outside_what_is_admitted_are_refused(
    variable: str, written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, written)
    with pytest.raises(UsageError) as caught:
        settings.value(variable.removeprefix("KG_").lower())
    assert written in caught.value.text("zh")


def test_shipped_data_is_found_in_a_checkout() -> None:
    assert settings.data_path("ontology").is_dir()
    assert settings.shipped_city().is_dir()


@pytest.mark.parametrize("suffix", ["csv", "json", "xlsx", "md", "txt"])
def test_out_chooses_the_format_by_suffix(run, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / "deep" / f"settings.{suffix}"
    shown = run("settings", "--lang", "zh", "--out", file)
    assert shown.exit_code == 0, shown.output
    assert shown.stdout == ""
    assert f"已写入 {file}" in shown.stderr
    content = file.read_bytes()
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    if suffix == "xlsx":
        assert openpyxl.load_workbook(file).worksheets[0]["A1"].value == "设置"
    else:
        assert "设置" in content.decode("utf-8-sig")


def test_an_unwritable_place_is_said_so(run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    shown = run("settings", "--out", tmp_path / "file" / "a.csv")
    assert shown.exit_code == 3
    assert "cannot read or write" in shown.stderr
