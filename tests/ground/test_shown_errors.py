"""Messages and errors as a reader sees them, whatever stands in their values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import messages
from kg.errors import (
    DataError,
    InputError,
    KgError,
    QueryError,
    QueryRefused,
    QueryTimeout,
    SettingError,
    StoreError,
    UnknownName,
    UsageError,
)

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)


@pytest.mark.parametrize(
    ("key", "zh", "en"),
    [
        ("word.yes", "是", "yes"),
        ("word.no", "否", "no"),
        ("word.unknown", "未知", "unknown"),
    ],
)
def test_words(key: str, zh: str, en: str) -> None:
    assert (messages.text(key, "zh"), messages.text(key, "en")) == (zh, en)
    assert messages.has(key)


@pytest.mark.parametrize("key", ["", "word", "word.", "word.yes.zh", "WORD.YES", "no.such.key"])
def test_only_whole_keys_are_keys(key: str) -> None:
    assert not messages.has(key)
    with pytest.raises(KeyError):
        messages.text(key, "zh")


def test_a_key_below_another_key_has_its_own_text() -> None:
    assert messages.text("name.ambiguous", "zh", name="甲", candidates="乙") == "“甲”可以指多个对象：乙。"
    assert messages.text("name.ambiguous.hint", "zh") == "请写全名或 IRI。"


@given(TEXT, TEXT)
def test_values_arrive_whole_even_with_braces_in_them(file: str, column: str) -> None:
    assert messages.text("dataset.column", "zh", file=file, column=column) == f"{file} 缺少列：{column}。"
    assert (
        messages.text("dataset.column", "en", file=file, column=column)
        == f"{file} lacks the column {column}."
    )


@given(st.text("{}!:.[]0a", min_size=1, max_size=10))
def test_a_hostile_name_is_shown_as_it_is(name: str) -> None:
    assert UnknownName(name, "企业").text("zh") == f"没有名为“{name}”的企业。"
    assert UnknownName(name, "firm").text("en") == f"There is no firm named “{name}”."


@pytest.mark.parametrize(
    ("length", "shown"),
    [(1, "长"), (119, "长" * 119), (120, "长" * 120), (121, "长" * 120 + "…"), (9_999, "长" * 120 + "…")],
)
def test_of_a_very_long_name_the_beginning_is_shown_and_all_is_kept(length: int, shown: str) -> None:
    error = UnknownName("长" * length, "产品")
    assert error.text("zh") == f"没有名为“{shown}”的产品。"
    assert error.name == "长" * length


@pytest.mark.parametrize(
    ("nearest", "zh", "en"),
    [
        (["乙"], "相近的名称有：乙。", "Nearest names: 乙."),
        (["乙", "丙"], "相近的名称有：乙、丙。", "Nearest names: 乙; 丙."),
        (iter(["乙", "丙", "丁"]), "相近的名称有：乙、丙、丁。", "Nearest names: 乙; 丙; 丁."),
    ],
)
def test_nearest_names_are_listed_in_order(nearest: list[str], zh: str, en: str) -> None:
    error = UnknownName("甲", "企业", nearest)
    assert error.text("zh").endswith(zh)
    assert error.text("en").endswith(en)
    assert str(error) == error.text("en")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (KgError("word.yes"), 4),
        (InputError("dataset.table", file="a"), 3),
        (StoreError("store.missing", path="p"), 3),
        (UsageError("dataset.name", name="x"), 2),
        (SettingError("settings.refused", variable="v", value="x", admitted=""), 2),
        (UnknownName("a", "b"), 2),
        (QueryError("query.syntax", line=1, column=1, near="x"), 2),
        (QueryRefused("query.service"), 2),
        (QueryTimeout("query.memory"), 2),
        (DataError("data.findings"), 1),
    ],
)
def test_an_error_ends_the_program_with_its_own_code_and_is_caught_as_one_of_ours(
    error: KgError, code: int
) -> None:
    assert error.exit_code == code
    assert error.text("zh") != ""
    with pytest.raises(KgError):
        raise error


def test_only_known_places_are_told() -> None:
    error = InputError("dataset.table", file="a.csv", row=0, column=0)
    assert dict(error.params) == {"file": "a.csv", "row": 0, "column": 0}
    assert (error.sheet, error.value) == (None, None)
    assert dict(QueryError("query.failed", reason="x").params) == {"reason": "x"}


def test_values_of_an_error_cannot_be_changed_behind_its_back() -> None:
    given_ = {"name": "甲"}
    error = UsageError("dataset.name", **given_)
    given_["name"] = "乙"
    assert "甲" in error.text("zh")
    with pytest.raises(TypeError):
        error.params["name"] = "乙"  # type: ignore[index]


def test_findings_are_counted_and_kept_in_order() -> None:
    error = DataError("data.findings", findings=(word for word in ("一", "二", "三")))
    assert error.findings == ("一", "二", "三")
    assert error.params["count"] == 3
    assert "3" in error.text("zh")
    assert "3" in error.text("en")
    assert DataError("data.findings").params["count"] == 0
