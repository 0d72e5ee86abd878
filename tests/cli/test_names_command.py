"""kg names: suspects, decisions, and taking them back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

FIRM = "白鹭竹纸有限公司"
TWIN = "白鹭竹纸集团"


@pytest.fixture
def place(run, tmp_path: Path, monkeypatch) -> Path:
    """A store of its own with two firms that may be one, in a folder of its own."""
    folder = tmp_path / "ledgers"
    folder.mkdir()
    (folder / "sources.csv").write_text("来源编号,标题,证据等级\ns,标题,E4\n", encoding="utf-8")
    (folder / "organizations.csv").write_text(
        f"单位名称,别名,类型,本地外地,来源\n{FIRM},竹纸公司,企业,本地,s\n{TWIN},,企业,本地,s\n青篁纺织,,企业,本地,s\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    assert run("import", folder, "--store", tmp_path / "store", "-q").exit_code == 0
    return tmp_path


def listed(run, place: Path, *options: str) -> list[dict[str, object]]:
    done = run("names", "--store", place / "store", "-f", "json", "--lang", "zh", *options)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)["rows"]


def decide(run, place: Path, *arguments: str, lang: str = "zh"):
    return run("names", "--store", place / "store", "--lang", lang, *arguments)


def test_suspects_are_listed_with_grounds(run, place: Path) -> None:
    [row] = listed(run, place)
    assert {row["first"]["label"], row["second"]["label"]} == {FIRM, TWIN}
    assert row["kind"] == "organization"
    assert row["likeness"] == 100
    assert any("白鹭竹纸" in ground for ground in row["grounds"])
    assert not listed(run, place, "--kind", "park")
    before = run("export", "--store", place / "store").stdout_bytes
    listed(run, place)
    assert run("export", "--store", place / "store").stdout_bytes == before


@pytest.mark.parametrize(
    ("word", "slug"), [("不同", "different"), ("probably-same", "probably-same"), ("same", "same")]
)
def test_a_decision_is_recorded_in_a_ledger_and_can_be_taken_back(
    run, place: Path, word: str, slug: str
) -> None:
    before = run("export", "--store", place / "store").stdout_bytes
    # By an alias, and in the other order than listed.
    done = decide(run, place, "--decide", TWIN, "竹纸公司", word, "--reason", "=查过工商登记")
    assert done.exit_code == 0, done.output
    assert not listed(run, place)
    assert ("别名" in done.stderr) == (slug == "same")
    text = (place / "整理判断.csv").read_text(encoding="utf-8-sig")
    assert text.startswith("对象,对象类型,关系,另一对象,理由,来源")
    assert f"{TWIN},单位," in text
    exported = run("export", "--store", place / "store").stdout
    assert f"identity-relation:{slug}" in exported
    assert FIRM in exported
    assert TWIN in exported  # nothing is merged
    # Decided anew, it is replaced; the ledger on disk can be imported by itself.
    assert decide(run, place, "--decide", FIRM, TWIN, "different", "--reason", "两家").exit_code == 0
    assert (place / "整理判断.csv").read_text(encoding="utf-8-sig").count(TWIN) == 1
    assert run("import", place / "整理判断.csv", "--store", place / "store", "-q").exit_code == 0
    assert decide(run, place, "--undecide", FIRM, TWIN).exit_code == 0
    assert len(listed(run, place)) == 1
    assert (
        run("export", "--store", place / "store").stdout_bytes != before
    )  # the source of judgements is known now
    assert "IdentityJudgement" not in run("export", "--store", place / "store").stdout


def test_decisions_survive_when_the_file_is_gone(run, place: Path) -> None:
    assert decide(run, place, "--decide", FIRM, TWIN, "different", "--reason", "两家").exit_code == 0
    (place / "整理判断.csv").unlink()
    assert decide(run, place, "--decide", FIRM, "青篁纺织", "different", "--reason", "两家").exit_code == 0
    assert not listed(run, place)
    assert (place / "整理判断.csv").read_text(encoding="utf-8-sig").count("单位,不同") == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("--decide", FIRM, TWIN, "different"),
        ("--decide", FIRM, TWIN, "perhaps", "--reason", "x"),
        ("--decide", FIRM, "竹纸公司", "same", "--reason", "x"),
        ("--decide", FIRM, "无此公司", "same", "--reason", "x"),
        ("--undecide", FIRM, TWIN),
        ("--decide", FIRM, TWIN, "same", "--reason", "x", "--undecide", FIRM, TWIN),
    ],
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_cannot_be_decided_is_refused_and_changes_nothing(
    run, place: Path, arguments, lang: str
) -> None:
    done = decide(run, place, *arguments, lang=lang)
    assert done.exit_code == 2, done.output
    assert done.stderr.count("\n") == 1
    assert not list(place.glob("*.csv"))
    assert len(listed(run, place)) == 1


def test_a_foreign_file_and_a_judgement_of_another_ledger_are_left_alone(run, place: Path) -> None:
    other = place / "mine.csv"
    other.write_text("对象,对象类型,关系,另一对象,理由,来源,我的列\n", encoding="utf-8")
    done = decide(run, place, "--decide", FIRM, TWIN, "same", "--reason", "x", "--ledger", str(other))
    assert done.exit_code == 2
    assert other.read_text(encoding="utf-8").endswith("我的列\n")
    judged = place / "judgements.csv"
    judged.write_text(
        f"对象,对象类型,关系,另一对象,理由,来源\n{FIRM},单位,不同,{TWIN},查过,s\n", encoding="utf-8"
    )
    assert run("import", judged, "--store", place / "store", "-q").exit_code == 0
    assert not listed(run, place)
    assert decide(run, place, "--decide", TWIN, FIRM, "same", "--reason", "x").exit_code == 2
    # Named as the ledger to keep, it is the one that is changed.
    done = decide(run, place, "--undecide", TWIN, FIRM, "--ledger", str(judged))
    assert done.exit_code == 0, done.output
    assert len(listed(run, place)) == 1
