from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.queries import Catalogue


def test_all_questions_are_listed(run) -> None:
    done = run("query", "-f", "json", "--lang", "zh")
    rows = json.loads(done.stdout)["rows"]
    assert [row["query"] for row in rows] == [query.id for query in Catalogue.load()]
    assert all(row["question"] for row in rows)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_question_is_shown_with_its_sparql(run, lang: str) -> None:
    query = Catalogue.load().get("product-makers")
    shown = run("query", "product-makers", "--show", "--lang", lang).stdout
    assert query.question[lang] in shown
    assert "SELECT" in shown
    for parameter in query.params:
        assert f"  {parameter.name}  {parameter.title[lang]}" in shown


def test_a_question_takes_names_aliases_and_iris(run, yunxi: Path) -> None:
    answers = []
    for value in ("竹浆", "https://w3id.org/gongyue/id/product/竹浆"):
        done = run(
            "query", "product-makers", f"product={value}", "--store", yunxi, "-f", "json", "--lang", "zh"
        )
        assert done.exit_code == 0, done.output
        answers.append(json.loads(done.stdout)["rows"])
    assert answers[0] == answers[1]
    assert {row["firm"]["label"] for row in answers[0]} == {"云溪竹业集团有限公司"}
    assert answers[0][0]["firm"]["iri"].startswith("https://w3id.org/gongyue/id/")


def test_parameters_may_be_options(run, yunxi: Path) -> None:
    written = run("query", "product-makers", "product=竹浆", "--store", yunxi, "-f", "csv").stdout_bytes
    option = run("query", "product-makers", "-p", "product=竹浆", "--store", yunxi, "-f", "csv").stdout_bytes
    assert written == option


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("product-maker",), "product-makers"),
        (("product-makers", "product=竹桨"), "竹浆"),
        (("product-makers", "firm=竹浆"), "product"),
        (("product-makers", "竹浆"), "名称=值"),
        (("chain-firms",), "chain"),
    ],
)
def test_wrong_use_is_explained(run, yunxi: Path, arguments: tuple[str, ...], said: str) -> None:
    done = run("query", *arguments, "--store", yunxi, "--lang", "zh")
    assert done.exit_code == 2, done.output
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_sparql_from_argument_file_and_standard_input(run, yunxi: Path, tmp_path: Path) -> None:
    text = "SELECT (COUNT(*) AS ?n) WHERE { ?s a <https://w3id.org/gongyue/ontology#Product> }"
    file = tmp_path / "count.rq"
    file.write_text("\ufeff" + text, encoding="utf-8")
    outputs = {
        run("sparql", text, "--store", yunxi, "-f", "json").stdout,
        run("sparql", "--file", file, "--store", yunxi, "-f", "json").stdout,
        run("sparql", "-", "--store", yunxi, "-f", "json", stdin=text.encode()).stdout,
    }
    assert len(outputs) == 1
    assert json.loads(outputs.pop())["rows"] == [{"n": 15}]


def test_sparql_answers_of_every_kind_are_tables(run, yunxi: Path) -> None:
    ask = json.loads(run("sparql", "ASK { ?s ?p ?o }", "--store", yunxi, "-f", "json").stdout)
    assert ask["rows"] == [{"answer": True}]
    made = "CONSTRUCT { ?s a ?c } WHERE { ?s a ?c . FILTER(?c = <https://w3id.org/gongyue/ontology#Chain>) }"
    triples = json.loads(run("sparql", made, "--store", yunxi, "-f", "json").stdout)["rows"]
    assert len(triples) == 2
    assert list(triples[0]) == ["subject", "predicate", "object"]


def test_long_answers_are_cut_and_say_so(run, yunxi: Path) -> None:
    done = run(
        "sparql", "SELECT * WHERE { ?s ?p ?o }", "--store", yunxi, "-f", "json", env={"KG_ROW_LIMIT": "3"}
    )
    document = json.loads(done.stdout)
    assert len(document["rows"]) == 3
    assert "KG_ROW_LIMIT" in document["notes"][0]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("SELECT ?s WHERE { ?s ?p }",), 2, "line 1, column"),
        (("SELECT * WHERE {\n ?s ?p ?o\n",), 2, "line"),
        (("INSERT DATA { <a:b> <a:b> <a:b> }",), 2, "INSERT"),
        (("SELECT * WHERE { SERVICE <http://example.org/> { ?s ?p ?o } }",), 2, "SERVICE"),
        ((), 2, "Give one query"),
        (("ASK {}", "--file", "x.rq"), 2, "Give one query"),
        (("--file", "nowhere.rq"), 3, "nowhere.rq"),
        (("ASK {}", "--timeout", "0"), 2, "above 0"),
        (("ASK {}", "--timeout", "soon"), 2, "above 0"),
    ],
)
def test_faulty_queries_are_one_line(
    run, yunxi: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    done = run("sparql", *arguments, "--store", yunxi, "--lang", "en")
    assert done.exit_code == code, done.output
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_query_file_that_is_no_text_is_refused(run, yunxi: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.rq").write_bytes("SELECT 产品".encode("gb18030"))
    done = run("sparql", "--file", tmp_path / "bad.rq", "--store", yunxi, "--lang", "en")
    assert done.exit_code == 3
    assert "not UTF-8" in done.stderr


def test_a_late_query_is_stopped(run, city: Path) -> None:
    slow = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f }"
    done = run("sparql", slow, "--store", city, "--timeout", "0.5", "--lang", "en")
    assert done.exit_code == 2
    assert "stopped after 0.5 seconds" in done.stderr
