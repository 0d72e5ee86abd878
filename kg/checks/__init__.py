"""Checks: the graph against the shapes of the ontology."""

from kg.checks.conformance import check

__all__ = ["check"]
