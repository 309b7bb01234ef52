"""A small table of steps at work on water points, and one point to take them with."""

from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from django.utils import timezone

from accounts.permissions import role_of
from ledger.actors import account_of
from ledger.steps import State, StepTable, Transition, from_each, stay
from ledger.steps.workflow import Workflow
from river_monitoring.models import MonitoringPoint, RectificationEvent

OFFICER, STAFF = frozenset({"officer"}), frozenset({"staff"})
TABLE = StepTable(
    name="dredging",
    title="清淤",
    states=(
        State("none", "未开始"),
        State("under_way", "清淤中", ("open",)),
        State("suspended", "已暂停", ("open",)),
        State("delisted", "已完成"),
    ),
    transitions=(
        Transition("none", "begin", "under_way", OFFICER, ("note",), notice="begun"),
        Transition("under_way", "finish", "delisted", STAFF),
        *from_each(("none", "under_way"), "suspend", "suspended", OFFICER | STAFF),
        Transition("suspended", "resume", None, OFFICER),
        *stay(("none", "under_way"), "remark", OFFICER | STAFF, ("note",), keeps_version=True),
    ),
    verbs={"begin": "开工", "finish": "完工", "suspend": "暂停", "resume": "恢复", "remark": "说明"},
    parties={"officer": "联络员", "staff": "工作人员"},
    beginnings={"": "none"},
    needs={"note": "请写明情况。"},
)


class Dredging(Workflow[MonitoringPoint, RectificationEvent, str]):
    """Officers dredge, staff accept. `told` keeps the notices; nothing can be done to a point named in `closed`."""

    table, model, state_field = TABLE, MonitoringPoint, "status"

    def __init__(self) -> None:
        self.told: list[tuple[str, int]] = []
        self.closed: set[str] = set()

    def facts(self, thing):
        return thing.name

    def parties(self, actor, thing, facts):
        return {role_of(actor)} & {"officer", "staff"}

    def came_from(self, thing, facts):
        last = thing.events.filter(to_status="suspended").order_by("pk").last()
        return last.from_status if last else None

    def obstacle(self, step):
        return "今天不办理。" if step.facts in self.closed else ""

    def repeated(self, step):
        """The same remark twice is one."""
        same = step.thing.events.filter(to_status=step.state, note=step.given.get("note", ""))
        return same.first() if step.line.verb == "remark" else None

    def change(self, step):
        step.thing.due_on = step.given.get("due_on")
        return {"note": step.given.get("note", "")}

    def write_event(self, step, fields):
        actor = account_of(step.actor)
        return RectificationEvent.objects.create(
            point=step.thing, at=step.at, from_status=step.state, to_status=step.line.target, actor=actor, **fields
        )

    def tell(self, step, event):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")  # it is in the step's transaction
        self.told.append((step.line.notice, event.pk))


@pytest.fixture
def dredging() -> Dredging:
    return Dredging()


@pytest.fixture
def point(world: Any) -> MonitoringPoint:
    return MonitoringPoint.objects.create(
        code="C-1", name="水塘", kind="small", area=world.west_town, department=world.water,
        geom=Point(121.32, 29.85, srid=4326), listed_on=timezone.localdate(),
    )  # fmt: skip
