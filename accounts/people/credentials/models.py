"""Rows of credentials: every change of them, and links for passwords that wait for a second officer."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.directory.models import User


class CredentialChange(models.Model):
    """That a credential of an account changed. Written by a trigger, whichever way the change came. Append-only."""

    class What(models.TextChoices):
        PASSWORD = "password", _("密码")
        EMAIL = "email", _("邮箱")
        FACTOR = "factor", _("第二验证方式")
        IDENTITY = "identity", _("钉钉、微信等登录方式")

    user = models.ForeignKey(User, models.PROTECT, related_name="credential_changes", verbose_name=_("账号"))
    what = models.CharField(_("改了什么"), max_length=8, choices=What)
    was = models.CharField(_("原邮箱"), max_length=254, blank=True, db_default="")
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("操作人"))
    """Who was signed in; None where nobody was: a link for a password, a command, SQL."""
    at = models.DateTimeField(_("时间"), default=timezone.now)

    class Meta:
        verbose_name = _("登录凭据变更")
        verbose_name_plural = _("登录凭据变更")
        ordering = ["pk"]
        indexes = [models.Index(fields=["user", "id"])]

    def __str__(self) -> str:
        return f"{self.user_id} {self.what}"


class Handover(models.Model):
    """That somebody asked for a link with which another sets her password, where no mailbox of hers is beyond doubt.

    A second officer gives it out. The link itself is kept nowhere.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="handovers", verbose_name=_("账号"))
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("申请人"))
    asked_at = models.DateTimeField(_("申请时间"), default=timezone.now)
    given_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("交付人")
    )
    given_at = models.DateTimeField(_("交付时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("登录链接的当面交付")
        verbose_name_plural = _("登录链接的当面交付")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(given_by=None) | ~Q(given_by=F("asked_by")), name="given_by_a_second"),
            models.UniqueConstraint(fields=["user"], condition=Q(given_at=None), name="one_open_handover_per_account"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.asked_at:%Y-%m-%d}"
