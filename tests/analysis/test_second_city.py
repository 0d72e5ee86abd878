"""A made-up city with other names and other chains, designed so that each kind of finding occurs once.

The answers below were worked out by hand from ``tests/cities/yunxi``.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from kg.analysis.balance.surplus import Surplus, find_surplus, total_known
from kg.analysis.gaps import Finding, find_gaps
from kg.analysis.gaps.chain_summary import summarize
from kg.analysis.gaps.explain import why
from kg.ledgers import build
from kg.names import ID
from kg.network import load
from kg.store import Store, memory_store
from tests.small_city import names, org, product

BAMBOO, LITHIUM = f"{ID}chain/竹材产业链", f"{ID}chain/锂电产业链"


def told(finding: Finding) -> tuple[str, ...]:
    """A finding as a planner's line: kind, product, users, makers, pipeline, sources."""
    users = sorted({name for need in finding.needs for name in names(need.users)})
    return (
        finding.kind,
        "".join(names([finding.product] if finding.product else [])),
        ";".join(users),
        ";".join(names(finding.makers)),
        ";".join(f"{names([m])[0]} {m.status}" for m in finding.pipeline),
        ";".join(finding.sources),
    )


MILL, PAPER, SOUTH, CLOTH = "云溪竹业集团有限公司", "云溪纸业有限公司", "溪南纸品有限公司", "青篁纺织有限公司"
EGRET, CHAR = "白鹭新材料有限公司", "云溪炭业有限公司"

EXPECTED = [
    ("break", "竹纤维", CLOTH, "", f"{EGRET} signed", "yx-1;yx-2;yx-3"),
    ("missing", "烧碱", MILL, "", "", "yx-1;yx-3"),
    ("weak", "竹浆", f"{PAPER};{SOUTH}", MILL, "", "yx-1;yx-2;yx-3"),
    ("latent", "竹浆", SOUTH, MILL, "", "yx-1;yx-2;yx-3"),
    ("short", "竹炭", "", CHAR, "", "yx-1"),
    ("blank", "", "", "", "", "yx-1"),
    ("strong", "竹炭", "", CHAR, "", "yx-1"),
]


def test_the_findings_are_exactly_these(yunxi: Store) -> None:
    assert [told(finding) for finding in find_gaps(load(yunxi)).findings] == EXPECTED


def test_their_details(yunxi: Store) -> None:
    found = {finding.kind: finding for finding in find_gaps(load(yunxi)).findings}
    assert names(found["break"].related) == ["竹浆"]
    assert found["break"].chains == (BAMBOO,)
    assert names(stage.iri for stage in found["break"].stages) == ["纤维与活化"]
    assert names(found["missing"].outside) == ["江北碱厂"]
    assert found["missing"].related == ()  # its only input, salt, is bought in, not made
    assert (found["weak"].ratio, found["weak"].quantified) == (Decimal(1), True)
    assert names(found["short"].related) == ["活性炭"]
    assert (found["blank"].chains, found["blank"].ratio) == ((LITHIUM,), Decimal(0))
    assert names(found["blank"].related) == ["锂盐", "电池"]
    assert [found[kind].evidence for kind in ("break", "missing", "weak", "blank")] == [
        "e5",
        "e5",
        "e5",
        "e3",
    ]


def test_the_chains_in_short(yunxi: Store) -> None:
    bamboo, lithium = summarize(find_gaps(load(yunxi)))
    assert (bamboo.chain, bamboo.version, bamboo.stages, bamboo.covered, bamboo.coming) == (
        BAMBOO,
        "2025-03",
        4,
        2,
        1,
    )
    assert {kind: count for kind, count in bamboo.counts.items() if count} == {
        "break": 1, "missing": 1, "weak": 1, "latent": 1, "short": 1, "strong": 1,
    }  # fmt: skip
    assert (lithium.stages, lithium.covered, lithium.coming) == (2, 0, 0)
    assert {kind: count for kind, count in lithium.counts.items() if count} == {"blank": 1}


