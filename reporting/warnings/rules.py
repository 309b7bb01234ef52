"""Making rules: each wording is a version, is tried on the past, and only then switched on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Department
from accounts.permissions import Asker
from geokit.refusal import BadInput, FieldError, NotPermitted, StaleEdit
from ledger import audit
from ledger.actors import account_of
from reporting.indicators.models import Indicator
from reporting.warnings.conditions import MOST_CONDITIONS, check_condition, reach_of, weight_of
from reporting.warnings.models import EarlyWarning, WarningRule, WarningRuleVersion
from reporting.warnings.permissions import may_make_rules
from reporting.warnings.trial import NOISY, Trial, try_out
from ui.field_checks import check_fields


@dataclass(frozen=True, slots=True)
class Wording:
    """What a rule says, checked: conditions over indicators of one level and period, and what weight must be met."""

    conditions: list[dict[str, Any]]
    at_least: int
    indicators: Mapping[str, Indicator]

    @property
    def first(self) -> Indicator:
        return self.indicators[self.conditions[0]["indicator"]]

    @property
    def reach(self) -> int:
        """So many periods before the one that is judged have to be read."""
        return max(reach_of(one, self.first.period_kind) for one in self.conditions)


def read_wording(conditions: Any, at_least: int | None = None) -> Wording:
    """Check conditions; `at_least` is the weight that must be met, None all of it. Raises BadInput."""
    if not isinstance(conditions, list) or not 1 <= len(conditions) <= MOST_CONDITIONS:
        raise _fault("conditions", _("请写 1 到 %d 条条件。") % MOST_CONDITIONS)
    codes = [str(one.get("indicator")) for one in conditions if isinstance(one, dict)]
    found = {one.code: one for one in Indicator.objects.filter(code__in=codes)}
    checked = [check_condition(one, found) for one in conditions]
    if len({(one.period_kind, one.level, one.layer_id) for one in found.values()}) > 1:
        raise _fault("conditions", _("一条规则里的指标，周期、层级和图层要相同。"))
    whole = sum(weight_of(one) for one in checked)
    count = whole if at_least is None else at_least
    if not 1 <= count <= whole:
        raise _fault("at_least", _("至少满足的条数（或权重合计）应在 1 到 %d 之间。") % whole)
    return Wording(checked, count, found)


def _fault(field: str, message: str) -> BadInput:
    return BadInput(message, code="bad-rule", errors=[FieldError(field, "bad-rule", message)])


@transaction.atomic
def save_rule(
    actor: Asker,
    code: str,
    *,
    title: str,
    conditions: Any,
    at_least: int | None = None,
    department: Department | None = None,
    effective_from: date | None = None,
    reason: str = "",
    version: int | None = None,
) -> WarningRule:
    """Make a rule or give it a new wording, which is off at first. Raises NotPermitted, BadInput, StaleEdit."""
    _require_keeper(actor)
    wording = read_wording(conditions, at_least)
    rule = WarningRule.objects.select_for_update().filter(code=code).first() or WarningRule(code=code, version=0)
    if version is not None and version != rule.version:
        raise StaleEdit(_("这条规则在您打开页面之后已被修改，请查看后再提交。"))
    rule.title, rule.department, rule.is_on, rule.version = title, department, False, rule.version + 1
    check_fields(rule, "bad-rule", exclude=["department"])
    rule.save()
    now = timezone.now()
    WarningRuleVersion.objects.create(
        rule=rule,
        number=rule.version,
        conditions=wording.conditions,
        at_least=wording.at_least,
        effective_from=effective_from or timezone.localdate(now),
        reason=reason.strip()[:300],
        made_by=account_of(actor),
        made_at=now,
    )
    audit.record(actor, "warning-rule-saved", rule, code=code, version=rule.version)
    return rule


@transaction.atomic
def switch(actor: Asker, code: str, *, on: bool, version: int | None = None, today: date | None = None) -> Trial | None:
    """Switch a rule on or off; switched on it is tried on the past first, and refused where it would cry wolf."""
    _require_keeper(actor)
    rule = WarningRule.objects.select_for_update().get(code=code)
    if version is not None and version != rule.version:
        raise StaleEdit(_("这条规则在您打开页面之后已被修改，请查看后再提交。"))
    found = try_rule(rule, today) if on else None
    if found is not None and found.share >= NOISY:
        names = {"hits": found.count, "asked": found.asked, "percent": round(found.share * 100)}
        message = _("在过去的数据上，%(asked)d 次里会预警 %(hits)d 次（%(percent)d%%），太多了，请收紧条件。") % names
        raise BadInput(message, code="too-noisy", errors=[FieldError("conditions", "too-noisy", message)])
    if found is not None and not found.asked:
        raise BadInput(_("过去没有数据可以试算，不能启用。"), code="not-tried")
    rule.is_on = on
    rule.save(update_fields=["is_on"])
    audit.record(actor, "warning-rule-switched", rule, on=on, tried=found.summary() if found else None)
    return found


def try_rule(rule: WarningRule, today: date | None = None) -> Trial:
    """Try the newest wording of a rule on the past."""
    newest = rule.versions.order_by("-number").first()
    if newest is None:
        raise BadInput(_("这条规则还没有内容。"), code="bad-rule")
    wording = read_wording(newest.conditions, newest.at_least)
    return try_out(wording.conditions, wording.at_least, wording.indicators, today or timezone.localdate())


def _require_keeper(actor: Asker) -> None:
    if not may_make_rules(actor):
        raise NotPermitted(_("预警规则由区人大工作人员维护。"))


@dataclass(frozen=True, slots=True)
class Precision:
    """How often a rule was right: confirmed and dismissed warnings."""

    confirmed: int
    dismissed: int

    @property
    def percent(self) -> int | None:
        """None below five decisions: too few to speak of a share."""
        decided = self.confirmed + self.dismissed
        return round(100 * self.confirmed / decided) if decided >= 5 else None


def precision_of(rules: Sequence[WarningRule]) -> dict[int, Precision]:
    """How often each of these rules was right."""
    rows = EarlyWarning.objects.filter(rule__in=rules).values("rule").order_by()
    counted = rows.annotate(
        yes=Count("pk", filter=Q(state__in=("confirmed", "closed"))), no=Count("pk", filter=Q(state="dismissed"))
    )
    return {row["rule"]: Precision(row["yes"], row["no"]) for row in counted}


def version_for(rule: WarningRule, last_day: date) -> WarningRuleVersion | None:
    """The wording that judges a period: the newest of those that are effective by its last day."""
    number = rule.versions.filter(effective_from__lte=last_day).aggregate(newest=Max("number"))["newest"]
    return rule.versions.filter(number=number).first() if number else None
