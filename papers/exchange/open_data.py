"""What is published of motions and suggestions as open data: full text and answers as the public reads them."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.permissions import Asker
from papers.handling.models import SignedAnswer
from papers.handling.permissions import answers_visible_to
from papers.register.models import Paper
from papers.register.queries import for_lists

MOST = 2000
"""The newest so many; whoever wants older ones narrows by year."""


def for_download(papers: QuerySet[Paper], reader: Asker) -> list[Paper]:
    """Read published papers, the newest first, with what their rows show to `reader`, who is the public."""
    answers = answers_visible_to(reader).filter(scan__isnull=False).select_related("handling__department", "scan")
    shown = Prefetch("handlings__answers", answers.order_by("pk"), "shown_answers")
    return list(for_lists(papers, reader).prefetch_related(shown).order_by("-submitted_at", "-pk")[:MOST])


def answers_of(paper: Paper) -> list[SignedAnswer]:
    return [answer for handling in paper.handlings.all() for answer in getattr(handling, "shown_answers", [])]


def table(papers: list[Paper], licence: str, root: str) -> Iterator[list[Any]]:
    """Yield the head and a row for each paper; several answers stand below each other in their cell."""
    yield [
        _("编号"), pgettext("paper", "种类"), _("题目"), _("案由或情况"), _("案据或分析"), _("方案或意见"), _("类别"),
        _("年份"), _("提交日期"), _("领衔代表"), _("镇街"), _("承办单位"), _("状态"), _("办理结果"), _("答复"),
        _("网页"), _("许可"),
    ]  # fmt: skip
    for paper in papers:
        answers = answers_of(paper)
        yield [
            paper.number, paper.get_kind_display(), paper.title, paper.facts, paper.analysis, paper.request,
            paper.get_category_display(), _year(paper), _day(paper), _lead(paper), "、".join(_towns(paper)),
            "、".join(_organs(paper)), paper.get_state_display(), "、".join(one.result for one in answers),
            "\n\n".join(f"{one.handling.department.name} {one.number}\n{one.text}" for one in answers),
            root + paper.get_absolute_url(), licence,
        ]  # fmt: skip


def record(paper: Paper, root: str) -> dict[str, Any]:
    """One paper as a JSON object."""
    return {
        "number": paper.number, "kind": paper.kind, "title": paper.title, "facts": paper.facts,
        "analysis": paper.analysis, "request": paper.request, "category": paper.category, "year": _year(paper),
        "submitted_on": _day(paper), "lead": _lead(paper), "towns": _towns(paper), "organs": _organs(paper),
        "state": paper.state, "is_key": paper.is_key, "page": root + paper.get_absolute_url(),
        "answers": [
            {
                "organ": one.handling.department.name, "number": one.number, "result": one.result,
                "signed_on": one.signed_on.isoformat(), "text": one.text, "check_code": one.check_code,
                "scan_sha256": one.scan.sha256,
            }
            for one in answers_of(paper)
        ],
        "places": [
            {"name": one.name_shown, "kind": one.kind, "lng": round(point.x, 6), "lat": round(point.y, 6)}
            for one in getattr(paper, "shown_places", [])
            for point in [one.geom.point_on_surface]
        ],
    }  # fmt: skip


def _year(paper: Paper) -> int | None:
    return timezone.localdate(paper.submitted_at).year if paper.submitted_at else None


def _day(paper: Paper) -> str:
    return timezone.localdate(paper.submitted_at).isoformat() if paper.submitted_at else ""


def _lead(paper: Paper) -> str:
    return next((str(one) for one in getattr(paper, "leads", [])), "")


def _towns(paper: Paper) -> list[str]:
    places = getattr(paper, "shown_places", [])
    return list(dict.fromkeys(one.area.name for one in places if one.area is not None))


def _organs(paper: Paper) -> list[str]:
    return [one.department.name for one in paper.handlings.all() if one.returned_on is None]
