"""What reporting does every night: renew what is observed, measure what the rooms give, then ask the rules."""

from django.utils import timezone

from reporting.observations.features import renew
from reporting.observations.from_points import measure_points
from reporting.observations.from_rooms import measure_rooms
from reporting.warnings.watch import watch

NIGHTLY = "reporting.jobs.nightly"


def nightly() -> dict[str, int]:
    """Measure and watch; how many values changed, and what became of warnings."""
    today = timezone.localdate()
    renew()
    return {"measured": measure_rooms(today) + measure_points(today), **watch()}
