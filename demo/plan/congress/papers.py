"""Motions and suggestions of the demo, each on another step of its way, and two sessions; every word is invented."""

from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True)
class PlannedPaper:
    """What a deputy writes, and how far it comes; `lead` and `signers` are numbers of deputies with an account."""

    lead: int
    title: str
    facts: str
    analysis: str
    request: str
    category: str
    age: timedelta
    kind: str = "suggestion"
    signers: tuple[int, ...] = ()
    towns: tuple[str, ...] = ()
    """Names of towns; none is the whole district."""
    shared: bool = False
    stop: str = "settled"
    """``draft``, ``submitted``, ``accepted``, ``assigned``, ``answered`` or ``settled``."""
    organs: tuple[str, ...] = ()
    apart: bool = False
    co: tuple[str, ...] = ()
    answer: str = ""
    result: str = "A"
    leader: str = ""
    public: bool = False
    extra: dict[str, str] = field(default_factory=dict)


COURTS = (
    ("court", "海曙区人民法院", "区法院"),
    ("procuratorate", "海曙区人民检察院", "区检察院"),
    ("supervision-commission", "海曙区监察委员会", "区监委"),
)
"""Organs that are no departments of the government and handle papers too: code, name, short name."""

PAPERS = (
    PlannedPaper(
        lead=0,
        title="关于整治鄞江镇山塘水库周边排污的建议",
        facts="鄞江镇三处山塘周边农家乐逐年增多，生活污水未全部纳管，雨后水面有浮沫，下游灌溉用水受影响。",
        analysis="部分农家乐建在管网覆盖之前，隔油池失管；镇里每季度巡查一次，发现问题时已经排放一段时间。",
        request="建议年底前完成三处山塘周边农家乐纳管，每月公布一次水质，并明确日常巡查的责任单位。",
        category="environment",
        age=timedelta(days=150),
        signers=(1, 2),
        towns=("鄞江镇",),
        organs=("water",),
        co=("agriculture",),
        answer=(
            "一、三处山塘周边 14 家农家乐已全部纳管，隔油池交镇里统一清运。\n"
            "二、每月 10 日前公布上月水质。\n三、巡查由镇河长办每周一次，问题三天内交办。"
        ),
        leader="区人大常委会副主任（联系城建环保）",
        public=True,
    ),
    PlannedPaper(
        lead=0,
        title="关于老城区背街小巷增设夜间照明的建议",
        facts="南门、月湖一带二十余条小巷夜间照明不足，居民晚上出行多有磕碰，其中六条小巷没有一盏路灯。",
        analysis="小巷权属分散，产权单位和市政之间没有移交；历年改造以主街为主。",
        request="建议先为六条没有路灯的小巷装灯，再分两年补齐其余小巷，并明确管养单位。",
        category="environment",
        age=timedelta(days=80),
        signers=(3,),
        towns=("南门街道", "月湖街道"),
        organs=("housing",),
        answer="六条小巷的 58 盏路灯已经装好并移交管养；其余小巷列入明年计划，名单附后。",
        stop="answered",
    ),
    PlannedPaper(
        lead=4,
        title="关于加强河道保洁船只调度和打捞垃圾去向管理的建议",
        facts="汛期后打捞的水草和垃圾在河岸堆放两三天才清运，有的沿河小区反映气味大。",
        analysis="打捞和清运分属两家单位，清运按固定班次，不随打捞量调整。",
        request="建议打捞后 24 小时内清运，并公布去向；汛期增加班次。",
        category="environment",
        age=timedelta(days=62),
        organs=("water", "enforcement"),
        apart=True,
        stop="assigned",
    ),
    PlannedPaper(
        lead=5,
        title="关于完善涉企执行案件信用修复衔接机制的建议",
        facts="部分企业履行完毕后，信用限制解除不及时，影响贷款和投标。",
        analysis="法院解除限制与金融、市场监管系统更新之间有时间差，企业要自己来回跑。",
        request="建议由法院牵头建立履行完毕即时推送机制，三个工作日内同步解除。",
        category="legal",
        age=timedelta(days=40),
        organs=("court",),
        co=("market", "finance"),
        stop="assigned",
    ),
    PlannedPaper(
        lead=6,
        title="关于村级卫生服务站药品目录与慢性病用药衔接的建议",
        facts="山区村民在区医院开的慢性病药，村卫生站没有，要坐车到镇里取。",
        analysis="村级目录品种少，按上年用量核定，慢性病长期处方没有单列。",
        request="建议把高血压、糖尿病常用药纳入村级目录，并由镇卫生院每周配送。",
        category="social",
        age=timedelta(days=6),
        towns=("章水镇", "龙观乡"),
        stop="submitted",
    ),
    PlannedPaper(
        lead=1,
        title="关于在小学周边设置上下学时段步行通道的建议",
        facts="上下学时段校门口机动车、电动车和学生混行，今年已发生三起擦碰。",
        analysis="校门前道路窄，临时停车没有固定位置，家长只能停在路口。",
        request="建议选三所学校先行设置步行通道和限时停车位，一个学期后评估再推开。",
        category="social",
        age=timedelta(days=3),
        signers=(0, 2),
        towns=("古林镇",),
        shared=True,
        stop="draft",
    ),
)

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
