"""Deputies' duty: the points rule, the yearly congress, what every room tells, and an entry that waits for its yes."""

from datetime import date, timedelta
from decimal import Decimal

from accounts.models import User
from geo_portal.demo.calendar import moment
from geo_portal.demo.chance import stream
from geo_portal.duty_sources import gather
from stations import duty
from stations.duty import Entry, record_many
from stations.models import Deputy, DutyKind, DutyRecord, PointsItem, PointsRule

YEARS = 3
CONGRESS = (2, 24), (2, 25), (2, 26)
PRESENT = 0.93
# Invented: (points, cap) of each kind, first version and second.
WORTH = (
    {"reception": (3, 24), "inspection": (3, None), "suggestion": (3, 15), "vote": (1, 10), "meeting": (2, None)},
    {"reception": (4, 32), "inspection": (3, None), "suggestion": (3, 18), "vote": (1, 10), "meeting": (2, None)},
)


def store_duty(today: date, staff: User) -> int:
    """Write the rule and the records; return how many records there are."""
    for worth, valid_from in zip(WORTH, (date(today.year - YEARS, 1, 1), date(today.year, 1, 1)), strict=True):
        _store_rule(valid_from, worth, staff)
    _store_congress(today)
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


def _store_congress(today: date) -> None:
    """Most deputies sat in each day of the yearly congress."""
    chance, entries = stream("congress"), []
    deputies = list(Deputy.objects.order_by("code").values_list("pk", flat=True))
    for year in range(today.year - YEARS, today.year + 1):
        for number, (month, day) in enumerate(CONGRESS, start=1):
            on = date(year, month, day)
            if on <= today:
                title, source = f"{year}年区人民代表大会会议第{number}天", f"congress:{year}:{number}"
                present = [pk for pk in deputies if chance.random() < PRESENT]
                entries += [Entry(pk, DutyKind.MEETING, on, source, title) for pk in present]
    record_many(entries)


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
