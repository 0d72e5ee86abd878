"""A store behind a SPARQL 1.1 endpoint.

Only the standard protocol is spoken, so any engine will do. One thing differs between engines: whether a query without
``GRAPH`` sees the union of the named graphs. Most do so; Oxigraph does when asked with ``union-default-graph``, which
the others ignore.

References: SPARQL 1.1 Protocol; SPARQL 1.1 Query Results JSON Format.
"""

from __future__ import annotations

import socket
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Mapping
from http.client import HTTPException
from typing import TYPE_CHECKING

from kg.errors import KgError, StoreError
from kg.store.answers import failure, parse_boolean, parse_solutions, parse_triples, syntax_error, timed_out
from kg.store.contract import QueryKind, Solutions, Store, admit
from kg.store.terms import BlankNode, Literal, NamedNode, Quad, Triple

if TYPE_CHECKING:
    from rdflib import Dataset

    from kg.store.drafts import Draft

_SCHEMES = frozenset({"http", "https"})
# Long enough for any analysis query, short enough that a dead host does not hang the program for ever.
_PATIENCE_SECONDS = 600.0
_JSON = "application/sparql-results+json"
_N_TRIPLES = "application/n-triples"
_CANCELLED = b"has been cancelled"

_GRAPHS = "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }"
_SIZE = "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }"
_QUADS = "SELECT ?s ?p ?o ?g WHERE { GRAPH ?g { ?s ?p ?o } }"


