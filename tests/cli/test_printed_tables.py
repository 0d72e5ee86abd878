"""What each command prints on the made-up city, cell by cell, worked out by hand from its ledgers."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from kg.messages import has

MILL = "云溪竹业集团有限公司"
CLOTH = "青篁纺织有限公司"
PAPER = "云溪纸业有限公司"
SOUTH = "溪南纸品有限公司"
COAL = "云溪炭业有限公司"
ALKALI = "江北碱厂"
FIBRE = "白鹭新材料有限公司"
PROJECT = "白鹭竹纤维项目"
IDS = "https://w3id.org/gongyue/id/"


def cells(done) -> list[list[str]]:
    assert done.exit_code == 0, done.output
    return list(csv.reader(io.StringIO(done.stdout_bytes.decode("utf-8-sig"), newline="")))


def printed(run, store: Path, *words: str, lang: str = "zh") -> tuple[list[str], list[dict[str, str]]]:
    """Run a command and give its header and its rows by title, as CSV prints them."""
    header, *rows = cells(run(*words, "--store", store, "-f", "csv", "--lang", lang))
    return header, [dict(zip(header, row, strict=True)) for row in rows]


def only(rows: list[dict[str, str]], *titles: str) -> list[tuple[str, ...]]:
    return [tuple(row[title] for title in titles) for row in rows]


# ---------------------------------------------------------------- info

# Lines of the ledgers counted by hand; roles, units and the other schemes are no things of the city.
HELD = [
    ("来源（命名图）", "sources (named graphs)", 4),
    ("产品", "Product", 15),
    ("工艺投入", "Recipe input", 10),
    ("企业", "Enterprise", 8),
    ("生产能力", "Production", 8),
    ("工艺路线", "Recipe", 8),
    ("环节", "Stage", 6),
    ("来源", "Source", 4),
    ("供应关系", "Supply relation", 4),
    ("指标观测", "Observation", 3),
    ("阶段事件", "Stage event", 3),
    ("产业链", "Chain", 2),
    ("链上参与", "Chain participation", 2),
    ("政府部门", "Government body", 2),
    ("指标", "Indicator", 2),
    ("行政区划", "Place", 2),
    ("资质认定", "Grade award", 1),
    ("持股关系", "Ownership", 1),
    ("园区", "Park", 1),
    ("计划列入", "Plan listing", 1),
    ("项目", "Project", 1),
]


@pytest.mark.parametrize(("lang", "titles"), [("zh", ["名称", "数量"]), ("en", ["Name", "Count"])])
def test_info_counts_every_class_once_the_largest_first(
    run, yunxi: Path, lang: str, titles: list[str]
) -> None:
    header, *rows = cells(run("info", "--store", yunxi, "-f", "csv", "--lang", lang))
    assert header == titles
    column = 0 if lang == "zh" else 1
    assert rows[1:] == [[line[column], str(line[2])] for line in HELD]
    # Every quad is a line of the canonical file.
    lines = run("export", "--store", yunxi, "-f", "nquads").stdout_bytes.decode().splitlines()
    assert rows[0] == ["四元组" if lang == "zh" else "quads", str(len(lines))]
    assert len(lines) == len(set(lines))


# ---------------------------------------------------------------- report gaps

GAPS_ZH = [
    ("断点", "竹纤维", "竹材产业链", "纤维与活化", "E5", "yx-1；yx-2；yx-3"),
    ("缺链", "烧碱", "竹材产业链", "原料", "E5", "yx-1；yx-3"),
    ("弱链", "竹浆", "竹材产业链", "制浆制炭", "E5", "yx-1；yx-2；yx-3"),
    ("未连", "竹浆", "竹材产业链", "制浆制炭", "E5", "yx-1；yx-2；yx-3"),
    ("短链", "竹炭", "竹材产业链", "制浆制炭", "E3", "yx-1"),
    ("空白", "", "锂电产业链", "锂盐；电池", "E3", "yx-1"),
    ("优势", "竹炭", "竹材产业链", "制浆制炭", "E3", "yx-1"),
]
ENGLISH_KINDS = ["break", "missing", "weak", "latent", "short", "blank", "strong"]


def test_the_gaps_are_the_seven_of_the_city(run, yunxi: Path) -> None:
    header, rows = printed(run, yunxi, "report", "gaps")
    assert header == [
        "类型", "产品", "产业链", "环节", "需求方", "生产方", "在补项目",
        "得到本地货源的企业数", "本地需求", "计量单位", "需求已知的用途数", "在产用途数",
        "解锁产品数", "解锁的装置", "还缺", "可接续产品数", "可接续的产品",
        "证据等级", "来源", "依据说明",
    ]  # fmt: skip
    assert only(rows, "类型", "产品", "产业链", "环节", "证据等级", "来源") == GAPS_ZH
    assert only(rows, "需求方") == [
        (f"{CLOTH}（生产竹纤维布）",),
        (f"{MILL}（生产竹浆）",),
        (f"{PAPER}（生产生活用纸）；{SOUTH}（生产生活用纸）",),
        (f"{SOUTH}（生产生活用纸）",),
        ("",),
        ("",),
        ("",),
    ]
    assert [row["在补项目"] for row in rows] == [f"{FIBRE}（签约，项目：{PROJECT}）", *[""] * 6]


def test_the_gaps_are_the_same_ones_in_english(run, yunxi: Path) -> None:
    header, rows = printed(run, yunxi, "report", "gaps", lang="en")
    assert header == [
        "Finding", "Product", "Chain", "Stage", "Needed by", "Made by", "In the pipeline",
        "Firms that get a local source", "Local need", "Unit", "Uses with known need", "Uses in production",
        "Products unlocked, number", "Plants unlocked", "Also lacking",
        "Products within reach, number", "Products within reach",
        "Evidence", "Sources", "Why",
    ]  # fmt: skip
    assert [row["Finding"] for row in rows] == ENGLISH_KINDS
    assert only(rows, "Product", "Chain", "Stage") == [
        (product, chain, stage.replace("；", "; ")) for _, product, chain, stage, _, _ in GAPS_ZH
    ]
    assert rows[0]["In the pipeline"] == f"{FIBRE} (signed, project: {PROJECT})"
    assert not any("；" in cell or "（" in cell for row in rows for cell in row.values())


@pytest.mark.parametrize(
    ("chain", "kinds"),
    [
        ("竹链", ["断点", "缺链", "弱链", "未连", "短链", "优势"]),
        ("锂电产业链", ["空白"]),
        (IDS + "chain/锂电产业链", ["空白"]),
    ],
)
def test_gaps_of_one_chain(run, yunxi: Path, chain: str, kinds: list[str]) -> None:
    assert [row["类型"] for row in printed(run, yunxi, "report", "gaps", "--chain", chain)[1]] == kinds


@pytest.mark.parametrize("name", ["云溪竹业", "竹业集团", MILL, IDS + "organization/" + MILL, f" {MILL} "])
def test_an_anchor_goes_by_any_of_its_names(run, yunxi: Path, name: str) -> None:
    rows = printed(run, yunxi, "report", "gaps", "--anchor", name)[1]
    assert rows == printed(run, yunxi, "report", "gaps", "--anchor", "云溪竹业")[1]
    assert {row["产品"] for row in rows} >= {"烧碱", "竹浆"}
    assert "竹炭" not in {row["产品"] for row in rows}


# ---------------------------------------------------------------- the other reports


@pytest.mark.parametrize(
    ("lang", "charcoal", "pulp"),
    [
        (
            "zh",
            [
                "2",
                "2024",
                "台账中无本地消纳记录",
                "至多",
                "2",
                "万吨/年",
                "活性炭",
                "活化",
                "",
                "1",
                "竹炭",
                "",
                "",
                "",
                "E5",
            ],
            [
                "10",
                "2025-03",
                "未知",
                "",
                "未知",
                "万吨/年",
                "竹纤维",
                "纺丝",
                "",
                "未知",
                "",
                "云溪竹业集团有限公司的竹浆用量；溪南纸品有限公司的生活用纸产能（吨/年）",
                "断点",
            ],
        ),
        (
            "en",
            ["2", "2024", "no local use on record", "at most", "2", "10 thousand tonnes per year", "活性炭"],
            ["10", "2025-03", "unknown", "", "unknown", "10 thousand tonnes per year", "竹纤维", "纺丝", ""],
        ),
    ],
)
def test_surplus_is_known_of_charcoal_and_unknown_of_pulp(
    run, yunxi: Path, lang: str, charcoal: list[str], pulp: list[str]
) -> None:
    _, *rows = cells(run("report", "surplus", "--store", yunxi, "-f", "csv", "--lang", lang))
    assert [row[0] for row in rows] == ["竹炭", "竹浆"]
    for row, expected in zip(rows, (charcoal, pulp), strict=True):
        assert row[2 : 2 + len(expected)] == expected


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("zh", ("上游", "下游", "圈外", "有记录", "推断", "外地", "本地")),
        ("en", ("upstream", "downstream", "outside", "recorded", "inferred", "outside", "local")),
    ],
)
def test_anchors_list_five_firms_by_tier_and_one_outside(
    run, yunxi: Path, lang: str, words: tuple[str, ...]
) -> None:
    up, down, out, recorded, inferred, away, here = words
    _, *rows = cells(run("report", "anchors", "--store", yunxi, "-f", "csv", "--lang", lang))
    assert [(row[0], row[1].lower(), *row[2:6], row[9]) for row in rows] == [
        (MILL, up, "1", "1", ALKALI, away, recorded),
        (MILL, down, "1", "1", PAPER, here, recorded),
        (MILL, down, "1", "", SOUTH, here, inferred),
        (MILL, down, "1", "", FIBRE, here, inferred),
        (MILL, down, "2", "", CLOTH, here, inferred),
        ("", out, "", "", COAL, here, ""),
    ]
    # With one anchor everybody around belongs to it wholly, and what is inferred is E6.
    assert [row[7] for row in rows] == ["1"] * 5 + [""]
    assert [row[12] for row in rows] == ["E4", "E4", "E6", "E6", "E6", ""]


def test_critical_points_with_their_loads(run, yunxi: Path) -> None:
    _, *rows = cells(run("report", "critical", "--store", yunxi, "-f", "csv", "--lang", "zh"))
    found = [(row[0], row[1], row[2], row[3].partition("（")[0], *row[8:12]) for row in rows]
    recorded, inferred = "枢纽企业（有记录的联系）", "枢纽企业（含推断的联系）"
    assert found == [
        ("关键投入", MILL, "烧碱", "", "", "", "", ""),
        ("关键投入", MILL, "竹材", "", "", "", "", ""),
        ("独家供应", "", "竹浆", MILL, "", "", "", ""),
        ("独家供应", "", "竹炭", COAL, "", "", "", ""),
        ("独家供应", "", "竹纤维布", CLOTH, "", "", "", ""),
        # Alkali → mill → paper: one of two ordered pairs passes the mill; the ends are (3−1)/(1+2) near.
        (recorded, "", "", MILL, "1", "1", "0.5", "1"),
        (recorded, "", "", PAPER, "1", "0", "0", "0.667"),
        (recorded, "", "", ALKALI, "0", "1", "0", "0.667"),
        # With the southern paper firm a star of four: two of six pairs; the ends are (4−1)/(1+2+2) near.
        (inferred, "", "", MILL, "1", "2", "0.333", "1"),
        (inferred, "", "", PAPER, "1", "0", "0", "0.6"),
        (inferred, "", "", ALKALI, "0", "1", "0", "0.6"),
        (inferred, "", "", SOUTH, "1", "0", "0", "0.6"),
    ]


def test_conflicts_are_none_and_one_change(run, yunxi: Path) -> None:
    assert printed(run, yunxi, "report", "conflicts")[1] == []
    header, [row] = printed(run, yunxi, "report", "conflicts", "--changes")
    assert list(row.values()) == [
        "变动", MILL, "产能", "竹浆；在产", "约8万吨/年（2022-05，yx-1，E3）；10万吨/年（2025-03，yx-1，E3）", "20", "E3", "yx-1",
    ]  # fmt: skip
    english = printed(run, yunxi, "report", "conflicts", "--changes", lang="en")
    assert not set(header) & set(english[0])
    assert list(english[1][0].values())[1] == MILL
    assert list(english[1][0].values())[-3] == "20"


RATES = [
    ("L1", "未知", "", "", "0", "1"),
    ("L2", "0", "0", "1", "1", "1"),
    ("L3", "0", "0", "1", "1", "1"),
    ("L5", "0", "0", "2", "2", "2"),
    ("M2", "100", "1", "1", "1", "1"),
    ("M5", "100", "1", "1", "1", "1"),
]


def test_local_supply_of_the_only_anchor_is_that_of_all(run, yunxi: Path) -> None:
    _, *rows = cells(run("report", "local-supply", "--store", yunxi, "-f", "csv", "--lang", "zh"))
    assert [(row[1][:2], *row[2:7]) for row in rows] == RATES * 2
    assert [row[0] for row in rows] == ["全部头部企业合计"] * 6 + [MILL] * 6
    assert [row[1:] for row in rows[:6]] == [row[1:] for row in rows[6:]]


def test_latent_matches_name_buyer_use_and_chain(run, yunxi: Path) -> None:
    _, [row] = printed(run, yunxi, "report", "latent")
    assert (row["产品"], row["供应方"], row["采购方"], row["用途"], row["本地需求"], row["产业链"]) == (
        "竹浆", MILL, SOUTH, "生活用纸", "未知", "竹材产业链",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("lang", "kinds"),
    [
        ("zh", ["断点", "缺链", "弱链", "未连", "短链", "堵点", "空白", "优势"]),
        ("en", ["break", "missing", "weak", "latent", "short", "blocked", "blank", "strong"]),
    ],
)
def test_analyze_counts_the_findings_the_members_and_the_balances(
    run, yunxi: Path, lang: str, kinds: list[str]
) -> None:
    _, *rows = cells(run("analyze", "--store", yunxi, "-f", "csv", "--lang", lang))
    assert [(row[1], row[2]) for row in rows[:8]] == [
        (kind, "0" if kind in {"堵点", "blocked"} else "1") for kind in kinds
    ]
    assert rows[8][1:3] == [MILL, "5"]
    # Surpluses known and not, then uses planned, left out, and not to be calculated.
    assert [row[2] for row in rows[9:]] == ["1", "1", "1", "0", "1"]
    assert {row[3] for row in rows} == {""}


# ---------------------------------------------------------------- whatif


def test_what_stops_with_the_mill(run, yunxi: Path) -> None:
    _, rows = printed(run, yunxi, "whatif", "stop", "云溪竹业", lang="en")
    assert only(rows, "Effect", "Product", "Capacity", "Chain of causes", "Evidence") == [
        ("lost", "竹浆", "10", f"{MILL} → 竹浆", "E3"),
        ("lost", "生活用纸", "unknown", f"{MILL} → 竹浆 → 纸页 → 生活用纸", "E5"),
        ("firm idled", "竹浆", "", "", "E3"),
        ("firm idled", "生活用纸", "", "", "E3"),
        ("firm idled", "生活用纸", "", "", "E4"),
        ("delivery ends", "竹浆", "unknown", "", "E4"),
    ]


@pytest.mark.parametrize(
    ("stopped", "effects"),
    [
        # Cloth feeds nothing; paper has a second maker; charcoal is used by nobody.
        (["青篁纺织"], [("断供", "竹纤维布"), ("企业全停", "竹纤维布")]),
        (["云溪纸业"], [("减产", "生活用纸"), ("企业全停", "生活用纸")]),
        (["云溪纸业", SOUTH], [("断供", "生活用纸"), ("企业全停", "生活用纸"), ("企业全停", "生活用纸")]),
        (["竹炭"], [("断供", "竹炭"), ("企业全停", "竹炭")]),
        (["锂电池"], []),
    ],
)
def test_what_stops_with_others(run, yunxi: Path, stopped: list[str], effects: list[tuple[str, str]]) -> None:
    rows = printed(run, yunxi, "whatif", "stop", *stopped)[1]
    assert [
        found for found in only(rows, "影响", "产品") if found[0] in {"断供", "减产", "企业全停"}
    ] == effects


def test_what_a_project_brings(run, yunxi: Path) -> None:
    _, rows = printed(run, yunxi, "whatif", "start", PROJECT)
    assert only(rows, "影响", "缺口类型", "产品") == [
        ("新增", "", "竹纤维"),
        ("补上缺口", "断点", "竹纤维"),
        ("新增缺口", "弱链", "竹纤维"),
        ("新增缺口", "未连", "竹纤维"),
    ]
    assert rows[0]["产能"] == "未知"


# ---------------------------------------------------------------- questions


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        (
            ("product-makers", "product=生活用纸"),
            [
                [PAPER, "本地", "在产", "3", "万吨/年", "", "", "2024", "yx-1"],
                [SOUTH, "本地", "在产", "", "", "", "", "2025-06-15", "yx-2"],
            ],
        ),
        (
            ("chain-gaps", "chain=竹链"),
            [
                ["1", "原料", "上游", "烧碱", "0", "0", "yx-1"],
                ["1", "原料", "上游", "竹材", "0", "0", "yx-1"],
                ["2", "制浆制炭", "中游", "竹浆", "1", "1", "yx-1"],
                ["2", "制浆制炭", "中游", "竹炭", "1", "0", "yx-1"],
                ["3", "纤维与活化", "中游", "活性炭", "0", "0", "yx-1"],
                ["3", "纤维与活化", "中游", "竹纤维", "0", "0", "yx-1"],
                ["4", "制品", "下游", "生活用纸", "2", "0", "yx-1"],
                ["4", "制品", "下游", "竹纤维布", "1", "0", "yx-1"],
            ],
        ),
        (
            ("chain-projects",),
            [
                ["竹材产业链", PROJECT, FIBRE, "竣工", "预计", "2027", "yx-2"],
                ["竹材产业链", PROJECT, FIBRE, "在谈", "实际", "2024-09", "yx-2"],
                ["竹材产业链", PROJECT, FIBRE, "签约", "实际", "2025-02", "yx-2"],
            ],
        ),
    ],
)
def test_answers_to_planners_questions(
    run, yunxi: Path, question: tuple[str, ...], rows: list[list[str]]
) -> None:
    assert cells(run("query", *question, "--store", yunxi, "-f", "csv", "--lang", "zh"))[1:] == rows


@pytest.mark.parametrize(
    ("as_of", "stages"), [("2024", ["在谈"]), ("2024-08", []), ("2025-02", ["在谈", "签约"])]
)
def test_a_question_asked_of_an_earlier_day(run, yunxi: Path, as_of: str, stages: list[str]) -> None:
    _, rows = printed(run, yunxi, "query", "chain-projects", "chain=竹链", "--as-of", as_of)
    assert sorted(row["项目阶段"] for row in rows if row["性质"] == "实际") == sorted(stages)


def test_an_as_of_may_be_a_parameter_too(run, yunxi: Path) -> None:
    by_option = run("query", "chain-projects", "--as-of", "2024", "--store", yunxi, "-f", "csv")
    by_name = run("query", "chain-projects", "asOf=2024", "--store", yunxi, "-f", "csv")
    assert cells(by_option) == cells(by_name)


def test_sparql_prints_what_was_asked_in_the_order_asked(run, yunxi: Path) -> None:
    query = (
        "PREFIX gy: <https://w3id.org/gongyue/ontology#> SELECT ?share ?owner WHERE"
        " { ?f a gy:Ownership ; gy:owner ?owner ; gy:share ?share }"
    )
    header, *rows = cells(run("sparql", query, "--store", yunxi, "-f", "csv"))
    assert header == ["share", "owner"]
    assert [row[0] for row in rows] == ["60"]
    assert MILL in rows[0][1]


@pytest.mark.parametrize(
    "words",
    [
        ("report", "gaps", "--place", "溪南县", "--sort", "demand"),
        ("report", "chains"),
        ("report", "surplus"),
        ("report", "balance", "--objective", "gaps"),
        ("report", "anchors"),
        ("report", "clusters"),
        ("report", "clusters", "--discover"),
        ("report", "clusters", "--stability"),
        ("report", "critical"),
        ("report", "conflicts"),
        ("report", "local-supply"),
        ("report", "latent"),
        ("whatif", "stop", "云溪竹业"),
        ("whatif", "start"),
        ("analyze",),
    ],
    ids=" ".join,
)
def test_every_parameter_is_told_in_words(run, yunxi: Path, words: tuple[str, ...]) -> None:
    done = run(*words, "--store", yunxi, "-f", "json", "--lang", "zh")
    names = json.loads(done.stdout)["parameters"]
    assert names
    assert [name for name in names if not has(f"parameter.{name}")] == []
    said = run(*words, "--store", yunxi, "-f", "md", "--lang", "zh").stdout
    assert "_" not in next(line for line in said.splitlines() if line.startswith("参数："))
