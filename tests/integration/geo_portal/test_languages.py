"""Pages in both languages. The data of these tests is named in Latin letters, so that all that is Chinese is chrome."""

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.contrib.gis.geos import Point
from django.test import Client
from django.utils import timezone, translation

from accounts.models import Area, Department
from projects.models import Milestone, Project
from projects.plan.services import refresh_projects
from river_monitoring.models import MonitoringPoint
from river_monitoring.samples.services import record_sample
from stations.models import Deputy, Reception, Station
from supervision.models import Category, RoutingRule

CHINESE = re.compile(r"[\u3001-\u303f\u4e00-\u9fff\uff00-\uffef]")
SAID_ALOUD = {"title", "aria-label", "alt", "placeholder", "content"}
PUBLIC = [
    "/", "/map/", "/river/", "/river/points/", "/river/points/P-1/", "/projects/", "/projects/2026-01/", "/stations/",
    "/stations/S-01/", "/layers/", "/numbers/", "/search/?q=P", "/accounts/login/", "/nowhere/",
]  # fmt: skip
SIGNED_IN = ["/work/", "/report/?point=P-1", "/findings/", "/numbers/", "/river/points/P-1/", "/projects/2026-01/"]


class Words(HTMLParser):
    """Collect what a page says: its text and its spoken attributes, but for the names of the languages themselves."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.silent = 0
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.silent = tag in ("script", "style") or (tag == "button" and "lang" in given)
        self.said += [value for name, value in attrs if name in SAID_ALOUD and value]

    def handle_endtag(self, tag):
        self.silent = False

    def handle_data(self, data):
        if not self.silent and data.strip():
            self.said.append(data.strip())


def words_of(response) -> list[str]:
    return Words(response.content.decode()).said


def chinese_of(response) -> list[str]:
    return [text for text in words_of(response) if CHINESE.search(text)]


@pytest.fixture
def district(world):
    """The small district, named in Latin letters, with one of everything."""
    for row in [*Area.objects.all(), *Department.objects.all()]:
        row.name = row.code
        row.save()
    Department.objects.update(short_name="dept")
    for department in (world.water, world.ecology):
        department.refresh_from_db()
    return world


@pytest.fixture
def point(district, officer):
    today = timezone.localdate()
    point = MonitoringPoint.objects.create(
        code="P-1", name="Pond", kind=MonitoringPoint.Kind.SMALL, area=district.west_town, department=district.water,
        geom=Point(121.32, 29.85, srid=4326), target_class=5, status="under_way",
        listed_on=today - timedelta(days=9), due_on=today - timedelta(days=1),
    )  # fmt: skip
    readings = {"ph": "7.2", "do": "4.8", "nh3n": "2.35", "tp": "0.31"}
    record_sample(point.pk, readings, timezone.now() - timedelta(days=1), officer)
    return point


@pytest.fixture
def project(district):
    today = timezone.localdate()
    project = Project.objects.create(
        code="2026-01", name="School", year=today.year, category=Project.Category.WATER, budget_wan=200, spent_wan=50,
        status=Project.Status.BUILDING, lead=district.water, area=district.west_town,
        geom=Point(121.32, 29.85, srid=4326), starts_on=today - timedelta(days=180), ends_on=today + timedelta(days=60),
    )  # fmt: skip
    Milestone.objects.create(project=project, order=1, title="Roof", weight=100, due_on=today - timedelta(days=3))
    refresh_projects(Project.objects.all())
    return project


@pytest.fixture
def station(district):
    station = Station.objects.create(
        code="S-01", name="Station", kind=Station.Kind.TOWN, area=district.west_town, address="1 High Street",
        opening="Mondays", geom=Point(121.32, 29.85, srid=4326),
    )  # fmt: skip
    starts = timezone.now() - timedelta(days=9)
    held = Reception.objects.create(
        station=station, starts_at=starts, ends_at=starts + timedelta(hours=2), kind=Reception.Kind.THEMED,
        theme="Bridges", status=Reception.Status.RECORDED, visitors=3,
    )  # fmt: skip
    held.deputies.add(Deputy.objects.create(code="D-1", name="Ann", station=station))
    held.deputies.add(Deputy.objects.create(code="D-2", name="Bob", station=station))
    return station


@pytest.fixture
def everything(point, project, station):
    RoutingRule.objects.create(category=Category.GENERAL, department=point.department)


def in_english(client: Client) -> Client:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_page_is_all_english_for_an_english_browser(as_user, everything, address):
    response = in_english(as_user(None)).get(address)
    assert response["Content-Language"] == "en"
    assert chinese_of(response) == []


@pytest.mark.parametrize(
    "address", ["/", "/map/", "/river/", "/river/points/", "/projects/", "/stations/", "/numbers/"]
)
def test_an_empty_district_is_all_english_too(as_user, district, address):
    assert chinese_of(in_english(as_user(None)).get(address)) == []


@pytest.mark.parametrize("address", SIGNED_IN)
@pytest.mark.parametrize("who", ["deputy", "officer", "staff"])
def test_the_pages_of_those_who_sign_in_are_english(request, as_user, everything, who, address):
    user = request.getfixturevalue(who)
    user.display_name = "Somebody"
    user.save()
    response = in_english(as_user(user)).get(address)
    assert response.status_code in (200, 404)
    assert chinese_of(response) == []


@pytest.mark.parametrize("address", PUBLIC)
def test_chinese_is_what_one_gets_without_asking(as_user, everything, address):
    response = as_user(None).get(address)
    assert response["Content-Language"] == "zh-hans"
    assert len(chinese_of(response)) > 5


@pytest.mark.parametrize("asked", ["zh-CN,zh;q=0.9,en;q=0.8", "fr", "de-DE,zh;q=0.5"])
def test_other_browsers_get_chinese(as_user, world, asked):
    assert as_user(None).get("/", headers={"Accept-Language": asked})["Content-Language"] == "zh-hans"


def test_the_switch_comes_back_to_the_same_page_and_stays(as_user, everything):
    client = as_user(None)
    page = client.get("/projects/?year=2026").content.decode()
    assert '<input type="hidden" name="next" value="/projects/?year=2026">' in page
    assert 'lang="zh-hans" aria-current="true"' in page
    response = client.post("/i18n/setlang/", {"language": "en", "next": "/projects/?year=2026"}, follow=True)
    assert response.redirect_chain == [("/projects/?year=2026", 302)]
    assert 'lang="en" aria-current="true"' in response.content.decode()
    assert chinese_of(client.get("/stations/")) == []
    client.post("/i18n/setlang/", {"language": "zh-hans", "next": "/"})
    assert client.get("/stations/")["Content-Language"] == "zh-hans"


def test_the_switch_leads_nowhere_else(as_user, world):
    response = as_user(None).post("/i18n/setlang/", {"language": "en", "next": "https://elsewhere.example/"})
    assert response.url == "/"


def test_an_unknown_language_changes_nothing(as_user, world):
    client = as_user(None)
    client.post("/i18n/setlang/", {"language": "xx", "next": "/"})
    assert client.get("/")["Content-Language"] == "zh-hans"


def test_the_switch_asks_for_the_token_of_its_form(world):
    assert Client(enforce_csrf_checks=True).post("/i18n/setlang/", {"language": "en"}).status_code == 403


@pytest.mark.parametrize(("language", "day"), [("zh-hans", "2026年3月5日"), ("en", "5 Mar 2026")])
def test_dates_are_written_as_each_language_does(as_user, project, language, day):
    Project.objects.update(starts_on="2026-03-05")
    page = as_user(None).get("/projects/2026-01/", headers={"Accept-Language": language}).content.decode()
    assert day in page


def test_a_refusal_is_in_the_reader_s_language(as_user, point, officer):
    client = in_english(as_user(officer))
    form = {"to_state": "acceptance_asked", "version": point.version}
    response = client.post("/river/points/P-1/transition/", form, follow=True)
    page = response.content.decode()
    assert "Missing: Photos before the works" in page
    assert chinese_of(response) == []


def test_what_is_stored_does_not_depend_on_who_wrote_it(point, officer):
    with translation.override("en"):
        sample = record_sample(point.pk, {"nh3n": "0.4"}, timezone.now() - timedelta(hours=1), officer)
    assert sample.note.startswith("只有1项参评")
