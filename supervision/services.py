"""Writes of supervision: each is one function, one transaction, and the event that says what was done."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile, File
from django.db import IntegrityError, transaction
from django.db.models.fields.files import FieldFile
from django.utils import timezone
from django.utils.translation import gettext

from accounts import audit
from accounts.models import Department
from geokit.photos import CleanPhoto
from geokit.refusal import BadInput, FieldError, MissingEvidence, NotPermitted, StaleEdit
from supervision import clocks, workflow
from supervision.intake import Report, check_report, clean_photos
from supervision.models import Finding, FindingPhoto, Suggestion, SuggestionEvent
from supervision.permissions import REPORTERS_ONLY, may_report, person_of, suggestions_visible_to
from supervision.queries import matter_of, next_number
from supervision.routing import route
from supervision.workflow import Transition, Verb

TITLE_LENGTH = 40


def file_finding(
    reporter: Any,
    *,
    client_id: UUID,
    text: str,
    category: str,
    lon: float | None,
    lat: float | None,
    photos: Sequence[File] = (),
    point_code: str | None = None,
    project_code: str | None = None,
    seen_at: datetime | None = None,
    address: str = "",
) -> Finding:
    """File what `reporter` saw (WGS 84 degrees), with its photos, and send it on its way.

    Idempotent by `client_id`: what is sent again is not stored again, so a phone may retry until it
    hears back. Row and photos are kept together or not at all.
    Raises NotPermitted, BadInput (each field in `errors`) or PhotoRefused.
    """
    if not may_report(reporter):
        raise NotPermitted(str(REPORTERS_ONLY))
    if filed := _already_filed(reporter, client_id):
        return filed
    report = check_report(
        reporter,
        text=text,
        category=category,
        lon=lon,
        lat=lat,
        point_code=point_code,
        project_code=project_code,
        seen_at=seen_at,
        address=address,
    )
    cleaned = clean_photos(photos)
    try:
        with _files_removed_on_failure() as written, transaction.atomic():
            finding = _store_finding(reporter, client_id, report)
            _store_photos(finding, cleaned, written)
            _submit(finding)
    except IntegrityError:
        # The same finding came twice at the same moment; the other request has stored it.
        if filed := _already_filed(reporter, client_id):
            return filed
        raise
    return finding


@transaction.atomic
def assign(
    actor: Any, suggestion_id: int, *, version: int, department: Department | None, wide: bool = False, text: str = ""
) -> Suggestion:
    """Give a matter to a department; `wide` gives six months instead of three (代表法 Art. 51)."""
    suggestion, step = _locked_step(actor, suggestion_id, Verb.ASSIGN, version, {"department": department})
    suggestion.department = department
    suggestion.due_on = clocks.reply_due_on(timezone.localdate(), wide=wide)
    _take(suggestion, step, actor, department=department, due_on=suggestion.due_on, text=text)
    return suggestion


@transaction.atomic
def return_to_staff(actor: Any, suggestion_id: int, *, version: int, text: str) -> Suggestion:
    """Hand back a matter that is not this department's, with the reason, within ten days."""
    suggestion, step = _locked_step(actor, suggestion_id, Verb.RETURN, version, {"text": text})
    department = suggestion.department
    suggestion.department = None
    suggestion.due_on = None
    _take(suggestion, step, actor, department=department, text=text)
    return suggestion


@transaction.atomic
def reply(actor: Any, suggestion_id: int, *, version: int, text: str, result: str) -> Suggestion:
    """Answer a matter with one of the district's result classes (A-D). The event keeps the day it was due."""
    _refuse_unknown("result", result, Suggestion.Result.values)
    given = {"text": text, "result": result}
    suggestion, step = _locked_step(actor, suggestion_id, Verb.REPLY, version, given)
    suggestion.result = result
    _take(suggestion, step, actor, department=suggestion.department, due_on=suggestion.due_on, text=text, result=result)
    return suggestion


@transaction.atomic
def rate(actor: Any, suggestion_id: int, *, version: int, handling: str, outcome: str, text: str = "") -> Suggestion:
    """Rate the handling and the result. Not satisfied with the result sends the matter back, once, for a month."""
    for field, value in (("handling", handling), ("outcome", outcome)):
        _refuse_unknown(field, value, SuggestionEvent.Satisfaction.values)
    given = {"handling": handling, "outcome": outcome, "text": text}
    redo_count = _locked(actor, suggestion_id).redo_count
    verb = workflow.rating_verb(outcome, redo_count)
    suggestion, step = _locked_step(actor, suggestion_id, verb, version, given)
    fields: dict[str, Any] = {"handling": handling, "outcome": outcome, "text": text}
    if verb is Verb.REOPEN:
        suggestion.redo_count += 1
        suggestion.due_on = clocks.redo_due_on(timezone.localdate())
        fields |= {"due_on": suggestion.due_on, "department": suggestion.department}
    else:
        suggestion.closed_at = timezone.now()
    _take(suggestion, step, actor, **fields)
    return suggestion


@transaction.atomic
def urge(actor: Any, suggestion_id: int, *, text: str = "") -> Suggestion:
    """Remind the department, at most once a day. The matter itself stays as it is, so no form becomes stale."""
    suggestion, step = _locked_step(actor, suggestion_id, Verb.URGE, None, {})
    _record(suggestion, step.event, actor, department=suggestion.department, due_on=suggestion.due_on, text=text)
    audit.record(actor, "suggestion-urged", suggestion)
    return suggestion


