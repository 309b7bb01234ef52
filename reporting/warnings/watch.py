"""The nightly watch: every rule that is on, asked of the newest periods; what is met is raised, joined or said to be
back, and those who decide are told once, gathered by rule."""

import logging
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.directory.levels import district_or_above, districts
from accounts.district import area_rows
from accounts.models import Area, User
from accounts.notices import notify
from accounts.permissions import district_staff
from geokit.refusal import BadInput
from ledger.locks import wait_turn
from ledger.steps.apply import apply
from reporting.indicators import periods
from reporting.indicators.models import Indicator
from reporting.observations.places import Place
from reporting.observations.queries import Corrected, corrected_since
from reporting.warnings.conditions import Cause, days_asked
from reporting.warnings.judging import PERIODS_BACK, Judge, Kept, Read, places_asked, read_for
from reporting.warnings.models import EarlyWarning, EarlyWarningEvent, WarningRule, WarningRuleVersion
from reporting.warnings.table import TABLE, Event, State, Verb
from reporting.warnings.wording import Wording, codes_in, indicators_of, read_wording
from reporting.warnings.workflow import WARNINGS
from ui.text.days import day_in_words

TO_CHECK = timedelta(days=7)
LOOKED_AT = 2
"""So many of the newest periods that are over are asked: a value that comes late is still seen."""
CORRECTED_WITHIN = timedelta(days=7)
"""A correction is asked about for so long, also where a night was left out; what it says is written once. It reaches
back as far as a rule is tried (`PERIODS_BACK`)."""
MOST_CELLS = 200_000
"""So many values are read for some rules together: a few ten megabytes."""

log = logging.getLogger(__name__)


class Question(NamedTuple):
    """A period with the wording that judges it; in places of `corrected` (keys) a value that it looks at was corrected.

    An older period than the newest is asked of these places alone.
    """

    version: WarningRuleVersion
    wording: Wording
    day: date
    is_newest: bool
    corrected: Collection[int]


