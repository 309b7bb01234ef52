"""Is it alive, is it ready, what does it count."""

from datetime import timedelta

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_q.models import OrmQ, Task
from django_q.status import Stat

from tiles.cache import metrics as tile_metrics

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


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text: what waits in the queue, what failed, how large the database is, how tiles were answered."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        size = cursor.fetchone()[0]
    day_ago = timezone.now() - timedelta(days=1)
    values = {
        "geo_portal_jobs_waiting": ("Jobs in the queue", OrmQ.objects.count()),
        "geo_portal_jobs_failed_1d": (
            "Jobs that failed within a day",
            Task.objects.filter(success=False, stopped__gte=day_ago).count(),
        ),
        "geo_portal_database_bytes": ("Size of the database", size),
    }
    lines = [
        line
        for name, (text, value) in values.items()
        for line in (f"# HELP {name} {text}", f"# TYPE {name} gauge", f"{name} {value}")
    ]
    lines += tile_metrics.lines()
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")
