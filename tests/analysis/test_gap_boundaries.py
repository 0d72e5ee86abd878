"""Findings and surpluses at their limits, by arithmetic done here, and the words they are told in."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analysis.balance.surplus import find_surplus, total_known
from kg.analysis.gaps import Finding, Gaps, find_gaps
from kg.analysis.gaps.chain_summary import summarize
from kg.analysis.gaps.explain import why
from kg.analysis.gaps.latent import find_latent
from kg.analysis.phrases import Phrases
from kg.analysis.thresholds import Thresholds
from kg.names import ID
from kg.network import Network
from kg.network.facts import Input, Route
from tests.recipe_network import recipe_network
from tests.small_city import names, network_of, org, product


def gaps_of(text: str, as_of: str | None = None, **options) -> Gaps:
    return find_gaps(network_of(text, as_of), **options)


def one(gaps: Gaps, kind: str) -> Finding:
    (finding,) = (f for f in gaps.findings if f.kind == kind)
    return finding


def kinds(gaps: Gaps) -> set[tuple[str, str]]:
    return {(f.kind, names([f.product or f.chains[0]])[0]) for f in gaps.findings}


# ------------------------------------------------------------------ weak, against arithmetic


def balance(supplies: list[int | None], need: int | None, coefficient: Decimal | None) -> Network:
    """Firms M0, M1, … make pulp; U makes paper of it."""
    makers = [(f"M{i}", "pulp") for i in range(len(supplies))]
    base = recipe_network([("paper", ("pulp",))], [*makers, ("U", "paper")])
    amounts = {f"M{i}": amount for i, amount in enumerate(supplies)} | {"U": need}
    production = tuple(
        fact
        if amounts[fact.organization] is None
        else replace(fact, capacity=Decimal(amounts[fact.organization]), unit="t-a")
        for fact in base.production
    )
    routes = {"paper": (Route("paper", "r0", (Input("pulp", "required", coefficient, ("recipe",)),)),)}
    return replace(base, production=production, routes=routes, uses={"pulp": routes["paper"]})


amount = st.one_of(st.none(), st.integers(1, 40))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(amount, min_size=1, max_size=5),
    amount,
    st.sampled_from([None, Decimal("0.5"), Decimal(1), Decimal(2)]),
    st.sampled_from([Decimal("0.5"), Decimal("0.8"), Decimal(1)]),
)
def test_weak_is_decided_by_tonnes_then_by_the_largest_holder(supplies, need, coefficient, coverage) -> None:
    known = None not in supplies
    demand = None if need is None or coefficient is None else need * coefficient
    expected: tuple[Decimal, bool] | None = None
    if known and demand is not None and sum(supplies) < coverage * demand:
        expected = (Decimal(sum(supplies)) / demand, True)
    else:
        share = Decimal(max(supplies)) / sum(supplies) if known else Decimal(1) / len(supplies)
        if share >= Decimal("0.8"):
            expected = (share, known)
    gaps = find_gaps(balance(supplies, need, coefficient), Thresholds(coverage=coverage))
    found = [(f.ratio, f.quantified) for f in gaps.findings if f.kind == "weak"]
    assert found == ([] if expected is None else [expected])


@pytest.mark.parametrize(
    ("supplies", "thresholds", "weak"),
    [
        ([50], Thresholds(coverage=Decimal("0.5"), single_group_share=Decimal(2)), False),
        ([49], Thresholds(coverage=Decimal("0.5"), single_group_share=Decimal(2)), True),
        ([80, 20], Thresholds(coverage=Decimal(0)), True),
        ([79, 21], Thresholds(coverage=Decimal(0)), False),
        ([79, 21], Thresholds(coverage=Decimal(0), single_group_share=Decimal("0.79")), True),
        ([None, 21], Thresholds(single_group_share=Decimal("0.5")), True),
        ([None, 21, 3], Thresholds(single_group_share=Decimal("0.5")), False),
        ([100], Thresholds(coverage=Decimal("1.01"), single_group_share=Decimal(2)), True),
    ],
)
def test_at_the_limit_itself(supplies: list, thresholds: Thresholds, weak: bool) -> None:
    gaps = find_gaps(balance(supplies, 100, Decimal(1)), thresholds)
    assert any(f.kind == "weak" for f in gaps.findings) is weak


def test_a_raw_material_is_never_weak() -> None:
    network = balance([1], 100, Decimal(1))
    assert not any(
        f.kind == "weak"
        for f in find_gaps(replace(network, product_kinds={"paper": "final", "pulp": "raw"})).findings
    )


def test_a_zero_capacity_on_record_is_a_share_of_nothing() -> None:
    gaps = gaps_of("recipe 纸 抄造 浆 必需 1\nproduction 甲 纸 在产 9 吨/年\nproduction 乙 浆 在产 0 吨/年")
    weak = one(gaps, "weak")
    assert (weak.ratio, weak.quantified) == (Decimal(0), True)


# ------------------------------------------------------------------ blank


@pytest.mark.parametrize(
    ("stages", "made", "limit", "blank"),
    [
        (5, 1, "0.2", False),
        (6, 1, "0.2", True),
        (5, 0, "0.2", True),
        (4, 1, "0.25", False),
        (4, 1, "0.26", True),
        (3, 3, "1", False),
        (3, 2, "1", True),
        (3, 0, "0", False),
    ],
)
def test_blank_below_a_share_of_stages(stages: int, made: int, limit: str, blank: bool) -> None:
    text = "chain 链 2025\n" + "\n".join(f"stage 链 {i} 环{i} 上游 品{i}" for i in range(1, stages + 1))
    text += "".join(f"\nproduction 甲 品{i} 在产" for i in range(1, made + 1))
    gaps = gaps_of(text, thresholds=Thresholds(blank=Decimal(limit)))
    found = [f for f in gaps.findings if f.kind == "blank"]
    assert [f.ratio for f in found] == ([Decimal(made) / stages] if blank else [])
    (summary,) = summarize(gaps)
    assert (summary.stages, summary.covered, summary.coming, summary.version) == (stages, made, 0, "2025")
    assert summary.counts["blank"] == len(found)
    if found:
        assert len(found[0].related) == stages - made
        assert all(stage.iri in found[0].related for stage in found[0].stages)


# ------------------------------------------------------------------ pipeline on and off, and dates

COMING = """
    recipe 纸 抄造 浆 必需 1
    recipe 浆 制浆 竹 必需 2
    production 乙 竹 在产 - - 2020
    production 甲 纸 {} - - 2022
