"""Many matters at once: a row is a matter, and what is filled in is a step of its table, taken as on its own page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Q, QuerySet, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Department
from accounts.permissions import Asker, department_of
from geokit.refusal import Refusal, refuse
from supervision.matters import queries, services
from supervision.matters.guards import obstacle
from supervision.matters.models import Suggestion, SuggestionEvent
from supervision.matters.permissions import person_of, suggestions_visible_to
from supervision.matters.states import Matter, Person, State, Verb
from supervision.matters.table import IN_HAND, TABLE, parties_of
from ui.many_rows.cells import day
from ui.many_rows.sheet import Filter, Sheet
from ui.many_rows.table import Column, Edit, Row

USES: Mapping[Verb, tuple[str, ...]] = {
    Verb.ACCEPT: ("text",),
    Verb.DECLINE: ("text",),
    Verb.ASSIGN: ("department", "text"),
    Verb.REPLY: ("text", "result", "day"),
    Verb.CO_REPLY: ("text",),
    Verb.CORRECT_REPLY: ("text",),
    Verb.ASK_RETURN: ("text",),
    Verb.ASK_FORWARD: ("department", "text"),
    Verb.ASK_EXTENSION: ("day", "text"),
    Verb.DROP_REQUEST: ("text",),
    Verb.RETURN: ("text",),
    Verb.HAND_ON: ("department", "text"),
    Verb.EXTEND: ("day", "text"),
    Verb.REFUSE_REQUEST: ("text",),
    Verb.FORWARD: ("department", "text"),
    Verb.RECALL: ("text",),
    Verb.URGE: ("text",),
    Verb.PAUSE: ("text",),
    Verb.RESUME: ("text",),
    Verb.SAY: ("text",),
}
"""The steps of the table, in the order of its choices, and the cells that each one reads."""
DAY_OF = {Verb.REPLY: "planned_on", Verb.ASK_EXTENSION: "until", Verb.EXTEND: "until"}
"""What the cell of the day is called by the service of a step."""
CELL_OF = dict.fromkeys(DAY_OF.values(), "day")
SERVICES: Mapping[Verb, Callable[..., Any]] = {
    verb: services.return_to_staff if verb is Verb.RETURN else getattr(services, str(verb)) for verb in USES
}
UNVERSIONED = (Verb.URGE, Verb.SAY)
SHOWN = (*TABLE.in_group("waiting"), *TABLE.in_group("unrouted"), *IN_HAND, State.REPLIED)
RUNNING = tuple(state for state in dict.fromkeys(SHOWN) if state is not State.REPLIED)
SOON = timedelta(days=7)
"""Due within so many days is soon."""


def _matters(user: Asker) -> QuerySet[Suggestion]:
    """What is not settled, of all that this person may see: what runs stands first, by its day."""
    found = suggestions_visible_to(user).filter(state__in=SHOWN)
    found = found.select_related("department", "area").defer("area__geom", "area__point")
    by_day = Coalesce("due_on", "notice_due_on")
    return found.order_by(Case(When(state__in=RUNNING, then=0), default=1), by_day, "number")


def _rows(matters: Sequence[Suggestion], user: Asker) -> list[Row]:
    facts, person, today = queries.matters_of(matters), person_of(user), timezone.localdate()
    words = _Words()
    return [_row(matter, facts[matter.pk], person, today, words) for matter in matters]


class _Words:
    """What many rows say alike, looked up once in the language of whoever asks."""

    def __init__(self) -> None:
        self.states = {value: str(name) for value, name in TABLE.choices()}
        self.steps = {verb: str(TABLE.verbs[verb]) for verb in USES}
        self.idle, self.results = str(_("不办")), [(value, str(name)) for value, name in RESULTS]


def _row(matter: Suggestion, facts: Matter, person: Person, today: date, words: _Words) -> Row:
    steps = steps_of(facts, person, today)
    used = {cell for verb in steps for cell in USES[verb]}
    return Row(
        pk=matter.pk,
        version=matter.version,
        code=matter.number,
        title=matter.title,
        url=_address(matter),
        facts=tuple(_facts(matter, today, words)),
        cells=dict.fromkeys(LABELS, ""),
        choices={
            "step": [("", words.idle), *((str(one), words.steps[one]) for one in steps)],
            "result": words.results,
        },
        closed=frozenset(LABELS) - used - ({"step"} if steps else set()),
    )


RESULTS: list[tuple[str, Any]] = [("", ""), *Suggestion.Result.choices]


def _address(matter: Suggestion) -> str:
    return reverse("supervision:suggestion", args=[matter.number])


def _facts(matter: Suggestion, today: date, words: _Words) -> list[str]:
    """Number, state, department, town, and its day."""
    found = [matter.number, words.states[matter.state]]
    found += [matter.department.short_name] if matter.department else []
    found += [matter.area.name] if matter.area else []
    if matter.paused_on:
        return [*found, _("已暂停计时")]
    when = matter.due_on or matter.notice_due_on
    if matter.state not in RUNNING or when is None:
        return found
    told = _("%s 到期，已超期") if when < today else _("%s 到期")
    return [*found, told % date_format(when)]


def steps_of(facts: Matter, person: Person, today: Any) -> list[Verb]:
    """Return the steps of the table that `person` may take now, without a query."""
    mine = parties_of(person, facts)
    lines = TABLE.steps_now(facts.state, mine) if mine else ()
    allowed = {line.verb for line in lines if line.verb in USES and not obstacle(line.verb, facts, mine, today)}
    return [verb for verb in USES if verb in allowed]


def _apply(matter: Suggestion, edit: Edit, actor: Asker) -> None:
    """Take the step of a row as its own page would. Raises Refusal with the cell that is at fault."""
    changed = {key: text.strip() for key, text in edit.changed.items()}
    verb = _verb(changed)
    given: dict[str, Any] = {"text": changed.get("text", "")}
    if "department" in USES[verb]:
        given["department"] = _department(changed.get("department", ""))
    if verb is Verb.REPLY:
        given["result"] = changed.get("result", "")
    if verb in DAY_OF:
        given[DAY_OF[verb]] = day("day", changed.get("day", ""))
    if verb not in UNVERSIONED:
        given["version"] = edit.version
    try:
        SERVICES[verb](actor, matter.pk, **given)
    except Refusal as refusal:
        refusal.errors = tuple(replace(one, field=CELL_OF.get(one.field, one.field)) for one in refusal.errors)
        raise


def _verb(changed: Mapping[str, str]) -> Verb:
    """The step of a row. Raises BadInput where there is none, or where something is filled in that it does not read."""
    name = changed.get("step", "")
    if name not in USES:
        raise refuse("step", "no-step", _("请先选择要办的一步。") if not name else _("没有“%s”这一步。") % name)
    verb = Verb(name)
    for key, text in changed.items():
        if text and key not in ("step", *USES[verb]):
            words = {"step": TABLE.verbs[verb], "column": LABELS[key]}
            raise refuse(key, "not-read", _("“%(step)s”用不到“%(column)s”，请清空这一格。") % words)
    return verb


def _department(name: str) -> Department | None:
    """A department by its name or short name. Raises BadInput for one that is not known."""
    if not name:
        return None
    found = list(Department.objects.filter(Q(name=name) | Q(short_name=name) | Q(code=name))[:2])
    if len(found) != 1:
        raise refuse("department", "unknown", _("没有叫“%s”的单位，请从提示里选。") % name)
    return found[0]


def last_changes(matters: Sequence[Suggestion]) -> dict[int, str]:
    """What happened to each matter last, in words: the department or the office, not the person."""
    events = SuggestionEvent.objects.filter(suggestion__in=matters).select_related("actor__department")
    newest = events.order_by("suggestion_id", "-at", "-pk").distinct("suggestion_id")
    return {event.suggestion_id: _said(event) for event in newest}


def _said(event: SuggestionEvent) -> str:
    department = event.actor.department if event.actor else None
    who = department.name if department else _("人大工作人员") if event.actor else _("系统")
    at = date_format(timezone.localtime(event.at), "DATETIME_FORMAT")
    return _("%(who)s在%(at)s办过：%(verb)s。") % {"who": who, "at": at, "verb": event.get_verb_display()}


def _states(_user: Asker) -> list[tuple[str, Any]]:
    return [(state, label) for state, label in TABLE.choices() if state in SHOWN]


def _departments(user: Asker) -> list[tuple[str, Any]]:
    if department_of(user) is not None:
        return []
    return [(code, name) for code, name in Department.objects.values_list("code", "short_name")]


def _when(value: str) -> Q:
    today = timezone.localdate()
    overdue = queries.overdue_condition(today)
    return overdue if value == "overdue" else Q(state__in=IN_HAND, due_on__range=(today, today + SOON), paused_on=None)


COLUMNS = (
    Column("step", gettext_lazy("办理"), "choice", 12),
    Column("department", gettext_lazy("交给或转给的单位"), "listed", 12),
    Column("result", gettext_lazy("办理结果"), "choice", 10),
    Column("day", gettext_lazy("延到或计划落实日期"), "day", 12),
    Column("text", gettext_lazy("答复、意见或理由"), "long", 36),
)
LABELS = {column.key: column.label for column in COLUMNS}
MATTERS_SHEET = Sheet(
    "matters",
    gettext_lazy("事项"),
    COLUMNS,
    things=_matters,
    rows_of=_rows,
    apply=_apply,
    last_changes=last_changes,
    search=("number", "title", "area__name", "department__short_name"),
    is_open=Q(state__in=RUNNING),
    filters=(
        Filter("state", gettext_lazy("办理状态"), _states, lambda value: Q(state=value)),
        Filter("department", gettext_lazy("主办单位"), _departments, lambda value: Q(department__code=value)),
        Filter(
            "due",
            gettext_lazy("期限"),
            lambda _user: [("overdue", gettext_lazy("已超期")), ("soon", gettext_lazy("七天内到期"))],
            _when,
        ),
    ),
    labels=lambda: {str(verb): name for verb, name in TABLE.verbs.items()},
    listed=lambda _user: {"department": list(Department.objects.values_list("short_name", flat=True))},
    nothing=gettext_lazy("现在没有等您办理的事项。"),
)
