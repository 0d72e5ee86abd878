"""The made-up national data set, imported once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.datasets import Dataset, DatasetReport, import_dataset, open_dataset

NATIONAL = Path(__file__).resolve().parent / "national"


@pytest.fixture(scope="session")
def imported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, DatasetReport]:
    """Give the folder of the data sets, and the report of the import."""
    folder = tmp_path_factory.mktemp("datasets")
    return folder, import_dataset(NATIONAL, folder / "national.sqlite")


@pytest.fixture
def national(imported: tuple[Path, DatasetReport]) -> Iterator[Dataset]:
    with open_dataset(imported[0]) as dataset:
        yield dataset
