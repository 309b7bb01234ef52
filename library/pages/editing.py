"""Keeping the library: adding documents and versions, saying how they relate, deciding about places."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from geokit.refusal import BadInput, refuse
from library.documents import services
from library.documents.models import Document
from library.documents.permissions import documents_visible_to, require_librarian
from library.documents.services import Original
from library.pages.forms import DocumentForm, RelationForm, VersionForm
from library.places.models import Mention
from library.places.services import decide, find_places
from library.reading.files import MOST_BYTES, ReadFile, read_file
from ui.forms.refusable import posted, render_form, whole_number


def _given(form: VersionForm) -> tuple[ReadFile, Original | None]:
    """Return what was sent, read. Raises BadInput."""
    file = form.cleaned_data.get("file")
    if file is None:
        return ReadFile(form.cleaned_data["text"]), None
    if file.size > MOST_BYTES:
        raise refuse("file", "document-too-large", gettext("文件太大：一份文件最多 50 MB，纯文本最多 6 MB。"))
    content = file.read()
    return read_file(file.name, content), Original(file.name, content)


def _days(form: VersionForm) -> tuple[Any, Any]:
    return form.cleaned_data["adopted_on"], form.cleaned_data["in_force_on"]


@require_http_methods(["GET", "HEAD", "POST"])
@require_librarian
def new(request: HttpRequest) -> HttpResponse:
    """Add a document, and look for places in it."""
    form = DocumentForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            read, file = _given(form)
            version = services.add_document(request.user, form.facts(), read, _days(form), file)
        except BadInput as refusal:
            form.show(refusal)
        else:
            return _added(request, version.document)
    return render_form(request, "library/new.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@require_librarian
def new_version(request: HttpRequest, code: str) -> HttpResponse:
    """Add another version of a document."""
    document = get_object_or_404(documents_visible_to(request.user), code=code)
    form = VersionForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            read, file = _given(form)
            services.add_version(request.user, document, read, _days(form), file)
        except BadInput as refusal:
            form.show(refusal)
        else:
            return _added(request, document)
    return render_form(request, "library/new.html", {"form": form, "document": document})


def _added(request: HttpRequest, document: Document) -> HttpResponse:
    found = find_places(document)
    if not found:
        messages.success(request, gettext("已入库。"))
        return redirect(document)
    words = ngettext("已入库。文中提到 %d 个地方，请确认。", "已入库。文中提到 %d 个地方，请确认。", found)
    messages.success(request, words % found)
    return redirect("library:places", document.code)


@require_http_methods(["GET", "HEAD", "POST"])
@require_librarian
def relate(request: HttpRequest, code: str) -> HttpResponse:
    """Say what this document does to another one."""
    document = get_object_or_404(documents_visible_to(request.user), code=code)
    form = RelationForm(posted(request))
    form.fields["target"].queryset = documents_visible_to(request.user).exclude(pk=document.pk)  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            services.relate(request.user, document, given["kind"], given["target"], given["on"])
        except BadInput as refusal:
            form.show(refusal)
        else:
            messages.success(request, gettext("已记下关系。"))
            return redirect(document)
    return render_form(request, "library/relate.html", {"form": form, "document": document})


@require_safe
@require_librarian
def places(request: HttpRequest, code: str) -> HttpResponse:
    """The places that were found in a document, for a person to decide about."""
    document = get_object_or_404(documents_visible_to(request.user), code=code)
    groups = [(state, document.mentions.filter(state=state)) for state in Mention.State]
    context = {"document": document, "groups": groups, "has_mentions": document.mentions.exists()}
    return render(request, "library/places.html", context)


@require_POST
@require_librarian
def look_again(request: HttpRequest, code: str) -> HttpResponse:
    """Look for names in the newest version anew."""
    document = get_object_or_404(documents_visible_to(request.user), code=code)
    found = find_places(document)
    words = ngettext("新找到 %d 个地方。", "新找到 %d 个地方。", found)
    messages.success(request, words % found)
    return redirect("library:places", document.code)


@require_POST
@require_librarian
def decide_place(request: HttpRequest, code: str) -> HttpResponse:
    """Confirm or reject one place."""
    document = get_object_or_404(documents_visible_to(request.user), code=code)
    state = request.POST.get("state", "")
    if state not in (Mention.State.CONFIRMED, Mention.State.REJECTED):
        raise BadInput(gettext("只能确认，或写明不是这里。"), code="mention-state")
    try:
        decide(request.user, document, whole_number(request.POST.get("mention")), state)  # type: ignore[arg-type]
    except Mention.DoesNotExist:
        raise Http404 from None
    return redirect("library:places", document.code)
