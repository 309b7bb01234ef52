"""Pages of an import: upload, preview, confirmation, progress."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import require_role
from geokit.refusal import Refusal
from layers import jobs
from layers.forms import ImportForm, reading_changed
from layers.models import ImportJob, Layer
from layers.permissions import EDITORS
from layers.uploads import ACCEPT, receive_upload

State = ImportJob.State
PHASES = {"reading": _("正在读取和检查"), "indexing": _("正在整理和建立索引")}


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(*EDITORS)
def upload(request: HttpRequest) -> HttpResponse:
    """Choose a file; it is kept, then inspected in the background."""
    refusal = None
    if request.method == "POST":
        try:
            job = receive_upload(request.FILES.getlist("file"), request.user)
            return redirect("layers:import_job", pk=job.pk)
        except Refusal as error:
            refusal = error
    recent = ImportJob.objects.filter(created_by_id=request.user.pk)[:8]
    limit = settings.UPLOAD_MAX_BYTES // 1024**2
    context = {"refusal": refusal, "jobs": recent, "limit_mb": limit, "accept": ACCEPT}
    return render(request, "layers/import.html", context, status=400 if refusal else 200)


@require_safe
@require_role(*EDITORS)
def job_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Where one import stands: progress, preview with its form, or the result."""
    job = get_object_or_404(ImportJob.objects.select_related("version__layer", "created_by"), pk=pk)
    form = ImportForm(job) if job.state in (State.PREVIEWED, State.FAILED) and job.preview else None
    return render(request, "layers/job.html", _job_context(job, form))


def _job_context(job: ImportJob, form: ImportForm | None) -> dict[str, Any]:
    preview = job.preview
    return {
        "job": job,
        "form": form,
        "preview": preview,
        "reading_fields": [form[name] for name in ("layer", "encoding", "crs", "datum", "invalid", "key")]
        if form
        else [],
        "target_fields": [form[name] for name in ("mode", "slug", "title")] if form else [],
        "progress": _progress(job),
        "slugs": Layer.objects.values_list("slug", flat=True) if form else [],
    }


def _progress(job: ImportJob) -> dict[str, Any]:
    """Rows, share, rate and time left, as far as they can be told."""
    done, total = job.rows_done, job.rows_total
    seconds = (timezone.now() - job.started).total_seconds() if job.started else 0
    rate = done / seconds if seconds > 1 else 0
    left = (total - done) / rate if rate and total and total > done else None
    return {
        "phase": PHASES.get(job.phase, job.get_state_display()),
        "done": done,
        "total": total,
        "percent": min(100, 100 * done // total) if total else None,
        "rate": round(rate) or None,
        "seconds_left": round(left) if left is not None else None,
    }


@require_safe
@require_role(*EDITORS)
def job_status(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the page that polls; when the job stops running the whole panel is fetched again."""
    job = get_object_or_404(ImportJob, pk=pk)
    answer = render(request, "layers/_progress.html", {"job": job, "progress": _progress(job)})
    if not job.is_running:
        address = reverse("layers:import_job", args=[pk])
        answer["HX-Location"] = f'{{"path":"{address}","target":"#panel-host","select":"#panel","swap":"innerHTML"}}'
    return answer


@require_safe
@require_role(*EDITORS)
def job_geojson(request: HttpRequest, pk: int) -> JsonResponse:
    """The first features of an upload, for the small map."""
    job = get_object_or_404(ImportJob, pk=pk)
    body = job.preview.get("geojson") or {"type": "FeatureCollection", "features": []}
    return JsonResponse(body, content_type="application/geo+json")


@require_POST
@require_role(*EDITORS)
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Load what the preview showed; with another way of reading, show the preview again first."""
    job = get_object_or_404(ImportJob, pk=pk)
    if job.state not in (State.PREVIEWED, State.FAILED) or not job.preview:
        messages.info(request, gettext("这次导入已经在处理，或者已经结束。"))
        return redirect("layers:import_job", pk=pk)
    given = request.POST.copy()
    if picked := given.get("pick_crs"):
        given["crs"], given["action"] = picked, "inspect"
    form = ImportForm(job, given)
    if not form.is_valid():
        return render(request, "layers/job.html", _job_context(job, form), status=400)
    options = form.cleaned_data
    if given.get("action") == "inspect" or reading_changed(job, options):
        jobs.inspect_again(job, options)
        messages.info(request, gettext("读取方式已更改，正在重新检查，请再看一眼预览。"))
    elif _still_open(job):
        job.options = options
        job.save(update_fields=["options"])
        messages.error(request, gettext("还有问题没有解决，请先按提示修改。"))
    else:
        jobs.confirm(job, options)
    return redirect("layers:import_job", pk=pk)


def _still_open(job: ImportJob) -> bool:
    """Whether inspection ended with a question that the options for reading must answer."""
    return bool(job.error_code) and job.error_code not in (
        "layer-exists",
        "layer-missing",
        "slug-invalid",
        "slug-reserved",
    )


@require_POST
@require_role(*EDITORS)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(ImportJob, pk=pk)
    jobs.cancel(job)
    messages.info(request, gettext("已取消，没有改动任何数据。"))
    return redirect("layers:import_job", pk=pk)
