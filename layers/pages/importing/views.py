"""Pages of an import: upload, history, preview, confirmation, progress."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from geokit.crs import search as crs_search
from geokit.formats import table as formats
from geokit.refusal import Refusal
from layers.importing import jobs
from layers.importing.inspection import row_issues, work_tables
from layers.importing.joining import TABLES
from layers.importing.memory import remembered
from layers.importing.models import ImportJob
from layers.importing.permissions import jobs_visible_to, require_target
from layers.importing.source_tree import source_leaves
from layers.importing.states import TABLE, State
from layers.importing.troubleshooting import ANSWERED_BY, advice_for
from layers.importing.uploads import ACCEPT, receive_uploads
from layers.pages.importing.crs_candidates import candidates_with_locations, found_with_locations, is_far_off
from layers.pages.importing.forms import READING_FIELDS, ImportForm, reading_changed, said_options
from layers.pages.importing.progress import progress_of
from layers.pages.polling import fetch_panel
from layers.permissions import layers_managed_by, require_layer_keeper
from layers.storage.models import Layer
from layers.storage.rows import is_drawn_later
from ui.forms.refusable import render_form, whole_number
from ui.pagination import page_of
from ui.refusals import add_to_form, problem_json, refusal_body, status_of

HISTORY_PAGE = 30
ROW_COUNTS = ("rows_read", "rows_loaded", "rows_repaired", "rows_rejected")
ABOUT_THE_TARGET = ("layer-exists", "layer-missing", "slug-invalid", "slug-reserved")
STATE_GROUPS = ("open", "running", "done", "failed", "cancelled")


@require_http_methods(["GET", "HEAD", "POST"])
@require_layer_keeper
def upload(request: HttpRequest) -> HttpResponse:
    """Choose files; they are kept, then inspected in the background. Scripts that ask for JSON get it."""
    refusal = None
    wants_json = request.get_preferred_type(["text/html", "application/json"]) == "application/json"
    if request.method == "POST":
        try:
            made = receive_uploads(request.FILES.getlist("file"), request.user, _options_for(request))
        except Refusal as error:
            refusal = error
        else:
            place = reverse("layers:import_job", args=[made[0].pk])
            place = place if len(made) == 1 else reverse("layers:import_history")
            return JsonResponse({"location": place}, status=201) if wants_json else redirect(place)
    if refusal and wants_json:
        return problem_json(refusal_body(refusal))
    context = {
        "refusal": refusal,
        "jobs": jobs_visible_to(request.user).filter(created_by_id=request.user.pk)[:8],
        "limit": settings.UPLOAD_MAX_BYTES,
        "limit_mb": settings.UPLOAD_MAX_BYTES // 1024**2,
        "accept": ACCEPT,
        "formats": formats.titles(),
        "layers": layers_managed_by(request.user).filter(current_version__isnull=False),
        "wanted": request.POST.get("layer") or request.GET.get("layer", ""),
    }
    return render(request, "layers/importing/upload.html", context, status=status_of(refusal) if refusal else 200)


def _options_for(request: HttpRequest) -> dict[str, Any]:
    """The choices remembered for the layer to update, and the language in which the worker is to say things."""
    slug, said = request.POST.get("layer", ""), {"language": get_language()}
    if not slug:
        return said
    return said | remembered(
        get_object_or_404(layers_managed_by(request.user), slug=slug, current_version__isnull=False)
    )


@require_safe
@require_layer_keeper
def history(request: HttpRequest) -> HttpResponse:
    """Every import, newest first, by state, person, layer and words."""
    state, who, words = (request.GET.get(name, "").strip()[:60] for name in ("state", "who", "q"))
    found = jobs_visible_to(request.user)
    if state in STATE_GROUPS:
        found = found.filter(state__in=TABLE.in_group(state))
    if who == "me":
        found = found.filter(created_by_id=request.user.pk)
    if words:
        found = found.filter(file_name__icontains=words) | found.filter(version__layer__title__icontains=words)
    page = page_of(request, found, HISTORY_PAGE)
    context = {
        "page": page,
        "is_running": any(job.is_running for job in page),
        "state": state,
        "who": who,
        "words": words,
        "states": [
            ("", _("全部")), ("open", _("等待确认")), ("running", _("正在进行")), ("done", _("已完成")),
            ("failed", _("未成功")), ("cancelled", _("已取消")),
        ],
    }  # fmt: skip
    return render(request, "layers/importing/history.html", context)


@require_safe
@require_layer_keeper
def crs_options(request: HttpRequest) -> HttpResponse:
    """CRSs that what is typed may mean, each with where it would put the file of the import (`job`)."""
    job = jobs_visible_to(request.user).filter(pk=whole_number(request.GET.get("job"))).first()
    bounds = job.preview.get("source_bounds") if job and job.preview else None
    found = found_with_locations(crs_search.search(request.GET.get("crs", "")), bounds)
    return render(request, "layers/importing/_crs_options.html", {"found": found})


@require_safe
@require_layer_keeper
def job_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Where one import stands: progress, preview with its form, or the result."""
    job = get_object_or_404(jobs_visible_to(request.user), pk=pk)
    form = ImportForm(job) if job.state in TABLE.sources("confirm") and job.preview else None
    return render(request, "layers/importing/job.html", _job_context(request, job, form))


