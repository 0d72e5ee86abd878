"""Phrases about the things of a network: names, makers and lists, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from kg.amounts import in_unit, plain_number
from kg.analysis.demand import Need
from kg.analysis.presence import Maker
from kg.labels import label
from kg.messages import Language, text
from kg.network.facts import Network

# How many names a sentence holds before it says "and others".
_NAMED: Final = 4


@dataclass(frozen=True, slots=True)
class Phrases:
    """Speaks about the things of one network in one language."""

    network: Network
    lang: Language

    def say(self, key: str, **params: object) -> str:
        """Return the text of a key."""
        return text(key, self.lang, **params)

    def name(self, iri: str) -> str:
        """Return the name of a thing."""
        return self.network.thing(iri).label(self.lang)

    def names(self, iris: Iterable[str]) -> tuple[str, ...]:
        """Return the names of things, each once, in the order given."""
        return tuple(dict.fromkeys(self.name(iri) for iri in iris))

    def listed(self, names: Iterable[str], *, products: bool = False) -> str:
        """Return names of firms, or of products, as a list inside a sentence; a long one is cut, and its length told."""
        every = tuple(dict.fromkeys(names))
        joined = self.say("phrase.separator").join(every[:_NAMED])
        if len(every) <= _NAMED:
            return joined
        key = "phrase.and_more_products" if products else "phrase.and_more"
        return self.say(key, names=joined, count=len(every))

    def sentences(self, parts: Sequence[str]) -> str:
        """Return sentences one after another."""
        return self.say("phrase.sentence").join(parts)

    def maker(self, maker: Maker, of: str = "") -> str:
        """Return a maker with its capacity as written and how far it is; and with its product where that is not ``of``."""
        details = [self.name(maker.product)] if of and maker.product != of else []
        if maker.written is not None:
            number, unit = maker.written
            details.append(in_unit(plain_number(number), unit, self.lang))
        if maker.basis == "supply":
            details.append(self.say("phrase.delivers"))
        elif maker.basis == "project":
            known = maker.status and label(f"scheme:project-stage/{maker.status}", self.lang)
            details.append(known or self.say("phrase.no_stage"))
        else:
            details.append(label(f"scheme:production-status/{maker.status}", self.lang))
        if maker.project and maker.project != maker.organization:
            details.append(self.say("phrase.project", name=self.name(maker.project)))
        return self.say(
            "phrase.maker",
            name=self.name(maker.organization),
            details=self.say("phrase.details").join(details),
        )

    def makers(self, makers: Iterable[Maker], of: str = "") -> tuple[str, ...]:
        """Return makers, one text each; with their products where those are not ``of``."""
        return tuple(dict.fromkeys(self.maker(maker, of) for maker in makers))

    def makers_named(self, makers: Iterable[Maker]) -> str:
        """Return the makers' names as a list inside a sentence."""
        return self.listed(self.name(maker.organization) for maker in makers)

    def users(self, needs: Iterable[Need]) -> tuple[str, ...]:
        """Return who needs a product and for what, one text each."""
        return tuple(
            dict.fromkeys(
                self.say(
                    "phrase.uses_for" if need.basis == "current" else "phrase.will_use_for",
                    name=self.name(user.organization),
                    output=self.name(need.output),
                )
                for need in needs
                for user in need.users
            )
        )
