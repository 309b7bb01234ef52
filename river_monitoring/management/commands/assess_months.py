"""`manage.py assess_months [--point CODE]`: assess every month of every point anew, after an upgrade or a new rule."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from river_monitoring.assessment.services import refresh_months
from river_monitoring.points.models import MonitoringPoint


class Command(BaseCommand):
    help = "Assess every month of every point anew from its samples, by the rule and the limits in force in each month."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--point", help="code of one point; all of them without it")

    def handle(self, *args: Any, **options: Any) -> None:
        points = MonitoringPoint.objects.order_by("pk")
        if options["point"]:
            points = points.filter(code=options["point"])
            if not points.exists():
                raise CommandError(f"no point has the code {options['point']}")
        self.stdout.write(f"{refresh_months(points)} months assessed")
