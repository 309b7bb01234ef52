"""How satisfied people are, as one definition for the project's page, the numbers page, its files and the report.

A case is all equal answers about one project. The three kinds of voters are three figures: deputies; people who
confirmed a mailbox or answered on paper that two persons counted; and, apart from both, whoever answered without
showing who she is.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from accounts.indicators import Case, Indicator, Scope, Source
from accounts.permissions import Asker
from projects.plan.queries import projects_of
from projects.ratings.models import Answer, Rating

Choice, Voter = Answer.Choice, Rating.Voter
COUNTED = {
    "satisfied": Choice.SATISFIED,
    "fairly_satisfied": Choice.FAIRLY,
    "dissatisfied": Choice.DISSATISFIED,
    "abstained": Choice.ABSTAINED,
}
CONTENT = frozenset({Choice.SATISFIED, Choice.FAIRLY})


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCase(Case):
    """`count` equal answers about one project; `pk` is the project's."""

    voter: str
    choice: str


def cases_of(rating: Rating, project: Case | None = None) -> Iterator[AnswerCase]:
    """Return a case for each choice that a total holds answers of, with the area and department of its project."""
    of = project or Case(pk=rating.project_id)
    for column, choice in COUNTED.items():
        if count := getattr(rating, column):
            yield AnswerCase(
                pk=of.pk, count=count, area=of.area, department=of.department, day=of.day, voter=rating.voter,
                choice=choice,
            )  # fmt: skip


def answer_cases(asker: Asker, scope: Scope, today: date) -> Iterable[AnswerCase]:
    """Read the ratings of projects of an area and lead that are built within the days of `scope`."""
    ratings = Rating.objects.filter(project__in=projects_of(asker, scope)).select_related(
        "project__area", "project__lead"
    )
    return [case for rating in ratings.order_by("pk") for case in cases_of(rating, _place_of(rating))]


def _place_of(rating: Rating) -> Case:
    project = rating.project
    area = (project.area.code, project.area.name) if project.area else ("", "")
    lead = (project.lead.code, project.lead.short_name)
    return Case(pk=project.pk, area=area, department=lead, day=project.starts_on)


def _satisfied(voter: str, code: str, title: object, who: object) -> Indicator:
    return Indicator(
        code=code,
        title=title,
        numerator=_("满意和基本满意的票"),
        denominator=who,
        in_part=lambda case: case.choice in CONTENT,
        in_whole=lambda case: case.voter == voter,
        in_report=True,
    )


BY_VOTER: dict[str, Indicator] = {
    Voter.DEPUTY: _satisfied(Voter.DEPUTY, "satisfied-deputies", _("代表满意率"), _("代表测评的票")),
    Voter.PUBLIC: _satisfied(
        Voter.PUBLIC, "satisfied-public", _("公众满意率（已核实）"), _("核实过邮箱的和两人核对过的纸质票")
    ),
    Voter.UNVERIFIED: _satisfied(
        Voter.UNVERIFIED, "satisfied-unverified", _("公众满意率（未核实，单列）"), _("没有核实身份的网上评价")
    ),
}
SOURCE = Source(
    code="ratings",
    cases=answer_cases,
    indicators=tuple(BY_VOTER.values()),
    note=_("测评按项目的镇街、牵头单位和工期筛选；未核实的评价单列，不与其他合计。"),
    tileset="projects",
)
