"""Telling keywords from the same letters elsewhere; calls to other servers are found however they are written."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import QueryRefused
from kg.store import open_store, query_kind
from kg.store.tokens import first_keyword, may_call_service, significant, tokens

CALLS = [
    "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { sErViCe <URL> { ?s ?p ?o } }",
    "SELECT * { SERVICE SILENT <URL> { ?s ?p ?o } }",
    "SELECT * { SERVICESILENT<URL>{ ?s ?p ?o } }",
    "SELECT * { SERVICE#c\n#d\nSILENT#e\n<URL>{ ?s ?p ?o } }",
    "SELECT * { FILTER(1=1)SERVICE<URL>{ ?s ?p ?o } }",
    "SELECT * { {}SERVICE<URL>{ ?s ?p ?o } }",
    "ASK { FILTER EXISTS { SERVICE <URL> { ?s ?p ?o } } }",
    "SELECT * { OPTIONAL { SERVICE <URL> { ?s ?p ?o } } }",
    "SELECT * { { SELECT * { SERVICE <URL> { ?s ?p ?o } } } }",
    "CONSTRUCT { ?s ?p ?o } WHERE { SERVICE <URL> { ?s ?p ?o } }",
    "PREFIX : <URL> SELECT * { SERVICE:x { ?s ?p ?o } }",
    "PREFIX : <URL> PREFIX SERVICE: <URL> SELECT * { SERVICE:x { ?s ?p ?o } }",
    "PREFIX : <URL> SELECT * { SERVICESILENT:x { ?s ?p ?o } }",
    "PREFIX x: <URL> SELECT * { SERVICE x: { ?s ?p ?o } }",
    'SELECT * { FILTER(1<2#>"""\n) SERVICE <URL> { ?s ?p ?o } #"""\n }',
    "SELECT * { FILTER('a'<'x>') SERVICE <URL> { ?s ?p ?o } FILTER('b'<'c') }",
    "SELECT * { VALUES ?x { UNDEF }SERVICE <URL> { ?s ?p ?o } }",
]
# Other engines decode escapes before they read, or take the target from a variable.
CALLS_ELSEWHERE = [
    "SELECT * { \\u0053ERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { S\\u0045RVICE <URL> { ?s ?p ?o } }",
    "SELECT * { SERVIC\\U00000045 <URL> { ?s ?p ?o } }",
    "SELECT * { ?s ?p trueSERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o FILTER(?s<1)SERVICE#>\n?c{ ?a ?b ?d } }",
]
HARMLESS = [
    "SELECT ?service { ?service ?p ?o }",
    "SELECT $SERVICE { $SERVICE ?p ?o }",
    "PREFIX SERVICE: <http://example.org/> SELECT * { ?s SERVICE:p ?o }",
    "PREFIX e: <http://example.org/> SELECT * { ?s e:SERVICE ?o ; e:service.x e:a.SERVICE }",
    "SELECT * { ?s <http://example.org/service/SERVICE> ?o }",
    "SELECT * { ?s ?p 'SERVICE <http://x/> {}' }",
    'SELECT * { ?s ?p """a " SERVICE <http://x/> {} "" b""" }',
    "SELECT * { ?s ?p 'it\\'s SERVICE' }",
    "SELECT * { ?s ?p '服务'@zh } # SERVICE <http://x/> {}",
    "SELECT * { ?s ?p ?o FILTER(?o < 3 && ?o > 1) }",
    "SELECT * { _:service ?p ?o }",
]


@pytest.fixture
def caught_requests() -> Iterator[tuple[str, list[str]]]:
    """A real server that counts who calls it."""
    hits: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            hits.append(self.path)
            self.send_response(500)
            self.end_headers()

        do_GET = do_POST  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", hits
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("text", CALLS)
def test_these_texts_do_call_and_are_refused(text: str, caught_requests: tuple[str, list[str]]) -> None:
    url, hits = caught_requests
    query = text.replace("URL", url)
    # First the proof that the danger is real: the bare engine does call.
    with contextlib.suppress(OSError, TypeError):
        list(pyoxigraph.Store().query(query))  # type: ignore[arg-type]
    assert hits, "the engine no longer calls for this text: is the case still needed?"
    hits.clear()
    kind = query_kind(query)
    with open_store(":memory:") as store:
        for timeout in (None, 5.0):
            with pytest.raises(QueryRefused) as caught:
                getattr(store, kind)(query, timeout)
            assert caught.value.key == "query.service"
    assert hits == []


@pytest.mark.parametrize("text", CALLS_ELSEWHERE)
def test_these_texts_are_refused_for_other_engines(text: str) -> None:
    assert may_call_service(text.replace("URL", "http://example.org/"))


@pytest.mark.parametrize("text", HARMLESS)
def test_these_texts_pass(text: str) -> None:
    assert not may_call_service(text)
    with open_store(":memory:") as store:
        assert store.select(text).rows == []


@given(st.text())
def test_tokens_joined_are_the_text(text: str) -> None:
    assert "".join(token.text for token in tokens(text)) == text


@given(st.text(alphabet="<>#'\"?a1:{}()\\ \nSERVICEsilent./"))
def test_a_lone_keyword_is_found_behind_anything_that_ends_a_token(before: str) -> None:
    # Whatever was read before, a call on a fresh line behind closed quotes is seen by the all-readings search,
    # unless the text before opened a string or comment that swallows it; then the engine swallows it as well.
    text = before + "\n} SERVICE <http://x/> { } }"
    words = [token.text.upper() for token in significant(text) if token.kind == "word"]
    if "SERVICE" in words:
        assert may_call_service(text)


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        ("", ""),
        ("SELECT * {}", "SELECT"),
        ("# SELECT\nask {}", "ASK"),
        ("BASE <http://x/> PREFIX select: <http://x/> PREFIX : <y> CONSTRUCT {} {}", "CONSTRUCT"),
        ("{ SELECT", ""),
        ("'text'", ""),
    ],
)
def test_first_keyword(text: str, keyword: str) -> None:
    assert first_keyword(text) == keyword