def test_before_the_signing_the_project_is_no_pipeline(yunxi: Store) -> None:
    early = {told(f)[0:2]: f for f in find_gaps(load(yunxi, "2025-01")).findings}
    assert early["break", "竹纤维"].pipeline == ()
    signed = {told(f)[0:2]: f for f in find_gaps(load(yunxi, "2025-02")).findings}
    assert names(signed["break", "竹纤维"].pipeline) == [EGRET]
    assert signed["break", "竹纤维"].pipeline[0].project == f"{ID}project/白鹭竹纤维项目"


def test_at_first_there_is_only_a_plan(yunxi: Store) -> None:
    gaps = find_gaps(load(yunxi, "2020"))
    assert not gaps.presence.makers
    assert [(names([p])[0], names(m), m[0].status) for p, m in gaps.presence.pipeline.items()] == [
        ("竹浆", [MILL], "under-construction")
    ]
    assert [told(f)[:2] for f in gaps.findings] == [("missing", "烧碱"), ("blank", ""), ("blank", "")]
    assert {need.basis for f in gaps.findings for need in f.needs} == {"pipeline"}
    without = find_gaps(load(yunxi, "2020"), with_pipeline=False)
    assert [told(f)[0] for f in without.findings] == ["blank", "blank"]


def test_the_newest_statement_gives_the_capacity(yunxi: Store) -> None:
    for as_of, tonnes in (("2023", 80_000), ("2025-02", 80_000), ("2025-03", 100_000)):
        (maker,) = find_gaps(load(yunxi, as_of)).presence.makers[product("竹浆")]
        assert (maker.capacity, maker.status) == (Decimal(tonnes), "in-production")


def test_a_mill_that_closed_makes_nothing(yunxi: Store) -> None:
    assert product("机制纸") in find_gaps(load(yunxi, "2020"), with_pipeline=False).network.names
    for as_of in ("1999", "2020", "2025"):
        assert product("机制纸") not in find_gaps(load(yunxi, as_of)).presence.makers


def test_softener_is_auxiliary_and_the_sheet_is_inside_the_plant(yunxi: Store) -> None:
    gaps = find_gaps(load(yunxi))
    assert product("柔软剂") not in gaps.needs
    assert product("纸页") not in gaps.needs
    (need,) = gaps.needs[product("竹浆")][:1] if gaps.needs[product("竹浆")][0].basis == "current" else ()
    assert names(need.through) == ["纸页"]
    assert need.coefficient == Decimal("1.1")


def test_findings_of_a_chain_and_of_an_anchor(yunxi: Store) -> None:
    gaps = find_gaps(load(yunxi))
    assert [f.kind for f in gaps.of_chain(LITHIUM)] == ["blank"]
    assert len(gaps.of_chain(BAMBOO)) == 6
    assert [told(f)[:2] for f in gaps.of_anchor(org(MILL))] == [
        ("missing", "烧碱"),
        ("weak", "竹浆"),
        ("latent", "竹浆"),
    ]
    # The weaver lacks fibre, and through it hangs on pulp and lye.
    assert [told(f)[:2] for f in gaps.of_anchor(org(CLOTH))] == [
        ("break", "竹纤维"),
        ("weak", "竹浆"),
        ("latent", "竹浆"),
    ]
    assert gaps.of_anchor(org("江北碱厂")) == ()


