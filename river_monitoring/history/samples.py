"""Sentences for samples: when the water began or ceased to meet its target, and what was corrected."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import groupby

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from river_monitoring.history.entries import Entry
from river_monitoring.points.models import MonitoringPoint, WaterClass
from river_monitoring.samples.models import SampleRevision
from river_monitoring.samples.rating import STANDARDS
from river_monitoring.wording.parameters import parameter_name

Rated = tuple[datetime, int]
"""Time of a sample and its class, 1 to 6."""


def crossings(point: MonitoringPoint, rated: Iterable[Rated]) -> list[Entry]:
    """An entry for each month in which the water crossed its target; `rated` is in the order of time.

    A month meets the target when every rated sample of it does, as the rule on delisting has it.
    """
    entries: list[Entry] = []
    met: bool | None = None
    for _month, samples in groupby(rated, key=lambda row: _month_of(row[0])):
        at, worst = max(samples, key=lambda row: row[1])
        now = worst <= point.target_class
        if now is not met:
            entries.append(_crossing(point, at, worst, now, first=met is None))
        met = now
    return entries


def _month_of(at: datetime) -> tuple[int, int]:
    local = timezone.localtime(at)
    return local.year, local.month


def _crossing(point: MonitoringPoint, at: datetime, worst: int, met: bool, *, first: bool) -> Entry:
    names = {"class": WaterClass(worst).label, "target": point.get_target_class_display()}
    if met:
        text = _("水样为%(class)s，达到目标%(target)s。") if first else _("水样转为%(class)s，重新达到目标%(target)s。")
    else:
        text = _("水样为%(class)s，没有达到目标%(target)s。")
    return Entry(at, "sample", text % names, tone="good" if met else "bad")


def corrections(revisions: Iterable[SampleRevision]) -> list[Entry]:
    """Each correction with old and new values; a revision keeps the values before, the next one those after."""
    by_sample: Mapping[int, list[SampleRevision]] = defaultdict(list)
    for revision in revisions:
        by_sample[revision.sample_id].append(revision)
    return [
        _correction(revision, following)
        for found in by_sample.values()
        for revision, following in zip(found, [*found[1:], None], strict=True)
    ]


def _correction(revision: SampleRevision, following: SampleRevision | None) -> Entry:
    sample = revision.sample
    after = following.readings if following else sample.readings
    class_after = following.water_class if following else sample.water_class
    day = date_format(timezone.localtime(sample.phenomenon_time).date())
    facts = list(_differences(sample.standard, revision.readings, after))
    if class_after != revision.water_class:
        classes = {"old": WaterClass(revision.water_class).label, "new": WaterClass(class_after).label}
        facts.append(_("类别：%(old)s → %(new)s") % classes)
    text = _("更正了%(day)s的水样。") % {"day": day}
    return Entry(revision.at, "correction", text, words=revision.reason, facts=tuple(facts))


def _differences(standard: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterable[str]:
    rows = STANDARDS[standard].parameters
    for code in [*before, *(code for code in after if code not in before)]:
        old, new = before.get(code, ""), after.get(code, "")
        if old != new and code in rows:
            names = {"name": parameter_name(rows[code]), "unit": rows[code].unit}
            names |= {"old": old or _("（空）"), "new": new or _("（空）")}
            yield (_("%(name)s：%(old)s → %(new)s %(unit)s") % names).rstrip()
