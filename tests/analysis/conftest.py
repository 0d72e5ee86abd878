"""The made-up city, built once."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.ledgers import build, collect
from kg.store import Store, memory_store

YUNXI = Path(__file__).resolve().parent.parent / "cities" / "yunxi"


@pytest.fixture(scope="session")
def yunxi_files() -> dict[str, bytes]:
    return collect([YUNXI])


@pytest.fixture(scope="session")
def yunxi(yunxi_files: dict[str, bytes]) -> Store:
    return memory_store(build(yunxi_files).quads)
