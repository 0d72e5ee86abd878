"""What in the graph does not conform to the shapes, traced back to the ledger row that says it."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from kg.labels import UnknownConcept, label
from kg.ledgers.findings import Finding, Severity, order
from kg.messages import LANGUAGES
from kg.names import BASE, DERIVED_GRAPH, ID
from kg.settings import data_path
from kg.store.terms import NamedNode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pyoxigraph import Store as Database
    from rdflib import Graph
    from rdflib.term import Node

    from kg.ledgers import Origin
    from kg.store import Store

SHAPE_FILES: Final = ("facts", "references", "results", "things")
_SEVERITIES: Final[dict[str, Severity]] = {"Violation": "error", "Warning": "warning", "Info": "info"}


def check(store: Store) -> tuple[Finding, ...]:
    """Check the graph of a store against the shapes.

    The graph is judged as the union of its source graphs: a fact of one source may speak of a thing that another
    source introduces.

    Parameters
    ----------
    store
        The store to check; nothing in it is changed.

    Returns
    -------
    tuple of Finding
        One for each place that does not conform, in the order of the ledgers. Where no ledger row of the store said
        it, ``file`` names the thing or fact instead.

    References
    ----------
    W3C, Shapes Constraint Language (SHACL), https://www.w3.org/TR/shacl/
    """
    # Late: whoever imports the room without checking should not wait for rdflib and pySHACL.
    from pyshacl import validate

    from kg.ledgers import build, ledger_files
    from kg.store.bridge import merged

    shapes = read_shapes()
    # What is derived follows from statements that are judged themselves, in the rows that make them.
    said = (quad for quad in store.quads() if quad.graph_name != NamedNode(DERIVED_GRAPH))
    database = merged(said)
    # pySHACL takes the engine's store, though its annotations do not say so.
    conforms, report, reason = validate(database, shacl_graph=shapes, inplace=True)  # type: ignore[arg-type]
    if conforms:
        return ()
    if isinstance(report, Exception):
        raise RuntimeError(
            reason
        ) from report  # the shapes themselves are at fault, which their tests exclude
    # Only a faulty graph needs the rows, so they are read anew here rather than kept with every import.
    origins = build(ledger_files(store.files())).origins
    # A value that breaks two limits of one rule (no number, so not above 0 either) is one finding.
    found = sorted(_findings(report, shapes, database, origins), key=_order)
    return tuple(finding for finding, _ in groupby(found))


def read_shapes() -> Graph:
    """Read the shapes that data has to conform to (those of the ontology itself are left out)."""
    from rdflib import Graph

    shapes = Graph()
    for name in SHAPE_FILES:
        shapes.parse(data_path("ontology") / "shapes" / f"{name}.ttl", format="turtle")
    return shapes


def _findings(
    report: Graph, shapes: Graph, database: Database, origins: Mapping[str, Origin]
) -> Iterator[Finding]:
    """Yield the results of a report as findings, those about a thing referred to once for each reference."""
    from rdflib.namespace import SH

    for result in set(report.objects(None, SH.result)):
        focus, shape = report.value(result, SH.focusNode), report.value(result, SH.sourceShape)
        value = report.value(result, SH.value)
        reference = shapes.value(shape, SH.targetObjectsOf)
        if reference is None:
            places, culprit = [str(focus)], focus if value is None else value
        else:
            pattern = (None, NamedNode(str(reference)), NamedNode(str(focus)))
            subjects = [quad.subject for quad in database.quads_for_pattern(*pattern)]
            places, culprit = [node.value for node in subjects if isinstance(node, NamedNode)], focus
        severity = str(report.value(result, SH.resultSeverity)).rpartition("#")[2]
        path = reference or report.value(result, SH.resultPath)
        for place in places:
            origin = origins.get(place)
            yield Finding(
                _SEVERITIES[severity],
                "shape",
                file=origin.file if origin else _readable(place),
                sheet=origin.sheet if origin else "",
                row=origin.row if origin else 0,
                column=_column(path),
                value=_readable(str(culprit)),
                texts=_texts(shapes, shape, _readable(str(value))),
            )


def _texts(shapes: Graph, shape: Node | None, value: str) -> dict[str, str]:
    """Return the shape's message by language: pySHACL's report loses the language of some."""
    from rdflib import Literal
    from rdflib.namespace import SH

    rule = shapes.value(shape, SH.sparql)
    messages = {
        text.language: str(text)
        for text in shapes.objects(rule or shape, SH.message)
        if isinstance(text, Literal)
    }
    return {lang: messages[lang].replace("{?value}", value) for lang in LANGUAGES}


def _column(path: Node | None) -> str:
    """Return what the ledgers call a property; blank where a rule looks at several or at none of ours."""
    try:
        return label(str(path), "zh")
    except UnknownConcept:
        return ""


def _readable(text: str) -> str:
    """Return an IRI of ours by its readable end, and anything else as it is."""
    return unquote(text.removeprefix(ID).removeprefix(BASE)) if text.startswith(BASE) else text


def _order(finding: Finding) -> tuple[tuple[str | int, ...], str]:
    return order(finding), finding.texts["en"]
