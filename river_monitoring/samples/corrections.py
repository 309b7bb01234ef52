"""Every correction of a point's samples: who, when, from what to what, why, and whether another party confirmed it.

For the point's page and for the acceptance sheet of a delisting (`corrections_of(point, since=point.listed_on)`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from river_monitoring.points.models import MonitoringPoint, WaterClass
from river_monitoring.samples.models import Sample, SampleCheck, SampleRevision
from river_monitoring.samples.rating import STANDARDS
from river_monitoring.steps.sample_quality import Quality
from river_monitoring.wording.parameters import parameter_name


@dataclass(frozen=True, slots=True)
class Change:
    """One value before and after, as reported; empty where there was none."""

    code: str
    name: str
    unit: str
    before: str
    after: str

    def __str__(self) -> str:
        names = {"name": self.name, "unit": self.unit}
        names |= {"old": self.before or _("（空）"), "new": self.after or _("（空）")}
        return (_("%(name)s：%(old)s → %(new)s %(unit)s") % names).rstrip()


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction of a sample. `party` is the department of whoever corrected, `person` her name for the file.

    `confirmed` is the step by which another party confirmed the sample afterwards; None while nobody did.
    """

    sample: Sample
    at: datetime
    party: str
    person: str
    reason: str
    changes: tuple[Change, ...]
    class_before: int
    class_after: int
    confirmed: SampleCheck | None

    @property
    def classes(self) -> str:
        """``劣Ⅴ类 → Ⅱ类``; empty where the class stayed."""
        if self.class_before == self.class_after:
            return ""
        return f"{WaterClass(self.class_before).label} → {WaterClass(self.class_after).label}"


def corrections_of(point: MonitoringPoint, since: date | None = None, until: date | None = None) -> list[Correction]:
    """Every correction of samples taken from `since` to `until`, both included, in the order of the corrections."""
    samples = point.samples.all()
    if since:
        samples = samples.filter(phenomenon_time__date__gte=since)
    if until:
        samples = samples.filter(phenomenon_time__date__lte=until)
    return sorted(corrections_in(samples), key=lambda found: found.at)


def corrections_in(samples: QuerySet[Sample]) -> list[Correction]:
    """Every correction of these samples; a revision keeps the values before, the next one those after."""
    revisions = SampleRevision.objects.filter(sample__in=samples)
    revisions = revisions.select_related("sample__point", "department", "actor__department")
    confirmations = SampleCheck.objects.filter(sample__in=samples, verb="confirmed").select_related("department")
    by_sample: dict[int, list[SampleRevision]] = {}
    for revision in revisions.order_by("sample", "at", "pk"):
        by_sample.setdefault(revision.sample_id, []).append(revision)
    confirmed: dict[int, list[SampleCheck]] = {}
    for check in confirmations.order_by("at", "pk"):
        confirmed.setdefault(check.sample_id, []).append(check)
    return [
        _correction(revision, following, confirmed.get(pk, ()))
        for pk, found in by_sample.items()
        for revision, following in zip(found, [*found[1:], None], strict=True)
    ]


def unconfirmed_though_questioned(samples: QuerySet[Sample]) -> QuerySet[Sample]:
    """Those of `samples` that are questioned now and whose newest correction no other party has confirmed."""
    steps = SampleCheck.objects.filter(sample=OuterRef("pk"), verb__in=("corrected", "confirmed"))
    newest = Subquery(steps.order_by("-at", "-pk").values("verb")[:1])
    return samples.filter(quality=Quality.QUESTIONED).alias(newest_step=newest).filter(newest_step="corrected")


def _correction(
    revision: SampleRevision, following: SampleRevision | None, confirmations: Iterable[SampleCheck]
) -> Correction:
    sample, actor = revision.sample, revision.actor
    party = revision.department or (actor.department if actor else None)
    until = following.at if following else timezone.now()
    return Correction(
        sample=sample,
        at=revision.at,
        party=party.name if party else _("人大工作人员") if actor else _("单位不详"),
        person=str(actor) if actor else "",
        reason=revision.reason,
        changes=tuple(_changes(sample, revision.readings, following.readings if following else sample.readings)),
        class_before=revision.water_class,
        class_after=following.water_class if following else sample.water_class,
        confirmed=next((check for check in confirmations if revision.at <= check.at <= until), None),
    )


def _changes(sample: Sample, before: Mapping[str, str], after: Mapping[str, str]) -> Iterable[Change]:
    rows = STANDARDS[sample.standard].parameters
    for code in dict.fromkeys((*before, *after)):
        old, new = before.get(code, ""), after.get(code, "")
        if old != new and code in rows:
            yield Change(code, parameter_name(rows[code]), rows[code].unit, old, new)
