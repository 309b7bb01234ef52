"""What a judgment rests on, and what a forger who owns the tables does to it.

`past` switches the triggers of a table off and on again, as a careful one does; `run` writes with them on.
"""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from django.contrib.gis.geos import Point
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone

from ledger import audit
from ledger.chain import settle, verify
from projects.models import Ballot, Milestone, Project, VoteCount, VoteSession
from river_monitoring.models import Evidence, MonitoringPoint, RectificationEvent, Sample, SampleRevision
from supervision.models import Suggestion, SuggestionEvent

EVENT, POINT, SAMPLE = (
    "river_monitoring_rectificationevent",
    "river_monitoring_monitoringpoint",
    "river_monitoring_sample",
)
REVISION, EVIDENCE, MATTER = "river_monitoring_samplerevision", "river_monitoring_evidence", "supervision_suggestion"
REPLY, MILESTONE, BALLOT = "supervision_suggestionevent", "projects_milestone", "projects_ballot"
COUNT, AUDIT, LINKS = "projects_votecount", "accounts_auditentry", "accounts_chainlink"


@dataclass
class File:
    """What a judgment rests on: a listed point with steps, samples, a photo; a matter; a project; a vote."""

    point: MonitoringPoint
    steps: list[RectificationEvent]
    samples: list[Sample]
    photo: Evidence
    matter: Suggestion
    milestone: Milestone
    count: VoteCount


def make_file(world, officer):
    now = timezone.now()
    point = MonitoringPoint.objects.create(
        code="T-1", name="水塘", kind="small", area=world.west_town, department=world.water,
        geom=Point(121.32, 29.85, srid=4326), status="under_way",
    )  # fmt: skip
    stages = (("none", "listed"), ("listed", "planned"), ("planned", "under_way"))
    steps = [
        RectificationEvent.objects.create(point=point, at=now, from_status=before, to_status=after, note="说明")
        for before, after in stages
    ]
    samples = [
        Sample.objects.create(point=point, phenomenon_time=now - timedelta(days=day), readings={"nh3n": value})
        for day, value in ((60, "2.35"), (30, "1.80"), (1, "0.90"))
    ]
    SampleRevision.objects.create(sample=samples[0], at=now, reason="抄错", readings=samples[0].readings, water_class=0)
    samples[0].readings = {"nh3n": "2.53"}
    samples[0].save()
    content = b"the photo"
    photo = Evidence(event=steps[0], kind="before", sha256=sha256(content).hexdigest())
    photo.file.save("a.jpg", ContentFile(content))
    matter = Suggestion.objects.create(
        number="S-1", title="油污", text="河面有油污", category="environment", author=officer, area=world.west_town,
        department=world.water, state="replied", submitted_at=now, due_on=now.date(), result="A",
    )  # fmt: skip
    for verb, more in (("submitted", {}), ("assigned", {}), ("replied", {"due_on": now.date(), "result": "A"})):
        SuggestionEvent.objects.create(suggestion=matter, verb=verb, at=now, text="已清除", **more)
    project = Project.objects.create(
        code="M1", name="雨污分流", year=2026, category="water", status="building", lead=world.ecology,
        area=world.east_town, geom=Point(121.38, 29.85, srid=4326), starts_on="2026-01-01", ends_on="2026-12-31",
    )  # fmt: skip
    milestone = Milestone.objects.create(project=project, order=1, title="开工", weight=100, due_on="2026-06-01")
    session = VoteSession.objects.create(
        title="票决", year=2026, area=world.district, places=1, opens_at=now - timedelta(days=2), closes_at=now
    )
    Ballot.objects.create(session=session, receipt="AAAA", choices=[1])
    Ballot.objects.create(session=session, receipt="BBBB", choices=[2])
    count = VoteCount.objects.create(
        session=session, electors=2, cast=2, is_quorate=True, votes={"1": 1, "2": 1}, elected=[], tied=[1, 2], digest=""
    )
    audit.record(officer, "made", point)
    run("SET CONSTRAINTS ALL IMMEDIATE")  # what is pending would forbid to alter tables
    assert verify().faults == ()
    return File(point, steps, samples, photo, matter, milestone, count)


def run(statement, *params):
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def past(table, statement, *params):
    """Write past the triggers of `table`, which then stand exactly as before."""
    run("SET CONSTRAINTS ALL IMMEDIATE")
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgenabled = 'A'", [table])
        always = [name for (name,) in cursor.fetchall()]
    run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    run(statement, *params)
    run(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    for name in always:
        run(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


def relink(table, row):
    """Give the newest link of a row the content that the row has now, and a digest that fits."""
    newest = f"(SELECT max(id) FROM {LINKS} WHERE table_name = '{table}' AND row_id = {row})"
    past(
        LINKS,
        f"UPDATE {LINKS} l SET content = (SELECT to_jsonb(e)::text FROM {table} e WHERE e.id = l.row_id)"
        f" WHERE id = {newest}",
    )
    past(
        LINKS,
        f"UPDATE {LINKS} l SET digest = ledger_digest((SELECT digest FROM {LINKS} p WHERE p.id < l.id"
        f" ORDER BY id DESC LIMIT 1), table_name, row_id, op, xact, at, content) WHERE id = {newest}",
    )


def found():
    """Kind, table and row of every fault."""
    settle()
    return {(fault.kind, fault.table, fault.row) for fault in verify().faults}
