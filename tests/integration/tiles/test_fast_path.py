"""Past Django: what is warm is answered without it, the same way, and only as long as nothing has changed."""

import gzip
import math
from types import SimpleNamespace

import mapbox_vector_tile
import pytest
from django.contrib.gis.geos import Point
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Area, DeputyGroup, Membership, Role, User
from layers.importing.import_report import Report
from layers.importing.options import LoadOptions
from layers.importing.vector_loading import load
from layers.models import Layer
from layers.storage.versions import undo_layer
from papers.models import Paper, PaperPlace
from papers.register.services import begin
from projects.models import Project
from tests.data.cast import seat
from tests.data.gis_files import gbk_ponds
from tests.data.published import make_public
from tiles.cache.change_log import CHANGE_LOG, Unreachable
from tiles.cache.memory import MEMORY
from tiles.cache.metrics import COUNTS
from tiles.http import fast_path

TILE = "/tiles/places/9/428/211.mvt"
FAR = "/tiles/places/9/271/241.mvt"

pytestmark = pytest.mark.django_db(transaction=True)


def names_in(answer, layer="places"):
    body = gzip.decompress(answer.body) if answer.headers.get("content-encoding") == "gzip" else answer.body
    return {f["properties"]["name"] for f in mapbox_vector_tile.decode(body)[layer]["features"]}


def far_town():
    return Area.objects.create(code="999999", name="远方", level="town", point=Point(11, 10, srid=4326))


def is_fast(site, path=TILE, **more):
    before = COUNTS["fast"]
    site.get(path, **more)
    return COUNTS["fast"] == before + 1


def test_a_warm_tile_is_the_same_without_django_and_asks_nothing_of_its_database(world, site):
    through_django = site.get(TILE, accept_encoding="gzip")
    with CaptureQueriesContext(connection) as queries:
        warm = site.get(TILE, accept_encoding="gzip")
    assert len(queries) == 0
    assert COUNTS["fast"] == 1
    assert (warm.status, warm.body) == (through_django.status, through_django.body)
    assert warm.headers == through_django.headers
    assert names_in(warm) == {"海曙区", "西镇", "东镇"}


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd", "identity", ""])
def test_each_encoding_is_the_same_on_both_ways(world, site, encoding):
    first, second = (site.get(TILE, accept_encoding=encoding) for _ in range(2))
    assert COUNTS["fast"] == 1
    assert (first.body, first.headers) == (second.body, second.headers)


def test_304_and_head_and_204_are_the_same_on_both_ways(world, site):
    tag = site.get(TILE).headers["etag"]
    for path, method, headers, status in (
        (TILE, "GET", {"if_none_match": tag}, 304),
        (TILE, "GET", {"if_none_match": tag.removeprefix("W/")}, 304),
        (TILE, "GET", {"if_none_match": '"another"'}, 200),
        (TILE, "HEAD", {}, 200),
        ("/tiles/places/9/100/211.mvt", "GET", {}, 204),
    ):
        site.application.forget()
        slow = site.get(path, method=method, **headers)
        fast = site.get(path, method=method, **headers)
        assert slow.status == fast.status == status
        ours = {name: value for name, value in fast.headers.items() if name != "content-length"}
        assert {name: slow.headers[name] for name in ours} == ours
    assert (COUNTS["fast"], COUNTS["not_modified"]) == (5, 2)


def test_a_refusal_is_djangos_and_no_decision(world, site):
    for path, status in (("/tiles/nothing/9/1/1.mvt", 404), ("/tiles/places/9/512/0.mvt", 400)):
        assert [site.get(path).status for _ in range(2)] == [status, status]
    assert site.application.decisions == {}
    site.get(TILE)
    assert site.get(TILE, method="POST").status == 403, "Django's check of forged posts"


def test_an_address_written_otherwise_is_not_mistaken(world, site):
    site.get(TILE)
    for path in ("/tiles/places/9/428/-1.mvt", "/tiles/places/9/ 428/211.mvt", "/tiles/places/9/4_28/211.mvt"):
        assert site.get(path).status == 400


def test_a_host_that_is_not_ours_is_refused_though_the_tile_is_warm(world, site):
    assert is_fast(site) is False
    assert is_fast(site) is True
    assert site.get(TILE, host="evil.example").status == 400


def test_an_answer_that_is_ready_keeps_no_tile_in_memory(world, site):
    assert [is_fast(site) for _ in range(3)] == [False, True, True]
    MEMORY.clear()
    found = COUNTS["made"] + COUNTS["store"]
    assert not is_fast(site)
    assert COUNTS["made"] + COUNTS["store"] == found + 1


