"""Quads as text that is the same for the same data: N-Quads for machines, TriG for people.

Both writers first bring literals to the store's own lexical forms (``1.50`` is ``1.5``), so that text written before
an import equals text dumped after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph

from kg.names import ID, PREFIXES, RDF_TYPE, SCHEME, SKOS, XSD, file_stem, local_name
from kg.store.terms import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Term

__all__ = ["canonical", "parse_trig", "trig_line", "write_graph_files", "write_nquads", "write_trig"]

# A local name that needs no escape in Turtle. Stricter than the grammar: what a person can read at a glance.
_PLAIN_LOCAL = re.compile(
    r"[A-Za-z0-9_\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u3001-\uD7FF\uF900-\uFDCF"
    r"\uFDF0-\uFFEF]"
    r"(?:[A-Za-z0-9_.\-\u00B7\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u3001-\uD7FF"
    r"\uF900-\uFDCF\uFDF0-\uFFEF]*[A-Za-z0-9_\-\u00B7\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D"
    r"\u037F-\u1FFF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFEF])?"
)
_PREFIX_NAME = re.compile(r"[a-z][a-z0-9-]*")
_BARE_INTEGER = re.compile(r"[+-]?[0-9]+")
_BARE_DECIMAL = re.compile(r"[+-]?[0-9]*\.[0-9]+")
_PREF_LABEL = SKOS + "prefLabel"
# Things of one class, and concepts of one scheme, share a namespace that deserves a prefix of its own.
_NESTED = (ID, SCHEME)


def canonical(quads: Iterable[Quad]) -> list[Quad]:
    """Return the distinct quads with literals in the store's lexical forms, sorted by their N-Quads lines."""
    store = pyoxigraph.Store()
    store.extend(quads)
    return sorted(store, key=str)


def trig_line(graph: str, descriptions: Iterable[tuple[str, Iterable[str]]]) -> str:
    """Return one line of TriG: what a graph says.

    Parameters
    ----------
    graph
        Its IRI.
    descriptions
        Subjects by IRI, and what is said of each: predicates with their objects, as N-Triples writes them.
    """
    said = " . ".join([f"<{subject}> {' ; '.join(statements)}" for subject, statements in descriptions])
    return f"<{graph}> {{ {said} }}\n"


def parse_trig(text: bytes) -> Iterator[Quad]:
    """Read TriG text.

    Raises
    ------
    SyntaxError
        The text is not TriG.
    """
    return pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.TRIG)


def write_nquads(quads: Iterable[Quad]) -> str:
    """Return the quads as N-Quads, lines sorted by bytes.

    Parameters
    ----------
    quads
        Quads in any order; repeated ones are written once.
    """
    # UTF-8 sorts as code points do, so sorting text sorts bytes.
    return "".join(f"{line} .\n" for line in sorted({str(quad) for quad in canonical(quads)}))


def write_trig(quads: Iterable[Quad], prefixes: Mapping[str, str] = PREFIXES) -> str:
    """Return the quads as TriG for people to read and compare line by line.

    One block a graph, graphs sorted; in it the graph's own description first, then subjects sorted; of a subject
    its classes and preferred names first, then the other predicates sorted, one value a line.

    Parameters
    ----------
    quads
        Quads in any order; repeated ones are written once.
    prefixes
        Namespaces by prefix. Below the namespaces of things and of schemes, each class and each scheme gets a prefix
        of its own. Only prefixes that are used are declared.
    """
    by_graph: dict[str, dict[str, dict[str, list[Term]]]] = {}
    names: dict[str, Term | DefaultGraph] = {}
    for quad in canonical(quads):
        graph = "" if isinstance(quad.graph_name, DefaultGraph) else quad.graph_name.value
        names[graph] = quad.graph_name
        subject = quad.subject.value if isinstance(quad.subject, NamedNode) else str(quad.subject)
        names[subject] = quad.subject
        predicates = by_graph.setdefault(graph, {}).setdefault(subject, {})
        predicates.setdefault(quad.predicate.value, []).append(quad.object)

    writer = _Writer(prefixes)
    blocks: list[str] = []
    for graph in sorted(by_graph):
        subjects = by_graph[graph]
        lines: list[str] = []
        for subject in sorted(subjects, key=lambda s: (s != graph, s)):
            lines.append("")
            lines += writer.subject(names[subject], subjects[subject])
        head = [] if graph == "" else [writer.term(names[graph]) + " {"]
        tail = [] if graph == "" else ["}"]
        indented = [f"    {line}" if line and head else line for line in lines[1:]]
        blocks.append("\n".join([*head, *indented, *tail]) + "\n")
    declarations = "".join(f"@prefix {p}: <{writer.prefixes[p]}> .\n" for p in sorted(writer.used))
    return "\n".join([declarations, *blocks] if declarations else blocks)


