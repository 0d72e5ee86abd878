"""What the maps are drawn from, on cities of a few lines: one question each."""

from __future__ import annotations

import pytest

from kg.analysis.clusters import find_clusters
from kg.analysis.gaps import find_gaps
from kg.names import ID
from tests.small_city import network_of, org, product
from visual.from_analysis import anchor_network, chain_state, cluster_state
from visual.inputs import AnchorNetwork, ChainState, ClusterState


def chain_of(text: str) -> ChainState:
    return chain_state(find_gaps(network_of(text)), f"{ID}chain/链")


def anchor_of(text: str, name: str = "月") -> AnchorNetwork:
    network = network_of(text)
    return anchor_network(find_gaps(network), find_clusters(network), org(name))


def sky_of(text: str) -> ClusterState:
    return cluster_state(find_clusters(network_of(text)))


def states(chain: ChainState) -> dict[str, str]:
    return {p.product.zh: p.state for stage in chain.stages for p in stage.products}


CHAIN = """
chain 链 2025
stage 链 1 头 上游 料
stage 链 2 中 中游 浆;片
stage 链 3 尾 下游 布;纸
"""


# ---------------------------------------------------------------- states of products


@pytest.mark.parametrize(
    ("facts", "name", "state"),
    [
        ("", "浆", "unknown"),
        ("production 甲厂 浆 在产 - - 2024", "浆", "made"),
        ("production 甲厂 浆 停产 - - 2024", "浆", "unknown"),
        ("production 甲厂 浆 在建 - - 2024", "浆", "pipeline"),
        ("production 甲厂 浆 规划 - - 2024", "浆", "pipeline"),
        ("organization 甲厂 外地\nproduction 甲厂 浆 在产 - - 2024", "浆", "unknown"),
        ("production 甲厂 布 在产 - - 2024\nrecipe 布 织 浆 必需", "浆", "missing"),
        ("production 甲厂 布 在产 - - 2024\nrecipe 布 织 浆 辅助", "浆", "unknown"),
        ("product 浆 原料\nproduction 甲厂 布 在产 - - 2024\nrecipe 布 织 浆 必需", "浆", "unknown"),
        (
            (
                "production 甲厂 布 在产 - - 2024\nproduction 乙厂 料 在产 - - 2024\n"
                "recipe 布 织 浆 必需\nrecipe 浆 煮 料 必需"
            ),
            "浆",
            "break",
        ),
        (
            "production 甲厂 布 在产 - - 2024\nrecipe 布 织 浆 装置内\nrecipe 浆 煮 料 必需",
            "浆",
            "in-unit",
        ),
        (
            "product 炼 工艺能力\nproduction 甲厂 炼 在产 - - 2024\nrecipe 浆 炼 料 必需",
            "浆",
            "inferred",
        ),
        ("production 甲厂 浆 在产 - - 2024\ngrade 甲厂 专精特新“小巨人”企业 2024 2027", "浆", "strong"),
        (
            "production 甲厂 浆 在产 - - 2024\nproduction 乙厂 布 在产 - - 2024\nrecipe 布 织 浆 必需",
            "浆",
            "weak",
        ),
        (
            (
                "production 甲厂 浆 在产 - - 2024\ngrade 甲厂 专精特新“小巨人”企业 2024 2027\n"
                "production 乙厂 布 在产 - - 2024\nrecipe 布 织 浆 必需"
            ),
            "浆",
            "weak",  # what is thin is told before what is strong
        ),
        ("project 厂房 甲厂 浆\nevent 厂房 在谈 2024", "浆", "unknown"),
        ("project 厂房 甲厂 浆\nevent 厂房 签约 2024", "浆", "pipeline"),
        ("project 厂房 甲厂 浆\nevent 厂房 投产 2024", "浆", "made"),
        ("project 厂房 甲厂 浆\nevent 厂房 签约 2024\nevent 厂房 终止 2024", "浆", "unknown"),
        ("supply 甲厂 乙厂 浆 货物 2024", "浆", "made"),
        ("supply 甲厂 乙厂 浆 技术许可 2024", "浆", "unknown"),
    ],
)
def test_a_product_is_drawn_in_the_state_its_facts_give_it(facts: str, name: str, state: str) -> None:
    assert states(chain_of(f"{CHAIN}\n{facts}"))[name] == state


def test_a_missing_product_with_a_project_is_coming_and_still_tells_why_it_is_missing() -> None:
    chain = chain_of(
        f"{CHAIN}\nproduction 甲厂 布 在产 - - 2024\nrecipe 布 织 浆 必需\nproduction 乙厂 浆 在建 2 万吨/年 2024"
    )
    (pulp,) = [p for s in chain.stages for p in s.products if p.product.zh == "浆"]
    assert pulp.state == "pipeline"
    assert [(m.organization.zh, m.capacity, m.status.en) for m in pulp.pipeline] == [
        ("乙厂", "2 万吨/年", "under construction")
    ]
    assert "没有记录到本地生产企业" in pulp.why.zh
    assert "在补：乙厂" in pulp.why.zh


