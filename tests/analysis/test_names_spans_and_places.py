"""What names, numbers and links say, each by a second route: edit distance, intervals, all shortest paths."""

from __future__ import annotations

from collections import deque
from decimal import Decimal
from itertools import combinations, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analysis.conflicts import Conflict, Statement, find_conflicts
from kg.analysis.likeness import Cores, alike, contained, grouped, numbers
from kg.analysis.links import Link
from kg.analysis.resilience.critical import find_nexus
from kg.ledgers import build
from kg.names import local_name
from kg.network import load
from kg.network.facts import known_at
from kg.store import memory_store
from tests.recipe_network import SAID

# ------------------------------------------------------------------ likeness


def kept(one: str, other: str) -> int:
    """Length of the longest common subsequence, by a table."""
    row = [0] * (len(other) + 1)
    for letter in one:
        before = 0
        for j, there in enumerate(other, 1):
            before, row[j] = row[j], before + 1 if letter == there else max(row[j], row[j - 1])
    return row[-1]


few = st.lists(st.text("甲乙丙丁戊己", min_size=1, max_size=8), max_size=5)


@settings(max_examples=150, deadline=None)
@given(few, st.sampled_from([40, 60, 75, 90]))
def test_of_a_few_names_every_pair_is_compared(names: list[str], least: int) -> None:
    distinct = sorted(set(names))
    expected = {
        frozenset(pair): 200 * kept(*pair) / (len(pair[0]) + len(pair[1]))
        for pair in combinations(distinct, 2)
    }
    found = {frozenset((names[i], names[j])): likeness for i, j, likeness in alike(names, least)}
    assert found.keys() == {pair for pair, likeness in expected.items() if likeness >= least}
    for pair, likeness in found.items():
        assert likeness == pytest.approx(expected[pair], abs=0.06)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text("甲乙丙", min_size=1, max_size=6), max_size=10, unique=True))
def test_a_short_form_is_at_least_half_of_the_long_one(names: list[str]) -> None:
    expected = {
        (i, j): 100 * len(short) / len(long)
        for i, short in enumerate(names)
        for j, long in enumerate(names)
        if short != long and short in long and len(short) >= 2 and 2 * len(short) >= len(long)
    }
    found = {(i, j): share for i, j, share in contained(names)}
    assert found.keys() == expected.keys()
    assert all(found[pair] == pytest.approx(expected[pair], abs=0.06) for pair in found)


@given(st.lists(st.tuples(st.sampled_from("xyz"), st.integers(0, 6)), max_size=20))
def test_few_things_of_one_key_are_all_paired(keys: list[tuple[str, int]]) -> None:
    expected = {(key, a, b) for key, a in keys for other, b in keys if key == other and a < b}
    assert sorted(grouped(keys)) == sorted(expected)


def test_many_things_of_one_key_are_paired_in_a_row() -> None:
    assert list(grouped([("k", n) for n in range(13)])) == [("k", n, n + 1) for n in range(12)]
    assert len(list(grouped([("k", n) for n in range(12)]))) == 66


@pytest.mark.parametrize(
    ("name", "kind", "core"),
    [
        ("辽宁省云溪市白鹭石化股份有限公司", "enterprise", "白鹭石化"),
        ("中国白鹭石化集团有限公司", "enterprise", "白鹭石化"),
        ("白鹭（云溪）石化有限公司", "enterprise", "白鹭石化"),
        ("白鹭（北岭）石化有限公司", "enterprise", "白鹭北岭石化"),
        ("内蒙古自治区白鹭有限公司", "enterprise", "白鹭"),
        # What would be left tells nothing.
        ("云溪集团", "enterprise", "云溪"),
        ("有限公司", "enterprise", "有限公司"),
        ("北岭集团有限公司", "enterprise", "北岭"),
        ("云溪集团有限公司", "enterprise", "云溪"),
        ("云溪建设项目", "project", "云溪"),
        ("Egret Holdings Ltd.", "enterprise", "egret"),
        ("EGRET CHEMICAL GROUP", "enterprise", "egretchemical"),
        ("白鹭乙烯建设项目", "project", "白鹭乙烯"),
        ("白鹭乙烯项目有限公司", "project", "白鹭乙烯项目有限公司"),
        ("云溪市发展局", "governmentbody", "云溪市发展局"),
        ("1,4-丁二醇", "product", "14丁二醇"),
    ],
)
def test_cores_by_hand(name: str, kind: str, core: str) -> None:
    assert Cores(["云溪市"]).core(name, kind) == core


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("云溪市白鹭公司", {"云溪"}),
        ("辽宁省云溪市白鹭公司", {"云溪"}),
        ("白鹭（北岭县）公司", {"北岭"}),
        ("云溪白鹭（北岭）公司", {"云溪", "北岭"}),
        ("白鹭云溪公司", set()),
        ("浙江白鹭公司", set()),
    ],
)
def test_places_in_names(name: str, places: set[str]) -> None:
    assert Cores(["云溪市", "北岭县"]).places_of(name) == places


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("乙烯项目（二期）", ("二",)),
        ("第三污水厂", ("三",)),
        ("三江化工", ()),
        ("1.5万吨二号线", ("1.5", "二")),
        ("2,6-二甲酚", ("2", "6")),
        ("十一期", ("十一",)),
        ("", ()),
    ],
)
def test_numbers_tell_phases_and_isomers_apart(name: str, found: tuple[str, ...]) -> None:
    assert numbers(name) == found


