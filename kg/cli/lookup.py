"""What a name on the command line means: a name, an alias or an IRI of a chain or of an anchor firm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.messages import Language

if TYPE_CHECKING:
    from kg.network import Network
    from kg.store import Store

# How many anchors a refusal names.
_NAMED: Final = 10


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