class EndpointStore(Store):
    """A store that a server answers for.

    Parameters
    ----------
    url
        Where queries are sent, ``http`` or ``https``. Updates go to the same place, or to ``…/update`` where the
        URL ends with ``/query``.
    writable
        Whether :meth:`replace` may send updates.
    """

    def __init__(self, url: str, *, writable: bool = False) -> None:
        if urllib.parse.urlsplit(url).scheme not in _SCHEMES:
            raise StoreError("store.scheme", url=url)
        self._url = url
        self._writable = writable
        # HTTP and nothing else: no ftp:, file: or data:, no proxy from the environment between the program and a
        # store that is often on the same machine, and no redirects, which would turn the POST into a GET.
        self._opener = urllib.request.OpenerDirector()
        for handler in (
            urllib.request.HTTPHandler(),
            urllib.request.HTTPSHandler(),
            urllib.request.HTTPDefaultErrorHandler(),
            urllib.request.HTTPErrorProcessor(),
        ):
            self._opener.add_handler(handler)

    @property
    def location(self) -> str:
        return self._url

    def select(self, query: str, timeout: float | None = None) -> Solutions:
        payload = self._query(query, "select", _JSON, timeout)
        try:
            return parse_solutions(payload)
        except (SyntaxError, ValueError) as error:
            raise self._unreadable(payload, timeout) from error

    def ask(self, query: str, timeout: float | None = None) -> bool:
        payload = self._query(query, "ask", _JSON, timeout)
        try:
            return parse_boolean(payload)
        except (SyntaxError, ValueError) as error:
            raise self._unreadable(payload, timeout) from error

    def construct(self, query: str, timeout: float | None = None) -> list[Triple]:
        payload = self._query(query, "construct", _N_TRIPLES, timeout)
        try:
            return parse_triples(payload)
        except (SyntaxError, ValueError) as error:
            raise self._unreadable(payload, timeout) from error

    def _query(self, query: str, kind: QueryKind, accept: str, timeout: float | None) -> bytes:
        admit(query, kind)
        form = urllib.parse.urlencode({"query": query, "union-default-graph": ""}).encode()
        headers = {"Accept": accept, "Content-Type": "application/x-www-form-urlencoded"}
        return self._send(self._url, form, headers, timeout, query)

    def _send(
        self, url: str, body: bytes, headers: Mapping[str, str], timeout: float | None, query: str
    ) -> bytes:
        request = urllib.request.Request(url, data=body, headers=dict(headers), method="POST")
        try:
            with self._opener.open(request, timeout=timeout or _PATIENCE_SECONDS) as response:
                return bytes(response.read())
        except urllib.error.HTTPError as error:
            with error:
                detail = error.read().decode("utf-8", "replace")
            if 300 <= error.code < 400:
                raise StoreError(
                    "store.redirect", url=url, target=error.headers.get("Location", "")
                ) from error
            if error.code == 400 and query:
                raise syntax_error(detail, query) from error
            if error.code in (408, 503, 504) and timeout is not None:
                raise timed_out(timeout) from error
            raise StoreError(
                "store.http", url=url, code=error.code, reason=detail.partition("\n")[0]
            ) from error
        except TimeoutError as error:
            raise timed_out(timeout or _PATIENCE_SECONDS) from error
        except urllib.error.URLError as error:
            if isinstance(error.reason, (TimeoutError, socket.timeout)):
                raise timed_out(timeout or _PATIENCE_SECONDS) from error
            raise StoreError("store.unreachable", url=url, reason=error.reason) from error
        except (OSError, HTTPException) as error:
            raise StoreError("store.unreachable", url=url, reason=error) from error

    def _unreadable(self, payload: bytes, timeout: float | None) -> KgError:
        # An Oxigraph server that runs out of time has already said "200" and then breaks off.
        if _CANCELLED in payload:
            return timed_out(timeout) if timeout is not None else failure("the server cancelled the query")
        return StoreError("store.answer", url=self._url)

    def graphs(self) -> tuple[str, ...]:
        return tuple(
            sorted(row[0].value for row in self.select(_GRAPHS).rows if isinstance(row[0], NamedNode))
        )

    def quads(self, graph: str | None = None) -> list[Quad]:
        where = _QUADS if graph is None else f"{_QUADS} VALUES ?g {{ {NamedNode(graph)} }}"
        return [Quad(*row) for row in self.select(where).rows]  # type: ignore[arg-type]

    def size(self) -> int:
        return int(str(self.select(_SIZE).values()[0][0]))

    def files(self) -> Mapping[str, bytes]:
        return {}

    def replace(
        self,
        graphs: Mapping[str, Iterable[Quad]],
        *,
        drop: Iterable[str] = (),
        files: Mapping[str, bytes] | None = None,
    ) -> None:
        if not self._writable:
            raise StoreError("store.read_only", path=self._url)
        if files:
            raise StoreError("store.endpoint_files", url=self._url)
        content = {name: list(quads) for name, quads in graphs.items()}
        operations = [f"DROP SILENT GRAPH {NamedNode(name)}" for name in sorted({*content, *drop})]
        operations += [f"INSERT DATA {{ {_graph_block(name, content[name])} }}" for name in sorted(content)]
        # One request: the standard wants its operations to be carried out together or not at all.
        self._update(" ;\n".join(operations))

    def rebuild(self, quads: Iterable[Quad], files: Mapping[str, bytes]) -> None:
        by_graph: dict[str, list[Quad]] = {}
        for quad in quads:
            if not isinstance(quad.graph_name, NamedNode):
                raise StoreError("store.default_graph", subject=str(quad.subject))
            by_graph.setdefault(quad.graph_name.value, []).append(quad)
        self.replace(by_graph, drop=self.graphs(), files=files)

    def draft(self) -> Draft:
        if not self._writable:
            raise StoreError("store.read_only", path=self._url)
        raise StoreError("store.endpoint_files", url=self._url)

    def _update(self, text: str) -> None:
        url = self._url
        if url.endswith("/query"):
            url = url.removesuffix("/query") + "/update"
        self._send(url, text.encode(), {"Content-Type": "application/sparql-update"}, None, "")

    def dataset(self) -> Dataset:
        from kg.store.bridge import dataset_of

        return dataset_of(self.quads())

    def close(self) -> None:
        self._opener.close()


def _graph_block(name: str, quads: Iterable[Quad]) -> str:
    lines = []
    for quad in quads:
        if isinstance(quad.subject, BlankNode) or not isinstance(quad.object, (NamedNode, Literal)):
            # A blank node would be another one after every write.
            raise StoreError("store.blank", subject=str(quad.subject))
        lines.append(f"{quad.subject} {quad.predicate} {quad.object} .")
    return f"GRAPH {NamedNode(name)} {{\n" + "\n".join(sorted(set(lines))) + "\n}"