def write_graph_files(quads: Iterable[Quad]) -> dict[str, str]:
    """Return one TriG text a named graph, by file name: the last part of the graph's IRI with ``.trig``."""
    by_graph: dict[str, list[Quad]] = {}
    for quad in quads:
        # Every fact that the ledgers make stands in a graph with a name.
        assert isinstance(quad.graph_name, NamedNode)
        by_graph.setdefault(file_stem(local_name(quad.graph_name.value)), []).append(quad)
    return {f"{name}.trig": write_trig(own) for name, own in sorted(by_graph.items())}


def is_graph_file(name: str, content: str) -> bool:
    """Tell whether a file called ``name`` is one that :func:`write_graph_files` writes: it holds the graph of its name."""
    blocks = re.findall(r"^(?:<([^<>]*)>|[\w-]*:(\S+)) \{$", content, re.MULTILINE)
    return any(f"{file_stem(local_name(iri or local))}.trig" == name for iri, local in blocks)


class _Writer:
    """Renders terms, and remembers which prefixes that took."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self.prefixes = dict(prefixes)
        self.used: set[str] = set()
        self._prefix_of = {namespace: prefix for prefix, namespace in prefixes.items()}
        self._known: dict[str, str] = {}

    def subject(self, subject: Term | DefaultGraph, predicates: Mapping[str, list[Term]]) -> list[str]:
        lines: list[str] = []
        order = sorted(predicates, key=lambda p: (p != RDF_TYPE, p != _PREF_LABEL, p))
        for predicate in order:
            values = sorted(self.term(value) for value in predicates[predicate])
            verb = "a" if predicate == RDF_TYPE else self.iri(predicate)
            lines += [f"    {verb} {value} ;" for value in values]
        lines[0] = f"{self.term(subject)} {lines[0].strip()}"
        lines[-1] = lines[-1][:-1] + "."
        return lines

    def term(self, term: Term | DefaultGraph) -> str:
        if isinstance(term, NamedNode):
            return self.iri(term.value)
        if isinstance(term, Literal):
            return self._literal(term)
        if isinstance(term, BlankNode):
            return str(term)
        raise ValueError(f"not a term of a named graph: {term}")

    def iri(self, iri: str) -> str:
        known = self._known.get(iri)
        if known is None:
            known = self._known[iri] = self._render(iri)
        return known

    def _render(self, iri: str) -> str:
        cut = max(iri.rfind("#"), iri.rfind("/")) + 1
        namespace, local = iri[:cut], iri[cut:]
        if not _PLAIN_LOCAL.fullmatch(local):
            return f"<{iri}>"
        prefix = self._prefix_of.get(namespace) or self._nested(namespace)
        if prefix is None:
            return f"<{iri}>"
        self.used.add(prefix)
        return f"{prefix}:{local}"

    def _nested(self, namespace: str) -> str | None:
        for outer in _NESTED:
            name = namespace[len(outer) : -1]
            if namespace.startswith(outer) and _PREFIX_NAME.fullmatch(name) and name not in self.prefixes:
                self.prefixes[name] = namespace
                self._prefix_of[namespace] = name
                return name
        return None

    def _literal(self, literal: Literal) -> str:
        datatype = literal.datatype.value
        text = literal.value
        if literal.language is not None or datatype == XSD + "string":
            return str(literal)
        if datatype == XSD + "integer" and _BARE_INTEGER.fullmatch(text):
            return text
        if datatype == XSD + "decimal":
            if _BARE_DECIMAL.fullmatch(text):
                return text
            if _BARE_INTEGER.fullmatch(text):
                return f"{text}.0"  # bare digits would be read back as an integer
        if datatype == XSD + "boolean" and text in ("true", "false"):
            return text
        return f"{Literal(text)!s}^^{self.iri(datatype)}"
