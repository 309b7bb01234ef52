"""Rules of the district: what is in force on which day, under which number, and what is refused."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts import rules
from accounts.directory.models import Area
from accounts.rules import queries, services
from accounts.rules.models import RuleChange, RuleWithdrawal
from accounts.rules.registry import declared
from geokit.refusal import BadInput, NotPermitted, StaleEdit
from ledger import chain
from ledger.models import AuditEntry
from tests import roles

KEY, OTHER = "delisting.months", "delisting.max_age_days"


def in_days(count):
    return timezone.localdate() + timedelta(days=count)


def set_from(actor, key, value, days=0, **more):
    return services.change(actor, key, value, effective_from=in_days(days), reason="区人大常委会决定", **more)


def test_without_a_change_the_default_is_in_force_as_version_0(db):
    assert (rules.value(KEY), rules.version()) == (3, 0)
    assert rules.basis(KEY) == {"version": 0, KEY: 3}


def test_a_change_is_in_force_from_its_day_on_and_never_before(staff):
    set_from(staff, KEY, 4)
    set_from(staff, KEY, 6, days=30)
    assert [rules.value(KEY, on=in_days(days)) for days in (-1, 0, 29, 30)] == [3, 4, 4, 6]
    assert [rules.version(on=in_days(days)) for days in (-1, 0, 29, 30)] == [0, 1, 1, 2]


def test_a_number_of_a_version_means_the_same_whatever_is_set_later(staff):
    set_from(staff, KEY, 6, days=30)  # written first, in force last
    set_from(staff, OTHER, 60, days=10)
    then = {days: (rules.version(on=in_days(days)), rules.value(KEY, on=in_days(days))) for days in (10, 30)}
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        set_from(staff, OTHER, 20)
        book = rules.book()
        for version, months in then.values():
            assert book.value_in(version, KEY) == months
        assert book.value_in(then[10][0], OTHER) == 60
        assert (book.version(), book.value(OTHER)) == (3, 20)


def test_two_changes_of_one_day_count_both_and_the_later_one_is_in_force(staff):
    set_from(staff, KEY, 4)
    set_from(staff, KEY, 5)
    assert (rules.value(KEY), rules.version()) == (5, 2)


def test_a_rule_is_never_set_for_the_past(staff):
    with pytest.raises(BadInput) as refusal:
        set_from(staff, KEY, 4, days=-1)
    assert refusal.value.code == "rule-for-the-past"
    assert not RuleChange.objects.exists()


def test_the_database_itself_refuses_a_rule_for_the_past(staff):
    row = {"key": KEY, "value": 4, "reason": "补记", "at": timezone.now(), "written_on": in_days(0)}
    with pytest.raises(DatabaseError), transaction.atomic():
        RuleChange.objects.create(**row, effective_from=in_days(-1))


def test_a_planned_change_can_be_withdrawn_with_a_reason_and_then_never_comes(staff):
    planned = set_from(staff, KEY, 6, days=30)
    with pytest.raises(BadInput):
        services.withdraw(staff, planned.pk, reason=" ")
    services.withdraw(staff, planned.pk, reason="会议改期")
    assert rules.value(KEY, on=in_days(30)) == 3
    assert rules.version(on=in_days(30)) == 0
    with pytest.raises(BadInput):
        services.withdraw(staff, planned.pk, reason="再撤一次")


def test_what_is_in_force_cannot_be_withdrawn_not_even_in_the_database(staff):
    begun = set_from(staff, KEY, 4)
    with pytest.raises(BadInput) as refusal:
        services.withdraw(staff, begun.pk, reason="反悔")
    assert refusal.value.code == "rule-in-force"
    with pytest.raises(DatabaseError), transaction.atomic():
        RuleWithdrawal.objects.create(change=begun, reason="反悔", at=timezone.now(), written_on=in_days(0))
    assert rules.value(KEY) == 4


@pytest.mark.parametrize("value", [0, 25, 3.5, "drei", True, None])
def test_a_value_out_of_bounds_or_of_another_kind_is_refused(staff, value):
    with pytest.raises(BadInput):
        set_from(staff, KEY, value)
    assert rules.version() == 0


def test_departments_must_exist_and_come_back_as_codes(staff, world):
    with pytest.raises(BadInput):
        set_from(staff, "delisting.accepting_bodies", ["ecology", "nobody"])
    set_from(staff, "delisting.accepting_bodies", ["water", "ecology"])
    assert rules.value("delisting.accepting_bodies") == ("ecology", "water")


def test_a_change_needs_a_reason(staff):
    with pytest.raises(BadInput):
        services.change(staff, KEY, 4, effective_from=in_days(0), reason="  ")


def test_a_stale_form_is_refused(staff):
    seen = services.newest(KEY)
    set_from(staff, KEY, 4, seen=seen)
    with pytest.raises(StaleEdit):
        set_from(staff, KEY, 5, seen=seen)


@pytest.mark.parametrize("person", ["deputy", "officer", "gis"])
def test_only_the_districts_staff_and_administrators_set_rules(request, person, staff):
    actor = request.getfixturevalue(person)
    planned = set_from(staff, KEY, 6, days=30)
    with pytest.raises(NotPermitted):
        set_from(actor, KEY, 1)
    with pytest.raises(NotPermitted):
        services.withdraw(actor, planned.pk, reason="不同意")


def test_the_staff_of_a_town_and_programs_set_none(staff, world):
    staff.area = world.west_town
    with pytest.raises(NotPermitted):
        set_from(staff, KEY, 1)
    staff.area, staff.is_service = Area.objects.get(code="330203"), True
    with pytest.raises(NotPermitted):
        set_from(staff, KEY, 1)


def test_a_district_begins_with_rules_that_reach_back_once(staff):
    services.begin({KEY: 2}, since=date(2017, 1, 1), reason="启用平台")
    assert rules.value(KEY, on=date(2017, 10, 1)) == 2
    with pytest.raises(DatabaseError), transaction.atomic():
        services.begin({KEY: 5}, since=date(2017, 1, 1), reason="再来一次")
    set_from(staff, OTHER, 60)
    with pytest.raises(BadInput) as refusal:
        services.begin({"samples.max_age_days": 9}, since=date(2017, 1, 1), reason="补录")
    assert refusal.value.code == "rules-have-begun"


def test_changes_and_withdrawals_are_in_the_chain_and_the_audit_and_cannot_be_edited(staff):
    services.withdraw(staff, set_from(staff, KEY, 6, days=30).pk, reason="会议改期")
    verbs = AuditEntry.objects.filter(object_type__startswith="accounts.rule").values_list("verb", flat=True)
    assert sorted(verbs) == ["rule-changed", "rule-withdrawn"]
    assert {"accounts_rulechange", "accounts_rulewithdrawal"} <= set(chain.chained_tables())
    assert chain.verify().faults == ()
    with roles.owner_rights(), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_rulechange SET value = '1'")


def test_a_request_reads_the_rules_once_and_the_next_one_sees_what_another_process_set(db):
    queries.begin_request()
    assert rules.value(KEY) == 3
    row = {"key": KEY, "value": 9, "reason": "另一进程", "at": timezone.now(), "written_on": in_days(0)}
    RuleChange.objects.create(**row, effective_from=in_days(0))  # as another process would
    assert rules.value(KEY) == 3
    queries.end_request()
    assert rules.value(KEY) == 9


def test_in_a_request_any_number_of_questions_is_one_query(db, django_assert_num_queries):
    queries.begin_request()
    with django_assert_num_queries(1):
        for key in declared():
            rules.value(key)
        rules.version()
    queries.end_request()


def test_an_unknown_key_is_a_fault_of_the_code(db):
    with pytest.raises(KeyError):
        rules.value("delisting.mounths")


def test_every_default_keeps_to_its_own_bounds_and_every_rule_has_words():
    for rule in declared().values():
        assert rule.read(rule.stored(rule.default)) == rule.default
        assert str(rule.title)
        assert rule.words(rule.default)


def test_a_decimal_stays_exact():
    rule = rules.Rule(key="x", kind=rules.Kind.DECIMAL, default=Decimal("0.1"), title="甲", group="乙")
    assert rule.read(rule.stored("0.10")) == Decimal("0.10")
