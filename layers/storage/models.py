"""Layers, every version of them, and what was noted about the rows of a version."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
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
    """Source names of the fields that the public may read; None while the layer was never published. A field that a
    later version brings along stays inside until somebody publishes it."""
    department = models.ForeignKey(
        "accounts.Department", models.PROTECT, null=True, blank=True, related_name="layers", verbose_name=_("提供部门")
    )
    area = models.ForeignKey(
        "accounts.Area", models.PROTECT, null=True, blank=True, editable=False, related_name="+", db_index=False,
        verbose_name=_("属于"),
    )  # fmt: skip
    """Whose inside it is: the district of who loaded it, where there are several; None with one, and for the city's."""
    expected_days = models.PositiveSmallIntegerField(
        _("几天更新一次"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(3660)],
        help_text=_("过了这些天没有新的一版，就算过期；不定期更新的留空。"),
    )
    key_column = models.CharField(_("业务主键列"), max_length=63, blank=True)
    current_version = models.ForeignKey(
        "LayerVersion", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("当前版本")
    )
    highest_id = models.PositiveBigIntegerField(_("最大要素编号"), default=0, db_default=0, editable=False)
    """The highest id that a feature of any version was given (`layers/storage/ids.py`); the next is higher."""
    created = models.DateTimeField(_("创建时间"), auto_now_add=True)
    updated = models.DateTimeField(_("更新时间"), auto_now=True)

    class Meta:
        verbose_name = _("图层")
        verbose_name_plural = _("图层")
        ordering = ["title", "pk"]
        constraints = [
            # What `layers.catalogue.publication` asks for, held against every other way of writing.
            models.CheckConstraint(
                name="layer_public_only_with_its_facts",
                condition=~models.Q(visibility="public")
                | (
                    models.Q(data_date__isnull=False, department__isnull=False, public_fields__isnull=False)
                    & ~models.Q(source="")
                    & ~models.Q(licence="")
                    & ~models.Q(review_number="")
                ),
            )
        ]

    def __str__(self) -> str:
        return self.title


LOADED_BY = ("create", "replace", "append", "upsert")
"""Modes of `LayerVersion` that a file is loaded by."""


class LayerVersion(models.Model):
    """One import, or one sitting of edits: a table, and everything worth knowing about where it came from.

    The table of an import is never changed. That of a sitting of edits is changed while the sitting lasts
    (`layers/editing/`); `edits` counts the changes, so `state` names what is in the table.
    """

    class Mode(models.TextChoices):
        CREATE = "create", _("新建")
        REPLACE = "replace", _("替换")
        APPEND = "append", _("追加")
        UPSERT = "upsert", _("按主键更新")
        EDIT = "edit", _("逐个编辑")

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
    """Name in the store, size, bands and their statistics (`layers/rasters/description.py`); empty for vectors."""
    removed = models.DateTimeField(_("数据清除时间"), null=True, blank=True)
    """When its rows were cleaned away; who, when, which file and the report stay. It cannot be published again."""
    rows = models.PositiveBigIntegerField(_("行数"), default=0)
    """Rows of the table, not only those of this import."""
    edits = models.PositiveIntegerField(_("编辑次数"), default=0, db_default=0, editable=False)
    edited = models.DateTimeField(_("最近编辑"), null=True, blank=True, editable=False)
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
    def state(self) -> str:
        """Name of the content: another one after every edit."""
        return f"{self.pk}.{self.edits}" if self.edits else f"{self.pk}"

    @property
    def bbox(self) -> tuple[float, float, float, float] | None:
        """West, south, east, north in WGS 84; None for a table without rows."""
        if None in (self.west, self.south, self.east, self.north):
            return None
        return (self.west, self.south, self.east, self.north)  # type: ignore[return-value]


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
