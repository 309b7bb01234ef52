"""Django's `migrate`, as the owner of the tables, and then the rights of every role."""

from typing import Any

from django.core.management.commands.migrate import Command as Migrate

from ledger.roles import grants
from ledger.roles.connections import as_owner


class Command(Migrate):
    def handle(self, *args: Any, **options: Any) -> None:
        with as_owner(options["database"]):
            super().handle(*args, **options)
            if not (options["plan"] or options["check_unapplied"]):
                grants.apply(options["database"])
