"""Keys to the API and the map services: of departments for their programs, of persons for their own reading."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.directory.models import Department, User


class ApiToken(models.Model):
    """A key of a department or of one person. Only its digest is kept: whoever loses it makes another.

    A department's asks as its service account and may write what its scopes name; a person's reads what she may read,
    and writes single features of the layers that she keeps.
    """

    class Scope(models.TextChoices):
        READ = "read", _("读取")
        MAPS = "maps:read", _("只读取地图和图层")
        SAMPLES = "samples:write", _("报送水质监测")
        PROJECTS = "projects:write", _("报送项目进展")
        POINTS = "points:write", _("报送点位整治进展")
        FEEDBACK = "feedback:write", _("回应项目反馈")
        STATIONS = "stations:write", _("报送联络站记录")
        MATTERS = "matters:write", _("办理意见建议")
        LAYERS = "layers:write", _("编辑图层要素")
        INDICATORS = "indicators:write", _("报送指标数据")

    department = models.ForeignKey(
        Department, models.PROTECT, related_name="tokens", null=True, blank=True, verbose_name=_("部门")
    )
    holder = models.ForeignKey(
        User, models.PROTECT, related_name="tokens", null=True, blank=True, verbose_name=_("本人"),
        help_text=_("本人的令牌没有部门，部门的令牌不属于某个人。"),
    )  # fmt: skip
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
        constraints = [
            models.CheckConstraint(
                condition=Q(department__isnull=True, holder__isnull=False)
                | Q(department__isnull=False, holder__isnull=True),
                name="token_of_a_department_or_a_person",
            )
        ]

    def __str__(self) -> str:
        return f"{self.department or self.holder} {self.name}"
