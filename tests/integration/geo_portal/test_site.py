"""The frame of the site: health, entrance, search, error pages, security headers."""

import gzip
import json
import re
from datetime import timedelta

import pytest
from django.contrib.gis.geos import Point
from django.core.checks import run_checks
from django.utils import timezone
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator

from accounts.models import Area
from jobs.lanes import Lane
from jobs.models import Job, Worker


@pytest.fixture
def anyone(as_user, world):
    return as_user(None)


def test_alive_asks_nothing_of_the_database(anyone, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert anyone.get("/healthz").content == b"ok\n"


@pytest.fixture
def at_work(world):
    """A live worker in every lane."""
    return [Worker.objects.create(name=lane, host="here", lane=lane) for lane in Lane]


def test_ready_names_each_part(anyone, at_work):
    response = anyone.get("/readyz")
    assert response.status_code == 200
    body = response.json()
    assert body.pop("lanes").keys() == set(Lane)
    assert body.pop("files") is None  # compared every night
    assert body.pop("backup").keys() == {"age_s", "old", "proof_age_s"}
    assert body == {"ready": True, "database": True, "migrations": True, "evidence": True, "worker": True}


def not_ready(client):
    response = client.get("/readyz")
    return response.status_code == 503 and response.json()["worker"] is False


@pytest.mark.parametrize("lane", Lane)
def test_a_lane_whose_worker_is_silent_makes_the_site_not_ready(anyone, at_work, lane):
    Worker.objects.filter(lane=lane).update(heartbeat=timezone.now() - timedelta(seconds=61))
    assert not_ready(anyone)
    assert anyone.get("/readyz").json()["lanes"][lane]["heartbeat_s"] >= 61
    Worker.objects.filter(lane=lane).delete()
    assert not_ready(anyone)


def test_a_job_that_nobody_takes_makes_the_site_not_ready(anyone, at_work):
    Job.objects.create(func="x", lane="mail", due=timezone.now() - timedelta(minutes=3))
    assert not_ready(anyone)
    assert anyone.get("/readyz").json()["lanes"]["mail"]["oldest_due_s"] >= 180


def test_a_job_that_waits_behind_one_at_work_is_in_order(anyone, at_work):
    soon = timezone.now() + timedelta(seconds=30)
    Job.objects.create(func="x", lane="imports", worker="imports", attempts=1, leased_until=soon)
    Job.objects.create(func="x", lane="imports", due=timezone.now() - timedelta(hours=1))
    assert anyone.get("/readyz").status_code == 200


def test_a_job_whose_lease_ran_out_counts_as_waiting(anyone, at_work):
    long_ago = timezone.now() - timedelta(minutes=5)
    Job.objects.create(func="x", lane="imports", worker="gone", attempts=1, leased_until=long_ago, due=long_ago)
    assert not_ready(anyone)


def test_metrics_are_prometheus_text(anyone, at_work):
    Job.objects.create(func="x", lane="mail", due=timezone.now() - timedelta(minutes=3))
    Job.objects.create(func="y", lane="mail", finished=timezone.now(), succeeded=False)
    lines = anyone.get("/metrics").content.decode().splitlines()
    assert {
        "geo_portal_jobs_waiting 1.0",
        "geo_portal_jobs_failed_1d 1.0",
        'geo_portal_lane_well{lane="mail"} 0.0',
    } <= set(lines)
    ages = {line.split("}")[0]: float(line.split()[1]) for line in lines if line.startswith("geo_portal_job_oldest")}
    assert ages['geo_portal_job_oldest_due_seconds{lane="mail"'] >= 180
    assert any(line.startswith('geo_portal_worker_heartbeat_seconds{lane="exports"} ') for line in lines)
    assert "# TYPE geo_portal_tiles_total counter" in lines
    assert any(line.startswith("geo_portal_tiles_total{") and 'answer="fast"' in line for line in lines)


@pytest.mark.parametrize("address", ["/", "/map/", "/numbers/", "/search/?q=东", "/projects/", "/stations/", "/river/"])
def test_public_pages_work_on_an_empty_district(anyone, address):
    response = anyone.get(address)
    assert response.status_code == 200
    assert "<h1" in response.content.decode()


@pytest.mark.parametrize("address", ["/", "/map/", "/numbers/", "/search/"])
def test_pages_work_with_no_district_at_all(client, db, address):
    assert client.get(address).status_code == 200


def test_the_entrance_has_one_way_to_report_whoever_comes(anyone, deputy, as_user):
    for client in (anyone, as_user(deputy)):
        (head,) = re.findall(r'<header class="home-hero">.*?</header>', client.get("/").text, re.DOTALL)
        assert head.count('href="/report/"') == 1


def test_search_finds_a_town_and_leads_to_the_map(anyone):
    page = anyone.get("/search/", {"q": "东镇"}).content.decode()
    assert "东镇" in page
    assert "/map/?c=121.37500,29.85000&amp;z=12" in page


def test_search_that_finds_nothing_says_so(anyone):
    page = anyone.get("/search/", {"q": "没有这个地方"}).content.decode()
    assert "没有这个地方" in page
    assert "没有找到" in page


def test_the_search_box_gets_a_fragment_only(anyone):
    fragment = anyone.get("/search/", {"q": "东镇"}, headers={"hx-request": "true"}).content.decode()
    assert "东镇" in fragment
    assert "<html" not in fragment


def test_search_text_is_shown_as_text(anyone):
    page = anyone.get("/search/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert(1)" not in page


def test_a_missing_page_is_a_page_and_a_missing_resource_is_json(anyone):
    page = anyone.get("/projects/NO-SUCH/")
    assert page.status_code == 404
    assert page["Content-Type"].startswith("text/html")
    resource = anyone.get("/api/v1/projects/999999/")
    assert resource.status_code == 404
    assert resource["Content-Type"] == "application/problem+json"
    assert set(resource.json()) >= {"type", "title", "status", "detail", "code"}


@pytest.mark.parametrize("value", ["1,2,3", "a,b,c,d", "10,0,5,1", "0,0,nan,1", ""])
def test_a_bad_bbox_is_refused_with_a_reason(anyone, value):
    response = anyone.get("/api/v1/areas/", {"in_bbox": value})
    if value == "":
        assert response.status_code == 200
        return
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["detail"]


def test_a_bbox_keeps_what_it_meets(anyone):
    Area.objects.create(code="999999", name="远方", level="town", point=Point(10, 10, srid=4326))
    body = anyone.get("/api/v1/areas/", {"in_bbox": "121.36,29.81,121.39,29.89", "level": "town"}).json()
    assert [feature["properties"]["name"] for feature in body["features"]] == ["东镇"]


def test_pages_carry_a_content_security_policy_without_inline_scripts(anyone):
    policy = anyone.get("/")["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_the_schema_describes_every_resource(anyone):
    schema = anyone.get("/api/schema/", {"format": "json"}).json()
    for resource in ("areas", "monitoring-points", "projects", "stations", "findings", "suggestions", "layers"):
        assert f"/api/v1/{resource}/" in schema["paths"]


def test_the_schema_is_drawn_without_a_warning(db):
    GENERATOR_STATS.reset()
    SchemaGenerator().get_schema(request=None, public=True)
    assert list(GENERATOR_STATS._warn_cache) + list(GENERATOR_STATS._error_cache) == []


def layers_of(style, source):
    return {layer["id"]: layer for layer in style["layers"] if layer.get("source") == source}


def test_clusters_end_where_single_points_begin(anyone):
    style = anyone.get("/styles/district.json").json()
    heaps = layers_of(style, "monitoring_point_clusters")
    points = layers_of(style, "monitoring_points")
    ends = {layer["maxzoom"] for layer in heaps.values()}
    assert ends == {points["monitoring_points"]["minzoom"]}
    shown_early = [name for name, layer in points.items() if layer.get("minzoom", 0) < min(ends)]
    assert sorted(shown_early) == ["monitoring_points-halo", "monitoring_points-lit"], "only what is pointed at"


def test_a_number_on_a_cluster_is_drawn_over_the_names_of_places(anyone):
    order = [layer["id"] for layer in anyone.get("/styles/district.json").json()["layers"]]
    assert order.index("monitoring_point_clusters") > order.index("town-label")


@pytest.mark.parametrize("source", ["management_ranges", "outfalls"])
def test_what_the_reader_switches_on_is_hidden_in_a_style_by_itself(anyone, source):
    found = layers_of(anyone.get("/styles/district.json").json(), source)
    assert found
    assert {layer["layout"]["visibility"] for layer in found.values()} == {"none"}


def test_the_map_style_works_by_itself(anyone):
    style = anyone.get("/styles/district.json").json()
    assert style["version"] == 8
    addresses = json.dumps(style)
    assert "http://testserver/tiles/" in addresses
    used = {layer["source"] for layer in style["layers"] if "source" in layer}
    assert used <= style["sources"].keys()


def test_an_unknown_style_is_404(anyone):
    assert anyone.get("/styles/nothing.json").status_code == 404


@pytest.mark.django_db
def test_the_database_has_postgis():
    assert run_checks(databases=["default"]) == []


PACKED = {"Accept-Encoding": "gzip, br"}


def test_a_page_is_the_same_in_fewer_bytes(client, world):
    plain = client.get("/river/")
    packed = client.get("/river/", headers=PACKED)
    assert packed["Content-Encoding"] == "gzip" and "Content-Encoding" not in plain
    assert gzip.decompress(packed.content).count(b"<li") == plain.content.count(b"<li")
    assert int(packed["Content-Length"]) == len(packed.content) < len(plain.content) / 2
    for answer in (plain, packed):
        assert "Accept-Encoding" in answer["Vary"]


def test_what_is_no_page_is_left_to_whoever_packs_it(client, world, as_user, staff):
    table = as_user(staff).get("/findings/export.csv", headers=PACKED)
    for answer in (client.get("/api/v1/monitoring-points/", headers=PACKED), table):
        assert answer.status_code == 200
        assert "Content-Encoding" not in answer
