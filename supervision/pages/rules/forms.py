"""Forms of the rules."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.areas.filters import areas_to_choose
from accounts.models import Department
from supervision.findings.models import Category
from supervision.routing.models import ORDINARY, RoutingRule
from supervision.routing.zones import as_text, parse
from ui.forms.refusable import RefusableForm


class RuleForm(RefusableForm):
    """One rule: what, where, who, how fast."""

    field_of = {"zone": "corners"}

    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)
    category = forms.ChoiceField(label=_("类别"), choices=[("", _("所有类别")), *Category.choices], required=False)
    area: Any = forms.ModelChoiceField(None, label=_("镇街"), required=False, empty_label=_("全区"))
    zone_name = forms.CharField(
        label=_("划定范围的名称"), required=False, max_length=40, help_text=_("画了范围才填，例如：大河沿线")
    )
    corners = forms.CharField(
        label=_("划定范围"),
        required=False,
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "mono"}),
        help_text=_("在地图上一点一点画，或每行填一个点的经度、纬度；几块之间空一行。画了范围就不再选镇街。"),
    )
    department = forms.ModelChoiceField(
        Department.objects.all(), label=_("主办单位"), required=False, empty_label=_("请选择")
    )
    to_town = forms.BooleanField(label=_("交所在镇街办理"), required=False, help_text=_("勾选后不选主办单位。"))
    days = forms.IntegerField(
        label=_("快办工作日"),
        required=False,
        min_value=1,
        max_value=120,
        help_text=_("小事快办的承诺；留空按法定期限，超过法定期限的按法定期限。"),
    )
    priority = forms.IntegerField(
        label=_("优先级"),
        initial=ORDINARY,
        min_value=1,
        max_value=999,
        help_text=_("数字小的先用，一般为 100。同级的：划定范围先于镇街，镇街先于全区，指明类别的先于所有类别。"),
    )
    is_active = forms.BooleanField(label=_("启用"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        area: Any = self.fields["area"]
        area.queryset = areas_to_choose(None)

    def given(self) -> dict[str, Any]:
        """Return what `services.save_rule` takes. Raises BadInput for a zone that is none."""
        given = dict(self.cleaned_data)
        return given | {"zone": parse(given.pop("corners"))}


def initial_of(rule: RoutingRule) -> dict[str, Any]:
    """Return what the form of a rule begins with."""
    names = ("version", "category", "area", "zone_name", "department", "to_town", "days", "priority", "is_active")
    return {name: getattr(rule, name) for name in names} | {"corners": as_text(rule.zone)}


class TryForm(forms.Form):
    """A place and a category: which rule applies there?"""

    lng = forms.FloatField(label=_("经度"), min_value=-180, max_value=180)
    lat = forms.FloatField(label=_("纬度"), min_value=-90, max_value=90)
    category = forms.ChoiceField(label=_("类别"), choices=Category.choices)
