"""A supply network as columns: what an analysis of many links does to NetworkX's edges one by one, at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kg.analysis.links import Links


@dataclass(frozen=True)
class Edges:
    """Weighted edges from supplier to buyer.

    Attributes
    ----------
    firms
        Names, sorted.
    supplier, buyer
        Places in ``firms``, one entry an edge; parallel edges may stand apart.
    weight
        Column of float64.
    recorded
        Column of bool: whether the edge's basis is ``recorded``.
    """

    firms: tuple[str, ...]
    supplier: NDArray[np.int64]
    buyer: NDArray[np.int64]
    weight: NDArray[np.float64]
    recorded: NDArray[np.bool_]

    @classmethod
    def of_graph(cls, graph: nx.DiGraph | Edges) -> Edges:
        """Return the edges of a NetworkX graph: ``weight`` is required, ``basis`` may be missing.

        They are sorted by firms, product, basis and weight, so that nothing hangs on the order of insertion.
        """
        if isinstance(graph, Edges):
            return graph
        firms = tuple(sorted(graph))
        place = {firm: number for number, firm in enumerate(firms)}
        rows: list[tuple[Any, ...]] = sorted(
            (place[a], place[b], str(e.get("product", "")), str(e.get("basis", "")), float(e["weight"]))
            for a, b, e in graph.edges(data=True)
        )
        return cls(
            firms,
            np.array([row[0] for row in rows], np.int64),
            np.array([row[1] for row in rows], np.int64),
            np.array([row[4] for row in rows], np.float64),
            np.array([row[3] == "recorded" for row in rows], bool),
        )

    @classmethod
    def of_links(cls, links: Links, nodes: Iterable[str] = ()) -> Edges:
        """Return the edges of links, with further firms that may have none."""
        firms = tuple(sorted({*links.firms, *nodes}))
        place = {firm: number for number, firm in enumerate(firms)}
        own = np.array([place[firm] for firm in links.firms], np.int64)
        return cls(firms, own[links.supplier], own[links.buyer], links.weight, links.recorded)

    def only(self, chosen: NDArray[np.bool_]) -> Edges:
        """Return the firms with some of the edges."""
        return Edges(
            self.firms, self.supplier[chosen], self.buyer[chosen], self.weight[chosen], self.recorded[chosen]
        )

    def rows(self, firms: Sequence[str]) -> list[int]:
        """Return the places of firms.

        Raises
        ------
        KeyError
            If one is none of the network's.
        """
        return [self._place[firm] for firm in firms]

    @cached_property
    def matrix(self) -> sparse.csr_array:
        """The weights, n × n: entry (i, j) is what firm i delivers to firm j."""
        shape = (len(self.firms), len(self.firms))
        return sparse.coo_array((self.weight, (self.supplier, self.buyer)), shape=shape).tocsr()

    @cached_property
    def partners(self) -> sparse.csr_array:
        """Which firms are linked, n × n and symmetric, of ones; nobody is linked to itself."""
        linked = (self.matrix + self.matrix.T).tocoo()
        apart = (linked.row != linked.col) & (linked.data > 0)
        ends = linked.row[apart], linked.col[apart]
        return sparse.coo_array((np.ones(int(apart.sum()), np.int64), ends), shape=linked.shape).tocsr()

    def graph(self) -> nx.DiGraph:
        """Return a NetworkX graph with one edge a pair, the weights added up."""
        found = nx.DiGraph()
        found.add_nodes_from(self.firms)
        entries = self.matrix.tocoo()
        ends = (map(self.firms.__getitem__, part.tolist()) for part in (entries.row, entries.col))
        found.add_weighted_edges_from(zip(*ends, entries.data.tolist(), strict=True))
        return found

    @cached_property
    def _place(self) -> dict[str, int]:
        return {firm: number for number, firm in enumerate(self.firms)}
