"""The level of a station's indoor fittings, computed from its facts.

One published standard asks for at least 100 m²; a district may set another floor area (`STATION_STANDARD_M2`). A model
station also has a way in without steps, a room to talk in private, and video for online receptions.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accounts import rules
from stations.register.models import Station

MODEL_FACILITIES = frozenset({Station.Facility.STEP_FREE, Station.Facility.PRIVATE_ROOM, Station.Facility.VIDEO})


class ServiceLevel(TextChoices):
    UNKNOWN = "unknown", _("未登记")
    BASIC = "basic", _("基本站")
    STANDARD = "standard", _("标准站")
    MODEL = "model", _("示范站")


def level_of(station: Station) -> ServiceLevel:
    """Return the level that follows from floor area and facilities."""
    if station.indoor_m2 is None:
        return ServiceLevel.UNKNOWN
    if station.indoor_m2 < rules.value("stations.standard_m2"):
        return ServiceLevel.BASIC
    return ServiceLevel.MODEL if set(station.facilities) >= MODEL_FACILITIES else ServiceLevel.STANDARD
