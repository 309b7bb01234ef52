"""The columns of two sessions, written through the room's own services as if on the days themselves."""

from collections.abc import Sequence
from datetime import date, timedelta

from accounts.models import Area, Congress, User
from demo.plan import sources
from demo.plan.calendar import moment
from demo.plan.congress.papers import (
    ABSENT,
    COMMENTS,
    DRAFT,
    DRAFT_TITLE,
    LENGTH_NOW,
    NOTE,
    NOW,
    NUMBER_NOW,
    NUMBER_PAST,
    ON_LEAVE,
    PAST,
    PlannedItem,
)
from demo.store import past
from demo.store.areas import author_name
from library.documents.services import add_document
from library.reading.files import ReadFile
from meetings.agenda import services
from meetings.comments.services import comment
from meetings.models import AgendaItem, Meeting, MeetingDocument
from meetings.presence import services as presence
from meetings.presence.queries import expected
from papers.models import CongressSession
from papers.register.services import save_session
from projects.models import VoteSession


def store_meetings(areas: dict[str, Area], users: dict[str, User], today: date) -> int:
    """Write the column of the session that is over and of one that began yesterday; how many columns."""
    congress, staff = Congress.objects.get(area=areas[sources.DISTRICT]), users["staff"]
    over = CongressSession.objects.get(congress=congress, number=NUMBER_PAST)
    _column(staff, over, PAST)
    opens = today - timedelta(days=1)
    session = save_session(
        staff, CongressSession(), congress=congress, number=NUMBER_NOW, opens_on=opens, closes_on=opens + LENGTH_NOW,
        motions_due_at=moment(opens, 18), suggestions_due_at=moment(today, 23, 59),
    )  # fmt: skip
    meeting = _column(staff, session, NOW)
    first = meeting.items.order_by("starts_at")[0]
    _presence(first, staff, users)
    _deliberation(meeting, staff, users, today)
    return 2


def _column(staff: User, session: CongressSession, planned: Sequence[PlannedItem]) -> Meeting:
    meeting = services.open_column(staff, session, place="区会议中心")
    meeting = services.save_meeting(staff, meeting.pk, meeting.version, {"text": NOTE, "is_public": True})
    vote = VoteSession.objects.filter(congress=session.congress).order_by("-opens_at").first()
    group = session.congress.groups.order_by("name").first()
    for one in planned:
        on = session.opens_on + timedelta(days=one.day)
        services.add_item(
            staff, meeting.pk, title=one.title, kind=one.kind, place=one.place, text=one.text, result=one.result,
            starts_at=moment(on, one.hour), ends_at=moment(on, one.hour + one.hours), takes_sign_in=one.signs_in,
            is_public=one.public, group=group if one.group else None, vote=vote if one.vote else None,
        )  # fmt: skip
    return meeting


def _presence(item: AgendaItem, staff: User, users: dict[str, User]) -> None:
    """Half an hour before the first sitting: deputies with an account sign in, staff enter the others."""
    signing = {users[author_name(number)].pk: users[author_name(number)] for number in range(12)}
    leave = dict(ON_LEAVE)
    with past.at(item.starts_at - timedelta(minutes=30)):
        for place, member in enumerate(expected(item).order_by("code")):
            if place in ABSENT:
                continue
            if place in leave:
                presence.excuse(staff, item, member, leave[place])
            elif member.person.user_id in signing:
                presence.sign_in(signing[member.person.user_id], item)
            else:
                presence.enter(staff, item, member)


def _deliberation(meeting: Meeting, staff: User, users: dict[str, User], today: date) -> MeetingDocument:
    """A draft that the session reads, and what some deputies say of its articles."""
    facts = {"title": DRAFT_TITLE, "kind": "decision", "visibility": "internal", "source": "演示编写"}
    text = add_document(staff, facts, ReadFile(DRAFT), (None, None), None)
    item = meeting.items.get(title="审议和票决")
    document = services.add_document(staff, meeting.pk, text=text, item=item, comments_until=moment(today, 23, 59))
    anchors = list(text.articles.order_by("order").values_list("anchor", flat=True))
    with past.at(moment(today, 10)):
        for number, anchor, words in COMMENTS:
            place = anchor if anchor == "all" else anchors[int(anchor[1:]) - 1]
            comment(users[author_name(number)], document, place, words)
    return document
