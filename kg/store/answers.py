"""What an engine answers, good or bad, in the program's own terms."""

from __future__ import annotations

import re

import pyoxigraph

from kg.errors import KgError, QueryError, QueryTimeout
from kg.store.contract import Solutions
from kg.store.terms import Triple

_POSITION = re.compile(r"error at (\d+):(\d+): (?:expected )?(.*)", re.DOTALL)
_NEAR_LENGTH = 30


def parse_solutions(payload: bytes) -> Solutions:
    """Read SPARQL JSON results of a SELECT query.

    Raises
    ------
    SyntaxError, ValueError
        If the text is no such answer or is cut off.
    """
    results = pyoxigraph.parse_query_results(payload, format=pyoxigraph.QueryResultsFormat.JSON)
    if not isinstance(results, pyoxigraph.QuerySolutions):
        raise ValueError("not the answer to a SELECT query")
    variables = tuple(variable.value for variable in results.variables)
    return Solutions(variables, [tuple(solution) for solution in results])


def parse_boolean(payload: bytes) -> bool:
    """Read SPARQL JSON results of an ASK query; raises as :func:`parse_solutions` does."""
    results = pyoxigraph.parse_query_results(payload, format=pyoxigraph.QueryResultsFormat.JSON)
    if not isinstance(results, pyoxigraph.QueryBoolean):
        raise ValueError("not the answer to an ASK query")
    return bool(results)


def parse_triples(payload: bytes) -> list[Triple]:
    """Read N-Triples; the distinct triples come back sorted.

    Raises
    ------
    SyntaxError
        If the text is faulty or cut off.
    """
    quads = pyoxigraph.parse(payload, format=pyoxigraph.RdfFormat.N_TRIPLES)
    return sorted({quad.triple for quad in quads}, key=str)


def syntax_error(message: str, query: str) -> QueryError:
    """Return the error for an engine's complaint about the text of ``query``, with line and column."""
    match = _POSITION.search(message)
    if match is None:
        return QueryError("query.unreadable", reason=message.partition("\n")[0])
    line, column = int(match.group(1)), int(match.group(2))
    lines = query.split("\n")
    rest = lines[line - 1][column - 1 :].strip() if line <= len(lines) else ""
    near = rest if len(rest) <= _NEAR_LENGTH else rest[:_NEAR_LENGTH] + "…"
    reason = _reason(match.group(3))
    if reason:
        return QueryError("query.syntax_reason", line=line, column=column, near=near, reason=reason)
    return QueryError("query.syntax" if near else "query.syntax_end", line=line, column=column, near=near)


def _reason(expected: str) -> str:
    """Return the sentence among the engine's list of expected tokens, which is otherwise half the grammar."""
    for part in expected.removeprefix("one of ").split(", "):
        if " " in part and part[0].isalpha():
            return part.partition("\n")[0]
    return ""


def failure(message: object) -> KgError:
    """Return the error for a query that the engine understood and could not answer."""
    return QueryError("query.failed", reason=str(message).partition("\n")[0])


def timed_out(timeout: float) -> QueryTimeout:
    """Return the error for a query stopped after ``timeout`` seconds."""
    return QueryTimeout("query.timeout", seconds=f"{timeout:g}")


def out_of_memory() -> QueryTimeout:
    """Return the error for a query whose process died of its memory limit."""
    return QueryTimeout("query.memory")