"""


@pytest.mark.parametrize(
    ("status", "with_pipeline", "as_of", "found"),
    [
        ("在产", True, "2022", {("break", "浆"), ("short", "竹")}),
        ("在产", False, "2022", {("break", "浆"), ("short", "竹")}),
        ("在产", True, "2021-12-31", {("short", "竹")}),
        ("在建", True, "2022", {("missing", "浆"), ("short", "竹")}),
        ("在建", False, "2022", {("short", "竹")}),
        ("停产", True, "2022", {("short", "竹")}),
        ("在产", True, "2019", set()),
        # After twenty years only the user is still good, after another two nobody is.
        ("在产", True, "2041", {("missing", "浆")}),
        ("在产", True, "2043", set()),
        ("在建", True, "2033", {("short", "竹")}),
    ],
)
def test_the_date_and_the_pipeline_decide(status: str, with_pipeline: bool, as_of: str, found: set) -> None:
    gaps = gaps_of(COMING.format(status), as_of, with_pipeline=with_pipeline)
    assert kinds(gaps) == found


@pytest.mark.parametrize(
    ("facts", "latent"),
    [
        ("", True),
        ("supply 乙 甲 浆 货物 2023", False),
        ("supply 乙 甲 浆 货物 2024-02", True),
        ("supply 乙 甲 浆 技术许可 2023", True),
        ("supply 丙 甲 浆 货物 2023", False),
        ("organization 外 外地\nsupply 外 甲 浆 货物 2023", True),
        ("supply 乙 甲 桨板 货物 2023", True),
        ("own 乙 甲 51 2023", False),
        ("own 乙 甲 50 2023", True),
        ("own 丁 甲 60 2023\nown 丁 乙 70 2023", False),
        ("own 乙 甲 51 2024-05", True),
    ],
)
def test_latent_as_of_a_date(facts: str, latent: bool) -> None:
    text = f"""
    recipe 纸 抄造 浆 必需 1
    production 甲 纸 在产 - - 2022
    production 乙 浆 在产 - - 2022
    {facts}
    """
    gaps = gaps_of(text, "2024-01")
    assert any(f.kind == "latent" for f in gaps.findings) is latent
    pairs = [(names([m.seller])[0], names([m.buyer])[0]) for m in find_latent(gaps)]
    assert pairs == ([("乙", "甲")] if latent else [])


# ------------------------------------------------------------------ evidence and sources


@pytest.mark.parametrize(
    ("user", "recipe", "maker", "missing", "weak"),
    [
        ("E1", "E2", "E1", "e2", "e2"),
        ("E4", "E2", "E1", "e4", "e4"),
        ("E3", "E3", "E5", "e3", "e5"),
        ("E5", "E1", "E1", "e5", "e5"),
    ],
)
def test_a_finding_is_as_sure_as_the_least_sure_it_rests_on(user, recipe, maker, missing, weak) -> None:
    text = f"""
    source u 2024 {user}
    source k 2020 {recipe}
    source m 2024 {maker}
    recipe 纸 抄造 浆 必需 1 @k
    production 甲 纸 在产 - - 2024 @u
    """
    lacking = one(gaps_of(text), "missing")
    assert (lacking.evidence, names(lacking.sources)) == (missing, ["k", "u"])
    thin = one(gaps_of(text + "production 乙 浆 在产 - - 2024 @m"), "weak")
    assert (thin.evidence, names(thin.sources)) == (weak, ["k", "m", "u"])


def test_one_well_known_user_is_enough() -> None:
    text = """
    source a 2024 E1
    source b 2024 E5
    source k 2020 E2
    recipe 纸 抄造 浆 必需 1 @k
    production 甲 纸 在产 - - 2024 @b
    production 乙 纸 在产 - - 2024 @a
    """
    assert one(gaps_of(text), "missing").evidence == "e2"


# ------------------------------------------------------------------ where findings stand

PLACED = """
    chain 造纸 2025
    chain 化工 2025
    stage 造纸 1 制浆 上游 浆
    stage 造纸 2 抄纸 下游 纸
    stage 化工 1 胶 中游 胶;粘合剂
    recipe 纸 抄造 浆 必需 1
    recipe 纸 抄造 助剂 必需 0.1
    recipe 胶 乳化 助剂 必需 0.5
    production 甲 纸 在产
    production 乙 胶 在产
