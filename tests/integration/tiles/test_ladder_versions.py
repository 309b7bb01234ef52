"""A loaded layer's ladder: made when a version is published, of that version alone, gone with its rows."""

import json

import pytest
from django.db import connection

from jobs.models import Job
from layers.importing.import_report import Report
from layers.importing.options import LoadOptions
from layers.importing.vector_loading import load
from layers.models import Layer
from layers.signals import version_removed
from layers.storage.versions import undo_layer
from layers.vector_layers import vector_layer
from tests.data.published import make_public
from tests.integration.tiles.ladders import low_thresholds
from tests.integration.tiles.served import features
from tiles.engine.mvt import statement
from tiles.grids.address import TileAddress
from tiles.ladder import jobs
from tiles.ladder.models import Ladder

pytestmark = pytest.mark.django_db
WORLD = TileAddress(0, 0, 0)


def publish(tmp_path, count, mode="create"):
    places = [(121.5 + number / 1e4, 29.8) for number in range(count)]
    path = tmp_path / f"{count}.geojson"
    features = [
        {"type": "Feature", "properties": {"name": f"n{i}"}, "geometry": {"type": "Point", "coordinates": place}}
        for i, place in enumerate(places)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    options = LoadOptions(path=path, file_name=path.name, slug="crowd", title="点", mode=mode)
    version = load(options, Report())
    make_public("crowd")
    return version


def make_ladder(version):
    with low_thresholds():
        return jobs.build_table(f"layer_data.{version.table_name}", [field["column"] for field in version.fields])


def counted():
    found = features(vector_layer(Layer.objects.get(slug="crowd"), None), 0, 0, 0)
    return [feature["properties"].get("point_count") for feature in found]


def test_publishing_queues_the_making_of_copies(tmp_path, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        version = publish(tmp_path, 30)
    job = Job.objects.get(func="tiles.ladder.jobs.build_table")
    assert job.args == [f"layer_data.{version.table_name}", ["name"]]


def test_undo_goes_back_to_the_copies_of_the_earlier_version(tmp_path):
    assert make_ladder(publish(tmp_path, 30)) == "ready"
    assert counted() == [30]
    newer = publish(tmp_path, 40, mode="replace")
    assert counted() == [None] * 40  # its own copies are not there yet
    make_ladder(newer)
    assert counted() == [40]
    undo_layer("crowd")
    assert counted() == [30]
    assert Ladder.objects.count() == 2


def test_copies_go_with_the_rows_of_a_version(tmp_path):
    old = publish(tmp_path, 30)
    make_ladder(old)
    make_ladder(publish(tmp_path, 40, mode="replace"))
    version_removed.send(sender=type(old), version=old)
    assert [ladder.rows for ladder in Ladder.objects.all()] == [40]


def test_a_job_delivered_twice_or_for_a_table_that_is_gone_does_no_harm(tmp_path):
    version = publish(tmp_path, 30)
    assert make_ladder(version) == make_ladder(version) == "ready"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE layer_data.{version.table_name} CASCADE")
    assert make_ladder(version) == "none"
    assert not Ladder.objects.exists()


def test_tiles_of_a_few_columns_name_no_other_column(tmp_path):
    make_ladder(publish(tmp_path, 30))
    layer = Layer.objects.get(slug="crowd")
    layer.public_fields = []
    layer.save()
    compiled = statement(vector_layer(layer, None), None, WORLD)
    assert '"name"' not in compiled.sql(WORLD)[0]
