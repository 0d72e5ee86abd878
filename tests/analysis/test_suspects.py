"""Suspects: found with their grounds, never merged, gone once judged; a large city in seconds."""

from __future__ import annotations

import csv
import io
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.analysis.likeness import Cores, alike, contained, numbers
from kg.analysis.suspects import Suspect, find_suspects
from kg.ledgers import build
from kg.names import ID, local_name, normalize_name
from kg.settings import shipped_city
from kg.store import memory_store
from kg.store.terms import Literal, NamedNode, Quad

HEADERS = {
    "organizations": "单位名称,别名,统一社会信用代码,类型,本地外地,来源",
    "ownership": "出资方,被投资方,来源",
    "parks": "园区名称,来源",
    "projects": "项目名称,建设单位,来源",
    "products": "产品,CAS号,上位产品,类别,来源",
    "places": "名称,来源",
    "judgements": "对象,对象类型,关系,另一对象,理由,来源",
    "sources": "来源编号,标题,证据等级",
}


def suspects(**rows: list[str]) -> dict[frozenset[str], Suspect]:
    tables = {"sources": ["s,标题,E4"], "places": ["云溪市,s", "北岭县,s"], **rows}
    files = {f"{name}.csv": "\n".join([HEADERS[name], *own]).encode() for name, own in tables.items()}
    graph = build(files)
    assert not graph.errors, [finding.message("en") for finding in graph.errors]
    found = find_suspects(memory_store(graph.quads))
    return {frozenset((local_name(s.first), local_name(s.second))): s for s in found}


def firm(name: str, aliases: str = "", code: str = "") -> str:
    return f"{name},{aliases},{code},企业,本地,s"


def grounds(found: dict[frozenset[str], Suspect], *names: str) -> set[str]:
    return {ground.kind for ground in found[frozenset(names)].grounds}


def test_place_and_legal_form_do_not_tell_firms_apart() -> None:
    found = suspects(
        organizations=[firm("云溪白鹭竹业有限公司"), firm("白鹭竹业（云溪）有限责任公司"), firm("青篁纺织厂")]
    )
    assert set(found) == {frozenset(("云溪白鹭竹业有限公司", "白鹭竹业（云溪）有限责任公司"))}
    [suspect] = found.values()
    assert suspect.likeness == 100
    assert grounds(found, "云溪白鹭竹业有限公司", "白鹭竹业（云溪）有限责任公司") >= {"core"}
    assert not suspect.against


def test_codes_decide_more_than_names() -> None:
    one, other = "91990101MA0000007H", "91330106673959654P"
    same = suspects(organizations=[firm("甲乙丙实业", code=one), firm("丁戊己贸易", code=one)])
    assert grounds(same, "甲乙丙实业", "丁戊己贸易") == {"code"}
    assert not suspects(organizations=[firm("白鹭竹业有限公司", code=one), firm("白鹭竹业集团", code=other)])


def test_shareholding_form_and_place_speak_against() -> None:
    found = suspects(
        organizations=[
            firm("白鹭竹业集团有限公司"),
            firm("白鹭竹业股份有限公司"),
            firm("云溪绿洲食品有限公司"),
            firm("北岭绿洲食品有限公司"),
        ],
        ownership=["白鹭竹业集团有限公司,白鹭竹业股份有限公司,s"],
    )
    against = {
        ground.kind for ground in found[frozenset(("白鹭竹业集团有限公司", "白鹭竹业股份有限公司"))].against
    }
    assert against == {"holds", "form"}
    places = found[frozenset(("云溪绿洲食品有限公司", "北岭绿洲食品有限公司"))].against
    assert [ground.value for ground in places] == ["云溪 ≠ 北岭"]


def test_an_alias_within_a_trade_name_and_a_short_form_are_grounds() -> None:
    found = suspects(
        organizations=[
            firm("女娲防水材料有限公司"),
            firm("女娲防水建材科技集团"),
            firm("东方雨林农业", aliases="雨林股份"),
            firm("雨林集团"),
        ]
    )
    assert "beginning" in grounds(found, "女娲防水材料有限公司", "女娲防水建材科技集团")
    assert grounds(found, "东方雨林农业", "雨林集团") == {"alias"}


def test_phases_isomers_polymers_and_kinds_are_no_suspects() -> None:
    assert not suspects(
        projects=["白鹭乙烯项目一期,,s", "白鹭乙烯项目二期,,s"],
        products=[
            "1-丁烯,,,中间品,s",
            "2-丁烯,,,中间品,s",
            "甲基丙烯酸甲酯,,,中间品,s",
            "聚甲基丙烯酸甲酯,,,中间品,s",
        ],
    )
    assert not suspects(products=["ABS树脂,,,中间品,s", "ABS-树脂,,ABS树脂,中间品,s"])
    found = suspects(products=["聚乙烯,9002-88-4,,中间品,s", "PE料,9002-88-4,,中间品,s"])
    assert grounds(found, "聚乙烯", "PE料") == {"code"}


