"""The desk of a session: its column, agenda, presence, documents, comments, minutes. For the congress's staff."""

from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.congress.permissions import congresses_kept_by
from accounts.models import Membership, Role
from accounts.permissions import require_role
from geokit.refusal import NotPermitted, Refusal
from meetings.agenda import services
from meetings.agenda.models import AgendaItem, Meeting
from meetings.agenda.permissions import keeps_desk
from meetings.comments.models import ArticleComment
from meetings.minutes.document import write_minutes
from meetings.pages.column import meeting_or_404
from meetings.pages.forms import DocumentForm, ItemForm, MeetingForm, NewMeetingForm, PresenceForm
from meetings.presence import services as presence
from meetings.presence.models import PresenceEvent
from meetings.presence.queries import attendance, standings
from papers.models import CongressSession
from ui.downloads import TABLE_FILES, file_response, table_response
from ui.forms.refusable import posted, posted_version, render_form
from ui.qr import qr_svg
from ui.refusals import status_of

ITEM = (
    "kind",
    "title",
    "text",
    "starts_at",
    "ends_at",
    "place",
    "group",
    "vote",
    "takes_sign_in",
    "is_public",
    "result",
)
MEETING = ("place", "text", "is_public")
SERVICE: dict[str, Any] = {
    PresenceEvent.Verb.ENTERED: presence.enter,
    PresenceEvent.Verb.EXCUSED: presence.excuse,
    PresenceEvent.Verb.CORRECTED: presence.correct,
}


def desk_or_404(request: HttpRequest, pk: int) -> Meeting:
    """Return a session whose desk this person keeps."""
    found = meeting_or_404(request, pk)
    if not keeps_desk(request.user, found):
        raise Http404
    return found


def _item_or_404(request: HttpRequest, pk: int, number: int) -> AgendaItem:
    found = desk_or_404(request, pk)
    return get_object_or_404(found.items.select_related("meeting__session__congress__area", "group", "vote"), pk=number)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.STAFF)
def new(request: HttpRequest) -> HttpResponse:
    """Open the column of a session that has none."""
    kept = congresses_kept_by(request.user)
    sessions = CongressSession.objects.filter(congress__in=kept, meeting=None).select_related("congress__area")
    form = NewMeetingForm(posted(request), sessions=sessions)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            made = services.open_column(request.user, given["session"], place=given["place"])  # type: ignore[arg-type]
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("专栏已开设，接着编排议程。"))
            return redirect("meetings:desk", made.pk)
    return render_form(request, "meetings/new.html", {"form": form, "any": sessions.exists()})


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.STAFF)
def desk(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that the staff keep of one session; a POST changes what stands at its head."""
    found = desk_or_404(request, pk)
    initial = {name: getattr(found, name) for name in ("version", *MEETING)}
    form = MeetingForm(posted(request), initial=initial)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        values = {name: given[name] for name in MEETING}
        try:
            services.save_meeting(request.user, found.pk, given["version"], values)  # type: ignore[arg-type]
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已保存。"))
            return redirect("meetings:desk", pk)
    return _desk_page(request, found, form)


def _desk_page(request: HttpRequest, found: Meeting, form: MeetingForm, refused: Any = None) -> HttpResponse:
    sittings = found.items.select_related("group", "meeting__session__congress").order_by("starts_at", "pk")
    rows = [(item, attendance(standings(item)) if item.takes_sign_in else None) for item in sittings]
    context = {
        "meeting": found,
        "rows": rows,
        "documents": found.documents.select_related("text__document", "item"),
        "comments": ArticleComment.objects.filter(document__meeting=found).count(),
        "form": form,
        "refused": refused,
    }
    if refused is not None:
        return render(request, "meetings/desk.html", context, status=status_of(refused))
    return render_form(request, "meetings/desk.html", context)


def _refused(request: HttpRequest, found: Meeting, refusal: Refusal) -> HttpResponse:
    """Show the desk with why something was not done; a stranger's attempt is none of it."""
    if isinstance(refusal, NotPermitted):
        raise refusal
    form = MeetingForm(initial={name: getattr(found, name) for name in ("version", *MEETING)})
    return _desk_page(request, found, form, refusal)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.STAFF)
