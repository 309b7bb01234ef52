"""A page with its filters, kept under a name by one person."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    """The filters of one page as the query of its address; what they show is asked anew each time it is opened."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    page = models.CharField(_("页面"), max_length=40, help_text=_("路由名称"))
    name = models.CharField(_("名称"), max_length=40)
    query = models.CharField(_("筛选"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("保存时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("保存的视图")
        verbose_name_plural = _("保存的视图")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["user", "page", "name"], name="one_view_of_a_name_and_page"),
        ]

    def __str__(self) -> str:
        return self.name