def test_surplus_in_tonnes(yunxi: Store) -> None:
    charcoal, pulp = find_surplus(find_gaps(load(yunxi)))
    assert names([charcoal.product, pulp.product]) == ["竹炭", "竹浆"]
    assert (charcoal.capacity, charcoal.need, charcoal.surplus) == (
        Decimal(20_000),
        Decimal(0),
        Decimal(20_000),
    )
    (carbon,) = charcoal.outlets
    assert (names([carbon.route.output]), carbon.scale, carbon.closes, charcoal.others(carbon)) == (
        ["活性炭"],
        Decimal(10_000),
        "",
        (),
    )
    # One tissue mill states no capacity: the need for pulp is unknown, not 3.3.
    assert (pulp.capacity, pulp.need, pulp.surplus) == (Decimal(100_000), None, None)
    assert (pulp.captive, charcoal.captive) == (True, False)
    (fibre,) = pulp.outlets
    assert (fibre.scale, fibre.closes, names(fibre.pipeline)) == (None, "break", [EGRET])
    assert total_known((charcoal, pulp)) == (Decimal(20_000), 1, 2)
    assert names(row.product for row in find_surplus(find_gaps(load(yunxi)), org(CHAR))) == ["竹炭"]
    assert find_surplus(find_gaps(load(yunxi)), org(CLOTH)) == ()


def test_a_known_need_is_taken_off(yunxi_files: dict[str, bytes]) -> None:
    files = dict(yunxi_files)
    files["production.csv"] = files["production.csv"].replace(
        "溪南纸品有限公司,生活用纸,在产,,,,".encode(), "溪南纸品有限公司,生活用纸,在产,2,万吨/年,,".encode()
    )
    mill = "云溪竹业集团有限公司,云溪竹业集团有限公司,竹浆,货物,"
    assert mill.encode() in files["supply.csv"]

    def pulp() -> Surplus:
        gaps = find_gaps(load(memory_store(build(files).quads)))
        return {names([row.product])[0]: row for row in find_surplus(gaps)}["竹浆"]

    # The mill uses pulp itself, nobody says how much.
    assert (pulp().need, pulp().surplus) == (None, None)
    assert [(m.datum, names([m.organization])) for m in pulp().stock.missing] == [
        ("use", ["云溪竹业集团有限公司"])
    ]
    files["supply.csv"] = files["supply.csv"].replace(mill.encode() + b",,", f"{mill}1,万吨/年,".encode())
    # 1.1 t of pulp in a tonne of sheet, 1 t of sheet in a tonne of tissue, 3 + 2 万吨 of tissue; and what the mill takes.
    assert (pulp().need, pulp().surplus) == (Decimal(65_000), Decimal(35_000))
    assert pulp().outlets[0].scale == Decimal(28_000)  # 35 000 / 1.25


def test_an_open_issue_blocks(yunxi_files: dict[str, bytes]) -> None:
    header = "编号,描述,影响企业,产品,责任单位,提出时间,时限,状态,来源\n"
    rows = [
        "W-1,蒸汽不足,云溪竹业;云溪纸业,竹浆,云溪市工信局,2025-04,2025-12,未销号,yx-1",
        "W-2,已办,,竹炭,,2024,,已销号,yx-1",
    ]
    files = yunxi_files | {"issues.csv": (header + "\n".join(rows)).encode()}
    store = memory_store(build(files).quads)
    gaps = find_gaps(load(store))
    (blocked,) = (f for f in gaps.findings if f.kind == "blocked")
    assert (names([blocked.product]), names(blocked.related)) == (["竹浆"], [MILL, PAPER])
    assert (blocked.chains, blocked.evidence, blocked.sources) == ((BAMBOO,), "e3", ("yx-1",))
    assert [told(f) for f in gaps.findings if f.kind != "blocked"] == EXPECTED
    assert not [f for f in find_gaps(load(store, "2025-03")).findings if f.kind == "blocked"]
    assert blocked in gaps.of_anchor(org(MILL))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_finding_can_say_why(yunxi: Store, lang: str) -> None:
    network = load(yunxi)
    for finding in find_gaps(network).findings:
        text = why(finding, network, lang)  # type: ignore[arg-type]
        assert text.endswith("。" if lang == "zh" else ".")
        assert "None" not in text
        assert "https://" not in text


def test_the_order_of_facts_does_not_matter(yunxi_files: dict[str, bytes]) -> None:
    quads = build(yunxi_files).quads
    first, second = (find_gaps(load(memory_store(order))) for order in (quads, reversed(quads)))
    assert first.findings == second.findings
    assert find_surplus(first) == find_surplus(second)
