"""Liaison stations (代表联络站), when they are open, and the deputies that belong to them."""

import secrets

from django.contrib.gis.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Area, Person, User
from ui.text.search_field import SearchKeyField

CODE_BYTES = 5


def new_page_code() -> str:
    """Return a deputy's public code (代表码), random so that it does not reveal the certificate number."""
    return secrets.token_hex(CODE_BYTES)


class Station(models.Model):
    """A place where deputies receive voters."""

    class Kind(models.TextChoices):
        CENTRAL = "central", _("中心联络站")
        TOWN = "town", _("镇街联络站")
        COMMUNITY = "community", _("村社联络站")

    class Facility(models.TextChoices):
        STEP_FREE = "step_free", _("无障碍通道")
        PRIVATE_ROOM = "private_room", _("单独接谈室")
        VIDEO = "video", _("视频接待设备")
        TERMINAL = "terminal", _("自助查询终端")
        TOILET = "toilet", _("公共卫生间")

    code = models.CharField(_("编号"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    kind = models.CharField(_("类型"), max_length=10, choices=Kind)
    area = models.ForeignKey(Area, models.PROTECT, related_name="stations", verbose_name=_("镇街"))
    address = models.CharField(_("地址"), max_length=120)
    phone = models.CharField(_("电话"), max_length=30, blank=True)
    opening = models.CharField(_("接待时间"), max_length=80, help_text=_("例如：每月15日 08:30-11:00"))
    photo = models.ImageField(pgettext_lazy("one", "照片"), upload_to="stations/%Y/", blank=True)
    floor = models.CharField(_("所在楼层"), max_length=20, blank=True, help_text=_("例如：1层、3层302室"))
    indoor_m2 = models.PositiveIntegerField(_("室内面积（平方米）"), null=True, blank=True)
    facilities = models.JSONField(_("服务设施"), default=list, blank=True)
    """Values of `Facility`."""
    geom = models.PointField(_("位置"), srid=4326)
    is_schematic = models.BooleanField(_("示意"), default=False)
    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)
    search_key = SearchKeyField(sources=("name", "address"))
    updated_at = models.DateTimeField(_("更新时间"), auto_now=True)

    class Meta:
        verbose_name = _("联络站")
        verbose_name_plural = _("联络站")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("stations:detail", args=[self.code])


class OpeningDay(models.Model):
    """A day of each week or month on which a station is open."""

    class Rhythm(models.TextChoices):
        WEEKLY = "weekly", _("每周")
        MONTHLY = "monthly", _("每月")

    station = models.ForeignKey(Station, models.CASCADE, related_name="opening_days", verbose_name=_("联络站"))
    rhythm = models.CharField(_("周期"), max_length=10, choices=Rhythm)
    day = models.PositiveSmallIntegerField(_("日"), help_text=_("每周：1为周一，7为周日；每月：1到31"))
    starts = models.TimeField(_("开始"))
    ends = models.TimeField(_("结束"))

    class Meta:
        verbose_name = _("开放日")
        verbose_name_plural = _("开放日")
        ordering = ["station", "-rhythm", "day", "starts"]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="opening_ends_after_start"),
            models.CheckConstraint(
                condition=Q(rhythm="weekly", day__range=(1, 7)) | Q(rhythm="monthly", day__range=(1, 31)),
                name="opening_day_exists",
            ),
            models.UniqueConstraint(fields=["station", "rhythm", "day", "starts"], name="one_opening_per_start"),
        ]

    def __str__(self) -> str:
        return f"{self.station_id} {self.rhythm} {self.day}"


class Deputy(models.Model):
    """A deputy of the district congress. `code` is the certificate number and inside only; `page_code` is public."""

    code = models.CharField(_("代表证号"), max_length=30, unique=True)
    page_code = models.SlugField(_("代表码"), max_length=20, unique=True, default=new_page_code, editable=False)
    name = models.CharField(_("姓名"), max_length=40)
    user = models.OneToOneField(User, models.PROTECT, null=True, blank=True, related_name="deputy")
    person = models.OneToOneField(
        Person, models.PROTECT, null=True, blank=True, related_name="register_entry", verbose_name=_("人员")
    )
    """Who she is in the congresses; with one, she is in office as long as a membership of hers is in force."""
    station = models.ForeignKey(Station, models.PROTECT, related_name="deputies", verbose_name=_("所属联络站"))
    electoral_district = models.CharField(_("选区"), max_length=60, blank=True)
    constituency = models.ManyToManyField(
        Area,
        related_name="deputies",
        blank=True,
        verbose_name=_("选区所含村社"),
        help_text=_("选民按自己的村社查找代表"),
    )
    occupation = models.CharField(_("职业"), max_length=60, blank=True)
    is_active = models.BooleanField(_("在任"), default=True)

    class Meta:
        verbose_name = _("代表")
        verbose_name_plural = _("代表")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("stations:deputy", args=[self.page_code])
