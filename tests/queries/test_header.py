"""A header is read to the letter, or refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import InputError, UsageError
from kg.queries import Catalogue, parse_query

GOOD = """\
#+ id = "chain-firms"
#+ title = { zh = "链上企业", en = "Firms" }
#+ question.zh = "有哪些企业？"
#+ question.en = "Which firms?"
#+ needs = ["participations", "recipes.coefficient"]
#+ tags = ["chain"]
#+
#+ [absent.purchases]
#+ zh = "采购台账"
#+ en = "Purchases"
#+ [params.chain]
#+ type = "thing"
#+ class = ["Chain"]
#+ required = true
#+ zh = "产业链"
#+ en = "chain"
#+ [params.most]
#+ type = "integer"
#+ default = "5"
#+ zh = "上限"
#+ en = "most"
#+ [columns.firm]
#+ kind = "thing"
#+ zh = "企业"
#+ en = "firm"
#+ [columns.count]
#+ kind = "number"
#+ zh = "数量"
#+ en = "count"
# a plain comment
SELECT DISTINCT ?firm (COUNT(?x) AS ?count)
WHERE { VALUES ?chain { UNDEF } VALUES ?most { UNDEF } { SELECT ?firm ?x { ?firm ?p ?x } } } GROUP BY ?firm
"""


def test_everything_is_read() -> None:
    query = parse_query(GOOD, "01-chain-firms.rq")
    assert query.id == "chain-firms"
    assert (query.title["zh"], query.question["en"]) == ("链上企业", "Which firms?")
    chain, most = query.params
    assert (chain.name, chain.type, chain.classes, chain.required) == ("chain", "thing", ("Chain",), True)
    assert (most.name, most.type, most.default, most.required) == ("most", "integer", "5", False)
    assert [(column.name, column.kind) for column in query.columns] == [
        ("firm", "thing"),
        ("count", "number"),
    ]
    assert query.needs == ("participations", "recipes.coefficient")
    assert query.absent == {"purchases": {"zh": "采购台账", "en": "Purchases"}}
    assert query.text == GOOD


@pytest.mark.parametrize(
    ("old", "new", "row", "words"),
    [
        (GOOD, "SELECT * {}", 1, "starts with a header"),
        ("#+ id", "#+id", 1, "a space"),
        ('"chain-firms"', '"Chain Firms"', 1, "lower-case"),
        ('#+ id = "chain-firms"\n', "", 1, "id must be"),
        ('en = "Firms"', 'fr = "Firms"', 2, "zh and en"),
        ('#+ question.en = "Which firms?"\n', "", 3, "zh and en"),
        ("#+ needs = [", "#+ needs = [1, ", 5, "list of texts"),
        ("#+ tags", "#+ tag", 6, "unknown entry tag"),
        ('#+ tags = ["chain"]', "#+ tags = chain", 6, ""),
        ('type = "thing"', 'type = "firm"', 11, "unknown type"),
        ('#+ class = ["Chain"]\n', "", 11, "needs its class"),
        ('type = "integer"', 'type = "concept"', 17, "its scheme"),
        ("#+ required = true", '#+ required = "yes"', 11, "true or false"),
        ("#+ required = true", '#+ required = true\n#+ default = "x"', 11, "not both"),
        ('#+ kind = "number"', '#+ kind = "money"', 26, "unknown kind"),
        ('#+ default = "5"', '#+ defualt = "5"', 18, "unknown entry defualt"),
        ("VALUES ?most { UNDEF }", "", 17, "lacks VALUES ?most"),
        (
            "VALUES ?most { UNDEF }",
            "VALUES ?most { UNDEF } VALUES ?other { UNDEF }",
            1,
            "has no [params.other]",
        ),
        ("?firm (COUNT", "?firm ?x (COUNT", 1, "selects"),
        ("# a plain comment", '# a plain comment\n#+ x = "y"', 31, "one block"),
        ("[params.chain]", "[params.Chain-1]", 11, "variable name"),
    ],
)
def test_faults_are_named_with_their_line(old: str, new: str, row: int, words: str) -> None:
    assert old in GOOD
    with pytest.raises(InputError) as caught:
        parse_query(GOOD.replace(old, new), "x.rq")
    assert caught.value.key == "query.header"
    assert words in str(caught.value.params["reason"])
    assert caught.value.file == "x.rq"
    assert abs((caught.value.row or 0) - row) <= 1


def test_a_folder_of_queries_is_in_the_order_of_its_numbers(tmp_path: Path) -> None:
    for number, name in [("02", "first"), ("10", "second")]:
        text = GOOD.replace("chain-firms", name)
        (tmp_path / f"{number}-{name}.rq").write_text(text, encoding="utf-8")
    catalogue = Catalogue.load(tmp_path)
    assert [query.id for query in catalogue] == ["first", "second"]
    assert catalogue.get("2") is catalogue.get("second")
    for wrong in ("frist", "0", "3", "²"):
        with pytest.raises(UsageError) as caught:
            catalogue.get(wrong)
        assert caught.value.key == "query.unknown"
    with pytest.raises(UsageError) as caught:
        catalogue.get("frist")
    assert str(caught.value.params["nearest"]).startswith("first")


def test_a_file_is_named_after_its_query(tmp_path: Path) -> None:
    (tmp_path / "01-other.rq").write_text(GOOD, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        Catalogue.load(tmp_path)
    assert "NN-chain-firms.rq" in str(caught.value.params["reason"])
