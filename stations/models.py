"""Liaison stations (代表联络站), deputies, and the days on which they receive voters."""

from django.contrib.gis.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Area, User
from accounts.search_field import SearchKeyField


class Station(models.Model):
    """A place where deputies receive voters."""

    class Kind(models.TextChoices):
        CENTRAL = "central", _("中心联络站")
        TOWN = "town", _("镇街联络站")
        COMMUNITY = "community", _("村社联络站")

    code = models.CharField(_("编号"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    kind = models.CharField(_("类型"), max_length=10, choices=Kind)
    area = models.ForeignKey(Area, models.PROTECT, related_name="stations", verbose_name=_("镇街"))
    address = models.CharField(_("地址"), max_length=120)
    phone = models.CharField(_("电话"), max_length=30, blank=True)
    opening = models.CharField(_("接待时间"), max_length=80, help_text=_("例如：每月15日 08:30-11:00"))
    geom = models.PointField(_("位置"), srid=4326)
    is_schematic = models.BooleanField(_("示意"), default=False)
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


class Deputy(models.Model):
    """A deputy of the district congress: what the law lets be public."""

    code = models.CharField(_("代表证号"), max_length=30, unique=True)
    name = models.CharField(_("姓名"), max_length=40)
    user = models.OneToOneField(User, models.PROTECT, null=True, blank=True, related_name="deputy")
    station = models.ForeignKey(Station, models.PROTECT, related_name="deputies", verbose_name=_("所属联络站"))
    electoral_district = models.CharField(_("选区"), max_length=60, blank=True)
    occupation = models.CharField(_("职业"), max_length=60, blank=True)
    is_active = models.BooleanField(_("在任"), default=True)

    class Meta:
        verbose_name = _("代表")
        verbose_name_plural = _("代表")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Reception(models.Model):
    """A reception day of a station: announced, then held and recorded."""

    class Kind(models.TextChoices):
        ROUTINE = "routine", _("定期接待")
        THEMED = "themed", _("主题接待")
        ONLINE = "online", _("网上接待")

    station = models.ForeignKey(Station, models.PROTECT, related_name="receptions", verbose_name=_("联络站"))
    kind = models.CharField(_("类型"), max_length=10, choices=Kind, default=Kind.ROUTINE)
    theme = models.CharField(_("主题"), max_length=80, blank=True)
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    deputies = models.ManyToManyField(Deputy, related_name="receptions", verbose_name=_("接待代表"))
    held = models.BooleanField(_("已举行"), default=False)
    visitors = models.PositiveIntegerField(_("接待选民(人)"), default=0)
    matters = models.PositiveIntegerField(_("收到事项"), default=0)
    matters_settled = models.PositiveIntegerField(_("办结事项"), default=0)

    class Meta:
        verbose_name = _("接待日")
        verbose_name_plural = _("接待日")
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="reception_ends_after_start"),
            models.CheckConstraint(condition=Q(matters_settled__lte=F("matters")), name="settled_at_most_received"),
            models.CheckConstraint(
                condition=Q(held=True) | Q(visitors=0, matters=0), name="only_held_receptions_have_visitors"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.station_id} {self.starts_at:%Y-%m-%d}"