def test_a_chain_without_stages_is_empty() -> None:
    chain = chain_of("chain 链 2025")
    assert (chain.stages, chain.links, chain.chain.zh) == ((), (), "链")


# ---------------------------------------------------------------- recipes


def test_two_needs_by_routes_of_one_name_keep_both_recipes() -> None:
    """Many recipes are simply called polymerisation: each is a fact of its own."""
    chain = chain_of(
        f"{CHAIN}\nproduction 甲厂 布 在产 - - 2024\nproduction 乙厂 纸 在产 - - 2024\n"
        "recipe 布 加工 浆 必需\nrecipe 纸 加工 浆 必需"
    )
    (pulp,) = [p for s in chain.stages for p in s.products if p.product.zh == "浆"]
    assert sorted(need.zh for need in pulp.needed_by) == ["布", "纸"]
    assert sorted(fact.value.zh for fact in pulp.facts) == ["加工：浆 → 布", "加工：浆 → 纸"]


def test_two_routes_from_one_product_to_another_are_two_links() -> None:
    chain = chain_of(f"{CHAIN}\nrecipe 布 湿法 浆 必需\nrecipe 布 干法 浆 必需")
    assert sorted((link.source, link.target, link.route) for link in chain.links) == [
        (product("浆"), product("布"), "干法"),
        (product("浆"), product("布"), "湿法"),
    ]


def test_a_recipe_written_by_two_handbooks_has_two_facts() -> None:
    chain = chain_of(f"source z 1999 E2 另一手册\n{CHAIN}\nrecipe 布 织 浆 必需 @r;z")
    ((link),) = chain.links
    assert sorted((f.source, f.date, f.evidence, f.source_title) for f in link.facts) == [
        ("r", "2000", "E5", "手册"),
        ("z", "1999", "E2", "另一手册"),
    ]


def test_a_recipe_is_written_with_all_its_inputs_in_each_languages_punctuation() -> None:
    chain = chain_of(f"{CHAIN}\nrecipe 布 织 浆 必需\nrecipe 布 织 片 必需")
    values = {(fact.value.zh, fact.value.en) for link in chain.links for fact in link.facts}
    assert len(values) == 1
    ((zh, en),) = values
    assert zh in {"织：浆、片 → 布", "织：片、浆 → 布"}
    assert en in {"织: 浆, 片 → 布", "织: 片, 浆 → 布"}


# ---------------------------------------------------------------- around an anchor


def test_a_firm_that_sells_and_buys_stands_on_both_sides() -> None:
    network = anchor_of("anchor 月 链\nchain 链 2025\nsupply 星 月 甲 货物 2024\nsupply 月 星 乙 货物 2024")
    (star,) = network.firms
    assert (star.organization.zh, star.tier, star.direction) == ("星", 1, "both")
    assert {(link.source, link.target) for link in network.links} == {
        (org("星"), org("月")),
        (org("月"), org("星")),
    }


def test_the_nearer_side_counts_where_a_firm_is_reached_both_ways() -> None:
    network = anchor_of(
        "anchor 月 链\nchain 链 2025\nsupply 星 月 甲 货物 2024\n"
        "supply 月 中 乙 货物 2024\nsupply 中 星 丙 货物 2024"
    )
    star = next(firm for firm in network.firms if firm.organization.zh == "星")
    assert (star.tier, star.direction) == (1, "upstream")


def test_firms_more_than_three_steps_away_are_not_on_the_map() -> None:
    steps = "\n".join(f"supply 星{k} {'月' if k == 1 else f'星{k - 1}'} 货{k} 货物 2024" for k in range(1, 6))
    network = anchor_of(f"anchor 月 链\nchain 链 2025\n{steps}")
    assert sorted((firm.organization.zh, firm.tier) for firm in network.firms) == [
        ("星1", 1),
        ("星2", 2),
        ("星3", 3),
    ]
    assert len(network.links) == 3  # and no line leads off the map
    third = next(firm for firm in network.firms if firm.tier == 3)
    assert third.path.zh == "星1 —货1→ 月；星2 —货2→ 星1；星3 —货3→ 星2"
    assert len(third.facts) == 3


def test_all_that_two_firms_trade_is_on_the_map_and_nothing_inferred_beside_it() -> None:
    text = (
        "anchor 月 链\nchain 链 2025\nsupply 星 月 甲 货物 2024\nsupply 星 月 乙 能源 2024\n"
        "supply 星 月 丙 设备 2024\nproduction 星 丁 在产 - - 2024\nproduction 月 戊 在产 - - 2024\nrecipe 戊 法 丁 必需"
    )
    for links in (anchor_of(text).links, sky_of(text).links):
        assert [(link.product.zh, link.basis) for link in links if link.product] == [
            ("乙", "recorded"),
            ("甲", "recorded"),
        ]  # 乙 sorts before 甲; equipment is no link; 丁 is only inferred


