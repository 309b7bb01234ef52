"""What is written once and never changed: the audit trail and the chain of evidence.

Both tables began in `accounts` and keep their names: triggers, and the digests of the chain, know them by these.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """Who did what to which object. Written only by :func:`ledger.audit.record`; never edited."""

    at = models.DateTimeField(_("时间"), auto_now_add=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("操作人"))
    verb = models.CharField(_("动作"), max_length=60)
    object_type = models.CharField(_("对象类型"), max_length=60)
    object_id = models.CharField(_("对象"), max_length=60)
    detail = models.JSONField(_("详情"), default=dict)

    class Meta:
        db_table = "accounts_auditentry"
        verbose_name = _("审计记录")
        verbose_name_plural = _("审计记录")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["object_type", "object_id"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb} {self.object_type} {self.object_id}"


class ChainLink(models.Model):
    """One event in the chain of evidence. Written by a trigger only (`ledger.chain`), never changed."""

    table_name = models.CharField(_("事件表"), max_length=63)
    row_id = models.BigIntegerField(_("事件编号"))
    content = models.TextField(_("写入时的内容"))
    digest = models.BinaryField(_("摘要"))

    class Meta:
        db_table = "accounts_chainlink"
        verbose_name = _("证据链环节")
        verbose_name_plural = _("证据链环节")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["table_name", "row_id"], name="one_link_per_event")]

    def __str__(self) -> str:
        return f"{self.table_name}:{self.row_id}"
