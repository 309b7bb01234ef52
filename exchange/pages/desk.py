"""The desk of those who exchange: partners, packages, records of others, our answers."""

from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import require_district_staff
from exchange.pages.forms import PackageForm, PartnerForm, ReplyForm
from exchange.receiving.services import Answer, take
from exchange.receiving.services import undo as take_back
from exchange.register import services
from exchange.register.models import ForeignFile, ForeignRecord, Partner
from exchange.register.permissions import partners_kept_by, records_visible_to
from exchange.sending.services import export_package
from exchange.standard.kinds import FILES, KINDS
from geokit.refusal import Refusal
from ledger import audit
from ledger.anchors.keys import KeyFault, public_hex
from ledger.filestore.responses import stored_response
from ui.forms.refusable import posted, posted_version, render_form
from ui.pagination import page_of

PAGE = 50
SHOWN_TAKINGS = 20


@require_safe
@require_district_staff
def index(request: HttpRequest) -> HttpResponse:
    """List the partners, and what they need to know of this instance."""
    standing = Count("records", filter=Q(records__withdrawn_at=None))
    context = {"partners": partners_kept_by(request.user).annotate(held=standing), "own": _own(request)}
    return render(request, "exchange/index.html", context)


def _own(request: HttpRequest) -> dict[str, str]:
    """Return origin, public key and address of this instance; what cannot be said yet is empty."""
    try:
        origin = services.own_origin()
    except Refusal:
        origin = ""
    try:
        key = public_hex()
    except KeyFault:
        key = ""
    return {"origin": origin, "key": key, "url": request.build_absolute_uri("/api/v1/exchange/")}


@require_http_methods(["GET", "HEAD", "POST"])
@require_district_staff
def new(request: HttpRequest) -> HttpResponse:
    """Register a partner; the token is shown on the answer, once."""
    form = PartnerForm(posted(request))
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            partner, token = services.register_partner(request.user, given.pop("origin"), given)
        except Refusal as refusal:
            form.show(refusal)
        else:
            return _with_token(request, partner, token)
    return render_form(request, "exchange/partner_form.html", {"form": form})


