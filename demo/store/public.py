"""The places of projects, photos from before and after, feedback, and the news that all this makes."""

from collections import defaultdict
from datetime import date, timedelta

from django.contrib.gis.geos import GeometryCollection, MultiPoint, MultiPolygon

from accounts.models import User
from demo.plan.calendar import moment
from demo.plan.projects import Plan
from demo.plan.public import Place, Said, feedback, places
from demo.store.areas import officer_name
from demo.store.geometry import to_geos
from demo.store.pictures import kept
from projects.models import (
    Feedback,
    FeedbackEvent,
    Milestone,
    News,
    ProgressReport,
    Project,
    ProjectPlace,
    StageChange,
)

PICTURES = 6
HOUR = 10


def store_public(
    plans: tuple[Plan, ...], projects: dict[str, Project], users: dict[str, User], today: date
) -> dict[str, int]:
    """Write all of it; how much, by thing."""
    counts = {
        "project_places": _store_places(places(plans, today), projects),
        "feedback": _store_feedback(feedback(plans, today), plans, projects, users),
    }
    _store_pairs(plans, projects, users)
    _store_news(today)
    return counts


def _store_places(planned: list[Place], projects: dict[str, Project]) -> int:
    rows, by_code = [], defaultdict(list)
    for place in planned:
        geom = to_geos(place.shape)
        by_code[place.project].append(geom)
        project = projects[place.project]
        rows.append(
            ProjectPlace(project=project, number=place.number, name=place.name, geom=geom, done_on=place.done_on)
        )
    ProjectPlace.objects.bulk_create(rows)
    for code, geoms in by_code.items():
        kinds = {geom.geom_type for geom in geoms}
        collect = {"Point": MultiPoint, "Polygon": MultiPolygon}.get(next(iter(kinds)), GeometryCollection)
        projects[code].geom = (collect if len(kinds) == 1 else GeometryCollection)(*geoms, srid=4326)
    Project.objects.bulk_update([projects[code] for code in by_code], ["geom"])
    return len(rows)


def _store_pairs(plans: tuple[Plan, ...], projects: dict[str, Project], users: dict[str, User]) -> None:
    """What a finished place looked like before and looks like now."""
    rows = []
    finished = [plan for plan in plans if all(step.done_on for step in plan.steps)]
    for number, plan in enumerate(finished[::3]):
        moments = (
            ("before", plan.starts_on - timedelta(days=5), "开工前的现场。"),
            ("after", max(step.done_on for step in plan.steps if step.done_on), "完工后在同一位置拍摄。"),
        )
        for when, day, text in moments:
            photo = kept(f"{when}-{number % PICTURES + 1}.jpg", "projects")[0]
            author = users[officer_name(plan.lead)]
            project = projects[plan.code]
            rows.append(
                ProgressReport(project=project, reported_on=day, text=text, moment=when, photo=photo, author=author)
            )
    ProgressReport.objects.bulk_create(rows)


def _store_feedback(
    said: list[Said], plans: tuple[Plan, ...], projects: dict[str, Project], users: dict[str, User]
) -> int:
    leads = {plan.code: plan.lead for plan in plans}
    rows = Feedback.objects.bulk_create(_feedback(one, projects, users) for one in said)
    events = []
    for one, row in zip(said, rows, strict=True):
        events.append(_event(row, "file", row.deputy, one, 0))
        if one.state != "waiting":
            events.append(_event(row, "show" if one.state == "shown" else "hide", users["staff"], one, 1, one.reason))
        if one.reply:
            events.append(_event(row, "reply", users[officer_name(leads[one.project])], one, 3, one.reply))
    FeedbackEvent.objects.bulk_create(events)
    return len(rows)


def _feedback(one: Said, projects: dict[str, Project], users: dict[str, User]) -> Feedback:
    return Feedback(
        project=projects[one.project],
        text=one.text,
        state=one.state,
        reason=one.reason,
        deputy=users["deputy"] if one.by_deputy else None,
        photo=kept(one.photo, "feedback")[0] if one.photo else "",
        version=1 if one.state == "waiting" else 2,
        created_at=one.at,
    )


def _event(row: Feedback, verb: str, actor: User | None, one: Said, days: int, text: str = "") -> FeedbackEvent:
    return FeedbackEvent(feedback=row, verb=verb, text=text, actor=actor, created_at=one.at + timedelta(days=days))


def _store_news(today: date) -> None:
    """What the database has told as of this minute is told again as of its day, and to nobody by letter."""
    News.objects.all().delete()
    rows = [
        _news(News.Kind.MILESTONE, step.project_id, step.done_on, subject=step.title)
        for step in Milestone.objects.exclude(done_on=None)
    ]
    rows += [
        _news(News.Kind.REPORT, report.project_id, report.reported_on, report=report)
        for report in ProgressReport.objects.all()
    ]
    rows += [
        _news(News.Kind.STAGE, step.project_id, step.created_at.date(), before=step.before, after=step.after)
        for step in StageChange.objects.exclude(before="")
    ]
    for news in rows:
        news.told_on = today
    News.objects.bulk_create(sorted(rows, key=lambda news: news.on))


def _news(kind: str, project_id: int, on: date | None, **more: object) -> News:
    assert on is not None  # noqa: S101 - what is not done is no news
    return News(kind=kind, project_id=project_id, on=on, at=moment(on, HOUR), **more)
