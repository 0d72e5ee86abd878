"""The planner's catalogue of questions, and the engine that asks them.

>>> from kg.queries import Catalogue
>>> len(Catalogue.load()) >= 25
True
"""

from __future__ import annotations

from kg.queries.binding import bind
from kg.queries.catalogue import Catalogue
from kg.queries.header import ColumnMeaning, Parameter, Query, parse_query
from kg.queries.needs import missing_ledgers
from kg.queries.resolve import NameIndex, name_index
from kg.queries.running import AnswerColumn, Cell, Result, Thing, newest_date, run

__all__ = [
    "AnswerColumn",
    "Catalogue",
    "Cell",
    "ColumnMeaning",
    "NameIndex",
    "Parameter",
    "Query",
    "Result",
    "Thing",
    "bind",
    "missing_ledgers",
    "name_index",
    "newest_date",
    "parse_query",
    "run",
]
