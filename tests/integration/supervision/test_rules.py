"""Rules that staff keep on a map: which one counts, what is wrong with them, who may change them."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import rules as rules_of_district
from accounts.models import Department, Role, User
from accounts.rules import services as district
from accounts.rules.length import Length, Unit
from geokit.refusal import BadInput, NotPermitted, StaleEdit
from ledger.models import AuditEntry
from supervision.deadlines import periods
from supervision.deadlines.clocks import LAW, Clock
from supervision.matters import services
from supervision.models import Category, RoutingRule
from supervision.routing import check, routes
from supervision.routing.services import delete_rule, save_rule
from supervision.routing.zones import as_text, parse
from tests.conftest import MIDDLE, box

pytestmark = pytest.mark.django_db
WEST_HALF = "121.30, 29.80\n121.325, 29.80\n121.325, 29.90\n121.30, 29.90"


@pytest.fixture
def rules(world):
    """One rule for every category in the whole district."""
    return [RoutingRule.objects.create(category=category, department=world.water) for category in Category.values]


@pytest.fixture
def town_unit(world):
    return Department.objects.create(code="west", name="西镇人民政府", short_name="西镇", area=world.west_town)


def set_period(actor, clock, value, **more):
    given = {"effective_from": timezone.localdate(), "reason": "常委会办法"} | more
    return district.change(actor, f"clocks.{clock}", value, **given)


def zone(name, department, *edges, **more):
    return RoutingRule.objects.create(
        category="environment", zone=box(*edges), zone_name=name, department=department, **more
    )


def given(world, **more):
    return {
        "category": "environment",
        "area": None,
        "zone": None,
        "zone_name": "",
        "department": world.water,
        "to_town": False,
        "priority": 100,
        "days": None,
        "is_active": True,
        **more,
    }


def test_a_zone_goes_before_a_town_before_the_district_and_a_smaller_priority_before_all(world, town_unit):
    place = box(121.31, 29.84, 121.32, 29.86).centroid
    anything = RoutingRule.objects.create(category="", department=world.ecology)
    found = [anything]
    assert routes.rules_for("environment", world.west_town, place).first() == anything
    for more in (
        {"category": "environment", "department": world.water},
        {"category": "environment", "area": world.west_town, "to_town": True},
    ):
        found.append(RoutingRule.objects.create(**more))
        assert routes.rules_for("environment", world.west_town, place).first() == found[-1]
    river = zone("沿河", world.ecology, 121.30, 29.80, 121.33, 29.90)
    assert routes.rules_for("environment", world.west_town, place).first() == river
    found[0].priority = 10
    found[0].save()
    assert routes.rules_for("environment", world.west_town, place).first() == found[0]
    river.is_active = False
    river.save()
    assert river not in routes.rules_for("environment", world.west_town, place)


def test_the_list_of_the_check_ranks_as_the_database_does(world, rules, town_unit):
    zone("沿河", world.ecology, 121.30, 29.80, 121.33, 29.90)
    RoutingRule.objects.create(category="", area=world.west_town, to_town=True, priority=50)
    place = box(121.31, 29.84, 121.32, 29.86).centroid
    ranked = [rule.pk for rule in check.active_rules() if check.answers(rule, "environment")]
    assert ranked == [rule.pk for rule in routes.rules_for("environment", world.west_town, place)]


def test_a_matter_goes_to_the_unit_of_its_town(deputy, world, town_unit, file_finding):
    RoutingRule.objects.create(category="environment", to_town=True)
    assert file_finding(deputy).suggestion.department == town_unit
    # The other town has no unit: staff decide.
    assert file_finding(deputy, lon=121.38).suggestion.state == "submitted"
    assert [town.name for town in check.find_faults().without_unit] == ["东镇"]


def test_a_promise_in_working_days_is_the_fast_lane(deputy, world, rules, file_finding):
    RoutingRule.objects.filter(category="environment").update(days=5)
    matter = file_finding(deputy).suggestion
    assert (matter.due_on - matter.submitted_at.date()).days < 20


def test_rules_for_every_category_in_the_whole_district_are_sound(rules):
    assert check.find_faults().is_sound


def test_a_category_without_a_rule_is_a_gap_in_each_town_as_large_as_what_zones_leave(world, rules):
    RoutingRule.objects.filter(category="environment").delete()
    zone("西半", world.water, 121.30, 29.80, 121.325, 29.90)
    gaps = {gap.town.name: gap.percent for gap in check.find_faults().gaps}
    assert gaps == {"西镇": 50, "东镇": 100}


def test_zones_that_contradict_and_rules_that_never_apply_are_named(world, rules):
    one = zone("甲", world.water, 121.30, 29.80, 121.33, 29.90)
    other = zone("乙", world.ecology, 121.32, 29.80, 121.35, 29.90)
    found = check.find_faults()
    assert [(clash.one, clash.other) for clash in found.conflicts] == [(one, other)]
    other.priority = 90
    other.save()
    assert check.find_faults().conflicts == ()
    hidden = RoutingRule.objects.create(category="environment", area=world.west_town, department=world.ecology)
    always = RoutingRule.objects.create(category="", department=world.water, priority=1)
    assert (hidden, always) in check.find_faults().unused


def test_the_same_category_and_place_has_one_rule_and_names_one_who_answers(staff, world):
    save_rule(staff, None, **given(world))
    for wrong, message in (
        (given(world), "已有一条规则"),
        (given(world, category="social", department=None), "两者选一"),
        (given(world, category="social", to_town=True), "两者选一"),
        (given(world, category="social", zone=box(121.3, 29.8, 121.31, 29.81)), "要有名称"),
        (given(world, category="social", days=0), "1"),
    ):
        with pytest.raises(BadInput, match=message):
            save_rule(staff, None, **wrong)
    assert RoutingRule.objects.count() == 1


def test_a_rule_changed_meanwhile_is_not_overwritten(staff, world, rules):
    saved = save_rule(staff, rules[0].pk, version=1, **given(world, department=world.ecology))
    assert saved.version == 2
    with pytest.raises(StaleEdit):
        save_rule(staff, rules[0].pk, version=1, **given(world))
    with pytest.raises(StaleEdit):
        delete_rule(staff, rules[0].pk, version=1)
    delete_rule(staff, rules[0].pk, version=2)
    assert AuditEntry.objects.filter(verb__startswith="routing-rule").count() == 2


def test_only_staff_of_the_whole_district_keep_the_rules(world, deputy, officer, gis):
    town_staff = User.objects.create_user("west-staff", role=Role.STAFF, area=world.west_town)
    for somebody in (deputy, officer, gis, town_staff):
        with pytest.raises(NotPermitted):
            save_rule(somebody, None, **given(world))
        with pytest.raises(NotPermitted):
            set_period(somebody, Clock.REPLY, Length(1, Unit.MONTHS))
    assert not RoutingRule.objects.exists()


def test_a_clock_is_set_and_set_back_and_not_overwritten(staff):
    set_period(staff, Clock.NOTICE, Length(3, Unit.WORKDAYS), seen=0)
    assert periods.period(Clock.NOTICE).workdays == 3
    with pytest.raises(StaleEdit):
        set_period(staff, Clock.NOTICE, Length(5, Unit.WORKDAYS), seen=0)
    with pytest.raises(BadInput):
        set_period(staff, Clock.NOTICE, "3 weeks")
    set_period(staff, Clock.NOTICE, None)
    assert periods.period(Clock.NOTICE) == LAW[Clock.NOTICE]


def test_a_period_begins_on_its_day_and_a_clock_that_runs_keeps_its_own(staff):
    today = timezone.localdate()
    first, second = today + timedelta(days=5), today + timedelta(days=10)
    set_period(staff, Clock.REPLY, Length(10, Unit.DAYS), effective_from=second)
    with pytest.raises(BadInput, match="过去"):
        set_period(staff, Clock.REPLY, Length(1, Unit.DAYS), effective_from=today - timedelta(days=1))
    assert periods.ends_on(Clock.REPLY, first) == LAW[Clock.REPLY].ends_on(first)
    assert periods.ends_on(Clock.REPLY, second) == second + timedelta(days=10)
    kept = periods.basis_of(Clock.REPLY, second, None)
    assert kept == {"version": 1, "clocks.reply": {"amount": 10, "unit": "days", "to_workday": False}}


def test_a_zone_is_read_as_it_is_written():
    drawn = parse(WEST_HALF + "\n\n121.36，29.80\n121.37 29.80\n121.37, 29.81")
    assert len(drawn) == 2
    assert parse(as_text(drawn)).equals(drawn)
    assert parse("  ") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("121.3, 29.8\n121.4, 29.8", "三个点"),
        ("121.3, 29.8\n121.4, 29.9\n121.4, 29.8\n121.3, 29.9", "交叉"),
        ("121.3, 29.8\nabc\n121.4, 29.8", "读不懂"),
        ("121.3, 29.8\n121.4, 95\n121.4, 29.8", "不是经度和纬度"),
        ("nan, 29.8\n121.4, 29\n121.4, 29.8", "不是经度和纬度"),
        ("1, 2\n" * 2100, "最多"),
    ],
)
def test_a_zone_that_is_none_is_refused_in_words(text, message):
    with pytest.raises(BadInput, match=message) as caught:
        parse(text)
    assert caught.value.errors[0].field == "corners"


def form(world, **more):
    return {
        "version": 0,
        "category": "environment",
        "zone_name": "西半",
        "corners": WEST_HALF,
        "department": world.ecology.pk,
        "priority": 100,
        "is_active": "on",
        **more,
    }


def test_staff_draw_a_zone_and_a_matter_there_follows_it(staff, world, rules, as_user, deputy, file_finding):
    client = as_user(staff)
    bad = client.post(reverse("supervision:rule_new"), form(world, corners="1, 2"))
    assert (bad.status_code, "三个点" in bad.text) == (400, True)
    assert client.post(reverse("supervision:rule_new"), form(world)).status_code == 302
    assert file_finding(deputy, lon=121.31).suggestion.department == world.ecology
    assert file_finding(deputy, lon=MIDDLE - 0.01).suggestion.department == world.water
    rule = RoutingRule.objects.get(zone_name="西半")
    page = client.get(reverse("supervision:rule", args=[rule.pk])).text
    assert "121.325000, 29.800000" in page
    assert client.post(reverse("supervision:rule", args=[rule.pk]), form(world)).status_code == 409
    kinds = [f["properties"]["kind"] for f in client.get(reverse("supervision:zones")).json()["features"]]
    assert kinds == ["served"]


def test_a_place_that_is_tried_says_which_rule_and_why(staff, world, rules, as_user):
    zone("西半", world.ecology, 121.30, 29.80, 121.325, 29.90, days=5)
    page = as_user(staff).get("/routing/", {"lng": 121.31, "lat": 29.85, "category": "environment"}).text
    assert "交生态环境分局办理" in page
    assert "按类别和划定范围规则自动交办" in page
    assert "没有用上的" in page
    outside = as_user(staff).get("/routing/", {"lng": 120, "lat": 30, "category": "environment"}).text
    assert "不在海曙区范围内" in outside
    assert as_user(staff).get("/routing/", {"lng": "x", "lat": 30, "category": "environment"}).status_code == 200


def test_the_pages_of_the_rules_show_gaps_and_are_for_staff(staff, world, as_user, officer, deputy):
    page = as_user(staff).get("/routing/").text
    assert "空白" in page
    for somebody in (officer, deputy):
        for address in ("/routing/", "/routing/clocks/", "/routing/new/", "/routing/zones.geojson"):
            assert as_user(somebody).get(address).status_code == 404
    town_staff = User.objects.create_user("west-staff", role=Role.STAFF, area=world.west_town)
    assert as_user(town_staff).get("/routing/").status_code == 200
    assert as_user(town_staff).get("/routing/new/").status_code == 404


def test_staff_set_a_clock_on_the_page_of_the_rules(staff, world, as_user, deputy, file_finding):
    client, address = as_user(staff), "/rules/clocks.reply/"
    page = client.get(address).text
    assert "代表法第五十一条" in page
    assert "与依据相同" in page
    sent = {"seen": 0, "unit": "workdays", "effective_from": timezone.localdate(), "reason": "常委会办法"}
    assert client.post(f"{address}change/", sent | {"amount": 0}).status_code == 400
    assert client.post(f"{address}change/", sent | {"amount": 10, "to_workday": "on"}).status_code == 302
    assert client.post(f"{address}change/", sent | {"amount": 10}).status_code == 409
    assert client.post("/rules/clocks.nothing/change/", sent).status_code == 404
    assert rules_of_district.value("clocks.reply") == Length(10, Unit.WORKDAYS, to_workday=True)
    assert "10 个工作日，末日遇休息日顺延" in client.get("/routing/clocks/").text
    matter = file_finding(deputy).suggestion
    assigned = services.assign(staff, matter.pk, version=1, department=world.water)
    assert (assigned.due_on - matter.submitted_at.date()).days < 25
    assert assigned.events.get(verb="assigned").basis["version"] == 1


def test_a_rule_that_somebody_changed_meanwhile_is_not_deleted(staff, world, rules, as_user):
    rule = RoutingRule.objects.order_by("pk").first()
    address = reverse("supervision:rule_delete", args=[rule.pk])
    answer = as_user(staff).post(address, {"version": rule.version + 1})
    assert answer.status_code == 409
    assert RoutingRule.objects.filter(pk=rule.pk).exists()
    assert as_user(staff).post(address, {"version": rule.version}).status_code == 302
    assert not RoutingRule.objects.filter(pk=rule.pk).exists()
