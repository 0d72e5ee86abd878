"""A query in a process of its own, which can be killed.

The engine has no timeout, and a query in it ignores signals; only the end of its process stops it. This module is both
sides: :func:`run` in the calling process, and, as a script, the worker. The worker imports nothing but the standard
library and the engine, so it starts in about a tenth of a second, and it serializes the answer itself, because the
engine's lazy results must not leave the thread that made them.
"""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

# An answer takes so many times its size when the caller unfolds it into terms.
_UNFOLDED = 8

OutcomeKind = Literal["answer", "syntax", "failure", "timeout", "killed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a query.

    Attributes
    ----------
    kind
        ``answer``; ``syntax`` (the engine does not understand the text); ``failure`` (it gave up);
        ``timeout``; ``killed`` (the process died, as it does when memory runs out).
    payload
        The serialized answer (JSON results, or N-Triples), or the engine's message.
    """

    kind: OutcomeKind
    payload: bytes


def run(
    query: str,
    *,
    database: Path | None,
    nquads: bytes = b"",
    timeout: float,
    memory: int | None = None,
    union: bool = True,
) -> Outcome:
    """Answer ``query`` in a fresh process, or kill the process.

    Parameters
    ----------
    query
        Text of a query that was admitted.
    database
        Folder of an Oxigraph database that nobody writes; None to query ``nquads`` instead.
    nquads
        The data, for stores that live in memory.
    timeout
        Seconds, start of the process included.
    memory
        Bytes of address space the worker may use; None for no limit.
    union
        Whether the query's default graph is the union of all graphs.
    """
    order = {
        "query": query,
        "database": None if database is None else str(database),
        "memory": memory,
        "union": union,
        "seconds": math.ceil(timeout) + 1,
    }
    head = json.dumps(order).encode() + b"\n"
    # By path and isolated (-I): the worker must not depend on how the program was started.
    command = [sys.executable, "-I", str(Path(__file__).resolve())]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        try:
            answer, _ = process.communicate(head + nquads, timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            return Outcome("timeout", b"")
        except BaseException:
            process.kill()
            raise
    kind, separator, payload = answer.partition(b"\n")
    if process.returncode != 0 or not separator:
        return Outcome("killed", b"")
    return Outcome(kind.decode(), payload)  # type: ignore[arg-type]


def _answer(order: dict[str, object], data: bytes) -> tuple[str, bytes]:
    import pyoxigraph

    database = order["database"]
    try:
        if isinstance(database, str):
            store = pyoxigraph.Store.read_only(database)
        else:
            store = pyoxigraph.Store()
            store.load(data, format=pyoxigraph.RdfFormat.N_QUADS)
        results = store.query(str(order["query"]), use_default_graph_as_union=bool(order["union"]))
        if isinstance(results, pyoxigraph.QueryTriples):
            payload = results.serialize(format=pyoxigraph.RdfFormat.N_TRIPLES)
        else:
            payload = results.serialize(format=pyoxigraph.QueryResultsFormat.JSON)
    except SyntaxError as error:
        return "syntax", str(error).encode()
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever the engine says is handed to the caller
        return "failure", str(error).encode()
    return "answer", payload or b""


def _limit(memory: int | None, seconds: int) -> None:
    """Bound this process as far as the system can: Windows knows neither limit, and there only the caller ends it."""
    # Should the caller be killed, nobody is left to stop a query that ignores signals; the system's own clock does.
    if hasattr(signal, "alarm"):
        signal.alarm(seconds)
    if memory is not None:
        try:
            import resource
        except ImportError:
            return
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        limit = memory if most == resource.RLIM_INFINITY else min(memory, most)
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _main() -> None:
    order = json.loads(sys.stdin.buffer.readline())
    _limit(order["memory"], order["seconds"])
    kind, payload = _answer(order, sys.stdin.buffer.read())
    if order["memory"] is not None and len(payload) > order["memory"] // _UNFOLDED:
        os._exit(1)
    sys.stdout.buffer.write(kind.encode() + b"\n" + payload)
    sys.stdout.buffer.flush()
    # Closing a large database takes time that nobody waits for.
    os._exit(0)


if __name__ == "__main__":
    _main()
