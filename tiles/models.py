"""What the tile engine keeps in the database: which content each watched table has."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TableVersion(models.Model):
    """A number that changes with every committed change of a table. Written only by triggers."""

    name = models.CharField(_("数据表"), max_length=63, primary_key=True)
    version = models.BigIntegerField(_("版本"))

    class Meta:
        verbose_name = _("数据版本")
        verbose_name_plural = _("数据版本")

    def __str__(self) -> str:
        return f"{self.name} {self.version}"
