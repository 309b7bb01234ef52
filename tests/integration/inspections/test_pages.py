"""Pages of patrols as people use them: without scripts, at once, and refusing what is not theirs."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.gis.geos import Point
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from accounts.models import Area, Role
from geo_portal.joints.duty_sources import gather
from inspections.models import Patrol, PatrolFinding
from inspections.patrols import services
from inspections.patrols.queries import numbers
from stations.models import Deputy, DutyRecord, Station
from supervision.models import Finding
from tests.data.cast import person, seat
from tests.integration.inspections.conftest import LAT, fixes, photo

pytestmark = pytest.mark.django_db


def text_of(answer):
    return answer.content.decode()


def test_a_deputy_patrols_without_scripts(as_user, deputy, point):
    client = as_user(deputy)
    assert "还没有设定" in text_of(client.get("/patrols/new/"))
    form = {"client_id": str(uuid4()), "capacity": "deputy", "river": "R1"}
    page = client.post("/patrols/new/", form, follow=True)
    patrol = Patrol.objects.get()
    assert page.redirect_chain[-1][0] == patrol.get_absolute_url()
    assert "记录发现" in text_of(page)
    found = {
        "client_id": str(uuid4()), "kind": "outfall", "text": "晴天有水流出", "lng": "121.312", "lat": str(LAT),
        "photos": [photo()],
    }  # fmt: skip
    page = client.post(f"/patrols/{patrol.pk}/find/", found, follow=True)
    assert "晴天有水流出" in text_of(page)
    page = client.post(f"/patrols/{patrol.pk}/stop/", {"note": "走了一圈"}, follow=True)
    assert "走了一圈" in text_of(page)
    page = client.post(
        f"/patrols/found/{PatrolFinding.objects.get().pk}/send/", {"category": "environment"}, follow=True
    )
    assert Finding.objects.get().suggestion.number in text_of(page)


def test_what_is_wrong_with_a_finding_is_said_beside_it_and_the_words_are_kept(as_user, deputy, walk, reach):
    patrol = walk(0, ended=False)
    wrong = {"client_id": str(uuid4()), "text": "写了很久的说明", "lng": "120.0", "lat": str(LAT), "kind": "smell"}
    page = as_user(deputy).post(f"/patrols/{patrol.pk}/find/", wrong)
    assert page.status_code == 400
    assert "不在海曙区范围内" in text_of(page)
    assert "写了很久的说明" in text_of(page)
    assert not PatrolFinding.objects.exists()


def test_who_has_a_patrol_running_is_led_to_it(as_user, deputy, walk):
    patrol = walk(0, ended=False)
    assert as_user(deputy).get("/patrols/new/").url == patrol.get_absolute_url()
    assert as_user(deputy).get("/patrols/here/?point=P1").url == f"/patrols/{patrol.pk}/find/?point=P1"


def test_without_a_patrol_inspecting_is_a_finding_of_its_own(as_user, deputy, point):
    assert as_user(deputy).get("/patrols/here/?point=P1").url == "/report/?point=P1"


def test_the_page_and_the_paper_tell_length_waters_and_doubts(as_user, deputy, walk, reach, set_rule):
    set_rule("patrols.deputy.min_minutes", 30)
    patrol = walk(0, ended=False)
    rows = fixes(20, patrol.started_at)
    rows[4]["lng"] += 0.05
    services.add_track(deputy, patrol.pk, batch_id=uuid4(), rows=rows)
    services.stop(deputy, patrol.pk)
    for address in (patrol.get_absolute_url(), f"/patrols/{patrol.pk}/print/"):
        page = text_of(as_user(deputy).get(address))
        assert "南塘河西镇段" in page
        assert "1 个速度异常" in page
        assert "还差 21 分钟" in page
        assert "依据和历史" in page


def test_the_paper_draws_the_track_without_a_map(as_user, deputy, walk, reach):
    page = as_user(deputy).get(f"/patrols/{walk(20).pk}/print/")
    assert 'class="patrol-drawing__track" d="M' in text_of(page)
    assert page["Cache-Control"] == "private, no-store"
    assert "没有可用的轨迹" in text_of(as_user(deputy).get(f"/patrols/{walk(0).pk}/print/"))


def test_the_map_gets_the_track_as_geojson_and_nobody_else_does(as_user, deputy, other_officer, walk, reach):
    patrol = walk(20)
    answer = as_user(deputy).get(f"/patrols/{patrol.pk}/track.geojson")
    kinds = [feature["properties"]["kind"] for feature in json.loads(answer.content)["features"]]
    assert kinds == ["track"]
    assert answer["Cache-Control"] == "private, no-store"
    for one in (None, other_officer):
        assert as_user(one).get(f"/patrols/{patrol.pk}/track.geojson").status_code in (302, 404)


def test_a_running_patrol_shows_what_came_so_far(as_user, deputy, walk, reach):
    patrol = walk(20, ended=False)
    assert "20 个轨迹点" in text_of(as_user(deputy).get(patrol.get_absolute_url()))


def test_the_list_filters_by_person_town_and_month_with_its_denominators(as_user, deputy, staff, walk, reach, world):
    # An hour ago may be last month: the month asked for is the patrol's own.
    patrol = walk(20)
    walk(20, user=staff, began=timezone.now() - timedelta(days=70))
    client = as_user(staff)
    assert "/ 2 次" in text_of(client.get("/patrols/"))
    for query, count in (
        (f"user={deputy.pk}", 1),
        (f"area={world.west_town.code}", 2),
        (f"area={world.east_town.code}", 0),
        (f"month={timezone.localtime(patrol.started_at):%Y-%m}", 1),
        ("month=2020-01", 0),
    ):
        page = client.get(f"/patrols/?{query}")
        assert page.context["page"].paginator.count == count, query
        assert page.context["total"] == 2


def test_a_month_that_is_none_is_said_to_be_so(as_user, staff, walk):
    walk(0)
    page = as_user(staff).get("/patrols/?month=spring")
    assert page.context["page"].paginator.count == 0
    assert "月份请写成" in text_of(page)


def test_a_deputy_sees_only_her_own_in_the_list(as_user, deputy, staff, walk):
    walk(0)
    walk(0, user=staff)
    assert as_user(deputy).get("/patrols/").context["total"] == 1


def test_the_numbers_name_nobody(as_user, deputy, walk, reach):
    walk(20)
    for address in ("/patrols/coverage/", "/numbers/"):
        page = text_of(as_user(None).get(address))
        assert str(deputy) not in page
    assert "近 90 天巡查次数" in page


def test_nobody_sends_on_what_another_found(as_user, deputy, staff, walk, point):
    patrol = walk(0, ended=False)
    found = services.add_finding(
        deputy, patrol.pk, client_id=uuid4(), kind="floating", text="垃圾", lon=121.312, lat=LAT
    )
    assert as_user(staff).post(f"/patrols/found/{found.pk}/send/", {"category": "environment"}).status_code == 403
    assert not Finding.objects.exists()


def test_a_phone_records_over_the_api(as_user, deputy, reach):
    client = as_user(deputy)
    number = str(uuid4())
    begun = client.post("/api/v1/patrols/", {"client_id": number}, "application/json")
    assert begun.status_code == 201
    assert client.post("/api/v1/patrols/", {"client_id": number}, "application/json").status_code == 200
    pk = begun.json()["id"]
    patrol = Patrol.objects.get(pk=pk)
    batch = {"client_id": str(uuid4()), "points": fixes(12, patrol.started_at)}
    address = reverse("patrol-track", args=[pk])
    for _ in range(2):
        assert client.post(address, batch, "application/json").json() == {"points": 12}
    stopped = client.post(reverse("patrol-stop", args=[pk]), {}, "application/json").json()
    assert stopped["ended_at"] is not None
    assert stopped["points"] == 12
    assert "track" not in stopped


def test_the_api_names_the_broken_row_of_a_batch(as_user, deputy, walk):
    patrol = walk(0, ended=False)
    rows = fixes(3, patrol.started_at)
    rows[2]["lat"] = 95
    batch = {"client_id": str(uuid4()), "points": rows}
    answer = as_user(deputy).post(reverse("patrol-track", args=[patrol.pk]), batch, "application/json")
    assert answer.status_code == 400
    assert answer.json()["code"] == "bad-batch"
    assert answer.json()["errors"][0]["field"] == "points[2]"


def test_the_api_has_no_patrol_of_another_deputy(as_user, walk, django_user_model):
    patrol = walk(5)
    stranger = django_user_model.objects.create_user("stranger", role="deputy")
    client = as_user(stranger)
    assert client.get("/api/v1/patrols/").json()["count"] == 0
    assert client.get(f"/api/v1/patrols/{patrol.pk}/").status_code == 404
    batch = {"client_id": str(uuid4()), "points": fixes(1, patrol.started_at)}
    assert client.post(reverse("patrol-track", args=[patrol.pk]), batch, "application/json").status_code == 404


def test_a_patrol_that_has_not_ended_waits_on_her_work_page(as_user, deputy, staff, walk):
    patrol = walk(0, ended=False)
    assert patrol.get_absolute_url() in text_of(as_user(deputy).get("/work/"))
    assert patrol.get_absolute_url() not in text_of(as_user(staff).get("/work/"))
    services.stop(deputy, patrol.pk)
    assert patrol.get_absolute_url() not in text_of(as_user(deputy).get("/work/"))


def test_an_ended_patrol_is_a_deputys_duty_once_and_a_running_one_is_none(deputy, world, walk):
    station = Station.objects.create(
        code="S1", name="一号站", kind="town", area=world.west_town, address="一号", opening="每月15日",
        geom=Point(121.32, LAT, srid=4326),
    )  # fmt: skip
    person = Deputy.objects.create(code="D1", page_code="d1", name="张代表", station=station, user=deputy)
    patrol = walk(0, ended=False)
    gather()
    assert not DutyRecord.objects.exists()
    services.stop(deputy, patrol.pk)
    gather()
    assert not DutyRecord.objects.exists()  # nothing was walked
    Patrol.objects.filter(pk=patrol.pk).update(length_m=820)
    for _ in range(2):
        gather()
    record = DutyRecord.objects.get()
    assert (record.deputy, record.kind, record.address) == (person, "inspection", patrol.get_absolute_url())


def test_who_walks_has_the_recorder_and_the_way_to_the_end_and_nobody_else_has(as_user, deputy, staff, walk):
    patrol = walk(3, ended=False)
    own = as_user(deputy).get(f"/patrols/{patrol.pk}/").text
    assert "data-patrol-toggle" in own
    assert "data-patrol-stop" in own
    other = as_user(staff).get(f"/patrols/{patrol.pk}/").text
    assert "data-patrol-toggle" not in other
    assert "data-patrol-stop" not in other


@pytest.fixture
def beside(world):
    """A second district under the same city, where nobody walked; the first one's people keep theirs."""
    city = Area.objects.create(code="3302", name="宁波市", level="city")
    Area.objects.filter(pk=world.district.pk).update(parent=city)
    district = Area.objects.create(code="330299", name="甲区", level="district", parent=city)
    Area.objects.create(code="330299100", name="甲镇", level="town", parent=district)
    cache.clear()
    return district


def test_no_walk_of_another_district_is_counted(as_user, deputy, walk, reach, beside):
    walk(20)
    walk(0)  # no track: it is where its deputy is
    theirs = person("their-staff", Role.STAFF, area=beside)
    member = person("their-deputy", Role.DEPUTY)
    seat(member, beside)
    coverage, listed = "/patrols/coverage/", "/patrols/"
    assert as_user(None).get(coverage).context["patrols"] == 2
    assert numbers(None)["deputies"] == 2
    for one in (theirs, member):
        assert as_user(one).get(coverage).context["patrols"] == 0
        counted = numbers(one)
        assert (counted["patrols"], counted["found"], counted["deputies"], counted["total"].reaches) == (0, 0, 1, 0)
    assert as_user(theirs).get(listed).context["deputies"] == 1
    assert "近 90 天没有巡查" in text_of(as_user(theirs).get("/numbers/"))
