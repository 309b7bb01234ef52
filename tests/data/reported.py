"""Indicators of a county with values, a correction, a formula and a rule of two wordings, as its staff made them."""

from datetime import UTC, date, datetime
from decimal import Decimal

from accounts.models import Area, Department, User
from reporting.indicators.services import save_indicator
from reporting.observations.features import find_features
from reporting.observations.models import Way
from reporting.observations.recording import Given, record_value
from reporting.warnings.rules import save_rule
from river_monitoring.models import MonitoringPoint

OCTOBER, NOVEMBER = date(2025, 10, 1), date(2025, 11, 1)
SAID_ON = datetime(2025, 11, 6, 1, 30, tzinfo=UTC)


def report(user: User) -> None:
    """Define and say them in the name of `user`, in the town and at the point whose codes come first."""
    town = Area.objects.filter(level=Area.Level.TOWN).order_by("code")[0]
    facts = {
        "title": "PM2.5", "unit": "µg/m³", "direction": "down", "period_kind": "month", "level": "town", "decimals": 1,
        "department": Department.objects.get(code="ecology"), "due_days": 10, "about": "月均值", "is_public": True,
    }  # fmt: skip
    pm25 = save_indicator(user, "pm25", facts)
    dust = save_indicator(user, "dust", facts | {"title": "PM10"})
    save_indicator(user, "both", facts | {"title": "PM 合计", "way": "formula", "formula": "dust + dust"})
    nh3n = save_indicator(user, "nh3n", facts | {"title": "氨氮", "unit": "mg/L", "level": "point"})
    _say(user, Given(pm25, town, OCTOBER, Decimal(31), plan=Decimal(30), at=SAID_ON))
    _say(user, Given(pm25, town, OCTOBER, Decimal("29.5"), plan=Decimal(30), reason="漏了一个站"))
    _say(user, Given(pm25, town, NOVEMBER, None, at=SAID_ON))
    _say(user, Given(dust, town, OCTOBER, Decimal(60), whole=3, at=SAID_ON))
    point = MonitoringPoint.objects.order_by("code")[0]
    place = find_features(nh3n, [point.code], user)[point.code]
    _say(user, Given(nh3n, place, OCTOBER, Decimal("0.75"), at=SAID_ON))
    save_indicator(user, "pm25", {"closed_before": date(2026, 1, 1)})
    high = {"kind": "limit", "indicator": "pm25", "beyond": "above", "value": 75}
    save_rule(user, "pm25-high", title="PM2.5 高", conditions=[high], effective_from=OCTOBER)
    two = [high | {"value": 60}, {"kind": "late", "indicator": "pm25", "days": 5}]
    given = {"conditions": two, "at_least": 1, "effective_from": NOVEMBER, "reason": "按新标准"}
    save_rule(user, "pm25-high", title="PM2.5 偏高", department=facts["department"], **given)


def _say(user: User, given: Given) -> None:
    record_value(user, given, Way.PAGE)
