"""Motions and suggestions from before the platform, as rows: with their state, answers and ratings, by their number.

What was settled elsewhere is entered as settled; what is still in hand goes on here, with the period that runs. What
was entered is history: a row sent again may carry it further, never say something else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.congress.datasets import Congresses, place_cell
from accounts.congress.permissions import congresses_kept_by
from accounts.loads import GivenRow
from accounts.loads.cells import day_cell
from accounts.loads.together import departments_of, read_and_written
from accounts.models import Congress, Department, Membership, Role
from accounts.permissions import Asker, has_role
from accounts.workdays import calendar
from geokit.refusal import BadInput, NotPermitted, Refusal, refuse
from ledger import audit
from ledger.actors import account_of
from papers.exchange.columns import FIELDS
from papers.handling.models import Handling, HandlingEvent, Result, Satisfaction, SignedAnswer
from papers.handling.table import HandlingState
from papers.register.changes import version_of
from papers.register.models import Paper, PaperEvent, PaperVersion, Signatory
from papers.register.table import PAPERS, PaperState
from supervision.deadlines import periods
from supervision.deadlines.clocks import Clock
from supervision.models import Category
from ui.sheet_rows import choice_value, optional_text, parse_day, required_text, split_names
from ui.sheets import SheetRow

S = PaperState
STATES = tuple((state, PAPERS.state(state).label) for state in (S.ACCEPTED, S.ASSIGNED, S.SETTLED))
HEADS: dict[str, Any] = {**FIELDS, "answer": gettext_lazy("答复内容")}
RATINGS = {"handling_rating": gettext_lazy("对办理工作"), "outcome_rating": gettext_lazy("对办理结果")}
TEXTS = ("facts", "analysis", "request")
ORGANS = ("departments", "co")
ENTERED = "entered"
MOST_SIGNERS = 300


def filed() -> QuerySet[Paper]:
    """Every paper that was taken up and has its number, with what its cells are made of."""
    rows = Paper.objects.filter(state__in=PAPERS.in_group("taken_up"), number__isnull=False)
    handlings = (
        Handling.objects.select_related("department")
        .order_by("pk")
        .prefetch_related("events", Prefetch("answers", SignedAnswer.objects.order_by("-pk")))
    )
    parts = (Prefetch("signatories", Signatory.objects.select_related("member")), Prefetch("handlings", handlings))
    return rows.select_related("congress__area").prefetch_related(*parts, "events").order_by("submitted_at", "pk")


def find(row: SheetRow) -> Paper | None:
    return filed().filter(number=row["number"]).first()


def find_many(rows: Sequence[SheetRow]) -> list[Paper | None]:
    known = {paper.number: paper for paper in filed().filter(number__in={row["number"] for row in rows})}
    return [known.get(row["number"]) for row in rows]


def write(actor: Asker, row: GivenRow) -> Paper:
    """Enter a paper, or carry one that was entered further. Raises Refusal."""
    names = _Names(actor, [row])
    known = Paper.objects.filter(number=row["number"]).first()
    if known is None:
        entry = _entry(actor, row, names)
        _store(actor, [entry])
        return entry.paper
    names.congress(row)
    if not _is_past(known):
        if _says_the_same(known, row):
            return known
        raise BadInput(_("这一件在平台上办理，请在它的页面上办。"), code="handled-here")
    if _texts(row) != {name: getattr(known, name) for name in ("title", *TEXTS)}:
        raise refuse("title", "already-entered", _("已经登记的文本不能再改。"))
    _go_on(actor, known, row, names)
    return known


def write_many(actor: Asker, rows: Sequence[GivenRow]) -> list[Any]:
    """New papers together; one that is there goes on by itself, unless it is where the row says."""
    names, known = _Names(actor, rows), find_many(rows)
    taken = set(Paper.objects.filter(number__in={row["number"] for row in rows}).values_list("number", flat=True))
    new = [row for row in rows if row["number"] not in taken]
    written = iter(read_and_written(new, lambda row: _entry(actor, row, names), lambda given: _store(actor, given)))
    return [
        next(written) if row["number"] not in taken else _unchanged(row, paper, names)
        for row, paper in zip(rows, known, strict=True)
    ]


def _unchanged(row: GivenRow, paper: Paper | None, names: "_Names") -> Paper | None:
    """The paper, where a row says nothing new of it; None where it does, or cannot be read."""
    if paper is None:
        return None
    try:
        names.congress(row)
        same = _texts(row) == {name: getattr(paper, name) for name in ("title", *TEXTS)} if _is_past(paper) else True
        is_there = same and (_state(row) == paper.state if _is_past(paper) else _says_the_same(paper, row))
    except Refusal:
        return None
    return paper if is_there and paper.state != S.ACCEPTED else None


def _is_past(paper: Paper) -> bool:
    """Whether a paper was entered as one from before the platform."""
    return any(event.detail.get("past") for event in paper.events.all())


def _says_the_same(known: Paper, row: GivenRow) -> bool:
    there = cells(known)
    return all(there.get(name, "") == cell for name, cell in row.cells.items() if cell)


def _texts(row: GivenRow) -> dict[str, str]:
    return {
        "title": required_text(row, "title", FIELDS, 120),
        **{name: optional_text(row, name, FIELDS, 8000) for name in TEXTS},
    }


class _Names:
    """What the rows of a file name, read at once: congresses, their members, and departments."""

    def __init__(self, actor: Asker, rows: Sequence[GivenRow]) -> None:
        self._congresses = Congresses(rows)
        self._kept = set(congresses_kept_by(actor).values_list("pk", flat=True)) if has_role(actor, Role.STAFF) else ()
        words = [
            SheetRow(0, {"department": word}) for row in rows for name in ORGANS for word in split_names(row[name])
        ]
        self._departments = departments_of(words)
        names = {word for row in rows for word in (row["lead"], *split_names(row["signers"])[:MOST_SIGNERS])}
        members = Membership.objects.filter(Q(code__in=names) | Q(person__name__in=names))
        self._members = list(members.select_related("person").order_by("pk"))
        self.calendar = calendar()

    def congress(self, row: GivenRow) -> Congress:
        """The congress of a row. Raises BadInput, NotPermitted where the actor does not keep it."""
        congress = self._congresses.of(row)
        if congress.pk not in self._kept:
            raise NotPermitted(_("议案建议由本级人大工作人员登记。"))
        return congress

    def departments(self, row: GivenRow, column: str) -> list[Department]:
        words = [SheetRow(row.number, {"department": word}) for word in split_names(row[column])]
        found = [self._departments.of(word, "department") for word in words]
        return list(dict.fromkeys(one for one in found if one is not None))

    def member(self, congress: Congress, column: str, word: str) -> Membership:
        """The member of that congress, in office now or not, by certificate or name. Raises BadInput."""
        members = [one for one in self._members if one.congress_id == congress.pk]
        found = [one for one in members if one.code == word] or [one for one in members if one.person.name == word]
        words = {"name": word, "column": FIELDS[column]}
        if not found:
            raise refuse(column, "unknown", _("“%(column)s”里的%(name)s不是这一届的代表，请先导入代表任职。") % words)
        if len(found) > 1:
            raise refuse(column, "ambiguous", _("有两名代表叫%(name)s，请改写代表证号。") % words)
        return found[0]

    def ends_on(self, clock: Clock, start: date) -> date:
        """The last day of a period, as `periods.ends_on` reckons it."""
        return periods.period(clock, start).ending(start, self.calendar).day


@dataclass(slots=True)
class _Entry:
    """What a row writes: a paper and what happened to it, not stored yet."""

    paper: Paper
    events: list[PaperEvent] = field(default_factory=list)
    signatories: list[Signatory] = field(default_factory=list)
    handlings: list[tuple[Handling, HandlingEvent]] = field(default_factory=list)
    entered_as: str = ""
    """The state that the audit trail names of a new paper."""


def _store(actor: Asker, entries: Sequence[_Entry]) -> list[Paper]:
    """Write new papers with what happened to them, each kind of row with one statement."""
    Paper.objects.bulk_create([entry.paper for entry in entries])
    author = account_of(actor)
    PaperVersion.objects.bulk_create([version_of(entry.paper, author) for entry in entries])
    Signatory.objects.bulk_create([one for entry in entries for one in entry.signatories])
    _store_events(entries)
    said = ((one.paper, {"number": one.paper.number, "state": one.entered_as}) for one in entries)
    audit.record_many(actor, "paper-entered", said)
    return [entry.paper for entry in entries]


def _store_events(entries: Sequence[_Entry]) -> None:
    PaperEvent.objects.bulk_create([event for entry in entries for event in entry.events])
    handlings = [pair for entry in entries for pair in entry.handlings]
    Handling.objects.bulk_create([handling for handling, _event in handlings])
    HandlingEvent.objects.bulk_create([event for _handling, event in handlings])


def _entry(actor: Asker, row: GivenRow, names: _Names) -> _Entry:
    """A paper that is not there yet as a row says it. Raises Refusal."""
    congress = names.congress(row)
    submitted = _day(row, "submitted_on")
    state = _state(row)
    paper = Paper(
        congress=congress,
        number=required_text(row, "number", FIELDS, 30),
        kind=choice_value(row, "kind", Paper.Kind.choices, FIELDS) if row["kind"] else Paper.Kind.SUGGESTION,
        category=choice_value(row, "category", Category.choices, FIELDS) if row["category"] else Category.GENERAL,
        state=S.ACCEPTED,
        submitted_at=_noon(submitted),
        **_texts(row),
    )
    entry = _Entry(paper, entered_as=str(state))
    for member, is_lead in _signers(congress, row, names):
        at, version = paper.submitted_at, paper.text_version
        entry.signatories.append(
            Signatory(paper=paper, member=member, is_lead=is_lead, signed_version=version, signed_at=at)
        )
    is_settled = state == S.SETTLED
    entry.events.append(_event(paper, ENTERED if is_settled else "registered", actor, submitted))
    if state != S.ACCEPTED:
        _bring_to(actor, entry, row, names, state)
    return entry


def _go_on(actor: Asker, paper: Paper, row: GivenRow, names: _Names) -> None:
    """Bring a paper that is there to the state that the row says; backwards is refused."""
    order = [state for state, _label in STATES]
    wanted = _state(row)
    entered_settled = any(event.verb == ENTERED for event in paper.events.all())
    if paper.state not in order or order.index(wanted) < order.index(S(paper.state)):
        raise refuse("state", "backwards", _("已经是“%s”，不能退回。") % paper.get_state_display())
    if wanted == paper.state and not (entered_settled and paper.state == S.ACCEPTED):
        return
    if wanted == S.SETTLED and not entered_settled:
        raise refuse("state", "handled-here", _("交给平台办理的，请在它的页面上答复和办结。"))
    entry = _Entry(paper)
    _bring_to(actor, entry, row, names, wanted)
    _store_events([entry])
    paper.save(update_fields=["state", "version"])


def _bring_to(actor: Asker, entry: _Entry, row: GivenRow, names: _Names, state: PaperState) -> None:
    """Let the organs of a row handle a paper, or have handled it. Raises BadInput."""
    paper, settled = entry.paper, state == S.SETTLED
    organs, co = (names.departments(row, column) for column in ORGANS)
    if not organs:
        raise refuse("departments", "required", _("请写承办单位。"))
    on = _day(row, "assigned_on") if row["assigned_on"] else timezone.localdate(paper.submitted_at)
    if not settled:
        detail = {"departments": [one.code for one in (*organs, *co)]}
        entry.events.append(_event(paper, "assigned", actor, on, **detail))
    main = Handling.Role.LEAD if len(organs) == 1 else Handling.Role.SEPARATE
    results = split_names(row["result"]) if settled else []
    about = [(one, main, results[place : place + 1] or results[:1]) for place, one in enumerate(organs)]
    about += [(one, Handling.Role.CO, []) for one in co]
    for organ, role, result in about:
        due = _due(row, role, on, names)
        made = Handling(
            paper=paper, department=organ, role=role, assigned_on=on, due_on=due,
            returnable_until=names.ends_on(Clock.RETURN, on), result=_result(result),
        )  # fmt: skip
        entry.handlings.append((made, _handled(actor, made, row, settled=settled)))
    paper.state = state
    paper.version += 1


def _handled(actor: Asker, handling: Handling, row: GivenRow, *, settled: bool) -> HandlingEvent:
    """What an organ did, as the row says it: nothing yet, or all. Raises BadInput."""
    answered = _day(row, "answered_on") if settled and row["answered_on"] else None
    if answered is not None and answered < handling.assigned_on:
        raise refuse("answered_on", "before-it", _("答复日期不能早于交办日期。"))
    handling.answered_on = answered
    handling.state = HandlingState.SETTLED if settled else HandlingState.ASSIGNED
    given = _ratings(row) | {"text": optional_text(row, "answer", HEADS, 20_000)} if settled else {}
    verb = ENTERED if settled else "assigned"
    at, who = _noon(answered or handling.assigned_on), account_of(actor)
    due = handling.due_on
    return HandlingEvent(handling=handling, verb=verb, at=at, actor=who, due_on=due, detail={"past": True}, **given)


def _due(row: GivenRow, role: Handling.Role, on: date, names: _Names) -> date:
    """The day that the sheet names, else the statutory period from the day it was assigned."""
    if row["due_on"]:
        return parse_day(row, "due_on")
    return names.ends_on(Clock.CO_HANDLING if role == Handling.Role.CO else Clock.REPLY, on)


def _result(results: Sequence[str]) -> str:
    found = results[0].upper() if results else ""
    if found and found not in Result.values:
        raise refuse("result", "unknown-choice", _("办理结果应是 A、B、C 或 D。"))
    return found


def _ratings(row: GivenRow) -> dict[str, str]:
    return {name: choice_value(row, name, Satisfaction.choices, RATINGS) if row[name] else "" for name in RATINGS}


def _state(row: GivenRow) -> PaperState:
    return S(choice_value(row, "state", STATES, FIELDS)) if row["state"] else S.SETTLED


def _signers(congress: Congress, row: GivenRow, known: _Names) -> list[tuple[Membership, bool]]:
    lead = known.member(congress, "lead", required_text(row, "lead", FIELDS, 40))
    names = split_names(row["signers"])
    if len(names) > MOST_SIGNERS:
        raise refuse("signers", "too-many", _("联名的代表最多 %d 名。") % MOST_SIGNERS)
    others = dict.fromkeys(known.member(congress, "signers", name) for name in names)
    return [(lead, True), *((one, False) for one in others if one != lead)]


def _day(row: GivenRow, column: str) -> date:
    day = parse_day(row, column)
    if day > timezone.localdate():
        raise refuse(column, "in-the-future", _("日期不能在今天之后。"))
    return day


def _noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))


def _event(paper: Paper, verb: str, actor: Asker, on: date, **detail: Any) -> PaperEvent:
    about = {"past": True, **detail}
    return PaperEvent(paper=paper, verb=verb, at=_noon(on), actor=account_of(actor), detail=about)


def cells(paper: Paper) -> dict[str, str]:
    """A paper as a row would say it; what is answered here and not yet settled leaves as in hand."""
    signers = [one for one in paper.signatories.all() if one.left_at is None]
    handlings = sorted((one for one in paper.handlings.all() if one.returned_on is None), key=lambda one: one.pk)
    main = [one for one in handlings if one.role != Handling.Role.CO]
    rated = (event for one in main for event in one.events.all() if event.handling_rating)
    last = max(rated, key=lambda event: (event.at, event.pk), default=None)
    is_settled = paper.state == S.SETTLED
    return {
        "number": paper.number or "",
        "area": place_cell(paper.congress),
        "term": str(paper.congress.term),
        "kind": paper.kind,
        "title": paper.title,
        **{name: getattr(paper, name) for name in TEXTS},
        "category": paper.category,
        "lead": next((one.member.code for one in signers if one.is_lead), ""),
        "signers": "、".join(one.member.code for one in signers if not one.is_lead),
        "submitted_on": day_cell(timezone.localdate(paper.submitted_at)) if paper.submitted_at else "",
        "state": S.ASSIGNED if paper.state == S.ANSWERED else paper.state,
        "departments": "、".join(one.department.code for one in main),
        "co": "、".join(one.department.code for one in handlings if one.role == Handling.Role.CO),
        "assigned_on": day_cell(min((one.assigned_on for one in handlings), default=None)),
        "due_on": day_cell(max((one.due_on for one in main), default=None)),
        "result": "、".join(one.result for one in main if one.result) if is_settled else "",
        "answered_on": day_cell(max((one.answered_on for one in main if one.answered_on), default=None)),
        "answer": _answer(main) if is_settled else "",
        "handling_rating": last.handling_rating if last and is_settled else "",
        "outcome_rating": last.outcome_rating if last and is_settled else "",
    }


def _answer(handlings: Sequence[Handling]) -> str:
    """The words of the newest answer: as it was signed here, or as it was entered."""
    for one in handlings:
        signed = max(one.answers.all(), key=lambda answer: answer.pk, default=None)
        entered = next((event for event in one.events.all() if event.verb == ENTERED), None)
        if words := signed.text if signed else entered.text if entered else "":
            return str(words)
    return ""
