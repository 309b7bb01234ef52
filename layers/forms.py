"""Forms of the import pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from geokit.encoding import normalise
from geokit.refusal import Refusal
from layers.models import ImportJob, Layer, LayerVersion
from layers.options import LoadOptions, slug_from

AUTO = ("", _("自动判断"))
ENCODINGS = [AUTO, ("GB18030", _("GB18030 / GBK（中文 Windows）")), ("UTF-8", "UTF-8"), ("Big5", _("Big5（繁体）")),
             ("cp1252", _("cp1252（西欧）"))]  # fmt: skip
DATUMS = [
    ("wgs84", _("没有偏移（WGS 84、CGCS2000 或测绘坐标）")),
    ("gcj02", _("GCJ-02（高德、腾讯地图）")),
    ("bd09", _("BD-09（百度地图）")),
]
INVALID = [
    ("repair", _("自动修复，并在报告里列出")),
    ("skip", _("不导入这些行")),
    ("refuse", _("有无效图形就整批不导入")),
]
READING = ("layer", "encoding", "crs", "datum", "key", "invalid")
"""Options that change what is read: with one of them changed the preview no longer holds."""


class ImportForm(forms.Form):
    """How to read an upload, and what to make of it."""

    layer = forms.ChoiceField(label=_("图层"), required=False)
    encoding = forms.ChoiceField(label=_("文字编码"), choices=ENCODINGS, required=False)
    crs = forms.CharField(
        label=_("坐标系"), required=False, max_length=20, help_text=_("写成 EPSG:4549；留空则用文件里写明的坐标系。")
    )
    datum = forms.ChoiceField(label=_("地图偏移"), choices=DATUMS, required=False)
    key = forms.ChoiceField(
        label=_("业务主键"), required=False, help_text=_("能区分每一行的字段，如编号；以后按它更新。")
    )
    invalid = forms.ChoiceField(label=_("无效图形"), choices=INVALID, required=False)
    mode = forms.ChoiceField(label=_("导入方式"), choices=LayerVersion.Mode)
    slug = forms.CharField(
        label=_("标识"), max_length=48, help_text=_("出现在网址里；新建时起一个，更新时填已有图层的标识。"),
        widget=forms.TextInput(attrs={"list": "known-slugs", "autocapitalize": "none", "spellcheck": "false"}),
    )  # fmt: skip
    title = forms.CharField(
        label=_("名称"), max_length=120, required=False, help_text=_("更新已有图层时，名称和可见范围不变。")
    )
    visibility = forms.ChoiceField(
        label=_("可见范围"),
        choices=Layer.Visibility,
        widget=forms.RadioSelect,
        help_text=_("公开前请确认数据可以公开，并填好审图号。"),
    )

    def __init__(self, job: ImportJob, data: Any = None) -> None:
        super().__init__(data, initial=initial_options(job))
        preview = job.preview
        layers = preview.get("layers") or []
        columns = [item["name"] for item in preview.get("fields", [])]
        self._choose_among("layer", _("请选择") if layers else _("唯一的图层"), layers)
        self._choose_among("key", _("没有"), columns)
        self.fields["crs"].widget.attrs["list"] = "crs-candidates"
        for name in ("crs", "slug", "title"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def _choose_among(self, name: str, empty: Any, values: list[str]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", empty), *((value, value) for value in values)]

    def clean_encoding(self) -> str:
        if self.cleaned_data["encoding"]:
            normalise(self.cleaned_data["encoding"])
        return self.cleaned_data["encoding"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("mode") == LayerVersion.Mode.UPSERT and not given.get("key"):
            self.add_error("key", _("按主键更新需要选择业务主键。"))
        if given.get("mode") != LayerVersion.Mode.CREATE:
            given["title"] = ""  # an update keeps the layer's name; its page is where that is changed
        return given

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"].strip()
        try:
            LoadOptions(path=None, file_name="x", slug=slug).checked()  # type: ignore[arg-type]
        except Refusal as refusal:
            raise forms.ValidationError(refusal.message, code=refusal.code) from refusal
        return slug


def initial_options(job: ImportJob) -> dict[str, Any]:
    """What the form shows: chosen options, else what inspection suggests."""
    name = job.file_name.rpartition(".")[0] or job.file_name
    return {
        "slug": job.preview.get("slug") or slug_from(name),
        "title": name[:120],
        "mode": LayerVersion.Mode.CREATE,
        "visibility": Layer.Visibility.INTERNAL,
        "datum": "wgs84",
        "invalid": "repair",
        **job.options,
    }


def reading_changed(job: ImportJob, options: dict[str, Any]) -> bool:
    """Whether `options` would read the file otherwise than the preview did."""
    before = {"datum": "wgs84", "invalid": "repair", **{name: value for name, value in job.options.items() if value}}
    return any((options.get(name) or "") != (before.get(name) or "") for name in READING)
