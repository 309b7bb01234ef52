"""`manage.py assess_months [--point CODE | --missing]`: assess months of points anew from their samples."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Exists, OuterRef, Q, QuerySet

from river_monitoring.assessment.models import PointMonth, PointSpan
from river_monitoring.assessment.services import keep_missing_to_date, refresh_months
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.samples.models import Sample

SAMPLES = Sample.objects.filter(point=OuterRef("pk"))
MONTHS = PointMonth.objects.filter(point=OuterRef("pk"))
"""Those of before their means, or the items that exceed, were kept have none of these."""
SPANS = PointSpan.objects.filter(point=OuterRef("pk"))
"""Those of before their verdicts were kept name no standard; some of later no items that exceed."""


class Command(BaseCommand):
    help = "Assess every month of every point anew from its samples, by the rule and the limits in force in each month."

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--point", help="code of one point; all of them without it")
        which.add_argument(
            "--missing",
            action="store_true",
            help="only points that have samples and no month, or rows of before all that is kept now was kept",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{refresh_months(self._points(options))} months assessed")
        if options["missing"]:
            self.stdout.write(f"{keep_missing_to_date()} points' years up to each month kept")

    def _points(self, options: dict[str, Any]) -> QuerySet[MonitoringPoint]:
        points = MonitoringPoint.objects.order_by("pk")
        if options["missing"]:
            months = MONTHS.filter(Q(means__isnull=True) | Q(exceeding__isnull=True))
            spans = SPANS.filter(Q(standard="") | Q(exceeding__isnull=True))
            return points.filter(Exists(SAMPLES) & ~Exists(MONTHS) | Exists(months) | Exists(spans))
        if not options["point"]:
            return points
        if not points.filter(code=options["point"]).exists():
            raise CommandError(f"no point has the code {options['point']}")
        return points.filter(code=options["point"])
