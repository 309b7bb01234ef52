"""What a point is judged by changes by an event with a reason, or not at all."""

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Department, Role, User
from accounts.notices.models import Notice
from geokit.refusal import BadInput, NotPermitted, StaleEdit
from ledger import chain
from ledger.models import AuditEntry
from river_monitoring.assessment.models import PointMonth
from river_monitoring.history import history_of
from river_monitoring.points.models import MonitoringPoint, PointChange
from river_monitoring.rectification.models import RectificationEvent
from river_monitoring.rectification.point_changes import Wanted, change_point
from tests import roles
from tests.integration.river_monitoring.conftest import GOOD

TABLE = "river_monitoring_monitoringpoint"


@pytest.fixture
def keeper(world, set_rule):
    """An officer of the office that the district named; the point is another department's."""
    office = Department.objects.create(code="water-campaign", name="区治水办", short_name="治水办")
    set_rule("points.keepers", ["water-campaign"])
    return User.objects.create_user("a-keeper", role=Role.OFFICER, department=office)


def change(actor, point, *, target=3, water=None, department=None, reason="市治水办〔2026〕7号", version=None):
    wanted = Wanted(target, water or point.water, department or point.department)
    return change_point(actor, point.pk, wanted, reason=reason, version=version or point.version)


def test_a_change_is_an_event_with_its_reason_on_the_points_page_and_in_the_chain(keeper, point, as_user):
    event = change(keeper, point)
    point.refresh_from_db()
    assert (point.target_class, point.version) == (3, 2)
    assert (event.target_before, event.target_class, event.office.name) == (5, 3, "区治水办")
    entry = next(entry for entry in history_of(point, None) if entry.words)
    assert (entry.words, entry.facts) == ("市治水办〔2026〕7号", ("目标类别：Ⅴ类 → Ⅲ类",))
    page = as_user(None).get(point.get_absolute_url()).content.decode()
    assert "市治水办〔2026〕7号" in page
    assert AuditEntry.objects.filter(verb="change-point", object_id=str(point.pk)).count() == 1
    assert "river_monitoring_pointchange" in chain.chained_tables()
    assert chain.verify().faults == ()


@pytest.mark.parametrize("values", [{"target_class": 3}, {"water": "lake"}, {"department": "ecology"}])
def test_the_database_refuses_an_update_past_the_event(point, world, values):
    given = values | ({"department": world.ecology} if "department" in values else {})
    with pytest.raises(DatabaseError, match="PointChange"), transaction.atomic():
        MonitoringPoint.objects.filter(pk=point.pk).update(**given)
    MonitoringPoint.objects.filter(pk=point.pk).update(causes="雨污混接")  # what is no matter of judgment is free


def test_what_was_changed_lawfully_cannot_be_flipped_back_without_another_event(keeper, point):
    change(keeper, point)
    with pytest.raises(DatabaseError, match="PointChange"), transaction.atomic():
        MonitoringPoint.objects.filter(pk=point.pk).update(target_class=5)


def test_an_event_cannot_be_edited(keeper, point):
    change(keeper, point)
    with roles.owner_rights(), pytest.raises(DatabaseError, match="history"), transaction.atomic():
        PointChange.objects.update(reason="别的理由")


@pytest.mark.parametrize("person", ["officer", "other_officer", "staff", "deputy", "gis"])
def test_nobody_else_changes_it(request, person, keeper, point, as_user):
    actor = request.getfixturevalue(person)
    with pytest.raises(NotPermitted):
        change(actor, point)
    address = reverse("river:point_change", args=[point.code])
    form = {"target_class": 3, "water": "river", "department": "water", "reason": "想要", "version": 1}
    assert as_user(actor).get(address).status_code == 404
    assert as_user(actor).post(address, form).status_code == 404
    assert not PointChange.objects.exists()


def test_the_office_that_keeps_points_does_not_change_its_own(keeper, make_point, as_user):
    own = make_point("OWN-1", department=keeper.department)
    with pytest.raises(NotPermitted):
        change(keeper, own)
    assert as_user(keeper).get(reverse("river:point_change", args=[own.code])).status_code == 404


