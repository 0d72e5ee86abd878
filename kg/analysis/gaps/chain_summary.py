"""The chains at a glance: each against its reference list, n of N stages, with its findings counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from kg.analysis.gaps.findings import KINDS, Gaps, Kind


@dataclass(frozen=True, slots=True)
class ChainSummary:
    """One chain against its reference list.

    ``covered`` of ``stages`` have a local maker, ``coming`` more have one in the pipeline; ``counts`` are the numbers of
    findings by kind. ``version`` names the reference list that the stages are of.
    """

    chain: str
    version: str
    stages: int
    covered: int
    coming: int
    counts: Mapping[str, int] = field(default_factory=dict)


def summarize(gaps: Gaps) -> tuple[ChainSummary, ...]:
    """Return each chain that has a reference list against it: covered and coming stages, findings by kind."""
    presence = gaps.presence
    counts: dict[str, Counter[Kind]] = {}
    for finding in gaps.findings:
        for chain in finding.chains:
            counts.setdefault(chain, Counter())[finding.kind] += 1
    found = []
    for chain, stages in gaps.network.stages.items():
        lacking = [stage for stage in stages if not any(map(presence.made, stage.products))]
        coming = [stage for stage in lacking if any(map(presence.coming, stage.products))]
        own = counts.get(chain, Counter())
        found.append(
            ChainSummary(
                chain,
                gaps.network.chain_versions.get(chain, ""),
                len(stages),
                len(stages) - len(lacking),
                len(coming) if gaps.with_pipeline else 0,
                {kind: own[kind] for kind in KINDS},
            )
        )
    return tuple(found)
