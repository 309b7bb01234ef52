"""What each step changes of a matter besides its state, and what its event says. Saved by the workflow."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from accounts.permissions import answers_in
from geokit.refusal import refuse
from ledger.actors import account_of
from ledger.steps.workflow import Step
from supervision.deadlines import periods
from supervision.deadlines.clocks import Clock, latest_plan
from supervision.findings.permissions import linkable
from supervision.matters.clock_changes import begin_opinions_anew, give_back, run_on, start_clocks, stop_clocks
from supervision.matters.extensions import basis_of_extension, refuse_unless_allowed
from supervision.matters.models import CoHandling, MatterLink, Suggestion, SuggestionEvent
from supervision.matters.queries import clock_of, next_number
from supervision.matters.states import Matter, Verb
from supervision.matters.table import IN_HAND

MatterStep = Step[Suggestion, Matter]
Fields = dict[str, Any]
MAX_PARTS = 9
MAX_LINKS = 20
MOST_CORRECTIONS = 3
REQUESTS = (Verb.ASK_RETURN, Verb.ASK_FORWARD, Verb.ASK_EXTENSION, Verb.DROP_REQUEST, Verb.REFUSE_REQUEST)
OWN_CLOCKS = (Verb.PAUSE, Verb.RETURN, Verb.RECALL, Verb.EXTEND, *REQUESTS)
"""What does with the clocks as it says itself, or leaves them alone."""


def change_of(step: MatterStep) -> Mapping[str, Any]:
    """Change the matter as the verb of `step` says; returns the fields of the event.

    A pause ends with whatever step moves or stamps the matter; those that keep its version leave its clocks alone.
    """
    if not step.line.keeps_version and step.line.verb not in OWN_CLOCKS:
        run_on(step.thing)
    return CHANGES.get(step.line.verb, _text)(step)


def _text(step: MatterStep) -> Fields:
    return {"text": step.given.get("text", "")}


def _reconsider(step: MatterStep) -> Fields:
    stop_clocks(step.thing, step.today)
    return _text(step)


def _assign(step: MatterStep) -> Fields:
    matter, department = step.thing, _of_here(step)
    matter.department = department
    clock = start_clocks(matter, step.today, wide=step.given["wide"], promised=step.given["days"])
    begin_opinions_anew(matter, step.today)
    return {"department": department, "due_on": matter.due_on, "clock": clock, **_text(step)}


def _forward(step: MatterStep) -> Fields:
    """Staff give it to another department, whose clocks start anew."""
    matter, department = step.thing, _another_department(step)
    matter.department, clock = department, start_clocks(matter, step.today)
    return {"department": department, "due_on": matter.due_on, "clock": clock, **_text(step)}


def _hand_on(step: MatterStep) -> Fields:
    """What its department asked to pass on: the day of the reply stays, that of returning starts anew."""
    matter, department, due_on = step.thing, _another_department(step), step.thing.due_on
    start_clocks(matter, step.today)
    matter.department, matter.due_on = department, due_on
    return {"department": department, "due_on": due_on, "clock": clock_of(matter), **_text(step)}


def _ask_forward(step: MatterStep) -> Fields:
    return {"department": _another_department(step), **_text(step)}


def _another_department(step: MatterStep) -> Any:
    department = _of_here(step)
    if department == step.thing.department:
        raise refuse("department", "same-department", gettext("本件已由%s办理。") % department)
    return department


def _of_here(step: MatterStep) -> Any:
    """The department that is named; with several districts never another one's."""
    department = step.given["department"]
    if not answers_in(department, step.thing.area):
        raise refuse("department", "elsewhere", gettext("“%s”不是本区的单位。") % department)
    return department


def _give_up(step: MatterStep) -> Fields:
    department, step.thing.paused_on = step.thing.department, None
    stop_clocks(step.thing, step.today)
    return {"department": department, **_text(step)}


def _request(step: MatterStep) -> Fields:
    return {"department": step.thing.department, **_text(step)}


def _correct(step: MatterStep) -> Fields:
    """Once a day and three times in all: whoever rates the reply must find it as she read it."""
    corrected = step.thing.events.filter(verb=SuggestionEvent.Verb.REPLY_CORRECTED)
    if corrected.filter(at__date=step.today).exists():
        raise refuse("text", "corrected-today", gettext("今天已经更正过，请明天再更正。"))
    if corrected.count() >= MOST_CORRECTIONS:
        raise refuse("text", "corrected-often", gettext("一件答复最多更正 %d 次。") % MOST_CORRECTIONS)
    return _request(step)


