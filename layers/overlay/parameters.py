"""The parameters of an overlay run, checked once for page and command line."""

from dataclasses import asdict, dataclass, fields
from typing import Any

from django.utils.translation import gettext as _

from accounts.permissions import Asker
from geokit.refusal import refuse
from layers.overlay.models import OverlayRun
from layers.overlay.permissions import layers_read_whole_by
from layers.overlay.zones import ZoneSource, find_source
from layers.storage.models import Layer, LayerVersion

SPLITS = ("intersection", "largest")
MAX_DISTANCE_M = 100_000.0
Tool = OverlayRun.Tool


@dataclass(frozen=True, slots=True)
class Parameters:
    """One question. `layer` is the features (a raster for `zonal`), `zones` what they are set against."""

    layer: str
    zones: str
    only: tuple[str, ...] = ()
    """Names of the zones that count; empty for all."""
    distance_m: float = 0.0
    """On the ellipsoid, from the zone's edge (or from that of its management range)."""
    split: str = "intersection"
    """What crosses a border is cut there (`intersection`) or counted whole where most of it is (`largest`)."""
    name_field: str = ""
    band: int = 1

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "only": list(self.only)}

    @classmethod
    def parse(cls, given: dict[str, Any]) -> "Parameters":
        """From JSON or a form. Raises BadInput naming the field."""
        known = {field.name for field in fields(cls)}
        values = {name: value for name, value in given.items() if name in known and value not in (None, "")}
        only = values.get("only", ())
        names = only.replace("，", ",").split(",") if isinstance(only, str) else only
        values["only"] = tuple(name.strip() for name in names if name.strip())
        values["distance_m"] = _number("distance_m", values.get("distance_m", 0.0), 0.0, MAX_DISTANCE_M)
        values["band"] = int(_number("band", values.get("band", 1), 1, 64))
        if values.get("split", SPLITS[0]) not in SPLITS:
            raise refuse("split", "option-invalid", _("选项 split 的值“%s”不可用。") % values["split"])
        for name in ("layer", "zones"):
            if not values.get(name):
                raise refuse(name, "option-missing", _("请选择图层和分区。"))
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Question:
    """A question with what it is about, looked up for the person who asks."""

    tool: str
    parameters: Parameters
    layer: Layer
    version: LayerVersion
    zones: ZoneSource


def resolve(tool: str, parameters: Parameters, user: Asker) -> Question:
    """Find layer and zones. Raises BadInput for what is not there for `user` or does not fit the tool."""
    kind = Layer.Kind.RASTER if tool == Tool.ZONAL else Layer.Kind.VECTOR
    layer = layers_read_whole_by(user).filter(slug=parameters.layer).first()
    if layer is None or layer.current_version is None:
        raise refuse("layer", "layer-missing", _("没有名为“%s”的图层。") % parameters.layer)
    if layer.kind != kind:
        wanted = _("栅格图层") if kind == Layer.Kind.RASTER else _("矢量图层")
        named = {"layer": layer.title, "kind": wanted}
        raise refuse("layer", "layer-kind", _("“%(layer)s”不是%(kind)s，不能用于这个工具。") % named)
    zones = find_source(parameters.zones, user, parameters.name_field)
    if tool != Tool.WITHIN and not zones.is_polygon:
        raise refuse("zones", "zones-not-polygons", _("“%s”不是面，不能分区统计。") % zones.title)
    if tool == Tool.ZONAL and parameters.band > len(layer.current_version.raster["bands"]):
        raise refuse("band", "band-missing", _("栅格没有波段 %d。") % parameters.band)
    return Question(tool, parameters, layer, layer.current_version, zones)


def _number(name: str, value: Any, low: float, high: float) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = float("nan")
    if not low <= number <= high:
        named = {"name": name, "value": str(value)[:20], "low": f"{low:g}", "high": f"{high:g}"}
        raise refuse(name, "option-invalid", _("%(name)s 的值“%(value)s”须在 %(low)s 到 %(high)s 之间。") % named)
    return number
