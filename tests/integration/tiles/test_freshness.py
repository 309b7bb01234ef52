"""The counters behind the cache move with every committed change, however it was made."""

import pytest
from django.db import connection

from accounts.models import Area
from tiles import freshness

TABLE = "accounts_area"


def now():
    return freshness.versions([TABLE])[TABLE]


def test_the_tables_behind_tiles_are_watched(world):
    assert freshness.is_watched(TABLE)


def test_a_table_that_no_tile_shows_is_not_watched(world):
    assert not freshness.is_watched("accounts_auditentry")


@pytest.mark.parametrize(
    "change",
    [
        lambda area: Area.objects.filter(pk=area.pk).update(name="新名"),
        lambda area: Area.objects.create(code="330203177", name="新镇", level="town"),
        lambda area: area.delete(),
        lambda area: connection.cursor().execute("UPDATE accounts_area SET name = 'by hand'"),
    ],
    ids=["update", "insert", "delete", "plain SQL"],
)
def test_each_kind_of_change_moves_the_counter(world, change):
    before = now()
    change(world.east_town)
    assert now() > before


def test_reading_does_not_move_the_counter(world):
    before = now()
    list(Area.objects.all())
    assert now() == before


def test_watching_twice_is_harmless(world):
    freshness.watch([TABLE])
    before = now()
    Area.objects.filter(pk=world.east_town.pk).update(name="新名")
    assert now() == before + 1
