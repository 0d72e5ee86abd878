"""The analyses with the settings in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.analysis.clusters import Clusters
    from kg.analysis.gaps import Gaps
    from kg.analysis.resilience.critical import Critical
    from kg.network import Network
    from kg.network.territory import Territory


def gaps_of(network: Network, *, with_pipeline: bool = True, territory: Territory | None = None) -> Gaps:
    """Find the gaps of a network, or of a part of the city."""
    from kg.analysis.gaps import find_gaps
    from kg.analysis.thresholds import Thresholds
    from kg.network.territory import CITY

    return find_gaps(
        network, Thresholds.from_settings(), with_pipeline=with_pipeline, territory=territory or CITY
    )


def clusters_of(network: Network) -> Clusters:
    """Find the clusters of a network."""
    from kg import settings
    from kg.analysis.clusters import find_clusters
    from kg.analysis.thresholds import Thresholds

    return find_clusters(
        network,
        alpha=settings.number("ppr_alpha"),
        tiers=int(settings.number("cluster_tiers")),
        horizon=Thresholds.from_settings().horizon(),
    )


def critical_of(network: Network) -> Critical:
    """Find the critical points of a network."""
    from kg.analysis.resilience.critical import find_critical
    from kg.analysis.thresholds import Thresholds

    return find_critical(network, horizon=Thresholds.from_settings().horizon())
