"""What the district says of a kind of problem otherwise than the standard list, from a day on. Append-only."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from supervision.kinds.definition import Unit, Urgency

LONGEST = 999


class KindVersion(models.Model):
    """A kind as it is from `since` on, whole. The newest that has begun counts; what was before stays to be read."""

    code = models.SlugField(_("代码"), max_length=30)
    since = models.DateField(_("启用日期"))
    name = models.CharField(_("名称"), max_length=30)
    icon = models.SlugField(_("图标"), max_length=20)
    words = models.TextField(_("常用说法"), max_length=300, blank=True)
    questions = models.JSONField(_("提示的问题"), default=list, db_default=[], blank=True)
    photos = models.CharField(_("照片要求"), max_length=120, blank=True)
    urgency = models.CharField(_("紧急程度"), max_length=10, choices=Urgency)
    amount = models.PositiveSmallIntegerField(
        _("期限"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(LONGEST)]
    )
    unit = models.CharField(_("单位"), max_length=10, choices=Unit)
    category = models.CharField(_("类别"), max_length=20)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("主办单位")
    )
    position = models.PositiveSmallIntegerField(_("排序"), default=500, db_default=500)
    is_active = models.BooleanField(_("启用"), default=True, db_default=True)
    reason = models.CharField(_("修改理由"), max_length=200)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("修改人"))
    made_at = models.DateTimeField(_("修改时间"), default=timezone.now)

    class Meta:
        verbose_name = _("问题种类")
        verbose_name_plural = _("问题种类")
        ordering = ["code", "since", "pk"]
        indexes = [models.Index(fields=["code", "since"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(unit="statutory", amount=None)
                | ~Q(unit="statutory") & Q(amount__isnull=False, amount__gte=1),
                name="a_kind_s_clock_is_whole",
                violation_error_message=_("按法定期限的不填数字；其他的要填。"),
            ),
            models.CheckConstraint(condition=~Q(name=""), name="a_kind_has_a_name"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.since}"
