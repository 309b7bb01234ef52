"""A source from its address to versions of its layer: what is unchanged, what waits, what fails, and its clock."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from accounts.models import Department, Notice, User
from geokit.refusal import BadInput, Busy
from jobs.calls import Later
from jobs.models import Job
from layers.importing import jobs
from layers.importing.cleanup import clean_up
from layers.models import ImportJob, Layer, LayerSource
from layers.sources import clock, fetching, services, settling
from layers.sources.schedule import next_time
from ledger.models import AuditEntry
from tests.data.map_services import point
from tests.integration.layers.sources.conftest import inspected, loaded, read


def moved(place: Any) -> Any:
    return (place[0], place[1] + "（新）", *place[2:])


def test_an_unchanged_service_is_only_noted_and_a_change_waits_for_a_person(add: Any, service: Any, gis: User) -> None:
    source = loaded(add("wfs2"))
    layer = Layer.objects.get()
    assert (source.layer, source.outcome, layer.visibility) == (layer, "applied", "internal")
    assert layer.current_version is not None and layer.current_version.rows == 25
    first = source.changed_at
    service.places = service.places[::-1]  # another order is no change
    source = read(source)
    assert (source.outcome, source.changed_at, ImportJob.objects.count()) == ("unchanged", first, 1)
    assert source.fetched_at > first
    service.places = [moved(service.places[0]), *service.places[1:]]
    job = inspected(read(source))
    source.refresh_from_db()
    assert (job.state, source.outcome, source.changed_at > first) == ("previewed", "changed", True)
    assert (job.options["mode"], job.preview["difference"]["against"]) == ("replace", 1)
    told = Notice.objects.get(kind="layer-source-changed")
    assert (told.recipient, told.url) == (gis, f"/layers/import/{job.pk}/")
    source = read(source)
    assert (source.outcome, source.last_job) == ("changed", job)  # still the same that waits
    service.places = service.places[1:]
    newer = inspected(read(source))
    job.refresh_from_db()
    assert (job.state, newer.state, Notice.objects.filter(kind="layer-source-changed").count()) == (
        "cancelled", "previewed", 2,
    )  # fmt: skip
    source = loaded(source)
    layer.refresh_from_db()
    assert (source.outcome, layer.current_version.rows, layer.current_version.mode) == ("applied", 24, "replace")


def test_small_changes_go_in_by_themselves_where_a_person_chose_so_and_large_ones_do_not(
    add: Any, service: Any, gis: User
) -> None:
    source = loaded(add("arcgis"))
    services.change_settings(gis, source.pk, schedule="daily", at_hour=4, applies_itself=True)
    service.places = [*service.places[:-2], moved(service.places[-2]), service.places[-1]]
    job = inspected(read(source, by_clock=True))
    assert job.state == "queued"
    settling.settled(job)  # once more, as of somebody who saw it waiting a moment ago
    assert Job.objects.filter(func=jobs.LOAD, args=[job.pk]).count() == 1
    for _delivery in range(2):
        jobs.run_import(job.pk)
    source.refresh_from_db()
    assert (source.outcome, source.layer.versions.count()) == ("applied", 2)
    entry = AuditEntry.objects.get(verb="layer.source-applied")
    assert (entry.actor, entry.detail["layer"], entry.detail["version"]) == (None, source.layer.slug, 2)
    told = Notice.objects.get(kind="layer-source-applied")
    assert (told.recipient, told.url) == (gis, f"/layers/import/{job.pk}/")
    service.places = service.places[:-6]
    large = inspected(read(source, by_clock=True))
    assert (large.state, settling.is_small(large)) == ("previewed", False)
    jobs.cancel(ImportJob.objects.get(pk=source.last_job_id))
    clock.queue_due()
    source.refresh_from_db()
    assert source.outcome == "stopped"


def test_what_was_asked_for_by_hand_waits_for_a_person_and_so_does_the_second_change_of_a_day(
    add: Any, service: Any, gis: User
) -> None:
    """Else five readings in a row bring a whole layer over in steps of a fifth."""

    def changed(**more: Any) -> ImportJob:
        service.places = [moved(service.places[0]), *service.places[1:]]
        return inspected(read(source, **more))

    with time_machine.travel(datetime(2026, 12, 1, 4, 0, tzinfo=UTC)):
        source = loaded(add("ogc"))
        services.change_settings(gis, source.pk, schedule="daily", at_hour=4, applies_itself=True)
        assert changed().state == "previewed"
        first = changed(by_clock=True)
        assert first.state == "queued"
        jobs.run_import(first.pk)
        assert changed(by_clock=True).state == "previewed"
    with time_machine.travel(datetime(2026, 12, 2, 4, 0, tzinfo=UTC)):
        assert changed(by_clock=True).state == "queued"


def test_a_declined_change_is_not_called_unchanged_and_one_that_expired_is_offered_again(
    add: Any, service: Any, gis: User
) -> None:
    source = loaded(add("wfs2"))
    service.places = [moved(service.places[0]), *service.places[1:]]
    declined = inspected(read(source))
    jobs.cancel(declined)
    clock.queue_due()
    assert read(source).outcome == "stopped"
    service.answers = {"/wfs2": lambda h, q: h.say(b"", status=503)}
    assert read(source).outcome == "failed"
    service.answers = {}
    assert (read(source).outcome, source.last_job) == ("stopped", declined)
    service.places = [moved(service.places[0]), *service.places[1:]]
    expired = inspected(read(source))
    ImportJob.objects.filter(pk=expired.pk).update(created=timezone.now() - timedelta(days=40))
    clean_up()
    clock.queue_due()
    source.refresh_from_db()
    assert (source.outcome, source.sha256) == ("stopped", "")
    offered = inspected(read(source))
    assert (offered.state, offered.pk > expired.pk) == ("previewed", True)


def test_another_column_is_never_taken_without_a_person(add: Any, service: Any, gis: User) -> None:
    source = loaded(add("ogc"))
    services.change_settings(gis, source.pk, schedule="never", at_hour=4, applies_itself=True)

    def wider(handler: Any, asked: dict[str, str]) -> None:
        rows = [point(*row) for row in service.places]
        rows[0]["properties"]["depth"] = 3
        handler.say({"type": "FeatureCollection", "features": rows})

    service.answers = {"/ogc/collections/ponds/items": wider}
    assert inspected(read(source, by_clock=True)).state == "previewed"


def test_the_same_rows_in_other_words_are_no_change(add: Any, service: Any) -> None:
    """Identifiers that are made for each answer name nothing; a box beside each shape says nothing new."""
    more: dict[str, Any] = {}

    def renamed(handler: Any, asked: dict[str, str]) -> None:
        run = len(service.seen)
        rows = [point(*row) | {"id": f"ponds.fid-{run:x}_{row[0]}"} | more for row in service.places]
        handler.say({"type": "FeatureCollection", "features": rows})

    service.answers = {"/ogc/collections/ponds/items": renamed}
    source = loaded(add("ogc"))
    assert read(source).outcome == "unchanged"
    more["bbox"] = [121.4, 29.8, 121.5, 29.9]
    job = inspected(read(source))
    source.refresh_from_db()
    assert (job.preview["difference"]["new"], source.outcome, job.state) == (0, "unchanged", "cancelled")
    assert not Notice.objects.filter(kind="layer-source-changed").exists()


def test_a_file_is_asked_for_by_its_tag_and_must_be_whole_and_of_a_known_format(
    add: Any, service: Any, gis: User
) -> None:
    source = loaded(add("file"))
    assert source.etag and source.layer is not None
    assert read(source).outcome == "unchanged"
    assert service.seen[-1][2]["If-None-Match"] == source.etag

    def unmeasured(handler: Any, asked: dict[str, str]) -> None:
        handler.close_connection = True
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b'{"type":"FeatureCollection","features":[]}')

    service.answers = {"/files": unmeasured}
    assert "不能确定是否完整" in read(source).said
    service.answers = {"/files": lambda h, q: h.say(b"%PDF", Content_Disposition='attachment; filename="../../a.pdf"')}
    other = services.add_source(gis, kind="file", url=f"{service.origin}/files/export?id=3", title="另一份")
    assert "PDF" in read(other).said
    body = b"code,lon,lat\n1,121.41,29.86\n"
    named = 'attachment; filename="..\\..\\a/b.csv"'
    service.answers = {"/files": lambda h, q: h.say(body, "text/csv", Content_Disposition=named)}
    assert inspected(read(other)).file_name == "b.csv"


def test_failures_are_tried_again_later_and_later_and_those_who_look_after_it_are_told_once(
    add: Any, service: Any, gis: User
) -> None:
    source = add("ogc")
    services.change_settings(gis, source.pk, schedule="daily", at_hour=3, applies_itself=False)
    service.answers = {"/ogc": lambda h, q: h.say(b"busy", status=503)}
    now = datetime(2026, 12, 1, 0, 0, tzinfo=UTC)  # eight in the morning
    waits = []
    for _number in range(4):
        with time_machine.travel(now, tick=False):
            source = read(source)
            waits.append((source.next_at - now) // timedelta(minutes=1))
            now = source.next_at
    assert waits == [10, 20, 40, 80]
    assert source.failures == 4 and "HTTP 503" in source.said
    assert Notice.objects.get(kind="layer-source-failing").recipient == gis
    service.answers = {}
    source = read(source)
    assert (source.failures, source.failing_since, source.outcome) == (0, None, "unchanged")


def test_the_clock_queues_what_is_due_once_and_gives_up_what_was_lost(add: Any, service: Any, gis: User) -> None:
    source = add("ogc")
    services.change_settings(gis, source.pk, schedule="weekly", at_hour=5, applies_itself=False)
    Job.objects.all().delete()
    assert clock.queue_due() == 0
    LayerSource.objects.update(next_at=timezone.now())
    assert (clock.queue_due(), clock.queue_due()) == (1, 0)
    assert Job.objects.get(func=services.WORK).lane == "fetches"
    LayerSource.objects.update(doing="fetching", heartbeat=timezone.now() - timedelta(hours=1), next_at=None)
    clock.queue_due()
    source.refresh_from_db()
    assert (source.doing, source.outcome, source.failures) == ("nothing", "failed", 1)


def test_one_that_waits_for_its_turn_is_not_lost_and_one_without_a_job_is(add: Any, service: Any, gis: User) -> None:
    source = add("ogc")
    services.ask_now(gis, source.pk)
    LayerSource.objects.update(heartbeat=timezone.now() - timedelta(hours=2))
    clock.queue_due()
    source.refresh_from_db()
    assert (source.doing, source.failures) == ("waiting", 0)
    Job.objects.filter(func=services.WORK).delete()
    clock.queue_due()
    source.refresh_from_db()
    assert (source.doing, source.outcome, source.failures) == ("nothing", "failed", 1)


def test_only_a_few_of_one_person_wait_at_once(service: Any, gis: User, officer: User) -> None:
    def add_file(actor: User) -> None:
        services.add_source(actor, kind="file", url=f"{service.origin}/files/ponds.geojson", title="来源")

    for _number in range(services.MOST_WAITING):
        add_file(gis)
    with pytest.raises(Busy):
        add_file(gis)
    hers = LayerSource.objects.filter(made_by=gis)
    assert hers.count() == services.MOST_WAITING
    add_file(officer)
    hers.update(doing="nothing")
    add_file(gis)
    hers.update(doing="nothing", next_at=timezone.now())
    assert (clock.queue_due(), clock.queue_due()) == (services.MOST_WAITING, 0)
    LayerSource.objects.filter(pk=hers.filter(doing="waiting").first().pk).update(doing="nothing", next_at=None)
    assert clock.queue_due() == 1


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [("never", None), ("daily", "2026-12-02T03:00"), ("weekly", "2026-12-07T03:00"), ("monthly", "2027-01-01T03:00")],
)
def test_each_schedule_has_its_next_time_in_the_sites_zone(schedule: str, expected: str | None) -> None:
    found = next_time(LayerSource(schedule=schedule, at_hour=3), datetime(2026, 11, 30, 19, 30, tzinfo=UTC))
    assert (timezone.localtime(found).strftime("%Y-%m-%dT%H:%M") if found else None) == expected


def test_a_reading_can_be_stopped_and_brings_nothing(add: Any, service: Any, gis: User) -> None:
    source = add("ogc")
    before = ImportJob.objects.count()

    def stops(handler: Any, asked: dict[str, str]) -> None:
        LayerSource.objects.filter(pk=source.pk).update(doing="nothing", outcome="stopped")
        handler.say({"type": "FeatureCollection", "features": []})

    services.ask_now(gis, source.pk)
    services.stop(gis, source.pk)
    fetching.work(source.pk)  # the job that was queued
    source.refresh_from_db()
    assert (source.outcome, source.doing, ImportJob.objects.count()) == ("stopped", "nothing", before)


def test_what_was_stopped_and_asked_for_again_does_not_go_on(add: Any, service: Any, gis: User) -> None:
    source = add("ogc")
    services.ask_now(gis, source.pk)
    source.refresh_from_db()
    fetching._note(source, doing="fetching")
    services.stop(gis, source.pk)
    services.ask_now(gis, source.pk)
    with pytest.raises(fetching.Stopped):
        fetching._note(source, rows_done=1)


def test_a_stopped_reading_that_fails_afterwards_does_not_take_the_next_one_along(
    add: Any, service: Any, gis: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = add("ogc")
    services.ask_now(gis, source.pk)

    class Slow:
        def fetch(self, *_args: Any) -> Any:
            services.stop(gis, source.pk)
            services.ask_now(gis, source.pk)
            raise BadInput("no answer")

    monkeypatch.setattr(fetching, "_adapter", lambda _source: Slow())
    fetching.work(source.pk)
    source.refresh_from_db()
    assert (source.doing, source.outcome, source.failures) == ("waiting", "stopped", 0)


def test_a_reading_that_another_process_has_not_let_go_of_comes_again(add: Any, service: Any, gis: User) -> None:
    source = add("ogc")
    services.ask_now(gis, source.pk)
    with closing(connection.copy()) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('layers.source'), %s)", [source.pk])
        with pytest.raises(Later):
            fetching.work(source.pk)
    source.refresh_from_db()
    assert source.doing == "waiting"


def test_a_first_delivery_that_was_cancelled_is_offered_again(add: Any, service: Any) -> None:
    source = add("wfs2")
    declined = inspected(source)
    jobs.cancel(declined)
    clock.queue_due()
    offered = inspected(read(source))
    assert (source.layer, offered.state, offered.pk > declined.pk) == (None, "previewed", True)


def test_what_it_brings_is_loaded_with_the_rights_of_who_made_it(
    add: Any, service: Any, officer: User, world: Any
) -> None:
    """An officer's source fills her department's layer; once she is elsewhere, it is read no more."""
    source = loaded(add("wfs2", actor=officer))
    assert source.layer.department == world.water
    User.objects.filter(pk=officer.pk).update(department=Department.objects.exclude(pk=world.water.pk).first())
    seen = len(service.seen)
    services.take(source)
    fetching.work(source.pk)
    source.refresh_from_db()
    assert (source.is_active, len(service.seen)) == (False, seen)
    assert AuditEntry.objects.get(verb="layer.source-ended").detail == {"because": "maker"}
