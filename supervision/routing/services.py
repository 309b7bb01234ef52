"""Writes of the rules of routing: one function, one transaction, one line of the audit; a stale form is refused."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from accounts.permissions import Asker
from geokit.refusal import BadInput, NotPermitted, StaleEdit
from ledger import audit
from supervision.routing.models import RoutingRule
from supervision.routing.permissions import may_keep_rules
from ui.field_checks import check_fields

MAX_RULES = 500
FIELDS = ("category", "area", "zone", "zone_name", "department", "to_town", "priority", "days", "is_active")


@transaction.atomic
def save_rule(actor: Asker, rule_id: int | None, *, version: int = 0, **given: Any) -> RoutingRule:
    """Make a rule of routing (`rule_id` None) or change one. Matters that have gone their way stay there."""
    _require_keeper(actor)
    rule = _rule(rule_id, version) if rule_id else RoutingRule()
    if not rule_id and RoutingRule.objects.count() >= MAX_RULES:
        raise BadInput(gettext("交办规则最多 %d 条。") % MAX_RULES, code="too-many-rules")
    before = _as_json(rule) if rule_id else {}
    for name in FIELDS:
        setattr(rule, name, given[name])
    rule.version += bool(rule_id)
    check_fields(rule, "bad-rule")
    rule.save()
    audit.record(actor, "routing-rule-saved", rule, before=before, after=_as_json(rule))
    return rule


@transaction.atomic
def delete_rule(actor: Asker, rule_id: int, *, version: int) -> None:
    """Remove a rule; the audit keeps what it said."""
    _require_keeper(actor)
    rule = _rule(rule_id, version)
    audit.record(actor, "routing-rule-deleted", rule, before=_as_json(rule))
    rule.delete()


def _rule(rule_id: int, version: int) -> RoutingRule:
    rule = RoutingRule.objects.select_for_update().filter(pk=rule_id).order_by("pk").first()
    if rule is None:
        raise BadInput(gettext("没有这条规则，可能已被删除。"), code="unknown-rule")
    if rule.version != version:
        raise _stale()
    return rule


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


def _require_keeper(actor: Asker) -> None:
    """Raise NotPermitted for whoever may not keep the rules."""
    if not may_keep_rules(actor):
        raise NotPermitted(gettext("交办规则只能由区人大工作人员设定。"))


def _stale() -> StaleEdit:
    """Return the refusal of a form that somebody else's change has overtaken."""
    return StaleEdit(gettext("您打开页面之后，别人改过这条规则。请看过现在的内容再保存。"))
