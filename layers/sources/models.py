"""Services of others that layers are read from, how the last reading went, and the hosts that may be asked."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from layers.importing.models import ImportJob
from layers.storage.models import Layer


class SourceHost(models.Model):
    """A host that sources may name. Taken off the list it is asked no more; who put it there and when stays."""

    host = models.CharField(_("主机名"), max_length=120)
    note = models.CharField(_("说明"), max_length=80, blank=True)
    area = models.ForeignKey(
        "accounts.Area", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("属于")
    )
    """Whose sources may name it: the district of who added it, where there are several; None for all."""
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("添加人"))
    added_at = models.DateTimeField(_("添加时间"), auto_now_add=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("移除人")
    )
    ended_at = models.DateTimeField(_("移除时间"), null=True)

    class Meta:
        verbose_name = _("数据来源的主机")
        verbose_name_plural = _("数据来源的主机")
        ordering = ["host", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["host", "area"], name="source_host_once", condition=Q(ended_at=None), nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return self.host


class LayerSource(models.Model):
    """One layer of a service, or one file at an address, that a layer is read from again and again."""

    class Kind(models.TextChoices):
        WFS = "wfs", "WFS"
        OGCAPI = "ogcapi", "OGC API - Features"
        ARCGIS = "arcgis", _("ArcGIS REST（FeatureServer、MapServer）")
        FILE = "file", _("一个文件的地址")

    class Schedule(models.TextChoices):
        NEVER = "never", _("不定时，由人来取")
        DAILY = "daily", _("每天")
        WEEKLY = "weekly", _("每周一")
        MONTHLY = "monthly", _("每月 1 日")

    class Doing(models.TextChoices):
        NOTHING = "nothing", _("空闲")
        WAITING = "waiting", _("排队中")
        LISTING = "listing", _("正在读取图层目录")
        FETCHING = "fetching", _("正在获取数据")

    class Outcome(models.TextChoices):
        NONE = "", _("还没有获取过")
        LISTED = "listed", _("请选择图层")
        CHECKING = "checking", _("已取到，正在检查")
        UNCHANGED = "unchanged", _("没有变化")
        CHANGED = "changed", _("有变化，等待确认")
        APPLIED = "applied", _("已更新图层")
        FAILED = "failed", _("没有成功")
        STOPPED = "stopped", _("已中止")

    layer = models.ForeignKey(
        Layer, models.CASCADE, null=True, blank=True, related_name="sources", verbose_name=_("图层")
    )
    """None until what was fetched first has become a layer."""
    title = models.CharField(_("名称"), max_length=120)
    kind = models.CharField(_("类型"), max_length=10, choices=Kind)
    url = models.CharField(_("地址"), max_length=500)
    type_name = models.CharField(_("服务里的图层"), max_length=200, blank=True)
    choices = models.JSONField(_("服务里的图层目录"), default=list, blank=True)
    """[{`name`, `title`}] as the service listed them last."""
    department = models.ForeignKey(
        "accounts.Department", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("提供部门")
    )
    area = models.ForeignKey(
        "accounts.Area", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("属于")
    )
    """Whose it is while it has no layer; afterwards it is whose the layer is."""
    secret = models.CharField(max_length=500, blank=True, editable=False)
    passed_as = models.CharField(_("令牌的参数名"), max_length=40, blank=True)
    """Name of the parameter of the address that takes the token; empty: the header `Authorization: Bearer`."""
    schedule = models.CharField(_("多久取一次"), max_length=10, choices=Schedule, default=Schedule.NEVER)
    at_hour = models.PositiveSmallIntegerField(_("几点"), default=3, validators=[MaxValueValidator(23)])
    applies_itself = models.BooleanField(_("变化小时自动更新"), default=False)
    doing = models.CharField(_("进行中"), max_length=10, choices=Doing, default=Doing.NOTHING)
    rows_done = models.PositiveBigIntegerField(_("已处理行数"), default=0)
    rows_total = models.PositiveBigIntegerField(_("总行数"), null=True)
    heartbeat = models.DateTimeField(_("最近活动"), null=True)
    outcome = models.CharField(_("结果"), max_length=10, choices=Outcome, default=Outcome.NONE, blank=True)
    said = models.TextField(_("说明"), blank=True)
    """Why it failed, or what is to be known of how it went, in the site's own language."""
    fetched_at = models.DateTimeField(_("最近获取"), null=True)
    changed_at = models.DateTimeField(_("内容自何时没有变化"), null=True)
    etag = models.CharField(max_length=200, blank=True)
    last_modified = models.CharField(max_length=60, blank=True)
    sha256 = models.CharField(_("内容指纹"), max_length=64, blank=True)
    failures = models.PositiveSmallIntegerField(_("连续失败次数"), default=0)
    failing_since = models.DateTimeField(_("未成功自"), null=True)
    next_at = models.DateTimeField(_("下次获取"), null=True)
    last_job = models.ForeignKey(ImportJob, models.SET_NULL, null=True, related_name="+", verbose_name=_("最近的导入"))
    is_active = models.BooleanField(_("启用"), default=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("添加人"))
    made_at = models.DateTimeField(_("添加时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("图层的数据来源")
        verbose_name_plural = _("图层的数据来源")
        ordering = ["title", "pk"]
        indexes = [models.Index(fields=["next_at"], name="layer_sources_due", condition=Q(is_active=True))]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("layers:source", args=[self.pk])

    @property
    def is_working(self) -> bool:
        return self.doing != self.Doing.NOTHING

    @property
    def is_chosen(self) -> bool:
        """Whether it is known what to fetch."""
        return self.kind == self.Kind.FILE or bool(self.type_name)

    @property
    def tone(self) -> str:
        """How the outcome is coloured: the last part of a class `badge--...`."""
        tones = {"failed": "bad", "changed": "warn", "unchanged": "ok", "applied": "ok"}
        return tones.get(self.outcome, "info")
