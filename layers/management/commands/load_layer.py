"""`manage.py load_layer SOURCE`: load a GIS file as a new version of a layer."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from geokit.crs.gcj02 import DATUMS
from geokit.formats.table import UPLOAD_SUFFIXES
from geokit.geometry.repair import POLICIES
from geokit.records.rows import KINDS
from geokit.refusal import BadInput, Refusal
from layers.importing.import_report import Report
from layers.importing.memory import with_memory
from layers.importing.options import AXES, KIND_FAMILIES, LoadOptions
from layers.importing.services import every_layer, load
from layers.management import guarded
from layers.management.layer_command import LayerCommand
from layers.storage.models import LOADED_BY, Layer

TOLD = 20
"""Rows' findings and changes in words; the JSON has more."""
PLAIN = (
    "slug", "title", "layer", "kind", "x_column", "y_column", "wkt_column", "join", "join_column", "join_to",
    "encoding", "crs", "datum", "axis",
    "transformation", "key", "mode", "invalid",
)  # fmt: skip


class Command(LayerCommand):
    help = "Load a GIS file as a layer: validated, versioned, on the map at once. Codes: docs/import-codes.md."
    name = "load_layer"

    def run_from_argv(self, argv: list[str]) -> None:
        """From the command line: in a process of its own, since the file may end it."""
        if not guarded.is_child():
            sys.exit(guarded.run(argv[1], argv[2:]))
        guarded.limit_child()
        super().run_from_argv(argv)

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "source", type=Path, help=", ".join(suffix.lstrip(".") for suffix in (".shp", *UPLOAD_SUFFIXES))
        )
        parser.add_argument("--slug", default="", help="name in addresses; made from the file's name when not given")
        parser.add_argument("--title", default="", help="name on the screen")
        parser.add_argument("--key", default="", help="field that tells rows apart")
        parser.add_argument("--mode", default="create", choices=LOADED_BY)
        parser.add_argument(
            "--visibility", choices=Layer.Visibility.values,
            help="kept for old scripts: a new layer is internal whatever it says, `publish_layer` opens it",
        )  # fmt: skip
        self._add_reading(parser.add_argument_group("how to read the source, overriding what is detected"))
        parser.add_argument(
            "--dry-run", "--difference", action="store_true", dest="dry_run",
            help="check everything and write nothing; for a layer that is there, say what would change",
        )  # fmt: skip
        super().add_arguments(parser)

    @staticmethod
    def _add_reading(group: argparse._ArgumentGroup) -> None:
        group.add_argument("--layer", default="", help="which layer of a file that holds several")
        group.add_argument(
            "--every-layer", action="store_true", help="load every layer and kind of geometry, each as its own layer"
        )
        group.add_argument(
            "--kind", default="", choices=("", *KIND_FAMILIES), help="which kind of geometry, of several"
        )
        group.add_argument("--x-column", default="", metavar="NAME", help="column of a table: x, easting or longitude")
        group.add_argument("--y-column", default="", metavar="NAME", help="column of a table: y, northing or latitude")
        group.add_argument(
            "--wkt-column", "--geometry-column", default="", metavar="NAME",
            help="column of a table that holds the whole place: WKT, WKB, or two coordinates (121.54,29.87)",
        )  # fmt: skip
        group.add_argument("--join", default="", metavar="areas|LAYER", help="take the shapes from areas or a layer")
        group.add_argument("--join-column", default="", metavar="NAME", help="column of the table that names the shape")
        group.add_argument("--join-to", default="", metavar="FIELD", help="field of the layer; its key without this")
        group.add_argument("--encoding", default="", help="text encoding")
        group.add_argument("--crs", default="", help="EPSG:N")
        group.add_argument("--datum", default="wgs84", choices=DATUMS, help="offset coordinates of Chinese web maps")
        group.add_argument("--axis", default="auto", choices=AXES, help="order of the coordinates")
        group.add_argument("--transformation", default="", help="way from an old datum to WGS 84; see the JSON")
        group.add_argument("--invalid", default="repair", choices=POLICIES, help="what to do with invalid geometry")
        group.add_argument(
            "--field-type",
            action="append",
            default=[],
            metavar="FIELD=KIND",
            help=f"KIND: {', '.join(KINDS)}; repeatable",
        )
        group.add_argument(
            "--alias", action="append", default=[], metavar="FIELD=TEXT", help="what people read; repeatable"
        )
        group.add_argument("--skip-field", action="append", default=[], metavar="FIELD", help="leave out; repeatable")

    def answer(self, given: dict[str, Any]) -> dict[str, Any]:
        report = Report()
        if given["visibility"] == Layer.Visibility.PUBLIC:
            report.warn("publish-apart", _("导入的图层先只供内部使用；公开请用 publish_layer 命令或图层页。"))
        try:
            options = with_memory(self._options(given))
            if given["every_layer"]:
                options = replace(options, picks=every_layer(options))
            load(options, report)
        except Refusal as refusal:
            report.refuse(refusal)
        return report.as_json()

    @staticmethod
    def _options(given: dict[str, Any]) -> LoadOptions:
        source: Path = given["source"]
        return LoadOptions(
            path=source,
            file_name=source.name,
            field_types=_pairs("--field-type", given["field_type"]),
            aliases=_pairs("--alias", given["alias"]),
            skip_fields=tuple(given["skip_field"]),
            dry_run=given["dry_run"],
            **{name: given[name] for name in PLAIN},
        )

    def print_result(self, body: dict[str, Any]) -> None:
        source = body["source"]
        done = "checked" if body["status"] == "previewed" else f"loaded as version {body['version']}"
        self.stdout.write(f"{body['slug']}: {done}, {body['rows_loaded']} of {body['rows_read']} rows")
        self.stdout.write(
            f"  {source['driver']}, {source['encoding']} ({source['encoding_from']}),"
            f" {source['crs']} ({source['crs_from']})"
        )
        for part in body.get("parts", []):
            self.stdout.write(f"  {part['slug']}: {part['geometry_type']}, {part['rows_loaded']} rows")
        for warning in body["warnings"]:
            self.stdout.write(f"  ! {warning['code']}: {warning['message']}")
        for issue in [*body["rejections"], *body["repairs"]][:TOLD]:
            self.stdout.write(f"  row {issue['row']} {issue['field']} {issue['code']}: {issue['reason']}")
        if difference := body.get("difference"):
            self._print_difference(difference)

    def _print_difference(self, difference: dict[str, Any]) -> None:
        counts = ", ".join(f"{difference[name]} {name}" for name in ("new", "changed", "unchanged", "missing"))
        self.stdout.write(f"  against version {difference['against']}: {counts} ({difference['missing_are']})")
        for row in difference["rows"][:TOLD]:
            changes = ", ".join(f"{name}: {old!r} -> {new!r}" for name, (old, new) in row["changes"].items())
            moved = f" moved {row['moved_m']} m ({row['moved_by']})" if row["moved_m"] is not None else ""
            self.stdout.write(f"  {row['status']} {row['key']} {changes}{moved}".rstrip())


def _pairs(option: str, texts: list[str]) -> dict[str, str]:
    """`FIELD=VALUE` texts as a dictionary. Raises BadInput `option-invalid`."""
    for text in texts:
        if not all(part.strip() for part in text.partition("=")[::2]):
            said = {"option": option, "text": text[:80]}
            raise BadInput(_("选项 %(option)s 要写成 字段=值，“%(text)s”不是。") % said, code="option-invalid")
    return {name: value for name, _, value in (text.rpartition("=") for text in texts)}
