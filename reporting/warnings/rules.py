"""Making rules: each wording is a version, is tried on the past, and only then switched on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Department
from accounts.permissions import Asker
from geokit.refusal import BadInput, FieldError, NotPermitted, StaleEdit
from ledger import audit
from ledger.actors import account_of
from reporting.warnings.models import EarlyWarning, WarningRule, WarningRuleVersion
from reporting.warnings.permissions import may_make_rules
from reporting.warnings.trial import NOISY, Trial, try_out
from reporting.warnings.wording import Wording, codes_in, indicators_of, read_wording
from ui.field_checks import check_fields


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
    _check_places(rule, wording)
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


def _check_places(rule: WarningRule, wording: Wording) -> None:
    """A rule over areas does not become one over points or features: its open warnings are known by their keys."""
    newest = rule.versions.order_by("-number").first() if rule.pk else None
    if newest is None:
        return
    known = indicators_of(codes_in(newest.conditions)).values()
    if any(one.is_of_areas != wording.first.is_of_areas for one in known):
        message = _("管区域的规则不能改成管点位或图层要素的，反过来也不行，请新建一条规则。")
        raise BadInput(message, code="other-places", errors=[FieldError("conditions", "other-places", message)])


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
    return try_out(wording, today or timezone.localdate())


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
