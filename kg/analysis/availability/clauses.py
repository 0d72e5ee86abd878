"""Horn clauses: what follows from what, by a worklist that counts the unmet parts of each clause.

References
----------
.. [1] Dowling, W. F., Gallier, J. H. (1984). Linear-time algorithms for testing the satisfiability of propositional Horn
   formulae. Journal of Logic Programming 1(3), doi:10.1016/0743-1066(84)90014-1.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from kg.network.facts import Route


@dataclass(slots=True)
class Clauses:
    """Horn clauses over numbered nodes: a head holds if, of one clause into it, every body node holds.

    Attributes
    ----------
    product
        For each node, the product it speaks of.
    into, uses
        For each node, the clauses it is the head of, and those it is in the body of.
    heads, bodies, routes
        For each clause its head, its distinct body nodes, and the route it stands for, if any.
    support
        For each clause, how many plants are behind it; a clause whose plants all stop is void.
    """

    product: list[str] = field(default_factory=list)
    into: list[list[int]] = field(default_factory=list)
    uses: list[list[int]] = field(default_factory=list)
    heads: list[int] = field(default_factory=list)
    bodies: list[tuple[int, ...]] = field(default_factory=list)
    routes: list[Route | None] = field(default_factory=list)
    support: list[int] = field(default_factory=list)

    def node(self, product: str) -> int:
        """Add a node and return its number."""
        self.product.append(product)
        self.into.append([])
        self.uses.append([])
        return len(self.product) - 1

    def clause(
        self, head: int, body: Iterable[int] = (), route: Route | None = None, support: int = 1
    ) -> int:
        """Add a clause and return its number; without a body its head holds on its own."""
        distinct = tuple(dict.fromkeys(body))  # a lazy body may add clauses of its own, so it comes first
        number = len(self.heads)
        self.heads.append(head)
        self.bodies.append(distinct)
        self.routes.append(route)
        self.support.append(support)
        self.into[head].append(number)
        for node in distinct:
            self.uses[node].append(number)
        return number

    def derive(self, doubted: Collection[int], known: Collection[int], void: Collection[int]) -> set[int]:
        """Return what of ``doubted`` follows from the rest of ``known`` and from itself, without void clauses."""
        unmet: dict[int, int] = {}
        ready: list[int] = []
        for node in doubted:
            for clause in self.into[node]:
                if clause not in void:
                    unmet[clause] = sum(part in doubted or part not in known for part in self.bodies[clause])
                    if not unmet[clause]:
                        ready.append(node)
        found: set[int] = set()
        while ready:
            node = ready.pop()
            if node in found:
                continue
            found.add(node)
            for clause in self.uses[node]:
                if clause in unmet:
                    unmet[clause] -= 1
                    if not unmet[clause]:
                        ready.append(self.heads[clause])
        return found

    def extend(self, given: Iterable[int], known: Collection[int]) -> set[int]:
        """Return the clauses that are met besides if ``given`` nodes hold too; ``known`` must be closed."""
        unmet: dict[int, int] = {}
        found: set[int] = set()
        met: set[int] = set()
        ready = [node for node in given if node not in known]
        while ready:
            node = ready.pop()
            if node in found:
                continue
            found.add(node)
            for clause in self.uses[node]:
                if clause not in unmet:
                    unmet[clause] = sum(part not in known for part in self.bodies[clause])
                unmet[clause] -= 1
                if not unmet[clause]:
                    met.add(clause)
                    if self.heads[clause] not in known:
                        ready.append(self.heads[clause])
        return met
