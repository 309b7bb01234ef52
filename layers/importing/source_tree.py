"""What an upload holds: its layers, the kinds of geometry in each, and how many rows they have."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from geokit.geometry.repair import family_of_name
from geokit.readers.factory import open_reader
from geokit.records.source_layer import SourceLayer
from geokit.refusal import Refusal
from geokit.sources.discovery import open_layers
from layers.importing.options import KINDS_OF, LoadOptions, batch_rows
from layers.importing.source import count_kinds

MOST_LAYERS = 200


def source_tree(options: LoadOptions) -> list[dict[str, Any]]:
    """Each layer with `kinds` (rows by kind), `rows`, `crs`, or `error` where it cannot be read."""
    with TemporaryDirectory(prefix="import-") as work:
        layers = open_layers(options.path, Path(work))
        return [{"layer": layer.name, **_branch(layer, options)} for layer in layers[:MOST_LAYERS]]


def _branch(layer: SourceLayer, options: LoadOptions) -> dict[str, Any]:
    if layer.driver == "GTiff":
        return {"rows": 0, "kinds": {}, "crs": "", "raster": True}
    try:
        reader = open_reader(layer, encoding=options.encoding or None, crs=options.crs or None)
        family = family_of_name(reader.geometry_type)
        kinds = {KINDS_OF[family]: reader.rows} if family and reader.rows else count_kinds(reader, batch_rows())
    except Refusal as refusal:
        return {"rows": 0, "kinds": {}, "crs": "", "error": refusal.message}
    return {"rows": reader.rows or sum(kinds.values()), "kinds": kinds, "crs": reader.crs.label if reader.crs else ""}


def source_leaves(preview: dict[str, Any]) -> list[dict[str, Any]]:
    """What can be ticked: every kind of every layer with its rows, and layers that hold nothing, which cannot be."""
    return [
        {"layer": branch["layer"], "kind": kind, "rows": rows, "crs": branch.get("crs", ""),
         "error": branch.get("error", ""), "raster": branch.get("raster", False)}
        for branch in preview.get("tree") or []
        for kind, rows in (branch["kinds"] or {"": 0}).items()
    ]  # fmt: skip
