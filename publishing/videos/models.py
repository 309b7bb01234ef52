"""A video of a page: waiting for a worker, encoded anew, or failed."""

from uuid import uuid4

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from jobs.lanes import Lane
from publishing.register.models import SitePage
from supervision.findings.videos import KeptVideo, video_constraints
from ui.videos.files import Budget, Measure

MOST_MINUTES = 10
OF_THE_SITE = Measure(
    seconds=MOST_MINUTES * 60,
    bytes=130 * 1024**2,
    encoding=Budget(memory_mb=900, cpu_s=3000, wall_s=3000, file_mb=260),
)
"""A report of the congress, as it is sent: what a request below `/cms/` may bring."""


class PageVideo(KeptVideo):
    """A video of a page; `number` is its name in addresses and in blocks."""

    measure = OF_THE_SITE
    lane = Lane.SITE_VIDEOS

    page = models.ForeignKey(SitePage, models.PROTECT, related_name="videos", verbose_name=_("页面"))
    number = models.UUIDField(default=uuid4, unique=True, editable=False)
    name = models.CharField(_("文件名"), max_length=120)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)

    class Meta:
        verbose_name = _("页面视频")
        verbose_name_plural = _("页面视频")
        ordering = ["page", "pk"]
        constraints = video_constraints("page")

    def __str__(self) -> str:
        return self.name

    @property
    def film_url(self) -> str:
        return reverse("publishing:video", args=[self.number, "film"])

    @property
    def poster_url(self) -> str:
        return reverse("publishing:video", args=[self.number, "poster"])

    @property
    def subtitles_url(self) -> str:
        return reverse("publishing:video", args=[self.number, "subtitles"])
