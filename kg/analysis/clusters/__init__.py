"""Anchor clusters: who circles around which anchor firm, how exclusively, how much it matters, and how sure that is."""

from kg.analysis.clusters.memberships import DIRECTIONS, Direction, Membership, Memberships
from kg.analysis.clusters.search import (
    ANCHOR_ROLE,
    Clusters,
    find_clusters,
    named_anchors,
    personalized_pagerank,
    soft_membership,
)
from kg.analysis.clusters.shares import ALPHA, SHARED_FROM, TIERS

__all__ = [
    "ALPHA",
    "ANCHOR_ROLE",
    "DIRECTIONS",
    "SHARED_FROM",
    "TIERS",
    "Clusters",
    "Direction",
    "Membership",
    "Memberships",
    "find_clusters",
    "named_anchors",
    "personalized_pagerank",
    "soft_membership",
]
