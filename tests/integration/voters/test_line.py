"""A voter writes to her deputy: who is told, who may answer, what happens when nobody does."""

from datetime import timedelta
from unittest.mock import Mock
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models.signals import post_save
from django.utils import timezone

from accounts.notices.links import sealed
from accounts.notices.models import Notice
from geokit.refusal import BadInput, MissingEvidence, NotPermitted, StaleEdit
from ledger.chain.sql import LINKS
from ledger.steps.apply import steps_now
from stations.models import Deputy, Matter, Reception
from supervision.matters import services as matters
from supervision.models import SuggestionEvent
from supervision.public.private_links import fresh_secret
from tests.integration.voters.conftest import PHONE
from voters.codes.addressees import find_addressee
from voters.inbox import waiting
from voters.jobs import hourly
from voters.line import by_text, coming_back, private_links, services
from voters.line.contacts import lock_up, open_up
from voters.line.figures import by_station
from voters.line.permissions import messages_visible_to
from voters.line.workflow import MESSAGES
from voters.models import Message, MessageEvent


def again(message):
    return Message.objects.get(pk=message.pk)


def kinds(user):
    return {each.kind: each.rows.count() for each in waiting(user, timezone.localdate()) if each.rows.count()}


def test_the_deputy_of_the_village_is_told_first_and_nobody_else(message, deputy, staff, town_officer, foreign_deputy):
    assert (message.state, message.area.name) == ("new", "布政村村委会")
    assert message.due_on == timezone.localdate() + timedelta(days=7)
    assert list(Notice.objects.values_list("recipient__username", flat=True)) == [deputy.username]
    assert kinds(deputy) == {"voter-messages": 1}
    assert messages_visible_to(deputy).count() == 1
    assert [messages_visible_to(user).count() for user in (staff, town_officer, foreign_deputy, None)] == [0] * 4


def test_a_notice_has_the_number_and_nothing_of_what_was_written(message):
    notice = Notice.objects.get()
    assert message.number in notice.title
    assert "路灯" not in notice.title + notice.body
    assert PHONE not in notice.title + notice.body


def test_the_telephone_is_nowhere_in_the_database(message):
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(m)::text FROM voters_message m")
        assert PHONE not in cursor.fetchone()[0]
        cursor.execute(f"SELECT to_jsonb(l)::text FROM {LINKS} l")
        assert not any(PHONE in row[0] for row in cursor.fetchall())
    assert open_up(message.contact) == PHONE


def test_a_contact_opens_with_the_old_secret_too_and_with_no_other(settings):
    kept = lock_up(PHONE)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 10, [settings.SECRET_KEY]
    assert open_up(kept) == PHONE
    settings.SECRET_KEY_FALLBACKS = []
    assert open_up(kept) == ""


def test_the_deputy_answers_and_the_voter_rates(message, deputy):
    services.act(deputy, message.pk, "answer", version=1, text="已请供电所换灯")
    message = again(message)
    assert (message.state, message.answer) == ("answered", "已请供电所换灯")
    services.rate(message, version=message.version, rating="satisfied")
    assert (again(message).state, again(message).rating) == ("closed", "satisfied")
    with pytest.raises(NotPermitted):
        services.rate(again(message), version=again(message).version, rating="fair")


def test_a_stale_answer_and_an_empty_one_are_refused(message, deputy):
    with pytest.raises(StaleEdit):
        services.act(deputy, message.pk, "answer", version=9, text="好")
    with pytest.raises(MissingEvidence):
        services.act(deputy, message.pk, "answer", version=1, text="  ")
    with pytest.raises(BadInput):
        services.act(deputy, message.pk, "answer", version=1, text="长" * 2001)


@pytest.mark.parametrize("verb", ["answer", "hand_over", "raise", "dismiss", "rate", "fall_due", "relay", "reissue"])
def test_foreigners_take_no_step(verb, message, foreign_deputy, staff, town_officer, other_officer, gis):
    for user in (foreign_deputy, staff, town_officer, other_officer, gis, None):
        with pytest.raises((BadInput, NotPermitted)):
            services.act(user, message.pk, verb, version=1, text="不是我的")
    assert list(message.events.values_list("verb", flat=True)) == ["sent"]


