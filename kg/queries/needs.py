"""Which ledgers a question needs, and which of them are empty."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING

from kg.names import RDF_TYPE, expand
from kg.settings import data_path

if TYPE_CHECKING:
    from kg.queries.header import Query
    from kg.store import Store


def missing_ledgers(store: Store, query: Query, lang: str) -> tuple[str, ...]:
    """Return the titles of the ledgers (and columns) that ``query`` needs and ``store`` holds nothing of.

    Parameters
    ----------
    lang
        Language of the titles.
    """
    empty = [_title(need, lang) for need in query.needs if not store.ask(_probe(need))]
    return (*empty, *(texts[lang] for texts in query.absent.values()))


@lru_cache(maxsize=64)
def _description(ledger: str) -> dict:  # type: ignore[type-arg]
    path = data_path("ontology") / "ledgers" / f"{ledger}.json"
    return json.loads(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def _column(need: str) -> dict | None:  # type: ignore[type-arg]
    ledger, _, column = need.partition(".")
    if not column:
        return None
    columns: list[dict] = _description(ledger)["tableSchema"]["columns"]  # type: ignore[type-arg]
    return next(found for found in columns if found.get("name") == column)


def _probe(need: str) -> str:
    column = _column(need)
    if column is not None:
        return f"ASK {{ ?any <{expand(column['propertyUrl'])}> ?value }}"
    described = _description(need)
    if "gy:describes" in described:
        return f"ASK {{ ?any <{RDF_TYPE}> <{expand(described['gy:describes'])}> }}"
    # A ledger that only adds to things that another one names: look for what it adds to things of that kind.
    schema = described["tableSchema"]
    kind = schema["aboutUrl"].partition("{")[0].removeprefix("id")
    properties = " ".join(f"<{expand(c['propertyUrl'])}>" for c in schema["columns"] if "propertyUrl" in c)
    return f'ASK {{ VALUES ?property {{ {properties} }} ?any ?property ?value FILTER CONTAINS(STR(?any), "{kind}") }}'


def _title(need: str, lang: str) -> str:
    title = str(_description(need.partition(".")[0])["dcterms:title"][lang])
    column = _column(need)
    if column is None:
        return title
    heading = column["titles"][lang][0]
    return f"{title}（{heading}）" if lang == "zh" else f"{title} ({heading})"
