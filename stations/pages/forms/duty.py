"""Forms of duty records and of the points rule."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stations.duty.models import DutyKind
from stations.duty.points import PointValue, Rule
from stations.pages.forms.base import day_field
from ui.forms.refusable import RefusableForm, VersionedForm


class AddDutyForm(RefusableForm):
    """A duty that this site does not record itself."""

    kind = forms.ChoiceField(label=_("类别"), choices=DutyKind.choices)
    on = day_field(_("日期"))
    title = forms.CharField(label=_("做了什么"), max_length=120)


class CorrectDutyForm(VersionedForm):
    kind = forms.ChoiceField(label=_("类别"), choices=DutyKind.choices)
    on = day_field(_("日期"))
    title = forms.CharField(label=_("做了什么"), max_length=120)
    reason = forms.CharField(label=_("更正理由"), max_length=200)


class WithdrawDutyForm(VersionedForm):
    reason = forms.CharField(label=_("撤销理由"), max_length=200)


class PlainStepForm(VersionedForm):
    """A step that needs nothing but the version."""


DUTY_STEPS: dict[str, type[VersionedForm]] = {
    "correct": CorrectDutyForm,
    "withdraw": WithdrawDutyForm,
    "restore": PlainStepForm,
    "confirm": PlainStepForm,
}


class RuleForm(RefusableForm):
    """A new version of the rule: for each kind its points, cap, and whether it makes a duty day."""

    valid_from = day_field(_("施行日期"), help_text=_("今天或以后；以前的记录按当时的规则计分"))
    required_days = forms.IntegerField(label=_("每年应履职天数"), min_value=1, max_value=366)
    note = forms.CharField(label=_("说明"), max_length=200, required=False)

    def __init__(self, current: Rule, has_points: bool, *args: Any, **kwargs: Any) -> None:
        """`has_points`: whether the district counts points; where it does not, their columns stay as they are."""
        super().__init__(*args, **kwargs)
        self.current, self.has_points = current, has_points
        self.fields["required_days"].initial = current.required_days
        for kind in DutyKind:
            worth = self._worth_now(kind)
            if has_points:
                self.fields[f"{kind}_points"] = _number(_("每次计分"), worth.points, most=100)
                self.fields[f"{kind}_cap"] = _number(_("全年上限"), worth.cap, most=1000, required=False)
            self.fields[f"{kind}_day"] = forms.BooleanField(
                label=_("计入履职天数"), required=False, initial=worth.counts_as_day
            )

    def rows(self) -> list[dict[str, Any]]:
        """The fields of each kind, for a table."""
        return [{"label": kind.label, **{part: self[f"{kind}_{part}"] for part in self._parts()}} for kind in DutyKind]

    def worth(self) -> Mapping[str, PointValue]:
        return {kind.value: self._worth_given(kind) for kind in DutyKind}

    def _parts(self) -> tuple[str, ...]:
        return ("points", "cap", "day") if self.has_points else ("day",)

    def _worth_now(self, kind: DutyKind) -> PointValue:
        return self.current.worth.get(kind, PointValue(Decimal(0), None, False))

    def _worth_given(self, kind: DutyKind) -> PointValue:
        given, now = self.cleaned_data, self._worth_now(kind)
        points, cap = (given[f"{kind}_points"], given[f"{kind}_cap"]) if self.has_points else (now.points, now.cap)
        return PointValue(points, cap, given[f"{kind}_day"])


def _number(label: Any, initial: Any, *, most: int, required: bool = True) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=0, max_value=most, decimal_places=1, required=required, initial=initial
    )