"""


def test_a_finding_stands_in_its_stages_or_those_of_its_users() -> None:
    gaps = gaps_of(PLACED)
    placed = {
        names([f.product])[0]: (sorted(names(f.chains)), sorted(s.order for s in f.stages))
        for f in gaps.findings
        if f.kind == "missing"
    }
    assert placed == {"浆": (["造纸"], [1]), "助剂": (["化工", "造纸"], [1, 2])}
    assert {names([f.product])[0] for f in gaps.of_chain(f"{ID}chain/化工")} == {"助剂"}
    counts = {names([s.chain])[0]: s.counts["missing"] for s in summarize(gaps)}
    assert counts == {"化工": 1, "造纸": 2}
    assert gaps.of_chain("no such chain") == ()


def test_each_anchor_answers_for_its_own() -> None:
    gaps = gaps_of(PLACED)
    found = {
        firm: {names([f.product])[0] for f in gaps.of_anchor(org(firm)) if f.kind == "missing"}
        for firm in ("甲", "乙", "丙")
    }
    assert found == {"甲": {"浆", "助剂"}, "乙": {"助剂"}, "丙": set()}


def test_beyond_what_is_made_locally_an_anchor_answers_for_nothing() -> None:
    text = """
    recipe 纸 抄造 浆 必需 1
    recipe 浆 制浆 片 必需 1
    recipe 片 切片 竹 必需 1
    production 甲 纸 在产
    production 乙 片 在产
    """
    gaps = gaps_of(text)
    assert {(f.kind, names([f.product])[0]) for f in gaps.of_anchor(org("甲"))} == {("break", "浆")}
    assert ("missing", "竹") in kinds(gaps)


# ------------------------------------------------------------------ surplus


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.integers(1, 50), min_size=1, max_size=3),
    st.lists(st.integers(1, 30), max_size=3),
    st.sampled_from([Decimal("0.5"), Decimal("1.5")]),
    st.sampled_from([Decimal("0.25"), Decimal(2)]),
)
def test_surplus_is_capacity_less_need_and_scale_is_surplus_over_coefficient(
    supplies: list[int], papers: list[int], used: Decimal, outlet: Decimal
) -> None:
    makers = [(f"M{i}", "pulp") for i in range(len(supplies))] + [
        (f"P{i}", "paper") for i in range(len(papers))
    ]
    base = recipe_network([], makers, products=["fibre"])
    amounts = {f"M{i}": n for i, n in enumerate(supplies)} | {f"P{i}": n for i, n in enumerate(papers)}
    production = tuple(
        replace(fact, capacity=Decimal(amounts[fact.organization]), unit="t-a") for fact in base.production
    )
    routes = {
        output: (Route(output, output, (Input("pulp", "required", coefficient, ("recipe",)),)),)
        for output, coefficient in (("fibre", outlet), ("paper", used))
    }
    uses = {"pulp": (*routes["fibre"], *routes["paper"])}
    rows = find_surplus(find_gaps(replace(base, production=production, routes=routes, uses=uses)))
    left = sum(supplies) - used * sum(papers)
    if left <= 0:
        assert rows == ()
        return
    (row,) = rows
    assert (row.product, row.capacity, row.need, row.surplus) == (
        "pulp",
        sum(supplies),
        used * sum(papers),
        left,
    )
    # What nobody makes is an outlet; paper is one only while nobody makes it.
    scales = {"fibre": left / outlet} | ({} if papers else {"paper": left / used})
    assert {o.route.output: o.scale for o in row.outlets} == scales
    assert total_known(rows) == (left, 1, 1)


def test_unknown_surpluses_are_counted_and_never_added() -> None:
    text = """
    recipe 纸 抄造 浆 必需 1
    recipe 布 织造 纱 必需 1
    production 甲 浆 在产 30 吨/年
    production 乙 纱 在产
    """
    rows = find_surplus(gaps_of(text))
    assert [(names([r.product])[0], r.surplus, r.outlets[0].scale) for r in rows] == [
        ("浆", Decimal(30), Decimal(30)),
        ("纱", None, None),
    ]
    assert total_known(rows) == (Decimal(30), 1, 2)
    assert total_known(()) == (Decimal(0), 0, 0)


# ------------------------------------------------------------------ the reasons in words


def reasons(text: str, kind: str, as_of: str = "2025") -> tuple[str, str]:
    gaps = gaps_of(text, as_of)
    finding = one(gaps, kind)
    return why(finding, gaps.network, "zh"), why(finding, gaps.network, "en")


PAPER = "recipe 纸 抄造 浆 必需 1\nproduction 甲 纸 在产 10 万吨/年 2024\n"


@pytest.mark.parametrize(
    ("text", "kind", "zh", "en"),
    [
        (
            PAPER,
            "missing",
            "台账中（截至 2025）没有记录到本地生产企业。本地在产的纸需要它。",
            "The ledgers (as of 2025) record no local producer. It is needed for 纸, made locally.",
        ),
        (
            PAPER
            + "recipe 浆 制浆 竹 必需 2\nproduction 乙 竹 在产\norganization 外 外地\nsupply 外 甲 浆 货物",
            "break",
            (
                "台账中（截至 2025）没有记录到本地生产企业。本地在产的纸需要它。"
                "上游竹有本地企业在产，下游也有，只断在这一环。有记录的外地供应方：外。"
            ),
            (
                "The ledgers (as of 2025) record no local producer. It is needed for 纸, made locally. "
                "Upstream 竹 is made locally and so is the downstream: only this link is lacking. "
                "Suppliers from outside on record: 外."
            ),
        ),
        (
            PAPER.replace("在产", "在建") + "production 乙 浆 在建 5 万吨/年 2024",
            "missing",
            "台账中（截至 2025）没有记录到本地生产企业。在补的纸投产后需要它。在补：乙（5万吨/年，在建）。",
            (
                "The ledgers (as of 2025) record no local producer. "
                "It will be needed for 纸, once the projects are on stream. "
                "In the pipeline: 乙 (50,000 t/a, under construction)."
            ),
        ),
        (
            PAPER + "production 乙 浆 在产 2 万吨/年 2024",
            "weak",
            "台账所载本地产能2万吨/年，本地需求10万吨/年，只够20%。",
            "Local capacity on record is 20 kt/a, local need 100 kt/a: it covers 20%.",
        ),
        (
            PAPER + "production 乙 浆 在产 9 万吨/年 2024\nproduction 丙 浆 在产 1 万吨/年 2024",
            "weak",
            "台账所载产能的90%归同一控制方，而别的本地企业需要它。",
            "One controlling group holds 90% of the capacity on record, and other local firms need the product.",
        ),
        (
            PAPER + "production 乙 浆 在产",
            "weak",
            "产能不明；按家数，台账所载生产企业的100%归同一控制方，而别的本地企业需要它。",
            (
                "Capacities are unknown; by number, one controlling group holds 100% of the producers on record, "
                "and other local firms need the product."
            ),
        ),
        (
            PAPER + "production 乙 浆 在产",
            "latent",
            "乙生产它，甲需要它，都在本地；台账中（截至 2025）没有记录到两者之间的交易。",
            "Made by 乙, needed by 甲, all local; the ledgers (as of 2025) record no trade between them.",
        ),
        (
            "recipe 纸 抄造 浆 必需\nproduction 乙 浆 在产",
            "short",
            "乙在产；已知可做纸，台账中（截至 2025）没有记录到本地企业承接。",
            "Made by 乙; it can become 纸, and the ledgers (as of 2025) record no local firm that takes it up.",
        ),
        (
            "chain 链 2025\nstage 链 1 一 上游 甲品\nstage 链 2 二 下游 乙品",
            "blank",
            "参考清单的2个环节中，台账（截至 2025）只记录到0个有本地生产企业。",
            "Of the 2 stages of the reference list, the ledgers (as of 2025) record a local producer for 0.",
        ),
    ],
)
def test_the_reason_is_told_in_both_languages(text: str, kind: str, zh: str, en: str) -> None:
    assert reasons(text, kind) == (zh, en)


def test_the_way_through_a_plant_is_told() -> None:
    zh, en = reasons(
        "recipe 树脂 缩聚 双酚 装置内 1\nrecipe 双酚 缩合 苯酚 必需 1\nproduction 甲 树脂 在产", "missing"
    )
    assert "中间经过装置内的双酚。" in zh
    assert "The need runs through 双酚, made inside the plant." in en


def test_a_probable_maker_is_told_as_to_be_verified() -> None:
    text = """
    recipe 乙烯 裂解 石脑油 必需
    recipe 丙烯 裂解 石脑油 必需
    recipe 聚丙烯 聚合 丙烯 必需
    product 石脑油 原料
    production 甲 乙烯 在产
    production 乙 聚丙烯 在产
    """
    zh, en = reasons(text, "missing")
    assert zh.endswith("待核实：甲的装置通常会产出它（按规则推断，E6）。")
    assert en.endswith("To be verified: the plant of 甲 would usually yield it (inferred by rule, E6).")


@pytest.mark.parametrize(
    ("count", "zh", "en"),
    [
        (0, "", ""),
        (1, "一", "一"),
        (4, "一、二、三、四", "一, 二, 三, 四"),
        (5, "一、二、三、四等5家", "一, 二, 三, 四 and others (5 in all)"),
        (7, "一、二、三、四等7家", "一, 二, 三, 四 and others (7 in all)"),
    ],
)
def test_long_lists_are_cut_and_counted(count: int, zh: str, en: str) -> None:
    every = list("一二三四五六七")[:count]
    network = recipe_network([], [])
    assert Phrases(network, "zh").listed([*every, *every]) == zh
    assert Phrases(network, "en").listed([*every, *every]) == en


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        (
            "production 甲 浆 在产 12.50 万吨/年 2024",
            "甲（12.5万吨/年，在产）",
            "甲 (125,000 t/a, in production)",
        ),
        ("production 甲 浆 在产", "甲（在产）", "甲 (in production)"),
        ("supply 甲 乙 浆 货物", "甲（有供货记录）", "甲 (recorded as delivering)"),
    ],
)
def test_makers_are_told_with_their_ground(text: str, zh: str, en: str) -> None:
    gaps = gaps_of(text)
    makers = gaps.presence.makers_of(product("浆"))
    assert Phrases(gaps.network, "zh").makers(makers) == (zh,)
    assert Phrases(gaps.network, "en").makers(makers) == (en,)


@pytest.mark.parametrize(
    ("owner", "zh", "en"),
    [("甲", "甲（签约，项目：新线）", "甲 (signed, project: 新线)"), ("-", "新线（签约）", "新线 (signed)")],
)
def test_a_project_is_named_beside_its_owner_and_once_by_itself(owner: str, zh: str, en: str) -> None:
    gaps = gaps_of(f"project 新线 {owner} 浆\nevent 新线 签约 2024")
    makers = gaps.presence.pipeline_of(product("浆"))
    assert Phrases(gaps.network, "zh").makers(makers) == (zh,)
    assert Phrases(gaps.network, "en").makers(makers) == (en,)
