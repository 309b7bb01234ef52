"""The form of an import's preview: how to read the file, field by field, and what to make of it."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from geokit.records.rows import KIND_NAMES, KINDS
from geokit.records.text_encoding import normalise
from geokit.refusal import Refusal
from layers.importing.joining import AREAS, JOINING
from layers.importing.memory import JOIN_FORGOTTEN
from layers.importing.models import ImportJob
from layers.importing.options import LoadOptions, slug_from
from layers.importing.source import KIND_NAMES as GEOMETRY_KINDS
from layers.permissions import layers_visible_to
from layers.storage.models import LOADED_BY, Layer, LayerVersion

AUTO = ("", _("自动判断"))
ENCODINGS = [AUTO, ("GB18030", _("GB18030 / GBK（中文 Windows）")), ("UTF-8", "UTF-8"), ("Big5", _("Big5（繁体）")),
             ("UTF-16", _("UTF-16（“Unicode 文本”）")), ("cp1252", _("cp1252（西欧）"))]  # fmt: skip
KIND_CHOICES = [("", _("只有一类，或还没有选")), *GEOMETRY_KINDS.items()]
DATUMS = [
    ("wgs84", _("没有偏移（WGS 84、CGCS2000 或测绘坐标）")),
    ("gcj02", _("GCJ-02（高德、腾讯地图）")),
    ("bd09", _("BD-09（百度地图）")),
]
AXES = [("auto", _("自动判断")), ("as-is", _("按文件原样")), ("swap", _("对调横、纵坐标"))]
MODES = [(mode, LayerVersion.Mode(mode).label) for mode in LOADED_BY]
INVALID = [
    ("repair", _("自动修复，并在报告里列出")),
    ("skip", _("不导入这些行")),
    ("refuse", _("有无效图形就整批不导入")),
]
READING_FIELDS = (
    "layer",
    "kind",
    "x_column",
    "y_column",
    "wkt_column",
    "join",
    "join_column",
    "join_to",
    "encoding",
    "crs",
    "datum",
    "axis",
    "transformation",
    "seven",
    "invalid",
    "key",
)
"""How a file is read, in the order of the page."""
PLAIN = tuple(name for name in READING_FIELDS if name != "seven")
READING = (*PLAIN, "field_types", "skip_fields")
"""Options that change what is read: with one of them changed the preview no longer holds."""
DEFAULTS = {"datum": "wgs84", "invalid": "repair", "axis": "auto"}


class ImportForm(forms.Form):
    """How to read an upload, and what to make of it."""

    layer = forms.ChoiceField(label=_("图层"), required=False)
    kind = forms.ChoiceField(label=_("图形类型"), choices=KIND_CHOICES, required=False)
    x_column = forms.CharField(label=_("横坐标（经度）列"), required=False, max_length=120)
    y_column = forms.CharField(label=_("纵坐标（纬度）列"), required=False, max_length=120)
    wkt_column = forms.CharField(
        label=_("写着整个位置的列"), required=False, max_length=120,
        help_text=_("WKT、WKB，或写在一起的两个坐标（121.54,29.87）都在这一列时填写；留空则按列名和内容判断。"),
    )  # fmt: skip
    join = forms.ChoiceField(
        label=_("图形取自"), required=False, help_text=_("表格里没有坐标、只有区划或要素的编号、名称时选择。")
    )
    join_column = forms.CharField(label=_("用哪一列对应"), required=False, max_length=120)
    join_to = forms.CharField(
        label=_("对应图层的字段"), required=False, max_length=120,
        help_text=_("不填时按图层的业务主键；区划按代码、名称或地址里的地名。"),
    )  # fmt: skip
    encoding = forms.ChoiceField(label=_("文字编码"), choices=ENCODINGS, required=False)
    crs = forms.CharField(
        label=_("坐标系"),
        required=False,
        max_length=20,
        help_text=_("写编号或名称，如 4549、2000 120E；留空则用文件里写明的坐标系。"),
    )
    datum = forms.ChoiceField(label=_("地图偏移"), choices=DATUMS, required=False)
    axis = forms.ChoiceField(label=_("坐标顺序"), choices=AXES, required=False)
    transformation = forms.ChoiceField(
        label=_("基准转换"), required=False, help_text=_("旧坐标系到 WGS 84 没有公开的精确参数，请写明用哪一种。")
    )
    seven = forms.CharField(
        label=_("七参数"), required=False, max_length=160,
        help_text=_("有测绘部门给的七参数时填写：dx,dy,dz,rx,ry,rz,ds（米、秒、百万分率），优先于上面的选择。"),
    )  # fmt: skip
    key = forms.ChoiceField(
        label=_("业务主键"), required=False, help_text=_("能区分每一行的字段，如编号；以后按它更新和比较。")
    )
    invalid = forms.ChoiceField(label=_("无效图形"), choices=INVALID, required=False)
    mode = forms.ChoiceField(label=_("导入方式"), choices=MODES)
    slug = forms.CharField(
        label=_("标识"), max_length=48, help_text=_("出现在网址里；新建时起一个，更新时填已有图层的标识。"),
        widget=forms.TextInput(attrs={"list": "known-slugs", "autocapitalize": "none", "spellcheck": "false"}),
    )  # fmt: skip
    title = forms.CharField(
        label=_("名称"), max_length=120, required=False,
        help_text=_("更新已有图层时，名称和可见范围不变；新图层先只供内部使用，公开是另一步。"),
    )  # fmt: skip

    def __init__(self, job: ImportJob, data: Any = None) -> None:
        initial = initial_options(job)
        known = [item["key"] for item in job.preview.get("transformations") or []]
        if initial.get("transformation") and initial["transformation"] not in known:
            initial |= {"seven": initial["transformation"], "transformation": ""}
        super().__init__(data, initial=initial)
        self.preview = job.preview
        self.source_fields: list[dict[str, str]] = job.preview.get("source_fields") or []
        self._choose_layer(job.preview.get("layers") or [])
        self._choose_key(job.preview)
        self._choose_transformation(job.preview.get("transformations") or [])
        self._add_field_choices(initial)
        self.fields["crs"].widget.attrs |= {
            "hx-get": f"{reverse('layers:import_crs')}?job={job.pk}",
            "hx-target": "#crs-candidates", "hx-select": "unset",
            "hx-trigger": "input changed delay:300ms", "hx-swap": "innerHTML", "hx-push-url": "false",
            "hx-sync": "this:replace", "hx-params": "crs",
        }  # fmt: skip
        self._choose_join(job)
        for name in ("x_column", "y_column", "wkt_column", "join_column"):
            self.fields[name].widget.attrs["list"] = "known-columns"
        for name in ("crs", "seven", "slug", "title", "x_column", "y_column", "wkt_column", "join_column", "join_to"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def _set_choices(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = choices

    def _choose_layer(self, layers: list[str]) -> None:
        empty = ("", _("请选择") if layers else _("唯一的图层"))
        self._set_choices("layer", [empty, *((name, name) for name in layers)])

    def _choose_join(self, job: ImportJob) -> None:
        """Areas, and every layer of features that she who uploads sees."""
        layers = layers_visible_to(job.created_by).filter(kind=Layer.Kind.VECTOR).values_list("slug", "title")
        self._set_choices("join", [("", _("表格自己的坐标")), (AREAS, _("区划")), *layers])

    def _choose_key(self, preview: dict[str, Any]) -> None:
        """Fields that could be the key first, the likeliest on top."""
        likely = [item["field"] for item in preview.get("key_suggestions", []) if not item["renumbered"]]
        names = [item["name"] for item in preview.get("fields") or self.source_fields]
        marked = [(name, _("%s（每行不同）") % name) for name in likely]
        rest = [(name, name) for name in names if name not in likely]
        self._set_choices("key", [("", _("没有")), *marked, *rest])

    def _choose_transformation(self, known: list[dict[str, Any]]) -> None:
        choices = [(item["key"], _accurate(item)) for item in known]
        self._set_choices("transformation", [("", _("请选择") if known else _("不需要")), *choices])

    def _add_field_choices(self, initial: dict[str, Any]) -> None:
        """For every field of the source: its kind, its alias, whether it is left out."""
        kinds, aliases, skipped = (initial.get(name) or {} for name in ("field_types", "aliases", "skip_fields"))
        for place, item in enumerate(self.source_fields):
            name = item["name"]
            detected = _("%s（判断）") % KIND_NAMES[item["kind"]]
            choices = [("", detected), *((kind, KIND_NAMES[kind]) for kind in KINDS)]
            shown = {"label": _("%s：类型") % name, "required": False, "initial": kinds.get(name, "")}
            self.fields[f"type_{place}"] = forms.ChoiceField(choices=choices, **shown)
            shown = {"label": _("%s：别名") % name, "required": False, "initial": aliases.get(name, "")}
            self.fields[f"alias_{place}"] = forms.CharField(max_length=120, **shown)
            shown = {"label": _("%s：不导入") % name, "required": False, "initial": name in skipped}
            self.fields[f"skip_{place}"] = forms.BooleanField(**shown)

    def field_rows(self) -> list[dict[str, Any]]:
        """What the page's table of fields shows, one row for each field of the source."""
        seen = {item["name"]: item for item in self.preview.get("fields", [])}
        return [
            {
                "name": item["name"],
                "profile": seen.get(item["name"]),
                "type": self[f"type_{place}"],
                "alias": self[f"alias_{place}"],
                "skip": self[f"skip_{place}"],
            }
            for place, item in enumerate(self.source_fields)
        ]

    def clean_encoding(self) -> str:
        if self.cleaned_data["encoding"]:
            normalise(self.cleaned_data["encoding"])
        return self.cleaned_data["encoding"]

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"].strip()
        try:
            LoadOptions(path=None, file_name="x", slug=slug).checked()  # type: ignore[arg-type]
        except Refusal as refusal:
            raise forms.ValidationError(refusal.message, code=refusal.code) from refusal
        return slug

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("mode") == LayerVersion.Mode.UPSERT and not given.get("key"):
            self.add_error("key", _("按主键更新需要选择业务主键。"))
        if given.get("mode") == LayerVersion.Mode.CREATE:
            self._must_be_free(given.get("slug", ""))
        else:
            given["title"] = ""  # an update keeps the layer's name; its page is where that is changed
        given["transformation"] = given.pop("seven", "").strip() or given.get("transformation", "")
        self._gather_fields(given)
        if given.get("key") in given["skip_fields"] and given.get("key"):
            self.add_error("key", _("业务主键不能是不导入的字段。"))
        return given

    def _must_be_free(self, slug: str) -> None:
        """The layer is not named: it may be another district's, of which only the slug is known."""
        if Layer.objects.filter(slug=slug).exists():
            message = _("图层“%s”已经存在。要更新它请选择替换、追加或按主键更新，或者换一个标识。") % slug
            self.add_error("slug", forms.ValidationError(message, code="layer-exists"))

    def _gather_fields(self, given: dict[str, Any]) -> None:
        kinds, aliases, skipped = {}, {}, []
        for place, item in enumerate(self.source_fields):
            kind, alias, skip = (given.pop(f"{part}_{place}", "") for part in ("type", "alias", "skip"))
            if skip:
                skipped.append(item["name"])
                continue
            if kind:
                kinds[item["name"]] = kind
            if alias and alias.strip() != item["name"]:
                aliases[item["name"]] = alias.strip()
        given |= {"field_types": kinds, "aliases": aliases, "skip_fields": skipped}


