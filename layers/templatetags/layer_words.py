"""Technical words of layers in the reader's language."""

from django import template
from django.template.defaultfilters import floatformat
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

register = template.Library()

GEOMETRIES: dict[str, Promise] = {
    "MultiPoint": _("点"),
    "MultiLineString": _("线"),
    "MultiPolygon": _("面"),
    "Raster": _("栅格"),
}
KINDS: dict[str, Promise] = {
    "text": _("文字"),
    "boolean": _("是否"),
    "integer": _("整数"),
    "bigint": _("整数"),
    "double": _("小数"),
    "date": _("日期"),
    "datetime": _("日期时间"),
}
FOUND_IN: dict[str, Promise] = {
    "option": _("您指定的"),
    "cpg": _("来自 .cpg"),
    "ldid": _("来自 DBF 文件头"),
    "utf-8": _("按内容判断"),
    "gb18030": _("按内容判断"),
    "bom": _("来自文件开头的标记"),
    "fallback": _("无法判断，暂定"),
    "format": _("格式规定"),
    "prj": _("来自 .prj"),
    "file": _("来自文件"),
    "columns": _("来自列名"),
    "assumed": _("按数值假定"),
}


@register.filter
def geometry_name(value: str) -> Promise | str:
    return GEOMETRIES.get(value, value)


@register.filter
def kind_name(value: str) -> Promise | str:
    return KINDS.get(value, value)


@register.filter
def found_in(value: str) -> Promise | str:
    """From what an encoding or a CRS was told."""
    return FOUND_IN.get(value, value)


@register.filter
def length_words(metres: float) -> str:
    """A length in metres, or in kilometres where that reads better."""
    if metres >= 10_000:
        return gettext("%s 千米") % floatformat(metres / 1000, "2g")
    return gettext("%s 米") % floatformat(metres, "1g")


@register.filter
def area_words(square_metres: float) -> str:
    """An area in square metres with hectares, or in square kilometres where that reads better."""
    if square_metres >= 1e6:
        return gettext("%s 平方千米") % floatformat(square_metres / 1e6, "3g")
    if square_metres >= 1e4:
        hectares = floatformat(square_metres / 1e4, "2g")
        return gettext("%(metres)s 平方米（%(hectares)s 公顷）") % {
            "metres": floatformat(square_metres, "0g"),
            "hectares": hectares,
        }
    return gettext("%s 平方米") % floatformat(square_metres, "1g")
