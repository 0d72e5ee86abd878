"""Ledgers: from the tables that people keep to facts in the graphs of their sources."""

from kg.ledgers.findings import Finding
from kg.ledgers.importing import Graph, ImportResult, Origin, build, collect, import_ledgers
from kg.ledgers.recognition import Recognition

__all__ = ["Finding", "Graph", "ImportResult", "Origin", "Recognition", "build", "collect", "import_ledgers"]
