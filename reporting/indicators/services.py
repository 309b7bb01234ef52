"""Defining indicators: units that fit, no circle, nothing said about a period that was judged under another meaning."""

from collections.abc import Mapping
from typing import Any, cast

from django.db import transaction
from django.db.models import Field
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from geokit.refusal import BadInput, FieldError, NotPermitted, StaleEdit, refuse
from layers.models import Layer
from layers.permissions import layers_visible_to
from ledger import audit
from reporting.indicators import formulas
from reporting.indicators.layer_keys import key_of
from reporting.indicators.models import FEATURE, POINT, Indicator
from reporting.indicators.periods import Kind
from reporting.indicators.permissions import may_keep_indicators
from reporting.indicators.room_figures import source_of
from river_monitoring.standard.evaluation import GB3838_2002
from ui.field_checks import check_fields

FIXED = ("unit", "period_kind", "level", "layer", "way", "figure", "formula")
"""What earlier values would mean something else without."""


@transaction.atomic
def save_indicator(actor: Asker, code: str, facts: Mapping[str, Any], version: int | None = None) -> Indicator:
    """Make or change an indicator; `facts` are its columns. Raises NotPermitted, BadInput by field, StaleEdit."""
    if not may_keep_indicators(actor):
        raise NotPermitted(_("指标由区人大工作人员维护。"))
    found = Indicator.objects.select_for_update().filter(code=code).first()
    if found is not None and version is not None and version != found.version:
        raise StaleEdit(_("这个指标在您打开页面之后已被修改，请查看后再提交。"))
    indicator = found or Indicator(code=code, version=0)
    if found is not None and found.observations.exists():
        _refuse_other_meaning(found, facts)
    for name, value in facts.items():
        setattr(indicator, name, value)
    _check(actor, indicator)
    indicator.version += 1
    indicator.save()
    audit.record(actor, "indicator-saved", indicator, code=code, version=indicator.version)
    return indicator


def _refuse_other_meaning(found: Indicator, facts: Mapping[str, Any]) -> None:
    for name in FIXED:
        if name in facts and _plain(facts[name]) != _plain(getattr(found, name)):
            label = cast("Field[Any, Any]", Indicator._meta.get_field(name)).verbose_name
            message = _("已有数据的指标不能改“%s”，请另建一个指标。") % label
            raise BadInput(message, code="has-values", errors=[FieldError(name, "has-values", message)])


def _plain(value: Any) -> str:
    """Two layers may bear the same title; spaces of a formula say nothing."""
    return "".join(str(value.pk if isinstance(value, Layer) else value).split())


def _check(actor: Asker, indicator: Indicator) -> None:
    check_fields(indicator, "bad-indicator", exclude=["department", "layer"])
    _check_layer(actor, indicator)
    if indicator.way == Indicator.Way.FORMULA:
        check_formula(indicator)
    if indicator.way == Indicator.Way.STATION:
        _check_station(indicator)
    if indicator.way == Indicator.Way.ROOM:
        if not indicator.is_of_areas:
            raise refuse("level", "wrong-level", _("平台指标只按区域计算。"))
        try:
            source_of(indicator.figure)
        except KeyError:
            message = _("平台没有叫“%s”的指标。") % indicator.figure
            raise BadInput(message, code="unknown", errors=[FieldError("figure", "unknown", message)]) from None


def _check_station(indicator: Indicator) -> None:
    """Means of samples are kept of points, by month, quarter and year, of the items of the standard."""
    if indicator.level != POINT:
        raise refuse("level", "wrong-level", _("水样均值按监测点位计算，层级请选监测点位。"))
    if indicator.period_kind not in (Kind.MONTH, Kind.QUARTER, Kind.YEAR):
        raise refuse("period_kind", "period-misfit", _("水样均值只有月、季、年。"))
    if indicator.figure not in GB3838_2002.parameters:
        raise refuse("figure", "unknown", _("没有代码为“%s”的监测项目。") % indicator.figure[:40])


def _check_layer(actor: Asker, indicator: Indicator) -> None:
    """Features have a layer, with a key that stays through its versions; nothing else has one."""
    layer, wanted = indicator.layer, indicator.level == FEATURE
    if wanted != (layer is not None):
        raise refuse("layer", "bad-layer", _("层级是图层要素时要选图层，其他层级不选。"))
    if layer is None:
        return
    if not layers_visible_to(actor).filter(pk=layer.pk, kind=Layer.Kind.VECTOR).exists():
        raise refuse("layer", "unknown", _("没有这个矢量图层。"))
    key_of(layer)


def check_formula(indicator: Indicator) -> None:
    """Raise BadInput where the formula names what is not there, mixes periods or levels, has a circle or a misfit."""
    names = formulas.names_in(indicator.formula)
    parts = {part.code: part for part in Indicator.objects.filter(code__in=names)}
    if unknown := [name for name in names if name not in parts and name != indicator.code]:
        raise formulas.refused(_("公式里的“%s”不是已有的指标代码。") % unknown[0], "unknown")
    if not names:
        raise formulas.refused(_("公式里要有至少一个指标。"), "formula-unreadable")
    needs = {one.code: formulas.names_in(one.formula) for one in Indicator.objects.filter(way=Indicator.Way.FORMULA)}
    if circle := formulas.circle_in(indicator.code, needs | {indicator.code: names}):
        raise formulas.refused(_("公式绕成了圈：%s。") % " → ".join(circle), "formula-circle")
    for part in parts.values():
        if not measures_alike(part, indicator):
            raise formulas.refused(_("“%s”的周期、层级或图层不同，不能放在一个公式里。") % part.title, "period-misfit")
    formulas.check_units(indicator.formula, {code: part.unit for code, part in parts.items()}, indicator.unit)


def measures_alike(one: Indicator, other: Indicator) -> bool:
    """Tell whether two indicators are about the same places and periods, so that their values can be put together."""
    return (one.period_kind, one.places_key) == (other.period_kind, other.places_key)