def test_handed_over_the_station_reads_answers_and_the_other_station_does_not(
    message, deputy, town_officer, staff, foreign_deputy
):
    services.act(deputy, message.pk, "hand_over", version=1, text="请站里核实")
    assert [messages_visible_to(user).count() for user in (town_officer, staff, foreign_deputy)] == [1, 1, 0]
    assert kinds(town_officer) == {"voter-messages-at-station": 1}
    with pytest.raises(NotPermitted, match="代表或人大工作人员"):
        services.act(town_officer, message.pk, "raise", version=again(message).version)
    offered = [{str(line.verb) for line in steps_now(MESSAGES, user, again(message))} for user in (town_officer, staff)]
    assert [("answer" in verbs, "raise" in verbs) for verbs in offered] == [(True, False), (True, True)]
    services.act(town_officer, message.pk, "answer", version=again(message).version, text="已换灯")
    assert again(message).state == "answered"


def test_what_nobody_answers_in_time_goes_to_the_station_once(message, town_officer, deputy, monkeypatch):
    assert services.hand_over_late(timezone.now() + timedelta(days=7)) == []
    late = timezone.now() + timedelta(days=8)
    with monkeypatch.context() as patch:  # somebody was faster with one
        patch.setattr(services, "apply", Mock(side_effect=StaleEdit("又有人处理了")))
        assert services.hand_over_late(late) == []
    assert [row.pk for row in services.hand_over_late(late)] == [message.pk]
    assert services.hand_over_late(late) == []
    assert again(message).state == "station"
    assert messages_visible_to(town_officer).count() == 1
    assert Notice.objects.filter(recipient=town_officer).count() == 1
    services.act(deputy, message.pk, "answer", version=again(message).version, text="她仍可答复")


def test_the_days_are_a_rule_of_the_district(write, set_rule):
    set_rule("voters.answer_days", 3)
    assert write().due_on == timezone.localdate() + timedelta(days=3)


def test_raised_it_is_a_matter_and_its_reply_comes_back(message, deputy, world, officer):
    services.act(deputy, message.pk, "raise", version=1)
    message = again(message)
    assert (message.state, message.matter.author, message.matter.finding.text) == ("matter", deputy, message.text)
    assert PHONE not in message.matter.text
    matter = message.matter
    if matter.department is None:
        staff_user = type(deputy).objects.create_user("s", role="staff")
        matters.assign(staff_user, matter.pk, version=matter.version, department=world.water, wide=False, days=None)
        matter.refresh_from_db()
    matters.reply(officer, matter.pk, version=matter.version, text="已修复路灯", result="A")
    assert (again(message).state, again(message).answer) == ("answered", "已修复路灯")


def test_a_matter_that_was_joined_to_another_brings_the_answer_of_that_one(write, deputy, world, officer, staff):
    both = [write("桥东的路灯不亮"), write("桥东晚上没有灯")]
    for one in both:
        services.act(deputy, one.pk, "raise", version=1)
    first, second = (again(one).matter for one in both)
    if first.department is None:
        matters.assign(staff, first.pk, version=first.version, department=world.water, wide=False, days=None)
    matters.merge(staff, second.pk, version=second.version, other=first)
    first.refresh_from_db()
    matters.reply(officer, first.pk, version=first.version, text="已修复路灯", result="A")
    assert [(again(one).state, again(one).answer) for one in both] == [("answered", "已修复路灯")] * 2


def test_a_matter_that_is_not_taken_up_comes_back_to_the_station_with_the_reason(message, deputy, town_officer, staff):
    services.act(deputy, message.pk, "raise", version=1)
    first = again(message).matter
    if first.department is not None:
        matters.recall(staff, first.pk, version=first.version, text="不属于部门")
        first.refresh_from_db()
    assert kinds(town_officer) == {}
    matters.decline(staff, first.pk, version=first.version, text="属于村民自治事项")
    message = again(message)
    assert (message.state, message.events.latest("pk").text) == ("station", "属于村民自治事项")
    assert kinds(town_officer) == {"voter-messages-at-station": 1}
    assert Notice.objects.filter(recipient=town_officer, kind="voter-message").count() == 1
    services.act(town_officer, message.pk, "answer", version=message.version, text="村里已经议定换灯")
    assert again(message).state == "answered"
    services.reopen(again(message), version=again(message).version, text="还是不亮")
    services.act(deputy, message.pk, "raise", version=again(message).version)
    assert again(message).matter.pk != first.pk


