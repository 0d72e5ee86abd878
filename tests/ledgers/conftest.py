"""What the tests of the ledgers share."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.ledgers import collect

YUNXI = Path(__file__).resolve().parent.parent / "cities" / "yunxi"


@pytest.fixture(scope="session")
def yunxi_files() -> dict[str, bytes]:
    """Give the ledgers of the made-up city, by file name."""
    return collect([YUNXI])
