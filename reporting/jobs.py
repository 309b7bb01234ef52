"""What reporting does every night: measure what the rooms give, then ask the rules."""

from django.utils import timezone

from reporting.observations.from_rooms import measure_rooms
from reporting.warnings.watch import watch

NIGHTLY = "reporting.jobs.nightly"


def nightly() -> dict[str, int]:
    """Measure and watch; how many values changed, and what became of warnings."""
    return {"measured": measure_rooms(timezone.localdate()), **watch()}