def test_without_a_named_office_only_administrators_change_points(admin_user, other_officer, point):
    with pytest.raises(NotPermitted):
        change(other_officer, point)
    assert change(admin_user, point).office is None


@pytest.mark.parametrize(
    ("more", "code"), [({"reason": " "}, "required"), ({"target": 5}, "unchanged"), ({"target": 6}, "invalid")]
)
def test_a_change_without_reason_or_difference_is_refused(keeper, point, more, code):
    with pytest.raises(BadInput) as refusal:
        change(keeper, point, **more)
    assert refusal.value.code == code


def test_a_stale_form_is_refused(keeper, point, as_user):
    address = reverse("river:point_change", args=[point.code])
    change(keeper, point)
    form = {"target_class": 2, "water": "river", "department": "water", "reason": "再改", "version": 1}
    assert as_user(keeper).post(address, form).status_code == 409
    with pytest.raises(StaleEdit):
        change(keeper, point, target=2, version=1)


def test_the_target_does_not_move_while_acceptance_is_asked_but_the_department_may(keeper, make_point, world):
    asked = make_point("A-1", status="acceptance_asked")
    with pytest.raises(BadInput) as refusal:
        change(keeper, asked)
    assert refusal.value.code == "acceptance-pending"
    assert change(keeper, asked, target=5, department=world.ecology).department == world.ecology


def test_another_table_on_the_first_of_a_month_rates_its_samples_and_assesses_it_anew(keeper, make_point, sample):
    point = make_point(river=None, reach=None)  # in no register, so that the table is a choice
    taken = sample(point, GOOD)  # TP 0.08 is class II in a river, IV in a lake
    assert (taken.water_class, PointMonth.objects.get(point=point).water_class) == (2, 2)
    with time_machine.travel(timezone.localtime(taken.phenomenon_time).replace(day=1, hour=0, minute=1)):
        change(keeper, point, target=5, water="lake")
    taken.refresh_from_db()
    point.refresh_from_db()
    assert (taken.water_class, PointMonth.objects.get(point=point).water_class, point.current_class) == (4, 4, 4)


def test_the_departments_concerned_are_notified(keeper, point, officer, other_officer, world):
    change(keeper, point, department=world.ecology)
    told = Notice.objects.filter(recipient__in=[officer, other_officer]).values_list("recipient", flat=True)
    assert set(told) == {officer.pk, other_officer.pk}


def test_the_page_changes_the_point(keeper, point, as_user):
    address = reverse("river:point_change", args=[point.code])
    client = as_user(keeper)
    assert address in client.get(point.get_absolute_url()).content.decode()
    form = {"target_class": 3, "water": "river", "department": "water", "reason": "市治水办〔2026〕7号", "version": 1}
    assert client.post(address, form | {"reason": ""}).status_code == 400
    assert client.post(address, form).url == point.get_absolute_url()
    point.refresh_from_db()
    assert point.target_class == 3


def test_the_administration_shows_target_and_department_and_takes_none(admin_user, point, as_user):
    address = reverse("admin:river_monitoring_monitoringpoint_change", args=[point.pk])
    client = as_user(admin_user)
    fields = client.get(address).context["adminform"].form.fields
    assert {"target_class", "department", "water"} & set(fields) == set()
    client.post(address, {"name": "改名", "target_class": 1, "department": 2})
    point.refresh_from_db()
    assert point.target_class == 5


def test_the_chain_reveals_a_target_that_was_changed_with_the_trigger_off_even_beside_another_step(officer, point):
    with roles.owner_rights(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER {TABLE}_changes")
        cursor.execute(f"UPDATE {TABLE} SET target_class = 3 WHERE id = %s", [point.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {TABLE} ENABLE ALWAYS TRIGGER {TABLE}_changes")
    RectificationEvent.objects.create(point=point, at=timezone.now(), from_status="none", to_status="none")
    faults = [fault for fault in chain.verify().faults if fault.kind == "state-differs"]
    assert [(fault.table, fault.row, fault.column) for fault in faults] == [(TABLE, point.pk, "target_class")]
