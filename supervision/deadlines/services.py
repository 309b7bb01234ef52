"""Writes of the periods: each is one function, one transaction, one line of the audit; a stale form is refused."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext

from accounts.permissions import Asker
from geokit.refusal import BadInput, FieldError, NotPermitted, StaleEdit
from ledger import audit
from supervision.deadlines.clocks import Clock
from supervision.deadlines.models import ClockRule
from supervision.deadlines.permissions import may_keep_rules


@transaction.atomic
def set_clock(
    actor: Asker, clock: Clock, *, version: int = 0, amount: int | None, unit: str = "", ends_on_workday: bool = False
) -> ClockRule | None:
    """Set how long a clock runs from now on; `amount` None goes back to the law's. Running clocks keep their day."""
    require_keeper(actor)
    rule = ClockRule.objects.select_for_update().filter(clock=clock).first()
    if (rule.version if rule else 0) != version:
        raise stale()
    if amount is None:
        if rule is not None:
            audit.record(actor, "clock-rule-deleted", rule, clock=str(clock))
            rule.delete()
        return None
    rule = rule or ClockRule(clock=clock, version=0)
    rule.amount, rule.unit, rule.ends_on_workday = amount, unit, ends_on_workday
    rule.version += 1
    validate(rule)
    rule.save()
    detail = {"clock": str(clock), "amount": amount, "unit": unit, "ends_on_workday": ends_on_workday}
    audit.record(actor, "clock-rule-saved", rule, **detail)
    return rule


def require_keeper(actor: Asker) -> None:
    """Raise NotPermitted for whoever may not keep the rules."""
    if not may_keep_rules(actor):
        raise NotPermitted(gettext("交办规则和期限只能由区人大工作人员设定。"))


def stale() -> StaleEdit:
    """Return the refusal of a form that somebody else's change has overtaken, to be raised."""
    return StaleEdit(gettext("您打开页面之后，别人改过这条规则。请看过现在的内容再保存。"))


def validate(rule: models.Model) -> None:
    """Raise BadInput with an error for each field that the model's own validation refuses."""
    try:
        rule.full_clean()
    except ValidationError as error:
        errors = [
            FieldError("" if name == "__all__" else name, "invalid", message)
            for name, messages in error.message_dict.items()
            for message in messages
        ]
        raise BadInput(" ".join(one.message for one in errors), code="bad-rule", errors=errors) from error
