"""The acceptance sheet (验收单) of a delisting: everything that it rests on, set as a PDF in the site's own language.

Its bytes are kept as evidence of the step, and their SHA-256 stands in the event of the step, so that the chain tells a
changed sheet from the one that was made.
"""

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation

from accounts.district import area_rows
from accounts.models import User
from ledger.filestore.responses import opened
from river_monitoring.assessment.period import Assessment
from river_monitoring.assessment.queries import assess_taken, read_samples, span_bounds
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.rectification.attachments import PHOTO_KINDS, Attachment
from river_monitoring.rectification.models import Evidence, Objection
from river_monitoring.rectification.photo_proof import proof_fields
from river_monitoring.rectification.proving import proven_months
from river_monitoring.rectification.standing import delisting_rule, present_events, standing_of, workers_and_acceptors
from river_monitoring.samples.corrections import corrections_of
from river_monitoring.samples.counting import discount_of, origin_of
from river_monitoring.samples.models import Sample
from river_monitoring.samples.parties import WorksParties, works_parties
from river_monitoring.standard.averages import Span
from river_monitoring.standard.evaluation import GB3838_2002
from river_monitoring.steps.proofs import compliant_months
from river_monitoring.wording.parameters import parameter_name
from river_monitoring.wording.quality import span_in_words
from river_monitoring.works.models import Measure, WorkEvent
from river_monitoring.works.queries import is_present
from ui.pictures.copies import small_data_address
from ui.printing import print_pdf

TEMPLATE = "river/acceptance_sheet.html"
SHOWN_PIXELS = 420
SHOWN_QUALITY = 75


@dataclass(frozen=True)
class Acceptance:
    """Who accepts a point, when, with which words and by which rules of the district; photos handed in with it."""

    point: MonitoringPoint
    actor: User
    at: datetime
    note: str
    basis: dict[str, Any]
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class PhotoLine:
    """A photo as the sheet shows it; `picture` is a data address, empty where the file cannot be read."""

    kind: str
    sha256: str
    looks: str
    taken_at: datetime | None
    away_m: float | None
    handed_in: str
    vouched: str
    covered: str
    picture: str


@dataclass(frozen=True)
class MonthLine:
    """A month of the proving run: its class and the samples that it rests on."""

    name: str
    found: Assessment
    rule: str
    samples: list[Sample]


def make_sheet(acceptance: Acceptance) -> Attachment:
    """Set the sheet and return it as the piece of evidence that the step keeps."""
    with translation.override(settings.LANGUAGE_CODE):
        content = print_pdf(render_to_string(TEMPLATE, facts_of(acceptance)))
    caption = f"{acceptance.point.code} {timezone.localdate(acceptance.at):%Y-%m-%d}"
    return Attachment(Evidence.Kind.SHEET, content, ".pdf", sha256(content).hexdigest(), caption=caption)


def facts_of(acceptance: Acceptance) -> dict[str, Any]:
    """What the sheet shows, all of the present listing."""
    point = acceptance.point
    months = _proving_months(point, timezone.localdate(acceptance.at))
    return {
        "acceptance": acceptance,
        "district": area_rows().first(),
        "point": point,
        "listed_for": [
            parameter_name(GB3838_2002[code]) for code in point.listed_for if code in GB3838_2002.parameters
        ],
        "workers": workers_and_acceptors(point, standing_of(point))[0],
        "measures": _measures(point),
        "photos": [*_photos_on_file(point), *(_handed_in(each, acceptance) for each in acceptance.attachments)],
        "months": months,
        "corrections": corrections_of(point, since=point.listed_on),
        "objections": Objection.objects.filter(point=point, at__date__gte=point.listed_on or date.min).select_related(
            "actor", "answer__department"
        ),
        "rule": delisting_rule(),
    }


def _proving_months(point: MonitoringPoint, today: date) -> list[MonthLine]:
    """The months that hold in a row up to the newest, oldest first, with the samples that prove them."""
    run = compliant_months(day for day in proven_months(point).days if day.day <= today)
    works = works_parties(point)
    return [_month_line(point, Span(year, number, "month"), works) for year, number in reversed(run)]


def _month_line(point: MonitoringPoint, month: Span, works: WorksParties) -> MonthLine:
    begin, end = span_bounds(month)
    taken = point.samples.filter(phenomenon_time__gte=begin, phenomenon_time__lt=end)
    if point.listed_on:
        taken = taken.filter(phenomenon_time__date__gte=point.listed_on)
    rows = taken.select_related("party", "recorded_by__department", "station").order_by("phenomenon_time")
    samples = [sample for sample in rows if not sample.is_void and discount_of(origin_of(sample), works) is None]
    counted = point.samples.filter(pk__in=[sample.pk for sample in samples])
    found = assess_taken(point, read_samples(counted)[point.pk], month)
    return MonthLine(span_in_words(month), found, f"{found.evaluation.standard} · {found.rule}", samples)


def _measures(point: MonitoringPoint) -> list[tuple[Measure, datetime | None]]:
    """The measures of the present listing, each with when it was reported complete."""
    reports = WorkEvent.objects.filter(point=point, changes__share_done__1="100").order_by("at")
    completed = dict(reports.values_list("measure", "at"))
    present = [measure for measure in point.measures.all() if is_present(measure, point)]
    return [(measure, completed.get(measure.pk) if measure.share_done == 100 else None) for measure in present]


def _photos_on_file(point: MonitoringPoint) -> list[PhotoLine]:
    pieces = Evidence.objects.filter(event__in=present_events(point), kind__in=PHOTO_KINDS).select_related(
        "event__department", "check_result", "vouch__actor", "vouch__department", "cover__department"
    )
    return [_line_of(piece) for piece in pieces.order_by("pk")]


def _line_of(piece: Evidence) -> PhotoLine:
    check, vouch, cover = (getattr(piece, name, None) for name in ("check_result", "vouch", "cover"))
    try:
        with opened(piece.file) as file:
            content = file.read()
    except OSError:
        content = b""
    return PhotoLine(
        kind=piece.get_kind_display(),
        sha256=piece.sha256,
        looks=piece.picture_hashes[0] if piece.picture_hashes else "",
        taken_at=piece.taken_at,
        away_m=check.away_m if check else None,
        handed_in=_by(piece.event.department, piece.event.at),
        vouched=f"{_by(vouch.department, vouch.at)}：{vouch.reason}" if vouch else "",
        covered=f"{_by(cover.department, cover.at)}：{cover.reason}" if cover else "",
        picture="" if cover else small_data_address(content, SHOWN_PIXELS, SHOWN_QUALITY),
    )


def _handed_in(given: Attachment, acceptance: Acceptance) -> PhotoLine:
    """A photo that comes with the acceptance itself."""
    return PhotoLine(
        kind=str(Evidence.Kind(given.kind).label),
        sha256=given.sha256,
        looks=next(iter(given.hashes), ""),
        taken_at=given.taken_at,
        away_m=proof_fields(given, acceptance.point.geom, acceptance.at)["away_m"],
        handed_in=_by(acceptance.actor.department, acceptance.at),
        vouched="",
        covered="",
        picture=small_data_address(given.content, SHOWN_PIXELS, SHOWN_QUALITY),
    )


def _by(department: Any, at: datetime) -> str:
    return f"{department.name if department else ''} {timezone.localtime(at):%Y-%m-%d %H:%M}".strip()
