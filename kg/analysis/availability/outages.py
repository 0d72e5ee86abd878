"""What a stop takes away, told plant by plant."""

from __future__ import annotations

from dataclasses import dataclass

from kg.network.facts import Route


@dataclass(frozen=True, slots=True)
class Outage:
    """A plant that ran and does not run any more.

    Attributes
    ----------
    organization, product
        The plant.
    inputs
        The inputs it has lost, on all its routes; empty where the stop meets the plant itself.
    path
        The shortest chain of products from one that the stop meets to this one, both included.
    routes
        The routes along the path: ``routes[i]`` leads to a later product of it.
    assumed
        Whether the plant's route is not on record, and the nearest one was taken for it.
    """

    organization: str
    product: str
    inputs: tuple[str, ...]
    path: tuple[str, ...]
    routes: tuple[Route, ...]
    assumed: bool


@dataclass(frozen=True, slots=True)
class Spared:
    """A plant that has lost ``inputs`` of one route and runs on by ``routes``; ``assumed`` as for an outage."""

    organization: str
    product: str
    inputs: tuple[str, ...]
    routes: tuple[Route, ...]
    assumed: bool


@dataclass(frozen=True, slots=True)
class Fall:
    """What a stop takes away: products no longer available, plants that stand still, and plants that run on."""

    lost: frozenset[str]
    outages: tuple[Outage, ...]
    spared: tuple[Spared, ...]
