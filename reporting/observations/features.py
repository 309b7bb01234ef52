"""Points and features that values are about: found by their code, kept up to date, and as a reader may read them.

Who may read a layer may read the values of its features; what of a feature's name and key was not published stays
inside, as on the layer's own page.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.contrib.gis.db.models.functions import PointOnSurface
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from accounts.models import Area
from accounts.permissions import Asker
from geokit.refusal import BadInput
from layers.models import Layer
from layers.permissions import columns_visible_to, layers_visible_to
from layers.search import name_column, named_by
from layers.storage.columns import Column
from layers.storage.rows import FIELD_TYPES, rows_of
from reporting.indicators.layer_keys import key_of
from reporting.indicators.models import POINT, Indicator
from reporting.observations.models import Observation, ObservedFeature
from river_monitoring.models import MonitoringPoint
from river_monitoring.permissions import points_visible_to

MOST_FEATURES = 5_000
"""So many features of one layer are observed at most: boards draw and rules ask all of them."""


def features_visible_to(user: Asker) -> QuerySet[ObservedFeature]:
    """Points that `user` is shown, and features of layers that she may read."""
    seen = points_visible_to(user).order_by().values("pk")
    of_points = ObservedFeature.objects.filter(monitoring_point__in=seen)
    return of_points | ObservedFeature.objects.filter(layer__in=layers_visible_to(user).order_by().values("pk"))


def features_of(indicator: Indicator, user: Asker = None) -> QuerySet[ObservedFeature]:
    """The points or features that an indicator has values of, as far as `user` may see them; None sees all."""
    rows = ObservedFeature.objects.all() if user is None else features_visible_to(user)
    valued = Observation.objects.filter(indicator=indicator, feature=OuterRef("pk"))
    return rows.filter(Exists(valued), layer=indicator.layer_id)  # that of points have none


def with_area(rows: QuerySet[ObservedFeature]) -> QuerySet[ObservedFeature]:
    """Read each with its town, without the town's outline."""
    return rows.select_related("area").defer("area__geom", "area__point")


def as_read_by(user: Asker, indicator: Indicator, rows: Iterable[ObservedFeature]) -> list[ObservedFeature]:
    """The same with the names and codes that `user` may read in place of the kept ones; None reads all."""
    found = list(rows)
    if user is None or indicator.layer is None:
        return found
    names, key_is_read = readable(user, indicator.layer)
    for row in found:
        if not key_is_read:
            row.code = ""
        if row.named_by not in names:
            row.name = row.code
        row.name = row.name or _("要素 %d") % row.pk
    return found


def readable(user: Asker, layer: Layer) -> tuple[set[str], bool]:
    """The source names of the columns of a layer that `user` may read, and whether the key is one of them."""
    columns = columns_visible_to(user, layer).values()
    return {column.name for column in columns}, any(column.column == layer.key_column for column in columns)


def find_features(indicator: Indicator, codes: Iterable[str], user: Asker) -> dict[str, ObservedFeature]:
    """The points or features of these codes that `user` (None: the site) may see, by code; what is observed for the
    first time is not stored yet (`keep`)."""
    wanted = {code for code in codes if code and len(code) <= 120 and code.isprintable()}
    if indicator.level == POINT:
        return _points(wanted, user)
    layers = layers_visible_to(user) if user is not None else Layer.objects.select_related("current_version")
    layer = layers.filter(indicators=indicator).first()
    return _features(layer, wanted) if layer is not None else {}


def _points(codes: Iterable[str], user: Asker) -> dict[str, ObservedFeature]:
    points = {point.code: point for point in points_visible_to(user).filter(code__in=codes)}
    known = with_area(ObservedFeature.objects.filter(monitoring_point__in=points.values()))
    by_code = {row.monitoring_point_id: row for row in known}
    return {code: by_code.get(point.pk) or _of_point(point) for code, point in points.items()}


def _of_point(point: MonitoringPoint) -> ObservedFeature:
    return ObservedFeature(monitoring_point=point, **_facts_of_point(point))


def _facts_of_point(point: MonitoringPoint) -> dict[str, Any]:
    return {"code": point.code, "name": point.name, "geom": point.geom, "area_id": point.area_id}


def _features(layer: Layer, codes: Iterable[str]) -> dict[str, ObservedFeature]:
    known = {row.code: row for row in with_area(ObservedFeature.objects.filter(layer=layer, code__in=codes))}
    here = {code: row for code, row in known.items() if not row.is_gone}
    facts = _facts_of_features(layer, [code for code in codes if code not in here])  # where they lie costs the most
    return here | {
        code: known.get(code) or ObservedFeature(layer=layer, code=code, **each) for code, each in facts.items()
    }


