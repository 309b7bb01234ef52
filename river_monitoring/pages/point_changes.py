"""The page on which what a point is judged by is changed, with a reason."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.areas.filters import departments_shown, offer_departments
from accounts.models import Department, Role
from accounts.permissions import require_role
from geokit.refusal import Refusal
from river_monitoring.network.models import WaterKind
from river_monitoring.points.models import MonitoringPoint, WaterClass
from river_monitoring.points.permissions import may_change_point, points_visible_to
from river_monitoring.rectification.point_changes import Wanted, change_point
from ui.forms.refusable import VersionedForm, render_form


class PointChangeForm(VersionedForm):
    """The whole of what the point is judged by; what is not to change stays as it is."""

    target_class = forms.TypedChoiceField(
        label=gettext_lazy("目标类别"),
        coerce=int,
        choices=WaterClass.choices[1:6],
        help_text=gettext_lazy("按单因子评价。"),
    )
    water = forms.ChoiceField(
        label=gettext_lazy("适用标准表"),
        choices=WaterKind.choices,
        help_text=gettext_lazy("从下个月起按新的标准表评价（1日变更的从当月起），此前各月不变。"),
    )
    department = forms.ModelChoiceField(
        label=gettext_lazy("责任部门"), queryset=Department.objects.none(), to_field_name="code", empty_label=None
    )
    reason = forms.CharField(
        label=gettext_lazy("理由"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("依据的文件或情况，在点位的页面上公开，请勿写个人信息。"),
    )

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_departments(self, departments_shown(user))


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.OFFICER, Role.ADMIN)
def change(request: HttpRequest, code: str) -> HttpResponse:
    """Change target class, table of limits or responsible department; nothing is there for whoever may not."""
    point = get_object_or_404(points_visible_to(request.user).select_related("department"), code=code)
    if not may_change_point(request.user, point):
        raise Http404
    form = PointChangeForm(request.user, request.POST if request.method == "POST" else None, initial=_shown(point))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        wanted = Wanted(given["target_class"], given["water"], given["department"])
        try:
            change_point(request.user, point.pk, wanted, reason=given["reason"], version=given["version"])
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已变更。此前各月仍按当时的目标和标准表评价，已作的销号等判断不变。"))
            return redirect(point)
    return render_form(request, "river/point_change.html", {"form": form, "point": point})


def _shown(point: MonitoringPoint) -> dict[str, Any]:
    return {
        "version": point.version,
        "target_class": point.target_class,
        "water": point.water,
        "department": point.department.code,
    }
