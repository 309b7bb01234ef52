"""The operator's page: what is well, what is not and what to do; failed jobs are tried again."""

from collections import namedtuple
from datetime import timedelta

import pytest
from django.contrib.gis.geos import Point
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone

from accounts.notices.models import Delivery
from backups.models import Run
from geo_portal.operation import machine, safety, views, work_in_hand
from geo_portal.operation.lines import BROKEN, LOOK, OK, Section, span, worst
from jobs.models import Job
from ledger.models import AuditEntry
from river_monitoring.models import MonitoringPoint
from river_monitoring.samples.models import AutomaticStation

Usage = namedtuple("Usage", "total used free")
GB = 1024**3


def states(lines):
    return {str(line.title): line.state for line in lines}


def run(kind, *, ok=True, days=0.0, **facts):
    at = timezone.now() - timedelta(days=days)
    facts = {"bytes": 5, "copied_bytes": 1, "rows": 7, "files": 3, "links": 2, **facts}
    return Run.objects.create(kind=kind, started=at, finished=at, ok=ok, said="" if ok else "磁盘满了", facts=facts)


@pytest.fixture
def failed(db):
    return Job.objects.create(
        func="jobs.housekeeping.clean_up", lane="clocks", finished=timezone.now(), succeeded=False, said="ValueError: x"
    )


def test_the_page_names_what_to_do_first_and_every_subject(as_user, admin_user, failed):
    page = as_user(admin_user).get(reverse("operation")).text
    assert page.index("处要看一看") < page.index('id="backups-heading"') < page.index('id="versions-heading"')
    for words in ("一天内 1 个", "PostgreSQL", "剩余空间", "邮件服务器", "最近一次锚定", "ValueError: x", "再试一次"):
        assert words in page
    assert "自动站" not in page  # there are none


def test_the_page_is_whole_in_english(as_user, admin_user, failed):
    client = as_user(admin_user)
    client.cookies["django_language"] = "en"
    page = client.get(reverse("operation")).text
    assert "Last backup" in page
    assert "备份" not in page.split("<main")[-1]


def test_one_subject_that_cannot_be_asked_leaves_the_others(as_user, admin_user, monkeypatch):
    def gone():
        raise DatabaseError("the table is locked")

    replaced = tuple((slug, title, gone if slug == "mail" else lines) for slug, title, lines in views.SECTIONS)
    monkeypatch.setattr(views, "SECTIONS", replaced)
    page = as_user(admin_user).get(reverse("operation")).text
    assert "the table is locked" in page
    assert "PostgreSQL" in page


def test_a_failed_job_is_queued_again_in_its_lane_and_the_trail_knows(as_user, admin_user, failed):
    answer = as_user(admin_user).post(reverse("retry_job", kwargs={"pk": failed.pk}))
    assert (answer.status_code, answer.url) == (302, reverse("operation"))
    job = Job.objects.get()
    assert (job.func, job.lane, job.finished, job.pk != failed.pk) == (failed.func, "clocks", None, True)
    assert AuditEntry.objects.filter(actor=admin_user, verb="job_tried_again", object_id=str(failed.pk)).exists()


def test_a_failed_job_of_a_function_that_is_none_any_more_is_not_there(as_user, admin_user, failed):
    Job.objects.filter(pk=failed.pk).update(func="geo_portal.management.commands.prepare.call_command")
    assert as_user(admin_user).post(reverse("retry_job", kwargs={"pk": failed.pk})).status_code == 404
    assert Job.objects.get().pk == failed.pk


def test_nobody_else_tries_a_job_again_and_none_that_did_not_fail(as_user, admin_user, staff, gis, failed):
    address = reverse("retry_job", kwargs={"pk": failed.pk})
    for person in (staff, gis):
        assert as_user(person).post(address).status_code == 404
    Job.objects.filter(pk=failed.pk).update(succeeded=True)
    assert as_user(admin_user).post(address).status_code == 404
    assert Job.objects.filter(finished=None).count() == 0


