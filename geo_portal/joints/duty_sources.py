"""From what deputies do in every room to their duty records: each kind of row says what kind of duty it was.

A row is recorded in the transaction that writes it. What was written in bulk is found by :func:`gather`, once a day and
by `manage.py gather_duty`; a record is made once, whichever comes first.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Model, Q
from django.db.models.signals import post_save
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from inspections.models import Capacity, Patrol
from ledger.erasure import erasing
from projects.models import Answer, Proposal, Turnout
from stations.duty.services import DutyEntry, record_duties, withdraw_by_source
from stations.models import Deputy, DutyKind, DutyRecord
from stations.signals import gathering_duty
from supervision.models import Finding, Suggestion, SuggestionEvent

FINDING = "finding:"
"""How the source of a record began while a finding was a duty beside the suggestion that it became."""
ONE_ACT = "与提出的建议是同一件事，只记一次。"


@dataclass(frozen=True)
class Source:
    """One kind of row that is a deputy's duty. `person` is the path to her user."""

    name: str
    model: type[Model]
    kind: str
    person: str
    at: str
    number: str
    """Path to what the record is named by: two rows with one number are one thing done."""
    title: Callable[[Any], str]
    page: Callable[[Any], str]
    only: Q = field(default_factory=Q)
    when_changed: bool = False
    """Whether a row becomes duty by a later step, as a patrol does when it ends."""

    def entries(self, rows: Any, deputies: dict[int, int]) -> Iterator[DutyEntry]:
        """Yield an entry for each row of a deputy in `deputies` (user -> deputy)."""
        for row in rows:
            deputy = deputies.get(follow(row, f"{self.person}_id") or 0)
            if deputy is not None:
                on, number = _day(follow(row, self.at)), follow(row, self.number)
                with translation.override(settings.LANGUAGE_CODE):  # a record is kept in the site's own language
                    title = self.title(row)
                yield DutyEntry(deputy, self.kind, on, f"{self.name}:{number}", title, self.page(row))


def _suggested(event: SuggestionEvent) -> str:
    """What she proposed, in her words; of what a citizen reported, whose words may be erased one day, the number."""
    if event.verb == SuggestionEvent.Verb.ADOPTED:
        return _("认领公众上报：%s") % event.suggestion.number
    return _("提出：%s") % event.suggestion.title


SOURCES = (
    # A patrol is her duty once it has ended, walked as a deputy and not as a chief, and with a track.
    Source(
        "patrol",
        Patrol,
        DutyKind.INSPECTION,
        "user",
        "started_at",
        "pk",
        lambda row: _("巡查%s") % (row.river or row.area or ""),
        lambda row: row.get_absolute_url(),
        Q(ended_at__isnull=False, capacity=Capacity.DEPUTY, length_m__gt=0),
        when_changed=True,
    ),
    # What she reports becomes her matter at once: one act, one record (decision 65). Staff who sit propose nothing by
    # splitting a part off (it names the whole), or by handing a leaver's matters to another (that says from whom).
    Source(
        "suggestion",
        SuggestionEvent,
        DutyKind.SUGGESTION,
        "actor",
        "at",
        "suggestion_id",
        _suggested,
        lambda row: reverse("supervision:suggestion", args=[row.suggestion.number]),
        Q(verb="submitted", other=None) | Q(verb="adopted", text=""),
    ),
    Source(
        "proposal",
        Proposal,
        DutyKind.SUGGESTION,
        "deputy",
        "created_at",
        "pk",
        lambda row: _("提出民生实事建议：%s") % row.title,
        lambda row: row.get_absolute_url(),
    ),
    # That she voted, never what.
    Source(
        "vote",
        Turnout,
        DutyKind.VOTE,
        "elector.deputy",
        "cast_at",
        "elector.session_id",
        lambda row: _("参加票决：%s") % row.elector.session,
        lambda row: "",
    ),
    Source(
        "rating",
        Answer,
        DutyKind.VOTE,
        "deputy",
        "created_at",
        "project_id",
        lambda row: _("参加满意度测评：%s") % row.project,
        lambda row: reverse("projects:detail", args=[row.project.code]),
    ),
)


