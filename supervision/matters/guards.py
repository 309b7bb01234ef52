"""Why a step that the table allows cannot be taken today."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext

from supervision.deadlines import clocks
from supervision.matters.states import Matter, Party, Verb

REDO_LIMIT = 1
"""A matter goes back to its department once (浙江省实施代表法办法 Art. 43)."""

RETURN_ASKED, EXTEND_ASKED = "return_asked", "extend_asked"
DECISIONS = {
    Verb.RETURN: (RETURN_ASKED,),
    Verb.EXTEND: (EXTEND_ASKED,),
    Verb.REFUSE_REQUEST: (RETURN_ASKED, EXTEND_ASKED),
    Verb.DROP_REQUEST: (RETURN_ASKED, EXTEND_ASKED),
}
"""What ends a request, and which requests it can end."""


def obstacle(verb: Verb, matter: Matter, mine: frozenset[Party], today: date) -> str:
    """Return why `verb` cannot be done to `matter` today, or an empty string; `mine`: who the person is to it."""
    if verb in DECISIONS:
        return _decision_obstacle(verb, matter)
    if verb in (Verb.ASK_RETURN, Verb.ASK_EXTENSION) and (why := _request_obstacle(verb, matter)):
        return why
    if verb in (Verb.ASK_RETURN, Verb.FORWARD) and Party.STAFF not in mine:
        return _hand_on_obstacle(verb, matter, today)
    if verb is Verb.URGE:
        return _urge_obstacle(matter, mine, today)
    if verb is Verb.COME_BACK and (matter.planned_on is None or matter.planned_on > today):
        return gettext("还没有到计划落实的日期。")
    plain = {
        Verb.REOPEN: (matter.redo_count >= REDO_LIMIT, gettext("本件已重新办理过一次，不能再次要求重办。")),
        Verb.ADOPT: (matter.author_id is not None, gettext("本件已有提出人，不能再认领。")),
        Verb.PAUSE: (matter.is_paused, gettext("已经暂停计时。")),
        Verb.RESUME: (not matter.is_paused, gettext("没有暂停计时。")),
        Verb.MERGE: (matter.has_absorbed, gettext("已有别的事项并入本件，请先撤销，或者把另一件并入本件。")),
        Verb.WITHDRAW: (not matter.is_public, gettext("本件没有公开。")),
    }
    is_obstacle, why = plain.get(verb, (False, ""))
    return why if is_obstacle else ""


def _request_obstacle(verb: Verb, matter: Matter) -> str:
    """A department asks one thing at a time; a paused clock has no day that could be moved."""
    if matter.request:
        return gettext("已有一个申请等待人大决定，请等待决定或先撤回。")
    if verb is Verb.ASK_EXTENSION and matter.is_paused:
        return gettext("计时已经暂停，恢复后再延期。")
    return ""


def _decision_obstacle(verb: Verb, matter: Matter) -> str:
    """What is decided, or taken back, must have been asked."""
    if matter.request not in DECISIONS[verb]:
        return gettext("没有等待决定的这种申请。")
    if verb is Verb.EXTEND and matter.is_paused:
        return gettext("计时已经暂停，恢复后再延期。")
    return ""


def _hand_on_obstacle(verb: Verb, matter: Matter, today: date) -> str:
    """A department gives away what is not its own within ten days, and does not pass on what was passed to it."""
    if matter.returnable_until and today > matter.returnable_until:
        return gettext("退回、转办的期限(%(day)s 止)已过，请办理并答复。") % {
            "day": date_format(matter.returnable_until)
        }
    if verb is Verb.FORWARD and matter.was_passed_on:
        return gettext("本件由其他单位转来，不能再转；不属于本单位的，请申请退回。")
    return ""


def _urge_obstacle(matter: Matter, mine: frozenset[Party], today: date) -> str:
    if matter.is_paused:
        return gettext("计时已经暂停，不能催办。")
    if matter.urged_on == today:
        return gettext("今天已经催办过，请明天再催。")
    if Party.STAFF not in mine and matter.due_on and not clocks.is_overdue(matter.due_on, today):
        return gettext("答复期限(%(day)s)未到，期满后可以催办。") % {"day": date_format(matter.due_on)}
    return ""
