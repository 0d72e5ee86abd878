"""How fast a supply ledger gets from a CSV file to a store on disk, against the bare engine loading the same quads.

Writes a made-up city with the given number of deliveries as ledgers (the same number gives the same bytes), imports it
into a new store in a process of its own, and then loads the same quads into a bare Oxigraph database, again in a process
of its own. Prints rows a second, the ratio of both times, and the largest memory of each process.

Run: python benchmarks/import_speed.py [ROWS] [--full] [--folder FOLDER]
"""

from __future__ import annotations

import argparse
import csv
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

KINDS = ("货物", "货物", "货物", "能源", "设备")
SOURCES, PRODUCTS = 40, 200


def write_city(folder: Path, rows: int, seed: int = 1, *, full: bool = False) -> None:
    """Write the ledgers of a city with ``rows`` deliveries, twenty a firm.

    A row holds who, to whom, what, of which kind, when and by which source: seven quads with the shortcut that follows
    from it. A full one also holds an amount, its unit and its qualifier.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(seed)
    firms = max(rows // 20, 100)

    def table(name: str, header: str, lines: Iterable[list[str]]) -> None:
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(header.split(","))
            writer.writerows(lines)

    def firm(number: int) -> str:
        return f"某市第{number}号化工有限公司"

    table(
        "sources",
        "来源编号,标题,发布日期,证据等级",
        ([f"s{number}", f"来源{number}", "2024-01-01", "E3"] for number in range(SOURCES)),
    )
    table("products", "产品,类别,来源", ([f"产品{number}", "中间品", "s0"] for number in range(PRODUCTS)))
    table(
        "organizations",
        "单位名称,类型,本地外地,来源",
        ([firm(number), "企业", "本地", f"s{number % SOURCES}"] for number in range(firms)),
    )
    table(
        "supply",
        "供应方,采购方,产品,供应类型,时点,来源" + (",数量,单位,限定词" if full else ""),
        (
            [
                firm(rng.randrange(firms)),
                firm(rng.randrange(firms)),
                f"产品{rng.randrange(PRODUCTS)}",
                KINDS[number % 5],
                f"2024-{1 + number % 12:02d}-{1 + number % 28:02d}",
                f"s{number % SOURCES}",
                *([str(rng.randrange(1, 100_000)), "吨/年", "约" if number % 3 == 0 else ""] if full else []),
            ]
            for number in range(rows)
        ),
    )


def import_city(ledgers: Path, store: Path) -> None:
    """Import the ledgers into a new store; print seconds, processor seconds, megabytes, rows and quads."""
    from kg.ledgers import import_ledgers

    start, work = time.perf_counter(), time.process_time()
    result = import_ledgers(store, [ledgers])
    _report(time.perf_counter() - start, time.process_time() - work, sum(result.rows.values()), result.quads)


def load_bare(dump: Path, database: Path) -> None:
    """Load a dump into a bare database; print what `import_city` prints."""
    import pyoxigraph

    start, work = time.perf_counter(), time.process_time()
    store = pyoxigraph.Store(str(database))
    store.bulk_load(path=str(dump), format=pyoxigraph.RdfFormat.N_QUADS, lenient=True)
    store.flush()
    seconds, worked = time.perf_counter() - start, time.process_time() - work
    _report(seconds, worked, 0, len(store))


def dump_store(store: Path, dump: Path) -> None:
    """Write the quads of a store as N-Quads, unsorted: a million rows are gigabytes of text."""
    import pyoxigraph

    (database,) = store.glob("g*/db")
    pyoxigraph.Store.read_only(str(database)).dump(str(dump), format=pyoxigraph.RdfFormat.N_QUADS)


def _report(seconds: float, worked: float, rows: int, quads: int) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(seconds, worked, peak, rows, quads)


def _apart(step: str, *paths: Path) -> tuple[float, ...]:
    done = subprocess.run(
        [sys.executable, __file__, step, *map(str, paths)], check=True, capture_output=True, text=True
    )
    return tuple(map(float, done.stdout.split()))


def main() -> None:
    """Measure and print."""
    steps = {"import": import_city, "bare": load_bare, "dump": dump_store}
    if sys.argv[1:2] and sys.argv[1] in steps:
        steps[sys.argv[1]](*map(Path, sys.argv[2:]))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="?", default=20_000)
    parser.add_argument("--folder", type=Path, help="where the files go; default: a temporary folder")
    parser.add_argument("--full", action="store_true", help="rows with amount, unit and qualifier")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as name:
        folder = Path(name)
        write_city(folder / "ledgers", asked.rows, full=asked.full)
        seconds, worked, peak, rows, quads = _apart("import", folder / "ledgers", folder / "store")
        print(
            f"import  {rows:,.0f} rows, {quads:,.0f} quads: {seconds:.1f} s ({worked:.1f} s of processor), "
            f"{rows / seconds:,.0f} rows/s, {peak:,.0f} MB",
            flush=True,
        )
        _apart("dump", folder / "store", folder / "dump.nq")
        bare, bare_worked, bare_peak, _, _ = _apart("bare", folder / "dump.nq", folder / "bare")
        print(f"engine  the same quads: {bare:.1f} s ({bare_worked:.1f} s of processor), {bare_peak:,.0f} MB")
        print(f"ratio   {seconds / bare:.2f}")


if __name__ == "__main__":
    main()
