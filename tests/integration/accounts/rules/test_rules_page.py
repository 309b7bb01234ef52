"""The page of the rules: everybody reads, the district's staff set, nobody else does."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts import rules
from accounts.rules import services
from accounts.rules.models import RuleChange, RuleWithdrawal

KEY = "delisting.months"


def in_days(count):
    return timezone.localdate() + timedelta(days=count)


def form_of(value="4", days=0, **more):
    given = {"seen": services.newest(KEY), "value": value, "effective_from": in_days(days), "reason": "常委会第3次会议"}
    return given | more


def test_staff_set_a_value_and_everybody_reads_it_with_its_reason(as_user, staff, deputy):
    address = reverse("rules:change", args=[KEY])
    assert as_user(staff).post(address, form_of()).status_code == 302
    assert rules.value(KEY) == 4
    for person, sees_who in ((None, False), (deputy, True)):
        page = as_user(person).get(reverse("rules:rule", args=[KEY])).content.decode()
        assert "4 个月" in page
        assert "常委会第3次会议" in page
        assert (str(staff) in page) is sees_who


@pytest.mark.parametrize(("days", "words"), [(-3, "期限前 3 天"), (0, "期限当天"), (8, "期限后 8 天")])
def test_days_around_a_deadline_are_said_as_before_and_after(as_user, staff, days, words):
    key = "matters.remind_handler_days"
    services.change(staff, key, days, effective_from=in_days(0), reason="常委会第3次会议")
    page = as_user(None).get(reverse("rules:rule", args=[key])).content.decode()
    assert words in page and "-3 天" not in page


@pytest.mark.parametrize("person", ["deputy", "officer", "gis"])
def test_others_neither_see_the_form_nor_send_it(request, as_user, person, staff):
    planned = services.change(staff, KEY, 6, effective_from=in_days(9), reason="计划")
    client = as_user(request.getfixturevalue(person))
    assert '<form method="post" action="/rules/' not in client.get(reverse("rules:rule", args=[KEY])).content.decode()
    assert client.post(reverse("rules:change", args=[KEY]), form_of()).status_code == 404
    assert client.post(reverse("rules:withdraw", args=[KEY, planned.pk]), {"reason": "不同意"}).status_code == 404
    assert (RuleChange.objects.count(), RuleWithdrawal.objects.count()) == (1, 0)


def test_the_staff_of_a_town_set_no_rule_of_the_district(as_user, staff, world):
    staff.area = world.west_town
    staff.save()
    assert as_user(staff).post(reverse("rules:change", args=[KEY]), form_of()).status_code == 404
    assert not RuleChange.objects.exists()


def test_a_planned_value_is_shown_and_can_be_withdrawn_here_only_under_its_own_rule(as_user, staff):
    client = as_user(staff)
    client.post(reverse("rules:change", args=[KEY]), form_of("6", days=9))
    planned = RuleChange.objects.get()
    assert "改为 6 个月" in client.get(reverse("rules:list")).content.decode()
    elsewhere = reverse("rules:withdraw", args=["delisting.max_age_days", planned.pk])
    assert client.post(elsewhere, {"reason": "误登"}).status_code == 400
    here = reverse("rules:withdraw", args=[KEY, planned.pk])
    assert client.post(here, {"reason": ""}).status_code == 400
    assert client.post(here, {"reason": "误登"}).status_code == 302
    assert rules.value(KEY, on=in_days(9)) == 3
    assert "已撤回" in client.get(reverse("rules:rule", args=[KEY])).content.decode()


@pytest.mark.parametrize(
    "wrong", [{"value": "0"}, {"value": "x"}, {"reason": " "}, {"effective_from": in_days(-1)}, {"effective_from": ""}]
)
def test_a_wrong_form_is_refused_beside_its_field_and_keeps_what_was_typed(as_user, staff, wrong):
    answer = as_user(staff).post(reverse("rules:change", args=[KEY]), form_of() | wrong)
    assert answer.status_code == 400
    assert answer.context["form"].errors
    assert not RuleChange.objects.exists()


def test_a_form_that_another_change_has_overtaken_is_refused(as_user, staff):
    stale = form_of()
    services.change(staff, KEY, 5, effective_from=in_days(0), reason="先到")
    assert as_user(staff).post(reverse("rules:change", args=[KEY]), stale).status_code == 409
    assert rules.value(KEY) == 5


def test_departments_are_ticked_and_shown_by_name_and_their_absence_is_pointed_out(as_user, staff, world):
    client, key = as_user(staff), "delisting.accepting_bodies"
    assert "“验收单位”尚未配置" in client.get(reverse("rules:list")).content.decode()
    given = {"seen": 0, "value": ["ecology"], "effective_from": in_days(0), "reason": "区政府办文件"}
    assert client.post(reverse("rules:change", args=[key]), given).status_code == 302
    assert rules.value(key) == ("ecology",)
    page = client.get(reverse("rules:list")).content.decode()
    assert "“验收单位”尚未配置" not in page
    assert "生态环境" in page


def test_a_version_can_be_looked_up_as_it_was(as_user, staff):
    services.change(staff, KEY, 4, effective_from=in_days(0), reason="甲")
    services.change(staff, KEY, 5, effective_from=in_days(0), reason="乙")
    client = as_user(None)
    assert "4 个月" in client.get(reverse("rules:list"), {"version": 1}).content.decode()
    assert "3 个月" in client.get(reverse("rules:list"), {"version": 0}).content.decode()
    for unknown in ("3", "-1", "x", "٣"):
        assert client.get(reverse("rules:list"), {"version": unknown}).status_code == 404


def test_the_file_has_the_whole_history_and_names_only_for_who_is_signed_in(as_user, staff, deputy):
    services.change(staff, KEY, 4, effective_from=in_days(0), reason="=cmd()")
    address = reverse("rules:download", args=["csv"])
    public, signed_in = (as_user(person).get(address).content.decode() for person in (None, deputy))
    assert "'=cmd()" in public
    assert str(staff) not in public
    assert str(staff) in signed_in


def test_the_file_says_by_the_clock_of_the_district_when_a_value_was_set(as_user, staff):
    with time_machine.travel("2026-11-24T23:30:00Z", tick=False):
        services.change(staff, KEY, 4, effective_from=in_days(0), reason="常委会第3次会议")
        text = as_user(None).get("/rules/export.csv").content.decode("utf-8-sig")
    assert "2026-11-25,2026-11-25 07:30," in text
