"""Every text a user reads, in Chinese and in English, looked up by key.

The texts live in ``messages.toml``: a table per key, with one text per language. Labels of terms of the ontology are not here:
they live in the ontology.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, cast

Language: TypeAlias = Literal["zh", "en"]

LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")

_FILE: Final = Path(__file__).with_name("messages.toml")


@cache
def catalogue() -> dict[str, dict[Language, str]]:
    """Read the message file into one flat mapping from dotted key to texts by language."""
    flat: dict[str, dict[Language, str]] = {}

    def walk(prefix: str, table: dict[str, Any]) -> None:
        texts = {name: value for name, value in table.items() if isinstance(value, str)}
        if texts:
            flat[prefix] = cast("dict[Language, str]", texts)
        for name, value in table.items():
            if isinstance(value, dict):
                walk(f"{prefix}.{name}" if prefix else name, value)

    walk("", tomllib.loads(_FILE.read_text(encoding="utf-8")))
    return flat


def text(key: str, lang: Language, **params: object) -> str:
    """Return the text of a key in a language, its placeholders filled in.

    Parameters
    ----------
    key
        Dotted key of ``messages.toml``.
    lang
        The language to answer in.
    params
        Values of the placeholders ``{name}`` of the text.

    Raises
    ------
    KeyError
        If the key, or a placeholder's value, is missing.

    Examples
    --------
    >>> text("word.yes", "zh"), text("word.yes", "en")
    ('是', 'yes')
    """
    template = catalogue()[key][lang]
    return template.format(**params) if params else template.replace("{{", "{").replace("}}", "}")


def has(key: str) -> bool:
    """Say whether a key has texts."""
    return key in catalogue()
