"""`manage.py ladder [TABLE]`: the generalised copies of large tables: how far they are, make them, drop them."""

import argparse
import json
import sys
from typing import Any

from django.core.management.base import BaseCommand

from tiles.cache.watched_tables import table_key
from tiles.ladder import build as building
from tiles.ladder.models import Ladder
from ui.commands import REFUSED


class Command(BaseCommand):
    help = (
        "List generalised copies; with TABLE (schema.table) make those of one table, anew with --anew, or --drop them."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("table", nargs="?", metavar="TABLE")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--anew", action="store_true", help="drop what is there first")
        what.add_argument("--drop", action="store_true", help="only drop what is there")
        parser.add_argument("--json", action="store_true", help="print the answer as JSON")

    def handle(self, *args: Any, table: str | None, anew: bool, drop: bool, **given: Any) -> None:
        if table is None and (anew or drop):
            self._refuse("TABLE is needed with --anew and --drop")
        try:
            found = self._one(table, anew, drop) if table else list(Ladder.objects.order_by("source"))
        except LookupError as error:
            self._refuse(str(error))
        if given["json"]:
            self.stdout.write(json.dumps([ladder.as_dict() for ladder in found], ensure_ascii=False))
            return
        for ladder in found:
            self._tell(ladder)

    def _one(self, table: str, anew: bool, drop: bool) -> list[Ladder]:
        known = Ladder.objects.filter(source=table_key(table)).first()
        if drop and known is None:
            raise LookupError(f"table {table} has no generalised copies")
        if anew or drop:
            building.drop(table)
        if drop:
            return []
        columns = known.columns if known else None
        return [building.build(table, columns, self._tell if sys.stdout.isatty() else lambda ladder: None)]

    def _tell(self, ladder: Ladder) -> None:
        steps = "" if ladder.steps is None else f", step {ladder.stage} of {ladder.steps}, zooms 0 to {ladder.top}"
        self.stdout.write(f"{ladder.source}: {Ladder.State(ladder.state).value}, {ladder.rows} rows{steps}")

    def _refuse(self, why: str) -> None:
        self.stderr.write(f"ladder: {why}")
        sys.exit(REFUSED)