def test_a_backup_that_is_old_or_failed_or_not_proven_is_said(db, settings):
    run("backup", days=3)
    assert states(safety.backups())["最近一次备份"] == BROKEN
    run("backup", days=0.5, encrypted=True)
    found = states(safety.backups())
    assert (found["最近一次备份"], found["加密"], found["最近一次试恢复"]) == (OK, OK, LOOK)
    run("backup", ok=False)
    assert states(safety.backups())["最近一次没有成功"] == BROKEN
    run("proof", days=20)
    assert states(safety.backups())["最近一次试恢复"] == LOOK
    run("proof", days=1)
    assert states(safety.backups())["最近一次试恢复"] == OK
    run("proof", ok=False)
    assert states(safety.backups())["最近一次试恢复"] == BROKEN
    assert "恢复不出来" in str(safety._proof().advice)
    run("proof", ok=False, restorable=True)
    assert "verify_chain" in str(safety._proof().advice)
    settings.BACKUP_TARGET = str(settings.VAR_DIR / "backups")
    assert states(safety.backups())["存放位置"] == LOOK
    settings.BACKUP_TARGET = "/mnt/elsewhere"
    assert states(safety.backups())["存放位置"] == OK


def test_a_restore_asks_for_a_review_of_accounts_for_a_month(db):
    run("restore", days=29, review=["现在能登录的账号：人大代表 3"])
    [line] = [line for line in safety.backups() if str(line.title) == "最近一次恢复"]
    assert line.state == LOOK and "逐个核对：现在能登录的账号：人大代表 3" in line.advice
    Run.objects.update(finished=timezone.now() - timedelta(days=31))
    assert "最近一次恢复" not in states(safety.backups())


@pytest.mark.parametrize(("free", "state"), [(50, OK), (12, LOOK), (4, BROKEN), (1, BROKEN)])
def test_free_space_is_judged(db, monkeypatch, free, state):
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda folder: Usage(100 * GB, (100 - free) * GB, free * GB))
    assert states(machine.disk())["剩余空间"] == state


def test_mail_that_did_not_arrive_is_counted_with_its_last_reason(db, admin_user):
    assert states(work_in_hand.mail())["一天内没有送达"] == OK
    notice = admin_user.notices.create(kind="x-y", key="k", title="t", at=timezone.now())
    Delivery.objects.create(
        notice=notice, channel="mail", key="k", state="failed", not_before=timezone.now(), tried_at=timezone.now(),
        error="550 no such user",
    )  # fmt: skip
    (line,) = [line for line in work_in_hand.mail() if line.title == "一天内没有送达"]
    assert (line.state, "550 no such user" in line.advice) == (LOOK, True)


def test_stations_that_are_silent_or_locked_are_named(scene_point, db):
    station = AutomaticStation.objects.create(mn="A1", point=scene_point, password="123456", last_seen=timezone.now())
    assert list(states(work_in_hand.stations()).values()) == [OK]
    station.last_seen, station.locked_at = timezone.now() - timedelta(days=2), timezone.now()
    station.save()
    assert sorted(states(work_in_hand.stations()).values()) == [BROKEN, LOOK]


@pytest.fixture
def scene_point(world):
    return MonitoringPoint.objects.create(
        code="T-1", name="水塘", kind="small", area=world.west_town, department=world.water,
        geom=Point(121.3, 29.8, srid=4326),
    )  # fmt: skip


def test_an_old_backup_is_said_on_the_administrators_page_alone(as_user, admin_user, staff):
    run("backup", days=3)
    assert "备份已经过期" in as_user(admin_user).get(reverse("work")).text
    assert "备份已经过期" not in as_user(staff).get(reverse("work")).text
    run("backup")
    assert "备份已经过期" not in as_user(admin_user).get(reverse("work")).text


def test_the_worst_state_counts_and_spans_are_said_as_people_do():
    assert worst([Section("a", "a", [])]) == OK
    assert [span(timedelta(seconds=s)) for s in (5, 600, 3 * 3600, 3 * 86400)] == [
        "不到 1 分钟",
        "10 分钟",
        "3 小时",
        "3 天",
    ]


def test_metrics_and_readiness_tell_the_age_of_backups(as_user, db):
    run("backup", days=1)
    run("proof", days=2)
    text = as_user(None).get("/metrics").text
    assert "geo_portal_backup_age_seconds 8640" in text
    assert "geo_portal_backup_proof_age_seconds 17280" in text
    assert as_user(None).get("/readyz").json()["backup"]["old"] is False
