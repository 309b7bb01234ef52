"""Papers as rows of a sheet, in the columns of the provincial system."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import QuerySet

from papers.exchange.columns import heads
from papers.handling.models import Handling
from papers.register.models import Paper


def rows(papers: QuerySet[Paper]) -> Iterator[list[Any]]:
    """Yield the head and a row for each paper, the oldest first."""
    columns = heads()
    yield list(columns)
    found = papers.prefetch_related("signatories__member__person", "handlings__department").order_by(
        "submitted_at", "pk"
    )
    for paper in found:
        yield [CELLS[field](paper) for field in columns.values()]


def _answering(paper: Paper) -> list[Handling]:
    return [one for one in paper.handlings.all() if one.returned_on is None]


def _signers(paper: Paper, *, lead: bool) -> str:
    return "、".join(str(one) for one in paper.signatories.all() if one.is_lead == lead and one.left_at is None)


def _day(value: Any) -> Any:
    from django.utils.timezone import localdate

    return localdate(value) if value else ""


CELLS: dict[str, Callable[[Paper], Any]] = {
    "outer_number": lambda paper: paper.outer_number,
    "number": lambda paper: paper.number or "",
    "kind": lambda paper: paper.get_kind_display(),
    "title": lambda paper: paper.title,
    "facts": lambda paper: paper.facts,
    "analysis": lambda paper: paper.analysis,
    "request": lambda paper: paper.request,
    "category": lambda paper: paper.get_category_display(),
    "lead": lambda paper: _signers(paper, lead=True),
    "signers": lambda paper: _signers(paper, lead=False),
    "departments": lambda paper: "、".join(one.department.name for one in _answering(paper)),
    "result": lambda paper: "、".join(one.result for one in _answering(paper) if one.result),
    "submitted_on": lambda paper: _day(paper.submitted_at),
    "answered_on": lambda paper: max(
        (str(one.answered_on) for one in _answering(paper) if one.answered_on), default=""
    ),
    "state": lambda paper: paper.get_state_display(),
}
