"""Conflicts: the same property of the same thing, stated differently by different sources.

Nothing is decided and nothing averaged. Two statements conflict if they hold for the same date, come from different sources
and cannot both be right, read with their qualifiers and to the digits that they are written with. Statements of different
dates do not conflict: there the value has changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from itertools import combinations
from typing import TYPE_CHECKING, Final
from typing import Literal as OneOf

from kg.names import GY, SCHEME, local_name
from kg.network.facts import known_at
from kg.network.loading import UNKNOWN_EVIDENCE
from kg.store.terms import Literal, NamedNode
from kg.vocabulary import vocabulary

if TYPE_CHECKING:
    from kg.network import Network
    from kg.network.facts import Source
    from kg.store import Store

Kind = OneOf["conflict", "changed"]
# What "about" leaves open, and how far apart two numbers may be that agree to the digits of the rougher one.
ABOUT: Final = Decimal("0.05")
ROUNDING: Final = Decimal("0.01")
# Stages that are reached on a day. The others (under construction, suspended, …) last, and any day within is right.
EVENTS: Final = frozenset(
    {
        "signed",
        "registered",
        "filed",
        "started",
        "structure-complete",
        "mechanically-complete",
        "completed",
        "trial-production",
        "in-production",
        "design-capacity",
        "target-return",
        "terminated",
    }
)
# Roles that rank the firms of a chain; beside them a firm may be customer, service or research as well.
RANKED_ROLES: Final = frozenset({"anchor", "backbone", "supporting"})
# A plant runs or has stopped; what is planned or being built may stand beside either.
RUNNING: Final = frozenset({"in-production", "stopped"})
_TOLD: Final = {GY + "role": RANKED_ROLES, GY + "status": RUNNING}
_NUMBERS: Final = frozenset(GY + name for name in ("value", "capacity", "quantity", "share", "coefficient"))
_DATES: Final = frozenset(GY + name for name in ("asOf", "activeFrom", "activeTo"))
# What was foreseen is of the day it was foreseen; what happened is of the period or day that it tells itself.
_FORESEEN: Final = frozenset({"forecast", "target"})
_ORDER: Final = ("value", "status", "capacity", "quantity", "share", "asOf", "role", "coefficient")


@dataclass(frozen=True, slots=True)
class Statement:
    """One value with everybody who says it.

    Attributes
    ----------
    value
        A number as plain text, a date, a code, or the IRI of a concept; empty for a range.
    low, high
        The ends of a range, else empty.
    unit, qualifier
        Slugs, empty where none is stated.
    date
        The day, month or year for which it is said; empty where it holds for a period told elsewhere.
    sources, evidence
        Ids of the sources, and the best of their levels.
    """

    value: str
    low: str
    high: str
    unit: str
    qualifier: str
    date: str
    sources: tuple[str, ...]
    evidence: str

    def span(self) -> tuple[Decimal | None, Decimal | None]:
        """Return the least and the greatest number it admits, in the unit's base unit; None for no bound."""
        factor = _factor(self.unit)
        if not self.value:
            return Decimal(self.low) * factor, Decimal(self.high) * factor
        number = Decimal(self.value) * factor
        if self.qualifier in ("over", "at-least"):
            return number, None
        if self.qualifier == "at-most":
            return None, number
        slack = abs(number) * ABOUT if self.qualifier == "about" else Decimal(0)
        return number - slack, number + slack


@dataclass(frozen=True, slots=True)
class Conflict:
    """Statements that cannot all be right, or a value that changed from date to date.

    Attributes
    ----------
    property, thing
        IRIs.
    about
        What else the value is of: IRIs of things and concepts, and texts such as a period.
    statements
        By date, then by evidence, then by value.
    spread
        The difference of the least and the greatest number, as a part of the greater; None where there are no two.
    """

    kind: Kind
    property: str
    thing: str
    about: tuple[str, ...]
    statements: tuple[Statement, ...]
    spread: Decimal | None


Key = tuple[str, str, str, str, str, str]


def find_conflicts(store: Store, network: Network, *, changes: bool = False) -> tuple[Conflict, ...]:
    """Return what the sources known to a network state differently.

    Parameters
    ----------
    store
        What ``network`` was loaded from.
    network
        Gives the sources and the date up to which statements count.
    changes
        Return values that changed from one date to another as well.
    """
    found: list[Conflict] = []
    for key, statements in _statements(store, network).items():
        property_, thing, *about = key[:5]
        told = tuple(part for part in about if part)
        found.extend(
            Conflict("conflict", property_, thing, told, component, _spread(property_, component))
            for component in _components(property_, statements)
        )
        if changes and any(_changed(property_, a, b) for a, b in combinations(statements, 2)):
            found.append(
                Conflict("changed", property_, thing, told, tuple(statements), _spread(property_, statements))
            )
    return tuple(sorted(found, key=_order))


def _order(conflict: Conflict) -> tuple[object, ...]:
    name = local_name(conflict.property)
    rank = _ORDER.index(name) if name in _ORDER else len(_ORDER)
    return conflict.kind, rank, name, conflict.thing, conflict.about, conflict.statements[0].date


