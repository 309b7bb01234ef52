"""Pages around a ballot: what is to know before it, that one has voted, who has, and the documents of the result."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Role
from accounts.permissions import require_leader, require_role
from accounts.rate_limits import Limit, address_of, spend
from geokit.refusal import BadInput
from ledger.filestore.responses import stored_response
from projects.pages.access import signed_in
from projects.voting import documents
from projects.voting.models import Elector, VoteDocument, VoteSession
from projects.voting.queries import list_votes, turnout_of, view_vote
from ui.forms.refusable import RefusableForm, posted, render_form

MAX_BYTES = 5_000_000
CHECKS = Limit("vote-check", 60, timedelta(hours=1))


@never_cache
@require_safe
def before(request: HttpRequest, pk: int) -> HttpResponse:
    """What is voted on, how, until when and what stays secret; for an elector also by what she votes."""
    session = _session(request, pk)
    return render(request, "projects/votes/before.html", {"session": session, "view": view_vote(session, request.user)})


@never_cache
@require_role(Role.DEPUTY)
@require_safe
def voted(request: HttpRequest, pk: int) -> HttpResponse:
    """That she has voted and when, never how; for nobody but herself."""
    session = _session(request, pk)
    mine = Elector.objects.filter(session=session, deputy=signed_in(request), turnout__isnull=False)
    elector = get_object_or_404(mine.select_related("turnout", "membership__person", "deputy"))
    return render(request, "projects/votes/voted.html", {"session": session, "elector": elector})


@never_cache
@require_safe
def turnout(request: HttpRequest, pk: int) -> HttpResponse:
    """How many have voted, as a piece of the vote's page; for who leads the vote also who has not."""
    session = _session(request, pk)
    view = turnout_of(session, request.user)
    context = {"session": session, "turnout": view}
    return render(request, "projects/votes/_turnout.html", context)


@require_leader
@require_POST
def make(request: HttpRequest, pk: int) -> HttpResponse:
    """Make certificate and notice at once, which time alone does within minutes."""
    session = _session(request, pk)
    try:
        documents.make_documents(session.pk, signed_in(request))
    except BadInput as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("证书和公告已制作，摘要已写入证据链。"))
    return redirect(session)


class CheckForm(RefusableForm):
    file = forms.FileField(label=gettext_lazy("证书或公告的 PDF 文件"), help_text=gettext_lazy("只计算摘要，不保存"))


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Compare a file that somebody has with those that were made; nothing is kept of it."""
    session = _session(request, pk)
    form = CheckForm(posted(request), request.FILES or None)
    context: dict[str, Any] = {"session": session, "form": form, "documents": session.documents.all()}
    if request.method == "POST" and form.is_valid():
        spend(CHECKS, address_of(request))
        content = form.cleaned_data["file"].read(MAX_BYTES + 1)
        found = documents.document_of(session, content) if len(content) <= MAX_BYTES else None
        is_wrong = found is not None and any(documents.contradictions(found))
        context |= {"is_checked": True, "found": found, "is_contradicted": is_wrong}
    return render_form(request, "projects/votes/check.html", context)


@require_safe
def certificate(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The certificate as it was set."""
    return _document(request, pk, VoteDocument.Kind.CERTIFICATE)


@require_safe
def notice(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The public notice as it was set."""
    return _document(request, pk, VoteDocument.Kind.NOTICE)


def _document(request: HttpRequest, pk: int, kind: VoteDocument.Kind) -> HttpResponseBase:
    found = _session(request, pk).documents.filter(kind=kind).first()
    if found is None:
        raise Http404
    how = {"content_type": "application/pdf", "filename": f"vote-{pk}-{kind}.pdf"}
    return stored_response(request, found.file, cache="public, max-age=300", **how)


def _session(request: HttpRequest, pk: int) -> VoteSession:
    return get_object_or_404(list_votes(request.user), pk=pk)
