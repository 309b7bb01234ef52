"""`manage.py load_layer SOURCE`: load a GIS file as a new version of a layer."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from geokit.gcj02 import DATUMS
from geokit.geometry import POLICIES
from geokit.refusal import Refusal
from layers.load import load
from layers.models import Layer, LayerVersion
from layers.options import LoadOptions
from layers.report import Report

REFUSED = 2


class Command(BaseCommand):
    help = "Load a GIS file as a layer: validated, versioned, on the map at once. Codes: docs/import-codes.md."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("source", type=Path, help="zip, shp, gpkg, geojson, fgb, kml, kmz or csv")
        parser.add_argument("--slug", default="", help="name in addresses; made from the file's name when not given")
        parser.add_argument("--title", default="", help="name on the screen")
        parser.add_argument("--layer", default="", help="which layer of a file that holds several")
        parser.add_argument("--encoding", default="", help="text encoding, overriding what is detected")
        parser.add_argument("--crs", default="", help="EPSG:N, overriding what is detected")
        parser.add_argument("--datum", default="wgs84", choices=DATUMS, help="offset coordinates of Chinese web maps")
        parser.add_argument("--key", default="", help="field that tells rows apart")
        parser.add_argument("--mode", default="create", choices=LayerVersion.Mode.values)
        parser.add_argument("--visibility", default="public", choices=Layer.Visibility.values)
        parser.add_argument("--invalid", default="repair", choices=POLICIES, help="what to do with invalid geometry")
        parser.add_argument("--dry-run", action="store_true", help="check everything, write nothing")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **given: Any) -> None:
        names = (
            "slug",
            "title",
            "layer",
            "encoding",
            "crs",
            "datum",
            "key",
            "mode",
            "visibility",
            "invalid",
            "dry_run",
        )
        source: Path = given["source"]
        options = LoadOptions(path=source, file_name=source.name, **{name: given[name] for name in names})
        report = Report()
        try:
            load(options, report)
        except Refusal as refusal:
            report.refuse(refusal)
        if given["json"]:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False))
        elif report.error is None:
            self._tell(report)
        if report.error:
            self.stderr.write(f"load_layer: {report.error['code']}: {' '.join(report.error['message'].split())}")
            sys.exit(REFUSED)

    def _tell(self, report: Report) -> None:
        done = "checked" if report.status == "previewed" else f"loaded as version {report.version}"
        self.stdout.write(f"{report.slug}: {done}, {report.rows_loaded} of {report.rows_read} rows")
        self.stdout.write(
            f"  {report.driver}, {report.encoding} ({report.encoding_from}), {report.crs} ({report.crs_from})"
        )
        for warning in report.warnings:
            self.stdout.write(f"  ! {warning['code']}: {warning['message']}")
        for issue in report.findings[:20]:
            self.stdout.write(f"  row {issue.row} {issue.field} {issue.code}: {issue.reason}")
