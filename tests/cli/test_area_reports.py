"""Gaps of a county or park, with and without projects, ranked by a column, and the chains at a glance."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


def asked(run, store: Path, *options: str, lang: str = "zh") -> dict[str, object]:
    done = run("report", *options, "--store", store, "-f", "json", "--lang", lang)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_a_county_by_name_and_what_it_lacks(run, yunxi: Path) -> None:
    # In the county stand the pulp mill and, through its park, the paper mill; who makes fibre is not known to be there.
    document = asked(run, yunxi, "gaps", "--place", "溪南县")
    assert document["title"] == "产业链缺口：溪南县"
    assert document["parameters"]["area"] == "溪南县"
    found = {(row["kind"], row["product"]): row for row in document["rows"]}
    lye = found["missing", "烧碱"]
    assert lye["extent"] == "citywide"
    assert lye["elsewhere"] == []
    assert "溪南县没有记录到生产企业，全市其他地方也没有记录到" in lye["why"]
    assert ("missing", "竹浆") not in found
    assert any("台账没有写明是否在溪南县" in note for note in document["notes"])


def test_a_park_by_its_alias(run, yunxi: Path) -> None:
    document = asked(run, yunxi, "gaps", "--park", "竹产业园", lang="en")
    assert document["parameters"]["area"] == "云溪竹产业园"
    assert {row["extent"] for row in document["rows"]} <= {"citywide", "area", None}


def test_the_city_by_its_name_is_the_city(run, yunxi: Path) -> None:
    whole, named = asked(run, yunxi, "gaps"), asked(run, yunxi, "gaps", "--place", "云溪")
    assert named["rows"] == whole["rows"]
    assert "extent" not in whole["rows"][0]


def test_without_the_pipeline_no_project_is_named(run, yunxi: Path) -> None:
    within, without = (
        asked(run, yunxi, "gaps", f"--{option}-pipeline", "--as-of", "2025") for option in ("with", "without")
    )
    assert (within["parameters"]["with_pipeline"], without["parameters"]["with_pipeline"]) == (True, False)
    assert any(row["pipeline"] for row in within["rows"])
    assert not any(row["pipeline"] for row in without["rows"])


@pytest.mark.parametrize("by", ["source_count", "unlocked_count", "opened_count", "demand"])
def test_rows_are_ranked_by_the_column_asked_for(run, yunxi: Path, by: str) -> None:
    document = asked(run, yunxi, "gaps", "--sort", by)
    numbers = [row[by] for row in document["rows"]]
    known = [number for number in numbers if isinstance(number, int | float)]
    assert numbers[: len(known)] == sorted(known, reverse=True)
    assert document["parameters"]["sort"] == by
    done = run("report", "gaps", "--store", yunxi, "--sort", by, "--lang", "zh")
    assert done.exit_code == 0


def test_the_sorts_are_those_of_the_analysis() -> None:
    from kg.analysis.gaps.leverage import RANKS
    from kg.cli.commands.report import _SORTS

    assert _SORTS == RANKS


def test_the_chains_of_the_city_and_of_a_county(run, yunxi: Path) -> None:
    city = {row["chain"]: row for row in asked(run, yunxi, "chains")["rows"]}
    assert (city["竹材产业链"]["covered"], city["竹材产业链"]["stages"]) == (2, 4)
    assert city["竹材产业链"]["list_version"] == "2025-03"
    document = asked(run, yunxi, "chains", "--place", "溪南县", "--without-pipeline")
    county = {row["chain"]: row for row in document["rows"]}
    assert county["竹材产业链"]["covered"] <= 2
    assert county["锂电产业链"]["blank"] == 0
    assert "溪南县" in document["title"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--place", "溪南县", "--park", "竹产业园"), "--place 与 --park 只能给一个"),
        (("--place", "无此县"), "无此县"),
        (("--park", "溪南县"), "溪南县"),
        (("--sort", "score"), "--sort 只能是"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_line(run, yunxi: Path, options, said: str) -> None:
    done = run("report", "gaps", "--store", yunxi, "--lang", "zh", *options)
    assert done.exit_code == 2
    assert said in done.output
    assert "Traceback" not in done.output
