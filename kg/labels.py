"""Labels, definitions, code words and units, looked up in the ontology in the reader's language.

Nothing else in the program spells out a column heading, a legend or a code word.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal, Inexact
from functools import lru_cache
from typing import TYPE_CHECKING

from kg.errors import UnknownName
from kg.names import GY, SCHEME, expand
from kg.vocabulary import fold, slug, vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_EXACT = Context(prec=60, traps=[Inexact])


class UnknownConcept(UnknownName, LookupError):
    """A word, term or heading that the ontology does not have.

    Attributes
    ----------
    allowed
        What would have been understood, in the order of the scheme; empty when a term was asked for.
    """

    def __init__(self, name: str, kind: str, allowed: Iterable[str] = ()) -> None:
        self.allowed = tuple(allowed)
        super().__init__(name, kind, self.allowed)


@dataclass(frozen=True, slots=True)
class Labels:
    """The vocabulary in one language; its methods answer in another one when told so."""

    lang: str

    def label(self, term: str, lang: str | None = None) -> str:
        """Return the label of a term, given as IRI or prefixed name (``gy:Product``)."""
        return self._text(vocabulary().labels, term, lang)

    def definition(self, term: str, lang: str | None = None) -> str:
        """Return the definition of a term given as IRI or prefixed name."""
        return self._text(vocabulary().definitions, term, lang)

    def _text(self, texts: Mapping[tuple[str, str], str], term: str, lang: str | None) -> str:
        try:
            return texts[expand(term), lang or self.lang]
        except KeyError:
            raise UnknownConcept(term, "ontology") from None

    def words(self, scheme: str, lang: str | None = None) -> tuple[str, ...]:
        """Return the preferred words of a scheme in its order."""
        return tuple(self.label(term, lang) for term in _concepts(scheme))

    def concept(self, scheme: str, word: str) -> str:
        """Return the IRI of the concept a word stands for: a label, another name or a notation."""
        _concepts(scheme)
        try:
            return vocabulary().words[scheme, fold(word)]
        except KeyError:
            raise UnknownConcept(word, scheme, self.words(scheme)) from None

    def column(self, name: str, lang: str | None = None) -> str:
        """Return the heading of a report column: its concept in ``columns``, else a property's label.

        >>> labels("zh").column("needed_by"), labels("en").column("needed_by")
        ('需求方', 'Needed by')
        """
        heading = (SCHEME + "columns/" + name, lang or self.lang)
        if heading in vocabulary().labels:
            return vocabulary().labels[heading]
        first, *rest = name.split("_")
        return self.label(GY + first + "".join(part.title() for part in rest), lang)


def _concepts(scheme: str) -> tuple[str, ...]:
    try:
        return vocabulary().concepts[scheme]
    except KeyError:
        raise UnknownConcept(scheme, "scheme", vocabulary().concepts) from None


@lru_cache(maxsize=8)
def labels(lang: str) -> Labels:
    """Return the vocabulary in a language, ``zh`` or ``en``."""
    return Labels(lang)


def label(term: str, lang: str) -> str:
    """Return the label of a term in a language; see `Labels.label`."""
    return labels(lang).label(term)


def definition(term: str, lang: str) -> str:
    """Return the definition of a term in a language; see `Labels.definition`."""
    return labels(lang).definition(term)


def words(scheme: str, lang: str) -> tuple[str, ...]:
    """Return the preferred words of a scheme in its order."""
    return labels(lang).words(scheme)


def concept(scheme: str, word: str) -> str:
    """Return the IRI of the concept a word of any language stands for.

    >>> concept("role", "链主")
    'https://w3id.org/gongyue/scheme/role/anchor'
    """
    return labels("zh").concept(scheme, word)


def column(name: str, lang: str) -> str:
    """Return the heading of a report column; see `Labels.column`."""
    return labels(lang).column(name)


def stage_rank(stage: str) -> int:
    """Return the place, from 1, of a project stage given by its slug.

    >>> stage_rank("signed") < stage_rank("started")
    True
    """
    stages = [slug(term) for term in _concepts("project-stage")]
    if stage not in stages:
        raise UnknownConcept(stage, "project-stage", stages)
    return stages.index(stage) + 1


def conversion(unit: str, to: str) -> Decimal | None:
    """Return how many units ``to`` one ``unit`` is, both given by slug.

    None where the two measure different things, or where no finite decimal is exact.

    >>> conversion("10kt-a", "t-a"), conversion("bbl-d", "t-a")
    (Decimal('10000'), None)
    """
    units = vocabulary().units
    for wanted in (unit, to):
        if wanted not in units:
            raise UnknownConcept(wanted, "unit", units)
    (base, factor), (other, divisor) = units[unit], units[to]
    if base != other:
        return None
    try:
        quotient = _EXACT.divide(factor, divisor).normalize(_EXACT)
    except Inexact:
        return None
    return quotient.quantize(Decimal(1)) if quotient == quotient.to_integral_value() else quotient
