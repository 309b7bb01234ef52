"""The demo district in a real database: complete, consistent with the rooms' own rules, all or nothing."""

import html
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.conf import global_settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Count, F
from django.test import Client
from django.utils import timezone

from accounts.models import Area, Department, User
from demo import load
from demo.load import NotEmpty, load_district, replace_district
from geokit.refusal import NotPermitted
from layers.models import Layer
from ledger.chain import verify
from library.study.models import Studied
from library.study.services import progress_of, study_for
from projects.models import Project, ProjectPlace, Proposal, Turnout, UrnBallot, VoteSession
from projects.plan.services import refresh_projects
from projects.voting.services import rules_of
from projects.voting.tally import count, decide, digest_of
from river_monitoring.models import Evidence, MonitoringPoint, Reach, RectificationEvent, River, Sample
from river_monitoring.rectification.evidence import evidence_on_file, next_steps
from river_monitoring.rectification.models import Escalation
from river_monitoring.rectification.relapse import failing_months
from river_monitoring.rectification.standing import delisting_rule, standing_of
from river_monitoring.samples.counting import discount_of, origin_of
from river_monitoring.samples.parties import works_parties
from river_monitoring.samples.rating import rate_sample
from river_monitoring.steps.proofs import Proof, missing_evidence
from river_monitoring.steps.table import TABLE, State
from river_monitoring.works.models import Measure, Outfall
from stations.models import Attendance, Deputy, DutyRecord, Matter, Reception, ServiceArea, Station
from stations.service_areas.coverage import check_coverage
from stations.statistics.queries import statistics
from supervision.matters.table import TABLE as MATTERS
from supervision.models import Finding, FindingPhoto, RoutingRule, Suggestion, SuggestionEvent
from supervision.routing import check
from tests import demo_database, roles

pytestmark = [pytest.mark.slow, pytest.mark.demo]

TODAY = date.fromisoformat(demo_database.TODAY)


@pytest.fixture(scope="module")
def district(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, int]]:
    """How many of each thing `load_demo` has said that it loaded; what tests of this file write is rolled back."""
    with demo_database.entered(django_db_blocker) as demo:
        yield demo.counts | {"pictures": len(list(demo.folder.rglob("*.jpg")))}


def test_the_deputy_has_read_some_of_the_study_material_and_has_some_before_her(district):
    deputy = User.objects.get(username="deputy")
    progress = progress_of(deputy, 9)
    assert (progress.done, progress.total, len(progress.next)) == (2, 5, 3)
    assert {one.source for one in study_for(deputy)} == {"演示编写"}  # and it says that it is invented
    assert Studied.objects.filter(at__lt=timezone.now() - timedelta(days=10)).count() == 2


def test_everything_is_there(district):
    assert Counter(Area.objects.values_list("level", flat=True)) == {
        "province": 1,
        "city": 1,
        "district": 10,
        "town": 17,
        "village": 280,
    }
    assert Department.objects.count() == 56
    assert MonitoringPoint.objects.filter(kind="small").count() == 96
    assert MonitoringPoint.objects.exclude(kind="small").count() == 25
    assert Sample.objects.count() == district["samples"] + district["hours"] > 4000
    assert Project.objects.filter(year__lte=TODAY.year).exclude(status="reserve").count() == 60
    assert Station.objects.count() == 34 and Deputy.objects.count() == 200
    assert Finding.objects.count() > 50 and Suggestion.objects.count() > 50
    assert not Finding.objects.filter(suggestion=None).exists()
    assert FindingPhoto.objects.count() > 60 and RoutingRule.objects.filter(area=None).count() == 8
    assert check.find_faults().is_sound
    photos = Evidence.objects.values_list("sha256", flat=True)
    assert len(set(photos)) == len(photos) > 150  # a photo of a point proves nothing of another
    assert district["pictures"] <= 76 + len(photos)  # other drawings are kept once per folder


