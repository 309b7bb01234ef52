"""Codes of doors and walls. Deputies, stations and villages have codes already."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Area, User
from ui.text.codes import random_code

LENGTH = 8


def new_code() -> str:
    """Return a code of letters and digits, so many that one cannot be guessed from the next."""
    return "w" + random_code(LENGTH)


class PlaceCode(models.Model):
    """A code that was printed for one door, stairway or wall of a village."""

    code = models.SlugField(max_length=12, unique=True, default=new_code, editable=False)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("村社"))
    label = models.CharField(_("位置"), max_length=40, help_text=_("例如：3 幢 2 单元、文化礼堂"))
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("制作人"))
    made_at = models.DateTimeField(_("制作时间"), default=timezone.now)

    class Meta:
        verbose_name = _("门牌码")
        verbose_name_plural = _("门牌码")
        ordering = ["area", "label", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["area", "label"], name="one_code_per_door"),
            models.CheckConstraint(condition=~models.Q(label=""), name="a_door_has_a_label"),
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.label}"
