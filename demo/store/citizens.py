"""Citizens' reports: findings without a reporter, private links, public copies of photos, who met the same."""

from datetime import date, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from demo.plan.citizens import EXTENSION, Happened, Report
from demo.store.areas import officer_name
from demo.store.geometry import to_point
from demo.store.matters import World
from demo.store.pictures import kept
from supervision.deadlines import clocks
from supervision.matters.extensions import basis_of_extension
from supervision.matters.queries import next_number
from supervision.matters.services.filing import title_of
from supervision.matters.states import State
from supervision.matters.table import TABLE
from supervision.models import (
    Finding,
    FindingPhoto,
    PublishedPhoto,
    ReporterAccess,
    Suggestion,
    SuggestionEvent,
    Support,
)
from supervision.public import private_links
from ui.pictures import covering

NOBODY_HAS_IT = {State.RECEIVED, State.SUBMITTED, State.DECLINED, State.MERGED}
BOX = (40, 40, 90, 70)
"""What staff of the demonstration cover: a place in the drawn pictures where a face could be."""


def store_reports(reports: tuple[Report, ...], world: World) -> int:
    """Write every report with what became of it; returns how many."""
    stored: dict[str, Suggestion] = {}
    for report in reports:
        stored[report.key] = _store(report, world, stored)
    return len(stored)


def _store(report: Report, world: World, stored: dict[str, Suggestion]) -> Suggestion:
    finding = _finding(report, world)
    suggestion = _suggestion(report, finding, world, stored)
    for event in report.events:
        _event(event, report, suggestion, world, stored)
    if "published" in {event.verb for event in report.events}:
        _public_copy(finding, world)
    Support.objects.bulk_create(
        Support(finding=finding, who=f"{report.key}-{number:03d}".rjust(32, "0"))
        for number in range(report.said.get("supports", 0))
    )
    return suggestion


def _finding(report: Report, world: World) -> Finding:
    finding = Finding.objects.create(
        client_id=report.client_id,
        category=report.said["category"],
        text=report.text,
        geom=to_point(report.place),
        area=world.areas[report.village.town.code],
        address=f"{report.village.town.name}{report.village.short}",
        seen_at=report.seen_at,
        created_at=report.events[0].at,
    )
    stored, picture = kept(report.picture, "findings")
    size = {"width": picture.width, "height": picture.height, "sha256": picture.sha256}
    FindingPhoto.objects.create(finding=finding, file=stored, taken_at=report.seen_at, **size)
    ReporterAccess.objects.create(
        finding=finding,
        token_digest=private_links.digest_of(report.secret),
        expires_at=timezone.now() + timedelta(days=3650),
    )
    return finding


def _suggestion(report: Report, finding: Finding, world: World, stored: dict[str, Suggestion]) -> Suggestion:
    verbs = [event.verb for event in report.events]
    state = TABLE.replay(verbs)
    given = next((event for event in report.events if event.verb == "assigned"), None)
    in_hand = given is not None and state not in NOBODY_HAS_IT
    day = report.events[0].at.date()
    return Suggestion.objects.create(
        number=next_number(day.year),
        finding=finding,
        title=title_of(report.text),
        text=report.text,
        category=finding.category,
        area=finding.area,
        author=world.users["deputy"] if "adopted" in verbs else None,
        state=state.value,
        department=world.departments[report.said["department"]] if in_hand else None,
        due_on=_last_due(report) if in_hand else None,
        returnable_until=clocks.returnable_until(given.at.date()) if given and in_hand else None,
        notice_due_on=clocks.LAW[clocks.Clock.NOTICE].ends_on(day),
        submitted_at=report.events[0].at,
        result=report.said.get("result", ""),
        closed_at=next((event.at for event in report.events if event.verb == "rated"), None),
        redo_count=verbs.count("reopened"),
        is_public="published" in verbs,
        public_text=report.said.get("public", ""),
        merged_into=stored[report.said["into"]] if state is State.MERGED else None,
        version=len(verbs),
    )


def _last_due(report: Report) -> date | None:
    due: list[date] = [
        event.fields["due_on"] for event in report.events if event.verb in ("assigned", "extended", "reopened")
    ]
    return due[-1] if due else None


def _event(
    event: Happened, report: Report, suggestion: Suggestion, world: World, stored: dict[str, Suggestion]
) -> None:
    fields = dict(event.fields)
    if department := fields.pop("department", ""):
        fields["department"] = world.departments[department]
    if event.verb == "extended":
        fields["basis"] = basis_of_extension(event.at.date(), EXTENSION)
    actors = {"staff": "staff", "deputy": "deputy", "officer": officer_name(report.said["department"])}
    SuggestionEvent.objects.create(
        suggestion=suggestion,
        verb=event.verb,
        at=event.at,
        actor=world.users[actors[event.who]] if event.who in actors else None,
        by_reporter=event.who == "reporter",
        other=stored[report.said["into"]] if event.verb == "merged" else None,
        **(fields | ({"text": report.text} if event.verb == "received" else {})),
    )


def _public_copy(finding: Finding, world: World) -> None:
    photo = finding.photos.get()
    with photo.file.open("rb") as file:
        covered = covering.cover(file, [BOX], photo.width, photo.height)
    name = default_storage.save(f"findings/{photo.sha256[:32]}.jpg", ContentFile(covered))
    PublishedPhoto.objects.create(photo=photo, file=name, boxes=[BOX], made_by=world.users["staff"])
