"""Who works for a town or village has that part of what is not public: list, API, tile, file and figures alike."""

import json
import math
from datetime import timedelta

import mapbox_vector_tile
import pytest
from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.utils import timezone

from accounts.models import Area, Role, User
from accounts.permissions import serves
from geo_portal.work.inbox import Choice, look
from geokit.refusal import NotPermitted
from projects.feedback.services import count_waiting_feedback, hide_feedback, may_reply
from projects.models import Feedback, Project, Proposal
from projects.permissions import may_update, project_audience
from reporting.dashboard.page_data import numbers_of as numbers
from reporting.dashboard.selection import Selection as Question
from river_monitoring.permissions import may_load_history, may_record_sample, points_to_watch
from river_monitoring.rectification.evidence import next_steps
from river_monitoring.works.permissions import may_work_on
from supervision.matters import services
from supervision.models import Suggestion
from supervision.vector_layers import findings_drawn

IN_THE_EAST = {"lon": 121.38, "lat": 29.85}
TOWNS = ("west_town", "east_town")


@pytest.fixture
def clerks(world):
    """Congress staff of each town."""
    return {
        name: User.objects.create_user(f"clerk-{name}", role=Role.STAFF, area=getattr(world, name)) for name in TOWNS
    }


@pytest.fixture
def two(file_finding, deputy):
    """A matter in each town that nobody has."""
    return {
        "west_town": file_finding(deputy, text="西面").suggestion,
        "east_town": file_finding(deputy, text="东面", **IN_THE_EAST).suggestion,
    }


def tile_ids(client, layer, lon, lat, zoom=14):
    """Ids in the tile around a place."""
    x = int((lon + 180) / 360 * 2**zoom)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**zoom)
    answer = client.get(f"/tiles/{layer}/{zoom}/{x}/{y}.mvt")
    if answer.status_code != 200:
        return set()
    found = mapbox_vector_tile.decode(answer.content)
    return {feature["id"] for feature in found.get(layer, {"features": []})["features"]}


def api_ids(client, path):
    body = client.get(path).json()
    found = body.get("features") or body.get("results") or []
    found = found["features"] if isinstance(found, dict) else found
    return {row["id"] for row in found}


@pytest.mark.parametrize("mine", TOWNS)
def test_every_way_to_matters_shows_the_same_to_a_towns_staff(as_user, clerks, two, mine):
    other = next(name for name in TOWNS if name != mine)
    clerk, own, foreign = clerks[mine], two[mine], two[other]
    client = as_user(clerk)
    assert [row.pk for row in client.get("/findings/").context["page"]] == [own.finding_id]
    assert api_ids(client, "/api/v1/findings/") == {own.finding_id}
    assert api_ids(client, "/api/v1/suggestions/") == {own.pk}
    for matter in (own, foreign):
        seen = {own.finding_id} if matter is own else set()
        assert tile_ids(client, "findings", matter.finding.geom.x, matter.finding.geom.y) == seen
        expected = 200 if matter is own else 404
        assert client.get(f"/findings/{matter.finding_id}/").status_code == expected
        assert client.get(f"/suggestions/{matter.number}/").status_code == expected
    assert client.get("/findings/export.csv").text.count("\n") == 2
    assert numbers(clerk, Question()).total.total == 1
    assert look(clerk, Choice(), timezone.localdate()).on_map == {"findings": [own.finding_id]}


def test_the_districts_staff_have_both(as_user, staff, two):
    client = as_user(staff)
    assert api_ids(client, "/api/v1/suggestions/") == {matter.pk for matter in two.values()}
    assert client.get("/findings/export.csv").text.count("\n") == 3


def test_a_town_cannot_route_anothers_matter(as_user, clerks, two, world):
    sent = {"version": 1, "department": world.water.pk, "text": ""}
    address = f"/suggestions/{two['east_town'].number}/assign/"
    assert as_user(clerks["west_town"]).post(address, sent).status_code == 404
    assert Suggestion.objects.get(pk=two["east_town"].pk).state == "submitted"


@pytest.fixture
def village(world):
    return Area.objects.create(
        code="330203100001", name="河东村", level="village", parent=world.west_town,
        geom=_square(world.west_town.point),
    )  # fmt: skip


def _square(point, half=0.004):
    box = Polygon.from_bbox((point.x - half, point.y - half, point.x + half, point.y + half))
    return MultiPolygon(box, srid=4326)


def test_a_villages_staff_have_what_lies_in_the_village(as_user, village, file_finding, deputy):
    clerk = User.objects.create_user("clerk-village", role=Role.STAFF, area=village)
    inside = file_finding(deputy, text="村里", lon=village.geom.centroid.x, lat=village.geom.centroid.y)
    file_finding(deputy, text="村外", lon=village.geom.centroid.x + 0.01, lat=village.geom.centroid.y)
    client = as_user(clerk)
    assert api_ids(client, "/api/v1/findings/") == {inside.pk}
    assert [row.pk for row in client.get("/findings/").context["page"]] == [inside.pk]


