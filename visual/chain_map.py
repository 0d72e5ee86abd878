"""The map of a chain: stages in lanes from upstream to downstream, each product a box with its state and its firms."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from visual.chain_layout import (
    CLOSE,
    DENSE,
    ROOMY,
    STRIP,
    Arrangement,
    Block,
    Measures,
    Rectangle,
    arrange,
    rank_columns,
)
from visual.facets import build_facets
from visual.inputs import ChainState, Maker, ProductLink, ProductState, StageState, Text
from visual.lettering import text_width, wrap
from visual.scene import Backdrop, Detail, Edge, Node, Scene
from visual.wording import evidence_levels, named, short_name, terms, word

BADGE_SIZE, ROW_LINE = 11.0, 16.0
_LISTED = 3
_READABLE = 0.74
_POSITIONS = ("upstream", "midstream", "downstream")
_BAND = 34.0
_SWEEPS = 4
_EMPTY_SPOT = (200.0, 40.0)


@dataclass(frozen=True, slots=True)
class _Style:
    """How much a box holds room for: its measures, the firms it lists, the size and line of its name, its padding."""

    measures: Measures
    firms: int
    name_size: float
    name_line: float
    pad: float


# From roomy to dense: the first that can be read on a small screen without zooming is taken.
_STYLES = (
    _Style(ROOMY, 3, 13.0, 18.0, 16.0),
    _Style(CLOSE, 1, 13.0, 18.0, 14.0),
    _Style(DENSE, 0, 12.5, 16.0, 12.0),
)


@dataclass(frozen=True, slots=True)
class _Box:
    """A product with what its box will say and how high that makes it."""

    id: str
    product: ProductState
    rows: tuple[Text, ...]
    more: int
    height: float


def chain_scene(state: ChainState, lang: str = "zh") -> Scene:
    """Draw a chain as of its date; boxes are made to fit the names of `lang`, the other language is written smaller."""
    stages = sorted(
        state.stages,
        key=lambda stage: (_POSITIONS.index(stage.position), stage.order, stage.branch, stage.name.iri),
    )
    ids = _node_ids(stages)
    columns = rank_columns([(_POSITIONS.index(s.position), s.order, s.branch) for s in stages])
    rows, branches = _rows(stages, columns)
    order = _untangle(stages, ids, columns, state.links)
    choices = []
    for style in _STYLES:
        trial = [tuple(_box(*ids[i][k], style, lang) for k in order[i]) for i in range(len(stages))]
        blocks = [Block(columns[i], rows[i], tuple(b.height for b in trial[i])) for i in range(len(stages))]
        choices.append((arrange(blocks, style.measures), trial, style.measures.header))
        if choices[-1][0].scale >= _READABLE:
            break
    arrangement, boxes, header = max(choices, key=lambda choice: choice[0].scale)
    nodes = [_stage_node(stage, arrangement.blocks[i], header) for i, stage in enumerate(stages)]
    known = {product.product.iri: node_id for row in reversed(ids) for node_id, product in reversed(row)}
    for i in range(len(stages)):
        nodes += [_product_node(b, r, known) for b, r in zip(boxes[i], arrangement.boxes[i], strict=True)]
    column_of = {node_id: columns[i] for i, row in enumerate(ids) for node_id, _ in row}
    edges = _edges(state.links, known, column_of)
    backdrops = _backdrops(stages, columns, rows, branches, arrangement, header)
    return Scene(
        view="chain",
        title=named("chain", "title", state.chain.text),
        subtitle=_subtitle(stages),
        as_of=state.as_of,
        nodes=tuple(nodes),
        edges=edges,
        backdrops=backdrops,
        facets=build_facets(nodes, edges, ("state", "kind", "basis", "evidence")),
        bounds=_bounds(arrangement),
        notes=(word("chain", "note"),),
    )


def _node_ids(stages: Sequence[StageState]) -> list[list[tuple[str, ProductState]]]:
    """Give every product an id; a product that stands in several stages gets one id a stage."""
    seen: Counter[str] = Counter(stage.name.iri for stage in stages)
    ids = []
    for stage in stages:
        row = []
        for product in stage.products:
            iri = product.product.iri
            seen[iri] += 1
            row.append((iri if seen[iri] == 1 else f"{iri}#{seen[iri]}", product))
        ids.append(row)
    return ids


def _rows(stages: Sequence[StageState], columns: Sequence[int]) -> tuple[list[int | None], tuple[str, ...]]:
    """Give each stage its row: one a branch; a trunk stage alone in its column stands across all rows."""
    mixed = {columns[i] for i, stage in enumerate(stages) if stage.branch}
    branches: list[str] = []
    for i, stage in enumerate(stages):
        if (stage.branch or columns[i] in mixed) and stage.branch not in branches:
            branches.append(stage.branch)
    rows = [
        branches.index(s.branch) if s.branch or columns[i] in mixed else None for i, s in enumerate(stages)
    ]
    return rows, tuple(branches)


def _untangle(
    stages: Sequence[StageState],
    ids: Sequence[Sequence[tuple[str, ProductState]]],
    columns: Sequence[int],
    links: Sequence[ProductLink],
) -> list[list[int]]:
    """Order the boxes of each stage so that few links cross (barycentre sweeps; Sugiyama, Tagawa & Toda 1981)."""
    home = {
        product.product.iri: (i, k)
        for i, row in enumerate(ids)
        for k, (_, product) in reversed(list(enumerate(row)))
    }
    near: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for link in links:
        if link.source in home and link.target in home and home[link.source][0] != home[link.target][0]:
            near[home[link.source]].append(home[link.target])
            near[home[link.target]].append(home[link.source])
    order = [list(range(len(row))) for row in ids]
    height = {(i, k): (k + 0.5) / len(row) for i, row in enumerate(order) for k in row}
    by_column = sorted(range(len(stages)), key=lambda i: (columns[i], i))
    for sweep in range(_SWEEPS):
        for i in by_column if sweep % 2 == 0 else reversed(by_column):
            side = [
                columns[j] < columns[i] if sweep % 2 == 0 else columns[j] > columns[i]
                for j in range(len(stages))
            ]

            def centre(k: int, i: int = i, side: list[bool] = side) -> float:
                around = [height[other] + other[0] * 1e-6 for other in near[i, k] if side[other[0]]]
                return sum(around) / len(around) if around else height[i, k]

            order[i].sort(key=lambda k: (round(centre(k), 9), k))
            for rank, k in enumerate(order[i]):
                height[i, k] = (rank + 0.5) / len(order[i])
    return order


def _box(node_id: str, product: ProductState, style: _Style, lang: str) -> _Box:
    firms = _firms(product)
    in_unit = product.state == "in-unit"
    rows = () if in_unit else tuple(short_name(maker.organization) for maker in firms[:_LISTED])
    said = word("state" if style.firms else "state_brief", product.state)
    badge = text_width(_in(lang, said), BADGE_SIZE) + BADGE_SIZE
    room = style.measures.box_width - 18 - badge - 2
    size, line = (11.0, 15.0) if in_unit else (style.name_size, style.name_line)
    lines = len(wrap(_in(lang, product.product.text), room, size, 3))
    height = style.pad + lines * line + min(len(rows), style.firms) * ROW_LINE
    return _Box(node_id, product, rows, len(firms) - len(rows), height)


def _in(lang: str, text: Text) -> str:
    return (text.en or text.zh) if lang == "en" else (text.zh or text.en)


def _firms(product: ProductState) -> tuple[Maker, ...]:
    """Give the firms a box names, each once: who makes it, or else who is going to."""
    firms: dict[str, Maker] = {}
    for maker in product.makers or product.pipeline:
        firms.setdefault(maker.organization.iri, maker)
    return tuple(firms.values())


def _product_node(box: _Box, place: Rectangle, known: dict[str, str]) -> Node:
    product = box.product
    makers = (*product.makers, *product.pipeline)
    facts = (*product.facts, *(fact for maker in makers for fact in maker.facts))
    searchable = [text for m in makers for text in (m.organization.text, *terms(m.organization))]
    return Node(
        id=box.id,
        label=product.product.text,
        kind="product",
        x=place.x + place.width / 2,
        y=place.y + place.height / 2,
        width=place.width,
        height=place.height,
        shape="box",
        state=product.state,
        badge=word("state", product.state),
        brief=word("state_brief", product.state),
        rows=box.rows,
        more=box.more,
        note=product.why,
        evidence=evidence_levels(facts),
        terms=tuple(dict.fromkeys((*terms(product.product), *searchable))),
        rank=float(len(product.makers)),
        details=_product_details(product, known),
    )


def _product_details(product: ProductState, known: dict[str, str]) -> tuple[Detail, ...]:
    details = [
        Detail(word("heading", heading), maker.organization.text, _capacity(maker), maker.facts)
        for heading, makers in (("made_by", product.makers), ("pipeline", product.pipeline))
        for maker in makers
    ]
    details += [
        Detail(word("heading", "needed_by"), need.text, target=known.get(need.iri, ""))
        for need in product.needed_by
    ]
    details += [Detail(word("heading", "facts"), fact.label, fact.value, (fact,)) for fact in product.facts]
    return tuple(details)


def _capacity(maker: Maker) -> Text:
    return Text(
        " · ".join(part for part in (maker.capacity, maker.status.zh or maker.status.en) if part),
        " · ".join(part for part in (maker.capacity, maker.status.en or maker.status.zh) if part),
    )


def _stage_node(stage: StageState, place: Rectangle, header: float) -> Node:
    lacking = sum(product.state in {"missing", "break"} for product in stage.products)
    counts = word("chain", "stage_lack" if lacking else "stage_counts", n=len(stage.products), m=lacking)
    return Node(
        id=stage.name.iri,
        label=stage.name.text,
        kind="stage",
        x=place.x + place.width / 2,
        y=place.y + header / 2,
        width=place.width,
        height=header,
        shape="header",
        state="",
        badge=counts,
        terms=terms(stage.name),
        details=tuple(
            Detail(word("heading", "products"), p.product.text, word("state", p.state), target=p.product.iri)
            for p in stage.products
        ),
    )


def _edges(
    links: Sequence[ProductLink], known: dict[str, str], column_of: dict[str, int]
) -> tuple[Edge, ...]:
    edges: list[Edge] = []
    seen: Counter[tuple[str, str]] = Counter()
    for link in sorted(links, key=lambda link: (link.source, link.target, link.route)):
        if link.source not in known or link.target not in known or link.source == link.target:
            continue
        source, target = known[link.source], known[link.target]
        seen[source, target] += 1
        levels = evidence_levels(link.facts)
        route = (
            (Detail(word("heading", "route"), Text(link.route), facts=link.facts),)
            if link.route or link.facts
            else ()
        )
        edges.append(
            Edge(
                id=f"{source} → {target}" + (f" #{seen[source, target]}" if seen[source, target] > 1 else ""),
                source=source,
                target=target,
                basis="inferred" if levels == ("E6",) else "recorded",
                kind="input",
                label=Text(link.route),
                curve="arc" if column_of[source] == column_of[target] else "lane",
                evidence=levels,
                details=route,
            )
        )
    return tuple(edges)


def _subtitle(stages: Sequence[StageState]) -> Text:
    states = {product.product.iri: product.state for stage in stages for product in stage.products}
    counts = Counter(states.values())
    return word(
        "chain",
        "subtitle",
        total=len(states),
        made=counts["made"] + counts["strong"] + counts["weak"],
        strong=counts["strong"],
        weak=counts["weak"],
        missing=counts["missing"] + counts["break"],
        broken=counts["break"],
        pipeline=counts["pipeline"],
    )


def _backdrops(
    stages: Sequence[StageState],
    columns: Sequence[int],
    rows: Sequence[int | None],
    branches: Sequence[str],
    arrangement: Arrangement,
    header: float,
) -> tuple[Backdrop, ...]:
    backdrops = []
    if not stages:
        return (Backdrop("text", *_EMPTY_SPOT, label=word("chain", "no_stage"), size=16),)
    for position in _POSITIONS:
        held = sorted({columns[i] for i, stage in enumerate(stages) if stage.position == position})
        if held:
            first, last = arrangement.columns[held[0]], arrangement.columns[held[-1]]
            width = last.x + last.width - first.x
            label = word("position", position)
            backdrops.append(
                Backdrop("chevron", first.x, -_BAND - 14, width, _BAND, label, tone=position, size=16)
            )
    for row, branch in enumerate(branches):
        lefts = [arrangement.blocks[i].x for i in range(len(stages)) if rows[i] == row]
        if branch and lefts:
            left = min(lefts)
            extent = arrangement.rows[row]
            backdrops.append(
                Backdrop("strip", left - STRIP - 2, extent.y, STRIP - 4, extent.height, Text(branch), size=13)
            )
    for stage, block in zip(stages, arrangement.blocks, strict=True):
        backdrops.append(Backdrop("panel", block.x, block.y, block.width, block.height, tone=stage.position))
        if not stage.products:
            label = word("chain", "empty")
            backdrops.append(
                Backdrop("text", block.x + block.width / 2, block.y + header + 13, label=label, size=11)
            )
    return tuple(backdrops)


def _bounds(arrangement: Arrangement) -> tuple[float, float, float, float]:
    right = max((column.x + column.width for column in arrangement.columns), default=1.0)
    bottom = max((column.height for column in arrangement.columns), default=1.0)
    return 0.0, -_BAND - 14, max(right, 2 * _EMPTY_SPOT[0]), max(bottom, _EMPTY_SPOT[1])
