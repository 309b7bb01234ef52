"""Tickets of other programs, shared by all processes."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SdkTicket(models.Model):
    """The newest ticket of one program. Written by `accounts.signin.in_app.tickets` only; never leaves the server."""

    program = models.CharField(_("程序"), max_length=16, unique=True)
    app = models.CharField(_("应用编号"), max_length=200)
    ticket = models.CharField(max_length=512, blank=True, editable=False)
    good_until = models.DateTimeField(_("有效期至"), null=True)
    tried_at = models.DateTimeField(_("最近获取"))
    said = models.CharField(_("最近一次失败"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("网页接口票据")
        verbose_name_plural = _("网页接口票据")

    def __str__(self) -> str:
        return f"{self.program} {self.app}"
