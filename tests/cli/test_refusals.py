"""What every command refuses: with which exit code, in one line that says what to do, and leaving everything as it was."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

MILL = "云溪竹业集团有限公司"
YUNXI = Path(__file__).resolve().parents[1] / "cities" / "yunxi"
HAN = re.compile(r"[\u4e00-\u9fff]")

# Every command that reads a store, with words that it needs.
READERS: list[tuple[str, ...]] = [
    ("check",),
    ("info",),
    ("history",),
    ("names",),
    ("export",),
    ("query", "single-makers"),
    ("sparql", "ASK {}"),
    ("report", "gaps"),
    ("report", "surplus"),
    ("report", "balance"),
    ("report", "anchors"),
    ("report", "critical"),
    ("report", "conflicts"),
    ("report", "local-supply"),
    ("report", "latent"),
    ("whatif", "stop", MILL),
    ("whatif", "start"),
    ("analyze",),
    ("view", "chain", "竹链"),
    ("view", "anchor", MILL),
    ("view", "clusters"),
]
CHANGERS: list[tuple[str, ...]] = [
    ("undo", "-q"),
    ("diff", str(YUNXI), "-q"),
    ("analyze", "--write"),
    ("names", "--decide", "a", "b", "same", "--reason", "c"),
]
# Commands that answer with a table.
TABLES = [words for words in READERS if words[0] not in {"export", "view"}]
# Commands that take the date that facts have to hold at.
DATED = [
    ("query", "single-makers"),
    *(
        ("report", name)
        for name in (
            "gaps",
            "surplus",
            "balance",
            "anchors",
            "critical",
            "conflicts",
            "local-supply",
            "latent",
        )
    ),
    ("report", "targets", "--all-gaps"),
    ("whatif", "stop", MILL),
    ("whatif", "start"),
    ("analyze",),
    ("view", "chain", "竹链"),
    ("view", "anchor", MILL),
    ("view", "clusters"),
]


def ids(words: tuple[str, ...]) -> str:
    return "-".join(words[:2])


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(done, code: int, *said: str) -> None:
    """The promise of every refusal: its exit code, nothing on stdout, one line of an error, and no traceback."""
    assert done.exit_code == code, done.output
    assert done.stdout == ""
    assert done.stderr.endswith("\n")
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.startswith(("错误：", "Error: "))
    for words in said:
        assert words in done.stderr


# ---------------------------------------------------------------- stores


@pytest.mark.parametrize("words", [*READERS, *CHANGERS], ids=ids)
def test_without_a_store_nothing_is_made_and_the_way_to_one_is_told(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    refused(run(*words, "--store", "nowhere", "--lang", "zh"), 3, "nowhere", "kg import", "--store")
    refused(run(*words, "--lang", "en"), 3, "There is no store at .kg.", "kg import")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "words", [("info",), ("undo",), ("analyze", "--write"), ("import", str(YUNXI), "-q")]
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_folder_of_something_else_is_no_store(
    run, tmp_path: Path, words: tuple[str, ...], lang: str
) -> None:
    foreign = tmp_path / "thesis"
    foreign.mkdir()
    (foreign / "chapter.txt").write_bytes("第一章".encode())
    refused(run(*words, "--store", foreign, "--lang", lang), 3, str(foreign), "--store")
    assert tree(foreign) == {"chapter.txt": "第一章".encode()}


def test_a_file_is_no_store(run, tmp_path: Path) -> None:
    file = tmp_path / "store"
    file.write_bytes(b"a file")
    for words in (("info",), ("import", YUNXI, "-q")):
        refused(run(*words, "--store", file), 3, str(file))
    assert file.read_bytes() == b"a file"


@pytest.mark.parametrize(
    "words", [("info",), ("report", "gaps"), ("sparql", "ASK {}"), ("analyze", "--write")]
)
def test_an_endpoint_that_nobody_serves(run, words: tuple[str, ...]) -> None:
    # Port 9 (discard) is served by nothing here.
    refused(
        run(*words, "--store", "http://127.0.0.1:9/query", "--lang", "zh"), 3, "127.0.0.1:9", "请检查地址"
    )
    refused(run(*words, "--store", "http://127.0.0.1:9/query", "--lang", "en"), 3, "Check the address")


def test_an_endpoint_has_to_speak_http(run) -> None:
    refused(run("info", "--store", "ftp://127.0.0.1/query", "--lang", "en"), 3, "http or https")


# ---------------------------------------------------------------- dates


@pytest.mark.parametrize("words", DATED, ids=ids)
def test_every_dated_command_refuses_what_is_no_date(run, yunxi: Path, words: tuple[str, ...]) -> None:
    done = run(*words, "--as-of", "去年", "--store", yunxi, "--lang", "zh")
    refused(done, 2, "--as-of", "“去年”不是日期", "2023-05-31", f"kg {words[0]}")


@pytest.mark.parametrize("words", [words for words in DATED if "--all-gaps" not in words], ids=ids)
def test_every_dated_command_takes_all_three_ways_to_write_a_date(
    run, yunxi: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    for written in ("2025", "2025-06", "2025-06-15"):
        out = tmp_path / f"{written}.html"
        more = ("--out", out) if words[0] == "view" else ("-f", "json")
        done = run(*words, "--as-of", written, "--store", yunxi, *more)
        assert done.exit_code == 0, done.output
        shown = out.read_text(encoding="utf-8") if words[0] == "view" else done.stdout
        assert written in shown


@pytest.mark.parametrize(
    "written",
    [
        "", " ", "0000", "2025-00", "2025-13", "2025-02-29", "2025-6", "25", "2025/06", "20250615", "2025-06-15T00:00",
        "-2025", "today", "二〇二五", "2025-06-31", "12025", "2025-", "٢٠٢٥-١٢", "२०२४",
    ],
)  # fmt: skip
def test_a_date_is_a_year_a_month_or_a_day_that_exists(run, yunxi: Path, written: str) -> None:
    refused(run("report", "gaps", f"--as-of={written}", "--store", yunxi, "--lang", "en"), 2, "is not a date")


@pytest.mark.parametrize("written", ["2024-02-29", " 2024 ", "２０２４", "0001", "9999-12-31"])
def test_dates_at_the_edges_are_dates(run, yunxi: Path, written: str) -> None:
    assert run("report", "gaps", f"--as-of={written}", "--store", yunxi).exit_code == 0


# ---------------------------------------------------------------- files to write


@pytest.mark.parametrize("words", TABLES, ids=ids)
@pytest.mark.parametrize("name", ["list.pdf", "list", "list.xls"])
def test_a_suffix_of_no_format_is_refused_before_the_store_is_opened(
    run, tmp_path: Path, words: tuple[str, ...], name: str
) -> None:
    out = tmp_path / name
    refused(run(*words, "--out", out, "--store", tmp_path / "none", "--lang", "zh"), 2, str(out), ".xlsx")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "name", "zh", "en"),
    [
        (("export",), "graph.ttl", ".trig", "use the suffix .trig or .nq"),
        (("export",), "graph", "--format", "--format"),
        (("view", "clusters"), "map.pdf", "请用后缀 .html", "use the suffix .html"),
        (("view", "chain", "竹链"), "map.png", "地图是网页", "a map is a page"),
        (("view", "anchor", MILL), "map", ".html", ".html"),
        (("template",), "blank.csv", "模板是 .xlsx 工作簿", "a template is an .xlsx workbook"),
    ],
)
def test_files_of_other_kinds_have_their_own_suffix(
    run, yunxi: Path, tmp_path: Path, words: tuple[str, ...], name: str, zh: str, en: str
) -> None:
    out = tmp_path / name
    more = () if words[0] == "template" else ("--store", yunxi)
    refused(run(*words, "--out", out, *more, "--lang", "zh"), 2, str(out), zh)
    refused(run(*words, "--out", out, *more, "--lang", "en"), 2, str(out), en)
    assert list(tmp_path.iterdir()) == []


def test_a_graph_goes_into_one_file_or_into_many(run, yunxi: Path, tmp_path: Path) -> None:
    both = ("--out", tmp_path / "g.trig", "--by-source", tmp_path / "g")
    refused(run("export", *both, "--store", yunxi, "--lang", "en"), 2, "not both")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("report", "gaps", "--chain", "无此链"), 2),
        (("report", "anchors", "--anchor", "云溪纸业"), 2),
        (("whatif", "stop", "无此厂"), 2),
        (("query", "product-makers", "product=无此物"), 2),
        (("query", "product-makers"), 2),
        (("sparql", "SELECT"), 2),
        (("sparql", "DROP ALL"), 2),
        (("sparql", "--file", "/nowhere/at/all.rq"), 3),
        (("report", "targets", "--all-gaps"), 2),
    ],
)
def test_a_run_that_fails_leaves_the_old_file(
    run, yunxi: Path, tmp_path: Path, words: tuple[str, ...], code: int
) -> None:
    out = tmp_path / "list.csv"
    out.write_bytes(b"last month's list")
    refused(run(*words, "--out", out, "--store", yunxi), code)
    assert tree(tmp_path) == {"list.csv": b"last month's list"}


def test_a_map_that_fails_leaves_the_old_map(run, yunxi: Path, tmp_path: Path) -> None:
    out = tmp_path / "map.html"
    out.write_bytes(b"old")
    refused(run("view", "chain", "无此链", "--out", out, "--store", yunxi), 2)
    refused(run("view", "anchor", "云溪纸业", "--out", out, "--store", yunxi), 2)
    assert tree(tmp_path) == {"map.html": b"old"}


def test_a_folder_is_never_replaced_by_a_file(run, yunxi: Path, tmp_path: Path) -> None:
    out = tmp_path / "list.csv"
    out.mkdir()
    (out / "kept.txt").write_bytes(b"kept")
    refused(
        run("report", "gaps", "--out", out, "--store", yunxi, "--lang", "zh"), 3, str(out), "请检查路径与权限"
    )
    assert tree(tmp_path) == {"list.csv/kept.txt": b"kept"}


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("words", "zh", "nearest"),
    [
        (("report", "gaps", "--chain", "竹材产业连"), "产业链", "竹材产业链"),
        (("report", "gaps", "--anchor", "云溪竹业集团公司"), "头部企业", MILL),
        (("report", "latent", "--anchor", "云溪竹业集团公司"), "头部企业", MILL),
        (("report", "local-supply", "--within", "溪南"), "行政区划、园区", "溪南县"),
        (("whatif", "stop", "竹纤纬"), "企业、产品、园区", "竹纤维"),
        (("whatif", "stop", "竹纤纬", "--kind", "product"), "产品", "竹纤维"),
        (("whatif", "start", "白鹭竹纤维"), "项目", "白鹭竹纤维项目"),
        (("query", "product-makers", "product=竹纤纬"), "产品", "竹纤维"),
        (("view", "chain", "锂电产业"), "产业链", "锂电产业链"),
        (
            ("names", "--decide", "云溪竹业", "白鹭新", "不同", "--reason", "查过"),
            "企业",
            "白鹭新材料有限公司",
        ),
        (("names", "--undecide", "竹纤维", "竹纤纬"), "产品", "竹纤维"),
    ],
    ids=lambda value: "-".join(value[:2]) if isinstance(value, tuple) else None,
)
def test_an_unknown_name_is_told_with_its_kind_and_the_nearest(
    run,
    yunxi: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    zh: str,
    nearest: str,
) -> None:
    monkeypatch.chdir(tmp_path)  # maps and decisions would be written here
    done = run(*words, "--store", yunxi, "--lang", "zh")
    refused(done, 2, f"的{zh}", "相近的名称有：", nearest)
    assert not re.search(r"[A-Z][a-z]+[A-Z/]", done.stderr)  # no name of a class of the program
    english = run(*words, "--store", yunxi, "--lang", "en")
    refused(english, 2, nearest)
    assert "相近" not in english.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("anchor", ["云溪纸业", "江北碱厂", "老云溪纸厂"])
@pytest.mark.parametrize(
    "report", ["gaps", "surplus", "balance", "anchors", "critical", "local-supply", "latent"]
)
def test_a_firm_that_is_no_anchor_is_told_who_is(run, yunxi: Path, report: str, anchor: str) -> None:
    refused(
        run("report", report, "--anchor", anchor, "--store", yunxi, "--lang", "zh"), 2, MILL, "不是头部企业"
    )


def test_before_its_appointment_the_mill_is_no_anchor(run, yunxi: Path) -> None:
    words = ("report", "anchors", "--anchor", "云溪竹业", "--store", yunxi)
    assert run(*words, "--as-of", "2025-03").exit_code == 0
    for lang in ("zh", "en"):
        refused(run(*words, "--as-of", "2025-02", "--lang", lang), 2, "2025-02", MILL)


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=30).filter(
        lambda name: not name.startswith("-")
    )
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_name_it_is_found_or_refused_in_one_line(run, yunxi: Path, name: str) -> None:
    done = run("report", "gaps", "--chain", name, "--store", yunxi, "-f", "csv")
    if done.exit_code:
        refused(done, 2)
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e]", done.stderr)


# ---------------------------------------------------------------- the command line itself


@pytest.mark.parametrize(
    ("words", "zh", "en"),
    [
        (("view", "chain"), "缺少 NAME", "NAME is missing"),
        (("diff",), "缺少", "is missing"),
        (("whatif", "stop"), "缺少", "is missing"),
        (("dataset", "import"), "缺少 TABLES", "TABLES is missing"),
        (("whatif", "stop", "x", "--kind", "town"), "firm | product | park", "firm | product | park"),
        (("names", "--least", "101"), "--least", "--least"),
        (("names", "--kind", "chain"), "--kind 只能是", "--kind must be one of"),
        (("report", "targets", "--all-gaps", "--limit", "0"), "--limit", "--limit"),
        (("export", "-f", "turtle"), "trig | nquads", "trig | nquads"),
        (("info", "extra", "words"), "多余的参数：extra words", "Too many arguments: extra words"),
        (("whatif", "stpo"), "是否想用：stop", "Did you mean: stop"),
        (("view", "cluster"), "是否想用：clusters", "Did you mean: clusters"),
        (("report", "gaps", "--as-off", "2024"), "--as-of", "--as-of"),
        (("query", "single-makers", "--timeout", "-1"), "--timeout", "--timeout"),
        (("import", "x.csv", "--faults", "faults.pdf"), "faults.pdf", "faults.pdf"),
        (("import", "x.csv", "--marked", "marked.csv"), "marked.csv", "marked.csv"),
    ],
)
def test_wrong_use_says_what_is_right(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], zh: str, en: str
) -> None:
    monkeypatch.chdir(tmp_path)
    chinese, english = run(*words, "--lang", "zh"), run(*words, "--lang", "en")
    refused(chinese, 2, zh)
    refused(english, 2, en)
    assert HAN.search(chinese.stderr)
    assert not HAN.search(english.stderr)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("KG_COVERAGE_THRESHOLD", "1.01"),
        ("KG_SINGLE_GROUP_SHARE", "-0.1"),
        ("KG_BLANK_THRESHOLD", "nan"),
        ("KG_FACT_HORIZON_YEARS", "0"),
        ("KG_PIPELINE_HORIZON_YEARS", "ten"),
    ],
)
def test_a_setting_out_of_bounds_stops_the_report_and_names_the_variable(
    run, yunxi: Path, variable: str, value: str
) -> None:
    for lang in ("zh", "en"):
        done = run("report", "gaps", "--store", yunxi, "--lang", lang, env={variable: value})
        refused(done, 2, variable, value)
