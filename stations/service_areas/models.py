"""The service area of a station."""

from django.contrib.gis.db import models
from django.contrib.gis.db.models.functions import IsValid
from django.utils.translation import gettext_lazy as _

from stations.register.models import Station


class ServiceArea(models.Model):
    """The polygon a station serves, EPSG:4326; all cover the district once (`stations.service_areas.coverage`)."""

    class Source(models.TextChoices):
        VILLAGES = "villages", _("按村社划分")
        FILE = "file", _("上传文件")
        LAYER = "layer", _("取自图层")
        BORDER = "border", _("检查后调整")

    station = models.OneToOneField(
        Station, models.CASCADE, related_name="service_area", verbose_name=_("联络站"), primary_key=True
    )
    geom = models.MultiPolygonField(_("服务范围"), srid=4326)
    source = models.CharField(_("来源"), max_length=10, choices=Source)
    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)
    updated_at = models.DateTimeField(_("更新时间"), auto_now=True)

    class Meta:
        verbose_name = _("服务范围")
        verbose_name_plural = _("服务范围")
        ordering = ["station"]
        constraints = [models.CheckConstraint(condition=IsValid("geom"), name="service_area_is_valid")]

    def __str__(self) -> str:
        return f"{self.station_id}"
