"""Whether river or lake limits apply is what the register of waters says, not the name or a choice of the point."""

import datetime as dt

import pytest
from django.contrib.gis.geos import LineString, MultiLineString
from django.utils import timezone

from accounts.areas.together import Given
from accounts.models import User
from geokit.refusal import BadInput
from river_monitoring.assessment.models import PointMonth
from river_monitoring.network.models import River
from river_monitoring.network.register import save_reaches, save_rivers
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.rectification.point_changes import Wanted, change_point
from tests.integration.river_monitoring.conftest import readings_of, stored

MARCH = timezone.make_aware(dt.datetime(2026, 3, 5, 9))
PHOSPHORUS = readings_of(1) | {"tp": "0.04"}  # class II of a river, class III of a lake


@pytest.fixture
def lake(db):
    return River.objects.create(code="DQH", name="东钱", kind="lake")


def test_a_point_on_a_lake_takes_its_limits_whatever_was_chosen_and_however_it_is_called(make_point, lake):
    on_lake = make_point("L", name="东钱河口断面", river=lake, reach=None, water="river")
    on_river = make_point("R", name="湖心", water="lake")
    for point in (on_lake, on_river):
        stored(point, MARCH, PHOSPHORUS)
    found = dict(PointMonth.objects.values_list("point__code", "water_class"))
    assert (found, on_lake.water, on_river.water) == ({"L": 3, "R": 2}, "lake", "river")


def test_without_a_registered_water_the_choice_counts(make_point):
    pond = make_point("POND", river=None, reach=None, water="lake")
    stored(pond, MARCH, PHOSPHORUS)
    assert PointMonth.objects.get().water_class == 3


@pytest.fixture
def administrator(db):
    return User.objects.create_superuser("root", password="x", role="admin")


def correct(client, river, kind):
    fields = {"code": river.code, "name": river.name, "kind": kind, "grade": river.grade, "goal": "", "surface": ""}
    return client.post(f"/admin/river_monitoring/river/{river.pk}/change/", fields, follow=True)


def test_a_correction_of_the_register_changes_its_points_by_events_and_months_before_keep_their_table(
    make_point, river, administrator, as_user
):
    point = make_point("P")
    stored(point, MARCH, PHOSPHORUS)
    correct(as_user(administrator), river, "lake")
    point.refresh_from_db()
    assert (point.water, point.current_class, PointMonth.objects.get().water_class) == ("lake", 2, 2)
    (event,) = point.changes.all()
    assert (event.reason, event.actor, event.water_before) == ("水体登记的类型更正为湖库", administrator, "river")
    correct(as_user(administrator), river, "lake")
    assert point.changes.count() == 1


def test_where_a_point_cannot_follow_the_register_stays_as_it_was(make_point, river, administrator, as_user):
    make_point("P", status="acceptance_asked", listed_on=dt.date(2026, 1, 1))
    answer = correct(as_user(administrator), river, "lake")
    river.refresh_from_db()
    assert (river.kind, MonitoringPoint.objects.get().water) == ("river", "river")
    assert "没有保存" in answer.content.decode()


def test_nobody_takes_other_limits_than_the_register_has(make_point, administrator):
    point = make_point("P")
    wanted = Wanted(point.target_class, "lake", point.department)
    with pytest.raises(BadInput) as refused:
        change_point(administrator, point.pk, wanted, reason="想要湖库限值", version=point.version)
    assert refused.value.code == "not-as-registered"
    pond = make_point("POND", river=None, reach=None)
    wanted = Wanted(pond.target_class, "lake", pond.department)
    assert change_point(administrator, pond.pk, wanted, reason="水库", version=pond.version).water == "lake"


@pytest.mark.parametrize("code", ["H/1", ".", ".."])
def test_a_code_that_cannot_stand_in_an_address_is_given_to_no_water(code, world, staff, administrator, as_user):
    """With one such code the lists of waters could be drawn for nobody."""
    line = MultiLineString(LineString((121.31, 29.84), (121.34, 29.86)), srid=4326)
    river = River.objects.create(code="H", name="横河")
    facts = {"name": "横河西段", "river": river, "area": world.west_town, "geom": line}
    answers = [*save_rivers(staff, [Given(code, {"name": "横河"})]), *save_reaches(staff, [Given(code, facts)])]
    assert [[error.field for error in answer.errors] for answer in answers] == [["code"], ["code"]]
    client = as_user(administrator)
    given = {"code": code, "name": "横河", "kind": "river", "grade": "town", "surface": "", "goal": ""}
    assert "斜杠" in client.post("/admin/river_monitoring/river/add/", given).content.decode()
    assert River.objects.get() == river
    assert as_user(None).get("/river/waters/").status_code == 200


@pytest.mark.parametrize("code", ["P/1", "点 位"])
def test_the_administration_gives_points_the_codes_that_every_way_in_gives(code, world, river, administrator, as_user):
    given = {
        "code": code, "name": "新点", "kind": "small", "water": "river", "area": world.west_town.pk,
        "department": world.water.pk, "geom": "SRID=4326;POINT (121.32 29.85)", "target_class": 5,
    }  # fmt: skip
    page = as_user(administrator).post("/admin/river_monitoring/monitoringpoint/add/", given).content.decode()
    assert "编码由 2 到 30 个字母" in page
    assert not MonitoringPoint.objects.exists()
