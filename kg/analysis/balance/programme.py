"""The linear programme behind an allocation: competing uses, limited stocks, solved in stages with one answer.

A use at scale x makes x tonnes of its output and takes a·x of each input. Inputs come from stocks, from what other uses of
the plan make, or are bought. The first stage maximises what was asked for, each further one another amount without giving up
anything of those before. The last ones raise the scales of the uses one after the other in their order, so that of equally
good plans there is one that is taken, whatever the solver.

References
----------
.. [1] Huangfu, Q., Hall, J. A. J. (2018). Parallelizing the dual revised simplex method. Mathematical Programming
   Computation 10, doi:10.1007/s12532-017-0130-5 (HiGHS).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import OptimizeResult, linprog

Objective = Literal["surplus", "gaps", "output"]
OBJECTIVES: Final[tuple[Objective, ...]] = ("surplus", "gaps", "output")
# Up to so many uses that compete with each other, the last stages take them one after the other; above, all at once.
RANKED_UP_TO: Final = 100
# Scales are told to so many digits: solvers know no more.
_DIGITS: Final = 7
# What one more tonne is worth is measured over this part of a stock, and over a tonne at least; where there are too many
# uses for that, it is the dual price.
_STEP: Final = 0.01
# Worths are told in so many digits.
_CENTS: Final = Decimal("1e-4")
# How much of an earlier stage's amount may be given up to rounding.
_SLACK: Final = 1e-8
# Where that is too little for amounts of very different size, more.
_SLACKS: Final = (_SLACK, 1e-6, 1e-4)
_TOLERANCE: Final = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}
# Nor is any use fed by others so many times over.
_FED: Final = 1e6
_NONE: Final = Decimal(0)
Vector: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Use:
    """One use: tonnes of each input that a tonne of ``output`` takes; ``alone`` is its largest scale by stocks alone."""

    name: str
    output: str
    taken: Mapping[str, Decimal]
    alone: Decimal


@dataclass(frozen=True)
class Problem:
    """What is to be divided.

    Attributes
    ----------
    uses
        In the order in which they are preferred where nothing else decides.
    stocks
        Tonnes of each stock.
    serving
        For each input, the stocks and the outputs that can serve as it.
    bought
        Inputs that are bought as needed.
    imported
        Those of them that it is better to do without.
    gaps
        For each product that is lacking, the tonnes that are needed of it; ``filling`` the outputs that can serve as it.
    """

    uses: Sequence[Use]
    stocks: Mapping[str, Decimal]
    serving: Mapping[str, Sequence[str]]
    bought: frozenset[str] = frozenset()
    imported: frozenset[str] = frozenset()
    gaps: Mapping[str, Decimal] = field(default_factory=dict)
    filling: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Allocation:
    """A plan, all amounts in tonnes a year.

    Attributes
    ----------
    objective
        What was maximised first.
    value
        How much of it the plan reaches.
    scales
        Output of each use.
    spare
        The largest scale of each use in any plan that reaches as much; None where it was not worked out.
    drawn
        What is taken of each stock.
    bought, made
        What is bought of each input, and what of it the plan's own outputs serve.
    closed
        What of each gap the outputs close.
    worth
        By how much one more tonne of a used-up stock would raise the value, over the next part of the stock.
    """

    objective: Objective
    value: Decimal
    scales: Mapping[str, Decimal]
    spare: Mapping[str, Decimal | None]
    drawn: Mapping[str, Decimal]
    bought: Mapping[str, Decimal]
    made: Mapping[str, Decimal]
    closed: Mapping[str, Decimal]
    worth: Mapping[str, Decimal]


class Programme:
    """The linear programme of uses that compete, every variable and row scaled to about one."""

    def __init__(self, problem: Problem, objective: Objective) -> None:
        self.problem, self.objective = problem, objective
        outputs = {use.output for use in problem.uses}
        sizes = {use.name: float(use.alone) or 1.0 for use in problem.uses}
        largest = {
            output: max(sizes[u.name] for u in problem.uses if u.output == output) for output in outputs
        }
        self.variables: list[tuple[str, str, str]] = [("scale", use.name, "") for use in problem.uses]
        scale = [sizes[use.name] for use in problem.uses]
        for product, sources in problem.serving.items():
            for source in sources:
                if source in problem.stocks:
                    self.variables.append(("draw", source, product))
                    scale.append(float(problem.stocks[source]) or 1.0)
                elif source in outputs:
                    self.variables.append(("own", source, product))
                    scale.append(largest[source])
            if product in problem.bought:
                self.variables.append(("buy", "", product))
                scale.append(sum(float(u.taken.get(product, 0)) * sizes[u.name] for u in problem.uses) or 1.0)
        for gap, fillers in problem.filling.items():
            for output in fillers:
                if output in outputs and problem.gaps[gap] > 0:
                    self.variables.append(("close", output, gap))
                    scale.append(float(problem.gaps[gap]))
        self.unit: Vector = np.array(scale)
        self.place = {variable: number for number, variable in enumerate(self.variables)}
        self.limits: list[tuple[dict[int, float], float, str]] = []
        self.balances: list[dict[int, float]] = []
        self.bounds = [(0.0, self._most(variable, outputs)) for variable in self.variables]
        self._rows(outputs)
        self.above, self.largest = self._matrix([row for row, _, _ in self.limits])
        self.limit: Vector = np.array([amount for _, amount, _ in self.limits]) / self.largest
        self.equal, _ = self._matrix(self.balances)

    def _most(self, variable: tuple[str, str, str], outputs: Collection[str]) -> float | None:
        """The largest scale of a use, in its own unit: that by stocks alone, unless other uses may feed it."""
        if variable[0] != "scale":
            return None
        use = next(use for use in self.problem.uses if use.name == variable[1])
        limited = [product for product in use.taken if product not in self.problem.bought]
        if any(source in outputs for product in limited for source in self.problem.serving[product]):
            return _FED
        return 1.0 if use.alone else 0.0

    def _rows(self, outputs: Iterable[str]) -> None:
        problem = self.problem
        for stock, amount in problem.stocks.items():
            row = {
                n: 1.0
                for n, (kind, source, _) in enumerate(self.variables)
                if (kind, source) == ("draw", stock)
            }
            self.limits.append((row, float(amount), stock))
        for output in sorted(outputs):
            row = {
                n: 1.0
                for n, (kind, source, _) in enumerate(self.variables)
                if source == output and kind in ("own", "close")
            }
            if row:
                row |= {self.place["scale", u.name, ""]: -1.0 for u in problem.uses if u.output == output}
                self.limits.append((row, 0.0, ""))
        for gap, need in problem.gaps.items():
            row = {n: 1.0 for n, (kind, _, of) in enumerate(self.variables) if (kind, of) == ("close", gap)}
            if row:
                self.limits.append((row, float(need), ""))
        for product in problem.serving:
            row = {
                n: 1.0
                for n, (kind, _, of) in enumerate(self.variables)
                if of == product and kind in ("draw", "own", "buy")
            }
            for use in problem.uses:
                if product in use.taken:
                    row[self.place["scale", use.name, ""]] = -float(use.taken[product])
            self.balances.append(row)

    def _matrix(self, rows: Sequence[Mapping[int, float]]) -> tuple[sparse.csr_array, Vector]:
        """Return rows as a matrix over the scaled variables, each divided by its largest entry, and those entries."""
        matrix = sparse.lil_array((len(rows), len(self.variables)))
        largest = np.ones(len(rows))
        for number, row in enumerate(rows):
            largest[number] = max(abs(factor) * self.unit[n] for n, factor in row.items())
            for n, factor in row.items():
                matrix[number, n] = factor * self.unit[n] / largest[number]
        return matrix.tocsr(), largest

    def plan(self) -> Allocation:
        """Solve all stages and return the plan in exact amounts."""
        kept: list[tuple[Vector, float]] = []
        point = np.zeros(len(self.variables))
        goals = dict.fromkeys((self.objective, "gaps", "surplus"))
        first: float | None = None
        for goal in goals:
            weights = self._goal(goal)
            if weights.any():
                reached, point = self._solve(weights, kept, point)
                kept.append((weights, reached))
            else:
                reached = 0.0
            if first is None:
                first, best, at_best = reached, list(kept), point
        bought = self.problem.imported & self.problem.bought
        imports = self._weights({("buy", "", product): -1.0 for product in bought})
        if imports.any():
            reached, point = self._solve(imports, kept, point)
            kept.append((imports, reached))
        point = self._ranked(kept, point)
        return self._exact(point, self._spare(best, at_best), self._worth(first or 0.0, point))

    def _goal(self, goal: Objective) -> Vector:
        kind = {"surplus": "draw", "gaps": "close", "output": "scale"}[goal]
        return self._weights({variable: 1.0 for variable in self.variables if variable[0] == kind})

    def _weights(self, amounts: Mapping[tuple[str, str, str], float]) -> Vector:
        weights = np.zeros(len(self.variables))
        for variable, amount in amounts.items():
            weights[self.place[variable]] = amount * self.unit[self.place[variable]]
        return weights

    def _ranked(self, kept: list[tuple[Vector, float]], point: Vector) -> Vector:
        uses = self.problem.uses
        if len(uses) > RANKED_UP_TO:
            ranks = np.zeros(len(self.variables))
            ranks[: len(uses)] = np.linspace(1.0, 0.5, len(uses))
            return self._solve(ranks, kept, point)[1]
        own = list(kept)
        for number in range(len(uses)):
            weights = np.zeros(len(self.variables))
            weights[number] = 1.0
            reached, point = self._solve(weights, own, point)
            own.append((weights, reached))
        return point

    def _grain(self, number: int) -> Decimal:
        """The last digit in which a variable's amounts are told."""
        return Decimal(1).scaleb(Decimal(repr(float(self.unit[number]))).adjusted() + 1 - _DIGITS)

    def _spare(self, best: list[tuple[Vector, float]], point: Vector) -> dict[str, Decimal | None]:
        uses = self.problem.uses
        if len(uses) > RANKED_UP_TO:
            return {use.name: None for use in uses}
        found: dict[str, Decimal | None] = {}
        for number, use in enumerate(uses):
            weights = np.zeros(len(self.variables))
            weights[number] = 1.0
            reached, _ = self._solve(weights, best, point)
            found[use.name] = _told(reached * self.unit[number], self._grain(number))
        return found

    def _worth(self, value: float, point: Vector) -> dict[str, Decimal]:
        found: dict[str, Decimal] = {}
        goal = self._goal(self.objective)
        if not goal.any():
            return found
        every = len(self.problem.uses) > RANKED_UP_TO
        prices = self._programme(goal, []).ineqlin.marginals * np.abs(goal).max() if every else None
        for number, (row, amount, stock) in enumerate(self.limits):
            drawn = float(sum(self.unit[n] * point[n] for n in row))
            if not stock or drawn < amount * (1 - _SLACK * 100) - _SLACK:
                continue
            if prices is not None:
                gain = -float(prices[number]) / self.largest[number]
            else:
                step = max(1.0, amount * _STEP)
                gain = (self._solve(goal, [], point, {stock: amount + step})[0] - value) / step
            found[stock] = _told(max(gain, 0.0), _CENTS)
        return found

    def _solve(
        self,
        weights: Vector,
        kept: Sequence[tuple[Vector, float]],
        known: Vector,
        more: Mapping[str, float] | None = None,
    ) -> tuple[float, Vector]:
        """Maximise one amount without giving up those kept; return how much it reaches, and the point.

        Where amounts are of so different size that the solver sees no way left, the point known already stands: it
        keeps what was kept.
        """
        found = self._programme(weights, kept, more)
        point = np.maximum(np.asarray(found.x, dtype=np.float64), 0.0) if found.status == 0 else known
        return float(weights @ point), point

    def _programme(
        self, weights: Vector, kept: Sequence[tuple[Vector, float]], more: Mapping[str, float] | None = None
    ) -> OptimizeResult:
        limit = self.limit.copy()
        for number, (_, _, stock) in enumerate(self.limits):
            if more and stock in more:
                limit[number] = more[stock] / self.largest[number]
        tops = [float(np.abs(goal).max()) for goal, _ in kept]
        rows = [sparse.csr_array(-goal / top) for (goal, _), top in zip(kept, tops, strict=True)]
        above = sparse.vstack([self.above, *rows]).tocsr()
        # With more of a stock than there is, a use may outgrow what it could be alone.
        bounds = [(0.0, None if most is None else _FED) for _, most in self.bounds] if more else self.bounds
        for slack in _SLACKS:
            floors = [
                -(reached - slack * max(abs(reached), top)) / top
                for (_, reached), top in zip(kept, tops, strict=True)
            ]
            found = linprog(
                -weights / np.abs(weights).max(),
                A_ub=above,
                b_ub=np.concatenate([limit, floors]),
                A_eq=self.equal,
                b_eq=np.zeros(len(self.balances)),
                bounds=bounds,
                method="highs-ds",
                options=_TOLERANCE,
            )
            if found.status == 0:
                break
        return found

    def _exact(
        self, point: Vector, spare: Mapping[str, Decimal | None], worth: Mapping[str, Decimal]
    ) -> Allocation:
        """Turn a point into decimals that never take more of a stock than there is."""
        problem = self.problem
        grains = {use.name: self._grain(number) for number, use in enumerate(problem.uses)}
        amount = {
            variable: _told(point[n] * self.unit[n], self._grain(n))
            for n, variable in enumerate(self.variables)
        }
        scales = {use.name: amount["scale", use.name, ""] for use in problem.uses}
        while True:
            drawn, bought, own = self._flows(scales, amount)
            over = [stock for stock, taken in drawn.items() if taken > problem.stocks[stock]]
            if not over:
                break
            for use in problem.uses:
                touched = {s for product in use.taken for s in problem.serving[product]}
                if scales[use.name] and (short := touched.intersection(over)):
                    part = min(problem.stocks[stock] / drawn[stock] for stock in short)
                    less = (scales[use.name] * part).quantize(grains[use.name], ROUND_FLOOR)
                    scales[use.name] = max(min(less, scales[use.name] - grains[use.name]), _NONE)
        made = {
            u.output: sum((scales[v.name] for v in problem.uses if v.output == u.output), _NONE)
            for u in problem.uses
        }
        closed = {
            gap: min(
                need,
                sum(
                    (min(amount[v], made[v[1]]) for v in self.variables if v[0] == "close" and v[2] == gap),
                    _NONE,
                ),
            )
            for gap, need in problem.gaps.items()
        }
        value = {"surplus": drawn, "gaps": closed, "output": scales}[self.objective]
        return Allocation(
            self.objective, sum(value.values(), _NONE), scales, spare, drawn, bought, own, closed, worth
        )

    def _flows(
        self, scales: Mapping[str, Decimal], amount: Mapping[tuple[str, str, str], Decimal]
    ) -> tuple[dict[str, Decimal], dict[str, Decimal], dict[str, Decimal]]:
        """Return what is drawn, bought and taken from the plan's own outputs at these scales."""
        problem = self.problem
        drawn = dict.fromkeys(problem.stocks, _NONE)
        bought, made = {}, {}
        for product, sources in problem.serving.items():
            left = sum((u.taken[product] * scales[u.name] for u in problem.uses if product in u.taken), _NONE)
            own = [("own", s, product) for s in sources if ("own", s, product) in self.place]
            made[product] = min(left, sum((amount[variable] for variable in own), _NONE))
            left -= made[product]
            stocks = [s for s in sources if s in problem.stocks]
            for number, stock in enumerate(stocks):
                last = number == len(stocks) - 1 and product not in problem.bought
                taken = left if last else min(left, amount["draw", stock, product])
                drawn[stock] += taken
                left -= taken
            if product in problem.bought:
                bought[product] = left
        return drawn, bought, made


def _told(amount: float, grain: Decimal) -> Decimal:
    return Decimal(repr(float(amount))).quantize(grain, ROUND_HALF_EVEN)
