"""Who belongs to whom in one direction: shares and steps, in a process of its own where the network is very large.

Both directions are worked out alike and apart from each other, and the interpreter does one thing at a time. A second
process takes a second or two to start and to be handed its matrices, so a city of 100,000 firms does without.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kg.analysis.clusters.shares import Shares, find_shares
from kg.analysis.clusters.tiers import find_tiers

# From so many pairs of firm and anchor on, each direction has a process.
PAIRS_FOR_TWO = 500_000_000


@dataclass(frozen=True, slots=True)
class Members:
    """One direction's memberships: ``tier`` stands beside the shares."""

    shares: Shares
    tier: NDArray[np.int32]


def find_members(walk: sparse.csr_array, anchors: Sequence[int], alpha: float) -> Members:
    """Find the memberships along one walk.

    Parameters
    ----------
    walk
        n × n weights of the steps that a walk takes.
    anchors
        Rows of the anchors.
    alpha
        Chance that a walk goes on after each step.
    """
    shares = find_shares(walk, anchors, alpha)
    return Members(shares, find_tiers(walk, anchors, shares.node, shares.anchor))


def find_both(walks: Sequence[sparse.csr_array], anchors: Sequence[int], alpha: float) -> list[Members]:
    """Find the memberships along each walk; of a very large network at the same time."""
    if walks[0].shape[0] * len(anchors) < PAIRS_FOR_TWO or (os.cpu_count() or 1) < 2:
        return [find_members(walk, anchors, alpha) for walk in walks]
    first, *others = walks
    with tempfile.TemporaryDirectory() as name:
        folders = [Path(name, str(number)) for number in range(len(others))]
        with _started(folders, others, anchors, alpha) as processes:
            found = [find_members(first, anchors, alpha)]
            for folder, process, walk in zip(folders, processes, others, strict=True):
                done = process.wait() == 0
                found.append(_read(folder) if done else find_members(walk, anchors, alpha))
    return found


@contextmanager
def _started(
    folders: Sequence[Path], walks: Sequence[sparse.csr_array], anchors: Sequence[int], alpha: float
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Start a process for each walk; whatever happens, none is left running."""
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for folder, walk in zip(folders, walks, strict=True):
            folder.mkdir()
            sparse.save_npz(folder / "walk.npz", walk, compressed=False)
            np.savez(folder / "asked.npz", anchors=np.asarray(anchors), alpha=np.array(alpha))
            command = [sys.executable, "-c", f"from {__name__} import serve; serve()", str(folder)]
            environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
            processes.append(subprocess.Popen(command, env=environment))
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.wait()


def serve() -> None:
    """Do the work that `find_both` left in the folder named by the first argument, and leave the result there."""
    folder = Path(sys.argv[1])
    walk = sparse.csr_array(sparse.load_npz(folder / "walk.npz"))
    with np.load(folder / "asked.npz") as asked:
        anchors, alpha = asked["anchors"].tolist(), float(asked["alpha"])
    found = find_members(walk, anchors, alpha)
    shares = found.shares
    np.savez(
        folder / "found.npz",
        node=shares.node,
        anchor=shares.anchor,
        share=shares.share,
        arrives=shares.arrives,
        bounds=np.array([shares.least, shares.lost]),
        tier=found.tier,
    )


def _read(folder: Path) -> Members:
    with np.load(folder / "found.npz") as kept:
        least, lost = kept["bounds"].tolist()
        shares = Shares(kept["node"], kept["anchor"], kept["share"], kept["arrives"], least, lost)
        return Members(shares, kept["tier"])
