"""`manage.py import_package FILE [--check | --undo]`: take a package of another instance (docs/exchange.md)."""

import argparse
from pathlib import Path
from typing import Any

from accounts.models import User
from accounts.people.command_accounts import command_account
from exchange.receiving.services import Answer, import_package, undo
from exchange.register.models import Taking
from geokit.digests import sha256_of
from geokit.refusal import BadInput
from ui.commands import AnsweringCommand

SERVICE_ACCOUNT = "api-exchange"


class Command(AnsweringCommand):
    name = "import_package"
    help = "Take a signed package of a registered instance, or with --check say what it would change."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--origin", default="", help="the code of the partner; else by the key that signed it")
        parser.add_argument("--check", action="store_true", help="change nothing, print the difference")
        parser.add_argument("--undo", action="store_true", help="take this package back")
        super().add_arguments(parser)

    def answer(self, given: dict[str, Any]) -> dict[str, Any]:
        try:
            return self._undone(given) if given["undo"] else _said(self._taken(given))
        except OSError as error:
            raise BadInput(str(error), code="no-file") from error

    def print_result(self, body: dict[str, Any]) -> None:
        self.stdout.write(_words(body))

    def _taken(self, given: dict[str, Any]) -> Answer:
        return import_package(given["file"], actor=service_account(), origin=given["origin"], check=given["check"])

    def _undone(self, given: dict[str, Any]) -> dict[str, Any]:
        taking = Taking.objects.filter(sha256=sha256_of(given["file"]), undone_at=None).first()
        if taking is None:
            raise BadInput("this package was not taken, or was taken back", code="nothing-to-undo")
        undo(service_account(), taking.pk)
        return {"status": "undone", "origin": taking.partner.origin}


def service_account() -> User:
    """Return the account in whose name the command acts."""
    return command_account(SERVICE_ACCOUNT, "import_package")


def _said(answer: Answer) -> dict[str, Any]:
    differences = [
        {"outcome": one.outcome, "id": one.identifier, "name": one.name,
         "fields": [{"field": name, "before": before, "after": after} for name, before, after in one.fields]}
        for one in answer.differences
    ]  # fmt: skip
    return answer.as_json() | {"differences": differences}


def _words(said: dict[str, Any]) -> str:
    lines = [f"{one['outcome']} {one['id']} {one['name']}" for one in said.pop("differences", ())]
    return "\n".join([*lines, " ".join(f"{name}={value}" for name, value in said.items())])
