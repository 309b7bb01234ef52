"""`manage.py load_demo`: fill an empty database with the demo district."""

import argparse
import json
import sys
import time
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from demo.load import is_empty, load_district, replace_district
from geokit.refusal import Refusal
from ledger.roles import grants
from ledger.roles.connections import as_owner

REFUSED = 2


def iso_date(text: str) -> date:
    """Read YYYY-MM-DD for argparse."""
    return date.fromisoformat(text)


def _replace(today: date) -> dict[str, int]:
    """Only the owner may empty the tables; what is loaded then belongs to the site's role again."""
    with as_owner():
        counts = replace_district(today)
        grants.apply()
    return counts


class Command(BaseCommand):
    help = "Fill an empty database with the demo district: real outlines and names, invented life. One transaction."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        group = parser.add_mutually_exclusive_group()
        group.add_argument("--if-empty", action="store_true", help="keep a database that holds something, and succeed")
        group.add_argument("--replace", action="store_true", help="demonstration only: delete everything first")
        parser.add_argument("--today", type=iso_date, help="the day on which the district stands, YYYY-MM-DD")
        parser.add_argument("--json", action="store_true", help="print the counts as JSON")

    def handle(self, *args: Any, **given: Any) -> None:
        if given["if_empty"] and not is_empty():
            self._tell(given, "kept", {}, 0.0)
            return
        started = time.monotonic()
        try:
            counts = (_replace if given["replace"] else load_district)(given["today"] or timezone.localdate())
        except Refusal as refusal:
            if given["json"]:
                error = {"code": refusal.code, "message": refusal.message}
                self.stdout.write(json.dumps({"status": "refused", "error": error}, ensure_ascii=False))
            self.stderr.write(f"load_demo: {refusal.code}: {refusal.message}")
            sys.exit(REFUSED)
        self._tell(given, "loaded", counts, time.monotonic() - started)

    def _tell(self, given: dict[str, Any], status: str, counts: dict[str, int], seconds: float) -> None:
        if given["json"]:
            self.stdout.write(json.dumps({"status": status, "counts": counts, "seconds": round(seconds, 1)}))
        elif status == "kept":
            self.stdout.write("load_demo: the database holds data already, kept as it is")
        else:
            told = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items())
            self.stdout.write(f"load_demo: {told} in {seconds:.1f} s")
