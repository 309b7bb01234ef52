"""How commands end that answer: JSON or words on stdout, and one line on stderr with exit code 2 for a no."""

import argparse
import json
import sys
from abc import abstractmethod
from typing import Any, NoReturn

from django.core.management.base import BaseCommand

from geokit.refusal import Refusal

REFUSED = 2


class AnsweringCommand(BaseCommand):
    """A command that does one thing and answers with a JSON object."""

    name: str
    """What the line on stderr begins with."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the answer as JSON")

    @abstractmethod
    def answer(self, given: dict[str, Any]) -> dict[str, Any]:
        """Do it and say what came of it. May raise Refusal, or return an answer that holds `error`."""

    @abstractmethod
    def print_result(self, body: dict[str, Any]) -> None:
        """Say a success in words."""

    def handle(self, *args: Any, **given: Any) -> None:
        try:
            body = self.answer(given)
        except Refusal as refusal:
            body = self.refused(refusal, given)
        if given["json"]:
            self.stdout.write(json.dumps(body, ensure_ascii=False, default=str))
        elif not body.get("error"):
            self.print_result(body)
        if error := body.get("error"):
            self.end_refused(error["code"], error["message"])

    def end_refused(self, code: str, message: str) -> NoReturn:
        """Say on stderr why, in one line, and end with 2."""
        self.stderr.write(f"{self.name}: {code}: {' '.join(message.split())}")
        sys.exit(REFUSED)

    @staticmethod
    def refused(refusal: Refusal, given: dict[str, Any]) -> dict[str, Any]:
        message = " ".join(dict.fromkeys([refusal.message, *(error.message for error in refusal.errors)]))
        return {"status": "refused", "error": {"code": refusal.code, "message": message}}
