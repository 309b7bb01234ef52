"""Motions and suggestions from before the platform, as rows: with their state, answers and ratings, by their number.

What was settled elsewhere is entered as settled; what is still in hand goes on here, with the period that runs. What
was entered is history: a row sent again may carry it further, never say something else.
"""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.congress.datasets import congress_of_row, place_cell
from accounts.loads import GivenRow
from accounts.loads.cells import day_cell, department_of
from accounts.models import Congress, Department, Membership
from accounts.permissions import Asker
from geokit.refusal import BadInput, NotPermitted, refuse
from ledger import audit
from ledger.actors import account_of
from papers.exchange.columns import FIELDS
from papers.handling.models import Handling, HandlingEvent, Result, Satisfaction
from papers.handling.table import HandlingState
from papers.register.changes import keep_version
from papers.register.models import Paper, PaperEvent, Signatory
from papers.register.permissions import is_staff_for
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
ENTERED = "entered"
MOST_SIGNERS = 300


def filed() -> QuerySet[Paper]:
    """Every paper that was taken up and has its number."""
    rows = Paper.objects.filter(state__in=PAPERS.in_group("taken_up"), number__isnull=False)
    return rows.select_related("congress__area").order_by("submitted_at", "pk")


def find(row: SheetRow) -> Paper | None:
    return filed().filter(number=row["number"]).first()


def write(actor: Asker, row: GivenRow) -> Paper:
    """Enter a paper, or carry one that was entered further. Raises Refusal."""
    congress = congress_of_row(row)
    if not is_staff_for(account_of(actor), congress):
        raise NotPermitted(_("议案建议由本级人大工作人员登记。"))
    known = Paper.objects.filter(number=row["number"]).first()
    if known is None:
        return _enter(actor, congress, row)
    if not known.events.filter(detail__past=True).exists():
        if _says_the_same(known, row):
            return known
        raise BadInput(_("这一件在平台上办理，请在它的页面上办。"), code="handled-here")
    if _texts(row) != {name: getattr(known, name) for name in ("title", *TEXTS)}:
        raise refuse("title", "already-entered", _("已经登记的文本不能再改。"))
    _go_on(actor, known, row)
    return known


def _says_the_same(known: Paper, row: GivenRow) -> bool:
    there = cells(known)
    return all(there.get(name, "") == cell for name, cell in row.cells.items() if cell)


def _texts(row: GivenRow) -> dict[str, str]:
    return {
        "title": required_text(row, "title", FIELDS, 120),
        **{name: optional_text(row, name, FIELDS, 8000) for name in TEXTS},
    }


def _enter(actor: Asker, congress: Congress, row: GivenRow) -> Paper:
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
    paper.save()
    keep_version(paper, account_of(actor))
    for member, is_lead in _signers(congress, row):
        at = paper.submitted_at
        Signatory.objects.create(
            paper=paper, member=member, is_lead=is_lead, signed_version=paper.text_version, signed_at=at
        )
    _event(paper, ENTERED if state == S.SETTLED else "registered", actor, submitted)
    audit.record(actor, "paper-entered", paper, number=paper.number, state=str(state))
    _go_on(actor, paper, row)
    return paper


def _go_on(actor: Asker, paper: Paper, row: GivenRow) -> None:
    """Bring a paper to the state that the row says; backwards is refused."""
    order = [state for state, _label in STATES]
    wanted = _state(row)
    entered_settled = paper.events.filter(verb=ENTERED).exists()
    if paper.state not in order or order.index(wanted) < order.index(S(paper.state)):
        raise refuse("state", "backwards", _("已经是“%s”，不能退回。") % paper.get_state_display())
    if wanted == paper.state and not (entered_settled and paper.state == S.ACCEPTED):
        return
    if wanted == S.SETTLED and not entered_settled:
        raise refuse("state", "handled-here", _("交给平台办理的，请在它的页面上答复和办结。"))
    _assign(actor, paper, row, settled=wanted == S.SETTLED)
    paper.state = wanted
    paper.version += 1
    paper.save(update_fields=["state", "version"])


def _assign(actor: Asker, paper: Paper, row: GivenRow, *, settled: bool) -> None:
    organs, co = _departments(row, "departments"), _departments(row, "co")
    if not organs:
        raise refuse("departments", "required", _("请写承办单位。"))
    on = _day(row, "assigned_on") if row["assigned_on"] else timezone.localdate(paper.submitted_at)
    if not settled:
        detail = {"departments": [one.code for one in (*organs, *co)]}
        _event(paper, "assigned", actor, on, **detail)
    main = Handling.Role.LEAD if len(organs) == 1 else Handling.Role.SEPARATE
    results = split_names(row["result"]) if settled else []
    for place, organ in enumerate(organs):
        _handling(actor, paper, row, organ, main, on, results[place : place + 1] or results[:1], settled=settled)
    for organ in co:
        _handling(actor, paper, row, organ, Handling.Role.CO, on, [], settled=settled)