def test_ready_answers_are_bounded(world, site, monkeypatch):
    monkeypatch.setattr(fast_path, "MAX_READY", 8)
    for _ in range(2):
        for x in range(420, 440):
            site.get(f"/tiles/places/9/{x}/211.mvt")
    assert 4 < len(site.application.ready) <= 8
    assert names_in(site.get(TILE)) == {"海曙区", "西镇", "东镇"}


@pytest.mark.parametrize("header", ["cookies", "x_forwarded_host"])
def test_headers_without_end_are_not_kept(world, site, header):
    for number in range(3):
        said = f"sessionid={number}; more={'a' * 3_000}"
        assert names_in(site.get(TILE, **{header: said})) == {"海曙区", "西镇", "东镇"}
    assert not site.application.decisions and not site.application.ready


def test_an_edit_shows_in_the_very_next_tile_and_only_there(world, site):
    far_town()
    near, far = site.get(TILE), site.get(FAR)
    Area.objects.filter(pk=world.west_town.pk).update(name="西镇街道")
    made = COUNTS["made"]
    assert "西镇街道" in names_in(site.get(TILE, if_none_match=near.headers["etag"]))
    assert site.get(FAR).headers["etag"] == far.headers["etag"]
    assert COUNTS["made"] == made + 1, "the far tile was made again"


def test_what_it_depends_on_counts_everywhere_but_the_tag_stays_where_nothing_changed(world, site):
    path = "/tiles/stations/9/428/211.mvt"
    before = site.get(path)
    far_town()
    made = COUNTS["made"]
    assert site.get(path).headers["etag"] == before.headers["etag"]
    assert COUNTS["made"] == made + 1


def test_what_turns_with_the_calendar_is_made_anew_each_day(world, site, monkeypatch):
    path = "/tiles/monitoring_points/9/428/211.mvt"
    site.get(path)
    assert is_fast(site, path)
    decision = next(iter(site.application.decisions.values()))
    assert 0 < decision.basis.until - timezone.now().timestamp() <= 24 * 3600
    made = COUNTS["made"]
    tomorrow = timezone.localdate() + timezone.timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda: tomorrow)
    site.application.forget()
    site.get(path)
    assert COUNTS["made"] == made + 1


@pytest.fixture
def candidate(world):
    """A project that only staff and its own department may see."""
    return Project.objects.create(
        code="CANDIDATE",
        name="候选",
        year=2026,
        category="water",
        status=Project.Status.CANDIDATE,
        lead=world.water,
        area=world.west_town,
        starts_on="2026-01-01",
        ends_on="2026-12-31",
        geom=Point(121.33, 29.85, srid=4326),
    )


PROJECTS = "/tiles/projects/9/428/211.mvt"


def test_each_audience_gets_its_own_tile_warm_or_not(candidate, site, cookies_of, staff, officer, other_officer):
    people = {"staff": staff, "officer": officer, "other": other_officer}
    cookies = {"public": "", **{name: cookies_of(person) for name, person in people.items()}}
    for _ in range(3):
        seen = {name: site.get(PROJECTS, cookies=cookie) for name, cookie in cookies.items()}
        assert {name: answer.status for name, answer in seen.items()} == {
            "public": 204, "staff": 200, "officer": 200, "other": 204,
        }  # fmt: skip
        assert seen["public"].headers["cache-control"] == "public, no-cache"
        for name in people:
            assert seen[name].headers["cache-control"] == "private, no-store"
            assert "Cookie" in seen[name].headers["vary"]
    assert COUNTS["fast"] == 8


def test_a_visitor_who_chose_another_district_has_tiles_of_her_own(candidate, world, site):
    Project.objects.update(status=Project.Status.BUILDING)
    city = Area.objects.create(code="3302", name="宁波市", level="city")
    Area.objects.filter(pk=world.district.pk).update(parent=city)
    other = Area.objects.create(code="330299", name="甲区", level="district", parent=city)
    Area.objects.create(code="330299100", name="甲镇", level="town", parent=other)
    cache.clear()
    for _ in range(3):
        shown = {code: site.get(PROJECTS, cookies=f"in-district={code}").status for code in ("330203", "330299", "all")}
        assert shown == {"330203": 200, "330299": 204, "all": 200}
        assert site.get(PROJECTS).status == 200  # the site's own district
        assert site.get(f"{PROJECTS}?in-district=330299").status == 204
    assert COUNTS["fast"] >= 6


def test_signing_out_counts_with_the_very_next_request(candidate, site, cookies_of, staff, as_user):
    client = as_user(staff)
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    assert [site.get(PROJECTS, cookies=cookies).status for _ in range(2)] == [200, 200]
    assert is_fast(site, PROJECTS, cookies=cookies)
    client.logout()
    assert site.get(PROJECTS, cookies=cookies).status == 204


