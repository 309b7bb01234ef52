"""The rules of the district that this room judges by."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from accounts.rules import Kind, Rule

DELISTING = _("验收销号")
RELAPSE, ESCALATION = _("反弹和回头看"), _("逾期逐级上报")
SAMPLES, PHOTOS = _("水样"), _("整治照片")
RANGES = _("河道管理范围")
NO_TEXT = _("查到的省级文件没有写明数字，由各地自定。")
LEVELS_ONLY = _("《浙江省河长制规定》写明逐级上报的层级，没有写明天数。")

_days = partial(Rule, kind=Kind.INT, unit=_("天"), least=1, most=3660, source=NO_TEXT)
_after_deadline = partial(
    _days,
    group=ESCALATION,
    help=_("期限过后第几天告知；负数是期限之前提醒。"),
    from_deadline=True,
    least=-366,
    most=366,
    source=LEVELS_ONLY,
)
_range = partial(
    Rule,
    kind=Kind.DECIMAL,
    group=RANGES,
    unit=_("米"),
    help=_("无堤防的平原河道自水边向陆地一侧的最小宽度。改动后，地图上的范围次日早晨重画。"),
    least=0,
    most=200,
    source=_("各省、市的河道管理条例自行规定，没有全国统一的数字。"),
)

RULES = (
    Rule(
        key="ranking.minimum",
        kind=Kind.INT,
        default=3,
        title=_("排名的最少断面数"),
        group=_("水质统计"),
        unit=_("个"),
        help=_("镇街、河流、部门已评价的断面少于这个数的，只列出，不排名次。"),
        least=1,
        most=100,
        source=NO_TEXT,
    ),
    Rule(
        key="rectification.photos",
        kind=Kind.INT,
        default=6,
        title=_("整治照片的张数"),
        group=PHOTOS,
        unit=_("张"),
        help=_("每一步的治理前、治理后照片，各一次最多上传几张。"),
        least=1,
        most=9,
        source=NO_TEXT,
    ),
    Rule(
        key="delisting.months",
        kind=Kind.INT,
        default=3,
        title=_("连续达标月数"),
        group=DELISTING,
        unit=_("个月"),
        help=_("销号需要多少个连续达标的月份。"),
        least=1,
        most=24,
        source=NO_TEXT,
    ),
    Rule(
        key="delisting.max_age_days",
        kind=Kind.INT,
        default=45,
        title=_("最近水样的有效天数"),
        group=DELISTING,
        unit=_("天"),
        help=_("销号时，最近一次水样不得早于多少天前。"),
        least=1,
        most=366,
        source=NO_TEXT,
    ),
    Rule(
        key="delisting.accepting_bodies",
        kind=Kind.DEPARTMENTS,
        default=(),
        title=_("验收单位"),
        group=DELISTING,
        help=_("由谁验收销号，例如河长办、治水办、生态环境部门。未配置时不能验收。"),
        source=_("《浙江省剿灭劣Ⅴ类水验收工作管理办法》由验收单位验收；本区是哪些单位，由本区配置。"),
        must_be_set=True,
    ),
    Rule(
        key="delisting.photo_distance_m",
        kind=Kind.INT,
        default=300,
        title=_("照片离点位的最大距离"),
        group=DELISTING,
        unit=_("米"),
        help=_("治理前后照片里记录的拍摄位置，离点位不得超过多少米。"),
        least=10,
        most=5000,
        source=NO_TEXT,
    ),
    Rule(
        key="points.keepers",
        kind=Kind.DEPARTMENTS,
        default=(),
        title=_("变更点位目标和责任部门的单位"),
        group=_("点位"),
        help=_("哪些单位可以变更点位的目标类别、标准表和责任部门；归本单位负责的点位除外。未配置时只有管理员可以。"),
        source=NO_TEXT,
    ),
    Rule(
        key="samples.bodies",
        kind=Kind.DEPARTMENTS,
        default=(),
        title=_("采样单位"),
        group=SAMPLES,
        help=_(
            "哪些单位可以为不归自己负责的点位报送水样，并核实、作废他人的水样，例如环境监测站、生态环境部门、有账号的检测机构。"
            "未配置时，除自动站外没有可作销号依据的水样。"
        ),
        source=NO_TEXT,
        must_be_set=True,
    ),
    Rule(
        key="samples.max_age_days",
        kind=Kind.INT,
        default=30,
        title=_("补录水样的期限"),
        group=SAMPLES,
        unit=_("天"),
        help=_("手工录入的水样，采样日期最多早于今天多少天。自动站更晚才报来的小时值先不参评，待核实后更正。"),
        least=0,
        most=3660,
        source=NO_TEXT,
    ),
    Rule(
        key="relapse.months",
        kind=Kind.INT,
        default=2,
        title=_("反弹认定的不达标月数"),
        group=RELAPSE,
        unit=_("个月"),
        help=_("销号后数据完整的月份连续多少个不达标，自动重新挂号；此前显示为销号后超标。"),
        least=1,
        most=24,
        source=NO_TEXT,
    ),
    _days(key="relapse.deadline_days", default=60, title=_("反弹后的整治期限"), group=RELAPSE, most=730),
    _days(key="look_back.after_days", default=180, title=_("销号后回头看的期限"), group=RELAPSE, most=1100),
    _after_deadline(key="escalation.department_days", default=-7, title=_("告知责任部门")),
    _after_deadline(key="escalation.village_days", default=1, title=_("告知村级河长")),
    _after_deadline(key="escalation.town_days", default=7, title=_("告知镇级河长")),
    _after_deadline(key="escalation.district_days", default=15, title=_("告知区级河长")),
    _after_deadline(key="escalation.city_days", default=30, title=_("告知市级")),
    _range(key="ranges.province_m", default=7, title=_("省级河道的管理范围")),
    _range(key="ranges.city_m", default=7, title=_("市级河道的管理范围")),
    _range(key="ranges.county_m", default=5, title=_("县级河道的管理范围")),
    _range(key="ranges.town_m", default=2, title=_("乡级河道的管理范围")),
    Rule(
        key="ranges.basis",
        kind=Kind.TEXT,
        default="",
        title=_("河道管理范围的依据"),
        group=RANGES,
        help=_("省、市河道管理条例的名称和条款，写在河流页面上。没有写明的，页面注明米数仅供参考。"),
        must_be_set=True,
    ),
)
