"""What of this room is in the chain of evidence, and what its events must lead to."""

import json
from collections.abc import Iterable
from itertools import groupby

from django.db import connection

from ledger.chain.declared import Chained, Contradiction, Explains, Stored, Touched
from ledger.chain.replays import Continuity
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.rectification.models import RectificationEvent
from river_monitoring.samples.models import SampleRevision
from river_monitoring.steps.table import TABLE, State

SAMPLES = "river_monitoring_sample"
POINT = "river_monitoring.monitoringpoint"
STEP, WORK = "river_monitoring_rectificationevent", "river_monitoring_workevent"

CHAINED = (
    Chained(
        "river_monitoring_monitoringpoint",
        omitted=(
            "current_class", "current_month", "current_is_at_least", "current_sample_id", "updated_at", "version",
        ),
        sealed=("responsible_name", "responsible_phone"),
        explained_by=(Explains(STEP, "point_id"), Explains(WORK, "point_id")),
    ),
    Chained(
        SAMPLES,
        explained_by=(Explains("river_monitoring_samplerevision", "sample_id"),),
        audited_as=((POINT, "point_id"),),
    ),
    Chained("river_monitoring_samplerevision", history=True),
    Chained(STEP, history=True),
    Chained("river_monitoring_evidence", history=True, files=(Stored("file", "sha256"),)),
    Chained("river_monitoring_evidencecheck", history=True),
    Chained("river_monitoring_photovouch", history=True),
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

_CHANGED = """
    SELECT row_id, content::jsonb ->> 'readings' FROM accounts_chainlink
    WHERE table_name = %s AND op <> 'D' AND row_id IN (
        SELECT row_id FROM accounts_chainlink
        WHERE table_name = %s AND op = 'U' AND (%s::bigint[] IS NULL OR row_id = ANY(%s))
    ) ORDER BY row_id, id
"""


def corrections_have_revisions(touched: Touched) -> Iterable[Contradiction]:
    """The readings that a sample had before each change must be those that its revisions kept."""
    rows = touched.of(SAMPLES)
    chosen = None if rows is None else sorted(rows)
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, [SAMPLES, SAMPLES, chosen, chosen])
        links = cursor.fetchall()
    for sample, group in groupby(links, lambda row: row[0]):
        had = [json.loads(text) for text, _same in groupby(text for _key, text in group)]
        kept = list(SampleRevision.objects.filter(sample=sample).order_by("pk").values_list("readings", flat=True))
        if len(had) > 1 and had[:-1] != kept[-len(had) + 1 :]:
            yield Contradiction(SAMPLES, sample, "readings", had[-1], kept[-1] if kept else had[0])
