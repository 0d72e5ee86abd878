"""From the name a person types to the thing it means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import UnknownName, UsageError
from kg.names import GY, has_han, local_name, normalize_name
from kg.store.terms import Literal, NamedNode

if TYPE_CHECKING:
    from kg.store import Store

ORGANIZATION = "Organization"
ORGANIZATION_CLASSES = ("Enterprise", "ResearchInstitute", "GovernmentBody", "OtherOrganization")

_NEAREST = 5
# Below this similarity (of 100) a name helps nobody.
_LEAST_SIMILARITY = 45
_NAMES = Path(__file__).with_name("engine") / "names.rq"


@dataclass(slots=True)
class _Thing:
    classes: set[str] = field(default_factory=set)
    shown: dict[str, str] = field(default_factory=dict)


class NameIndex:
    """All names of a store's things.

    Parameters
    ----------
    rows
        Thing, class, name, language of the name (empty if none), and whether it is the name to show.
    """

    def __init__(self, rows: Iterable[tuple[str, str, str, str, bool]]) -> None:
        self._things: dict[str, _Thing] = {}
        self._shown: dict[str, set[str]] = {}
        self._other: dict[str, set[str]] = {}
        for iri, class_, name, lang, preferred in rows:
            thing = self._things.setdefault(iri, _Thing())
            thing.classes.add(class_)
            (self._shown if preferred else self._other).setdefault(normalize_name(name), set()).add(iri)
            if preferred:
                # The smallest, should there be two, so that the answer does not hang on the order of rows.
                thing.shown[lang] = min(name, thing.shown.get(lang, name))

    def label(self, iri: str, lang: str) -> str:
        """Return the name of a thing in ``lang``, in another language, or failing all the end of its IRI."""
        thing = self._things.get(iri)
        if thing is None or not thing.shown:
            return local_name(iri)
        return thing.shown.get(lang) or thing.shown.get("") or thing.shown[min(thing.shown)]

    def has(self, iri: str) -> bool:
        """Tell whether the thing has a name here."""
        return iri in self._things

    def resolve(self, text: str, classes: Iterable[str], kind: str | None = None) -> str:
        """Return the IRI of the thing that ``text`` names.

        Parameters
        ----------
        text
            A preferred name, another name, or an IRI. Width, case and spaces do not matter.
        classes
            Local names of the classes to look in, the likeliest first: a name that a product and a stage bear means
            the one whose class comes first. ``Organization`` stands for all kinds.
        kind
            What is looked for, in the reader's words; the classes if None.

        Raises
        ------
        UnknownName
            If no thing of these classes is so named; holds the nearest names.
        UsageError
            If several are.
        """
        wanted = expand_classes(classes)
        kind = kind or "/".join(wanted)
        stripped = text.strip()
        if "://" in stripped:
            if stripped in self._things and self._things[stripped].classes.intersection(wanted):
                return stripped
            raise UnknownName(stripped, kind)
        key = normalize_name(text)
        for names in (self._shown, self._other):
            for class_ in wanted:
                found = sorted(iri for iri in names.get(key, ()) if class_ in self._things[iri].classes)
                if len(found) == 1:
                    return found[0]
                if found:
                    raise UsageError("name.ambiguous", name=text, candidates="; ".join(found))
        raise UnknownName(text, kind, self.nearest(text, wanted))

    def nearest(self, text: str, classes: Iterable[str]) -> tuple[str, ...]:
        """Return the names of those classes that look most like ``text``, best first, one a thing."""
        # Late: the matcher is needed only when a name is wrong.
        from rapidfuzz import fuzz, process

        wanted = expand_classes(classes)
        choices = {
            (name, iri): name
            for names in (self._shown, self._other)
            for name, iris in names.items()
            for iri in iris
            if self._things[iri].classes.intersection(wanted)
        }
        scored = process.extract(
            normalize_name(text), choices, scorer=fuzz.WRatio, limit=None, score_cutoff=_LEAST_SIMILARITY
        )
        best: dict[str, float] = {}
        for _, score, (_, iri) in scored:
            best[iri] = max(score, best.get(iri, 0.0))
        lang = "zh" if has_han(text) else "en"
        ranked = sorted((-score, self.label(iri, lang)) for iri, score in best.items())
        return tuple(name for _, name in ranked[:_NEAREST])


def expand_classes(classes: Iterable[str]) -> tuple[str, ...]:
    """Return local names of classes, ``Organization`` replaced by the kinds of organization."""
    return tuple(
        name for given in classes for name in (ORGANIZATION_CLASSES if given == ORGANIZATION else (given,))
    )


def name_index(store: Store) -> NameIndex:
    """Build the index of a store's names with one query."""
    rows = []
    for thing, class_, label, rank in store.select(_NAMES.read_text(encoding="utf-8")).rows:
        if isinstance(thing, NamedNode) and isinstance(class_, NamedNode) and isinstance(label, Literal):
            preferred = isinstance(rank, Literal) and rank.value == "1"
            name = class_.value.removeprefix(GY)
            rows.append((thing.value, name, label.value, label.language or "", preferred))
    return NameIndex(rows)
