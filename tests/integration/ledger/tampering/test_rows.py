"""Rows, links and files bent by whoever owns the tables: each is found, with the object and the value."""

import pytest

from ledger import audit
from ledger.chain import settle
from projects.models import Ballot
from river_monitoring.models import SampleRevision
from tests.integration.ledger.tampering.case_file import (
    AUDIT,
    BALLOT,
    COUNT,
    EVENT,
    EVIDENCE,
    LINKS,
    MATTER,
    MILESTONE,
    POINT,
    REPLY,
    REVISION,
    SAMPLE,
    found,
    past,
    relink,
    run,
)

pytestmark = pytest.mark.usefixtures("as_the_owner")


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


WAYS = [
    event_altered,
    event_deleted,
    last_event_deleted_and_state_put_back,
    last_link_and_its_row_deleted,
    link_in_the_middle_deleted,
    event_slipped_in_past_the_triggers,
    event_slipped_in_with_the_triggers_on,
    step_forged_that_the_table_has_not,
    two_events_swapped,
    two_links_swapped,
    event_and_link_rehashed,
    last_row_and_link_rehashed,
    sample_altered_past_the_triggers,
    sample_altered_with_the_triggers_on,
    corrected_sample_altered_again,
    class_of_a_sample_altered,
    sample_moved_to_another_day,
    sample_deleted,
    revision_altered,
    state_of_a_point_altered,
    state_of_a_point_altered_with_the_triggers_on,
    target_of_a_point_altered,
    deadline_of_a_matter_altered,
    state_of_a_matter_altered_with_the_triggers_on,
    reply_altered,
    milestone_altered,
    ballot_altered,
    ballot_stuffed_with_the_triggers_on,
    result_of_a_vote_altered,
    audit_entry_altered,
    photo_replaced_on_the_disk,
    photo_removed_from_the_disk,
    photo_and_its_hash_replaced,
]


@pytest.mark.parametrize("tamper", WAYS, ids=lambda way: way.__name__)
def test_it_is_found_and_nothing_else_is(file, tamper):
    expected = tamper(file)
    assert found() == expected
