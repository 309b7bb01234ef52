"""Two districts under one city: all that the table knows of is the second one's, and people of the first ask for it.

Nothing of it, public or not, shows in any list, search, tile or file, and nothing of it can be written.
"""

import re
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection, reset_queries, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.looking import NAME
from accounts.models import ApiToken, Area, Department, Robot, Role
from accounts.rate_limits.models import RateCount
from layers.models import ImportJob, Layer
from library.models import Document
from papers.models import Paper
from projects.feedback.models import Feedback
from projects.models import Project, Proposal
from projects.plan.permissions import PUBLIC_STATUSES
from reporting.models import Board, Indicator
from river_monitoring.models import MonitoringPoint, River
from search.index import catch_up
from stations.activities.models import Activity
from stations.models import Deputy, Station
from supervision.models import Suggestion
from tests import roles
from tests.architecture.access.answers import expected
from tests.architecture.access.conftest import Scene, _session_of, chosen_rooms
from tests.architecture.access.foreign.row import Foreign
from tests.architecture.access.foreign.table import rows as foreign_rows
from tests.architecture.access.table import arguments
from tests.architecture.access.table import rows as table_rows
from tests.architecture.access.test_foreign_objects import _send, _written
from tests.data.cast import box, person
from voters.models import Message

pytestmark = pytest.mark.slow

MARK, ASKED = "乙密件七", "密件七"
"""Stands in every internal text of the other district; what is searched for is a part of it, so that a page that
repeats the question does not hold the mark."""
MARKS = (MARK, "水面有油污")
"""The second is the text of a finding, which is history and stays as it was made."""
OURS = ("our_staff", "our_town_staff", "our_gis", "our_officer", "our_deputy")
REFUSALS = {204, 302, 403, 404, 405}
"""And an empty tile."""
TILE = "12/3428/1691"
"""Where the things stand, and the towns around them."""
SHEETS = {
    "suffix=csv",
    "name=points",
    "name=measures",
    "kind=stations",
    "kind=deputies suffix=csv",
    "kind=receptions",
    "year=2026",
}
"""Words that say which sheet, form of a file or year is asked for: no thing, each gets her own."""
OWN = {"notices:robots": Robot, "tokens:list": ApiToken}
"""What may be added of one's own, by route: an officer's is her department's, and another one that her form names is
not read. A token of anybody else is her own (`holder`): it reads what she may, and no form names another holder."""


@pytest.fixture(scope="module")
def whole_two_districts(whole_foreign_scene, django_db_blocker):
    """The scene with a city above its district, a second district beside it, and that one's people."""
    with django_db_blocker.unblock():
        roles.take("NONE")  # the site itself may not write what is history
        _mark()
        roles.take_the_sites()
        city = Area.objects.create(code="3302", name="宁波市", level="city")
        Area.objects.filter(pk=whole_foreign_scene.world.district.pk).update(parent=city)
        ours = Area.objects.create(
            code="330299", name="甲区", level="district", parent=city, geom=box(121.45, 29.8, 121.5, 29.9)
        )
        town = Area.objects.create(
            code="330299100", name="甲镇", level="town", parent=ours, geom=box(121.45, 29.8, 121.5, 29.9)
        )
        unit = Department.objects.create(code="our-water", name="甲区水利局", short_name="甲水利", area=ours)
        people = {
            "our_staff": person("our-staff", Role.STAFF, area=ours),
            "our_town_staff": person("our-town-staff", Role.STAFF, area=town),
            "our_gis": person("our-gis", Role.GIS, area=ours),
            "our_officer": person("our-officer", Role.OFFICER, department=unit),
            "our_deputy": person("our-deputy", Role.DEPUTY, area=town),
            "city_staff": person("city-staff", Role.STAFF, area=city),
            "nowhere_staff": person("nowhere-staff", Role.STAFF),
        }
        cache.clear()
        catch_up()
        sessions = whole_foreign_scene.sessions | {name: _session_of(someone) for name, someone in people.items()}
    known = whole_foreign_scene
    return Scene(known.world, known.things, known.people | people, sessions)


@pytest.fixture
def two_districts(whole_two_districts, db):
    cache.clear()
    return whole_two_districts


