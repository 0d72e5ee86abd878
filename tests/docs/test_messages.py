"""Every text exists in both languages, says the same, is used, and what is used exists."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from click import Context

from kg.cli import cli
from kg.cli.bilingual import Argument, LazyGroup, Option
from kg.messages import LANGUAGES, catalogue, text

ROOT = Path(__file__).resolve().parents[2]
KEY = re.compile(r"[a-z][a-z0-9_-]*(\.[a-z0-9_{}-]+)+")
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:!?()]|[,;!?][\u4e00-\u9fff]")


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def source_trees() -> Iterator[tuple[Path, ast.AST]]:
    for room in ("kg", "visual"):
        for path in sorted((ROOT / room).rglob("*.py")):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def strings() -> Iterator[str]:
    """Every string of the program; the gaps of an f-string become ``*``."""
    for _, tree in source_trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
            elif isinstance(node, ast.JoinedStr):
                yield "".join(str(p.value) if isinstance(p, ast.Constant) else "*" for p in node.values)
    for template in sorted((ROOT / "kg").rglob("*.j2")):
        yield from re.findall(r'"([a-z_.]+)"', template.read_text(encoding="utf-8"))


def help_keys() -> set[str]:
    """The keys that the help pages look up, which no string of the program spells out."""
    found = set()

    def walk(command: object, path: tuple[str, ...]) -> None:
        key = ".".join(path) or "kg"
        found.update({f"command.{key}.{part}" for part in ("short", "help", "example")})
        found.update(p.help_key(key) for p in command.params if isinstance(p, Option | Argument))
        if isinstance(command, LazyGroup):
            for name in command.list_commands(Context(command)):
                walk(command.get_command(Context(command), name), (*path, name))

    walk(cli, ())
    return found | {"option.help"}


@pytest.mark.parametrize("key", catalogue())
def test_both_languages_say_it_with_the_same_placeholders(key: str) -> None:
    texts = catalogue()[key]
    assert set(texts) == set(LANGUAGES)
    # What stands between two sentences is nothing in Chinese.
    assert all(texts.values()) or key == "phrase.sentence"
    assert placeholders(texts["zh"]) == placeholders(texts["en"])


@pytest.mark.parametrize("key", catalogue())
def test_chinese_has_full_width_punctuation(key: str) -> None:
    plain = re.sub(r"\{\w+\}", "名", catalogue()[key]["zh"])
    assert not HALF_WIDTH.search(plain), plain
    assert re.search(r"[\u4e00-\u9fff]", plain) or not re.search(
        r"[a-z]{3}", re.sub(r"\b(kg|out|demo)\b.*", "", plain)
    )


def test_every_key_that_the_program_looks_up_exists() -> None:
    known = catalogue()
    groups = {key.split(".")[0] for key in known}
    missing = set()
    for path, tree in source_trees():
        if path.parts[-2] == "visual":
            continue  # the maps have their own words
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            key = node.args[0].value
            looks_up = name in {"text", "say"} or name.endswith(("Error", "Refused", "Timeout", "Name"))
            if looks_up and isinstance(key, str) and KEY.fullmatch(key) and key not in known:
                missing.add((path.name, key))
    assert groups
    assert not missing


def test_every_key_is_used() -> None:
    spelled = set(strings())
    # A pattern says which group of keys it looks up, or how the key that it is given goes on.
    patterns = [
        re.compile(re.escape(s).replace(r"\*", r"[^.]+"))
        for s in spelled
        if "*" in s and not s.startswith("*") and KEY.match(s.replace("*", "x"))
    ]
    patterns += [re.compile(f".+{s[1:]}") for s in spelled if re.fullmatch(r"\*_[a-z_]+", s)]
    used = help_keys()

    def is_used(key: str) -> bool:
        plain = key.removesuffix(".hint")
        return plain in spelled or plain in used or any(pattern.fullmatch(plain) for pattern in patterns)

    assert not [key for key in catalogue() if not is_used(key)]


def test_the_file_is_plain_toml_without_a_key_twice() -> None:
    raw = (ROOT / "kg" / "messages.toml").read_text(encoding="utf-8")
    tomllib.loads(raw)
    heads = re.findall(r"^\[(.+)\]$", raw, re.MULTILINE)
    assert len(heads) == len(set(heads))


def test_a_text_without_values_shows_its_braces() -> None:
    assert "{ GRAPH ?g {" in text("command.sparql.example", "en")


def test_a_forgotten_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        text("error.line", "zh", other=1)
