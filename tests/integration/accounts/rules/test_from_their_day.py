"""Each rule that is named in the charter of the district is used, and only from its day on."""

from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts import rules
from accounts.rules import services
from accounts.workdays import is_workday
from geokit.refusal import BadInput
from inspections.patrols.queries import rules as patrol_rules
from river_monitoring.points.permissions import accepting_bodies
from river_monitoring.rectification import escalation as of_points
from river_monitoring.statistics.ranking import MINIMUM, ranking_basis
from stations.receptions.plans import ReceptionPlan, check_plan
from supervision.matters import escalation as of_matters

FREE_DAY = date(2031, 3, 5)


def codes_of_bodies():
    return [body.code for body in accepting_bodies()]


def notice_is_short():
    """Whether a reception five days from now is announced too late."""
    begins = timezone.now() + timedelta(days=5)
    try:
        check_plan(ReceptionPlan("routine", begins, begins + timedelta(hours=2), deputies=[]), timezone.now())
    except BadInput as refused:
        return "short-notice" in {error.code for error in refused.errors}
    return False


RULES = [
    ("escalation.town_days", 3, lambda: of_points.Level.TOWN in of_points.levels_for(5, rules.book()), False, True),
    (
        "matters.late_staff_days",
        9,
        lambda: of_matters.Level.TOWN in of_matters.levels_for(5, rules.book()),
        True,
        False,
    ),
    ("stations.notice_days", 9, notice_is_short, False, True),
    ("patrols.village.every_days", 4, lambda: "village" in patrol_rules(), False, True),
    ("ranking.minimum", 6, lambda: ranking_basis(timezone.localdate())[MINIMUM], 3, 6),
    ("delisting.accepting_bodies", ["ecology"], codes_of_bodies, [], ["ecology"]),
    ("calendar.days_off", [FREE_DAY], lambda: is_workday(FREE_DAY), True, False),
]


@pytest.mark.parametrize(("key", "value", "effect", "before", "after"), RULES, ids=[rule[0] for rule in RULES])
def test_a_rule_has_its_effect_from_its_day_and_none_before(key, value, effect, before, after, staff, world):
    first = timezone.localdate() + timedelta(days=3)
    services.change(staff, key, value, effective_from=first, reason="常委会决定")
    eve = timezone.make_aware(datetime.combine(first, time.min)) - timedelta(minutes=1)
    assert effect() == before
    with time_machine.travel(eve, tick=False):
        assert effect() == before
        assert rules.version() == 0
    with time_machine.travel(eve + timedelta(minutes=1), tick=False):
        assert effect() == after
        assert rules.version() == 1


@pytest.mark.parametrize("key", [rule[0] for rule in RULES])
def test_none_is_set_for_the_past(key, staff, world):
    value = {rule[0]: rule[1] for rule in RULES}[key]
    with pytest.raises(BadInput, match="过去"):
        services.change(staff, key, value, effective_from=timezone.localdate() - timedelta(days=1), reason="倒填日期")


def test_the_administration_gives_no_department_the_code_of_an_accepting_body(world, admin_user, as_user, set_rule):
    set_rule("delisting.accepting_bodies", [world.ecology.code])
    address = f"/admin/accounts/department/{world.water.pk}/change/"
    sent = {"code": "ecology-2", "name": "区水利局", "short_name": "水利", "phone": "", "area": ""}
    assert as_user(admin_user).post(address, sent).status_code == 302
    world.water.refresh_from_db()
    assert world.water.code == "water"
    assert codes_of_bodies() == [world.ecology.code]
