"""What projects have beside their plan: stages with their days, goals by year, ratings."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from accounts.models import User
from demo.plan.calendar import moment
from demo.plan.chance import stream
from demo.plan.projects import Plan
from demo.store.past import at
from projects.models import Goal, PaperCount, PaperDecision, Project, StageChange
from projects.plan.stage_table import STAGES
from projects.ratings.services import record_answer, refresh_rating
from projects.stages.services import move_project

COURSE = STAGES.in_group("course")
Pairs = Sequence[tuple[Plan, Project]]
GOAL = re.compile(r"(.+?)(\d+(?:\.\d+)?)(万?[^\d、]{1,4})$")
OPEN_RATINGS = 2
REASONS = {
    "proposed": "集中征集月收集",
    "candidate": "区政府初定，区人大常委会主任会议审议",
    "building": "开工",
    "supervised": "各节点完成，转入代表监督",
    "rated": "年终满意度测评",
}


def store_lives(pairs: Pairs, users: dict[str, User], today: date) -> None:
    """Write it all, in the order in which it came about."""
    staff, chance = users["staff"], stream("project lives")
    Goal.objects.bulk_create(goal for plan, project in pairs for goal in _goals(plan, project))
    for plan, project in pairs:
        _store_stages(plan, project, staff, today)
    _store_ratings(pairs, users, today, chance)


def _goals(plan: Plan, project: Project) -> Iterator[Goal]:
    """Make goals of the words of the plan: 清淤河道3.2公里、修复生态岸坡4800米."""
    share = Decimal(sum(step.weight for step in plan.steps if step.done_on)) / 100
    years = [plan.year, plan.year + 1] if plan.ends_on.year > plan.year else [plan.year]
    for order, part in enumerate(plan.goal.split("、"), 1):
        found = GOAL.match(part)
        if not found:
            continue
        title, quantity, unit = found[1], Decimal(found[2]), found[3]
        step = Decimal(1) if quantity == int(quantity) else Decimal("0.1")
        shares = [quantity] if len(years) == 1 else _split(quantity, step)
        for year, part_of in zip(years, shares, strict=True):
            achieved = part_of if share == 1 else (part_of * share / step).__floor__() * step
            yield Goal(
                project=project, year=year, order=order, title=title, quantity=part_of, unit=unit, achieved=achieved
            )


def _split(quantity: Decimal, step: Decimal) -> list[Decimal]:
    first = max(step, (quantity * Decimal("0.3") / step).__floor__() * step)
    return [first, max(step, quantity - first)]


def _store_stages(plan: Plan, project: Project, staff: User, today: date) -> None:
    """One event for each stage that the project has passed; the vote is told with the votes."""
    here = COURSE.index(Project.Status.VOTED if plan.status == "reserve" else Project.Status(plan.status))
    before = ""
    for stage in COURSE[: here + 1]:
        if stage == Project.Status.VOTED and plan.year <= today.year - 1:
            _change(project, before, "voted", f"{plan.year}年民生实事项目票决当选", staff, _day(plan, stage, today))
        elif stage != Project.Status.VOTED:
            _change(project, before, stage, REASONS[stage], staff, _day(plan, stage, today))
        before = stage


def _day(plan: Plan, stage: str, today: date) -> datetime:
    last = plan.steps[-1].done_on or today
    days = {
        "proposed": date(plan.year - 1, 9, 12),
        "candidate": date(plan.year - 1, 11, 5),
        "voted": date(plan.year, 1, 16),
        "building": plan.starts_on,
        "supervised": last,
        "rated": max(last, date(plan.year, 12, 28)),
    }
    return moment(min(days[stage], today), 9)


def _change(project: Project, before: str, after: str, reason: str, staff: User, when: datetime) -> None:
    with at(when):
        StageChange.objects.create(project=project, before=before, after=after, reason=reason, actor=staff)


def _store_ratings(pairs: Pairs, users: dict[str, User], today: date, chance: Random) -> None:
    """Past years were counted on paper; two of this year's projects are being rated now."""
    staff = users["staff"]
    PaperCount.objects.bulk_create(
        PaperCount(
            project=project,
            voter=vote.voter,
            sheet=f"{project.code}-{vote.voter}",
            counted_on=min(today, date(plan.year + 1, 1, 12)),
            source="区人代会会场测评" if vote.voter == "deputy" else "社区入户问卷",
            satisfied=vote.satisfied,
            fairly_satisfied=vote.fairly,
            dissatisfied=vote.dissatisfied,
            abstained=vote.abstained,
            author=staff,
        )
        for plan, project in pairs
        for vote in plan.votes
    )
    second = users["admin"]
    PaperDecision.objects.bulk_create(
        PaperDecision(paper=paper, is_right=True, actor=second) for paper in PaperCount.objects.order_by("pk")
    )
    for plan, project in pairs:
        for vote in plan.votes:
            refresh_rating(project, vote.voter)
    finished = [project for plan, project in pairs if plan.status == "supervised" and plan.year == today.year]
    for project in finished[:OPEN_RATINGS]:
        _open_rating(project, staff, today, chance)


def _open_rating(project: Project, staff: User, today: date, chance: Random) -> None:
    opened = moment(today - timedelta(days=6), 9)
    choices = ["satisfied"] * 6 + ["fairly"] * 3 + ["dissatisfied", "abstained"]
    with at(opened):
        project.refresh_from_db()
        move_project(project.pk, staff, "rated", REASONS["rated"], project.version)
    deputies = User.objects.filter(role="deputy").exclude(username="deputy").order_by("pk")[:7]
    with at(opened + timedelta(days=1)):
        for deputy in deputies:
            record_answer(project.pk, chance.choice(choices), deputy=deputy)
        for number in range(23):
            key = f"demo-{project.pk}-{number}"
            record_answer(project.pk, chance.choice(choices), voter_key=key, is_verified=number % 2 == 0)
