"""The reference pages are fresh and leave nothing out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click import Context

from kg.cli import cli
from kg.cli.bilingual import LazyGroup
from kg.queries import Catalogue
from kg.settings import SETTINGS

ROOT = Path(__file__).resolve().parents[2]


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def test_pages_are_fresh() -> None:
    done = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()


def test_every_command_is_documented_in_both_languages() -> None:
    text = page("cli.md")

    def walk(group: LazyGroup, path: str) -> None:
        for name in group.list_commands(Context(group)):
            command = group.get_command(Context(group), name)
            assert f"\n## {path} {name}\n" in text
            assert text.count(f"用法：{path} {name} [") >= 1
            assert text.count(f"Usage: {path} {name} [") >= 1
            if isinstance(command, LazyGroup):
                walk(command, f"{path} {name}")

    walk(cli, "kg")


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_is_documented(setting) -> None:
    line = next(line for line in page("settings.md").split("\n") if f"`{setting.variable}`" in line)
    assert setting.help("zh") in line
    assert setting.help("en") in line


def test_every_question_is_documented() -> None:
    text = page("queries.md")
    for query in Catalogue.load():
        assert f"\n## {query.id}\n" in text
        assert query.question["zh"] in text
        assert query.question["en"] in text
        for parameter in query.params:
            assert f"| `{parameter.name}` |" in text


def test_every_term_is_documented() -> None:
    from rdflib import OWL, RDF, Graph, URIRef

    from kg.names import GY

    text = page("ontology.md")
    graph = Graph().parse(ROOT / "ontology" / "industry.ttl")
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
    terms = {
        t
        for kind in kinds
        for t in graph.subjects(RDF.type, kind)
        if isinstance(t, URIRef) and t.startswith(GY)
    }
    assert len(terms) > 80
    missing = [term for term in terms if f"| `gy:{term.removeprefix(GY)}` |" not in text]
    assert not missing
    schemes = {path.stem for path in (ROOT / "ontology" / "schemes").glob("*.ttl")}
    assert not [scheme for scheme in schemes if f"\n### {scheme} · " not in text]