def test_what_is_invented_says_so(district):
    for model in (MonitoringPoint, Reach, Station, Project):
        assert not model.objects.filter(is_schematic=False).exists()
    assert not Area.objects.filter(level__in=("town", "village"), is_schematic=False).exists()
    assert not Area.objects.filter(level="district", is_schematic=True).exists()


def test_geometry_is_valid_and_points_lie_in_their_area(district):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_area WHERE NOT ST_IsValid(geom)")
        assert cursor.fetchone() == (0,)
        for table in (
            "river_monitoring_monitoringpoint",
            "stations_station",
            "supervision_finding",
        ):
            cursor.execute(
                f"SELECT count(*) FROM {table} t JOIN accounts_area a ON a.id = t.area_id "
                "WHERE NOT ST_Contains(a.geom, t.geom)"
            )
            assert cursor.fetchone() == (0,), table
        # A project of many places begins in its town and may go on in the next.
        cursor.execute(
            "SELECT count(*) FROM projects_project t JOIN accounts_area a ON a.id = t.area_id WHERE NOT "
            "CASE WHEN GeometryType(t.geom) = 'POINT' THEN ST_Contains(a.geom, t.geom) "
            "ELSE ST_Intersects(a.geom, t.geom) END"
        )
        assert cursor.fetchone() == (0,)


def test_stored_classes_are_those_of_the_standard_and_points_carry_their_newest(district):
    for sample in Sample.objects.select_related("point")[::97]:
        stored = (sample.water_class, sample.limiting, sample.exceedance)
        rate_sample(sample)
        assert (sample.water_class, sample.limiting, sample.exceedance) == stored
    for point in MonitoringPoint.objects.select_related("current_sample"):
        newest = point.samples.order_by("-phenomenon_time").first()
        assert point.current_sample == newest
        month = point.months.order_by("-month").first()
        assert point.current_class == (month.water_class if month else 0)


def test_samples_say_who_measured_and_the_works_own_prove_nothing(district):
    assert Sample.objects.filter(party__code="monitoring").count() > 3000
    assert not Sample.objects.filter(party=None).exclude(source="automatic").exists()
    own = Sample.objects.filter(by_works=True)
    assert own.count() > 20 and not own.exclude(party=F("point__department")).exists()
    assert Sample.objects.filter(source="automatic", station__isnull=False).count() == district["hours"] > 50
    assert set(Sample.objects.values_list("quality", flat=True)) == {
        "unquestioned", "questioned", "corrected", "confirmed",
    }  # fmt: skip
    for sample in own.select_related("point")[::9]:
        assert discount_of(origin_of(sample), works_parties(sample.point)) == "works"


def test_status_and_dates_of_a_point_are_what_its_events_say(district):
    shown = {"none", "listed", "planned", "under_way", "acceptance_asked", *TABLE.in_group("delisted"), "suspended"}
    assert set(MonitoringPoint.objects.values_list("status", flat=True)) == shown
    for point in MonitoringPoint.objects.filter(kind="small").prefetch_related("events"):
        events = list(point.events.all())
        assert point.status == events[-1].to_status
        assert point.version == 1 + len(events)
        assert point.baseline_class == 6
        assert point.listed_for and bool(point.delisted_on) == (point.status in TABLE.in_group("delisted"))
    assert not RectificationEvent.objects.filter(
        to_status="delisted", actor__department=F("point__department")
    ).exists()
    sheets = Evidence.objects.exclude(event__to_status__in=["listed", "under_way", "acceptance_asked"])
    assert {(sheet.kind, sheet.sha256 == sheet.event.sheet_sha256) for sheet in sheets} == {("sheet", True)}


