"""Gaps: what a city's chains lack, where they are thin, what is not connected, and what filling a gap would bring."""

from kg.analysis.gaps.findings import KINDS, Finding, Gaps, Kind
from kg.analysis.gaps.search import find_gaps

__all__ = ["KINDS", "Finding", "Gaps", "Kind", "find_gaps"]
