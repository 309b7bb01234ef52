"""What a rule asks of an indicator in a place and a period, and the answer with the values that caused it.

Plain computation over `Series`; a condition that cannot be answered ("no data") is not met.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from geokit.refusal import BadInput, FieldError
from reporting.indicators import periods
from reporting.indicators.models import Indicator
from reporting.observations.series import Series, Value
from reporting.warnings.change_points import LEAST_VALUES, find_change

MOST_CONDITIONS = 8
MOST_WEIGHT = 9
LEAST_PEERS = 5
MAD_TO_SIGMA = 1.4826
"""The median absolute deviation of a normal distribution times this is its standard deviation."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Where and when a condition is asked, with everything that it may look at; `today` matters for what is late."""

    place: int
    period: date
    series: Mapping[str, Series]
    today: date
    first_said: Mapping[tuple[str, int, date], date]


@dataclass(frozen=True, slots=True)
class Cause:
    """A condition that is met, as it goes into the event: indicator, value, what it is held against, and words."""

    indicator: str
    value: str
    against: str
    words: str

    def as_dict(self) -> dict[str, str]:
        return {"indicator": self.indicator, "value": self.value, "against": self.against, "words": self.words}


type Answer = Cause | None
type Condition = Mapping[str, Any]

KINDS: dict[str, Any] = {
    "limit": gettext_lazy("超过限值"),
    "plan": gettext_lazy("落后于计划"),
    "year": gettext_lazy("比去年同期差"),
    "runs": gettext_lazy("连续多期超过限值"),
    "worsening": gettext_lazy("连续多期变差"),
    "peers": gettext_lazy("明显偏离其他区域"),
    "change": gettext_lazy("水平突变（Pettitt 检验）"),
    "late": gettext_lazy("没有按时报送"),
}
NEEDS: dict[str, dict[str, tuple[float, float]]] = {
    "limit": {"value": (-1e12, 1e12)},
    "plan": {"percent": (0, 1000)},
    "year": {"percent": (0, 1000)},
    "runs": {"value": (-1e12, 1e12), "periods": (2, 24)},
    "worsening": {"periods": (2, 24)},
    "peers": {"times": (1, 20)},
    "change": {"periods": (LEAST_VALUES, 36)},
    "late": {"days": (0, 366)},
}
"""Numbers that each kind needs, with their least and most."""


def check_condition(condition: Any, indicators: Mapping[str, Indicator]) -> dict[str, Any]:
    """Return a condition with known fields only. Raises BadInput."""
    kind = condition.get("kind") if isinstance(condition, dict) else None
    if kind not in KINDS:
        raise _fault("kind", _("请选一种条件。"))
    indicator = indicators.get(str(condition.get("indicator")))
    if indicator is None:
        raise _fault("indicator", _("没有代码是“%s”的指标。") % str(condition.get("indicator"))[:40])
    if kind in ("plan", "year", "worsening") and indicator.direction == Indicator.Direction.NONE:
        raise _fault("indicator", _("“%s”没有写越高越好还是越低越好，不能判断变差。") % indicator.title)
    if kind == "late" and indicator.due_days is None:
        raise _fault("indicator", _("“%s”没有写应在期末后多少天内报送。") % indicator.title)
    checked: dict[str, Any] = {"kind": kind, "indicator": indicator.code}
    if kind in ("limit", "runs"):
        if condition.get("beyond") not in ("above", "below"):
            raise _fault("beyond", _("请选高于或低于。"))
        checked["beyond"] = condition["beyond"]
    for name, (least, most) in NEEDS[kind].items():
        checked[name] = _bounded(name, condition.get(name), least, most)
    weight = condition.get("weight")
    if weight is not None and (weight := _bounded("weight", weight, 1, MOST_WEIGHT)) != 1:
        checked["weight"] = weight
    return checked


def weight_of(condition: Condition) -> int:
    """How much a condition counts towards what a rule needs; one, where nothing is said."""
    return int(condition.get("weight", 1))


