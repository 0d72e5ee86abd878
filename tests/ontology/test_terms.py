"""The classes and properties: labelled, defined, well placed, and true to the vocabularies they build on."""

from __future__ import annotations

from collections import Counter
from graphlib import TopologicalSorter
from pathlib import Path

import pyoxigraph
import pytest
from rdflib import OWL, RDF, RDFS, SKOS, BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, GEO, ORG, PROV, QB, SDO, SH, TIME, VANN, XSD

GY = Namespace("https://w3id.org/gongyue/ontology#")
SCHEME = "https://w3id.org/gongyue/scheme/"
IRI = URIRef("https://w3id.org/gongyue/ontology")
KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, RDFS.Datatype)
ALL_FILES = sorted((Path(__file__).resolve().parents[2] / "ontology").rglob("*.ttl"))
CLOSED = (DCAT, DCTERMS, GEO, ORG, OWL, PROV, QB, RDF, RDFS, SDO, SH, SKOS, TIME, VANN, XSD)
# RegOrg is no part of rdflib; these are the terms that the W3C note defines and we use.
ROV = {"RegisteredOrganization", "legalName", "registration", "orgType", "orgStatus", "orgActivity"}

FACTS = {
    "ChainParticipation",
    "GradeAward",
    "IdentityJudgement",
    "Issue",
    "Observation",
    "Ownership",
    "PlanListing",
    "Production",
    "StageEvent",
    "SupplyRelation",
}


def own_terms(core: Graph) -> list[URIRef]:
    return sorted({s for s in core.subjects() if isinstance(s, URIRef) and s.startswith(GY)})


def properties(core: Graph) -> list[URIRef]:
    kinds = (OWL.ObjectProperty, OWL.DatatypeProperty)
    return [term for term in own_terms(core) if any((term, RDF.type, kind) in core for kind in kinds)]


def languages(core: Graph, term: URIRef, predicate: URIRef) -> list[str]:
    texts = [text for text in core.objects(term, predicate) if isinstance(text, Literal) and text.strip()]
    return sorted(text.language or "" for text in texts)


def test_every_term_is_labelled_defined_and_of_one_kind(core: Graph) -> None:
    faults = [
        term
        for term in own_terms(core)
        if languages(core, term, RDFS.label) != ["en", "zh"]
        or languages(core, term, SKOS.definition) != ["en", "zh"]
        or list(core.objects(term, RDFS.isDefinedBy)) != [IRI]
        or sum((term, RDF.type, kind) in core for kind in KINDS) != 1
    ]
    assert not faults


def test_texts_are_in_the_language_they_claim(core: Graph, schemes: Graph) -> None:
    for graph in (core, schemes):
        for subject, predicate, text in graph:
            if isinstance(text, Literal) and text.language and predicate != DCTERMS.title:
                han = any("\u4e00" <= letter <= "\u9fff" for letter in text)
                if text.language == "en":
                    assert not han, (subject, text)
                elif predicate in (SKOS.definition, SKOS.changeNote):
                    assert han, (subject, text)


@pytest.mark.parametrize("predicate", [RDFS.domain, RDFS.range])
def test_every_property_has_one_domain_and_one_range(core: Graph, predicate: URIRef) -> None:
    found = {term: list(core.objects(term, predicate)) for term in properties(core)}
    assert [term for term, values in found.items() if len(values) != 1] == []


def test_ranges_fit_the_kind_of_property(core: Graph) -> None:
    datatypes = {GY.partialDate, GY.periodText, RDF.langString}
    for term in properties(core):
        target = core.value(term, RDFS.range)
        literal = target in datatypes or str(target).startswith(str(XSD))
        assert literal == ((term, RDF.type, OWL.DatatypeProperty) in core), term


def test_domains_and_ranges_are_declared_classes(core: Graph) -> None:
    for predicate in (RDFS.domain, RDFS.range):
        for term in properties(core):
            target = core.value(term, predicate)
            members = (
                list(core.items(core.value(target, OWL.unionOf))) if isinstance(target, BNode) else [target]
            )
            for member in members:
                literal = str(member).startswith((str(XSD), str(RDF)))
                declared = {OWL.Class, RDFS.Datatype} & set(core.objects(member, RDF.type))
                assert literal or declared or member == OWL.Thing, (term, member)


def test_labels_are_unique_among_classes_and_among_properties(core: Graph) -> None:
    classes = [term for term in own_terms(core) if (term, RDF.type, OWL.Class) in core]
    for group in (classes, properties(core)):
        texts = Counter(label for term in group for label in core.objects(term, RDFS.label))
        assert [text for text, times in texts.items() if times > 1] == []


