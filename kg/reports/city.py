"""Every report of a city at once: each in both languages and every format for files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from kg.analysis.balance import find_balance
from kg.analysis.balance.surplus import find_surplus
from kg.analysis.clusters import Clusters
from kg.analysis.clusters.hubs import find_hubs
from kg.analysis.gaps import Gaps
from kg.analysis.gaps.latent import find_latent
from kg.analysis.local_supply import find_local_supply
from kg.analysis.resilience.critical import find_critical
from kg.messages import LANGUAGES, Language, text
from kg.names import file_stem
from kg.network.facts import Network
from kg.reports.anchors_table import anchors_table
from kg.reports.balance_table import balance_table
from kg.reports.chains_table import chains_table
from kg.reports.clusters_table import clusters_table
from kg.reports.critical_table import critical_table
from kg.reports.gaps_table import gaps_table
from kg.reports.index_page import Both, Download
from kg.reports.latent_table import latent_table
from kg.reports.local_supply_table import local_supply_table
from kg.reports.surplus_table import surplus_table
from kg.reports.table import Table
from kg.reports.writers import Format, render

_FORMATS: Final[tuple[Format, ...]] = ("xlsx", "csv", "md", "json")

_TABLES: Final[Mapping[str, Callable[[Gaps, Clusters, Language], Table]]] = {
    "gaps": lambda gaps, _, lang: gaps_table(gaps, gaps.findings, lang),
    "surplus": lambda gaps, _, lang: surplus_table(gaps, find_surplus(gaps), lang),
    "anchors": lambda _, clusters, lang: anchors_table(clusters, lang),
    "chains": lambda gaps, _, lang: chains_table(gaps, lang),
    "clusters": lambda _, clusters, lang: clusters_table(clusters, find_hubs(clusters), lang),
    "latent": lambda gaps, _, lang: latent_table(gaps, find_latent(gaps), lang),
    "balance": lambda gaps, _, lang: balance_table(find_balance(gaps), lang),
    "local_supply": lambda gaps, _, lang: local_supply_table(find_local_supply(gaps), lang),
    "critical": lambda gaps, _, lang: critical_table(
        find_critical(gaps.network, horizon=gaps.thresholds.horizon()), lang
    ),
}


def file_name(name: str) -> str:
    """Return the name of a map's file after the thing it shows.

    Examples
    --------
    >>> file_name("竹材产业链")
    '竹材产业链.html'
    """
    return file_stem(name) + ".html"


def report_files(gaps: Gaps, clusters: Clusters) -> Iterator[tuple[str, bytes]]:
    """Yield every report as a file: its path below the city's folder, and its content."""
    for name, make in _TABLES.items():
        for lang in LANGUAGES:
            table = make(gaps, clusters, lang)
            for form in _FORMATS:
                yield _path(name, lang, form), render(table, form)


def downloads() -> tuple[Download, ...]:
    """Return where :func:`report_files` puts each report."""
    return tuple(
        Download(
            {lang: text(f"index.report.{name}", lang) for lang in LANGUAGES},
            {lang: {form: _path(name, lang, form) for form in _FORMATS} for lang in LANGUAGES},
        )
        for name in _TABLES
    )


def _path(name: str, lang: Language, form: Format) -> str:
    return f"reports/{lang}/{name}.{form}"


def city_name(network: Network) -> Both:
    """Return the name of the city that the ledgers are of; empty where they name no place within another."""
    return {lang: network.thing(network.city).label(lang) if network.city else "" for lang in LANGUAGES}
