"""Small networks written by hand, field by field: identity, ownership, supply, roles, judgements, places."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.ledgers import build
from kg.names import GY, ID, RDF_TYPE, SKOS, SOURCE
from kg.network import Network, known_at, load, newest_date
from kg.network.facts import Thing
from kg.network.parks import park_with_parts
from kg.network.territory import CITY, Territory, territory
from kg.store import Store, memory_store
from kg.store.terms import Literal, NamedNode, Quad
from tests.small_city import names, network_of, org, product, small_city, store_of

GRAPH = NamedNode(SOURCE + "s")


def ledgers(**tables: str) -> Store:
    files = small_city("organization 甲 本地")
    files |= {f"{name}.csv": text.encode() for name, text in tables.items()}
    return store_of(files)


def place(name: str) -> str:
    return f"{ID}place/{name}"


def park(name: str) -> str:
    return f"{ID}park/{name}"


@pytest.mark.parametrize(
    ("as_of", "shares"),
    [
        ("2021", []),
        ("2022", ["51"]),
        ("2023-06", ["51", "60.5"]),
        ("2024-12-31", ["51", "60.5"]),
        ("2025", ["51", "60.5", None]),
    ],
)
def test_ownership_as_it_was_known(as_of: str, shares: list[str | None]) -> None:
    text = "own 甲 乙 51 2022\nown 甲 乙 60.5 2023-06\nown 甲 丙 - -"
    found = network_of(text, as_of).ownership
    assert sorted((f.owned, f.share or Decimal(999)) for f in found) == sorted(
        (org("乙") if share else org("丙"), Decimal(share or 999)) for share in shares
    )
    assert {f.owner for f in found} <= {org("甲")}


def test_supply_keeps_its_ends_kind_and_date() -> None:
    network = network_of("supply 甲 乙 汽 能源 2023\nsupply 乙 甲 料 货物 2024-05\nsupply 甲 丙 料 场地 2027")
    assert sorted(
        (names([f.supplier])[0], names([f.buyer])[0], names([f.product])[0], f.kind, f.provenance.date)
        for f in network.supply
    ) == [("乙", "甲", "料", "goods", "2024-05"), ("甲", "乙", "汽", "energy", "2023")]
    assert all(f.quantity is None and f.unit == "" for f in network.supply)


@pytest.mark.parametrize(
    ("written", "status"),
    [("在产", "in-production"), ("在建", "under-construction"), ("规划", "planned"), ("停产", "stopped")],
)
def test_production_in_every_status(written: str, status: str) -> None:
    (fact,) = network_of(f"production 甲 料 {written} 12.5 万吨/年 2024").production
    assert (fact.status, fact.capacity, fact.unit) == (status, Decimal("12.5"), "10kt-a")
    assert (fact.organization, fact.product, fact.qualifier, fact.project) == (
        org("甲"),
        product("料"),
        "",
        "",
    )


def test_participations_do_not_wait_for_their_first_day() -> None:
    # Whether a role holds at a date is for the analyses: the network keeps both ends as written.
    text = "chain 链 2025\nanchor 甲 链 2026 2028-03\nanchor 乙 链 - -"
    found = {names([p.organization])[0]: p for p in network_of(text).participations}
    assert (found["甲"].valid_from, found["甲"].valid_to, found["甲"].role) == ("2026", "2028-03", "anchor")
    assert (found["乙"].valid_from, found["乙"].valid_to, found["乙"].stage) == ("", "", "")


@pytest.mark.parametrize(
    ("levels", "best"), [("E5", "e5"), ("E5 E2", "e2"), ("E1 E5 E3", "e1"), ("E4 E4", "e4")]
)
def test_a_fact_has_the_evidence_of_its_best_source_and_the_date_of_its_oldest(
    levels: str, best: str
) -> None:
    ids = [f"q{n}" for n in range(len(levels.split()))]
    lines = [
        f"source {id_} {2024 - n} {level}"
        for n, (id_, level) in enumerate(zip(ids, levels.split(), strict=True))
    ]
    network = network_of("\n".join([*lines, f"production 甲 料 在产 - - - @{';'.join(ids)}"]))
    (fact,) = network.production
    assert fact.provenance.evidence == best
    assert fact.provenance.sources == tuple(ids)
    assert (fact.provenance.date, fact.provenance.dated) == (str(2025 - len(ids)), False)


def test_a_fact_of_no_described_source_is_the_weakest_and_undated() -> None:
    files = small_city("production 甲 料 在产 5 吨/年 2020")
    nowhere = NamedNode("urn:nowhere")
    moved = [
        Quad(q.subject, q.predicate, q.object, nowhere) if "/production/" in q.subject.value else q
        for q in build(files).quads
    ]
    assert load(memory_store(moved)).production == ()
    (fact,) = load(memory_store(moved), evidence="e6").production
    assert (fact.provenance.sources, fact.provenance.evidence, fact.provenance.date) == ((), "e6", "2020")


@given(
    st.sampled_from(["e1", "e2", "e3", "e4", "e5", "e6"]),
    st.sampled_from(["2019", "2021-05", "2024", "2030-01-01"]),
)
def test_a_later_date_and_weaker_evidence_never_take_facts_away(evidence: str, as_of: str) -> None:
    store = GROWING

    def facts(date: str, level: str) -> set[str]:
        return {fact.iri for fact in load(store, date, level).production}

    assert facts(as_of, evidence) <= facts("2031", evidence)
    assert facts(as_of, evidence) <= facts(as_of, "e6")


GROWING = store_of(
    small_city(
        """
        source one 2018 E1
        source two 2021-05 E3
        source three 2026 E5
        production 甲 料 在产 1 吨/年 2019 @one
        production 甲 料 在产 2 吨/年 2020-07 @two;three
        production 乙 料 在建 - - - @three
        production 丙 料 规划 - - 2030 @one
        """
    )
)


def test_two_languages_of_one_name_and_a_name_of_one_language() -> None:
    def label(thing: str, text: str, lang: str | None, kind: str = "prefLabel") -> Quad:
        literal = Literal(text, language=lang) if lang else Literal(text)
        return Quad(NamedNode(thing), NamedNode(SKOS + kind), literal, GRAPH)

    network = load(
        memory_store(
            [
                label("urn:both", "甲", "zh"),
                label("urn:both", "A", "en"),
                label("urn:english", "Only", "en"),
                label("urn:chinese", "仅", "zh"),
                label("urn:plain", "ABS", None),
                label("urn:both", "乙", "zh", "altLabel"),
                label("urn:both", "丙", "zh", "altLabel"),
            ]
        )
    )
    shown = {iri: (thing.label("zh"), thing.label("en")) for iri, thing in network.names.items()}
    assert shown == {
        "urn:both": ("甲", "A"),
        "urn:english": ("Only", "Only"),
        "urn:chinese": ("仅", "仅"),
        "urn:plain": ("ABS", "ABS"),
    }
    assert network.thing("urn:both").aliases == ("丙", "乙")
    assert network.thing("urn:gone") == Thing("urn:gone", "urn:gone", "urn:gone")


def test_kinds_of_organizations() -> None:
    store = ledgers(
        organizations="单位名称,类型,本地外地,来源\n甲,企业,本地,s\n院,科研机构,外地,s\n局,政府部门,本地,s\n会,其他组织,不明,s\n"
    )
    found = load(store).organizations
    assert {names([iri])[0]: (o.kind, o.locality) for iri, o in found.items()} == {
        "甲": ("Enterprise", "local"),
        "院": ("ResearchInstitute", "outside"),
        "局": ("GovernmentBody", "local"),
        "会": ("OtherOrganization", "unknown"),
    }


def test_judgements_keep_their_direction_and_word() -> None:
    store = ledgers(
        organizations="单位名称,类型,本地外地,来源\n甲,企业,本地,s\n乙,企业,本地,s\n丙,企业,本地,s\n",
        judgements="对象,对象类型,关系,另一对象,理由,来源\n甲,单位,很可能同一,乙,同址,s\n丙,单位,不同,甲,不同法人,s\n",
    )
    found = {(names([j.thing])[0], j.relation, names([j.other])[0]) for j in load(store).judgements}
    assert found == {("甲", "probably-same", "乙"), ("丙", "different", "甲")}


def test_chains_and_stages_of_several_chains_are_kept_apart() -> None:
    network = network_of(
        "chain 甲链 2025\nchain 乙链 -\nstage 甲链 1 制浆 上游 浆\nstage 乙链 1 制浆 中游 浆\nstage 乙链 2 抄造 下游 -"
    )
    assert {names([c])[0]: v for c, v in network.chain_versions.items()} == {"甲链": "2025", "乙链": ""}
    stages = {
        names([chain])[0]: [(s.position, s.order) for s in own] for chain, own in network.stages.items()
    }
    assert stages == {"甲链": [("upstream", 1)], "乙链": [("midstream", 1), ("downstream", 2)]}
    assert len({s.iri for own in network.stages.values() for s in own}) == 3
    assert all(s.chain == chain for chain, own in network.stages.items() for s in own)


def test_inputs_of_one_route_keep_what_several_sources_say() -> None:
    network = network_of(
        "source q 2020 E5\nrecipe 纸 抄造 浆 必需 1.1 @r;q\nrecipe 纸 抄造 水 辅助 - @q\nrecipe 纸 抄造 胶 装置内 0.05 @r"
    )
    (route,) = network.routes[product("纸")]
    assert [(names([i.product])[0], i.requirement, i.coefficient, i.sources) for i in route.inputs] == [
        ("水", "auxiliary", None, ("q",)),
        ("浆", "required", Decimal("1.1"), ("q", "r")),
        ("胶", "in-unit", Decimal("0.05"), ("r",)),
    ]
    assert route.sources == ("q", "r")
    assert network.uses == {product(name): (route,) for name in ("水", "浆", "胶")}


def test_of_two_coefficients_the_better_proven_counts_then_the_newer() -> None:
    sources = "source q 2020 E5\nsource p 1990 E3\nsource o 2021 E3\n"

    def told(rows: str) -> list[tuple]:
        (route,) = network_of(sources + rows).routes[product("纸")]
        return [(i.requirement, i.coefficient, i.sources) for i in route.inputs]

    handbook, newer = "recipe 纸 抄造 浆 必需 1.1 @r\n", "recipe 纸 抄造 浆 必需 1.2 @q\n"
    better, newest = "recipe 纸 抄造 浆 必需 1.3 @p\n", "recipe 纸 抄造 浆 必需 1.4 @o\n"
    assert told(handbook + newer) == [("required", Decimal("1.2"), ("q",))]
    assert told(handbook + newer + better) == [("required", Decimal("1.3"), ("p",))]
    assert told(newest + handbook + newer + better) == [("required", Decimal("1.4"), ("o",))]
    # Who tells no coefficient does not speak against one.
    assert told(handbook + "recipe 纸 抄造 浆 必需 - @o") == [("required", Decimal("1.1"), ("r",))]


@pytest.mark.parametrize(
    ("active_from", "active_to", "as_of", "local"),
    [
        ("2020", "-", "2019", False),
        ("2020", "-", "2020", True),
        ("2020-06", "-", "2020-05", False),
        ("2020-06", "-", "2020", True),
        ("2020-06-15", "-", "2020-06-14", False),
        ("-", "2020", "2019-12-31", True),
        ("-", "2020", "2020-01-01", False),
        ("-", "2020-06-15", "2020-06-14", True),
        ("-", "-", "1900", True),
    ],
)
def test_a_firm_is_local_while_it_is_active(
    active_from: str, active_to: str, as_of: str, local: bool
) -> None:
    text = f"organization 甲 本地 {active_from} {active_to}"
    assert network_of(text, as_of).local(org("甲")) is local


@pytest.mark.parametrize(
    ("issued", "newest"),
    [
        (["2024", "2023-12-31"], "2024"),
        (["2024", "2024-02"], "2024-02"),
        (["2024-02-10", "2024-02"], "2024-02-10"),
    ],
)
def test_of_dates_of_different_precision_the_newest_is_the_finer(issued: list[str], newest: str) -> None:
    graph = build({"sources.csv": ("来源编号,标题,发布日期,证据等级\n" + "".join(
        f"q{n},标题,{date},E3\n" for n, date in enumerate(issued)
    )).encode()})  # fmt: skip
    store = memory_store(graph.quads)
    assert newest_date(store) == newest
    assert load(store).as_of == newest


@given(st.dates(), st.dates())
def test_days_are_known_from_themselves_on(date, as_of) -> None:
    assert known_at(date.isoformat(), as_of.isoformat()) is (date <= as_of)
    assert known_at(date.isoformat()[:7], as_of.isoformat()) is (
        (date.year, date.month) <= (as_of.year, as_of.month)
    )
    assert known_at(date.isoformat(), as_of.isoformat()[:4]) is (date.year <= as_of.year)


PLACES = "名称,上级区划,来源\n南省,,s\n云市,南省,s\n东县,云市,s\n西县,云市,s\n东镇,东县,s\n"
PARKS = "园区名称,所在县区,上级园区,来源\n大园,东县,,s\n小园,,大园,s\n微园,,小园,s\n西园,西县,,s\n"


@pytest.fixture(scope="module")
def nested() -> Store:
    return ledgers(
        places=PLACES,
        parks=PARKS,
        organizations="单位名称,类型,本地外地,来源\n"
        + "".join(f"{n},企业,本地,s\n" for n in ("甲", "乙", "丙", "丁", "戊"))
        + "己,企业,外地,s\n",
        sites="单位名称,所在县区,所在园区,来源\n甲,,微园,s\n乙,西县,,s\n丙,东县,,s\n丁,云市,,s\n己,东县,,s\n",
        projects="项目名称,建设单位,所在园区,来源\n一期,甲,小园,s\n二期,,西园,s\n三期,,,s\n",
    )


@pytest.fixture(scope="module")
def nested_network(nested: Store) -> Network:
    return load(nested)


@pytest.mark.parametrize(
    ("start", "parts"),
    [
        ("大园", ["大园", "小园", "微园"]),
        ("小园", ["小园", "微园"]),
        ("微园", ["微园"]),
        ("西园", ["西园"]),
        ("无园", ["无园"]),
    ],
)
def test_a_park_has_all_parks_in_it(nested: Store, start: str, parts: list[str]) -> None:
    assert park_with_parts(nested, park(start)) == tuple(sorted(map(park, parts)))


def test_the_city_is_the_place_with_the_most_parts(nested: Store, nested_network: Network) -> None:
    assert nested_network.city == place("云市")
    assert territory(nested, place("云市")) == CITY


@pytest.mark.parametrize(
    ("iri", "parts", "around", "beyond"),
    [
        (
            place("东县"),
            [place("东县"), place("东镇"), park("大园"), park("小园"), park("微园")],
            ["云市", "南省"],
            False,
        ),
        (place("东镇"), [place("东镇")], ["东县", "云市", "南省"], False),
        (park("小园"), [park("小园"), park("微园")], [park("大园"), "东县", "云市", "南省"], False),
        (place("无处"), [place("无处")], [], False),
    ],
)
def test_a_territory_has_what_lies_in_it_and_around_it(
    nested: Store, iri: str, parts: list[str], around: list[str], beyond: bool
) -> None:
    whole = frozenset(name if ":" in name else place(name) for name in around)
    assert territory(nested, iri) == Territory(iri, frozenset(parts), whole, beyond)


@pytest.mark.parametrize(
    ("iri", "held"),
    [
        # 甲 in the innermost park, 乙 in the west, 丙 somewhere in the east, 丁 somewhere in the city, 戊 nowhere told,
        # 己 from outside.
        (place("东县"), {"甲": True, "乙": False, "丙": True, "丁": None, "戊": None, "己": False}),
        (place("西县"), {"甲": False, "乙": True, "丙": False, "丁": None, "戊": None, "己": False}),
        (place("东镇"), {"乙": False, "丙": None, "丁": None, "戊": None, "己": False}),
        (park("大园"), {"甲": True, "乙": False, "丙": None, "丁": None, "戊": None, "己": False}),
        (park("微园"), {"甲": True, "乙": False, "丙": None, "丁": None, "戊": None, "己": False}),
        (place("云市"), {"甲": True, "乙": True, "丙": True, "丁": True, "戊": True, "己": False}),
        (place("南省"), {"甲": True, "乙": True, "丙": True, "丁": True, "戊": True, "己": True}),
    ],
)
def test_who_is_in_a_territory(
    nested: Store, nested_network: Network, iri: str, held: dict[str, bool | None]
) -> None:
    found = territory(nested, iri)
    assert {name: found.holds(nested_network, org(name)) for name in held} == held


def test_projects_that_stand_for_their_plants(nested: Store, nested_network: Network) -> None:
    projects = {name: f"{ID}project/{name}" for name in ("一期", "二期", "三期")}

    def held(iri: str) -> dict[str, bool | None]:
        found = territory(nested, iri)
        return {name: found.holds(nested_network, project) for name, project in projects.items()}

    assert held(park("大园")) == {"一期": True, "二期": False, "三期": None}
    assert held(place("西县")) == {"一期": False, "二期": True, "三期": None}
    assert held(place("南省")) == {"一期": True, "二期": True, "三期": True}
    assert {n: nested_network.projects[p].parks for n, p in projects.items()} == {
        "一期": (park("小园"),),
        "二期": (park("西园"),),
        "三期": (),
    }


def test_places_that_hold_each_other_end() -> None:
    # The checks report such a ring; reading must not hang on it.
    def part(one: str, other: str, name: str) -> Quad:
        return Quad(NamedNode(one), NamedNode(GY + name), NamedNode(other), GRAPH)

    ring = [part(park(a), park(b), "partOfPark") for a, b in ("甲乙", "乙丙", "丙甲")]
    store = memory_store(ring)
    everything = tuple(sorted(map(park, "甲乙丙")))
    assert park_with_parts(store, park("甲")) == everything
    found = territory(store, park("甲"))
    assert (found.parts, found.around) == (frozenset(everything), frozenset())


def test_what_stands_in_two_sources_counts_once() -> None:
    facts = [
        ("urn:f", RDF_TYPE, GY + "Production"),
        ("urn:f", GY + "producer", "urn:o"),
        ("urn:f", GY + "product", "urn:p"),
        ("urn:p", RDF_TYPE, GY + "Product"),
    ]
    quads = [
        Quad(NamedNode(s), NamedNode(p), NamedNode(o), NamedNode(g))
        for s, p, o in facts
        for g in ("urn:one", "urn:two")
    ]
    (fact,) = load(memory_store(quads), evidence="e6").production
    assert (fact.organization, fact.product, fact.status, fact.capacity) == ("urn:o", "urn:p", "", None)