def test_the_demo_officer_can_go_on_and_a_body_can_delist_where_the_proof_is_there(district):
    officer, staff = User.objects.get(username="officer"), User.objects.get(username="staff")
    body = User.objects.get(username="officer2")
    planned = MonitoringPoint.objects.filter(status="planned", department=officer.department).first()
    assert "under_way" in {step.target for step in next_steps(planned, officer)}
    delist = TABLE.move(State.ACCEPTANCE_ASKED, State.DELISTED)
    asked = MonitoringPoint.objects.filter(status="acceptance_asked")
    others = asked.exclude(department=body.department)
    assert others.exists() and all("delisted" in {step.target for step in next_steps(point, body)} for point in others)
    assert not any(next_steps(point, staff) for point in asked)
    missing = [
        missing_evidence(delist, evidence_on_file(point, note="现场核查"), TODAY, delisting_rule()) for point in asked
    ]
    assert () in missing
    assert any(piece.proof is Proof.COMPLIANT for pieces in missing for piece in pieces)


def test_every_delisting_of_the_demo_holds_by_the_rules_of_its_day(district):
    delist = TABLE.move(State.ACCEPTANCE_ASKED, State.DELISTED)
    events = RectificationEvent.objects.filter(from_status="acceptance_asked", to_status="delisted")
    current = [event for event in events.select_related("point", "department") if event.point.delisted_on]
    assert len(current) > 55
    for event in current:
        point, day = event.point, timezone.localdate(event.at)
        if point.delisted_on != day:
            continue
        file = evidence_on_file(point, note=event.note)
        then = replace(file, samples=[sample for sample in file.samples if sample.day <= day])
        assert missing_evidence(delist, then, day, delisting_rule()) == (), point.code
        assert event.department.code in event.basis["delisting.accepting_bodies"]
        workers = {point.department_id, *standing_of(point).workers}
        assert event.department_id not in workers, point.code


def test_delisted_points_stand_where_their_complete_months_leave_them(district):
    for point in MonitoringPoint.objects.filter(status__in=TABLE.in_group("delisted")):
        run = failing_months(point, TODAY)
        assert len(run) < 2 and (not run or point.status == "exceeded"), point.code
    assert MonitoringPoint.objects.filter(status="exceeded").count() >= 3


def test_an_officer_of_another_department_finds_no_step_of_the_works(district):
    other = User.objects.get(username="officer2")
    planned = MonitoringPoint.objects.filter(status="planned", department__code="water").first()
    assert {step.target for step in next_steps(planned, other)} == {"suspended"}  # it accepts, and may stop the works
    assert next_steps(planned, User.objects.get(username="officer-housing")) == []


def test_receptions_add_up_to_the_five_published_numbers(district):
    counted = statistics(None, TODAY.replace(year=TODAY.year - 3), TODAY)
    assert (counted.sessions, counted.themed, counted.attendances) == (502, 36, 1020)
    assert (counted.visitors, counted.settled) == (850, 802)
    assert counted.matters == Matter.objects.count() > 802
    assert Attendance.objects.count() == DutyRecord.objects.filter(kind="reception").count() == 1020
    assert Reception.objects.filter(held=False).exists()


def test_the_service_areas_cover_the_district_once(district):
    found = check_coverage()
    assert found.is_sound and found.covered_percent > 99.9
    assert found.stations == 33 and found.without == ()


def test_every_village_has_a_deputy_and_a_station(district):
    assert not Area.objects.filter(level="village", deputies=None).exists()
    for village in Area.objects.filter(level="village")[::23]:
        assert ServiceArea.objects.filter(geom__covers=village.point).count() == 1


def test_lights_are_the_rules_and_all_are_lit(district):
    assert set(Project.objects.values_list("light", flat=True)) == {"green", "yellow", "red", "off"}
    assert set(Project.objects.values_list("status", flat=True)) == set(Project.Status)
    assert refresh_projects(on=TODAY) == 0