@pytest.mark.parametrize(
    "change",
    [{"role": Role.DEPUTY}, {"is_active": False}],
    ids=["another role", "no longer active"],
)
def test_a_person_who_changes_is_somebody_else_with_the_very_next_request(candidate, site, cookies_of, staff, change):
    cookies = cookies_of(staff)
    assert [site.get(PROJECTS, cookies=cookies).status for _ in range(2)] == [200, 200]
    User.objects.filter(pk=staff.pk).update(**change)
    assert site.get(PROJECTS, cookies=cookies).status == 204


def test_who_leaves_a_group_of_deputies_sees_its_drafts_no_more_with_the_very_next_request(
    world, site, cookies_of, deputy, gis
):
    member = seat(gis, world.district)
    group = DeputyGroup.objects.create(congress=member.congress, name="西镇代表小组")
    Membership.objects.filter(pk=member.pk).update(group=group)
    paper = begin(deputy, seat(deputy, world.district), title="t", facts="f", analysis="a", request="r")
    Paper.objects.filter(pk=paper.pk).update(group=group)
    PaperPlace.objects.create(paper=paper, kind="shape", name="桥头", geom=Point(121.33, 29.85, srid=4326))
    cookies, path = cookies_of(gis), "/tiles/papers/9/428/211.mvt"
    assert [site.get(path, cookies=cookies).status for _ in range(3)] == [200, 200, 200]
    assert is_fast(site, path, cookies=cookies)
    Membership.objects.filter(pk=member.pk).update(group=None)
    assert site.get(path, cookies=cookies).status == 204


def test_a_decision_about_a_person_ends_with_her_session(candidate, site, cookies_of, staff, monkeypatch):
    site.get(PROJECTS, cookies=cookies_of(staff))
    (decision,) = site.application.decisions.values()
    until = decision.basis.until
    assert until - timezone.now().timestamp() <= 60
    for at, holds in ((until - 1, True), (until, False)):
        monkeypatch.setattr(fast_path, "time", SimpleNamespace(time=lambda at=at: at))
        assert decision.holds(CHANGE_LOG.current()) is holds


def test_a_project_that_becomes_public_shows_to_the_public_at_once(candidate, site):
    assert [site.get(PROJECTS).status for _ in range(2)] == [204, 204]
    candidate.status = Project.Status.BUILDING
    candidate.save()
    assert site.get(PROJECTS).status == 200


def test_wishes_and_tokens_are_djangos(world, site):
    site.get(TILE)
    assert not is_fast(site, TILE + "?properties=name")
    assert not is_fast(site, TILE, authorization="Token x")


def test_without_the_database_it_says_so_instead_of_guessing(world, site, monkeypatch):
    site.get(TILE)

    def down():
        raise Unreachable

    monkeypatch.setattr(CHANGE_LOG, "current", down)
    answer = site.get(TILE)
    assert answer.status == 503
    assert answer.headers["retry-after"]


LAYER = "/tiles/ponds/9/428/211.mvt"


@pytest.fixture
def ponds(world, tmp_path):
    """A loaded layer, public."""
    path = gbk_ponds(tmp_path)
    load(LoadOptions(path=path, file_name=path.name, slug="ponds", title="ponds"), Report())
    make_public("ponds")
    return Layer.objects.select_related("current_version").get(slug="ponds")


def _tile_of(layer):
    west, south, east, north = layer.current_version.bbox
    lon, lat = (west + east) / 2, (south + north) / 2
    n = 1 << 9
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return f"/tiles/ponds/9/{int((lon + 180) / 360 * n)}/{int(y * n)}.mvt"


def test_a_layer_that_goes_internal_is_gone_with_the_very_next_request(ponds, site, cookies_of, officer):
    path = _tile_of(ponds)
    assert [site.get(path).status for _ in range(2)] == [200, 200]
    assert is_fast(site, path)
    Layer.objects.filter(pk=ponds.pk).update(visibility="internal")
    assert site.get(path).status == 404
    for_her = site.get(path, cookies=cookies_of(officer))
    assert (for_her.status, for_her.headers["cache-control"]) == (200, "private, no-store")
    assert site.get(path).status == 404


def test_a_loaded_layers_row_changed_by_plain_sql_shows_at_once(ponds, site):
    path = _tile_of(ponds)
    before = site.get(path)
    assert is_fast(site, path)
    with connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM layer_data."{ponds.current_version.table_name}"')
    assert before.status == 200
    assert site.get(path).status == 204


def test_a_new_version_and_its_undo_show_at_once(ponds, site, tmp_path):
    path = _tile_of(ponds)
    assert [site.get(path).status for _ in range(2)] == [200, 200]
    undo_layer("ponds")
    assert site.get(path).status == 404