@dataclass(frozen=True, slots=True)
class Task:
    """A rule that is on, with the periods that it is asked of, the oldest first.

    `places` are those that a version (its key) is asked of.
    """

    rule: WarningRule
    asked: list[Question]
    places: Mapping[int, Sequence[Place]]

    @property
    def cells(self) -> int:
        """So many values it looks at."""
        return sum(
            len(words.days_of(code, day)) * len(self.places[version.pk])
            for version, words, day, *_rest in self.asked
            for code in words.indicators
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """What a wording says of a place in a period, where it is met or a warning is open; of no data it says nothing."""

    version: WarningRuleVersion
    place: Place
    day: date
    causes: list[Cause]
    is_corrected: bool = False
    """A value that it rests on was corrected: the period may have been asked before."""


@dataclass(slots=True)
class Known:
    """The warnings of a rule by place: the one that is open, and the last period of those that are over; `said` are
    the places and those of the corrected periods of which a warning said that the rule is met."""

    open: dict[int, EarlyWarning] = field(default_factory=dict)
    over: dict[int, date] = field(default_factory=dict)
    said: set[tuple[int, date]] = field(default_factory=set)

    def next_step(self, found: Finding) -> str:
        """What follows: an event, or nothing. What repeats in a later period joins, and that values are back is said
        once; closing is a person's."""
        warning, over = self.open.get(found.place.pk), self.over.get(found.place.pk)
        known = [warning.last_period, warning.back_since, over] if warning else [over]
        if found.day <= max((day for day in known if day), default=date.min) and not self._is_new(found):
            return ""
        if warning is None:
            return Event.RAISED if found.causes else ""
        if found.causes:
            return Event.REPEATED
        return Event.BACK if warning.back_since is None else ""

    def _is_new(self, found: Finding) -> bool:
        """Whether a correction made the rule met in a period that is no news."""
        return found.is_corrected and bool(found.causes) and (found.place.pk, found.day) not in self.said


def watch(now: datetime | None = None) -> dict[str, int]:
    """Ask every rule that is on; how many warnings were raised, repeated, and are back."""
    now = now or timezone.now()
    counts: Counter[str] = Counter()
    today = timezone.localdate(now)
    for tasks in _batches(_tasks(now)):
        for rule, findings in _judged(tasks, today):
            counts.update(_write(rule, findings, now))
    return dict(counts)


def _tasks(now: datetime) -> Iterator[Task]:
    """Every rule that is on, with its wordings; one that means nothing any more is logged, and the others are asked."""
    today = timezone.localdate(now)
    rules = list(WarningRule.objects.filter(is_on=True).select_related("department").prefetch_related("versions"))
    indicators = indicators_of(
        code for rule in rules for version in rule.versions.all() for code in codes_in(version.conditions)
    )
    corrected = corrected_since(now - CORRECTED_WITHIN, indicators.values())
    kept: Kept = {}
    for rule in rules:
        try:
            asked = list(_asked(list(rule.versions.all()), indicators, today, corrected))
        except BadInput as refused:
            log.error("the warning rule %s cannot be asked: %s", rule.code, refused)
        else:
            wordings = {one.version.pk: one.wording for one in asked}
            yield Task(rule, asked, {key: places_asked(words, kept) for key, words in wordings.items()})


def _asked(
    versions: Sequence[WarningRuleVersion], indicators: Mapping[str, Indicator], today: date, corrected: Corrected
) -> Iterator[Question]:
    """The newest periods that are over, and older ones that a correction is about, each with the wording that judges
    it: the newest effective by its last day."""
    if not versions:
        return
    wordings = {}
    newest = max(versions, key=lambda one: one.number)
    kind = read_wording(newest.conditions, newest.at_least, indicators).first.period_kind
    last = periods.shift(kind, periods.start_of(kind, today), -1)
    for back in reversed(range(PERIODS_BACK if corrected else LOOKED_AT)):
        day = periods.shift(kind, last, -back)
        effective = [one for one in versions if one.effective_from <= periods.end_of(kind, day)]
        if effective:
            version = max(effective, key=lambda one: one.number)
            if version.pk not in wordings:
                wordings[version.pk] = read_wording(version.conditions, version.at_least, indicators)
            places = _corrected_in(wordings[version.pk], day, corrected)
            if back < LOOKED_AT or places:
                yield Question(version, wordings[version.pk], day, back < LOOKED_AT, places)


def _corrected_in(wording: Wording, day: date, corrected: Corrected) -> set[int]:
    """The places of which something was corrected that decides whether a rule is met in a period.

    When a value came does not change with it; a change of level is asked of the corrected period alone, for it looks at
    up to 36, which would all say the same.
    """
    found: set[int] = set()
    for condition in wording.conditions if corrected else ():
        if condition["kind"] != "late":
            days = days_asked(condition, wording.first.period_kind, day) if condition["kind"] != "change" else [day]
            key = wording.indicators[condition["indicator"]].pk
            found.update(*(corrected.get((key, each), ()) for each in days))
    return found


def _batches(tasks: Iterable[Task]) -> Iterator[list[Task]]:
    """Rules whose values are read together."""
    batch: list[Task] = []
    cells = 0
    for task in tasks:
        if not task.asked:
            continue
        batch.append(task)
        cells += task.cells
        if cells >= MOST_CELLS:
            yield batch
            batch, cells = [], 0
    if batch:
        yield batch


def _judged(tasks: Sequence[Task], today: date) -> Iterator[tuple[WarningRule, list[Finding]]]:
    """The rules of which something has to be written, with their findings; read and judged before a row is locked."""
    questions = [one for task in tasks for one in task.asked]
    read = read_for(((one.wording, [one.day]) for one in questions), today)
    known = _known([task.rule for task in tasks], {one.day for one in questions if one.corrected})
    for task in tasks:
        findings = _findings(task, read, set(known[task.rule.pk].open))
        if any(known[task.rule.pk].next_step(found) for found in findings):
            yield task.rule, findings


def _findings(task: Task, read: Read, unmet: set[int]) -> list[Finding]:
    """What there is to say, the oldest period first: where a rule is met and, once it was, where it is not."""
    judges = {one.version.pk: Judge(one.wording, task.places[one.version.pk], read) for one in task.asked}
    found: list[Finding] = []
    for version, _words, day, is_newest, corrected in task.asked:
        of_day = [
            Finding(version, place, day, causes, place.pk in corrected)
            for place, causes in judges[version.pk].of_day(day, unmet if is_newest else ())
            if is_newest or place.pk in corrected
        ]
        unmet |= {each.place.pk for each in of_day if each.causes}
        found += of_day
    return found


def _known(rules: Sequence[WarningRule], corrected: Collection[date]) -> dict[int, Known]:
    """What stands already of these rules; of `corrected` periods also what was said."""
    found = {rule.pk: Known() for rule in rules}
    rows = EarlyWarning.objects.filter(rule__in=rules).order_by()
    for warning in rows.filter(state__in=TABLE.in_group("open")):
        found[warning.rule_id].open[warning.place_id] = warning
    over = rows.exclude(state__in=TABLE.in_group("open")).values("rule_id", "area_id", "feature_id")
    last_of = over.annotate(last=Max("last_period")).values_list("rule_id", "area_id", "feature_id", "last")
    for rule, area, feature, last in last_of:
        place, by_place = (area if feature is None else feature), found[rule].over
        by_place[place] = max(last, by_place.get(place, last))
    if corrected:
        events = EarlyWarningEvent.objects.filter(warning__rule__in=rules, period__in=corrected)
        met = events.filter(verb__in=(Event.RAISED, Event.REPEATED)).order_by()
        for rule, area, feature, day in met.values_list("warning__rule", "warning__area", "warning__feature", "period"):
            if day is not None:  # the query ensures it; mypy does not know
                found[rule].said.add((area if feature is None else feature, day))
    return found


@transaction.atomic
def _write(rule: WarningRule, findings: Sequence[Finding], now: datetime) -> Counter[str]:
    """The warnings of a rule are written together, and told together; what stands is read anew under its lock."""
    wait_turn("reporting.warning-rule", rule.pk)
    counts: Counter[str] = Counter()
    raised: list[EarlyWarning] = []
    known = _known([rule], {found.day for found in findings if found.is_corrected})[rule.pk]
    for _day, of_day in groupby(findings, key=attrgetter("day")):
        steps = [(step, found) for found in of_day if (step := known.next_step(found))]
        counts.update(str(step) for step, _found in steps)
        new = _raise(rule, [found for step, found in steps if step == Event.RAISED], now)
        for step, found in steps:
            if step != Event.RAISED:
                _follow(known.open[found.place.pk], step, found)
        known.open |= {warning.place_id: warning for warning in new}
        raised += new
    for mine in _by_district(raised):
        _tell(rule, mine, timezone.localdate(now))
    return counts


def _raise(rule: WarningRule, findings: Sequence[Finding], now: datetime) -> list[EarlyWarning]:
    """New warnings, each with its first event."""
    is_outside = any(not isinstance(found.place, Area) and found.place.area is None for found in findings)
    district = area_rows().first() if is_outside else None
    warnings = EarlyWarning.objects.bulk_create(
        EarlyWarning(
            rule=rule,
            rule_version=found.version,
            **_where(found.place, district),
            state=State.NEW,
            first_period=found.day,
            last_period=found.day,
            causes=[cause.as_dict() for cause in found.causes],
            raised_at=now,
            due_on=timezone.localdate(now) + TO_CHECK,
        )
        for found in findings
    )
    EarlyWarningEvent.objects.bulk_create(
        EarlyWarningEvent(warning=one, verb=Event.RAISED, period=one.first_period, causes=one.causes, at=now)
        for one in warnings
    )
    return warnings


def _where(place: Place, district: Area | None) -> dict[str, Any]:
    """The place of a warning; that of a point or feature is of the town that it lies in, else of the district."""
    if isinstance(place, Area):
        return {"area": place}
    return {"area": place.area or district, "feature": place}


def _follow(warning: EarlyWarning, step: str, found: Finding) -> None:
    """Join what repeats, or say that values are back."""
    if step == Event.REPEATED:
        given = {"period": found.day, "causes": [cause.as_dict() for cause in found.causes]}
        apply(WARNINGS, None, warning, Verb.REPEAT, None, given)
    else:
        apply(WARNINGS, None, warning, Verb.GO_BACK, None, {"period": found.day})


def _by_district(raised: list[EarlyWarning]) -> Iterable[list[EarlyWarning]]:
    """What is told together: all, and with several districts those of each."""
    if not districts().several:
        return [raised]
    found: dict[int | None, list[EarlyWarning]] = defaultdict(list)
    for warning in raised:
        district = district_or_above(warning.area)
        found[district.pk if district else None].append(warning)
    return found.values()


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
