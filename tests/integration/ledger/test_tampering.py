"""Ways to bend what judgments rest on, as whoever owns the tables can; each is found, with the object and the value.

`past` switches the triggers of a table off and on again, as a careful forger does; `open` writes with them on.
"""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

import pytest
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


pytestmark = pytest.mark.usefixtures("as_the_owner")


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


@pytest.fixture
def file(world, officer):
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


def event_altered(file):
    past(EVENT, f"UPDATE {EVENT} SET note = '改过' WHERE id = %s", file.steps[1].pk)
    return {("row-changed", EVENT, file.steps[1].pk)}


def event_deleted(file):
    past(EVENT, f"DELETE FROM {EVENT} WHERE id = %s", file.steps[1].pk)
    return {("row-missing", EVENT, file.steps[1].pk), ("state-differs", POINT, file.point.pk)}


def last_event_deleted_and_state_put_back(file):
    past(EVENT, f"DELETE FROM {EVENT} WHERE id = %s", file.steps[2].pk)
    past(POINT, f"UPDATE {POINT} SET status = 'planned'")
    return {("row-missing", EVENT, file.steps[2].pk), ("row-changed", POINT, file.point.pk)}


def last_link_and_its_row_deleted(file):
    entry = "(SELECT max(id) FROM accounts_auditentry)"
    past(LINKS, f"DELETE FROM {LINKS} WHERE id = (SELECT max(id) FROM {LINKS})")
    past(AUDIT, f"DELETE FROM {AUDIT} WHERE id = {entry}")
    return {("link-missing", LINKS, 0)}


def link_in_the_middle_deleted(file):
    key = file.steps[1].pk
    past(LINKS, f"DELETE FROM {LINKS} WHERE table_name = '{EVENT}' AND row_id = %s", key)
    settle()
    kinds = {(kind, table) for kind, table, _row in found()}
    assert kinds == {("link-broken", EVENT), ("row-unlinked", EVENT), ("link-missing", LINKS)}
    return found()


def event_slipped_in_past_the_triggers(file):
    past(
        EVENT,
        f"INSERT INTO {EVENT} (id, point_id, at, from_status, to_status, note)"
        " VALUES (900001, %s, now(), 'under_way', 'suspended', '')",
        file.point.pk,
    )
    return {("row-unlinked", EVENT, 900001), ("state-differs", POINT, file.point.pk)}


def event_slipped_in_with_the_triggers_on(file):
    run(
        f"INSERT INTO {EVENT} (id, point_id, at, from_status, to_status, note)"
        " VALUES (900001, %s, now(), 'under_way', 'delisted', '')",
        file.point.pk,
    )
    return {("state-differs", POINT, file.point.pk)}


def step_forged_that_the_table_has_not(file):
    run(
        f"INSERT INTO {EVENT} (id, point_id, at, from_status, to_status, note)"
        " VALUES (900001, %s, now(), 'under_way', 'delisted', '')",
        file.point.pk,
    )
    run(f"UPDATE {POINT} SET status = 'delisted'")
    return {("state-differs", POINT, file.point.pk)}


def two_events_swapped(file):
    first, second = file.steps[0].pk, file.steps[1].pk
    past(EVENT, f"UPDATE {EVENT} SET note = note || id WHERE id IN (%s, %s)", first, second)
    past(EVENT, f"UPDATE {EVENT} SET from_status = 'listed', to_status = 'planned' WHERE id = %s", first)
    past(EVENT, f"UPDATE {EVENT} SET from_status = 'none', to_status = 'listed' WHERE id = %s", second)
    return {("row-changed", EVENT, first), ("row-changed", EVENT, second), ("state-differs", POINT, file.point.pk)}


def two_links_swapped(file):
    ids = f"SELECT min(id) AS a, max(id) AS b FROM {LINKS} WHERE table_name = '{EVENT}'"
    past(
        LINKS,
        f"UPDATE {LINKS} l SET digest = o.digest, content = o.content, row_id = o.row_id FROM ({ids}) x, {LINKS} o"
        " WHERE (l.id = x.a AND o.id = x.b) OR (l.id = x.b AND o.id = x.a)",
    )
    assert {kind for kind, _table, _row in found()} == {"link-broken"}
    return found()


def event_and_link_rehashed(file):
    past(EVENT, f"UPDATE {EVENT} SET note = '改过' WHERE id = %s", file.steps[1].pk)
    relink(EVENT, file.steps[1].pk)
    assert {kind for kind, _table, _row in found()} == {"link-broken"}
    return found()


def last_row_and_link_rehashed(file):
    past(AUDIT, f"UPDATE {AUDIT} SET verb = 'else' WHERE id = (SELECT max(id) FROM {AUDIT})")
    relink(AUDIT, audit.AuditEntry.objects.latest("pk").pk)
    return {("head-changed", "ledger_head", 1)}


