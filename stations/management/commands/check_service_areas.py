"""Check that the stations' service areas cover the district, each place once."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from geokit.refusal import Refusal
from stations.service_areas.coverage import Coverage, check_coverage

FAULTY = 2


class Command(BaseCommand):
    help = "检查联络站服务范围：有没有空白、重叠和超出本区的地方。有问题时退出码为 2。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="在标准输出写 JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = check_coverage()
        except Refusal as refusal:
            self.stderr.write(refusal.message)
            sys.exit(FAULTY)
        if options["json"]:
            self.stdout.write(json.dumps(found.as_json(), ensure_ascii=False))
        else:
            self._say(found)
        if not found.is_sound:
            sys.exit(FAULTY)

    def _say(self, found: Coverage) -> None:
        self.stdout.write(
            f"{found.stations} stations, {found.covered_percent:.2f}% covered, {len(found.gaps)} gaps, "
            f"{len(found.overlaps)} overlaps, {len(found.outside)} outside, {found.slivers} slivers ignored"
        )
        for fault in found.faults:
            where = ",".join(f"{value:.5f}" for value in fault.bbox)
            self.stdout.write(
                f"{fault.kind}\t{'+'.join(fault.stations) or '-'}\t{fault.town}\t{fault.m2:.0f} m2\t{where}"
            )
