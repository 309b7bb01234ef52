"""The page on which a monitoring point is entered."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.areas.fields import AreaChoiceField
from accounts.areas.filters import departments_shown, offer_departments
from accounts.models import Area, Department, Role
from accounts.permissions import Asker, areas_visible_to, require_role
from geokit.refusal import BadInput, Refusal
from river_monitoring.network.models import River, WaterKind
from river_monitoring.network.permissions import rivers_visible_to
from river_monitoring.points.models import MonitoringPoint, WaterClass
from river_monitoring.points.registration import NewPoint, register_point
from ui.forms.refusable import RefusableForm, render_form

DEGREES = {"inputmode": "decimal", "autocomplete": "off"}


class PointForm(RefusableForm):
    """One new point; the service checks it."""

    code = forms.CharField(label=gettext_lazy("编码"), max_length=30, help_text=gettext_lazy("例如 W-101，全区唯一"))
    name = forms.CharField(label=gettext_lazy("名称"), max_length=80)
    kind = forms.ChoiceField(label=gettext_lazy("点位类型"), choices=MonitoringPoint.Kind.choices, initial="small")
    water = forms.ChoiceField(
        label=gettext_lazy("适用标准表"),
        choices=WaterKind.choices,
        help_text=gettext_lazy("选了所在河流或湖库的，按登记的水体类型；没有登记的小微水体在这里选择。"),
    )
    target_class = forms.TypedChoiceField(
        label=gettext_lazy("目标类别"), coerce=int, choices=WaterClass.choices[1:6], initial=WaterClass.V.value
    )
    river: forms.ModelChoiceField = forms.ModelChoiceField(
        label=gettext_lazy("所在河流"), queryset=River.objects.none(), required=False, to_field_name="code"
    )
    department: forms.ModelChoiceField = forms.ModelChoiceField(
        label=gettext_lazy("责任部门"), queryset=Department.objects.none(), to_field_name="code"
    )
    lng = forms.FloatField(label=gettext_lazy("经度"), required=False, widget=forms.TextInput(attrs=DEGREES))
    lat = forms.FloatField(label=gettext_lazy("纬度"), required=False, widget=forms.TextInput(attrs=DEGREES))
    area = AreaChoiceField(
        empty_label="---------",
        help_text=gettext_lazy("镇街范围还没有录入时选择；已有范围的，按位置确定。"),
    )
    confirmed = forms.BooleanField(
        label=gettext_lazy("位置我已核对，确实无误"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, user: Asker, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["river"].queryset = rivers_visible_to(user)  # type: ignore[attr-defined]
        towns = areas_visible_to(user).filter(level=Area.Level.TOWN, geom__isnull=True)
        self.fields["area"].queryset = towns  # type: ignore[attr-defined]
        if not towns.exists():
            del self.fields["area"]
        offer_departments(self, departments_shown(user))

    def new_point(self) -> NewPoint:
        given = {name: value for name, value in self.cleaned_data.items() if name != "confirmed"}
        return NewPoint(**given)

    def show(self, refusal: Refusal) -> None:
        """Show a refusal beside its fields; an unlikely place can then be confirmed."""
        super().show(refusal)
        if refusal.code == "far-from-water":
            self.fields["confirmed"].widget = forms.CheckboxInput()


@require_role(Role.STAFF, Role.GIS)
@require_http_methods(["GET", "HEAD", "POST"])
def new_point(request: HttpRequest) -> HttpResponse:
    """Enter a point; what is wrong comes back beside its field."""
    form = PointForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            point = register_point(form.new_point(), request.user, confirmed=form.cleaned_data["confirmed"])
        except BadInput as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已登记点位“%s”。") % point.name)
            return redirect(point)
    return render_form(request, "river/point_new.html", {"form": form})
