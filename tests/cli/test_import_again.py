"""Importing, foretelling, undoing: what each run says, what it leaves, and that the way back leads all the way."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from pathlib import Path

import pytest

YUNXI = Path(__file__).resolve().parents[1] / "cities" / "yunxi"
PAPER, COAL, OLD = "云溪纸业有限公司", "云溪炭业有限公司", "老云溪纸厂"
# A row more, a row other, a row less: what the three lists below say of it was counted by hand.
NEW = f"{COAL},活性炭,在建,1,万吨/年,,2025,,,yx-2\n"
BEFORE, AFTER = f"{PAPER},生活用纸,在产,3,", f"{PAPER},生活用纸,在产,4,"
GONE = f"{OLD},机制纸,在产,1,万吨/年,,1980,,,yx-3\n"


@pytest.fixture
def store(yunxi: Path, tmp_path: Path) -> Path:
    """A store of the made-up city to change."""
    return Path(shutil.copytree(yunxi, tmp_path / "store"))


@pytest.fixture
def edited(tmp_path: Path) -> Path:
    """The production ledger with a row added, one changed and one removed."""
    text = (YUNXI / "production.csv").read_text(encoding="utf-8")
    assert text.count(BEFORE) == text.count(GONE) == 1
    file = tmp_path / "edited" / "production.csv"
    file.parent.mkdir()
    file.write_text(text.replace(BEFORE, AFTER).replace(GONE, "") + NEW, encoding="utf-8")
    return file


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """The production ledger with two faults: a quantity that is none, in row 8, and a name that is none, in row 10."""
    text = (YUNXI / "production.csv").read_text(encoding="utf-8")
    file = tmp_path / "faulty" / "production.csv"
    file.parent.mkdir()
    text = text.replace("竹炭,在产,2,", "竹炭,在产,许多,") + "云溪炭业公司,竹炭,在产,1,万吨/年,,2024,,,yx-1\n"
    file.write_text(text, encoding="utf-8")
    assert "许多" in text
    return file


def graph(run, store: Path) -> bytes:
    done = run("export", "--store", store, "-f", "nquads")
    assert done.exit_code == 0, done.output
    return done.stdout_bytes


def rows(run, *words: object, lang: str = "zh") -> list[list[str]]:
    done = run(*words, "-f", "csv", "--lang", lang)
    assert done.exit_code == 0, done.output
    return list(csv.reader(io.StringIO(done.stdout_bytes.decode("utf-8-sig"), newline="")))[1:]


# ---------------------------------------------------------------- import


@pytest.mark.parametrize(
    ("lang", "first", "again"),
    [
        (
            "zh",
            "已导入 18 种台账共 76 行：418 条事实，来自 4 个来源，写入 {store}。\n与上次相比：新增 84，变更 0，删除 0（事物和事实）。\n",
            "与上次相比没有变化。\n",
        ),
        (
            "en",
            (
                "Imported 76 rows of 18 ledgers: 418 facts from 4 sources, in {store}.\n"
                "Against the last import: 84 things and facts added, 0 changed, 0 removed.\n"
            ),
            "Nothing has changed since the last import.\n",
        ),
    ],
)
def test_an_import_counts_rows_facts_and_changes(
    run, tmp_path: Path, lang: str, first: str, again: str
) -> None:
    # The rows are the lines of the files without their headers.
    lines = sum(len(file.read_text(encoding="utf-8").splitlines()) - 1 for file in YUNXI.glob("*.csv"))
    assert lines == 76
    place = tmp_path / "store"
    done = run("import", YUNXI, "--store", place, "-q", "--lang", lang)
    assert (done.exit_code, done.stdout, done.stderr) == (0, first.format(store=place), "")
    assert run("import", YUNXI, "--store", place, "-q", "--lang", lang).stdout.endswith(again)


def test_files_one_by_one_or_in_a_folder_make_the_same_graph(run, yunxi: Path, tmp_path: Path) -> None:
    files = sorted(YUNXI.glob("*.csv"), reverse=True)
    assert run("import", *files, "--store", tmp_path / "one", "-q").exit_code == 0
    assert graph(run, tmp_path / "one") == graph(run, yunxi)


def test_a_changed_file_replaces_only_what_it_said(run, store: Path, edited: Path) -> None:
    before = set(graph(run, store).splitlines())
    done = run("import", edited, "--store", store, "-q", "--lang", "zh")
    assert "新增 1，变更 1，删除 1" in done.stdout
    after = set(graph(run, store).splitlines())
    # Both files hold eight rows; seven facts of the row that went, seven of the one that came, one value each way.
    assert (len(before - after), len(after - before)) == (8, 8)
    assert {COAL, PAPER, OLD} >= {
        firm for line in before ^ after for firm in (COAL, PAPER, OLD) if firm in line.decode()
    }
    assert not any("竹浆" in line.decode() for line in before ^ after)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_faults_stop_the_import_and_the_graph_stays(run, store: Path, faulty: Path, lang: str) -> None:
    before = graph(run, store)
    done = run("import", faulty, "--store", store, "-q", "--lang", lang)
    assert done.exit_code == 1
    assert done.stdout == ""
    quantity, name, last = done.stderr.splitlines()
    assert "production.csv:8 产能" in quantity
    assert "“许多”" in quantity
    assert "production.csv:10 单位名称" in name
    assert COAL in name
    assert last == (
        "错误：有 2 处要改，什么都没有写入"
        if lang == "zh"
        else "Error: 2 faults to mend; nothing was written"
    )
    assert graph(run, store) == before
    assert len(rows(run, "history", "--store", store)) == 1


def test_more_faults_than_a_screen_holds_are_counted(run, store: Path, tmp_path: Path) -> None:
    header = (YUNXI / "production.csv").read_text(encoding="utf-8").splitlines()[0]
    lines = [f"无此厂{number},竹浆,在产,1,万吨/年,,2024,,,yx-1" for number in range(53)]
    (tmp_path / "production.csv").write_text("\n".join([header, *lines, ""]), encoding="utf-8")
    faults = tmp_path / "faults.csv"
    done = run(
        "import", tmp_path / "production.csv", "--store", store, "-q", "--faults", faults, "--lang", "zh"
    )
    assert done.exit_code == 1
    assert sum("无此厂" in line for line in done.stderr.splitlines()) == 50
    assert "还有 3 条" in done.stderr
    assert len(list(csv.reader(io.StringIO(faults.read_text(encoding="utf-8-sig"))))) == 1 + 53


def test_valid_rows_are_accepted_and_the_others_come_back_with_their_faults(
    run, store: Path, faulty: Path, tmp_path: Path
) -> None:
    before = graph(run, store)
    folder = tmp_path / "mend"
    done = run("import", faulty, "--store", store, "-q", "--accept-valid", folder, "--lang", "zh")
    assert done.exit_code == 0, done.output
    assert "删除 1" in done.stdout  # the row that could be read last time
    assert "有 2 行未导入" in done.stderr
    [file] = folder.iterdir()
    header, *left = csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig"), newline=""))
    assert header[-1] == "问题"
    assert [row[:4] for row in left] == [
        [COAL, "竹炭", "在产", "许多"],
        ["云溪炭业公司", "竹炭", "在产", "1"],
    ]
    assert left[0][-1].startswith("产能 “许多”")
    # Mended, they are imported from that very file, the column of faults and all.
    mended = file.read_text(encoding="utf-8-sig")
    mended = mended.replace("在产,许多,", "在产,2,").replace("云溪炭业公司,竹炭,在产,1,万吨/年,,2024", f"{OLD},竹炭,停产,1,万吨/年,,1980")  # fmt: skip
    file.write_text(mended, encoding="utf-8")
    done = run("import", file, "--store", store, "-q", "--lang", "zh")
    assert done.exit_code == 0, done.output
    assert "新增 2" in done.stdout
    assert set(before.splitlines()) < set(graph(run, store).splitlines())


def test_a_dropped_file_takes_its_rows_with_it(run, store: Path) -> None:
    done = run("import", "--drop", "grades.csv", "--store", store, "-q", "--lang", "en")
    assert done.exit_code == 0, done.output
    assert "Imported 75 rows of 17 ledgers" in done.stdout
    assert "0 things and facts added, 0 changed, 1 removed" in done.stdout
    kinds = [row[0] for row in rows(run, "report", "gaps", "--store", store)]
    assert "优势" not in kinds  # its only reason was the grade
    assert len(kinds) == 6
    before = graph(run, store)
    again = run("import", "--drop", "grades.csv", "--store", store, "--lang", "zh")
    assert again.exit_code == 2
    assert "“grades.csv”" in again.stderr
    assert "chains.csv、indicators.csv" in again.stderr
    assert graph(run, store) == before


def test_what_others_refer_to_is_not_dropped(run, store: Path) -> None:
    before = graph(run, store)
    done = run("import", "--drop", "organizations.csv", "--store", store, "-q", "--lang", "zh")
    assert done.exit_code == 1
    assert done.stdout == ""
    assert "什么都没有写入" in done.stderr.splitlines()[-1]
    assert graph(run, store) == before


@pytest.mark.parametrize("word", ["grades", "资质", "Grades"])
def test_a_file_of_any_name_is_the_ledger_it_is_said_to_be(
    run, store: Path, tmp_path: Path, word: str
) -> None:
    before = graph(run, store)
    odd = tmp_path / "grades.csv"
    shutil.copy(YUNXI / "grades.csv", odd)
    done = run("import", odd, "--as", word, "--store", store, "-q", "--lang", "zh")
    assert done.exit_code == 0, done.output
    assert "没有变化" in done.stdout
    assert graph(run, store) == before


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_unknown_ledger_or_mapping_is_refused(run, store: Path, tmp_path: Path, lang: str) -> None:
    before = graph(run, store)
    done = run("import", YUNXI, "--as", "productoin", "--store", store, "-q", "--lang", lang)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "production" in done.stderr.replace("productoin", "")
    done = run("import", YUNXI, "--mapping", tmp_path / "none.csv", "--store", store, "-q", "--lang", lang)
    assert (done.exit_code, done.stdout) == (3, "")
    assert str(tmp_path / "none.csv") in done.stderr
    assert done.stderr.count("\n") == 1
    assert graph(run, store) == before


# ---------------------------------------------------------------- diff


def test_a_difference_is_told_value_by_value(run, store: Path, edited: Path) -> None:
    told = rows(run, "diff", edited, "--store", store, "-q")
    new = f"production/{COAL}/活性炭/under-construction/2025/yx-2"
    old = f"production/{OLD}/机制纸/in-production/1980/yx-3"
    assert [row for row in told if row[0] == "变更"] == [
        ["变更", f"production/{PAPER}/生活用纸/in-production/2024/yx-1", "产能", "3", "4", "yx-1"]
    ]
    assert {row[1] for row in told if row[0] == "新增"} == {new}
    assert {row[1] for row in told if row[0] == "删除"} == {old}
    assert ["新增", new, "所涉产品", "", "product/活性炭", "yx-2"] in told
    assert ["删除", old, "时点", "1980", "", "yx-3"] in told
    # Type, date, capacity, producer, product, status, unit.
    assert [sum(row[0] == kind for row in told) for kind in ("新增", "变更", "删除")] == [7, 1, 7]


def test_a_difference_changes_nothing_and_comes_true(run, store: Path, edited: Path) -> None:
    before = graph(run, store)
    assert rows(run, "diff", edited, "--store", store, "-q")
    assert graph(run, store) == before
    assert run("import", edited, "--store", store, "-q").exit_code == 0
    assert rows(run, "diff", edited, "--store", store, "-q") == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_difference_of_faulty_files_names_every_fault(
    run, store: Path, faulty: Path, tmp_path: Path, lang: str
) -> None:
    done = run("diff", faulty, "--store", store, "-q", "--lang", lang, "--out", tmp_path / "diff.csv")
    assert (done.exit_code, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 3
    assert "production.csv:8 产能" in done.stderr
    assert "production.csv:10 单位名称" in done.stderr
    assert not (tmp_path / "diff.csv").exists()


# ---------------------------------------------------------------- history and undo


def test_the_history_lists_the_newest_first(run, store: Path, edited: Path) -> None:
    assert run("import", edited, "--store", store, "-q").exit_code == 0
    assert run("import", "--drop", "grades.csv", "--store", store, "-q").exit_code == 0
    told = rows(run, "history", "--store", store)
    assert [(row[0], row[2], *row[3:]) for row in told[:2]] == [
        ("3", "grades.csv", "0", "0", "1"),
        ("2", "production.csv", "1", "1", "1"),
    ]
    assert told[2][3:] == ["84", "0", "0"]
    assert all(re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", row[1]) for row in told)
    document = json.loads(run("history", "--store", store, "-f", "json", "--lang", "en").stdout)
    assert document["title"] == "Imports"
    assert document["rows"][2]["files"] == sorted(file.name for file in YUNXI.glob("*.csv"))


def test_undoing_goes_back_step_by_step_to_nothing(run, store: Path, edited: Path) -> None:
    states = [graph(run, store)]
    for words in ((edited,), ("--drop", "grades.csv")):
        assert run("import", *words, "--store", store, "-q").exit_code == 0
        states.append(graph(run, store))
    done = run("undo", "--store", store, "-q", "--lang", "zh")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == "已撤销第 3 次导入（grades.csv）；现有 418 条事实。\n"
    assert graph(run, store) == states[1]
    done = run("undo", "--store", store, "-q", "--lang", "en")
    assert done.stdout == "Undid import 2 (production.csv); the graph now holds 418 facts.\n"
    assert graph(run, store) == states[0]
    assert run("undo", "--store", store, "-q").exit_code == 0
    assert graph(run, store) == b""
    assert [row[1] for row in rows(run, "info", "--store", store)] == ["0", "0"]
    for lang, said in (("zh", "没有可撤销的导入"), ("en", "there is no import to undo")):
        done = run("undo", "--store", store, "-q", "--lang", lang)
        assert (done.exit_code, done.stdout) == (2, "")
        assert said in done.stderr


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("zh", "已撤销第 2 次导入（没有改动任何文件）；现有 418 条事实。\n"),
        ("en", "Undid import 2 (which had changed no file); the graph now holds 418 facts.\n"),
    ],
)
def test_undoing_an_import_that_changed_no_file_says_so(run, store: Path, lang: str, said: str) -> None:
    before = graph(run, store)
    assert run("import", YUNXI / "supply.csv", "--store", store, "-q").exit_code == 0
    assert run("undo", "--store", store, "-q", "--lang", lang).stdout == said
    assert graph(run, store) == before


def test_what_was_analysed_is_no_change_of_the_ledgers(run, store: Path) -> None:
    assert run("analyze", "--write", "--store", store).exit_code == 0
    assert rows(run, "diff", YUNXI, "--store", store, "-q") == []
    done = run("import", YUNXI, "--store", store, "-q", "--lang", "zh")
    assert "没有变化" in done.stdout
