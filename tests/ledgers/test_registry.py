"""Which thing a name means."""

from __future__ import annotations

import pytest

from kg.ledgers.registry import Entry, Registry


def entry(name: str, ledger: str = "organizations", iri: str = "") -> Entry:
    return Entry(ledger, name, iri or f"id:{name}", f"{ledger}.csv", 2)


@pytest.fixture
def registry() -> Registry:
    found = Registry()
    found.add(entry("云溪竹业集团有限公司"), ["云溪竹业集团有限公司", "竹业集团", "Yunxi Bamboo"])
    found.add(entry("云溪纸业有限公司"), ["云溪纸业有限公司"])
    found.add(entry("竹浆", "products"), ["竹浆"])
    for chain in ("甲链", "乙链"):
        found.add(entry("制浆", "stages", f"id:{chain}/制浆"), ["制浆"], (chain,))
    return found


@pytest.mark.parametrize(
    "name", ["云溪竹业集团有限公司", "竹业集团", "yunxi bamboo", "YUNXIBAMBOO", "竹业 集团"]
)
def test_names_and_aliases(registry: Registry, name: str) -> None:
    found = registry.find("organizations", name)
    assert found is not None
    assert found.name == "云溪竹业集团有限公司"


@pytest.mark.parametrize(
    ("ledger", "name"), [("products", "竹业集团"), ("organizations", "云溪竹业"), ("places", "云溪")]
)
def test_likeness_is_no_meaning(registry: Registry, ledger: str, name: str) -> None:
    assert registry.find(ledger, name) is None


def test_one_name_in_two_scopes(registry: Registry) -> None:
    assert [registry.find("stages", "制浆", (chain,)).iri for chain in ("甲链", "乙链")] == [  # type: ignore[union-attr]
        "id:甲链/制浆",
        "id:乙链/制浆",
    ]
    assert registry.find("stages", "制浆") is None


def test_a_name_means_one_thing(registry: Registry) -> None:
    taken = registry.add(entry("新公司"), ["新公司", "竹业 集团", "云溪纸业有限公司"])
    assert [(name, other.name) for name, other in taken] == [
        ("竹业 集团", "云溪竹业集团有限公司"),
        ("云溪纸业有限公司", "云溪纸业有限公司"),
    ]
    assert registry.find("organizations", "竹业集团").name == "云溪竹业集团有限公司"  # type: ignore[union-attr]


def test_a_thing_may_repeat_its_own_names(registry: Registry) -> None:
    assert registry.add(entry("竹浆", "products"), ["竹浆", "竹 浆"]) == ()


def test_nearest_names(registry: Registry) -> None:
    assert registry.nearest(["organizations"], "云溪竹业有限公司")[0] == "云溪竹业集团有限公司"
    assert registry.nearest(["organizations"], "云溪纸业有限公司", limit=1) == ("云溪纸业有限公司",)
    assert registry.nearest(["products"], "竹桨") == ("竹浆",)
    assert registry.nearest(["organizations"], "XYZ") == ()
    assert registry.nearest(["places"], "云溪") == ()
    # A thing with several names like the one asked for is told once.
    assert registry.nearest(["stages"], "制浆") == ("制浆",)


def test_nearest_names_do_not_depend_on_the_order_of_entry() -> None:
    names = [f"云溪第{n}造纸厂" for n in "一二三四五六"]
    answers = []
    for order in (names, names[::-1]):
        registry = Registry()
        for name in order:
            registry.add(entry(name), [name])
        answers.append(registry.nearest(["organizations"], "云溪第七造纸厂"))
    assert answers[0] == answers[1]
    assert len(answers[0]) == 3


def test_one_wrong_character_goes_before_every_other_likeness() -> None:
    registry = Registry()
    for name in ("竹桨机械", "竹桨设备", "竹桨工艺", "竹桨配件", "竹浆", "华锦阿美石化", "华锦阿美"):
        registry.add(entry(name), [name])
    assert registry.nearest(["organizations"], "竹桨")[0] == "竹浆"
    assert registry.nearest(["organizations"], "浆竹")[0] == "竹浆"
    assert registry.nearest(["organizations"], "华绵阿美")[0] == "华锦阿美"
    # A name that comes later is found as well.
    registry.add(entry("竹桨"), ["竹桨"])
    assert registry.nearest(["organizations"], "竹桨 ")[0] == "竹桨"


def test_a_file_full_of_unknown_names_does_not_wait_for_suggestions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.ledgers.registry._MOST_COMPARED", 7)
    registry = Registry()
    for name in ("竹浆", "竹材", "烧碱"):
        registry.add(entry(name), [name])
    told = [registry.nearest(["organizations"], name) for name in ("竹桨", "竹才", "烧减", "竹桨")]
    assert told == [("竹浆", "竹材"), ("竹材", "竹浆"), (), ("竹浆", "竹材")]
