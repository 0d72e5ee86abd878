"""Data sets beside the city's graph: firms elsewhere and what they make, in one SQLite file each.

They are no facts about the city: nothing here is loaded into a store, and no indicator counts it.
"""

from __future__ import annotations

from kg.datasets.cleaning import clean_name
from kg.datasets.importing import DatasetReport, Dropped, import_dataset
from kg.datasets.places import dataset_folder, dataset_names, dataset_path, open_dataset
from kg.datasets.reading import Dataset, Firm, MadeElsewhere, SimilarProduct

__all__ = [
    "Dataset",
    "DatasetReport",
    "Dropped",
    "Firm",
    "MadeElsewhere",
    "SimilarProduct",
    "clean_name",
    "dataset_folder",
    "dataset_names",
    "dataset_path",
    "import_dataset",
    "open_dataset",
]
