"""The nightly watch: every rule that is on, asked of the newest periods; what is met is raised, joined or said to be
back, and those who decide are told once, gathered by rule."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.directory.levels import district_or_above, districts
from accounts.district import area_rows
from accounts.models import Area, User
from accounts.notices import notify
from accounts.permissions import district_staff
from ledger.locks import wait_turn
from ledger.steps.apply import apply
from reporting.indicators import periods
from reporting.observations.places import Place
from reporting.warnings.conditions import Cause
from reporting.warnings.models import EarlyWarning, EarlyWarningEvent, WarningRule, WarningRuleVersion
from reporting.warnings.rules import Wording, read_wording, version_for
from reporting.warnings.table import TABLE, Event, State, Verb
from reporting.warnings.trial import PERIODS_BACK, Judge, Places
from reporting.warnings.workflow import WARNINGS
from ui.text.days import day_in_words

TO_CHECK = timedelta(days=7)
LOOKED_AT = 2
"""So many of the newest periods that are over are asked: a value that comes late is still seen."""


def watch(now: datetime | None = None) -> dict[str, int]:
    """Ask every rule that is on; how many warnings were raised, repeated, and are back."""
    now = now or timezone.now()
    counts: dict[str, int] = defaultdict(int)
    areas: Places = {}
    for rule in WarningRule.objects.filter(is_on=True).select_related("department"):
        for what, count in watch_rule(rule, now, areas).items():
            counts[what] += count
    return dict(counts)


@transaction.atomic
def watch_rule(rule: WarningRule, now: datetime, areas: Places) -> dict[str, int]:
    """Ask one rule; its warnings are written together, and told together. `areas` are read once a night."""
    wait_turn("reporting.warning-rule", rule.pk)
    today = timezone.localdate(now)
    counts: Counter[str] = Counter()
    raised: list[EarlyWarning] = []
    known = _known(rule)
    for version, judge, day in _judges(rule, today, areas):
        for area in judge.areas:
            if not judge.has_data(area.pk, day):
                continue
            causes = judge.causes(area.pk, day)
            open_one, last_over = known.get(area.pk, (None, None))
            if causes and open_one is None and (last_over is None or last_over < day):
                raised.append(_raise(rule, version, area, day, causes, now))
                known[area.pk] = (raised[-1], last_over)
                counts["raised"] += 1
            elif open_one is not None and (what := _follow(open_one, day, causes)):
                counts[what] += 1
    for mine in _by_district(raised):
        _tell(rule, mine, today)
    return dict(counts)


def _by_district(raised: list[EarlyWarning]) -> Iterable[list[EarlyWarning]]:
    """What is told together: all, and with several districts those of each."""
    if not districts().several:
        return [raised]
    found: dict[int | None, list[EarlyWarning]] = defaultdict(list)
    for warning in raised:
        district = district_or_above(warning.area)
        found[district.pk if district else None].append(warning)
    return found.values()


def _judges(rule: WarningRule, today: date, areas: Places) -> Iterator[tuple[WarningRuleVersion, Judge, date]]:
    """The newest periods with the wording that judges each; values are read once for each wording."""
    judges: dict[int, Judge] = {}
    for kind, day in _periods(rule, today):
        version = version_for(rule, periods.end_of(kind, day))
        if version is None:
            continue
        if version.pk not in judges:
            wording = read_wording(version.conditions, version.at_least)
            since = periods.shift(kind, day, -_periods_read(wording))
            judges[version.pk] = Judge(wording.conditions, wording.at_least, wording.indicators, today, since, areas)
        yield version, judges[version.pk], day


def _periods_read(wording: Wording) -> int:
    """What has to be read before a period: for values that are late, also since when there are any."""
    return PERIODS_BACK if any(one["kind"] == "late" for one in wording.conditions) else wording.reach


def _periods(rule: WarningRule, today: date) -> Iterable[tuple[str, date]]:
    """The newest periods that are over, the oldest first, each with its kind."""
    newest = rule.versions.order_by("-number").first()
    if newest is None:
        return []
    kind = read_wording(newest.conditions, newest.at_least).first.period_kind
    last = periods.shift(kind, periods.start_of(kind, today), -1)
    return [(kind, periods.shift(kind, last, -back)) for back in reversed(range(LOOKED_AT))]


def _known(rule: WarningRule) -> dict[int, tuple[EarlyWarning | None, date | None]]:
    """By place: the warning that is open, and the last period of those that are over."""
    found: dict[int, tuple[EarlyWarning | None, date | None]] = {}
    for warning in EarlyWarning.objects.filter(rule=rule).order_by("last_period"):
        open_one, over = found.get(warning.place_id, (None, None))
        if warning.state in TABLE.in_group("open"):
            open_one = warning
        else:
            over = warning.last_period
        found[warning.place_id] = (open_one, over)
    return found


def _raise(
    rule: WarningRule, version: WarningRuleVersion, place: Place, day: date, causes: list[Cause], now: datetime
) -> EarlyWarning:
    values = [cause.as_dict() for cause in causes]
    warning = EarlyWarning.objects.create(
        rule=rule,
        rule_version=version,
        **_where(place),
        state=State.NEW,
        first_period=day,
        last_period=day,
        causes=values,
        raised_at=now,
        due_on=timezone.localdate(now) + TO_CHECK,
    )
    EarlyWarningEvent.objects.create(warning=warning, verb=Event.RAISED, period=day, causes=values, at=now)
    return warning


def _where(place: Place) -> dict[str, Any]:
    """The place of a warning; that of a point or feature is of the town that it lies in, else of the district."""
    if isinstance(place, Area):
        return {"area": place}
    return {"area": place.area or area_rows().first(), "feature": place}


def _follow(warning: EarlyWarning, day: date, causes: list[Cause]) -> str:
    """Join what repeats in a later period, and say once that values are back; closing is a person's."""
    if day <= warning.last_period or (warning.back_since is not None and day <= warning.back_since):
        return ""
    if causes:
        given = {"period": day, "causes": [cause.as_dict() for cause in causes]}
        apply(WARNINGS, None, warning, Verb.REPEAT, None, given)
        return "repeated"
    if warning.back_since is None:
        apply(WARNINGS, None, warning, Verb.GO_BACK, None, {"period": day})
        return "back"
    return ""


def _tell(rule: WarningRule, raised: list[EarlyWarning], today: date) -> None:
    if not raised:
        return
    names = "、".join(str(warning.place) for warning in raised[:5])
    title = format_lazy(_("预警：{rule}（{count} 处）"), rule=rule.title, count=len(raised))
    body = format_lazy(_("{names}。请在 {due} 前核实。"), names=names, due=day_in_words(raised[0].due_on))
    url = raised[0].get_absolute_url() if len(raised) == 1 else f"{reverse('boards:warnings')}?rule={rule.code}"
    part = f":{raised[0].area_id}" if districts().several else ""
    staff = User.objects.filter(district_staff(raised[0].area), is_active=True)
    notify(staff, "data-warning", title, body, url, key=f"warning:{rule.code}:{today}{part}")
