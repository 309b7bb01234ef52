"""`manage.py undo_layer SLUG`: publish the version before, or any other."""

import argparse
import json
import sys
from typing import Any

from django.core.management.base import BaseCommand

from geokit.refusal import Refusal
from layers.versions import undo_layer

REFUSED = 2


class Command(BaseCommand):
    help = "Publish an earlier version of a layer again. Undoing the first version takes the layer off the map."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--to-version", type=int, default=None, metavar="N")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **given: Any) -> None:
        body: dict[str, Any] = {"status": "undone", "slug": given["slug"]}
        try:
            version = undo_layer(given["slug"], given["to_version"])
            body["version"] = version.number if version else None
        except Refusal as refusal:
            body = {
                "status": "refused",
                "slug": given["slug"],
                "error": {"code": refusal.code, "message": refusal.message},
            }
        if given["json"]:
            self.stdout.write(json.dumps(body, ensure_ascii=False))
        elif "error" not in body:
            shown = f"version {body['version']}" if body["version"] else "taken off the map"
            self.stdout.write(f"{given['slug']}: {shown}")
        if "error" in body:
            self.stderr.write(f"undo_layer: {body['error']['code']}: {body['error']['message']}")
            sys.exit(REFUSED)