def _ask_extension(step: MatterStep) -> Fields:
    until = step.given["until"]
    refuse_unless_allowed(step.thing, until, step.today)
    return {"due_on": until, **_request(step)}


def _extend(step: MatterStep) -> Fields:
    matter, until = step.thing, step.given["until"]
    refuse_unless_allowed(matter, until, step.today)
    assert matter.due_on is not None  # noqa: S101 - a matter in hand has a day
    basis, clock = basis_of_extension(step.today, (until - matter.due_on).days), clock_of(matter)
    matter.due_on = until
    return {"due_on": until, "clock": clock, "basis": basis, **_request(step)}


def _ask_co(step: MatterStep) -> Fields:
    matter, department = step.thing, _of_here(step)
    if department == matter.department:
        raise refuse("department", "same-department", gettext("主办单位不能会办自己主办的事项。"))
    if matter.co_handlings.filter(department=department).exists():
        raise refuse("department", "asked-already", gettext("已经请%s会办。") % department)
    due_on = periods.ends_on(Clock.CO_HANDLING, step.today)
    CoHandling.objects.create(suggestion=matter, department=department, due_on=due_on)
    return {"department": department, "due_on": due_on, "clock": Clock.CO_HANDLING, **_text(step)}


def _co_reply(step: MatterStep) -> Fields:
    asked = step.thing.co_handlings.select_for_update().get(department=_department_of(step))
    asked.opinion, asked.answered_at = step.given["text"].strip(), step.at
    asked.save(update_fields=["opinion", "answered_at"])
    return {"department": asked.department, "due_on": asked.due_on, **_text(step)}


def _department_of(step: MatterStep) -> Any:
    return getattr(step.actor, "department", None)


def _reply(step: MatterStep) -> Fields:
    matter, result, planned_on = step.thing, step.given["result"], step.given["planned_on"]
    _check_plan(result, planned_on, step.today)
    matter.result, matter.planned_on = result, planned_on
    kept = {"department": matter.department, "due_on": matter.due_on}
    return {**kept, "result": result, "planned_on": planned_on, **_text(step)}


def _check_plan(result: str, planned_on: date | None, today: date) -> None:
    if planned_on is None:
        return
    if result != Suggestion.Result.B:
        raise refuse("planned_on", "not-planned", gettext("只有列入计划（B）的才填计划落实日期。"))
    if planned_on <= today:
        raise refuse("planned_on", "past", gettext("计划落实日期应在今天之后。"))
    if planned_on > (latest := latest_plan(today)):
        raise refuse(
            "planned_on", "too-late", gettext("计划落实日期最迟为 %s，届时未落实的再答复。") % date_format(latest)
        )


def _rating(step: MatterStep) -> Fields:
    return {name: step.given[name] for name in ("handling", "outcome", "text")}


def _rate(step: MatterStep) -> Fields:
    step.thing.closed_at = step.at
    return _rating(step)


def _reopen(step: MatterStep) -> Fields:
    matter = step.thing
    matter.redo_count += 1
    matter.planned_on = None
    matter.due_on = periods.ends_on(Clock.REDO, step.today)
    begin_opinions_anew(matter, step.today)
    return {"due_on": matter.due_on, "department": matter.department, "clock": Clock.REDO, **_rating(step)}


def _come_back(step: MatterStep) -> Fields:
    matter, planned_on = step.thing, step.thing.planned_on
    matter.planned_on = matter.closed_at = None
    matter.due_on = periods.ends_on(Clock.FOLLOW_UP, step.given["day"])
    begin_opinions_anew(matter, step.given["day"])
    kept = {"department": matter.department, "due_on": matter.due_on}
    return {**kept, "clock": Clock.FOLLOW_UP, "planned_on": planned_on}


def _pause(step: MatterStep) -> Fields:
    step.thing.paused_on = step.today
    return {"department": step.thing.department, **_text(step)}


def _to_department(step: MatterStep) -> Fields:
    return {"department": step.thing.department, "due_on": step.thing.due_on, **_text(step)}


def _say(step: MatterStep) -> Fields:
    return {"department": _department_of(step), **_text(step)}


def _adopt(step: MatterStep) -> Fields:
    step.thing.author = account_of(step.actor)
    return {}


def _merge(step: MatterStep) -> Fields:
    other = step.given["other"]
    if other.pk == step.thing.pk:
        raise refuse("other", "itself", gettext("不能并入自己，请选择另一件。"))
    step.thing.merged_into = other
    return {"other": other, **_text(step)}