@pytest.mark.parametrize("relation", ["同一", "很可能同一", "不同"])
@pytest.mark.parametrize("swapped", [False, True])
def test_a_judged_pair_is_no_suspect(relation: str, swapped: bool) -> None:
    pair = ["白鹭竹业有限公司", "白鹭竹业集团"]
    organizations = [firm(name) for name in pair]
    assert suspects(organizations=organizations)
    first, second = reversed(pair) if swapped else pair
    assert not suspects(organizations=organizations, judgements=[f"{first},单位,{relation},{second},查过,s"])


def test_three_of_one_trade_name_stay_three() -> None:
    """The city's anchor group, its listed firm and its joint venture share a trade name and are three."""
    files = {path.name: path.read_bytes() for path in shipped_city().glob("*.csv")}
    table = list(csv.DictReader(io.StringIO(files["judgements.csv"].decode())))
    different = [row for row in table if row["关系"] == "不同" and row["对象类型"] == "单位"]
    hub = max(sorted(row["对象"] for row in different), key=[row["对象"] for row in different].count)
    siblings = [hub, *(row["另一对象"] for row in different if row["对象"] == hub)]
    assert len(siblings) >= 3
    firms = {row["单位名称"]: row for row in csv.DictReader(io.StringIO(files["organizations.csv"].decode()))}
    graph = build(files)
    store = memory_store(graph.quads)
    labels = {
        normalize_name(str(name)): str(thing)
        for thing, name in store.select(
            "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX gy: <https://w3id.org/gongyue/ontology#> "
            "SELECT DISTINCT ?thing ?name { ?thing a gy:Enterprise ; skos:prefLabel|skos:altLabel ?name }"
        ).values()
    }
    meant = {}
    for name in siblings:
        for alias in (name, *filter(None, firms[name]["别名"].split(";"))):
            meant[alias] = labels[normalize_name(alias)]
        assert meant[name] == labels[normalize_name(name)]
    assert len({meant[name] for name in siblings}) == len(siblings)
    assert len(meant) > len(siblings)  # their short names are on record, and each means one of them
    # Judged, they are not listed; without the judgement they would be looked at, not merged.
    pairs = {frozenset((s.first, s.second)) for s in find_suspects(store)}
    assert not [pair for pair in pairs if len(pair & set(meant.values())) == 2]
    unjudged = memory_store(
        build({name: data for name, data in files.items() if name != "judgements.csv"}).quads
    )
    again = {frozenset((s.first, s.second)) for s in find_suspects(unjudged)}
    assert [pair for pair in again if len(pair & set(meant.values())) == 2]


def test_what_is_left_of_names() -> None:
    cores = Cores(["云溪市"])
    assert cores.core("长春化工（云溪）有限公司", "enterprise") == "长春化工"
    assert cores.core("Bailu Bamboo Co., Ltd.", "enterprise") == "bailubamboo"
    assert cores.core("云溪市人民政府", "governmentbody") == "云溪市人民政府"
    assert cores.core("中国公司", "enterprise")
    assert cores.core("云溪", "enterprise") == "云溪"
    assert numbers("年产10万吨（二期）") == ("10", "二")


@given(st.lists(st.text("甲乙丙丁戊己庚", max_size=9), max_size=12), st.integers(50, 100))
def test_likeness_never_pairs_a_name_with_itself_and_keeps_its_bound(names: list[str], least: int) -> None:
    for first, second, likeness in alike(names, least):
        assert first < second
        assert names[first] != names[second]
        assert least <= likeness <= 100
    for short, long, _ in contained(names):
        assert names[short] in names[long]
        assert names[short] != names[long]


@pytest.mark.slow
def test_a_hundred_thousand_names_take_seconds() -> None:
    chance = random.Random(1)
    characters = [chr(code) for code in range(0x4E00, 0x4E00 + 1500)]
    gy, skos = "https://w3id.org/gongyue/ontology#", "http://www.w3.org/2004/02/skos/core#"
    graph = NamedNode("https://w3id.org/gongyue/source/s")
    quads = []
    for number in range(100_000):
        trade = "".join(chance.choices(characters, k=chance.choice((2, 3, 4))))
        name = (
            trade
            + chance.choice(("科技", "化工", "新材料"))
            + chance.choice(("有限公司", "集团有限公司", "股份有限公司"))
        )
        thing = NamedNode(f"{ID}organization/{number}")
        quads.append(
            Quad(
                thing,
                NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"),
                NamedNode(gy + "Enterprise"),
                graph,
            )
        )
        quads.append(Quad(thing, NamedNode(skos + "prefLabel"), Literal(name, language="zh"), graph))
    store = memory_store(quads)
    start = time.process_time()
    assert find_suspects(store)
    assert time.process_time() - start < 40
