"""The form in which a raster's style is chosen."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from layers.rasters import raster_style
from tiles.raster import ramps
from ui.forms.refusable import RefusableForm

MODES = [
    ("ramp", _("按数值着色")),
    ("rgb", _("彩色合成（红、绿、蓝三个波段）")),
    ("palette", _("按类别着色")),
    ("relief", _("地形明暗（晕渲）")),
]
STRETCHES = [
    ("percent", _("按 2%–98% 拉伸，去掉极端值")),
    ("minmax", _("从最小值到最大值")),
    ("fixed", _("自己定上下限")),
]


class RasterStyleForm(RefusableForm):
    """How a raster is drawn. What is left empty the data decide."""

    mode = forms.ChoiceField(label=_("画法"), choices=MODES)
    band = forms.TypedChoiceField(label=_("波段"), coerce=int)
    red = forms.TypedChoiceField(label=_("红"), coerce=int)
    green = forms.TypedChoiceField(label=_("绿"), coerce=int)
    blue = forms.TypedChoiceField(label=_("蓝"), coerce=int)
    ramp = forms.ChoiceField(label=_("配色"), choices=list(ramps.TITLES.items()))
    reverse = forms.BooleanField(label=_("颜色倒过来"), required=False)
    steps = forms.IntegerField(
        label=_("分几级"), min_value=0, max_value=12, required=False, help_text=_("0 为连续渐变，2 到 12 为分级。")
    )
    stretch = forms.ChoiceField(label=_("数值范围"), choices=STRETCHES)
    low = forms.FloatField(label=_("下限"), required=False)
    high = forms.FloatField(label=_("上限"), required=False)
    unit = forms.CharField(label=_("单位"), max_length=12, required=False)
    smooth = forms.BooleanField(label=_("放大时平滑过渡"), required=False, help_text=_("类别数据不要平滑。"))
    shade = forms.BooleanField(label=_("叠加地形明暗"), required=False, help_text=_("只用于以米为单位的高程。"))
    azimuth = forms.FloatField(label=_("光线方位角（度）"), min_value=0, max_value=360, help_text=_("从正北顺时针。"))
    altitude = forms.FloatField(label=_("光线高度角（度）"), min_value=5, max_value=85)
    z_factor = forms.FloatField(label=_("高度夸张"), min_value=0.1, max_value=50)
    opacity = forms.FloatField(label=_("不透明度"), min_value=0.1, max_value=1)
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, raster: dict[str, Any], style: dict[str, Any], revision: int, data: Any = None) -> None:
        red, green, blue = (style["bands"] * 3)[:3]
        initial = {**style, "red": red, "green": green, "blue": blue, "revision": revision}
        super().__init__(data, initial=initial, auto_id="raster-%s")
        self.raster = raster
        choices = [(n, raster_style.band_title(raster, n)) for n in range(1, len(raster["bands"]) + 1)]
        for name in ("band", "red", "green", "blue"):
            field = self.fields[name]
            if isinstance(field, forms.TypedChoiceField):
                field.choices = choices
        for field in self.fields.values():
            if isinstance(field, forms.FloatField):
                field.widget.attrs["step"] = "any"

    def clean_steps(self) -> int:
        steps = self.cleaned_data["steps"] or 0
        if steps == 1:
            raise forms.ValidationError(_("一级看不出高低，请填 0 或 2 以上。"))
        return steps

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        low, high = given.get("low"), given.get("high")
        if given.get("stretch") == "fixed":
            if low is None or high is None:
                self.add_error("low", _("请填下限和上限。"))
            elif not low < high:
                self.add_error("high", _("上限须大于下限。"))
        if given.get("mode") == "rgb" and len(self.raster["bands"]) < 3:
            self.add_error("mode", _("彩色合成需要三个波段，这个栅格没有。"))
        if given.get("mode") == "palette" and not raster_style.categories(self.raster, given.get("band") or 1):
            self.add_error("mode", _("这个波段不是类别数据，不能按类别着色。"))
        return given

    def style(self) -> dict[str, Any]:
        """What was chosen, as `Layer.style` keeps it."""
        given = dict(self.cleaned_data)
        del given["revision"]
        bands = [given.pop(name) for name in ("red", "green", "blue")]
        return {"kind": "raster", **given, "bands": bands}
