"""Dividing limited stocks between competing uses.

References
----------
.. [1] Dantzig, G. B. (1963). Linear Programming and Extensions. Princeton University Press.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import networkx as nx

from kg.analysis.balance.programme import OBJECTIVES, Allocation, Objective, Problem, Programme, Use

__all__ = ["OBJECTIVES", "Allocation", "Objective", "Problem", "Use", "allocate"]


def allocate(problem: Problem, objective: Objective = "surplus") -> Allocation:
    """Divide stocks between uses so that the objective is as large as it can be.

    Parameters
    ----------
    problem
        Uses, stocks and what else they touch.
    objective
        ``surplus``: use the most tonnes of the stocks; ``gaps``: close the most needed tonnes of gaps; ``output``: make
        the most tonnes. Then, without giving up any of it, the most tonnes of gaps are closed, the most tonnes of stocks
        used, the fewest imported, and the uses raised in their order.
    """
    parts = [Programme(part, objective) for part in _parts(problem)]
    plans = [part.plan() for part in parts]

    def merged(name: str) -> dict[str, Decimal]:
        return {key: value for plan in plans for key, value in sorted(getattr(plan, name).items())}

    return Allocation(
        objective,
        sum((plan.value for plan in plans), Decimal(0)),
        *(merged(name) for name in ("scales", "spare", "drawn", "bought", "made", "closed", "worth")),
    )


def _parts(problem: Problem) -> Iterable[Problem]:
    """Uses that touch each other through what they take, make or close; each such set is a programme of its own."""
    graph = nx.Graph()
    for use in problem.uses:
        graph.add_edge(("use", use.name), ("thing", use.output))
        for product in use.taken:
            for thing in problem.serving.get(product, ()):
                graph.add_edge(("use", use.name), ("thing", thing))
    for gap, outputs in problem.filling.items():
        for output in outputs:
            if ("thing", output) in graph:
                graph.add_edge(("thing", output), ("gap", gap))
    place = {node: number for number, nodes in enumerate(nx.connected_components(graph)) for node in nodes}
    parts: dict[int, list[Use]] = {}
    for use in problem.uses:
        parts.setdefault(place["use", use.name], []).append(use)
    for number, uses in parts.items():
        taken = {product for use in uses for product in use.taken}
        gaps = {gap: need for gap, need in problem.gaps.items() if place.get(("gap", gap)) == number}
        yield Problem(
            uses,
            {
                stock: problem.stocks[stock]
                for product in sorted(taken)
                for stock in problem.serving.get(product, ())
                if stock in problem.stocks
            },
            {product: problem.serving.get(product, ()) for product in sorted(taken)},
            problem.bought & taken,
            problem.imported & taken,
            gaps,
            {gap: problem.filling[gap] for gap in gaps},
        )