def days_asked(condition: Condition, period_kind: str, day: date) -> list[date]:
    """The periods that a condition looks at to judge one, the oldest first."""
    if condition["kind"] == "year":
        return [periods.year_before(period_kind, day), day]
    count = condition.get("periods", 1) + (condition["kind"] == "worsening")
    return [periods.shift(period_kind, day, step - count + 1) for step in range(count)]


def _bounded(name: str, given: Any, least: float, most: float) -> float | int:
    number = given if isinstance(given, int | float) and not isinstance(given, bool) else None
    if number is None or not least <= number <= most:
        raise _fault(name, _("应是 %(least)g 到 %(most)g 之间的数。") % {"least": least, "most": most})
    return int(number) if name in ("periods", "days", "weight") else number


def _fault(field: str, message: str) -> BadInput:
    return BadInput(message, code="bad-condition", errors=[FieldError(field, "bad-condition", message)])


def answer(condition: Condition, asked: Asked) -> Answer:
    """Return the cause where the condition is met, else None."""
    return ASK[condition["kind"]](condition, asked)


def words_of(condition: Condition, indicators: Mapping[str, Indicator]) -> str:
    """Say a condition as a sentence."""
    indicator = indicators[condition["indicator"]]
    names = dict(condition) | {"title": indicator.title, "unit": indicator.unit}
    if "beyond" in condition:
        names["beyond"] = _("高于") if condition["beyond"] == "above" else _("低于")
    words = {
        "limit": _("%(title)s%(beyond)s %(value)g%(unit)s"),
        "plan": _("%(title)s落后计划 %(percent)g%% 以上"),
        "year": _("%(title)s比去年同期差 %(percent)g%% 以上"),
        "runs": _("%(title)s连续 %(periods)d 期%(beyond)s %(value)g%(unit)s"),
        "worsening": _("%(title)s连续 %(periods)d 期变差"),
        "peers": _("%(title)s偏离各区域中位数 %(times)g 倍离差以上"),
        "change": _("%(title)s在近 %(periods)d 期里水平突变"),
        "late": _("%(title)s超过报送期限 %(days)d 天仍未报送"),
    }[condition["kind"]] % names
    return words if weight_of(condition) == 1 else _("%(words)s（权重 %(weight)d）") % (names | {"words": words})


def _shown(value: Value) -> Decimal | None:
    return value.shown


def _limit(condition: Condition, asked: Asked) -> Answer:
    series = asked.series[condition["indicator"]]
    value = _shown(series.at(asked.place, asked.period))
    return _cause(series, value, _plain(condition["value"]), condition) if _beyond(condition, value) else None


def _beyond(condition: Condition, value: Decimal | None) -> bool:
    if value is None:
        return False
    limit = Decimal(str(condition["value"]))
    return value > limit if condition["beyond"] == "above" else value < limit


def _runs(condition: Condition, asked: Asked) -> Answer:
    series = asked.series[condition["indicator"]]
    values = _run(series, asked, condition)
    if not all(_beyond(condition, value) for value in values):
        return None
    return _cause(series, values[-1], _plain(condition["value"]), condition)


def _worsening(condition: Condition, asked: Asked) -> Answer:
    series = asked.series[condition["indicator"]]
    values = _run(series, asked, condition)
    pairs = pairwise(values)
    if not all(_is_worse(series.indicator, before, after) for before, after in pairs):
        return None
    return _cause(series, values[-1], _plain(values[0]), condition)


def _run(series: Series, asked: Asked, condition: Condition) -> list[Decimal | None]:
    """The values of the periods that it looks at, the oldest first."""
    days = days_asked(condition, series.indicator.period_kind, asked.period)
    return [_shown(series.at(asked.place, day)) for day in days]


def _is_worse(indicator: Indicator, before: Decimal | None, after: Decimal | None) -> bool:
    if before is None or after is None:
        return False
    return after < before if indicator.direction == Indicator.Direction.UP else after > before


def _plan(condition: Condition, asked: Asked) -> Answer:
    series = asked.series[condition["indicator"]]
    value = series.at(asked.place, asked.period)
    return _worse_than(series, value.shown, value.plan, condition)