def _accurate(item: dict[str, Any]) -> Any:
    if item.get("accuracy_m") is None:
        return _("%s（精度未知，可能差几十米）") % item["name"]
    return _("%(name)s（约 %(metres)s 米）") % {"name": item["name"], "metres": item["accuracy_m"]}


def initial_options(job: ImportJob) -> dict[str, Any]:
    """What the form shows: chosen options, else what inspection suggests."""
    name = job.file_name.rpartition(".")[0] or job.file_name
    return {
        "slug": job.preview.get("slug") or slug_from(name),
        "title": name[:120],
        "mode": LayerVersion.Mode.CREATE,
        **DEFAULTS,
        **said_options(job),
    }


def said_options(job: ImportJob) -> dict[str, Any]:
    """The job's options without what is only remembered of the layer's last load and was not used for this file."""
    source, remembered = job.preview.get("source") or {}, job.options.get("remembered") or ()
    own_places = any(item["code"] == JOIN_FORGOTTEN for item in job.preview.get("warnings") or [])
    unused = {
        **dict.fromkeys(JOINING, own_places),
        "crs": source.get("crs_from") != "option",
        "encoding": source.get("encoding_from") != "option",
        "datum": job.error_code == "datum-contradiction",
    }
    dropped = {name for name in remembered if unused.get(name)} if job.preview else set()
    return {name: value for name, value in job.options.items() if name not in dropped}


def _is_known_key(job: ImportJob, key: str) -> bool:
    """Whether the preview saw that every row has this field and none twice, so that as a key it costs no row."""
    return any(item["field"] == key for item in job.preview.get("key_suggestions") or [])


def reading_changed(job: ImportJob, options: dict[str, Any]) -> bool:
    """Whether `options` would read the file otherwise than the preview did, or compare it with something else."""
    before = DEFAULTS | {name: value for name, value in said_options(job).items() if value}
    now = DEFAULTS | {name: value for name, value in options.items() if value}
    changed = {name for name in READING if (now.get(name) or None) != (before.get(name) or None)}
    if options["mode"] == LayerVersion.Mode.CREATE and _is_known_key(job, options["key"]):
        changed.discard("key")
    if changed:
        return True
    if options["mode"] == LayerVersion.Mode.CREATE:
        return False
    shown = job.preview.get("difference") or {}
    return job.preview.get("slug") != options["slug"] or shown.get("mode") != options["mode"]
