"""No term or concept is used anywhere in the project without being defined."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph
import pytest
from rdflib import SKOS, Graph
from rdflib.namespace import DCAT, DCTERMS, ORG, PROV, QB

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
GY = "https://w3id.org/gongyue/ontology#"
SCHEME = "https://w3id.org/gongyue/scheme/"
VOCABULARIES = (DCAT, DCTERMS, ORG, PROV, QB, SKOS)
DEFAULT_PREFIXES = {"gy": GY, "scheme": SCHEME} | {
    name: str(space)
    for name, space in zip(("dcat", "dcterms", "org", "prov", "qb", "skos"), VOCABULARIES, strict=True)
}

_PREFIX = re.compile(r"prefix\s+([\w-]*):\s*<([^>]+)>", re.IGNORECASE)
_COMMENT_OR_IRI = re.compile(r"<[^<>\s]*>")
_FULL = re.compile(r"https?://[^\s<>\"'`)\]},;]+")
_PYTHON = (
    (re.compile(r"\bGY\s*\+\s*\"([A-Za-z]\w*)\""), GY),
    (re.compile(r"\{GY\}([A-Za-z]\w*)"), GY),
    (re.compile(r"\bSCHEME\s*\+\s*\"([\w-]+/[\w-]+)\""), SCHEME),
    (re.compile(r"\{SCHEME\}([\w-]+/[\w-]+)"), SCHEME),
)


def texts() -> list[Path]:
    patterns = {
        "ontology": ("*.ttl", "*.json"),
        "kg": ("*.py", "*.rq", "*.toml"),
        "visual": ("*.py", "*.js", "*.html"),
    }
    found = (p for room, globs in patterns.items() for glob in globs for p in (ROOT / room).rglob(glob))
    return sorted(path for path in found if "_data" not in path.parts)


def mentioned(text: str) -> Iterator[str]:
    """Yield the IRIs that a text mentions, in full or by a prefix it declares or the project always uses."""
    prefixes = DEFAULT_PREFIXES | dict(_PREFIX.findall(text))
    yield from (match.rstrip(".") for match in _FULL.findall(text))
    for pattern, space in _PYTHON:
        yield from (space + name for name in pattern.findall(text))
    body = _COMMENT_OR_IRI.sub(" ", text)
    for name, iri in prefixes.items():
        # Only a scheme's name may be followed by a slash; elsewhere it joins two steps of a property path.
        rest = r"(?:\\?/[\w-]+)?" if iri == SCHEME else ""
        for local in re.findall(rf"(?<![\w:-]){re.escape(name)}:([A-Za-z0-9][\w-]*{rest})", body):
            yield iri + local.replace("\\", "")


def undefined(iris: set[str], known: set[str], *, concepts: bool = True) -> set[str]:
    wrong = {iri for iri in iris if iri.startswith(GY) and iri != GY and iri not in known}
    if concepts:
        wrong |= {
            iri for iri in iris if iri.startswith(SCHEME) and iri != SCHEME and iri.rstrip("/") not in known
        }
    for space in VOCABULARIES:
        wrong |= {
            iri for iri in iris if iri.startswith(str(space)) and iri != str(space) and iri not in space
        }
    return wrong


@pytest.fixture(scope="module")
def known(core: Graph, schemes: Graph) -> set[str]:
    return {str(subject) for graph in (core, schemes) for subject in graph.subjects()}


def test_the_scan_sees_every_way_of_writing_a_term() -> None:
    text = f"""
    PREFIX stage: <{SCHEME}project-stage/>
    ?a gy:one <{GY}two> ; stage:signed scheme:role\\/anchor ; skos:five 1 .
    GY + "three", f"{{GY}}four", SCHEME + "role/x"
    """
    assert {
        GY + "one",
        GY + "two",
        GY + "three",
        GY + "four",
        SCHEME + "project-stage/signed",
        SCHEME + "role/anchor",
        SCHEME + "role/x",
        str(SKOS) + "five",
    } <= set(mentioned(text))


@pytest.mark.parametrize("path", texts(), ids=lambda path: str(path.relative_to(ROOT)))
def test_only_defined_terms_are_used(path: Path, known: set[str]) -> None:
    found = set(mentioned(path.read_text(encoding="utf-8")))
    assert undefined(found, known, concepts="bad" not in path.parts) == set()


def test_only_defined_terms_are_in_the_shipped_triples(known: set[str]) -> None:
    folder = ROOT / "data" / "triples"
    if not folder.is_dir():
        pytest.skip("no triples are shipped yet")
    used: set[str] = set()
    for path in sorted(folder.rglob("*.trig")):
        for quad in pyoxigraph.parse(path=str(path), format=pyoxigraph.RdfFormat.TRIG):
            used.add(quad.predicate.value)
            if isinstance(quad.object, pyoxigraph.NamedNode):
                used.add(quad.object.value)
    assert undefined(used, known) == set()


def test_code_lists_of_ledgers_are_schemes(known: set[str]) -> None:
    for path in sorted((ROOT / "ontology" / "ledgers").glob("*.json")):
        for name in re.findall(r'"gy:codeList": "([^"]+)"', path.read_text(encoding="utf-8")):
            assert SCHEME + name in known, path.name
