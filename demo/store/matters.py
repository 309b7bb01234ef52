"""Findings with their pictures, suggestions with their events, and the rules that route them."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.contrib.gis.geos import MultiPolygon, Polygon

from accounts.models import Area, Department, User
from demo.plan import sources
from demo.plan.course import EXTENSION, Event, Matter, Seen
from demo.store.areas import author_name, officer_name
from demo.store.geometry import to_point
from demo.store.pictures import kept
from projects.models import Project
from river_monitoring.models import MonitoringPoint
from supervision.deadlines import clocks
from supervision.matters.extensions import basis_of_extension
from supervision.matters.queries import GIVEN
from supervision.matters.states import State
from supervision.matters.table import TABLE, UNROUTED
from supervision.models import CoHandling, Finding, FindingPhoto, RoutingRule, Suggestion, SuggestionEvent


@dataclass(frozen=True)
class World:
    """What findings and suggestions refer to, by code or user name."""

    areas: dict[str, Area]
    departments: dict[str, Department]
    users: dict[str, User]
    points: dict[str, MonitoringPoint]
    projects: dict[str, Project]


def store_rules(world: World) -> None:
    RoutingRule.objects.bulk_create(
        RoutingRule(
            category=rule["category"],
            department=world.departments[rule["department"]] if "department" in rule else None,
            to_town="department" not in rule,
            days=rule.get("days"),
            area=world.areas[rule["town"]] if "town" in rule else None,
            zone=MultiPolygon(Polygon(rule["zone"]), srid=4326) if "zone" in rule else None,
            zone_name=rule.get("name", ""),
        )
        for rule in sources.read_json("matters.json")["rules"]
    )


def store_findings(seen: tuple[Seen, ...], world: World) -> dict[UUID, Finding]:
    findings = Finding.objects.bulk_create(_finding(each, world) for each in seen)
    FindingPhoto.objects.bulk_create(
        _photo(finding, name) for each, finding in zip(seen, findings, strict=True) for name in each.photos
    )
    return {finding.client_id: finding for finding in findings}


def _finding(seen: Seen, world: World) -> Finding:
    kind, code = seen.about or ("", "")
    return Finding(
        client_id=seen.client_id,
        reporter=_author(seen, world),
        category=seen.category,
        text=seen.text,
        geom=to_point(seen.place),
        area=world.areas[seen.town_code],
        address=seen.address,
        point=world.points[code] if kind == "point" else None,
        project=world.projects[code] if kind == "project" else None,
        seen_at=seen.seen_at,
        created_at=seen.seen_at + timedelta(minutes=6),
    )


def _photo(finding: Finding, name: str) -> FindingPhoto:
    stored, picture = kept(name, "findings")
    return FindingPhoto(
        finding=finding,
        file=stored,
        width=picture.width,
        height=picture.height,
        sha256=picture.sha256,
        taken_at=finding.seen_at,
    )


def store_suggestions(matters: tuple[Matter, ...], findings: dict[UUID, Finding], world: World) -> int:
    """Write the matters: first those that others were merged into or split from, then the others."""
    own = {matter.key: matter for matter in matters}
    leaning = {key: matter for key, matter in own.items() if _leans_on(matter)}
    stored: dict[UUID, Suggestion] = {}
    for group in ({k: m for k, m in own.items() if k not in leaning}, leaning):
        rows = Suggestion.objects.bulk_create(_suggestion(m, findings, world, stored) for m in group.values())
        stored |= dict(zip(group, rows, strict=True))
    SuggestionEvent.objects.bulk_create(
        _event(event, matter, stored, world) for matter in matters for event in matter.events
    )
    _store_opinions(matters, stored, world)
    return len(stored)


def _leans_on(matter: Matter) -> UUID | None:
    """The matter that this one was merged into or split from."""
    if matter.part:
        return matter.seen.client_id
    return next((event.other for event in matter.events if event.verb == "merged"), None)


def _suggestion(
    matter: Matter, findings: dict[UUID, Finding], world: World, stored: dict[UUID, Suggestion]
) -> Suggestion:
    """The suggestion as its events left it."""
    seen, state = matter.seen, TABLE.replay(event.verb for event in matter.events)
    has_unit = state not in (*UNROUTED, State.RECEIVED, State.DECLINED, State.MERGED)
    given = _last(matter, *GIVEN, "extended", "reopened", "came_back")
    other = stored.get(_leans_on(matter) or matter.key)
    replied = _last(matter, "replied")
    return Suggestion(
        number=matter.number,
        finding=None if matter.part else findings[seen.client_id],
        title=matter.title or seen.title,
        text=matter.events[0].text,
        category=seen.category,
        author=_author(seen, world),
        area=world.areas[seen.town_code],
        notice_due_on=clocks.LAW[clocks.Clock.NOTICE].ends_on(matter.events[0 if has_unit else -1].at.date()),
        returnable_until=_returnable(matter) if has_unit else None,
        state=state.value,
        department=world.departments[_department(matter)] if has_unit else None,
        due_on=given.due_on if given and has_unit else None,
        submitted_at=matter.events[0].at,
        result=replied.result if replied else "",
        closed_at=matter.events[-1].at if state is State.CLOSED else None,
        planned_on=replied.planned_on if replied and not _last(matter, "came_back") else None,
        paused_on=matter.events[-1].at.date() if matter.events[-1].verb == "paused" else None,
        merged_into=other if state is State.MERGED else None,
        split_from=other if matter.part else None,
        redo_count=sum(e.verb == "reopened" for e in matter.events),
        version=len(matter.events),
    )


def _last(matter: Matter, *verbs: str) -> Event | None:
    return next((event for event in reversed(matter.events) if event.verb in verbs), None)


def _department(matter: Matter) -> str:
    given = _last(matter, *GIVEN)
    return given.department if given else matter.seen.department


def _author(seen: Seen, world: World) -> User | None:
    return None if seen.author is None else world.users[author_name(seen.author)]


def _returnable(matter: Matter) -> date | None:
    given = _last(matter, *GIVEN)
    return clocks.returnable_until(given.at.date()) if given else None


def _store_opinions(matters: tuple[Matter, ...], stored: dict[UUID, Suggestion], world: World) -> None:
    rows = []
    for matter in matters:
        asked, answer = _last(matter, "co_asked"), _last(matter, "co_replied")
        if asked is not None and asked.due_on is not None:
            rows.append(
                CoHandling(
                    suggestion=stored[matter.key],
                    department=world.departments[asked.department],
                    asked_at=asked.at,
                    due_on=asked.due_on,
                    opinion=answer.text if answer else "",
                    answered_at=answer.at if answer else None,
                )
            )
    CoHandling.objects.bulk_create(rows)


def _event(event: Event, matter: Matter, stored: dict[UUID, Suggestion], world: World) -> SuggestionEvent:
    return SuggestionEvent(
        suggestion=stored[matter.key],
        verb=event.verb,
        at=event.at,
        actor=_actor(event, matter, world),
        by_reporter=event.who == "reporter",
        text=event.text,
        department=world.departments[event.department] if event.department else None,
        other=stored[event.other] if event.other else None,
        result=event.result,
        handling=event.handling,
        outcome=event.outcome,
        due_on=event.due_on,
        planned_on=event.planned_on,
        clock=event.clock,
        basis=basis_of_extension(event.at.date(), EXTENSION) if event.verb == "extended" else {},
    )


def _actor(event: Event, matter: Matter, world: World) -> User | None:
    if event.who in ("system", "reporter"):
        return None
    if event.who == "author":
        return _author(matter.seen, world)
    return world.users["staff" if event.who == "staff" else officer_name(event.asker or event.department)]
