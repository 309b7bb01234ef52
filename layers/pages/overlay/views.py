"""Pages of the overlay tools: ask, watch, read the answer, save it as a layer."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import Asker
from geokit.refusal import Refusal
from layers.importing.options import slug_from
from layers.overlay import results, runs, saving
from layers.overlay.models import OverlayRun
from layers.overlay.parameters import Parameters
from layers.overlay.permissions import overlays_seen_by
from layers.pages.overlay.forms import OverlayForm, SaveForm
from layers.pages.polling import fetch_panel
from layers.permissions import require_layer_editor
from layers.storage.models import Layer
from ui.downloads import csv_stream
from ui.forms.refusable import render_form
from ui.pagination import page_of

State, Tool = OverlayRun.State, OverlayRun.Tool
PAGE_SIZE = 50
RECENT = 10
PHASES = {"measuring": gettext_lazy("正在计算"), "writing": gettext_lazy("正在整理结果")}
EXPLAINED = {
    Tool.WITHIN: gettext_lazy("哪些要素落在河段管理范围、镇街或另一图层附近多少米以内。"),
    Tool.SUMMARY: gettext_lazy("按镇街、村社或另一图层统计要素的数量、长度和面积。"),
    Tool.ZONAL: gettext_lazy("按镇街、村社或另一图层统计栅格（如高程）的平均、最大、最小和占比。"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@require_layer_editor
def ask(request: HttpRequest) -> HttpResponse:
    """Choose a tool and what it is to be asked; the answer is computed in the background."""
    given = request.POST if request.method == "POST" else request.GET
    tool = given.get("tool", Tool.WITHIN)
    if tool not in Tool.values:
        raise Http404
    data = request.POST if request.method == "POST" else None
    form = OverlayForm(tool, request.user, data, initial=request.GET.dict())
    if data is not None and form.is_valid() and (run := _start(request, tool, form)):
        return redirect("layers:overlay_run", pk=run.pk)
    tools = [{"key": key, "label": Tool(key).label, "words": words} for key, words in EXPLAINED.items()]
    recent = overlays_seen_by(request.user).select_related("created_by", "version__layer")[:RECENT]
    context = {"tool": tool, "tools": tools, "words": EXPLAINED[Tool(tool)], "form": form, "runs": recent}
    return render_form(request, "layers/overlay/ask.html", context)


def _start(request: HttpRequest, tool: str, form: OverlayForm) -> OverlayRun | None:
    try:
        return runs.start(tool, Parameters.parse(form.cleaned_data), request.user)
    except Refusal as refusal:
        form.show(refusal)
        return None


def _run_or_404(user: Asker, pk: int) -> OverlayRun:
    return get_object_or_404(overlays_seen_by(user).select_related("version__layer", "created_by"), pk=pk)


@require_safe
@require_layer_editor
def run_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a run stands, or its answer with chart, map and table."""
    run = _run_or_404(request.user, pk)
    return render(request, "layers/overlay/run.html", _run_context(request, run, SaveForm(initial=_proposal(run))))


def _proposal(run: OverlayRun) -> dict[str, str]:
    title = f"{run.get_tool_display()} {run.pk}"
    return {"slug": slug_from(f"{run.tool}_{run.parameters.get('layer', '')}_{run.pk}"), "title": title}


def _run_context(request: HttpRequest, run: OverlayRun, form: SaveForm) -> dict[str, Any]:
    context: dict[str, Any] = {"run": run, "progress": _progress(run), "form": form}
    if run.state == State.DONE and run.table_name:
        page = page_of(request, results.rows(run).defer("geom").order_by("pk"), PAGE_SIZE)
        bbox = run.result.get("bbox")
        context |= {
            "page": page,
            "columns": results.columns(run),
            "rows": [(row.pk, results.cells(run, row)) for row in page],
            "chart": results.bars(run),
            "classes": results.classes(run),
            "inputs": run.result.get("inputs", []),
            "bbox": ",".join(f"{value:.6f}" for value in bbox) if bbox else "",
            "secret": any(item.get("visibility") != Layer.Visibility.PUBLIC for item in run.result.get("inputs", [])),
        }
    return context


def _progress(run: OverlayRun) -> dict[str, Any]:
    percent = min(100, 100 * run.done // run.total) if run.total else None
    return {"phase": PHASES.get(run.phase, run.get_state_display()), "percent": percent}


@require_safe
@require_layer_editor
def run_status(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the page that polls; when the run stops the whole panel is fetched again."""
    run = _run_or_404(request.user, pk)
    answer = render(request, "layers/overlay/_progress.html", {"run": run, "progress": _progress(run)})
    if not run.is_running:
        fetch_panel(answer, "layers:overlay_run", pk)
    return answer


@require_POST
@require_layer_editor
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    runs.cancel(_run_or_404(request.user, pk))
    messages.info(request, _("已取消计算。"))
    return redirect("layers:overlay_run", pk=pk)


@require_POST
@require_layer_editor
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the answer a layer, internal until somebody publishes it."""
    run = _run_or_404(request.user, pk)
    form = SaveForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            version = saving.save_as_layer(run, given["slug"], given["title"], request.user, given["mode"])
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已保存为图层，现在只有登录的人能看到；可以在图层页公开或撤销。"))
            return redirect("layers:detail", slug=version.layer.slug)
    return render_form(request, "layers/overlay/run.html", _run_context(request, run, form))


@require_safe
@require_layer_editor
def result_geojson(request: HttpRequest, pk: int) -> JsonResponse:
    """The answer's first features, for the map."""
    body = results.geojson(runs.must_have_answer(_run_or_404(request.user, pk)))
    return JsonResponse(body, content_type="application/geo+json")


@require_safe
@require_layer_editor
def result_csv(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The whole answer as CSV."""
    run = runs.must_have_answer(_run_or_404(request.user, pk))
    return csv_stream(results.table_rows(run), f"overlay-{run.tool}-{run.pk}.csv")