def test_a_candidate_is_seen_by_its_towns_staff_and_not_by_anothers(as_user, clerks, candidate, staff):
    ids = {name: api_ids(as_user(clerk), "/api/v1/projects/") for name, clerk in clerks.items()}
    assert ids == {"west_town": set(), "east_town": {candidate.pk}}
    assert api_ids(as_user(staff), "/api/v1/projects/") == {candidate.pk}
    place = (candidate.geom.x, candidate.geom.y)
    tiles = {name: tile_ids(as_user(clerk), "projects", *place) for name, clerk in clerks.items()}
    assert tiles == ids
    assert len({project_audience(user) for user in (*clerks.values(), staff, None)}) == 4


def test_what_is_public_stays_public_for_everybody(as_user, clerks, project, point):
    for clerk in clerks.values():
        client = as_user(clerk)
        assert api_ids(client, "/api/v1/projects/") == {project.pk}
        assert api_ids(client, "/api/v1/monitoring-points/") == {point.pk}


def test_a_towns_staff_write_for_their_town_only(clerks, point, project, staff):
    west, east = clerks["west_town"], clerks["east_town"]
    point.status, point.due_on = "under_way", timezone.localdate() + timedelta(days=9)
    point.save()
    assert [may_load_history(user, point) for user in (west, east, staff)] == [True, False, True]
    assert not any(may_work_on(user, point) for user in (west, east, staff)), "works are the department's"
    assert [points_to_watch(user).count() for user in (west, east, staff)] == [1, 0, 1]
    assert not any(may_record_sample(user, point) for user in (west, east, staff))
    assert [may_update(user, project) for user in (west, east, staff)] == [False, True, True]
    assert next_steps(point, east) == []


def test_proposals_and_feedback_wait_for_the_staff_of_their_town(clerks, project, world, staff):
    Proposal.objects.create(
        number="2026-001", year=2026, title="修路", text="路坏", category=Project.Category.WATER, area=world.west_town,
        geom=Point(121.32, 29.85, srid=4326),
    )  # fmt: skip
    feedback = Feedback.objects.create(project=project, text="还没完工")
    today = timezone.localdate()
    found = {
        name: {waiting.kind for waiting, _count in look(user, Choice(), today).kinds}
        for name, user in {**clerks, "district": staff}.items()
    }
    assert found == {
        "west_town": {"proposals-to-review"},
        "east_town": {"feedback-to-review"},
        "district": {"proposals-to-review", "feedback-to-review"},
    }
    assert [count_waiting_feedback(user) for user in (clerks["west_town"], clerks["east_town"], staff)] == [0, 1, 1]
    assert not may_reply(clerks["west_town"], feedback)
    assert may_reply(clerks["east_town"], feedback)


def test_a_town_does_not_decide_about_feedback_elsewhere(clerks, project):
    feedback = Feedback.objects.create(project=project, text="还没完工")
    with pytest.raises(NotPermitted):
        hide_feedback(feedback.pk, clerks["west_town"], 1, "不实")


def test_an_area_narrows_no_other_role(world, deputy, officer, gis, admin_user):
    for user in (deputy, officer, gis, admin_user, None):
        if user is not None:
            user.area = world.east_town
        assert serves(user, world.west_town)


FORMATS = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@pytest.mark.parametrize("extension", FORMATS)
def test_the_list_of_matters_can_be_taken_away_as_it_is_filtered(as_user, two, staff, world, extension):
    client = as_user(staff)
    answer = client.get(f"/findings/export.{extension}?area={world.west_town.code}")
    assert answer["Content-Type"].startswith(FORMATS[extension])
    assert answer["Cache-Control"] == "private, no-store"
    if extension == "csv":
        head, row = answer.text.removeprefix("\ufeff").splitlines()
        assert two["west_town"].number in row
        assert head.startswith("编号,")


def test_a_file_of_matters_names_reporters_only_to_who_may_know(as_user, assigned, officer, staff):
    assert "张代表" in as_user(staff).get("/findings/export.csv").text
    stranger = User.objects.create_user("deputy-2", role=Role.DEPUTY)
    text = as_user(stranger).get("/findings/export.csv").text
    assert assigned.number in text
    assert "张代表" not in text


def test_a_formula_in_a_report_is_no_formula_in_the_file(as_user, file_finding, deputy, staff):
    file_finding(deputy, text='=HYPERLINK("http://evil.example")')
    assert "'=HYPERLINK" in as_user(staff).get("/findings/export.csv").text


@pytest.mark.parametrize("query", ["state=closd", "since=2026-13-01", "area=nowhere"])
def test_a_file_of_matters_is_refused_where_a_filter_is_none(as_user, two, staff, query):
    answer = as_user(staff).get(f"/findings/export.csv?{query}", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, query.partition("=")[0])


