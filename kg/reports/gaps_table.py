"""The gap findings as a table, each with its reason in words and with what filling it would bring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kg.analysis.areas import Area
from kg.analysis.gaps.explain import why
from kg.analysis.gaps.findings import Finding, Gaps
from kg.analysis.gaps.leverage import Leverage, RankBy, find_leverage, ranked
from kg.labels import column, conversion
from kg.messages import Language, text
from kg.reports.phrases import ReportPhrases, evidence
from kg.reports.table import Cell, Column, Kind, Table, Word

_COLUMNS: Final[tuple[tuple[str, Kind], ...]] = (
    ("kind", "text"),
    ("product", "text"),
    ("extent", "text"),
    ("chain", "list"),
    ("stage", "list"),
    ("needed_by", "list"),
    ("made_by", "list"),
    ("elsewhere", "list"),
    ("pipeline", "list"),
    ("source_count", "number"),
    ("demand", "number"),
    ("unit", "text"),
    ("demand_known", "number"),
    ("demand_users", "number"),
    ("unlocked_count", "number"),
    ("unlocked", "list"),
    ("also_lacking", "list"),
    ("opened_count", "number"),
    ("opened", "list"),
    ("evidence", "text"),
    ("sources", "list"),
    ("why", "text"),
)
# Where the whole city is asked about, nothing is elsewhere in it.
_OF_AREAS: Final = ("extent", "elsewhere")
# Of these one can say where something is lacking.
_LACKING: Final = ("break", "missing", "weak", "short")
# What a terminal has room for.
_BRIEF: Final = ("kind", "product", "chain", "why", "evidence", "sources")
# One unit for the whole table, the one planners count in.
_UNIT: Final = "10kt-a"


def gaps_table(
    gaps: Gaps,
    findings: Sequence[Finding],
    lang: Language,
    *,
    of: str | None = None,
    limit: int | None = None,
    by: RankBy | None = None,
) -> Table:
    """Return findings as a table, in the order given or by a column.

    Parameters
    ----------
    gaps
        What they were found in: names, sources, date, thresholds and area.
    findings
        The rows.
    of
        IRI of the chain or anchor they are of.
    limit
        Show only so many.
    by
        The column to rank by, the most first.
    """
    phrases = ReportPhrases(gaps.network, lang)
    area = Area(gaps.network, gaps.territory)
    leverage = find_leverage(gaps, findings)
    shown = tuple((ranked(findings, leverage, by) if by else tuple(findings))[:limit])
    keys = [key for key, _ in _COLUMNS if not (area.whole and key in _OF_AREAS)]
    rows = _Rows(gaps, phrases, leverage, tuple(keys))
    return Table(
        title=_title(gaps, phrases, of, area),
        columns=tuple(Column(key, column(key, lang), kind) for key, kind in _COLUMNS if key in keys),
        rows=tuple(rows.row(finding) for finding in shown),
        lang=lang,
        notes=(*_unjudged(gaps, of, lang), *_notes(gaps, area, lang)),
        as_of=gaps.network.as_of or None,
        parameters={
            **parameters(gaps, area, phrases),
            **({"sort": Word(by, column(by, lang))} if by else {}),
        },
        references=phrases.references(source for finding in shown for source in finding.sources),
        brief=_brief(area, by),
    )


def parameters(gaps: Gaps, area: Area, phrases: ReportPhrases) -> dict[str, Cell]:
    """Return what findings depend on: the area, whether projects count, and the named thresholds."""
    limits = gaps.thresholds
    where: dict[str, Cell] = {} if area.whole else {"area": phrases.name(gaps.territory.iri)}
    return {
        **where,
        "with_pipeline": gaps.with_pipeline,
        "coverage_threshold": limits.coverage,
        "single_group_share": limits.single_group_share,
        "blank_threshold": limits.blank,
        "fact_horizon_years": limits.horizon_years,
        "pipeline_horizon_years": limits.pipeline_horizon_years,
    }


def _title(gaps: Gaps, phrases: ReportPhrases, of: str | None, area: Area) -> str:
    about = [phrases.name(iri) for iri in ("" if area.whole else gaps.territory.iri, of) if iri]
    if not about:
        return phrases.say("gaps.title")
    return phrases.say("gaps.title_of", name=phrases.say("phrase.details").join(about))


def _brief(area: Area, by: RankBy | None) -> tuple[str, ...]:
    shown = list(_BRIEF)
    if by and by not in shown:
        shown.insert(shown.index("why"), by)
    if not area.whole:
        shown.insert(shown.index("chain"), "extent")
    return tuple(shown)


def _notes(gaps: Gaps, area: Area, lang: Language) -> tuple[str, ...]:
    notes = ["zero", "pipeline" if gaps.with_pipeline else "without_pipeline", "evidence", "leverage"]
    found = [text(f"gaps.note.{note}", lang) for note in notes]
    return (*found, *area_notes(gaps, area, lang), *_undated(gaps, lang))


def _unjudged(gaps: Gaps, of: str | None, lang: Language) -> tuple[str, ...]:
    """Say that no findings are no clearance where a chain has no reference list."""
    known = of not in gaps.network.chain_versions or gaps.network.stages.get(of or "")
    return () if known else (text("gaps.note.without_list", lang),)


def area_notes(gaps: Gaps, area: Area, lang: Language) -> tuple[str, ...]:
    """Say what counts as being in an area, and of how many makers the ledgers do not tell; nothing for the city."""
    if area.whole:
        return ()
    name = gaps.network.thing(gaps.territory.iri).label(lang)
    count = len(area.unplaced(gaps.whole))
    unplaced = (text("gaps.note.unplaced", lang, count=count, area=name),) if count else ()
    return (text("gaps.note.area", lang, area=name), *unplaced)


def _undated(gaps: Gaps, lang: Language) -> tuple[str, ...]:
    """Say how many production records have no date at all: they hold at whatever date is asked for."""
    count = sum(not fact.provenance.date for fact in gaps.network.production)
    return (text("gaps.note.undated", lang, count=count),) if count else ()


@dataclass(frozen=True, slots=True)
class _Rows:
    gaps: Gaps
    phrases: ReportPhrases
    leverage: Mapping[Finding, Leverage]
    keys: tuple[str, ...]

    def row(self, finding: Finding) -> tuple[Cell, ...]:
        phrases = self.phrases
        cells: dict[str, Cell] = {
            "kind": phrases.concept("finding-kind", finding.kind),
            "product": phrases.name(finding.product) if finding.product else None,
            "extent": self._extent(finding),
            "chain": phrases.names(finding.chains),
            "stage": phrases.names(stage.iri for stage in finding.stages),
            "needed_by": phrases.users(finding.needs),
            "made_by": phrases.makers(finding.makers, finding.product),
            "elsewhere": (
                *phrases.makers(finding.elsewhere, finding.product),
                *(
                    phrases.say("gaps.unplaced", maker=maker)
                    for maker in phrases.makers(finding.unplaced, finding.product)
                ),
            ),
            "pipeline": phrases.makers(finding.pipeline, finding.product),
            "evidence": evidence(finding.evidence),
            "sources": finding.sources,
            "why": why(finding, self.gaps.network, phrases.lang),
            **self._leverage(finding),
        }
        return tuple(cells.get(key) for key in self.keys)

    def _extent(self, finding: Finding) -> Cell:
        if finding.kind not in _LACKING:
            return None
        key = "citywide" if finding.citywide else "area"
        return Word(key, self.phrases.say(f"gaps.extent.{key}"))

    def _leverage(self, finding: Finding) -> dict[str, Cell]:
        own = self.leverage.get(finding)
        if own is None:
            return {}
        phrases, factor = self.phrases, conversion("t-a", _UNIT)
        known = bool(own.known) and factor is not None
        return {
            "source_count": len(own.sourced),
            "demand": own.demand * factor if known and factor is not None else phrases.unknown(),
            "unit": phrases.concept("unit", _UNIT).label,
            "demand_known": own.known,
            "demand_users": own.users,
            "unlocked_count": len(own.unlocked),
            "unlocked": tuple(
                phrases.say("phrase.uses_for", name=phrases.name(firm), output=phrases.name(product))
                for firm, product in own.plants
            ),
            "also_lacking": phrases.names(own.also_lacking),
            "opened_count": len(own.opened),
            "opened": phrases.names(own.opened),
        }
