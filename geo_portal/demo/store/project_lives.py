"""What projects have beside their plan: stages with their days, goals, places, pictures before and after, ratings."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from accounts.models import User
from geo_portal.demo import plane
from geo_portal.demo.calendar import moment
from geo_portal.demo.chance import stream
from geo_portal.demo.points import by_village
from geo_portal.demo.projects import Plan
from geo_portal.demo.store.areas import officer_name
from geo_portal.demo.store.geometry import to_geos
from geo_portal.demo.store.past import at
from geo_portal.demo.store.pictures import kept
from geo_portal.demo.villages import villages
from projects.editing.places import together
from projects.models import Goal, PaperCount, ProgressReport, Project, ProjectPlace, StageChange
from projects.parts import COURSE
from projects.ratings.services import answer, refresh_rating
from projects.stages import move_project

Pairs = Sequence[tuple[Plan, Project]]
GOAL = re.compile(r"(.+?)(\d+(?:\.\d+)?)(万?[^\d、]{1,4})$")
COUNTABLE = ("处", "家", "所", "个", "条")
MOST_PLACES = 24
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
    _store_places(pairs, chance)
    _store_pictures(pairs, users, chance)
    for plan, project in pairs:
        _store_stages(plan, project, staff, today)
    _store_ratings(pairs, staff, today, chance)


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


def _store_places(pairs: Pairs, chance: Random) -> None:
    for plan, project in pairs:
        shapes = list(_shapes(plan, chance))
        if not shapes:
            continue
        done = sum(step.weight for step in plan.steps if step.done_on)
        finished = len(shapes) * done // 100
        days = [step.done_on for step in plan.steps if step.done_on]
        places = ProjectPlace.objects.bulk_create(
            ProjectPlace(
                project=project,
                number=number,
                name=name,
                geom=to_geos(shape),
                done_on=days[-1] if days and number <= finished else None,
            )
            for number, (name, shape) in enumerate(shapes, 1)
        )
        project.geom = together([place.geom for place in places])
        project.save(update_fields=["geom"])


def _shapes(plan: Plan, chance: Random) -> Iterator[tuple[str, BaseGeometry]]:
    """Return the places that the goal counts: lines for what is long, areas for what is wide, else points."""
    inside = plane.to_plane(plan.town.polygon).buffer(-30)
    if any(word in plan.name for word in ("绿道", "步道", "公路", "段清淤", "清水工程", "清水")):
        yield from _lines(plan, inside, chance)
    elif any(word in plan.name for word in ("片区", "古村落", "未来乡村")):
        yield from _areas(plan, inside, chance)
    else:
        yield from _points(plan, chance)


def _near(plan: Plan, number: int, chance: Random) -> list[tuple[str, tuple[float, float]]]:
    own = [village for village in villages() if village.town == plan.town]
    chosen = [own[index % len(own)] for index in range(number)]
    return [(village.short, by_village(village, chance)) for village in chosen]


def _points(plan: Plan, chance: Random) -> Iterator[tuple[str, BaseGeometry]]:
    found = GOAL.match(plan.goal.split("、")[0])
    if not found or found[3] not in COUNTABLE or "." in found[2] or not 2 <= int(found[2]) <= 200:
        return
    number = min(MOST_PLACES, int(found[2]))
    seen: dict[str, int] = {}
    for name, place in _near(plan, number, chance):
        seen[name] = seen.get(name, 0) + 1
        yield f"{name}{seen[name]}号点", Point(place)


def _lines(plan: Plan, inside: BaseGeometry, chance: Random) -> Iterator[tuple[str, BaseGeometry]]:
    for name, place in _near(plan, 3, chance):
        x, y = plane.xy(*place)
        heading = chance.uniform(-1, 1)
        bends = [(x + 160 * n, y + 160 * n * heading + chance.uniform(-35, 35)) for n in range(7)]
        shape = LineString(bends).intersection(inside)
        longest = max(getattr(shape, "geoms", [shape]), key=lambda part: part.length)
        if isinstance(longest, LineString) and longest.length > 100:
            yield f"{name}段", plane.to_degrees(longest)


def _areas(plan: Plan, inside: BaseGeometry, chance: Random) -> Iterator[tuple[str, BaseGeometry]]:
    for name, place in _near(plan, 4, chance):
        x, y = plane.xy(*place)
        corners = [(-1, -0.8), (0.9, -1), (1.1, 0.7), (0.2, 1.1), (-0.9, 0.8)]
        size = chance.uniform(90, 170)
        shape = Polygon([(x + size * dx, y + size * dy) for dx, dy in corners]).intersection(inside)
        if isinstance(shape, Polygon) and shape.area > 4000:
            yield f"{name}片", plane.to_degrees(shape)


def _store_pictures(pairs: Pairs, users: dict[str, User], chance: Random) -> None:
    """Projects on water and green that are finished have a drawing from before and one from after."""
    finished = [pair for pair in pairs if pair[0].category in ("water", "environment") and _is_done(pair[0])]
    ProgressReport.objects.bulk_create(
        ProgressReport(
            project=project,
            reported_on=day,
            text=text,
            author=users[officer_name(plan.lead)],
            moment=moment_,
            photo=kept(f"{moment_}-{number}.jpg", "projects")[0],
        )
        for plan, project in finished
        for number in [chance.randrange(1, 7)]
        for day, moment_, text in (
            (plan.starts_on, "before", "开工前的现场。"),
            (plan.steps[-1].done_on or plan.ends_on, "after", "完工后的现场，与开工前同一位置。"),
        )
    )


def _is_done(plan: Plan) -> bool:
    return plan.steps[-1].done_on is not None and plan.status in ("supervised", "rated")


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


def _store_ratings(pairs: Pairs, staff: User, today: date, chance: Random) -> None:
    """Past years were counted on paper; two of this year's projects are being rated now."""
    PaperCount.objects.bulk_create(
        PaperCount(
            project=project,
            voter=vote.voter,
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
            answer(project.pk, chance.choice(choices), deputy=deputy)
        for number in range(23):
            answer(project.pk, chance.choice(choices), voter_key=f"demo-{project.pk}-{number}")
