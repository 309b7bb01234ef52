"""Administrative areas, departments, people and their roles: what every other table points at."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.contrib.gis.db import models
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.directory.acting import rehashing, tell_triggers

CREDENTIALS = frozenset({"password", "email"})
"""Columns by which somebody gets into an account; a trigger writes down each change (`CredentialChange`)."""


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
        constraints = [models.UniqueConstraint(fields=["id", "level"], name="area_with_its_level")]
        """What a congress points at, whose level is that of its area."""

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse another level for an area that has a congress, whose level it is."""
        if self.pk and self.congresses.exclude(level=self.level).exists():
            raise ValidationError({"level": _("这个区划有人大届次，层级不能变。")})


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


class UserManager(DjangoUserManager):
    """Makes accounts; one that may do everything is an administrator here too."""

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **extra_fields: Any
    ) -> Any:
        return super().create_superuser(username, email, password, **{"role": Role.ADMIN, **extra_fields})


class User(AbstractUser):
    """A signed-in person. An officer always belongs to exactly one department."""

    objects: ClassVar[UserManager] = UserManager()

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

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Tell the triggers who acts, where a credential may change."""
        columns = kwargs.get("update_fields")
        if columns is not None and CREDENTIALS.isdisjoint(columns):
            super().save(*args, **kwargs)
            return
        with transaction.atomic(using=kwargs.get("using")):
            tell_triggers()
            super().save(*args, **kwargs)

    def check_password(self, raw_password: str | None) -> bool:
        """Compare; a hash of an older kind is replaced, which is no change of the password."""
        with rehashing():
            return super().check_password(raw_password)
