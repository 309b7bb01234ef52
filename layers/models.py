"""Layers that GIS staff load: what is published, every version of it, and the imports that made them."""

from typing import Any

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

SLUG_PATTERN = r"[a-z0-9][a-z0-9_-]{0,47}"


class Layer(models.Model):
    """One layer of the catalogue. Its rows are those of `current_version`, in a table of their own."""

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("公开")
        INTERNAL = "internal", _("内部")

    class Kind(models.TextChoices):
        VECTOR = "vector", _("矢量")
        RASTER = "raster", _("栅格")

    slug = models.CharField(
        _("标识"),
        max_length=48,
        unique=True,
        validators=[RegexValidator(f"^{SLUG_PATTERN}$", _("只能用小写字母、数字、下划线和连字符。"))],
    )
    title = models.CharField(_("名称"), max_length=120)
    description = models.TextField(_("说明"), blank=True)
    visibility = models.CharField(_("可见范围"), max_length=10, choices=Visibility, default=Visibility.INTERNAL)
    kind = models.CharField(_("类别"), max_length=10, choices=Kind, default=Kind.VECTOR)
    geometry_type = models.CharField(_("几何类型"), max_length=20)
    """A Multi type of simple features, or `Raster`."""
    style = models.JSONField(_("样式"), default=dict, blank=True)
    revision = models.PositiveIntegerField(_("修订号"), default=1, editable=False)
    """Counts changes of style, description and visibility; a form that shows an older one is refused."""
    source = models.CharField(_("来源"), max_length=200, blank=True)
    licence = models.CharField(_("许可"), max_length=120, blank=True)
    review_number = models.CharField(_("审图号"), max_length=60, blank=True)
    data_date = models.DateField(_("数据日期"), null=True, blank=True)
    public_fields = models.JSONField(_("公开字段"), null=True, blank=True, default=None)
    """Source names of the fields that the public may read. None: nobody has chosen yet, and all are. Once chosen, a
    field that a later version brings along stays inside until somebody publishes it."""
    department = models.ForeignKey(
        "accounts.Department", models.PROTECT, null=True, blank=True, related_name="layers", verbose_name=_("提供部门")
    )
    key_column = models.CharField(_("业务主键列"), max_length=63, blank=True)
    current_version = models.ForeignKey(
        "LayerVersion", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("当前版本")
    )
    created = models.DateTimeField(_("创建时间"), auto_now_add=True)
    updated = models.DateTimeField(_("更新时间"), auto_now=True)

    class Meta:
        verbose_name = _("图层")
        verbose_name_plural = _("图层")
        ordering = ["title", "pk"]

    def __str__(self) -> str:
        return self.title


class LayerVersion(models.Model):
    """One import: an immutable table, and everything worth knowing about where it came from."""

    class Mode(models.TextChoices):
        CREATE = "create", _("新建")
        REPLACE = "replace", _("替换")
        APPEND = "append", _("追加")
        UPSERT = "upsert", _("按主键更新")

    layer = models.ForeignKey(Layer, models.CASCADE, related_name="versions", verbose_name=_("图层"))
    number = models.PositiveIntegerField(_("版本号"))
    mode = models.CharField(_("方式"), max_length=10, choices=Mode)
    table_name = models.CharField(_("数据表"), max_length=63, blank=True)
    """In the schema `layer_data`; empty for a raster, whose pixels are in the file named in `raster`."""
    fields = models.JSONField(_("字段"), default=list)
    """[{`name`: as in the source, `column`: in the table, `kind`}] in order."""
    file_name = models.CharField(_("文件名"), max_length=255)
    sha256 = models.CharField(_("文件指纹"), max_length=64)
    report = models.JSONField(_("报告"), default=dict)
    """The JSON of `load_layer`, rejections left out (they are rows of their own)."""
    west = models.FloatField(null=True)
    south = models.FloatField(null=True)
    east = models.FloatField(null=True)
    north = models.FloatField(null=True)
    raster = models.JSONField(_("栅格"), default=dict, blank=True)
    """File under MEDIA_ROOT, size, bands and their statistics (`layers/rasters/description.py`); empty for vectors."""
    removed = models.DateTimeField(_("数据清除时间"), null=True, blank=True)
    """When its rows were cleaned away; who, when, which file and the report stay. It cannot be published again."""
    rows = models.PositiveBigIntegerField(_("行数"), default=0)
    """Rows of the table, not only those of this import."""
    created = models.DateTimeField(_("时间"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("操作人")
    )

    class Meta:
        verbose_name = _("图层版本")
        verbose_name_plural = _("图层版本")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["layer", "number"], name="layer_version_number_unique")]

    def __str__(self) -> str:
        return f"{self.layer} v{self.number}"

    @property
    def bbox(self) -> tuple[float, float, float, float] | None:
        """West, south, east, north in WGS 84; None for a table without rows."""
        if None in (self.west, self.south, self.east, self.north):
            return None
        return (self.west, self.south, self.east, self.north)  # type: ignore[return-value]


class LayerStyle(models.Model):
    """One style that a layer has had; the newest is the one in `Layer.style`. Rows are only ever added."""

    layer = models.ForeignKey(Layer, models.CASCADE, related_name="styles", verbose_name=_("图层"))
    number = models.PositiveIntegerField(_("序号"))
    style = models.JSONField(_("样式"), default=dict)
    created = models.DateTimeField(_("时间"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("操作人")
    )

    class Meta:
        verbose_name = _("图层样式")
        verbose_name_plural = _("图层样式")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["layer", "number"], name="layer_style_number_unique")]

    def __str__(self) -> str:
        return f"{self.layer} #{self.number}"