def _already_filed(reporter: Any, client_id: UUID) -> Finding | None:
    """Return the finding of this number; refuse a number that somebody else has used."""
    finding = Finding.objects.filter(client_id=client_id).first()
    if finding is not None and finding.reporter_id != reporter.pk:
        message = gettext("这个填报编号已被使用，请刷新页面重新填报。")
        raise BadInput(message, code="client-id-taken", errors=[FieldError("client_id", "client-id-taken", message)])
    return finding


def _store_finding(reporter: Any, client_id: UUID, report: Report) -> Finding:
    finding = Finding.objects.create(
        client_id=client_id,
        reporter=reporter,
        category=report.category,
        text=report.text,
        geom=report.place,
        area=report.area,
        address=report.address,
        point=report.point,
        project=report.project,
        seen_at=report.seen_at,
    )
    audit.record(reporter, "finding-filed", finding)
    return finding


def _store_photos(finding: Finding, cleaned: Sequence[CleanPhoto], written: list[FieldFile]) -> None:
    for photo in cleaned:
        row = FindingPhoto(
            finding=finding,
            sha256=photo.sha256,
            taken_at=photo.taken_at,
            width=photo.width,
            height=photo.height,
        )
        row.file.save(f"{finding.client_id}-{photo.sha256[:16]}{photo.suffix}", ContentFile(photo.content), save=False)
        written.append(row.file)
        row.save()


@contextmanager
def _files_removed_on_failure() -> Iterator[list[FieldFile]]:
    """Remove the files listed meanwhile when what follows fails: the database forgets by itself, a disk does not."""
    written: list[FieldFile] = []
    try:
        yield written
    except BaseException:
        for file in written:
            file.storage.delete(str(file.name))
        raise


def _submit(finding: Finding) -> Suggestion:
    """Make the suggestion of a new finding and route it."""
    now = timezone.now()
    suggestion = Suggestion.objects.create(
        number=next_number(timezone.localdate(now).year),
        finding=finding,
        title=finding.text.splitlines()[0][:TITLE_LENGTH],
        text=finding.text,
        category=finding.category,
        author=finding.reporter,
        submitted_at=now,
    )
    _record(suggestion, SuggestionEvent.Verb.SUBMITTED, finding.reporter, text=finding.text)
    way = route(finding.category, finding.area, finding.point, finding.project)
    if way.department is not None:
        suggestion.department = way.department
        suggestion.due_on = clocks.reply_due_on(timezone.localdate(now), days=way.days)
        suggestion.state = Suggestion.State.ASSIGNED
        suggestion.save()
        _record(
            suggestion,
            SuggestionEvent.Verb.ASSIGNED,
            None,
            department=way.department,
            due_on=suggestion.due_on,
            text=way.reason,
        )
    return suggestion


def _locked(actor: Any, suggestion_id: int) -> Suggestion:
    visible = suggestions_visible_to(actor).select_for_update(of=("self",)).select_related("department", "finding")
    suggestion = visible.filter(pk=suggestion_id).first()
    if suggestion is None:
        raise BadInput(gettext("没有编号为 %s 的建议。") % suggestion_id, code="unknown-suggestion")
    return suggestion


def _locked_step(
    actor: Any, suggestion_id: int, verb: Verb, version: int | None, given: dict[str, Any]
) -> tuple[Suggestion, Transition]:
    """Lock the matter and return the step that `actor` may take; refuse a stale form before a wrong moment.

    Raises NotPermitted, StaleEdit, or MissingEvidence with an error for each empty field.
    """
    suggestion = _locked(actor, suggestion_id)
    stale = version is not None and version != suggestion.version
    try:
        step = workflow.transition_for(person_of(actor), matter_of(suggestion), verb, timezone.localdate())
    except NotPermitted as refusal:
        if stale and refusal.code == "wrong-state":
            raise _stale(suggestion) from refusal
        raise
    if stale:
        raise _stale(suggestion)
    if missing := workflow.missing_for(step, given):
        raise MissingEvidence(" ".join(error.message for error in missing), errors=missing)
    return suggestion, step


def _stale(suggestion: Suggestion) -> StaleEdit:
    return StaleEdit(
        gettext("建议 %(number)s 在您打开页面后已变为“%(state)s”，请查看最新情况后再操作。")
        % {"number": suggestion.number, "state": suggestion.get_state_display()}
    )


def _refuse_unknown(field: str, value: str, known: Sequence[str]) -> None:
    if value and value not in known:
        message = gettext("“%s”不是可选的值。") % value
        raise BadInput(message, code="unknown-value", errors=[FieldError(field, "unknown-value", message)])


def _take(suggestion: Suggestion, step: Transition, actor: Any, **fields: Any) -> None:
    """Move the suggestion along `step` and write the event that says so."""
    suggestion.state = step.target
    suggestion.version += 1
    suggestion.save()
    _record(suggestion, step.event, actor, **fields)
    audit.record(actor, f"suggestion-{step.event}", suggestion, state=str(step.target))


def _record(suggestion: Suggestion, verb: str, actor: Any, **fields: Any) -> SuggestionEvent:
    return SuggestionEvent.objects.create(suggestion=suggestion, verb=verb, at=timezone.now(), actor=actor, **fields)
