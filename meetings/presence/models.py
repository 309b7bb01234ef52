"""Every sign-in, entry, leave and correction is a row that nobody changes; who is there follows from the newest."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, User
from meetings.agenda.models import AgendaItem


class PresenceEvent(models.Model):
    """That a deputy signed in, was entered by staff, has leave, or that an entry was wrong. Append-only and chained."""

    class Verb(models.TextChoices):
        SIGNED_IN = "signed_in", _("扫码签到")
        ENTERED = "entered", _("工作人员登记到会")
        EXCUSED = "excused", _("请假")
        CORRECTED = "corrected", _("更正为未到")

    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="presence")
    member = models.ForeignKey(Membership, models.PROTECT, related_name="+", verbose_name=_("代表"))
    verb = models.CharField(_("动作"), max_length=10, choices=Verb)
    at = models.DateTimeField(_("时间"), default=timezone.now)
    actor = models.ForeignKey(User, models.PROTECT, related_name="+")
    text = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("签到记录")
        verbose_name_plural = _("签到记录")
        ordering = ["item", "member", "pk"]
        indexes = [models.Index(fields=["item", "member", "-id"], name="newest_presence")]
        constraints = [
            models.CheckConstraint(condition=~Q(verb="corrected") | ~Q(text=""), name="a_presence_correction_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.member_id} {self.verb}"


PRESENT = (PresenceEvent.Verb.SIGNED_IN, PresenceEvent.Verb.ENTERED)
