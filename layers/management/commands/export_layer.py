"""`manage.py export_layer SLUG OUT`: write a layer's published rows, or its tiles, to a file."""

import argparse
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from geokit.refusal import BadInput
from layers.exporting.orders import order_for
from layers.exporting.pmtiles_writer import export_pmtiles
from layers.exporting.row_filter import rows_that_meet
from layers.exporting.services import MANY_SUFFIXES, SUFFIXES, export_version
from layers.exporting.shapefile_writer import ENCODINGS
from layers.management.layer_command import LayerCommand
from layers.rasters.files import export_cog
from layers.storage.models import Layer
from layers.storage.versions import get_layer

FORMATS = ", ".join((*SUFFIXES, *MANY_SUFFIXES))


class Command(LayerCommand):
    help = f"Write the published rows of a layer to a file; the suffix says the format ({FORMATS}; .tif for rasters)."
    name = "export_layer"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("out", type=Path, help=f"OUT with one of {FORMATS}; .zip is a shapefile")
        parser.add_argument("--crs", default="", help="EPSG:N, such as EPSG:4490 or EPSG:4549; WGS 84 when not given")
        parser.add_argument("--encoding", default="", help=f"of a shapefile: {' or '.join(ENCODINGS)} (UTF-8)")
        parser.add_argument("--filter", default="", help="CQL2 text over the layer's fields: only rows that meet it")
        parser.add_argument("--minzoom", type=int, help="of .pmtiles")
        parser.add_argument("--maxzoom", type=int, help="of .pmtiles; clients draw deeper zooms from the last one")
        super().add_arguments(parser)

    def answer(self, given: dict[str, Any]) -> dict[str, Any]:
        layer = get_layer(given["slug"])
        version = layer.current_version
        if version is None:
            message = _("图层“%(title)s”已经撤下，没有可导出的版本。") % {"title": layer.title}
            raise BadInput(message, code="layer-missing")
        body = {"status": "exported", "slug": given["slug"], "file": str(given["out"]), "version": version.number}
        return body | _written(layer, given)

    def print_result(self, body: dict[str, Any]) -> None:
        self.stdout.write(f"{body['slug']}: {body['rows']} rows to {body['file']}")
        for warning in body["warnings"]:
            self.stdout.write(f"  {warning}")


def _written(layer: Layer, given: dict[str, Any]) -> dict[str, Any]:
    version, out = layer.current_version, given["out"]
    assert version is not None  # noqa: S101 - checked by the caller
    if layer.kind == Layer.Kind.RASTER and out.suffix.lower() in (".tif", ".tiff"):
        return {"rows": 0, "bytes": export_cog(version, out), "warnings": []}
    if out.suffix.lower() in MANY_SUFFIXES:
        return {"rows": version.rows} | _tiles(layer, given)
    rows = rows_that_meet(layer, given["filter"]) if given["filter"] else None
    made = export_version(version, out, given["crs"], encoding=given["encoding"], rows=rows)
    return {"rows": made.rows, "warnings": made.warnings}


def _tiles(layer: Layer, given: dict[str, Any]) -> dict[str, Any]:
    if any(given[name] for name in ("crs", "encoding", "filter")):
        raise BadInput(_("PMTiles 是整层的瓦片，不能指定坐标系、编码或过滤条件。"), code="format-crs")
    reader = order_for(layer, ".pmtiles", None).reader
    made = export_pmtiles(layer, given["out"], given["minzoom"], given["maxzoom"], reader=reader)
    internal = _("图层是内部的，文件本身不设防：不要放到公众能下载的地方。")
    return {
        "tiles": made.tiles,
        "minzoom": made.minzoom,
        "maxzoom": made.maxzoom,
        "bytes": made.bytes,
        "warnings": [internal] if layer.visibility != Layer.Visibility.PUBLIC else [],
    }
