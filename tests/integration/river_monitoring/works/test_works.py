"""Causes, measures and outfalls: each write by who may, with its event; every refusal names its field."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.gis.geos import Point
from django.core.cache import cache
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Area, Department, User
from accounts.tokens import services as tokens
from geokit.refusal import BadInput, NotPermitted, StaleEdit
from ledger import chain
from river_monitoring.points.permissions import points_visible_to
from river_monitoring.works import outfall_services, services
from river_monitoring.works.models import Measure, Outfall, PointCause, WorkEvent
from river_monitoring.works.outfall_services import NewOutfall
from tests import roles

HERE = Point(121.321, 29.851, srid=4326)


@pytest.fixture
def measure(listed, officer):
    values = {"kind": "sewers", "title": "截污纳管", "contractor": "甬江建设", "cost_wan": Decimal(80)}
    return services.add_measure(listed.pk, officer, values)


@pytest.fixture
def outfall(world, officer):
    values = {"name": "一号排口", "subkind": "town_scattered", "state": "fixing", "department": world.water}
    return outfall_services.add_outfall(officer, NewOutfall("O-1", HERE, values))


def verbs():
    return list(WorkEvent.objects.order_by("pk").values_list("verb", flat=True))


def field_of(caught):
    return [error.field for error in caught.value.errors]


def test_a_measure_with_cost_and_contractor_is_added_by_its_department(measure, officer, world):
    event = WorkEvent.objects.get()
    assert (event.verb, event.actor, event.department) == ("measure_added", officer, world.water)
    assert event.changes["contractor"] == ["", "甬江建设"]


@pytest.mark.parametrize("cast", ["other_officer", "deputy", "gis", "staff", "admin_user"])
def test_others_add_change_and_drop_nothing(cast, request, listed, measure):
    person = request.getfixturevalue(cast)
    with pytest.raises(NotPermitted):
        services.add_measure(listed.pk, person, {"kind": "sewers", "title": "x"})
    with pytest.raises(NotPermitted):
        services.change_measure(measure.pk, person, expected_version=1, changes={"share_done": 10})
    with pytest.raises(NotPermitted):
        services.drop_measure(measure.pk, person, expected_version=1, note="不做了")
    with pytest.raises(NotPermitted):
        services.set_causes(listed.pk, person, ["mixed"], expected_version=listed.version)
    assert verbs() == ["measure_added"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": " "}, "title"),
        ({"kind": "magic"}, "kind"),
        ({"share_done": 101}, "share_done"),
        ({"share_done": -1}, "share_done"),
        ({"cost_wan": Decimal(-1)}, "cost_wan"),
        ({"spent_wan": Decimal(-1)}, "spent_wan"),
        ({"starts_on": timezone.localdate(), "due_on": timezone.localdate() - timedelta(days=1)}, "due_on"),
        ({"cost_wan": Decimal(10), "spent_wan": Decimal(11)}, "note"),
    ],
)
def test_each_wrong_value_of_a_measure_is_named_and_nothing_is_kept(wrong, field, listed, officer):
    with pytest.raises(BadInput) as caught:
        services.add_measure(listed.pk, officer, {"kind": "sewers", "title": "截污纳管", **wrong})
    assert field_of(caught) == [field]
    assert not Measure.objects.exists()


@pytest.mark.parametrize("values", [{"share_done": 101}, {"cost_wan": -1}, {"spent_wan": -1}])
def test_the_database_itself_refuses_what_cannot_be(values, listed):
    with pytest.raises(IntegrityError), transaction.atomic():
        Measure.objects.create(point=listed, kind="sewers", title="x", **values)


def test_progress_is_an_event_and_going_back_wants_a_reason(measure, officer):
    services.change_measure(measure.pk, officer, expected_version=1, changes={"share_done": 60})
    with pytest.raises(BadInput) as caught:
        services.change_measure(measure.pk, officer, expected_version=2, changes={"share_done": 40})
    assert field_of(caught) == ["note"]
    services.change_measure(measure.pk, officer, expected_version=2, changes={"share_done": 40}, note="返工")
    assert verbs() == ["measure_added", "measure_progress", "measure_progress"]


def test_a_stale_report_of_progress_is_refused(measure, officer, colleague):
    services.change_measure(measure.pk, colleague, expected_version=1, changes={"share_done": 60})
    with pytest.raises(StaleEdit):
        services.change_measure(measure.pk, officer, expected_version=1, changes={"share_done": 80})
    measure.refresh_from_db()
    assert measure.share_done == 60


def test_a_report_without_a_difference_is_no_event(measure, officer):
    assert services.change_measure(measure.pk, officer, expected_version=1, changes={"share_done": 0}) is None
    assert verbs() == ["measure_added"]


def test_a_dropped_measure_wants_a_reason_and_takes_no_more_progress(measure, officer):
    with pytest.raises(BadInput):
        services.drop_measure(measure.pk, officer, expected_version=1, note=" ")
    services.drop_measure(measure.pk, officer, expected_version=1, note="改走市政管网")
    with pytest.raises(BadInput) as caught:
        services.change_measure(measure.pk, officer, expected_version=2, changes={"share_done": 10})
    assert caught.value.code == "dropped-measure"


def test_a_point_that_is_on_no_list_takes_no_measure(point, officer):
    with pytest.raises(BadInput) as caught:
        services.add_measure(point.pk, officer, {"kind": "sewers", "title": "截污纳管"})
    assert caught.value.code == "wrong-state"


def test_causes_are_set_by_type_once(listed, officer):
    assert services.set_causes(listed.pk, officer, ["mixed", "sediment", "mixed"], expected_version=listed.version)
    listed.refresh_from_db()
    assert not services.set_causes(listed.pk, officer, ["sediment", "mixed"], expected_version=listed.version)
    assert PointCause.objects.count() == 2
    assert verbs() == ["causes"]


def test_an_unknown_cause_or_a_stale_page_is_refused(listed, officer):
    with pytest.raises(BadInput) as caught:
        services.set_causes(listed.pk, officer, ["witchcraft"], expected_version=listed.version)
    assert field_of(caught) == ["kinds"]
    with pytest.raises(StaleEdit):
        services.set_causes(listed.pk, officer, ["mixed"], expected_version=listed.version + 1)
    assert not PointCause.objects.exists()


def test_an_accepting_body_moves_a_deadline_with_a_reason_and_nothing_else(listed, other_officer):
    later = timezone.localdate() + timedelta(days=200)
    given = {"expected_version": listed.version, "note": "汛期停工"}
    with pytest.raises(NotPermitted):
        services.change_point(listed.pk, other_officer, changes={"due_on": later, "causes": "雨污混接"}, **given)
    services.change_point(listed.pk, other_officer, changes={"due_on": later}, **given)
    listed.refresh_from_db()
    assert listed.due_on == later
    assert verbs() == ["deadline"]


@pytest.mark.parametrize("cast", ["officer", "staff", "admin_user", "deputy", "gis"])
def test_nobody_else_moves_a_deadline(cast, request, listed):
    later = timezone.localdate() + timedelta(days=200)
    with pytest.raises(NotPermitted):
        services.change_point(
            listed.pk,
            request.getfixturevalue(cast),
            expected_version=listed.version,
            changes={"due_on": later},
            note="汛期",
        )
    listed.refresh_from_db()
    assert listed.due_on != later
    assert verbs() == []


def test_a_body_does_not_move_the_deadline_of_its_own_works(make_point, bodies, other_officer, world):
    own = make_point("OWN-1", department=world.ecology, status="under_way")
    later = timezone.localdate() + timedelta(days=200)
    with pytest.raises(NotPermitted):
        services.change_point(own.pk, other_officer, expected_version=1, changes={"due_on": later}, note="来不及")


@pytest.mark.parametrize(
    ("days", "note", "field"),
    [(200, "", "note"), (0, "汛期", "due_on"), (-3, "汛期", "due_on"), (None, "汛期", "due_on")],
)
def test_a_deadline_without_reason_or_not_in_the_future_is_refused(listed, other_officer, days, note, field):
    due_on = None if days is None else timezone.localdate() + timedelta(days=days)
    with pytest.raises(BadInput) as caught:
        services.change_point(
            listed.pk, other_officer, expected_version=listed.version, changes={"due_on": due_on}, note=note
        )
    assert field_of(caught) == [field]


def test_an_outfall_takes_its_first_level_from_the_second_and_its_town_from_its_place(outfall, world):
    assert (outfall.kind, outfall.area) == ("other", world.west_town)
    assert verbs() == ["outfall_added"]


@pytest.mark.parametrize(
    ("code", "place", "wrong", "field"),
    [
        ("O-1", HERE, {}, "code"),
        (" ", HERE, {}, "code"),
        ("排口/2", HERE, {}, "code"),
        ("..", HERE, {}, "code"),
        ("new", HERE, {}, "code"),
        ("O-2", Point(120.0, 30.0, srid=4326), {}, "place"),
        ("O-2", HERE, {"name": " "}, "name"),
        ("O-2", HERE, {"subkind": "volcano"}, "subkind"),
        ("O-2", HERE, {"state": "lost"}, "state"),
        ("O-2", HERE, {"state": "closed", "flows_when_dry": True}, "flows_when_dry"),
    ],
)
def test_each_wrong_value_of_an_outfall_is_named(outfall, officer, world, code, place, wrong, field):
    values = {"name": "二号", "subkind": "rest", "state": "fixing", "department": world.water, **wrong}
    with pytest.raises(BadInput) as caught:
        outfall_services.add_outfall(officer, NewOutfall(code, place, values))
    assert field_of(caught) == [field]
    assert Outfall.objects.count() == 1


def test_an_outfall_of_another_department_is_not_hers(outfall, officer, other_officer, deputy, world):
    values = {"name": "二号", "subkind": "rest", "state": "fixing", "department": world.ecology}
    for person in (officer, deputy):
        with pytest.raises(NotPermitted):
            outfall_services.add_outfall(person, NewOutfall("O-2", HERE, values))
    with pytest.raises(NotPermitted):
        outfall_services.change_outfall(outfall.pk, other_officer, expected_version=1, values={"state": "kept"})
    with pytest.raises(NotPermitted):
        outfall_services.change_outfall(outfall.pk, officer, expected_version=1, values={"department": world.ecology})


def test_a_stale_change_of_an_outfall_is_refused(outfall, officer):
    outfall_services.change_outfall(outfall.pk, officer, expected_version=1, values={"state": "kept"})
    with pytest.raises(StaleEdit):
        outfall_services.change_outfall(outfall.pk, officer, expected_version=1, values={"state": "closed"})


def test_an_outfall_is_linked_to_points_near_it_only(outfall, officer, listed, make_point):
    far = make_point("FAR", geom=Point(121.39, 29.89, srid=4326))
    for codes in (["NONE"], [far.code]):
        with pytest.raises(BadInput) as caught:
            outfall_services.link_points(outfall.pk, officer, codes, expected_version=1)
        assert field_of(caught) == ["points"]
    assert outfall_services.link_points(outfall.pk, officer, [listed.code], expected_version=1) == 1
    assert verbs() == ["outfall_added", "outfall_linked"]


def test_points_that_she_is_not_shown_stay_linked(outfall, officer, world, listed, make_point):
    """Of several districts: the outfall harms a point beyond the border too, which her form does not have."""
    city = Area.objects.create(code="3302", name="宁波市", level="city")
    Area.objects.filter(pk=world.district.pk).update(parent=city)
    second = Area.objects.create(code="330299", name="甲区", level="district", parent=city)
    Department.objects.update(area=world.district)
    cache.clear()
    beyond = make_point(
        "BEYOND",
        area=Area.objects.create(code="330299100", name="甲镇", level="town", parent=second),
        department=Department.objects.create(code="x1", name="甲区水利局", short_name="甲水利", area=second),
    )
    outfall.points.add(beyond)
    her = User.objects.get(pk=officer.pk)
    assert list(points_visible_to(her)) == [listed]
    assert outfall_services.link_points(outfall.pk, her, [listed.code], expected_version=1) == 1
    assert set(outfall.points.all()) == {listed, beyond}
    assert verbs() == ["outfall_added", "outfall_linked"]
    assert outfall_services.link_points(outfall.pk, her, [], expected_version=2) == 1
    assert list(outfall.points.all()) == [beyond]


def test_a_measure_names_only_an_outfall_of_its_point_and_keeps_it_linked(outfall, officer, listed):
    with pytest.raises(BadInput) as caught:
        services.add_measure(listed.pk, officer, {"kind": "outfalls", "title": "封堵", "outfall": outfall})
    assert field_of(caught) == ["outfall"]
    outfall_services.link_points(outfall.pk, officer, [listed.code], expected_version=1)
    services.add_measure(listed.pk, officer, {"kind": "outfalls", "title": "封堵", "outfall": outfall})
    with pytest.raises(BadInput) as caught:
        outfall_services.link_points(outfall.pk, officer, [], expected_version=2)
    assert caught.value.errors[0].code == "in-use"


def test_events_of_works_cannot_be_edited_and_are_on_the_chain(measure):
    with roles.owner_rights(), pytest.raises(DatabaseError), transaction.atomic():
        WorkEvent.objects.update(note="别的")
    with roles.owner_rights(), pytest.raises(DatabaseError), transaction.atomic():
        WorkEvent.objects.all().delete()
    assert "river_monitoring_workevent" in chain.chained_tables()
    assert [fault for fault in chain.verify().faults if fault.table == "river_monitoring_workevent"] == []


def test_the_page_takes_causes_measures_and_progress_without_scripts(as_user, officer, listed):
    client, address = as_user(officer), f"/river/points/{listed.code}/works/"
    client.post(address, {"causes": "1", "version": listed.version, "kinds": ["mixed"]})
    client.post(address, {"kind": "dredging", "title": "清淤 800 米", "cost_wan": "12.5", "contractor": "甬江建设"})
    found = Measure.objects.get()
    page = client.post(
        f"/river/points/{listed.code}/measures/{found.pk}/",
        {"version": 1, "share_done": 30, "spent_wan": "4"},
        follow=True,
    )
    assert page.status_code == 200
    found.refresh_from_db()
    assert (found.share_done, found.spent_wan) == (30, Decimal(4))
    public = as_user(None).get(listed.get_absolute_url()).content.decode()
    for words in ("雨污混接", "清淤 800 米", "甬江建设", "完成 30%"):
        assert words in public


def test_the_page_says_what_is_wrong_and_keeps_what_was_typed(as_user, officer, listed):
    answer = as_user(officer).post(
        f"/river/points/{listed.code}/works/", {"kind": "dredging", "title": "清淤", "cost_wan": "-5"}
    )
    assert answer.status_code == 400
    assert "清淤" in answer.content.decode()
    assert not Measure.objects.exists()


def test_the_page_is_not_there_for_another_department(as_user, other_officer, deputy, listed):
    for person in (other_officer, deputy):
        assert as_user(person).get(f"/river/points/{listed.code}/works/").status_code == 404


def by_token(measure, scope, body, actor, department):
    until = timezone.localdate() + timedelta(days=30)
    _token, text = tokens.issue(actor, department=department, name="系统", scopes=[scope], expires_on=until)
    path, bearer = f"/api/v1/measures/{measure.pk}/progress/", {"Authorization": f"Bearer {text}"}
    return Client(headers=bearer).post(path, body, content_type="application/json")


def test_the_token_of_the_department_in_charge_reports_progress(measure, officer, world):
    answer = by_token(measure, "points:write", {"version": 1, "share_done": 40, "spent_wan": "8"}, officer, world.water)
    assert answer.status_code == 200, answer.content
    assert (answer.json()["share_done"], answer.json()["version"]) == (40, 2)
    stale = by_token(measure, "points:write", {"version": 1, "share_done": 50}, officer, world.water)
    less = by_token(measure, "points:write", {"version": 2, "share_done": 10}, officer, world.water)
    assert (stale.status_code, less.status_code) == (409, 400)
    measure.refresh_from_db()
    assert measure.share_done == 40


def test_the_same_progress_again_changes_nothing_and_is_no_conflict(measure, officer, other_officer, world):
    body = {"version": 1, "share_done": 40, "spent_wan": "8.00"}
    for _ in range(2):
        answer = by_token(measure, "points:write", body, officer, world.water)
        assert (answer.status_code, answer.json()["version"]) == (200, 2)
    assert WorkEvent.objects.filter(measure=measure, verb=WorkEvent.Verb.MEASURE_PROGRESS).count() == 1
    assert by_token(measure, "points:write", body, other_officer, world.ecology).status_code == 403


def test_another_scope_and_another_department_report_nothing(measure, officer, other_officer, world):
    body = {"version": 1, "share_done": 40}
    for scope, actor, department in (
        ("samples:write", officer, world.water), ("read", officer, world.water),
        ("points:write", other_officer, world.ecology),
    ):  # fmt: skip
        assert by_token(measure, scope, body, actor, department).status_code == 403
    measure.refresh_from_db()
    assert measure.share_done == 0
