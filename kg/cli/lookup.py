"""What a name on the command line means: a name, an alias or an IRI of a chain or of an anchor firm."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final, Literal

from kg.messages import Language

if TYPE_CHECKING:
    from kg.network import Network
    from kg.network.territory import Territory
    from kg.store import Store

# How many anchors a refusal names.
_NAMED: Final = 10

Target = Literal["firm", "product", "park"]
# What can stop, and the classes in which its name is looked up.
TARGETS: Final[dict[Target, str]] = {"firm": "Organization", "product": "Product", "park": "Park"}
# The class whose label stands for all kinds of organization.
_CLASS: Final = {"Organization": "Enterprise"}


def class_label(name: str, lang: Language) -> str:
    """Return what a reader calls the things of a class, given by its local name."""
    from kg.labels import label

    return label(f"gy:{_CLASS.get(name, name)}", lang)


def chain_named(store: Store, name: str, lang: Language) -> str:
    """Return the IRI of the chain that a name means.

    Raises
    ------
    UnknownName
        If there is none; with the nearest names.
    """
    from kg.labels import label
    from kg.queries import name_index

    return name_index(store).resolve(name, ["Chain"], label("gy:Chain", lang))


def anchor_named(store: Store, network: Network, name: str, lang: Language) -> str:
    """Return the IRI of the anchor firm that a name means.

    Raises
    ------
    UnknownName
        If there is no such organization; with the nearest names.
    UsageError
        If it is no anchor at the network's date; with those that are.
    """
    from kg.analysis.clusters import named_anchors
    from kg.errors import UsageError
    from kg.labels import label
    from kg.queries import name_index

    found = name_index(store).resolve(name, ["Organization"], label("gy:AnchorFirm", lang))
    anchors = named_anchors(network)
    if found not in anchors:
        names = [network.thing(anchor).label(lang) for anchor in anchors]
        raise UsageError(
            "anchor.none" if not names else "anchor.other",
            name=network.thing(found).label(lang),
            date=network.as_of,
            anchors=("、" if lang == "zh" else ", ").join(names[:_NAMED])
            + ("…" if len(names) > _NAMED else ""),
        )
    return found


def whatif_target(store: Store, name: str, kind: Target | None, lang: Language) -> tuple[Target, str]:
    """Return whether a name means a firm, a product or a park, and its IRI.

    Parameters
    ----------
    kind
        What it has to mean; None for any of them.

    Raises
    ------
    UnknownName
        If there is none; with the nearest names.
    UsageError
        If it means things of several kinds.
    """
    from kg.errors import UnknownName, UsageError
    from kg.queries import name_index

    index = name_index(store)
    asked: list[Target] = [kind] if kind else list(TARGETS)
    found: dict[Target, str] = {}
    for target in asked:
        with suppress(UnknownName):
            found[target] = index.resolve(name, [TARGETS[target]])
    if len(found) == 1:
        return next(iter(found.items()))
    classes = [TARGETS[target] for target in found or asked]
    kinds = ("、" if lang == "zh" else ", ").join(class_label(c, lang) for c in classes)
    if found:
        raise UsageError("whatif.several", name=name, kinds=kinds)
    raise UnknownName(name, kinds, index.nearest(name, classes))


def project_named(store: Store, name: str, lang: Language) -> str:
    """Return the IRI of the project that a name means.

    Raises
    ------
    UnknownName
        If there is none; with the nearest names.
    """
    from kg.labels import label
    from kg.queries import name_index

    return name_index(store).resolve(name, ["Project"], label("gy:Project", lang))


def product_named(store: Store, name: str, lang: Language) -> str:
    """Return the IRI of the product that a name means.

    Raises
    ------
    UnknownName
        If there is none; with the nearest names.
    """
    from kg.labels import label
    from kg.queries import name_index

    return name_index(store).resolve(name, ["Product"], label("gy:Product", lang))


def area_named(store: Store, place: str | None, park: str | None, lang: Language) -> Territory | None:
    """Return the division (``place``) or the park that a name means; None if neither is asked for.

    Raises
    ------
    UnknownName
        If there is none; with the nearest names.
    UsageError
        If both are asked for, or if the place reaches beyond the city that the ledgers are of.
    """
    from kg.errors import UsageError
    from kg.labels import label
    from kg.network.territory import territory
    from kg.queries import name_index

    if place is not None and park is not None:
        raise UsageError("area.one_of")
    name, kind = (park, "Park") if park is not None else (place, "Place")
    if name is None:
        return None
    found = territory(store, name_index(store).resolve(name, [kind], label(f"gy:{kind}", lang)))
    if found.beyond:
        raise UsageError("area.beyond", name=name)
    return found


def territory_named(store: Store, name: str, lang: Language) -> Territory:
    """Return the division or park that a name means, with everything in it.

    Raises
    ------
    UnknownName
        If there is none; with the nearest names.
    """
    from kg.labels import label
    from kg.network.territory import territory
    from kg.queries import name_index

    meant = ("、" if lang == "zh" else ", ").join(label(f"gy:{kind}", lang) for kind in ("Place", "Park"))
    return territory(store, name_index(store).resolve(name, ["Place", "Park"], meant))