def test_captive_use_of_others_and_of_services_is_not_the_anchors() -> None:
    network = anchor_of(
        "anchor 月 链\nchain 链 2025\nsupply 星 月 甲 货物 2024\nsupply 星 星 乙 货物 2024\n"
        "supply 月 月 丙 货物 2024\nsupply 月 月 丁 工程承包 2024\nsupply 月 月 戊 货物 1990"
    )
    captive = [link.product.zh for link in network.links if link.source == link.target and link.product]
    assert captive == ["丙"]  # 1990 is too long ago to speak for the present


def test_another_anchor_is_a_firm_around_this_one() -> None:
    text = "anchor 月 链\nanchor 日 链\nchain 链 2025\nsupply 日 月 甲 货物 2024\nsupply 星 日 乙 货物 2024"
    around = {firm.organization.zh: firm for firm in anchor_of(text).firms}
    assert (around["日"].tier, around["日"].direction) == (1, "upstream")
    assert {firm.organization.zh for firm in anchor_of(text, "日").firms} >= {"月", "星"}
    sky = sky_of(text)
    assert sorted(anchor.zh for anchor in sky.anchors) == ["日", "月"]
    assert [member.organization.zh for member in sky.members] == ["星"]  # an anchor is no star
    assert (org("日"), org("月")) in {(link.source, link.target) for link in sky.links}


def test_missing_inputs_say_what_is_coming_in_both_languages() -> None:
    network = anchor_of(
        f"{CHAIN}\nanchor 月 链\nproduction 月 布 在产 - - 2024\nrecipe 布 织 浆 必需\nrecipe 布 织 片 必需\n"
        "production 乙厂 浆 在建 - - 2024"
    )
    coming = {missing.product.zh: missing.pipeline for missing in network.missing}
    assert set(coming) == {"浆", "片"}
    assert (coming["浆"].zh, coming["浆"].en) == ("乙厂（在建）", "乙厂 (under construction)")
    assert (coming["片"].zh, coming["片"].en) == ("", "")


def test_a_missing_input_outside_every_chain_stands_in_no_stage() -> None:
    network = anchor_of(f"{CHAIN}\nanchor 月 链\nproduction 月 布 在产 - - 2024\nrecipe 布 织 线 必需")
    (thread,) = network.missing
    assert (thread.product.zh, thread.stage) == ("线", None)


def test_the_stage_is_that_of_the_anchors_own_chain_where_a_product_stands_in_two() -> None:
    text = (
        "chain 甲链 2025\nchain 链 2025\nstage 甲链 1 别处 上游 浆\nstage 链 1 本处 上游 浆\n"
        "anchor 月 链\nsupply 星 月 浆 货物 2024"
    )
    (star,) = anchor_of(text).firms
    assert star.stage is not None
    assert star.stage.zh == "本处"


# ---------------------------------------------------------------- the sky


def test_a_supplier_of_two_anchors_is_divided_between_them() -> None:
    sky = sky_of(
        "anchor 月 链\nanchor 日 链\nchain 链 2025\nsupply 星 日 甲 货物 2024\nsupply 星 月 乙 货物 2024"
    )
    ((star),) = sky.members
    assert dict(star.weights) == pytest.approx({org("日"): 0.5, org("月"): 0.5})


@pytest.mark.parametrize(("to_sun", "to_moon"), [(1, 1), (2, 1), (3, 1), (3, 2)])
def test_shares_follow_the_number_of_deliveries(to_sun: int, to_moon: int) -> None:
    lines = [f"supply 星 日 货{k} 货物 2024" for k in range(to_sun)]
    lines += [f"supply 星 月 物{k} 货物 2024" for k in range(to_moon)]
    sky = sky_of("anchor 月 链\nanchor 日 链\nchain 链 2025\n" + "\n".join(lines))
    ((star),) = sky.members
    whole = to_sun + to_moon
    assert dict(star.weights) == pytest.approx({org("日"): to_sun / whole, org("月"): to_moon / whole})


def test_a_city_without_anchors_has_only_outsiders() -> None:
    sky = sky_of("production 甲厂 浆 在产 - - 2024\nsupply 甲厂 乙厂 浆 货物 2024")
    assert sky.anchors == ()
    assert [(m.organization.zh, m.outside) for m in sky.members] == [("甲厂", True)]


def test_a_firm_from_elsewhere_that_no_anchor_reaches_is_nobodys_outsider() -> None:
    sky = sky_of(
        "chain 链 2025\nanchor 月 链\norganization 远厂 外地\nsupply 远厂 乙厂 甲 货物 2024\n"
        "production 远厂 甲 在产 - - 2024\nproduction 丙厂 乙 在产 - - 2024"
    )
    assert [m.organization.zh for m in sky.members] == ["丙厂"]
