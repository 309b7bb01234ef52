"""Writes of samples: record and correct, each one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from geokit.refusal import BadInput, FieldError
from ledger import audit
from ledger.actors import account_of
from ledger.steps.apply import apply
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.services import lock_point
from river_monitoring.samples.intake import Intake, refuse_strangers, refuse_wrong_time
from river_monitoring.samples.models import Sample, SampleCheck
from river_monitoring.samples.parties import works_parties
from river_monitoring.samples.permissions import party_of
from river_monitoring.samples.provenance import checked_fields
from river_monitoring.samples.quality.usual import errors_of, outliers_of, sentence
from river_monitoring.samples.quality.workflow import QUALITY
from river_monitoring.samples.rating import clean_readings, rate_sample, standard_at
from river_monitoring.samples.signals import samples_written
from river_monitoring.standard.evaluation import Standard
from river_monitoring.standard.readings import RawReading
from river_monitoring.steps.sample_quality import MARKED, STATED, VOID, Quality, Verb

HANDED_IN = (Sample.Source.MANUAL, Sample.Source.IMPORT)
"""Two ways in for one and the same sample."""


@transaction.atomic
def record_sample(
    point_id: int,
    readings: Mapping[str, RawReading],
    phenomenon_time: datetime,
    actor: Asker,
    source: str = Sample.Source.MANUAL,
    *,
    confirmed: bool = False,
    intake: Intake | None = None,
) -> Sample:
    """Store one sample (mg/L; faecal coliform per litre), rate it, and bring the point's class up to date.

    The party is the department of the account. The same sample of the same party again is the same sample: it is
    returned and nothing changes. Raises NotPermitted, or BadInput for a time in the future, too long ago (code
    `too-long-ago`) or before there were samples, a time at which the party took another sample, a value that cannot
    be, one that is unusual (code `unusual-values`) and not confirmed, or facts that do not fit (`bad-provenance`).
    """
    how = intake or Intake(source, confirmed=confirmed)
    point = lock_point(point_id, actor)
    refuse_strangers(point, actor, how)
    refuse_wrong_time(phenomenon_time, how)
    standard = standard_at(phenomenon_time)
    clean = clean_readings(readings, standard, confirmed=how.confirmed)
    facts = checked_fields(how.provenance, None if how.is_historic else party_of(actor), clean, standard)
    if known := known_sample(point, phenomenon_time, how.source, actor, is_historic=how.is_historic):
        return _same_or_refused(known, clean, point)
    doubts = _doubts(point, clean, standard, how)
    sample = Sample(
        point=point,
        phenomenon_time=phenomenon_time,
        source=how.source,
        readings=clean,
        recorded_by=account_of(actor),
        standard=standard.id,
        by_works=bool(facts["party"]) and works_parties(point).includes(facts["party"].pk, facts["laboratory"]),
        is_historic=how.is_historic,
        **facts,
    )
    rate_sample(sample)
    _store(sample, doubts, asked=how.asks)
    _settle(point, sample)
    audit.record(actor, "record-sample", point, sample=sample.pk, water_class=sample.water_class)
    return sample


def known_sample(
    point: MonitoringPoint, at: datetime, source: str, actor: Asker, *, is_historic: bool = False
) -> Sample | None:
    """The sample that the same party handed in for this time, typed or by a sheet; of historic data any loaded."""
    party = party_of(actor)
    before_parties = Q(party=None, is_historic=False, recorded_by__department=party)
    whose = Q(is_historic=True) if is_historic else Q(party=party) | before_parties
    ways = HANDED_IN if source in HANDED_IN else (source,)
    return point.samples.filter(whose, phenomenon_time=at, source__in=ways).first()


@transaction.atomic
def correct_sample(
    sample_id: int,
    readings: Mapping[str, RawReading],
    reason: str,
    actor: Asker,
    *,
    confirmed: bool = False,
    expected_version: int | None = None,
) -> Sample:
    """Replace a sample's readings by corrected ones and rate it anew; the earlier values are kept as a revision.

    The sample then waits for another party to confirm it. Raises NotPermitted, StaleEdit, or BadInput for an unknown
    sample, a value that cannot be, no reason, or nothing changed.
    """
    sample = Sample.objects.filter(pk=sample_id).first()
    if sample is None:
        raise BadInput(_("没有编号为 %s 的水样。") % sample_id, code="unknown-sample")
    point = lock_point(sample.point_id, actor)
    given = {"readings": readings, "reason": reason, "confirmed": confirmed}
    apply(QUALITY, actor, sample, Verb.CORRECT, expected_version, given)
    _settle(point, sample)
    return sample


@transaction.atomic
def check_sample(
    sample_id: int, verb: str, reason: str, actor: Asker, *, expected_version: int | None = None
) -> SampleCheck:
    """Question, confirm or reject a sample, with a reason.

    Raises NotPermitted, StaleEdit, MissingEvidence (no reason), or BadInput for an unknown sample or step.
    """
    if verb not in (Verb.QUESTION, Verb.CONFIRM, Verb.REJECT):
        raise BadInput(_("没有“%s”这个步骤。") % verb, code="unknown-step")
    sample = Sample.objects.filter(pk=sample_id).first()
    if sample is None:
        raise BadInput(_("没有编号为 %s 的水样。") % sample_id, code="unknown-sample")
    point = lock_point(sample.point_id, actor)
    event = apply(QUALITY, actor, sample, verb, expected_version, {"reason": reason})
    _settle(point, sample)
    return event


def _settle(point: MonitoringPoint, sample: Sample) -> None:
    """Bring the point up to date after one of its samples was written."""
    sample.point = point
    point_to_newest([point])
    samples_written.send(Sample, points=[point], samples=[sample])


def _doubts(point: MonitoringPoint, readings: Mapping[str, str], standard: Standard, how: Intake) -> list[str]:
    """What is to be said of values far outside the point's history. Raises BadInput while somebody can be asked."""
    found = [] if how.is_historic else outliers_of(point, readings)
    if found and how.asks and not how.confirmed:
        errors = errors_of(found, standard)
        raise BadInput(" ".join(error.message for error in errors), code="unusual-values", errors=errors)
    return [sentence(each, standard) for each in found]


