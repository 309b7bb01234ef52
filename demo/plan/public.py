"""What citizens see and say of projects: their many places, what was said, and what became of it. All invented."""

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shapely import LineString, Point, box
from shapely.geometry.base import BaseGeometry

from demo.plan import plane
from demo.plan.calendar import moment
from demo.plan.chance import stream
from demo.plan.projects import Plan
from demo.plan.villages import Village, villages

# Project -> how many points, lines and areas it is.
SPREAD = {
    "社区老年助餐服务扩面": (12, 0, 0),
    "古林片区内涝点治理": (9, 0, 0),
    "老旧住宅电梯更新": (20, 0, 0),
    "家门口的运动场": (14, 2, 2),
    "姚江滨江绿道贯通": (5, 3, 0),
    "北郊片区老旧小区成片改造": (0, 0, 8),
    "校园周边交通安全整治": (16, 0, 0),
}
COURSE_M = 700
GROUND_M = 90


@dataclass(frozen=True)
class Place:
    project: str
    number: int
    name: str
    shape: BaseGeometry
    done_on: date | None


@dataclass(frozen=True)
class Said:
    """One feedback: `state` and `reason` as staff decided, `reply` by the lead department."""

    project: str
    text: str
    at: datetime
    state: str = "shown"
    reason: str = ""
    reply: str = ""
    by_deputy: bool = False
    photo: str = ""


def places(plans: tuple[Plan, ...], today: date) -> list[Place]:
    """The places of the projects that have several, each near a village of the project's town."""
    found = []
    for plan in plans:
        if plan.name in SPREAD:
            found += _places(plan, SPREAD[plan.name], today)
    return found


def _places(plan: Plan, counts: tuple[int, int, int], today: date) -> list[Place]:
    chance = stream(f"places:{plan.code}")
    shapes = [kind for kind, count in enumerate(counts) for _ in range(count)]
    near = _nearest(plan, len(shapes))
    done = round(len(shapes) * sum(step.weight for step in plan.steps if step.done_on) / 100)
    last = max((step.done_on for step in plan.steps if step.done_on), default=plan.starts_on)
    found = []
    for number, (kind, village) in enumerate(zip(shapes, near, strict=True), start=1):
        ready = min(today, last - timedelta(days=chance.randrange(3, 40))) if number <= done else None
        shape = _shape(kind, village.place, chance.uniform(0, math.pi))
        found.append(Place(plan.code, number, village.short + KINDS[kind], shape, ready))
    return found


KINDS = "点", "段", "片"


def _nearest(plan: Plan, count: int) -> list[Village]:
    x, y = plane.xy(*plan.place)

    def away(village: Village) -> float:
        other = plane.xy(*village.place)
        return math.hypot(other[0] - x, other[1] - y)

    return sorted(villages(), key=away)[:count]


def _shape(kind: int, place: tuple[float, float], angle: float) -> BaseGeometry:
    x, y = plane.xy(*place)
    if kind == 0:
        return Point(place)
    if kind == 1:
        dx, dy = COURSE_M / 2 * math.cos(angle), COURSE_M / 2 * math.sin(angle)
        bend = (x + dy * 0.2, y - dx * 0.2)
        return plane.to_degrees(LineString([(x - dx, y - dy), bend, (x + dx, y + dy)]))
    return plane.to_degrees(box(x - GROUND_M, y - GROUND_M * 0.7, x + GROUND_M, y + GROUND_M * 0.7))


def feedback(plans: tuple[Plan, ...], today: date) -> list[Said]:
    """Feedback in each state: shown with and without an answer, by a deputy, waiting, hidden."""
    codes = {plan.name: plan.code for plan in plans}

    def at(days: int, hour: int) -> datetime:
        return moment(today - timedelta(days=days), hour)

    return [
        Said(
            codes["老旧住宅电梯更新"],
            "三单元的电梯换好了，运行平稳，没有以前的抖动。希望把楼道里的包装材料也清走。",
            at(21, 9),
            reply="已通知施工单位，楼道里的材料三天内清运完毕。",
            photo="site-2.jpg",
        ),
        Said(codes["老旧住宅电梯更新"], "更新期间没有临时电梯，老人上下楼不便，能不能先装一部再拆一部？", at(12, 20)),
        Said(
            codes["北郊片区老旧小区成片改造"],
            "实地看了两个小区：雨水管已换，但出入口路面高差没有处理，轮椅过不去，请施工时一并做坡道。",
            at(16, 15),
            reply="已列入变更，五个出入口全部改为无障碍坡道。",
            by_deputy=True,
            photo="site-4.jpg",
        ),
        Said(codes["姚江滨江绿道贯通"], "晚上散步这一段没有灯，走到桥下看不清路。", at(9, 21), photo="site-5.jpg"),
        Said(codes["社区老年助餐服务扩面"], "菜品比去年多了，十二块钱一餐，老人吃得惯。", at(70, 12)),
        Said(
            codes["古林片区内涝点治理"],
            "“梅花”台风那天路口没有积水，往年都要淹到小腿。",
            at(45, 18),
            reply="感谢反馈，泵站已转入常态值守。",
        ),
        Said(codes["校园周边交通安全整治"], "放学时段北门还是停了两排车，护栏装到哪里了？", at(1, 17), state="waiting"),
        Said(
            codes["家门口的运动场"],
            "篮球场的灯十点还亮着，照到卧室里，能不能早点关？",
            at(0, 8),
            state="waiting",
            photo="site-1.jpg",
        ),
        Said(
            codes["校园周边交通安全整治"],
            "（内容含他人姓名和车牌号）",
            at(6, 10),
            state="hidden",
            reason="含有他人姓名和车牌号，请去掉后重新提交",
        ),
    ]
