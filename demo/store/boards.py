"""The boards of all templates with three years of invented values, rules that were tried, and what they warned of."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from accounts.models import Area, User
from demo.plan.calendar import moment
from demo.plan.figures import figures
from geokit.refusal import Refusal
from reporting.boards.installing import Template, install, templates
from reporting.indicators import periods
from reporting.indicators.models import Indicator
from reporting.observations.from_points import measure_points
from reporting.observations.from_rooms import measure_rooms
from reporting.observations.models import Way
from reporting.observations.queries import areas_of
from reporting.observations.recording import Given, record_values
from reporting.warnings.models import EarlyWarning, WarningRule
from reporting.warnings.rules import switch
from reporting.warnings.table import Verb
from reporting.warnings.watch import watch
from reporting.warnings.workflow import decide

ASKED = "请说明数值变差的原因，提出整改办法和完成时间。"
DISMISSED = "联系镇街核实：本期统计口径调整，不是实际变差。"
HOUR = 9
QUARTERS_MEASURED = 7
MONTHS_MEASURED = 24


def store_boards(staff: User, today: date) -> dict[str, int]:
    """Set every template up and fill it; how much, by thing."""
    areas = {str(level): list(areas_of(level)) for level in (Area.Level.TOWN, Area.Level.DISTRICT)}
    values = 0
    for template in templates().values():
        install(staff, template.slug, invented=True, effective_from=date(today.year, 1, 1))
        values += _store_values(staff, template, areas, today)
    measured = measure_rooms(today, back=QUARTERS_MEASURED) + measure_points(today, back=MONTHS_MEASURED)
    for code in WarningRule.objects.values_list("code", flat=True):
        _switch_on(staff, code, today)
    raised = watch(_at(today)).get("raised", 0)
    _decide(staff)
    return {"boards": len(templates()), "indicator_values": values + measured, "warnings": raised}


def _at(day: date) -> datetime:
    return min(moment(day, HOUR), timezone.now())


def _store_values(staff: User, template: Template, areas: dict[str, list[Area]], today: date) -> int:
    """All values of a template, said by the day on which they were due."""
    indicators = {one.code: one for one in Indicator.objects.filter(code__in=[f["code"] for f in template.indicators])}
    rows = []
    for facts in template.indicators:
        if "invent" not in facts:
            continue
        indicator = indicators[facts["code"]]
        by_code = {area.code: area for area in areas[indicator.level]}
        for one in figures(facts, list(by_code), today):
            at = _said_at(indicator, one.period, today)
            if at is not None:
                area = by_code[one.area]
                rows.append(Given(indicator, area, one.period, one.value, one.plan, one.whole, at=at))
    return sum(outcome.refusal is None for outcome in record_values(staff, rows, Way.SHEET))


def _said_at(indicator: Indicator, period: date, today: date) -> datetime | None:
    """The day on which a value came; None where it is not due yet."""
    day = periods.end_of(indicator.period_kind, period) + timedelta(days=indicator.due_days or 0)
    return moment(day, HOUR) if day < today else None


def _switch_on(staff: User, code: str, today: date) -> None:
    """A rule that would have warned too often stays off, as it would for anybody."""
    try:
        switch(staff, code, on=True, today=today)
    except Refusal:
        return


def _decide(staff: User) -> None:
    """One warning is a matter now, one was nothing; the others wait."""
    waiting = list(
        EarlyWarning.objects.filter(rule__department__isnull=False).select_related("rule").order_by("pk")[:2]
    )
    for warning, verb in zip(waiting, (Verb.CONFIRM, Verb.DISMISS), strict=False):
        given = {"text": ASKED, "department": warning.rule.department, "days": 15}
        decide(
            staff, warning.pk, verb, version=warning.version, **(given if verb == Verb.CONFIRM else {"text": DISMISSED})
        )
