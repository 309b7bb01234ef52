"""Deputies' duty: the points rule, activities with who was there, what every room tells, and an entry that waits."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from accounts.models import User
from demo.plan.calendar import moment
from demo.plan.chance import stream
from geo_portal.joints.duty_sources import gather
from stations.activities.models import CODE_LENGTH, CODE_LETTERS
from stations.duty import services as duty
from stations.duty.services import DutyEntry, record_duties
from stations.models import (
    Activity,
    ActivityEvent,
    Deputy,
    DutyKind,
    DutyRecord,
    PointsItem,
    PointsRule,
    Presence,
    Station,
)

YEARS = 3
CONGRESS = (2, 24), (2, 25), (2, 26)
PRESENT = 0.93
NOTICE = timedelta(days=10)
# Invented: (points, cap) of each kind, first version and second.
WORTH = (
    {"reception": (3, 24), "inspection": (3, None), "suggestion": (3, 15), "vote": (1, 10), "meeting": (2, None)},
    {"reception": (4, 32), "inspection": (3, None), "suggestion": (3, 18), "vote": (1, 10), "meeting": (2, None)},
)
# Invented: days from today, kind, title, number of the station whose deputies are called with the demo's own.
OTHERS = (
    (-150, "inspection", "视察老旧小区加装电梯", 4),
    (-96, "study", "学习新修改的代表法", 0),
    (-41, "inspection", "视察河道清淤和排口整治", 2),
    (0, "meeting", "代表小组活动：商量年终报告", 0),
    (4, "inspection", "视察养老服务设施建设", 6),
    (12, "study", "预算审查监督专题学习", 0),
)


def store_duty(today: date, staff: User) -> int:
    """Write the rule, the activities and the records; return how many records there are."""
    for worth, valid_from in zip(WORTH, (date(today.year - YEARS, 1, 1), date(today.year, 1, 1)), strict=True):
        _store_rule(valid_from, worth, staff)
    _store_congress(today, staff)
    _store_others(today, staff)
    gather()
    _store_entries(today, staff)
    return DutyRecord.objects.count()


def _store_rule(valid_from: date, worth: dict[str, tuple[int, int | None]], staff: User) -> None:
    rule = PointsRule.objects.create(
        valid_from=valid_from, required_days=15, note="演示规则，非本区公布", created_by=staff
    )
    PointsItem.objects.bulk_create(
        PointsItem(
            rule=rule,
            kind=kind,
            points=Decimal(worth.get(kind, (1, 5))[0]),
            yearly_cap=worth.get(kind, (1, 5))[1],
            counts_as_day=kind != DutyKind.OTHER,
        )
        for kind in DutyKind.values
    )


def _store_congress(today: date, staff: User) -> None:
    """Most deputies sat in each day of the yearly congress."""
    chance, everybody = stream("congress"), list(Deputy.objects.order_by("code"))
    for year in range(today.year - YEARS, today.year + 1):
        for number, (month, day) in enumerate(CONGRESS, start=1):
            on = date(year, month, day)
            if on <= today:
                title = f"{year}年区人民代表大会会议第{number}天"
                activity = _activity("meeting", title, moment(on, 8, 30), 9, "区人民大会堂（示意）", staff)
                _hold(activity, everybody, [one for one in everybody if chance.random() < PRESENT], staff)


def _store_others(today: date, staff: User) -> None:
    """Inspections, study and a group's meeting: held, today or to come; the demo's deputy is called to each."""
    chance, own = stream("activities"), Deputy.objects.get(user__username="deputy")
    stations = list(Station.objects.order_by("code"))
    for days, kind, title, number in OTHERS:
        place = stations[number or stations.index(own.station)]
        called = list(Deputy.objects.filter(station__in={place, own.station}).order_by("code"))
        starts = moment(today + timedelta(days=days), 8 if days == 0 else 9, 30)
        activity = _activity(kind, title, starts, 12 if days == 0 else 3, place.name, staff, place)
        there = [one for one in called if chance.random() < PRESENT or one == own]
        _hold(activity, called, there if days < 0 else [], staff)


def _activity(
    kind: str, title: str, starts: datetime, hours: int, place: str, staff: User, at: Station | None = None
) -> Activity:
    letters = stream(f"activity {title}")
    return Activity.objects.create(
        kind=kind,
        title=title,
        starts_at=starts,
        ends_at=starts + timedelta(hours=hours),
        place=place,
        geom=at.geom if at else None,
        code="".join(letters.choice(CODE_LETTERS) for _ in range(CODE_LENGTH)),
        created_by=staff,
    )


def _hold(activity: Activity, called: list[Deputy], there: list[Deputy], staff: User) -> None:
    """Call deputies; those who were there signed in at the beginning, and it is their duty."""
    activity.invited.set(called)
    detail = {"starts_at": activity.starts_at.isoformat(), "invited": len(called)}
    ActivityEvent.objects.create(
        activity=activity, verb="announced", at=activity.starts_at - NOTICE, actor=staff, detail=detail
    )
    Presence.objects.bulk_create(
        Presence(activity=activity, deputy=one, how=Presence.How.CODE, at=activity.starts_at) for one in there
    )
    on, address = activity.starts_at.date(), activity.get_absolute_url()
    record_duties(
        DutyEntry(one.pk, activity.kind, on, f"activity:{activity.pk}", activity.title, address) for one in there
    )


def _store_entries(today: date, staff: User) -> None:
    """The demo's deputy has added one thing that waits, and one that the staff have corrected."""
    deputy = Deputy.objects.get(user__username="deputy")
    study = duty.add(
        deputy.user, deputy, kind=DutyKind.STUDY, on=today - timedelta(days=20), title="参加代表法专题学习",
        now=moment(today - timedelta(days=18)),
    )  # fmt: skip
    duty.add(
        deputy.user, deputy, kind=DutyKind.INSPECTION, on=today - timedelta(days=3), title="随代表小组查看养老服务站",
        now=moment(today - timedelta(days=2)),
    )  # fmt: skip
    duty.correct(
        staff, study.pk, version=study.version, kind=DutyKind.STUDY, on=today - timedelta(days=21),
        title="参加代表法专题学习", reason="签到表上的日期早一天", now=moment(today - timedelta(days=17)),
    )  # fmt: skip
