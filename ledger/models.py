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
        indexes = [
            models.Index(fields=["object_type", "object_id"]),
            models.Index(fields=["-at", "-id"], name="audit_newest_first"),
        ]

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
        indexes = [
            models.Index(fields=["table_name", "row_id", "id"], name="ledger_links_of_a_row"),
            models.Index(
                fields=["table_name", "id"], condition=models.Q(op__in=["U", "D"]), name="ledger_links_that_edit"
            ),
        ]

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


class Anchor(models.Model):
    """The signed head of the chain on one day: what is sent outside. Append-only and chained."""

    at = models.DateTimeField(_("时间"))
    link = models.BigIntegerField(_("最后一环"))
    links = models.BigIntegerField(_("环数"))
    head = models.CharField(_("链尾摘要"), max_length=64)
    statement = models.TextField(_("声明"))
    """The JSON that is signed, to the letter."""
    public_key = models.CharField(_("公钥"), max_length=64)
    signature = models.CharField(_("签名"), max_length=128)

    class Meta:
        db_table = "ledger_anchor"
        verbose_name = _("链尾锚定")
        verbose_name_plural = _("链尾锚定")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.head[:16]}"


class Delivery(models.Model):
    """That an anchor goes to one place outside, whether it arrived, and what that place answered."""

    class Channel(models.TextChoices):
        TIMESTAMP = "tsa", _("可信时间戳")
        PEER = "peer", _("上级或邻近平台")
        MAIL = "mail", _("见证人邮件")

    class State(models.TextChoices):
        WAITING = "waiting", _("待送出")
        DONE = "done", _("已送达")
        FAILED = "failed", _("未送达")

    anchor = models.ForeignKey(Anchor, models.PROTECT, related_name="deliveries", verbose_name=_("锚定"))
    channel = models.CharField(_("途径"), max_length=4, choices=Channel)
    target = models.CharField(_("去向"), max_length=300)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("次数"), default=0)
    said = models.CharField(_("最近一次的结果"), max_length=300, blank=True)
    proof = models.BinaryField(_("回执"), null=True)
    changed_at = models.DateTimeField(_("更新时间"), auto_now=True)

    class Meta:
        db_table = "ledger_delivery"
        verbose_name = _("锚定送达")
        verbose_name_plural = _("锚定送达")
        ordering = ["-anchor", "pk"]
        constraints = [models.UniqueConstraint(fields=["anchor", "channel", "target"], name="an_anchor_goes_once")]

    def __str__(self) -> str:
        return f"{self.anchor_id} {self.channel} {self.target}"


class Peer(models.Model):
    """Another instance of the platform whose anchors are kept here."""

    name = models.CharField(_("名称"), max_length=80, unique=True)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    public_key = models.CharField(_("公钥"), max_length=64)
    is_active = models.BooleanField(_("启用"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "ledger_peer"
        verbose_name = _("送锚定的平台")
        verbose_name_plural = _("送锚定的平台")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ForeignAnchor(models.Model):
    """An anchor of another instance, kept for it. Append-only and chained here."""

    peer = models.ForeignKey(Peer, models.PROTECT, related_name="anchors", verbose_name=_("平台"))
    statement = models.TextField(_("声明"))
    signature = models.CharField(_("签名"), max_length=128)
    received_at = models.DateTimeField(_("收到时间"), auto_now_add=True)
    contradicts = models.BooleanField(_("与先前的不一致"), default=False)
    """It does not name the one before as its predecessor, or counts fewer links."""

    class Meta:
        db_table = "ledger_foreignanchor"
        verbose_name = _("代存的锚定")
        verbose_name_plural = _("代存的锚定")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["peer", "signature"], name="an_anchor_is_kept_once")]

    def __str__(self) -> str:
        return f"{self.peer} {self.received_at:%Y-%m-%d}"
