"""Two questionnaires, answers and all invented: one that is answered, one that is open, through the room's services."""

from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from accounts.models import Area, User
from demo.plan import sources
from demo.plan.calendar import moment
from demo.plan.chance import stream
from demo.store import past
from projects.models import Project
from questions.answering.services import Sender, answer, publish
from questions.models import Questionnaire
from questions.register import services
from questions.register.form import Question

INVENTED = "演示数据：问卷和答卷都是编的。"
ANSWERED_SHEETS, OPEN_SHEETS = 64, 17
FEEL = (("good", "好"), ("fair", "一般"), ("bad", "不好"))
USES = (("walk", "散步、跑步"), ("fish", "钓鱼"), ("wash", "洗东西"), ("none", "很少去"))
RIVER = (
    Question(name="feel", kind="one", label="您家附近的河道环境怎样", required=True, choices=FEEL),
    Question(name="where", kind="text", label="哪里不好", hint="一处就好", when="${feel} = 'bad'", most=200),
    Question(name="uses", kind="several", label="您在河边常做什么", choices=USES, most=3),
    Question(name="place", kind="point", label="最希望先整治的地方"),
    Question(name="mark", kind="scale", label="给今年的治水打几分", low=1, high=5),
)
PROJECT = (
    Question(name="need", kind="several", label="您最需要哪些设施", required=True, most=2, choices=(
        ("ramp", "无障碍坡道"), ("light", "照明"), ("toilet", "公厕"), ("bench", "座椅"))),
    Question(name="way", kind="line", label="您常走哪条路过去"),
    Question(name="times", kind="number", label="每周大约去几次", low=0, high=30, whole=True),
    Question(name="say", kind="text", label="还有什么建议", most=500),
)  # fmt: skip
BAD = ("桥头有垃圾堆", "水发黑，夏天有味道", "护栏坏了一段", "岸边台阶太滑")
SAYS = ("希望早点完工", "晚上太暗，多装几盏灯", "方便推轮椅", "")


def store_questionnaires(areas: dict[str, Area], users: dict[str, User], today: date) -> int:
    """Write both; how many."""
    towns = [area for area in areas.values() if area.level == Area.Level.TOWN and area.point]
    chance, staff = stream("questionnaires"), users["staff"]
    district = areas[sources.DISTRICT]
    begins = today - timedelta(days=40)
    over = _opened(users, begins, RIVER, title="身边的河道，您怎么看", text=INVENTED, area=district, days=14)
    for number in range(ANSWERED_SHEETS):
        _answer(over, begins + timedelta(days=1 + number % 12), number, _of_the_river(chance, towns))
    with past.at(moment(begins + timedelta(days=15))):
        over = services.close_due()[0]
    shown = over.sheets.filter(answers__has_key="where").first()
    if shown is not None:
        publish(staff, shown.pk, "where", text=str(shown.answers["where"]), reply="已列入整治清单。")
    with past.at(moment(begins + timedelta(days=25))):
        words = "六十四位居民回答。反映集中的三处列入明年整治计划；护栏已由镇街修好；夜间照明另行研究。"
        services.step(staff, over.pk, "answer", over.version, words)
    project = Project.objects.filter(status="building").order_by("code").first()
    now = today - timedelta(days=3)
    is_open = _opened(users, now, PROJECT, title="这个项目怎么建更好用", text=INVENTED, area=district, days=24,
                      project=project)  # fmt: skip
    for number in range(OPEN_SHEETS):
        _answer(is_open, now + timedelta(days=1 + number % 2), number, _of_the_project(chance, towns))
    return 2


def _opened(
    users: dict[str, User], begins: date, questions: tuple[Question, ...], *, days: int, **more: Any
) -> Questionnaire:
    """Drafted by the staff, opened by a second person."""
    times = {"opens_at": moment(begins), "closes_at": moment(begins + timedelta(days=days), 18)}
    with past.at(moment(begins, 8)):
        made = services.make(users["staff"], created_at=moment(begins, 8), **times, **more)
        services.save_form(users["staff"], made.pk, made.version, questions)
        services.step(users["staff"], made.pk, "submit", made.version + 1)
        services.step(users["admin"], made.pk, "approve", made.version + 2)
    made.refresh_from_db()
    return made


def _answer(questionnaire: Questionnaire, day: date, number: int, typed: dict[str, Any]) -> None:
    browser = f"demo-{questionnaire.pk}-{number}"
    client_id = uuid5(NAMESPACE_URL, f"questionnaire:{browser}")
    with past.at(moment(day, 10, number % 60)):
        answer(questionnaire, Sender(user=None, browser=browser), typed, client_id=client_id, form_number=1)


def _in_the_middle(town: Area) -> dict[str, str]:
    point = town.point
    assert point is not None  # noqa: S101 - those without are left out above
    return {"lng": f"{point.x:.5f}", "lat": f"{point.y:.5f}"}


def _of_the_river(chance: Random, towns: list[Area]) -> dict[str, Any]:
    feel = chance.choices(["good", "fair", "bad"], [5, 3, 2])[0]
    uses = chance.sample(["walk", "fish", "wash"], chance.randint(1, 2))
    typed: dict[str, Any] = {"feel": feel, "uses": uses, "mark": str(chance.choices([2, 3, 4, 5], [1, 2, 4, 3])[0])}
    if feel == "bad":
        typed["where"] = chance.choice(BAD)
    return typed | {"place": _in_the_middle(chance.choice(towns))}


def _of_the_project(chance: Random, towns: list[Area]) -> dict[str, Any]:
    needs = chance.sample(["ramp", "light", "toilet", "bench"], 2)
    corners = [_in_the_middle(town) for town in chance.sample(towns, 2)]
    way = "\n".join(f"{corner['lng']},{corner['lat']}" for corner in corners)
    return {"need": needs, "way": way, "times": str(chance.randint(0, 7)), "say": chance.choice(SAYS)}
