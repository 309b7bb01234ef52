"""What is written once and never changed: the audit trail, the chain of evidence, and what erasure took out of it.

The first two tables began in `accounts` and keep their names: triggers and digests know them by these.
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
    """One version of one row in the chain of evidence. Written by a trigger only (`ledger.chain`), never changed."""

    class Op(models.TextChoices):
        INSERT = "I", _("写入")
        UPDATE = "U", _("更新")
        DELETE = "D", _("删除")
        START = "S", _("入链时的内容")

    table_name = models.CharField(_("表"), max_length=63)
    row_id = models.BigIntegerField(_("行"))
    op = models.CharField(_("操作"), max_length=1, choices=Op, db_default=Op.INSERT)
    content = models.TextField(_("写入时的内容"), null=True)
    """JSON; `null` where a lawful erasure took the content out of a link of the first form."""
    form = models.SmallIntegerField(_("摘要算法"), db_default=1)
    xact = models.BigIntegerField(_("事务"), null=True)
    at = models.DateTimeField(_("入链时间"), null=True)
    digest = models.BinaryField(_("摘要"))

    class Meta:
        db_table = "accounts_chainlink"
        verbose_name = _("证据链环节")
        verbose_name_plural = _("证据链环节")
        ordering = ["pk"]
        indexes = [models.Index(fields=["table_name", "row_id", "id"], name="ledger_links_of_a_row")]

    def __str__(self) -> str:
        return f"{self.table_name}:{self.row_id}"


class ChainHead(models.Model):
    """How many links there are and which is the last. One row, kept by the trigger that writes links."""

    id = models.SmallIntegerField(primary_key=True)
    links = models.BigIntegerField()
    link = models.BigIntegerField()
    digest = models.BinaryField()

    class Meta:
        db_table = "ledger_head"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="the_chain_has_one_head")]

    def __str__(self) -> str:
        return f"{self.links}"


class RowSalt(models.Model):
    """What is hashed with the personal text of one row. Gone after an erasure: then nobody can try words any more."""

    table_name = models.CharField(max_length=63)
    row_id = models.BigIntegerField()
    salt = models.UUIDField()

    class Meta:
        db_table = "ledger_salt"
        constraints = [models.UniqueConstraint(fields=["table_name", "row_id"], name="one_salt_per_row")]

    def __str__(self) -> str:
        return f"{self.table_name}:{self.row_id}"


class Erasure(models.Model):
    """That personal text of one row was erased, by whom and on which ground. Append-only and chained."""

    at = models.DateTimeField(_("时间"), auto_now_add=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    table_name = models.CharField(_("表"), max_length=63)
    row_id = models.BigIntegerField(_("行"))
    columns = models.JSONField(_("列"))
    reason = models.CharField(_("依据"), max_length=400)

    class Meta:
        db_table = "ledger_erasure"
        verbose_name = _("个人信息删除记录")
        verbose_name_plural = _("个人信息删除记录")
        ordering = ["pk"]
        indexes = [models.Index(fields=["table_name", "row_id"])]

    def __str__(self) -> str:
        return f"{self.table_name}:{self.row_id}"


class FileDigest(models.Model):
    """The SHA-256 of a stored file whose own row has no column for it. Append-only and chained."""

    name = models.CharField(_("文件"), max_length=200, unique=True)
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(_("时间"), auto_now_add=True)

    class Meta:
        db_table = "ledger_filedigest"
        verbose_name = _("文件摘要")
        verbose_name_plural = _("文件摘要")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
