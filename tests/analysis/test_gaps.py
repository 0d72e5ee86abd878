"""Each kind of finding: when it is one, when it is not, and its numbers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analysis.gaps import KINDS, Gaps, find_gaps
from kg.analysis.gaps.chain_summary import summarize
from kg.analysis.gaps.explain import why
from kg.analysis.thresholds import Thresholds
from kg.names import ID
from tests.small_city import names, network_of, org, product


def gaps_of(text: str, as_of: str | None = None, **options) -> Gaps:
    return find_gaps(network_of(text, as_of), **options)


def found(text: str, as_of: str | None = None, **options) -> dict[str, list[str]]:
    """Products by kind of finding."""
    kinds: dict[str, list[str]] = {}
    for finding in gaps_of(text, as_of, **options).findings:
        kinds.setdefault(finding.kind, []).append(names([finding.product or finding.chains[0]])[0])
    return kinds


def only(text: str, kind: str, as_of: str | None = None):
    (finding,) = (f for f in gaps_of(text, as_of).findings if f.kind == kind)
    return finding


PAPER = "recipe 纸 抄造 浆 必需 1.1\nrecipe 浆 制浆 碱 必需 0.2\nproduction 甲 纸 在产 10 万吨/年 2024\n"


# ------------------------------------------------------------------ missing and break


def test_missing_without_a_maker_of_its_inputs() -> None:
    assert found(PAPER) == {"missing": ["浆"]}


def test_break_between_a_maker_upstream_and_a_user_downstream() -> None:
    finding = only(PAPER + "production 乙 碱 在产", "break")
    assert (names([finding.product]), names(finding.related)) == (["浆"], ["碱"])
    assert [names(need.users) for need in finding.needs] == [["甲"]]


def test_an_auxiliary_upstream_makes_no_break() -> None:
    text = PAPER.replace("碱 必需 0.2", "碱 辅助 -") + "production 乙 碱 在产"
    assert found(text) == {"missing": ["浆"], "short": ["碱"]}


def test_no_break_for_what_only_projects_will_need() -> None:
    text = PAPER.replace("纸 在产", "纸 在建") + "production 乙 碱 在产"
    assert found(text) == {"missing": ["浆"], "short": ["碱"]}
    assert "missing" not in found(text, with_pipeline=False)


def test_raw_materials_are_bought_in() -> None:
    assert found("product 浆 原料\n" + PAPER) == {}


def test_a_maker_of_a_narrower_product_fills_the_gap() -> None:
    assert found("product 白浆 中间品 浆\n" + PAPER + "production 乙 白浆 在产")["missing"] == ["碱"]


def test_makers_of_a_broader_product_are_named_as_perhaps_making_it() -> None:
    text = "source t 2024 E3\nproduct 白浆 中间品 浆\nrecipe 纸 抄造 白浆 必需\nproduction 甲 纸 在产\nproduction 乙 浆 在产 5 吨/年 2024 @t"
    finding = only(text, "missing")
    assert (names(finding.wider), "t" in finding.sources) == (["乙"], True)
    told = why(finding, network_of(text), "zh")
    assert told.endswith("生产其上位产品的有：乙（浆，5吨/年，在产）；是否也做它，台账没有写明。")


def test_probable_co_products_are_told_last_with_e6_and_are_no_break() -> None:
    text = """
    product 石脑油 原料
    recipe 乙烯 裂解 石脑油 必需
    recipe 丙烯 裂解 石脑油 必需
    recipe 丙烯 脱氢 丙烷 必需
    recipe 聚丙烯 聚合 丙烯 必需
    recipe 纸 抄造 浆 必需
    production 甲 乙烯 在产
    production 甲 丙烷 在产
    production 乙 聚丙烯 在产
    production 丙 纸 在产
    """
    findings = [f for f in gaps_of(text).findings if f.kind in ("missing", "break")]
    assert [(f.kind, names([f.product])[0], names(f.inferred), f.evidence) for f in findings] == [
        ("missing", "浆", [], "e5"),
        ("missing", "丙烯", ["甲"], "e6"),
    ]


def test_filled_gaps_come_after_open_ones() -> None:
    text = """
    recipe 纸 抄造 浆 必需
    recipe 板 压制 胶 必需
    production 甲 纸 在产
    production 乙 板 在产
    production 丙 浆 在建
    """
    findings = [f for f in gaps_of(text).findings if f.kind == "missing"]
    assert [(names([f.product])[0], names(f.pipeline)) for f in findings] == [("胶", []), ("浆", ["丙"])]


def test_suppliers_from_outside_are_told() -> None:
    text = (
        "organization 外 外地\n"
        + PAPER
        + "supply 外 甲 浆 货物\nsupply 外 甲 浆 技术许可\norganization 谜 不明\nsupply 谜 甲 浆 货物"
    )
    finding = only(text, "missing")
    assert names(finding.outside) == ["外", "谜"]
    told = why(finding, network_of(text), "zh")
    assert told.endswith("有记录的外地供应方：外。有记录的供应方，所在地未载：谜。")


def test_a_supplier_of_the_city_that_has_closed_is_no_supplier_from_outside() -> None:
    text = "organization 老厂 本地 1990 2020\n" + PAPER + "supply 老厂 甲 浆 货物 2019"
    assert only(text, "missing").outside == ()


# ------------------------------------------------------------------ weak


MILLS = "recipe 纸 抄造 浆 必需 1.1\n"


@pytest.mark.parametrize(
    ("pulp", "paper", "ratio"),
    [
        ("10 万吨/年", "20 万吨/年", Decimal(10) / 22),
        ("10 万吨/年", "100000 吨/年", None),
        ("11 万吨/年", "20 万吨/年", None),  # exactly half of what is needed
        ("10.9 万吨/年", "20 万吨/年", Decimal("10.9") / 22),
    ],
)
def test_weak_by_tonnes(pulp: str, paper: str, ratio: Decimal | None) -> None:
    text = (
        MILLS
        + f"production 甲 浆 在产 {pulp} 2024\nproduction 丁 浆 在产 0.001 吨/年 2024\nproduction 乙 纸 在产 {paper} 2024"
    )
    limits = Thresholds(single_group_share=Decimal(2))  # no share reaches it: only tonnes decide
    findings = [
        f
        for f in gaps_of(
            text.replace("production 丁 浆 在产 0.001 吨/年 2024\n", ""), thresholds=limits
        ).findings
        if f.kind == "weak"
    ]
    assert [(f.ratio, f.quantified) for f in findings] == ([] if ratio is None else [(ratio, True)])


@pytest.mark.parametrize(
    ("first", "second", "ratio", "quantified"),
    [
        ("80 万吨/年", "20 万吨/年", Decimal("0.8"), True),
        ("79 万吨/年", "21 万吨/年", None, True),
        ("80 万吨/年", "- -", None, False),  # unknown is not zero: two makers, half each
        ("0 吨/年", "0 吨/年", Decimal(1), True),
    ],
)
def test_weak_by_the_largest_holder(first: str, second: str, ratio: Decimal | None, quantified: bool) -> None:
    text = (
        MILLS
        + f"production 甲 浆 在产 {first} 2024\nproduction 乙 浆 在产 {second} 2024\nproduction 丙 纸 在产"
    )
    findings = [f for f in gaps_of(text).findings if f.kind == "weak"]
    assert [(f.ratio, f.quantified) for f in findings] == ([] if ratio is None else [(ratio, quantified)])


@pytest.mark.parametrize(
    ("control", "weak"),
    [
        ("own 甲 乙 60", True),
        ("own 己 甲 60\nown 己 乙 60", True),
        ("own 甲 乙 50\nown 己 乙 50", False),
        ("own 己 甲 60", False),
    ],
)
def test_weak_by_one_group(control: str, weak: bool) -> None:
    text = (
        MILLS
        + f"production 甲 浆 在产 60 吨/年 2024\nproduction 乙 浆 在产 40 吨/年 2024\nproduction 丙 纸 在产\n{control}"
    )
    assert ("weak" in found(text)) is weak


def test_who_feeds_itself_is_no_thin_supply() -> None:
    text = MILLS + "production 甲 浆 在产\nproduction 甲 纸 在产"
    assert "weak" not in found(text)
    assert "weak" not in found(MILLS + "production 甲 浆 在产\nproduction 乙 纸 在产\nown 甲 乙 60")
    assert "weak" in found(MILLS + "production 甲 浆 在产\nproduction 乙 纸 在产\nown 甲 乙 50")


KINDS_OF_PULP = "product 白浆 中间品 浆\nproduct 棕浆 中间品 浆\n"


def test_what_a_firm_makes_of_kinds_is_part_of_what_it_makes() -> None:
    text = KINDS_OF_PULP + "recipe 纸 抄造 浆 必需 1\nproduction 丙 纸 在产 100 吨/年 2024\n"
    text += "production 甲 浆 在产 40 吨/年 2024\nproduction 甲 白浆 在产 30 吨/年 2024\n"
    assert only(text, "weak").coverage == (Decimal(40), Decimal(100))
    more = text.replace("白浆 在产 30", "白浆 在产 60")  # the kinds say more than the whole
    assert "weak" in found(more)
    assert only(more, "weak").ratio == 1
    # Two firms, one of them with kinds of it on record as well: half each, not three quarters.
    text = KINDS_OF_PULP + "recipe 纸 抄造 浆 必需\nproduction 丙 纸 在产\nproduction 乙 浆 在产\n"
    text += "\n".join(f"production 甲 {kind} 在产" for kind in ("浆", "白浆", "棕浆"))
    assert "weak" not in found(text, thresholds=Thresholds(single_group_share=Decimal("0.51")))


def test_a_share_is_not_told_as_coverage() -> None:
    text = "recipe 纸 抄造 浆 必需 1\nproduction 甲 浆 在产 5 吨/年 2024\nproduction 丙 纸 在产 5 吨/年 2024"
    finding = only(text, "weak")
    assert (finding.ratio, finding.coverage) == (1, None)
    assert why(finding, network_of(text), "zh") == "台账所载产能的100%归同一控制方，而别的本地企业需要它。"


def test_limits_are_settings() -> None:
    text = (
        MILLS
        + "production 甲 浆 在产 60 吨/年 2024\nproduction 乙 浆 在产 40 吨/年 2024\nproduction 丙 纸 在产"
    )
    assert "weak" not in found(text)
    assert "weak" in found(text, thresholds=Thresholds(single_group_share=Decimal("0.6")))


# ------------------------------------------------------------------ latent


@pytest.mark.parametrize(
    ("facts", "latent"),
    [
        ("", True),
        ("supply 甲 乙 浆 货物", False),
        ("supply 甲 乙 浆 技术许可", True),
        ("own 甲 乙 60", False),
        ("own 乙 甲 60", False),
        ("own 甲 乙 50", True),
        ("production 乙 浆 在产", False),
        ("product 白浆 中间品 浆\nsupply 甲 乙 白浆 货物", False),
    ],
)
def test_latent_between_strangers(facts: str, latent: bool) -> None:
    text = MILLS + f"production 甲 浆 在产\nproduction 乙 纸 在产\n{facts}"
    assert ("latent" in found(text)) is latent


def test_latent_needs_a_buyer_in_production() -> None:
    assert "latent" not in found(MILLS + "production 甲 浆 在产\nproduction 乙 纸 在建")
    assert "latent" not in found(MILLS + "production 甲 浆 在建\nproduction 乙 纸 在产")


def test_latent_names_only_the_open_buyers() -> None:
    text = MILLS + "production 甲 浆 在产\nproduction 乙 纸 在产\nproduction 丙 纸 在产\nsupply 甲 乙 浆 货物"
    assert [names(need.users) for need in only(text, "latent").needs] == [["丙"]]


def test_at_an_earlier_date_the_trade_is_not_known() -> None:
    text = (
        "source t 2020 E4\n"
        + MILLS
        + "production 甲 浆 在产 - - 2020\nproduction 乙 纸 在产 - - 2020\nsupply 甲 乙 浆 货物 2024"
    )
    assert "latent" in found(text, "2023")
    assert "latent" not in found(text, "2024")


# ------------------------------------------------------------------ short, strong, blank, blocked


def test_short_until_somebody_takes_it_up() -> None:
    text = MILLS + "recipe 袋 糊制 浆 必需\nproduction 甲 浆 在产\n"
    assert sorted(names(only(text, "short").related)) == ["纸", "袋"]
    assert "short" not in found(text + "production 乙 袋 在产")
    assert "short" not in found(text + "supply 乙 丙 袋 货物")
    assert "short" not in found("production 甲 浆 在产")  # without known uses nothing is said
    assert names(only(text + "production 乙 袋 在建", "short").pipeline) == ["乙"]


def test_captive_use_is_use() -> None:
    text = MILLS + "production 甲 浆 在产\n"
    assert "short" in found(text)
    assert "short" not in found(text + "supply 甲 甲 浆 货物")
    assert "short" in found(text + "organization 外 外地\nsupply 外 外 浆 货物")  # what others do elsewhere


@pytest.mark.parametrize(
    ("grade", "strong"),
    [
        ("专精特新“小巨人”企业", True),
        ("制造业单项冠军", True),
        ("高新技术企业", False),
        ("专精特新中小企业", False),
    ],
)
def test_strong_by_a_leading_grade(grade: str, strong: bool) -> None:
    text = f"source t 2024 E3\nproduction 甲 浆 在产\ngrade 甲 {grade} 2024 - @t"
    assert ("strong" in found(text)) is strong
    if strong:
        assert only(text, "strong").sources == ("s", "t")
        assert "strong" not in found(text, "2023")


def test_a_grade_that_ran_out_is_no_strength() -> None:
    text = "source t 2020 E3\nproduction 甲 浆 在产 - - 2020 @t\ngrade 甲 制造业单项冠军 2020 2023 @t"
    assert ("strong" in found(text, "2023"), "strong" in found(text, "2024")) == (True, False)


CHAIN = "chain 链 2025\nstage 链 1 一 上游 a\nstage 链 2 二 中游 b;c\nstage 链 3 三 下游 d\nstage 链 4 四 下游 e\nstage 链 5 五 下游 f\n"


@pytest.mark.parametrize(
    ("facts", "blank", "covered", "coming"),
    [("", True, 0, 0), ("production 甲 c 在产", False, 1, 0), ("production 甲 c 在建", True, 0, 1)],
)
def test_blank_below_a_fifth_of_the_stages(facts: str, blank: bool, covered: int, coming: int) -> None:
    gaps = gaps_of(CHAIN + facts)
    assert any(f.kind == "blank" for f in gaps.findings) is blank
    (summary,) = summarize(gaps)
    assert (summary.stages, summary.covered, summary.coming) == (5, covered, coming)


def test_a_chain_of_one_stage() -> None:
    (summary,) = summarize(gaps_of("chain 链 2025\nstage 链 1 一 上游 a\nproduction 甲 a 在产"))
    assert (summary.stages, summary.covered, sum(summary.counts.values())) == (1, 1, 0)
    assert found("chain 链 2025\nstage 链 1 一 上游 a") == {"blank": ["链"]}


def test_a_chain_without_stages_is_not_judged() -> None:
    assert summarize(gaps_of("chain 链 2025\nproduction 甲 a 在产")) == ()


@pytest.mark.parametrize(
    ("issue", "blocked"),
    [
        ("浆 甲 2024 未销号", True),
        ("浆 甲 2024 已销号", False),
        ("- 甲 2024 未销号", False),
        ("浆 甲 2026 未销号", False),
    ],
)
def test_blocked_by_an_open_issue_on_a_product(issue: str, blocked: bool) -> None:
    assert ("blocked" in found(f"issue 一 {issue}\nproduction 甲 浆 在产")) is blocked


# ------------------------------------------------------------------ places, anchors, edges


def test_a_finding_stands_where_its_product_stands_or_its_users() -> None:
    text = "chain 链 2025\nstage 链 1 制浆 上游 浆\nstage 链 2 抄造 下游 纸\n" + PAPER
    assert names(s.iri for s in only(text, "missing").stages) == ["制浆"]
    text = "chain 链 2025\nstage 链 2 抄造 下游 纸\n" + PAPER
    finding = only(text, "missing")
    assert (names(s.iri for s in finding.stages), names(finding.chains)) == (["抄造"], ["链"])
    gaps = gaps_of(text)
    assert gaps.of_chain(f"{ID}chain/链") == tuple(f for f in gaps.findings if f.chains)
    assert gaps.of_chain("urn:none") == ()


def test_an_anchor_answers_for_what_is_missing_on_the_way() -> None:
    text = (
        PAPER + "production 丙 板 在产\nrecipe 板 压制 胶 必需\nrecipe 碱 电解 卤 必需\nproduction 丁 胶 在产"
    )
    gaps = gaps_of(text)
    assert [(f.kind, names([f.product])[0]) for f in gaps.of_anchor(org("甲"))] == [("missing", "浆")]
    assert [(f.kind, names([f.product])[0]) for f in gaps.of_anchor(org("丙"))] == [
        ("weak", "胶"),
        ("latent", "胶"),
    ]
    assert {f.product for f in gaps.of_anchor(org("丁"))} == {product("胶")}


@pytest.mark.parametrize(
    "text", ["organization 甲 本地", "chain 链 2025", "product 浆 中间品\nrecipe 纸 抄造 浆 必需"]
)
def test_nothing_in_nothing_out(text: str) -> None:
    assert gaps_of(text).findings == ()


def test_findings_come_in_the_order_of_action() -> None:
    text = (
        PAPER
        + "production 乙 碱 在产\nproduction 丙 板 在产\nrecipe 板 压制 胶 必需\nissue 一 纸 甲 2024 未销号\n"
        + CHAIN
    )
    kinds = [KINDS.index(f.kind) for f in gaps_of(text).findings]
    assert kinds == sorted(kinds)
    assert len(set(kinds)) >= 4


PRODUCTS = "abcdef"
_PRODUCT = st.sampled_from(PRODUCTS)
_RECIPES = st.dictionaries(
    st.tuples(_PRODUCT, st.sampled_from("12"), _PRODUCT),
    st.sampled_from(["必需", "装置内", "辅助"]),
    max_size=9,
)
_MADE = st.tuples(
    st.sampled_from("甲乙丙"), st.sampled_from(PRODUCTS), st.sampled_from(["在产", "在建", "停产"])
)


@settings(max_examples=40, deadline=None)
@given(_RECIPES, st.sets(_MADE, max_size=6), st.dictionaries(_PRODUCT, _PRODUCT, max_size=2), _PRODUCT)
def test_a_new_maker_never_makes_its_product_missing(recipes, made, broader, new) -> None:
    lines = [f"recipe {o} {r} {i} {kind}" for (o, r, i), kind in recipes.items()]
    lines += [f"production {firm} {p} {status} - - 2024" for firm, p, status in made]
    lines += [f"product {p} 中间品 {up}" for p, up in broader.items() if p != up]
    base = gaps_of("\n".join([*lines, "organization 甲 本地"]))
    after = gaps_of("\n".join([*lines, f"production 新厂 {new} 在产 - - 2024"]))
    gone = {f.product for f in after.findings if f.kind in ("missing", "break")}
    assert product(new) not in gone
    assert not {f.product for f in base.findings if f.kind in ("missing", "break")} & set(
        base.presence.makers
    )
