"""The story of a paper: what happened to it, to whom it went, and what was said, in the order of time."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from papers.handling.models import HandlingEvent, SignedAnswer
from papers.handling.table import HANDLINGS
from papers.register.models import Paper, PaperEvent
from papers.register.table import PAPERS

INNER = ("edited", "placed", "attached", "shared", "uninvited", "invited", "confirmed", "recanted")
"""What belongs to the drafting: of concern to its deputies, not to others."""
PUBLIC = (
    "registered", "entered", "submitted", "accepted", "assigned", "delivered", "corrected", "rated", "planned",
    "reopened", "settled", "marked_key", "completed",
)  # fmt: skip
BEGINNINGS = {
    "drafted": gettext_lazy("开始起草"),
    "registered": gettext_lazy("由表格登记"),
    "entered": gettext_lazy("补录以往的办理"),
    "assigned": gettext_lazy("交办"),
    "lead_passed": gettext_lazy("领衔代表变更"),
}
HOW = {
    "visit": gettext_lazy("上门"), "meeting": gettext_lazy("座谈"), "phone": gettext_lazy("电话"),
    "message": gettext_lazy("网络"),
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One line of the story."""

    at: datetime
    title: str
    text: str = ""
    lines: list[str] = field(default_factory=list)
    is_late: bool = False
    table: str = ""
    row: int = 0


def story(paper: Paper, *, inner: bool = False, public: bool = False) -> list[Entry]:
    """Return the entries, the oldest first; `inner`: those of the drafting too, `public`: nobody's names and words.

    The public reads what corrects an answer, or was entered as one, where the organ lets the answer out.
    """
    entries = [
        _of_paper(event, public) for event in paper.events.select_related("actor") if _shown(event, inner, public)
    ]
    steps = HandlingEvent.objects.filter(handling__paper=paper).select_related("actor", "handling__department")
    open_answers = set(_let_out(paper)) if public else set()
    entries += [_of_handling(step, public, open_answers) for step in steps if not public or step.verb in PUBLIC]
    return sorted(entries, key=lambda entry: entry.at)


def _let_out(paper: Paper) -> QuerySet[SignedAnswer, int]:
    return SignedAnswer.objects.filter(handling__paper=paper, may_publish=True).values_list("pk", flat=True)


def _shown(event: PaperEvent, inner: bool, public: bool) -> bool:
    if public:
        return event.verb in PUBLIC and event.verb != "assigned"
    return (inner or event.verb not in INNER) and event.verb != "assigned"


def _word(table: Any, verb: str) -> str:
    line = next((line for line in table.transitions if line.event == verb), None)
    return str(table.verbs[line.verb] if line else BEGINNINGS.get(verb, verb))


def _of_paper(event: PaperEvent, public: bool) -> Entry:
    who = "" if public or event.actor is None else f"{event.actor} "
    lines = []
    if "reason" in event.detail:
        lines.append(str(event.detail["reason"]))
    if "leader" in event.detail:
        lines.append(_("督办领导：%s") % event.detail["leader"])
    if event.detail.get("signers") and not public:
        lines.append("、".join(event.detail["signers"]))
    text = "" if public else event.text
    return Entry(event.at, who + _word(PAPERS, event.verb), text, lines, table="papers_paperevent", row=event.pk)


def _of_handling(event: HandlingEvent, public: bool, open_answers: set[int]) -> Entry:
    who = event.handling.department.short_name
    actor = "" if public or event.actor is None else f"（{event.actor}）"
    is_late = event.verb == "delivered" and _is_late(event)
    is_open = event.verb == "entered" or (event.verb == "corrected" and event.detail.get("answer") in open_answers)
    text = event.text if not public or is_open else ""
    return Entry(
        event.at, f"{who} · {_word(HANDLINGS, event.verb)}{actor}", text, _lines(event), is_late,
        "papers_handlingevent", event.pk,
    )  # fmt: skip


def _is_late(event: HandlingEvent) -> bool:
    from django.utils.timezone import localdate

    return event.due_on is not None and localdate(event.at) > event.due_on


def _lines(event: HandlingEvent) -> list[str]:
    found = []
    detail = event.detail
    if "how" in detail:
        on = date_format(date.fromisoformat(detail["on"]))
        found.append(f"{on} {HOW.get(detail['how'], '')} {detail['with']}")
    if event.verb == "signed":
        words = {"number": detail["number"], "signer": detail["signer"], "code": detail["check_code"]}
        found.append(_("%(number)s，签发人 %(signer)s，校验码 %(code)s") % words)
    if event.verb == "delivered":
        found.append(
            _("送达 %(count)d 名代表，扫描件 SHA-256 %(digest)s…")
            % {"count": detail["to"], "digest": detail["sha256"][:16]}
        )
    if event.handling_rating:
        words = {"handling": event.get_handling_rating_display(), "outcome": event.get_outcome_rating_display()}
        found.append(_("办理工作：%(handling)s；办理结果：%(outcome)s") % words)
    if event.due_on and event.verb not in ("delivered", "advised"):
        found.append(_("期限 %s") % date_format(event.due_on))
    return found
