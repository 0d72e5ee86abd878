"""Gap findings: what a city's chains lack, where they are thin, and what is not connected.

Every test is stated in the scheme ``finding-kind`` of the ontology. Where capacities or coefficients are unknown a test
falls back to presence and says so (``quantified`` is False). "No maker" means none in the ledgers as of the date.
"""

from __future__ import annotations

from dataclasses import replace

from kg.analysis.areas import Area
from kg.analysis.demand import find_needs
from kg.analysis.gaps.chain_summary import summarize
from kg.analysis.gaps.criteria import Finder
from kg.analysis.gaps.findings import KINDS, Finding, Gaps
from kg.analysis.presence import Presence, find_presence
from kg.analysis.thresholds import Thresholds
from kg.collector import paused
from kg.network.facts import Network
from kg.network.territory import CITY, Territory


@paused()
def find_gaps(
    network: Network,
    thresholds: Thresholds | None = None,
    *,
    with_pipeline: bool = True,
    territory: Territory = CITY,
    presence: Presence | None = None,
) -> Gaps:
    """Find every gap as of the network's date.

    Parameters
    ----------
    network
        What the ledgers say.
    thresholds
        The named settings of the tests; default the shipped ones.
    with_pipeline
        Whether projects count: what they will need, once on stream, as needed, and what they will make as being filled.
    territory
        What the findings are about: the city, or a division or park of it. Makers and users are then those of the area;
        what only the area lacks says so and names the makers in the rest of the city.
    presence
        Who makes what in the city, where it has been found already with the horizons of ``thresholds``.
    """
    limits = thresholds or Thresholds()
    area = Area(network, territory)
    whole = presence or find_presence(network, limits.horizon())
    needs = find_needs(whole, with_pipeline=with_pipeline)
    gaps = Gaps(
        network,
        area.presence(whole),
        area.needs(needs),
        limits,
        (),
        territory,
        whole,
        needs,
        with_pipeline,
    )
    finder = Finder(gaps, area)
    found = [*finder.all(), *finder.blank(summarize(gaps))]
    return replace(gaps, findings=tuple(sorted(found, key=_urgency)))


def _urgency(finding: Finding) -> tuple[object, ...]:
    """What a planner acts on first; what the city has elsewhere, may have, or is building comes later."""
    return (
        KINDS.index(finding.kind),
        not finding.citywide,
        bool(finding.inferred),
        bool(finding.pipeline),
        bool(finding.needs) and all(need.basis == "pipeline" for need in finding.needs),
        -len({user.organization for need in finding.needs for user in need.users}),
        finding.product,
        finding.chains,
    )
