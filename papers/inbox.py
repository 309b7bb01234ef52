"""What waits for somebody about papers: to sign, to rate, to examine, to assign, to answer."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.db.models import BooleanField, Case, F, Prefetch, QuerySet, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.inbox import Act, Fate, Item, Waiting
from accounts.models import Role
from accounts.permissions import Asker, department_of, has_role, role_of
from papers.desk.turn import turns_of
from papers.handling import services
from papers.handling.models import Handling
from papers.handling.permissions import handlings_visible_to
from papers.handling.queries import for_lists, overdue, to_assign, unanswered
from papers.handling.table import HandlingVerb
from papers.register.models import Paper, Signatory
from papers.register.permissions import papers_concerning, papers_led_by, papers_signed_by, seats_of, signatures_of
from papers.register.table import PAPERS, PaperState

S = Handling.State


def waiting(user: Asker, today: date) -> Iterator[Waiting]:
    """Yield what waits for `user` here, by what she is."""
    if seats_of(user).exists():
        yield from _deputy(user, today)
    if role_of(user) == Role.OFFICER:
        yield from _officer(user)
    if has_role(user, Role.STAFF):
        yield from _staff(user, today)


def _assign(actor: Any, row: Paper, given: Mapping[str, Any]) -> None:
    departments = [one for one in (given.get("department"),) if one]
    services.assign(actor, row, row.version, departments=departments, text=given.get("text", ""))


def _urge(actor: Any, row: Handling, given: Mapping[str, Any]) -> None:
    services.take(actor, row, HandlingVerb.URGE, text=given.get("text", ""))


ASSIGN = Act(name="assign", label=pgettext_lazy("paper", "交办"), take=_assign, needs=("department",))
URGE = Act(name="urge", label=pgettext_lazy("paper", "催办"), take=_urge)


def _papers(kind: str, title: Any, rows: QuerySet[Paper], **more: Any) -> Waiting:
    return Waiting(
        kind=kind, title=title, rows=rows.select_related("congress__area"), show=show_paper, about="paper",
        search=("title", "number"), **more,
    )  # fmt: skip


def _handlings(kind: str, title: Any, rows: QuerySet[Handling], **more: Any) -> Waiting:
    given: dict[str, Any] = {
        "due": "due_on",
        "statutory": True,
        "about": "paper",
        "subject": "paper_id",
        "department": "department",
        "search": ("paper__title", "paper__number"),
    }
    return Waiting(kind=kind, title=title, rows=for_lists(rows), show=show_handling, **(given | more))


def show_paper(row: Paper) -> Item:
    """A paper as a row."""
    facts = (row.number or "", str(row.get_kind_display()), _("重点督办") if row.is_key else "")
    return Item(
        title=row.title, url=row.get_absolute_url(), facts=tuple(map(str, facts)), badge=row.get_state_display(),
        tone=row.tone,
    )  # fmt: skip


def show_handling(row: Handling) -> Item:
    """A handling as a row; `row` comes from `for_lists`."""
    paper = row.paper
    facts = (paper.number or "", row.department.short_name, str(row.get_role_display()))
    return Item(
        title=paper.title, url=paper.get_absolute_url(), facts=facts, badge=row.get_state_display(), tone=row.tone
    )


def fates_of(user: Asker, most: int) -> list[Fate]:
    """Return at most so many papers that `user` stands under, what is over last, the newest first."""
    ended = Case(When(state__in=PAPERS.in_group("ended"), then=True), default=False, output_field=BooleanField())
    given = Handling.objects.filter(returned_on=None).select_related("department")
    rows = papers_signed_by(user).prefetch_related(Prefetch("handlings", given, "given"))
    papers: list[Any] = list(rows.order_by(ended, "-pk")[:most])
    led = set(papers_led_by(user).filter(pk__in=[paper.pk for paper in papers]).values_list("pk", flat=True))
    return [Fate(show_paper(paper), turns_of(paper, paper.given, paper.pk in led)) for paper in papers]


def _deputy(user: Asker, today: date) -> Iterator[Waiting]:
    seats = seats_of(user)
    mine = papers_concerning(user)
    unsigned = Signatory.objects.filter(member__in=seats, left_at=None, is_lead=False)
    unsigned = unsigned.exclude(signed_version=F("paper__text_version"))
    asked = Paper.objects.filter(state=PaperState.DRAFT, pk__in=unsigned.values("paper"))
    leads = papers_led_by(user)
    yield _papers("papers-to-sign", _("请我联名的议案建议"), asked, hint=_("看过文本，一点即可确认联名。"))
    yield _papers("papers-sent-back", _("退回给我的议案建议"), leads.filter(state=PaperState.DECLINED))
    rated = handlings_visible_to(user).filter(state=S.DELIVERED, paper__in=leads.values("pk"))
    yield _handlings("papers-to-rate", _("等我评价的建议答复"), rated, due="")
    yield _papers("papers-drafts", _("我起草的议案建议"), leads.filter(state=PaperState.DRAFT), to_do=False)
    filed = mine.filter(state__in=PAPERS.in_group("open"), pk__in=signatures_of(user).values("paper"))
    yield _papers("papers-mine", _("我提出的议案建议"), filed, to_do=False)


def _officer(user: Asker) -> Iterator[Waiting]:
    mine = handlings_visible_to(user).filter(department=department_of(user))
    answering, co = mine.exclude(role=Handling.Role.CO), mine.filter(role=Handling.Role.CO)
    yield _handlings(
        "papers-to-answer", _("代表建议，等待答复"), unanswered(answering),
        hint=_("先与代表沟通，再签发、盖章、送达。不属于本单位的，十日内申请退回。"),
    )  # fmt: skip
    yield _handlings("papers-to-advise", _("代表建议，等待会办意见"), co.filter(state=S.ASSIGNED))
    yield _handlings("papers-planned", _("列入计划的建议，跟踪到办结"), answering.filter(state=S.PLANNED))


def _staff(user: Asker, today: date) -> Iterator[Waiting]:
    visible = papers_concerning(user)  # others' published papers are read, and wait for nobody else
    given = Handling.objects.filter(paper__in=visible)
    yield _papers("papers-to-examine", _("议案建议，待审查"), visible.filter(state=PaperState.SUBMITTED))
    yield _papers("papers-to-assign", _("议案建议，待交办"), to_assign(visible), acts=(ASSIGN,))
    yield _handlings("papers-to-decide", _("承办单位的申请，待决定"), given.exclude(request=""))
    yield _handlings(
        "papers-overdue", _("代表建议，超期未答复"), overdue(given, today), acts=(URGE,), hint=_("可以催办。")
    )
    rest = unanswered(given).exclude(due_on__lt=today)
    yield _handlings("papers-in-hand", _("代表建议，办理中"), rest, to_do=False)
