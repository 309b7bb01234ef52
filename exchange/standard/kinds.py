"""The kinds of records with their fields. Page, JSON Schemas and the check of what comes in are made from these.

A change that older readers cannot take makes a new `VERSION`; earlier ones are read as long as `READABLE` names them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from exchange.standard import ids
from exchange.standard.codes import LISTS
from exchange.standard.shapes import BORDER, SHAPE, corners

VERSION = "1.0"
READABLE = ("1.0",)
TIME = r"[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9](\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"


@dataclass(frozen=True, slots=True)
class Field:
    """A field: what it is called, what it may hold (JSON Schema without the code list), whether it must be there."""

    name: str
    title: Any
    holds: dict[str, Any]
    needed: bool = False
    codes: str = ""

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the field."""
        shape = {"enum": LISTS[self.codes].codes} if self.codes else self.holds
        return {"title": str(self.title), **shape}

    def words(self, value: Any) -> str:
        """Say a value: the words of its code, names in a row, yes or no, a day as it is written."""
        if self.codes:
            return str(dict(LISTS[self.codes].entries).get(value, value))
        if isinstance(value, list):
            return gettext("、").join(each if isinstance(each, str) else each["name"] for each in value)
        if self.holds in (BORDER, SHAPE):
            return gettext("WGS 84，%d 个拐点") % corners(value)
        if isinstance(value, bool):
            return gettext("是") if value else gettext("否")
        if self.holds in (DAY, MOMENT):
            return _written(value, _day if self.holds == DAY else _moment)
        return str(value)


def _written(value: Any, say: Callable[[Any], str]) -> str:
    """Another platform wrote it: what is on no calendar stays as it came."""
    try:
        return say(value)
    except (ValueError, OverflowError):
        return str(value)


def _day(value: str) -> str:
    return date_format(date.fromisoformat(value))


def _moment(value: str) -> str:
    return date_format(timezone.localtime(datetime.fromisoformat(value)), "DATETIME_FORMAT")


def text(most: int, least: int = 0) -> dict[str, Any]:
    return {"type": "string", "minLength": least, "maxLength": most}


def whole(most: int, least: int = 0) -> dict[str, Any]:
    return {"type": "integer", "minimum": least, "maximum": most}


def link(*kinds: str) -> dict[str, Any]:
    """Return the shape of an identifier of one of these kinds."""
    return {"type": "string", "maxLength": ids.MOST, "pattern": rf"^{ids.ORIGIN}/({'|'.join(kinds)})/{ids.KEY}$"}


