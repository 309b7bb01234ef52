"""People and organisations: administrative areas, departments, users."""

from django.contrib.auth.models import AbstractUser
from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.notices.models import Address, Delivery, Notice, NoticePreference, Robot, RobotHost

__all__ = [
    "Address", "ApiToken", "Area", "CalendarDay", "Delivery", "Department", "Notice",
    "NoticePreference", "RateCount", "Robot", "RobotHost", "Role", "User",
]  # fmt: skip


class Area(models.Model):
    """An administrative area (省/市/区/镇街/村社), EPSG:4326."""

    class Level(models.TextChoices):
        PROVINCE = "province", _("省")
        CITY = "city", _("市")
        DISTRICT = "district", _("区县")
        TOWN = "town", _("镇街")
        VILLAGE = "village", _("村社")

    code = models.CharField(_("区划代码"), max_length=12, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    level = models.CharField(_("层级"), max_length=10, choices=Level)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级")
    )
    geom = models.MultiPolygonField(_("范围"), srid=4326, null=True, blank=True)
    point = models.PointField(_("位置"), srid=4326, null=True, blank=True)
    is_schematic = models.BooleanField(_("示意"), default=False, help_text=_("图形为示意，非法定界线"))

    class Meta:
        verbose_name = _("区划")
        verbose_name_plural = _("区划")
        ordering = ["code"]
        indexes = [models.Index(fields=["level", "code"])]

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    """A department or town government that answers for something."""

    code = models.SlugField(_("代码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    short_name = models.CharField(_("简称"), max_length=20)
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="departments", verbose_name=_("区域")
    )
    phone = models.CharField(_("监督电话"), max_length=30, blank=True)

    class Meta:
        verbose_name = _("部门")
        verbose_name_plural = _("部门")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a signed-in person is here. Anonymous visitors are the public and have no row."""

    DEPUTY = "deputy", _("人大代表")
    OFFICER = "officer", _("部门联络员")
    GIS = "gis", _("GIS 人员")
    STAFF = "staff", _("人大工作人员")
    ADMIN = "admin", _("系统管理员")


class User(AbstractUser):
    """A signed-in person. An officer always belongs to exactly one department."""

    role = models.CharField(_("角色"), max_length=10, choices=Role, default=Role.DEPUTY)
    display_name = models.CharField(_("姓名"), max_length=40, blank=True)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="officers", verbose_name=_("部门")
    )
    area = models.ForeignKey(
        Area,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="users",
        verbose_name=_("区域"),
        help_text=_("人大工作人员填镇街或村社时，只经办那里的事；留空或区县为全区。"),
    )
    is_service = models.BooleanField(_("接口账号"), default=False, editable=False)
    """Not a person: whom the API sees when a department's token asks. It has no password and is told nothing."""

    class Meta:
        verbose_name = _("用户")
        verbose_name_plural = _("用户")
        constraints = [
            models.CheckConstraint(
                condition=~Q(role=Role.OFFICER) | Q(department__isnull=False),
                name="officer_has_department",
                violation_error_message=_("部门联络员必须属于一个部门。"),
            )
        ]

    def __str__(self) -> str:
        return self.display_name or self.username


class ApiToken(models.Model):
    """A department's key to the API. Only its digest is kept: whoever loses it makes another."""

    class Scope(models.TextChoices):
        READ = "read", _("读取")
        SAMPLES = "samples:write", _("报送水质监测")
        PROJECTS = "projects:write", _("报送项目进展")
        STATIONS = "stations:write", _("报送联络站记录")
        MATTERS = "matters:write", _("办理意见建议")

    department = models.ForeignKey(Department, models.PROTECT, related_name="tokens", verbose_name=_("部门"))
    name = models.CharField(_("用途"), max_length=60)
    prefix = models.CharField(_("开头"), max_length=12, unique=True, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(_("权限"), default=list)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("创建人"))
    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True)
    expires_on = models.DateField(_("有效期至"))
    last_used_at = models.DateTimeField(_("最近使用"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("接口令牌")
        verbose_name_plural = _("接口令牌")
        ordering = ["department", "-created_at"]

    def __str__(self) -> str:
        return f"{self.department} {self.name}"


class CalendarDay(models.Model):
    """A day on which offices work or not, against what the national calendar knows."""

    day = models.DateField(_("日期"), unique=True)
    is_workday = models.BooleanField(_("上班"))
    name = models.CharField(_("说明"), max_length=40, blank=True, help_text=_("例如：国庆节调休上班"))

    class Meta:
        verbose_name = _("工作日历")
        verbose_name_plural = _("工作日历")
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day} {self.name}".strip()


class RateCount(models.Model):
    """How often somebody did something since a moment. Written by `accounts.rate_limits` only."""

    name = models.CharField(max_length=40)
    who = models.CharField(max_length=32)
    since = models.DateTimeField()
    count = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("频次计数")
        verbose_name_plural = _("频次计数")
        indexes = [models.Index(fields=["since"])]
        constraints = [models.UniqueConstraint(fields=["name", "who", "since"], name="one_count_per_span")]

    def __str__(self) -> str:
        return f"{self.name} {self.count}"
