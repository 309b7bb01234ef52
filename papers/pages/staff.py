"""Pages of the staff and the organs: sessions, Word templates, sheets of the provincial system."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.congress.permissions import congresses_kept_by
from accounts.models import Role
from accounts.permissions import department_of, require_role
from accounts.tokens.by_token import by_token
from accounts.tokens.reading import READS
from geokit.refusal import Refusal
from papers.documents.words import NAMES, NEEDED
from papers.exchange import columns, intake, outgoing
from papers.handling.permissions import templates_of
from papers.handling.queries import template_of
from papers.handling.services import save_template
from papers.pages.forms import SessionForm, SheetForm, TemplateForm
from papers.pages.lists import asked_papers
from papers.register.models import CongressSession
from papers.register.services import save_session
from ui.attachments import read_bounded
from ui.downloads import TABLE_FILES, file_response, table_response
from ui.forms.refusable import posted, render_form
from ui.sheet_rows import count_outcomes

FIELDS = ("congress", "number", "opens_on", "closes_on", "motions_due_at", "suggestions_due_at")


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.STAFF)
def sessions(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The sessions of the congresses that one keeps; a new one, or one that is changed."""
    kept = congresses_kept_by(request.user)
    known = CongressSession.objects.filter(congress__in=kept).select_related("congress__area")
    row = get_object_or_404(known, pk=pk) if pk else CongressSession()
    initial = {name: getattr(row, name) for name in FIELDS} if pk else {}
    form = SessionForm(posted(request), congresses=kept.select_related("area"), initial=initial)
    if form.is_bound and form.is_valid():
        try:
            save_session(request.user, row, **form.cleaned_data)  # type: ignore[arg-type]
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已保存。"))
            return redirect("papers:sessions")
    return render_form(
        request, "papers/sessions.html", {"form": form, "sessions": known[:40], "row": row if pk else None}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.OFFICER)
def templates(request: HttpRequest) -> HttpResponse:
    """The Word template of one's own organ."""
    form = TemplateForm(posted(request), request.FILES or None)
    if form.is_bound and form.is_valid():
        try:
            save_template(request.user, form.cleaned_data["file"])  # type: ignore[arg-type]
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("模板已检查并启用，此后签发的答复用它。"))
            return redirect("papers:templates")
    context = {"form": form, "kept": templates_of(department_of(request.user))[:10], "names": NAMES, "needed": NEEDED}
    return render_form(request, "papers/templates.html", context)


@require_safe
@require_role(Role.OFFICER)
def template_file(request: HttpRequest) -> HttpResponse:
    """The template that counts for one's own organ now, to begin one's own from."""
    department = department_of(request.user)
    if department is None:
        raise Http404
    return file_response(template_of(department), f"{_('答复模板')}.docx")


@by_token(READS)
@require_safe
@require_role(Role.STAFF, Role.OFFICER)
def export(request: HttpRequest, suffix: str) -> HttpResponse:
    """The list as a sheet, in the columns of the provincial system."""
    if suffix not in TABLE_FILES:
        raise Http404
    _filter, found = asked_papers(request)
    rows = outgoing.rows(found.exclude(submitted_at=None))
    return table_response(rows, f"{_('议案和代表建议')}.{suffix}", title=str(_("建议")))


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.STAFF)
def import_sheet(request: HttpRequest) -> HttpResponse:
    """Papers of the provincial system from a sheet: checked first, then entered."""
    kept = congresses_kept_by(request.user).select_related("area")
    form = SheetForm(posted(request), request.FILES or None, congresses=kept)
    results: Any = None
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            results = intake.load(
                request.user,
                given["congress"],
                given["file"].name,
                read_bounded(given["file"]),
                dry_run=given["only_check"],
            )
        except Refusal as refusal:
            form.show(refusal)
    context = {
        "form": form,
        "results": results,
        "counts": count_outcomes(results) if results is not None else None,
        "was_check": bool(results is not None and form.cleaned_data["only_check"]),
        "columns": columns.heads().items(),
        "fields": columns.FIELDS.items(),
    }
    return render_form(request, "papers/import.html", context)
