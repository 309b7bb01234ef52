"""Inbox of stations: reception days to come or to be recorded, open matters, activities, duty records to confirm."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.db.models import ExpressionWrapper, F, QuerySet
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.inbox import Item, Waiting
from accounts.models import Role
from accounts.permissions import Asker, has_role, is_deputy, leads_somewhere, role_of
from ledger.actors import account_of
from stations.activities.models import Activity
from stations.activities.permissions import activities_visible_to
from stations.activities.table import TABLE as ACTIVITIES
from stations.duty.models import DutyRecord
from stations.duty.permissions import duties_visible_to, may_keep_duty
from stations.receptions.models import Matter, Reception, ReceptionLeave
from stations.receptions.permissions import matters_visible_to, receptions_visible_to
from stations.receptions.reminders import MATTER_WITHIN, RECORD_WITHIN
from stations.receptions.table import TABLE as RECEPTIONS
from stations.register.permissions import stations_run_by

AHEAD = timedelta(days=60)


def waiting(user: Asker, today: date) -> Iterator[Waiting]:
    """Yield what waits for `user`, by role."""
    if is_deputy(user):
        yield _to_come(user)
        yield _activities(user)
        yield _own_matters(user)
    if role_of(user) == Role.OFFICER or has_role(user, Role.STAFF):
        yield _to_record(user)
        yield _to_settle(user)
    if is_deputy(user) or role_of(user) == Role.OFFICER or has_role(user, Role.STAFF):
        yield _to_substitute(user)
    if may_keep_duty(user):
        yield _to_confirm(user)


def _to_come(user: Asker) -> Waiting:
    now = timezone.now()
    mine = _announced(user).filter(deputies__user=account_of(user), starts_at__gt=now, starts_at__lt=now + AHEAD)
    return _receptions("receptions-to-come", _("我要接待选民的日子"), mine, "starts_at", timedelta())


def _to_record(user: Asker) -> Waiting:
    over = _announced(user).filter(station__in=stations_run_by(user), ends_at__lt=timezone.now())
    return _receptions("receptions-to-record", _("待登记的接待"), over, "ends_at", RECORD_WITHIN)


def _to_substitute(user: Asker) -> Waiting:
    """Days to come of the stations that `user` runs, her own for a deputy, for which one on leave is not replaced."""
    mine = _announced(user).filter(station__in=stations_run_by(user), starts_at__gt=timezone.now())
    gaps = ReceptionLeave.objects.filter(substitute=None).values("reception")
    found = _receptions(
        "receptions-to-substitute", _("有代表请假、要人顶替的接待"), mine.filter(pk__in=gaps), "starts_at", timedelta()
    )
    return replace(found, to_do=is_deputy(user) or role_of(user) == Role.OFFICER or not leads_somewhere(user))


def _announced(user: Asker) -> QuerySet[Reception]:
    days = receptions_visible_to(user).filter(status__in=RECEPTIONS.in_group("to_be_held"))
    return days.select_related("station__area")


def _receptions(kind: str, title: Any, rows: QuerySet[Reception], field: str, within: timedelta) -> Waiting:
    return Waiting(
        kind=kind,
        title=title,
        rows=rows.annotate(due_on=_day(field, within)),
        show=_show_reception,
        due="due_on",
        search=("theme", "station__name"),
        area="station__area",
        tileset="stations",
        feature="station_id",
    )


def _day(field: str, within: timedelta) -> TruncDate:
    return TruncDate(ExpressionWrapper(F(field) + within, output_field=Reception._meta.get_field("starts_at")))


def _show_reception(row: Reception) -> Item:
    starts = date_format(timezone.localtime(row.starts_at), "DATETIME_FORMAT")
    return Item(
        title=row.theme or str(row.get_kind_display()),
        url=row.get_absolute_url(),
        facts=(row.station.name, starts, row.place),
        badge=row.get_kind_display(),
        place=row.station.geom,
    )


def _to_settle(user: Asker) -> Waiting:
    """Matters of the stations that `user` runs, neither settled nor forwarded."""
    open_ones = matters_visible_to(user).filter(
        settled_on=None, reference="", reception__station__in=stations_run_by(user)
    )
    rows = open_ones.select_related("reception__station__area").annotate(
        due_on=_day("reception__ends_at", MATTER_WITHIN)
    )
    return Waiting(
        kind="station-matters",
        title=_("待办结的接待事项"),
        rows=rows,
        show=_show_matter,
        due="due_on",
        search=("text", "reception__station__name"),
        area="reception__station__area",
        tileset="stations",
        feature="reception__station_id",
        # The town settles them; the district only looks on.
        to_do=role_of(user) == Role.OFFICER or not leads_somewhere(user),
    )


def _show_matter(row: Matter) -> Item:
    station = row.reception.station
    return Item(
        title=row.text.splitlines()[0][:60] if row.text else str(row.get_level_display()),
        url=row.reception.get_absolute_url(),
        facts=(station.name, row.get_level_display()),
        place=station.geom,
    )


def _activities(user: Asker) -> Waiting:
    """Activities that the deputy is invited to."""
    now = timezone.now()
    coming = activities_visible_to(user).filter(
        status__in=ACTIVITIES.in_group("takes_place"), ends_at__gt=now, starts_at__lt=now + AHEAD
    )
    return Waiting(
        kind="activities-to-come",
        title=_("受邀参加的活动"),
        rows=coming.select_related("area").annotate(due_on=_day("starts_at", timedelta())),
        show=_show_activity,
        due="due_on",
    )


def _show_activity(row: Activity) -> Item:
    starts = date_format(timezone.localtime(row.starts_at), "DATETIME_FORMAT")
    return Item(
        title=row.title,
        url=row.get_absolute_url(),
        facts=(starts, row.place),
        badge=row.get_kind_display(),
        place=row.geom,
    )


def _own_matters(user: Asker) -> Waiting:
    """Open matters that the deputy received herself, which she may forward as a suggestion."""
    mine = matters_visible_to(user).filter(
        settled_on=None, reference="", reception__attendances__deputy__user=account_of(user)
    )
    rows = mine.select_related("reception__station__area").annotate(due_on=_day("reception__ends_at", MATTER_WITHIN))
    return Waiting(
        kind="my-station-matters",
        title=_("我接待的、还没有办结的事项"),
        rows=rows,
        show=_show_matter,
        due="due_on",
        area="reception__station__area",
        tileset="stations",
        feature="reception__station_id",
        hint=_("可以直接办结，或作为代表建议转入办理。"),
    )


def _to_confirm(user: Asker) -> Waiting:
    """Duty records that deputies added or corrected themselves."""
    rows = duties_visible_to(user).filter(is_confirmed=False, is_withdrawn=False)
    return Waiting(
        kind="duty-to-confirm",
        title=_("待确认的履职记录"),
        rows=rows.select_related("deputy__station").order_by("on", "pk"),
        show=_show_duty,
        area="deputy__station__area",
    )


def _show_duty(row: DutyRecord) -> Item:
    return Item(
        title=row.title,
        url=reverse("stations:duty_report", args=[row.deputy.page_code, row.on.year]),
        facts=(row.deputy.name, date_format(row.on)),
        badge=row.get_kind_display(),
    )
