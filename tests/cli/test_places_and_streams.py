"""Where commands read from and print to: a folder, a SPARQL server, the environment; pipes, consoles, interrupts."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OXIGRAPH = Path(sys.executable).with_name("oxigraph")
MILL = "云溪竹业集团有限公司"

QUESTIONS: list[tuple[str, ...]] = [
    ("report", "gaps"),
    ("report", "gaps", "--chain", "竹链", "--as-of", "2024"),
    ("report", "surplus"),
    ("report", "balance"),
    ("report", "anchors"),
    ("report", "critical"),
    ("report", "conflicts", "--changes"),
    ("report", "local-supply"),
    ("report", "latent"),
    ("whatif", "stop", "云溪竹业"),
    ("whatif", "start"),
    ("analyze",),
    ("names",),
    ("check", "-q"),
    ("query", "chain-gaps", "chain=竹链"),
    ("query", "anchor-partners", "anchor=竹业集团"),
    ("sparql", "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"),
]


@pytest.fixture(scope="module")
def endpoint(yunxi: Path) -> Iterator[str]:
    """Address of a SPARQL server on the loopback that holds the made-up city."""
    from kg.store import open_store, write_nquads

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with open_store(yunxi) as store:
        quads = write_nquads(store.quads()).encode()
    address = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [str(OXIGRAPH), "serve", "--bind", f"127.0.0.1:{port}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        load = urllib.request.Request(
            f"{address}/store", quads, {"Content-Type": "application/n-quads"}, method="POST"
        )
        with urllib.request.urlopen(load) as answer:
            assert answer.status < 300
        yield f"{address}/query"
    finally:
        server.kill()
        server.wait()


# ---------------------------------------------------------------- a folder or a server


@pytest.mark.parametrize("words", QUESTIONS, ids=lambda words: "-".join(words[:2])[:24])
def test_a_server_answers_as_the_folder_does(run, yunxi: Path, endpoint: str, words: tuple[str, ...]) -> None:
    there = run(*words, "--store", endpoint, "-f", "json", "--lang", "zh")
    assert there.exit_code == 0, there.output
    here = run(*words, "--store", yunxi, "-f", "json", "--lang", "zh")
    assert there.stdout == here.stdout


def test_a_server_gives_the_same_file_and_the_same_map(
    run, yunxi: Path, endpoint: str, tmp_path: Path
) -> None:
    for place, folder in ((str(yunxi), tmp_path / "here"), (endpoint, tmp_path / "there")):
        assert run("export", "--store", place, "--out", folder / "g.nq").exit_code == 0
        assert run("view", "chain", "竹链", "--store", place, "--out", folder / "m.html").exit_code == 0
    for name in ("g.nq", "m.html"):
        assert (tmp_path / "here" / name).read_bytes() == (tmp_path / "there" / name).read_bytes()


@pytest.mark.parametrize("words", [("import", "tests/cities/yunxi", "-q"), ("undo", "-q"), ("history",)])
def test_a_server_keeps_no_ledgers_and_is_left_alone(
    run, endpoint: str, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(ROOT)
    before = run("export", "--store", endpoint, "-f", "nquads").stdout_bytes
    done = run(*words, "--store", endpoint, "--lang", "zh")
    if words != ("history",):
        assert done.exit_code in {2, 3}, done.output
        assert done.stdout == ""
        assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr
    assert run("export", "--store", endpoint, "-f", "nquads").stdout_bytes == before


# ---------------------------------------------------------------- the environment


def test_the_store_of_the_environment_gives_way_to_the_option(run, yunxi: Path, tmp_path: Path) -> None:
    asked = run("report", "gaps", "-f", "csv", env={"KG_STORE": str(yunxi)})
    assert asked.exit_code == 0
    option = run("report", "gaps", "-f", "csv", "--store", yunxi, env={"KG_STORE": str(tmp_path / "none")})
    assert option.stdout_bytes == asked.stdout_bytes
    assert run("report", "gaps", env={"KG_STORE": str(tmp_path / "none")}).exit_code == 3


@pytest.mark.parametrize(
    ("env", "options", "title"),
    [
        ({"LANG": "zh_CN.UTF-8"}, (), "产业链缺口"),
        ({"LANG": "zh_CN.UTF-8", "KG_LANG": "en"}, (), "Gaps"),
        ({"LANG": "zh_CN.UTF-8", "KG_LANG": "en"}, ("--lang", "zh"), "产业链缺口"),
        ({"LC_ALL": "zh_TW", "LANG": "en_US"}, (), "产业链缺口"),
        ({"LANG": "C"}, (), "Gaps"),
        ({"LANG": "zh_CN.UTF-8", "KG_LANG": ""}, (), "产业链缺口"),
    ],
)
def test_option_beats_variable_beats_locale(
    run, yunxi: Path, env: dict[str, str], options: tuple[str, ...], title: str
) -> None:
    done = run("report", "gaps", "--store", yunxi, *options, env=env)
    assert title in done.stdout.splitlines()[0]


@pytest.mark.parametrize(
    ("variable", "value", "kinds"),
    [
        # The bamboo chain makes 4 of its 8 products, the lithium chain none of its 2: a blank is less than the share.
        ("KG_BLANK_THRESHOLD", "0.51", {"blank": 2}),
        ("KG_BLANK_THRESHOLD", "0.5", {"blank": 1}),
        ("KG_BLANK_THRESHOLD", "0", {"blank": 0}),
        # Pulp is in one hand wholly: no share up to the whole lets it go.
        ("KG_SINGLE_GROUP_SHARE", "1", {"weak": 1}),
        # The contract for fibre is of 2025, so is the newest date.
        ("KG_PIPELINE_HORIZON_YEARS", "1", {"break": 1}),
    ],
)
def test_thresholds_of_the_environment_decide(
    run, yunxi: Path, variable: str, value: str, kinds: dict[str, int]
) -> None:
    import json

    done = run("report", "gaps", "--store", yunxi, "-f", "json", env={variable: value})
    found = [row["kind"] for row in json.loads(done.stdout)["rows"]]
    assert {kind: found.count(kind) for kind in kinds} == kinds
    assert json.loads(done.stdout)["parameters"][variable.removeprefix("KG_").lower()] == float(value)


@pytest.mark.parametrize(
    ("limit", "rows", "noted"), [("1", 1, True), ("14", 14, True), ("15", 15, False), ("16", 15, False)]
)
def test_the_row_limit_cuts_only_what_is_longer(run, yunxi: Path, limit: str, rows: int, noted: bool) -> None:
    import json

    query = "SELECT ?p WHERE { ?p a <https://w3id.org/gongyue/ontology#Product> } ORDER BY ?p"
    done = run("sparql", query, "--store", yunxi, "-f", "json", env={"KG_ROW_LIMIT": limit})
    document = json.loads(done.stdout)
    assert len(document["rows"]) == rows
    assert any("KG_ROW_LIMIT" in note for note in document["notes"]) is noted


def test_settings_tell_where_each_value_comes_from(run) -> None:
    done = run("settings", "-f", "csv", env={"KG_PPR_ALPHA": "0.25", "KG_LANG": "zh"})
    lines = done.stdout.splitlines()
    assert any(line.startswith("ppr_alpha,0.25,环境变量,0.5,KG_PPR_ALPHA") for line in lines)
    assert any(line.startswith("lang,zh,环境变量,") for line in lines)
    assert any(line.startswith("row_limit,100000,缺省,100000,") for line in lines)


# ---------------------------------------------------------------- streams of a real process


def test_a_gbk_console_reads_tables_and_errors_and_a_file_stays_utf_8(
    spawn, yunxi: Path, tmp_path: Path
) -> None:
    console = {"PYTHONIOENCODING": "gbk", "KG_LANG": "zh", "KG_STORE": str(yunxi)}
    done = spawn("whatif", "stop", "云溪竹业", env=console)
    assert done.returncode == 0
    assert f"停产推演：{MILL}" in done.stdout.decode("gb18030")
    with pytest.raises(UnicodeDecodeError):
        done.stdout.decode("utf-8")
    refused = spawn("view", "chain", "竹材", env=console)
    assert refused.returncode == 2
    assert "相近的名称有：竹材产业链" in refused.stderr.decode("gb18030")
    out = tmp_path / "表.csv"
    written = spawn("report", "gaps", "--out", out, env=console)
    assert written.stdout == b""
    assert f"已写入 {out}（7 行）。" in written.stderr.decode("gb18030")
    assert "断点" in out.read_text(encoding="utf-8-sig")


def test_a_pipe_that_closes_early_is_no_failure(yunxi: Path) -> None:
    words = [sys.executable, "-m", "kg", "export", "-f", "nquads", "--store", str(yunxi)]
    done = subprocess.run(
        ["bash", "-c", '"$@" | head -n 1; echo "${PIPESTATUS[0]}"', "bash", *words],
        cwd=ROOT,
        capture_output=True,
        timeout=60,
        check=True,
    )
    first, code = done.stdout.decode().splitlines()
    assert first.endswith(" .")
    assert (code, done.stderr) == ("0", b"")


def test_an_interrupted_import_leaves_the_old_store(yunxi: Path, tmp_path: Path) -> None:
    import shutil

    store = shutil.copytree(yunxi, tmp_path / "store")
    pipe = tmp_path / "supply.csv"
    os.mkfifo(pipe)  # nobody writes: the import waits while it reads, until the interrupt
    before = {path.name: path.read_bytes() for path in store.iterdir() if path.is_file()}
    process = subprocess.Popen(
        [sys.executable, "-m", "kg", "import", str(pipe), "--store", str(store), "--lang", "zh"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    finally:
        process.kill()
        process.wait()
    assert process.returncode in {130, 3}  # 3: a pipe is refused at once, as no file
    assert out == b""
    assert err.decode().count("\n") == 1
    assert {path.name: path.read_bytes() for path in store.iterdir() if path.is_file()} == before


def test_the_same_questions_give_the_same_bytes_whatever_the_hash_seed(yunxi: Path) -> None:
    program = (
        "import sys\nfrom click.testing import CliRunner\nfrom kg.cli import cli\n"
        f"for words in {[*QUESTIONS[::2], ('info',), ('query',), ('export',)]!r}:\n"
        f"    done = CliRunner().invoke(cli, [*words, '--lang', 'en', *(() if words == ('query',) else ('--store', {str(yunxi)!r}))])\n"
        "    assert done.exit_code == 0, (words, done.output)\n"
        "    sys.stdout.buffer.write(done.stdout_bytes)\n"
    )
    outputs = set()
    for seed in ("1", "4242"):
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        outputs.add(done.stdout)
    assert len(outputs) == 1
