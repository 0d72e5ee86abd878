"""The maps of the made-up city Yunxi, read from its ledgers by hand and compared with what the maps are drawn from."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from kg.analysis.clusters import Clusters, find_clusters
from kg.analysis.gaps import Gaps, find_gaps
from kg.names import ID
from kg.network import load
from kg.store import open_store
from tests.small_city import org, product
from visual.from_analysis import anchor_network, chain_state, cluster_state
from visual.inputs import AnchorFirm, AnchorNetwork, ChainState, ClusterState, FactRef, Member, ProductState

AS_OF = "2025-06-15"  # the newest source of the city
GROUP, PAPER, TISSUE = "云溪竹业集团有限公司", "云溪纸业有限公司", "溪南纸品有限公司"
CLOTH, FIBRE, CHAR, LYE = "青篁纺织有限公司", "白鹭新材料有限公司", "云溪炭业有限公司", "江北碱厂"
REGISTER = ("yx-1", "云溪市竹产业名录", "E3", "")
DAILY = ("yx-2", "云溪日报报道", "E4", "http://example.org/yx-2")
MANUAL = ("yx-3", "竹材工艺手册", "E5", "")


def said(fact: FactRef) -> tuple[str, str, str, str]:
    return fact.source, fact.source_title, fact.evidence, fact.url


@pytest.fixture(scope="module")
def gaps(yunxi: Path) -> Gaps:
    with open_store(yunxi) as store:
        return find_gaps(load(store))


@pytest.fixture(scope="module")
def clusters(gaps: Gaps) -> Clusters:
    return find_clusters(gaps.network)


@pytest.fixture(scope="module")
def bamboo(gaps: Gaps) -> ChainState:
    return chain_state(gaps, f"{ID}chain/竹材产业链")


@pytest.fixture(scope="module")
def lithium(gaps: Gaps) -> ChainState:
    return chain_state(gaps, f"{ID}chain/锂电产业链")


@pytest.fixture(scope="module")
def around(gaps: Gaps, clusters: Clusters) -> AnchorNetwork:
    return anchor_network(gaps, clusters, org(GROUP))


@pytest.fixture(scope="module")
def sky(clusters: Clusters) -> ClusterState:
    return cluster_state(clusters)


def state_of(chain: ChainState, name: str) -> ProductState:
    (found,) = [p for stage in chain.stages for p in stage.products if p.product.zh == name]
    return found


def firm_of(network: AnchorNetwork, name: str) -> AnchorFirm:
    (found,) = [firm for firm in network.firms if firm.organization.zh == name]
    return found


def member_of(state: ClusterState, name: str) -> Member:
    (found,) = [member for member in state.members if member.organization.zh == name]
    return found


# ---------------------------------------------------------------- the chain


def test_a_chain_carries_its_name_its_aliases_and_the_day_of_its_newest_source(bamboo: ChainState) -> None:
    assert (bamboo.chain.iri, bamboo.chain.zh) == (f"{ID}chain/竹材产业链", "竹材产业链")
    assert bamboo.chain.aliases == ("竹链",)
    assert bamboo.as_of == AS_OF


def test_stages_stand_in_the_order_of_the_ledger_with_all_their_products(bamboo: ChainState) -> None:
    held = [
        (s.order, s.name.zh, s.position, s.branch, {p.product.zh for p in s.products}) for s in bamboo.stages
    ]
    assert held == [
        (1, "原料", "upstream", "", {"竹材", "烧碱"}),
        (2, "制浆制炭", "midstream", "", {"竹浆", "竹炭"}),
        (3, "纤维与活化", "midstream", "", {"竹纤维", "活性炭"}),
        (4, "制品", "downstream", "", {"竹纤维布", "生活用纸"}),
    ]


@pytest.mark.parametrize(
    ("name", "state", "because"),
    [
        ("竹材", "unknown", "raw material: bought in, so no gap"),
        (
            "烧碱",
            "missing",
            "pulp needs it, its only maker is elsewhere, and its input salt has no local maker",
        ),
        ("竹浆", "weak", "one group holds all of it and an independent paper maker needs it"),
        ("竹炭", "strong", "its maker is a little giant"),
        ("竹纤维", "pipeline", "a project for it is signed"),
        ("活性炭", "unknown", "nobody makes it and nobody needs it"),
        ("竹纤维布", "made", "made, needed by nobody"),
        ("生活用纸", "made", "two makers, needed by nobody"),
    ],
)
def test_each_product_of_the_bamboo_chain_is_in_the_state_the_ledgers_give_it(
    bamboo: ChainState, name: str, state: str, because: str
) -> None:
    assert state_of(bamboo, name).state == state, because


@pytest.mark.parametrize("name", ["碳酸锂", "锂电池"])
def test_a_chain_nobody_works_in_is_unknown_throughout_and_has_no_facts_of_makers(
    lithium: ChainState, name: str
) -> None:
    held = state_of(lithium, name)
    assert held.state == "unknown"
    assert (held.makers, held.pipeline, held.needed_by, held.why.zh, held.why.en) == ((), (), (), "", "")


@pytest.mark.parametrize(
    ("name", "makers"),
    [
        (
            "竹浆",
            [(GROUP, "10 万吨/年", "在产", "in production")],
        ),  # not the 8 of 2022 nor the building of 2019
        ("竹炭", [(CHAR, "2 万吨/年", "在产", "in production")]),
        ("竹纤维布", [(CLOTH, "1 万吨/年", "在产", "in production")]),
        ("生活用纸", [(PAPER, "3 万吨/年", "在产", "in production"), (TISSUE, "", "在产", "in production")]),
        ("竹纤维", []),
        ("烧碱", []),  # Jiangbei makes it, elsewhere
    ],
)
def test_local_makers_come_with_the_newest_capacity_as_it_is_written(
    bamboo: ChainState, name: str, makers: list[tuple[str, str, str, str]]
) -> None:
    held = state_of(bamboo, name).makers
    assert [(m.organization.zh, m.capacity, m.status.zh, m.status.en) for m in held] == makers


def test_who_is_going_to_make_it_stands_apart_with_the_stage_of_the_project(bamboo: ChainState) -> None:
    fibre = state_of(bamboo, "竹纤维")
    (coming,) = fibre.pipeline
    assert coming.organization.zh == FIBRE
    assert coming.organization.aliases == ("白鹭新材",)
    assert (coming.status.zh, coming.status.en) == ("签约", "signed")  # completion in 2027 is a forecast
    assert [p.product.zh for s in bamboo.stages for p in s.products if p.pipeline] == ["竹纤维"]


@pytest.mark.parametrize(
    ("name", "maker", "source", "date"),
    [
        ("竹浆", GROUP, REGISTER, "2025-03"),
        ("竹炭", CHAR, REGISTER, "2024"),
        ("生活用纸", PAPER, REGISTER, "2024"),
        ("生活用纸", TISSUE, DAILY, AS_OF),  # the row has no date: the source's own counts
        ("竹纤维", FIBRE, DAILY, "2025-02"),
    ],
)
def test_every_maker_is_backed_by_the_source_that_says_so(
    bamboo: ChainState, name: str, maker: str, source: tuple[str, str, str, str], date: str
) -> None:
    held = state_of(bamboo, name)
    (found,) = [m for m in (*held.makers, *held.pipeline) if m.organization.zh == maker]
    (fact,) = found.facts
    assert said(fact) == source
    assert fact.date == date
    assert fact.value.zh.startswith(name)
    assert fact.label.zh == maker


@pytest.mark.parametrize(
    ("name", "users"),
    [
        ("竹材", {"竹浆"}),
        ("烧碱", {"竹浆"}),
        ("竹浆", {"竹纤维", "生活用纸"}),  # paper through the sheet that is made inside its own plant
        ("竹纤维", {"竹纤维布"}),
        ("竹炭", set()),
        ("生活用纸", set()),
    ],
)
def test_what_needs_a_product_is_what_is_made_or_coming_here(
    bamboo: ChainState, name: str, users: set[str]
) -> None:
    assert {need.zh for need in state_of(bamboo, name).needed_by} == users


@pytest.mark.parametrize(
    ("name", "zh", "en"),
    [
        (
            "烧碱",
            f"台账中（截至 {AS_OF}）没有记录到本地生产企业。本地在产的竹浆需要它。有记录的外地供应方：江北碱厂。",
            (
                f"The ledgers (as of {AS_OF}) record no local producer. It is needed for 竹浆, made locally. "
                "Suppliers from outside on record: 江北碱厂."
            ),
        ),
        (
            "竹纤维",
            (
                f"台账中（截至 {AS_OF}）没有记录到本地生产企业。本地在产的竹纤维布需要它。"
                "上游竹浆有本地企业在产，下游也有，只断在这一环。在补：白鹭新材料有限公司（签约，项目：白鹭竹纤维项目）。"
            ),
            (
                f"The ledgers (as of {AS_OF}) record no local producer. It is needed for 竹纤维布, made locally. "
                "Upstream 竹浆 is made locally and so is the downstream: only this link is lacking. "
                "In the pipeline: 白鹭新材料有限公司 (signed, project: 白鹭竹纤维项目)."
            ),
        ),
    ],
)
def test_why_a_product_is_lacking_is_told_in_both_languages(
    bamboo: ChainState, name: str, zh: str, en: str
) -> None:
    why = state_of(bamboo, name).why
    assert (why.zh, why.en) == (zh, en)


def test_several_findings_on_one_product_are_told_line_by_line(bamboo: ChainState) -> None:
    zh, en = (getattr(state_of(bamboo, "竹浆").why, lang).split("\n") for lang in ("zh", "en"))
    assert len(zh) == len(en) == 2
    assert zh[0].startswith("台账所载产能的100%归同一控制方")
    assert en[0].startswith("One controlling group holds 100% of the capacity")
    assert TISSUE in zh[1]
    assert PAPER not in zh[1]  # it is the group's own, and its purchase is on record
    assert "没有记录到两者之间的交易" in zh[1]
    assert "record no trade between them" in en[1]


def test_a_product_that_is_fine_has_nothing_to_explain(bamboo: ChainState) -> None:
    assert not any(state_of(bamboo, name).why.zh for name in ("竹材", "竹纤维布", "生活用纸", "活性炭"))


@pytest.mark.parametrize(
    ("name", "routes"),
    [
        ("烧碱", {("碱法制浆：", "→ 竹浆")}),
        ("竹浆", {("纺丝：", "→ 竹纤维"), ("加工：", "→ 生活用纸")}),
        ("竹纤维", {("织造：", "→ 竹纤维布")}),
        ("竹炭", set()),
    ],
)
def test_a_need_shows_the_recipe_it_comes_from_and_the_handbook(
    bamboo: ChainState, name: str, routes: set[tuple[str, str]]
) -> None:
    facts = state_of(bamboo, name).facts
    assert {said(fact) for fact in facts} == ({MANUAL} if routes else set())
    assert all(fact.date == "2020" for fact in facts)
    assert {(f.label.zh, f.label.en) for f in facts} <= {("工艺路线", "Route")}
    shown = [fact.value.zh for fact in facts]
    assert len(shown) == len(routes)
    for start, end in routes:
        assert sum(text.startswith(start) and text.endswith(end) for text in shown) == 1


def test_links_of_a_chain_are_the_recipes_between_its_own_products(
    bamboo: ChainState, lithium: ChainState
) -> None:
    found = {(link.source, link.route, link.target) for link in bamboo.links}
    assert found == {
        (product("竹材"), "碱法制浆", product("竹浆")),
        (product("烧碱"), "碱法制浆", product("竹浆")),
        (product("竹浆"), "纺丝", product("竹纤维")),
        (product("竹纤维"), "织造", product("竹纤维布")),
        (product("竹炭"), "活化", product("活性炭")),
    }  # salt, sheet and softener stand in no stage
    assert [(link.source, link.target) for link in lithium.links] == [(product("碳酸锂"), product("锂电池"))]
    assert all([said(fact) for fact in link.facts] == [MANUAL] for link in bamboo.links)


# ---------------------------------------------------------------- the anchor


def test_the_anchor_knows_its_names_and_day(around: AnchorNetwork) -> None:
    assert around.anchor.iri == org(GROUP)
    assert set(around.anchor.aliases) == {"云溪竹业", "竹业集团"}
    assert around.as_of == AS_OF


@pytest.mark.parametrize(
    ("name", "tier", "direction", "basis", "locality"),
    [
        (LYE, 1, "upstream", "recorded", "outside"),
        (PAPER, 1, "downstream", "recorded", "local"),
        (TISSUE, 1, "downstream", "inferred", "local"),
        (FIBRE, 1, "downstream", "inferred", "local"),
        (CLOTH, 2, "downstream", "inferred", "local"),
    ],
)
def test_each_firm_stands_on_its_side_and_tier(
    around: AnchorNetwork, name: str, tier: int, direction: str, basis: str, locality: str
) -> None:
    firm = firm_of(around, name)
    assert (firm.tier, firm.direction, firm.basis, firm.locality) == (tier, direction, basis, locality)
    assert firm.membership == pytest.approx(1.0)  # there is no other anchor to belong to


def test_firms_that_do_not_trade_with_the_anchor_are_not_around_it(around: AnchorNetwork) -> None:
    names = [firm.organization.zh for firm in around.firms]
    assert sorted(names) == sorted([LYE, PAPER, TISSUE, FIBRE, CLOTH])
    assert CHAR not in names  # no trade
    assert "老云溪纸厂" not in names  # closed in 1999
    assert GROUP not in names


def test_a_supplier_stands_in_the_stage_of_what_it_supplies(around: AnchorNetwork) -> None:
    stage = firm_of(around, LYE).stage
    assert stage is not None
    assert stage.zh == "原料"


@pytest.mark.parametrize(
    ("name", "zh", "en"),
    [
        (LYE, f"{LYE} —烧碱→ {GROUP}", f"{LYE} —烧碱→ {GROUP}"),
        (PAPER, f"{GROUP} —竹浆→ {PAPER}", f"{GROUP} —竹浆→ {PAPER}"),
        (TISSUE, f"{GROUP} —竹浆→ {TISSUE}（推断）", f"{GROUP} —竹浆→ {TISSUE} (inferred)"),
        (
            CLOTH,
            f"{GROUP} —竹浆→ {FIBRE}（推断）；{FIBRE} —竹纤维→ {CLOTH}（推断）",
            f"{GROUP} —竹浆→ {FIBRE} (inferred); {FIBRE} —竹纤维→ {CLOTH} (inferred)",
        ),
    ],
)
def test_the_path_names_every_step_with_its_product_and_marks_what_is_inferred(
    around: AnchorNetwork, name: str, zh: str, en: str
) -> None:
    path = firm_of(around, name).path
    assert (path.zh, path.en) == (zh, en)


def test_a_recorded_delivery_is_the_word_of_its_source(around: AnchorNetwork) -> None:
    for name, value in ((LYE, f"{LYE} → {GROUP}：烧碱"), (PAPER, f"{GROUP} → {PAPER}：竹浆")):
        (fact,) = firm_of(around, name).facts
        assert said(fact) == DAILY
        assert (fact.date, fact.value.zh) == ("2024", value)
        assert (fact.label.zh, fact.label.en) == ("产品", "Product")


def test_no_source_is_made_to_say_what_a_rule_inferred(around: AnchorNetwork, sky: ClusterState) -> None:
    """The register says that the group makes pulp, the daily that Xinan makes tissue; neither says that they trade."""
    inferred = [link for link in (*around.links, *sky.links) if link.basis == "inferred"]
    assert inferred
    facts = [fact for link in inferred for fact in link.facts]
    facts += firm_of(around, TISSUE).facts
    facts += member_of(sky, TISSUE).facts
    assert {fact.evidence for fact in facts} == {"E6"}
    assert all(fact.value.zh.endswith("（推断）") for fact in facts)
    assert all(fact.value.en.endswith("(inferred)") for fact in facts)
    assert {fact.source for fact in firm_of(around, TISSUE).facts} == {"yx-1", "yx-2"}


def test_links_between_the_firms_shown_are_drawn_once_a_product(around: AnchorNetwork) -> None:
    found = [(link.source, link.target, link.product.zh, link.basis) for link in around.links if link.product]
    assert len(found) == len(around.links) == len(set(found))
    assert set(found) == {
        (org(LYE), org(GROUP), "烧碱", "recorded"),
        (org(GROUP), org(PAPER), "竹浆", "recorded"),
        (org(GROUP), org(TISSUE), "竹浆", "inferred"),
        (org(GROUP), org(FIBRE), "竹浆", "inferred"),
        (org(FIBRE), org(CLOTH), "竹纤维", "inferred"),
        (org(GROUP), org(GROUP), "竹浆", "recorded"),
    }  # no technology licence of Jiangbei to Xinan


def test_what_the_anchor_makes_for_itself_is_told_with_its_source(around: AnchorNetwork) -> None:
    (captive,) = [link for link in around.links if link.source == link.target]
    assert captive.product is not None
    assert captive.product.zh == "竹浆"
    assert [said(fact) for fact in captive.facts] == [DAILY]


def test_missing_inputs_are_what_the_anchor_itself_needs(around: AnchorNetwork) -> None:
    (lye,) = around.missing  # fibre is missing too, but it is a customer's input
    assert lye.product.zh == "烧碱"
    assert lye.product.aliases == ("氢氧化钠",)
    assert lye.stage is not None
    assert lye.stage.zh == "原料"
    assert "有记录的外地供应方：江北碱厂" in lye.why.zh
    assert "Suppliers from outside on record: 江北碱厂." in lye.why.en
    assert (lye.pipeline.zh, lye.pipeline.en) == ("", "")
    assert [said(fact) for fact in lye.facts] == [MANUAL]


def test_a_firm_that_is_no_anchor_has_nobody_around_it_but_its_missing_inputs(
    gaps: Gaps, clusters: Clusters
) -> None:
    alone = anchor_network(gaps, clusters, org(CLOTH))
    assert alone.firms == ()
    assert alone.links == ()
    (fibre,) = alone.missing
    assert fibre.product.zh == "竹纤维"
    assert (fibre.pipeline.zh, fibre.pipeline.en) == (f"{FIBRE}（签约）", f"{FIBRE} (signed)")
    assert fibre.stage is not None
    assert fibre.stage.zh == "纤维与活化"


# ---------------------------------------------------------------- the clusters


def test_the_sky_has_one_moon_and_the_name_of_the_city(sky: ClusterState) -> None:
    assert [anchor.zh for anchor in sky.anchors] == [GROUP]
    assert (sky.name.zh, sky.as_of) == ("云溪市", AS_OF)


def test_every_firm_an_anchor_reaches_belongs_to_it_wholly_where_it_is_the_only_one(
    sky: ClusterState,
) -> None:
    inside = {member.organization.zh: member for member in sky.members if not member.outside}
    assert set(inside) == {LYE, PAPER, TISSUE, FIBRE, CLOTH}
    for member in inside.values():
        ((anchor, weight),) = member.weights
        assert anchor == org(GROUP)
        assert weight == pytest.approx(1.0)
    assert inside[LYE].locality == "outside"
    assert inside[PAPER].locality == "local"


def test_a_working_local_firm_that_no_anchor_reaches_is_an_outsider(sky: ClusterState) -> None:
    (outsider,) = [member for member in sky.members if member.outside]
    assert outsider.organization.zh == CHAR
    assert (outsider.weights, outsider.locality, outsider.path.zh, outsider.facts) == ((), "local", "", ())


def test_members_stand_in_a_fixed_order_and_anchors_are_no_members(sky: ClusterState) -> None:
    iris = [member.organization.iri for member in sky.members]
    assert all(a < b for a, b in pairwise(iris))
    assert org(GROUP) not in iris
    assert all(link.source != link.target for link in sky.links)


def test_every_fact_on_any_map_of_the_city_names_a_source_its_title_a_date_and_a_level(
    bamboo: ChainState, around: AnchorNetwork, sky: ClusterState
) -> None:
    held = [fact for s in bamboo.stages for p in s.products for fact in p.facts]
    held += [f for s in bamboo.stages for p in s.products for m in (*p.makers, *p.pipeline) for f in m.facts]
    held += [fact for thing in (*around.firms, *around.links, *around.missing) for fact in thing.facts]
    held += [fact for thing in (*sky.members, *sky.links) for fact in thing.facts]
    assert len(held) > 30
    for fact in held:
        assert fact.source in {"yx-1", "yx-2", "yx-3"}
        assert fact.source_title
        assert fact.date[:4] in {"2020", "2024", "2025"}
        assert fact.evidence in {"E3", "E4", "E5", "E6"}
        assert fact.label.zh
        assert fact.label.en
        assert fact.value.zh
        assert fact.value.en


def test_the_past_is_drawn_as_it_was_known_then(yunxi: Path) -> None:
    with open_store(yunxi) as store:
        then = find_gaps(load(store, "2021"))
    chain = chain_state(then, f"{ID}chain/竹材产业链")
    assert chain.as_of.startswith("2021")
    pulp = state_of(chain, "竹浆")
    assert pulp.makers == ()
    ((builder),) = pulp.pipeline
    assert (builder.organization.zh, builder.status.zh) == (GROUP, "在建")
    assert [(f.source, f.date) for f in builder.facts] == [("yx-2", "2019")]
    assert state_of(chain, "竹炭").makers == ()
    assert cluster_state(find_clusters(then.network)).anchors == ()  # named in March 2025
