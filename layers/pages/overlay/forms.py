"""Forms of the overlay tools: one per tool, and the one that saves an answer as a layer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Asker
from layers.overlay.models import OverlayRun
from layers.overlay.parameters import MAX_DISTANCE_M
from layers.overlay.permissions import layers_read_whole_by
from layers.overlay.zones import list_sources
from layers.storage.models import SLUG_PATTERN, Layer
from ui.forms.refusable import RefusableForm

Tool = OverlayRun.Tool
SPLITS = [
    ("intersection", _("在边界处切开，各计各的部分")),
    ("largest", _("整体计入占它最多的分区")),
]
NEEDS = {
    Tool.WITHIN: ("layer", "zones", "only", "distance_m", "name_field"),
    Tool.SUMMARY: ("layer", "zones", "only", "split", "name_field"),
    Tool.ZONAL: ("layer", "zones", "only", "band", "name_field"),
}


class OverlayForm(RefusableForm):
    """One question; which fields there are depends on the tool."""

    layer = forms.ChoiceField(label=_("图层"))
    zones = forms.ChoiceField(label=_("与谁比"))
    only = forms.CharField(
        label=_("只要这些分区"), required=False, max_length=400, help_text=_("分区名称，用逗号隔开；留空为全部。")
    )
    distance_m = forms.FloatField(
        label=_("距离（米）"), min_value=0, max_value=MAX_DISTANCE_M, initial=0,
        help_text=_("从分区边缘（河段为管理范围的边缘）量起，按椭球面计算；0 为落在其中或与之相交。"),
    )  # fmt: skip
    split = forms.ChoiceField(label=_("跨界的要素"), choices=SPLITS)
    band = forms.IntegerField(label=_("波段"), min_value=1, max_value=64, initial=1)
    name_field = forms.CharField(
        label=_("分区名称字段"),
        required=False,
        max_length=120,
        help_text=_("分区是已导入图层时，用哪个字段作名称；留空自动选。"),
    )

    def __init__(self, tool: str, user: Asker, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial, auto_id="overlay-%s")
        for name in list(self.fields):
            if name not in NEEDS[Tool(tool)]:
                del self.fields[name]
        kind = Layer.Kind.RASTER if tool == Tool.ZONAL else Layer.Kind.VECTOR
        layers = layers_read_whole_by(user).filter(kind=kind)
        self._choose("layer", [(layer.slug, layer.title) for layer in layers])
        self.fields["layer"].label = _("栅格图层") if tool == Tool.ZONAL else _("要素图层")
        sources = [source for source in list_sources(user) if source.is_polygon or tool == Tool.WITHIN]
        self._choose("zones", [(source.key, str(source.title)) for source in sources])

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices


class SaveForm(RefusableForm):
    """A name for the layer that an answer becomes."""

    field_of = dict.fromkeys(("layer-exists", "layer-missing", "layer-kind-changed", "layer-busy"), "slug")

    slug = forms.RegexField(
        f"^{SLUG_PATTERN}$", label=_("标识"), max_length=48,
        help_text=_("出现在网址里，用小写字母、数字、下划线和连字符。"),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
    )  # fmt: skip
    title = forms.CharField(label=_("名称"), max_length=120)
    mode = forms.ChoiceField(
        label=_("方式"), choices=[("create", _("新建图层")), ("replace", _("替换已有图层"))], initial="create"
    )
