"""Invitation codes on paper, and the wish to take somebody's second factor away until another person agrees."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class FactorReset(models.Model):
    """Asked by one keeper of accounts at the counter, carried out when a second one agrees; good for a day."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="factor_resets")
    reason = models.CharField(_("怎样核对了本人"), max_length=300)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("提出时间"))
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(_("重置时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("两步验证的重置")
        verbose_name_plural = _("两步验证的重置")
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(agreed_by=None) | ~Q(agreed_by=models.F("asked_by")),
                name="two_people_reset_a_factor",
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)


class InvitationCode(models.Model):
    """A code on paper with which somebody without a mailbox sets her password: good for a week and for one use."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=20)
    """A digest of the password that she had then: with another one the code opens nothing."""
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    good_until = models.DateTimeField(_("有效期至"))

    class Meta:
        verbose_name = _("邀请码")
        verbose_name_plural = _("邀请码")

    def __str__(self) -> str:
        return str(self.user)