def _statements(store: Store, network: Network) -> dict[Key, list[Statement]]:
    """Return by thing, property and whatever else a value is of what is said, each value once for each date."""
    by_iri = {source.iri: source for source in network.sources.values()}
    found: dict[Key, dict[tuple[str, ...], set[str]]] = defaultdict(lambda: defaultdict(set))
    query = files(__package__).joinpath("statements.rq").read_text(encoding="utf-8")
    for row in store.select(query).rows:
        property_, thing, about, detail, scope, value, low, high, unit, qualifier, date, graph = (
            term.value if isinstance(term, NamedNode | Literal) else "" for term in row
        )
        source = by_iri.get(graph)
        if source is None or not (value or low) or not _counts(property_, about, value):
            continue
        known = date or source.issued
        if not known_at(known, network.as_of):
            continue
        # A value for a stated period and the day of an event are of the day they name, whoever says so whenever.
        lasting = _lasting(property_, local_name(detail) if detail else "", scope)
        slug = local_name(unit) if unit else ""
        said = qualifier and local_name(qualifier)
        measure = f"{vocabulary().units.get(slug, (slug,))[0]} {'cumulative' if said == 'cumulative' else ''}".strip()
        key = (property_, thing, about, detail, scope, measure if property_ in _NUMBERS else "")
        found[key][value, low, high, slug, said, "" if lasting else known].add(graph)
    return {
        key: sorted(
            (_statement(parts, graphs, by_iri) for parts, graphs in values.items()), key=_statement_order
        )
        for key, values in sorted(found.items())
        if len(values) > 1
    }


def _statement(parts: tuple[str, ...], graphs: Iterable[str], by_iri: Mapping[str, Source]) -> Statement:
    value, low, high, unit, qualifier, date = parts
    sources = sorted((by_iri[graph] for graph in graphs), key=lambda source: source.id)
    evidence = min((source.evidence for source in sources), default=UNKNOWN_EVIDENCE)
    return Statement(value, low, high, unit, qualifier, date, tuple(s.id for s in sources), evidence)


def _statement_order(statement: Statement) -> tuple[str, ...]:
    return (
        statement.date,
        statement.evidence,
        statement.value,
        statement.low,
        statement.unit,
        statement.qualifier,
        *statement.sources,
    )


def _counts(property_: str, about: str, value: str) -> bool:
    """Tell whether a statement can conflict with another at all."""
    if property_ == GY + "asOf":
        return local_name(about) in EVENTS
    told = _TOLD.get(property_)
    return told is None or local_name(value) in told


def _lasting(property_: str, detail: str, scope: str) -> bool:
    name = local_name(property_)
    if name == "value":
        return bool(scope) and detail not in _FORESEEN
    if name == "asOf":
        return detail not in _FORESEEN
    return name not in ("capacity", "quantity", "share", "role", "status")


def _overlap(first: str, second: str) -> bool:
    """Tell whether two dates are the same as far as the coarser one says; an unknown one is the same as no known one."""
    if not (first and second):
        return first == second
    width = min(len(first), len(second))
    return first[:width] == second[:width]


def _agree(property_: str, first: Statement, second: Statement) -> bool:
    """Tell whether both may be right."""
    if property_ in _DATES:
        return _overlap(first.value, second.value)
    if property_ not in _NUMBERS:
        return first.value == second.value
    (low, high), (other_low, other_high) = first.span(), second.span()
    apart = (high is not None and other_low is not None and high < other_low) or (
        other_high is not None and low is not None and other_high < low
    )
    return not apart or _rounded(first, second)


def _rounded(first: Statement, second: Statement) -> bool:
    """Tell whether one number is the other, written with fewer digits."""
    if not first.value or not second.value:
        return False
    numbers, steps = [], []
    for statement in (first, second):
        written, factor = Decimal(statement.value), _factor(statement.unit)
        numbers.append(written * factor)
        steps.append(Decimal(1).scaleb(min(0, int(written.as_tuple().exponent))) * factor)
    difference = abs(numbers[0] - numbers[1])
    return difference <= max(steps) / 2 and difference <= ROUNDING * max(map(abs, numbers))


def _conflicting(property_: str, first: Statement, second: Statement) -> bool:
    # A source that says both knows why: two lines, two phases.
    told_apart = not set(first.sources) & set(second.sources)
    return told_apart and _overlap(first.date, second.date) and not _agree(property_, first, second)


def _changed(property_: str, first: Statement, second: Statement) -> bool:
    return not _overlap(first.date, second.date) and not _agree(property_, first, second)


def _components(property_: str, statements: Sequence[Statement]) -> Iterator[tuple[Statement, ...]]:
    """Yield the statements that hang together by conflicts, those that conflict with none left out."""
    left = list(range(len(statements)))
    while left:
        group, frontier = [], [left.pop(0)]
        while frontier:
            current = frontier.pop()
            group.append(current)
            near = [
                number for number in left if _conflicting(property_, statements[current], statements[number])
            ]
            left = [number for number in left if number not in near]
            frontier += near
        if len(group) > 1:
            yield tuple(statements[number] for number in sorted(group))


def _spread(property_: str, statements: Iterable[Statement]) -> Decimal | None:
    if property_ not in _NUMBERS:
        return None
    ends = [end for s in statements for end in _ends(s)]
    greatest = max(map(abs, ends))
    return (max(ends) - min(ends)) / greatest if greatest else None


def _ends(statement: Statement) -> tuple[Decimal, ...]:
    factor = _factor(statement.unit)
    return tuple(Decimal(text) * factor for text in (statement.value, statement.low, statement.high) if text)


def _factor(unit: str) -> Decimal:
    return vocabulary().units[unit][1] if unit in vocabulary().units else Decimal(1)


def is_concept(term: str) -> bool:
    """Tell whether a value is a word of one of the schemes."""
    return term.startswith(SCHEME)