def sample_altered_past_the_triggers(file):
    past(SAMPLE, f'UPDATE {SAMPLE} SET readings = \'{{"nh3n": "0.10"}}\' WHERE id = %s', file.samples[1].pk)
    return {("row-changed", SAMPLE, file.samples[1].pk)}


def sample_altered_with_the_triggers_on(file):
    run(f'UPDATE {SAMPLE} SET readings = \'{{"nh3n": "0.10"}}\' WHERE id = %s', file.samples[1].pk)
    return {("state-differs", SAMPLE, file.samples[1].pk)}


def corrected_sample_altered_again(file):
    run(f'UPDATE {SAMPLE} SET readings = \'{{"nh3n": "0.10"}}\' WHERE id = %s', file.samples[0].pk)
    return {("state-differs", SAMPLE, file.samples[0].pk)}


def class_of_a_sample_altered(file):
    past(SAMPLE, f"UPDATE {SAMPLE} SET water_class = 2 WHERE id = %s", file.samples[1].pk)
    return {("row-changed", SAMPLE, file.samples[1].pk)}


def sample_moved_to_another_day(file):
    past(SAMPLE, f"UPDATE {SAMPLE} SET phenomenon_time = now() - interval '9 day' WHERE id = %s", file.samples[1].pk)
    return {("row-changed", SAMPLE, file.samples[1].pk)}


def sample_deleted(file):
    past(SAMPLE, f"DELETE FROM {SAMPLE} WHERE id = %s", file.samples[1].pk)
    return {("row-missing", SAMPLE, file.samples[1].pk)}


def revision_altered(file):
    past(REVISION, f"UPDATE {REVISION} SET reason = '另外的理由'")
    return {("row-changed", REVISION, SampleRevision.objects.get().pk)}


def state_of_a_point_altered(file):
    past(POINT, f"UPDATE {POINT} SET status = 'delisted'")
    return {("row-changed", POINT, file.point.pk), ("state-differs", POINT, file.point.pk)}


def state_of_a_point_altered_with_the_triggers_on(file):
    run(f"UPDATE {POINT} SET status = 'delisted'")
    return {("state-differs", POINT, file.point.pk)}


def target_of_a_point_altered(file):
    past(POINT, f"UPDATE {POINT} SET target_class = 5")
    return {("row-changed", POINT, file.point.pk), ("state-differs", POINT, file.point.pk)}


def deadline_of_a_matter_altered(file):
    past(MATTER, f"UPDATE {MATTER} SET due_on = due_on + 30")
    return {("row-changed", MATTER, file.matter.pk)}


def state_of_a_matter_altered_with_the_triggers_on(file):
    run(f"UPDATE {MATTER} SET state = 'closed'")
    return {("state-differs", MATTER, file.matter.pk)}


def reply_altered(file):
    past(REPLY, f"UPDATE {REPLY} SET text = '从未有过油污' WHERE verb = 'replied'")
    return {("row-changed", REPLY, file.matter.events.get(verb="replied").pk)}


def milestone_altered(file):
    past(MILESTONE, f"UPDATE {MILESTONE} SET done_on = '2026-05-30'")
    return {("row-changed", MILESTONE, file.milestone.pk)}


def ballot_altered(file):
    past(BALLOT, f"UPDATE {BALLOT} SET choices = '[1]' WHERE receipt = 'BBBB'")
    ballot = Ballot.objects.get(receipt="BBBB").pk
    return {("row-changed", BALLOT, ballot), ("state-differs", COUNT, file.count.pk)}


def ballot_stuffed_with_the_triggers_on(file):
    Ballot.objects.create(session=file.count.session, receipt="CCCC", choices=[1])
    return {("state-differs", COUNT, file.count.pk)}


def result_of_a_vote_altered(file):
    past(COUNT, f"UPDATE {COUNT} SET elected = '[1]'")
    return {("row-changed", COUNT, file.count.pk)}


def audit_entry_altered(file):
    past(AUDIT, f"UPDATE {AUDIT} SET actor_id = NULL")
    return {("row-changed", AUDIT, audit.AuditEntry.objects.latest("pk").pk)}


def photo_replaced_on_the_disk(file):
    with file.photo.file.storage.open(file.photo.file.name, "wb") as disk:
        disk.write(b"another photo")
    return {("file-changed", EVIDENCE, file.photo.pk)}


def photo_removed_from_the_disk(file):
    file.photo.file.storage.delete(file.photo.file.name)
    return {("file-missing", EVIDENCE, file.photo.pk)}


def photo_and_its_hash_replaced(file):
    past(EVIDENCE, f"UPDATE {EVIDENCE} SET sha256 = repeat('0', 64)")
    return {("row-changed", EVIDENCE, file.photo.pk), ("file-changed", EVIDENCE, file.photo.pk)}


