"""Why a step that the table allows cannot be taken today."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from supervision.deadlines import clocks
from supervision.matters.states import Matter, Party, Verb

REDO_LIMIT = 1
"""A matter goes back to its department once (浙江省实施代表法办法 Art. 43)."""

RETURN_ASKED, FORWARD_ASKED, EXTEND_ASKED = "return_asked", "forward_asked", "extend_asked"
REQUESTS = (RETURN_ASKED, FORWARD_ASKED, EXTEND_ASKED)
DECISIONS = {
    Verb.RETURN: (RETURN_ASKED,),
    Verb.HAND_ON: (FORWARD_ASKED,),
    Verb.EXTEND: (EXTEND_ASKED,),
    Verb.REFUSE_REQUEST: REQUESTS,
    Verb.DROP_REQUEST: REQUESTS,
}
"""What ends a request, and which requests it can end."""


PLAIN: dict[Verb, tuple[Callable[[Matter], bool], Any]] = {
    Verb.REOPEN: (lambda matter: matter.redo_count >= REDO_LIMIT, _("本件已重新办理过一次，不能再次要求重办。")),
    Verb.ADOPT: (lambda matter: matter.author_id is not None, _("本件已有提出人，不能再认领。")),
    Verb.PAUSE: (lambda matter: matter.is_paused, _("已经暂停计时。")),
    Verb.RESUME: (lambda matter: not matter.is_paused, _("没有暂停计时。")),
    Verb.MERGE: (lambda matter: matter.has_absorbed, _("已有别的事项并入本件，请先撤销，或者把另一件并入本件。")),
    Verb.WITHDRAW: (lambda matter: not matter.is_public, _("本件没有公开。")),
}
"""What one fact of the matter stands in the way of, and the words for it."""
JUDGING = (Verb.ADOPT, Verb.RATE, Verb.REOPEN)
"""What leads to a rating of the answer, or is one: not for an officer of the department that gives it, who may sit in a
congress as well."""


def obstacle(verb: Verb, matter: Matter, mine: frozenset[Party], today: date) -> str:
    """Return why `verb` cannot be done to `matter` today, or an empty string; `mine`: who the person is to it."""
    if verb in DECISIONS:
        return _decision_obstacle(verb, matter)
    if verb in (Verb.ASK_RETURN, Verb.ASK_FORWARD, Verb.ASK_EXTENSION):
        return _request_obstacle(verb, matter, today)
    if verb is Verb.URGE:
        return _urge_obstacle(matter, mine, today)
    if verb is Verb.TAKE_BACK_URGE:
        return _take_back_obstacle(matter, mine)
    if verb in JUDGING and Party.HANDLER in mine:
        return gettext("本件由您所在的单位办理，您不能认领或评价。")
    if verb is Verb.COME_BACK and (matter.planned_on is None or matter.planned_on > today):
        return gettext("还没有到计划落实的日期。")
    if verb not in PLAIN:
        return ""
    stands_in_the_way, why = PLAIN[verb]
    return str(why) if stands_in_the_way(matter) else ""


def _request_obstacle(verb: Verb, matter: Matter, today: date) -> str:
    """A department asks one thing at a time, and gives away what is not its own within ten days of receipt.

    A paused clock has no day that could be moved.
    """
    if matter.request:
        return gettext("已有一个申请等待人大决定，请等待决定或先撤回。")
    if verb is Verb.ASK_EXTENSION:
        return gettext("计时已经暂停，恢复后再延期。") if matter.is_paused else ""
    if matter.returnable_until and today > matter.returnable_until:
        return gettext("退回、转办的期限（%(day)s 止）已过，请办理并答复。") % {
            "day": date_format(matter.returnable_until)
        }
    return ""


def _decision_obstacle(verb: Verb, matter: Matter) -> str:
    """What is decided, or taken back, must have been asked."""
    if matter.request not in DECISIONS[verb]:
        return gettext("没有等待决定的这种申请。")
    if verb is Verb.EXTEND and matter.is_paused:
        return gettext("计时已经暂停，恢复后再延期。")
    return ""


def _take_back_obstacle(matter: Matter, mine: frozenset[Party]) -> str:
    """Whoever urged takes it back: the staff theirs, the author hers."""
    if not matter.urge_by:
        return gettext("没有可以撤回的催办。")
    if Party(matter.urge_by) in mine:
        return ""
    by_staff = matter.urge_by == Party.STAFF
    return gettext("是人大工作人员催办的，由人大撤回。") if by_staff else gettext("是提出人催办的，由提出人撤回。")


def _urge_obstacle(matter: Matter, mine: frozenset[Party], today: date) -> str:
    if matter.is_paused:
        return gettext("计时已经暂停，不能催办。")
    if matter.urged_on == today:
        return gettext("今天已经催办过，请明天再催。")
    if Party.STAFF not in mine and matter.due_on and not clocks.is_overdue(matter.due_on, today):
        return gettext("答复期限（%(day)s）未到，期满后可以催办。") % {"day": date_format(matter.due_on)}
    return ""
