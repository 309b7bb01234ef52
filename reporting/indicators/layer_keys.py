"""The column by which the features of a loaded layer are told apart through its versions."""

from django.utils.translation import gettext as _

from geokit.refusal import refuse
from layers.models import Layer
from layers.permissions import all_columns
from layers.storage.columns import Column

KEY_KINDS = ("text", "integer", "bigint")


def key_of(layer: Layer) -> tuple[str, Column]:
    """The attribute and the column by which a layer's features are told apart through its versions. Raises BadInput."""
    version = layer.current_version
    for attribute, column in all_columns(version).items() if version is not None else ():
        if column.column == layer.key_column and column.kind in KEY_KINDS:
            return attribute, column
    message = _("图层“%s”没有业务主键，不能逐个要素报送。请按主键重新导入。") % layer.title
    raise refuse("layer", "layer-without-key", message)
