"""Writes of the rules: each is one function, one transaction, one line of the audit; a stale form is refused."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext

from geokit.refusal import BadInput, FieldError, NotPermitted, StaleEdit
from ledger import audit
from supervision.deadlines.clocks import Clock
from supervision.matters.permissions import may_keep_rules
from supervision.models import ClockRule, RoutingRule

MAX_RULES = 500
FIELDS = ("category", "area", "zone", "zone_name", "department", "to_town", "priority", "days", "is_active")


@transaction.atomic
def save_rule(actor: Any, rule_id: int | None, *, version: int = 0, **given: Any) -> RoutingRule:
    """Make a rule of routing (`rule_id` None) or change one. Matters that have gone their way stay there."""
    _check_keeper(actor)
    rule = _rule(rule_id, version) if rule_id else RoutingRule()
    if not rule_id and RoutingRule.objects.count() >= MAX_RULES:
        raise BadInput(gettext("交办规则最多 %d 条。") % MAX_RULES, code="too-many-rules")
    before = _as_json(rule) if rule_id else {}
    for name in FIELDS:
        setattr(rule, name, given[name])
    rule.version += bool(rule_id)
    _full_clean(rule)
    rule.save()
    audit.record(actor, "routing-rule-saved", rule, before=before, after=_as_json(rule))
    return rule


@transaction.atomic
def delete_rule(actor: Any, rule_id: int, *, version: int) -> None:
    """Remove a rule; the audit keeps what it said."""
    _check_keeper(actor)
    rule = _rule(rule_id, version)
    audit.record(actor, "routing-rule-deleted", rule, before=_as_json(rule))
    rule.delete()


@transaction.atomic
def set_clock(
    actor: Any, clock: Clock, *, version: int = 0, amount: int | None, unit: str = "", ends_on_workday: bool = False
) -> ClockRule | None:
    """Set how long a clock runs from now on; `amount` None goes back to the law's. Running clocks keep their day."""
    _check_keeper(actor)
    rule = ClockRule.objects.select_for_update().filter(clock=clock).first()
    if (rule.version if rule else 0) != version:
        raise _stale()
    if amount is None:
        if rule is not None:
            audit.record(actor, "clock-rule-deleted", rule, clock=str(clock))
            rule.delete()
        return None
    rule = rule or ClockRule(clock=clock, version=0)
    rule.amount, rule.unit, rule.ends_on_workday = amount, unit, ends_on_workday
    rule.version += 1
    _full_clean(rule)
    rule.save()
    detail = {"clock": str(clock), "amount": amount, "unit": unit, "ends_on_workday": ends_on_workday}
    audit.record(actor, "clock-rule-saved", rule, **detail)
    return rule


def _check_keeper(actor: Any) -> None:
    if not may_keep_rules(actor):
        raise NotPermitted(gettext("交办规则和期限只能由区人大工作人员设定。"))


def _rule(rule_id: int, version: int) -> RoutingRule:
    rule = RoutingRule.objects.select_for_update().filter(pk=rule_id).order_by("pk").first()
    if rule is None:
        raise BadInput(gettext("没有这条规则，可能已被删除。"), code="unknown-rule")
    if rule.version != version:
        raise _stale()
    return rule


def _stale() -> StaleEdit:
    return StaleEdit(gettext("您打开页面之后，别人改过这条规则。请看过现在的内容再保存。"))


def _full_clean(rule: RoutingRule | ClockRule) -> None:
    try:
        rule.full_clean()
    except ValidationError as error:
        errors = [
            FieldError("" if name == "__all__" else name, "invalid", message)
            for name, messages in error.message_dict.items()
            for message in messages
        ]
        raise BadInput(" ".join(one.message for one in errors), code="bad-rule", errors=errors) from error


def _as_json(rule: RoutingRule) -> dict[str, Any]:
    return {
        "category": rule.category,
        "where": rule.where,
        "department": rule.department.code if rule.department else None,
        "to_town": rule.to_town,
        "priority": rule.priority,
        "days": rule.days,
        "is_active": rule.is_active,
    }
