"""Every style that a layer has had."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from layers.storage.models import Layer


class LayerStyle(models.Model):
    """One style that a layer has had; the newest is the one in `Layer.style`. Rows are only ever added."""

    layer = models.ForeignKey(Layer, models.CASCADE, related_name="styles", verbose_name=_("图层"))
    number = models.PositiveIntegerField(_("序号"))
    style = models.JSONField(_("样式"), default=dict)
    created = models.DateTimeField(_("时间"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("操作人")
    )

    class Meta:
        verbose_name = _("图层样式")
        verbose_name_plural = _("图层样式")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["layer", "number"], name="layer_style_number_unique")]

    def __str__(self) -> str:
        return f"{self.layer} #{self.number}"
