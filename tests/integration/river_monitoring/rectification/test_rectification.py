"""Steps of a point: who may, with which evidence, and that a refused step leaves no trace."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from geokit.refusal import BadInput, MissingEvidence, NotPermitted, StaleEdit
from ledger.models import AuditEntry
from river_monitoring.rectification.models import RectificationEvent
from river_monitoring.rectification.point_changes import Wanted, change_point
from river_monitoring.rectification.services import transition_point
from tests import roles
from tests.integration.river_monitoring.conftest import BAD, GOOD, stored


@pytest.fixture
def soon():
    return timezone.localdate() + timedelta(days=90)


def move(point, to_state, actor, **given):
    point.refresh_from_db()
    return transition_point(point.pk, to_state, actor, expected_version=given.pop("version", point.version), **given)


def compliant_months(point, sample, months):
    """One good sample in each of the last `months` months, the newest yesterday."""
    yesterday = timezone.localtime() - timedelta(days=1)
    for back in range(months):
        month = yesterday.year * 12 + yesterday.month - 1 - back
        day = yesterday.replace(year=month // 12, month=month % 12 + 1, day=min(yesterday.day, 28))
        sample(point, GOOD, days_ago=(timezone.now() - day).total_seconds() / 86400)


@pytest.fixture
def ask_acceptance(officer, soon, before, after, done):
    """Lead a listed point to where acceptance is asked, with one measure and two photos."""

    def lead(point):
        move(point, "planned", officer, note="截污纳管、清淤", due_on=soon)
        move(point, "under_way", officer, attachments=[before])
        done(point)
        move(point, "acceptance_asked", officer, note="已完工", attachments=[after])

    return lead


def test_own_officer_plans_a_listed_point_and_one_event_says_so(listed, officer, soon):
    event = move(listed, "planned", officer, note="一点一策：截污、清淤", due_on=soon)
    listed.refresh_from_db()
    assert (listed.status, listed.due_on, listed.version) == ("planned", soon, 2)
    assert (event.from_status, event.to_status, event.actor, event.department) == (
        "listed",
        "planned",
        officer,
        officer.department,
    )
    assert AuditEntry.objects.filter(verb="transition-point").count() == 1


def test_officer_of_another_department_cannot_move_the_point(listed, other_officer, soon):
    with pytest.raises(NotPermitted, match="责任部门的联络员"):
        move(listed, "planned", other_officer, note="方案", due_on=soon)
    listed.refresh_from_db()
    assert (listed.status, listed.version) == ("listed", 1)
    assert not RectificationEvent.objects.exists()


@pytest.mark.parametrize("who", ["deputy", "gis"])
def test_onlookers_cannot_move_a_point(who, listed, soon, request):
    with pytest.raises(NotPermitted, match="您只能查看"):
        move(listed, "planned", request.getfixturevalue(who), note="方案", due_on=soon)


def test_a_stale_form_is_refused_and_nothing_is_overwritten(listed, officer, soon):
    move(listed, "planned", officer, note="方案", due_on=soon)
    with pytest.raises(StaleEdit, match="已被他人更新"):
        move(listed, "under_way", officer, version=1)
    listed.refresh_from_db()
    assert listed.status == "planned"


def test_missing_evidence_is_named_piece_by_piece(listed, officer, soon):
    with pytest.raises(MissingEvidence) as caught:
        move(listed, "planned", officer)
    assert caught.value.message == "缺：一点一策方案（文字或文件）；缺：整治期限"
    assert [(error.field, error.code) for error in caught.value.errors] == [
        ("note", "missing-plan"),
        ("due_on", "missing-due_on"),
    ]
    assert not RectificationEvent.objects.exists()


def test_a_deadline_in_the_past_is_no_deadline(listed, officer):
    with pytest.raises(MissingEvidence, match="晚于今天的整治期限"):
        move(listed, "planned", officer, note="方案", due_on=timezone.localdate())


def test_a_step_that_is_not_in_the_table_is_refused(listed, officer):
    with pytest.raises(BadInput, match="不能直接变为“已销号”"):
        move(listed, "delisted", officer)
    with pytest.raises(BadInput, match="没有“gone”"):
        move(listed, "gone", officer)


def test_evidence_handed_in_earlier_counts_for_later_steps(listed, ask_acceptance):
    ask_acceptance(listed)
    listed.refresh_from_db()
    assert listed.status == "acceptance_asked"


def test_delisting_takes_three_compliant_months_photos_and_another_hand(
    listed, officer, other_officer, sample, ask_acceptance
):
    ask_acceptance(listed)
    compliant_months(listed, sample, 3)
    with pytest.raises(NotPermitted, match="没有参与治理的验收单位"):
        move(listed, "delisted", officer, note="自己验收")
    move(listed, "delisted", other_officer, note="现场核查通过")
    listed.refresh_from_db()
    assert (listed.status, listed.delisted_on) == ("delisted", timezone.localdate())


def test_two_compliant_months_do_not_delist_and_the_words_say_how_many(listed, other_officer, sample, ask_acceptance):
    ask_acceptance(listed)
    compliant_months(listed, sample, 2)
    with pytest.raises(MissingEvidence, match=r"缺：连续3个月达标水样（现有2个月）"):
        move(listed, "delisted", other_officer, note="核查")


def test_the_rule_of_months_is_configured(listed, other_officer, sample, ask_acceptance, set_rule):
    set_rule("delisting.months", 2)
    ask_acceptance(listed)
    compliant_months(listed, sample, 2)
    event = move(listed, "delisted", other_officer, note="核查")
    assert event.to_status == "delisted"
    assert (event.basis["delisting.months"], event.basis["delisting.accepting_bodies"]) == (2, ["ecology", "water"])


def test_a_department_that_worked_on_the_point_cannot_accept_after_it_was_handed_over(
    listed, officer, ask_acceptance, world, admin_user
):
    ask_acceptance(listed)
    listed.refresh_from_db()
    wanted = Wanted(listed.target_class, listed.water, world.ecology)
    change_point(admin_user, listed.pk, wanted, reason="机构改革，职责划转", version=listed.version)
    with pytest.raises(NotPermitted, match="没有参与治理的验收单位"):
        move(listed, "under_way", officer, note="退回")


def test_a_relapse_by_hand_needs_a_failing_sample_and_starts_a_new_listing(make_point, officer, staff, soon, bodies):
    today = timezone.localdate()
    point = make_point(
        "D-1", status="delisted", listed_on=today - timedelta(days=400), delisted_on=today - timedelta(days=100)
    )
    with pytest.raises(NotPermitted, match="须由验收单位"):
        move(point, "listed", staff, note="又黑又臭", due_on=soon)
    stored(point, timezone.now() - timedelta(days=40), GOOD)
    with pytest.raises(MissingEvidence, match="缺：不达标的最新水样"):
        move(point, "listed", officer, note="又黑又臭", due_on=soon)
    stored(point, timezone.now() - timedelta(hours=1), BAD)
    move(point, "listed", officer, note="又黑又臭", due_on=soon)
    point.refresh_from_db()
    assert (point.status, point.listed_on, point.delisted_on, point.baseline_class) == ("listed", today, None, 6)


def test_a_suspension_leads_back_only_to_what_it_interrupted(listed, officer, soon, before):
    move(listed, "planned", officer, note="方案", due_on=soon)
    move(listed, "suspended", officer, note="汛期停工")
    with pytest.raises(BadInput, match="不能恢复到这里"):
        move(listed, "under_way", officer, note="恢复", attachments=[before])
    move(listed, "planned", officer, note="汛期结束")
    listed.refresh_from_db()
    assert listed.status == "planned"
    assert listed.due_on == soon


def test_history_cannot_be_edited_or_deleted(listed, officer, soon):
    event = move(listed, "planned", officer, note="方案", due_on=soon)
    for change in (lambda: event.delete(), lambda: RectificationEvent.objects.update(note="别的")):
        with roles.owner_rights(), pytest.raises(DatabaseError, match="history"), transaction.atomic():
            change()
    event.refresh_from_db()
    assert event.note == "方案"
