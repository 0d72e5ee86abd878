"""``kg report clusters`` on the made-up city, whose one anchor has four firms around it."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from kg.ledgers import import_ledgers
from tests.small_city import small_city

MILL = "云溪竹业集团有限公司"

# An anchor nobody named (F), one that shares a supplier with it, one without links, and a firm outside the city.
CITY = """
    chain 链 2025
    anchor A 链
    anchor N 链
    anchor B 链
    organization P 外地
    supply a1 A x 货物
    supply a2 A x 货物
    supply a2 B x 货物
    supply f1 F x 货物
    supply f2 F x 货物
    supply f3 F x 货物
    supply f4 F x 货物
    supply f4 F y 货物
    supply f4 A y 货物
    supply p1 P x 货物
    supply p2 P x 货物
    supply p3 P x 货物
    supply p4 P x 货物
    production W z 在产
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    for name, content in small_city(CITY).items():
        (folder / name).write_bytes(content)
    import_ledgers(folder / "store", [folder])
    return folder / "store"


def document(run, store: Path, *options: object, lang: str = "zh") -> dict:
    done = run("report", "clusters", "--store", store, "-f", "json", "--lang", lang, *options)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_a_row_for_each_anchor_the_largest_first_and_one_for_the_firms_outside(run, small: Path) -> None:
    found = document(run, small)
    rows = {row["anchor"]: row for row in found["rows"]}
    assert [row["anchor"] for row in found["rows"]] == ["A", "B", "N", "outside"]
    assert rows["A"]["members"] == rows["A"]["recorded_members"] == 3
    assert rows["A"]["tiers"] == ["1 级：有记录 3，推断 0"]
    assert rows["A"]["at_home"] == 3
    assert rows["A"]["shared_firms"] == ["a2（供货：A 50%、B 50%）"]
    assert (rows["A"]["centralization"], rows["A"]["spoke_density"]) == (1, 0)
    assert rows["A"]["external"] == 0.5  # a2 to B, f4 twice to F, of six links
    assert rows["A"]["evidence"] == ["E4"]
    assert rows["A"]["sources"] == ["s"]
    assert (rows["N"]["members"], rows["N"]["centralization"], rows["N"]["stability"]) == (0, None, None)
    assert rows["outside"]["firms"][:2] == ["W", "f1"]
    assert rows["outside"]["members"] == len(rows["outside"]["firms"])
    assert any(
        "没有联系（仍有效的货物、能源供货记录，或推断）的头部企业：N" in note for note in found["notes"]
    )
    assert [reference["id"] for reference in found["references"]] == ["s"]


def test_stability_and_agreement_are_printed_with_what_they_mean(run, small: Path) -> None:
    found = document(run, small)
    assert found["parameters"]["alpha"] == 0.5
    assert (found["parameters"]["seeds"], found["parameters"]["alphas"]) == (10, "0.3 0.7 0.85")
    notes = "".join(found["notes"])
    for said in ("同样的联系与参数得同样的结果", "ARI", "NMI", "Louvain", "Freeman 1979", "Markusen 1996"):
        assert said in notes
    english = "".join(document(run, small, lang="en")["notes"])
    assert "The method itself has no randomness" in english
    assert "as good as random" in english


def test_one_anchor_one_direction(run, small: Path) -> None:
    found = document(run, small, "--anchor", "A", "--direction", "downstream")
    assert [row["anchor"] for row in found["rows"]] == ["A"]
    assert found["rows"][0]["members"] == 0
    assert found["parameters"]["direction"] == "downstream"
    assert "下游" in found["title"]


def test_anchors_nobody_named(run, small: Path) -> None:
    found = document(run, small, "--discover")
    rows = {row["organization"]: row for row in found["rows"]}
    assert {name: row["verdict"] for name, row in rows.items()} == {
        "A": "named",
        "B": "named",
        "N": "named",
        "F": "found",
    }
    assert (rows["F"]["dependent_suppliers"], rows["F"]["dependent_suppliers_recorded"]) == (4, 4)
    assert rows["F"]["moves"] == 4
    assert "f4（67%，原属A）" in rows["F"]["moved_firms"]
    assert "f1（100%，原属圈外）" in rows["F"]["moved_firms"]
    assert "有 4 家供应商的货主要供给它（按记录 4 家）。达到 4 家" in rows["F"]["why"]
    assert rows["N"]["why"] == "台账中没有它仍有效的货物、能源供货记录，也推断不出联系。"
    assert rows["B"]["why"].startswith("没有企业的货主要供给它")
    assert any("P（依附它的企业 4 家）" in note for note in found["notes"])
    assert found["parameters"]["min_dependents"] == 4
    of_anchor = document(run, small, "--discover", "--anchor", "A")
    assert [row["organization"] for row in of_anchor["rows"]] == ["A", "F"]
    assert "found" not in {
        row["verdict"] for row in document(run, small, "--discover", "--dependents", 5)["rows"]
    }


