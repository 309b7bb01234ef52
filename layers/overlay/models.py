"""Questions asked of layers, and their answers."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from layers.storage.models import LayerVersion


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
    def tone(self) -> str:
        """How the state is coloured: the last part of a class `badge--...`."""
        return TONES.get(self.State(self.state), "info")

    @property
    def is_running(self) -> bool:
        return self.state in (self.State.QUEUED, self.State.RUNNING)


TONES = {OverlayRun.State.DONE: "ok", OverlayRun.State.FAILED: "bad", OverlayRun.State.CANCELLED: "muted"}
