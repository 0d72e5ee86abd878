"""``kg dataset`` and the reports that stand on it, on the made-up city and the made-up data set."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from kg.ledgers import import_ledgers

TESTS = Path(__file__).resolve().parent.parent
NATIONAL = TESTS / "datasets" / "national"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the made-up city with the data set beside it."""
    from click.testing import CliRunner

    from kg.cli import cli

    place = tmp_path_factory.mktemp("with_data") / "store"
    import_ledgers(place, [TESTS / "cities" / "yunxi"])
    arguments = ["dataset", "import", NATIONAL, "--name", "national", "--store", place, "-q"]
    assert CliRunner().invoke(cli, list(map(str, arguments))).exit_code == 0
    return place


def rows(run, *arguments: object, lang: str = "zh") -> dict:
    done = run(*arguments, "-f", "json", "--lang", lang)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_the_import_reports_what_it_dropped(run, tmp_path: Path) -> None:
    told = rows(run, "dataset", "import", NATIONAL, "--folder", tmp_path / "sets", "-q")
    counts = {(row["table"], row["what"]): row["count"] for row in told["rows"]}
    assert counts["company_product", "丢弃：占比为负或大于 1"] == 2
    assert (counts["company_product", "读入"], counts["company_product", "保留"]) == (16, 9)
    assert [row["name"] for row in rows(run, "dataset", "list", "--folder", tmp_path / "sets")["rows"]] == [
        "firms"
    ]


def test_data_sets_lie_beside_a_store_and_survive_imports_of_ledgers(
    run, store: Path, tmp_path: Path
) -> None:
    assert [row["name"] for row in rows(run, "dataset", "list", "--store", store)["rows"]] == ["national"]
    copy = tmp_path / "copy"
    shutil.copytree(store, copy)
    assert run("import", TESTS / "cities" / "yunxi", "--store", copy, "-q").exit_code == 0
    assert [row["name"] for row in rows(run, "dataset", "list", "--store", copy)["rows"]] == ["national"]


