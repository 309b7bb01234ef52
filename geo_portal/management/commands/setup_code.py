"""`manage.py setup_code`: print the one-time code with which the first account is made on `/setup/`."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.urls import reverse

from accounts.first_account.services import make_code


class Command(BaseCommand):
    requires_system_checks = []
    help = "Print a one-time code for the first account, where nobody has one yet; it replaces the one before."

    def handle(self, *args: Any, **options: Any) -> None:
        if code := make_code():
            address = f"{settings.SITE_URL.rstrip('/')}{reverse('setup:index')}"
            self.stdout.write(f"Nobody has an account yet. Make the first at {address}")
            self.stdout.write(f"One-time code, good for 24 hours:  {code}")