def test_one_vote_is_counted_and_one_is_open_and_anybody_can_count_again(district):
    counted, running = VoteSession.objects.get(count__isnull=False), VoteSession.objects.get(count__isnull=True)
    papers = [(ballot.receipt, ballot.choices) for ballot in counted.ballots.all()]
    assert digest_of(papers) == counted.count.digest
    votes = count((choices for _receipt, choices in papers), [c.number for c in counted.candidacies.all()])
    outcome = decide(votes, len(papers), rules_of(counted, counted.electors.count()), counted.count.digest)
    assert sorted(outcome.elected) == counted.count.elected and len(outcome.elected) == 20
    lost = counted.candidacies.exclude(number__in=outcome.elected)
    assert set(lost.values_list("project__status", flat=True)) == {"reserve"}
    deputy = User.objects.get(username="deputy")
    assert running.electors.filter(deputy=deputy, turnout__isnull=True).exists()
    assert UrnBallot.objects.filter(session=running).count() == Turnout.objects.filter(elector__session=running).count()


def test_projects_have_many_places_lines_and_areas_goals_and_proposals_in_each_state(district):
    kinds = {place.geom.geom_type for place in ProjectPlace.objects.all()}
    assert kinds == {"Point", "LineString", "Polygon"}
    assert Project.objects.annotate(n=Count("places")).filter(n=20, geom__isnull=False).exists()
    assert set(Proposal.objects.values_list("state", flat=True)) == set(Proposal.State)
    assert not Project.objects.filter(status__in=("building", "supervised", "rated"), goals=None).exists()
    across = [project for project in Project.objects.filter(year=TODAY.year) if project.is_cross_year]
    assert across and all(project.goals.values("year").distinct().count() > 1 for project in across)
    rated = Project.objects.filter(status="rated", year=TODAY.year)
    assert rated.count() == 2
    assert all({"deputy", "public"} <= set(project.ratings.values_list("voter", flat=True)) for project in rated)
    assert verify(files=False).faults == ()  # they lie in another folder


def test_suggestions_stand_where_their_events_left_them(district):
    assert set(Suggestion.objects.values_list("state", flat=True)) == set(Suggestion.State)
    for suggestion in Suggestion.objects.prefetch_related("events"):
        verbs = [event.verb for event in suggestion.events.all()]
        assert suggestion.state == MATTERS.replay(verbs)
        assert suggestion.redo_count == verbs.count("reopened")
    assert Suggestion.objects.filter(author__username="deputy", state="replied").exists()
    verbs = set(SuggestionEvent.objects.values_list("verb", flat=True))
    assert verbs >= {"received", "declined", "forwarded", "recalled", "co_replied", "paused", "came_back", "split"}
    assert Suggestion.objects.filter(planned_on__gt=TODAY, state="closed").count() == 2
    assert Suggestion.objects.filter(split_from__isnull=False, finding=None).count() == 1
    assert Suggestion.objects.filter(department__code="water", state="assigned", due_on__lt=TODAY).exists()


def test_the_real_places_are_a_layer_with_their_licence(district):
    layer = Layer.objects.get(slug="geonames_places")
    assert (layer.source, layer.licence, layer.visibility) == ("GeoNames", "CC BY 4.0", "public")
    assert layer.current_version.rows == 184


def test_layers_came_in_through_the_import_as_gbk_in_epsg_4549(district):
    for slug in ("sewage_terminals", "source_protection"):
        version = Layer.objects.get(slug=slug).current_version
        source = version.report["source"]
        assert version.rows > 3
        assert (source["encoding"], source["crs"]) == ("GB18030", "EPSG:4549")  # the superset of GBK
        assert 121.1 < version.west < version.east < 121.6


def test_the_six_sign_ins_open_the_demo_and_nothing_else(district, settings):
    settings.DEMO = True
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS  # the district was loaded by a process of its own
    for name in ("deputy", "officer", "officer2", "gis", "staff", "admin"):
        assert Client().login(username=name, password=f"demo-{name}")
    settings.DEMO = False
    assert not Client().login(username="deputy", password="demo-deputy")
    others = User.objects.exclude(username__in=["deputy", "officer", "officer2", "gis", "staff", "admin"])
    assert others.count() > 50 and not any(user.has_usable_password() for user in others)
    assert not User.objects.filter(role="officer", department=None).exists()


