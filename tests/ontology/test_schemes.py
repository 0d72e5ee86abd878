"""The code lists: complete, ordered, unambiguous, and exact where they convert."""

from __future__ import annotations

import unicodedata
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from rdflib import RDF, SKOS, Graph, Literal, Namespace, URIRef

GY = Namespace("https://w3id.org/gongyue/ontology#")
SCHEME = "https://w3id.org/gongyue/scheme/"
FOLDER = Path(__file__).resolve().parents[2] / "ontology" / "schemes"
NAMES = sorted(path.stem for path in FOLDER.glob("*.ttl"))
EXPECTED = {
    "chain-category": "anchor-advantage emerging-potential other",
    "chain-position": "upstream midstream downstream",
    "evidence-level": "e1 e2 e3 e4 e5 e6",
    "finding-kind": "missing break weak latent short strong blank blocked",
    "identity-relation": "same probably-same probably-same-line different",
    "issue-state": "open closed",
    "locality": "local outside unknown",
    "park-level": "national provincial municipal other",
    "product-kind": "raw intermediate final process service",
    "production-status": "in-production under-construction planned stopped",
    "project-stage": (
        "conceived negotiating signed registered filed preliminary started under-construction suspended "
        "structure-complete mechanically-complete completed trial-production in-production design-capacity "
        "target-return terminated"
    ),
    "qualifier": "about over at-least at-most expected cumulative",
    "requirement": "required auxiliary in-unit",
    "role": "anchor principal backbone supporting customer research service",
    "supply-kind": "goods energy technology engineering pilot marketing premises equipment",
    "value-kind": "target forecast actual",
}


def concepts(schemes: Graph, name: str) -> list[URIRef]:
    members = schemes.subjects(SKOS.inScheme, URIRef(SCHEME + name))
    return sorted(members, key=lambda concept: int(schemes.value(concept, GY.rank)))


def test_the_schemes_are_those_agreed_on(schemes: Graph) -> None:
    assert set(NAMES) == {*EXPECTED, "columns", "grade", "unit"}
    declared = {str(scheme) for scheme in schemes.subjects(RDF.type, SKOS.ConceptScheme)}
    assert declared == {SCHEME + name for name in NAMES}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_concepts_and_their_order(schemes: Graph, name: str) -> None:
    assert [concept.rsplit("/", 1)[1] for concept in concepts(schemes, name)] == EXPECTED[name].split()


@pytest.mark.parametrize("name", NAMES)
def test_ranks_count_from_one_without_gap(schemes: Graph, name: str) -> None:
    ranks = [int(schemes.value(concept, GY.rank)) for concept in concepts(schemes, name)]
    assert ranks == list(range(1, len(ranks) + 1))


@pytest.mark.parametrize("name", NAMES)
def test_a_word_stands_for_one_concept(schemes: Graph, name: str) -> None:
    words: Counter[str] = Counter()
    for concept in concepts(schemes, name):
        assert concept.startswith(f"{SCHEME}{name}/")
        own = {
            unicodedata.normalize("NFKC", str(word)).casefold()
            for predicate in (SKOS.prefLabel, SKOS.altLabel, SKOS.notation)
            for word in schemes.objects(concept, predicate)
        }
        words.update(own)
    assert [word for word, times in words.items() if times > 1] == []


def test_other_names_do_not_repeat_the_preferred_one(schemes: Graph) -> None:
    for concept, other in schemes.subject_objects(SKOS.altLabel):
        assert other not in set(schemes.objects(concept, SKOS.prefLabel)), concept
        assert other.language == "zh"


def test_definitions_are_unique_in_a_scheme(schemes: Graph) -> None:
    for name in NAMES:
        texts = Counter(text for c in concepts(schemes, name) for text in schemes.objects(c, SKOS.definition))
        assert [text for text, times in texts.items() if times > 1] == [], name


def test_conversions_are_exact_and_one_step(schemes: Graph) -> None:
    units = concepts(schemes, "unit")
    assert {concept for concept, _ in schemes.subject_objects(GY.conversionFactor)} == {
        concept for concept, _ in schemes.subject_objects(GY.baseUnit)
    }
    for unit in units:
        factor, base = schemes.value(unit, GY.conversionFactor), schemes.value(unit, GY.baseUnit)
        assert (unit, RDF.type, GY.Unit) in schemes
        if base is not None:
            assert isinstance(factor, Literal)
            assert isinstance(factor.toPython(), Decimal)
            assert base in units
            assert schemes.value(base, GY.baseUnit) is None


@pytest.mark.parametrize(
    ("unit", "factor", "base"),
    [
        ("亿元", "100000000", "元"),
        ("万元", "10000", "元"),
        ("亿美元", "100000000", "美元"),
        ("万吨/年", "10000", "吨/年"),
        ("万公斤/年", "10", "吨/年"),
        ("公顷", "15", "亩"),
        ("平方公里", "1500", "亩"),
        ("平方米", "0.0015", "亩"),
        ("兆瓦", "1000", "千瓦"),
        ("亿颗/年", "100000000", "颗/年"),
    ],
)
def test_factors_of_the_units_planners_use(schemes: Graph, unit: str, factor: str, base: str) -> None:
    (concept,) = schemes.subjects(SKOS.prefLabel, Literal(unit, lang="zh"))
    assert schemes.value(concept, GY.conversionFactor).toPython() == Decimal(factor)
    assert Literal(base, lang="zh") in set(
        schemes.objects(schemes.value(concept, GY.baseUnit), SKOS.prefLabel)
    )


def test_barrels_a_day_do_not_convert_to_tonnes(schemes: Graph) -> None:
    assert schemes.value(URIRef(SCHEME + "unit/bbl-d"), GY.baseUnit) is None
    assert schemes.value(URIRef(SCHEME + "unit/t-d"), GY.baseUnit) is None


def test_grades_name_their_rules_and_issuer(schemes: Graph) -> None:
    for grade in concepts(schemes, "grade"):
        assert schemes.value(grade, GY.ruleVersion), grade
        assert sorted(issuer.language for issuer in schemes.objects(grade, GY.issuer)) == ["en", "zh"], grade
    ladder = [g for g in concepts(schemes, "grade") if len(set(schemes.objects(g, GY.ruleVersion))) == 2]
    assert {g.rsplit("/", 1)[1] for g in ladder} == {"innovative-sme", "specialised-sme", "little-giant"}
    for grade in ladder:
        assert "2026-04-01" in str(schemes.value(grade, SKOS.changeNote))


def test_findings_name_their_remedy(schemes: Graph) -> None:
    remedies = {
        str(schemes.value(kind, SKOS.prefLabel, any=True)): {str(r) for r in schemes.objects(kind, GY.remedy)}
        for kind in concepts(schemes, "finding-kind")
    }
    assert all(len(words) == 2 for words in remedies.values())
    assert {"补链", "延链", "强链", "建链", "供需对接", "销号"} <= set.union(*remedies.values())


def test_evidence_levels_are_written_with_their_code(schemes: Graph) -> None:
    codes = [str(schemes.value(level, SKOS.notation)) for level in concepts(schemes, "evidence-level")]
    assert codes == ["E1", "E2", "E3", "E4", "E5", "E6"]
