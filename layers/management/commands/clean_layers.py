"""`manage.py clean_layers`: what old uploads and versions take of the disk, and their removal."""

import argparse
import json
from typing import Any

from django.core.management.base import BaseCommand

from layers.importing.cleanup import clean_up, disk_use

MB = 1024**2


class Command(BaseCommand):
    help = (
        "Remove uploads and versions that the rules layers.keep_versions, keep_days and upload_days do not keep, and"
        " show the disk in use. Published versions stay, and every version's record."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="print_result what would go, remove nothing")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **given: Any) -> None:
        done = clean_up(dry_run=given["dry_run"])
        body = {"status": "previewed" if given["dry_run"] else "cleaned", **done, "disk": disk_use()}
        if given["json"]:
            self.stdout.write(json.dumps(body, ensure_ascii=False))
            return
        word = "would go" if given["dry_run"] else "removed"
        for version in body["versions"]:
            self.stdout.write(f"{word}: {version['slug']} version {version['version']}, {version['rows']} rows")
        self.stdout.write(f"{word}: {body['uploads']} uploads, {body['upload_bytes'] / MB:.1f} MB")
        disk = body["disk"]
        self.stdout.write(f"in use: uploads {disk['uploads'] / MB:.1f} MB, tables {disk['tables'] / MB:.1f} MB")
        for layer in disk["layers"]:
            self.stdout.write(f"  {layer['slug']}: {layer['bytes'] / MB:.1f} MB in {layer['versions']} versions")
