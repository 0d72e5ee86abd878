"""What the city can make: the producible set, by AND over the inputs of a route and OR between routes.

A product is *made* when a maker of it, or of a narrower product, runs. A maker runs when one of its routes has every
input; a maker whose inputs are not on record, or that is only known to deliver, stands on its own. A product is
*available* when it is made, is a raw material, or can be bought. Both are one least fixpoint: it starts from what
stands on its own and adds what becomes possible, so a cycle that is fed by nothing but itself is never started. Its
makers are reported as stalled, not as lost. A plant's own recycle (an input that is its own output) is no input.

Routes are those that a maker has installed, else the nearest ones, as in :mod:`kg.analysis.demand`; an intermediate
needed in-unit is either made locally or looked through to the inputs of its own nearest route. So is a co-product that
the firm probably has beside, from a process that it runs.

The worklist counts the unmet inputs of each route, so a run takes time linear in routes and inputs [1]_. Makers of one
product by one route are one clause, whatever their number. What a stop takes away is found inside what lies downstream
of it: everything there is doubted, then derived again from what stands.

References
----------
.. [1] Dowling, W. F., Gallier, J. H. (1984). Linear-time algorithms for testing the satisfiability of propositional Horn
   formulae. Journal of Logic Programming 1(3), doi:10.1016/0743-1066(84)90014-1.
.. [2] Gupta, A., Mumick, I. S., Subrahmanian, V. S. (1993). Maintaining views incrementally. SIGMOD 1993,
   doi:10.1145/170035.170066.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import networkx as nx

from kg.analysis.availability.outages import Fall, Outage, Spared
from kg.analysis.availability.recipe_clauses import Conditions, Plant, RecipeClauses, broader_of
from kg.analysis.presence import Maker, Presence
from kg.network.facts import Route

# For a lost node its distance from the stop, the node before it, and the clause between.
_Back: TypeAlias = dict[int, tuple[int, int | None, int | None]]
# Inputs lost; the path of the loss; the routes along it, or those that are left.
_Verdict: TypeAlias = tuple[tuple[str, ...], tuple[str, ...], tuple[Route, ...]]

# Where every path of the product graph starts: what is there without any local product.
ROOT: Final = ""


@dataclass(frozen=True)
class Producible:
    """The producible set under some conditions, and what it was found from.

    Attributes
    ----------
    available
        Products that are made, bought or raw.
    running
        Plants that run, by organization and product.
    stalled
        Recorded makers that the model cannot start: inputs are absent (island), or hang on the makers themselves.
    """

    presence: Presence
    conditions: Conditions
    available: frozenset[str]
    running: frozenset[Plant]
    stalled: tuple[Maker, ...]
    makers: Mapping[Plant, Maker]
    _compiled: RecipeClauses = field(repr=False)
    _holds: frozenset[int] = field(repr=False)

    def plants_of(self, product: str) -> tuple[Plant, ...]:
        """Return the running plants whose recorded product is exactly ``product``."""
        makers = self._compiled.makers.get(product, ())
        return tuple(p for maker in makers if (p := (maker.organization, product)) in self.running)

    def lacking(self, plant: Plant) -> tuple[str, ...]:
        """Return the inputs that a plant lacks on the route that lacks the fewest."""
        clauses = self._compiled.clauses
        lists: list[list[str]] = [
            sorted({clauses.product[node] for node in clauses.bodies[number] if node not in self._holds})
            for number in self._compiled.plants[plant]
        ]
        lists.sort(key=lambda own: (len(own), own))
        return tuple(lists[0])

    def routes_of(self, plant: Plant) -> tuple[Route, ...]:
        """Return the routes by which a plant is taken to run; none where its inputs are not on record."""
        found = (self._compiled.clauses.routes[number] for number in self._compiled.plants[plant])
        return tuple(route for route in found if route is not None)

    def assumed(self, plant: Plant) -> bool:
        """Whether a plant's route is not on record, and the nearest one was taken for it."""
        return plant in self._compiled.assumed

    def graph(self) -> nx.DiGraph:
        """Return the product graph in force, from inputs to outputs.

        An edge leads from each input of each route in use to its output, and from a narrower product to the broader
        one it stands for; from :data:`ROOT` edges lead to whatever needs no other product: what is bought, raw
        materials, and products of makers whose inputs are not on record.
        """
        clauses = self._compiled.clauses
        graph = nx.DiGraph()
        graph.add_node(ROOT)
        edges: set[tuple[str, str]] = set()
        for number, head in enumerate(clauses.heads):
            body = clauses.bodies[number]
            if all(node in self._holds for node in body):
                inputs = {clauses.product[node] for node in body} or {ROOT}
                edges |= {
                    (start, clauses.product[head]) for start in inputs if start != clauses.product[head]
                }
        graph.add_edges_from(sorted(edges))
        return graph

    def traded(self) -> frozenset[str]:
        """Return the products that routes in use take from outside their plants."""
        clauses = self._compiled.clauses
        nodes = set(self._compiled.had.values())
        return frozenset(
            clauses.product[node]
            for number, body in enumerate(clauses.bodies)
            if clauses.routes[number] is not None and all(part in self._holds for part in body)
            for node in body
            if node in nodes
        )

    def gain(self, product: str) -> tuple[Plant, ...]:
        """Return the plants that could run besides if ``product`` were to be had, whoever makes it and from what.

        Only what lies downstream of it is looked at. Plants of the product itself are left out.
        """
        compiled, clauses = self._compiled, self._compiled.clauses
        given = [node for table in (compiled.had, compiled.made) if (node := table.get(product)) is not None]
        met = clauses.extend(given, self._holds)
        own = {product, *self.presence.narrower_of(product)}
        touched = {clauses.product[clauses.heads[number]] for number in met} - own
        return tuple(
            plant
            for reached in sorted(touched)
            for maker in compiled.makers.get(reached, ())
            if (plant := (maker.organization, reached)) not in self.running
            and not met.isdisjoint(compiled.plants[plant])
        )

    def fall(
        self,
        stopped: Iterable[Plant] = (),
        removed: Iterable[str] = (),
        *,
        among: Collection[Plant] | None = None,
    ) -> Fall:
        """Return what is lost when plants stop, or products are to be had nowhere.

        Parameters
        ----------
        stopped
            Plants that stand still; those that do not run anyway are passed over.
        removed
            Products that nobody makes and nobody can buy any more, with the products narrower than them. Removing a
            process (a capability) voids the routes that bear its name.
        among
            Tell only what happens to these plants; None for all.
        """
        compiled, clauses, holds = self._compiled, self._compiled.clauses, self._holds
        halted = {plant for plant in stopped if plant in self.running}
        gone = {
            narrower for product in removed for narrower in (product, *self.presence.narrower_of(product))
        }
        processes = {
            self.presence.network.thing(product).zh
            for product in gone
            if self.presence.network.product_kinds.get(product) == "process"
        }
        counts = Counter(number for plant in halted for number in compiled.plants[plant])
        void = {number for number, count in counts.items() if clauses.support[number] <= count}
        if processes:
            void |= {
                n for n, route in enumerate(clauses.routes) if route is not None and route.name in processes
            }
        blocked = {node for product in gone for node in self._nodes(product)}
        void |= {number for node in blocked for number in clauses.into[node]}
        void_heads = {clauses.heads[number] for number in void}
        lost = self._lost((blocked | void_heads) & holds, void)
        roots = blocked | {compiled.made[product] for _, product in halted} | void_heads
        return self._fall(lost, halted, gone, void, sorted(roots & lost), among)

    def _nodes(self, product: str) -> Iterator[int]:
        if product in self._compiled.had:
            yield self._compiled.had[product]
        if product in self._compiled.made:
            yield self._compiled.made[product]
        yield from self._compiled.inside.get(product, {}).values()

    def _lost(self, hit: Collection[int], void: Collection[int]) -> set[int]:
        clauses, holds = self._compiled.clauses, self._holds
        doubted = set(hit)
        todo = list(hit)
        while todo:
            for number in clauses.uses[todo.pop()]:
                head = clauses.heads[number]
                if head in holds and head not in doubted:
                    doubted.add(head)
                    todo.append(head)
        return doubted - clauses.derive(doubted, holds, void)

    def _fall(
        self,
        lost: set[int],
        halted: set[Plant],
        gone: set[str],
        void: set[int],
        roots: list[int],
        among: Collection[Plant] | None,
    ) -> Fall:
        clauses, compiled = self._compiled.clauses, self._compiled
        back = self._back(lost, roots)
        touched = {clauses.product[clauses.heads[number]] for node in lost for number in clauses.uses[node]}
        touched |= {product for _, product in halted} | gone
        touched |= {clauses.product[clauses.heads[number]] for number in void}
        outages: list[Outage] = []
        spared: list[Spared] = []
        # Plants of one product with the same routes fare alike.
        alike: dict[tuple[int, ...], tuple[bool, _Verdict]] = {}
        for plant in self._plants(touched, among):
            product = plant[1]
            if plant in halted or product in gone:
                outages.append(Outage(*plant, (), (product,), (), self.assumed(plant)))
                continue
            numbers = compiled.plants[plant]
            if numbers not in alike:
                alike[numbers] = self._verdict(numbers, product, lost, gone, void, back)
            runs, (inputs, path, routes) = alike[numbers]
            if not runs:
                outages.append(Outage(*plant, inputs, path, routes, self.assumed(plant)))
            elif path:
                spared.append(Spared(*plant, inputs, routes, self.assumed(plant)))
        unavailable = {
            clauses.product[node] for node in lost if compiled.had.get(clauses.product[node]) == node
        }
        return Fall(frozenset(unavailable), tuple(outages), tuple(spared))

    def _plants(self, products: Collection[str], among: Collection[Plant] | None) -> Iterator[Plant]:
        """The running plants of some products, by product and organization."""
        if among is None:
            for product in sorted(products):
                yield from self.plants_of(product)
        else:
            found = (plant for plant in among if plant[1] in products and plant in self.running)
            yield from sorted(found, key=lambda plant: (plant[1], plant[0]))

    def _verdict(
        self,
        numbers: tuple[int, ...],
        product: str,
        lost: set[int],
        gone: set[str],
        void: set[int],
        back: _Back,
    ) -> tuple[bool, _Verdict]:
        """Whether plants with these routes run on; the inputs lost, and the way of the loss or the routes left.

        Plants that nothing happens to have neither.
        """
        clauses = self._compiled.clauses
        met = [n for n in numbers if all(node in self._holds for node in clauses.bodies[n])]
        hit = [n for n in met if any(node in lost for node in clauses.bodies[n])]
        # A clause is void for all its plants only where its process is removed.
        unrun = [n for n in met if n in void and (r := clauses.routes[n]) and self._process_gone(r, gone)]
        standing = [n for n in met if n not in hit and n not in unrun]
        inputs = tuple(sorted({clauses.product[b] for n in hit for b in clauses.bodies[n] if b in lost}))
        if standing:
            kept = tuple(route for n in standing if (route := clauses.routes[n]) is not None)
            return True, (inputs, (product,) if hit or unrun else (), kept)
        if unrun:
            return False, ((), (product,), ())
        path, routes = self._nearest(hit, lost, back)
        return False, (inputs, path if path[-1] == product else (*path, product), routes)

    def _process_gone(self, route: Route, gone: Collection[str]) -> bool:
        network = self.presence.network
        return any(
            network.product_kinds.get(product) == "process" and network.thing(product).zh == route.name
            for product in gone
        )

    def _back(self, lost: set[int], roots: list[int]) -> _Back:
        """For each lost node its distance from the stop, the node before it and the clause between, breadth first."""
        clauses = self._compiled.clauses
        back: _Back = dict.fromkeys(roots, (0, None, None))
        todo = deque(roots)
        while todo:
            node = todo.popleft()
            for number in clauses.uses[node]:
                head = clauses.heads[number]
                if (
                    head in lost
                    and head not in back
                    and all(b in self._holds for b in clauses.bodies[number])
                ):
                    back[head] = (back[node][0] + 1, node, number)
                    todo.append(head)
        return back

    def _nearest(
        self, hit: Iterable[int], lost: set[int], back: _Back
    ) -> tuple[tuple[str, ...], tuple[Route, ...]]:
        """The shortest chain of products from the stop to an input of one of the clauses, with the routes along it."""
        clauses = self._compiled.clauses
        _, _, node, last = min(
            (back[node][0], clauses.product[node], node, number)
            for number in hit
            for node in clauses.bodies[number]
            if node in lost
        )
        products: list[str] = []
        numbers: list[int] = [last]
        step: int | None = node
        while step is not None:
            if not products or products[-1] != clauses.product[step]:
                products.append(clauses.product[step])
            _, step, number = back[step]
            if number is not None:
                numbers.append(number)
        routes = tuple(route for n in reversed(numbers) if (route := clauses.routes[n]) is not None)
        return tuple(reversed(products)), routes


