"""What reports say beyond the analysis: words of the ontology's schemes as cells, and the sources that rows name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kg.analysis.phrases import Phrases
from kg.labels import label
from kg.reports.table import Reference, Word


@dataclass(frozen=True, slots=True)
class ReportPhrases(Phrases):
    """Speaks about the things of one network in one language, in cells of tables."""

    def concept(self, scheme: str, slug: str) -> Word:
        """Return a word of a scheme of the ontology."""
        return Word(slug, label(f"scheme:{scheme}/{slug}", self.lang))

    def unknown(self) -> Word:
        """Return the cell of an amount that the ledgers do not tell."""
        return Word(None, self.say("word.unknown"))

    def weakest(self, facts: Iterable[str], route: Iterable[str]) -> str:
        """Return the weaker of the best evidence of facts and the best of the sources that tell of a route."""
        known = self.network.sources
        told = [known[source].evidence for source in route if source in known]
        return evidence(max(min(facts, default="e6"), min(told, default="e6")))

    def references(self, ids: Iterable[str]) -> tuple[Reference, ...]:
        """Return the sources of these ids, in the order of their ids."""
        wanted = set(ids)
        return tuple(
            Reference(s.id, s.title, s.publisher, s.issued, evidence(s.evidence), s.url)
            for s in sorted(self.network.sources.values(), key=lambda source: source.id)
            if s.id in wanted
        )


def evidence(level: str) -> str:
    """Return an evidence level as planners write it: E1 … E6."""
    return level.upper()
