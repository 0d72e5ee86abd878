"""Results as data: what is written, that it conforms, and that it never counts as recorded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest

from kg import __version__
from kg.analysis.balance import find_balance
from kg.analysis.balance.surplus import find_surplus
from kg.analysis.clusters import find_clusters
from kg.analysis.gaps import find_gaps
from kg.analysis.results import RESULTS, Written, data_digest, result_quads, write_results
from kg.checks import check
from kg.errors import StoreError
from kg.ledgers import import_ledgers
from kg.names import ANALYSIS_GRAPHS, GY, ID
from kg.network import load, newest_date
from kg.queries import Catalogue, name_index, run
from kg.reports.contents_table import contents_table
from kg.store import Store, open_store, write_nquads
from kg.store.terms import NamedNode
from tests.small_city import network_of, org, small_city, store_of

YUNXI = Path(__file__).resolve().parent.parent / "cities" / "yunxi"
AT = datetime(2026, 1, 31, 20, 30, tzinfo=timezone(timedelta(hours=8)))
GRAPHS = tuple(ANALYSIS_GRAPHS + name for name in sorted(RESULTS))


def analyze(store: Store, as_of: str | None = None) -> Written:
    network = load(store, as_of)
    gaps = find_gaps(network)
    return write_results(store, gaps, find_clusters(network), find_surplus(gaps), find_balance(gaps), at=AT)


@pytest.fixture
def written(tmp_path: Path) -> Store:
    """The made-up city in a folder, with its results written."""
    import_ledgers(tmp_path / "store", [YUNXI])
    store = open_store(tmp_path / "store", writable=True)
    analyze(store)
    return store


def values(store: Store, query: str) -> list[tuple[object, ...]]:
    prefixes = f"PREFIX gy: <{GY}> PREFIX prov: <http://www.w3.org/ns/prov#> PREFIX dcterms: <http://purl.org/dc/terms/> "
    return store.select(prefixes + query).values()


def test_each_finding_is_there_with_its_basis(written: Store) -> None:
    found = values(
        written,
        f"""SELECT ?product ?user ?maker ?level WHERE {{ GRAPH <{ANALYSIS_GRAPHS}findings> {{
            ?f a gy:Finding ; gy:findingKind <https://w3id.org/gongyue/scheme/finding-kind/break> ; gy:neededBy ?user ;
               gy:findingProduct ?product ; gy:findingMaker ?maker ; gy:resultEvidence ?level }} }}""",
    )
    assert found == [
        (
            f"{ID}product/竹纤维",
            org("青篁纺织有限公司"),
            org("白鹭新材料有限公司"),
            "https://w3id.org/gongyue/scheme/evidence-level/e5",
        )
    ]
    kinds = values(written, "SELECT (COUNT(?f) AS ?n) WHERE { ?f a gy:Finding }")
    assert kinds == [(7,)]
    [(zh,), (en,)] = values(
        written,
        f"""SELECT ?text WHERE {{ <{ID}finding/missing~烧碱> dcterms:description ?text }} ORDER BY DESC(LANG(?text))""",
    )
    assert "台账中（截至 2025-06-15）没有记录到本地生产企业" in str(zh)
    assert "2025-06-15" in str(en)
    sources = values(
        written, f"SELECT ?s WHERE {{ <{ID}finding/missing~烧碱> prov:wasDerivedFrom ?s }} ORDER BY ?s"
    )
    assert [str(s)[-4:] for (s,) in sources] == ["yx-1", "yx-3"]


def test_memberships_and_balances_hold_the_numbers_of_the_analyses(written: Store) -> None:
    clusters = find_clusters(load(written))
    found = values(
        written,
        "SELECT ?a ?m ?d ?tier ?w WHERE { ?x a gy:Membership ; gy:memberOf ?a ; gy:member ?m ; gy:direction ?d ; "
        "gy:tier ?tier ; gy:weight ?w }",
    )
    assert {(a, m, str(d).rpartition("/")[2]): (tier, w) for a, m, d, tier, w in found} == {
        (m.anchor, m.organization, m.direction): (m.tier, Decimal(repr(round(m.weight, 9))).normalize() + 0)
        for m in clusters.memberships
    }
    # Charcoal: 20,000 t/a and no recorded user, so neither need nor surplus is known; it could become activated carbon.
    balance = values(
        written, f"SELECT ?p ?o WHERE {{ <{ID}balance/竹炭> ?p ?o FILTER STRSTARTS(STR(?p), '{GY}balance') }}"
    )
    assert sorted((str(p).removeprefix(GY), o) for p, o in balance) == [
        ("balanceCapacity", Decimal(20_000)),
        ("balanceDrawn", Decimal(20_000)),
        ("balanceOutlet", f"{ID}product/活性炭"),
        ("balanceProduct", f"{ID}product/竹炭"),
    ]
    uses = values(
        written,
        "SELECT ?o ?in ?alone ?plan ?gap WHERE { ?u a gy:PlannedUse ; gy:useOutput ?o ; gy:useInput ?in ; "
        "gy:resultEvidence ?e . OPTIONAL { ?u gy:largestScale ?alone ; gy:plannedScale ?plan } "
        "OPTIONAL { ?u gy:closesGapOf ?gap } } ORDER BY ?o",
    )
    # Pulp has a missing figure: no scale, which is not a scale of zero.
    assert uses == [
        (f"{ID}product/活性炭", f"{ID}product/竹炭", Decimal(10_000), Decimal(10_000), None),
        (f"{ID}product/竹纤维", f"{ID}product/竹浆", None, None, f"{ID}product/竹纤维"),
    ]


def test_each_result_names_its_run_and_the_run_its_data_and_parameters(written: Store) -> None:
    assert not values(written, "SELECT ?x WHERE { ?x a ?c FILTER (?c IN (gy:Finding, gy:Membership, gy:Balance, gy:PlannedUse)) "
                               "FILTER NOT EXISTS { ?x prov:wasGeneratedBy ?run } }")  # fmt: skip
    runs = values(
        written,
        "SELECT ?run ?version ?date ?digest ?ended WHERE { ?run a gy:Analysis, prov:Activity ; "
        "gy:softwareVersion ?version ; gy:dataAsOf ?date ; gy:dataDigest ?digest ; prov:endedAtTime ?ended } ORDER BY ?run",
    )
    digest = data_digest(written)
    assert runs == [
        (f"{ID}analysis/{name}", f"gongyue {__version__}", "2025-06-15", digest, "2026-01-31T12:30:00Z")
        for name in sorted(RESULTS)
    ]
    parameters = {
        p
        for (p,) in values(written, f"SELECT ?p WHERE {{ <{ID}analysis/memberships> gy:parameterValue ?p }}")
    }
    assert any(str(p).startswith("alpha=") for p in parameters)
    assert "horizon_years=20" in parameters
    parameters = {
        p for (p,) in values(written, f"SELECT ?p WHERE {{ <{ID}analysis/findings> gy:parameterValue ?p }}")
    }
    assert {"coverage=0.5", "single_group_share=0.8", "blank=0.2"} <= parameters


def test_findings_on_no_chain_are_answered_too() -> None:
    store = store_of(small_city("recipe 纸 抄造 浆 必需 1\nproduction 甲 纸 在产"))
    network = load(store)
    gaps = find_gaps(network)
    write_results(store, gaps, find_clusters(network), (), find_balance(gaps))
    query = Catalogue.load().get("written-findings")
    assert {str(getattr(row[1], "label", row[1])) for row in run(store, query, {}, "zh").rows} == {"浆"}


def test_without_a_time_given_a_run_is_now() -> None:
    store = store_of(small_city("production 甲 品 在产"))
    network = load(store)
    gaps = find_gaps(network)
    before = datetime.now(UTC).replace(microsecond=0)
    write_results(store, gaps, find_clusters(network), (), find_balance(gaps))
    times = {str(at) for (at,) in values(store, "SELECT ?at WHERE { ?run prov:endedAtTime ?at }")}
    assert all(before <= datetime.fromisoformat(at) <= datetime.now(UTC) for at in times)
    assert len(times) == 1


def test_results_conform_to_the_shapes(written: Store) -> None:
    assert check(written) == ()


def test_writing_again_replaces_and_changes_nothing(written: Store) -> None:
    before = write_nquads(written.quads())
    digest = data_digest(written)
    again = analyze(written)
    assert write_nquads(written.quads()) == before
    assert again.digest == digest
    earlier = analyze(written, "2020")
    assert earlier.digest == digest
    assert write_nquads(written.quads()) != before
    assert {g for g in written.graphs() if g.startswith(ANALYSIS_GRAPHS)} == set(GRAPHS)
    assert analyze(written).counts == again.counts


def test_a_graph_of_an_older_version_goes(written: Store) -> None:
    stale = ANALYSIS_GRAPHS + "scores"
    written.replace({stale: written.quads(GRAPHS[0])})
    analyze(written)
    assert stale not in written.graphs()


def test_results_never_count_as_recorded(written: Store, tmp_path: Path) -> None:
    import_ledgers(tmp_path / "bare", [YUNXI])
    with open_store(tmp_path / "bare") as bare:
        assert load(written) == load(bare)
        assert newest_date(written) == newest_date(bare)
        assert data_digest(written) == data_digest(bare)
        told, plain = contents_table(written, "en"), contents_table(bare, "en")
        assert told.rows[:-1] == plain.rows
        assert told.rows[-1][1] == sum(len(written.quads(graph)) for graph in GRAPHS)
        assert told.as_of == plain.as_of
        assert name_index(written).nearest("竹浆", ["Product"]) == name_index(bare).nearest(
            "竹浆", ["Product"]
        )
        for query in Catalogue.load():
            required = {p.name for p in query.params if p.required}
            if query.id != "written-findings" and not required:
                assert run(written, query, {}, "zh").rows == run(bare, query, {}, "zh").rows, query.id


@pytest.mark.parametrize(
    ("query", "arguments"),
    [
        ("anchor-partners", {"anchor": "云溪竹业集团有限公司"}),
        ("chain-gaps", {"chain": "竹链"}),
        ("statement-sources", {"thing": "竹浆"}),
        ("product-makers", {"product": "竹浆"}),
    ],
)
def test_questions_about_a_thing_answer_as_before(
    written: Store, yunxi: Store, query: str, arguments: dict[str, str]
) -> None:
    question = Catalogue.load().get(query)
    named = {p.name: value for p in question.params if p.required for value in arguments.values()}
    found = run(written, question, named, "zh").rows
    assert found
    assert found == run(yunxi, question, named, "zh").rows


def test_an_import_builds_the_graph_anew_without_results(written: Store, tmp_path: Path) -> None:
    written.close()
    import_ledgers(tmp_path / "store", [YUNXI / "grades.csv"])
    with open_store(tmp_path / "store") as store:
        assert not [graph for graph in store.graphs() if graph.startswith(ANALYSIS_GRAPHS)]


def test_a_store_opened_for_reading_takes_no_results(tmp_path: Path) -> None:
    import_ledgers(tmp_path / "store", [YUNXI])
    with open_store(tmp_path / "store") as store:
        with pytest.raises(StoreError):
            analyze(store)
        assert not [graph for graph in store.graphs() if graph.startswith(ANALYSIS_GRAPHS)]


def test_the_question_about_written_findings(written: Store, yunxi: Store) -> None:
    query = Catalogue.load().get("written-findings")
    assert run(yunxi, query, {}, "zh").rows == ()
    rows = run(written, query, {"kind": "断点"}, "zh").rows
    assert {str(getattr(row[1], "label", row[1])) for row in rows} == {"竹纤维"}
    assert {str(row[4]) for row in rows} == {"2025-06-15"}


def test_two_issues_about_one_product_are_two_findings() -> None:
    store = store_of(small_city("issue 一 料 甲 2024 未销号\nissue 二 料 乙 2024 未销号"))
    gaps = find_gaps(load(store))
    quads = result_quads(gaps, find_clusters(gaps.network), (), find_balance(gaps), "sha256:0", AT)[
        ANALYSIS_GRAPHS + "findings"
    ]
    subjects = {q.subject.value for q in quads if q.predicate == NamedNode(GY + "findingKind")}
    assert subjects == {f"{ID}finding/blocked~料", f"{ID}finding/blocked~料~2"}


def test_a_city_without_anything_writes_runs_only() -> None:
    network = network_of("production 甲 品 在产")
    gaps = find_gaps(network)
    graphs = result_quads(
        gaps, find_clusters(network), find_surplus(gaps), find_balance(gaps), "sha256:0", AT
    )
    assert sorted(graphs) == sorted(GRAPHS)
    for quads in graphs.values():
        assert {quad.subject.value.rpartition("/")[0] for quad in quads} == {f"{ID}analysis"}
