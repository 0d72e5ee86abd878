"""What the reports on clusters have in common: headings, parameters, figures, and words on stability and agreement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from kg.analysis.clusters import Clusters
from kg.analysis.clusters.communities import Comparison
from kg.analysis.clusters.stability import FACTOR, SPOILT, VARIATIONS, Stability
from kg.analysis.links import INFERRED_WEIGHT, PIPELINE_FACTOR
from kg.labels import column
from kg.messages import Language, has, text
from kg.reports.phrases import ReportPhrases
from kg.reports.table import Cell, Column, Kind, Word

_DIGITS: Final = 3
# How many firms a cell names; the report of the anchors has a row for each.
_NAMED: Final = 100


def cluster_columns(keys: Iterable[tuple[str, Kind]], lang: Language) -> tuple[Column, ...]:
    """Return the columns of a report on clusters with their headings."""
    return tuple(
        Column(key, text(own, lang) if has(own := f"clusters.column.{key}") else column(key, lang), kind)
        for key, kind in keys
    )


def link_parameters(clusters: Clusters) -> dict[str, Cell]:
    """Return what the links and the walks depend on."""
    return {
        "tiers": clusters.tiers,
        "alpha": clusters.alpha,
        "inferred_weight": INFERRED_WEIGHT,
        "pipeline_factor": PIPELINE_FACTOR,
        "fact_horizon_years": clusters.horizon.present,
        "pipeline_horizon_years": clusters.horizon.pipeline,
    }


def stability_parameters(stability: Stability) -> dict[str, Cell]:
    """Return what the variants depend on."""
    return {
        "alphas": " ".join(map(str, stability.alphas)),
        "depths": " ".join(map(str, stability.depths)),
        "seeds": len(stability.seeds),
        "spoilt_links": SPOILT,
    }


def figure(value: float | None, phrases: ReportPhrases) -> Cell:
    """Return a figure, or a dash where it is not defined."""
    return Word(None, phrases.say("clusters.undefined")) if value is None else round(value, _DIGITS)


def some(names: Sequence[str], phrases: ReportPhrases) -> tuple[str, ...]:
    """Return names; of a long list the first, and how many more there are."""
    rest = len(names) - _NAMED
    return (*names[:_NAMED], *([phrases.say("clusters.more", count=rest)] if rest > 0 else []))


def joined(names: Iterable[str], phrases: ReportPhrases) -> str:
    """Return names as a list inside a sentence."""
    return phrases.say("phrase.separator").join(names)


def stability_notes(stability: Stability, lang: Language) -> list[str]:
    """Say how the clusters were varied, and how far the homes of all firms together agree."""
    dash = text("clusters.undefined", lang)
    told = {
        kind: dash if (found := stability.ari.get(kind)) is None else f"{found:.3f}" for kind in VARIATIONS
    }
    return [
        text(
            "clusters.note.stability",
            lang,
            alphas=text("phrase.separator", lang).join(map(str, stability.alphas)),
            depths=text("phrase.separator", lang).join(map(str, stability.depths)),
            percent=f"{SPOILT:.0%}",
            factor=f"{FACTOR:g}",
            seeds=len(stability.seeds),
        ),
        text("clusters.note.ari", lang, **told),
    ]


def comparison_note(comparison: Comparison, lang: Language) -> str:
    """Say how far homes and communities agree, and what that means."""
    dash = text("clusters.undefined", lang)

    def told(value: float | None) -> str:
        return dash if value is None else f"{value:.3f}"

    return text(
        "clusters.note.louvain",
        lang,
        seeds=len(comparison.seeds),
        communities=f"{comparison.communities:g}",
        ari=told(comparison.ari),
        nmi=told(comparison.nmi),
        self_ari=told(comparison.self_ari),
    )