def item(request: HttpRequest, pk: int, number: int | None = None) -> HttpResponse:
    """An item of the agenda, new or known."""
    found = desk_or_404(request, pk)
    row = _item_or_404(request, pk, number) if number else None
    initial: dict[str, Any] = {"version": 0, "starts_at": _morning(found), "is_public": True}
    if row is not None:
        initial = {name: getattr(row, name) for name in ("version", *ITEM)}
    form = ItemForm(posted(request), meeting=found, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            if row is None:
                services.add_item(request.user, found.pk, **form.values())  # type: ignore[arg-type]
            else:
                version = form.cleaned_data["version"]
                services.save_item(request.user, row.pk, version, form.values())  # type: ignore[arg-type]
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已保存。"))
            return redirect("meetings:desk", pk)
    return render_form(request, "meetings/item.html", {"meeting": found, "row": row, "form": form})


def _morning(found: Meeting) -> Any:
    return timezone.make_aware(datetime.combine(found.session.opens_on, time(9)))


@require_POST
@require_role(Role.STAFF)
def remove_item(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Take an item off the agenda."""
    row = _item_or_404(request, pk, number)
    try:
        services.remove_item(request.user, row.pk, posted_version(request))  # type: ignore[arg-type]
    except Refusal as refusal:
        return _refused(request, row.meeting, refusal)
    messages.success(request, _("已删除。"))
    return redirect("meetings:desk", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.STAFF)
def presence_of(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Who is at a sitting; a POST enters, gives leave or corrects."""
    row = _item_or_404(request, pk, number)
    form = PresenceForm(posted(request))
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        member = get_object_or_404(Membership, pk=given["member"], congress=row.meeting.session.congress)
        try:
            SERVICE[given["verb"]](request.user, row, member, given["text"])
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已记录。"))
            return redirect("meetings:presence", pk, number)
    found = standings(row)
    context = {
        "refused": form.cleaned_data.get("member") if form.is_bound else None,  # with what was typed, under her name
        "meeting": row.meeting,
        "item": row,
        "rows": found,
        "attendance": attendance(found),
        "events": row.presence.select_related("member__person", "actor").order_by("-pk")[:100],
        "form": form,
    }
    return render_form(request, "meetings/presence.html", context)


@require_safe
@require_role(Role.STAFF)
def print_code(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The sheet with the code of a sitting, to hang beside the door."""
    row = _item_or_404(request, pk, number)
    if not row.takes_sign_in:
        raise Http404
    link = request.build_absolute_uri(reverse("meetings:code", args=[row.code]))
    context = {"meeting": row.meeting, "item": row, "link": link, "qr": qr_svg(link)}
    return render(request, "meetings/code_sheet.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.STAFF)
def add_document(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose a text of the library for the session."""
    found = desk_or_404(request, pk)
    words = request.GET.get("q", "").replace("\0", "").strip()[:60]
    form = DocumentForm(posted(request), meeting=found, user=request.user, words=words)
    if form.is_bound and form.is_valid():
        try:
            services.add_document(request.user, found.pk, **form.cleaned_data)  # type: ignore[arg-type]
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已加入会议文件。"))
            return redirect("meetings:desk", pk)
    return render_form(request, "meetings/add_document.html", {"meeting": found, "form": form, "words": words})


@require_POST
@require_role(Role.STAFF)
def remove_document(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Take a document away."""
    found = desk_or_404(request, pk)
    get_object_or_404(found.documents, pk=number)
    try:
        services.remove_document(request.user, found.pk, number)  # type: ignore[arg-type]
    except Refusal as refusal:
        return _refused(request, found, refusal)
    messages.success(request, _("已移走。"))
    return redirect("meetings:desk", pk)


@require_safe
@require_role(Role.STAFF)
def comments(request: HttpRequest, pk: int, suffix: str) -> HttpResponse:
    """What deputies said, as a sheet."""
    found = desk_or_404(request, pk)
    if suffix not in TABLE_FILES:
        raise Http404
    rows = ArticleComment.objects.filter(document__meeting=found).order_by("document", "article__order", "pk")
    rows = rows.select_related("document__text__document", "article", "member__person", "member__group")
    head = [_("文件"), _("条文"), _("代表"), _("代表小组"), _("意见"), _("时间")]
    return table_response([head, *map(_comment_row, rows)], f"{_('审议意见')}.{suffix}", head=1)


def _comment_row(row: ArticleComment) -> list[Any]:
    group = row.member.group.name if row.member.group else ""
    about = str(row.article) if row.article else _("整份文件")
    return [str(row.document), about, str(row.member.person), group, row.text, timezone.localtime(row.at)]


@require_safe
@require_role(Role.STAFF)
def minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """The minutes as a Word document; why not, where there is nothing to write down."""
    found = desk_or_404(request, pk)
    try:
        content = write_minutes(found)
    except Refusal as refusal:
        return _refused(request, found, refusal)
    return file_response(content, f"{found}{_('会议纪要')}.docx")
