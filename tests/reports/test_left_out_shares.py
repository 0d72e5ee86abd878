"""Memberships of a network too large for all of them: both reports say what was left out, and others say nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kg.analysis.clusters import find_clusters
from kg.analysis.clusters.hubs import find_hubs
from kg.messages import Language
from kg.network import load
from kg.reports.anchors_table import anchors_table
from kg.reports.clusters_table import clusters_table
from kg.store import open_store


@pytest.mark.parametrize(
    ("lang", "said"), [("zh", "低于 0.01 的份额没有列出"), ("en", "those below 0.01 are left out")]
)
def test_what_was_left_out_is_told(yunxi: Path, lang: Language, said: str) -> None:
    with open_store(yunxi) as store:
        whole = find_clusters(load(store))
    partial = replace(whole, least=0.01, lost=0.1542)
    for clusters, told in ((whole, False), (partial, True)):
        tables = anchors_table(clusters, lang), clusters_table(clusters, find_hubs(clusters), lang)
        for table in tables:
            assert any(said in note and "0.154" in note for note in table.notes) == told
