"""Sheets and GIS files into the tables of the rooms: preview, row report, difference, one transaction, undo.

A room says in its `datasets.py` what its things look like as rows (`DATASETS`), and which of its services writes one;
`settings.DATASETS` lists the rooms in the order in which a new district needs them.
"""

from accounts.loads.definition import Column, Dataset, GivenRow, Shape

__all__ = ["Column", "Dataset", "GivenRow", "Shape"]