# ------------------------------------------------------------------ numbers and their spans


def statement(
    value: str = "", unit: str = "t-a", qualifier: str = "", low: str = "", high: str = ""
) -> Statement:
    return Statement(value, low, high, unit, qualifier, "2024", ("a",), "e4")


@pytest.mark.parametrize(
    ("said", "span"),
    [
        (statement("100"), (100, 100)),
        (statement("2.5", "10kt-a"), (25_000, 25_000)),
        (statement("100", qualifier="about"), (95, 105)),
        (statement("-100", qualifier="about"), (-105, -95)),
        (statement("100", qualifier="over"), (100, None)),
        (statement("100", qualifier="at-least"), (100, None)),
        (statement("100", qualifier="at-most"), (None, 100)),
        (statement("100", qualifier="expected"), (100, 100)),
        (statement(low="1", high="2", unit="10kt-a"), (10_000, 20_000)),
        (statement("7", unit="no such unit"), (7, 7)),
        (statement("0", qualifier="about"), (0, 0)),
    ],
)
def test_what_a_number_admits(said: Statement, span: tuple) -> None:
    assert said.span() == span


LEDGERS = {
    "sources": "来源编号,标题,证据等级,发布日期\na,甲,E3,2025\nb,乙,E5,2025\nc,丙,E2,2025",
    "organizations": "单位名称,类型,本地外地,来源\n甲厂,企业,本地,a",
    "products": "产品,类别,来源\n乙烯,中间品,a",
}


def capacities(*said: str) -> tuple[Conflict, ...]:
    rows = [f"甲厂,乙烯,在产,{row}" for row in said]
    files = {f"{name}.csv": text.encode() for name, text in LEDGERS.items()}
    header = "单位名称,产品,状态,产能,单位,限定词,时点,来源"
    files["production.csv"] = "\n".join([header, *rows]).encode()
    graph = build(files)
    assert not graph.errors
    store = memory_store(graph.quads)
    return find_conflicts(store, load(store))


@pytest.mark.parametrize(
    ("one", "other", "spread"),
    [
        ("100,吨/年,,2024,a", "75,吨/年,,2024,b", Decimal("0.25")),
        ("1,万吨/年,,2024,a", "8000,吨/年,,2024,b", Decimal("0.2")),
        ("80-90,吨/年,,2024,a", "100,吨/年,,2024,b", Decimal("0.2")),
        ("0,吨/年,,2024,a", "100,吨/年,,2024,b", Decimal(1)),
        # About covers five per cent and no more: two that are both about, ten and a half.
        ("100,吨/年,约,2024,a", "105,吨/年,,2024,b", None),
        ("100,吨/年,约,2024,a", "106,吨/年,,2024,b", Decimal(6) / Decimal(106)),
        ("100,吨/年,约,2024,a", "110,吨/年,约,2024,b", None),
        ("100,吨/年,约,2024,a", "111,吨/年,约,2024,b", Decimal(11) / Decimal(111)),
        # At least a hundred and at most a hundred meet in one point.
        ("100,吨/年,以上,2024,a", "100,吨/年,以下,2024,b", None),
        ("101,吨/年,以上,2024,a", "100,吨/年,以下,2024,b", Decimal(1) / Decimal(101)),
        ("90-100,吨/年,,2024,a", "100-110,吨/年,,2024,b", None),
        ("90-99,吨/年,,2024,a", "100-110,吨/年,,2024,b", Decimal(20) / Decimal(110)),
        # Half a unit of the rougher number, and within a hundredth.
        ("100,吨/年,,2024,a", "100.5,吨/年,,2024,b", None),
        ("100,吨/年,,2024,a", "100.6,吨/年,,2024,b", Decimal("0.6") / Decimal("100.6")),
        ("33,万吨/年,,2024,a", "330001,吨/年,,2024,b", None),
    ],
)
def test_two_numbers_and_how_far_they_are_apart(one: str, other: str, spread: Decimal | None) -> None:
    forth, back = capacities(one, other), capacities(other, one)
    assert [c.spread for c in forth] == ([] if spread is None else [spread])
    assert forth == back