def _store(sample: Sample, doubts: Sequence[str], *, asked: bool) -> None:
    """Save the sample, and with it what was said of its values: stated by who typed them, or marked as questioned."""
    if doubts and not asked:
        sample.quality = Quality.QUESTIONED
    sample.save()
    if doubts:
        SampleCheck.objects.create(**entry_event(sample, doubts, asked=asked))


def entry_event(sample: Sample, doubts: Sequence[str], *, asked: bool) -> dict[str, Any]:
    """The fields of the event that goes with a sample whose values are not usual here."""
    return {
        "sample": sample,
        "at": timezone.now(),
        "verb": STATED if asked else MARKED,
        "from_state": Quality.UNQUESTIONED,
        "to_state": sample.quality,
        "actor": sample.recorded_by if asked else None,
        "department": sample.party if asked else None,
        "reason": " ".join(doubts),
    }


def point_to_newest(points: Iterable[MonitoringPoint]) -> None:
    """Let each point name its newest sample, after samples were written; rejected ones are none."""
    wanted = list(points)
    counted = Sample.objects.filter(point=OuterRef("pk")).exclude(quality__in=VOID)
    newest = Subquery(counted.order_by("-phenomenon_time", "by_works", "-pk").values("pk")[:1])
    rows = MonitoringPoint.objects.filter(pk__in=[point.pk for point in wanted])
    now = timezone.now()
    rows.update(current_sample=newest, updated_at=now)
    named = dict(rows.values_list("pk", "current_sample"))
    for point in wanted:
        point.current_sample_id, point.updated_at = named.get(point.pk), now


def _same_or_refused(known: Sample, readings: dict[str, str], point: MonitoringPoint) -> Sample:
    """A sample sent twice counts once, also when it was corrected in between; another one needs a correction."""
    if readings == known.readings or known.revisions.filter(readings=readings).exists():
        return known
    message = _("“%s”在这个时间已有一份数值不同的水样，不能重复录入；要改请在点位页更正并写明原因。") % point.name
    raise BadInput(message, code="duplicate-sample", errors=[FieldError("phenomenon_time", "duplicate", message)])