def _mark():
    """Write the mark into what is not public."""
    Project.objects.filter(status="candidate", candidacies=None).update(name=MARK)
    Suggestion.objects.filter(is_public=False).update(title=MARK)
    Proposal.objects.exclude(state="published").update(title=MARK)
    Paper.objects.filter(is_public=False).update(title=MARK)
    Activity.objects.update(title=MARK)
    Message.objects.update(text=MARK)
    ImportJob.objects.update(file_name=MARK)
    Layer.objects.filter(visibility="internal").update(title=MARK)
    Document.objects.filter(visibility="internal").update(title=MARK)
    Indicator.objects.filter(is_public=False).update(title=MARK)
    project = Project.objects.get(code="OPEN")
    Feedback.objects.create(project=project, text=MARK, state="waiting", created_at=timezone.now() - timedelta(days=1))
    Board.objects.create(slug="inner-board", title=MARK, readers="inside", period_kind="month", blocks=[])


def _names_a_thing(words):
    return words not in SHEETS and any(not pair.startswith(("extension=", "format=")) for pair in words.split())


def _content(answer):
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body.startswith(b"PK"):  # a workbook: what its files say
        with ZipFile(BytesIO(body)) as book:
            body = b"\n".join(book.read(name) for name in book.namelist())
    return body.decode("utf-8", errors="replace")


def test_nothing_internal_of_the_other_district_is_read(two_districts, request):
    faults = []
    for route, words, answers in table_rows("READS", chosen_rooms(request.config)):
        address = reverse(route, kwargs=arguments(words, two_districts.things))
        public = expected(answers)["anonymous"]
        RateCount.objects.all().delete()  # one route's guesses do not use up another's
        for name in OURS:
            answer = two_districts.client(name).get(address)
            is_theirs = _names_a_thing(words) and answer.status_code not in REFUSALS | {public}
            body = _content(answer)
            if is_theirs or any(mark in body for mark in MARKS):
                faults.append(f"{name} {address} {answer.status_code}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    ("address", "ours", "theirs"),
    [
        ("/stations/sheets/stations.csv", "our_staff", "staff"),
        ("/stations/sheets/deputies.csv", "our_staff", "staff"),
        ("/stations/duty/2026.xlsx", "our_staff", "staff"),
        ("/river/update/points/", "our_officer", "officer"),
        ("/river/update/measures/table.xlsx", "our_officer", "officer"),
    ],
)
def test_a_sheet_holds_nothing_that_the_other_district_keeps(address, ours, theirs, two_districts):
    kept = {
        *Station.objects.values_list("name", flat=True),
        *Deputy.objects.values_list("name", flat=True),
        *MonitoringPoint.objects.values_list("code", flat=True),
    }

    def held(name):
        body = _content(two_districts.client(name).get(address))
        return {word for word in kept if re.search(rf"\b{re.escape(word)}\b", body)}

    assert held(theirs)
    assert not held(ours)


def test_the_search_finds_nothing_internal_of_the_other_district(two_districts):
    def found(name):
        return MARK in _content(two_districts.client(name).get("/search/", {"q": ASKED}))

    assert [name for name in (*OURS, "nowhere_staff") if found(name)] == []
    assert found("staff") and found("city_staff") and found("admin")


VARYING = re.compile(
    r'csrfmiddlewaretoken" value="[^"]*"|nonce-[^\'" ]*|nonce="[^"]*"|name="(client_id|secret)" value="[^"]*"'
    r"|\d\d:\d\d(:\d\d(\.\d+)?)?"
)
"""What is another one in each answer."""
OF_THE_MACHINE = ("/readyz", "/metrics", "/accounts/")
EMPTIED = (
    "accounts.Membership", "accounts.DeputyGroup", "exchange.Partner", "layers.ImportJob", "layers.Layer",
    "meetings.Meeting", "papers.Paper", "projects.Project", "projects.Proposal", "projects.VoteSession",
    "publishing.SitePage", "questions.Questionnaire", "river_monitoring.MonitoringPoint",
    "river_monitoring.Outfall", "river_monitoring.Reach", "river_monitoring.River", "stations.Activity",
    "stations.Deputy", "stations.Reception", "stations.Station", "supervision.Finding",
    "supervision.Suggestion", "supervision_patrols.Patrol", "supervision_report.Board",
    "supervision_report.EarlyWarning", "voters.Message",
)  # fmt: skip
"""What a district has; what hangs on it goes along."""


