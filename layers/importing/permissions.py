"""Whose imports somebody sees."""

from django.db.models import QuerySet

from accounts.permissions import Asker, reach_of
from layers.importing.models import ImportJob
from ledger.actors import account_of


def imports_seen_by(user: Asker) -> QuerySet[ImportJob]:
    """Return the imports whose files and previews an editor sees: all, and with several districts her own."""
    jobs = ImportJob.objects.all()
    return jobs if reach_of(user) is None else jobs.filter(created_by=account_of(user))
