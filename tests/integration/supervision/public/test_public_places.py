"""Where a published matter is, to ten metres and no nearer: by tile, OGC API, window, distance and page."""

import math

import mapbox_vector_tile
import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.gis.geos import Point

from supervision.findings.places import PUBLIC_PLACES, to_places
from supervision.matters import services as chain
from supervision.public import services
from supervision.public.duplicates import possible_duplicates

pytestmark = pytest.mark.django_db
EXACT = (121.32004, 29.85003)
SHOWN = (121.32, 29.85)
ZOOM = 18


@pytest.fixture
def published(file_report, staff, rule):
    """A published matter a few metres beside the place that is shown of it."""
    finding, _secret = file_report(lon=EXACT[0], lat=EXACT[1])
    matter = chain.accept(staff, finding.suggestion.pk, version=finding.suggestion.version)
    return services.publish(staff, matter.pk, version=matter.version, text="望春桥下有油污")


def in_tiles(lon: float, lat: float) -> tuple[float, float]:
    return (lon + 180) / 360 * 2**ZOOM, (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**ZOOM


def place_in_tile(client, layer: str) -> tuple[float, float]:
    """Columns and rows of tiles from the north-west of the world, with their fractions."""
    x, y = map(int, in_tiles(*SHOWN))
    answer = client.get(f"/tiles/{layer}/{ZOOM}/{x}/{y}.mvt")
    found = mapbox_vector_tile.decode(answer.content, default_options={"y_coord_down": True})[layer]
    [feature] = found["features"]
    right, down = feature["geometry"]["coordinates"]
    return x + right / found["extent"], y + down / found["extent"]


@pytest.mark.parametrize("layer", ["findings", "finding_clusters"])
def test_a_tile_has_the_public_place(client, published, layer):
    # A thousandth of a tile of this zoom is 13 centimetres; the exact place lies four metres off.
    assert place_in_tile(client, layer) == pytest.approx(in_tiles(*SHOWN), abs=0.001)


def test_the_ogc_api_and_the_bounds_of_the_layer_have_the_public_place(client, published):
    [feature] = client.get("/ogc/collections/findings/items", {"f": "json"}).json()["features"]
    assert feature["geometry"]["coordinates"] == pytest.approx(SHOWN, abs=1e-7)
    west, south, east, north = client.get("/tiles/findings.json").json()["bounds"]
    assert (west, south, east, north) == pytest.approx((*SHOWN, *SHOWN), abs=1e-7)


@pytest.mark.parametrize(
    ("path", "name"), [("/api/v1/findings/", "in_bbox"), ("/ogc/collections/findings/items", "bbox")]
)
def test_a_window_around_the_exact_place_alone_finds_nothing(client, published, path, name):
    def found(lon: float, lat: float) -> int:
        window = f"{lon - 1e-5:.6f},{lat - 1e-5:.6f},{lon + 1e-5:.6f},{lat + 1e-5:.6f}"
        return len(client.get(path, {name: window}).json()["features"])

    assert (found(*EXACT), found(*SHOWN)) == (0, 1)


def test_a_distance_is_told_from_the_public_place(published):
    for place in (EXACT, SHOWN):
        [found] = possible_duplicates(AnonymousUser(), "environment", Point(*place, srid=4326))
        assert found.metres == (5 if place == EXACT else 0)


def test_one_place_is_rounded_alike_by_python_and_the_database(client, file_report, staff, rule):
    for number in range(1, 6):  # fives at the end lie in the middle between two places
        finding, _secret = file_report(lon=121.32005 + number / 10_000, lat=29.85005 + number / 10_000)
        matter = chain.accept(staff, finding.suggestion.pk, version=finding.suggestion.version)
        services.publish(staff, matter.pk, version=matter.version, text="望春桥下有油污")
    features = client.get("/ogc/collections/findings/items", {"f": "json"}).json()["features"]
    shown = {feature["id"]: feature["geometry"]["coordinates"] for feature in features}
    rows = client.get("/api/v1/findings/").json()["features"]
    assert len(rows) == 5
    for row in rows:
        assert row["geometry"]["coordinates"] == pytest.approx(shown[row["id"]], abs=1e-7)
    assert to_places(Point(121.32004, 29.85003), PUBLIC_PLACES).coords == SHOWN
