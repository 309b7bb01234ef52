"""`manage.py reset_factor USERNAME`: for the only administrator who has lost her second factor."""

import json as json_
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.directory.models import User
from accounts.people.factor_resets import take_away
from ledger import audit


class Command(BaseCommand):
    help = "Take somebody's second factor and recovery codes away and sign her out. Others are reset on their page."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--json", action="store_true", help='print {"factors": N}')

    def handle(self, *args: Any, username: str, json: bool = False, **options: Any) -> None:
        user = User.objects.filter(username=username, is_service=False).first()
        if user is None:
            raise CommandError(f"There is no account {username}.", returncode=2)
        count = take_away(user)
        audit.record(None, "factor-reset", user, by="command")
        self.stdout.write(json_.dumps({"factors": count}) if json else f"{count} factors and codes taken away.")
