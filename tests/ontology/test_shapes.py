"""The shapes, run for real: on the ontology, on every good example, and on every bad one for its message."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph
import pytest
from pyshacl import validate
from rdflib import OWL, RDF, RDFS, SKOS, Graph, Literal, Namespace, URIRef
from rdflib.namespace import SH

GY = Namespace("https://w3id.org/gongyue/ontology#")
GYSH = Namespace("https://w3id.org/gongyue/shapes#")
SCHEME = "https://w3id.org/gongyue/scheme/"
EXAMPLES = Path(__file__).resolve().parents[2] / "ontology" / "examples"
GOOD = sorted((EXAMPLES / "good").glob("*.ttl"))
BAD = sorted((EXAMPLES / "bad").glob("*.ttl"))
_EXPECTS = re.compile(r"^# expects: (.+)$", re.MULTILINE)
_HAN = re.compile("[\u4e00-\u9fff]")
# Never stated of anything: one is defined by a role, the other is recorded as one of its kinds.
WITHOUT_SHAPE = {"AnchorFirm", "Fact"}


def store_of(*texts: tuple[bytes, str]) -> pyoxigraph.Store:
    store = pyoxigraph.Store()
    for text, graph in texts:
        store.load(text, pyoxigraph.RdfFormat.TURTLE, to_graph=pyoxigraph.NamedNode(graph))
    return store


def turtle(graph: Graph) -> bytes:
    return graph.serialize(format="turtle").encode()


def messages(store: pyoxigraph.Store, shapes: Graph) -> tuple[set[str], set[str]]:
    """Return the English and the Chinese messages; rules in SPARQL lose the language tags of theirs."""
    _, report, _ = validate(store, shacl_graph=shapes, inplace=True)
    results = report.objects(None, SH.result)
    found = {str(message) for result in results for message in report.objects(result, SH.resultMessage)}
    chinese = {message for message in found if _HAN.search(message)}
    return found - chinese, chinese


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_good_examples_conform(path: Path, shapes: Graph) -> None:
    assert messages(store_of((path.read_bytes(), "urn:a")), shapes) == (set(), set())


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_bad_examples_draw_their_message(path: Path, shapes: Graph) -> None:
    expected = set(_EXPECTS.findall(path.read_text(encoding="utf-8")))
    english, chinese = messages(store_of((path.read_bytes(), "urn:a")), shapes)
    assert expected
    assert english == expected
    assert len(chinese) == len(expected)


def test_a_fact_may_stand_in_several_source_graphs(shapes: Graph) -> None:
    path = EXAMPLES / "good" / "production.ttl"
    assert messages(store_of((path.read_bytes(), "urn:a"), (path.read_bytes(), "urn:b")), shapes)[0] == set()


def test_references_are_looked_up_across_source_graphs(shapes: Graph) -> None:
    text = (EXAMPLES / "good" / "ownership.ttl").read_text(encoding="utf-8")
    prefixes, things, fact = text[: text.index("# A share")], text[text.index("ex:示例化工 a") :], ""
    things, fact = things[: things.index("ex:持股-1")], things[things.index("ex:持股-1") :]
    split = store_of(((prefixes + things).encode(), "urn:a"), ((prefixes + fact).encode(), "urn:b"))
    assert messages(split, shapes)[0] == set()
    alone = store_of(((prefixes + fact).encode(), "urn:b"))
    assert len(messages(alone, shapes)[0]) == 2


def test_the_ontology_keeps_its_own_contract(core: Graph, schemes: Graph, shapes: Graph) -> None:
    store = store_of((turtle(core), "urn:a"), (turtle(schemes), "urn:b"))
    assert messages(store, shapes) == (set(), set())


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        ("gy:capacity rdfs:label 'output'@en .", "A term has one label in Chinese and one in English."),
        ("gy:capacity rdfs:domain gy:Product .", "A property has exactly one domain"),
        (
            "gy:lone rdfs:isDefinedBy <https://w3id.org/gongyue/ontology> .",
            "A term has one definition in Chinese",
        ),
        ("<urn:x> rdfs:isDefinedBy <https://w3id.org/gongyue/ontology> .", "A term lies in the namespace"),
    ],
)
def test_a_term_that_breaks_the_contract_is_found(
    core: Graph, shapes: Graph, broken: str, expected: str
) -> None:
    text = f"@prefix gy: <{GY}> . @prefix rdfs: <{RDFS}> . {broken}"
    store = store_of((turtle(core), "urn:a"), (text.encode(), "urn:b"))
    assert any(message.startswith(expected) for message in messages(store, shapes)[0])


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        ("skos:prefLabel 'Anker'@de", "A concept has one preferred label in Chinese and one in English."),
        ("gy:rank 99", "A concept has exactly one rank, counted from 1."),
        ("skos:inScheme <urn:x>", "A concept belongs to exactly one scheme."),
        ("gy:conversionFactor 2.0", "A convertible unit names exactly one base unit."),
    ],
)
def test_a_concept_that_breaks_the_contract_is_found(
    schemes: Graph, shapes: Graph, broken: str, expected: str
) -> None:
    prefixes = f"@prefix gy: <{GY}> . @prefix skos: <{SKOS}> . "
    text = f"{prefixes} <{SCHEME}role/anchor> {broken} ."
    store = store_of((turtle(schemes), "urn:a"), (text.encode(), "urn:b"))
    assert expected in messages(store, shapes)[0]


def test_every_class_has_a_shape_and_examples(core: Graph, shapes: Graph) -> None:
    classes = {c for c in core.subjects(RDF.type, OWL.Class) if c.startswith(GY)}
    targets = set(shapes.objects(None, SH.targetClass))
    schemes_only = {GY.Unit}
    assert {c.removeprefix(GY) for c in classes - targets - schemes_only} == WITHOUT_SHAPE
    used = {kind for path in GOOD for kind in Graph().parse(path).objects(None, RDF.type)}
    assert {c.removeprefix(GY) for c in classes - used - schemes_only} == WITHOUT_SHAPE


def test_every_shape_speaks_both_languages(shapes: Graph) -> None:
    for node in {*shapes.subjects(SH.path), *shapes.subjects(SH.select)}:
        texts = [text for text in shapes.objects(node, SH.message) if isinstance(text, Literal)]
        assert sorted(str(text.language) for text in texts) == ["en", "zh"], node


def test_value_lists_hold_the_whole_scheme(shapes: Graph, schemes: Graph) -> None:
    seen = set()
    for head in shapes.objects(None, SH["in"]):
        members = [str(member) for member in shapes.items(head)]
        if not members[0].startswith(SCHEME):
            continue
        name = members[0].removeprefix(SCHEME).split("/")[0]
        ordered = sorted(
            schemes.subjects(SKOS.inScheme, URIRef(SCHEME + name)),
            key=lambda concept: int(schemes.value(concept, GY.rank)),
        )
        assert members == [str(concept) for concept in ordered], name
        seen.add(name)
    declared = {str(s).removeprefix(SCHEME) for s in schemes.subjects(RDF.type, SKOS.ConceptScheme)}
    assert declared - seen == {"columns"}


def test_shapes_ask_only_for_properties_in_their_domain(core: Graph, shapes: Graph) -> None:
    checked = 0
    for shape, target in shapes.subject_objects(SH.targetClass):
        path = shapes.value(shape, SH.path)
        if not str(path).startswith(GY):
            continue
        domain = core.value(path, RDFS.domain)
        union = core.value(domain, OWL.unionOf)
        allowed = set(core.items(union)) if union else {domain}
        assert allowed & set(core.transitive_objects(target, RDFS.subClassOf)), (shape, path)
        checked += 1
    assert checked > 50


def test_every_property_is_asked_for_by_some_shape(core: Graph, shapes: Graph) -> None:
    vocabulary_only = {GY.issuer, GY.remedy, GY.ruleVersion}
    named = {path for path in shapes.objects(None, SH.path) if isinstance(path, URIRef)}
    named |= {*shapes.objects(None, SH.targetSubjectsOf), *shapes.objects(None, SH.targetObjectsOf)}
    kinds = (OWL.ObjectProperty, OWL.DatatypeProperty)
    own = {p for kind in kinds for p in core.subjects(RDF.type, kind) if p.startswith(GY)}
    assert own - named == vocabulary_only


def test_data_shapes_hold_no_nested_shapes(shapes: Graph) -> None:
    """pySHACL runs a shape with its own target over all nodes at once, and a nested one node by node."""
    ontology_itself = {GYSH.Term, GYSH.Property, GYSH.Scheme, GYSH.Concept, GYSH.Unit}
    nesting = (SH.property, SH.node, SH["or"], SH["and"], SH["not"], SH.xone, SH.qualifiedValueShape)
    assert {shape for predicate in nesting for shape in shapes.subjects(predicate)} == ontology_itself
