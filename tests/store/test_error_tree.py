"""The errors are the tree that their module draws, and every one raised has a text in both languages."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from kg import errors, messages

ROOT = Path(errors.__file__).parent
CLASSES = {name: getattr(errors, name) for name in errors.__all__}


def raised() -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Each error raised with a literal key in the store and the queries: place, class, key, parameters given."""
    found = []
    for path in sorted([*(ROOT / "store").glob("*.py"), *(ROOT / "queries").glob("*.py")]):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CLASSES:
                key = node.args[0] if node.args else None
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    given = tuple(sorted(keyword.arg or "" for keyword in node.keywords))
                    found.append((f"{path.name}:{node.lineno}", node.func.id, key.value, given))
    return found


def test_the_docstring_draws_the_tree() -> None:
    drawn = re.findall(r"^ {4}([│├└─ ]*)(\w+) +(\d) ", errors.__doc__ or "", re.MULTILINE)
    assert {name for _, name, _ in drawn} == set(errors.__all__)
    branch: list[type] = []
    for indent, name, code in drawn:
        depth = len(indent) // 4
        class_ = CLASSES[name]
        assert class_.exit_code == int(code), name
        if depth:
            assert class_.__bases__ == (branch[depth - 1],), name
        branch[depth:] = [class_]


def test_all_is_sorted_and_whole() -> None:
    public = {n for n, v in vars(errors).items() if isinstance(v, type) and issubclass(v, Exception)}
    assert errors.__all__ == sorted(public)


@pytest.mark.parametrize(("place", "name", "key", "given"), raised(), ids=lambda value: str(value)[:40])
def test_it_has_a_text_in_both_languages(place: str, name: str, key: str, given: tuple[str, ...]) -> None:
    assert messages.has(key), f"{place}: {key}"
    for lang in messages.LANGUAGES:
        text = messages.catalogue()[key][lang]
        # What no placeholder takes is context for programs; a placeholder that nobody fills is a crash.
        assert set(re.findall(r"{(\w+)", text)) <= set(given), f"{place}: {key} in {lang}"


def test_an_error_shows_itself_in_both_languages() -> None:
    error = errors.StoreError("store.missing", path="/nowhere")
    assert "/nowhere" in str(error)
    assert str(error) == error.text("en") != error.text("zh")
    assert "没有找到图谱库" in error.text("zh")


def test_an_unknown_name_lists_the_nearest_as_the_language_does() -> None:
    error = errors.UnknownName("甲", "企业", ["乙", "丙"])
    assert "乙、丙" in error.text("zh")
    assert "乙; 丙" in error.text("en")
    assert errors.UnknownName("甲", "企业").key == "name.unknown"


def test_places_are_fields_and_placeholders() -> None:
    error = errors.InputError("input.rdf", file="a.trig", row=3, column=4, reason="why")
    assert (error.file, error.sheet, error.row, error.column, error.value) == ("a.trig", None, 3, 4, None)
    assert "a.trig" in str(error)
    assert "3" in str(error)
    query = errors.QueryError("query.syntax", line=2, column=5, near="x")
    assert (query.line, query.column) == (2, 5)
    assert errors.DataError("data.findings", findings=[1, 2]).findings == (1, 2)