def _job_context(request: HttpRequest, job: ImportJob, form: ImportForm | None) -> dict[str, Any]:
    preview = job.preview
    about_datum = ("transformation", "seven") if not preview.get("transformations") else ()
    names = [name for name in READING_FIELDS if name not in about_datum]
    names = [name for name in names if not preview.get("raster") or name == "crs"]
    if not _asks_for_columns(job):
        names = [name for name in names if not name.endswith("_column") and not name.startswith("join")]
    names = [name for name in names if name != "kind" or preview.get("kinds")]
    return {
        "job": job,
        "form": form,
        "preview": preview,
        "reading_fields": [form[name] for name in names] if form else [],
        "target_fields": [form[name] for name in ("mode", "slug", "title")] if form else [],
        "field_rows": form.field_rows() if form else [],
        "candidates": candidates_with_locations(preview),
        "shown_rows": _shown_rows(preview),
        "is_far_off": is_far_off(preview),
        "counts": _row_issue_counts(job),
        "existing": _existing(request, job),
        "progress": progress_of(job),
        "advice": advice_for(job.error_code),
        "answered_at": f"id_{ANSWERED_BY[job.error_code]}" if job.error_code in ANSWERED_BY else "reading-title",
        "leaves": source_leaves(preview),
        **_result(job),
        "slugs": layers_managed_by(request.user).values_list("slug", flat=True) if form else [],
    }


def _result(job: ImportJob) -> dict[str, Any]:
    """What came of the import: its layers by title, the rows of all of them, whether low zooms are still drawn."""
    if not job.version:
        return {}
    report = job.version.report
    parts = report.get("parts") or []
    titles = dict(Layer.objects.filter(slug__in=[part["slug"] for part in parts]).values_list("slug", "title"))
    return {
        "parts": [part | {"title": titles.get(part["slug"], part["slug"])} for part in parts],
        "rows": {name: sum(part[name] for part in parts) if parts else report.get(name, 0) for name in ROW_COUNTS},
        "low_zooms_wait": is_drawn_later(job.version),
    }


def _shown_rows(preview: dict[str, Any]) -> int:
    """How many rows the map shows as shapes; dots stand for the rest."""
    drawn = (preview.get("geojson") or {}).get("features", [])
    return sum(1 for each in drawn if each["properties"].get("kind") != "place")


def _asks_for_columns(job: ImportJob) -> bool:
    """Whether the source is a table whose places lie in columns of it, or are to be taken from elsewhere."""
    is_table = job.preview.get("source", {}).get("driver") in TABLES
    return is_table or job.error_code == "csv-no-coordinates" or bool(said_options(job).get("join"))


def _row_issue_counts(job: ImportJob) -> list[dict[str, Any]]:
    kept = job.preview.get("findings_total") and work_tables.exists(work_tables.table("findings", job.pk))
    return row_issues.counts(job.pk) if kept else []


def _existing(request: HttpRequest, job: ImportJob) -> Layer | None:
    """A layer that this file may be the next delivery of, while the import is still to make a new one."""
    if job.state not in TABLE.sources("confirm") or job.option("mode", "create") != "create":
        return None
    named = layers_managed_by(request.user).filter(current_version__isnull=False)
    by_slug = named.filter(slug=job.preview.get("slug") or job.option("slug", "")).first()
    return by_slug or named.filter(current_version__file_name=job.file_name).first()


