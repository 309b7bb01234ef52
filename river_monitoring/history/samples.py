"""Sentences for samples: when the water began or ceased to meet its target, and what was corrected."""

from collections.abc import Iterable

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from river_monitoring.assessment.models import PointMonth
from river_monitoring.history.entries import Entry, Tone
from river_monitoring.points.models import WaterClass
from river_monitoring.samples.corrections import Correction
from river_monitoring.samples.models import SampleCheck
from river_monitoring.steps.sample_quality import Quality


def crossings(months: Iterable[PointMonth]) -> list[Entry]:
    """An entry for each month in which the water crossed its target; `months` are in the order of time.

    A month meets the target of its time as it was assessed; one of too little data, if it does not fail, says nothing.
    """
    entries: list[Entry] = []
    met: bool | None = None
    for month in months:
        if (now := month.meets_target) is None:
            continue
        if now is not met:
            entries.append(_crossing(month, now, first=met is None))
        met = now
    return entries


def _crossing(month: PointMonth, met: bool, *, first: bool) -> Entry:
    names = {"class": WaterClass(month.water_class).label, "target": WaterClass(month.target_class).label}
    if met:
        text = _("水样为%(class)s，达到目标%(target)s。") if first else _("水样转为%(class)s，重新达到目标%(target)s。")
    else:
        text = _("水样为%(class)s，没有达到目标%(target)s。")
    return Entry(month.newest_at, "sample", text % names, tone="good" if met else "bad")


def corrections(found: Iterable[Correction]) -> list[Entry]:
    """Each correction with its party, old and new values, its reason, and whether another party confirmed it."""
    return [_correction(each) for each in found]


def _correction(found: Correction) -> Entry:
    day = date_format(timezone.localtime(found.sample.phenomenon_time).date())
    facts = [str(change) for change in found.changes]
    if found.classes:
        facts.append(_("类别：%(classes)s") % {"classes": found.classes})
    facts.append(_confirmation(found))
    text = _("%(who)s更正了%(day)s的水样。") % {"who": found.party, "day": day}
    return Entry(
        found.at, "correction", text, words=found.reason, facts=tuple(facts), url=found.sample.get_absolute_url()
    )


def _confirmation(found: Correction) -> str:
    if found.confirmed is None:
        return _("更正后还没有另一方确认，不作销号依据。")
    party = found.confirmed.department
    names = {"day": date_format(timezone.localtime(found.confirmed.at).date()), "who": party.name if party else ""}
    return _("%(day)s由%(who)s确认。") % names


def checks(found: Iterable[SampleCheck]) -> list[Entry]:
    """What was questioned, confirmed and rejected; corrections have entries of their own."""
    return [_check(check) for check in found if check.verb != "corrected"]


def _check(check: SampleCheck) -> Entry:
    day = date_format(timezone.localtime(check.sample.phenomenon_time).date())
    who = check.department.name if check.department else _("人大工作人员") if check.actor_id else _("系统")
    names = {"who": who, "day": day, "verb": check.get_verb_display()}
    text = _("%(who)s：%(day)s的水样%(verb)s。") % names
    tone: Tone = "bad" if check.to_state in (Quality.QUESTIONED, Quality.REJECTED) else ""
    return Entry(check.at, "correction", text, tone, words=check.reason, url=check.sample.get_absolute_url())
