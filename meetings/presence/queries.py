"""Who should be at a sitting, who is, and who has leave."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from accounts.congress.queries import members_on
from accounts.models import Membership
from meetings.agenda.models import AgendaItem
from meetings.presence.models import PRESENT, PresenceEvent


@dataclass(frozen=True)
class Standing:
    """A deputy at one sitting, with the newest event about her; None where there is none."""

    member: Membership
    last: PresenceEvent | None

    @property
    def is_present(self) -> bool:
        return self.last is not None and self.last.verb in PRESENT

    @property
    def is_excused(self) -> bool:
        return self.last is not None and self.last.verb == PresenceEvent.Verb.EXCUSED


@dataclass(frozen=True)
class Attendance:
    """Who should be there (应到), is there (实到), has leave (请假) and is missing (缺席)."""

    due: int
    present: int
    excused: int

    @property
    def absent(self) -> int:
        return self.due - self.present - self.excused


def expected(item: AgendaItem) -> QuerySet[Membership]:
    """Return who should be at a sitting: the congress as it was that day, or one of its groups."""
    members = members_on(item.meeting.session.congress, timezone.localdate(item.starts_at))
    return members.filter(group=item.group) if item.group_id else members


def newest(item: AgendaItem) -> dict[int, PresenceEvent]:
    """Return the newest event of each deputy at a sitting, by membership."""
    rows = item.presence.select_related("actor").order_by("member_id", "-pk").distinct("member_id")
    return {row.member_id: row for row in rows}


def standings(item: AgendaItem) -> list[Standing]:
    """Return everybody who should be there, by group and certificate, with where she stands."""
    last = newest(item)
    members = expected(item).order_by("group__name", "code")
    return [Standing(member, last.get(member.pk)) for member in members]


def attendance(rows: Iterable[Standing]) -> Attendance:
    """Count a sitting."""
    rows = list(rows)
    present, excused = sum(one.is_present for one in rows), sum(one.is_excused for one in rows)
    return Attendance(len(rows), present, excused)
