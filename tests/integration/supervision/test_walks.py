"""Whatever people do to a matter in whatever order, its history tells its state and the chain stays sound."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Department, Role, User
from geokit.refusal import Refusal
from ledger import chain
from ledger.actors import SITE
from ledger.steps.apply import steps_now
from supervision.matters import services, table
from supervision.matters.permissions import Reporter, suggestions_visible_to
from supervision.matters.services.filing import submit
from supervision.matters.states import State, Verb
from supervision.matters.table import IN_HAND
from supervision.matters.workflow import MATTERS
from supervision.models import Finding, Suggestion

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
BEGIN = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
UNTAKEN = {Verb.ADOPT, Verb.ABSORB, Verb.RELEASE, Verb.ESCALATE, Verb.PUBLISH, Verb.WITHDRAW, Verb.REDACT, Verb.LINK}
"""Taken elsewhere: by the other side of a merge, by the pages of the public, by the morning's watch."""

REFUSALS = {
    "same-department", "asked-already", "too-many-parts", "unknown", "not-now", "not-later", "too-late",
}  # fmt: skip


class Walk:
    """One matter that the public reported, another to merge with, and everybody who may do something."""

    def __init__(self, world, deputy, staff):
        self.world, self.departments = world, list(Department.objects.order_by("pk"))
        seen = {"category": "general", "text": "路灯不亮", "geom": world.west_town.point, "area": world.west_town}
        first = Finding.objects.create(client_id="0" * 31 + "1", seen_at=timezone.now(), **seen)
        other = Finding.objects.create(client_id="0" * 31 + "2", seen_at=timezone.now(), reporter=deputy, **seen)
        self.matter, self.other = submit(first, "received"), submit(other)
        officers = [User.objects.create_user(f"o{d.pk}", role=Role.OFFICER, department=d) for d in self.departments]
        self.actors = [staff, staff, *officers, *officers, deputy, Reporter(self.matter.pk), SITE]

    def choice(self, number):
        """The first of the people, counted from the number's, who may do something now, and one of these verbs."""
        matter = Suggestion.objects.get(pk=self.matter.pk)
        turn, verb = number % len(self.actors), number // len(self.actors)
        for actor in (*self.actors[turn:], *self.actors[:turn]):
            if suggestions_visible_to(actor).filter(pk=matter.pk).exists():
                steps = [step.verb for step in steps_now(MATTERS, actor, matter) if step.verb not in UNTAKEN]
                if steps:
                    return actor, steps[verb % len(steps)]
        raise AssertionError(f"nobody may do anything with a matter that is {matter.state}")

    def take(self, actor, verb, number):
        matter = Suggestion.objects.get(pk=self.matter.pk)
        who = self.departments[number % len(self.departments)]
        text, later = {"text": "说明"}, timezone.localdate() + timedelta(days=30)
        rating = {"handling": "fairly", "outcome": ("fairly", "dissatisfied")[verb is Verb.REOPEN]}
        planned = {"result": "B", "planned_on": later} if number % 2 else {"result": "A"}
        wished = matter.due_on + timedelta(days=number % 9 + 1) if matter.due_on else None
        given = {
            Verb.ASSIGN: {"department": who, "wide": bool(number % 2), "days": number % 7 + 1},
            Verb.FORWARD: {"department": who, **text},
            Verb.ASK_FORWARD: {"department": who, **text},
            Verb.HAND_ON: {"department": who},
            Verb.ASK_CO: {"department": who},
            Verb.REPLY: {**text, **planned},
            Verb.RATE: {**rating, **text},
            Verb.REOPEN: {**rating, **text},
            Verb.MERGE: {"other": self.other},
            Verb.SPLIT: {"title": "其中一件", **text},
            Verb.UNLINK: {"link_id": 0},
            Verb.ASK_EXTENSION: {"until": wished, **text},
            Verb.EXTEND: {"until": wished},
        }.get(verb, text)
        if verb is Verb.COME_BACK:
            return services.come_back(matter.pk)
        named = {Verb.RETURN: "return_to_staff", Verb.REOPEN: "rate"}.get(verb, str(verb))
        version = {} if verb in (Verb.URGE, Verb.SAY) else {"version": matter.version}
        return getattr(services, named)(actor, matter.pk, **version, **given)


def assert_sound(matter):
    verbs = list(matter.events.order_by("at", "pk").values_list("verb", flat=True))
    assert table.TABLE.replay(verbs) == matter.state, verbs
    assert (matter.state == State.MERGED) == (matter.merged_into_id is not None)
    assert matter.redo_count == verbs.count("reopened") <= table.REDO_LIMIT
    if matter.state in IN_HAND:
        assert matter.department_id is not None
        assert isinstance(matter.due_on, date)
    if matter.state == State.CLOSED:
        assert matter.closed_at is not None


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(walk=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 40)), min_size=1, max_size=22))
def test_any_walk_of_allowed_steps_leaves_states_constraints_and_chain_sound(walk, world, deputy, staff):
    with transaction.atomic(), time_machine.travel(BEGIN, tick=False) as clock:
        here = Walk(world, deputy, staff)
        for number, hours in walk:
            clock.shift(timedelta(hours=hours * 3 + 1))
            try:
                with transaction.atomic():
                    here.take(*here.choice(number), number)
            except Refusal as refusal:
                assert refusal.code in REFUSALS, refusal
            for matter in Suggestion.objects.all():
                assert_sound(matter)
        assert chain.verify().faults == ()
        transaction.set_rollback(True)


def test_every_step_of_the_table_is_walked_or_named_as_taken_elsewhere():
    walked = {line.verb for line in table.TABLE.transitions} - UNTAKEN
    served = {Verb.RETURN: "return_to_staff", Verb.REOPEN: "rate"}
    assert all(hasattr(services, served.get(verb, str(verb))) for verb in walked)
