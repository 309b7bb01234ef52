"""Make the report on the last whole quarter in the database of this process; processor time of each of its parts."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from reporting.quarterly.report import WRITERS, prepare
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.statistics.periods import newest_span
from tests.benchmark.harness import processor_s


def times() -> dict[str, dict[str, Any]]:
    """Reading with its queries, then each file with its bytes."""
    span = newest_span(MonitoringPoint.objects.all(), "quarter")
    began = processor_s()
    with CaptureQueriesContext(connection) as queries:
        prepared = prepare(span)
    found: dict[str, dict[str, Any]] = {
        "read and composed": {"seconds": processor_s() - began, "queries": len(queries)}
    }
    for suffix in WRITERS:
        began = processor_s()
        written = prepared.write(suffix)
        found[suffix] = {"seconds": processor_s() - began, "bytes": len(written)}
    return found
