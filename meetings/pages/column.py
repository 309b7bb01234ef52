"""The column of a session as deputies and the public read it: phone first."""

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.congress.models import in_force
from accounts.congress.permissions import congresses_kept_by
from accounts.models import Role
from accounts.permissions import has_role
from library.documents.queries import chapters
from meetings.agenda.models import AgendaItem, Meeting
from meetings.agenda.permissions import (
    items_visible_to,
    keeps_desk,
    meeting_documents_visible_to,
    meetings_visible_to,
    seat_in,
    takes_part,
)
from meetings.pages.forms import CodeForm
from meetings.presence.models import PRESENT, PresenceEvent
from papers.models import Paper
from papers.register.permissions import papers_visible_to
from papers.register.queries import filed_in
from papers.register.table import PAPERS
from projects.voting.queries import phase_of
from ui.forms.refusable import render_form
from ui.pagination import page_of

SECONDS = 20
"""How often the counts look again while a session is on."""
MOST_SHOWN = 30


def meeting_or_404(request: HttpRequest, pk: int) -> Meeting:
    """Return the column; missing and hidden look the same."""
    rows = meetings_visible_to(request.user).select_related("session__congress__area")
    return get_object_or_404(rows, pk=pk)


@require_safe
def meeting_list(request: HttpRequest) -> HttpResponse:
    """The sessions that this person may read, the newest first."""
    rows = meetings_visible_to(request.user).select_related("session__congress__area")
    rows = rows.annotate(count=Count("items")).order_by("-session__opens_on", "-pk")
    context = {"page": page_of(request, rows, 20), "may_open": may_open(request)}
    return render(request, "meetings/list.html", context)


def may_open(request: HttpRequest) -> bool:
    """Tell whether this person opens columns: staff of a congress."""
    return has_role(request.user, Role.STAFF) and congresses_kept_by(request.user).exists()


@never_cache
@require_safe
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """One session: what is on now, the agenda, what to read, the counts, the votes."""
    return meeting_page(request, meeting_or_404(request, pk), CodeForm())


def meeting_page(request: HttpRequest, found: Meeting, form: CodeForm) -> HttpResponse:
    """Render the page, with a code that was refused as it was typed."""
    user, now = request.user, timezone.now()
    items = list(items_visible_to(user, found))
    seat = seat_in(user, found)
    documents = list(meeting_documents_visible_to(user, found))
    context = {
        "meeting": found,
        "days": _by_day(items, documents, seat, now),
        "documents": documents,
        "seat": seat,
        "groups": _groups(found) if takes_part(user, found) else [],
        "takes_part": takes_part(user, found),
        "keeps_desk": keeps_desk(user, found),
        "open_items": [item for item in items if seat and _is_open(item, now)],
        "form": form,
        **counts(request, found),
    }
    return render_form(request, "meetings/meeting.html", context)


def _is_open(item: AgendaItem, now: Any) -> bool:
    return item.takes_sign_in and timezone.localdate(item.starts_at) == timezone.localdate(now)


def _by_day(items: list[AgendaItem], documents: list[Any], seat: Any, now: Any) -> list[dict[str, Any]]:
    """Return the agenda as days with rows: each with its documents, its vote's phase, and whether one has signed in."""
    signed = _signed(items, seat)
    days: dict[Any, list[dict[str, Any]]] = {}
    for item in items:
        row = {
            "item": item,
            "documents": [one for one in documents if one.item_id == item.pk],
            "phase": phase_of(item.vote, now) if item.vote else "",
            "signed": signed.get(item.pk),
            "is_now": item.starts_at <= now <= (item.ends_at or item.starts_at),
        }
        days.setdefault(timezone.localdate(item.starts_at), []).append(row)
    return [{"day": day, "rows": rows} for day, rows in days.items()]


def _signed(items: list[AgendaItem], seat: Any) -> dict[int, Any]:
    """When a deputy signed in to each sitting, where her newest entry says that she is there."""
    if seat is None:
        return {}
    rows = PresenceEvent.objects.filter(item__in=items, member=seat).order_by("item_id", "-pk").distinct("item_id")
    return {row.item_id: row.at for row in rows if row.verb in PRESENT}


def _groups(found: Meeting) -> QuerySet[Any]:
    """The congress's groups with their members of today, or of the nearest day of the session."""
    day = min(max(timezone.localdate(), found.session.opens_on), found.session.closes_on)
    return found.session.congress.groups.annotate(members=Count("memberships", filter=in_force(day, "memberships__")))


@never_cache
@require_safe
def papers(request: HttpRequest, pk: int) -> HttpResponse:
    """The counts of motions and suggestions alone, as the page asks for them again."""
    found = meeting_or_404(request, pk)
    return render(request, "meetings/_papers.html", {"meeting": found, **counts(request, found)})


def counts(request: HttpRequest, found: Meeting) -> dict[str, Any]:
    """Count what was handed in for a session, by kind, and name those of it that this person may read."""
    filed = filed_in(found.session_id)
    by_kind = dict(filed.values_list("kind").annotate(Count("pk")).order_by())
    open_, ended = PAPERS.in_group("in_hand"), PAPERS.in_group("ended")
    totals = filed.aggregate(
        waiting=Count("pk", filter=Q(state__in=PAPERS.in_group("waiting"))),
        in_hand=Count("pk", filter=Q(state__in=open_)),
        settled=Count("pk", filter=Q(state__in=ended)),
        sent_back=Count("pk", filter=Q(state__in=PAPERS.in_group("with_author", "drafting"))),
    )
    readable = papers_visible_to(request.user).filter(pk__in=filed.values("pk")).order_by("-submitted_at", "-pk")
    now = timezone.now()
    return {
        "kinds": [(label, by_kind.get(kind, 0)) for kind, label in Paper.Kind.choices],
        "filed": sum(by_kind.values()),
        "totals": totals,
        "readable": readable[:MOST_SHOWN],
        "takes_motions": now <= found.session.motions_due_at,
        "takes_suggestions": now <= found.session.suggestions_due_at,
        "looks_again": 0 if found.session.closes_on < timezone.localdate() else SECONDS,
    }


@require_safe
def document(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """A document of the session, article by article."""
    found = meeting_or_404(request, pk)
    row = get_object_or_404(meeting_documents_visible_to(request.user, found), pk=number)
    involved = takes_part(request.user, found)
    said = dict(row.comments.values_list("article").annotate(Count("pk")).order_by()) if involved else {}
    parts = [
        {"title": part.title, "articles": [(one, said.get(one.pk, 0)) for one in part.articles]}
        for part in chapters(row.text)
    ]
    context = {
        "meeting": found,
        "row": row,
        "parts": parts,
        "takes_part": involved,
        "said_of_whole": said.get(None, 0),
        "is_open": row.comments_until is not None and timezone.now() <= row.comments_until,
    }
    return render(request, "meetings/document.html", context)
