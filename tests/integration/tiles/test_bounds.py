"""Where layers lie: asked for together, each as if it had been asked alone."""

from dataclasses import replace

import pytest
from django.db import connection
from django.db.models import FloatField, Func
from django.test.utils import CaptureQueriesContext

from accounts.models import Area
from tiles.engine.bounds import WORLD, bounds_of
from tiles.layer.vector import VectorLayer

WEST = (121.32, 29.85, 121.32, 29.85)
BOTH = (121.32, 29.85, 121.38, 29.85)


class Sleep(Func):
    template = "length(pg_sleep(2)::text)::float8"
    output_field = FloatField()


def towns(*names):
    found = Area.objects.filter(level=Area.Level.TOWN)
    return found.filter(name__in=names) if names else found


def layer(name, rows, **changes):
    return VectorLayer(name=name, title=name, visible_to=lambda _user: rows, geometry="point", fields={}, **changes)


@pytest.fixture
def placed(world):
    for town, longitude in ((world.west_town, 121.32), (world.east_town, 121.38)):
        town.point = f"SRID=4326;POINT({longitude} 29.85)"
        town.save()


def test_each_layer_has_its_own_box_and_one_without_rows_has_none(placed):
    drawn = layer("drawn", towns().none(), known_bounds=lambda: (121.0, 29.0, 999.0, 30.0))
    rows = [layer("west", towns("西镇")), layer("hidden", towns().none()), layer("both", towns()), drawn]
    rows += [layer("none", towns("无"))]
    expected = {"west": WEST, "both": BOTH, "drawn": (121.0, 29.0, 180.0, 30.0)}
    with CaptureQueriesContext(connection) as together:
        assert bounds_of(rows, None) == expected
    assert bounds_of([layer("hidden", towns().none())], None) == {}
    with CaptureQueriesContext(connection) as alone:
        assert bounds_of(rows[:1], None) == {"west": WEST}
    assert len(together) == len(alone)


def test_a_layer_that_takes_too_long_has_the_world_and_takes_nothing_from_the_others(placed, settings):
    settings.TILE_STATEMENT_TIMEOUT_MS = 300
    slow = layer("slow", towns().annotate(nap=Sleep()).filter(nap__gte=0))
    assert bounds_of([layer("west", towns("西镇")), slow], None) == {"west": WEST, "slow": WORLD}


def test_a_part_of_a_layer_is_measured_by_its_own_rows(placed):
    whole = layer("towns", towns(), places=lambda _user: towns(), known_bounds=lambda: BOTH)
    part = replace(whole, visible_to=lambda _user: towns("西镇"), is_part=True)
    assert bounds_of([part], None) == {"towns": WEST}
