"""`manage.py export_tiles OUT.pmtiles`: the public tilesets of the district in one file, for a CDN or a phone."""

import argparse
from pathlib import Path
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.utils.translation import gettext as _

from geo_portal.tilesets import CATALOGUE, FIXED
from geokit.refusal import BadInput
from tiles.archive.write import write_pmtiles
from tiles.http.catalogue import tileset_or_404
from ui.commands import AnsweringCommand


class Command(AnsweringCommand):
    help = "Write public tilesets, all those of the district when none is named, to one PMTiles file."
    name = "export_tiles"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("out", type=Path, help="OUT.pmtiles")
        parser.add_argument("--tilesets", default="", help="names with commas; loaded layers by their slug")
        parser.add_argument("--minzoom", type=int)
        parser.add_argument("--maxzoom", type=int, help="clients draw deeper zooms from the last one")
        super().add_arguments(parser)

    def answer(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"status": "exported", "file": str(given["out"]), **_export(given)}

    def print_result(self, body: dict[str, Any]) -> None:
        self.stdout.write(f"{body['tilesets']}: {body['tiles']} tiles, {body['bytes']} bytes in {body['file']}")


def _export(given: dict[str, Any]) -> dict[str, Any]:
    public = AnonymousUser()
    out: Path = given["out"]
    if out.suffix.lower() != ".pmtiles" or not out.parent.is_dir():
        raise BadInput(_("请给出 .pmtiles 文件，且所在文件夹须存在。"), code="target-missing")
    names = given["tilesets"] or ",".join(layer.name for layer in FIXED if layer.audience(public) != "nobody")
    try:
        tileset = tileset_or_404(CATALOGUE, names, public)
    except Http404:
        message = _("“%(names)s”中有不存在或不公开的图层。") % {"names": names[:200]}
        raise BadInput(message, code="tileset-missing") from None
    made = write_pmtiles(tileset, public, out, given["minzoom"], given["maxzoom"])
    return {"tilesets": tileset.name, "tiles": made.tiles, "bytes": made.bytes,
            "minzoom": made.minzoom, "maxzoom": made.maxzoom}  # fmt: skip
