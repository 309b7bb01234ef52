"""`manage.py export_layer SLUG OUT`: write a layer's published rows to a file."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from geokit.refusal import BadInput, Refusal
from layers.export import export_version
from layers.versions import get_layer

REFUSED = 2


class Command(BaseCommand):
    help = "Write the published rows of a layer to a file; the suffix says the format (gpkg, zip, geojson, fgb, csv)."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("out", type=Path, help="OUT.gpkg, .zip (shapefile), .geojson, .fgb or .csv")
        parser.add_argument("--crs", default="", help="EPSG:N; WGS 84 when not given")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **given: Any) -> None:
        body: dict[str, Any] = {"status": "exported", "slug": given["slug"], "file": str(given["out"])}
        try:
            layer = get_layer(given["slug"])
            if layer.current_version is None:
                raise BadInput(f"图层“{layer.title}”已经撤下，没有可导出的版本。", code="layer-missing")
            body["version"] = layer.current_version.number
            body["rows"] = export_version(layer.current_version, given["out"], given["crs"])
        except Refusal as refusal:
            body = {
                "status": "refused",
                "slug": given["slug"],
                "error": {"code": refusal.code, "message": refusal.message},
            }
        if given["json"]:
            self.stdout.write(json.dumps(body, ensure_ascii=False))
        elif "error" not in body:
            self.stdout.write(f"{given['slug']}: {body['rows']} rows to {body['file']}")
        if "error" in body:
            self.stderr.write(f"export_layer: {body['error']['code']}: {body['error']['message']}")
            sys.exit(REFUSED)
