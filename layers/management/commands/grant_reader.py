"""`manage.py grant_reader ROLE`: let a database role read all layers, for QGIS and other programs."""

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand

from layers.storage.database_views import grant_reading, role_exists, writable_for
from ledger.roles.connections import as_owner
from ui.commands import REFUSED


class Command(BaseCommand):
    help = 'Let a database role read every layer (internal ones too) through the views layers."<slug>"; not write.'

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("role", help="an existing role, made by the database's administrator")

    def handle(self, *args: Any, **given: Any) -> None:
        role = given["role"]
        if not role_exists(role):
            self._refuse(f"there is no role {role}; have it made: CREATE ROLE {role} LOGIN PASSWORD '...'")
        if found := writable_for(role):
            self._refuse(f"{role} may write to {', '.join(found[:3])} and so is no reader")
        with as_owner():
            grant_reading(role)
        self.stdout.write(f"{role} may read the schemas layers (a view per layer) and layer_data (every version)")

    def _refuse(self, sentence: str) -> None:
        self.stderr.write(f"grant_reader: {sentence}")
        sys.exit(REFUSED)
