"""The map on paper, cards and posters: what the asker's map shows, and of things only what is everybody's."""

import io

import pypdfium2
import pytest
from django.contrib.gis.geos import Point
from django.core.cache import cache
from django.test import Client
from PIL import Image

from accounts.models import Area
from geo_portal.map_sheet import cards
from geo_portal.map_sheet.names import Name
from geo_portal.map_sheet.picture import _text
from projects.models import Project
from river_monitoring.models import MonitoringPoint
from stations.models import Station
from ui.printing import CardThrottle, SheetThrottle

pytestmark = pytest.mark.django_db
CAMERA = {"c": "121.3125,29.84", "z": "13.5", "w": "390", "h": "600"}


@pytest.fixture(autouse=True)
def nothing_kept():
    cards._card.cache_clear()
    cache.clear()


@pytest.fixture
def things(world, staff):
    """A point, a station, and a candidate that nobody has voted on."""
    MonitoringPoint.objects.create(
        code="C-1", name="西塘河口", kind="small", area=world.west_town, department=world.water,
        geom=Point(121.3125, 29.84, srid=4326), current_class=6,
    )  # fmt: skip
    Station.objects.create(
        code="S1", name="西镇联络站", kind="town", area=world.west_town, geom=Point(121.31, 29.84, srid=4326)
    )
    Project.objects.create(
        code="2027-1", name="秘密候选项目", year=2027, category="water", status=Project.Status.CANDIDATE,
        area=world.west_town, lead=world.water, geom=Point(121.3125, 29.84, srid=4326),
        starts_on="2027-01-01", ends_on="2027-12-01",
    )  # fmt: skip


def words_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "".join(page.get_textpage().get_text_range() for page in document)


def test_a_sheet_has_title_legend_scale_and_the_size_that_was_asked_for(things, client):
    answer = client.get("/map/sheet.pdf", {**CAMERA, "paper": "A3", "turn": "portrait", "title": "西镇的水",
                                           "layers": "monitoring_points,stations"})  # fmt: skip
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
    words = words_of(answer.content)
    for part in ("西镇的水", "来源", "劣Ⅴ类", "代表联络站", "米", "N"):
        assert part in words, part
    page = pypdfium2.PdfDocument(answer.content)[0]
    assert [round(side / 72 * 25.4) for side in page.get_size()] == [297, 420]


def test_a_picture_shows_the_point_and_a_filter_takes_it_away(things, client):
    asked = {**CAMERA, "paper": "A4", "turn": "landscape", "layers": "monitoring_points"}
    drawn = Image.open(io.BytesIO(client.get("/map/sheet.png", asked).content)).convert("RGB")
    assert drawn.size == (2246, 1588)
    narrowed = client.get("/map/sheet.png", {**asked, "f.monitoring_points": "class = 1"})
    without = Image.open(io.BytesIO(narrowed.content)).convert("RGB")
    middle = (1123 - 60, 680, 1123 + 60, 830)
    assert drawn.crop(middle).tobytes() != without.crop(middle).tobytes()


@pytest.mark.parametrize(
    "odd",
    [
        {"c": "nan,inf"}, {"c": "\0"}, {"z": "1e9"}, {"w": "-3"}, {"layers": "../../x,\0"}, {"at": "2026-99"},
        {"title": "<script>"}, {"c": "400,89", "z": "3"}, {"w": "0"}, {"layers": "users"}, {"f.stations": "1=1; drop"},
    ],
)  # fmt: skip
def test_odd_questions_get_a_sheet_or_a_form_and_never_a_fault(things, client, odd):
    asked = {**CAMERA, "paper": "A4", "turn": "portrait", "layers": "stations", **odd}
    assert client.get("/map/sheet.pdf", asked).status_code in (200, 400, 422)
    assert client.get("/map/print/", asked).status_code in (200, 400)


def test_nobody_sets_more_sheets_than_a_minute_allows(things, client, monkeypatch):
    monkeypatch.setattr(SheetThrottle, "rate", "1/min", raising=False)
    asked = {**CAMERA, "paper": "A4", "turn": "portrait", "layers": "stations"}
    assert client.get("/map/sheet.pdf", asked).status_code == 200
    refused = client.get("/map/sheet.pdf", asked)
    assert refused.status_code == 429 and refused["Retry-After"]


@pytest.mark.parametrize(("size", "pixels"), [("wide", (1200, 630)), ("square", (600, 600))])
def test_cards_have_the_sizes_that_others_ask_for(things, client, size, pixels):
    answer = client.get(f"/cards/points/C-1/{size}.png")
    assert answer.status_code == 200
    assert Image.open(io.BytesIO(answer.content)).size == pixels


def test_what_is_not_public_has_no_card_and_no_poster_even_for_staff(things, as_user, staff):
    for who in (None, staff):
        client = as_user(who)
        for path in ("/cards/projects/2027-1/wide.png", "/posters/projects/2027-1.pdf", "/cards/matters/1/wide.png"):
            assert client.get(path).status_code == 404, (who, path)


def test_a_thing_that_is_no_longer_public_loses_its_card_at_once(things, client):
    Project.objects.update(status=Project.Status.BUILDING)
    assert client.get("/cards/projects/2027-1/square.png").status_code == 200
    Project.objects.update(status=Project.Status.CANDIDATE)
    assert client.get("/cards/projects/2027-1/square.png").status_code == 404


def test_a_poster_is_one_page_with_name_and_address(things, client):
    answer = client.get("/posters/stations/S1.pdf")
    words = words_of(answer.content)
    assert "西镇联络站" in words and "/stations/S1/" in words
    assert len(pypdfium2.PdfDocument(answer.content)) == 1


def test_whoever_fetches_a_card_has_no_cookie_and_gets_that_of_another_districts_thing_too(things, world, client):
    city = Area.objects.create(code="3302", name="宁波市", level="city")
    Area.objects.filter(pk=world.district.pk).update(parent=city)
    second = Area.objects.create(code="330299", name="甲区", level="district", parent=city)
    town = Area.objects.create(code="330299100", name="甲镇", level="town", parent=second)
    Station.objects.create(code="S2", name="甲镇联络站", kind="town", area=town, geom=Point(121.47, 29.85, srid=4326))
    cache.clear()
    assert client.get("/stations/S2/").status_code == 404, "the page itself is not of the district looked at"
    assert client.get("/cards/stations/S2/square.png").status_code == 200
    assert client.get("/cards/stations/S1/square.png").status_code == 200
    assert client.get("/cards/projects/2027-1/square.png").status_code == 404, "not public in any district"


def test_a_poster_is_in_the_districts_language_whatever_the_browser_asks_for(things, client):
    words = words_of(client.get("/posters/stations/S1.pdf", headers={"accept-language": "en"}).content)
    assert "代表联络站" in words and "Town" not in words


def test_the_page_names_its_cards(things, client: Client):
    page = client.get("/stations/S1/").content.decode()
    assert "http://testserver/cards/stations/S1/wide.png" in page and "og:image:width" in page


def test_cards_are_counted_apart_from_sheets(things, client, monkeypatch):
    monkeypatch.setattr(CardThrottle, "rate", "1/min", raising=False)
    answers = [client.get("/cards/stations/S1/square.png").status_code for _time in range(2)]
    assert answers == [200, 429]


def test_the_colours_of_a_layer_are_no_markup():
    written = _text(Name("<南塘河>", 1, 2, 12, colour='"/><image href="x', halo='"><b>'))
    assert not any(part in written for part in ("<image", "<b>", "<南塘河>"))
