"""Writes of the rules: set a value from a day on, withdraw a planned one, begin. One transaction and one event each."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.directory.models import Department
from accounts.permissions import Asker
from accounts.rules import queries
from accounts.rules.definition import Kind, Rule
from accounts.rules.models import RuleChange, RuleWithdrawal
from accounts.rules.permissions import may_keep_rules
from accounts.rules.registry import declared, rule_of
from accounts.rules.signals import rule_changed
from geokit.refusal import BadInput, FieldError, NotPermitted, StaleEdit
from ledger import audit
from ledger.actors import Actor, account_of


@transaction.atomic
def change(
    actor: Asker, key: str, value: Any, *, effective_from: date, reason: str, seen: int | None = None
) -> RuleChange:
    """Set a rule from `effective_from` on, today at the earliest. `seen` is the newest change that the form showed.

    Raises NotPermitted, BadInput (a value out of bounds, a day in the past, no reason), StaleEdit.
    """
    _require_keeper(actor)
    _one_at_a_time()
    rule = rule_of(key)
    if seen is not None and seen != newest(key):
        raise StaleEdit(_("您打开页面之后，别人改过这条规则。请看过现在的内容再保存。"))
    if effective_from < timezone.localdate():
        message = _("规则不能对过去生效：生效日期最早是今天。")
        raise BadInput(message, code="rule-for-the-past", errors=[FieldError("effective_from", "past", message)])
    made = _write(actor, rule, value, effective_from, _given(reason))
    _require_order(rule, made)
    return made


@transaction.atomic
def withdraw(actor: Asker, pk: int, *, reason: str, key: str = "") -> RuleWithdrawal:
    """Withdraw a change (of the rule `key`, where one is named) that has not begun. Raises NotPermitted, BadInput."""
    _require_keeper(actor)
    _one_at_a_time()
    found = RuleChange.objects.filter(pk=pk, **({"key": key} if key else {})).first()
    if found is None or RuleWithdrawal.objects.filter(change=found).exists():
        raise BadInput(_("没有这项待生效的设定，它可能已被撤回。"), code="nothing-planned")
    if found.effective_from <= timezone.localdate():
        raise BadInput(_("已经生效的规则不能撤回，请另行设定新的值。"), code="rule-in-force")
    now = timezone.now()
    made = RuleWithdrawal.objects.create(
        change=found, reason=_given(reason), actor=account_of(actor), at=now, written_on=timezone.localdate(now)
    )
    _require_order(rule_of(found.key), found)
    audit.record(actor, "rule-withdrawn", made, key=found.key, effective_from=str(found.effective_from))
    queries.forget()
    return made


@transaction.atomic
def begin(values: Mapping[str, Any], *, since: date, reason: str, actor: Actor = None) -> list[RuleChange]:
    """Write the rules with which a district begins, in force since a day that may be past.

    For setting up a district, never for a page: once any rule was changed in the ordinary way it is refused, for then
    judgments may rest on what was in force.
    """
    _one_at_a_time()
    if RuleChange.objects.filter(is_beginning=False).exists():
        raise BadInput(_("已经有规则的设定，不能再补录启用时的规则。"), code="rules-have-begun")
    if RuleChange.objects.filter(effective_from__gt=since).exists():
        raise BadInput(_("启用时的规则请按生效日期的先后登记。"), code="rules-out-of-order")
    return [_write(actor, rule_of(key), value, since, _given(reason), begins=True) for key, value in values.items()]


def newest(key: str) -> int:
    """Return the key of the newest row of a rule, withdrawn or not, for forms to carry; 0 when there is none."""
    return RuleChange.objects.filter(key=key).order_by("-pk").values_list("pk", flat=True).first() or 0


def _write(
    actor: Actor, rule: Rule, value: Any, effective_from: date, reason: str, *, begins: bool = False
) -> RuleChange:
    stored = rule.stored(value)
    if rule.kind is Kind.DEPARTMENTS:
        _require_departments(rule, stored)
    now = timezone.now()
    made = RuleChange.objects.create(
        key=rule.key,
        value=stored,
        effective_from=effective_from,
        reason=reason,
        is_beginning=begins,
        actor=account_of(actor),
        at=now,
        written_on=timezone.localdate(now),
    )
    audit.record(actor, "rule-changed", made, key=rule.key, value=stored, effective_from=str(effective_from))
    queries.forget()
    rule_changed.send(RuleChange, change=made)
    return made


def _require_order(rule: Rule, change: RuleChange) -> None:
    """Refuse what puts a rule above the one that it may not be above, on the first day of the change or later."""
    queries.forget()
    book = queries.book()
    days = {change.effective_from, *(entry.effective_from for entry in book.entries)}
    for low, high in _ordered(rule):
        for day in sorted(day for day in days if day >= change.effective_from):
            if book.value(low.key, day) > book.value(high.key, day):
                words = {"low": low.title, "high": high.title, "day": day}
                queries.forget()  # the change is not made, and the page that is shown next must not know it
                raise rule.refusal(_("从 %(day)s 起“%(low)s”会大于“%(high)s”，请先改另一条。") % words)


def _ordered(rule: Rule) -> list[tuple[Rule, Rule]]:
    """The pairs of rules that `rule` is part of, of which the first may not be above the second."""
    return [
        (one, rule_of(one.not_above))
        for one in declared().values()
        if one.not_above and rule.key in (one.key, one.not_above)
    ]


def _require_departments(rule: Rule, codes: list[str]) -> None:
    known = set(Department.objects.filter(code__in=codes).values_list("code", flat=True))
    if unknown := sorted(set(codes) - known):
        raise rule.refusal(_("没有这些部门：%s") % "、".join(unknown))


def _require_keeper(actor: Asker) -> None:
    if not may_keep_rules(actor):
        raise NotPermitted(_("本区规则只能由区人大工作人员或管理员设定。"))


def _given(reason: str) -> str:
    """Return the reason; raises BadInput for none."""
    if not (words := reason.strip()):
        message = _("请写明理由，例如依据的文件或会议。")
        raise BadInput(message, code="no-reason", errors=[FieldError("reason", "required", message)])
    return words


def _one_at_a_time() -> None:
    """Rows become visible in the order of their keys: the number of a version depends on it."""
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {RuleChange._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")
