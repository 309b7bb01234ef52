"""A session: its agenda and documents, the papers handed in for it, and votes. Only what anybody may see."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Area
from accounts.permissions import within
from meetings.agenda.permissions import items_visible_to, meeting_documents_visible_to, meetings_visible_to
from papers.models import CongressSession
from papers.register.permissions import papers_published
from papers.register.queries import filed_in, for_lists
from projects.voting.queries import CANCELLED, CandidateLine, VoteView, list_votes, view_vote
from reporting.quarterly.blocks import Block, Cell, Heading, Paragraph, Share, Table

PUBLIC = None


def agenda(session: CongressSession) -> list[Block]:
    """What the session does and reads, where its column is public."""
    title = Heading(_("会议议程和文件"), 1, "agenda")
    meeting = meetings_visible_to(PUBLIC).filter(session=session).first()
    if meeting is None:
        return [title, Paragraph(_("会议专栏没有公开，议程和文件未列入。"))]
    rows: list[list[Cell]] = [
        [date_format(timezone.localtime(item.starts_at), "SHORT_DATETIME_FORMAT"), item.title, item.place, item.result]
        for item in items_visible_to(PUBLIC, meeting)
    ]
    texts: list[list[Cell]] = [
        [document.text.document.title, document.item.title if document.item else "–"]
        for document in meeting_documents_visible_to(PUBLIC, meeting)
    ]
    table = Table(
        caption=_("会议议程"),
        columns=[_("时间"), _("议程"), _("地点"), _("结果")],
        rows=rows,
        sheet=_("议程"),
        widths=(20, 40, 16, 24),
        empty=_("没有公开的议程。"),
    )
    read = Table(
        caption=_("会议文件"),
        columns=[_("文件"), _("议程")],
        rows=texts,
        sheet=_("文件"),
        widths=(60, 40),
        empty=_("没有公开的文件。"),
    )
    return [title, table, read]


def papers(session: CongressSession) -> list[Block]:
    """What was handed in for the session: those published one by one, of the others their number."""
    filed = filed_in(session.pk)
    shown = for_lists(papers_published().filter(session=session, pk__in=filed.values("pk"))).order_by("number", "pk")
    rows: list[list[Cell]] = [
        [
            paper.number or "–",
            paper.get_kind_display(),
            paper.title,
            _("、").join(one.department.short_name for one in paper.handlings.all()) or "–",
            paper.get_state_display(),
        ]
        for paper in shown
    ]
    total = filed.count()
    sentence = _("本次会议共收到议案、建议 %(total)s 件，其中已公开 %(shown)s 件，列在下表；未公开的只计件数。")
    table = Table(
        caption=_("已公开的议案、建议"),
        columns=[_("编号"), _("种类"), _("题目"), _("承办单位"), _("状态")],
        rows=rows,
        sheet=_("议案建议"),
        widths=(14, 10, 42, 22, 12),
        empty=_("没有已公开的议案、建议。"),
    )
    words = sentence % {"total": total, "shown": len(rows)}
    return [Heading(_("议案和建议"), 1, "papers"), Paragraph(words), table]


def votes(since: date, until: date, area: Area | None = None) -> list[Block]:
    """Votes in an area (None: anywhere) that were open in these days, with their result where they are counted."""
    found = [view_vote(vote, PUBLIC) for vote in _held(since, until, area)]
    title = Heading(_("民生实事项目票决"), 1, "votes")
    if not found:
        return [title, Paragraph(_("这段时间没有票决。"))]
    return [title, *(block for view in found for block in _vote(view))]


def _held(since: date, until: date, area: Area | None) -> QuerySet:
    here = within(area) if area else Q()
    return list_votes(PUBLIC).filter(here, opens_at__date__range=(since, until)).order_by("opens_at", "pk")


def _vote(view: VoteView) -> Sequence[Block]:
    session = view.session
    if view.phase == CANCELLED:
        said = _("这次票决已取消，不投票、不计票。理由：%(reason)s") % {"reason": session.cancellation.reason}
        return [Heading(session.title, 2), Paragraph(said)]
    sentence = _("应投票代表 %(electors)s 人，已投票 %(cast)s 人。")
    if view.count is None:
        sentence += _("尚未计票，票数在计票后公布。")
    rows = [_candidate(line) for line in view.lines]
    table = Table(
        caption=_("%(title)s票决结果") % {"title": session.title},
        columns=[_("序号"), _("项目"), _("镇街"), _("票数"), _("得票率"), _("结果")],
        rows=rows,
        sheet=_("票决"),
        numeric=frozenset({0, 3, 4}),
        widths=(8, 40, 16, 10, 12, 14),
        empty=_("没有候选项目。"),
    )
    words = sentence % {"electors": view.electors, "cast": view.cast}
    return [Heading(session.title, 2), Paragraph(words), table]


def _candidate(line: CandidateLine) -> list[Cell]:
    words = {"elected": _("入选"), "tied": _("票数相同"), "not-elected": _("未入选")}
    known = line.votes is not None
    return [
        line.candidacy.number,
        line.candidacy.project.name,
        line.candidacy.project.area.name,
        line.votes if known else "–",
        Share(line.votes or 0, line.of) if known else "–",
        words.get(line.result, pgettext("vote", "未计票")),
    ]
