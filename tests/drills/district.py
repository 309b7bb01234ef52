"""The small district of a drilled site. Django must be set up, and the database migrated."""

from django.utils import timezone

from accounts.models import Area, RuleChange
from accounts.rules.services import begin
from tests.data.cast import make_staff, make_world

LIMITS = dict.fromkeys(
    [f"limits.reports_{which}" for which in ("address_hour", "address_day", "network_hour", "account_hour")], 1_000_000
)
"""Rules of the district: everybody reports from one address."""


def make_district() -> None:
    """Make it where there is none: somebody has an account, else every page leads to the set-up."""
    if not Area.objects.exists():
        make_world()
        make_staff()
    if not RuleChange.objects.exists():
        begin(LIMITS, since=timezone.localdate(), reason="drills")
