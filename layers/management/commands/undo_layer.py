"""`manage.py undo_layer SLUG`: publish the version before, or any other."""

import argparse
from typing import Any

from layers.management.layer_command import LayerCommand
from layers.storage.versions import undo_layer


class Command(LayerCommand):
    help = "Publish an earlier version of a layer again. Undoing the first version takes the layer off the map."
    name = "undo_layer"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--to-version", type=int, default=None, metavar="N")
        super().add_arguments(parser)

    def answer(self, given: dict[str, Any]) -> dict[str, Any]:
        version = undo_layer(given["slug"], given["to_version"])
        return {"status": "undone", "slug": given["slug"], "version": version.number if version else None}

    def print_result(self, body: dict[str, Any]) -> None:
        shown = f"version {body['version']}" if body["version"] else "taken off the map"
        self.stdout.write(f"{body['slug']}: {shown}")
