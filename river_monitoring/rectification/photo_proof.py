"""Time and place in a photo's EXIF, compared with those that its sender gave: evidence to look at, never a verdict.

A phone's clock may be wrong, an album picture may be passed on, and a phone without a fix writes no place. So nothing
is refused by this; the difference is written beside the photo, for those who may see the photo's matter.
"""

from datetime import datetime
from typing import Any

from django.contrib.gis.db import models
from django.contrib.gis.geos import Point
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from geokit.photo_claims import GCJ_SHIFT_M, Comparison, compare

MOST_LATE_S = 2**31 - 1
"""What the column holds: 68 years. A clock that is wrong by more is said to be wrong by so much."""


class PhotoProof(models.Model):
    """EXIF time and place and their difference from the claim; null where the photo has none."""

    exif_at = models.DateTimeField(gettext_lazy("照片内的拍摄时间"), null=True, editable=False)
    exif_place = models.PointField(gettext_lazy("照片内的位置"), srid=4326, null=True, editable=False)
    away_m = models.FloatField(gettext_lazy("与填报位置相差（米）"), null=True, editable=False)
    late_s = models.IntegerField(gettext_lazy("与填报时间相差（秒）"), null=True, editable=False)
    looks_offset = models.BooleanField(gettext_lazy("像是坐标偏移"), default=False, editable=False)

    class Meta:
        abstract = True

    @property
    def comparison(self) -> Comparison:
        return Comparison(self.away_m, self.late_s, self.looks_offset)

    @property
    def sentences(self) -> list[str]:
        """One sentence on the place and one on the time."""
        return [place_in_words(self.comparison), time_in_words(self.comparison)]

    @property
    def agrees(self) -> bool | None:
        """Whether time and place both match; None when the photo has neither."""
        return self.comparison.agrees


def proof_fields(photo: Any, place: Point, at: datetime) -> dict[str, Any]:
    """The fields of `PhotoProof` for a `ui.pictures.photos.CleanPhoto` and the claimed place and time."""
    found = compare(photo.lon, photo.lat, photo.taken_at, lon=place.x, lat=place.y, at=at)
    exif_place = None if photo.lon is None else Point(photo.lon, photo.lat, srid=4326)
    return {
        "exif_at": photo.taken_at,
        "exif_place": exif_place,
        "away_m": found.away_m,
        "late_s": None if found.late_s is None else max(-MOST_LATE_S, min(found.late_s, MOST_LATE_S)),
        "looks_offset": found.looks_offset,
    }


def place_in_words(found: Comparison) -> str:
    if found.away_m is None:
        return _("照片里没有位置信息，无法核对地点。")
    if found.place_matches:
        return _("照片里的位置与填报位置一致（相差 %(metres)d 米）。") % {"metres": round(found.away_m)}
    if found.looks_offset:
        words = {"metres": round(found.away_m), "shift": GCJ_SHIFT_M}
        gap = _("照片里的位置与填报位置相差 %(metres)d 米，正好是火星坐标（GCJ-02）与 GPS 的差别（约 %(shift)d 米）：")
        return gap % words + _("很可能是同一个地方，其中一个坐标带了偏移。")
    if found.away_m < 10_000:
        return _("照片里的位置与填报位置相差 %(metres)d 米。") % {"metres": round(found.away_m)}
    return _("照片里的位置与填报位置相差 %(km).0f 千米。") % {"km": found.away_m / 1000}


def time_in_words(found: Comparison) -> str:
    if found.late_s is None:
        return _("照片里没有拍摄时间，无法核对时间。")
    if found.time_matches:
        return _("拍摄时间与填报时间一致。")
    minutes = abs(found.late_s) / 60
    if minutes < 120:
        gap = _("%(n)d 分钟") % {"n": round(minutes)}
    elif minutes < 48 * 60:
        gap = _("%(n)d 小时") % {"n": round(minutes / 60)}
    else:
        gap = _("%(n)d 天") % {"n": round(minutes / 60 / 24)}
    # The claim minus the photo: positive means that the picture is older than what it is claimed to show.
    if found.late_s > 0:
        return _("照片拍摄于填报时间之前 %(said)s。") % {"said": gap}
    return _("照片拍摄于填报时间之后 %(said)s。") % {"said": gap}
