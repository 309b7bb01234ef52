"""The filtered list as files to take away: CSV for spreadsheets, GeoJSON for maps; licence inside."""

import csv
import io
import json
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.utils.encoders import JSONEncoder

from projects.models import Project
from projects.serializers import ProjectSerializer

LICENCE = "CC-BY-4.0"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"
UTF8_BOM = "\ufeff"
"""Without it a Chinese spreadsheet reads the file as GBK."""
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def as_csv(request: HttpRequest, projects: Iterable[Project]) -> HttpResponse:
    """Return a table with one row per project; lines and areas are given by a point on them."""
    out = io.StringIO()
    out.write(UTF8_BOM)
    writer = csv.writer(out)
    rows = [_row(request, project) for project in projects]
    writer.writerow(_row_titles())
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return _file(out.getvalue(), "text/csv; charset=utf-8", "projects.csv")


def as_geojson(request: HttpRequest, projects: Iterable[Project]) -> HttpResponse:
    """Return a FeatureCollection as the API gives it, with the licence as a foreign member."""
    collection = ProjectSerializer(projects, many=True, context={"request": request}).data
    collection = {"type": "FeatureCollection", "license": LICENCE_URL, "features": collection["features"]}
    text = json.dumps(collection, cls=JSONEncoder, ensure_ascii=False)
    return _file(text, "application/geo+json", "projects.geojson")


def _row_titles() -> list[str]:
    return [
        _("编号"), _("名称"), _("年度"), _("类别"), _("阶段"), _("亮灯"), _("进度(%)"), _("镇街"), _("地址"),
        _("牵头单位"), _("目标任务"), _("计划投资(万元)"), _("完成投资(万元)"), _("计划开工"), _("计划完成"),
        _("经度(WGS 84)"), _("纬度(WGS 84)"), _("位置为示意"), _("网页"), _("许可"),
    ]  # fmt: skip


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


def _plain(cell: Any) -> Any:
    """Keep a spreadsheet from taking words that start with = or @ for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell


def _file(text: str, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Link"] = f'<{LICENCE_URL}>; rel="license"'
    return response
