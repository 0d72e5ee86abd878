"""Where data sets lie: beside the store's generations, one file each, untouched by imports of ledgers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from kg.datasets.reading import Dataset
from kg.errors import UsageError

_SUFFIX: Final = ".sqlite"
_NAME: Final = re.compile(r"[\w-]{1,64}")


def dataset_folder(store: str, chosen: Path | None = None) -> Path:
    """Return the folder of the data sets: the chosen one, else ``datasets`` in the store's folder.

    Raises
    ------
    UsageError
        If the store is an endpoint and no folder was chosen.
    """
    if chosen is not None:
        return chosen
    if "://" in store:
        raise UsageError("dataset.no_folder", store=store)
    return Path(store) / "datasets"


def dataset_path(folder: Path, name: str) -> Path:
    """Return the file of a data set.

    Raises
    ------
    UsageError
        If ``name`` is no plain name: letters, digits, hyphen, underscore.
    """
    if not _NAME.fullmatch(name):
        raise UsageError("dataset.name", name=name)
    return folder / f"{name}{_SUFFIX}"


def dataset_names(folder: Path) -> tuple[str, ...]:
    """Return the names of the data sets in a folder, sorted."""
    return tuple(sorted(path.stem for path in folder.glob(f"*{_SUFFIX}") if not path.name.startswith(".")))


def open_dataset(folder: Path, name: str | None = None) -> Dataset:
    """Open a data set by name, or the only one there is.

    Raises
    ------
    UsageError
        If there is none (of that name), or several and none was named.
    InputError
        If the file is no data set of this program.
    """
    names = dataset_names(folder)
    if name is None:
        if not names:
            raise UsageError("dataset.none", folder=folder)
        if len(names) > 1:
            raise UsageError("dataset.several", folder=folder, names=" ".join(names))
        name = names[0]
    path = dataset_path(folder, name)
    if name not in names:
        raise UsageError("dataset.unknown", name=name, folder=folder, names=" ".join(names) or "—")
    return Dataset(path)
