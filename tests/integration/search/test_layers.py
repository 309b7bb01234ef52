"""Features of loaded layers: found by what everybody may read who sees the layer, in the version that is shown."""

import pytest

from layers.models import Layer
from layers.storage.versions import undo_layer
from search.models import Entry
from tests.integration.layers.conftest import load_file, ponds, secret_ponds  # noqa: F401 - fixtures
from tests.integration.search.conftest import found_by


def names_of(layer):
    return list(Entry.objects.filter(kind="features", parent_id=layer.pk).values_list("title", flat=True))


def test_features_are_found_by_their_columns_and_go_with_their_layer(ponds):  # noqa: F811
    found_by(None, "小微水体")
    assert "layers 小微水体" in found_by(None, "小微水体")
    (name, *_rest) = names_of(ponds)
    assert f"features {name}" in found_by(None, name)
    undo_layer("ponds")
    assert found_by(None, name, kind="features") == [] and names_of(ponds) == []


def test_an_internal_layer_is_found_by_those_who_are_signed_in(secret_ponds, gis):  # noqa: F811
    found_by(gis, "小微水体")
    (name, *_rest) = names_of(secret_ponds)
    assert not any(row.startswith(("layers", "features")) for row in found_by(None, name))
    assert f"features {name}" in found_by(gis, name)


@pytest.mark.parametrize("user", ["anybody", "gis"])
def test_a_column_that_is_not_published_finds_nothing(ponds, gis, user):  # noqa: F811
    found_by(None, "小微水体")
    (name, *_rest) = names_of(ponds)
    Layer.objects.filter(pk=ponds.pk).update(public_fields=[])
    assert not any(row.startswith("features") for row in found_by(gis if user == "gis" else None, name))
