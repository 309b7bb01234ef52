"""Who wants to hear of a whole water, and what the EXIF of a rectification's photo said."""

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from river_monitoring.rectification.photo_proof import PhotoProof, place_in_words


class RiverFollow(models.Model):
    """Somebody wants to hear what becomes of every point on a water."""

    user = models.ForeignKey(User, models.CASCADE, related_name="followed_rivers", verbose_name=gettext_lazy("关注人"))
    river = models.ForeignKey(
        "river_monitoring.River", models.CASCADE, related_name="follows", verbose_name=gettext_lazy("河流")
    )
    since = models.DateTimeField(gettext_lazy("关注时间"), auto_now_add=True)

    class Meta:
        verbose_name = gettext_lazy("河流关注")
        verbose_name_plural = gettext_lazy("河流关注")
        ordering = ["-since"]
        constraints = [models.UniqueConstraint(fields=["user", "river"], name="follow_a_river_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.river_id}"


class EvidenceCheck(PhotoProof):
    """What the EXIF of a photo that proves a step said, against the point's place and the time of the step."""

    evidence = models.OneToOneField("river_monitoring.Evidence", models.CASCADE, related_name="check_result")

    class Meta:
        ordering = ["evidence"]

    def __str__(self) -> str:
        return f"{self.evidence_id}"

    @property
    def sentences(self) -> list[str]:
        """The place as for any photo; the time as it is, for a photo of a site is older than the step it proves."""
        if self.exif_at is None:
            return [place_in_words(self.comparison), _("照片里没有拍摄时间，无法核对时间。")]
        day = date_format(timezone.localtime(self.exif_at), "DATETIME_FORMAT")
        return [place_in_words(self.comparison), _("照片自己记的拍摄时间是 %s。") % day]