def _with_token(request: HttpRequest, partner: Partner, token: str) -> HttpResponse:
    answer = render(request, "exchange/token.html", {"partner": partner, "token": token, "own": _own(request)})
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_POST
@require_district_staff
def token(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a partner another token; it is shown on the answer, once."""
    found = get_object_or_404(partners_kept_by(request.user), pk=pk)
    return _with_token(request, *services.change_token(request.user, found.pk))


@require_http_methods(["GET", "HEAD", "POST"])
@require_district_staff
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is sent to a partner."""
    partner = get_object_or_404(partners_kept_by(request.user), pk=pk)
    form = PartnerForm(posted(request), instance=partner)
    if form.is_bound and form.is_valid():
        try:
            services.change_partner(request.user, pk, posted_version(request), form.cleaned_data)
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已保存。"))
            return redirect(partner)
    return render_form(request, "exchange/partner_form.html", {"form": form, "partner": partner})


@require_http_methods(["GET", "HEAD", "POST"])
@require_district_staff
def partner(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a partner; a POST brings a package of it as a file: what it would change, or taken."""
    found = get_object_or_404(partners_kept_by(request.user), pk=pk)
    form = PackageForm(posted(request), request.FILES or None)
    answer: Answer | None = None
    if form.is_bound and form.is_valid():
        try:
            answer = _taken(request, found, form.cleaned_data)
        except Refusal as refusal:
            form.show(refusal)
        else:
            if answer.taking:
                messages.success(request, _("已接收。"))
                return redirect(found)
    return render_form(request, "exchange/partner.html", _partner_context(found, form, answer))


def _taken(request: HttpRequest, found: Partner, given: dict[str, Any]) -> Answer:
    with NamedTemporaryFile(prefix="exchange-", suffix=".zip") as file:
        for chunk in given["file"].chunks():
            file.write(chunk)
        file.flush()
        return take(found, Path(file.name), actor=request.user, check=not given["take"])


def _partner_context(found: Partner, form: PackageForm, answer: Answer | None) -> dict[str, Any]:
    counted = found.records.filter(withdrawn_at=None).order_by().values_list("kind").annotate(number=Count("pk"))
    counts = dict(counted)
    takings = list(found.takings.select_related("actor")[:SHOWN_TAKINGS])
    newest = next((one for one in takings if one.undone_at is None), None)
    return {
        "partner": found,
        "form": form,
        "answer": answer,
        "kinds": [(kind, counts.get(kind.slug, 0)) for kind in KINDS.values()],
        "takings": takings,
        "newest": newest,
    }


@require_POST
@require_district_staff
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Have what changed pushed to a partner now."""
    found = get_object_or_404(partners_kept_by(request.user), pk=pk)
    if found.url and found.is_active:
        services.push_soon(found)
        messages.success(request, _("已排队，结果稍后显示在这一页。"))
    else:
        messages.error(request, _("没有推送地址或已停用。请下载数据包，交给对方。"))
    return redirect(found)


@require_safe
@require_district_staff  # type: ignore[arg-type]  # a file is an answer too
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Make the package for a partner, to hand it over as a file."""
    found = get_object_or_404(partners_kept_by(request.user), pk=pk)
    folder = TemporaryDirectory(prefix="exchange-")
    path = Path(folder.name) / "package.zip"
    try:
        written = export_package(path, to=found.origin)
        file = path.open("rb")
    finally:
        folder.cleanup()  # an open file outlives its name
    audit.record(request.user, "package-exported", found, internal=found.is_internal, digest=written.digest)
    if written.left_out:
        messages.warning(request, written.lacking)  # stands on the page that is opened next: this answer is a file
    name = f"exchange-{services.own_origin()}-{timezone.localtime():%Y%m%d%H%M}.zip"
    answer = FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_POST
@require_district_staff
def undo(request: HttpRequest, pk: int, taking: int) -> HttpResponse:
    """Take the newest package of a partner back."""
    found = get_object_or_404(partners_kept_by(request.user), pk=pk)
    one = get_object_or_404(found.takings, pk=taking)
    try:
        take_back(request.user, one.pk)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("已撤销，记录恢复为接收以前的样子。"))
    return redirect(found)


@require_safe
@require_district_staff
def records(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """List what a partner shows of one kind."""
    found = get_object_or_404(partners_kept_by(request.user), pk=pk)
    described = KINDS.get(kind)
    if described is None:
        return redirect(found)
    rows = records_visible_to(request.user).filter(partner=found, kind=kind)
    rows = rows.annotate(answered=Count("replies")).order_by("identifier")
    context = {"partner": found, "kind": described, "page": page_of(request, rows, PAGE)}
    return render(request, "exchange/records.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require_district_staff
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a record of another instance, which nobody edits here; a POST answers a paper."""
    found = get_object_or_404(records_visible_to(request.user).select_related("partner", "taking"), pk=pk)
    form = ReplyForm(request.user, posted(request))
    if form.is_bound and form.is_valid():
        try:
            services.answer(request.user, found, **form.cleaned_data)  # type: ignore[arg-type]
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("答复已登记，随下一个数据包发给对方。"))
            return redirect(found)
    return render_form(request, "exchange/record.html", _record_context(found, form))


def _record_context(found: ForeignRecord, form: ReplyForm) -> dict[str, Any]:
    described = KINDS[found.kind]
    said = [one for one in described.all_fields if one.name in found.data and one.holds is not FILES]
    answers = (
        found.partner.records.filter(kind="answers", about=found.identifier, withdrawn_at=None)
        if found.kind == "papers"
        else ()
    )
    return {
        "record": found,
        "kind": described,
        "fields": [(one.title, one.words(found.data[one.name])) for one in said],
        "files": found.data.get("files", ()),
        "answers": answers,
        "replies": found.replies.select_related("department"),
        "may_answer": found.kind == "papers" and found.withdrawn_at is None,
        "form": form,
    }


@require_safe
@require_district_staff  # type: ignore[arg-type]  # a file is an answer too
def file(request: HttpRequest, pk: int, sha256: str) -> HttpResponseBase:
    """Send a file of a record of another instance, always as a download: nobody here looked at it."""
    found = get_object_or_404(records_visible_to(request.user), pk=pk)
    names = {each["sha256"]: each["name"] for each in found.data.get("files", ())}
    kept = get_object_or_404(ForeignFile, partner=found.partner_id, sha256=sha256, sha256__in=list(names))
    how = {"as_attachment": True, "filename": names[sha256], "content_type": "application/octet-stream"}
    return stored_response(request, kept.file, cache="private, no-store", **how)
