"""Receptions at the stations, and what deputies did: counts by town and by kind, nobody is named."""

from datetime import date
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from accounts.models import Area
from accounts.permissions import within
from reporting.quarterly.blocks import Block, Cell, Heading, Paragraph, Share, Table
from reporting.quarterly.lists import of_receptions
from reporting.quarterly.sentences import sentence
from stations.duty.models import DutyRecord
from stations.duty.public_figures import PUBLIC_KINDS
from stations.receptions.models import Reception
from stations.statistics.queries import Scope, Statistics, statistics, statistics_by_town

PUBLIC = None
THEMED = urlencode({"kind": Reception.Kind.THEMED})


def receptions(since: date, until: date, area: Area | None = None) -> list[Block]:
    """Receptions held in these days in an area (None: anywhere), by town."""
    total = statistics(PUBLIC, since, until, area or "")
    towns = statistics_by_town(PUBLIC, since, until, area or "")
    every = of_receptions(Scope(since, until, area or ""))
    template = _(
        "共接待 %(sessions)s 场，代表参加 %(attendances)s 人次，接待群众 %(visitors)s 人次，"
        "收到意见 %(matters)s 件，已办结 %(settled)s 件。"
    )
    values = {name: getattr(total, name) for name in ("sessions", "attendances", "visitors", "matters", "settled")}
    columns = [_("镇街"), _("接待场次"), _("主题接待"), _("代表人次"), _("群众人次"), _("意见"), _("办结"), _("办结率")]
    table = Table(
        caption=_("各镇街代表接待情况"),
        columns=columns,
        rows=[[row.label, *_figures(row.figures)] for row in towns],
        lists=[_lists(row.url) for row in towns],
        sheet=_("代表接待"),
        numeric=frozenset(range(1, len(columns))),
        widths=(24, *[11] * (len(columns) - 1)),
        total=[_("合计"), *_figures(total)] if towns else (),
        total_lists=_lists(every) if towns else (),
        empty=_("这段时间没有接待。"),
    )
    return [Heading(_("代表接待"), 1, "receptions"), sentence(template, values, dict.fromkeys(values, every)), table]


def _lists(url: str) -> list[str]:
    """The receptions of each figure of a row: those held, the themed ones of them, and those whose numbers add up."""
    return ["", url, f"{url}&{THEMED}", *[url] * 5] if url else []


def _figures(found: Statistics) -> list[Cell]:
    counts: list[Cell] = [found.sessions, found.themed, found.attendances, found.visitors, found.matters, found.settled]
    return [*counts, Share(found.settled, found.matters)]


def duty(since: date, until: date, area: Area | None = None) -> list[Block]:
    """Confirmed acts of an area's deputies (None: of all) in these days by kind, and how many took part in each."""
    here = within(area, "deputy__station__area") if area else Q()
    confirmed = DutyRecord.objects.filter(here, is_confirmed=True, is_withdrawn=False, on__range=(since, until))
    found = {
        kind: (acts, people)
        for kind, acts, people in confirmed.order_by()
        .values_list("kind")
        .annotate(Count("pk"), Count("deputy", distinct=True))
    }
    rows: list[list[Cell]] = [[str(kind.label), *found.get(kind, (0, 0))] for kind in PUBLIC_KINDS]
    table = Table(
        caption=_("代表履职情况"),
        columns=[_("履职内容"), _("次数"), _("参加的代表")],
        rows=rows,
        sheet=_("代表履职"),
        numeric=frozenset({1, 2}),
        widths=(50, 25, 25),
    )
    note = _("只算已确认的履职记录，不涉及个人。")
    return [Heading(_("代表履职"), 1, "duty"), Paragraph(note, is_note=True), table]
