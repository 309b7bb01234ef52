"""The companion of a layer that tells what lies near one another as one symbol with its number."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from tiles.layer.map_use import MapUse
from tiles.layer.vector import Cluster, Property, StrOrPromise, VectorLayer

COUNT = {"count": _("个数"), "point": _("只有一个时，它的编号")}


def clusters_of(
    layer: VectorLayer,
    name: str,
    title: StrOrPromise,
    order: int,
    *,
    worst: Mapping[str, Property] | None = None,
    described: Mapping[str, StrOrPromise] | None = None,
    **changed: Any,
) -> VectorLayer:
    """Return the same rows for the same people, with the same filters and months, as counts.

    `worst` is the field whose greatest value stands for a cluster, with where it comes from if `layer` has it not.
    """
    ranked = dict(worst or {})
    cluster = Cluster(worst=next(iter(ranked), ""), of_points=layer.geometry_type == "Point")
    return replace(
        layer,
        name=name,
        title=title,
        fields={**ranked, **layer.fields},
        cluster=cluster,
        geometry_type="Point",
        buffer=1,
        map_use=MapUse(order=order, companion_of=layer.name),
        described={**layer.described, **COUNT, **(described or {})},
        **changed,
    )
