"""What is drawn, apart from how: marks with positions, lines, backdrops, filters and the facts behind each.

A scene knows nothing of the page that shows it. Lengths are in pixels at 100 % zoom, x to the right, y down,
angles in radians clockwise from east.
"""

from __future__ import annotations

from dataclasses import dataclass

from visual.inputs import FactRef, Text

EMPTY = Text("")


@dataclass(frozen=True, slots=True)
class Detail:
    """One line of the side panel: what it says, what says so, and the node it leads to."""

    heading: Text
    label: Text
    value: Text = EMPTY
    facts: tuple[FactRef, ...] = ()
    target: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """A mark.

    `rows` are the lines inside it, `more` how many were left out, `brief` what the badge says where room is short.
    `state`, `kind`, `basis`, `locality` and `evidence` are what the filters look at.
    """

    id: str
    label: Text
    kind: str
    x: float
    y: float
    width: float
    height: float
    shape: str
    state: str = ""
    short: Text = EMPTY
    badge: Text = EMPTY
    brief: Text = EMPTY
    rows: tuple[Text, ...] = ()
    more: int = 0
    note: Text = EMPTY
    basis: str = ""
    locality: str = ""
    evidence: tuple[str, ...] = ()
    terms: tuple[Text, ...] = ()
    shares: tuple[tuple[int, float], ...] = ()
    hue: int = 0
    rank: float = 0.0
    details: tuple[Detail, ...] = ()

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom."""
        half_width, half_height = self.width / 2, self.height / 2
        return self.x - half_width, self.y - half_height, self.x + half_width, self.y + half_height


@dataclass(frozen=True, slots=True)
class Edge:
    """A line between two marks; `curve` is `lane`, `arc` or `line`."""

    id: str
    source: str
    target: str
    basis: str
    kind: str
    label: Text = EMPTY
    weight: float = 1.0
    curve: str = "line"
    evidence: tuple[str, ...] = ()
    details: tuple[Detail, ...] = ()


@dataclass(frozen=True, slots=True)
class Backdrop:
    """Something drawn under the marks.

    `panel` and `band` are rectangles (x, y = top left), `ring`, `belt`, `glow` and `wedge` are centred on (x, y) with
    half-axes width and height (`wedge` from `start` to `end`), `text` stands at (x, y).
    """

    shape: str
    x: float
    y: float
    width: float = 0.0
    height: float = 0.0
    label: Text = EMPTY
    tone: str = ""
    start: float = 0.0
    end: float = 0.0
    size: float = 13.0
    align: str = "center"
    hue: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of a facet: a line of legend and filter; `swatch` names the mark drawn beside it."""

    value: str
    label: Text
    count: int
    swatch: str = ""
    gloss: Text = EMPTY
    note: Text = EMPTY


@dataclass(frozen=True, slots=True)
class Facet:
    """A property by which marks and lines are told apart and filtered."""

    name: str
    label: Text
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """A whole picture.

    Raises
    ------
    ValueError
        If two nodes or two edges share an id, or an edge ends at a node that is not there.
    """

    view: str
    title: Text
    subtitle: Text
    as_of: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    backdrops: tuple[Backdrop, ...]
    facets: tuple[Facet, ...]
    bounds: tuple[float, float, float, float]
    notes: tuple[Text, ...] = ()
    theme: str = "paper"

    def __post_init__(self) -> None:
        ids = {node.id for node in self.nodes}
        if len(ids) != len(self.nodes):
            raise ValueError("two nodes share an id")
        if len({edge.id for edge in self.edges}) != len(self.edges):
            raise ValueError("two edges share an id")
        lost = sorted({end for edge in self.edges for end in (edge.source, edge.target)} - ids)
        if lost:
            raise ValueError(f"edges end at unknown nodes: {', '.join(lost)}")

    @property
    def width(self) -> float:
        """Width of the picture at 100 % zoom."""
        return self.bounds[2] - self.bounds[0]

    @property
    def height(self) -> float:
        """Height of the picture at 100 % zoom."""
        return self.bounds[3] - self.bounds[1]
