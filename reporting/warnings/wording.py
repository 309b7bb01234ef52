"""What a rule says, read from what its version keeps."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from geokit.refusal import BadInput, FieldError
from reporting.indicators.models import Indicator
from reporting.warnings.conditions import MOST_CONDITIONS, check_condition, days_asked, weight_of


@dataclass(frozen=True, slots=True)
class Wording:
    """What a rule says, checked: conditions over indicators of one period, level and layer, and what must be met."""

    conditions: list[dict[str, Any]]
    at_least: int
    indicators: Mapping[str, Indicator]

    @property
    def first(self) -> Indicator:
        return self.indicators[self.conditions[0]["indicator"]]

    @property
    def late(self) -> list[Indicator]:
        """The indicators that are asked whether they came in time."""
        return [self.indicators[one["indicator"]] for one in self.conditions if one["kind"] == "late"]

    def days_of(self, code: str, day: date) -> set[date]:
        """The periods of an indicator that are looked at to judge one."""
        kind = self.first.period_kind
        asked = [days_asked(one, kind, day) for one in self.conditions if one["indicator"] == code]
        return {day}.union(*asked)


def codes_in(conditions: Any) -> set[str]:
    """The indicators that conditions name, whatever else is wrong with them."""
    rows = conditions if isinstance(conditions, list) else []
    return {str(one.get("indicator")) for one in rows if isinstance(one, dict)}


def indicators_of(codes: Iterable[str]) -> dict[str, Indicator]:
    """These indicators by code."""
    return {one.code: one for one in Indicator.objects.filter(code__in=set(codes))}


def read_wording(conditions: Any, at_least: int | None = None, among: Mapping[str, Indicator] | None = None) -> Wording:
    """Check conditions; `at_least` is the weight that must be met, None all of it. Raises BadInput.

    `among` are indicators that were read for many wordings at once.
    """
    if not isinstance(conditions, list) or not 1 <= len(conditions) <= MOST_CONDITIONS:
        raise bad_rule("conditions", _("请写 1 到 %d 条条件。") % MOST_CONDITIONS)
    codes = codes_in(conditions)
    known = indicators_of(codes) if among is None else among
    found = {code: known[code] for code in codes if code in known}
    checked = [check_condition(one, found) for one in conditions]
    if len({(one.period_kind, one.places_key) for one in found.values()}) > 1:
        raise bad_rule("conditions", _("一条规则里的指标，周期、层级和图层要相同。"))
    whole = sum(weight_of(one) for one in checked)
    count = whole if at_least is None else at_least
    if not 1 <= count <= whole:
        raise bad_rule("at_least", _("至少满足的条数（或权重合计）应在 1 到 %d 之间。") % whole)
    return Wording(checked, count, found)


def bad_rule(field: str, message: str) -> BadInput:
    return BadInput(message, code="bad-rule", errors=[FieldError(field, "bad-rule", message)])