def gather(since: date | None = None) -> int:
    """Record what is not recorded yet, of all time or from a day on; return how many records were new."""
    deputies = _deputies()
    found = 0
    for source in SOURCES:
        rows = source.model._default_manager.filter(source.only, **{f"{_path(source.person)}__in": deputies})
        if since is not None:
            rows = rows.filter(**{f"{source.at}__date__gte": since})
        found += record_duties(source.entries(rows.iterator(), deputies))
    withdraw_doubles()
    return found


def withdraw_doubles(today: date | None = None) -> int:
    """Withdraw this year's records of findings that are recorded as suggestions too; return how many.

    They were made before one act was one record. What somebody has touched since, and earlier years, stay as they are.
    """
    year = (today or timezone.localdate()).year
    rows = DutyRecord.objects.filter(source__startswith=FINDING, on__year=year, is_withdrawn=False, version=1)
    matters = dict(
        Finding.objects.filter(pk__in=[int(row.source.removeprefix(FINDING)) for row in rows], suggestion__isnull=False)
        .values_list("pk", "suggestion")
    )  # fmt: skip
    count = 0
    for row in rows:
        matter = matters.get(int(row.source.removeprefix(FINDING)))
        if matter and DutyRecord.objects.filter(deputy=row.deputy_id, source=f"suggestion:{matter}").exists():
            count += withdraw_by_source(None, row.source, [row.deputy_id], reason=ONE_ACT)
    return count


def listen() -> None:
    """Record each row as it is written."""
    for source in SOURCES:
        post_save.connect(_listener(source), sender=source.model, weak=False, dispatch_uid=f"duty:{source.name}")
    gathering_duty.connect(_gather_daily, dispatch_uid="duty:gather")
    erasing.connect(_of_a_matter, sender=Suggestion, dispatch_uid="duty:erasure-of-matters")
    erasing.connect(_of_a_proposal, sender=Proposal, dispatch_uid="duty:erasure-of-proposals")


def _of_a_matter(thing: Suggestion, **kwargs: Any) -> list[DutyRecord]:
    """The records that hold the words of a matter; one of a matter that was taken on names its number only."""
    sources = [f"suggestion:{thing.pk}", *([f"{FINDING}{thing.finding_id}"] if thing.finding_id else [])]
    return list(DutyRecord.objects.filter(source__in=sources).exclude(title__endswith=thing.number))


def _of_a_proposal(thing: Proposal, **kwargs: Any) -> list[DutyRecord]:
    return list(DutyRecord.objects.filter(source=f"proposal:{thing.pk}"))


def follow(row: Any, path: str) -> Any:
    """Return what lies at the end of a dotted path of attributes."""
    for part in path.split("."):
        row = getattr(row, part)
    return row


def _gather_daily(**kwargs: Any) -> int:
    return gather()


def _listener(source: Source) -> Callable[..., None]:
    def record(instance: Model, created: bool, raw: bool, **kwargs: Any) -> None:
        told = not raw and (created or source.when_changed)
        user = follow(instance, f"{source.person}_id") if told else None
        if user and type(instance)._default_manager.filter(source.only, pk=instance.pk).exists():
            record_duties(source.entries([instance], _deputies(user)))

    return record


def _deputies(user_id: int | None = None) -> dict[int, int]:
    """User -> deputy, of those who have an account."""
    people = Deputy.objects.filter(user__isnull=False, **({"user": user_id} if user_id else {}))
    return dict(people.values_list("user_id", "pk"))


def _path(attribute: str) -> str:
    return attribute.replace(".", "__")


def _day(moment: date | datetime) -> date:
    return timezone.localtime(moment).date() if isinstance(moment, datetime) else moment
