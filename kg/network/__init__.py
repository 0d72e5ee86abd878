"""The network: the graph's facts as plain objects, and its projections to NetworkX."""

from kg.network.facts import Network, known_at
from kg.network.loading import load, newest_date

__all__ = ["Network", "known_at", "load", "newest_date"]
