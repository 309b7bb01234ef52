"""Keys of departments to the API."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.directory.models import Department, User


class ApiToken(models.Model):
    """A department's key to the API. Only its digest is kept: whoever loses it makes another."""

    class Scope(models.TextChoices):
        READ = "read", _("读取")
        SAMPLES = "samples:write", _("报送水质监测")
        PROJECTS = "projects:write", _("报送项目进展")
        STATIONS = "stations:write", _("报送联络站记录")
        MATTERS = "matters:write", _("办理意见建议")
        INDICATORS = "indicators:write", _("报送指标数据")

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