def test_rivers_know_what_they_flow_into(district):
    assert River.objects.get(name="鄞江").flows_into.name == "奉化江"
    assert River.objects.filter(kind="lake").count() == 3
    assert Reach.objects.filter(length_m__lte=0).count() == 0


PAGES_OF_FIGURES = (
    "/numbers/", "/numbers/?by=department", "/numbers/?by=month&since=2026-03-10", "/numbers/?by=category&took=15",
    "/river/statistics/", "/river/statistics/?period=month&by=department", "/river/appraisal/",
)  # fmt: skip


@pytest.mark.parametrize("page", PAGES_OF_FIGURES)
def test_every_figure_leads_to_a_list_of_as_many(district: dict[str, int], as_user: Any, page: str) -> None:
    client = as_user(User.objects.get(username="staff"))
    links = set(re.findall(r'<a href="([^"]*)" data-counts="(\d+)"', client.get(page).text))
    assert len(links) > 10
    wrong = {}
    for link, number in sorted(links):
        context = client.get(html.unescape(link)).context
        listed = context["page"].paginator.count
        if listed != int(number):
            wrong[link] = (int(number), listed)
    assert wrong == {}


def test_a_filled_database_is_refused_and_stays_as_it_is(district):
    before = Sample.objects.count()
    with pytest.raises(NotEmpty):
        load_district(TODAY)
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as left:
        call_command("load_demo", "--json", stdout=out, stderr=err)
    assert left.value.code == 2
    assert json.loads(out.getvalue())["error"]["code"] == "database-not-empty"
    assert len(err.getvalue().strip().splitlines()) == 1
    assert Sample.objects.count() == before


def test_if_empty_keeps_a_filled_database_and_succeeds(district):
    out = StringIO()
    call_command("load_demo", "--if-empty", "--json", stdout=out)
    assert json.loads(out.getvalue())["status"] == "kept"


@pytest.mark.django_db  # asked for once, so that there is a database of tests also when this file runs alone
def test_replacing_is_refused_outside_the_demonstration(district, settings):
    settings.DEMO = False
    with pytest.raises(NotPermitted):
        replace_district(TODAY)
    assert Project.objects.exists()


def test_replacing_gives_the_same_district_and_a_failure_at_its_end_leaves_the_old_one(
    district: dict[str, int], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEMO = True
    write = load._write

    def fail_when_all_is_written(today: date) -> dict[str, int]:
        assert write(today).items() <= district.items()
        assert not Project.objects.filter(name="changed").exists()
        assert RectificationEvent.objects.count() == district["events"]
        raise DiskFull

    monkeypatch.setattr(load, "_write", fail_when_all_is_written)
    with transaction.atomic():
        with roles.owner_rights():
            changed = Project.objects.filter(year=TODAY.year).update(name="changed")
            with pytest.raises(DiskFull):
                replace_district(TODAY)
            assert Project.objects.filter(name="changed").count() == changed > 0
            assert RectificationEvent.objects.count() == district["events"]
        transaction.set_rollback(True)


class DiskFull(Exception):
    pass


def test_works_of_the_demo_agree_with_the_states_of_their_points(district):
    assert Measure.objects.count() == district["measures"] > 200
    finished = ("acceptance_asked", "delisted", "look_back")
    assert not Measure.objects.filter(point__status__in=finished, share_done__lt=100).exists()
    assert Measure.objects.filter(point__status="under_way", share_done__lt=100).exists()
    assert set(Outfall.objects.values_list("kind", flat=True)) >= {"industrial", "other"}
    assert not Outfall.objects.filter(points=None).exists() and not Outfall.objects.filter(is_schematic=False).exists()
    late = MonitoringPoint.objects.filter(status="under_way", due_on__lt=TODAY)
    assert late.exists() and not late.filter(escalations=None).exists()
    assert not Escalation.objects.filter(at__date__gt=TODAY).exists()
