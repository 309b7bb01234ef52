"""OGC API Records, by the names of its requirements: the catalogue of layers, searched and read."""

import pytest
from django.contrib.gis.geos import Point

from layers.models import Layer
from river_monitoring.models import MonitoringPoint
from tests.integration.layers.conftest import load_file, ponds, secret_ponds  # noqa: F401 - fixtures

CATALOGUE = "/ogc/collections/layers.catalogue"
ITEMS = f"{CATALOGUE}/items"
PROFILE = "http://www.opengis.net/def/profile/OGC/0/ogc-catalog"


@pytest.fixture
def catalogue(ponds, world):  # noqa: F811
    """A loaded layer in the west, and a point far in the east."""
    MonitoringPoint.objects.create(
        code="P-1", name="池塘", kind="small", area=world.west_town, department=world.water, status="listed",
        geom=Point(121.45, 29.9, srid=4326),
    )  # fmt: skip
    Layer.objects.filter(pk=ponds.pk).update(description="小微水体 普查 成果")


def found(client, **asked):
    answer = client.get(ITEMS, {name.rstrip("_"): value for name, value in asked.items()})
    assert answer.status_code == 200, answer.content
    return {each["id"] for each in answer.json()["features"]}


def test_the_catalogue_stands_among_the_collections(anyone, catalogue):
    """record-collection/itemType, mandatory-properties-collection; records-api/catalogs-response."""
    listed = anyone.get("/ogc/collections").json()["collections"]
    (one,) = (each for each in listed if each["itemType"] == "record")
    assert (one["id"], one["type"]) == ("layers.catalogue", "Collection")
    assert anyone.get(next(link["href"] for link in one["links"] if link["rel"] == "self")).json() == one
    answer = anyone.get(next(link["href"] for link in one["links"] if link["rel"] == "items"))
    assert answer["Content-Type"] == "application/geo+json"
    layers = {each["id"] for each in listed if each["itemType"] == "feature"}
    assert layers <= {each["id"] for each in answer.json()["features"]}


def test_a_record_says_what_whose_and_of_when_and_its_links_lead_there(anyone, catalogue):
    """record-core/mandatory-properties-record, record-links; json/record-content."""
    record = anyone.get(f"{ITEMS}/ponds").json()
    said = record["properties"]
    assert (record["id"], record["type"], said["type"], said["title"]) == ("ponds", "Feature", "dataset", "小微水体")
    assert record["geometry"]["coordinates"][0][0] == pytest.approx([121.31, 29.85], abs=1e-6)
    assert record["time"] == {"date": "2026-01-02"}
    assert said["contacts"] == [{"organization": "区测绘院", "roles": ["publisher"]}]
    assert (said["license"], said["reviewNumber"]) == ("测试", "不需要审图")
    assert said["updated"].endswith("Z")
    assert PROFILE in [link["href"] for link in record["links"]]
    for link in record["links"]:
        if link["href"].startswith("http://testserver/"):
            assert anyone.get(link["href"]).status_code == 200, link
    body = anyone.get(ITEMS).json()
    assert next(each for each in body["features"] if each["id"] == "ponds")["properties"] == said
    assert PROFILE in [link["href"] for link in body["links"]]


def test_what_is_asked_is_found_and_all_of_it_must_fit(anyone, catalogue):
    """record-core-query-parameters: q, bbox, datetime, type, ids, externalIds; records-api/query-params."""
    assert found(anyone, q="普查") == {"ponds"}
    assert found(anyone, q="小微水体 普查") == {"ponds"}
    assert found(anyone, q="普查  成果") == {"ponds"}
    assert found(anyone, q="成果 普查") == set()
    assert found(anyone, q="没有这样的,PONDS") == {"ponds"}
    west = found(anyone, bbox="121.3,29.84,121.34,29.86")
    assert "ponds" in west and "monitoring_points" not in west
    assert "monitoring_points" in found(anyone, bbox="121.44,29.8,-170,30")
    assert "ponds" in found(anyone, datetime="2026-01-01/2026-01-31")
    assert "ponds" not in found(anyone, datetime="2026-02-01/..")
    assert "monitoring_points" in found(anyone, datetime="1990-01-01")
    assert found(anyone, ids="ponds,nothing") == {"ponds"}
    assert found(anyone, ids="ponds", q="河长") == set()
    assert found(anyone, type="service") == found(anyone, externalIds="x") == set()
    assert found(anyone, type="dataset,service") == found(anyone)


def test_pages_follow_one_another_and_meet_every_record_once(anyone, catalogue):
    address, seen = f"{ITEMS}?limit=2", []
    while address:
        body = anyone.get(address).json()
        assert body["numberReturned"] == len(body["features"])
        seen += [each["id"] for each in body["features"]]
        address = next((link["href"] for link in body["links"] if link["rel"] == "next"), None)
    assert len(seen) == len(set(seen)) == body["numberMatched"] == len(found(anyone))


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"bbox": "1,2,3"}, "bad-bbox"), ({"bbox": "1,5,3,4"}, "bad-bbox"), ({"datetime": "morgen"}, "bad-datetime"),
        ({"limit": "0"}, "bad-limit"), ({"offset": "-1"}, "bad-offset"), ({"q": "词 " * 21}, "bad-q"),
        ({"words": "x"}, "bad-parameter"), ({"bbox-crs": "http://www.opengis.net/def/crs/EPSG/0/4326"}, "bad-crs"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(anyone, catalogue, asked, code):
    answer = anyone.get(ITEMS, asked)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_a_layer_inside_is_in_nobody_elses_catalogue(anyone, catalogue, deputy, as_user):
    Layer.objects.filter(slug="ponds").update(visibility="internal")
    assert "ponds" not in found(anyone) and "ponds" in found(as_user(deputy))
    assert found(anyone, q="普查") == found(anyone, ids="ponds") == set()
    assert anyone.get(f"{ITEMS}/ponds").status_code == 404
    assert as_user(deputy).get(f"{ITEMS}/ponds").status_code == 200
    assert anyone.get(f"{ITEMS}/nothing").status_code == 404
