"""The tutorial does what it says: every file it shows is written, every command it shows runs, in its order."""

from __future__ import annotations

import csv
import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

ROOT = Path(__file__).resolve().parents[2]
PAGES = [("tutorial.md", "en"), ("tutorial.zh.md", "zh")]
TABLES = [
    *(
        f"my-city/{name}.csv"
        for name in (
            *("sources", "organizations", "products", "production", "recipes"),
            *("chains", "stages", "participations"),
        )
    ),
    *(f"national/{name}.csv" for name in ("companies", "company_product")),
]
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
Run = Callable[..., Result]


def blocks(page: str) -> list[tuple[str, str]]:
    return BLOCK.findall((ROOT / "docs" / page).read_text(encoding="utf-8"))


def commands(page: str) -> list[str]:
    return [line for kind, text in blocks(page) if kind == "sh" for line in text.splitlines()]


def follow(page: str, lang: str, run: Run, until: str = "") -> dict[str, Result]:
    """Do what the page says in the current folder, up to a command, and return what each command answered."""
    tables = iter(TABLES)
    texts = iter(re.search(r"kg import (\S+) .*--write-mapping (\S+)", "\n".join(commands(page))).groups())  # type: ignore[union-attr]
    answers: dict[str, Result] = {}
    for kind, text in blocks(page):
        if kind == "sh":
            for line in text.splitlines():
                if until and line.startswith(until):
                    return answers
                answers[line] = run(*shlex.split(line)[1:], env={"KG_LANG": lang})
        else:
            file = Path(
                {"csv": lambda: next(tables), "text": lambda: next(texts)}.get(kind, lambda: "own.rq")()
            )
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
    assert not list(tables), "a table is no longer in the page"
    return answers


def rows(run: Run, *arguments: object) -> list[dict[str, Any]]:
    done = run(*arguments, "--store", "my-store", "-f", "json", "--lang", "zh")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)["rows"]


@pytest.mark.parametrize(("page", "lang"), PAGES)
def test_every_command_of_the_tutorial_runs(
    page: str, lang: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    answers = follow(page, lang, run)
    assert {line: done.exit_code for line, done in answers.items()} == {
        line: int("--write-mapping" in line) for line in commands(page)
    }
    [asked] = [done.stdout for line, done in answers.items() if "own.rq" in line]
    [row] = [line for line in asked.splitlines() if {"en": "Qingshan", "zh": "青山竹业有限"}[lang] in line]
    assert {"en": "caustic", "zh": "烧碱"}[lang] in row
    maps = {line.split()[2]: done for line, done in answers.items() if line.startswith("kg view")}
    assert set(maps) == {"clusters", "chain"}
    assert len(list(tmp_path.glob("*.html"))) == 2


def test_both_languages_show_the_same_commands_and_tables() -> None:
    def plain(page: str) -> list[str]:
        words = {"报表.csv": "report.csv", "对照表.csv": "mapping.csv", "缺口.xlsx": "gaps.xlsx"}
        return [re.sub("|".join(words), lambda m: words[m[0]], line) for line in commands(page)]

    def ledgers(page: str) -> list[str]:
        return [text for kind, text in blocks(page) if kind == "csv"][:8]

    zh, en = "tutorial.zh.md", "tutorial.md"
    assert plain(zh) == plain(en)
    assert ledgers(zh) == ledgers(en)
    queries = ["".join(text for kind, text in blocks(page) if kind == "sparql") for page in (zh, en)]
    assert queries[0].replace('"zh"', '"en"') == queries[1] != ""


def test_the_first_gaps_are_those_of_the_page(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    follow("tutorial.md", "en", run, until="kg import report.csv")
    found = rows(run, "report", "gaps")
    assert {(row["kind"], row["product"]) for row in found} == {
        ("missing", "烧碱"),
        ("weak", "竹浆"),
        ("latent", "竹浆"),
    }
    assert {source for row in found for source in row["sources"]} == {"plan-2025"}


def test_the_meeting_is_told_what_the_page_tells(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    follow("tutorial.zh.md", "zh", run)
    [member] = rows(run, "report", "clusters", "--explain", "青山竹业")
    assert (member["anchor"], member["tier"], member["weight"]) == ("绿源纸业有限公司", 1, 1)
    assert member["basis"] == "inferred"
    for column in ("unlocked_count", "source_count"):
        first = rows(run, "report", "gaps", "--sort", column)[0]
        assert (first["product"], first["source_count"], first["unlocked_count"]) == ("烧碱", 2, 2)
    stopped = rows(run, "whatif", "stop", "青山竹业")
    assert [row["product"] for row in stopped if row["effect"] == "lost"] == [["竹浆"], ["生活用纸"]]
    assert ["绿源纸业有限公司"] in [row["organization"] for row in stopped if row["effect"] == "idled"]
    closed = {row["gap"] for row in rows(run, "whatif", "start") if row["effect"] == "closed"}
    assert closed == {"weak", "latent"}
    [target] = rows(run, "report", "targets", "--gap", "烧碱")
    assert (target["firm"], target["match"], target["share"]) == ("江北化工", "exact", 0.4)
    assert target["anchors"] == ["绿源纸业有限公司需要（烧碱 → 竹浆）"]
    assert [row["kind"] for row in rows(run, "report", "gaps", "--as-of", "2024")] == ["blank"]


def test_the_tutorials_fault_is_reported_and_nothing_is_written(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    follow("tutorial.md", "en", run, until="kg import report.csv")
    before = run("export", "--store", "my-store").stdout
    file = Path("my-city/production.csv")
    file.write_text(
        file.read_text(encoding="utf-8").replace("青山竹业有限公司", "青山竹业公司"), encoding="utf-8"
    )
    failed = run("import", "my-city", "--store", "my-store", "-q", "--lang", "en")
    assert failed.exit_code == 1
    for said in ("production.csv:2", "青山竹业公司", "青山竹业有限公司"):
        assert said in failed.stderr
    assert run("export", "--store", "my-store").stdout == before


@pytest.mark.parametrize(("page", "lang"), PAGES)
def test_the_mapping_offered_has_the_headings_of_the_page_and_stays_with_the_graph(
    page: str, lang: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    unclear = next(line for line in commands(page) if "--write-mapping" in line)
    settled = next(line for line in commands(page) if "--mapping" in line)
    report, mapping = unclear.split()[2], unclear.split("--write-mapping ")[1]
    follow(page, lang, run, until=settled)
    shown = Path(mapping).read_text(encoding="utf-8").splitlines()
    Path(mapping).unlink()  # a file that is there is not written over
    assert run(*unclear.split()[1:], "--lang", lang).exit_code == 1
    offered = list(csv.reader(Path(mapping).read_text(encoding="utf-8-sig").splitlines()))
    assert [row[3] for row in offered] == [line.split(",")[3] for line in shown]
    Path(mapping).write_text("\n".join(shown), encoding="utf-8")
    assert run(*settled.split()[1:]).exit_code == 0
    again = run("import", report, "--store", "my-store", "-q")
    assert again.exit_code == 0, again.output
