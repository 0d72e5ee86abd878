"""Each firm's home: the anchor that holds the largest share of its membership."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal, TypeAlias

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kg.analysis.clusters.edges import Edges
from kg.analysis.clusters.memberships import DIRECTIONS, Direction
from kg.analysis.clusters.shares import ALPHA, DIGITS, TIERS, find_shares

# Suppliers, customers, or all firms around an anchor.
Scope: TypeAlias = Literal["upstream", "downstream", "both"]
SCOPES: Final[tuple[Scope, ...]] = ("both", "upstream", "downstream")


def directions_of(scope: Scope) -> tuple[Direction, ...]:
    """Return the directions that a scope spans."""
    return DIRECTIONS if scope == "both" else (scope,)


def share_table(
    edges: Edges,
    anchors: Sequence[str],
    *,
    scope: Scope = "both",
    alpha: float = ALPHA,
    tiers: int = TIERS,
) -> sparse.csr_array:
    """Return each firm's share in each anchor, firms × anchors, of both directions the two together; rows sum to one or are empty.

    Anchors have an empty row: an anchor is at home with itself.

    Parameters
    ----------
    edges
        Supply network.
    anchors
        Firms of the network.
    scope
        Count as members suppliers, customers or both.
    alpha
        Chance that a walk goes on after each step.
    tiers
        How many steps a cluster reaches from its anchor.
    """
    rows = edges.rows(anchors)
    shape = (len(edges.firms), len(rows))
    table = sparse.csr_array(shape)
    for direction in directions_of(scope):
        walk = edges.matrix if direction == "upstream" else edges.matrix.T.tocsr()
        found = find_shares(walk, rows, alpha, tiers)
        table = table + sparse.coo_array((found.share, (found.node, found.anchor)), shape=shape).tocsr()
    return normal_rows(table, rows)


def normal_rows(table: sparse.csr_array, empty: Sequence[int]) -> sparse.csr_array:
    """Return a table with rows that sum to one, some of them emptied."""
    sums = np.asarray(table.sum(axis=1)).ravel()
    scale = np.divide(1.0, sums, out=np.zeros_like(sums), where=sums > 0)
    scale[list(empty)] = 0.0
    scaled = (sparse.diags_array(scale) @ table).tocsr()
    scaled.eliminate_zeros()
    scaled.sort_indices()
    return scaled


def main_columns(table: sparse.csr_array) -> NDArray[np.int64]:
    """Return for each row the column of its largest entry, the first of equal ones; -1 for an empty row."""
    entries = table.tocoo()
    order = np.lexsort((entries.col, -entries.data.round(DIGITS), entries.row))
    rows, first = np.unique(entries.row[order], return_index=True)
    found = np.full(table.shape[0], -1, np.int64)
    found[rows] = entries.col[order][first]
    return found


def find_homes(
    graph: nx.DiGraph | Edges,
    anchors: Sequence[str],
    *,
    scope: Scope = "both",
    alpha: float = ALPHA,
    tiers: int = TIERS,
) -> dict[str, str]:
    """Return the home of each firm that an anchor reaches; of equal shares the first anchor in the order given.

    Parameters
    ----------
    graph
        Supply network: weighted edges from supplier to buyer.
    anchors, scope, alpha, tiers
        As in :func:`share_table`.
    """
    edges = Edges.of_graph(graph)
    columns = main_columns(share_table(edges, anchors, scope=scope, alpha=alpha, tiers=tiers))
    placed = np.flatnonzero(columns >= 0)
    return {edges.firms[row]: anchors[column] for row, column in zip(placed, columns[placed], strict=True)}


def members_of(homes: Mapping[str, str], anchors: Sequence[str]) -> dict[str, frozenset[str]]:
    """Return the firms at home with each anchor."""
    found: dict[str, set[str]] = {anchor: set() for anchor in anchors}
    for firm, anchor in homes.items():
        found[anchor].add(firm)
    return {anchor: frozenset(own) for anchor, own in found.items()}