DAY = {"type": "string", "format": "date", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
MOMENT = {"type": "string", "maxLength": 40, "pattern": rf"^{TIME}$"}
LNG = {"type": "number", "minimum": -180, "maximum": 180}
LAT = {"type": "number", "minimum": -90, "maximum": 90}
NUMBER = {"type": "string", "maxLength": 30, "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}
MOST_NAMES, MOST_FILES = 200, 50
"""Of one record."""
MOST_PARTS = 6_000
"""Entries of a package."""
NAMES = {"type": "array", "maxItems": MOST_NAMES, "items": text(80, 1)}
FILES = {
    "type": "array",
    "maxItems": MOST_FILES,
    "items": {
        "type": "object",
        "additionalProperties": False,
        "required": ["name", "sha256", "bytes"],
        "properties": {
            "name": text(120, 1) | {"pattern": r"^[^\u0000-\u001f\u007f/\\]+$"},
            "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "bytes": whole(64 * 1024**2),
        },
    },
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of records, one a line of ``records/<slug>.jsonl``."""

    slug: str
    title: Any
    about: Any
    fields: tuple[Field, ...]
    shown_by: tuple[str, ...] = ("name",)
    """The fields whose words are a record's name."""

    def labels(self) -> dict[str, Any]:
        return {each.name: each.title for each in self.all_fields}

    @property
    def all_fields(self) -> tuple[Field, ...]:
        return (Field("id", _("标识"), link(self.slug), needed=True), *self.fields)

    def schema(self, base: str = "") -> dict[str, Any]:
        """Return the JSON Schema (2020-12) of a record; `base` is the address under which it is published."""
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": f"{base}{self.slug}.schema.json",
            "title": str(self.title),
            "description": str(self.about),
            "type": "object",
            "additionalProperties": False,
            "required": [each.name for each in self.all_fields if each.needed],
            "properties": {each.name: each.schema() for each in self.all_fields},
        }

    def name_of(self, data: dict[str, Any]) -> str:
        """Return what a record is called."""
        shown = [
            one.words(data[one.name]) for one in self.all_fields if one.name in self.shown_by and data.get(one.name)
        ]
        return " ".join(shown).strip() or str(data.get("id", ""))


def coded(name: str, title: Any, codes: str, *, needed: bool = True) -> Field:
    return Field(name, title, {}, needed, codes)


KINDS = {
    kind.slug: kind
    for kind in (
        Kind("areas", _("行政区划"), _("省、市、区县、镇街、村社，上级用标识指明。"), (
            Field("code", _("区划代码"), text(12, 1), needed=True),
            Field("name", _("名称"), text(80, 1), needed=True),
            coded("level", _("层级"), "area-levels"),
            Field("parent", _("上级"), link("areas")),
            Field("lng", _("经度"), LNG), Field("lat", _("纬度"), LAT), Field("border", _("边界"), BORDER),
        )),
        Kind("deputies", pgettext_lazy("exchange", "人大代表"), _(
            "谁在哪个人大任职，从哪天到哪天；没有电话和住址。代表证号只在含内部内容的数据包里。"
        ), (
            Field("code", _("代表证号"), text(30, 1)),
            Field("name", _("姓名"), text(40, 1), needed=True),
            coded("level", _("人大层级"), "congress-levels"),
            Field("area", _("区域"), link("areas")),
            Field("term", _("届次"), whole(999), needed=True),
            Field("constituency", _("选区或选举单位"), text(60)),
            Field("starts_on", _("开始"), DAY, needed=True), Field("ends_on", _("结束"), DAY),
        )),
        Kind("papers", _("议案和代表建议"), _("提交以后的议案和建议；草稿不交换。"), (
            Field("number", _("编号"), text(30, 1), needed=True),
            coded("kind", pgettext_lazy("paper", "种类"), "paper-kinds"),
            Field("title", _("题目"), text(120, 1), needed=True),
            Field("facts", _("案由或情况"), text(8000), needed=True),
            Field("analysis", _("案据或分析"), text(8000)), Field("request", _("方案或意见"), text(8000)),
            coded("state", _("状态"), "paper-states"),
            Field("congress", _("人大"), text(120, 1), needed=True),
            Field("deputies", _("提出的代表，领衔在前"), NAMES),
            Field("departments", _("承办单位"), NAMES),
            Field("submitted_at", _("提交时间"), MOMENT),
            Field("is_public", _("公开"), {"type": "boolean"}, needed=True),
            Field("files", _("附件"), FILES),
        ), ("number", "title")),
        Kind("answers", pgettext_lazy("exchange", "答复"), _(
            "对议案和建议的答复，包括对另一个平台的议案建议的答复。"
        ), (
            Field("paper", _("所答复的议案建议"), link("papers"), needed=True),
            Field("number", _("文号"), text(60)),
            Field("department", _("答复单位"), text(80, 1), needed=True),
            Field("text", _("答复内容"), text(20000, 1), needed=True),
            coded("result", _("办理结果"), "results", needed=False),
            Field("signer", _("签发人"), text(60)),
            Field("signed_on", _("签发日期"), DAY, needed=True),
            Field("files", _("盖章的文档"), FILES),
        ), ("number", "department")),
        Kind("receptions", _("接待日"), _("联络站的接待日和人数；没有选民的姓名、电话和所谈内容。"), (
            Field("station", _("联络站"), text(80, 1), needed=True),
            coded("kind", _("类型"), "reception-kinds"), coded("state", _("状态"), "reception-states"),
            Field("starts_at", _("开始"), MOMENT, needed=True), Field("ends_at", _("结束"), MOMENT, needed=True),
            Field("deputies", _("接待代表"), NAMES),
            Field("visitors", _("接待选民（人）"), whole(1_000_000), needed=True),
            Field("matters", _("收到事项（件）"), whole(1_000_000), needed=True),
        ), ("station", "starts_at")),
        Kind("duty", _("履职记录"), _("已确认、未撤销的履职记录，只在含内部内容的数据包里。"), (
            Field("deputy", _("代表"), text(40, 1), needed=True),
            Field("deputy_code", _("代表码"), text(20, 1), needed=True),
            coded("kind", _("类别"), "duty-kinds"),
            Field("on", _("日期"), DAY, needed=True), Field("title", _("事由"), text(120), needed=True),
        ), ("deputy", "title")),
        Kind("indicators", _("指标数据"), _("一个指标在一个区域、一个期间的数值；数值写成十进制文本，不丢位数。"), (
            Field("code", _("代码"), text(40, 1), needed=True), Field("title", _("名称"), text(60, 1), needed=True),
            Field("unit", _("单位"), text(20)), coded("period_kind", _("周期"), "period-kinds"),
            Field("area", _("区域"), link("areas"), needed=True), Field("period", _("期间"), DAY, needed=True),
            Field("value", _("数值"), NUMBER), Field("plan", _("计划"), NUMBER),
            Field("whole", _("分母"), whole(2_147_483_647)),
        ), ("title", "period")),
        Kind("points", _("监测点位"), _("水质断面和小微水体，现状类别按最近有数据的月份。"), (
            Field("code", _("编码"), text(30, 1), needed=True), Field("name", _("名称"), text(80, 1), needed=True),
            coded("kind", pgettext_lazy("exchange", "点位类型"), "point-kinds"),
            Field("river", _("所在河流"), text(80)), Field("area", _("区域"), link("areas"), needed=True),
            Field("lng", _("经度"), LNG, needed=True), Field("lat", _("纬度"), LAT, needed=True),
            coded("target_class", _("目标类别"), "water-classes"),
            coded("current_class", _("现状类别"), "water-classes"),
            Field("current_month", _("现状月份"), DAY), coded("state", _("治理状态"), "point-states"),
        ), ("code", "name")),
        Kind("projects", _("民生实事项目"), _(
            "项目的阶段、进度、投资和位置；还没有交付票决的候选项目只在含内部内容的数据包里。"
        ), (
            Field("code", _("编号"), text(30, 1), needed=True), Field("name", _("名称"), text(120, 1), needed=True),
            Field("year", _("年度"), whole(9999), needed=True), coded("category", _("类别"), "project-categories"),
            coded("stage", _("阶段"), "project-stages"), coded("light", _("亮灯"), "project-lights"),
            Field("progress", _("进度（%）"), whole(100), needed=True),
            Field("goal", _("目标任务"), text(200)), Field("summary", _("内容"), text(8000)),
            Field("lead", _("牵头单位"), text(80, 1), needed=True), Field("partners", _("责任单位"), NAMES),
            Field("area", _("区域"), link("areas"), needed=True), Field("address", _("地址"), text(120)),
            Field("lng", _("经度"), LNG, needed=True), Field("lat", _("纬度"), LAT, needed=True),
            Field("shape", _("位置图形"), SHAPE),
            Field("is_schematic", _("示意"), {"type": "boolean"}, needed=True),
            Field("budget_wan", _("计划投资（万元）"), NUMBER), Field("spent_wan", _("完成投资（万元）"), NUMBER),
            Field("starts_on", _("计划开工"), DAY, needed=True), Field("ends_on", _("计划完成"), DAY, needed=True),
        ), ("code", "name")),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Container:
    """The JSON Schema of ``manifest.json``."""

    slug: str
    title: Any

    def schema(self, base: str = "") -> dict[str, Any]:
        """Return the schema; parts name every other file of the package."""
        part = {
            "type": "object",
            "additionalProperties": False,
            "required": ["path", "sha256", "bytes"],
            "properties": {
                "path": {
                    "type": "string",
                    "pattern": rf"^(records/({'|'.join(KINDS)})\.jsonl|files/[0-9a-f]{{64}})$",
                },
                "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
                "bytes": whole(1024**3),
            },
        }
        fields = {
            "format": {"const": "exchange-package"},
            "version": text(10, 1),
            "origin": {"type": "string", "pattern": f"^{ids.ORIGIN}$"},
            "site": text(300),
            "to": {"type": "string", "pattern": f"^({ids.ORIGIN})?$"},
            "made_at": MOMENT,
            "parts": {"type": "array", "maxItems": MOST_PARTS, "items": part},
        }
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": f"{base}{self.slug}.schema.json",
            "title": str(self.title),
            "type": "object",
            "additionalProperties": False,
            "required": list(fields),
            "properties": fields,
        }


MANIFEST = Container("manifest", _("清单"))