def test_messages_of_matters_declined_before_come_back_within_the_hour(message, write, deputy, staff):
    without_reason = write("桥西的路灯也不亮")
    post_save.disconnect(sender=SuggestionEvent, dispatch_uid="voters:declined")
    try:
        for each in (without_reason, message):
            _decline(each, deputy, staff)
        last = SuggestionEvent.objects.filter(suggestion=again(without_reason).matter, verb="declined").get()
        last.pk, last.text = None, ""
        SuggestionEvent.objects.bulk_create([last])
    finally:
        coming_back.listen()
    assert [again(each).state for each in (message, without_reason)] == ["matter"] * 2
    assert [hourly()["came_back"] for _hour in range(2)] == [1, 0]
    assert (again(message).state, again(message).events.latest("pk").text) == ("station", "属于村民自治事项")
    assert again(without_reason).state == "matter"


def _decline(message, deputy, staff):
    services.act(deputy, message.pk, "raise", version=1)
    matter = again(message).matter
    if matter.department is not None:
        matters.recall(staff, matter.pk, version=matter.version, text="不属于部门")
        matter.refresh_from_db()
    matters.decline(staff, matter.pk, version=matter.version, text="属于村民自治事项")


def test_not_satisfied_it_goes_back_to_the_station_once(message, deputy, town_officer):
    services.act(deputy, message.pk, "answer", version=1, text="会处理")
    services.reopen(again(message), version=again(message).version, text="还是不亮")
    assert (again(message).state, messages_visible_to(town_officer).count()) == ("station", 1)
    services.act(town_officer, message.pk, "answer", version=again(message).version, text="已换灯")
    with pytest.raises(NotPermitted):
        services.reopen(again(message), version=again(message).version, text="再来")


def test_what_was_not_solved_by_a_matter_becomes_another_one(message, deputy, town_officer, world, officer, staff):
    services.act(deputy, message.pk, "raise", version=1)
    first = again(message).matter
    if first.department is None:
        matters.assign(staff, first.pk, version=first.version, department=world.water, wide=False, days=None)
        first.refresh_from_db()
    matters.reply(officer, first.pk, version=first.version, text="已修复路灯", result="A")
    first.refresh_from_db()
    matters.rate(deputy, first.pk, version=first.version, handling="satisfied", outcome="satisfied")
    services.reopen(again(message), version=again(message).version, text="还是不亮")
    services.act(deputy, message.pk, "raise", version=again(message).version)
    second = again(message).matter
    assert second.pk != first.pk and second.finding.text == message.text
    if second.department is None:
        matters.assign(staff, second.pk, version=second.version, department=world.water, wide=False, days=None)
        second.refresh_from_db()
    matters.reply(officer, second.pk, version=second.version, text="换了灯杆", result="A")
    assert (again(message).state, again(message).answer) == ("answered", "换了灯杆")


def test_sent_again_it_is_one_message_and_a_stranger_with_its_number_learns_nothing(write):
    number, secret = uuid4(), fresh_secret()
    assert write(client_id=number, secret=secret) == write(client_id=number, secret=secret)
    assert Message.objects.count() == 1
    with pytest.raises(BadInput):
        write(client_id=number, secret=fresh_secret())


def test_without_a_deputy_who_has_an_account_it_is_the_station_s_at_once(write, elected, town_officer):
    Deputy.objects.update(user=None)
    message = write()
    assert (message.state, message.deputies.count()) == ("station", 0)
    assert messages_visible_to(town_officer).count() == 1


def test_a_station_s_code_with_a_place_finds_the_deputies_of_the_place(write, elected):
    assert write(code="S-01").state == "station"
    placed = write(code="S-01", address="西镇布政村，桥东 50 米")
    assert (placed.state, list(placed.deputies.all())) == ("new", [elected])


