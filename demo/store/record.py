"""The demo district's record, and the heights behind its base map."""

import shutil

from django.conf import settings

from accounts.district import District
from accounts.models import Area
from demo.plan import sources

FACTS = {
    "slug": "haishu",
    "name": "海曙区",
    "name_en": "Haishu District",
    "congress": "海曙区人民代表大会",
    "congress_en": "Haishu District People’s Congress",
    "site_name": "海曙区人大监督地图",
    "site_name_en": "Haishu District People’s Congress Supervision Map",
    "phone_code": "0574",
    "code_prefix": "HS",
    "example_place": "古林镇布政村",
    "west": 121.16,
    "south": 29.63,
    "east": 121.6,
    "north": 29.98,
}


def store_district() -> District:
    """Write the record; its area may come later."""
    return District.objects.create(code=sources.DISTRICT, **FACTS)


def store_missing_district() -> None:
    """Write the record into a demo that was loaded before there was one; into no other district's database."""
    if not District.objects.exists() and Area.objects.filter(code=sources.DISTRICT).exists():
        store_district()


def store_relief() -> None:
    """Put the heights where the site looks for them."""
    if settings.DEMO and not settings.HILLSHADE_DEM.exists():
        settings.HILLSHADE_DEM.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(sources.folder() / "ningbo_dem_30s.tif", settings.HILLSHADE_DEM)
