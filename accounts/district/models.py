"""The record of the district: what the site calls itself and where it lies."""

import re

from django.contrib.gis.db import models
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db.models import F, Q
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

CODE = RegexValidator(r"^[0-9]{2,12}$", gettext_lazy("区划代码是 2 到 12 位数字。"))
PREFIX = RegexValidator(r"^[A-Z][A-Z0-9]{0,7}$", gettext_lazy("编码前缀是 1 到 8 个大写字母或数字，以字母开头。"))
PHONE_CODE = RegexValidator(r"^(0[0-9]{2,3})?$", gettext_lazy("区号写成 010 或 0571 的样子。"))
HOST = re.compile(r"https://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?=/|$)")
"""How an address of a base map begins: what of it becomes part of the content policy."""
ADDRESS = RegexValidator(
    rf"^(/(?!/)[^\s]*|{HOST.pattern}[^\s]*)?$", gettext_lazy("底图地址以 https:// 或本站的 / 开头，不含空格。")
)
LONGITUDE = (MinValueValidator(-180), MaxValueValidator(180))
LATITUDE = (MinValueValidator(-90), MaxValueValidator(90))


class District(models.Model):
    """Names in both languages, codes, examples, the box of the map (EPSG:4326, degrees) and the base map."""

    class BaseMap(models.TextChoices):
        OWN = "", gettext_lazy("平台自己的底图")
        TIANDITU = "tianditu", gettext_lazy("天地图")
        XYZ = "xyz", gettext_lazy("XYZ 瓦片")
        PMTILES = "pmtiles", gettext_lazy("PMTiles 文件")

    class Datum(models.TextChoices):
        CGCS2000 = "", gettext_lazy("CGCS2000 或 WGS-84（天地图等）")
        GCJ02 = "gcj02", gettext_lazy("GCJ-02（高德等互联网地图）")

    code = models.CharField(gettext_lazy("区划代码"), max_length=12, unique=True, validators=[CODE])
    slug = models.SlugField(
        gettext_lazy("英文简称"), max_length=20, default="district", help_text=gettext_lazy("用在地图样式的地址里")
    )
    name = models.CharField(gettext_lazy("名称"), max_length=80)
    name_en = models.CharField(gettext_lazy("英文名称"), max_length=80, blank=True)
    congress = models.CharField(gettext_lazy("人大名称"), max_length=80)
    congress_en = models.CharField(gettext_lazy("人大英文名称"), max_length=120, blank=True)
    site_name = models.CharField(gettext_lazy("网站名称"), max_length=80)
    site_name_en = models.CharField(gettext_lazy("网站英文名称"), max_length=120, blank=True)
    phone_code = models.CharField(gettext_lazy("电话区号"), max_length=4, blank=True, validators=[PHONE_CODE])
    code_prefix = models.CharField(
        gettext_lazy("编码前缀"), max_length=8, default="P", validators=[PREFIX],
        help_text=gettext_lazy("项目等编号的开头"),
    )  # fmt: skip
    example_place = models.CharField(
        gettext_lazy("地址示例"), max_length=80, blank=True, help_text=gettext_lazy("表单里举例用的镇村名")
    )
    west = models.FloatField(gettext_lazy("西"), null=True, blank=True, validators=LONGITUDE)
    south = models.FloatField(gettext_lazy("南"), null=True, blank=True, validators=LATITUDE)
    east = models.FloatField(gettext_lazy("东"), null=True, blank=True, validators=LONGITUDE)
    north = models.FloatField(gettext_lazy("北"), null=True, blank=True, validators=LATITUDE)
    base_map = models.CharField(
        gettext_lazy("底图"), max_length=10, choices=BaseMap, default=BaseMap.OWN, blank=True, db_default=""
    )
    base_map_url = models.CharField(gettext_lazy("底图地址"), max_length=300, blank=True, validators=[ADDRESS])
    base_map_datum = models.CharField(
        gettext_lazy("底图坐标"), max_length=10, choices=Datum, default=Datum.CGCS2000, blank=True, db_default="",
        help_text=gettext_lazy("GCJ-02 的瓦片由地图挪正后再画，平台的数据不动"),
    )  # fmt: skip
    satellite_url = models.CharField(
        gettext_lazy("影像地址"), max_length=300, blank=True, default="", db_default="", validators=[ADDRESS],
        help_text=gettext_lazy("XYZ 瓦片，读者可在街道和影像之间切换；用天地图时不用填"),
    )  # fmt: skip
    base_map_key = models.CharField(gettext_lazy("底图密钥"), max_length=100, blank=True)
    attribution = models.CharField(gettext_lazy("底图来源"), max_length=200, blank=True)
    review_number = models.CharField(gettext_lazy("审图号"), max_length=40, blank=True)
    updated_at = models.DateTimeField(gettext_lazy("更新时间"), auto_now=True)

    class Meta:
        verbose_name = gettext_lazy("本区资料")
        verbose_name_plural = gettext_lazy("本区资料")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(west=None, south=None, east=None, north=None)
                | Q(west__isnull=False, south__isnull=False, east__isnull=False, north__isnull=False)
                & Q(west__lt=F("east"), south__lt=F("north")),
                name="a_district_has_a_box_or_none",
                violation_error_message=gettext_lazy("范围要写全西、南、东、北，西小于东、南小于北；或者都不写。"),
            )
        ]

    def __str__(self) -> str:
        return self.name or _("本区")

    @property
    def is_english(self) -> bool:
        return (get_language() or "").startswith("en")

    @property
    def title(self) -> str:
        """The site's name in the reader's language."""
        return (self.site_name_en if self.is_english else "") or self.site_name or _("人大监督地图")

    @property
    def congress_title(self) -> str:
        """The congress's name in the reader's language."""
        return (self.congress_en if self.is_english else "") or self.congress or _("人民代表大会")

    @property
    def box(self) -> tuple[float, float, float, float] | None:
        """West, south, east, north in degrees; None where nobody has written them."""
        found = (self.west, self.south, self.east, self.north)
        return None if None in found else found  # type: ignore[return-value]  # all four or none
