"""Forms of service areas."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Area
from accounts.permissions import Asker
from layers.models import Layer
from stations.register.models import Station
from stations.service_areas.files import polygon_layers
from stations.service_areas.permissions import assignable_areas
from ui.forms.refusable import RefusableForm, VersionedForm


class AreaForm(VersionedForm):
    """Villages and towns that a station serves from now on."""

    areas = forms.ModelMultipleChoiceField(
        Area.objects.none(),
        label=_("划给本站的村社或镇街"),
        to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
        help_text=_("划来的土地会从原来的联络站划出，各站范围始终相接。"),
    )

    def __init__(self, user: Asker, station: Station, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["areas"]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101 - declared above
        field.queryset = assignable_areas(user, station).order_by("level", "code")


class UploadForm(RefusableForm):
    """Service areas as a GeoJSON file or a loaded layer."""

    file = forms.FileField(
        label=_("GeoJSON 文件"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".geojson,.json,application/geo+json"}),
        help_text=_("WGS 84 经纬度的面；属性 code（或“编号”）写联络站编号。"),
    )
    layer = forms.ModelChoiceField(
        Layer.objects.none(),
        label=_("或取自已装入的面图层"),
        required=False,
        empty_label=_("不用图层"),
        help_text=_("其他格式和坐标系先在“数据”里装入。"),
    )

    def __init__(self, user: Asker, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["layer"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above
        field.queryset = polygon_layers(user)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if bool(given.get("file")) == bool(given.get("layer")) and not self.errors:
            raise forms.ValidationError(_("请选择一个文件，或一个图层。"))
        return given