def test_stability_by_anchor(run, small: Path) -> None:
    found = document(run, small, "--stability", "--seeds", 3)
    rows = {row["anchor"]: row for row in found["rows"]}
    assert rows["A"]["stability_weights"] == 1  # nothing here is inferred
    assert rows["A"]["stability_dropped"] <= 1
    assert all(
        "15 次中" in mover for mover in rows["A"]["movers"]
    )  # three alphas, three depths, three times three seeds
    assert (rows["N"]["stability"], rows["N"]["movers"]) == (None, [])
    assert found["parameters"]["seeds"] == 3


def test_a_firm_is_explained_by_its_strongest_paths(run, small: Path) -> None:
    found = document(run, small, "--explain", "a2")
    assert [(row["anchor"], row["weight"], row["path"]) for row in found["rows"]] == [
        ("A", 0.5, "A ←（x） a2"),
        ("B", 0.5, "B ←（x） a2"),
    ]
    assert found["title"].startswith("a2")
    assert document(run, small, "--explain", "a2", "--anchor", "B")["rows"] == found["rows"][1:]
    unlinked, unreached = (document(run, small, "--explain", firm) for firm in ("W", "f1"))
    assert unlinked["rows"] == unreached["rows"] == []
    assert "也推断不出联系" in unlinked["notes"][-1]
    assert "它只与F有联系" in unreached["notes"][-1]
    assert document(run, small, "--explain", "a2", "--direction", "downstream")["rows"] == []


def test_inferred_members_are_marked(run, yunxi: Path) -> None:
    row = next(row for row in document(run, yunxi)["rows"] if row["anchor"] == MILL)
    assert row["recorded_members"] < row["members"]
    assert "E6" in row["evidence"]
    assert row["firms"]


@pytest.mark.parametrize(
    "options",
    [("--discover", "--stability"), ("--discover", "--explain", "a2"), ("--stability", "--explain", "a2")],
)
def test_one_table_at_a_time(run, small: Path, options: tuple[str, ...]) -> None:
    done = run("report", "clusters", "--store", small, *options)
    assert done.exit_code == 2
    assert "--explain" in done.output


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--explain", "a22"), "a2"),
        (("--anchor", "F"), "A"),
        (("--dependents", "0"), "--dependents"),
        (("--direction", "sideways"), "--direction"),
    ],
)
def test_mistakes_are_refused(run, small: Path, options: tuple[str, ...], said: str) -> None:
    done = run("report", "clusters", "--store", small, *options)
    assert done.exit_code == 2
    assert said in done.output


@pytest.mark.parametrize("mode", [(), ("--discover",), ("--stability",), ("--explain", "a2")])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_format(run, small: Path, tmp_path: Path, mode: tuple[str, ...], lang: str) -> None:
    for form in ("table", "csv", "md", "xlsx"):
        file = tmp_path / f"table.{form}"
        options = ("--store", small, "-f", form, "--out", file, "--lang", lang)
        assert run("report", "clusters", *mode, *options).exit_code == 0
        assert file.stat().st_size
    rows, notes, *_ = openpyxl.load_workbook(tmp_path / "table.xlsx").worksheets
    assert rows.max_row > 2
    assert notes.max_row > 5


def test_the_hash_seed_does_not_matter(spawn, yunxi: Path) -> None:
    for mode in ((), ("--discover", "--dependents", "1")):
        outputs = set()
        for seed in ("0", "7"):
            options = ("--store", yunxi, "-f", "json", "--lang", "zh")
            done = spawn("report", "clusters", *mode, *options, env={"PYTHONHASHSEED": seed})
            assert done.returncode == 0, done.stderr
            outputs.add(done.stdout)
        assert len(outputs) == 1


def test_a_city_without_anchors(run, tmp_path: Path) -> None:
    for name, content in small_city("supply S A x 货物").items():
        (tmp_path / name).write_bytes(content)
    import_ledgers(tmp_path / "store", [tmp_path])
    found = document(run, tmp_path / "store")
    assert [row["anchor"] for row in found["rows"]] == ["outside"]
    for mode in ("--discover", "--stability"):
        assert document(run, tmp_path / "store", mode)["rows"] == []
