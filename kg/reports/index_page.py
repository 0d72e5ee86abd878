"""The page that leads to every map and report of a city: one HTML file, both languages, no request to anywhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from kg import __version__
from kg.analysis.clusters import Clusters
from kg.analysis.gaps import KINDS, Finding, Gaps
from kg.analysis.gaps.chain_summary import summarize
from kg.analysis.gaps.explain import why
from kg.analysis.phrases import Phrases
from kg.labels import definition, label
from kg.messages import LANGUAGES, Language, text
from kg.network.facts import Network

# How many gaps the page shows by itself.
_TOP: Final = 15
_LACKING: Final = ("break", "missing", "weak")

Both = Mapping[Language, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line that leads to a map: its name, where the map is (None: there is none), and numbers about it."""

    name: Both
    href: str | None
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """One of the first gaps."""

    kind: str
    kind_name: Both
    product: Both
    chains: Both
    why: Both
    evidence: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of finding: its name, what it means, and how many there are."""

    key: str
    name: Both
    meaning: Both
    count: int


@dataclass(frozen=True, slots=True)
class Download:
    """A report and, for each language, its files by format."""

    name: Both
    files: Mapping[Language, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class IndexPage:
    """Everything the page shows.

    Attributes
    ----------
    city
        Name of the city.
    as_of
        The date everything holds at.
    clusters_map
        Where the map of all anchors is.
    kinds
        Every kind of finding, in the order in which a planner acts on them.
    chains, anchors
        A line each; numbers are (stages covered, stages, stages in the pipeline, breaks, missing, weak), and for anchors
        (upstream firms, downstream firms, missing inputs).
    """

    city: Both
    as_of: str
    clusters_map: str
    kinds: tuple[Kind, ...]
    chains: tuple[Entry, ...]
    anchors: tuple[Entry, ...]
    outside: int
    gaps: tuple[Gap, ...]
    downloads: tuple[Download, ...]


def index_page(
    city: Both,
    gaps: Gaps,
    clusters: Clusters,
    *,
    clusters_map: str,
    chain_maps: Mapping[str, str],
    anchor_maps: Mapping[str, str],
    downloads: Sequence[Download],
) -> IndexPage:
    """Collect what the page shows.

    Parameters
    ----------
    city
        Name of the city.
    gaps, clusters
        What was found.
    clusters_map, chain_maps, anchor_maps
        Where the maps are, seen from the page; by IRI.
    downloads
        The reports.
    """
    network = gaps.network
    return IndexPage(
        city=city,
        as_of=network.as_of,
        clusters_map=clusters_map,
        kinds=tuple(_kind(gaps, kind) for kind in KINDS),
        chains=tuple(
            Entry(
                _name(network, chain.chain),
                chain_maps.get(chain.chain),
                (chain.covered, chain.stages, chain.coming, *(chain.counts[kind] for kind in _LACKING)),
            )
            for chain in summarize(gaps)
        ),
        anchors=tuple(
            _anchor(gaps, clusters, anchor, anchor_maps.get(anchor)) for anchor in clusters.anchors
        ),
        outside=len(clusters.outside),
        gaps=tuple(
            _gap(network, f) for f in [f for f in gaps.findings if f.product and not f.inferred][:_TOP]
        ),
        downloads=tuple(downloads),
    )


def _name(network: Network, iri: str) -> Both:
    return {lang: network.thing(iri).label(lang) for lang in LANGUAGES}


def _kind(gaps: Gaps, kind: str) -> Kind:
    term = f"scheme:finding-kind/{kind}"
    return Kind(
        kind,
        {lang: label(term, lang) for lang in LANGUAGES},
        {lang: definition(term, lang) for lang in LANGUAGES},
        sum(finding.kind == kind for finding in gaps.findings),
    )


def _gap(network: Network, finding: Finding) -> Gap:
    return Gap(
        finding.kind,
        {lang: label(f"scheme:finding-kind/{finding.kind}", lang) for lang in LANGUAGES},
        _name(network, finding.product),
        {
            lang: text("phrase.separator", lang).join(Phrases(network, lang).names(finding.chains))
            for lang in LANGUAGES
        },
        {lang: why(finding, network, lang) for lang in LANGUAGES},
        finding.evidence.upper(),
        finding.sources,
    )


def _anchor(gaps: Gaps, clusters: Clusters, anchor: str, href: str | None) -> Entry:
    members = clusters.of(anchor)
    lacking = sum(finding.kind in ("missing", "break") for finding in gaps.of_anchor(anchor))
    numbers = [
        len({m.organization for m in members if m.direction == way}) for way in ("upstream", "downstream")
    ]
    return Entry(_name(gaps.network, anchor), href, (*numbers, lacking))


def render_index(page: IndexPage, lang: Language) -> str:
    """Return the page as HTML; it opens in ``lang`` and holds both languages.

    The languages are switched by a style rule, so that the page needs no script; its policy allows this style and nothing else.
    """
    folder = files(__package__).joinpath("templates")
    style = folder.joinpath("index.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    environment = Environment(
        loader=PackageLoader("kg.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("index.html.j2").render(
        page=page,
        lang=lang,
        languages=LANGUAGES,
        style=Markup(style),
        policy=f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
        say=text,
        version=__version__,
    )
