"""Who is who: pairs of things that may be one, each with what speaks for it and against it.

Nothing is merged. A name means a thing by its exact normal form only; whoever keeps the ledgers judges a suspect, and a pair
that has been judged is no suspect any more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Final, Literal

from kg.analysis.likeness import Cores, alike, contained, grouped, numbers
from kg.names import GY, SKOS, has_han, local_name, normalize_name
from kg.network.loading import rows, select

if TYPE_CHECKING:
    from kg.store import Store

Kind = Literal["organization", "product", "park", "project"]
KINDS: Final[tuple[Kind, ...]] = ("organization", "product", "park", "project")
_KIND_OF: Final[Mapping[str, Kind]] = {
    "Enterprise": "organization",
    "ResearchInstitute": "organization",
    "GovernmentBody": "organization",
    "OtherOrganization": "organization",
    "Product": "product",
    "Park": "park",
    "Project": "project",
}
# Chemical names differ by one character and mean another substance; firms drop and add words.
LEAST_LIKENESS: Final[Mapping[Kind, float]] = {"organization": 75, "product": 92, "park": 72, "project": 72}
# In a short name one character is much of it: 甲乙化工 and 甲丙化工 are two firms.
_SHORT: Final = 5
_LEAST_SHORT: Final = 85
_CODES: Final = ("unifiedCode", "casNumber", "projectCode")
_SHARED: Final = ("inPark", "inPlace", "projectOwner", "owner")
# A thing of its own beside the one that it is part of or a kind of: no suspect.
_PART_OF: Final = ("broader", "partOfProjectLine", "partOfPark")
_FORMS: Final = ("集团", "股份")
# How many characters a trade name has, and how many names may begin with it if it is to tell them from others.
_TRADE_NAME: Final = (4, 3, 2)
_NAMESAKES: Final = 6
_LEAST_NAMESAKES: Final = 40


@dataclass(frozen=True, slots=True, order=True)
class Ground:
    """What speaks for or against: a kind of ground and what it rests on (a name, a code, the IRI of a park, …)."""

    kind: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Suspect:
    """Two things that may be one.

    Attributes
    ----------
    first, second
        IRIs, in their order.
    likeness
        0 to 100: 100 for the same code or the same core of the name.
    grounds, against
        Never empty, possibly empty.
    """

    kind: Kind
    first: str
    second: str
    likeness: float
    grounds: tuple[Ground, ...]
    against: tuple[Ground, ...]


@dataclass(slots=True)
class _Named:
    iri: str
    kind: Kind
    class_: str
    shown: list[str] = field(default_factory=list)  # in no order: every use takes the least, or all
    others: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The preferred name that identities are compared by: the Chinese one where there is one."""
        return min(self.shown or self.others, key=lambda name: (not has_han(name), name))


@dataclass(slots=True)
class _Pairs:
    """Grounds by pair of numbers, with the best likeness."""

    likeness: dict[tuple[int, int], float] = field(default_factory=dict)
    grounds: dict[tuple[int, int], set[Ground]] = field(default_factory=lambda: defaultdict(set))

    def add(self, first: int, second: int, likeness: float, ground: Ground) -> None:
        pair = (min(first, second), max(first, second))
        self.likeness[pair] = max(likeness, self.likeness.get(pair, 0.0))
        self.grounds[pair].add(ground)


def judged_pairs(store: Store) -> frozenset[frozenset[str]]:
    """Return the pairs that somebody has judged, whatever the judgement."""
    return frozenset(frozenset((row["thing"], row["other"])) for row in rows(store, "judgements"))


def find_suspects(store: Store, kinds: Sequence[Kind] = KINDS) -> tuple[Suspect, ...]:
    """Return the pairs of things that may be one and that nobody has judged.

    The surest first: those that nothing speaks against, then by likeness. Names are compared in blocks, so that a
    hundred thousand take seconds.
    """
    things, places = _named(store)
    traits: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in rows(store, "traits"):
        traits[row["thing"]][local_name(row["trait"])].add(row["value"])
    judged = judged_pairs(store)
    cores = Cores(places)
    found = []
    for kind in kinds:
        own = [thing for thing in things if thing.kind == kind]
        pairs = _candidates(own, kind, cores, traits)
        for (i, j), likeness in pairs.likeness.items():
            first, second = own[i], own[j]
            if frozenset((first.iri, second.iri)) in judged or _is_part(first, second, traits):
                continue
            grounds, against = pairs.grounds[i, j], set[Ground]()
            _weigh(first, second, traits, grounds, against)
            here, there = cores.places_of(first.name), cores.places_of(second.name)
            if here and there and not here & there:
                against.add(Ground("places", " ≠ ".join("、".join(sorted(own)) for own in (here, there))))
            has_code = any(ground.kind == "code" for ground in grounds)
            if not has_code and any(ground.kind in ("other-code", "numbers") for ground in against):
                continue
            found.append(
                Suspect(kind, first.iri, second.iri, likeness, tuple(sorted(grounds)), tuple(sorted(against)))
            )
    return tuple(
        sorted(found, key=lambda s: (bool(s.against), -s.likeness, KINDS.index(s.kind), s.first, s.second))
    )


