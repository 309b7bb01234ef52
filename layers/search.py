"""What of the loaded layers the search of the site finds: the layers, and their features by what the columns say."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Asker
from layers.permissions import all_columns, columns_visible_to, layers_visible_to
from layers.storage.columns import Column
from layers.storage.models import Layer
from layers.storage.rows import rows_of
from search.offers import Described, Offer, Watch

MOST_FEATURES = 50_000
"""So many of a layer are found by their words; a layer with more is found by its own name, its rows in its table."""
NAMING = ("名称", "name", "title", "mc", "xmmc", "站名", "地名")


def _layer(layer: Layer) -> Described:
    return Described(
        layer.title,
        reverse("layers:detail", args=[layer.slug]),
        codes=[layer.slug],
        text="\n".join(filter(None, [layer.description, layer.source])),
        meta=layer.source,
        year=layer.data_date.year if layer.data_date else None,
        organ=layer.department.short_name if layer.department else "",
    )


def named_by(layer: Layer) -> dict[str, Column]:
    """The columns that everybody may read who may see the layer: what is inside is found in the table only."""
    if layer.visibility == Layer.Visibility.PUBLIC:
        return columns_visible_to(None, layer)
    return all_columns(layer.current_version) if layer.current_version else {}


def name_column(columns: dict[str, Column]) -> str:
    """Return the attribute of the column that names a feature: called so, or the first text; empty for none."""
    texts = [attribute for attribute, column in columns.items() if column.kind == "text"]
    named = [name for name in texts if any(word in columns[name].label.lower() for word in NAMING)]
    return next(iter([*named, *texts]), "")


class Features(Offer):
    """The features of published vector layers. Their `parent_id` is the layer, by which they are seen and renewed."""

    def rows(self, via: str = "pk", ids: Iterable[int] | None = None) -> Iterator[tuple[int, int, Described]]:
        layers = Layer.objects.filter(kind=Layer.Kind.VECTOR, current_version__isnull=False)
        if ids is not None:
            layers = layers.filter(pk__in=list(ids))
        for layer in layers.select_related("current_version", "department"):
            yield from self._of(layer)

    def _of(self, layer: Layer) -> Iterator[tuple[int, int, Described]]:
        version, columns = layer.current_version, named_by(layer)
        title = name_column(columns)
        if version is None or not title or version.removed is not None:
            return
        texts = [name for name, column in columns.items() if column.kind == "text"]
        for row in rows_of(version).values("id", *texts)[:MOST_FEATURES].iterator(chunk_size=2000):
            words = [str(row[name]) for name in texts if row[name]]
            if words:
                yield layer.pk, row["id"], _feature(layer, row, title, words)

    def gone(self, via: str, ids: Iterable[int]) -> Q:
        return Q(parent_id__in=list(ids))

    def seen_by(self, user: Asker) -> Any:
        return Exists(layers_visible_to(user).order_by().filter(pk=OuterRef("parent_id")))

    def watched(self) -> tuple[Watch, ...]:
        return self.watches


def _feature(layer: Layer, row: dict[str, Any], title: str, words: list[str]) -> Described:
    return Described(
        str(row[title] or words[0]),
        reverse("layers:feature", args=[layer.slug, row["id"]]),
        text="\n".join(words),
        meta=layer.title,
        organ=layer.department.short_name if layer.department else "",
    )


OFFERS = [
    Offer("layers", _("图层"), Layer, layers_visible_to, _layer, weight=5, related=("department",)),
    Features(
        "features",
        _("图层要素"),
        Layer,
        layers_visible_to,
        _layer,
        weight=3,
        watches=(Watch(Layer, via="parent"),),
    ),
]