def trigger_dropped(file):
    run(f"DROP TRIGGER {EVENT}_chained ON {EVENT}")
    return {("trigger-missing", EVENT, 0)}


def trigger_disabled(file):
    run(f"ALTER TABLE {SAMPLE} DISABLE TRIGGER {SAMPLE}_chained_update")
    return {("trigger-missing", SAMPLE, 0)}


def trigger_for_other_sessions_only(file):
    run(f"ALTER TABLE {SAMPLE} ENABLE REPLICA TRIGGER {SAMPLE}_chained_update")
    return {("trigger-missing", SAMPLE, 0)}


def append_only_dropped(file):
    run(f"DROP TRIGGER {EVENT}_append_only ON {EVENT}")
    return {("trigger-missing", EVENT, 0)}


def trigger_that_leaves_a_column_out(file):
    run(f"DROP TRIGGER {SAMPLE}_chained_update ON {SAMPLE}")
    run(
        f"CREATE TRIGGER {SAMPLE}_chained_update AFTER UPDATE ON {SAMPLE} REFERENCING OLD TABLE AS stale"
        " NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_note('{readings}', '{}')"
    )
    return {("trigger-missing", SAMPLE, 0)}


def triggers_switched_off_and_on(file):
    run(f"ALTER TABLE {SAMPLE} DISABLE TRIGGER USER")
    run(f"ALTER TABLE {SAMPLE} ENABLE TRIGGER USER")
    return {("trigger-missing", SAMPLE, 0)}


def function_hollowed_out(file):
    run("CREATE OR REPLACE FUNCTION ledger_note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$")
    return {("function-changed", "", 0)}


def history_edited_with_the_chain_looking_on(file):
    run(f"ALTER TABLE {EVENT} DISABLE TRIGGER {EVENT}_append_only")
    run(f"UPDATE {EVENT} SET note = '改过' WHERE id = %s", file.steps[1].pk)
    run(f"ALTER TABLE {EVENT} ENABLE ALWAYS TRIGGER {EVENT}_append_only")
    return {("history-edited", EVENT, file.steps[1].pk)}


def rule_that_swallows_writes(file):
    run(f"CREATE RULE swallow AS ON INSERT TO {EVENT} DO INSTEAD NOTHING")
    return {("table-changed", EVENT, 0)}


def row_security_that_hides_rows(file):
    run(f"ALTER TABLE {EVENT} ENABLE ROW LEVEL SECURITY")
    return {("table-changed", EVENT, 0)}


def trigger_that_alters_what_is_written(file):
    run("CREATE FUNCTION soften() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$")
    run(f"CREATE TRIGGER soften BEFORE INSERT ON {SAMPLE} FOR EACH ROW EXECUTE FUNCTION soften()")
    return {("table-changed", SAMPLE, 0)}


def head_moved_back(file):
    past("ledger_head", "UPDATE ledger_head SET links = links - 1")
    return {("head-changed", "ledger_head", 1)}


def salt_removed_without_an_erasure(file):
    run("DELETE FROM ledger_salt WHERE table_name = %s", REPLY)
    return {("row-changed", REPLY, event.pk) for event in file.matter.events.all()}


WAYS = [
    event_altered, event_deleted, last_event_deleted_and_state_put_back, last_link_and_its_row_deleted,
    link_in_the_middle_deleted, event_slipped_in_past_the_triggers, event_slipped_in_with_the_triggers_on,
    step_forged_that_the_table_has_not, two_events_swapped, two_links_swapped, event_and_link_rehashed,
    last_row_and_link_rehashed, sample_altered_past_the_triggers, sample_altered_with_the_triggers_on,
    corrected_sample_altered_again, class_of_a_sample_altered, sample_moved_to_another_day, sample_deleted,
    revision_altered, state_of_a_point_altered, state_of_a_point_altered_with_the_triggers_on,
    target_of_a_point_altered, deadline_of_a_matter_altered, state_of_a_matter_altered_with_the_triggers_on,
    reply_altered, milestone_altered, ballot_altered, ballot_stuffed_with_the_triggers_on, result_of_a_vote_altered,
    audit_entry_altered, photo_replaced_on_the_disk, photo_removed_from_the_disk, photo_and_its_hash_replaced,
    trigger_dropped, trigger_disabled, triggers_switched_off_and_on, trigger_for_other_sessions_only,
    append_only_dropped,
    trigger_that_leaves_a_column_out, function_hollowed_out, history_edited_with_the_chain_looking_on,
    rule_that_swallows_writes, row_security_that_hides_rows, trigger_that_alters_what_is_written, head_moved_back,
    salt_removed_without_an_erasure,
]  # fmt: skip


@pytest.mark.parametrize("tamper", WAYS, ids=lambda way: way.__name__)
def test_it_is_found_and_nothing_else_is(file, tamper):
    expected = tamper(file)
    assert found() == expected