def _named(store: Store) -> tuple[list[_Named], list[str]]:
    """Return the things with their names in the order of their IRIs, and the names of the places."""
    things: dict[str, _Named] = {}
    places = []
    # Not by way of dictionaries: a large city has some hundred thousand names.
    for thing, class_, naming, name in select(store, "named").texts():
        kind = _KIND_OF.get(class_.removeprefix(GY))
        if kind is None:
            places.append(name)
            continue
        found = things.get(thing)
        if found is None:
            found = things[thing] = _Named(thing, kind, class_.removeprefix(GY).lower())
        (found.shown if naming == SKOS + "prefLabel" else found.others).append(name)
    return [things[iri] for iri in sorted(things)], places


def _candidates(
    own: list[_Named], kind: Kind, cores: Cores, traits: Mapping[str, Mapping[str, set[str]]]
) -> _Pairs:
    pairs = _Pairs()
    codes = [
        (code, number)
        for number, thing in enumerate(own)
        for trait in _CODES
        for code in sorted(traits[thing.iri].get(trait, ()))
    ]
    for code, i, j in grouped(codes):
        pairs.add(i, j, 100, Ground("code", code))
    named = [cores.core(thing.name, thing.class_) for thing in own]
    for core, i, j in grouped(list(zip(named, range(len(own)), strict=True))):
        pairs.add(i, j, 100, Ground("core", core))
    every = sorted(
        {
            (cores.core(n, thing.class_), i)
            for i, thing in enumerate(own)
            for n in (*thing.shown, *thing.others)
        }
    )
    for core, i, j in grouped(every):
        if named[i] != named[j]:
            pairs.add(i, j, 95, Ground("alias", core))
    for i, j, likeness in alike(named, LEAST_LIKENESS[kind]):
        if max(len(named[i]), len(named[j])) <= _SHORT and likeness < _LEAST_SHORT:
            continue
        # The name of a product within that of another is a kind of it or made of it, as polymers are of monomers.
        if kind != "product" or not (named[i] in named[j] or named[j] in named[i]):
            pairs.add(i, j, likeness, Ground("similar", f"{likeness:g}"))
    _beginnings(own, named, kind, traits, pairs)
    if kind != "product":
        for i, j, likeness in contained(named):
            pairs.add(i, j, likeness, Ground("contained", named[i]))
    return pairs


def _beginnings(
    own: list[_Named],
    named: list[str],
    kind: Kind,
    traits: Mapping[str, Mapping[str, set[str]]],
    pairs: _Pairs,
) -> None:
    """Add firms of one rare trade name, and projects of one owner that begin alike."""
    from rapidfuzz import fuzz

    groups: dict[str, list[int]] = defaultdict(list)
    seen: set[tuple[int, int]] = set()
    for number, core in enumerate(named):
        if (own[number].class_ == "enterprise" or kind == "project") and has_han(core[: min(_TRADE_NAME)]):
            for size in _TRADE_NAME:
                if len(core) >= size:
                    groups[core[:size]].append(number)
    for beginning, members in sorted(groups.items(), key=lambda group: (-len(group[0]), group[0])):
        if len(members) > _NAMESAKES:
            continue
        for i, j in combinations(members, 2):
            owners = [traits[own[number].iri].get("projectOwner", set()) for number in (i, j)]
            likeness = round(fuzz.ratio(named[i], named[j]), 1)
            if (
                (i, j) in seen
                or likeness < _LEAST_NAMESAKES
                or not (kind == "organization" or owners[0] & owners[1])
            ):
                continue
            seen.add((i, j))  # the longest common beginning says it all
            pairs.add(i, j, likeness, Ground("beginning", beginning))


def _is_part(first: _Named, second: _Named, traits: Mapping[str, Mapping[str, set[str]]]) -> bool:
    return any(
        two.iri in traits[one.iri].get(trait, ())
        for one, two in ((first, second), (second, first))
        for trait in _PART_OF
    )


def _weigh(
    first: _Named,
    second: _Named,
    traits: Mapping[str, Mapping[str, set[str]]],
    grounds: set[Ground],
    against: set[Ground],
) -> None:
    """Add what the facts say to what the names say."""
    one, two = traits[first.iri], traits[second.iri]
    for trait in _SHARED:
        grounds |= {Ground(trait, value) for value in one.get(trait, set()) & two.get(trait, set())}
    for trait in _CODES:
        if one.get(trait) and two.get(trait) and not one[trait] & two[trait]:
            against.add(Ground("other-code", " ≠ ".join(min(codes) for codes in (one[trait], two[trait]))))
    for owner, owned in ((first, two), (second, one)):
        if owner.iri in owned.get("owner", ()):
            against.add(Ground("holds", owner.iri))
    said_numbers = [numbers(thing.name) for thing in (first, second)]
    if all(said_numbers) and said_numbers[0] != said_numbers[1]:
        against.add(Ground("numbers", " ≠ ".join("、".join(own) for own in said_numbers)))
    if first.kind == "organization":
        forms = [
            "、".join(form for form in _FORMS if form in normalize_name(thing.name))
            for thing in (first, second)
        ]
        if all(forms) and forms[0] != forms[1]:
            against.add(Ground("form", " ≠ ".join(forms)))
