"""Ways to be another party without being one, and to move what proof rests on past the pages that say so."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.gis.geos import Point
from django.utils import timezone

from accounts.models import Area, User
from geokit.refusal import BadInput, MissingEvidence, NotPermitted
from ledger import chain
from ledger.models import AuditEntry
from river_monitoring.models import Measure, Sample
from river_monitoring.points.correction import correct_point
from river_monitoring.rectification.services import transition_point
from river_monitoring.samples.intake import Intake
from river_monitoring.samples.models import AutomaticStation
from river_monitoring.samples.parties import is_body_at, points_of_body, works_parties
from river_monitoring.samples.provenance import Provenance
from river_monitoring.samples.services import check_sample, correct_sample, record_sample
from river_monitoring.works.services import add_measure, change_measure, drop_measure
from tests.integration.river_monitoring.conftest import GOOD, readings_of

NAME = "示例环保工程有限公司"


def posted(person, department):
    """The account of the same person after she was posted elsewhere."""
    User.objects.filter(pk=person.pk).update(department=department)
    return User.objects.get(pk=person.pk)


# The contractor


@pytest.fixture
def measure(listed, officer):
    """A measure of the present listing that names a contractor."""
    transition_point(listed.pk, "planned", officer, expected_version=1, note="截污", due_on=listed.due_on)
    listed.refresh_from_db()
    return add_measure(listed.pk, officer, {"kind": "sewers", "title": "截污", "contractor": NAME})


def by_the_contractors_laboratory(point, sampler):
    intake = Intake(provenance=Provenance(laboratory="示例环保 工程有限公司"))
    return record_sample(point.pk, GOOD, timezone.now() - timedelta(days=1), sampler, intake=intake)


def test_a_dropped_measure_leaves_its_contractor_a_party_of_the_works(measure, officer, sampler, listed):
    drop_measure(measure.pk, officer, expected_version=measure.version, note="不做了")
    assert by_the_contractors_laboratory(listed, sampler).by_works


def test_a_measure_that_is_given_to_another_leaves_the_first_one_a_party(measure, officer, sampler, listed):
    change_measure(measure.pk, officer, expected_version=measure.version, changes={"contractor": "另一家公司"})
    assert by_the_contractors_laboratory(listed, sampler).by_works
    assert works_parties(listed).includes(None, "另一家公司")


def test_contractors_of_a_listing_that_is_over_are_strangers_again(measure, officer, sampler, listed):
    drop_measure(measure.pk, officer, expected_version=measure.version, note="不做了")
    type(listed).objects.filter(pk=listed.pk).update(listed_on=timezone.localdate() + timedelta(days=1))
    assert not by_the_contractors_laboratory(listed, sampler).by_works
    assert Measure.objects.get().contractor == NAME


# The same person in another department


def test_nobody_confirms_her_own_correction_from_another_department(point, sample, sampler, analyst, laboratory):
    taken = sample(point, GOOD)
    correct_sample(taken.pk, readings_of(2), "录错", sampler)
    with pytest.raises(NotPermitted):
        check_sample(taken.pk, "confirm", "复测一致", posted(sampler, laboratory))
    assert check_sample(taken.pk, "confirm", "复测一致", analyst).to_state == "confirmed"


def test_nobody_rejects_from_another_department_what_she_questioned(point, sample, analyst, monitoring, laboratory):
    taken = sample(point, GOOD, actor=analyst)
    third = User.objects.create_user("a-third", role="officer", department=monitoring)
    check_sample(taken.pk, "question", "与现场不符", third)
    with pytest.raises((BadInput, NotPermitted, MissingEvidence)):
        check_sample(taken.pk, "reject", "核实有误", posted(third, laboratory))
    taken.refresh_from_db()
    assert taken.quality == "questioned"


def test_whoever_did_the_works_does_not_accept_them_from_another_department(
    listed, officer, colleague, world, before, after, done
):
    def move(to_state, actor, **given):
        listed.refresh_from_db()
        return transition_point(listed.pk, to_state, actor, expected_version=listed.version, **given)

    move("planned", officer, note="截污纳管", due_on=timezone.localdate() + timedelta(days=90))
    move("under_way", officer, attachments=[before])
    done(listed, actor=colleague)
    move("acceptance_asked", officer, note="已完工", attachments=[after])
    for person in (officer, colleague):
        with pytest.raises(NotPermitted, match="您本人"):
            move("delisted", posted(person, world.ecology), note="现场核查")


# What is moved past the page


@pytest.fixture
def administrator(db):
    return User.objects.create_superuser("root", password="x", role="admin")


def point_form(point, **changes):
    geom = changes.pop("geom", point.geom)
    return {
        "code": point.code, "name": point.name, "kind": point.kind, "river": point.river_id or "",
        "reach": point.reach_id or "", "area": point.area_id, "village": "", "geom": geom.ewkt, "causes": "",
        "responsible_name": "", "responsible_phone": "", **changes,
    }  # fmt: skip


def test_a_point_is_not_moved_to_its_photos_while_acceptance_is_asked(make_point, administrator, as_user, gis):
    point = make_point("A-1", status="acceptance_asked")
    there = Point(point.geom.x + 0.005, point.geom.y, srid=4326)
    with pytest.raises(BadInput) as refused:
        correct_point(administrator, point.pk, {}, there)
    assert refused.value.code == "acceptance-pending"
    address = f"/admin/river_monitoring/monitoringpoint/{point.pk}/change/"
    answer = as_user(administrator).post(address, point_form(point, geom=there))
    assert "照片按它核对" in answer.content.decode()
    point.refresh_from_db()
    assert point.geom.x != there.x


def test_a_point_that_is_moved_is_of_the_town_that_holds_its_place(make_point, administrator, as_user, world):
    village = Area.objects.create(code="V-1", name="望春村", level="village", parent=world.west_town)
    there = Point(121.38, 29.85, srid=4326)
    corrected, typed = (make_point(code, village=village) for code in ("M-1", "M-2"))
    correct_point(administrator, corrected.pk, {}, there)
    address = f"/admin/river_monitoring/monitoringpoint/{typed.pk}/change/"
    answer = as_user(administrator).post(address, point_form(typed, geom=there, village=village.pk))
    assert answer.status_code == 302, answer.content.decode()
    for point in (corrected, typed):
        point.refresh_from_db()
        assert (point.area, point.village) == (world.east_town, None)
    entry = AuditEntry.objects.get(verb="correct-point", object_id=str(corrected.pk))
    assert entry.detail["fields"] == ["area", "village", "geom"]


def test_the_staff_of_a_town_move_no_point_out_of_it(make_point, world):
    person = User.objects.create_user("west-staff", role="staff", area=world.west_town)
    point = make_point("M-3")
    with pytest.raises(NotPermitted, match="东镇"):
        correct_point(person, point.pk, {}, Point(121.38, 29.85, srid=4326))
    near = Point(point.geom.x + 0.001, point.geom.y, srid=4326)
    assert correct_point(person, point.pk, {}, near).area == world.west_town


def test_the_administration_writes_down_what_it_changes_and_not_the_class_at_the_listing(
    make_point, administrator, as_user
):
    point = make_point("A-2", baseline_class=6)
    address = f"/admin/river_monitoring/monitoringpoint/{point.pk}/change/"
    there = Point(point.geom.x + 0.005, point.geom.y, srid=4326)
    answer = as_user(administrator).post(address, point_form(point, geom=there, name="更名", baseline_class=1))
    assert answer.status_code == 302, answer.content.decode()
    point.refresh_from_db()
    assert (point.name, point.baseline_class) == ("更名", 6)
    entry = AuditEntry.objects.get(verb="admin-change", object_id=str(point.pk))
    assert entry.actor == administrator
    assert set(entry.detail["fields"]) >= {"name", "geom"}
    assert set(entry.detail["values"]) == {"geom"}
    chain.settle()
    assert [fault.kind for fault in chain.verify().faults if fault.kind == "unexplained-change"] == []


def test_a_station_is_not_pointed_elsewhere_or_given_other_units_unseen(make_point, administrator, as_user, world):
    dirty, clean = make_point("A-3"), make_point("A-4")
    station = AutomaticStation.objects.create(mn="0" * 24, point=dirty, password="123456", operator=world.ecology)
    form = {
        "mn": station.mn, "point": clean.pk, "operator": world.ecology.pk, "password": "654321",
        "units": '{"w21003": "ug/L"}', "networks": "[]", "is_active": "on",
    }  # fmt: skip
    address = f"/admin/river_monitoring/automaticstation/{station.pk}/change/"
    assert as_user(administrator).post(address, form).status_code == 302
    entry = AuditEntry.objects.get(verb="admin-change", object_id=str(station.pk))
    assert entry.detail["values"]["point"][1] == str(clean)
    assert "ug/L" in entry.detail["values"]["units"][1]
    assert "password" in entry.detail["fields"] and "654321" not in str(entry.detail)


# The edge of a month


@pytest.mark.parametrize(
    ("text", "month"),
    [("2026-06-30T16:30:00Z", 7), ("2026-06-30T23:59:59+08:00", 6), ("2026-07-01T02:00:00+10:00", 7)],
)
def test_a_sample_belongs_to_the_month_of_the_districts_clock(point, sampler, as_user, text, month):
    body = {"point": point.code, "phenomenon_time": text, "readings": GOOD}
    answer = as_user(sampler).post("/api/v1/samples/", body, "application/json")
    assert answer.status_code == 201, answer.content
    assert point.months.get().month.month == month
    taken = Sample.objects.get().phenomenon_time
    assert taken == datetime.fromisoformat(text).astimezone(ZoneInfo("Asia/Shanghai"))


# One rule of where a body samples


def test_who_is_a_body_at_a_point_is_who_finds_it_among_hers(make_point, world, sampling_bodies, monitoring):
    east = type(monitoring).objects.create(code="east", name="东镇", short_name="东", area=world.east_town)
    sampling_bodies("east", "monitoring")
    for each in (make_point("W"), make_point("E", area=world.east_town)):
        for body in (east, monitoring, world.water, None):
            found = body is not None and type(each).objects.filter(points_of_body(body), pk=each.pk).exists()
            assert is_body_at(body, each) == found
