"""The tables of the made-up city: every row worked out by hand from its ledgers, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from kg.analysis.balance.surplus import find_surplus
from kg.analysis.clusters import Clusters, find_clusters
from kg.analysis.gaps import Gaps, find_gaps
from kg.analysis.results import Written
from kg.names import ID
from kg.network import load
from kg.reports.analysis_table import analysis_table
from kg.reports.anchors_table import anchors_table
from kg.reports.chains_table import chains_table
from kg.reports.contents_table import contents_table
from kg.reports.gaps_table import gaps_table
from kg.reports.surplus_table import surplus_table
from kg.store import Store, open_store
from tests.small_city import network_of, org
from tests.table_cells import headings, keyed, record, records

MILL = "云溪竹业集团有限公司"
PAPER = "云溪纸业有限公司"
TISSUE = "溪南纸品有限公司"
FIBRE = "白鹭新材料有限公司"
CLOTH = "青篁纺织有限公司"
CARBON = "云溪炭业有限公司"
LYE = "江北碱厂"


@pytest.fixture(scope="module")
def store(yunxi: Path) -> Iterator[Store]:
    with open_store(yunxi) as opened:
        yield opened


@pytest.fixture(scope="module")
def gaps(store: Store) -> Gaps:
    return find_gaps(load(store))


@pytest.fixture(scope="module")
def clusters(gaps: Gaps) -> Clusters:
    return find_clusters(gaps.network)


# Gaps


def test_each_gap_of_the_city_stands_in_one_row_the_gravest_first(gaps: Gaps) -> None:
    # Lye and fibre have no maker, pulp one group for two users, charcoal nobody who takes it, lithium no stage covered.
    table = gaps_table(gaps, gaps.findings, "zh")
    assert records(table, "kind", "product", "chain", "stage", "evidence", "sources") == [
        ("断点", "竹纤维", ("竹材产业链",), ("纤维与活化",), "E5", ("yx-1", "yx-2", "yx-3")),
        ("缺链", "烧碱", ("竹材产业链",), ("原料",), "E5", ("yx-1", "yx-3")),
        ("弱链", "竹浆", ("竹材产业链",), ("制浆制炭",), "E5", ("yx-1", "yx-2", "yx-3")),
        ("未连", "竹浆", ("竹材产业链",), ("制浆制炭",), "E5", ("yx-1", "yx-2", "yx-3")),
        ("短链", "竹炭", ("竹材产业链",), ("制浆制炭",), "E3", ("yx-1",)),
        ("空白", None, ("锂电产业链",), ("锂盐", "电池"), "E3", ("yx-1",)),
        ("优势", "竹炭", ("竹材产业链",), ("制浆制炭",), "E3", ("yx-1",)),
    ]


@pytest.mark.parametrize(
    ("kind", "needed_by", "made_by", "pipeline"),
    [
        ("断点", (f"{CLOTH}（生产竹纤维布）",), (), (f"{FIBRE}（签约，项目：白鹭竹纤维项目）",)),
        ("缺链", (f"{MILL}（生产竹浆）",), (), ()),
        (
            "弱链",
            (f"{PAPER}（生产生活用纸）", f"{TISSUE}（生产生活用纸）"),
            (f"{MILL}（10万吨/年，在产）",),
            (),
        ),
        ("未连", (f"{TISSUE}（生产生活用纸）",), (f"{MILL}（10万吨/年，在产）",), ()),
        ("短链", (), (f"{CARBON}（2万吨/年，在产）",), ()),
        ("空白", (), (), ()),
    ],
)
def test_a_gap_names_who_needs_who_makes_and_who_is_coming(
    gaps: Gaps, kind: str, needed_by: tuple[str, ...], made_by: tuple[str, ...], pipeline: tuple[str, ...]
) -> None:
    row = record(gaps_table(gaps, gaps.findings, "zh"), kind=kind)
    assert (row["needed_by"], row["made_by"], row["pipeline"]) == (needed_by, made_by, pipeline)


def test_of_the_capacities_of_a_firm_only_the_newest_is_told(gaps: Gaps) -> None:
    # The mill: 10 planned in 2019, about 8 in 2022, 10 in 2025.
    for finding in gaps_table(gaps, gaps.findings, "zh").rows:
        assert "8万吨" not in str(finding)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (
            "break",
            (
                "The ledgers (as of 2025-06-15) record no local producer. It is needed for 竹纤维布, made locally. "
                "Upstream 竹浆 is made locally and so is the downstream: only this link is lacking. "
                "In the pipeline: 白鹭新材料有限公司 (signed, project: 白鹭竹纤维项目)."
            ),
        ),
        (
            "missing",
            (
                "The ledgers (as of 2025-06-15) record no local producer. It is needed for 竹浆, made locally. "
                "Suppliers from outside on record: 江北碱厂."
            ),
        ),
        (
            "blank",
            "Of the 2 stages of the reference list, the ledgers (as of 2025-06-15) record a local producer for 0.",
        ),
        ("strong", "云溪炭业有限公司 holds a national grade for leading in its field."),
    ],
)
def test_english_reasons_read_as_sentences(gaps: Gaps, kind: str, said: str) -> None:
    assert record(gaps_table(gaps, gaps.findings, "en"), kind=kind)["why"] == said


def test_programs_get_the_same_keys_in_both_languages(gaps: Gaps) -> None:
    zh, en = (gaps_table(gaps, gaps.findings, lang) for lang in ("zh", "en"))
    assert [keyed(row[0]) for row in zh.rows] == [keyed(row[0]) for row in en.rows]
    assert [keyed(row[0]) for row in zh.rows] == [
        "break", "missing", "weak", "latent", "short", "blank", "strong",
    ]  # fmt: skip
    assert list(headings(zh)) == list(headings(en))


def test_headings_of_the_gaps_in_both_languages(gaps: Gaps) -> None:
    assert headings(gaps_table(gaps, (), "zh")) == {
        "kind": "类型",
        "product": "产品",
        "chain": "产业链",
        "stage": "环节",
        "needed_by": "需求方",
        "made_by": "生产方",
        "pipeline": "在补项目",
        "source_count": "得到本地货源的企业数",
        "demand": "本地需求",
        "unit": "计量单位",
        "demand_known": "需求已知的用途数",
        "demand_users": "在产用途数",
        "unlocked_count": "解锁产品数",
        "unlocked": "解锁的装置",
        "also_lacking": "还缺",
        "opened_count": "可接续产品数",
        "opened": "可接续的产品",
        "evidence": "证据等级",
        "sources": "来源",
        "why": "依据说明",
    }
    assert headings(gaps_table(gaps, (), "en"))["needed_by"] == "Needed by"


def test_the_gaps_say_what_they_depend_on(gaps: Gaps) -> None:
    table = gaps_table(gaps, gaps.findings, "zh")
    assert table.as_of == "2025-06-15"  # the newest source
    assert dict(table.parameters) == {
        "with_pipeline": True,
        "coverage_threshold": Decimal("0.5"),
        "single_group_share": Decimal("0.8"),
        "blank_threshold": Decimal("0.2"),
        "fact_horizon_years": 20,
        "pipeline_horizon_years": 10,
    }
    told = ["没有数据不等于", "“在补”指已签", "证据等级取该结", "“解锁”“可接"]
    assert [note[:7] for note in table.notes] == told


def test_only_sources_of_the_rows_shown_are_listed(gaps: Gaps) -> None:
    short = [finding for finding in gaps.findings if finding.kind == "short"]
    [reference] = gaps_table(gaps, short, "zh").references
    assert (reference.id, reference.title, reference.publisher) == (
        "yx-1",
        "云溪市竹产业名录",
        "云溪市工信局",
    )
    assert (reference.issued, reference.evidence, reference.url) == ("2025-03-01", "E3", "")
    every = gaps_table(gaps, gaps.findings, "zh").references
    assert [(r.id, r.evidence, r.url) for r in every] == [
        ("yx-1", "E3", ""),
        ("yx-2", "E4", "http://example.org/yx-2"),
        ("yx-3", "E5", ""),
    ]


@pytest.mark.parametrize(("limit", "count", "sources"), [(0, 0, []), (2, 2, ["yx-1", "yx-2", "yx-3"]), (99, 7, ["yx-1", "yx-2", "yx-3"])])  # fmt: skip
def test_a_limit_cuts_rows_and_their_references_from_the_end(
    gaps: Gaps, limit: int, count: int, sources: list[str]
) -> None:
    table = gaps_table(gaps, gaps.findings, "en", limit=limit)
    assert len(table.rows) == count
    assert [reference.id for reference in table.references] == sources


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_gaps_of_one_chain_name_it_in_the_title(gaps: Gaps, lang) -> None:
    chain = f"{ID}chain/竹材产业链"
    assert "竹材产业链" in gaps_table(gaps, (), lang, of=chain).title
    assert "竹材产业链" not in gaps_table(gaps, (), lang).title


# Surplus


def test_surplus_is_capacity_less_need_in_ten_thousand_tonnes(gaps: Gaps) -> None:
    # Charcoal: 20 000 t/a and nobody who needs it; two tonnes make one of activated carbon, so 10 000 t/a at most.
    row = record(surplus_table(gaps, find_surplus(gaps), "zh"), product="竹炭")
    assert (row["capacity"], row["surplus"], row["feasible_scale"]) == (2, 2, 1)
    assert (row["unit"], row["output"], row["route"], row["as_of"]) == ("万吨/年", "活性炭", "活化", "2024")
    assert (row["demand"].key, row["demand"].label) == (None, "台账中无本地消纳记录")
    assert (row["qualifier"].key, row["qualifier"].label) == ("at-most", "至多")
    assert row["closes"] is None
    assert (row["evidence"], row["sources"]) == ("E5", ("yx-1", "yx-3"))


def test_a_surplus_that_cannot_be_computed_is_unknown_and_no_zero(gaps: Gaps) -> None:
    # One paper maker of two has no capacity on record, so the need for pulp is unknown.
    for lang, unknown in (("zh", "未知"), ("en", "unknown")):
        row = record(surplus_table(gaps, find_surplus(gaps), lang), product="竹浆")
        assert row["capacity"] == 10
        for key in ("demand", "surplus", "feasible_scale"):
            assert (row[key].key, row[key].label) == (None, unknown), key
        assert row["qualifier"] is None
        assert row["closes"].key == "break"
        assert FIBRE in row["pipeline"][0]


def test_the_sum_of_the_surplus_counts_the_known_alone(gaps: Gaps) -> None:
    found = find_surplus(gaps)
    notes = surplus_table(gaps, found, "zh").notes
    assert notes[0] == "余量已知的物料 1 种，共 2 种；已知余量合计 2万吨/年（没有本地消纳记录的按上限计入）。"
    assert notes[1].startswith(
        "只列还有去路的物料"
    )  # a material without an outlet is no material without a surplus
    assert (
        surplus_table(gaps, found, "en")
        .notes[0]
        .startswith("The surplus is known for 1 of 2 materials: 20 kt/a in all (upper bounds included")
    )


@pytest.mark.parametrize(
    ("capacity", "unit", "need", "surplus", "scale"),
    [
        # Need: 10 000 t/a of the product at 0.5 t/t; the outlet takes 0.25 t/t.
        ("10", "万吨/年", Decimal("0.5"), Decimal("9.5"), Decimal(38)),
        ("60000", "吨/年", Decimal("0.5"), Decimal("5.5"), Decimal(22)),
        ("5000", "吨/年", Decimal("0.5"), None, None),  # nothing is left over
    ],
)
def test_known_amounts_are_computed_in_one_unit(
    capacity: str, unit: str, need: Decimal, surplus: Decimal | None, scale: Decimal | None
) -> None:
    network = network_of(
        f"""
        production 甲 料 在产 {capacity} {unit} 2024
        production 乙 品 在产 1 万吨/年 2024
        recipe 品 法 料 必需 0.5
        recipe 新品 延伸 料 必需 0.25
        """
    )
    gaps = find_gaps(network)
    table = surplus_table(gaps, [one for one in find_surplus(gaps) if one.product.endswith("/料")], "zh")
    if surplus is None:
        assert table.rows == ()
        return
    row = record(table, output="新品")
    assert (row["demand"], row["surplus"], row["feasible_scale"]) == (need, surplus, scale)
    assert row["qualifier"] is None
    assert row["other_inputs"] == ()


def test_an_input_that_nobody_makes_is_bought_and_named_with_its_amount() -> None:
    network = network_of(
        """
        product 矿 原料
        production 甲 料 在产 10 万吨/年 2024
        production 丙 本地料 在产 1 万吨/年 2024
        recipe 新品 延伸 料 必需 0.25
        recipe 新品 延伸 外料 必需 1
        recipe 新品 延伸 矿 必需 0.5
        recipe 新品 延伸 本地料 必需 1
        """
    )
    gaps = find_gaps(network)
    for lang, told in (
        (
            "zh",
            {
                "外料（未记录到本地生产），按可行规模须外购1万吨/年",
                "矿（原料，可外购），按可行规模须外购5000吨/年",
                "本地料（本地有）",
            },
        ),
        (
            "en",
            {
                "外料 (no local producer on record), 10 kt/a to be bought at the feasible scale",
                "矿 (raw material, bought in), 5 kt/a to be bought at the feasible scale",
                "本地料 (local)",
            },
        ),
    ):
        row = record(surplus_table(gaps, find_surplus(gaps), lang), product="料", output="新品")
        assert (row["feasible_scale"], row["limited_by"], row["missing"]) == (1, ("本地料",), ())
        assert set(row["other_inputs"]) == told


def test_the_figure_that_is_missing_is_named_and_users_and_pipeline_bear_their_sources() -> None:
    network = network_of(
        """
        source a 2024-01-01 E3
        source b 2024-01-01 E3
        source c 2024-01-01 E3
        production 甲 料 在产 10 万吨/年 2024 @a
        production 乙 旧品 在产 - - 2024 @b
        production 丙 新品 规划 1 万吨/年 2024 @c
        recipe 旧品 法 料 必需 1
        recipe 新品 延伸 料 必需
        """
    )
    gaps = find_gaps(network)
    row = record(surplus_table(gaps, find_surplus(gaps), "zh"), product="料", output="新品")
    assert row["missing"] == ("新品（延伸）的料单耗", "乙的旧品产能（吨/年）")
    assert row["sources"] == ("a", "b", "c", "r")
    assert "乙" in row["why"]
    en = record(surplus_table(gaps, find_surplus(gaps), "en"), product="料", output="新品")
    assert en["missing"] == ("料 per tonne of 新品 (延伸)", "capacity of 乙 for 旧品 in t/a")


# Anchors


def test_members_stand_by_direction_and_tier_and_the_firms_outside_last(clusters: Clusters) -> None:
    assert records(
        anchors_table(clusters, "zh"), "direction", "tier", "recorded_tier", "member", "locality", "basis", "evidence"
    ) == [
        ("上游", 1, 1, LYE, "外地", "有记录", "E4"),
        ("下游", 1, 1, PAPER, "本地", "有记录", "E4"),
        ("下游", 1, None, TISSUE, "本地", "推断", "E6"),
        ("下游", 1, None, FIBRE, "本地", "推断", "E6"),
        ("下游", 2, None, CLOTH, "本地", "推断", "E6"),
        ("圈外", None, None, CARBON, "本地", None, None),
    ]  # fmt: skip


def test_importance_is_the_walk_from_the_anchor(clusters: Clusters) -> None:
    # Half of what arrives walks on: recorded links weigh 1, inferred 1/4, those of the pipeline half of that.
    # Upstream the lye works get half of the anchor's share: 1/3. Downstream a(1 + 1/2 + 1/44) = 1 for the anchor.
    anchor = 1 / (1 + 1 / 2 + 1 / 44)
    step = anchor / 2 / (1 + 1 / 4 + 1 / 8)
    expected = {LYE: 1 / 3, PAPER: step, TISSUE: step / 4, FIBRE: step / 8, CLOTH: step / 16}
    table = anchors_table(clusters, "en")
    got = {row["member"]: row["importance"] for row in (record(table, member=name) for name in expected)}
    assert got == {name: round(share, 3) for name, share in expected.items()}


def test_paths_lead_from_the_anchor_outwards_in_both_languages(clusters: Clusters) -> None:
    zh, en = anchors_table(clusters, "zh"), anchors_table(clusters, "en")
    assert record(zh, member=LYE)["path"] == f"{MILL} ←（烧碱） {LYE}"
    assert record(en, member=LYE)["path"] == f"{MILL} ← (烧碱) {LYE}"
    assert record(zh, member=CLOTH)["path"] == f"{MILL} →（竹浆，推断） {FIBRE} →（竹纤维，推断） {CLOTH}"
    assert record(en, member=PAPER)["path"] == f"{MILL} → (竹浆) {PAPER}"


def test_one_anchor_asked_for_leaves_the_firms_outside_out(clusters: Clusters) -> None:
    table = anchors_table(clusters, "zh", of=org(MILL))
    assert CARBON not in {row[0] for row in records(table, "member")}
    assert not any("没有头部企业的本地企业" in note for note in table.notes)
    assert any(
        "3 步之内没有头部企业的本地企业有 1 家" in note for note in anchors_table(clusters, "zh").notes
    )


def test_an_anchor_without_links_is_named_in_a_note() -> None:
    clusters = find_clusters(network_of("chain 链\nanchor 孤星 链\nproduction 孤星 星品 在产"))
    table = anchors_table(clusters, "zh")
    assert [row for row in table.rows if row[0] is not None] == []
    assert any("孤星" in note for note in table.notes)
    assert any("孤星" in note for note in anchors_table(clusters, "en").notes)


def test_a_firm_between_two_anchors_is_shared_and_its_memberships_add_up() -> None:
    network = network_of(
        """
        chain 链
        anchor 甲 链
        anchor 乙 链
        supply 供 甲 料 货物 2024
        supply 供 乙 料 货物 2024
        """
    )
    table = anchors_table(find_clusters(network), "zh")
    assert records(table, "anchor", "member", "weight", "shared_with") == [
        ("乙", "供", 0.5, ("甲",)),
        ("甲", "供", 0.5, ("乙",)),
    ]


# Chains, numbers, contents


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_chains_are_counted_against_their_lists(gaps: Gaps, lang) -> None:
    # Bamboo: pulping and goods have local makers, fibre is coming. Lithium: nothing.
    table = chains_table(gaps, lang)
    assert table.rows == (
        ("竹材产业链", "2025-03", 2, 4, 1, 1, 1, 1, 1, 1, 0, 0, 1),
        ("锂电产业链", "2025-03", 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0),
    )
    assert list(headings(table))[5:] == [
        "break", "missing", "weak", "latent", "short", "blocked", "blank", "strong",
    ]  # fmt: skip
    assert {column.kind for column in table.columns[2:]} == {"number"}


def test_makers_of_a_kind_are_told_with_the_kind() -> None:
    gaps = find_gaps(
        network_of(
            "product 白浆 中间品 浆\nrecipe 纸 抄造 浆 必需\nproduction 丙 纸 在产\n"
            "production 甲 浆 在产 80 吨/年 2024\nproduction 甲 白浆 在产 45 吨/年 2024"
        )
    )
    for kind in ("弱链", "未连"):
        row = record(gaps_table(gaps, gaps.findings, "zh"), kind=kind)
        assert row["made_by"] == ("甲（80吨/年，在产）", "甲（白浆，45吨/年，在产）")


def test_a_chain_without_a_list_is_named_as_not_judged() -> None:
    gaps = find_gaps(network_of("chain 空链\nchain 链\nstage 链 1 一 上游 浆"))
    assert "台账中没有参考清单（环节）、因而没有判断的产业链：空链。" in chains_table(gaps, "zh").notes
    for chain, said in (("空链", True), ("链", False)):
        iri = f"{ID}chain/{chain}"
        notes = gaps_table(gaps, gaps.of_chain(iri), "zh", of=iri).notes
        assert notes[0].startswith("台账中没有这条产业链的参考清单") is said


def test_a_chain_without_a_version_leaves_the_cell_blank() -> None:
    gaps = find_gaps(network_of("chain 链\nstage 链 1 环 中游 料\nproduction 甲 料 在产"))
    [row] = chains_table(gaps, "zh").rows
    assert row[:5] == ("链", None, 1, 1, 0)


def test_the_numbers_of_the_analyses(gaps: Gaps, clusters: Clusters) -> None:
    table = analysis_table(gaps, clusters, find_surplus(gaps), "zh")
    assert records(table, "result", "what", "count", "graph") == [
        *(("诊断结果", kind, 1, None) for kind in ("断点", "缺链", "弱链", "未连", "短链")),
        ("诊断结果", "堵点", 0, None),
        ("诊断结果", "空白", 1, None),
        ("诊断结果", "优势", 1, None),
        ("集群隶属", MILL, 5, None),
        ("物料平衡", "余量已知", 1, None),
        ("物料平衡", "余量未知", 1, None),
    ]
    assert table.notes[-1] == "没有写入；要写入存储，请加 --write。"
    assert dict(table.parameters) == {"tiers": 3, "alpha": 0.5, "fact_horizon_years": 20}


def test_results_that_were_written_name_their_graph_and_digest(gaps: Gaps, clusters: Clusters) -> None:
    counts = {"findings": 40, "memberships": 2}
    table = analysis_table(gaps, clusters, (), "en", Written(counts=counts, digest="ab12"))
    graphs = {row[3] for row in records(table, "result", "what", "count", "graph")}
    assert all(str(graph).startswith("https://w3id.org/gongyue/graph/") for graph in graphs)
    assert len(graphs) == 3
    assert "42" in table.notes[-1]
    assert "ab12" in table.notes[-1]
    assert "--write" not in table.notes[-1]


def test_the_contents_count_what_the_ledgers_hold(store: Store) -> None:
    # Data rows of the files, and eight enterprises and two offices among ten organizations; eight routes of ten rows.
    table = contents_table(store, "zh")
    counted = dict(table.rows)
    assert table.as_of == "2025-06-15"
    expected = {
        "来源（命名图）": 4, "产品": 15, "工艺投入": 10, "企业": 8, "生产能力": 8, "工艺路线": 8, "环节": 6,
        "供应关系": 4, "指标观测": 3, "阶段事件": 3, "产业链": 2, "链上参与": 2, "政府部门": 2, "指标": 2,
        "行政区划": 2, "资质认定": 1, "持股关系": 1, "园区": 1, "计划列入": 1, "项目": 1,
    }  # fmt: skip
    assert {name: counted[name] for name in expected} == expected
    counts = [count for _, count in table.rows[2:]]
    assert counts == sorted(counts, reverse=True)
    assert dict(contents_table(store, "en").rows)["Supply relation"] == 4
