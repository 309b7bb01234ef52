"""Uploads on their way to becoming versions."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from layers.importing.states import TABLE, State
from layers.storage.models import LayerVersion

SENT_FOR = "sent_for"
"""In the options of an upload: the key of the department whose officer sent it; None for an editor's. Uploads of before
lack it."""


class ImportJob(models.Model):
    """One upload on its way to becoming a version; the worker writes its progress here."""

    state = models.CharField(_("状态"), max_length=12, choices=TABLE.choices(), default=State.UPLOADED)
    file = models.CharField(_("存放路径"), max_length=255)
    """Its name in the store."""
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
    def sent_for(self) -> int | None:
        """The department that it was sent for, wherever who sent it works now."""
        if SENT_FOR in self.options or self.created_by is None:
            return self.options.get(SENT_FOR)
        return self.created_by.department_id if self.created_by.role == Role.OFFICER else None

    def with_options(self, options: dict[str, Any]) -> dict[str, Any]:
        """`options` in place of its own, with what no form says."""
        return options | {name: self.options[name] for name in (SENT_FOR,) if name in self.options}

    @property
    def is_running(self) -> bool:
        return self.state in TABLE.in_group("running")

    @property
    def tone(self) -> str:
        """How the state is coloured: the last part of a class `badge--...`."""
        return TABLE.state(self.state).tone

    def option(self, name: str, default: Any = None) -> Any:
        return self.options.get(name) or default
