"""The latent matches as a table: a row for each seller and buyer to bring together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kg.analysis.gaps import Gaps
from kg.analysis.gaps.latent import LatentMatch
from kg.labels import column
from kg.messages import Language, text
from kg.reports.phrases import ReportPhrases, evidence
from kg.reports.table import Cell, Column, Kind, Table
from kg.reports.yearly import yearly, yearly_unit

_COLUMNS: Final[tuple[tuple[str, Kind], ...]] = (
    ("product", "text"),
    ("supplier", "text"),
    ("made_by", "list"),
    ("buyer", "text"),
    ("used_for", "list"),
    ("demand", "number"),
    ("unit", "text"),
    ("chain", "list"),
    ("evidence", "text"),
    ("sources", "list"),
    ("why", "text"),
)
_BRIEF: Final = ("product", "supplier", "buyer", "used_for", "evidence", "sources")


def latent_table(
    gaps: Gaps, matches: Sequence[LatentMatch], lang: Language, *, of: str | None = None
) -> Table:
    """Return latent matches as a table, in the order given.

    Parameters
    ----------
    gaps
        What they were found in.
    matches
        The rows.
    of
        IRI of the anchor they are of.
    """
    phrases = ReportPhrases(gaps.network, lang)
    return Table(
        title=text("latent.title_of", lang, name=phrases.name(of)) if of else text("latent.title", lang),
        columns=tuple(Column(key, column(key, lang), kind) for key, kind in _COLUMNS),
        rows=tuple(_row(match, phrases) for match in matches),
        lang=lang,
        notes=(
            text("latent.note.record", lang),
            text("latent.note.pairs", lang),
            text("latent.note.demand", lang),
        ),
        as_of=gaps.network.as_of or None,
        parameters={"fact_horizon_years": gaps.thresholds.horizon_years},
        references=phrases.references(source for match in matches for source in _sources(match)),
        brief=_BRIEF,
    )


def _row(match: LatentMatch, phrases: ReportPhrases) -> tuple[Cell, ...]:
    buyer = phrases.name(match.buyer)
    outputs = phrases.names(need.output for need in match.needs)
    seller = phrases.name(match.seller)
    made = phrases.names(maker.product for maker in match.made)
    parts = [
        phrases.say(
            "latent.why",
            date=phrases.network.as_of,
            seller=seller,
            product=phrases.listed(made, products=True),
            buyer=buyer,
            outputs=phrases.listed(outputs, products=True),
        )
    ]
    if all(maker.product != match.product for maker in match.made):
        kind = phrases.say(
            "latent.why_kind", made=phrases.listed(made, products=True), product=phrases.name(match.product)
        )
        parts.append(kind)
    if any(need.alternatives for need in match.needs):
        parts.append(phrases.say("why.alternatives"))
    return (
        phrases.name(match.product),
        seller,
        phrases.makers(match.made, match.product),
        buyer,
        outputs,
        yearly(match.demand, phrases),
        yearly_unit(phrases),
        phrases.names(match.finding.chains),
        evidence(_evidence(match, phrases)),
        _sources(match),
        phrases.sentences(parts),
    )


def _evidence(match: LatentMatch, phrases: ReportPhrases) -> str:
    """The weakest of the seller's record, the buyer's, and the recipe's best source."""
    known = phrases.network.sources
    levels = [min(maker.provenance.evidence for maker in match.made)]
    levels += [min(user.provenance.evidence for need in match.needs for user in need.users)]
    levels += [
        min((known[s].evidence for n in match.needs for s in n.route.sources if s in known), default="e6")
    ]
    return max(levels)


def _sources(match: LatentMatch) -> tuple[str, ...]:
    found = {source for maker in match.made for source in maker.provenance.sources}
    for need in match.needs:
        found |= set(need.route.sources) | {s for user in need.users for s in user.provenance.sources}
    return tuple(sorted(found))
