"""Forms of a station's own facts and its opening days."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stations.register.models import OpeningDay, Station
from ui.forms.refusable import VersionedForm
from ui.forms.widgets import PhotoInput


class StationForm(VersionedForm):
    """What the staff keep up to date of a station."""

    phone = forms.CharField(label=_("电话"), max_length=30, required=False)
    floor = forms.CharField(label=_("所在楼层"), max_length=20, required=False, help_text=_("例如：1层、3层302室"))
    indoor_m2 = forms.IntegerField(label=_("室内面积（平方米）"), min_value=1, max_value=20_000, required=False)
    facilities = forms.MultipleChoiceField(
        label=_("服务设施"), choices=Station.Facility.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    photo = forms.FileField(
        label=pgettext_lazy("one", "照片"),
        required=False,
        widget=PhotoInput(),
        help_text=_("JPEG、PNG 或 WebP；照片里的位置和设备信息会被清除。"),
    )


class OpeningForm(forms.ModelForm):
    class Meta:
        model = OpeningDay
        fields = ["rhythm", "day", "starts", "ends"]
        widgets = {
            "starts": forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
            "ends": forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        }

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("rhythm") == OpeningDay.Rhythm.WEEKLY and not 1 <= given.get("day", 1) <= 7:
            self.add_error("day", _("每周的日子是 1（周一）到 7（周日）。"))
        if given.get("rhythm") == OpeningDay.Rhythm.MONTHLY and not 1 <= given.get("day", 1) <= 31:
            self.add_error("day", _("每月的日子是 1 到 31。"))
        if given.get("starts") and given.get("ends") and given["ends"] <= given["starts"]:
            self.add_error("ends", _("结束要晚于开始。"))
        return given


OpeningFormSet = forms.inlineformset_factory(
    Station, OpeningDay, form=OpeningForm, extra=2, can_delete=True, max_num=14
)