def test_a_third_statement_joins_two_that_agree_with_neither() -> None:
    [found] = capacities("100,吨/年,约,2024,a", "104,吨/年,,2024,b", "200,吨/年,,2024,c")
    assert [s.value for s in found.statements] == ["200", "100", "104"]
    assert [s.evidence for s in found.statements] == ["e2", "e3", "e5"]
    assert local_name(found.thing) == "甲厂"


def test_who_agrees_with_all_is_not_named_in_a_conflict() -> None:
    [found] = capacities("100,吨/年,,2024,a", "200,吨/年,,2024,b", "50,吨/年,以上,2024,c")
    assert {s.value for s in found.statements} == {"100", "200"}


@pytest.mark.parametrize(
    ("date", "as_of", "known"),
    [
        ("2024", "2024", True),
        ("2024", "2024-06", True),
        ("2024-06-30", "2024", True),
        ("2024-06-30", "2024-06", True),
        ("2024-07", "2024-06-30", False),
        ("2024-07-01", "2024-06-30", False),
        ("2025", "2024-12-31", False),
        ("2023-12-31", "2024", True),
        ("", "2024", True),
    ],
)
def test_what_is_known_at_a_date(date: str, as_of: str, known: bool) -> None:
    assert known_at(date, as_of) is known


# ------------------------------------------------------------------ places in the supply network

NODES = "abcdef"
pairs = st.sets(st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)), min_size=1, max_size=14)


def link(supplier: str, buyer: str) -> Link:
    return Link(supplier, buyer, "p", "recorded", False, 1.0, (SAID,))


def distances(edges: set[tuple[str, str]], start: str) -> dict[str, int]:
    found, todo = {start: 0}, deque([start])
    while todo:
        here = todo.popleft()
        for a, b in edges:
            if a == here and b not in found:
                found[b] = found[here] + 1
                todo.append(b)
    return found


def shortest_paths(edges: set[tuple[str, str]], start: str, end: str) -> list[tuple[str, ...]]:
    """Every shortest path, by trying all orders of the firms between."""
    firms = sorted({firm for edge in edges for firm in edge} - {start, end})
    for size in range(len(firms) + 1):
        found = [
            (start, *middle, end)
            for middle in permutations(firms, size)
            if all(step in edges for step in zip((start, *middle), (*middle, end), strict=True))
        ]
        if found:
            return found
    return []


@settings(max_examples=40, deadline=None)
@given(pairs)
def test_criticality_is_the_share_of_all_shortest_paths(found: set[tuple[str, str]]) -> None:
    edges = {(a, b) for a, b in found if a != b}
    firms = sorted({firm for edge in found for firm in edge})
    through = dict.fromkeys(firms, 0.0)
    for start, end in permutations(firms, 2):
        ways = shortest_paths(edges, start, end)
        for firm in firms:
            if ways:
                through[firm] += sum(firm in way[1:-1] for way in ways) / len(ways)
    others = (len(firms) - 1) * (len(firms) - 2)
    both_ways = edges | {(b, a) for a, b in edges}
    places = {n.organization: n for n in find_nexus(link(a, b) for a, b in found) if n.basis == "recorded"}
    assert sorted(places) == firms
    for firm, place in places.items():
        assert place.operational_criticality == pytest.approx(through[firm] / others if others > 0 else 0.0)
        assert (place.supply_load, place.demand_load) == (
            sum(b == firm for _, b in edges),
            sum(a == firm for a, _ in edges),
        )
        far = distances(both_ways, firm)
        reached, total = len(far) - 1, sum(far.values())
        close = reached / (len(firms) - 1) * reached / total if total else 0.0
        assert place.informational_independence == pytest.approx(close)


def test_the_order_of_places_is_by_criticality_then_load_then_name() -> None:
    found = find_nexus([link("s", "hub"), link("t", "hub"), link("hub", "u"), link("v", "w")])
    assert [n.organization for n in found if n.basis == "recorded"] == ["hub", "s", "t", "u", "v", "w"]
