"""Findings with their pictures, suggestions with their events, and the rules that route them."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from accounts.models import Area, Department, User
from geo_portal.demo import sources
from geo_portal.demo.matters import Event, Matter, Seen
from geo_portal.demo.store.areas import author_name, officer_name
from geo_portal.demo.store.geometry import to_point
from geo_portal.demo.store.pictures import kept
from projects.models import Project
from river_monitoring.models import MonitoringPoint
from supervision import clocks
from supervision.models import Finding, FindingPhoto, RoutingRule, Suggestion, SuggestionEvent
from supervision.workflow import UNROUTED, State, state_after


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
            department=world.departments[rule["department"]],
            days=rule.get("days"),
            area=world.areas[rule["town"]] if "town" in rule else None,
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
        reporter=world.users[author_name(seen.author)],
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
    suggestions = Suggestion.objects.bulk_create(_suggestion(matter, findings, world) for matter in matters)
    SuggestionEvent.objects.bulk_create(
        _event(event, matter, suggestion, world)
        for matter, suggestion in zip(matters, suggestions, strict=True)
        for event in matter.events
    )
    return len(suggestions)


def _suggestion(matter: Matter, findings: dict[UUID, Finding], world: World) -> Suggestion:
    """The suggestion as its events left it."""
    seen, state = matter.seen, state_after(event.verb for event in matter.events)
    last_due = next((e.due_on for e in reversed(matter.events) if e.verb in ("assigned", "reopened")), None)
    return Suggestion(
        number=matter.number,
        finding=findings[seen.client_id],
        title=seen.title,
        text=seen.text,
        category=seen.category,
        author=world.users[author_name(seen.author)],
        area=world.areas[seen.town_code],
        notice_due_on=clocks.LAW[clocks.Clock.NOTICE].ends_on(matter.events[-1 if state in UNROUTED else 0].at.date()),
        returnable_until=_returnable(matter, state),
        state=state.value,
        department=None if state in UNROUTED else world.departments[seen.department],
        due_on=None if state in UNROUTED else last_due,
        submitted_at=matter.events[0].at,
        result=next((e.result for e in reversed(matter.events) if e.result), ""),
        closed_at=matter.events[-1].at if state is State.CLOSED else None,
        redo_count=sum(e.verb == "reopened" for e in matter.events),
        version=len(matter.events),
    )


def _returnable(matter: Matter, state: State) -> date | None:
    given = [event.at.date() for event in matter.events if event.verb == "assigned"]
    return clocks.returnable_until(given[-1]) if given and state not in UNROUTED else None


def _event(event: Event, matter: Matter, suggestion: Suggestion, world: World) -> SuggestionEvent:
    names = {
        "author": author_name(matter.seen.author),
        "staff": "staff",
        "officer": officer_name(matter.seen.department),
    }
    return SuggestionEvent(
        suggestion=suggestion,
        verb=event.verb,
        at=event.at,
        actor=world.users[names[event.who]],
        text=event.text,
        department=world.departments[event.department] if event.department else None,
        result=event.result,
        handling=event.handling,
        outcome=event.outcome,
        due_on=event.due_on,
    )
