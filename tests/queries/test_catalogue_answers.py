"""Each question of the catalogue, answered once more from the ledgers' rows without SPARQL.

An expectation takes the ledgers and the date of the answer and returns the arguments to ask with and the rows to expect,
as texts and numbers in the order of the columns. Where a question needs an argument, the busiest one is asked about.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from kg.queries import Catalogue, Cell, NameIndex, Thing, run
from kg.store import Store

if TYPE_CHECKING:
    from conftest import City

Rows = set[tuple[object, ...]]
Expectation = Callable[["City", str], tuple[dict[str, str], Rows]]
EXPECTATIONS: dict[str, Expectation] = {}

STAGES_BUILT = ["开工", "在建", "主体完工", "机械竣工", "竣工", "试生产", "投产", "达产", "达效"]
STAGES_SIGNED = ["签约", "注册", "立项备案", "前期手续", *STAGES_BUILT]


def expects(name: str) -> Callable[[Expectation], Expectation]:
    def register(function: Expectation) -> Expectation:
        EXPECTATIONS[name] = function
        return function

    return register


def number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def plain(cell: Cell) -> object:
    """A cell as the expectations write it."""
    if isinstance(cell, Thing):
        return cell.label
    if isinstance(cell, (int, Decimal)) and not isinstance(cell, bool):
        return Decimal(cell)
    return cell


@expects("anchor-partners")
def anchor_partners(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    anchor = city.busiest("supply", "采购方")
    rows: Rows = set()
    for direction, mine, theirs in (("上游", "采购方", "供应方"), ("下游", "供应方", "采购方")):
        first = {row[theirs] for row in city.rows("supply") if row[mine] == anchor}
        for row, source in city.each("supply"):
            partner = row[theirs]
            if partner == anchor or not city.known(row["时点"], source, as_of):
                continue
            tail = (city.dated(row["时点"], source), source)
            head = (partner, city.locality(partner), row["产品"], city.word("supply-kind", row["供应类型"]))
            if row[mine] == anchor:
                rows.add((direction, Decimal(1), *head, None, *tail))
            elif row[mine] in first and row[mine] != partner:
                rows.add((direction, Decimal(2), *head, row[mine], *tail))
    return {"anchor": anchor}, rows


@expects("anchor-uses")
def anchor_uses(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    anchor = city.busiest("production", "单位名称")
    made = city.made(as_of)
    rows: Rows = set()
    for row, source in city.each("production"):
        if row["单位名称"] != anchor or row["状态"] != "在产" or not city.known(row["时点"], source, as_of):
            continue
        for output, route, used in city.uses():
            if used == row["产品"]:
                rows.add((
                    row["产品"], number(row["产能"]), city.word("unit", row["单位"]), city.word("qualifier", row["限定词"]),
                    output, route, Decimal(len(made.get(output, {}))), city.dated(row["时点"], source), source,
                ))  # fmt: skip
    return {"anchor": anchor}, rows


@expects("chain-gaps")
def chain_gaps(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    chain = city.busiest("stages", "产业链")
    made, coming = city.made(as_of), city.made(as_of, ("在建", "规划"))
    rows: Rows = set()
    with_products = {row["环节"] for row in city.rows("stages") if row["产业链"] == chain and row["产品"]}
    for row, source in city.each("stages"):
        if row["产业链"] != chain:
            continue
        head = (Decimal(row["序号"]), row["环节"], city.word("chain-position", row["位置"]))
        for product in city.split(row["产品"]):
            counts = (Decimal(len(made.get(product, {}))), Decimal(len(coming.get(product, {}))))
            rows.add((*head, product, *counts, source))
        if row["环节"] not in with_products:
            rows.add((*head, None, None, None, source))
    return {"chain": chain}, rows


@expects("chain-summary")
def chain_summary(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    members: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row, source in city.each("participations"):
        if city.known(row["起始时间"], source, as_of):
            members[row["产业链"], ""].add(row["单位名称"])
            members[row["产业链"], row["角色"]].add(row["单位名称"])
    stages, projects, ids = defaultdict(set), defaultdict(set), defaultdict(set)
    categories, bodies = defaultdict(set), defaultdict(set)
    for row in city.rows("stages"):
        stages[row["产业链"]].add(row["环节"])
    for row, source in city.each("projects"):
        for chain in city.split(row["产业链"]):
            if city.before(city.issued(source), as_of):
                projects[chain].add(row["项目名称"])
    for row in city.rows("chains"):
        ids[row["产业链"]].update(city.sources(row))
        if row["类别"]:
            categories[row["产业链"]].add(city.word("chain-category", row["类别"]))
        if row["责任部门"]:
            bodies[row["产业链"]].add(row["责任部门"])
    rows: Rows = set()
    for chain in ids:
        counts = (members[chain, "头部企业"], members[chain, ""], stages[chain], projects[chain])
        for category in categories[chain] or {None}:
            for body in bodies[chain] or {None}:
                rows.add(
                    (
                        chain,
                        category,
                        body,
                        *(Decimal(len(found)) for found in counts),
                        city.joined(ids[chain]),
                    )
                )
    return {}, rows


@expects("chain-firms")
def chain_firms(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    chain = city.busiest("stages", "产业链")
    rows: Rows = set()
    for row, source in city.each("participations"):
        if row["产业链"] == chain and city.known(row["起始时间"], source, as_of):
            firm = row["单位名称"]
            rows.add((
                firm, city.locality(firm), "链上参与", city.word("role", row["角色"]), row["环节"] or None, None,
                city.dated(row["起始时间"], source), source,
            ))  # fmt: skip
    places = {(row["环节"], product) for row, product, _ in city.stage_products() if row["产业链"] == chain}
    for row, source in city.each("production"):
        if row["状态"] != "在产" or not city.known(row["时点"], source, as_of):
            continue
        for stage, product in places:
            if product == row["产品"]:
                firm = row["单位名称"]
                date = city.dated(row["时点"], source)
                rows.add((firm, city.locality(firm), "生产能力", None, stage, product, date, source))
    return {"chain": chain}, rows


def project_owners(city: City, project: str) -> set[str | None]:
    found = {
        o for row in city.rows("projects") if row["项目名称"] == project for o in city.split(row["建设单位"])
    }
    return set(found) or {None}


def events(city: City, as_of: str) -> Iterator[tuple[str, str, str, str, str]]:
    """Real events known at a date: project, stage, date as written, date known, source."""
    for row, source in city.each("project_events"):
        if row["性质"] == "实际" and city.known(row["时间"], source, as_of):
            stage = str(city.word("project-stage", row["阶段"]))
            yield row["项目名称"], stage, row["时间"], row["时间"] or city.issued(source), source


@expects("chain-projects")
def chain_projects(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    rows: Rows = set()
    chains = {(c, row["项目名称"]) for row in city.rows("projects") for c in city.split(row["产业链"])}
    for row, source in city.each("project_events"):
        issued = city.issued(source)
        if not city.before((row["时间"] or issued) if row["性质"] == "实际" else issued, as_of):
            continue
        for chain, project in chains:
            if project == row["项目名称"]:
                for owner in project_owners(city, project):
                    rows.add((
                        chain, project, owner, city.word("project-stage", row["阶段"]), city.word("value-kind", row["性质"]),
                        row["时间"] or None, source,
                    ))  # fmt: skip
    return {}, rows


@expects("overdue-projects")
def overdue_projects(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    done = {(project, stage) for project, stage, *_ in events(city, as_of)}
    judged = {"开工", "机械竣工", "竣工", "投产"}
    rows: Rows = set()
    for row, source in city.each("project_events"):
        due, project, stage = row["时间"], row["项目名称"], str(city.word("project-stage", row["阶段"]))
        if row["性质"] == "实际" or not due or not due < as_of[: len(due)]:
            continue
        if not city.before(city.issued(source), as_of):
            continue
        later = STAGES_BUILT[STAGES_BUILT.index(stage) :] if stage in judged else []
        if any((project, reached) in done for reached in later):
            continue
        for owner in project_owners(city, project):
            rows.add((project, owner, stage, city.word("value-kind", row["性质"]), due, source))
    return {}, rows


@expects("stage-conversion")
def stage_conversion(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    at: dict[str, set[str]] = defaultdict(set)
    for project, stage, *_ in events(city, as_of):
        at[stage].add(project)
    rows: Rows = set()
    for start, end in [
        ("在谈", "签约"),
        ("签约", "开工"),
        ("开工", "投产"),
        ("签约", "投产"),
        ("投产", "达产"),
    ]:
        later = STAGES_SIGNED[STAGES_SIGNED.index(end) :]
        reached = {p for p in at[start] if any(p in at[stage] for stage in later)}
        rows.add((start, end, Decimal(len(at[start])), Decimal(len(reached))))
    return {}, rows


@expects("stage-durations")
def stage_durations(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    rows: Rows = set()
    found = [event for event in events(city, "9999-12-31") if event[2]]
    for project, stage, start, _, from_source in found:
        for other, later, end, _, to_source in found:
            if (
                (project, stage, later) != (other, "开工", "投产")
                or start > end
                or not city.before(end, as_of)
            ):
                continue
            months = None
            if len(start) >= 7 and len(end) >= 7:
                months = Decimal(12 * (int(end[:4]) - int(start[:4])) + int(end[5:7]) - int(start[5:7]))
            rows.add((project, start, end, months, from_source, to_source))
    return {}, rows


@expects("target-list")
def target_list(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    made = city.made(as_of)
    outside = defaultdict(set)
    for row in city.rows("production"):
        if city.locality(row["单位名称"]) == "外地":
            outside[row["产品"]].add(row["单位名称"])
    rows: Rows = set()
    said = {key: ids for key, (_, ids) in city.uses().items()}
    for output, route, product in city.uses(required=True):
        if made.get(product):
            continue
        for needer, ids in made.get(output, {}).items():
            for outsider in outside[product] or {None}:
                rows.add((product, output, needer, outsider, said[output, route, product], city.joined(ids)))
    return {}, rows


def deliveries(city: City, anchor: str, as_of: str) -> Iterator[tuple[str, str, str]]:
    """Goods and energy that others are recorded to supply: supplier, product, source."""
    for row, source in city.each("supply"):
        material = row["供应类型"] in ("货物", "能源")
        if row["采购方"] == anchor != row["供应方"] and material and city.known(row["时点"], source, as_of):
            yield row["供应方"], row["产品"], source


@expects("local-content")
def local_content(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    anchor = city.busiest("supply", "采购方")
    found = list(deliveries(city, anchor, as_of))
    totals = (Decimal(len({s for s, _, _ in found})), Decimal(len({p for _, p, _ in found})))
    rows: Rows = set()
    for locality in {city.locality(supplier) for supplier, _, _ in found}:
        here = [row for row in found if city.locality(row[0]) == locality]
        suppliers, products = {s for s, _, _ in here}, {p for _, p, _ in here}
        ids = city.joined({source for _, _, source in here})
        rows.add((locality, Decimal(len(suppliers)), Decimal(len(products)), *totals, ids))
    return {"anchor": anchor}, rows


@expects("latent-matches")
def latent_matches(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    made = city.made(as_of)
    traded = {(row["供应方"], row["采购方"], row["产品"]) for row in city.rows("supply")}
    said = {key: ids for key, (_, ids) in city.uses().items()}
    rows: Rows = set()
    for output, route, product in city.uses(required=True):
        for seller, sold in made.get(product, {}).items():
            for user, used in made.get(output, {}).items():
                if seller != user and (seller, user, product) not in traded:
                    ids = (city.joined(sold), city.joined(used), said[output, route, product])
                    rows.add((seller, product, user, output, *ids))
    return {}, rows


@expects("stoppage-impact")
def stoppage_impact(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    firm = city.busiest("production", "单位名称")
    made = city.made(as_of)
    rows: Rows = set()
    for (output, route, product), (requirement, _) in city.uses().items():
        if firm not in made.get(product, {}):
            continue
        others = Decimal(len(made[product]) - 1)
        for user, used in made.get(output, {}).items():
            if user != firm:
                ids = (city.joined(made[product][firm]), city.joined(used))
                rows.add((product, others, user, output, city.word("requirement", requirement), route, *ids))
    return {"firm": firm}, rows


@expects("single-makers")
def single_makers(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    holders = defaultdict(set)
    for row in city.rows("ownership"):
        holders[row["被投资方"]].add(row["出资方"])
    rows: Rows = set()
    for product, makers in city.made(as_of).items():
        if len(makers) == 1:
            ((maker, ids),) = makers.items()
            rows.update((product, maker, holder, city.joined(ids)) for holder in holders[maker] or {None})
    return {}, rows


@expects("shared-suppliers")
def shared_suppliers(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    anchors = city.anchors()
    rows: Rows = set()
    served = defaultdict(set)
    for row, source in city.each("supply"):
        supplier, anchor = row["供应方"], row["采购方"]
        if anchor in anchors and supplier != anchor and city.known(row["时点"], source, as_of):
            served[supplier].add(anchor)
            date = city.dated(row["时点"], source)
            rows.add((supplier, anchor, row["产品"], city.word("supply-kind", row["供应类型"]), date, source))
    return {}, {row for row in rows if len(served[str(row[0])]) > 1}


@expects("park-chains")
def park_chains(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    residents, chains, leads = defaultdict(set), defaultdict(set), set()
    for row in city.rows("sites"):
        if row["所在园区"]:
            residents[row["所在园区"]].add(row["单位名称"])
    for row in city.rows("participations"):
        chains[row["产业链"]].add(row["单位名称"])
        if row["角色"] == "头部企业":
            leads.add((row["单位名称"], row["产业链"]))
    rows: Rows = set()
    for park, here in residents.items():
        for chain, members in chains.items():
            if both := here & members:
                first = sum((firm, chain) in leads for firm in both)
                rows.add((park, chain, Decimal(len(both)), Decimal(first), Decimal(len(here))))
    return {}, rows


def building(city: City, as_of: str) -> Iterator[tuple[dict[str, str], str]]:
    """What local firms build or plan, once a source."""
    for row, source in city.each("production"):
        local = city.locality(row["单位名称"]) == "本地"
        if row["状态"] in ("在建", "规划") and local and city.known(row["时点"], source, as_of):
            yield row, source


@expects("pipeline-closes")
def pipeline_closes(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    made = city.made(as_of)
    needing = defaultdict(set)
    for output, _, product in city.uses(required=True):
        if made.get(output):
            needing[product].add(output)
    rows: Rows = set()
    for row, source in building(city, as_of):
        if not made.get(row["产品"]):
            rows.add((
                row["产品"], row["单位名称"], city.word("production-status", row["状态"]), row["所属项目"] or None,
                number(row["产能"]), city.word("unit", row["单位"]), Decimal(len(needing[row["产品"]])),
                city.dated(row["时点"], source), source,
            ))  # fmt: skip
    return {}, rows


@expects("pipeline-opens")
def pipeline_opens(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    made = city.made(as_of)
    rows: Rows = set()
    for row, source in building(city, as_of):
        for output, route, used in city.uses(required=True):
            if output == row["产品"] and not made.get(used):
                rows.add((
                    output, row["单位名称"], city.word("production-status", row["状态"]), row["所属项目"] or None,
                    used, route, city.dated(row["时点"], source), source,
                ))  # fmt: skip
    return {}, rows


def reach(city: City, start: str, *, down: bool) -> set[str]:
    """The products reached from one by recipes, itself included."""
    steps = defaultdict(set)
    for output, _, used in city.uses():
        steps[used if down else output].add(output if down else used)
    found, waiting = {start}, [start]
    while waiting:
        for product in steps[waiting.pop()] - found:
            found.add(product)
            waiting.append(product)
    return found


def recipe_edges(city: City, as_of: str, *, down: bool) -> tuple[dict[str, str], Rows]:
    product = city.busiest("recipes", "投入产品" if down else "产出产品")
    within, made = reach(city, product, down=down), city.made(as_of)
    rows: Rows = set()
    for row, source in city.each("recipes"):
        output, used = row["产出产品"], row["投入产品"]
        if (used if down else output) in within:
            makers = Decimal(len(made.get(output if down else used, {})))
            rows.add(
                (used, output, row["工艺路线"], city.word("requirement", row["投入性质"]), makers, source)
            )
    return {"product": product}, rows


@expects("product-downstream")
def product_downstream(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    return recipe_edges(city, as_of, down=True)


@expects("product-upstream")
def product_upstream(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    return recipe_edges(city, as_of, down=False)


@expects("break-points")
def break_points(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    made = city.made(as_of)
    required, said = city.uses(required=True), {key: ids for key, (_, ids) in city.uses().items()}
    feeds = defaultdict(set)
    for output, _, used in required:
        if made.get(used):
            feeds[output].add(used)
    rows: Rows = set()
    for down, route, product in required:
        if made.get(product) or not made.get(down) or down == product:
            continue
        for up in feeds[product] - {down, product}:
            rows.add((product, up, down, said[down, route, product]))
    return {}, rows


@expects("place-ranking")
def place_ranking(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    chain = city.busiest("stages", "产业链")
    firms = {
        row["单位名称"]
        for row, source in city.each("participations")
        if row["产业链"] == chain and city.known(row["起始时间"], source, as_of)
    }
    made = city.made(as_of)
    for row, product, _ in city.stage_products():
        if row["产业链"] == chain:
            firms.update(made.get(product, {}))
    at: dict[str, set[str]] = defaultdict(set)
    built: dict[str, set[str]] = defaultdict(set)
    for row in city.rows("sites"):
        if row["所在县区"] and row["单位名称"] in firms:
            at[row["所在县区"]].add(row["单位名称"])
    parks = defaultdict(set)
    for row in city.rows("projects"):
        if row["所在园区"]:
            parks[row["项目名称"]].add(row["所在园区"])
    where = {(row["园区名称"], row["所在县区"]) for row in city.rows("parks") if row["所在县区"]}
    for row, source in city.each("projects"):
        if chain in city.split(row["产业链"]) and city.before(city.issued(source), as_of):
            for park, place in where:
                if park in parks[row["项目名称"]]:
                    built[place].add(row["项目名称"])
    return {"chain": chain}, {
        (place, Decimal(len(at[place])), Decimal(len(built[place]))) for place in {*at, *built}
    }


@expects("graded-firms")
def graded_firms(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    homes = defaultdict(set)
    for row in city.rows("participations"):
        homes[row["单位名称"]].add((row["产业链"], row["环节"] or None))
    stages = defaultdict(set)
    for row, product, _ in city.stage_products():
        stages[product].add((row["产业链"], row["环节"]))
    for row in city.rows("production"):
        homes[row["单位名称"]].update(stages[row["产品"]])
    rows: Rows = set()
    for row, source in city.each("grades"):
        until = row["有效期至"]
        if not city.known(row["认定时间"], source, as_of) or (until and until < as_of[: len(until)]):
            continue
        for chain, stage in homes[row["单位名称"]] or {(None, None)}:
            head = (row["单位名称"], city.word("grade", row["资质"]), row["认定时间"] or None, until or None)
            rows.add((*head, chain, stage, source))
    return {}, rows


def figures(city: City) -> Iterator[tuple[dict[str, object], str]]:
    """Every figure once a source, its cells as answers show them."""
    for row, source in city.each("indicators"):
        yield (
            {
                "about": row["对象"],
                "indicator": row["指标"],
                "period": row["期间"] or None,
                "kind": city.word("value-kind", row["性质"]),
                "qualifier": city.word("qualifier", row["限定词"]),
                "value": number(row["数值"]),
                "unit": city.word("unit", row["单位"]),
                "issued": city.issued(source) or None,
            },
            source,
        )


def pick(figure: dict[str, object], *names: str) -> tuple[object, ...]:
    return tuple(figure[name] for name in names)


@expects("indicator-values")
def indicator_values(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    columns = ("about", "indicator", "period", "kind", "qualifier", "value", "unit", "issued")
    return {}, {
        (*pick(figure, *columns), source)
        for figure, source in figures(city)
        if city.before(city.issued(source), as_of)
    }


@expects("project-admission")
def project_admission(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    projects = {row["项目名称"] for row in city.rows("projects")}
    counts: dict[str, int] = defaultdict(int)
    for figure, _ in figures(city):
        if figure["about"] in projects:
            counts[str(figure["about"])] += 1
    project = min(counts, key=lambda name: (-counts[name], name))
    parks = {
        row["所在园区"] for row in city.rows("projects") if row["项目名称"] == project and row["所在园区"]
    }
    rows: Rows = set()
    for park in parks or {None}:
        levels = {
            city.word("park-level", r["级别"])
            for r in city.rows("parks")
            if r["园区名称"] == park and r["级别"]
        }
        for level in levels or {None}:
            for figure, source in figures(city):
                if figure["about"] == project and city.before(city.issued(source), as_of):
                    cells = pick(figure, "indicator", "period", "kind", "value", "unit", "issued")
                    rows.add((project, park, level, *cells, source))
    return {"project": project}, rows


@expects("cross-chain-products")
def cross_chain_products(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    chains = defaultdict(set)
    for row, product, _ in city.stage_products():
        chains[product].add(row["产业链"])
    return {}, {
        (product, row["产业链"], row["环节"], city.word("chain-position", row["位置"]), source)
        for row, product, source in city.stage_products()
        if len(chains[product]) > 1
    }


@expects("cross-chain-firms")
def cross_chain_firms(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    found = [
        (row, source)
        for row, source in city.each("participations")
        if city.known(row["起始时间"], source, as_of)
    ]
    chains = defaultdict(set)
    for row, _ in found:
        chains[row["单位名称"]].add(row["产业链"])
    return {}, {
        (
            row["单位名称"],
            row["产业链"],
            city.word("role", row["角色"]),
            city.dated(row["起始时间"], source),
            source,
        )
        for row, source in found
        if len(chains[row["单位名称"]]) > 1
    }


@expects("statement-sources")
def statement_sources(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    # What is said about a mechanism stands in one ledger only, so the whole answer can be written down.
    name = city.busiest("mechanisms", "名称")
    titles = {row["来源编号"]: row for row in city.rows("sources")}
    rows: Rows = set()
    for row, source in city.each("mechanisms"):
        if row["名称"] != name:
            continue
        said = {("prefLabel", name), ("机制类型", row["类型"]), ("description", row["内容"])}
        said |= {("altLabel", alias) for alias in city.split(row["别名"])}
        if row["起始时间"]:
            said.add(("起始时间", row["起始时间"]))
        document = titles[source]
        tail = (
            city.word("evidence-level", document["证据等级"]),
            document["发布日期"] or None,
            document["标题"],
            source,
        )
        rows.update(("工作机制", name, *pair, *tail) for pair in said)
    return {"thing": name}, rows


@expects("open-issues")
def open_issues(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    assert not (city.folder / "issues.csv").exists(), "there are issues now: expect them here"
    return {}, set()


@expects("policies")
def policies(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    return {}, {
        (
            row["标题"],
            row["发文单位"] or None,
            row["文号"] or None,
            city.dated(row["发文时间"], source),
            row["内容"] or None,
            source,
        )
        for row, source in city.each("policies")
        if city.known(row["发文时间"], source, as_of)
    }


@expects("mechanisms")
def mechanisms(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    return {}, {
        (row["名称"], row["类型"], row["内容"] or None, row["起始时间"] or None, source)
        for row, source in city.each("mechanisms")
    }


@expects("chain-changes")
def chain_changes(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    chain, since = city.busiest("stages", "产业链"), "2023-12-31"
    products = {product for row, product, _ in city.stage_products() if row["产业链"] == chain}
    projects = {row["项目名称"] for row in city.rows("projects") if chain in city.split(row["产业链"])}
    rows: Rows = set()
    for row, source in city.each("participations"):
        if row["产业链"] == chain:
            state = city.word("role", row["角色"])
            rows.add(("链上参与", row["单位名称"], None, state, row["起始时间"], source))
    for row, source in city.each("production"):
        if row["产品"] in products:
            state = city.word("production-status", row["状态"])
            rows.add(("生产能力", row["单位名称"], row["产品"], state, row["时点"], source))
    for row, source in city.each("project_events"):
        if row["项目名称"] in projects and row["性质"] == "实际":
            rows.add(
                (
                    "阶段事件",
                    row["项目名称"],
                    None,
                    city.word("project-stage", row["阶段"]),
                    row["时间"],
                    source,
                )
            )
    kept = {row for row in rows if row[4] and city.before(str(row[4]), as_of)}
    return {"chain": chain}, {row for row in kept if str(row[4]) > since[: len(str(row[4]))]}


def productions(
    city: City, as_of: str, column: str, value: str
) -> Iterator[tuple[dict[str, str], tuple[object, ...]]]:
    for row, source in city.each("production"):
        if row[column] == value and city.known(row["时点"], source, as_of):
            yield row, (
                city.word("production-status", row["状态"]), number(row["产能"]), city.word("unit", row["单位"]),
                city.word("qualifier", row["限定词"]), row["所属项目"] or None, city.dated(row["时点"], source), source,
            )  # fmt: skip


@expects("product-makers")
def product_makers(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    product = city.busiest("production", "产品")
    found = productions(city, as_of, "产品", product)
    return {"product": product}, {(r["单位名称"], city.locality(r["单位名称"]), *cells) for r, cells in found}


@expects("firm-products")
def firm_products(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    firm = city.busiest("production", "单位名称")
    return {"firm": firm}, {(r["产品"], *cells) for r, cells in productions(city, as_of, "单位名称", firm)}


@expects("source-figures")
def source_figures(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    document = city.busiest("indicators", "来源")
    columns = ("about", "indicator", "period", "kind", "qualifier", "value", "unit")
    return {"source": document}, {pick(f, *columns) for f, source in figures(city) if source == document}


@expects("conflicting-figures")
def conflicting_figures(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    values = defaultdict(set)
    same = ("about", "indicator", "period", "kind", "unit")
    for figure, _ in figures(city):
        if figure["period"]:
            values[pick(figure, *same)].add(figure["value"])
    return {}, {
        (*pick(figure, "about", "indicator", "period", "kind", "value", "unit", "issued"), source)
        for figure, source in figures(city)
        if len(values[pick(figure, *same)]) > 1
    }


@expects("identity-judgements")
def identity_judgements(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    return {}, {
        (row["对象"], city.word("identity-relation", row["关系"]), row["另一对象"], row["理由"], source)
        for row, source in city.each("judgements")
    }


@expects("plan-lists")
def plan_lists(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    return {}, {
        (row["年度"], row["清单名称"], row["项目名称"], owner, source)
        for row, source in city.each("plan_listings")
        for owner in project_owners(city, row["项目名称"])
    }


@expects("evidence-levels")
def evidence_levels(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    level = {row["来源编号"]: city.word("evidence-level", row["证据等级"]) for row in city.rows("sources")}
    # Two rows that differ in nothing that names a fact are one fact: these columns name it.
    naming = {
        "participations": ("单位名称", "产业链", "环节", "角色"),
        "production": ("单位名称", "产品", "状态", "时点"),
        "supply": ("供应方", "采购方", "产品", "供应类型", "时点"),
        "ownership": ("出资方", "被投资方", "时点"),
        "grades": ("单位名称", "资质"),
        "project_events": ("项目名称", "阶段", "时间", "性质"),
        "plan_listings": ("项目名称", "清单名称", "年度"),
        "indicators": ("对象", "对象类型", "指标", "期间", "单位", "性质"),
        "judgements": ("对象", "对象类型", "关系", "另一对象"),
    }
    facts = {
        (ledger, source, *(row[column] for column in columns))
        for ledger, columns in naming.items()
        for row, source in city.each(ledger)
    }
    rows: Rows = set()
    for name in set(level.values()):
        documents = sum(found == name for found in level.values())
        rows.add((name, Decimal(documents), Decimal(sum(level[fact[1]] == name for fact in facts))))
    return {}, rows


@expects("written-findings")
def written_findings(city: City, as_of: str) -> tuple[dict[str, str], Rows]:
    # Nothing has been written here; tests/analysis/test_results.py asks a store in which it has.
    return {}, set()


CATALOGUE = Catalogue.load()
# What may come back empty on the shipped city, and why.
EMPTY = {
    "open-issues": "no issues ledger",
    "written-findings": "no analysis has been written",
    "shared-suppliers": "no recorded supplier of two anchor firms",
}


def test_every_question_has_an_expectation() -> None:
    assert set(EXPECTATIONS) == set(CATALOGUE.queries)


@pytest.mark.parametrize("name", list(CATALOGUE.queries))
@pytest.mark.parametrize("as_of", [None, "2022-06"])
def test_answer(name: str, as_of: str | None, city: City, store: Store, index: NameIndex) -> None:
    day = {"2022-06": "2022-06-30", None: city.newest}[as_of]
    args, expected = EXPECTATIONS[name](city, day)
    result = run(store, CATALOGUE.get(name), args, "zh", as_of, index=index)
    got = [tuple(plain(cell) for cell in row) for row in result.rows]
    assert len(got) == len(set(got)), "rows repeat"
    assert set(got) == expected
    assert result.as_of in (None, day)
    if as_of is None and name not in EMPTY:
        assert got, "the question shows nothing: ask about something else"
