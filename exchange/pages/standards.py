"""The data standards (数据标准): a page, the JSON Schemas and the code lists, all made from `exchange.standard`."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from exchange.standard.codes import LISTS
from exchange.standard.kinds import KINDS, MANIFEST, VERSION, Field
from exchange.standard.shapes import FORMAT

JSON = {"ensure_ascii": False, "indent": 1}


@require_safe
def standards(request: HttpRequest) -> HttpResponse:
    """Show every kind of records with its fields, and every code list."""
    kinds = [
        (kind, [(each, _holds(each), LISTS.get(each.codes)) for each in kind.all_fields]) for kind in KINDS.values()
    ]
    context = {"kinds": kinds, "lists": LISTS.values(), "version": VERSION}
    return render(request, "exchange/standards.html", context)


def _holds(field: Field) -> str:
    """Say in words what a field may hold."""
    shape = field.holds
    if field.codes:
        return _("代码")
    if shape.get("format") == "date":
        return _("日期 YYYY-MM-DD")
    if shape.get("format") == FORMAT:
        return _("图形（WKT，WGS 84，经度在前）")
    if "pattern" in shape:
        said = {"T[": _("时间，带时区（ISO 8601）"), "/(": _("标识"), "^-?": _("十进制数，写成文本")}
        return next((words for sign, words in said.items() if sign in shape["pattern"]), _("文本"))
    if shape["type"] == "string":
        return _("文本，最多 %d 字") % shape["maxLength"]
    return {"integer": _("整数"), "number": _("小数"), "boolean": _("是或否"), "array": _("列表")}[shape["type"]]


@require_safe
def schema(request: HttpRequest, version: str, slug: str) -> HttpResponse:
    """Publish one JSON Schema."""
    found: Any = MANIFEST if slug == MANIFEST.slug else KINDS.get(slug)
    if found is None or version != VERSION:
        raise Http404
    here = request.build_absolute_uri(reverse("exchange:standards"))
    return _published(found.schema(f"{here}{VERSION}/"), "application/schema+json")


@require_safe
def code_lists(request: HttpRequest, version: str) -> HttpResponse:
    """Publish every code list."""
    if version != VERSION:
        raise Http404
    lists = {
        each.slug: {
            "title": str(each.title),
            "codes": [{"code": code, "name": str(words)} for code, words in each.entries],
        }
        for each in LISTS.values()
    }
    return _published({"version": VERSION, "lists": lists}, "application/json")


def _published(document: dict[str, Any], kind: str) -> HttpResponse:
    answer = JsonResponse(document, json_dumps_params=JSON, content_type=kind)
    answer["Access-Control-Allow-Origin"] = "*"
    return answer
