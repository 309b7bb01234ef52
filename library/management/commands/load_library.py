"""Load a folder of laws and papers into the library."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from geokit.refusal import Refusal
from library.loading import load_folder


class Command(BaseCommand):
    help = "Load PDF, DOCX, TXT and MD files of a folder; library.csv beside them may say more of each."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--public", action="store_true", help="open what is loaded to everybody")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = load_folder(None, options["folder"], "public" if options["public"] else "internal")
        except Refusal as refusal:
            raise CommandError(refusal.message) from None
        if options["json"]:
            self.stdout.write(json.dumps(asdict(loaded), ensure_ascii=False, indent=2))
        else:
            self.stdout.write(
                f"documents {loaded.documents}, versions {loaded.versions}, already there {loaded.already}"
            )
            for row in loaded.refused:
                self.stdout.write(f"{row['file']}: {row['reason']}")
        if loaded.refused:
            raise SystemExit(1)
