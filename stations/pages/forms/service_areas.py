"""Forms of service areas and of a station's own facts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Area
from layers.models import Layer
from stations.pages.forms.base import RefusableForm, StepForm
from stations.register.models import OpeningDay, Station
from stations.service_areas.files import polygon_layers
from stations.service_areas.permissions import land_to_share_out


class AreaForm(StepForm):
    """Villages and towns that a station serves from now on."""

    areas = forms.ModelMultipleChoiceField(
        Area.objects.none(),
        label=_("划给本站的村社或镇街"),
        to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
        help_text=_("划来的土地会从原来的联络站划出，各站范围始终相接。"),
    )

    def __init__(self, user: Any, station: Station, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["areas"]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101 - declared above
        field.queryset = land_to_share_out(user, station).order_by("level", "code")


class UploadForm(RefusableForm):
    """Service areas as a GeoJSON file or a loaded layer."""

    file = forms.FileField(
        label=_("GeoJSON 文件"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".geojson,.json,application/geo+json"}),
        help_text=_("WGS 84 经纬度的面；属性 code(或“编号”)写联络站编号。"),
    )
    layer = forms.ModelChoiceField(
        Layer.objects.none(),
        label=_("或取自已装入的面图层"),
        required=False,
        empty_label=_("不用图层"),
        help_text=_("其他格式和坐标系先在“数据”里装入。"),
    )

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["layer"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above
        field.queryset = polygon_layers(user)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if bool(given.get("file")) == bool(given.get("layer")) and not self.errors:
            raise forms.ValidationError(_("请选择一个文件，或一个图层。"))
        return given


class StationForm(StepForm):
    """What the staff keep up to date of a station."""

    phone = forms.CharField(label=_("电话"), max_length=30, required=False)
    floor = forms.CharField(label=_("所在楼层"), max_length=20, required=False, help_text=_("例如：1层、3层302室"))
    indoor_m2 = forms.IntegerField(label=_("室内面积(平方米)"), min_value=1, max_value=20_000, required=False)
    facilities = forms.MultipleChoiceField(
        label=_("服务设施"), choices=Station.Facility.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    photo = forms.FileField(
        label=pgettext_lazy("one", "照片"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
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
            self.add_error("day", _("每周的日子是 1(周一)到 7(周日)。"))
        if given.get("rhythm") == OpeningDay.Rhythm.MONTHLY and not 1 <= given.get("day", 1) <= 31:
            self.add_error("day", _("每月的日子是 1 到 31。"))
        if given.get("starts") and given.get("ends") and given["ends"] <= given["starts"]:
            self.add_error("ends", _("结束要晚于开始。"))
        return given


OpeningFormSet = forms.inlineformset_factory(
    Station, OpeningDay, form=OpeningForm, extra=2, can_delete=True, max_num=14
)
