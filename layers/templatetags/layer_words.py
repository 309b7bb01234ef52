"""Technical words of layers in the reader's language."""

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()

GEOMETRIES: dict[str, Promise] = {"MultiPoint": _("点"), "MultiLineString": _("线"), "MultiPolygon": _("面")}
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
