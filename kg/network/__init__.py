"""The network: the graph's facts as plain objects, and its projections to NetworkX."""

from kg.network.facts import Network
from kg.network.loading import known_at, load, newest_date

__all__ = ["Network", "known_at", "load", "newest_date"]
