"""What the maps are drawn from: plain answers of the analysis, one dataclass a thing.

Every name is a :class:`Ref`, every statement a :class:`FactRef` that carries its source, and every text is held in Chinese
and English, so that one file can be read in both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Position = Literal["upstream", "midstream", "downstream"]
ProductCondition = Literal[
    "strong", "made", "weak", "missing", "break", "pipeline", "in-unit", "inferred", "unknown"
]
Basis = Literal["recorded", "inferred"]
Locality = Literal["local", "outside", "unknown"]
Direction = Literal["upstream", "downstream", "both"]


@dataclass(frozen=True, slots=True)
class Text:
    """A text in Chinese and English; either may be empty, then the other stands for both."""

    zh: str
    en: str = ""


@dataclass(frozen=True, slots=True)
class Ref:
    """A named thing of the graph."""

    iri: str
    zh: str
    en: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def text(self) -> Text:
        """Give the name in both languages."""
        return Text(self.zh, self.en)


@dataclass(frozen=True, slots=True)
class FactRef:
    """One statement with the source that makes it; `evidence` is E1 … E6."""

    label: Text
    value: Text
    source: str
    source_title: str = ""
    date: str = ""
    evidence: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Maker:
    """An organization that makes, or will make, a product; `capacity` is written as the ledger writes it."""

    organization: Ref
    capacity: str = ""
    status: Text = Text("")
    facts: tuple[FactRef, ...] = ()


@dataclass(frozen=True, slots=True)
class ProductState:
    """How a product stands in the territory on the day of the chain state."""

    product: Ref
    state: ProductCondition
    makers: tuple[Maker, ...] = ()
    pipeline: tuple[Maker, ...] = ()
    needed_by: tuple[Ref, ...] = ()
    why: Text = Text("")
    facts: tuple[FactRef, ...] = ()


@dataclass(frozen=True, slots=True)
class StageState:
    """A stage of a chain with its products; an empty `branch` is the trunk all branches share."""

    name: Ref
    order: int
    position: Position
    branch: str = ""
    products: tuple[ProductState, ...] = ()


@dataclass(frozen=True, slots=True)
class ProductLink:
    """`source` (an IRI) goes into `target` by a route."""

    source: str
    target: str
    route: str = ""
    facts: tuple[FactRef, ...] = ()


@dataclass(frozen=True, slots=True)
class ChainState:
    """A chain, stage by stage, as of a date."""

    chain: Ref
    as_of: str
    stages: tuple[StageState, ...]
    links: tuple[ProductLink, ...] = ()


@dataclass(frozen=True, slots=True)
class AnchorFirm:
    """A firm that supplies an anchor or buys from it, `tier` steps away; `path` says how it is reached."""

    organization: Ref
    tier: int
    direction: Direction
    stage: Ref | None = None
    locality: Locality = "unknown"
    basis: Basis = "recorded"
    membership: float = 0.0
    path: Text = Text("")
    facts: tuple[FactRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """`source` supplies `target` (IRIs), with `product` if it is known; equal ends are captive use."""

    source: str
    target: str
    product: Ref | None = None
    basis: Basis = "recorded"
    facts: tuple[FactRef, ...] = ()


@dataclass(frozen=True, slots=True)
class MissingInput:
    """A product the anchor needs and nobody local makes; `pipeline` names what is coming, if anything."""

    product: Ref
    stage: Ref | None = None
    why: Text = Text("")
    pipeline: Text = Text("")
    facts: tuple[FactRef, ...] = ()


@dataclass(frozen=True, slots=True)
class AnchorNetwork:
    """One anchor firm with everything that circles around it, as of a date."""

    anchor: Ref
    as_of: str
    firms: tuple[AnchorFirm, ...]
    links: tuple[Link, ...] = ()
    missing: tuple[MissingInput, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """A firm with its share in each anchor's cluster: (anchor IRI, weight), weights 0 … 1; `outside` = no anchor reaches it.

    `recorded` holds the anchors (IRIs) it reaches along links on record; the others it reaches by inference alone.
    """

    organization: Ref
    weights: tuple[tuple[str, float], ...] = ()
    outside: bool = False
    locality: Locality = "unknown"
    path: Text = Text("")
    facts: tuple[FactRef, ...] = ()
    recorded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClusterState:
    """All anchors of a territory and the firms around them, as of a date."""

    anchors: tuple[Ref, ...]
    members: tuple[Member, ...]
    links: tuple[Link, ...] = ()
    as_of: str = ""
    name: Text = Text("")