class LayerRejection(models.Model):
    """What was found in one source row: rejected, or let in after repair."""

    version = models.ForeignKey(LayerVersion, models.CASCADE, related_name="rejections", verbose_name=_("版本"))
    row = models.PositiveBigIntegerField(_("行号"))
    field = models.CharField(_("字段"), max_length=120, blank=True)
    code = models.CharField(_("代码"), max_length=40)
    reason = models.TextField(_("原因"))
    rejected = models.BooleanField(_("未导入"), default=True)

    class Meta:
        verbose_name = _("行记录")
        verbose_name_plural = _("行记录")
        ordering = ["row", "pk"]
        indexes = [models.Index(fields=["version", "row"])]

    def __str__(self) -> str:
        return f"{self.row}: {self.code}"


class ImportJob(models.Model):
    """One upload on its way to becoming a version; the worker writes its progress here."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("等待检查")
        INSPECTING = "inspecting", _("正在检查")
        PREVIEWED = "previewed", _("等待确认")
        QUEUED = "queued", _("等待导入")
        LOADING = "loading", _("正在导入")
        DONE = "done", _("已完成")
        FAILED = "failed", _("未成功")
        CANCELLED = "cancelled", _("已取消")

    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.UPLOADED)
    file = models.CharField(_("存放路径"), max_length=255)
    """Relative to MEDIA_ROOT."""
    file_name = models.CharField(_("文件名"), max_length=255)
    sha256 = models.CharField(_("文件指纹"), max_length=64)
    options = models.JSONField(_("选项"), default=dict)
    preview = models.JSONField(_("预览"), default=dict)
    phase = models.CharField(_("阶段"), max_length=40, blank=True)
    rows_done = models.PositiveBigIntegerField(_("已处理行数"), default=0)
    rows_total = models.PositiveBigIntegerField(_("总行数"), null=True)
    started = models.DateTimeField(_("开始时间"), null=True)
    heartbeat = models.DateTimeField(_("最近活动"), null=True)
    """Written twice a second while a process works on it; an old one means that the process is gone."""
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    """How often a process has started on it since a person last asked."""
    phase_started = models.DateTimeField(_("阶段开始时间"), null=True)
    phase_share = models.FloatField(_("阶段进度"), null=True)
    """0 to 1, of phases that the database works through by itself; None where it does not say."""
    finished = models.DateTimeField(_("结束时间"), null=True)
    error_code = models.CharField(_("错误代码"), max_length=40, blank=True)
    error_message = models.TextField(_("错误"), blank=True)
    version = models.ForeignKey(
        LayerVersion, models.SET_NULL, null=True, blank=True, related_name="jobs", verbose_name=_("版本")
    )
    created = models.DateTimeField(_("创建时间"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("操作人")
    )

    class Meta:
        verbose_name = _("导入任务")
        verbose_name_plural = _("导入任务")
        ordering = ["-created"]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.get_state_display()})"

    @property
    def is_running(self) -> bool:
        return self.state in (self.State.UPLOADED, self.State.INSPECTING, self.State.QUEUED, self.State.LOADING)

    def option(self, name: str, default: Any = None) -> Any:
        return self.options.get(name) or default


class OverlayRun(models.Model):
    """One question asked of layers (what lies near, how much per area), and its answer as a table of its own."""

    class Tool(models.TextChoices):
        WITHIN = "within", _("距离和范围查询")
        SUMMARY = "summary", _("分区统计")
        ZONAL = "zonal", _("栅格分区统计")

    class State(models.TextChoices):
        QUEUED = "queued", _("等待计算")
        RUNNING = "running", _("正在计算")
        DONE = "done", _("已完成")
        FAILED = "failed", _("未成功")
        CANCELLED = "cancelled", _("已取消")

    tool = models.CharField(_("工具"), max_length=10, choices=Tool)
    parameters = models.JSONField(_("参数"), default=dict)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.QUEUED)
    phase = models.CharField(_("阶段"), max_length=40, blank=True)
    done = models.PositiveBigIntegerField(_("已完成"), default=0)
    total = models.PositiveBigIntegerField(_("总数"), null=True)
    started = models.DateTimeField(_("开始时间"), null=True)
    finished = models.DateTimeField(_("结束时间"), null=True)
    table_name = models.CharField(_("数据表"), max_length=63, blank=True)
    """The answer's rows, in the schema `layer_data`; empty once they are gone."""
    fields = models.JSONField(_("字段"), default=list)
    geometry_type = models.CharField(_("几何类型"), max_length=20, blank=True)
    rows = models.PositiveBigIntegerField(_("行数"), default=0)
    result = models.JSONField(_("结果"), default=dict)
    """What the answer rests on: inputs with their versions, method, denominators, box."""
    error_code = models.CharField(_("错误代码"), max_length=40, blank=True)
    error_message = models.TextField(_("错误"), blank=True)
    version = models.ForeignKey(
        LayerVersion, models.SET_NULL, null=True, blank=True, related_name="made_by", verbose_name=_("保存为")
    )
    created = models.DateTimeField(_("创建时间"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("操作人")
    )

    class Meta:
        verbose_name = _("叠加分析")
        verbose_name_plural = _("叠加分析")
        ordering = ["-created"]

    def __str__(self) -> str:
        return f"{self.get_tool_display()} {self.pk}"

    @property
    def is_running(self) -> bool:
        return self.state in (self.State.QUEUED, self.State.RUNNING)
