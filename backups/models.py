"""One table: what came of each backup, proof and restore."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Run(models.Model):
    """One backup, proof or restore that ended, well or not. Nothing is written while it runs."""

    class Kind(models.TextChoices):
        BACKUP = "backup", _("备份")
        PROOF = "proof", _("试恢复")
        RESTORE = "restore", _("恢复")

    kind = models.CharField(_("种类"), max_length=16, choices=Kind.choices)
    started = models.DateTimeField(_("开始时间"))
    finished = models.DateTimeField(_("结束时间"), default=timezone.now)
    ok = models.BooleanField(_("成功"))
    name = models.CharField(_("备份名称"), max_length=40, blank=True)
    place = models.CharField(_("存放位置"), max_length=300, blank=True)
    said = models.TextField(_("结果"), blank=True)
    facts = models.JSONField(_("数字"), default=dict)
    """`bytes` and `copied_bytes` of all files, `files`, `rows`, `encrypted`; of a failed proof whether `restorable`;
    of a restore what of accounts is to be looked at (`review`)."""

    class Meta:
        verbose_name = _("备份记录")
        verbose_name_plural = _("备份记录")
        ordering = ["-finished", "-pk"]
        indexes = [models.Index(fields=["kind", "-finished"], name="backups_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"
