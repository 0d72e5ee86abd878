"""The reason of a finding in words: what the ledgers show as of the date, and what follows."""

from __future__ import annotations

from kg.amounts import percent, tonnes
from kg.analysis.gaps.findings import Finding
from kg.analysis.phrases import Phrases
from kg.messages import Language
from kg.network.facts import Network
from kg.network.territory import CITY


def why(finding: Finding, network: Network, lang: Language) -> str:
    """Return the reason of a finding.

    Parameters
    ----------
    finding
        One finding of :func:`kg.analysis.gaps.search.find_gaps`.
    network
        The network it was found in.
    lang
        The reader's language.
    """
    phrases = Phrases(network, lang)
    parts = _reasons(finding, phrases)
    parts += _elsewhere(finding, phrases)
    for key, known in (("why.outside", False), ("why.supplier_unplaced", None)):
        suppliers = [one for one in finding.outside if CITY.holds(network, one) is known]
        if suppliers:
            parts.append(phrases.say(key, suppliers=phrases.listed(phrases.names(suppliers))))
    if finding.pipeline:
        parts.append(
            phrases.say(
                "why.pipeline", makers=phrases.listed(phrases.makers(finding.pipeline, finding.product))
            )
        )
    if finding.wider:
        makers = phrases.listed(phrases.makers(finding.wider, finding.product))
        parts.append(phrases.say("why.wider", makers=makers))
    if finding.inferred:
        parts.append(phrases.say("why.inferred", makers=phrases.makers_named(finding.inferred)))
    return phrases.sentences(parts)


def _reasons(finding: Finding, phrases: Phrases) -> list[str]:
    related = phrases.listed(phrases.names(finding.related), products=finding.kind in ("break", "short"))
    makers = phrases.makers_named(finding.makers)
    match finding.kind:
        case "missing" | "break":
            parts = [_none(finding, phrases), *_needs(finding, phrases)]
            if finding.kind == "break":
                parts.append(_say(finding, phrases, "why.break", related=related))
            return parts
        case "weak":
            return [_weakness(finding, phrases)]
        case "latent":
            users = phrases.listed(
                phrases.name(user.organization) for need in finding.needs for user in need.users
            )
            return [_say(finding, phrases, "why.latent", makers=makers, users=users)]
        case "short":
            parts = [_say(finding, phrases, "why.short", makers=makers, related=related)]
            if finding.area and finding.citywide:
                parts.append(phrases.say("why.short_citywide"))
            return parts
        case "strong":
            return [phrases.say("why.strong", makers=makers)]
        case "blocked":
            return [
                phrases.say("why.blocked_for", related=related) if related else phrases.say("why.blocked")
            ]
        case "blank":
            total = len(phrases.network.stages[finding.chains[0]])
            covered = total - len(finding.related)
            return [phrases.say("why.blank", date=phrases.network.as_of, total=total, covered=covered)]


def _say(finding: Finding, phrases: Phrases, key: str, **params: object) -> str:
    """Say it of the city, or of the area that the finding is about."""
    params["date"] = phrases.network.as_of
    if not finding.area:
        return phrases.say(key, **params)
    return phrases.say(f"{key}_area", area=phrases.name(finding.area), **params)


def _none(finding: Finding, phrases: Phrases) -> str:
    """Nobody in the city, or nobody in the area while others in the city are on record: two things, two wordings."""
    key = "why.none_citywide" if finding.area and finding.citywide else "why.none"
    if key == "why.none":
        return _say(finding, phrases, key)
    return phrases.say(key, date=phrases.network.as_of, area=phrases.name(finding.area))


def _elsewhere(finding: Finding, phrases: Phrases) -> list[str]:
    parts = []
    for key, coming in (("why.elsewhere", False), ("why.elsewhere_coming", True)):
        own = [maker for maker in finding.elsewhere if maker.coming is coming]
        if own:
            parts.append(phrases.say(key, makers=phrases.listed(phrases.makers(own, finding.product))))
    if finding.unplaced:
        makers = phrases.listed(phrases.makers(finding.unplaced, finding.product))
        parts.append(phrases.say("why.unplaced", area=phrases.name(finding.area), makers=makers))
    return parts


def _needs(finding: Finding, phrases: Phrases) -> list[str]:
    parts = []
    for basis, key in (("current", "why.needed"), ("pipeline", "why.will_need")):
        outputs = phrases.names(need.output for need in finding.needs if need.basis == basis)
        if outputs:
            parts.append(_say(finding, phrases, key, outputs=phrases.listed(outputs, products=True)))
    through = phrases.names(product for need in finding.needs for product in need.through)
    if through:
        parts.append(phrases.say("why.through", through=phrases.listed(through, products=True)))
    if any(need.alternatives for need in finding.needs):
        parts.append(phrases.say("why.alternatives"))
    return parts


def _weakness(finding: Finding, phrases: Phrases) -> str:
    share = percent(finding.ratio) if finding.ratio is not None else ""
    if finding.coverage:
        supply, demand = finding.coverage
        return _say(
            finding,
            phrases,
            "why.weak_coverage",
            supply=tonnes(supply, phrases.lang),
            demand=tonnes(demand, phrases.lang),
            share=share,
        )
    return phrases.say("why.weak_group" if finding.quantified else "why.weak_group_presence", share=share)
