"""How steady each anchor's cluster is, and how far it agrees with a Louvain community."""

from __future__ import annotations

from typing import Final

from kg.analysis.clusters import Clusters
from kg.analysis.clusters.communities import Comparison
from kg.analysis.clusters.stability import VARIATIONS, Mover, Stability
from kg.messages import Language, text
from kg.reports.cluster_words import (
    cluster_columns,
    comparison_note,
    figure,
    link_parameters,
    some,
    stability_notes,
    stability_parameters,
)
from kg.reports.phrases import ReportPhrases
from kg.reports.table import Cell, Kind, Table

_COLUMNS: Final[tuple[tuple[str, Kind], ...]] = (
    ("anchor", "text"),
    ("at_home", "number"),
    *((f"stability_{kind}", "number") for kind in VARIATIONS),
    ("stability", "number"),
    ("movers", "list"),
    ("louvain", "number"),
    ("together", "list"),
)
_BRIEF: Final = tuple(key for key, _ in _COLUMNS if key not in ("louvain", "together"))


def stability_table(
    clusters: Clusters,
    stability: Stability,
    comparison: Comparison,
    lang: Language,
    *,
    of: str | None = None,
) -> Table:
    """Return a row for each anchor.

    Parameters
    ----------
    clusters, stability, comparison
        What was found.
    of
        IRI of the only anchor to show.
    """
    phrases = ReportPhrases(clusters.network, lang)
    variants = sum(stability.variants.values())
    rows: list[tuple[Cell, ...]] = [
        (
            phrases.name(own.anchor),
            len(own.at_home),
            *(figure(own.agreement.get(kind), phrases) for kind in VARIATIONS),
            figure(own.mean, phrases),
            some([_mover(mover, variants, phrases) for mover in own.movers], phrases),
            figure(comparison.by_anchor[own.anchor], phrases),
            phrases.names(comparison.together[own.anchor]),
        )
        for own in sorted(stability.anchors, key=lambda own: (-len(own.at_home), own.anchor))
        if of in (None, own.anchor)
    ]
    return Table(
        title=text("clusters.title_stability", lang),
        columns=cluster_columns(_COLUMNS, lang),
        rows=tuple(rows),
        lang=lang,
        notes=(*stability_notes(stability, lang), comparison_note(comparison, lang)),
        as_of=clusters.network.as_of or None,
        parameters={
            "direction": stability.scope,
            **link_parameters(clusters),
            **stability_parameters(stability),
        },
        brief=_BRIEF,
    )


def _mover(mover: Mover, variants: int, phrases: ReportPhrases) -> str:
    to = phrases.say("clusters.outside_home") if mover.to is None else phrases.name(mover.to)
    name = phrases.name(mover.organization)
    return phrases.say("clusters.mover", name=name, times=mover.times, variants=variants, to=to)