def test_a_code_that_was_never_printed_leads_nowhere(elected):
    assert find_addressee(None, "d0001").deputy == elected
    for code in ("", "d00", "wabcdefgh", "../admin", "\0", "x" * 500, "330203"):
        assert find_addressee(None, code) is None
    Deputy.objects.update(is_active=False)
    assert find_addressee(None, "d0001") is None


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": " "}, "text"), ({"text": "长" * 2001}, "text"), ({"kind": "none-such"}, "kind"),
        ({"address": "长" * 121}, "address"), ({"reach": "phone", "contact": ""}, "contact"),
        ({"reach": "phone", "contact": "abc"}, "contact"), ({"reach": "wechat", "contact": "<b>x</b>"}, "contact"),
        ({"reach": "email", "contact": "a@"}, "contact"), ({"reach": "pigeon"}, "reach"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_beside_its_field(given, field, write):
    with pytest.raises(BadInput) as refused:
        write(**given)
    assert field in [error.field for error in refused.value.errors]
    assert not Message.objects.exists()


def test_a_guessed_and_an_ended_link_open_nothing(write):
    secret = fresh_secret()
    message = write(secret=secret)
    assert private_links.find_message(secret) == message
    assert [private_links.find_message(guess) for guess in (fresh_secret(), "", message.token_digest)] == [None] * 3
    assert private_links.find_by_mail(message.pk, "guess") is None
    Message.objects.update(expires_at=timezone.now())
    assert private_links.find_message(secret) is None
    services.hand_over_late()
    assert again(message).contact == ""


def test_a_new_slip_ends_the_old_link(write, deputy):
    old, new = fresh_secret(), fresh_secret()
    message = write(secret=old)
    services.reissue(deputy, message.pk, new)
    assert (private_links.find_message(old), private_links.find_message(new)) == (None, message)


def test_a_new_slip_ends_the_links_that_went_out_by_mail_and_text_too(message, deputy, client):
    """Whoever held the old slip could have had the link sent to a mailbox of his own."""
    mailed = sealed(private_links.unsealed_path(message))
    texted = by_text.code_of(message, timezone.localdate())
    assert client.get(mailed).status_code == 200 and by_text.find_by_text(texted) == message
    services.reissue(deputy, message.pk, fresh_secret())
    assert client.get(mailed).status_code == 404 and by_text.find_by_text(texted) is None
    fresh = sealed(private_links.unsealed_path(again(message)))
    assert client.get(fresh).status_code == 200
    assert by_text.find_by_text(by_text.code_of(again(message), timezone.localdate())) == message


@pytest.fixture
def received(station, elected):
    starts = timezone.now() - timedelta(hours=1)
    day = Reception.objects.create(
        station=station, starts_at=starts, ends_at=starts + timedelta(hours=2), status="recorded"
    )
    day.deputies.add(elected)
    return Matter.objects.create(reception=day, number=1, level="town", text="井盖坏了")


def test_a_visitor_of_a_reception_gets_a_number_and_what_became_of_it(received, town_officer, foreign_deputy, gis):
    given = {"client_id": uuid4(), "secret": fresh_secret()}
    for stranger in (foreign_deputy, gis, None):
        with pytest.raises(NotPermitted):
            services.take_at_reception(stranger, received.pk, services.Written(""), **given)
    with pytest.raises(BadInput):
        services.take_at_reception(
            town_officer, received.pk, services.Written(""), **given | {"secret": "//evil.example"}
        )
    message = services.take_at_reception(town_officer, received.pk, services.Written(""), **given)
    assert (message.state, message.text, message.number[:1]) == ("station", "井盖坏了", "X")
    with pytest.raises(BadInput):
        services.take_at_reception(town_officer, received.pk, services.Written(""), **given)
    received.answer, received.settled_on = "已换井盖", timezone.localdate()
    received.save()
    assert (again(message).state, again(message).answer) == ("answered", "已换井盖")


def test_figures_are_the_station_s_and_small_numbers_stay_untold(write, deputy, staff, station, set_rule):
    set_rule("voters.least_n", 3)
    for text in ("一", "二", "三"):
        services.act(deputy, write(text).pk, "answer", version=1, text="好")
    services.act(deputy, write("四").pk, "dismiss", version=1, text="不属于本区")
    row = next(row for row in by_station(staff, timezone.localdate()) if row.station == station)
    assert (row.received, row.dismissed, row.answered_share, row.median_days) == (4, 1, 75, 0)
    assert row.satisfied_share is None


def test_events_are_history(message):
    event = message.events.get()
    event.text = "改"
    with pytest.raises(Exception, match=r"append-only|history|permission"):
        event.save()


def test_an_event_s_verb_is_known_for_each_step():
    from voters.line.table import TABLE

    assert {line.event for line in TABLE.transitions} <= set(MessageEvent.Verb.values)


def test_what_came_back_unsolved_is_not_answered_until_it_is_again(
    write, deputy, town_officer, staff, station, set_rule
):
    set_rule("voters.least_n", 3)
    written = [write(text) for text in ("一", "二", "三", "四")]
    for each in written:
        services.act(deputy, each.pk, "answer", version=1, text="已收悉")
    for each in written[:2]:
        services.reopen(again(each), version=again(each).version, text="没有解决")
    services.act(town_officer, written[1].pk, "dismiss", version=again(written[1]).version, text="不办了")

    def figures():
        return next(row for row in by_station(staff, timezone.localdate()) if row.station == station)

    row = figures()
    assert (row.received, row.answered, row.dismissed, row.answered_share) == (4, 2, 1, 50)
    services.act(town_officer, written[0].pk, "answer", version=again(written[0]).version, text="已换灯")
    assert (figures().answered, figures().answered_share) == (3, 75)


@pytest.fixture
def raised(write, deputy, world, officer, staff):
    """Two messages that became matters, of which the first is answered."""
    both = [write("桥东的路灯不亮"), write("桥东晚上没有灯")]
    for one in both:
        services.act(deputy, one.pk, "raise", version=1)
    first = again(both[0]).matter
    if first.department is None:
        matters.assign(staff, first.pk, version=first.version, department=world.water, wide=False, days=None)
        first.refresh_from_db()
    matters.reply(officer, first.pk, version=first.version, text="已修复路灯", result="A")
    return both


def test_a_matter_that_is_joined_to_an_answered_one_brings_its_answer(raised, staff):
    first, second = (again(one).matter for one in raised)
    assert again(raised[1]).state == "matter"
    matters.merge(staff, second.pk, version=second.version, other=first)
    assert [(again(one).state, again(one).answer) for one in raised] == [("answered", "已修复路灯")] * 2


def test_a_rating_by_a_link_that_the_station_made_anew_is_in_no_share(write, deputy, staff, station, set_rule):
    """Whoever prints a slip has its link too, and could rate the answer that she gave."""
    set_rule("voters.least_n", 3)
    for number in range(5):
        message = write(f"第{number}件")
        services.act(deputy, message.pk, "answer", version=1, text="会处理")
        if number >= 3:
            services.reissue(deputy, message.pk, fresh_secret())
        rating = "satisfied" if number else "unsatisfied"
        services.rate(again(message), version=again(message).version, rating=rating)
    row = next(row for row in by_station(staff, timezone.localdate()) if row.station == station)
    assert (row.answered, row.satisfied_share) == (5, 67)


def test_a_rating_by_her_own_link_counts_though_the_station_made_a_new_one_later(write, deputy, staff, set_rule):
    set_rule("voters.least_n", 3)
    for number in range(3):
        message = write(f"第{number}件")
        services.act(deputy, message.pk, "answer", version=1, text="会处理")
        services.rate(again(message), version=again(message).version, rating="unsatisfied")
        services.reissue(deputy, message.pk, fresh_secret())
    assert [row.satisfied_share for row in by_station(staff, timezone.localdate()) if row.received] == [0]


def test_a_rating_by_the_first_slip_of_a_reception_is_in_no_share(station, elected, deputy, staff, set_rule):
    """The deputy or the station printed it, and could rate by its link."""
    set_rule("voters.least_n", 3)
    now = timezone.now()
    day = Reception.objects.create(station=station, starts_at=now - timedelta(hours=1), ends_at=now)
    day.deputies.add(elected)
    for number in range(1, 4):
        visit = Matter.objects.create(reception=day, number=number, level="town", text="路灯不亮")
        slip = services.take_at_reception(
            deputy, visit.pk, services.Written(""), client_id=uuid4(), secret=fresh_secret()
        )  # fmt: skip
        services.act(staff, slip.pk, "answer", version=1, text="已换灯")
        services.rate(again(slip), version=again(slip).version, rating="satisfied")
    row = next(row for row in by_station(staff, timezone.localdate()) if row.station == station)
    assert (row.answered, row.answered_share, row.satisfied_share) == (3, 100, None)


def test_messages_of_matters_joined_to_answered_ones_before_come_back_within_the_hour(raised, staff):
    first, second = (again(one).matter for one in raised)
    post_save.disconnect(sender=SuggestionEvent, dispatch_uid="voters:joined")
    try:
        matters.merge(staff, second.pk, version=second.version, other=first)
    finally:
        coming_back.listen()
    assert again(raised[1]).state == "matter"
    assert [hourly()["answered"] for _hour in range(2)] == [1, 0]
    assert (again(raised[1]).state, again(raised[1]).answer) == ("answered", "已修复路灯")
