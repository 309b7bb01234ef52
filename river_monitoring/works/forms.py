"""Forms about works: they read the input; the services check it."""

from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.areas.filters import departments_shown, offer_departments
from accounts.models import Department
from accounts.permissions import Asker
from river_monitoring.network.models import River
from river_monitoring.network.permissions import rivers_visible_to
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.works.models import CauseKind, Measure, Outfall
from river_monitoring.works.outfall_kinds import SUBKINDS
from ui.forms.refusable import RefusableForm
from ui.forms.widgets import DayInput


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=DayInput())


def _money(label: Any, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, required=False, max_digits=10, decimal_places=2, min_value=0, **more)


class CausesForm(RefusableForm):
    """Which types of cause a point has."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    kinds = forms.MultipleChoiceField(
        label=_("成因类型"), required=False, choices=CauseKind.choices, widget=forms.CheckboxSelectMultiple
    )


class MeasureForm(RefusableForm):
    """A new measure of a point."""

    kind = forms.ChoiceField(label=_("措施类型"), choices=Measure.Kind.choices)
    title = forms.CharField(label=_("措施内容"), max_length=120)
    contractor = forms.CharField(label=_("承建单位"), max_length=80, required=False)
    cost_wan = _money(_("计划投资（万元）"))
    starts_on = _day(_("开工日期"))
    due_on = _day(_("完工期限"))
    outfall = forms.ModelChoiceField(
        Outfall.objects.none(), label=_("对应排污口"), required=False, empty_label=_("不对应")
    )

    def __init__(self, *args: Any, point: MonitoringPoint, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outfall"].queryset = point.outfalls.all()  # type: ignore[attr-defined]


class ProgressForm(RefusableForm):
    """How far a measure has come; a reason where it went back or costs more."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    share_done = forms.IntegerField(label=_("完成比例（%）"), min_value=0, max_value=100)
    spent_wan = _money(_("已完成投资（万元）"))
    note = forms.CharField(label=_("说明"), required=False, max_length=500)


class OutfallForm(RefusableForm):
    """An outfall: what it is, whose, and where; the first-level type follows from the second."""

    field_of = {"place": "lng"}

    subkind = forms.ChoiceField(
        label=_("类型（HJ 1312-2023）"),
        choices=[(kind.label, [(sub.value, sub.label) for sub in subs]) for kind, subs in SUBKINDS.items()],
    )
    name = forms.CharField(label=_("名称"), max_length=80)
    state = forms.ChoiceField(label=_("处置状态"), choices=Outfall.State.choices, initial=Outfall.State.FIXING)
    department = forms.ModelChoiceField(Department.objects.all(), label=_("监管部门"))
    river = forms.ModelChoiceField(River.objects.all(), label=_("河流"), required=False)
    operator = forms.CharField(label=_("责任主体"), max_length=80, required=False)
    requirement = forms.CharField(label=_("排放要求"), max_length=200, required=False)
    flows_when_dry = forms.BooleanField(label=_("晴天有水流出"), required=False)

    def offer(self, user: Asker) -> Self:
        """Let her choose among the waters and departments of her own district and above."""
        self.fields["river"].queryset = rivers_visible_to(user)  # type: ignore[attr-defined]
        offer_departments(self, departments_shown(user))
        return self


class NewOutfallForm(OutfallForm):
    """An outfall that is registered: its code and place as well."""

    code = forms.CharField(label=_("编码"), max_length=30)
    lng = forms.FloatField(label=_("经度"), min_value=-180, max_value=180)
    lat = forms.FloatField(label=_("纬度"), min_value=-90, max_value=90)


class ChangedOutfallForm(OutfallForm):
    """The fields of an outfall, and the points that it harms."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    points = forms.CharField(
        label=_("影响的点位"), required=False, max_length=400, help_text=_("点位编码，用逗号或空格分开。")
    )

    def codes(self) -> list[str]:
        return self.cleaned_data["points"].replace("，", ",").replace(",", " ").split()
