"""The model of a version's table is of that version's own columns."""

from layers.models import Layer, LayerVersion
from layers.storage.rows import row_model


def version(*kinds):
    fields = [{"name": f"列{n}", "column": f"c{n}", "kind": kind} for n, kind in enumerate(kinds)]
    return LayerVersion(pk=987_654, layer=Layer(slug="again"), number=1, fields=fields)


def test_a_key_that_is_given_out_again_is_no_version_of_before():
    """A database that was emptied and filled again counts from one; the process has known another version 1."""
    first, second = row_model(version("text")), row_model(version("text", "double"))
    assert [field.name for field in first._meta.fields] == ["id", "source_row", "geom", "f0"]
    assert [field.name for field in second._meta.fields] == ["id", "source_row", "geom", "f0", "f1"]
    assert row_model(version("text")) is first