def _year(condition: Condition, asked: Asked) -> Answer:
    series = asked.series[condition["indicator"]]
    before = periods.year_before(series.indicator.period_kind, asked.period)
    return _worse_than(
        series, _shown(series.at(asked.place, asked.period)), _shown(series.at(asked.place, before)), condition
    )


def _worse_than(series: Series, value: Decimal | None, against: Decimal | None, condition: Condition) -> Answer:
    """Met where `value` is worse than `against` by more than the percentage; of nothing there is no percentage."""
    if value is None or not against or not _is_worse(series.indicator, against, value):
        return None
    percent = abs(value - against) / abs(against) * 100
    return _cause(series, value, _plain(against), condition) if percent > Decimal(str(condition["percent"])) else None


def _peers(condition: Condition, asked: Asked) -> Answer:
    """Beyond the spread of the other areas in the same period, on the worse side where the indicator has one."""
    series = asked.series[condition["indicator"]]
    value = _shown(series.at(asked.place, asked.period))
    count, middle, spread = series.spread(asked.period)
    if value is None or count < LEAST_PEERS:
        return None
    off = float(value) - middle
    if not spread or not _is_bad(series.indicator, off) or abs(off) <= condition["times"] * spread * MAD_TO_SIGMA:
        return None
    return _cause(series, value, f"{middle:g}", condition)


def _is_bad(indicator: Indicator, off: float) -> bool:
    """Tell whether a difference is one for the worse; without a direction every one is."""
    if indicator.direction == Indicator.Direction.NONE:
        return off != 0
    return off < 0 if indicator.direction == Indicator.Direction.UP else off > 0


def _change(condition: Condition, asked: Asked) -> Answer:
    """The level changed for the worse in the newer half of the window; an older change was told when it was new."""
    series = asked.series[condition["indicator"]]
    values = _run(series, asked, condition)
    known = [(place, float(value)) for place, value in enumerate(values) if value is not None]
    if values[-1] is None or (found := find_change([value for _place, value in known])) is None:
        return None
    begun = known[found.place][0]
    if begun < len(values) // 2 or not _is_bad(series.indicator, found.after - found.before):
        return None
    kind = series.indicator.period_kind
    day = periods.shift(kind, asked.period, begun - len(values) + 1)
    cause = _cause(series, values[-1], f"{found.before:g}", condition)
    since = {"words": cause.words, "day": periods.name_of(kind, day)}
    levels = {"before": f"{found.before:g}", "after": f"{found.after:g}"}
    return replace(cause, words=_("%(words)s：%(day)s起由 %(before)s 变为 %(after)s") % (since | levels))


def _late(condition: Condition, asked: Asked) -> Answer:
    series = asked.series[condition["indicator"]]
    end = periods.end_of(series.indicator.period_kind, asked.period)
    due = end + timedelta(days=(series.indicator.due_days or 0) + condition["days"])
    said = asked.first_said.get((series.indicator.code, asked.place, asked.period))
    if (said or asked.today) <= due:
        return None
    return _cause(series, series.at(asked.place, asked.period).value, due.isoformat(), condition)


def _cause(series: Series, value: Decimal | None, against: str, condition: Condition) -> Cause:
    words = words_of(condition, {series.indicator.code: series.indicator})
    return Cause(series.indicator.code, _plain(value), against, words)


def _plain(value: Any) -> str:
    return "" if value is None else f"{Decimal(str(value)).normalize():f}"


ASK: dict[str, Callable[[Condition, Asked], Answer]] = {
    "limit": _limit,
    "plan": _plan,
    "year": _year,
    "runs": _runs,
    "worsening": _worsening,
    "peers": _peers,
    "change": _change,
    "late": _late,
}


def met(conditions: Sequence[Condition], at_least: int, asked: Asked) -> list[Cause]:
    """Return the causes where the weights of the conditions that are met come to `at_least`, else nothing."""
    found = [(condition, cause) for condition in conditions if (cause := answer(condition, asked)) is not None]
    return [cause for _c, cause in found] if sum(weight_of(one) for one, _cause in found) >= at_least else []
