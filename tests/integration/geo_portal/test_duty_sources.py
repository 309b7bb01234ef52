"""What deputies do in every room becomes their duty, once, and by its own kind."""

from dataclasses import replace
from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.contrib.gis.geos import Point
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Role, User
from geo_portal.joints.duty_sources import ONE_ACT, SOURCES, gather
from inspections.models import Patrol
from projects.models import Proposal
from river_monitoring.models import MonitoringPoint
from stations.duty.services import DutyEntry, record_duties
from stations.jobs import daily
from stations.models import Deputy, DutyRecord, Station
from supervision.matters import services
from supervision.public import private_links
from supervision.public import services as public_services
from supervision.succession import give
from tests.data.cast import person, seat


@pytest.fixture
def own(world, deputy):
    station = Station.objects.create(
        code="S-01", name="西镇联络站", kind="town", area=world.west_town, address="路", opening="每月15日",
        geom=Point(121.32, 29.85, srid=4326),
    )  # fmt: skip
    return Deputy.objects.create(code="D-1", name="陈一", user=deputy, station=station)


@pytest.fixture
def point(world):
    return MonitoringPoint.objects.create(
        code="P1", name="望春桥", kind="small", area=world.west_town, department=world.water,
        geom=Point(121.32, 29.85, srid=4326),
    )  # fmt: skip


def file(person, **given):
    values = {"client_id": uuid4(), "text": "水面有油污", "category": "environment", "lon": 121.32, "lat": 29.85}
    return services.file_finding(person, **{**values, **given})


def kinds():
    return sorted(DutyRecord.objects.values_list("kind", flat=True))


def test_a_finding_at_a_point_is_one_act_and_one_record(own, point, deputy):
    finding = file(deputy, point_code="P1")
    assert gather() == 0
    record = DutyRecord.objects.get()
    assert (record.deputy, record.kind) == (own, "suggestion")
    assert record.source == f"suggestion:{finding.suggestion.pk}"
    assert record.address == f"/suggestions/{finding.suggestion.number}/"


def test_a_record_that_was_made_beside_the_suggestion_is_withdrawn_once_and_with_its_reason(own, point, deputy):
    finding, today = file(deputy, point_code="P1"), timezone.localdate()
    double = DutyEntry(own.pk, "inspection", today, f"finding:{finding.pk}", "查看望春桥")
    last_year = replace(double, on=today.replace(year=today.year - 1, day=1), source="finding:999999")
    record_duties([double, last_year])
    gather()
    kept = DutyRecord.objects.get(source=double.source)
    assert kept.is_withdrawn
    assert kept.events.get(verb="withdrawn").reason == ONE_ACT
    assert not DutyRecord.objects.get(source=last_year.source).is_withdrawn
    kept.is_withdrawn = False  # staff restored it: theirs is the last word
    kept.version += 1
    kept.save()
    gather()
    kept.refresh_from_db()
    assert not kept.is_withdrawn


def test_what_staff_who_sit_split_off_or_hand_over_is_no_duty_of_theirs(own, deputy, world):
    clerk = person("clerk-who-sits", Role.STAFF)
    seat(clerk, world.district)
    Deputy.objects.create(code="D-2", name="周二", user=clerk, station=own.station)
    successor = User.objects.create_user("successor", role=Role.DEPUTY)
    matter = file(deputy).suggestion
    services.split(clerk, matter.pk, version=1, title="路灯", text="路灯也不亮")
    give(clerk, matter, deputy, successor)
    assert gather() == 0
    assert set(DutyRecord.objects.values_list("deputy__code", flat=True)) == {"D-1"}
    file(clerk)
    assert DutyRecord.objects.filter(deputy__code="D-2").count() == 1


def test_what_a_citizen_wrote_is_not_repeated_in_the_record_of_who_takes_it_up(own, deputy, staff):
    secret = private_links.fresh_secret()
    finding = public_services.file_report(
        client_id=uuid4(), secret=secret, text="我是张三，河水发臭", category="environment", lon=121.32, lat=29.85
    )
    matter = services.accept(staff, finding.suggestion.pk, version=1)
    public_services.adopt(deputy, matter.pk, version=matter.version)
    record = DutyRecord.objects.get()
    assert (record.kind, record.title) == ("suggestion", f"认领公众上报：{matter.number}")


def test_a_finding_somewhere_is_a_suggestion_alone(own, deputy):
    file(deputy)
    assert kinds() == ["suggestion"]


def test_a_patrol_is_an_inspection_when_it_has_been_walked_as_a_deputy(own, deputy):
    began = timezone.now() - timedelta(hours=1)
    patrol = Patrol.objects.create(client_id=uuid4(), user=deputy, started_at=began)
    assert kinds() == []
    patrol.ended_at = timezone.now()
    patrol.save()
    assert kinds() == []
    patrol.length_m = 820
    for _again in range(2):
        patrol.save()
    assert kinds() == ["inspection"]
    began -= timedelta(days=1)
    Patrol.objects.create(
        client_id=uuid4(), user=deputy, capacity="town", started_at=began, ended_at=began, length_m=500
    )  # fmt: skip
    assert gather() == 0


def test_what_the_staff_file_is_nobodys_duty(own, staff, point):
    file(staff, point_code="P1")
    assert kinds() == []


def test_gathering_finds_what_was_written_in_bulk_and_nothing_twice(own, deputy):
    began = timezone.now()
    Patrol.objects.bulk_create(
        Patrol(
            client_id=uuid4(),
            user=deputy,
            started_at=began - timedelta(days=number),
            ended_at=began - timedelta(days=number),
            length_m=500,
        )
        for number in range(3)
    )
    assert kinds() == []
    assert gather(since=timezone.localdate() - timedelta(days=1)) == 2
    assert gather() == 1
    assert gather() == 0
    assert daily()["duty"] == 0
    assert kinds() == ["inspection"] * 3


def test_a_proposal_of_a_deputy_is_a_suggestion(own, deputy):
    row = Proposal._meta.get_field("deputy")
    assert row.related_model._meta.label == "accounts.User"
    assert {source.name for source in SOURCES} >= {"suggestion", "patrol", "proposal", "vote", "rating"}


def test_every_source_can_be_asked_of_the_database(own):
    assert gather() == 0


def test_a_corrected_record_is_not_gathered_anew(own, deputy, point):
    from stations.duty import services as duty

    file(deputy, point_code="P1")
    record = DutyRecord.objects.get()
    duty.withdraw(deputy, record.pk, version=1, reason="重复")
    assert gather() == 0
    record.refresh_from_db()
    assert record.is_withdrawn


def test_the_command_says_how_many(own):
    out = StringIO()
    call_command("gather_duty", "--json", stdout=out)
    assert out.getvalue().strip() == '{"recorded": 0}'
