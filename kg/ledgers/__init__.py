"""Ledgers: from the tables that people keep to facts in the graphs of their sources."""

from kg.ledgers.findings import Finding
from kg.ledgers.history import Change, Entry, entries, ledger_files
from kg.ledgers.importing import ImportResult, collect, difference, import_ledgers, undo
from kg.ledgers.reading import Graph, Origin, build
from kg.ledgers.recognition import Recognition
from kg.ledgers.rejects import Rejects

__all__ = [
    "Change",
    "Entry",
    "Finding",
    "Graph",
    "ImportResult",
    "Origin",
    "Recognition",
    "Rejects",
    "build",
    "collect",
    "difference",
    "entries",
    "import_ledgers",
    "ledger_files",
    "undo",
]
