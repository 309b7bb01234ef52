"""A session that is on, and one that is over: agendas, a draft to deliberate, comments. Everything is invented."""

from dataclasses import dataclass
from datetime import timedelta

NOTE = "演示：会期、议程、文件、签到和意见都是虚构的，姓名也不是真人。"
NUMBER_NOW, NUMBER_PAST = 6, 5


@dataclass(frozen=True)
class PlannedItem:
    """A sitting on the n-th day of a session."""

    day: int
    hour: int
    hours: int
    title: str
    kind: str = "plenary"
    place: str = "区会议中心一号厅"
    text: str = ""
    result: str = ""
    signs_in: bool = False
    group: bool = False
    vote: bool = False
    public: bool = True


NOW = (
    PlannedItem(
        0, 9, 2, "第一次全体会议", text="听取区人民政府关于民生实事项目进展的报告，听取决议草案的说明。",
        result="会议听取了两项报告。", signs_in=True,
    ),
    PlannedItem(0, 14, 3, "代表小组审议决议草案", kind="group", place="二号厅", group=True, signs_in=True),
    PlannedItem(
        1, 9, 9, "审议和票决", text="上午审议，下午票决。手机签到后可以对草案逐条提意见。", signs_in=True, vote=True
    ),
    PlannedItem(1, 19, 1, "主席团会议", kind="presidium", place="三号厅", public=False),
    PlannedItem(2, 9, 2, "第二次全体会议", text="表决决议草案，闭幕。", signs_in=True),
)  # fmt: skip
PAST = (
    PlannedItem(0, 9, 3, "第一次全体会议", text="听取政府工作报告。", result="会议听取了政府工作报告。"),
    PlannedItem(
        3, 9, 2, "闭幕会", text="表决各项决议草案。", result="表决通过关于政府工作报告的决议等五项决议。"
    ),
)  # fmt: skip
LENGTH_NOW = timedelta(days=2)

DRAFT_TITLE = "关于加强背街小巷照明和河道保洁的决议（草案，演示）"
DRAFT = """关于加强背街小巷照明和河道保洁的决议（草案，演示）
（本稿为演示编写，不是真实的决议）
第一条 区人民政府应当在两年内补齐老城区背街小巷的夜间照明，先装没有一盏路灯的小巷。
第二条 打捞上岸的水草和垃圾应当在二十四小时内清运，去向每月向社会公布。
第三条 镇人民政府、街道办事处每季度检查一次，结果在代表联络站公示。
第四条 区人大常委会每半年听取一次落实情况的报告，代表可以随时视察。
第五条 本决议自通过之日起施行。
"""
COMMENTS = (
    (1, "a1", "建议写明每年完成多少条，并公布名单。"),
    (2, "a2", "二十四小时在汛期是否做得到，建议汛期另定。"),
    (3, "a2", "去向公布到镇一级就可以，便于群众看懂。"),
    (4, "all", "总体赞成，建议增加经费来源的表述。"),
)
"""Number of a deputy with an account, the article, and what she says."""
ON_LEAVE = ((5, "公务出差"), (17, "病假"), (63, "公务出差"))
ABSENT = (8, 40, 41, 77, 120, 166)
"""Places in the list of deputies."""
