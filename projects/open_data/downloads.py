"""The filtered list as files to take away: CSV for spreadsheets, GeoJSON for maps; licence inside."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.utils.encoders import JSONEncoder

from projects.open_data import conditional_get
from projects.open_data.serializers import ProjectSerializer
from projects.plan.models import Project
from projects.plan.stage_table import STAGES
from ui.downloads import csv_text, file_response

LICENCE = "CC-BY-4.0"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"


def as_csv(request: HttpRequest, projects: Iterable[Project]) -> HttpResponse:
    """Return a table with one row per project (RFC 4180); lines and areas are given by a point on them."""
    rows = [[column.title for column in fields()], *(_row(request, project) for project in projects)]
    return _file(request, csv_text(rows), "text/csv; charset=utf-8; header=present", "projects.csv")


def as_geojson(request: HttpRequest, projects: Iterable[Project]) -> HttpResponse:
    """Return a FeatureCollection as the API gives it, with the licence as a foreign member."""
    collection = ProjectSerializer(projects, many=True, context={"request": request}).data
    collection = {"type": "FeatureCollection", "license": LICENCE_URL, "features": collection["features"]}
    text = json.dumps(collection, cls=JSONEncoder, ensure_ascii=False)
    return _file(request, text, "application/geo+json", "projects.geojson")


@dataclass(frozen=True)
class Column:
    """One column of the CSV, what the GeoJSON calls it, and what it means."""

    title: str
    name: str
    meaning: str


def fields() -> list[Column]:
    """Describe what the files hold, in the order of the CSV."""
    lights = "、".join(f"{value}={label}" for value, label in Project.Light.choices)
    stages = "、".join(f"{value}={label}" for value, label in STAGES.choices("public"))
    return [
        Column(_("编号"), "code", _("项目编号，全站唯一，不会改变")),
        Column(_("名称"), "name", _("项目名称")),
        Column(_("年度"), "year", _("票决的年度")),
        Column(_("类别"), "category", _("类别；GeoJSON 里是英文代码")),
        Column(_("阶段"), "status", _("阶段；GeoJSON 里是英文代码：%(codes)s") % {"codes": stages}),
        Column(_("亮灯"), "light", _("由节点计划自动计算；GeoJSON 里是英文代码：%(codes)s") % {"codes": lights}),
        Column(_("进度（%）"), "progress", _("已完成节点的权重之和，0 到 100")),
        Column(_("镇街"), "area", _("所在镇街；GeoJSON 另有 area_code")),
        Column(_("地址"), "address", _("地址")),
        Column(_("牵头单位"), "lead", _("牵头单位；GeoJSON 另有 lead_code")),
        Column(_("目标任务"), "goal", _("要达到的目标")),
        Column(_("计划投资（万元）"), "budget_wan", _("单位为万元人民币")),
        Column(_("完成投资（万元）"), "spent_wan", _("单位为万元人民币，累计")),
        Column(_("计划开工"), "starts_on", _("日期，ISO 8601")),
        Column(_("计划完成"), "ends_on", _("日期，ISO 8601")),
        Column(_("经度（WGS 84）"), "geometry", _("CSV 里是一个点，多处或线、面取其上一点；GeoJSON 里是全部形状")),
        Column(_("纬度（WGS 84）"), "geometry", _("同上；不是火星坐标（GCJ-02）")),
        Column(_("位置为示意"), "is_schematic", _("是：位置只供示意")),
        Column(_("网页"), "page", _("项目页面的地址")),
        Column(_("许可"), "license", _("GeoJSON 里写在 FeatureCollection 上")),
    ]


def _row(request: HttpRequest, project: Project) -> list[Any]:
    marker = project.marker
    page = request.build_absolute_uri(reverse("projects:detail", args=[project.code]))
    return [
        project.code, project.name, project.year, project.get_category_display(), project.get_status_display(),
        project.get_light_display(), project.progress, project.area.name, project.address, project.lead.name,
        project.goal, project.budget_wan, project.spent_wan, project.starts_on.isoformat(),
        project.ends_on.isoformat(), f"{marker.x:.6f}", f"{marker.y:.6f}",
        _("是") if project.is_schematic else _("否"), page, LICENCE,
    ]  # fmt: skip


def _file(request: HttpRequest, text: str, content_type: str, name: str) -> HttpResponse:
    response = file_response(text.encode(), name, content_type=content_type)
    response["Link"] = f'<{LICENCE_URL}>; rel="license"'
    return conditional_get.conditional_response(request, response)
