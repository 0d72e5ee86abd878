"""Networks of nothing but recipes and makers, built without ledgers: small enough to try everything on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kg.network import Network
from kg.network.facts import Input, Organization, Production, Provenance, Route, Thing

AS_OF = "2025-01-01"
SAID = Provenance(("s",), AS_OF, True, "e4")

# Output, and its inputs; a plus sign marks an input as in-unit.
Recipe = tuple[str, tuple[str, ...]]

# The worked example: crude to naphtha to olefins and benzene, and two inputs that only "and" finds.
ABS = [
    ("naphtha", ("crude",)),
    ("ethylene", ("naphtha",)),
    ("propylene", ("naphtha",)),
    ("benzene", ("naphtha",)),
    ("butadiene", ("naphtha",)),
    ("ammonia", ("gas",)),
    ("styrene", ("ethylene", "benzene")),
    ("acrylonitrile", ("propylene", "ammonia")),
    ("abs", ("acrylonitrile", "butadiene", "styrene")),
]


def recipe_network(
    recipes: Iterable[Recipe],
    makers: Iterable[tuple[str, str]],
    *,
    raw: Iterable[str] = (),
    broader: Mapping[str, tuple[str, ...]] | None = None,
    products: Iterable[str] = (),
) -> Network:
    """Return a network. The n-th recipe is route ``rn``; makers are pairs of firm and product, in production."""
    routes: dict[str, list[Route]] = {}
    for number, (output, parts) in enumerate(recipes):
        inputs = tuple(
            Input(
                part.removeprefix("+"), "in-unit" if part.startswith("+") else "required", None, ("recipe",)
            )
            for part in parts
        )
        routes.setdefault(output, []).append(Route(output, f"r{number}", inputs))
    pairs = sorted(set(makers))
    uses: dict[str, list[Route]] = {}
    for route in (route for own in routes.values() for route in own):
        for part in route.inputs:
            uses.setdefault(part.product, []).append(route)
    kinds = dict.fromkeys(sorted({*products, *uses, *routes, *(p for _, p in pairs)}), "intermediate")
    kinds |= dict.fromkeys(raw, "raw")
    firms = sorted({firm for firm, _ in pairs})
    return Network(
        as_of=AS_OF,
        city="",
        names={name: Thing(name, name, name) for name in (*kinds, *firms)},
        sources={},
        organizations={firm: Organization(firm, "Enterprise", "local", "", "", (), ()) for firm in firms},
        broader=dict(broader or {}),
        product_kinds=dict(sorted(kinds.items())),
        routes={output: tuple(own) for output, own in sorted(routes.items())},
        production=tuple(
            Production(f"{firm} {p}", firm, p, "in-production", None, "", "", "", SAID) for firm, p in pairs
        ),
        supply=(),
        ownership=(),
        chain_versions={},
        stages={},
        participations=(),
        projects={},
        grades=(),
        issues=(),
        uses={product: tuple(own) for product, own in sorted(uses.items())},
    )


def as_strategy(size: int = 6):
    """Return a hypothesis strategy of arguments for :func:`recipe_network`: cycles, self-loops and all."""
    from hypothesis import strategies as st

    names = [chr(ord("a") + i) for i in range(size)]
    one = st.sampled_from(names)
    some = st.lists(one, max_size=3, unique=True).map(tuple)
    return st.fixed_dictionaries(
        {
            "recipes": st.lists(st.tuples(one, some.filter(bool)), max_size=9),
            "makers": st.lists(st.tuples(st.sampled_from(["F", "G", "H"]), one), max_size=9),
            "raw": st.lists(one, max_size=2, unique=True),
            # Each product may stand below an earlier one, so that no product is broader than itself.
            "broader": st.dictionaries(st.sampled_from(names[1:]), st.integers(0, size), max_size=2).map(
                lambda found: {n: (names[i % names.index(n)],) for n, i in sorted(found.items())}
            ),
            "products": st.just(names),
        }
    )
