"""``kg import`` shows what each sheet was taken for, and takes a word on it."""

from __future__ import annotations

from pathlib import Path

from tests.small_city import small_city
from tests.workbook_files import Page, xlsx

ODD = xlsx(
    Page(
        [
            ["产能表"],
            ["企业名称", "产品", "状态", "产能（万吨/年）", "序号", "来源"],
            ["甲", "浆", "在产", 9, 1, "s"],
        ],
        "表一",
    )
)
CITY = "production 甲 浆 在建 10 万吨/年 2023"


def city(folder: Path) -> Path:
    folder.mkdir()
    for name, data in small_city(CITY).items():
        (folder / name).write_bytes(data)
    return folder


def test_what_each_sheet_was_taken_for(run, tmp_path: Path) -> None:
    folder = city(tmp_path / "city")
    (folder / "年报.xlsx").write_bytes(ODD)
    done = run("import", folder, "--store", tmp_path / "store", "--lang", "zh")
    assert done.exit_code == 0, done.output
    line = "年报.xlsx[表一] → 产能（production）：读 5 列：企业名称、产品、状态、产能（万吨/年） = 产能、来源；未读：序号"
    assert line in done.stderr.splitlines()
    english = run("import", folder, "--store", tmp_path / "store", "--lang", "en")
    assert (
        "年报.xlsx[表一] → Production (production): columns read, 5: 企业名称 = organization"
        in english.stderr
    )
    assert "年报.xlsx[表一] →" not in run("import", folder, "--store", tmp_path / "store", "-q").stderr


def test_a_word_on_an_unclear_sheet(run, tmp_path: Path) -> None:
    folder = city(tmp_path / "city")
    (folder / "x.csv").write_text("park name,单位名称,来源\n,甲,s\n", encoding="utf-8")
    store = tmp_path / "store"
    unclear = run("import", folder, "--store", store, "-q", "--lang", "en")
    assert unclear.exit_code == 1
    assert "--as" in unclear.stderr
    words = tmp_path / "words.csv"
    words.write_text("file,ledger\nx.csv,sites\n", encoding="utf-8")
    assert run("import", folder, "--store", store, "-q", "--mapping", words).exit_code == 0
    assert run("import", folder / "x.csv", "--store", store, "-q", "--as", "sites").exit_code == 0
    wrong = run("import", folder, "--store", store, "--as", "nothing")
    assert wrong.exit_code == 2
    assert "organizations" in wrong.stderr
