"""The pages that run: both languages run the same code, and the notebooks hold it."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
CODE = re.compile(r"```python\n(.*?)```\n", re.DOTALL)
OUTPUT = re.compile(r"```text\n(.*?)```\n", re.DOTALL)


def test_both_languages_run_the_same_code() -> None:
    zh, en = ((DOCS / name).read_text(encoding="utf-8") for name in ("analysis.zh.md", "analysis.md"))
    assert CODE.findall(zh) == CODE.findall(en) != []
    assert OUTPUT.findall(zh) == OUTPUT.findall(en) != []


@pytest.mark.parametrize("name", ["analysis", "analysis.zh"])
def test_a_notebook_holds_the_page(name: str) -> None:
    page = (DOCS / f"{name}.md").read_text(encoding="utf-8")
    book = json.loads((DOCS / f"{name}.ipynb").read_text(encoding="utf-8"))
    code = ["".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code"]
    assert code == [text.rstrip() for text in CODE.findall(page)]
    printed = ["".join(o["text"]) for cell in book["cells"] for o in cell.get("outputs", ())]
    assert printed == OUTPUT.findall(page)
    assert len({cell["id"] for cell in book["cells"]}) == len(book["cells"])
    assert book["nbformat"] == 4


def test_every_analysis_that_a_report_shows_is_in_the_page() -> None:
    shown = {
        alias.name
        for code in CODE.findall((DOCS / "analysis.md").read_text(encoding="utf-8"))
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("kg.analysis.")
        for alias in node.names
    }
    assert {
        "find_clusters",
        "soft_membership",
        "find_gaps",
        "find_leverage",
        "stop",
        "find_critical",
        "find_balance",
        "find_local_supply",
        "find_latent",
        "find_hubs",
    } <= shown