def _facts_of_features(layer: Layer, codes: Iterable[str]) -> dict[str, dict[str, Any]]:
    """By code what is kept of the features that are in the published version now."""
    attribute, column = key_of(layer)
    columns = named_by(layer)
    title = name_column(columns)
    keys = [key for code in codes if (key := _as_key(column, code)) is not None]
    if layer.current_version is None or not keys:
        return {}
    rows = rows_of(layer.current_version).filter(**{f"{attribute}__in": keys}).annotate(spot=PointOnSurface("geom"))
    towns = Area.objects.filter(level=Area.Level.TOWN, geom__intersects=OuterRef("spot")).order_by("code")
    found = {}
    for row in rows.annotate(town=Subquery(towns.values("pk")[:1])).values(
        *{attribute, title or attribute}, "spot", "town"
    ):
        found[str(row[attribute])] = {
            "name": str(row[title] or "")[:120] if title else "",
            "named_by": columns[title].name[:200] if title else "",
            "geom": row["spot"],
            "area_id": row["town"],
        }
    return found


def _as_key(column: Column, code: str) -> Any:
    """A code as the column holds it; None for what cannot be one."""
    if column.kind == "text":
        return code
    whole = code.lstrip("-").isascii() and code.lstrip("-").isdigit() and len(code) <= 18
    return FIELD_TYPES[column.kind]().to_python(code) if whole and str(int(code)) == code else None


def keep_points(features: Mapping[str, ObservedFeature]) -> dict[str, ObservedFeature]:
    """Store the points, by their codes, that are observed for the first time; each as it is stored."""
    new = [one for one in features.values() if one._state.adding]
    if not new:
        return dict(features)
    ObservedFeature.objects.bulk_create(new, ignore_conflicts=True)  # another measurement may have stored one
    points = [one.monitoring_point_id for one in features.values()]
    stored = {one.monitoring_point_id: one for one in ObservedFeature.objects.filter(monitoring_point__in=points)}
    return {code: stored[one.monitoring_point_id] for code, one in features.items()}


def keep(feature: ObservedFeature, counted: dict[int, int] | None = None) -> ObservedFeature:
    """Store a feature that is observed for the first time. Raises BadInput beyond the most that a layer may have.

    `counted` keeps how many each layer has (its key) for those that are stored after this one.
    """
    if not feature._state.adding:
        return feature
    if feature.layer_id is None:
        facts = {name: getattr(feature, name) for name in ("code", "name", "geom", "area_id")}
        return ObservedFeature.objects.get_or_create(monitoring_point=feature.monitoring_point, defaults=facts)[0]
    counted, layer = {} if counted is None else counted, feature.layer_id
    if layer not in counted:
        counted[layer] = ObservedFeature.objects.filter(layer=layer).count()
    if counted[layer] >= MOST_FEATURES:
        message = _("一个图层最多报送 %d 个要素的数据。") % MOST_FEATURES
        raise BadInput(message, code="too-many-features")
    facts = {name: getattr(feature, name) for name in ("name", "named_by", "geom", "area_id")}
    row, is_new = ObservedFeature.objects.get_or_create(layer=feature.layer, code=feature.code, defaults=facts)
    counted[layer] += is_new
    return row


def renew(layer: Layer | None = None) -> int:
    """Bring names, places and towns up to date, of one layer or of all layers and points; how many changed."""
    rows = ObservedFeature.objects.select_related("monitoring_point", "layer__current_version")
    rows = rows.filter(layer=layer) if layer is not None else rows
    by_layer: dict[int, list[ObservedFeature]] = {}
    changed = []
    for row in rows:
        if row.layer_id is not None:
            by_layer.setdefault(row.layer_id, []).append(row)
        elif row.monitoring_point is not None and _differs(row, _facts_of_point(row.monitoring_point)):
            changed.append(row)
    for group in by_layer.values():
        changed += _renewed(group)
    ObservedFeature.objects.bulk_update(changed, RENEWED, batch_size=500)
    return len(changed)


def published(sender: Any, *, layer: Layer, **kwargs: Any) -> None:
    """A layer has another version: its observed features take their names and places from that."""
    if layer.kind == Layer.Kind.VECTOR:
        renew(layer)


RENEWED = ("code", "name", "named_by", "geom", "area", "is_gone")


def _renewed(rows: Sequence[ObservedFeature]) -> list[ObservedFeature]:
    layer = rows[0].layer
    try:
        facts = _facts_of_features(layer, [row.code for row in rows]) if layer is not None else {}
    except BadInput:  # its newest version came without the key
        facts = {}
    return [row for row in rows if _differs(row, facts.get(row.code, {}) | {"is_gone": row.code not in facts})]


def _differs(row: ObservedFeature, facts: Mapping[str, Any]) -> bool:
    """Put the facts into the row; tell whether that changed it."""
    different = {name: value for name, value in facts.items() if getattr(row, name) != value}
    for name, value in different.items():
        setattr(row, name, value)
    return bool(different)