def test_no_figure_counts_what_the_other_district_has(two_districts, request):
    """Every address without a thing in it answers the same when nothing of the other district is there."""

    def answers():
        cache.clear()
        found = {}
        for route, words, _answers in table_rows("READS", chosen_rooms(request.config)):
            address = reverse(route, kwargs=arguments(words, two_districts.things))
            if _names_a_thing(words) or address.startswith(OF_THE_MACHINE):
                continue
            RateCount.objects.all().delete()
            for name in ("our_staff", LOOKS_AT_OURS):
                with transaction.atomic():
                    answer = _client(two_districts, name).get(address)
                    body = "" if answer.status_code in REFUSALS else VARYING.sub("", _content(answer))
                    transaction.set_rollback(True)
                found[f"{name} {address}"] = (answer.status_code, body)
        return found

    before = answers()
    with roles.owner_rights():
        _empty()
    after = answers()
    assert [key for key in before if before[key] != after[key]] == []


def _empty():
    """Take away what the districts do and have: people, rules and laws stay."""
    emptied = [model._meta.db_table for model in apps.get_models() if model._meta.label in EMPTIED]
    assert len(emptied) == len(EMPTIED)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE NOT tgisinternal AND tgtype & 32 <> 0")
        for table, name in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DISABLE TRIGGER "{name}"')
        cursor.execute(f"TRUNCATE {', '.join(emptied)} CASCADE")


def _public_names(scene):
    """What the other district's public things are called: a page that holds one of these shows it."""
    points = MonitoringPoint.objects.values_list("name", flat=True)
    matters = Suggestion.objects.filter(is_public=True).values_list("number", flat=True)
    names = {
        *points,
        *matters,
        *Station.objects.values_list("name", flat=True),
        *River.objects.values_list("name", flat=True),
        *Deputy.objects.values_list("name", flat=True),
        *Paper.objects.filter(is_public=True).values_list("title", flat=True),
        *Document.objects.filter(visibility="public").exclude(area=None).values_list("title", flat=True),
        *Layer.objects.filter(visibility="public").values_list("title", flat=True),
        *Board.objects.filter(readers="public").values_list("title", flat=True),
        *Project.objects.filter(status__in=PUBLIC_STATUSES).values_list("name", flat=True),
    }
    return {name for name in names if len(name) > 2 and name != "公开项目"}  # the open data page speaks of these


LOOKS_AT_OURS = "visitor of 甲区"


def _client(scene, name):
    """A client of a person, or of a visitor who chose our district."""
    client = scene.client("anonymous" if name == LOOKS_AT_OURS else name)
    if name == LOOKS_AT_OURS:
        client.cookies[NAME] = "330299"
    return client


def test_no_list_shows_the_other_districts_public_things(two_districts, request):
    """Every address without a thing in it: lists, counts, searches, files, catalogues, feeds."""
    names, faults, seen = _public_names(two_districts), [], set()
    for route, words, _answers in table_rows("READS", chosen_rooms(request.config)):
        if _names_a_thing(words):
            continue
        address = reverse(route, kwargs=arguments(words, two_districts.things))
        RateCount.objects.all().delete()
        for name in ("our_staff", LOOKS_AT_OURS):
            answer = _client(two_districts, name).get(address)
            body = "" if answer.status_code in REFUSALS else _content(answer)
            faults += [f"{name} {address} {word}" for word in names if word in body]
        home = two_districts.client("anonymous").get(address)
        seen |= {word for word in names if home.status_code == 200 and word in _content(home)}
    assert not faults, "\n".join(faults)
    assert len(seen) > len(names) / 2  # the same lists hold them for a visitor of the site's own district


