"""How well planted anchors are found by their links alone, over a range of noise.

Prints a Markdown table: for each noise level precision and recall of the largest-flow criterion
(``kg.analysis.clusters.discovery.largest_partners``: independent, with enough dependents), and the recall of two rankings that are told how many
anchors there are: the strongest firms by weight of links, and the largest HITS authorities.

Run: python benchmarks/anchor_discovery.py [--seeds 8]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from statistics import fmean

import networkx as nx

sys.path.insert(0, str(Path(__file__).parent))
from planted import plant

from kg.analysis.clusters.discovery import MIN_DEPENDENTS, dependents, largest_partners

NOISE = (0.0, 0.1, 0.2, 0.3, 0.4)


def strongest(graph: nx.DiGraph, count: int) -> set[str]:
    """The firms with the largest weight of links."""
    strength = dict(graph.degree(weight="weight"))
    return set(sorted(strength, key=lambda firm: (-strength[firm], firm))[:count])


def authorities(graph: nx.DiGraph, count: int) -> set[str]:
    """Kleinberg (1999), doi:10.1145/324133.324140."""
    score = nx.hits(graph, max_iter=1000)[1]
    return set(sorted(score, key=lambda firm: (-round(score[firm], 12), firm))[:count])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=8)
    seeds = range(parser.parse_args().seeds)
    print("| noise | largest flow: precision | recall | strongest firms: recall | HITS authorities: recall |")
    print("|---|---|---|---|---|")
    for noise in NOISE:
        rows = []
        for seed in seeds:
            system = plant(seed, missing=noise / 2, wrong=noise / 2, cross=noise / 2)
            graph, true = system.graph, set(system.anchors)
            partners = largest_partners(graph)
            own = dependents(partners)
            found = {f for f, firms in own.items() if len(firms) >= MIN_DEPENDENTS and partners[f] is None}
            rows.append(
                (
                    len(found & true) / len(found),
                    len(found & true) / len(true),
                    len(strongest(graph, len(true)) & true) / len(true),
                    len(authorities(graph, len(true)) & true) / len(true),
                )
            )
        print(
            f"| {noise:.0%} | "
            + " | ".join(f"{fmean(column):.2f}" for column in zip(*rows, strict=True))
            + " |"
        )


if __name__ == "__main__":
    main()