def _handling(
    actor: Asker, paper: Paper, row: GivenRow, organ: Department, role: Handling.Role, on: date,
    results: Sequence[str], *, settled: bool,
) -> None:  # fmt: skip
    due = _due(row, role, on)
    answered = _day(row, "answered_on") if settled and row["answered_on"] else None
    if answered is not None and answered < on:
        raise refuse("answered_on", "before-it", _("答复日期不能早于交办日期。"))
    made = Handling.objects.create(
        paper=paper, department=organ, role=role, assigned_on=on, due_on=due,
        returnable_until=periods.ends_on(Clock.RETURN, on), answered_on=answered,
        state=HandlingState.SETTLED if settled else HandlingState.ASSIGNED, result=_result(results),
    )  # fmt: skip
    given = _ratings(row) | {"text": optional_text(row, "answer", HEADS, 20_000)} if settled else {}
    verb = ENTERED if settled else "assigned"
    at = _noon(answered or on)
    who = account_of(actor)
    HandlingEvent.objects.create(handling=made, verb=verb, at=at, actor=who, due_on=due, detail={"past": True}, **given)


def _due(row: GivenRow, role: Handling.Role, on: date) -> date:
    """The day that the sheet names, else the statutory period from the day it was assigned."""
    if row["due_on"]:
        return parse_day(row, "due_on")
    return periods.ends_on(Clock.CO_HANDLING if role == Handling.Role.CO else Clock.REPLY, on)


def _result(results: Sequence[str]) -> str:
    found = results[0].upper() if results else ""
    if found and found not in Result.values:
        raise refuse("result", "unknown-choice", _("办理结果应是 A、B、C 或 D。"))
    return found


def _ratings(row: GivenRow) -> dict[str, str]:
    return {name: choice_value(row, name, Satisfaction.choices, RATINGS) if row[name] else "" for name in RATINGS}


def _state(row: GivenRow) -> PaperState:
    return S(choice_value(row, "state", STATES, FIELDS)) if row["state"] else S.SETTLED


def _signers(congress: Congress, row: GivenRow) -> list[tuple[Membership, bool]]:
    lead = _member(congress, "lead", required_text(row, "lead", FIELDS, 40))
    names = split_names(row["signers"])
    if len(names) > MOST_SIGNERS:
        raise refuse("signers", "too-many", _("联名的代表最多 %d 名。") % MOST_SIGNERS)
    others = dict.fromkeys(_member(congress, "signers", name) for name in names)
    return [(lead, True), *((one, False) for one in others if one != lead)]


def _member(congress: Congress, column: str, word: str) -> Membership:
    """The member of that congress, in office now or not, by certificate or name."""
    members = Membership.objects.filter(congress=congress)
    found = list(members.filter(code=word)[:1]) or list(members.filter(person__name=word)[:2])
    words = {"name": word, "column": FIELDS[column]}
    if not found:
        raise refuse(column, "unknown", _("“%(column)s”里的%(name)s不是这一届的代表，请先导入代表任职。") % words)
    if len(found) > 1:
        raise refuse(column, "ambiguous", _("有两名代表叫%(name)s，请改写代表证号。") % words)
    return found[0]


def _departments(row: GivenRow, column: str) -> list[Department]:
    found = [department_of(SheetRow(row.number, {"department": word})) for word in split_names(row[column])]
    return list(dict.fromkeys(one for one in found if one is not None))


def _day(row: GivenRow, column: str) -> date:
    day = parse_day(row, column)
    if day > timezone.localdate():
        raise refuse(column, "in-the-future", _("日期不能在今天之后。"))
    return day


def _noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))


def _event(paper: Paper, verb: str, actor: Asker, on: date, **detail: Any) -> None:
    about = {"past": True, **detail}
    PaperEvent.objects.create(paper=paper, verb=verb, at=_noon(on), actor=account_of(actor), detail=about)


def cells(paper: Paper) -> dict[str, str]:
    """A paper as a row would say it; what is answered here and not yet settled leaves as in hand."""
    signers = [one for one in paper.signatories.select_related("member") if one.left_at is None]
    handlings = list(paper.handlings.filter(returned_on=None).select_related("department").order_by("pk"))
    main = [one for one in handlings if one.role != Handling.Role.CO]
    last = HandlingEvent.objects.filter(handling__in=main).exclude(handling_rating="").order_by("at", "pk").last()
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
        signed = one.answers.order_by("-pk").first()
        entered = one.events.filter(verb=ENTERED).first()
        if words := signed.text if signed else entered.text if entered else "":
            return str(words)
    return ""