def test_without_a_store_no_folder_is_made(run, tmp_path: Path) -> None:
    done = run("dataset", "import", NATIONAL, "--store", tmp_path / "none", "-q", "--lang", "zh")
    assert done.exit_code == 3
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("dataset", "import", "nowhere", "--folder", "sets"), 3, "companies.csv"),
        (("dataset", "import", str(NATIONAL), "--folder", "sets", "--name", "../x"), 2, "../x"),
        (("report", "targets", "--gap", "烧碱", "--folder", "sets"), 2, "kg dataset import"),
        (("report", "targets"), 2, "--all-gaps"),
        (("report", "targets", "--gap", "烧碱", "--all-gaps"), 2, "--all-gaps"),
        (("report", "targets", "--all-gaps", "--name", "other"), 2, "national"),
        (("report", "targets", "--gap", "烧碱碱"), 2, "烧碱"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(
    run,
    store: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    code: int,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(*arguments, "--store", store, "--lang", "zh")
    assert done.exit_code == code, done.output
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "sets").exists()


def test_targets_of_one_gap(run, store: Path) -> None:
    told = rows(run, "report", "targets", "--gap", "氢氧化钠", "--store", store)
    first = told["rows"][0]
    assert first["firm"] == "江北化工股份有限公司"
    assert (first["kind"], first["match"], first["share"], first["row"]) == ("missing", "exact", 0.4, 2)
    assert first["anchors"] == ["云溪竹业集团有限公司需要（烧碱 → 竹浆）"]
    assert first["also"] == ["竹纤维"]
    assert "占其收入 40%" in first["why"]
    assert [row["match"] for row in told["rows"]] == ["exact", "exact", "alias", "listed"]
    assert told["rows"][1]["share"] is None
    assert told["rows"][1]["known"] == "江北碱厂"
    assert "须核实" in told["rows"][3]["why"]
    assert any("云溪竹业" in note and "核实缺口" in note for note in told["notes"])
    assert told["parameters"]["dataset"] == "national"
    assert len(told["parameters"]["digest"]) == 64


def test_the_coverage_of_all_gaps_is_told(run, store: Path) -> None:
    told = rows(run, "report", "targets", "--all-gaps", "--limit", 1, "--store", store)
    assert [(row["product"], row["match"]) for row in told["rows"]] == [
        ("竹纤维", "exact"),
        ("烧碱", "exact"),
    ]
    assert told["notes"][0].startswith(
        "2 种产品中，2 种有名称对得上的企业，0 种只有线索，0 种在数据集中找不到；共 7 家次，列出 2 家次"
    )
    nothing = rows(run, "report", "targets", "--gap", "锂电池", "--store", store)
    assert [(row["firm"], row["match"]) for row in nothing["rows"]] == [(None, None)]
    assert "不等于没有企业生产" in nothing["rows"][0]["why"]


def test_local_supply_says_no_data_and_unknown_but_not_nothing(run, store: Path) -> None:
    told = rows(run, "report", "local-supply", "--store", store)
    found = {(row["anchor"], row["measure"]): row for row in told["rows"]}
    assert len(found) == 12
    mill = "云溪竹业集团有限公司"
    assert found[mill, "L1"]["rate"] is None
    assert (found[mill, "L5"]["rate"], found[mill, "L5"]["n"], found[mill, "L5"]["total"]) == (0, 0, 2)
    assert (found[mill, "M2"]["rate"], found[mill, "M2"]["covered"]) == (100, 1)
    assert found[mill, "L3"]["outside"] == ["江北碱厂"]
    assert found[mill, "L3"]["period"] == "2024"
    assert {row["sources"] and set(row["sources"]) <= {"yx-1", "yx-2", "yx-3"} for row in told["rows"]} == {
        True
    }
    assert told["as_of"] == "2025-06-15"
    # An anchor of 2025 is none in 2010: there is nobody to give a rate for, and no rate is made up.
    assert rows(run, "report", "local-supply", "--store", store, "--as-of", "2010")["rows"] == []
    table = run("report", "local-supply", "--store", store, "-f", "csv", "--lang", "zh").stdout
    assert "未知" in table
    assert "只有 0 笔数额和供应方地点俱全" in table


def test_local_is_a_parameter(run, store: Path) -> None:
    told = rows(
        run, "report", "local-supply", "--within", "竹产业园", "--anchor", "云溪竹业", "--store", store
    )
    assert told["parameters"]["territory"] == "云溪竹产业园"
    assert len(told["rows"]) == 6
    assert "云溪竹产业园" in told["title"]
    done = run("report", "local-supply", "--within", "竹产业区", "--store", store, "--lang", "zh")
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1


def test_the_balance_is_divided_by_the_objective_asked_for(run, store: Path) -> None:
    from kg.analysis.balance.allocation import OBJECTIVES

    for objective in OBJECTIVES:
        told = rows(
            run, "report", "balance", "--objective", objective, "--local-inputs-only", "--store", store
        )
        assert (told["parameters"]["objective"], told["parameters"]["local_inputs_only"]) == (objective, True)
        uses = {row["product"]: (row["row"], row["planned"]) for row in told["rows"] if row["row"] != "stock"}
        assert uses == {"活性炭": ("planned", 1), "竹纤维": ("unknown", None)}
    assert run("report", "balance", "--objective", "money", "--store", store).exit_code == 2


def test_latent_matches_are_pairs(run, store: Path) -> None:
    told = rows(run, "report", "latent", "--store", store)
    [pair] = told["rows"]
    assert (pair["product"], pair["supplier"], pair["buyer"]) == (
        "竹浆",
        "云溪竹业集团有限公司",
        "溪南纸品有限公司",
    )
    assert pair["demand"] is None
    assert "没有供货记录" in pair["why"]
    assert rows(run, "report", "latent", "--anchor", "云溪竹业", "--store", store)["rows"] == [pair]


def test_analyze_shows_numbers_and_writes_only_when_asked(run, store: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(store, copy)
    told = rows(run, "analyze", "--store", copy)
    counts = {(row["result"], row["what"]): row["count"] for row in told["rows"]}
    assert (counts["findings", "break"], counts["findings", "missing"], counts["findings", "blocked"]) == (
        1,
        1,
        0,
    )
    assert {row["graph"] for row in told["rows"]} == {None}
    ask = ("sparql", "SELECT (COUNT(?f) AS ?n) WHERE { ?f a <https://w3id.org/gongyue/ontology#Finding> }")
    assert rows(run, *ask, "--store", copy)["rows"] == [{"n": 0}]
    told = rows(run, "analyze", "--write", "--store", copy)
    assert {row["graph"] for row in told["rows"]} == {
        f"https://w3id.org/gongyue/graph/analysis/{name}" for name in ("findings", "memberships", "balances")
    }
    assert rows(run, *ask, "--store", copy)["rows"] == [{"n": 7}]
    assert rows(run, "query", "written-findings", "--store", copy)["rows"]


@pytest.mark.parametrize("form", ["table", "csv", "json", "xlsx", "md"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_new_report_comes_in_every_format_and_language(
    run, store: Path, tmp_path: Path, form: str, lang: str
) -> None:
    for number, report in enumerate(
        [
            ("report", "local-supply"),
            ("report", "latent"),
            ("report", "targets", "--all-gaps"),
            ("dataset", "list"),
            ("analyze",),
        ]
    ):
        out = tmp_path / f"{number}.out"
        done = run(*report, "--store", store, "-f", form, "--out", out, "--lang", lang)
        assert done.exit_code == 0, done.output
        assert out.stat().st_size


def test_new_reports_have_the_same_bytes_whatever_the_hash_seed(spawn, store: Path) -> None:
    for report in (("local-supply",), ("targets", "--all-gaps")):
        outputs = set()
        for seed in ("0", "7"):
            done = spawn(
                "report",
                *report,
                "--store",
                store,
                "-f",
                "json",
                env={"PYTHONHASHSEED": seed, "KG_LANG": "zh"},
            )
            assert done.returncode == 0, done.stderr
            outputs.add(done.stdout)
        assert len(outputs) == 1


@pytest.mark.parametrize("epoch", ["soon", "-1", "1.5", "95617584001", "9" * 5000])
def test_a_time_that_is_none_is_refused_and_nothing_written(
    spawn, store: Path, tmp_path: Path, epoch
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(store, copy)
    before = spawn("export", "-f", "nquads", "--store", copy).stdout
    done = spawn("analyze", "--write", "--store", copy, env={"SOURCE_DATE_EPOCH": epoch, "KG_LANG": "en"})
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().startswith(
        f"Error: SOURCE_DATE_EPOCH={epoch[:100]} is not admitted; admitted: 0 …"
    )
    assert spawn("export", "-f", "nquads", "--store", copy).stdout == before


def test_results_have_the_same_bytes_whatever_the_hash_seed(spawn, store: Path, tmp_path: Path) -> None:
    outputs = set()
    for seed in ("0", "7"):
        copy = tmp_path / seed
        shutil.copytree(store, copy)
        same = {"PYTHONHASHSEED": seed, "KG_LANG": "zh", "SOURCE_DATE_EPOCH": "1700000000"}
        done = spawn("analyze", "--write", "--store", copy, env=same)
        assert done.returncode == 0, done.stderr
        outputs.add(spawn("export", "-f", "nquads", "--store", copy).stdout)
    assert len(outputs) == 1
    assert b'"2023-11-14T22:13:20Z"' in outputs.pop()
