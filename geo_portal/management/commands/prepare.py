"""`manage.py prepare`: migrations, and the demo or a district of files; one process, for each costs seconds to load."""

import argparse
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from accounts.district import District
from geo_portal import session_limits
from geo_portal.setup.record_file import read_district_file
from geokit.refusal import Refusal


class Command(BaseCommand):
    # The worker, started right after, runs them all; here they would load every page only for that.
    requires_system_checks = []
    help = "Bring the database up to date; with DEMO=1 load the demo district if the database is empty."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--district", type=Path, help="a folder with DISTRICT.toml, loaded if it is not there yet")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        session_limits.keep()
        # Samples of a release that kept no months; nothing to do from then on.
        call_command("assess_months", missing=True, stdout=StringIO())
        if settings.DEMO:
            call_command("load_demo", if_empty=True, stdout=self.stdout, stderr=self.stderr)
        elif (folder := options["district"]) is not None:
            self._load(folder)
        if not settings.DEMO:
            call_command("setup_code", stdout=self.stdout)

    def _load(self, folder: Path) -> None:
        """Load a district that is not there; `new_district` itself says no to another one's database."""
        record = folder / "DISTRICT.toml"
        try:
            is_there = District.objects.filter(code=read_district_file(record).code).exists()
        except Refusal:
            is_there = False  # the command says what is wrong with the file
        if is_there:
            self.stdout.write(f"new_district: {folder} is loaded already; send its files again with new_district")
            return
        call_command("new_district", str(record), str(folder), stdout=self.stdout, stderr=self.stderr)
