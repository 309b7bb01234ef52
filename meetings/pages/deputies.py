"""What deputies do in a session's column: sign in, comment."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import require_role
from geokit.refusal import BadInput, Refusal
from meetings.agenda.permissions import meeting_documents_visible_to, seat_in, takes_part
from meetings.comments.services import WHOLE, article_of, comment
from meetings.pages.column import meeting_or_404, meeting_page
from meetings.pages.forms import CodeForm, CommentForm
from meetings.presence.models import PRESENT
from meetings.presence.services import item_of, sign_in, sign_in_here
from ui.forms.refusable import posted, render_form

NOT_FOUND = 404


@require_POST
@require_role()
def sign_in_typed(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign in by a code that was typed on the page of the session."""
    found = meeting_or_404(request, pk)
    if seat_in(request.user, found) is None:
        raise Http404
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            event = sign_in_here(request.user, found, form.cleaned_data["code"])  # type: ignore[arg-type]
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已签到：%s") % event.item)
            return redirect(found)
    return meeting_page(request, found, form)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_role()
def code(request: HttpRequest, code: str) -> HttpResponse:
    """What a printed code leads to: one button for a deputy, words for everybody else."""
    try:
        item = item_of(code)
    except BadInput:
        return render(request, "meetings/no_code.html", status=NOT_FOUND)
    form = CodeForm({"code": code} if request.method == "POST" else None, initial={"code": code})
    if form.is_bound and form.is_valid():
        try:
            sign_in(request.user, item)  # type: ignore[arg-type]
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已签到：%s") % item)
            return redirect(item.meeting)
    seat = seat_in(request.user, item.meeting)
    last = item.presence.filter(member=seat).order_by("-pk").first() if seat else None
    signed = last if last is not None and last.verb in PRESENT else None
    context = {"item": item, "meeting": item.meeting, "form": form, "seat": seat, "signed": signed}
    return render_form(request, "meetings/code.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role()
def article(request: HttpRequest, pk: int, number: int, anchor: str) -> HttpResponse:
    """One article with what deputies said of it; a POST says something more."""
    found = meeting_or_404(request, pk)
    if not takes_part(request.user, found):
        raise Http404
    row = get_object_or_404(meeting_documents_visible_to(request.user, found), pk=number)
    try:
        one = article_of(row, anchor)
    except BadInput as refusal:
        context = {"meeting": found, "row": row, "words": refusal}
        return render(request, "meetings/no_article.html", context, status=NOT_FOUND)
    form = CommentForm(posted(request))
    if form.is_bound and form.is_valid():
        try:
            comment(request.user, row, anchor, form.cleaned_data["text"])  # type: ignore[arg-type]
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("意见已收到。"))
            return redirect("meetings:article", found.pk, row.pk, anchor)
    said = row.comments.filter(article=one).select_related("member__person", "member__group").order_by("-pk")
    context = {
        "meeting": found,
        "row": row,
        "article": one,
        "anchor": anchor,
        "is_whole": anchor == WHOLE,
        "comments": said[:200],
        "seat": seat_in(request.user, found),
        "is_open": row.comments_until is not None and timezone.now() <= row.comments_until,
        "form": form,
    }
    return render_form(request, "meetings/article.html", context)
