"""The style of a loaded layer in another program's language, for one reader."""

from django.db.models import QuerySet

from accounts.permissions import Asker
from layers.permissions import columns_visible_to, layers_visible_to
from layers.storage.models import Layer
from layers.styling.sheets.qml import qml
from layers.styling.sheets.sld import sld
from layers.styling.style import style_of


def with_stylesheets(user: Asker) -> set[str]:
    """Return the slugs of the vector layers that `user` sees."""
    return set(_drawn(user).values_list("slug", flat=True))


def stylesheet(slug: str, user: Asker, language: str) -> str | None:
    """Return a vector layer's style as `sld` or `qml`, without fields that `user` may not read; None where the layer is
    not hers to see, or the language another one."""
    layer = _drawn(user).filter(slug=slug).first()
    if layer is None or language not in ("sld", "qml"):
        return None
    style = style_of(layer, columns_visible_to(user, layer).values())
    if language == "qml":
        return qml(style, layer.geometry_type)
    return sld(layer.slug, layer.title, style, layer.geometry_type)


def _drawn(user: Asker) -> QuerySet[Layer]:
    return layers_visible_to(user).filter(kind=Layer.Kind.VECTOR)
