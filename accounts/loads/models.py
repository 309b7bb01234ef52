"""What was loaded: which file, by whom, and of each row what it was before and after, so that it can be taken back."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Load(models.Model):
    """One file that was read into one dataset."""

    dataset = models.CharField(_("数据"), max_length=40)
    file_name = models.CharField(_("文件"), max_length=255)
    sha256 = models.CharField(_("文件的 SHA-256"), max_length=64)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("导入人")
    )
    at = models.DateTimeField(_("时间"), auto_now_add=True)
    stored = models.PositiveIntegerField(_("新增"), default=0)
    changed = models.PositiveIntegerField(_("更新"), default=0)
    same = models.PositiveIntegerField(_("相同"), default=0)
    refused = models.PositiveIntegerField(_("拒绝"), default=0)
    undone_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("撤销人")
    )

    class Meta:
        verbose_name = _("数据导入")
        verbose_name_plural = _("数据导入")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.dataset} {self.file_name}"


class LoadedRow(models.Model):
    """A row that entered or changed something. `before` is None for what was new."""

    load = models.ForeignKey(Load, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(_("行"))
    object_id = models.CharField(max_length=40)
    name = models.CharField(_("对象"), max_length=200)
    before = models.JSONField(null=True)
    after = models.JSONField()
    kept_because = models.TextField(_("未能撤销的原因"), blank=True)

    class Meta:
        verbose_name = _("导入的行")
        verbose_name_plural = _("导入的行")
        ordering = ["load", "number"]

    def __str__(self) -> str:
        return self.name
