"""Forms of the rules: one field for the value, of the rule's kind."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.directory.models import Department
from accounts.rules.definition import Kind, Rule
from accounts.rules.length import MOST, UNIT_NAMES, Length, Unit
from ui.forms.refusable import RefusableForm
from ui.forms.widgets import DayInput


class DaysField(forms.CharField):
    """Days, one a line or divided by commas or blanks; a sorted list of dates."""

    def __init__(self, **more: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 6, "class": "mono"}), **more)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(day.isoformat() for day in value) if isinstance(value, tuple | list) else value

    def clean(self, value: Any) -> Any:
        words = re.split(r"[\s,，、;；]+", super().clean(value).strip())
        try:
            return sorted({date.fromisoformat(word) for word in words if word})
        except ValueError as error:
            raise ValidationError(_("每行写一天，例如 2026-10-01。")) from error


def _number(rule: Rule, **common: Any) -> forms.Field:
    least, most = (None if bound is None else int(bound) for bound in (rule.least, rule.most))
    return forms.IntegerField(min_value=least, max_value=most, **common)


def _decimal(rule: Rule, **common: Any) -> forms.Field:
    return forms.DecimalField(min_value=rule.least, max_value=rule.most, **common)


def _truth(rule: Rule, **common: Any) -> forms.Field:
    return forms.BooleanField(**common | {"required": False})


def _choice(rule: Rule, **common: Any) -> forms.Field:
    return forms.ChoiceField(choices=rule.choices, widget=forms.RadioSelect, **common)


def _departments(rule: Rule, **common: Any) -> forms.Field:
    return forms.ModelMultipleChoiceField(
        Department.objects.all(), to_field_name="code", widget=forms.CheckboxSelectMultiple, **common
    )


def _days(rule: Rule, **common: Any) -> forms.Field:
    return DaysField(**common)


def _text(rule: Rule, **common: Any) -> forms.Field:
    return forms.CharField(max_length=500, **common)


FIELDS: dict[Kind, Callable[..., forms.Field]] = {
    Kind.INT: _number,
    Kind.DECIMAL: _decimal,
    Kind.BOOL: _truth,
    Kind.CHOICE: _choice,
    Kind.DEPARTMENTS: _departments,
    Kind.DATES: _days,
    Kind.TEXT: _text,
}
LENGTH_FIELDS = "amount", "unit", "to_workday"
MAY_BE_EMPTY = (Kind.DEPARTMENTS, Kind.DATES, Kind.TEXT)


class ChangeForm(RefusableForm):
    """A new value, from when, and why."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    effective_from = forms.DateField(label=_("生效日期"), widget=DayInput, help_text=_("最早是今天，不能对过去生效。"))
    reason = forms.CharField(
        label=_("理由"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("依据的文件、会议或情况。所有人都能看到，请勿写个人信息。"),
    )

    def __init__(self, rule: Rule, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if rule.kind is Kind.LENGTH:
            self._ask_length(self.initial.get("value"))
        else:
            label = f"{_('新的值')}（{rule.unit}）" if rule.unit else _("新的值")
            self.fields["value"] = FIELDS[rule.kind](rule, label=label, required=rule.kind not in MAY_BE_EMPTY)
        self.order_fields(["seen", "value", *LENGTH_FIELDS, "effective_from", "reason"])
        self.initial.setdefault("effective_from", timezone.localdate())

    def _ask_length(self, now: Length | None) -> None:
        """A length is asked for in three fields."""
        self.field_of = {"value": "amount"}
        self.fields |= {
            "amount": forms.IntegerField(
                label=_("新的期限"), required=False, min_value=1, max_value=MOST, help_text=_("留空就与依据相同。")
            ),
            "unit": forms.ChoiceField(
                label=_("单位"), choices=[(str(unit), name) for unit, name in UNIT_NAMES.items()]
            ),
            "to_workday": forms.BooleanField(label=_("末日遇休息日顺延"), required=False),
        }
        if now is not None:
            self.initial.update({name: getattr(now, name) for name in LENGTH_FIELDS})

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if "amount" not in self.fields:
            return given
        amount, unit, to_workday = (given.pop(name, None) for name in LENGTH_FIELDS)
        return given | {"value": Length(amount, Unit(unit), bool(to_workday)) if amount and unit else None}

    def clean_value(self) -> Any:
        """Departments by their codes, as the rule keeps them."""
        value = self.cleaned_data["value"]
        return (
            [one.code for one in value] if self.fields["value"].__class__ is forms.ModelMultipleChoiceField else value
        )


class WithdrawForm(RefusableForm):
    """Why a planned change will not come."""

    reason = forms.CharField(label=_("撤回的理由"), max_length=1000)
