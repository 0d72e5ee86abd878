"""The ontology as graphs, read once for these tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import Graph

ROOT = Path(__file__).resolve().parents[2]
ONTOLOGY = ROOT / "ontology"


def read(*paths: Path) -> Graph:
    graph = Graph()
    for path in paths:
        graph.parse(path, format="turtle")
    return graph


@pytest.fixture(scope="session")
def ontology_folder() -> Path:
    return ONTOLOGY


@pytest.fixture(scope="session")
def core() -> Graph:
    """Give the classes and properties."""
    return read(ONTOLOGY / "industry.ttl")


@pytest.fixture(scope="session")
def schemes() -> Graph:
    """Give all concept schemes."""
    return read(*sorted((ONTOLOGY / "schemes").glob("*.ttl")))


@pytest.fixture(scope="session")
def shapes() -> Graph:
    """Give all shapes."""
    return read(*sorted((ONTOLOGY / "shapes").glob("*.ttl")))
