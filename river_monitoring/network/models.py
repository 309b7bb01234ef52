"""What belongs to a water besides its points: who answers for it, how its reaches join, its management range."""

from django.contrib.gis.db import models
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Area
from river_monitoring.network.ellipsoid import OnEllipsoid


class Chief(models.Model):
    """Somebody who answers for a water or one of its reaches (河长制): chiefs of five levels, police chief, cleaner.

    `public_phone` is the office or supervision line and stands on signboards; `mobile` is private and is shown to
    people who work with it only (`permissions.may_call_chief`), in no public page, tile or API answer.
    """

    class Level(models.TextChoices):
        PROVINCE = "province", _("省级")
        CITY = "city", _("市级")
        COUNTY = "county", _("县级")
        TOWN = "town", _("乡级")
        VILLAGE = "village", _("村级")

    class Duty(models.TextChoices):
        CHIEF = "chief", _("河长")
        POLICE = "police", _("河道警长")
        CLEANER = "cleaner", _("保洁员")

    river = models.ForeignKey("river_monitoring.River", models.PROTECT, related_name="chiefs", verbose_name=_("河流"))
    reach = models.ForeignKey(
        "river_monitoring.Reach",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="chiefs",
        verbose_name=_("河段"),
        help_text=_("留空表示负责整条河"),
    )
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("村社"),
        help_text=_("村级河长负责的村社"),
    )  # fmt: skip
    level = models.CharField(_("层级"), max_length=10, choices=Level)
    duty = models.CharField(_("身份"), max_length=10, choices=Duty, default=Duty.CHIEF)
    name = models.CharField(_("姓名"), max_length=40)
    post = models.CharField(_("职务"), max_length=60, blank=True)
    public_phone = models.CharField(_("公开电话"), max_length=30, blank=True, help_text=_("办公或监督电话，会公示"))
    mobile = models.CharField(_("手机"), max_length=30, blank=True, help_text=_("不公开"))
    since = models.DateField(_("任职日期"), null=True, blank=True)
    until = models.DateField(_("离任日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("河长")
        verbose_name_plural = _("河长")
        ordering = ["river", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["river", "reach", "area", "level", "duty"],
                condition=Q(until__isnull=True),
                nulls_distinct=False,
                name="one_chief_in_office_per_water_and_level",
                violation_error_message=_("这个层级已有在任的河长，请先填写其离任日期。"),
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(since__isnull=True) | Q(until__gte=F("since")),
                name="chief_leaves_after_taking_office",
                violation_error_message=_("离任日期不能早于任职日期。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()}{self.get_duty_display()} {self.name}"


class ReachLink(models.Model):
    """Water flows from one reach into another: the next of the same river, a confluence or a fork.

    Where it leaves the upper reach and joins the lower one are shares of their length, 0 at the source end and 1 at
    the mouth end.
    """

    upstream = models.ForeignKey(
        "river_monitoring.Reach", models.CASCADE, related_name="links_down", verbose_name=_("上游河段")
    )
    downstream = models.ForeignKey(
        "river_monitoring.Reach", models.CASCADE, related_name="links_up", verbose_name=_("下游河段")
    )
    leaves_at = models.FloatField(_("自上游河段何处流出"), default=1.0)
    joins_at = models.FloatField(_("自下游河段何处汇入"), default=0.0)
    is_computed = models.BooleanField(_("由图形推算"), default=False, help_text=_("手工改过的不会被重算覆盖"))

    class Meta:
        verbose_name = _("河段连接")
        verbose_name_plural = _("河段连接")
        ordering = ["upstream", "downstream"]
        constraints = [
            models.UniqueConstraint(fields=["upstream", "downstream"], name="one_link_per_pair_of_reaches"),
            models.CheckConstraint(
                condition=~Q(upstream=F("downstream")),
                name="no_reach_flows_into_itself",
                violation_error_message=_("河段不能流入自己。"),
            ),
            models.CheckConstraint(
                condition=Q(leaves_at__range=(0, 1), joins_at__range=(0, 1)),
                name="a_link_lies_on_its_reaches",
                violation_error_message=_("位置应在 0 到 1 之间。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.upstream_id} -> {self.downstream_id}"


class ManagementRange(models.Model):
    """The management range (管理范围) of one reach as an area; computed by `network.ranges`, never drawn."""

    reach = models.OneToOneField(
        "river_monitoring.Reach", models.CASCADE, related_name="management_range", verbose_name=_("河段")
    )
    metres = models.FloatField(_("自水边起（米）"))
    geom = models.MultiPolygonField(_("范围"), srid=4326)

    class Meta:
        verbose_name = _("河道管理范围")
        verbose_name_plural = _("河道管理范围")
        ordering = ["reach"]

    def __str__(self) -> str:
        return f"{self.reach_id} {self.metres:g} m"


class WaterKind(models.TextChoices):
    """Which column of GB 3838-2002 Table 1 applies."""

    RIVER = "river", _("河流")
    LAKE = "lake", _("湖库")


class Grade(models.TextChoices):
    """Who administers a river (河道等级)."""

    PROVINCE = "province", _("省级")
    CITY = "city", _("市级")
    COUNTY = "county", _("县级")
    TOWN = "town", _("乡级")


class River(models.Model):
    """A named water: a river, canal, or lake. `surface` is its water where that is known, as of a lake."""

    code = models.CharField(_("编码"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    kind = models.CharField(_("水体类型"), max_length=10, choices=WaterKind, default=WaterKind.RIVER)
    grade = models.CharField(_("河道等级"), max_length=10, choices=Grade, default=Grade.COUNTY)
    flows_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="tributaries", verbose_name=_("汇入")
    )
    goal = models.TextField(_("整治目标"), blank=True, help_text=_("写在公示牌上"))
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name=_("登记的区县")
    )
    """Which of several districts entered it; None with one, and for what the city entered."""
    surface = models.MultiPolygonField(_("水面"), srid=4326, null=True, blank=True)
    surface_m2 = models.GeneratedField(
        expression=OnEllipsoid("surface", function="ST_Area"),
        output_field=models.FloatField(null=True),
        db_persist=True,
        verbose_name=_("水面面积（平方米）"),
    )

    class Meta:
        verbose_name = _("河流")
        verbose_name_plural = _("河流")
        ordering = ["code"]

    def clean(self) -> None:
        if self.pk and self.flows_into_id == self.pk:
            raise ValidationError({"flows_into": gettext("“%s”不能汇入自己。") % self.name})

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("river:water", args=[self.code])


class Reach(models.Model):
    """A stretch of a river within one town, in flow direction."""

    code = models.CharField(_("编码"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    river = models.ForeignKey(River, models.PROTECT, related_name="reaches", verbose_name=_("河流"))
    area = models.ForeignKey(Area, models.PROTECT, related_name="reaches", verbose_name=_("镇街"))
    order = models.PositiveIntegerField(_("自上游起的次序"), default=0)
    chief_name = models.CharField(_("河长"), max_length=40, blank=True)
    chief_post = models.CharField(_("河长职务"), max_length=60, blank=True)
    chief_phone = models.CharField(_("监督电话"), max_length=30, blank=True)
    begins_at = models.CharField(_("起点"), max_length=80, blank=True)
    ends_at = models.CharField(_("终点"), max_length=80, blank=True)
    width_m = models.FloatField(_("平均河宽（米）"), null=True, blank=True, validators=[MinValueValidator(0)])
    geom = models.MultiLineStringField(_("河道中心线"), srid=4326)
    length_m = models.GeneratedField(
        expression=OnEllipsoid("geom", function="ST_Length"),
        output_field=models.FloatField(),
        db_persist=True,
        verbose_name=_("长度（米）"),
    )
    is_schematic = models.BooleanField(_("示意"), default=False)

    class Meta:
        verbose_name = _("河段")
        verbose_name_plural = _("河段")
        ordering = ["river", "order"]

    def __str__(self) -> str:
        return self.name
