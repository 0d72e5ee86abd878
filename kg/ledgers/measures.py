"""A quantity among its neighbours: the unit and the qualifier that its cell, its row and its column's title state.

The row's own unit column says it best, then the cell, then the title or the unit row above the table. What two of them say
must agree; nothing is converted to make it agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from kg.labels import conversion, label
from kg.ledgers.findings import Severity
from kg.ledgers.numerals import MAGNITUDES
from kg.ledgers.quantities import Quantity, quantity, unit_of
from kg.ledgers.values import BadValueError
from kg.messages import LANGUAGES
from kg.names import GY, SCHEME, XSD
from kg.store.terms import Literal, NamedNode

_DECIMAL = NamedNode(XSD + "decimal")
Remark = tuple[Severity, str, Mapping[str, object]]
_BOUNDS = ("about", "over", "at-least", "at-most")


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the cell, as slugs: the row's unit and qualifier; ``title`` is the unit above, as written.

    ``fixed`` is the unit that the ledger's description gives to every number of the column.
    """

    unit: str = ""
    qualifier: str = ""
    title: str = ""
    fixed: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """A quantity whose unit and qualifier are settled.

    Attributes
    ----------
    quantity
        What the cell says.
    unit, qualifier
        Slugs, empty where nothing states them.
    remarks
        What to look at again: severity, code, values of the message.
    """

    quantity: Quantity
    unit: str
    qualifier: str
    remarks: tuple[Remark, ...] = ()

    @property
    def number(self) -> Literal | None:
        """The number as an exact decimal; None for a range."""
        value = self.quantity.value
        return None if value is None else _literal(value)

    @property
    def statements(self) -> tuple[tuple[NamedNode, Literal], ...]:
        """What the number alone does not say: the ends of a range, and the text where it is more than a number."""
        found = (
            [(NamedNode(GY + "originalText"), Literal(self.quantity.text))]
            if not self.quantity.is_plain
            else []
        )
        low, high = self.quantity.low, self.quantity.high
        if low is not None and high is not None:
            found += [
                (NamedNode(GY + "valueLow"), _literal(low)),
                (NamedNode(GY + "valueHigh"), _literal(high)),
            ]
        return tuple(found)


def measure(text: str, beside: Beside) -> Measure:
    """Read a cell with what stands beside it.

    Raises
    ------
    BadValueError
        What `kg.ledgers.quantities.quantity` raises; ``unit-contradiction``, ``magnitude-twice``,
        ``qualifier-contradiction``; ``unknown-unit`` for a title whose unit is needed and no unit.
    """
    found = quantity(text)
    remarks: list[Remark] = []
    unit = _settled_unit(found, beside, remarks)
    if found.is_scaled and unit and label(_iri(unit), "zh")[0] in MAGNITUDES:
        raise BadValueError("magnitude-twice", unit=_said(unit))
    return Measure(found, unit, _settled_qualifier(found, beside.qualifier, remarks), tuple(remarks))


def _settled_unit(found: Quantity, beside: Beside, remarks: list[Remark]) -> str:
    stated = beside.unit or beside.fixed
    title = unit_of(beside.title) if beside.title else ""
    if stated:
        if found.unit and not _refines(found.unit, stated):
            raise BadValueError("unit-contradiction", here=_said(found.unit), there=_said(stated))
        # A unit row above the whole table need not mean this column, unless it measures the same thing otherwise.
        if title and not _refines(title, stated) and conversion(title, stated) is not None:
            raise BadValueError("unit-contradiction", here=_said(stated), there=_said(title))
        return stated
    if found.unit:
        if title and not _refines(found.unit, title):
            remarks.append(("warning", "unit-over-title", {"here": _said(found.unit), "there": _said(title)}))
        return title if title and _refines(found.unit, title) else found.unit
    if beside.title and not title:
        raise BadValueError("unknown-unit", unit=beside.title)
    return title


def _settled_qualifier(found: Quantity, stated: str, remarks: list[Remark]) -> str:
    said = found.qualifiers
    if stated and any(word != stated and (word in _BOUNDS) == (stated in _BOUNDS) for word in said):
        raise BadValueError(
            "qualifier-contradiction", here=_said(said[0], "qualifier"), there=_said(stated, "qualifier")
        )
    kept = stated or (said[0] if said else "")
    if set(said) - {kept}:
        remarks.append(("info", "two-qualifiers", {"kept": _said(kept, "qualifier")}))
    return kept


def _refines(unit: str, stated: str) -> bool:
    """Tell whether ``stated`` is the same unit, or the same with the time that ``unit`` leaves out (万吨 of 万吨/年)."""
    return unit == stated or label(_iri(stated), "zh").startswith(label(_iri(unit), "zh") + "/")


def _said(slug: str, scheme: str = "unit") -> dict[str, str]:
    return {lang: label(_iri(slug, scheme), lang) for lang in LANGUAGES}


def _iri(slug: str, scheme: str = "unit") -> str:
    return f"{SCHEME}{scheme}/{slug}"


def _literal(value: Decimal) -> Literal:
    return Literal(f"{value:f}", datatype=_DECIMAL)
