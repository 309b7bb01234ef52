"""The rules of routing: who answers what, where."""

from django.contrib.gis.db import models
from django.core.validators import MinValueValidator
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Area, Department
from supervision.findings.models import Category

ORDINARY = 100


class RoutingRule(models.Model):
    """Who answers a category of matters in a drawn zone, a town, or everywhere.

    The smaller priority goes first; among equals a zone goes before a town, a town before the district, and a named
    category before any category (`routing.rules_for`).
    """

    category = models.CharField(_("类别"), max_length=20, choices=Category, blank=True, help_text=_("留空表示所有类别"))
    area = models.ForeignKey(
        Area,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("镇街"),
        help_text=_("留空表示全区适用"),
    )
    zone = models.MultiPolygonField(_("划定范围"), srid=4326, null=True, blank=True)
    zone_name = models.CharField(_("范围名称"), max_length=40, blank=True)
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="routing_rules",
        verbose_name=_("主办单位"),
    )
    to_town = models.BooleanField(_("交所在镇街办理"), default=False)
    priority = models.PositiveSmallIntegerField(
        _("优先级"), default=ORDINARY, help_text=_("数字小的先适用，一般为 100"), validators=[MinValueValidator(1)]
    )
    days = models.PositiveSmallIntegerField(
        _("快办工作日"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("小事快办的承诺工作日；留空按法定期限，超过法定期限的按法定期限"),
    )
    is_active = models.BooleanField(_("启用"), default=True)
    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)

    class Meta:
        verbose_name = _("交办规则")
        verbose_name_plural = _("交办规则")
        ordering = ["priority", "category", "area", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["category", "area"],
                condition=Q(zone__isnull=True),
                name="one_rule_per_category_and_area",
                nulls_distinct=False,
                violation_error_message=_("这个类别在这个范围已有一条规则。"),
            ),
            models.CheckConstraint(
                condition=Q(to_town=True, department__isnull=True) | Q(to_town=False, department__isnull=False),
                name="a_rule_names_a_department_or_the_town",
                violation_error_message=_("请选择主办单位，或者勾选“交所在镇街办理”，两者选一。"),
            ),
            models.CheckConstraint(
                condition=Q(zone__isnull=True) | (Q(area__isnull=True) & ~Q(zone_name="")),
                name="a_zone_has_a_name_and_no_town",
                violation_error_message=_("划定范围要有名称，并且不再选择镇街。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_category_display() or _('所有类别')} · {self.where}"

    @property
    def where(self) -> str:
        """The zone, the town, or the whole district, in words."""
        return self.zone_name or (self.area.name if self.area else str(_("全区")))
