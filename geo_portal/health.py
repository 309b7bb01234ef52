"""Is it alive, is it ready, what does it count."""

from collections.abc import Iterator
from datetime import timedelta

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_q.models import OrmQ, Task
from django_q.status import Stat
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from tiles.cache.metrics import TileCollector

STUCK_AFTER = timedelta(minutes=10)


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer while the process lives; asks nothing of anybody else."""
    return HttpResponse("ok\n", content_type="text/plain")


def _database_ok() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT postgis_lib_version()")
    except DatabaseError:
        return False
    return True


def _migrations_ok() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _worker_ok() -> bool:
    """A worker reports itself, or at least no job has waited for long."""
    if Stat.get_all():
        return True
    return not OrmQ.objects.filter(lock__lt=timezone.now() - STUCK_AFTER).exists()


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Tell whether database, migrations and worker are fine; 503 names the part that is not."""
    parts = {"database": _database_ok()}
    if parts["database"]:
        parts["migrations"] = _migrations_ok()
        parts["worker"] = parts["migrations"] and _worker_ok()
    return JsonResponse({"ready": all(parts.values()), **parts}, status=200 if all(parts.values()) else 503)


class SiteCollector(Collector):
    """What waits in the queue, what failed, how large the database is."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the figures of this moment, asked of the database."""
        day_ago = timezone.now() - timedelta(days=1)
        failed = Task.objects.filter(success=False, stopped__gte=day_ago).count()
        yield GaugeMetricFamily("geo_portal_jobs_waiting", "Jobs in the queue", OrmQ.objects.count())
        yield GaugeMetricFamily("geo_portal_jobs_failed_1d", "Jobs that failed within a day", failed)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            size = cursor.fetchone()[0]
        yield GaugeMetricFamily("geo_portal_database_bytes", "Size of the database", size)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Write the metrics of the site and of this process's tiles as Prometheus text."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(SiteCollector())
    registry.register(TileCollector())
    return HttpResponse(generate_latest(registry), content_type="text/plain; version=0.0.4; charset=utf-8")