def _unmerge(step: MatterStep) -> Fields:
    """The matter stands where it stood, with the time on its clock that it had when it was merged."""
    matter, into = step.thing, step.thing.merged_into
    matter.merged_into = None
    merged = matter.events.filter(verb=SuggestionEvent.Verb.MERGED).latest("at", "pk")
    give_back(matter, (step.today - timezone.localdate(merged.at)).days, in_hand=step.line.target in IN_HAND)
    return {"other": into, **_text(step)}


def _other(step: MatterStep) -> Fields:
    return {"other": step.given["other"], **_text(step)}


def _split(step: MatterStep) -> Fields:
    """Make the part, which is not sent on yet; one that is split from a part is a part of the same matter."""
    matter = step.thing
    origin = matter.split_from or matter
    if origin.parts.count() >= MAX_PARTS:
        raise refuse("title", "too-many-parts", gettext("一件最多拆分出 %d 件。") % MAX_PARTS)
    part = Suggestion.objects.create(
        number=next_number(step.today.year),
        split_from=origin,
        title=step.given["title"].strip()[: Suggestion._meta.get_field("title").max_length],
        text=step.given["text"].strip(),
        category=step.given["category"] or matter.category,
        area=matter.area,
        author=matter.author,
        submitted_at=step.at,
        notice_due_on=periods.ends_on(Clock.NOTICE, step.today),
    )
    return {"other": part, "text": part.title}


def _link(step: MatterStep) -> Fields:
    kind, code = step.given["kind"], step.given["thing"]
    thing = linkable(account_of(step.actor), kind).filter(code=code).first()
    if thing is None:
        raise refuse("thing", "unknown", gettext("没有编号为“%s”的对象，请重新选择。") % code)
    if step.thing.links.count() >= MAX_LINKS:
        raise refuse("thing", "too-many-links", gettext("一件最多关联 %d 个对象。") % MAX_LINKS)
    MatterLink.objects.create(suggestion=step.thing, made_by=account_of(step.actor), **{kind: thing})
    return {"text": str(thing)}


def _unlink(step: MatterStep) -> Fields:
    found = step.thing.links.filter(pk=step.given["link_id"]).first()
    if found is None:
        raise refuse("thing", "unknown", gettext("没有这个关联，可能已被取消。"))
    words = str(found.thing)
    found.delete()
    return {"text": words}


def _publish(step: MatterStep) -> Fields:
    step.thing.is_public, step.thing.public_text = True, step.given["text"].strip()
    return {"text": step.thing.public_text}


def _withdraw(step: MatterStep) -> Fields:
    step.thing.is_public = False
    return {}


def _as_given(step: MatterStep) -> Fields:
    return dict(step.given)


CHANGES: dict[Verb, Callable[[MatterStep], Fields]] = {
    Verb.RECONSIDER: _reconsider,
    Verb.ASSIGN: _assign,
    Verb.FORWARD: _forward,
    Verb.RECALL: _give_up,
    Verb.RETURN: _give_up,
    Verb.HAND_ON: _hand_on,
    Verb.ASK_RETURN: _request,
    Verb.ASK_FORWARD: _ask_forward,
    Verb.ASK_EXTENSION: _ask_extension,
    Verb.DROP_REQUEST: _request,
    Verb.REFUSE_REQUEST: _request,
    Verb.EXTEND: _extend,
    Verb.ASK_CO: _ask_co,
    Verb.CO_REPLY: _co_reply,
    Verb.REPLY: _reply,
    Verb.RATE: _rate,
    Verb.REOPEN: _reopen,
    Verb.COME_BACK: _come_back,
    Verb.PAUSE: _pause,
    Verb.RESUME: _to_department,
    Verb.URGE: _to_department,
    Verb.TAKE_BACK_URGE: _to_department,
    Verb.CORRECT_REPLY: _correct,
    Verb.SAY: _say,
    Verb.ADOPT: _adopt,
    Verb.MERGE: _merge,
    Verb.UNMERGE: _unmerge,
    Verb.ABSORB: _other,
    Verb.RELEASE: _other,
    Verb.SPLIT: _split,
    Verb.LINK: _link,
    Verb.UNLINK: _unlink,
    Verb.PUBLISH: _publish,
    Verb.WITHDRAW: _withdraw,
    Verb.ESCALATE: _as_given,
}
"""What is not named here only keeps what was written."""
