"""The ontology as the program uses it: texts, code words, their order, and how units convert.

Read once a process from ``ontology/*.ttl`` and ``ontology/schemes/*.ttl``; shapes and examples are not read.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType

from kg.names import GY, SCHEME, SKOS
from kg.settings import data_path

_LABELS = ("http://www.w3.org/2000/01/rdf-schema#label", SKOS + "prefLabel")
_DEFINITION = SKOS + "definition"
_WORDS = (SKOS + "prefLabel", SKOS + "altLabel", SKOS + "notation")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the ontology says, indexed.

    Attributes
    ----------
    labels, definitions
        Text by (IRI of the term, language).
    concepts
        By scheme, the IRIs of its concepts in order.
    words
        IRI of the concept by (scheme, folded word): labels in every language, other names and notations.
    units
        By slug of a unit, the slug of its base unit and how many of those one unit is, exactly.
    """

    labels: Mapping[tuple[str, str], str]
    definitions: Mapping[tuple[str, str], str]
    concepts: Mapping[str, tuple[str, ...]]
    words: Mapping[tuple[str, str], str]
    units: Mapping[str, tuple[str, Decimal]]


def fold(word: str) -> str:
    """Return the form under which two words of a scheme count as the same.

    >>> fold(" ９５％ ") == fold("95%")
    True
    """
    return unicodedata.normalize("NFKC", word).casefold().strip()


def slug(iri: str) -> str:
    """Return the last part of a concept's IRI."""
    return iri.rsplit("/", 1)[-1]


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """Read the shipped ontology."""
    # Late: `kg --help` looks nothing up and should not wait for the parser.
    from pyoxigraph import Literal, RdfFormat, parse

    root = data_path("ontology")
    labels: dict[tuple[str, str], str] = {}
    definitions: dict[tuple[str, str], str] = {}
    words: list[tuple[str, str]] = []
    numbers: dict[tuple[str, str], Decimal] = {}
    schemes: dict[str, str] = {}
    bases: dict[str, str] = {}
    for path in [*sorted(root.glob("*.ttl")), *sorted((root / "schemes").glob("*.ttl"))]:
        for quad in parse(path=str(path), format=RdfFormat.TURTLE):
            term, predicate, value = quad.subject.value, quad.predicate.value, quad.object
            language = value.language if isinstance(value, Literal) else None
            if language and predicate in _LABELS:
                labels[term, language] = value.value
            elif language and predicate == _DEFINITION:
                definitions[term, language] = value.value
            elif predicate in (GY + "rank", GY + "conversionFactor"):
                numbers[term, predicate] = Decimal(value.value)
            elif predicate == SKOS + "inScheme":
                schemes[term] = value.value.removeprefix(SCHEME)
            elif predicate == GY + "baseUnit":
                bases[term] = value.value
            if predicate in _WORDS:
                words.append((term, fold(value.value)))
    order = sorted(schemes, key=lambda term: (schemes[term], numbers[term, GY + "rank"]))
    concepts = {name: tuple(t for t in order if schemes[t] == name) for name in sorted(set(schemes.values()))}
    units = {
        slug(t): (slug(bases.get(t, t)), numbers.get((t, GY + "conversionFactor"), Decimal(1)))
        for t in concepts["unit"]
    }
    return Vocabulary(
        labels=MappingProxyType(labels),
        definitions=MappingProxyType(definitions),
        concepts=MappingProxyType(concepts),
        words=MappingProxyType({(schemes[term], word): term for term, word in words if term in schemes}),
        units=MappingProxyType(units),
    )
