"""Technical words of layers in the reader's language."""

from django import template
from django.template.defaultfilters import floatformat
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from layers.importing.source import KIND_NAMES

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
    "utf-16": _("按内容判断"),
    "bom": _("来自文件开头的标记"),
    "fallback": _("无法判断，暂定"),
    "format": _("格式规定"),
    "prj": _("来自 .prj"),
    "file": _("来自文件"),
    "columns": _("来自列名"),
    "assumed": _("按数值假定"),
}
DATUMS: dict[str, Promise] = {"wgs84": _("没有偏移"), "gcj02": _("GCJ-02（已换算）"), "bd09": _("BD-09（已换算）")}
CHANGES: dict[str, Promise] = {"new": _("新增"), "changed": _("有变化"), "missing": _("文件里没有")}
CHANGE_BADGES = {"new": "badge--ok", "changed": "badge--warn", "missing": "badge--bad"}
MOVED_BY: dict[str, Promise] = {
    "geodesic": _("大地线"),
    "hausdorff": _("豪斯多夫距离"),
    "centroid": _("重心之间"),
}
ROW_CODES: dict[str, Promise] = {
    "geometry-missing": _("没有图形"),
    "geometry-empty": _("图形为空"),
    "geometry-invalid": _("图形无效"),
    "geometry-repaired": _("图形已修复"),
    "geometry-unrepairable": _("图形无法修复"),
    "geometry-type-differs": _("图形类型不同"),
    "geometry-unsupported": _("图形不支持"),
    "area-changed": _("修复后面积变化"),
    "coordinates-impossible": _("坐标不可能"),
    "value-invalid": _("值与类型不符"),
    "text-undecodable": _("文字无法解读"),
    "row-unreadable": _("行无法读出"),
    "key-missing": _("主键为空"),
    "key-duplicate": _("主键重复"),
    "coordinate-invalid": _("坐标不是数"),
    "csv-extra-columns": _("格子比表头多"),
    "curve-straightened": _("弧线改为折线"),
    "value-rounded": _("数字位数过多"),
    "parts-left-out": _("只留下同类部分"),
    "srid-differs": _("坐标系编号与别的行不同"),
    "join-unmatched": _("没有对应的图形"),
    "join-ambiguous": _("对应不止一个图形"),
    "join-empty": _("对应的列为空"),
}


@register.filter
def geometry_name(value: str) -> Promise | str:
    return GEOMETRIES.get(value, value)


@register.filter
def kind_of_geometry(value: str) -> Promise | str:
    """What people call `point`, `line`, `polygon`."""
    return KIND_NAMES.get(value, value)


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


@register.filter
def datum_name(value: str) -> Promise | str:
    return DATUMS.get(value, value)


@register.filter
def code_name(value: str) -> Promise | str:
    """What a row's code means, in a few words."""
    return ROW_CODES.get(value, value)


@register.filter
def change_name(value: str) -> Promise | str:
    return CHANGES.get(value, value)


@register.filter
def change_badge(value: str) -> str:
    return CHANGE_BADGES.get(value, "")


@register.filter
def moved_by(value: str) -> Promise | str:
    """How a distance was measured."""
    return MOVED_BY.get(value, value)


@register.filter
def shown(value: object) -> Promise | object:
    """A value of a field; an empty one says so."""
    return _("（空）") if value is None or value == "" else value


@register.filter
def box(value: tuple[float, ...]) -> str:
    """West, south, east, north for the map, whatever the page's language writes numbers like."""
    return ",".join(f"{number:.7f}" for number in value)