@pytest.mark.parametrize("who", ["gis", None])
def test_who_sees_no_matters_gets_no_file_of_them(as_user, request, two, who):
    user = request.getfixturevalue(who) if who else None
    assert as_user(user).get("/findings/export.csv").status_code in (302, 404)
    assert as_user(user).get("/findings/export.docx").status_code in (302, 404)


def test_who_answers_for_a_part_is_shown_the_part_in_every_way(as_user, assigned, officer, other_officer, staff, world):
    part = services.split(staff, assigned.pk, version=1, title="路灯", text="路灯不亮", category="social")
    services.assign(staff, part.pk, version=1, department=world.ecology)
    assigned.refresh_from_db()
    services.reply(officer, assigned.pk, version=assigned.version, text="清了", result="A")
    client, finding = as_user(other_officer), assigned.finding
    head, row = client.get("/findings/export.csv").text.removeprefix("\ufeff").splitlines()
    told = dict(zip(head.split(","), row.split(","), strict=True))
    assert (told["编号"], told["题目"], told["内容"], told["状态"]) == (part.number, "路灯", "路灯不亮", "办理中")
    [feature] = client.get("/api/v1/findings/").json()["features"]
    assert (feature["properties"]["suggestion"], feature["properties"]["state"]) == (part.number, "assigned")
    for address in ("/findings/", f"/findings/{finding.pk}/"):
        page = client.get(address).text
        assert "路灯" in page and assigned.number not in page
    assert assigned.title not in client.get("/findings/").text
    for state, count in (("assigned", 1), ("replied", 0)):
        assert client.get("/api/v1/findings/", {"state": state}).json()["count"] == count
        assert client.get("/findings/", {"state": state}).context["page"].paginator.count == count
    tile = findings_drawn(other_officer).get(pk=finding.pk)
    assert (tile.state_shown, findings_drawn(officer).get(pk=finding.pk).state_shown) == ("assigned", "replied")
    assert assigned.number in as_user(officer).get("/findings/export.csv").text
    assert as_user(staff).get("/api/v1/findings/").json()["features"][0]["properties"]["state"] == "replied"


def every_way(client, matter):
    """What the ways to a matter say of the project that it is about."""
    page = client.get(f"/suggestions/{matter.number}/")
    told = client.get(f"/api/v1/suggestions/{matter.number}/")
    return " ".join([
        client.get(f"/findings/{matter.finding_id}/").text, page.text, json.dumps(told.json(), ensure_ascii=False),
        json.dumps(client.get("/api/v1/findings/").json(), ensure_ascii=False), client.get("/findings/export.csv").text,
    ])  # fmt: skip


def test_a_project_that_is_not_public_yet_is_named_to_who_may_see_it_alone(
    as_user, staff, officer, other_officer, file_finding, candidate, world
):
    """Of what the reporter named, and of what staff linked since."""
    candidate.name = "东片雨污分流二期"
    candidate.save()
    named = file_finding(staff, project_code=candidate.code).suggestion
    linked = file_finding(staff).suggestion
    services.link(staff, linked.pk, kind="project", code=candidate.code)
    for matter in (named, linked):
        Suggestion.objects.filter(pk=matter.pk).update(
            state="assigned", department=world.water, due_on=timezone.localdate(), is_public=True, public_text="公开"
        )
        matter.refresh_from_db()
        words = every_way(as_user(officer), matter)
        assert matter.number in words and candidate.name not in words and f'"{candidate.code}"' not in words
        Suggestion.objects.filter(pk=matter.pk).update(department=world.ecology)
        for reader in (staff, other_officer):
            assert candidate.name in every_way(as_user(reader), matter)
    public = as_user(None)
    features = public.get("/api/v1/findings/").json()["features"]
    assert len(features) == 2 and {feature["properties"]["project"] for feature in features} == {None}
    for reader, count in ((None, 0), (officer, 0), (staff, 1)):
        answer = as_user(reader).get("/api/v1/findings/", {"project": candidate.code}).json()
        assert len(answer["features"]) == count, "a code that is guessed tells nothing"
    for matter in (named, linked):
        assert candidate.name not in public.get(f"/matters/{matter.number}/").text


def test_what_a_linked_project_was_called_before_is_not_said_either(as_user, staff, officer, assigned, candidate):
    services.link(staff, assigned.pk, kind="project", code=candidate.code)
    services.link(staff, assigned.pk, kind="point", code="P1")
    before, candidate.name = candidate.name, "新的名字"
    candidate.save()
    page = as_user(officer).get(f"/suggestions/{assigned.number}/").text
    assert before not in page and "望春桥" in page
    assert before in as_user(staff).get(f"/suggestions/{assigned.number}/").text
