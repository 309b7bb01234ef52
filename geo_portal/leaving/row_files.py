"""The folder `files/`: photos and documents that rows name, and a list of them with digests and faults."""

from collections.abc import Iterator
from typing import Any

from django.core.files.storage import default_storage

from geo_portal.leaving.sinks import Sink
from geo_portal.leaving.tables import fields, models
from geokit.refusal import Refusal
from ledger.filestore.references import columns
from ui.downloads import csv_lines

FOLDER = "files"
FETCH = 2_000


def write(sink: Sink) -> tuple[int, int]:
    """Write the files and their list; return how many were written, and how many could not be read."""
    found: dict[str, str] = {}
    lines = [["table", "row", "column", "file", "sha256", "problem"]]
    for table, row, column, name in _named():
        problem = found.get(name)
        if problem is None:
            problem = found[name] = _copy(sink, name)
        lines.append([table, row, column, name, sink.sums.get(f"{FOLDER}/{name}", ""), problem])
    sink.lines(f"{FOLDER}/list.csv", csv_lines(lines))
    unreadable = sum(bool(problem) for problem in found.values())
    return len(found) - unreadable, unreadable


def _named() -> Iterator[tuple[str, Any, str, str]]:
    """Table, row, column and name of every file that a row of a table that leaves names."""
    leaving = set(models())
    for model, column in columns():
        if model in leaving and column in {field.attname for field in fields(model)}:
            rows = model._base_manager.exclude(**{column: ""}).exclude(**{column: None}).order_by("pk")
            for row, name in rows.values_list("pk", column).iterator(FETCH):
                yield model._meta.db_table, row, column, name


def _copy(sink: Sink, name: str) -> str:
    """Copy one file; return why it could not be read, empty where it was."""
    if name.startswith("/") or ".." in name.split("/"):
        return "no name of ours"
    try:
        with default_storage.open(name) as source:
            sink.file(f"{FOLDER}/{name}", source)
    except Refusal as refusal:
        return refusal.code
    except FileNotFoundError:
        return "file-lost"
    return ""