@require_safe
@require_layer_keeper
def job_status(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the page that polls; when the job stops running the whole panel is fetched again."""
    job = get_object_or_404(jobs_visible_to(request.user), pk=pk)
    answer = render(request, "layers/importing/_progress.html", {"job": job, "progress": progress_of(job)})
    if not job.is_running:
        fetch_panel(answer, "layers:import_job", pk)
    return answer


@require_POST
@require_layer_keeper
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Load what the preview showed; with another way of reading, show the preview again first."""
    job = get_object_or_404(jobs_visible_to(request.user), pk=pk)
    if job.state not in TABLE.sources("confirm") or not job.preview:
        messages.info(request, _("这次导入已经在处理，或者已经结束。"))
        return redirect("layers:import_job", pk=pk)
    if (slug := request.POST.get("update")) is not None:
        return _update_instead(request, job, slug)
    given = request.POST.copy()
    if picked := given.get("pick_crs"):
        given["crs"], given["do"] = picked, "inspect"
    picks = _picks(job, given.getlist("pick"))
    if len(picks) == 1:
        given.update({"do": "inspect", **picks[0]})
    form = ImportForm(job, given)
    if not form.is_valid():
        return render_form(request, "layers/importing/job.html", _job_context(request, job, form))
    try:
        require_target(request.user, form.cleaned_data["mode"], form.cleaned_data["slug"])
    except Refusal as refusal:
        add_to_form(form, refusal, {})
        return render_form(request, "layers/importing/job.html", _job_context(request, job, form))
    if len(picks) > 1 and given.get("do") == "load":
        jobs.confirm(job, form.cleaned_data | {"language": get_language(), "picks": picks}, request.user)
        return redirect("layers:import_job", pk=pk)
    _proceed(request, job, form, given.get("do") == "inspect")
    return redirect("layers:import_job", pk=pk)


def _picks(job: ImportJob, chosen: list[str]) -> list[dict[str, str]]:
    """The ticked leaves of the preview's tree, which are named by their numbers."""
    leaves = source_leaves(job.preview)
    return [
        {"layer": leaves[int(n)]["layer"], "kind": leaves[int(n)]["kind"]}
        for n in dict.fromkeys(chosen)
        if _is_leaf(n, leaves)
    ]


def _is_leaf(number: str, leaves: list[dict[str, Any]]) -> bool:
    return number.isascii() and number.isdigit() and len(number) < 6 and int(number) < len(leaves)


def _update_instead(request: HttpRequest, job: ImportJob, slug: str) -> HttpResponse:
    """Take the file as the next delivery of a layer: look again with what is remembered of it."""
    layer = get_object_or_404(layers_managed_by(request.user), slug=slug, current_version__isnull=False)
    jobs.inspect_again(job, remembered(layer) | {"language": get_language()})
    messages.info(request, _("正在与图层“%s”现在的数据比较。") % layer.title)
    return redirect("layers:import_job", pk=job.pk)


def _proceed(request: HttpRequest, job: ImportJob, form: ImportForm, look_again: bool) -> None:
    options = form.cleaned_data | {"language": get_language()}
    if look_again or (reading_changed(job, options) and not job.preview.get("raster")):
        jobs.inspect_again(job, options)
        messages.info(request, _("读取方式已更改，正在重新检查，请再看一眼预览。"))
    elif job.error_code and job.error_code not in ABOUT_THE_TARGET and job.state == State.PREVIEWED:
        job.options = job.with_options(options)
        job.save(update_fields=["options"])
        messages.error(request, _("还有问题没有解决，请先按提示修改。"))
    elif _shift_unstated(job, options):
        messages.error(request, _("请先写明旧坐标系到 WGS 84 用哪一种基准转换。"))
    else:
        shown = job.preview.get("difference") or {}
        base = {"base_version": shown.get("against"), "base_edits": shown.get("against_edits", 0)}
        jobs.confirm(job, options | base, request.user)


def _shift_unstated(job: ImportJob, options: dict[str, Any]) -> bool:
    """Whether neither the file nor a person says how its old datum is to be turned into WGS 84."""
    used = job.preview.get("reading", {}).get("transformation") or {}
    return bool(job.preview.get("transformations")) and not options["transformation"] and not used.get("stated")


@require_POST
@require_layer_keeper
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(jobs_visible_to(request.user), pk=pk)
    if jobs.cancel(job):
        messages.info(request, _("已取消，没有改动任何数据。"))
        return redirect("layers:import_job", pk=pk)
    job.refresh_from_db()
    if job.state == State.DONE:
        messages.error(request, _("这次导入已经完成，不能取消；可以撤销这个版本。"))
    else:
        messages.info(request, _("这次导入已经在处理，或者已经结束。"))
    return redirect("layers:import_job", pk=pk)


@require_POST
@require_layer_keeper
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Inspect the kept file again, without another upload."""
    job = get_object_or_404(jobs_visible_to(request.user), pk=pk)
    if job.state not in TABLE.sources("inspect_again"):
        messages.info(request, _("这次导入已经在处理，或者已经结束。"))
    elif not jobs.options_of(job).path.is_file():
        messages.error(request, _("上传的文件已经清理，请重新上传。"))
    else:
        jobs.inspect_again(job, job.options)
    return redirect("layers:import_job", pk=pk)