def test_no_form_offers_the_other_districts_departments(two_districts):
    """Neither staff, nor an officer, nor a visitor chooses among the bureaus of another district; the city does."""
    theirs = Department.objects.get(pk=two_districts.things["ECOLOGY"]).name
    forms = ("/papers/", "/projects/candidates/new/", "/river/points/new/")

    def offered(name):
        return [one for one in forms if theirs in _content(_client(two_districts, name).get(one))]

    assert [name for name in (*OURS, LOOKS_AT_OURS) if offered(name)] == []
    assert offered("city_staff") == list(forms)


def test_a_visitor_is_shown_home_then_what_she_chose_then_all(two_districts):
    point = MonitoringPoint.objects.first()
    page, listed = point.get_absolute_url(), "/api/v1/monitoring-points/"
    visitor = two_districts.client("anonymous")

    def sees(**asked):
        return visitor.get(page, asked).status_code, point.code in _content(visitor.get(listed))

    assert sees() == (200, True)
    assert sees(**{NAME: "330299"}) == (404, False)  # what she chose is kept, though the thing is not there
    assert visitor.get("/", {NAME: "330299"}).cookies[NAME].value == "330299"
    assert sees() == (404, False)
    assert "也许在别的区县" in _content(visitor.get(page))
    for nonsense in ("330203100", "9", "x\x00", "²", "1" * 40):
        visitor.get("/", {NAME: nonsense})
        assert sees() == (404, False), nonsense
    visitor.get("/", {NAME: "all"})
    assert sees() == (200, True)
    ours = two_districts.client("our_deputy")
    ours.cookies[NAME] = "all"  # her own, whatever a cookie says
    assert ours.get(page).status_code == 404
    assert two_districts.client("city_staff").get(page).status_code == 200


def test_a_tile_of_the_other_district_is_empty(two_districts):
    def catalogue(name):
        return {one["id"] for one in two_districts.client(name).get("/tiles/").json()["tilesets"]}

    def tile(name, tileset):
        return two_districts.client(name).get(f"/tiles/{tileset}/{TILE}.mvt").content

    public, frame = catalogue("anonymous"), {"areas", "places"}
    for name in OURS:
        assert catalogue(name) <= public, name
        assert [one for one in catalogue(name) - frame if tile(name, one)] == [], name
    assert tile("anonymous", "monitoring_points")
    for one in ("monitoring_points", "stations", "reaches", "outfalls"):
        chosen = two_districts.client("anonymous").get(f"/tiles/{one}/{TILE}.mvt?{NAME}=330299")
        assert (chosen.content, chosen["Cache-Control"]) == (b"", "private, no-cache"), one
    for inner in ("findings", "projects", "inner-layer"):
        assert tile("staff", inner) == tile("city_staff", inner) != tile("our_staff", inner)


def test_nothing_of_the_other_district_is_written(two_districts, request):
    faults, own = [], set()
    known = foreign_rows(chosen_rooms(request.config))
    for row in known:
        for name in OURS:
            status, wrote, added = _tried(two_districts, row, name)
            if len(added) == 1 and _is_own(added[0], two_districts.people[name]):
                own.add((row.route, name == "our_officer"))
            elif wrote or (status < 400 and not row.by_row):
                faults.append(f"{name} {row.name} {status} {wrote[:1]}")
    assert not faults, "\n".join(faults)
    by_officers = {(row.route, True) for row in known if row.route in OWN}
    assert own == by_officers | {(row.route, False) for row in known if row.route == "tokens:list"}


def _is_own(added, person):
    """Whether a thing was added for the person's department, or for herself where she has none."""
    if person.department_id:
        return added.department_id == person.department_id
    return added.department_id is None and getattr(added, "holder_id", None) == person.pk


def _tried(scene, row: Foreign, name):
    """The answer, what was written, and what was added of what `OWN` names."""
    rows = OWN[row.route].objects.all() if row.route in OWN else None
    known = [] if rows is None else list(rows.values_list("pk", flat=True))
    reset_queries()  # else the log of all rows before is kept with it
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        status = _send(scene.client(name), row, scene.things).status_code
        added = [] if rows is None else list(rows.exclude(pk__in=known))
        transaction.set_rollback(True)
    return status, [re.sub(r"\s+", " ", sql)[:80] for sql in _written(queries)], added
