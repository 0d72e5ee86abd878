"""Write the ledgers of a made-up city of any size: the same number gives the same bytes.

Run: python benchmarks/synthetic_city.py FIRMS FOLDER
100,000 firms make 500,000 deliveries, 2,000 products, 200 anchors.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

SOURCES = 100
STATUSES = ("在产", "在产", "在产", "在建", "规划")


def _write(folder: Path, name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def write_city(firms: int, folder: Path, seed: int = 1) -> None:
    """Write the ledgers of a city with ``firms`` firms into ``folder``."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    products, anchors, chains = max(20, firms // 50), max(2, firms // 500), max(2, firms // 5000)
    firm = [f"企业{number:07d}有限公司" for number in range(firms)]
    product = [f"产品{number:06d}" for number in range(products)]
    source = [f"s-{number:03d}" for number in range(SOURCES)]

    def any_source() -> str:
        return source[int(rng.integers(SOURCES))]

    _write(
        folder,
        "sources",
        ("来源编号", "标题", "发布日期", "证据等级"),
        ((s, f"资料{s}", f"20{20 + n % 6}-0{1 + n % 9}-15", f"E{2 + n % 4}") for n, s in enumerate(source)),
    )
    _write(
        folder,
        "organizations",
        ("单位名称", "类型", "本地外地", "来源"),
        ((name, "企业", "外地" if n % 10 == 9 else "本地", any_source()) for n, name in enumerate(firm)),
    )
    _write(
        folder,
        "products",
        ("产品", "类别", "来源"),
        ((name, "原料" if n < products // 20 else "中间品", any_source()) for n, name in enumerate(product)),
    )
    _write(
        folder,
        "recipes",
        ("产出产品", "工艺路线", "投入产品", "投入性质", "单耗", "来源"),
        _recipes(rng, product, products // 20),
    )
    _write(
        folder,
        "chains",
        ("产业链", "清单版本", "来源"),
        ((f"产业链{n:03d}", "2025", any_source()) for n in range(chains)),
    )
    _write(
        folder,
        "stages",
        ("产业链", "序号", "环节", "位置", "产品", "来源"),
        _stages(rng, product, chains),
    )
    _write(
        folder,
        "participations",
        ("单位名称", "产业链", "角色", "来源"),
        ((firm[n], f"产业链{n % chains:03d}", "头部企业", any_source()) for n in range(anchors)),
    )
    made = rng.integers(products, size=int(firms * 1.2))
    _write(
        folder,
        "production",
        ("单位名称", "产品", "状态", "产能", "单位", "时点", "来源"),
        (
            (
                firm[n % firms],
                product[p],
                STATUSES[n % 5],
                1 + n % 50,
                "万吨/年",
                2015 + n % 11,
                source[n % SOURCES],
            )
            for n, p in enumerate(made)
        ),
    )
    _write(
        folder,
        "supply",
        ("供应方", "采购方", "产品", "供应类型", "时点", "来源"),
        _supply(rng, firm, product, anchors),
    )


def _recipes(rng: np.random.Generator, product: Sequence[str], raw: int) -> Iterator[tuple[str, ...]]:
    for output in range(raw, len(product)):
        for route in range(1 + int(rng.random() < 0.3)):
            for part in sorted({int(i) for i in rng.integers(max(1, output), size=3)}):
                yield product[output], f"路线{route + 1}", product[part], "必需", "0.5", "s-000"


def _stages(rng: np.random.Generator, product: Sequence[str], chains: int) -> Iterator[tuple[object, ...]]:
    for chain in range(chains):
        for order, position in enumerate(("上游", "中游", "中游", "下游"), start=1):
            picked = sorted({product[int(i)] for i in rng.integers(len(product), size=8)})
            yield f"产业链{chain:03d}", order, f"环节{order}", position, ";".join(picked), "s-001"


def _supply(
    rng: np.random.Generator, firm: Sequence[str], product: Sequence[str], anchors: int
) -> Iterator[tuple[object, ...]]:
    firms, seen = len(firm), set()
    # Buyers: one in five deliveries goes to an anchor, the others near the supplier.
    for number in range(firms * 5):
        supplier = int(rng.integers(firms))
        buyer = (
            int(rng.integers(anchors)) if number % 5 == 0 else (supplier + int(rng.integers(1, 50))) % firms
        )
        goods = int(rng.integers(len(product)))
        key = (supplier, buyer, goods)
        if supplier != buyer and key not in seen:
            seen.add(key)
            yield (
                firm[supplier],
                firm[buyer],
                product[goods],
                "货物",
                2020 + number % 6,
                f"s-{number % SOURCES:03d}",
            )


if __name__ == "__main__":
    write_city(int(sys.argv[1]), Path(sys.argv[2]))
