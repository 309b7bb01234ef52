"""Places for requests: who gets one, who waits, who is told to come again."""

import threading
from types import SimpleNamespace

import pytest

from geo_portal import concurrency
from geo_portal.concurrency import (
    API,
    DRAWINGS,
    FILES,
    PAGES,
    PICTURES,
    PRINTS,
    PROBES,
    TILES,
    WRITES,
    Kind,
    Places,
    kind_of,
)
from ops.run import WEB_THREADS
from tiles.cache import single_flight
from ui import printing


def request(path, name="", method="GET"):
    return SimpleNamespace(path=path, method=method, resolver_match=SimpleNamespace(url_name=name))


@pytest.mark.parametrize(
    ("path", "name", "method", "kind"),
    [
        ("/healthz", "healthz", "GET", None),
        ("/readyz", "readyz", "GET", PROBES),
        ("/tiles/points/1/2/3.mvt", "vector_tile", "GET", TILES),
        ("/rasters/dem/1/2/3.png", "raster_tile", "GET", TILES),
        ("/river/points/", "point_list", "GET", PAGES),
        ("/report/", "report", "GET", PAGES),
        ("/report/", "report", "POST", WRITES),
        ("/api/v1/findings/", "finding-list", "POST", WRITES),
        ("/api/v1/findings/", "finding-list", "GET", API),
        ("/findings/photos/3/small/", "photo_small", "GET", PICTURES),
        ("/layers/a/thumbnail.webp", "thumbnail", "GET", PICTURES),
        ("/ogc/wms", "ogc_wms", "GET", DRAWINGS),
        ("/ogc/wmts/1.0.0/ponds/default/CGCS2000/1/0/0.png", "ogc_wmts_tile", "GET", DRAWINGS),
        ("/by-token/-/ogc/wms", "token_address", "GET", DRAWINGS),
        ("/map/sheet.png", "map_sheet", "GET", PRINTS),
        ("/map/print/", "map_print", "GET", PAGES),
        ("/cards/points/P1/wide.png", "card", "GET", PRINTS),
        ("/posters/stations/S1.pdf", "poster", "GET", PRINTS),
        ("/boards/air/board.png", "download", "GET", PRINTS),
        ("/by-token/-/boards/air/board.pdf", "token_address", "GET", PRINTS),
        ("/boards/air/board.xlsx", "download", "GET", FILES),
        ("/ogc/wfs", "ogc_wfs", "GET", API),
        ("/projects/download.csv", "download", "GET", FILES),
        ("/reports/3/pdf/", "download", "GET", FILES),
    ],
)
def test_a_request_is_of_one_kind(path, name, method, kind):
    assert kind_of(request(path, name, method)) is kind


def test_all_places_together_leave_threads_for_what_waits_for_nothing():
    tiles = single_flight.MAX_CONCURRENT + single_flight.MANY_WAITING
    assert sum(kind.at_once + kind.may_wait for kind in concurrency.KINDS) + tiles < concurrency.THREADS
    assert int(WEB_THREADS) == concurrency.THREADS
    assert PRINTS.at_once == printing.AT_ONCE


def test_one_route_cannot_take_all_places_of_its_kind():
    places = Places(Kind("pages", at_once=3, may_wait=0, wait_s=0, seconds=1, per_route=2))
    assert [places.take("slow") for _ in range(3)] == [True, True, False]
    assert [places.take("other") for _ in range(2)] == [True, False]
    places.give_back("slow")
    assert places.take("other")


def test_who_waits_gets_the_place_that_comes_free_and_who_comes_later_is_sent_away():
    places = Places(Kind("pages", at_once=1, may_wait=1, wait_s=60, seconds=1))
    assert places.take("a")
    got = []
    waiting = threading.Thread(target=lambda: got.append(places.take("b")))
    waiting.start()
    while not places._waiting:
        pass
    assert not places.take("c")
    places.give_back("a")
    waiting.join(60)
    assert got == [True]


def test_who_waits_in_vain_is_sent_away():
    places = Places(Kind("pages", at_once=1, may_wait=1, wait_s=0.01, seconds=1))
    assert places.take("a")
    assert not places.take("b")
    assert places._waiting == 0


def test_fewer_threads_mean_fewer_places_but_never_none():
    places = Places(PAGES, threads=8)
    assert (places.at_once, places.per_route, places.may_wait) == (1, 1, 0)
