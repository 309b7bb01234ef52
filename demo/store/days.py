"""What is planned ahead: a series of receptions with leave, an activity to sign up for, a certificate."""

from datetime import date, time, timedelta

from accounts.models import User
from demo.plan.calendar import moment
from projects.models import VoteSession
from projects.voting.documents import make_documents
from stations.activities import services as activities
from stations.activities.plans import ActivityPlan
from stations.models import Deputy
from stations.receptions import services as receptions
from stations.receptions.plans import ReceptionPlan
from stations.receptions.recurrence import write_rule
from stations.receptions.series import SeriesPlan, announce_series

FIRST, LAST = timedelta(days=3), timedelta(days=150)
BEGINS, LENGTH = time(14, 30), timedelta(hours=2)
"""In the afternoon: the receptions by the station's opening days are in the morning."""
PLACES = 2


def store_days(today: date, staff: User) -> int:
    """Write all of them; return how many receptions were announced."""
    number = _store_series(today, staff)
    _store_sign_ups(today, staff)
    for session in VoteSession.objects.filter(count__isnull=False):
        make_documents(session.pk)
    return number


def _store_series(today: date, staff: User) -> int:
    """Every first Tuesday at the station of the demo's deputy; a colleague has leave from two, one is filled."""
    own = Deputy.objects.select_related("station").get(user__username="deputy")
    away, other = Deputy.objects.filter(station=own.station, is_active=True).exclude(pk=own.pk).order_by("code")[:2]
    starts = moment(today + FIRST, BEGINS.hour, BEGINS.minute)
    pattern = ReceptionPlan("routine", starts, starts + LENGTH, [own, away], capacity=8)
    rule = write_rule("nth", 1, weekday=2, week=1)
    plan = SeriesPlan(rule, today + FIRST, today + LAST, "move", pattern)
    _series, days = announce_series(staff, own.station, plan, now=moment(today, 8))
    day = receptions.take_leave(staff, days[0].pk, reason="外出培训", deputy=away, now=moment(today, 9))
    receptions.substitute(staff, day.pk, day.leaves.get().pk, other, now=moment(today, 10))
    receptions.take_leave(staff, days[1].pk, reason="参加市里的会议", deputy=away, now=moment(today, 9))
    return len(days)


def _store_sign_ups(today: date, staff: User) -> None:
    """More want to come than there are places: two have one, one waits, one has leave."""
    invited = list(Deputy.objects.filter(user__isnull=False, is_active=True).order_by("code")[:5])
    starts = moment(today + timedelta(days=9), 14)
    plan = ActivityPlan(
        "inspection", "夜间食堂和养老服务暗访", starts, starts + timedelta(hours=3), "南门街道（示意）", places=PLACES,
        agenda="小车只有两个座位，请报名；报满后排队候补。",
    )  # fmt: skip
    activity = activities.announce(staff, plan, invited, now=moment(today, 8))
    others = [one.user for one in invited if one.user is not None and one.user.username != "deputy"]
    for minute, user in enumerate(others[:3]):
        activities.sign_up(user, activity.pk, now=moment(today, 9, minute))
    if len(others) > 3:
        activities.take_leave(others[3], activity.pk, reason="那天要出庭", now=moment(today, 9, 30))
