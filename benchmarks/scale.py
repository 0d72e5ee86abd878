"""How long the analyses of a whole city take, from an open store, and how that compares with plain NetworkX.

Writes a made-up city (benchmarks/scale_city.py) into a store, unless it is there, then measures in fresh processes:
opening, loading the network, its clusters, all gaps, with wall-clock and processor seconds and the peak of memory; then
personalised PageRank of all anchors against ``networkx.pagerank``, one anchor at a time, measured on a few.

Run: python benchmarks/scale.py FIRMS FOLDER [--networkx ANCHORS] [--cold]
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parent))
from scale_city import write_store

Result = TypeVar("Result")


def measured(label: str, work: Callable[[], Result]) -> Result:
    """Do some work and print what it took."""
    wall, processor = time.perf_counter(), time.process_time()
    result = work()
    print(row(label, time.perf_counter() - wall, time.process_time() - processor, memory()), flush=True)
    return result


def row(label: str, wall: float, processor: float, megabytes: int) -> str:
    """Return a row of the table."""
    return f"| {label} | {wall:.1f} | {processor:.1f} | {megabytes:,} |"


class Memory(threading.Thread):
    """Watches the memory of this process and of those that it starts."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = 0

    def run(self) -> None:
        while True:
            self.peak = max(self.peak, sum(map(_resident, (os.getpid(), *_children()))))
            time.sleep(0.1)


def _children() -> list[int]:
    tasks = Path(f"/proc/{os.getpid()}/task")
    return [int(number) for task in tasks.iterdir() for number in (task / "children").read_text().split()]


def _resident(process: int) -> int:
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0  # it has ended meanwhile
    found = re.search(r"VmRSS:\s+(\d+)", status)
    return int(found[1]) // 1024 if found else 0


MEMORY = Memory()


def memory() -> int:
    """Return the peak of memory so far in megabytes, all processes together; Linux tells it, elsewhere this one's."""
    if Path("/proc/self/status").exists():
        if not MEMORY.is_alive():
            MEMORY.start()
            time.sleep(0.2)
        return MEMORY.peak
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def analyse(folder: Path) -> None:
    """Print the table of the analyses."""
    from kg.analysis.clusters import find_clusters
    from kg.analysis.gaps import find_gaps
    from kg.network import load
    from kg.store import open_store

    print("| step | wall s | CPU s | peak MB |")
    print("|---|---|---|---|")
    memory()
    store = measured("open", lambda: open_store(folder))
    start, processor = time.perf_counter(), time.process_time()
    network = measured("load", lambda: load(store))
    gaps = measured("gaps", lambda: find_gaps(network))
    clusters = measured("clusters", lambda: find_clusters(network, presence=gaps.whole))
    print(
        row(
            "**load + gaps + clusters**",
            time.perf_counter() - start,
            time.process_time() - processor,
            memory(),
        )
    )
    anchor = clusters.anchors[0]
    members = clusters.of(anchor)
    measured("paths of one anchor's members", lambda: [member.path for member in members])
    measured("ranks of one block of anchors", lambda: [member.rank for member in members])
    print(
        f"\n{len(network.organizations):,} organizations, {len(clusters.links):,} links, {len(clusters.anchors):,} anchors, "
        f"{len(clusters.memberships):,} memberships, {len(gaps.findings):,} findings"
    )


def compare(folder: Path, anchors: int) -> None:
    """Print the ratio of personalised PageRank against NetworkX, and the largest difference."""
    import networkx as nx

    from kg.analysis.clusters import find_clusters
    from kg.analysis.clusters.ppr import rank_blocks
    from kg.analysis.links import supply_graph, weighted
    from kg.network import load
    from kg.store import open_store

    with open_store(folder) as store:
        clusters = find_clusters(load(store))
    graph = weighted(supply_graph(clusters.links, nodes=clusters.anchors), reverse=True)
    place = {node: number for number, node in enumerate(graph)}
    weights = nx.to_scipy_sparse_array(graph, weight="weight", dtype=float, format="csr")
    few = clusters.anchors[:: max(1, len(clusters.anchors) // anchors)][:anchors]
    ours = {}
    start = time.process_time()
    for part, ranks in rank_blocks(weights, [place[anchor] for anchor in clusters.anchors], clusters.alpha):
        for anchor, column in zip(clusters.anchors[part], ranks.T, strict=True):
            if anchor in few:
                ours[anchor] = column.copy()
    own = time.process_time() - start
    difference = 0.0
    start = time.process_time()
    for anchor in few:
        # NetworkX stops at n × tol; both are to be good to 1e-6.
        theirs = nx.pagerank(
            graph, clusters.alpha, personalization={anchor: 1.0}, tol=1e-7 / len(graph), max_iter=1000
        )
        difference = max(
            difference, *(abs(rank - ours[anchor][place[node]]) for node, rank in theirs.items())
        )
    each = (time.process_time() - start) / len(few)
    print("\n| personalised PageRank, all anchors | CPU s |")
    print("|---|---|")
    print(f"| sparse blocks | {own:.1f} |")
    print(
        f"| NetworkX, one at a time ({each:.2f} s each, {len(few)} measured) | {each * len(clusters.anchors):.0f} |"
    )
    print(f"| ratio | {each * len(clusters.anchors) / own:.0f} |")
    print(f"\nLargest difference: {difference:.1e}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("firms", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--networkx", type=int, default=3, metavar="ANCHORS", help="anchors measured; 0 for none"
    )
    parser.add_argument("--cold", action="store_true", help="first forget the columns kept beside the store")
    parser.add_argument("--step", choices=("analyse", "compare"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step == "analyse":
        analyse(options.folder)
        return
    if options.step == "compare":
        compare(options.folder, options.networkx)
        return
    if not options.folder.exists():
        measured("write the store", lambda: write_store(options.firms, options.folder))
    if options.cold:
        for path in options.folder.glob("g*/columns.npz"):
            path.unlink()
    for step in ("analyse", *(("compare",) if options.networkx else ())):
        subprocess.run([sys.executable, __file__, *sys.argv[1:], "--step", step], check=True)


if __name__ == "__main__":
    main()
