"""Is it alive, is it ready, what does it count."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from backups import runs
from backups.models import Run
from geo_portal.middleware.replica import replica_state
from jobs import watch
from ledger.anchors.delivery import undelivered
from ledger.chain.declared import declared
from ledger.chain.faults import Fault
from ledger.chain.guards import guard_faults
from ledger.filestore import reconciliation
from ledger.filestore.refusals import FileDamaged, FileLost, met
from ledger.roles.faults import role_faults
from tiles.cache.metrics import TileCollector


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer while the process lives; asks nothing of anybody else."""
    return HttpResponse("ok\n", content_type="text/plain")


def _database_ok() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT postgis_lib_version()")
    except Error:
        return False
    return True


def waiting_migrations() -> int:
    """How many migrations of the code the database has not had."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def database_bytes() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def guard_faults_now() -> list[Fault]:
    """What keeps the evidence and does not stand as it should: triggers, constraints, the rights of the site's role."""
    return [*guard_faults(declared()), *role_faults()]


def _lanes() -> list[watch.LaneFacts]:
    try:
        return watch.lanes()
    except Error:
        return []


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Tell whether database, migrations, what keeps the evidence, and workers are fine; 503 names what is not.

    `lanes` tells of each lane of the job queue how many seconds its oldest job has been due and its newest heartbeat is
    old, as the database has it; `backup` how many the last good backup and the last proof are, and whether that is too
    much; `files` what the nightly comparison of rows and files found last. A process on a standby adds `lag`, whether
    it is near enough to the primary, and `replica`, what it rests on.
    """
    parts, replica = {"database": _database_ok()}, {}
    lanes: list[watch.LaneFacts] = []
    if parts["database"]:
        parts["migrations"] = not waiting_migrations()
        lanes = _lanes() if parts["migrations"] else []
        parts["evidence"] = parts["migrations"] and not guard_faults_now()
        parts["worker"] = bool(lanes) and all(lane.is_well for lane in lanes)
        if settings.READS_ONLY:
            state = replica_state()
            parts["lag"], replica = state.is_well, {"replica": asdict(state)}
    ready = all(parts.values())
    facts = {
        lane.lane: {"oldest_due_s": round(lane.oldest_due), "heartbeat_s": _rounded(lane.heartbeat)} for lane in lanes
    }
    known = parts.get("migrations")
    detail = {"lanes": facts, "backup": _backup() if known else {}, "files": _files() if known else None, **replica}
    return JsonResponse({"ready": ready, **parts, **detail}, status=200 if ready else 503)


def _files() -> dict[str, Any] | None:
    """What the nightly comparison of rows and files found last; it does not make the site unready."""
    last = reconciliation.last_check()
    if last is None:
        return None
    return {"at": last.at.isoformat(), **{name: last.detail[name] for name in ("missing", "unnamed", "held_back")}}


def _backup() -> dict[str, Any]:
    """How old the last good backup and the last proof are; an old one makes nobody's page worse, so it is no fault."""
    proof, age = runs.last(Run.Kind.PROOF, ok=True), runs.age_of_last_good()
    return {
        "age_s": round(age.total_seconds()),
        "old": runs.is_too_old(age),
        "proof_age_s": round((timezone.now() - proof.finished).total_seconds()) if proof else None,
    }


def _rounded(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds)


class SiteCollector(Collector):
    """What waits in the queue, what failed, how large the database is."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the figures of this moment, asked of the database."""
        lanes = watch.lanes()
        failed = watch.failed_within(timedelta(days=1))
        waiting = sum(lane.waiting for lane in lanes)
        yield GaugeMetricFamily("geo_portal_jobs_waiting", "Jobs that are due and that no worker holds", waiting)
        yield GaugeMetricFamily("geo_portal_jobs_failed_1d", "Jobs that failed within a day", failed)
        yield from _lane_gauges(lanes)
        yield from _backup_gauges()
        late = undelivered().count()
        yield GaugeMetricFamily("geo_portal_anchors_undelivered", "Anchors that did not arrive at a place", late)
        faults = len(guard_faults_now())
        yield GaugeMetricFamily("geo_portal_guard_faults", "Triggers, constraints and rights that differ", faults)
        yield from _file_gauges()
        yield GaugeMetricFamily("geo_portal_database_bytes", "Size of the database", database_bytes())
        if settings.READS_ONLY and (lag := replica_state().lag_s) is not None:
            yield GaugeMetricFamily("geo_portal_replica_lag_seconds", "Age of what the standby has applied last", lag)


FILE_GAUGES = {
    "geo_portal_files": ("Files that rows keep", "files"),
    "geo_portal_files_bytes": ("Their size", "bytes"),
    "geo_portal_files_missing": ("Rows whose file is not in the store", "missing"),
    "geo_portal_files_unnamed": ("Files without a row", "unnamed"),
}


def _file_gauges() -> Iterator[GaugeMetricFamily]:
    """What the last nightly comparison found, and what readers of this process met."""
    for code in (FileLost.default_code, FileDamaged.default_code):
        name = f"geo_portal_{code.replace('-', '_')}_reads"
        yield GaugeMetricFamily(name, f"Reads that ended with {code}, in this process", met[code])
    if (last := reconciliation.last_check()) is None:
        return
    for name, (text, figure) in FILE_GAUGES.items():
        yield GaugeMetricFamily(name, text, last.detail[figure])
    held, age = bool(last.detail["held_back"]), (timezone.now() - last.at).total_seconds()
    yield GaugeMetricFamily("geo_portal_files_held_back", "1 when the clean-up of files removes nothing", int(held))
    yield GaugeMetricFamily("geo_portal_files_check_age_seconds", "Since rows and files were compared", age)


LANE_GAUGES: dict[str, tuple[str, Callable[[watch.LaneFacts], float | None]]] = {
    "geo_portal_job_oldest_due_seconds": ("Age of the oldest job that no worker holds", lambda lane: lane.oldest_due),
    "geo_portal_jobs_at_work": ("Jobs that a worker holds", lambda lane: lane.at_work),
    "geo_portal_worker_heartbeat_seconds": ("Age of the newest heartbeat", lambda lane: lane.heartbeat),
    "geo_portal_lane_well": ("1 when the lane does its work", lambda lane: int(lane.is_well)),
}


def _lane_gauges(lanes: list[watch.LaneFacts]) -> Iterator[GaugeMetricFamily]:
    """One figure for each lane; a lane without a worker has no age of a heartbeat."""
    for name, (text, figure) in LANE_GAUGES.items():
        gauge = GaugeMetricFamily(name, text, labels=["lane"])
        for lane in lanes:
            if (value := figure(lane)) is not None:
                gauge.add_metric([lane.lane], value)
        yield gauge


def _backup_gauges() -> Iterator[GaugeMetricFamily]:
    facts = _backup()
    yield GaugeMetricFamily("geo_portal_backup_age_seconds", "Age of the last good backup", facts["age_s"])
    if facts["proof_age_s"] is not None:
        yield GaugeMetricFamily("geo_portal_backup_proof_age_seconds", "Age of the last proof", facts["proof_age_s"])


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Write the metrics of the site and of this process's tiles as Prometheus text."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(SiteCollector())
    registry.register(TileCollector())
    return HttpResponse(generate_latest(registry), content_type="text/plain; version=0.0.4; charset=utf-8")
