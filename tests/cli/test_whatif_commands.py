"""``kg whatif`` and ``kg report critical``: on the made-up city, and on the shipped one."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from kg.ledgers import import_ledgers
from tests.small_city import small_city

MILL = "云溪竹业集团有限公司"


def document(run, store: Path, *arguments: str, lang: str = "zh") -> dict:
    done = run(*arguments, "--store", store, "-f", "json", "--lang", lang)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def by_effect(rows: list[dict]) -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = {}
    for row in rows:
        found.setdefault(row["effect"], []).append(row["product"])
    return found


def test_a_stop_lists_products_firms_and_deliveries_with_their_causes(run, yunxi: Path) -> None:
    found = document(run, yunxi, "whatif", "stop", "云溪竹业")
    assert found["title"] == f"停产推演：{MILL}"
    assert found["as_of"] == "2025-06-15"
    assert found["parameters"] == {
        "version": "market",
        "replaceable": False,
        "with_inferred": False,
        "fact_horizon_years": 20,
        "pipeline_horizon_years": 10,
    }
    assert by_effect(found["rows"]) == {
        "lost": [["竹浆"], ["生活用纸"]],
        "idled": [["竹浆"], ["生活用纸"], ["生活用纸"]],
        "delivery": [["竹浆"]],
    }
    pulp, paper = found["rows"][:2]
    assert (pulp["capacity"], pulp["unit"], pulp["path"]) == (10, "万吨/年", f"{MILL} → 竹浆")
    assert (paper["capacity"], paper["path"]) == (None, f"{MILL} → 竹浆 → 纸页 → 生活用纸")
    assert "2 家中 1 家有产能记录，合计3万吨/年" in paper["why"]
    assert "失去必需投入：纸页" in paper["why"]
    assert any("断供产品 2 种，减产产品 0 种" in note for note in found["notes"])
    assert all(row["sources"] and row["evidence"] for row in found["rows"])
    ids = {reference["id"] for reference in found["references"]}
    assert ids == {source for row in found["rows"] for source in row["sources"]}


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("zh", "“浆”不止一种：企业、产品。请用 --kind 说明指哪一种。"),
        ("en", "“浆” is the name of several things"),
    ],
)
def test_a_name_of_several_kinds_is_not_guessed(run, tmp_path: Path, lang: str, said: str) -> None:
    for name, content in small_city("production 浆 浆 在产\nsupply 浆 纸厂 浆 货物").items():
        (tmp_path / name).write_bytes(content)
    import_ledgers(tmp_path / "store", [tmp_path])
    words = ("whatif", "stop", "浆", "--store", tmp_path / "store", "--lang", lang)
    done = run(*words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr
    assert run(*words, "--kind", "product").exit_code == run(*words, "--kind", "firm").exit_code == 0


def test_names_mean_firms_products_and_parks(run, yunxi: Path) -> None:
    product = document(run, yunxi, "whatif", "stop", "氢氧化钠")
    assert product["title"] == "停产推演：烧碱"
    assert by_effect(product["rows"])["lost"] == [["竹浆"], ["生活用纸"]]
    assert any("无处可得" in note for note in product["notes"])
    park = document(run, yunxi, "whatif", "stop", "竹产业园", "--kind", "park")
    # Both makers stand in the park: nothing is nearer to the cause.
    assert by_effect(park["rows"])["lost"] == [["生活用纸"], ["竹浆"]]
    two = document(run, yunxi, "whatif", "stop", "溪南纸品有限公司", "云溪炭业有限公司")
    assert by_effect(two["rows"]) == {
        "lost": [["竹炭"]],
        "reduced": [["生活用纸"]],
        "idled": [["竹炭"], ["生活用纸"]],
    }


def test_the_versions_differ_and_say_how(run, yunxi: Path) -> None:
    bought = document(run, yunxi, "whatif", "stop", MILL, "--replaceable")
    assert by_effect(bought["rows"])["lost"] == [["竹浆"]]
    assert "仍可得到" in bought["rows"][0]["why"]
    island = document(run, yunxi, "whatif", "stop", MILL, "--island")
    assert "lost" not in by_effect(island["rows"])
    assert any("没有判定的生产" in note and "竹浆" in note for note in island["notes"])
    early = document(run, yunxi, "whatif", "stop", MILL, "--as-of", "2020")
    assert early["as_of"] == "2020"
    assert "lost" not in by_effect(early["rows"])
    assert any("没有记录到其在产产品" in note for note in early["notes"])


def test_a_start_closes_and_opens_gaps(run, yunxi: Path) -> None:
    found = document(run, yunxi, "whatif", "start", "白鹭竹纤维项目")
    rows = {(row["effect"], row["gap"], *row["product"]): row for row in found["rows"]}
    gained = rows["gained", None, "竹纤维"]
    assert "签约" in gained["organization"][0]
    assert gained["path"] == "白鹭竹纤维项目 → 竹纤维"
    assert ("closed", "break", "竹纤维") in rows
    assert rows["opened", "latent", "竹纤维"]["why"].startswith("假定已投产：")
    whole = document(run, yunxi, "whatif", "start", lang="en")
    assert [row["path"] for row in whole["rows"] if row["effect"] == "gained"] == [gained["path"]]
    assert whole["title"] == "What if everything in the pipeline starts"


def test_critical_points_of_the_made_up_city(run, yunxi: Path) -> None:
    found = document(run, yunxi, "report", "critical")
    rows = found["rows"]
    kinds = {row["critical"] for row in rows}
    assert kinds == {"input", "single", "nexus-recorded", "nexus-inferred"}
    alkali = next(row for row in rows if row["critical"] == "input" and row["product"] == "烧碱")
    assert (alkali["anchor"], alkali["stops"], alkali["dominates"]) == (MILL, ["竹浆"], [])
    assert "靠外购" in alkali["why"]
    assert all(row["sources"] and row["evidence"] for row in rows)
    pulp = next(row for row in rows if row["critical"] == "single" and row["product"] == "竹浆")
    assert (pulp["group"], pulp["stops"], pulp["idled"]) == ([MILL], ["生活用纸"], ["溪南纸品有限公司"])
    mill = next(row for row in rows if row["critical"] == "nexus-recorded" and row["organization"] == [MILL])
    assert (mill["supply_load"], mill["demand_load"], mill["operational_criticality"]) == (1, 1, 0.5)
    only = document(run, yunxi, "report", "critical", "--anchor", "云溪竹业")["rows"]
    assert {row["product"] for row in only if row["critical"] == "input"} == {"竹材", "烧碱"}


@pytest.mark.parametrize(
    "arguments", [("whatif", "stop", MILL), ("whatif", "start"), ("report", "critical")], ids=" ".join
)
@pytest.mark.parametrize("form", ["table", "csv", "json", "xlsx", "md"])
def test_the_same_bytes_whatever_the_hash_seed(spawn, yunxi: Path, arguments: tuple, form: str) -> None:
    outputs = set()
    for seed in ("0", "7"):
        done = spawn(*arguments, "--store", yunxi, "-f", form, env={"PYTHONHASHSEED": seed, "KG_LANG": "zh"})
        assert done.returncode == 0, done.stderr
        outputs.add(done.stdout)
    assert len(outputs) == 1


def test_a_workbook_holds_all_columns(run, yunxi: Path, tmp_path: Path) -> None:
    file = tmp_path / "stop.xlsx"
    assert run("whatif", "stop", MILL, "--store", yunxi, "--lang", "zh", "--out", file).exit_code == 0
    rows = openpyxl.load_workbook(file).worksheets[0]
    assert [cell.value for cell in rows[1]][:2] == ["影响", "产品"]
    assert rows["A2"].value == "断供"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("whatif", "stop", "云溪竹业公司"), MILL),
        (("whatif", "stop", "云溪竹业公司", "--kind", "park"), "没有名为“云溪竹业公司”的园区"),
        (("whatif", "stop"), "NAME"),
        (("whatif", "start", "白鹭项目"), "白鹭竹纤维项目"),
        (("report", "critical", "--anchor", "云溪纸业"), "不是头部企业"),
    ],
)
def test_wrong_names_come_with_the_nearest(run, yunxi: Path, arguments: tuple[str, ...], said: str) -> None:
    done = run(*arguments, "--store", yunxi, "--lang", "zh")
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


# ---------------------------------------------------------------- the shipped city


def test_without_ethylene_the_glycols_and_polyethylenes_are_lost(run, city: Path) -> None:
    rows = document(run, city, "whatif", "stop", "乙烯", "--kind", "product")["rows"]
    lost = {row["product"][0]: row for row in rows if row["effect"] == "lost"}
    assert {"乙烯", "聚乙烯", "环氧乙烷", "二乙二醇"} <= set(lost)
    assert lost["乙烯"]["capacity"] == 174
    assert lost["二乙二醇"]["path"] == "乙烯 → 环氧乙烷 → 二乙二醇"
    # Styrene has a second route on record.
    assert "苯乙烯" not in lost
    assert "苯乙烯" in {row["product"][0] for row in rows if row["effect"] == "spared"}


def test_the_ethylene_makers_take_rubber_and_waterproofing_with_them(run, city: Path) -> None:
    makers = ["北方华锦化学工业集团有限公司", "宝来利安德巴赛尔石化有限公司"]
    rows = document(run, city, "whatif", "stop", *makers)["rows"]
    lost = {row["product"][0] for row in rows if row["effect"] == "lost"}
    assert {"乙烯", "丁二烯", "SBS", "防水材料", "聚丙烯", "BOPP薄膜"} <= lost
    idled = {row["organization"][0] for row in rows if row["effect"] == "idled"}
    assert {"辽宁北方戴纳索合成橡胶有限公司", "盘锦金田塑业有限公司"} <= idled
    alone = document(run, city, "whatif", "stop", makers[1])["rows"]
    assert {row["product"][0] for row in alone if row["effect"] == "lost"} < lost
    assert "乙烯" in {row["product"][0] for row in alone if row["effect"] == "reduced"}
