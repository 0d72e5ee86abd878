"""Which firms count as one where concentration is judged."""

from __future__ import annotations

import pytest

from kg.analysis.groups import controlling_groups
from tests.small_city import names, network_of


def groups(text: str) -> dict[str, str]:
    found = controlling_groups(network_of(text))
    return dict(zip(names(found), names(found.values()), strict=True))


@pytest.mark.parametrize(
    ("facts", "group"),
    [
        ("own 甲 乙 51", "甲"),
        ("own 甲 乙 50.01", "甲"),
        ("own 甲 乙 50\nown 丙 乙 50", "乙"),
        ("own 甲 乙 50", "乙"),
        ("own 甲 乙 40", "乙"),
        ("own 甲 乙 -", "甲"),
        ("own 甲 乙 -\nown 丙 乙 -", "乙"),
        ("own 甲 乙 60\nown 丙 乙 -", "甲"),
        ("own 甲 乙 60\nown 丙 乙 70", "乙"),
        ("own 甲 乙 30\nown 丙 乙 70", "丙"),
    ],
)
def test_control(facts: str, group: str) -> None:
    assert groups(facts)["乙"] == group


def test_chains_of_control_lead_to_the_top() -> None:
    found = groups("own 甲 乙 60\nown 乙 丙 51\nown 丙 丁 100\nown 甲 戊 20")
    assert found == {"甲": "甲", "乙": "甲", "丙": "甲", "丁": "甲", "戊": "戊"}


def test_a_chain_breaks_at_a_joint_venture() -> None:
    assert groups("own 甲 乙 50\nown 己 乙 50\nown 乙 丙 60")["丙"] == "乙"


def test_circles_are_one_group_also_for_those_below() -> None:
    found = groups("own 丁 丙 60\nown 丙 丁 60\nown 丙 乙 60\nown 乙 丑 60")
    assert set(found.values()) == {min("丙", "丁")}


def test_a_firm_that_owns_itself() -> None:
    assert groups("own 甲 甲 100")["甲"] == "甲"


@pytest.mark.parametrize(
    ("as_of", "group"), [("2009", "乙"), ("2010", "甲"), ("2019", "甲"), ("2020", "丙"), ("2022", "丙")]
)
def test_the_newest_share_decides(as_of: str, group: str) -> None:
    text = "own 甲 乙 80 2010\nown 甲 乙 9 2020\nown 丙 乙 91 2020\norganization 乙 本地"
    assert (
        dict(zip(names(f := controlling_groups(network_of(text, as_of))), names(f.values()), strict=True))[
            "乙"
        ]
        == group
    )


def test_a_later_statement_without_a_share_does_not_unsay_one() -> None:
    assert groups("own 甲 乙 30 2010\nown 甲 乙 - 2020")["乙"] == "乙"
