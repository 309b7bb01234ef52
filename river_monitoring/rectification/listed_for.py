"""What failed when a point was listed, for points that were listed before this was kept.

Without it a later proof need not measure again what was wrong. Worked out from the newest month up to the listing day.
"""

from django.db import transaction
from django.utils import timezone

from ledger import audit
from river_monitoring.assessment.queries import months_of, read_samples
from river_monitoring.assessment.services import refresh_months
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.rectification.services import failing_items
from river_monitoring.steps.table import TABLE


@transaction.atomic
def complete_listings() -> int:
    """Fill in `listed_for` where it is empty and the samples tell; return how many points gained it."""
    rows = MonitoringPoint.objects.select_for_update(of=("self",)).filter(
        status__in=TABLE.in_group("listed"), listed_for=[], listed_on__isnull=False
    )
    return sum(_complete(point) for point in rows.order_by("pk"))


def _complete(point: MonitoringPoint) -> bool:
    taken = read_samples(point.samples.all())[point.pk]
    before = [each for each in taken if timezone.localdate(each.at) <= (point.listed_on or timezone.localdate())]
    months = months_of(point, before)
    failed = failing_items(months[-1][1], point.target_class) if months else []
    if not failed:
        return False
    point.listed_for = failed
    point.save(update_fields=["listed_for"])
    refresh_months([point])  # a month that lacks these items is no complete one
    audit.record(None, "complete-listing", point, listed_for=failed)
    return True
