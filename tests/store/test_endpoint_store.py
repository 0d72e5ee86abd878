"""The same calls against a real SPARQL server on the loopback, and against servers that misbehave."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from kg.errors import QueryError, QueryRefused, QueryTimeout, StoreError
from kg.store import Literal, NamedNode, Quad, Store, memory_store, open_store

OXIGRAPH = Path(sys.executable).with_name("oxigraph")
LABEL = "http://www.w3.org/2004/02/skos/core#prefLabel"
GRAPHS = ("https://example.org/a", "https://example.org/b")


def facts() -> list[Quad]:
    return [
        Quad(
            NamedNode(f"https://example.org/id/物{i}"),
            NamedNode(LABEL),
            Literal(f'物 "{i}"\n', language="zh"),
            NamedNode(GRAPHS[i % 2]),
        )
        for i in range(60)
    ]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """URL of a running Oxigraph server with a time limit of two seconds, empty."""
    port = free_port()
    process = subprocess.Popen(
        [str(OXIGRAPH), "serve", "--bind", f"127.0.0.1:{port}", "--timeout-s", "2"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/query"
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def endpoint(server: str) -> Store:
    store = open_store(server, writable=True)
    store.rebuild(facts(), {})
    return store


def test_reads_like_a_local_store(endpoint: Store) -> None:
    local = memory_store(facts())
    assert endpoint.size() == local.size() == 60
    assert endpoint.graphs() == local.graphs() == GRAPHS
    assert sorted(map(str, endpoint.quads())) == sorted(map(str, local.quads()))
    assert sorted(map(str, endpoint.quads(GRAPHS[1]))) == sorted(map(str, local.quads(GRAPHS[1])))
    select = f"SELECT ?s ?n ?none WHERE {{ ?s <{LABEL}> ?n }} ORDER BY ?s"
    assert endpoint.select(select) == local.select(select)
    ask = "ASK { GRAPH <https://example.org/a> { ?s ?p ?o } }"
    assert endpoint.ask(ask) is local.ask(ask) is True
    construct = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
    assert endpoint.construct(construct) == local.construct(construct)
    assert dict(endpoint.files()) == {}


def test_dumps_the_same_bytes(endpoint: Store, tmp_path: Path) -> None:
    endpoint.dump(tmp_path / "remote", "trig")
    memory_store(facts()).dump(tmp_path / "local", "trig")
    assert (tmp_path / "remote").read_bytes() == (tmp_path / "local").read_bytes()


def test_backup_brings_it_home(endpoint: Store, tmp_path: Path) -> None:
    endpoint.backup(tmp_path / "home")
    with open_store(tmp_path / "home") as home:
        assert sorted(map(str, home.quads())) == sorted(map(str, facts()))


def test_dataset_is_loaded_from_it(endpoint: Store) -> None:
    query = f"SELECT ?n WHERE {{ ?s <{LABEL}> ?n }}"
    rows = {str(row[0]) for row in endpoint.dataset().query(query)}
    assert rows == {str(row[0]) for row in endpoint.select(query).values()}


def test_replace_and_drop(endpoint: Store) -> None:
    new = Quad(NamedNode("a:b"), NamedNode(LABEL), Literal("新"), NamedNode(GRAPHS[0]))
    endpoint.replace({GRAPHS[0]: [new]}, drop=[GRAPHS[1]])
    assert endpoint.quads() == [new]


def test_writing_must_be_asked_for(server: str) -> None:
    with pytest.raises(StoreError) as caught:
        open_store(server).replace({GRAPHS[0]: []})
    assert caught.value.key == "store.read_only"
    with pytest.raises(StoreError) as caught:
        open_store(server, writable=True).replace({}, files={"a.csv": b""})
    assert caught.value.key == "store.endpoint_files"


def test_syntax_errors_have_a_place(endpoint: Store) -> None:
    with pytest.raises(QueryError) as caught:
        endpoint.select("SELECT *\n{ ?s ?p ")
    assert (caught.value.line, caught.value.key) == (2, "query.syntax_end")


def test_refusals_never_reach_the_server(endpoint: Store) -> None:
    for text in ("SELECT * { SERVICE <http://127.0.0.1:9/> {} }", "CLEAR ALL"):
        with pytest.raises(QueryRefused):
            endpoint.select(text)
    assert endpoint.size() == 60


RUNAWAY = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"?a{i} ?b{i} ?c{i} ." for i in range(8)) + " }"


def test_a_slow_answer_is_given_up(endpoint: Store) -> None:
    with pytest.raises(QueryTimeout) as caught:
        endpoint.select(RUNAWAY, timeout=0.5)
    assert caught.value.params["seconds"] == "0.5"


@pytest.fixture
def misbehaving() -> Iterator[Callable[[int, bytes, dict[str, str]], str]]:
    """Start servers that give one fixed answer."""
    servers: list[tuple[ThreadingHTTPServer, threading.Thread]] = []

    def start(code: int, body: bytes, headers: dict[str, str]) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"] or 0))
                self.send_response(code)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}/sparql"

    yield start
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


TRUNCATED = b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"uri","value":"a:b"}},'


def test_a_truncated_answer_with_status_200(misbehaving: Callable[[int, bytes, dict[str, str]], str]) -> None:
    cancelled = TRUNCATED + b"The SPARQL operation has been cancelled"
    with pytest.raises(QueryTimeout):
        open_store(misbehaving(200, cancelled, {})).select("SELECT ?s {}", timeout=9)
    for body in (TRUNCATED, b"", b"<html>login</html>"):
        with pytest.raises(StoreError) as caught:
            open_store(misbehaving(200, body, {})).select("SELECT ?s {}")
        assert caught.value.key == "store.answer"


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:text/plain,x", "http://127.0.0.1:9/"]
)
def test_redirects_are_reported_and_not_followed(
    target: str, misbehaving: Callable[[int, bytes, dict[str, str]], str]
) -> None:
    with pytest.raises(StoreError) as caught:
        open_store(misbehaving(302, b"", {"Location": target})).select("SELECT ?s {}")
    assert caught.value.key == "store.redirect"
    assert caught.value.params["target"] == target


def test_server_errors_are_reported(misbehaving: Callable[[int, bytes, dict[str, str]], str]) -> None:
    with pytest.raises(StoreError) as caught:
        open_store(misbehaving(500, b"disk full\nstack trace", {})).ask("ASK {}")
    assert caught.value.params["code"] == 500
    assert caught.value.params["reason"] == "disk full"
    with pytest.raises(QueryTimeout):
        open_store(misbehaving(503, b"busy", {})).ask("ASK {}", timeout=3)


def test_nobody_there() -> None:
    with pytest.raises(StoreError) as caught:
        open_store(f"http://127.0.0.1:{free_port()}/").size()
    assert caught.value.key == "store.unreachable"


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.org/", "javascript://x"])
def test_only_http_addresses(url: str) -> None:
    with pytest.raises(StoreError) as caught:
        open_store(url)
    assert caught.value.key == "store.scheme"
