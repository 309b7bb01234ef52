"""`manage.py load_demo`: fill an empty database with the demo district."""

import argparse
import time
from datetime import date
from typing import Any

from django.utils import timezone

from demo.load import is_empty, load_district, replace_district
from demo.store.record import store_missing_district, store_relief
from ledger.roles import grants
from ledger.roles.connections import as_owner
from ui.commands import AnsweringCommand


def iso_date(text: str) -> date:
    """Read YYYY-MM-DD for argparse."""
    return date.fromisoformat(text)


def _replace(today: date) -> dict[str, int]:
    """Only the owner may empty the tables; what is loaded then belongs to the site's role again."""
    with as_owner():
        counts = replace_district(today)
        grants.apply()
    return counts


class Command(AnsweringCommand):
    name = "load_demo"
    help = "Fill an empty database with the demo district: real outlines and names, invented life. One transaction."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        group = parser.add_mutually_exclusive_group()
        group.add_argument("--if-empty", action="store_true", help="keep a database that holds something, and succeed")
        group.add_argument("--replace", action="store_true", help="demonstration only: delete everything first")
        parser.add_argument("--today", type=iso_date, help="the day on which the district stands, YYYY-MM-DD")
        super().add_arguments(parser)

    def answer(self, given: dict[str, Any]) -> dict[str, Any]:
        store_relief()
        if given["if_empty"] and not is_empty():
            store_missing_district()
            return {"status": "kept", "counts": {}, "seconds": 0.0}
        started = time.monotonic()
        counts = (_replace if given["replace"] else load_district)(given["today"] or timezone.localdate())
        return {"status": "loaded", "counts": counts, "seconds": round(time.monotonic() - started, 1)}

    def print_result(self, body: dict[str, Any]) -> None:
        if body["status"] == "kept":
            self.stdout.write("load_demo: the database holds data already, kept as it is")
        else:
            told = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in body["counts"].items())
            self.stdout.write(f"load_demo: {told} in {body['seconds']} s")