def test_names_follow_the_convention(core: Graph) -> None:
    for term in own_terms(core):
        name = term.removeprefix(GY)
        assert name.isalpha(), term
        assert name[0].isupper() == ((term, RDF.type, OWL.Class) in core), term


def test_classes_have_no_cycle(core: Graph) -> None:
    parents = {child: set(core.objects(child, RDFS.subClassOf)) for child in core.subjects(RDFS.subClassOf)}
    order = list(TopologicalSorter(parents).static_order())
    assert order.index(GY.Fact) < order.index(GY.Production)


def test_facts_are_the_dated_statements(core: Graph) -> None:
    assert {str(c.removeprefix(GY)) for c in core.subjects(RDFS.subClassOf, GY.Fact)} == FACTS


def test_each_fact_is_disjoint_from_the_others(core: Graph) -> None:
    groups = [
        {str(member) for member in core.items(core.value(node, OWL.members))}
        for node in core.subjects(RDF.type, OWL.AllDisjointClasses)
    ]
    assert {GY + name for name in FACTS} in [{str(m) for m in group} for group in groups]
    # A disjoint group may not hold a class and one of its parents.
    parents = {(str(child), str(parent)) for child, parent in core.subject_objects(RDFS.subClassOf)}
    for group in groups:
        assert not [(c, p) for c, p in parents if c in group and p in group]


def test_anchor_firm_is_defined_by_a_role(core: Graph) -> None:
    both = list(core.items(core.value(core.value(GY.AnchorFirm, OWL.equivalentClass), OWL.intersectionOf)))
    assert both[0] == ORG.FormalOrganization
    assert core.value(core.value(both[1], OWL.onProperty), OWL.inverseOf) == GY.participant
    role = core.value(both[1], OWL.someValuesFrom)
    assert (core.value(role, OWL.onProperty), core.value(role, OWL.hasValue)) == (
        GY.role,
        URIRef(SCHEME + "role/anchor"),
    )
    assert core.value(GY.AnchorFirm, RDFS.subClassOf) is None


def test_header_is_complete(core: Graph) -> None:
    needed = (
        DCTERMS.license,
        DCTERMS.creator,
        DCTERMS.publisher,
        DCTERMS.created,
        DCTERMS.issued,
        DCTERMS.modified,
        DCTERMS.bibliographicCitation,
        VANN.preferredNamespacePrefix,
        VANN.preferredNamespaceUri,
        OWL.versionIRI,
        OWL.versionInfo,
        URIRef("http://purl.org/ontology/bibo/status"),
    )
    assert [predicate for predicate in needed if len(set(core.objects(IRI, predicate))) != 1] == []
    for predicate in (DCTERMS.title, DCTERMS.description):
        assert languages(core, IRI, predicate) == ["en", "zh"]
    assert str(core.value(IRI, OWL.versionIRI)).endswith(f"/{core.value(IRI, OWL.versionInfo)}")
    assert core.value(IRI, VANN.preferredNamespaceUri) == Literal(str(GY))


@pytest.mark.parametrize("path", ALL_FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_both_parsers_read_the_same_triples(path: Path) -> None:
    assert len(Graph().parse(path, format="turtle")) == len(set(pyoxigraph.parse(path=str(path))))


@pytest.mark.parametrize("path", ALL_FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_terms_of_other_vocabularies_exist(path: Path) -> None:
    unknown = set()
    for triple in Graph().parse(path, format="turtle"):
        for node in triple:
            if not isinstance(node, URIRef):
                continue
            space = next((space for space in CLOSED if node.startswith(str(space))), None)
            # rdf:_1 and the bare namespace are no terms.
            if space is not None and node != URIRef(str(space)) and node not in space:
                unknown.add(node)
            if node.startswith("http://www.w3.org/ns/regorg#") and node.split("#")[1] not in ROV:
                unknown.add(node)
    assert not unknown


def test_alignments_hijack_nothing() -> None:
    for path in (path for path in ALL_FILES if path.parent.name == "alignments"):
        subjects = {s for s in Graph().parse(path, format="turtle").subjects() if isinstance(s, URIRef)}
        assert [s for s in subjects if not s.startswith("https://w3id.org/gongyue/")] == [], path.name
        readme = (path.parent / "README.md").read_text(encoding="utf-8")
        assert f"`{path.name}`" in readme
