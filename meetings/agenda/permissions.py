"""Who reads a session's column, who takes part in the session, who keeps its desk."""

from django.db.models import Q, QuerySet

from accounts.congress.permissions import congresses_kept_by
from accounts.looking import shown_with_above
from accounts.models import Membership, Role
from accounts.permissions import Asker, has_role
from library.permissions import documents_visible_to
from meetings.agenda.models import AgendaItem, Meeting, MeetingDocument
from papers.register.permissions import is_staff_for, seats_of


def meetings_visible_to(user: Asker) -> QuerySet[Meeting]:
    """Return the public columns, and those of the congresses that `user` sits in or keeps."""
    here = Q(is_public=True) & shown_with_above(user, "session__congress__area")
    return Meeting.objects.filter(here | _own(user))


def _own(user: Asker) -> Q:
    mine = Q(session__congress__in=seats_of(user).values("congress"))
    if has_role(user, Role.STAFF):
        mine |= Q(session__congress__in=congresses_kept_by(user))
    return mine


def takes_part(user: Asker, meeting: Meeting) -> bool:
    """Tell whether `user` sits in the congress of a session or keeps its desk."""
    return Meeting.objects.filter(_own(user), pk=meeting.pk).exists()


def keeps_desk(user: Asker, meeting: Meeting) -> bool:
    """Tell whether `user` is of the staff that a session's congress has."""
    return is_staff_for(user, meeting.session.congress)


def seat_in(user: Asker, meeting: Meeting) -> Membership | None:
    """Return the seat of `user` in the congress of a session, in force today."""
    return seats_of(user).filter(congress=meeting.session.congress_id).select_related("group", "person").first()


def items_visible_to(user: Asker, meeting: Meeting) -> QuerySet[AgendaItem]:
    """Return the agenda: all of it for who takes part, for others what is public."""
    items = meeting.items.select_related("group", "vote__count", "vote__cancellation").order_by("starts_at", "pk")
    return items if takes_part(user, meeting) else items.filter(is_public=True)


def meeting_documents_visible_to(user: Asker, meeting: Meeting) -> QuerySet[MeetingDocument]:
    """Return the documents that the library shows to `user`: internal ones to nobody but who takes part."""
    readable = documents_visible_to(user if takes_part(user, meeting) else None)
    rows = meeting.documents.filter(text__document__in=readable.values("pk"))
    return rows.select_related("text__document", "item", "meeting")
