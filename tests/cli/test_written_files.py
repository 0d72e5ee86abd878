"""Files that commands write: the same content in every format, whole or not at all, and nothing else beside them."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyoxigraph
import pytest

TESTS = Path(__file__).resolve().parents[1]
NATIONAL = TESTS / "datasets" / "national"
MILL = "云溪竹业集团有限公司"

LISTS: list[tuple[str, ...]] = [
    ("info",),
    ("report", "gaps"),
    ("report", "surplus"),
    ("report", "balance"),
    ("report", "anchors"),
    ("report", "critical"),
    ("report", "conflicts", "--changes"),
    ("report", "local-supply"),
    ("report", "latent"),
    ("whatif", "stop", "云溪竹业"),
    ("whatif", "start"),
    ("analyze",),
    ("query", "chain-gaps", "chain=竹链"),
]


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def by_value(quads: Iterable[pyoxigraph.Quad]) -> set[tuple[object, ...]]:
    """Return quads with decimals as numbers: TriG writes 2.0 for what N-Quads spells "2"."""
    return {
        (
            quad.subject,
            quad.predicate,
            Decimal(quad.object.value)
            if isinstance(quad.object, pyoxigraph.Literal) and quad.object.datatype.value.endswith("#decimal")
            else quad.object,
            quad.graph_name,
        )
        for quad in quads
    }


@pytest.mark.parametrize("words", LISTS, ids=lambda words: "-".join(words[:2]))
def test_every_format_holds_the_same_rows(run, yunxi: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    for suffix in ("csv", "json", "xlsx", "md", "txt"):
        done = run(*words, "--store", yunxi, "--lang", "zh", "--out", tmp_path / "in" / f"list.{suffix}")
        assert (done.exit_code, done.stdout) == (0, "")
    table = list(
        csv.reader(io.StringIO((tmp_path / "in/list.csv").read_text(encoding="utf-8-sig"), newline=""))
    )
    document = json.loads((tmp_path / "in/list.json").read_text(encoding="utf-8"))
    sheet = openpyxl.load_workbook(tmp_path / "in/list.xlsx").worksheets[0]
    markdown = (tmp_path / "in/list.md").read_text(encoding="utf-8").splitlines()
    drawn = (tmp_path / "in/list.txt").read_text(encoding="utf-8")
    assert table[0] == [column["label"] for column in document["columns"]]
    assert [cell.value for cell in sheet[1]] == table[0]
    assert len(document["rows"]) == len(table) - 1 == sheet.max_row - 1
    rows = [line for line in markdown if line.startswith("|")]
    assert len(rows) == len(table) + 1  # the rule under the header
    assert document["title"] in drawn
    assert f"共 {len(table) - 1} 行" in drawn
    # A cell that is words alone is the same words everywhere.
    for row, line in zip(table[1:], sheet.iter_rows(min_row=2, values_only=True), strict=True):
        plain = [cell for cell in row if re.fullmatch(r"[\u4e00-\u9fff]{2,}", cell) and cell != "未知"]
        assert set(plain) <= {str(cell) for cell in line}
        assert any(all(cell in written for cell in plain) for written in rows[2:])
    assert names(tmp_path) == [f"in/list.{suffix}" for suffix in ("csv", "json", "md", "txt", "xlsx")]


@pytest.mark.parametrize("words", LISTS[1::5], ids=lambda words: "-".join(words[:2]))
def test_a_file_holds_what_a_pipe_gets(run, yunxi: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    for suffix in ("csv", "json", "xlsx", "md"):
        out = tmp_path / f"list.{suffix}"
        assert run(*words, "--store", yunxi, "--out", out).exit_code == 0
        assert run(*words, "--store", yunxi, "-f", suffix).stdout_bytes == out.read_bytes()


def test_a_new_list_replaces_the_old_one_whole(run, yunxi: Path, tmp_path: Path) -> None:
    out = tmp_path / "list.csv"
    out.write_bytes(b"x" * 100_000)
    assert run("report", "latent", "--store", yunxi, "--out", out).exit_code == 0
    assert b"xxx" not in out.read_bytes()
    assert names(tmp_path) == ["list.csv"]


@pytest.mark.parametrize("form", ["csv", "json", "md", "table"])
def test_the_format_asked_for_beats_the_suffix(run, yunxi: Path, tmp_path: Path, form: str) -> None:
    out = tmp_path / "list.xlsx"
    assert run("report", "gaps", "--store", yunxi, "-f", form, "--out", out).exit_code == 0
    assert out.read_bytes()[:2] != b"PK"
    assert out.read_bytes() == run("report", "gaps", "--store", yunxi, "-f", form).stdout_bytes


@pytest.mark.parametrize("suffix", [".CSV", ".Json", ".XLSX", ".MD", ".TXT"])
def test_suffixes_may_be_in_capitals(run, yunxi: Path, tmp_path: Path, suffix: str) -> None:
    out, usual = tmp_path / f"a{suffix}", tmp_path / f"b{suffix.lower()}"
    for file in (out, usual):
        assert run("report", "latent", "--store", yunxi, "--out", file).exit_code == 0
    assert out.read_bytes() == usual.read_bytes()


def test_what_stands_above_a_table_stands_on_the_error_stream_of_csv(run, yunxi: Path) -> None:
    drawn = run("report", "surplus", "--store", yunxi, "--lang", "en").stdout
    piped = run("report", "surplus", "--store", yunxi, "--lang", "en", "-f", "csv")
    for line in piped.stderr.splitlines():
        assert line.split()[0] in drawn
    assert piped.stderr.startswith("As of 2025-06-15 (")
    assert "2025-06-15" not in piped.stdout


# ---------------------------------------------------------------- graphs


def test_the_files_by_source_are_the_graph_cut_by_source(run, yunxi: Path, tmp_path: Path) -> None:
    folder = tmp_path / "graph"
    done = run("export", "--by-source", folder, "--store", yunxi, "--lang", "zh")
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == f"已写出 5 个文件，在 {folder}\n"
    assert names(folder) == ["curation.trig", "derived.trig", "yx-1.trig", "yx-2.trig", "yx-3.trig"]
    parts = [by_value(pyoxigraph.parse(path=str(file))) for file in sorted(folder.iterdir())]
    whole = run("export", "--store", yunxi, "-f", "nquads").stdout_bytes
    assert set().union(*parts) == by_value(pyoxigraph.parse(input=whole, format=pyoxigraph.RdfFormat.N_QUADS))
    assert sum(map(len, parts)) == 418
    for file, quads in zip(sorted(folder.iterdir()), parts, strict=True):
        assert [graph.rpartition("/")[2] for graph in {quad[-1].value for quad in quads}] == [file.stem]
    first = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert run("export", "--by-source", folder, "--store", yunxi).exit_code == 0
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == first


def test_both_forms_of_a_graph_say_the_same(run, yunxi: Path, tmp_path: Path) -> None:
    for name in ("g.trig", "g.nq", "G.NQ"):
        assert run("export", "--store", yunxi, "--out", tmp_path / "out" / name).exit_code == 0
    trig = by_value(pyoxigraph.parse(path=str(tmp_path / "out/g.trig")))
    assert trig == by_value(pyoxigraph.parse(path=str(tmp_path / "out/g.nq")))
    assert (tmp_path / "out/g.nq").read_bytes() == (tmp_path / "out/G.NQ").read_bytes()
    written = (tmp_path / "out/g.nq").read_bytes()
    assert written.endswith(b" .\n")
    assert b"\r" not in written


def test_a_source_that_is_gone_takes_its_file_along(run, yunxi: Path, tmp_path: Path) -> None:
    store = shutil.copytree(yunxi, tmp_path / "store")
    folder = tmp_path / "graph"
    assert run("export", "--by-source", folder, "--store", store).exit_code == 0
    (folder / "notes.md").write_text("mine", encoding="utf-8")
    sources = (TESTS / "cities/yunxi/sources.csv").read_text(encoding="utf-8")
    (tmp_path / "sources.csv").write_text(re.sub(r"curation,.*\n", "", sources), encoding="utf-8")
    assert run("import", tmp_path / "sources.csv", "--store", store, "-q").exit_code == 0
    assert run("export", "--by-source", folder, "--store", store).exit_code == 0
    assert names(folder) == ["derived.trig", "notes.md", "yx-1.trig", "yx-2.trig", "yx-3.trig"]


# ---------------------------------------------------------------- maps, forms, data sets


@pytest.mark.parametrize(
    ("lang", "said"),
    [("zh", "已写入 {out}；用浏览器打开即可，不需要网络。\n"), ("en", None)],
)
@pytest.mark.parametrize("words", [("chain", "锂电产业链"), ("anchor", MILL), ("clusters",)])
def test_a_map_asks_nothing_of_the_network(
    run, yunxi: Path, tmp_path: Path, words: tuple[str, ...], lang: str, said: str | None
) -> None:
    out = tmp_path / "deep" / "map.htm"
    done = run("view", *words, "--store", yunxi, "--out", out, "--lang", lang)
    assert (done.exit_code, done.stderr) == (0, "")
    assert str(out) in done.stdout
    assert said is None or done.stdout == said.format(out=out)
    page = out.read_text(encoding="utf-8")
    assert page.lower().startswith("<!doctype html>")
    assert not re.search(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", page)
    assert not re.search(r"@import|url\(\s*['\"]?http", page)
    assert names(tmp_path) == ["deep/map.htm"]


def test_a_map_of_an_earlier_day_lacks_what_came_later(run, yunxi: Path, tmp_path: Path) -> None:
    pages = {}
    for as_of in ("2021", "2025-06"):
        out = tmp_path / f"{as_of}.html"
        done = run("view", "chain", "竹链", "--as-of", as_of, "--store", yunxi, "--out", out)
        assert done.exit_code == 0, done.output
        pages[as_of] = out.read_text(encoding="utf-8")
    assert "青篁纺织" in pages["2025-06"]
    assert "青篁纺织" not in pages["2021"]  # its cloth is on record as of 2024


@pytest.mark.parametrize(("lang", "file"), [("zh", "台账模板.xlsx"), ("en", "ledger-templates.xlsx")])
def test_a_form_is_never_written_over(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str, file: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("template", "supply", "organizations", "--lang", lang)
    assert (done.exit_code, done.stderr) == (0, "")
    assert f"kg import {file}" in done.stdout
    assert names(tmp_path) == [file]
    first = (tmp_path / file).read_bytes()
    again = run("template", "products", "--lang", lang)
    assert (again.exit_code, again.stdout) == (2, "")
    assert file in again.stderr
    assert "--out" in again.stderr
    assert (tmp_path / file).read_bytes() == first


@pytest.mark.parametrize("name", ["供应", "supply", "Supply"])
def test_a_form_goes_by_any_name_of_its_ledger(run, tmp_path: Path, name: str) -> None:
    out = tmp_path / "form.xlsx"
    done = run("template", name, "--out", out, "--lang", "zh")
    assert done.exit_code == 0, done.output
    sheets = openpyxl.load_workbook(out)
    titles = [str(cell.value).rstrip("*") for cell in sheets["供应"][1]]
    header = (TESTS / "cities/yunxi/supply.csv").read_text(encoding="utf-8").splitlines()[0]
    assert set(header.split(",")) <= set(titles)


def test_a_data_set_is_imported_once_more_without_a_trace_of_the_first(run, tmp_path: Path) -> None:
    folder = tmp_path / "sets"
    tables = Path(shutil.copytree(NATIONAL, tmp_path / "tables"))
    assert run("dataset", "import", tables, "--folder", folder, "-q").exit_code == 0
    first = {name: (folder / name).read_bytes() for name in names(folder)}
    (tables / "companies.csv").unlink()
    done = run("dataset", "import", tables, "--folder", folder, "-q", "--lang", "zh")
    assert (done.exit_code, done.stdout) == (3, "")
    assert str(tables / "companies.csv") in done.stderr
    assert {name: (folder / name).read_bytes() for name in names(folder)} == first
    listed = json.loads(run("dataset", "list", "--folder", folder, "-f", "json").stdout)["rows"]
    assert [row["name"] for row in listed] == ["firms"]
