"""Many at once, and things of one's own that point at foreign ones: each foreign row is refused, by row."""

import io
import json

import pytest
from django.urls import reverse
from openpyxl import Workbook

from projects.models import Project, Proposal
from river_monitoring.models import MonitoringPoint, Sample
from stations.models import Reception, Station
from supervision.models import Suggestion
from tests.architecture.access.foreign.row import Foreign

STAFF_ELSEWHERE = ("town_staff", "village_staff")


def _sheet(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    out.name = "rows.xlsx"
    return out


@pytest.mark.parametrize("who", [*STAFF_ELSEWHERE, "staff", "admin", "other_officer"])
def test_the_table_of_points_saves_no_foreign_ones(foreign_scene, who):
    point = MonitoringPoint.objects.get(code="P2")
    client, address = foreign_scene.client(who), reverse("river:update", kwargs={"name": "points"})
    # An accepting body finds every point there, for its deadline alone.
    assert ("二号点" in client.get(address).content.decode()) == (who == "other_officer")
    names = {"responsible_name": "王五", "version": "1", "base-responsible_name": ""}
    client.post(address, {"row": point.pk} | {f"{point.pk}-{name}": value for name, value in names.items()})
    point.refresh_from_db()
    assert (point.responsible_name, point.version) == ("", 1)


@pytest.mark.parametrize("who", [*STAFF_ELSEWHERE, "other_officer"])
def test_the_table_of_matters_takes_no_step_of_foreign_ones(foreign_scene, who):
    matter = Suggestion.objects.get(number="2026-00001")
    client, address = foreign_scene.client(who), reverse("supervision:update")
    assert matter.number not in client.get(address).text
    row = {f"v-{matter.pk}": matter.version, f"c-{matter.pk}-step": "say", f"c-{matter.pk}-text": "别人的"}
    assert client.post(address, row | {"save": "1"}).status_code == 400
    assert not matter.events.filter(text="别人的").exists()


@pytest.mark.parametrize("who", [*STAFF_ELSEWHERE, "other_officer"])
def test_a_sheet_of_samples_refuses_foreign_points(foreign_scene, who):
    before = Sample.objects.count()
    text = "code,phenomenon_time,nh3n\nP1,2026-03-05 09:00,0.5\n"
    foreign_scene.client(who).post(reverse("river:sample_sheet"), {"text": text, "do": "save"})
    assert Sample.objects.count() == before


@pytest.mark.parametrize("who", [*STAFF_ELSEWHERE, "other_officer", "gis", "other_deputy"])
def test_samples_by_the_interface_refuse_foreign_points(foreign_scene, who):
    before = Sample.objects.count()
    items = {"items": [{"point": "P1", "phenomenon_time": "2026-03-05T09:00:00+08:00", "readings": {"nh3n": "0.5"}}]}
    answer = foreign_scene.client(who).post(reverse("sample-list"), items, content_type="application/json")
    assert answer.status_code in (400, 403, 404, 422)
    assert Sample.objects.count() == before


@pytest.mark.parametrize("who", STAFF_ELSEWHERE)
def test_a_sheet_of_stations_refuses_foreign_ones(foreign_scene, who):
    client = foreign_scene.client(who)
    body = client.get(reverse("stations:sheet_template", kwargs={"kind": "stations"}))
    assert body.status_code == 200
    from stations.sheets import stations as about

    example = dict(zip(about.COLUMNS, about.example(), strict=True)) | {"code": "S1", "name": "被改的"}
    file = _sheet([str(label) for label in about.COLUMNS.values()], list(example.values()))
    client.post(reverse("stations:sheet", kwargs={"kind": "stations"}), {"file": file})
    assert Station.objects.get(code="S1").name == "一号站"


@pytest.mark.parametrize("who", [*STAFF_ELSEWHERE, "other_officer", "gis", "other_deputy"])
def test_receptions_by_the_interface_refuse_foreign_stations(foreign_scene, who):
    before = Reception.objects.count()
    item = {"station": "S1", "starts_at": "2026-03-05T09:00:00+08:00", "ends_at": "2026-03-05T11:00:00+08:00"}
    item |= {"deputies": ["D1"], "visitors": 3}
    for body in ({"items": [item]}, item):
        answer = foreign_scene.client(who).post(
            reverse("reception-list"), json.dumps(body), content_type="application/json"
        )
        assert answer.status_code in (207, 400, 403, 404, 422)
    assert Reception.objects.count() == before


@pytest.mark.parametrize("who", STAFF_ELSEWHERE)
def test_an_activity_invites_no_foreign_stations_deputies(foreign_scene, who):
    form = {"kind": "study", "title": "学习", "place": "东镇", "stations": Station.objects.get(code="S1").pk}
    form |= {"starts_at": "2099-01-05T09:00", "ends_at": "2099-01-05T11:00"}
    answer = foreign_scene.client(who).post(reverse("stations:activity_new"), form)
    assert answer.status_code == 400


@pytest.fixture
def own_of_the_east(foreign_scene):
    """A project and a proposal of the town whose staff ask."""
    west, east = Project.objects.get(code="CANDIDATE"), foreign_scene.world.east_town
    place = {"area": east, "geom": east.point}
    common = {"year": 2026, "category": "water", "lead": west.lead, "starts_on": "2026-01-01", "ends_on": "2026-12-01"}
    project = Project.objects.create(code="EAST", name="东镇项目", status="candidate", **common, **place)
    number = {"number": "2026-0009", "year": 2027, "title": "公园", "text": "没有公园", "category": "elderly"}
    return project, Proposal.objects.create(**number, **place)


def _adopt(scene, proposal, project):
    address = reverse("projects:review_proposal", kwargs={"number": proposal.number, "verb": "adopt"})
    return scene.client("town_staff").post(address, {"version": proposal.version, "project": project.pk})


def test_an_own_proposal_becomes_part_of_no_foreign_candidate_and_none_is_offered(foreign_scene, own_of_the_east):
    project, proposal = own_of_the_east
    page = foreign_scene.client("town_staff").get(proposal.get_absolute_url()).content.decode()
    assert ("东镇项目" in page, "候选2" in page) == (True, False)
    assert _adopt(foreign_scene, proposal, Project.objects.get(code="CANDIDATE")).status_code == 400
    proposal.refresh_from_db()
    assert proposal.project is None
    assert _adopt(foreign_scene, proposal, project).status_code == 302


def test_an_own_project_is_not_given_to_another_town(foreign_scene, own_of_the_east):
    project, _proposal = own_of_the_east
    words = {"version": "1", "name": "东镇项目", "year": "2026", "category": "water", "lead": project.lead_id}
    words |= {"starts_on": "2026-01-01", "ends_on": "2026-12-01", "budget_wan": "1"}
    address = reverse("projects:edit", kwargs={"code": "EAST"})
    client = foreign_scene.client("town_staff")
    assert client.post(address, words | {"area": foreign_scene.things["WEST"]}).status_code == 400
    project.refresh_from_db()
    assert project.area == foreign_scene.world.east_town
    assert client.post(address, words | {"area": project.area_id}).status_code == 302


def test_what_is_no_pair_among_ticked_reports_is_refused(foreign_scene):
    answer = foreign_scene.client("staff").post(reverse("matters:received"), {"chosen": ["abc", "1:1"], "do": "accept"})
    assert answer.status_code in (400, 422)


def test_the_districts_staff_register_an_outfall_anywhere_and_a_towns_staff_there(foreign_scene):
    form = {"subkind": "rest", "name": "新口", "state": "fixing", "department": foreign_scene.things["WATER"]}
    for who, code, lng in (("staff", "O7", "121.33"), ("town_staff", "O8", "121.37")):
        place = {"code": code, "lng": lng, "lat": "29.85"}
        assert foreign_scene.client(who).post(reverse("river:outfall_new"), form | place).status_code == 302


def test_a_towns_staff_register_a_point_in_their_town(foreign_scene):
    form = {"code": "E-1", "name": "东点", "kind": "small", "water": "river", "target_class": "5", "lng": "121.37"}
    form |= {"lat": "29.85", "department": "water"}
    assert foreign_scene.client("town_staff").post(reverse("river:point_new"), form).status_code == 302


def test_a_row_says_who_is_refused_in_the_order_of_the_foreigners():
    assert len(Foreign("home").answers.split()) == 5
