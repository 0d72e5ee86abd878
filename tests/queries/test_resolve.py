"""What a person types, and what it means."""

from __future__ import annotations

import pytest

from kg.errors import UnknownName, UsageError
from kg.names import GY, ID, RDF_TYPE, SKOS
from kg.queries import NameIndex, name_index
from kg.queries.resolve import expand_classes
from kg.store import Literal, NamedNode, Quad, memory_store

FIRM = ID + "organization/甲"
ROWS = [
    (FIRM, "Enterprise", "长春化工（盘锦）有限公司", "zh", True),
    (FIRM, "Enterprise", "Changchun Chemical", "en", True),
    (FIRM, "Enterprise", "长春化工", "zh", False),
    (ID + "organization/乙", "GovernmentBody", "长春市", "zh", True),
    (ID + "product/乙烯", "Product", "乙烯", "zh", True),
    (ID + "stage/x/乙烯", "Stage", "乙烯", "zh", True),
    (ID + "stage/y/乙烯", "Stage", "乙烯", "zh", True),
    (ID + "product/abs", "Product", "ABS", "", True),
    (ID + "product/other", "Product", "别的", "zh", True),
    (ID + "product/other", "Product", "abs", "", False),
]


@pytest.fixture
def names() -> NameIndex:
    return NameIndex(ROWS)


@pytest.mark.parametrize(
    "text",
    [
        "长春化工（盘锦）有限公司",
        "长春化工(盘锦)有限公司",
        " 长春化工 （ 盘锦 ） 有限公司 ",
        "长春化工",
        "Changchun Chemical",
        "CHANGCHUN chemical",
        "ｃhangchun chemical",
        FIRM,
        f" {FIRM} ",
    ],
)
def test_names_other_names_and_iris_mean_the_thing(names: NameIndex, text: str) -> None:
    assert names.resolve(text, ["Organization"]) == FIRM
    assert names.resolve(text, ["Enterprise"]) == FIRM


@pytest.mark.parametrize("text", [FIRM, "长春化工", "Changchun Chemical"])
def test_a_thing_of_another_class_is_not_meant(names: NameIndex, text: str) -> None:
    with pytest.raises(UnknownName):
        names.resolve(text, ["Product"])


def test_the_likelier_class_wins_and_equals_are_ambiguous(names: NameIndex) -> None:
    assert names.resolve("乙烯", ["Product", "Stage"]) == ID + "product/乙烯"
    with pytest.raises(UsageError) as caught:
        names.resolve("乙烯", ["Stage", "Product"])
    assert caught.value.key == "name.ambiguous"
    assert str(caught.value.params["candidates"]).count("乙烯") == 2


def test_a_name_beats_another_things_other_name(names: NameIndex) -> None:
    assert names.resolve("abs", ["Product"]) == ID + "product/abs"


def test_the_nearest_names_are_offered(names: NameIndex) -> None:
    with pytest.raises(UnknownName) as caught:
        names.resolve("长春化工厂", ["Organization"], "企业")
    error = caught.value
    assert error.nearest[0] == "长春化工（盘锦）有限公司"
    assert (error.name, error.kind, error.key) == ("长春化工厂", "企业", "name.unknown_nearest")
    assert error.exit_code == 2
    with pytest.raises(UnknownName) as caught:
        names.resolve("Changchun Chem", ["Organization"])
    assert caught.value.nearest[0] == "Changchun Chemical"


def test_nothing_like_it(names: NameIndex) -> None:
    with pytest.raises(UnknownName) as caught:
        names.resolve("zzz", ["Chain"])
    assert (caught.value.nearest, caught.value.key) == ((), "name.unknown")


def test_labels_fall_back(names: NameIndex) -> None:
    assert names.label(FIRM, "en") == "Changchun Chemical"
    assert names.label(ID + "product/乙烯", "en") == "乙烯"
    assert names.label(ID + "product/abs", "zh") == "ABS"
    assert names.label(ID + "product/没有名字", "zh") == "没有名字"
    assert not names.has(ID + "product/没有名字")


def test_classes_stand_in_order() -> None:
    assert expand_classes(["Product", "Organization"])[:2] == ("Product", "Enterprise")
    assert len(expand_classes(["Organization"])) == 4


def test_a_stores_names_whatever_graph_says_them() -> None:
    def quad(predicate: str, value: NamedNode | Literal, graph: str) -> Quad:
        return Quad(NamedNode(FIRM), NamedNode(predicate), value, NamedNode(graph))

    store = memory_store(
        [
            quad(RDF_TYPE, NamedNode(GY + "Enterprise"), "https://example.org/1"),
            quad(SKOS + "prefLabel", Literal("甲公司", language="zh"), "https://example.org/1"),
            quad(SKOS + "altLabel", Literal("甲"), "https://example.org/2"),
        ]
    )
    found = name_index(store)
    assert found.resolve("甲", ["Organization"]) == FIRM
    assert found.label(FIRM, "en") == "甲公司"
