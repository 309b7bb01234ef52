"""The code with which the first account is made."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SetupCode(models.Model):
    """A code as its keyed digest, good until a time, used once; there is at most one."""

    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField(_("生成时间"), auto_now_add=True)
    expires_at = models.DateTimeField(_("有效期至"))
    only = models.BooleanField(default=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("一次性代码")
        verbose_name_plural = _("一次性代码")
        constraints = [models.CheckConstraint(condition=Q(only=True), name="one_setup_code")]

    def __str__(self) -> str:
        return f"{self.expires_at:%Y-%m-%d %H:%M}"