def find_producible(
    presence: Presence, conditions: Conditions | None = None, *, home: Presence | None = None
) -> Producible:
    """Find what the city can make.

    Parameters
    ----------
    presence
        Who makes what.
    conditions
        What counts as available; default: the market, in which products made locally cannot be replaced.
    home
        Who makes what without the changes being tried out: what is bought in there can be bought in still. Default
        ``presence``.
    """
    terms = conditions or Conditions()
    makers = _makers(presence, terms)
    kept = set(_makers(home or presence, terms))
    kept |= {above for product in kept for above in broader_of(presence, product)}
    beside: dict[str, set[str]] = defaultdict(set)
    for product, own in presence.inferred.items():
        for maker in own:
            beside[maker.organization].add(product)
    co_products = {organization: frozenset(own) for organization, own in beside.items()}
    compiler = RecipeClauses(presence, makers, kept, terms, co_products)
    compiler.compile()
    clauses = compiler.clauses
    holds = frozenset(clauses.derive(range(len(clauses.product)), (), ()))
    running = frozenset(
        plant
        for plant, numbers in compiler.plants.items()
        if any(all(node in holds for node in clauses.bodies[number]) for number in numbers)
    )
    by_plant = {(maker.organization, product): maker for product, own in makers.items() for maker in own}
    return Producible(
        presence,
        terms,
        frozenset(product for product, node in compiler.had.items() if node in holds),
        running,
        tuple(by_plant[plant] for plant in sorted(by_plant) if plant not in running),
        by_plant,
        compiler,
        holds,
    )


def _makers(presence: Presence, conditions: Conditions) -> dict[str, tuple[Maker, ...]]:
    if not conditions.with_inferred:
        return dict(presence.makers)
    products = sorted({*presence.makers, *presence.inferred})
    return {p: (*presence.makers.get(p, ()), *presence.inferred.get(p, ())) for p in products}
