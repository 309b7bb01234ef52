"""An id is given once in a layer: not again after an undo, a deletion, or once the rows of a version are gone."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction

from accounts.models import User
from layers.editing.services import hold
from layers.models import Layer, LayerVersion
from layers.storage.retention import remove_version
from layers.storage.rows import rows_of
from layers.storage.versions import undo_layer
from tests.data.gis_files import gbk_ponds, square
from tiles.layer.editing import GivenFeature

pytestmark = pytest.mark.django_db


def new_pond(code: str) -> GivenFeature:
    ring = [[121.4, 29.8], [121.41, 29.8], [121.41, 29.81], [121.4, 29.81], [121.4, 29.8]]
    return GivenFeature({"type": "Polygon", "coordinates": [ring]}, {"编号": code}, srid=4326, north_first=False)


def created(layer: Layer, user: User, code: str = "C9") -> int:
    with transaction.atomic():
        return hold(layer, user).create(new_pond(code))


def ids(layer: Layer) -> list[int]:
    layer.refresh_from_db()
    assert layer.current_version is not None
    return sorted(rows_of(layer.current_version).values_list("id", flat=True))


@pytest.fixture
def one_more(tmp_path: Path) -> Path:
    """A file with one pond of a new key."""
    row = {"编号": "0020", "名称": "中塘河", "面积": 5.0, "户数": 1}
    return gbk_ponds(tmp_path / "one-more", rows=[row], geometries=[square(121.36, 29.86)])


def test_an_edit_that_was_undone_has_had_its_ids(ponds: Layer, gis: User) -> None:
    assert [created(ponds, gis, "C8"), created(ponds, gis, "C9")] == [4, 5]
    undo_layer("ponds", user=gis)
    assert ids(ponds) == [1, 2, 3]
    assert created(ponds, gis) == 6
    assert ids(ponds) == [1, 2, 3, 6]


@pytest.mark.parametrize(
    ("mode", "key", "then"),
    [("append", "", [1, 2, 3, 5]), ("upsert", "编号", [1, 2, 3, 5]), ("replace", "编号", [5])],
)
def test_a_file_does_not_give_the_id_of_a_deleted_feature(
    ponds: Layer, gis: User, one_more: Path, load_file: Callable[..., Any], mode: str, key: str, then: list[int]
) -> None:
    last = created(ponds, gis)
    with transaction.atomic():
        hold(ponds, gis).delete(last)
    load_file(one_more, slug="ponds", mode=mode, key=key)
    assert ids(ponds) == then


def test_a_load_that_was_undone_and_cleaned_away_has_had_its_ids(
    ponds: Layer, gis: User, one_more: Path, load_file: Callable[..., Any]
) -> None:
    load_file(one_more, slug="ponds", mode="append")
    undo_layer("ponds", user=gis)
    assert remove_version(LayerVersion.objects.get(layer=ponds, number=2))
    load_file(one_more, slug="ponds", mode="append")
    assert ids(ponds) == [1, 2, 3, 5]


def test_a_layer_that_a_smaller_file_replaced_goes_on_after_all_that_it_had(
    ponds: Layer, gis: User, one_more: Path, load_file: Callable[..., Any]
) -> None:
    load_file(one_more, slug="ponds", mode="replace")
    assert ids(ponds) == [1]  # by no key: its rows are counted anew
    assert created(ponds, gis) == 4


def test_the_upgrade_takes_the_highest_of_the_rows_that_are_there(
    ponds: Layer, gis: User, one_more: Path, load_file: Callable[..., Any]
) -> None:
    load_file(one_more, slug="ponds", mode="append")
    undo_layer("ponds", user=gis)
    Layer.objects.update(highest_id=0)
    upgrade = import_module("layers.migrations.0013_highest_id")
    upgrade.note_highest(apps, connection.schema_editor())
    assert Layer.objects.get(slug="ponds").highest_id == 4
