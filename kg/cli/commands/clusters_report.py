"""``kg report clusters``: the anchors' clusters in figures, anchors nobody named, stability, and one firm's memberships."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from kg.cli.analyses import clusters_of
from kg.cli.bilingual import Command
from kg.cli.commands.report import hand_out
from kg.cli.lookup import anchor_named, whatif_target
from kg.cli.options import Asked, anchor_option, option, report_options

if TYPE_CHECKING:
    from kg.analysis.clusters import Clusters
    from kg.analysis.clusters.communities import Comparison
    from kg.analysis.clusters.homes import Scope
    from kg.analysis.clusters.stability import Stability
    from kg.network import Network
    from kg.reports.table import Table
    from kg.store import Store

# Up to so many links the stability is worked out without being asked for: it costs a second or two.
_QUICK: Final = 5_000


@click.command("clusters", cls=Command)
@anchor_option
@option("--direction", type=click.Choice(["both", "upstream", "downstream"]), default="both")
@option("--discover", is_flag=True)
@option("--dependents", type=click.IntRange(min=1), metavar="N", default=None)
@option("--stability", is_flag=True)
@option("--seeds", type=click.IntRange(min=1), metavar="N", default=None)
@option("--explain", metavar="NAME")
@report_options
def clusters(
    asked: Asked,
    anchor: str | None,
    direction: Scope,
    discover: bool,
    dependents: int | None,
    stability: bool,
    seeds: int | None,
    explain: str | None,
) -> None:
    """Report the clusters in figures."""
    from kg.errors import UsageError

    if discover + stability + (explain is not None) > 1:
        raise UsageError("clusters.one_of")

    def table(network: Network, opened: Store) -> Table:
        anchor_iri = anchor_named(opened, network, anchor, asked.lang) if anchor is not None else None
        member = whatif_target(opened, explain, "firm", asked.lang)[1] if explain is not None else None
        found = clusters_of(network)
        if member is not None:
            from kg.reports.anchors_table import anchors_table

            return anchors_table(found, asked.lang, of=anchor_iri, member=member, scope=direction)
        if discover:
            from kg.analysis.clusters.discovery import MIN_DEPENDENTS, find_centres
            from kg.reports.centres_table import centres_table

            centres = find_centres(found, scope=direction, min_dependents=dependents or MIN_DEPENDENTS)
            return centres_table(centres, asked.lang, of=anchor_iri)
        if stability:
            from kg.reports.stability_table import stability_table

            return stability_table(found, *_steadiness(found, direction, seeds), asked.lang, of=anchor_iri)
        from kg.analysis.clusters.hubs import find_hubs
        from kg.reports.clusters_table import clusters_table

        quick = len(found.links) <= _QUICK
        steady, alike = _steadiness(found, direction, seeds) if quick else (None, None)
        hubs = find_hubs(found, scope=direction)
        return clusters_table(
            found, hubs, asked.lang, of=anchor_iri, scope=direction, stability=steady, comparison=alike
        )

    hand_out(table, asked)


def _steadiness(found: Clusters, scope: Scope, runs: int | None) -> tuple[Stability, Comparison]:
    from kg.analysis.clusters.communities import compare_with_louvain
    from kg.analysis.clusters.edges import Edges
    from kg.analysis.clusters.stability import SEEDS, find_stability

    seeds = range(runs or SEEDS)
    edges = Edges.of_links(found.links, found.anchors)
    steady = find_stability(
        edges, found.anchors, scope=scope, alpha=found.alpha, tiers=found.tiers, seeds=seeds
    )
    homes = {firm: own.anchor for own in steady.anchors for firm in own.at_home}
    return steady, compare_with_louvain(edges.graph(), homes, found.anchors, seeds)
