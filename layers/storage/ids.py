"""Ids of features: the highest that was ever given is kept on the layer, since rows and versions of it may be gone."""

from layers.storage import feature_rows
from layers.storage.models import Layer, LayerVersion


def note_ids(layer: Layer, version: LayerVersion) -> None:
    """Raise `layer.highest_id` to the ids of a version's rows; whoever calls saves the layer."""
    layer.highest_id = max(layer.highest_id, feature_rows.highest_id(version.table_name))
