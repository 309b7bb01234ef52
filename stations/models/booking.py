"""Places that voters have booked, without an account."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stations.models.reception import Reception

MOST_PEOPLE = 5


class Booking(models.Model):
    """A voter's place at a reception. Name and telephone are for the station alone and are wiped some time after.

    The private link holds a random token; only its SHA-256 is kept, so the table opens no booking.
    """

    reception = models.ForeignKey(Reception, models.PROTECT, related_name="bookings", verbose_name=_("接待日"))
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    name = models.CharField(_("称呼"), max_length=40, blank=True)
    phone = models.CharField(_("电话"), max_length=20, blank=True)
    people = models.PositiveSmallIntegerField(
        _("人数"), default=1, validators=[MinValueValidator(1), MaxValueValidator(MOST_PEOPLE)]
    )
    topic = models.CharField(_("想谈什么"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("预约时间"))
    cancelled_at = models.DateTimeField(_("取消时间"), null=True, blank=True)
    forgotten_at = models.DateTimeField(_("清除个人信息时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("预约")
        verbose_name_plural = _("预约")
        ordering = ["reception", "created_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(people__range=(1, MOST_PEOPLE)), name="booking_is_for_a_few_people"),
            models.UniqueConstraint(
                fields=["reception", "phone"],
                condition=Q(cancelled_at=None, forgotten_at=None),
                name="one_booking_per_phone",
            ),
            models.CheckConstraint(
                condition=Q(forgotten_at=None) | Q(name="", phone="", topic=""), name="forgotten_means_empty"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reception_id}/{self.pk}"
