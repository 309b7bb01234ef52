"""The life of a matter as the public and its reporter may read it: what happened and when, never who.

Words are shown only where somebody has said that they may be: to the reporter what is meant for her; to the public what
staff have published, which covers the answers that were there when they published.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.translation import gettext

from supervision.matters.models import EventFile, Suggestion, SuggestionEvent

Verb = SuggestionEvent.Verb
SHOWN = frozenset(
    {
        Verb.RECEIVED,
        Verb.SUBMITTED,
        Verb.ACCEPTED,
        Verb.ADOPTED,
        Verb.ASSIGNED,
        Verb.FORWARDED,
        Verb.PASSED_ON,
        Verb.RETURNED,
        Verb.EXTENDED,
        Verb.REPLIED,
        Verb.REPLY_CORRECTED,
        Verb.RATED,
        Verb.REOPENED,
        Verb.CAME_BACK,
        Verb.MERGED,
    }
)
REPORTER_SHOWN = SHOWN | {
    Verb.DECLINED,
    Verb.RECONSIDERED,
    Verb.SAID,
    Verb.URGED,
    Verb.URGE_WITHDRAWN,
    Verb.UNMERGED,
}
ANSWERS = frozenset({Verb.REPLIED, Verb.REPLY_CORRECTED})
REPORTER_TEXTS = ANSWERS | {Verb.DECLINED, Verb.RECONSIDERED}
OWN_TEXTS = frozenset({Verb.SAID, Verb.RATED, Verb.REOPENED})
RESULTS = frozenset({Verb.REPLIED})
NAMES_DEPARTMENT = frozenset({Verb.ASSIGNED, Verb.FORWARDED, Verb.PASSED_ON, Verb.REOPENED})


@dataclass(frozen=True, slots=True)
class Step:
    """One event in words for outside. `who` is a department or a kind of person, never a name."""

    at: datetime
    verb: str
    title: str
    who: str
    to: str
    text: str
    result: str
    handling: str
    outcome: str
    until: date | None = None
    """The day to which the reply was put off."""
    files: tuple[tuple[int, str], ...] = ()
    """Number and name of each file of an answer, for the reporter alone."""


def public_timeline(suggestion: Suggestion) -> list[Step]:
    """Return what everybody may read of a published matter, oldest first; reads its events once."""
    events = list(_events(suggestion))
    published = max((event.at for event in events if event.verb == Verb.PUBLISHED), default=None)

    def words(event: SuggestionEvent) -> bool:
        return event.verb in ANSWERS and published is not None and event.at <= published

    return [_step(event, words) for event in events if event.verb in SHOWN]


def reporter_timeline(suggestion: Suggestion, *, is_own: bool = True) -> list[Step]:
    """Return what the reporter may read: every answer and reason meant for her, and her own words.

    Of a matter that is not her own (`is_own` false) nothing that its reporter wrote.
    """

    def is_hers(event: SuggestionEvent) -> bool:
        return is_own and event.by_reporter

    def words(event: SuggestionEvent) -> bool:
        return event.verb in REPORTER_TEXTS or (event.verb in OWN_TEXTS and is_hers(event))

    events = _events(suggestion).prefetch_related("files")
    shown = (event for event in events if event.verb in REPORTER_SHOWN)
    return [_with_files(event, words) for event in shown if event.verb != Verb.SAID or is_hers(event)]


def others_of(suggestion: Suggestion) -> list[Suggestion]:
    """The other matters whose answers are her reporter's too: the one that hers was merged into, and parts of hers."""
    own = [suggestion, *suggestion.parts.select_related("merged_into").order_by("pk")]
    found = dict.fromkeys(one for matter in own for one in (matter, matter.merged_into) if one is not None)
    return [matter for matter in found if matter != suggestion]


def answer_files(*matters: Suggestion) -> QuerySet[EventFile]:
    """Return the files of the answers to these matters."""
    return EventFile.objects.filter(event__suggestion__in=matters, event__verb__in=ANSWERS)


def _with_files(event: SuggestionEvent, words: Callable[[SuggestionEvent], bool]) -> Step:
    files = tuple((file.pk, file.name) for file in event.files.all()) if event.verb in ANSWERS else ()
    return replace(_step(event, words), files=files)


def _events(suggestion: Suggestion) -> QuerySet[SuggestionEvent]:
    return suggestion.events.select_related("department", "actor").order_by("at", "pk")


def _step(event: SuggestionEvent, words: Callable[[SuggestionEvent], bool]) -> Step:
    may_read_text = words(event)
    rated = event.verb in (Verb.RATED, Verb.REOPENED)
    return Step(
        at=event.at,
        verb=event.verb,
        title=str(event.get_verb_display()),
        who=_who(event),
        to=str(event.department) if event.verb in NAMES_DEPARTMENT and event.department else "",
        text=event.text if may_read_text else "",
        result=event.get_result_display() if event.verb in RESULTS else "",
        handling=event.get_handling_display() if rated else "",
        outcome=event.get_outcome_display() if rated else "",
        until=event.due_on if event.verb == Verb.EXTENDED else None,
    )


def _who(event: SuggestionEvent) -> str:
    if event.verb in (*ANSWERS, Verb.RETURNED):
        return str(event.department or "")
    if event.by_reporter or event.verb == Verb.RECEIVED:
        return gettext("上报人")
    if event.actor is None:
        return gettext("系统")
    return {
        "deputy": gettext("人大代表"),
        "officer": gettext("办理单位"),
        "staff": gettext("人大工作人员"),
        "admin": gettext("人大工作人员"),
    }.get(event.actor.role, gettext("工作人员"))
