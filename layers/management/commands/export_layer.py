"""`manage.py export_layer SLUG OUT`: write a layer's published rows to a file."""

import argparse
from pathlib import Path
from typing import Any

from geokit.refusal import BadInput
from layers.export import export_version
from layers.management.layer_command import LayerCommand
from layers.versions import get_layer


class Command(LayerCommand):
    help = "Write the published rows of a layer to a file; the suffix says the format (gpkg, zip, geojson, fgb, csv)."
    name = "export_layer"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("out", type=Path, help="OUT.gpkg, .zip (shapefile), .geojson, .fgb or .csv")
        parser.add_argument("--crs", default="", help="EPSG:N; WGS 84 when not given")
        super().add_arguments(parser)

    def answer(self, given: dict[str, Any]) -> dict[str, Any]:
        layer = get_layer(given["slug"])
        if layer.current_version is None:
            raise BadInput(f"图层“{layer.title}”已经撤下，没有可导出的版本。", code="layer-missing")
        rows = export_version(layer.current_version, given["out"], given["crs"])
        told = {"version": layer.current_version.number, "rows": rows}
        return {"status": "exported", "slug": given["slug"], "file": str(given["out"]), **told}

    def tell(self, body: dict[str, Any]) -> None:
        self.stdout.write(f"{body['slug']}: {body['rows']} rows to {body['file']}")
