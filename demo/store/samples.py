"""Samples with who measured: most by the monitoring station, some by the party of the works, some by stations."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from django.db.models import F

from accounts.models import Department, User
from accounts.rules.services import begin
from demo.plan.calendar import moment, sampled_months
from demo.plan.cases import History, Reading
from demo.plan.chance import stream
from demo.store.areas import officer_name
from ledger import audit
from river_monitoring.assessment.services import refresh_months
from river_monitoring.models import AutomaticStation, MonitoringPoint, Sample
from river_monitoring.samples.rating import rate_sample
from river_monitoring.samples.services import check_sample, correct_sample, point_to_newest
from river_monitoring.steps.table import State

STATION, BUREAU = "monitoring", "ecology"
LABORATORY = "示例检测技术有限公司"
METHOD = "pH HJ 1147；溶解氧 HJ 506；高锰酸盐指数 GB 11892；氨氮 HJ 535；总磷 GB 11893"
LIMITS = {"codmn": "0.5", "nh3n": "0.025", "tp": "0.01"}
AT_WORK = (State.UNDER_WAY, State.ACCEPTANCE_ASKED, State.PLANNED)
OWN_DAY = 20
HOURS_OF_DAYS = 20
MEASURED_BY_STATIONS = ("ph", "do", "codmn", "nh3n", "tp")


@dataclass(frozen=True)
class Parties:
    """Who hands samples in: departments and their officers, by code of the department."""

    departments: dict[str, Department]
    users: dict[str, User]

    def fields(self, code: str, number: str) -> dict[str, object]:
        """The fields of a sample by this party."""
        party = self.departments[code]
        return {
            "party": party,
            "party_name": party.name,
            "recorded_by": self.users[officer_name(code)],
            "laboratory": LABORATORY if code == STATION else party.name,
            "method": METHOD,
            "report_number": number,
        }


def store_sampling_bodies(today: date) -> None:
    """The monitoring station and the ecology bureau may sample everywhere, since before the first sample."""
    since = sampled_months(today)[0]
    begin({"samples.bodies": [STATION, BUREAU]}, since=since, reason="演示：启用时的采样单位")


def store_samples(histories: tuple[History, ...], points: dict[str, MonitoringPoint], parties: Parties) -> int:
    """Every sample is rated by the room's own rule; then each point's months are assessed."""
    samples = [
        _sample(points[history.place.code], reading, parties, STATION)
        for history in histories
        for reading in history.samples
    ]
    samples += [
        _sample(points[history.place.code], reading, parties, history.place.department, by_works=True)
        for history in histories
        for reading in _own(history)
    ]
    _store(samples)
    # The laboratory hands in its figures two days later, not today.
    _date(points.values(), timedelta(days=2))
    _bring_up_to_date(points.values())
    return len(samples)


def _sample(point: MonitoringPoint, reading: Reading, parties: Parties, code: str, *, by_works: bool = False) -> Sample:
    number = f"{'ZC' if by_works else 'HJ'}-{reading.at:%y%m}-{point.code}"
    limits = {each: limit for each, limit in LIMITS.items() if _is_seen(reading.values.get(each, ""), limit)}
    return Sample(
        point=point,
        phenomenon_time=reading.at,
        readings=reading.values,
        by_works=by_works,
        detection_limits=limits,
        **parties.fields(code, number),
    )


def _is_seen(value: str, limit: str) -> bool:
    return bool(value) and not value.endswith("L") and float(value) >= float(limit)


def _own(history: History) -> Iterable[Reading]:
    """What the party of the works sampled itself while it worked, in some of the cases; a little better than it is."""
    chance = stream(f"own samples {history.place.code}")
    if history.story is None or chance.random() > 0.4:
        return
    spans = [step.day for step in history.steps if step.target in AT_WORK]
    last = history.samples[-1].at.date()
    for reading in history.samples:
        day = reading.at.date().replace(day=OWN_DAY)
        if spans and spans[0] <= day <= min(spans[-1] + timedelta(days=120), last):
            at = moment(day, chance.randrange(8, 17))
            yield Reading(at, _a_little(reading.values, chance, 0.85, 1.0), reading.water_class)


def _a_little(values: dict[str, str], chance: Random, low: float, high: float) -> dict[str, str]:
    """The values, each changed by a factor, with as many digits; pH and non-detects as they are."""
    found = dict(values)
    for code in ("codmn", "nh3n", "tp"):
        if _is_seen(values.get(code, ""), "0"):
            digits = len(values[code].partition(".")[2])
            found[code] = f"{float(values[code]) * chance.uniform(low, high):.{digits}f}"
    return found


def store_hours(today: date) -> int:
    """What the automatic stations sent on the last days, one hour of each; the number of samples."""
    samples, points = [], {}
    for station in AutomaticStation.objects.select_related("point").order_by("mn"):
        point, chance = station.point, stream(f"hours of {station.mn}")
        newest = point.samples.order_by("-phenomenon_time").first()
        if newest is None:
            continue
        points[point.code] = point
        known = {code: newest.readings[code] for code in MEASURED_BY_STATIONS if code in newest.readings}
        for days in range(HOURS_OF_DAYS, 0, -1):
            samples.append(
                _hour(station, moment(today - timedelta(days=days), 0), _a_little(known, chance, 0.94, 1.06))
            )
    _store(samples)
    _date(points.values(), timedelta(0), source=Sample.Source.AUTOMATIC)
    _bring_up_to_date(points.values())
    return len(samples)


def _hour(station: AutomaticStation, at: datetime, readings: dict[str, str]) -> Sample:
    return Sample(
        point=station.point,
        phenomenon_time=at,
        source=Sample.Source.AUTOMATIC,
        readings=readings,
        station=station,
        party=station.operator,
        party_name=station.operator.name if station.operator else "",
    )


def _store(samples: list[Sample]) -> None:
    for sample in samples:
        rate_sample(sample)
    Sample.objects.bulk_create(samples, batch_size=1000)


def _date(points: Iterable[MonitoringPoint], later: timedelta, **which: str) -> None:
    """Let samples have been handed in so much after they were taken."""
    for point in points:
        audit.record(None, "date-samples", point)
    Sample.objects.filter(**which).update(recorded_at=F("phenomenon_time") + later)


def _bring_up_to_date(points: Iterable[MonitoringPoint]) -> None:
    wanted = list(points)
    point_to_newest(wanted)
    refresh_months(wanted)


def store_checks(users: dict[str, User]) -> int:
    """Some quality control where works go on: a correction that was confirmed, one that waits, and a question."""
    at_work = Sample.objects.filter(party__code=STATION, point__status=State.UNDER_WAY)
    found = at_work.exclude(point__department__code=BUREAU).order_by("point__code", "-phenomenon_time")
    newest = list(found.distinct("point__code")[:3])
    station, bureau = users[officer_name(STATION)], users[officer_name(BUREAU)]
    for sample in newest[:2]:
        corrected = {**sample.readings, "temp": "18.5"}
        correct_sample(sample.pk, corrected, "水温抄录有误，按原始记录更正。", station, confirmed=True)
    check_sample(newest[0].pk, "confirm", "已核对原始记录。", bureau)
    check_sample(newest[2].pk, "question", "与当日现场情况不符，请核实。", users["staff"])
    return len(newest)
