"""What of this room is in the chain of evidence, and what its events must lead to."""

import json
from collections.abc import Iterable
from itertools import groupby

from django.db import connection

from ledger.chain.declared import Chained, Contradiction, Explains, Stored, Touched
from ledger.chain.replays import Continuity, Replay
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.rectification.models import RectificationEvent
from river_monitoring.samples.models import Sample, SampleCheck, SampleRevision
from river_monitoring.steps.sample_quality import TABLE as QUALITY_TABLE
from river_monitoring.steps.table import TABLE, State

POINTS, SAMPLES = "river_monitoring_monitoringpoint", "river_monitoring_sample"
POINT = "river_monitoring.monitoringpoint"
STEP, WORK = "river_monitoring_rectificationevent", "river_monitoring_workevent"
CHANGE = "river_monitoring_pointchange"

CHAINED = (
    Chained(
        POINTS,
        omitted=(
            "current_class", "current_month", "current_is_at_least", "current_sample_id", "updated_at", "version",
        ),
        sealed=("responsible_name", "responsible_phone"),
        explained_by=(Explains(STEP, "point_id"), Explains(WORK, "point_id"), Explains(CHANGE, "point_id")),
        own_triggers=("river_monitoring_monitoringpoint_changes",),
    ),
    Chained(CHANGE, history=True),
    Chained(
        SAMPLES,
        # Another table of the standard for a point rates its samples anew.
        explained_by=(
            Explains("river_monitoring_samplerevision", "sample_id"),
            Explains("river_monitoring_samplecheck", "sample_id"),
            Explains(CHANGE, "point_id", "point_id"),
        ),
        audited_as=((POINT, "point_id"),),
    ),
    Chained("river_monitoring_samplerevision", history=True),
    Chained("river_monitoring_samplecheck", history=True),
    Chained(STEP, history=True),
    Chained("river_monitoring_evidence", history=True, files=(Stored("file", "sha256"),)),
    Chained("river_monitoring_evidencecheck", history=True),
    Chained("river_monitoring_photovouch", history=True),
    Chained("river_monitoring_photocover", history=True),
    Chained("river_monitoring_objection", history=True),
    Chained("river_monitoring_objectionanswer", history=True),
    Chained("river_monitoring_escalation", history=True),
    Chained(WORK, history=True),
    Chained(
        "river_monitoring_measure",
        omitted=("updated_at", "version"),
        explained_by=(Explains(WORK, "measure_id"), Explains(WORK, "point_id", "point_id")),
        audited_as=((POINT, "point_id"),),
    ),
)  # fmt: skip

points_follow_their_events = Continuity(
    TABLE, MonitoringPoint, RectificationEvent, "point",
    state="status", before="from_status", after="to_status", beginning=State.NONE.value,
)  # fmt: skip

samples_follow_their_checks = Replay(QUALITY_TABLE, Sample, SampleCheck, "sample", state="quality")

# What each point is judged by: as the newest of its changes says, or as it was registered.
_JUDGED_BY = """
    WITH registered AS (
        SELECT DISTINCT ON (row_id) row_id, content::jsonb AS was FROM accounts_chainlink
        WHERE table_name = 'river_monitoring_monitoringpoint' ORDER BY row_id, id
    ), newest AS (
        SELECT DISTINCT ON (point_id) * FROM river_monitoring_pointchange ORDER BY point_id, id DESC
    )
    SELECT p.id, c.column, c.is_now, c.by_events
    FROM river_monitoring_monitoringpoint p
    JOIN registered r ON r.row_id = p.id LEFT JOIN newest n ON n.point_id = p.id
    CROSS JOIN LATERAL (VALUES
        ('target_class', p.target_class::text, coalesce(n.target_class::text, r.was ->> 'target_class')),
        ('water', p.water::text, coalesce(n.water, r.was ->> 'water')),
        ('department_id', p.department_id::text, coalesce(n.department_id::text, r.was ->> 'department_id'))
    ) c ("column", is_now, by_events)
    WHERE c.is_now <> c.by_events AND (%s::bigint[] IS NULL OR p.id = ANY(%s)) ORDER BY p.id
"""


def points_follow_their_changes(touched: Touched) -> Iterable[Contradiction]:
    """Target class, table and department of a point are those of its newest change, or of its registration."""
    rows = touched.of(POINTS)
    chosen = None if rows is None else sorted(rows)
    with connection.cursor() as cursor:
        cursor.execute(_JUDGED_BY, [chosen, chosen])
        for row, column, is_now, by_events in cursor.fetchall():
            yield Contradiction(POINTS, row, column, is_now, by_events)


_CHANGED = """
    SELECT DISTINCT row_id FROM accounts_chainlink
    WHERE table_name = %s AND op = 'U' AND (%s::bigint[] IS NULL OR row_id = ANY(%s)) ORDER BY row_id
"""
_VERSIONS = """
    SELECT row_id, content::jsonb ->> 'readings' FROM accounts_chainlink
    WHERE table_name = %s AND row_id = ANY(%s) AND op <> 'D' ORDER BY row_id, id
"""


def corrections_have_revisions(touched: Touched) -> Iterable[Contradiction]:
    """The readings that a sample had before each change must be those that its revisions kept."""
    rows = touched.of(SAMPLES)
    chosen = None if rows is None else sorted(rows)
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, [SAMPLES, chosen, chosen])
        changed = [row for (row,) in cursor.fetchall()]
        cursor.execute(_VERSIONS, [SAMPLES, changed])
        links = cursor.fetchall()
    for sample, group in groupby(links, lambda row: row[0]):
        had = [json.loads(text) for text, _same in groupby(text for _key, text in group)]
        if len(had) == 1:
            continue
        kept = list(SampleRevision.objects.filter(sample=sample).order_by("pk").values_list("readings", flat=True))
        if had[:-1] != kept[-len(had) + 1 :]:
            yield Contradiction(SAMPLES, sample, "readings", had[-1], kept[-1] if kept else had[0])
