"""The minutes (会议纪要) of a session in the layout of official documents: what happened, as the records say it.

They are a draft for the staff to finish: every number comes from events, papers and counted votes, none is typed here.
"""

import io
from collections.abc import Iterator
from datetime import date, datetime

from django.db.models import Count
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import override

from geokit.refusal import BadInput
from meetings.agenda.models import AgendaItem, Meeting
from meetings.comments.models import ArticleComment
from meetings.presence.queries import attendance, standings
from papers.documents.official import CENTER, HEI, KAI, RIGHT, SIZE_2, SIZE_4, SONG, add_line, official_page
from papers.models import Paper
from papers.register.queries import filed_in
from projects.voting.queries import CANCELLED, CLOSED, phase_of
from ui.text.numerals import chinese_number

MOST_NAMES = 60
MOST_PAPERS = 100
LANGUAGE = "zh-hans"
"""Of the document, whatever the page is in."""
Lines = Iterator[tuple[bool, str]]
"""Lines of a part; True for a small head."""


def write_minutes(meeting: Meeting) -> bytes:
    """Return the minutes as a DOCX. Raises BadInput (``nothing-to-minute``) for a session without an agenda."""
    items = list(
        meeting.items.select_related("group", "vote__count", "vote__cancellation", "meeting__session__congress")
    )
    if not items:
        raise BadInput(_("议程还是空的，没有可以写进纪要的内容；请先编排议程。"), code="nothing-to-minute")
    with override(LANGUAGE):
        return _written(meeting, items)


def _written(meeting: Meeting, items: list[AgendaItem]) -> bytes:
    word = official_page()
    word.core_properties.title, word.core_properties.language = f"{meeting}会议纪要", "zh-CN"
    add_line(word, f"{meeting}", SONG, SIZE_2, align=CENTER, bold=True)
    add_line(word, "会议纪要", SONG, SIZE_2, align=CENTER, bold=True)
    add_line(word, "")
    for line in _opening(meeting):
        add_line(word, line, indent=True)
    parts = [
        ("会议议程和结果", _agenda(items)),
        ("出席情况", _presence(items)),
        ("会议文件和审议意见", _documents(meeting)),
        ("议案和建议", _papers(meeting)),
    ]
    filled = [(title, lines) for title, lines in ((title, list(lines)) for title, lines in parts) if lines]
    for number, (title, lines) in enumerate(filled, start=1):
        add_line(word, f"{chinese_number(number)}、{title}", HEI, indent=True)
        for is_head, line in lines:
            add_line(word, line, KAI if is_head else "", indent=True, bold=is_head)
    congress = meeting.session.congress
    add_line(word, "")
    add_line(word, f"{congress.area.name if congress.area else ''}人民代表大会", align=RIGHT)
    add_line(word, _day(timezone.localdate()), align=RIGHT)
    add_line(word, f"（本稿由系统据记录生成于{_moment(timezone.localtime())}，经核对后定稿）", size=SIZE_4)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def _opening(meeting: Meeting) -> Iterator[str]:
    session = meeting.session
    yield f"时间：{_day(session.opens_on)}至{_day(session.closes_on)}"
    if meeting.place:
        yield f"地点：{meeting.place}"


def _agenda(items: list[AgendaItem]) -> Lines:
    for number, item in enumerate(items, start=1):
        ends = f"至{timezone.localtime(item.ends_at):%H:%M}" if item.ends_at else ""
        where = f"，{item.place}" if item.place else ""
        who = f"（{item.group.name}）" if item.group else ""
        yield True, f"（{number}）{item.title}{who}"
        yield False, f"{item.get_kind_display()}，{_moment(timezone.localtime(item.starts_at))}{ends}{where}。"
        if item.text.strip():
            yield False, item.text.strip()
        yield from _vote(item)
        yield False, f"结果：{item.result.strip() or '未记录'}"


def _vote(item: AgendaItem) -> Lines:
    """What the count of a vote says; that it was called off, or is not counted yet, where it is so."""
    if item.vote is None:
        return
    phase = phase_of(item.vote, timezone.now())
    if phase == CANCELLED:
        yield False, f"票决“{item.vote.title}”已取消：{item.vote.cancellation.reason}"
        return
    if phase != CLOSED:
        yield False, f"票决“{item.vote.title}”尚未计票。"
        return
    count = item.vote.count
    names = dict(item.vote.candidacies.values_list("number", "project__name"))
    elected = "；".join(names.get(number, str(number)) for number in count.elected) or "无"
    yield False, f"票决“{item.vote.title}”：参加票决 {count.cast} 人。当选项目：{elected}。"


def _presence(items: list[AgendaItem]) -> Lines:
    for item in items:
        if not item.takes_sign_in:
            continue
        if timezone.now() < item.starts_at:
            yield False, f"{item.title}：尚未开始。"
            continue
        rows = standings(item)
        told = attendance(rows)
        counts = f"应到 {told.due} 人，实到 {told.present} 人，请假 {told.excused} 人，缺席 {told.absent} 人"
        yield False, f"{item.title}：{counts}。"
        yield from _names("请假", [str(one.member.person) for one in rows if one.is_excused])
        missing = [str(one.member.person) for one in rows if not one.is_present and not one.is_excused]
        yield from _names("缺席", missing)


def _names(head: str, names: list[str]) -> Lines:
    if names:
        more = f"等 {len(names)} 人" if len(names) > MOST_NAMES else ""
        yield False, f"{head}：{'、'.join(names[:MOST_NAMES])}{more}。"


def _documents(meeting: Meeting) -> Lines:
    counted = ArticleComment.objects.filter(document__meeting=meeting).values_list("document").annotate(Count("pk"))
    said = dict(counted.order_by())
    for number, row in enumerate(meeting.documents.select_related("text__document"), start=1):
        words = f"，代表提出意见 {said[row.pk]} 条" if said.get(row.pk) else ""
        yield False, f"{number}．{row.text.document.title}{words}。"


def _papers(meeting: Meeting) -> Lines:
    filed = filed_in(meeting.session_id)
    by_kind = dict(filed.values_list("kind").annotate(Count("pk")).order_by())
    total = sum(by_kind.values())
    if not total:
        yield False, "会议期间没有收到议案和建议。"
        return
    parts = "，".join(f"{label} {by_kind[kind]} 件" for kind, label in Paper.Kind.choices if by_kind.get(kind))
    yield False, f"会议期间共收到 {total} 件：{parts}。"
    for paper in filed.order_by("number")[:MOST_PAPERS]:
        yield False, f"{paper.number}　{Truncator(paper.title).chars(80)}（{paper.get_state_display()}）"
    if total > MOST_PAPERS:
        yield False, f"以下 {total - MOST_PAPERS} 件从略。"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _moment(at: datetime) -> str:
    return f"{_day(at.date())}{at:%H:%M}"
