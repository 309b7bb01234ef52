"""Other instances, packages taken from them, their records as they are read here, and our answers to their papers.

A record of another instance is its own: only a package that it signed changes it (a trigger, migration 0001).
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Department
from exchange.standard.ids import MOST


class Partner(models.Model):
    """Another instance: how it is known, what it is sent, how the last sending fared."""

    origin = models.CharField(
        _("代码"), max_length=20, unique=True, help_text=_("对方平台的区划代码，写在它的每个标识前面。")
    )
    name = models.CharField(_("名称"), max_length=80)
    public_key = models.CharField(_("公钥"), max_length=64, help_text=_("64 位十六进制，见对方的“上下级互联”页。"))
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    url = models.CharField(
        _("推送地址"), max_length=300, blank=True, help_text=_("留空则只交换文件。主机须在运维设置 EXCHANGE_HOSTS 里。")
    )
    secret = models.CharField(_("对方给的令牌"), max_length=200, blank=True)
    kinds = models.JSONField(_("发给对方的内容"), default=list, db_default=[])
    is_internal = models.BooleanField(
        _("含未公开的内容"),
        default=False,
        db_default=False,
        help_text=_("勾选后，未公开的议案建议、指标和履职记录也会发出。"),
    )
    is_active = models.BooleanField(_("启用"), default=True, db_default=True)
    sent_digest = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    """Of the content that arrived last; the same again is not sent."""
    sent_at = models.DateTimeField(_("最近送达"), null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("未成功的次数"), default=0, db_default=0, editable=False)
    said = models.CharField(_("最近一次的结果"), max_length=300, blank=True, default="", db_default="", editable=False)
    next_at = models.DateTimeField(_("下次尝试"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(_("版本"), default=1, db_default=1, editable=False)

    class Meta:
        verbose_name = _("互联的平台")
        verbose_name_plural = _("互联的平台")
        ordering = ["origin"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("exchange:partner", args=[self.pk])


class Taking(models.Model):
    """One package that was taken from a partner, with what it signed."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="takings", verbose_name=_("平台"))
    sha256 = models.CharField(_("数据包的 SHA-256"), max_length=64)
    made_at = models.DateTimeField(_("制作时间"))
    manifest = models.TextField(_("清单"))
    signature = models.CharField(_("签名"), max_length=128)
    public_key = models.CharField(_("公钥"), max_length=64)
    """By which the signature held: the partner's may be another one later."""
    at = models.DateTimeField(_("接收时间"), default=timezone.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("接收人")
    )
    stored = models.PositiveIntegerField(_("新增"), default=0)
    changed = models.PositiveIntegerField(_("更新"), default=0)
    withdrawn = models.PositiveIntegerField(pgettext_lazy("record", "撤下"), default=0)
    same = models.PositiveIntegerField(_("相同"), default=0)
    undone_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("撤销人")
    )
    xact = models.BigIntegerField(db_default=RawSQL("pg_current_xact_id()::text::bigint", []), editable=False)
    """The transaction that takes it, or takes it back: in no other do its partner's records change."""

    class Meta:
        verbose_name = _("接收的数据包")
        verbose_name_plural = _("接收的数据包")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "sha256"], condition=Q(undone_at=None), name="a_package_is_taken_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.partner} {self.made_at:%Y-%m-%d %H:%M}"


class ForeignRecord(models.Model):
    """A thing of another instance as its newest package says it. Nobody edits it here."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="records", verbose_name=_("平台"))
    kind = models.CharField(_("种类"), max_length=20)
    identifier = models.CharField(_("标识"), max_length=MOST, unique=True)
    name = models.CharField(_("名称"), max_length=200)
    about = models.CharField(_("所关于的标识"), max_length=MOST, blank=True, default="", db_default="", db_index=True)
    """Of an answer: the paper, which may be one of ours."""
    data = models.JSONField(_("内容"))
    taking = models.ForeignKey(Taking, models.PROTECT, related_name="records", verbose_name=_("来自"))
    withdrawn_at = models.DateTimeField(_("撤下时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("外来的记录")
        verbose_name_plural = _("外来的记录")
        ordering = ["kind", "identifier"]
        indexes = [models.Index(fields=["partner", "kind"])]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("exchange:record", args=[self.pk])


class TakenRecord(models.Model):
    """What a package did to one record: how it was before (None: it was not there), so that it can be taken back."""

    taking = models.ForeignKey(Taking, models.CASCADE, related_name="rows")
    identifier = models.CharField(_("标识"), max_length=MOST)
    before = models.JSONField(null=True)

    class Meta:
        verbose_name = _("数据包改动的记录")
        verbose_name_plural = _("数据包改动的记录")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.identifier


class ForeignFile(models.Model):
    """A file that came with records of a partner, named by its content."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="files", verbose_name=_("平台"))
    sha256 = models.CharField(max_length=64)
    file = models.FileField(_("文件"), upload_to="exchange/%Y/%m/")

    class Meta:
        verbose_name = _("外来的文件")
        verbose_name_plural = _("外来的文件")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["partner", "sha256"], name="a_foreign_file_is_kept_once")]

    def __str__(self) -> str:
        return self.sha256


class Reply(models.Model):
    """Our answer to a paper of another instance. Append-only and chained; it goes out with the next package."""

    paper = models.ForeignKey(ForeignRecord, models.PROTECT, related_name="replies", verbose_name=_("议案和代表建议"))
    number = models.CharField(_("文号"), max_length=60, blank=True)
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("答复单位"))
    text = models.TextField(_("答复内容"), max_length=20000)
    signer = models.CharField(_("签发人"), max_length=60)
    signed_on = models.DateField(_("签发日期"))
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("录入人"))
    at = models.DateTimeField(_("时间"), default=timezone.now)

    class Meta:
        verbose_name = _("对外来议案建议的答复")
        verbose_name_plural = _("对外来议案建议的答复")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.number or str(self.department)
