"""Dividing stocks between uses: against every corner of the feasible region, and what must hold of any plan."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analysis.balance.allocation import OBJECTIVES, Allocation, Objective, Problem, Use, allocate
from kg.analysis.balance.programme import RANKED_UP_TO

STOCKS = ("s", "t", "u")
NEAR = 1e-5


def use(name: str, taken: dict[str, object], stocks: dict[str, object], output: str = "") -> Use:
    amounts = {product: Decimal(str(amount)) for product, amount in taken.items()}
    alone = min(Decimal(str(stocks[p])) / a for p, a in amounts.items() if p in stocks)
    return Use(name, output or f"out {name}", amounts, alone)


def problem(
    uses: dict[str, dict[str, object]], stocks: dict[str, object], gaps: dict[str, object] | None = None
) -> Problem:
    made = [use(name, taken, stocks) for name, taken in uses.items()]
    taken = {product for one in made for product in one.taken}
    elsewhere = frozenset(taken - set(stocks))
    return Problem(
        made,
        {stock: Decimal(str(amount)) for stock, amount in stocks.items()},
        {product: (product,) for product in sorted(taken)},
        elsewhere,
        elsewhere,
        {f"out {name}": Decimal(str(need)) for name, need in (gaps or {}).items()},
        {f"out {name}": (f"out {name}",) for name in gaps or {}},
    )


def corners(given_: Problem, objective: Objective) -> float:
    """The best of every corner of { x, c : A x <= b, c <= x, c <= need, x, c >= 0 }, worked out one by one."""
    uses, lacking = list(given_.uses), sorted(given_.gaps)
    size = len(uses) + len(lacking)
    rows, limits = [], []
    for stock, amount in given_.stocks.items():
        rows.append([float(u.taken.get(stock, 0)) for u in uses] + [0.0] * len(lacking))
        limits.append(float(amount))
    for number, gap in enumerate(lacking):
        fill = [1.0 if k == len(uses) + number else 0.0 for k in range(size)]
        rows.append([f - (u < len(uses) and uses[u].output == gap) for u, f in enumerate(fill)])
        limits.append(0.0)
        rows.append(fill)
        limits.append(float(given_.gaps[gap]))
    matrix = np.vstack([np.array(rows), -np.eye(size)])
    bound = np.concatenate([np.array(limits), np.zeros(size)])
    weights = {
        "surplus": [sum(float(a) for p, a in u.taken.items() if p in given_.stocks) for u in uses] + [0.0] * len(lacking),
        "gaps": [0.0] * len(uses) + [1.0] * len(lacking),
        "output": [1.0] * len(uses) + [0.0] * len(lacking),
    }[objective]  # fmt: skip
    chosen = np.array(list(combinations(range(len(matrix)), size)))
    systems = matrix[chosen]
    solid = np.abs(np.linalg.det(systems)) > 1e-9
    points = np.linalg.solve(systems[solid], bound[chosen][solid][..., None])[..., 0]
    inside = (points @ matrix.T <= bound + 1e-7 * (1 + np.abs(bound))).all(axis=1)
    return float((points[inside] @ np.array(weights)).max())


amounts = st.sampled_from(["0.25", "0.5", "1", "1.1", "2", "3"])


@st.composite
def problems(draw, most: int = 3) -> Problem:
    stocks = {name: draw(st.integers(0, 90)) for name in STOCKS}
    count = draw(st.integers(1, most))
    uses = {
        f"use{k}": draw(st.dictionaries(st.sampled_from(STOCKS), amounts, min_size=1, max_size=3))
        for k in range(count)
    }
    lacking = draw(st.lists(st.sampled_from(sorted(uses)), max_size=2, unique=True))
    return problem(uses, stocks, {name: draw(st.integers(0, 40)) for name in lacking})


def reached(plan: Allocation) -> float:
    return float(plan.value)


@settings(max_examples=40, deadline=None)
@given(problems(), st.sampled_from(OBJECTIVES))
def test_the_plan_is_as_good_as_the_best_corner(given_: Problem, objective: Objective) -> None:
    assert reached(allocate(given_, objective)) == pytest.approx(
        corners(given_, objective), rel=NEAR, abs=NEAR
    )


@settings(max_examples=30, deadline=None)
@given(problems(5), st.sampled_from(OBJECTIVES))
def test_no_stock_is_overdrawn_and_every_tonne_is_accounted_for(
    given_: Problem, objective: Objective
) -> None:
    plan = allocate(given_, objective)
    for stock, there in given_.stocks.items():
        taken = sum((u.taken.get(stock, Decimal(0)) * plan.scales[u.name] for u in given_.uses), Decimal(0))
        # Exactly: amounts are decimals, and none of them is lost or made.
        assert plan.drawn.get(stock, Decimal(0)) == taken
        assert taken <= there
    for one in given_.uses:
        assert Decimal(0) <= plan.scales[one.name] <= one.alone * (1 + Decimal(str(NEAR)))
    for gap, need in given_.gaps.items():
        filled = plan.closed.get(gap, Decimal(0))
        made = sum((plan.scales[u.name] for u in given_.uses if u.output == gap), Decimal(0))
        assert filled <= need
        assert float(filled) <= float(made) + NEAR * (1 + float(made))


@settings(max_examples=20, deadline=None)
@given(problems(), st.sampled_from(OBJECTIVES), st.sampled_from(STOCKS), st.integers(1, 50))
def test_more_of_a_stock_never_lowers_what_is_reached(
    given_: Problem, objective: Objective, stock: str, more: int
) -> None:
    before = allocate(given_, objective)
    stocks = {s: float(amount) + (more if s == stock else 0) for s, amount in given_.stocks.items()}
    uses = {u.name: dict(u.taken) for u in given_.uses}
    gaps = {gap.removeprefix("out "): need for gap, need in given_.gaps.items()}
    after = allocate(problem(uses, stocks, gaps), objective)
    assert reached(after) >= reached(before) - NEAR * (1 + reached(before))
    # The gain is never more than the first tonnes of the stock would be worth.
    if stock in before.worth and more >= 1:
        gain = (reached(after) - reached(before)) / more
        assert gain <= float(before.worth[stock]) + 1e-2


@settings(max_examples=12, deadline=None)
@given(problems(4), st.sampled_from(OBJECTIVES), st.randoms(use_true_random=False))
def test_the_order_in_which_stocks_and_inputs_are_told_changes_nothing(given_, objective, random) -> None:
    stocks = list(given_.stocks.items())
    random.shuffle(stocks)
    other = Problem(
        [Use(u.name, u.output, dict(sorted(u.taken.items(), reverse=True)), u.alone) for u in given_.uses],
        dict(stocks),
        dict(sorted(given_.serving.items(), reverse=True)),
        given_.bought,
        given_.imported,
        dict(sorted(given_.gaps.items(), reverse=True)),
        given_.filling,
    )
    one, two = allocate(given_, objective), allocate(other, objective)
    for name, scale in one.scales.items():
        assert float(two.scales[name]) == pytest.approx(float(scale), rel=1e-4, abs=1e-4)


def scales(plan: Allocation) -> dict[str, float]:
    return {name: round(float(scale), 3) for name, scale in plan.scales.items()}


def test_equal_uses_are_filled_in_their_order() -> None:
    uses = {"b": {"s": 1}, "a": {"s": 1}}
    assert scales(allocate(problem(uses, {"s": 60}))) == {"b": 60, "a": 0}
    turned = problem(dict(reversed(uses.items())), {"s": 60})
    assert scales(allocate(turned)) == {"a": 60, "b": 0}
    # Either could have had it all.
    assert {name: round(float(most or 0), 3) for name, most in allocate(turned).spare.items()} == {
        "a": 60,
        "b": 60,
    }


def test_ties_go_to_gaps_then_to_fewer_imports() -> None:
    uses = {"a": {"s": 1, "x": 1}, "b": {"s": 1}, "c": {"s": 1}}
    assert scales(allocate(problem(uses, {"s": 60}))) == {"a": 0, "b": 60, "c": 0}
    assert scales(allocate(problem(uses, {"s": 60}, {"c": 20}))) == {"a": 0, "b": 40, "c": 20}
    assert scales(allocate(problem(uses, {"s": 60}, {"a": 20}))) == {"a": 20, "b": 40, "c": 0}


def test_the_scarce_input_limits_and_its_worth_is_told() -> None:
    uses = {"a": {"s": 1, "t": "0.5"}, "b": {"s": 2}}
    plan = allocate(problem(uses, {"s": 60, "t": 10}), "output")
    assert scales(plan) == {"a": 20, "b": 20}
    # A tonne of t makes two of a for which one of b is given up; a tonne of s half of b.
    assert {s: float(w) for s, w in plan.worth.items()} == {"s": 0.5, "t": 1.0}
    idle = allocate(problem(uses, {"s": 60, "t": 90}), "output")
    assert "t" not in idle.worth
    assert {s: float(w) for s, w in idle.worth.items()} == {"s": 1.0}


def chain(*, bought: frozenset[str]) -> Problem:
    """A use that takes the output of another, and another input from elsewhere."""
    return Problem(
        [
            Use("first", "p", {"s": Decimal(2)}, Decimal(30)),
            Use("second", "q", {"p": Decimal(1), "t": Decimal(1)}, Decimal(50)),
        ],
        {"s": Decimal(60), "t": Decimal(50)},
        {"s": ("s",), "t": ("t",), "p": ("p",)},
        bought,
        frozenset({"p"}),
    )


def test_what_the_plan_makes_serves_its_other_uses() -> None:
    plan = allocate(chain(bought=frozenset({"p"})))
    assert scales(plan) == {"first": 30, "second": 50}
    assert (float(plan.made["p"]), float(plan.bought["p"])) == pytest.approx((30, 20))
    alone = allocate(chain(bought=frozenset()))
    assert scales(alone) == {"first": 30, "second": 30}
    assert float(alone.made["p"]) == pytest.approx(30)


def test_a_narrower_stock_serves_both_and_is_given_away_once() -> None:
    one = Problem(
        [
            Use("wide", "w", {"pe": Decimal(1)}, Decimal(30)),
            Use("narrow", "n", {"ldpe": Decimal(1)}, Decimal(20)),
        ],
        {"pe": Decimal(10), "ldpe": Decimal(20)},
        {"pe": ("pe", "ldpe"), "ldpe": ("ldpe",)},
        gaps={"n": Decimal(15)},
        filling={"n": ("n",)},
    )
    plan = allocate(one)
    assert scales(plan) == {"wide": 15, "narrow": 15}
    assert {s: float(d) for s, d in plan.drawn.items()} == {"pe": 10, "ldpe": 20}


def test_nothing_to_divide_is_an_answer() -> None:
    assert allocate(Problem((), {}, {})).value == 0
    empty = allocate(problem({"a": {"s": 1}}, {"s": 0}))
    assert (empty.value, scales(empty)) == (0, {"a": 0})


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_amounts_of_very_different_size_are_an_answer(data) -> None:
    sizes = st.builds(
        lambda digit, power: Decimal(digit).scaleb(power), st.integers(1, 9), st.integers(-8, 8)
    )
    stocks = {name: data.draw(sizes | st.just(Decimal(0))) for name in STOCKS}
    uses = {
        f"use{k}": data.draw(st.dictionaries(st.sampled_from(STOCKS), sizes, min_size=1, max_size=3))
        for k in range(data.draw(st.integers(1, 4)))
    }
    plan = allocate(problem(uses, stocks, {"use0": data.draw(sizes)}), data.draw(st.sampled_from(OBJECTIVES)))
    assert all(plan.drawn[stock] <= stocks[stock] for stock in plan.drawn)


def test_where_the_solver_sees_no_way_on_what_it_found_stands() -> None:
    uses = {
        "use0": {"s": 1, "t": 1},
        "use1": {"t": Decimal("1e-7"), "s": 10_000},
        "use2": {"t": 1, "s": 1000},
    }
    stocks = {name: Decimal(0) for name in STOCKS} | {STOCKS[0]: Decimal(1000), STOCKS[1]: Decimal("1e-8")}
    plan = allocate(problem(uses, stocks, {"use0": Decimal(1)}), "surplus")
    assert all(plan.drawn[stock] <= stocks[stock] for stock in plan.drawn)
    assert float(plan.drawn["s"]) == pytest.approx(1000)


def test_many_uses_of_one_stock_are_divided_at_once() -> None:
    uses = {f"use{k:03}": {"s": 1} for k in range(RANKED_UP_TO + 1)}
    plan = allocate(problem(uses, {"s": 1000}))
    assert scales(plan)["use000"] == 1000
    assert float(plan.worth["s"]) == pytest.approx(1)
    assert set(plan.spare.values()) == {None}
