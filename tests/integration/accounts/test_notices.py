"""Notices: told once, delivered once, tried again, not at night."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy, override

from accounts.models import Address, Delivery, Notice, NoticePreference, Robot, RobotHost
from accounts.notices import delivery, links, notify, notify_address
from accounts.notices.digest import send_digests
from accounts.notices.queries import unread_count
from accounts.notices.services import ask_address, confirm, unsubscribe
from geokit.fetching import https
from geokit.refusal import BadInput
from jobs.models import Job

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=SHANGHAI)
NIGHT = datetime(2026, 11, 24, 23, 30, tzinfo=SHANGHAI)
MORNING = datetime(2026, 11, 25, 7, 0, tzinfo=SHANGHAI)


@pytest.fixture
def noon(db):
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def reader(officer):
    officer.email = "officer@example.org"
    officer.save()
    return officer


@pytest.fixture
def robot(world, admin_user, known_hosts):
    return Robot.objects.create(
        name="水利局群",
        form=Robot.Form.DINGTALK,
        department=world.water,
        url="https://oapi.dingtalk.com/robot/send?access_token=abc",
        secret="SEC-1",
        created_by=admin_user,
    )


@pytest.fixture
def posted(monkeypatch):
    """What went out by HTTPS, and the answers that the other side gives in turn (then always the last)."""

    class Posted(list):
        answers = [(200, b'{"errcode":0,"errmsg":"ok"}')]

    sent = Posted()

    def post(url, headers, body):
        sent.append((url, headers, body))
        answer = sent.answers.pop(0) if len(sent.answers) > 1 else sent.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(https, "post", post)
    return sent


def tell(*people, key="matter:1:assigned", **more):
    return notify(people, "matter-assigned", "新交办一件", "请在期限前答复。", "/work/", key=key, **more)


def test_an_event_is_told_once_however_often_it_is_told(reader, other_officer, noon):
    assert tell(reader) == 1
    assert tell(reader, other_officer) == 1
    assert Notice.objects.filter(recipient=reader).count() == 1
    delivery.deliver_due()
    assert delivery.deliver_due() == 0
    assert [message.to for message in mail.outbox] == [["officer@example.org"]]


def test_the_database_itself_holds_that_nobody_is_told_twice(reader, noon):
    tell(reader)
    notice = Notice.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(recipient=reader, key=notice.key, kind="x", title="x", at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(notice=notice, channel="mail", key=notice.key, not_before=NOON)


def test_a_change_that_is_rolled_back_tells_nobody(reader, noon):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        tell(reader)
        raise ZeroDivisionError
    assert not Notice.objects.exists()
    assert not Job.objects.exists()


def test_the_worker_is_woken_in_the_same_transaction(reader, noon):
    tell(reader)
    assert Job.objects.count() == 1


def test_a_mail_says_what_it_is_about_and_leads_there(reader, noon, settings):
    settings.SITE_URL = "https://map.example.gov.cn"
    tell(reader)
    delivery.deliver_due()
    (message,) = mail.outbox
    assert message.subject == "新交办一件"
    assert "https://map.example.gov.cn/work/" in message.body
    assert "https://map.example.gov.cn/notices/preferences/" in message.body


def test_a_title_with_a_line_break_cannot_add_a_header(reader, noon):
    notify([reader], "matter-x", "标题\r\nBcc: all@example.org", key="k")
    delivery.deliver_due()
    assert "\n" not in mail.outbox[0].subject
    assert mail.outbox[0].bcc == []


@pytest.mark.parametrize("url", ["https://evil.example", "//evil.example/", "/\\evil.example"])
def test_a_notice_leads_to_no_foreign_page(reader, url):
    with pytest.raises(BadInput):
        notify([reader], "matter-x", "标题", url=url, key="k")


def test_lazy_words_are_written_in_the_sites_language(reader, noon):
    with override("en"):
        notify([reader], "matter-x", gettext_lazy("满意"), key="k")
    assert Notice.objects.get().title == "满意"


def test_nobody_is_disturbed_at_night(reader):
    with time_machine.travel(NIGHT, tick=False) as clock:
        tell(reader)
        assert delivery.deliver_due() == 0
        clock.move_to(MORNING - timedelta(minutes=1))
        assert delivery.deliver_due() == 0
        clock.move_to(MORNING)
        assert delivery.deliver_due() == 1


def test_a_person_chooses_her_own_hours_and_topics(reader):
    NoticePreference.objects.create(user=reader, quiet_from="12:00", quiet_until="13:30", muted=["river"])
    with time_machine.travel(NOON, tick=False) as clock:
        tell(reader)
        notify([reader], "river-relapse", "反弹", key="r")
        assert delivery.deliver_due() == 0
        clock.shift(timedelta(hours=2))
        assert delivery.deliver_due() == 1
    assert Notice.objects.filter(recipient=reader).count() == 2  # the site itself shows both


def test_who_wants_no_mail_gets_none(reader, noon):
    NoticePreference.objects.create(user=reader, mail="never")
    tell(reader)
    assert delivery.deliver_due() == 0
    assert Notice.objects.filter(recipient=reader).exists()


def test_one_message_in_the_group_however_many_officers_the_department_has(robot, officer, posted, noon):
    colleague = type(officer).objects.create(username="second", role="officer", department=officer.department)
    tell(officer, colleague)
    tell(colleague)
    delivery.deliver_due()
    assert len(posted) == 1


def test_another_departments_group_hears_nothing(robot, other_officer, posted, noon):
    tell(other_officer)
    assert delivery.deliver_due() == 0
    assert not posted


def test_what_does_not_get_through_is_tried_again_ever_more_rarely(robot, officer, posted):
    posted.answers = [OSError("down"), (502, b""), (200, b'{"errcode":310000,"errmsg":"sign not match"}'), (200, b"{}")]
    with time_machine.travel(NOON, tick=False) as clock:
        tell(officer)
        waits = []
        for _attempt in range(3):
            assert delivery.deliver_due() == 0
            row = Delivery.objects.get()
            waits.append((row.not_before - row.tried_at) / timedelta(minutes=1))
            assert delivery.deliver_due() == 0  # not before its time
            clock.move_to(row.not_before)
        assert row.error == "NotDelivered: 310000 sign not match"
        assert delivery.deliver_due() == 1
    assert waits == [2, 4, 8]
    assert len(posted) == 4
    assert Delivery.objects.get().state == "sent"


def test_after_eight_attempts_it_is_given_up_and_says_why(robot, officer, posted):
    posted.answers = [(500, b"")]
    with time_machine.travel(NOON, tick=False) as clock:
        tell(officer)
        for _attempt in range(12):
            delivery.deliver_due()
            clock.shift(timedelta(days=1))
    row = Delivery.objects.get()
    assert (len(posted), row.state, row.error) == (8, "failed", "NotDelivered: HTTP 500")


def test_a_second_try_keeps_out_of_the_night(robot, officer, posted):
    posted.answers = [(500, b"")]
    with time_machine.travel(NIGHT - timedelta(minutes=91), tick=False):
        tell(officer)
        delivery.deliver_due()
    assert Delivery.objects.get().not_before == MORNING


def test_a_worker_that_died_leaves_no_message_unsent(robot, officer, posted, noon):
    tell(officer)
    Delivery.objects.update(state="sending", not_before=NOON + delivery.CLAIM)
    assert delivery.deliver_due() == 0
    noon.shift(delivery.CLAIM)
    assert delivery.deliver_due() == 1


def test_a_host_taken_off_the_list_gets_nothing_more(robot, officer, posted, noon):
    tell(officer)
    RobotHost.objects.filter(host="oapi.dingtalk.com").delete()
    assert delivery.deliver_due() == 0
    assert not posted
    assert Delivery.objects.get().state == "failed"


def test_an_address_without_an_account_is_asked_first(noon):
    assert notify_address("Citizen@Example.org", "project-progress", "有新进展", url="/projects/", key="p1")
    assert not notify_address("citizen@example.org", "project-progress", "有新进展", url="/projects/", key="p1")
    delivery.deliver_due()
    assert [message.subject for message in mail.outbox] == ["请确认您的邮箱"]
    confirm(Address.objects.get())
    delivery.deliver_due()
    assert [message.subject for message in mail.outbox[1:]] == ["有新进展"]
    assert mail.outbox[1].extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_whoever_types_a_strangers_address_makes_one_mail_a_day(noon):
    for number in range(5):
        notify_address("stranger@example.org", "project-progress", "有新进展", key=f"p{number}")
    delivery.deliver_due()
    assert len(mail.outbox) == 1


def test_who_has_left_gets_no_more_mail(noon):
    notify_address("citizen@example.org", "project-progress", "一", key="p1")
    address = Address.objects.get()
    confirm(address)
    unsubscribe(address)
    assert not notify_address("citizen@example.org", "project-progress", "二", key="p2")
    assert delivery.deliver_due() == 0
    assert mail.outbox == []


def test_the_pages_of_a_mailbox_are_kept_by_nobody_and_told_to_nobody(noon, client):
    notify_address("citizen@example.org", "project-progress", "一", key="p1")
    address = Address.objects.get()
    for path in (links.confirm_path(address), links.unsubscribe_path(address)):
        page = client.get(path)
        assert page.status_code == 200 and "no-store" in page["Cache-Control"]
        assert page["Referrer-Policy"] == "strict-origin" and "noindex" in page["X-Robots-Tag"]


def tell_six_times(reader, url="/suggestions/2026-00001/"):
    for number in range(6):
        notify([reader], "matter-said", f"第{number}次", "情况", url, key=f"matter:1:{number}")


def test_six_notices_about_one_matter_are_one_row_and_one_mail(noon, reader, as_user):
    tell_six_times(reader)
    notify([reader], "matter-said", "另一件", "", "/suggestions/2026-00002/", key="matter:2:0")
    page = as_user(reader).get("/notices/")
    assert (len(page.context["rows"]), page.context["unread"], page.context["total"]) == (2, 2, 2)
    told = page.context["rows"][1]
    assert (told.notice.title, told.others) == ("第5次", 5)
    assert [one.title for one in told.earlier] == [f"第{number}次" for number in (4, 3, 2, 1, 0)]
    delivery.deliver_due()
    assert len(mail.outbox) == 2
    assert all(f"第{number}次" in mail.outbox[0].body for number in range(6))
    assert not Delivery.objects.exclude(state="sent").exists()


def test_what_nobody_may_miss_has_a_mail_of_its_own_beside_others_about_its_page(noon, reader):
    tell_six_times(reader, "/projects/votes/1/")
    notify([reader], "account-vote", "您已投票", "", "/projects/votes/1/", key="vote:1:voted")
    delivery.deliver_due()
    alone = [sent.subject for sent in mail.outbox if "您已投票" in sent.subject]
    assert (len(mail.outbox), len(alone)) == (2, 1)
    assert not any("您已投票" in sent.body for sent in mail.outbox if sent.subject not in alone)
    assert not Delivery.objects.exclude(state="sent").exists()


def test_reading_the_newest_reads_the_others_about_it_and_no_later_one(noon, reader, as_user):
    tell_six_times(reader)
    third = Notice.objects.get(title="第3次")
    as_user(reader).get(f"/notices/{third.pk}/")
    unread = Notice.objects.filter(read_at=None)
    assert set(unread.values_list("title", flat=True)) == {"第4次", "第5次"}


def test_a_mail_that_fails_leaves_each_of_them_to_be_tried_again(noon, reader, monkeypatch):
    tell_six_times(reader)

    def broken(*_args, **_given):
        raise OSError("no line")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", broken)
    delivery.deliver_due()
    assert Delivery.objects.filter(state="sent").count() == 0
    monkeypatch.undo()
    Delivery.objects.update(not_before=NOON)
    delivery.deliver_due()
    assert Delivery.objects.exclude(state="sent").count() == 0
    assert len(mail.outbox) == 1


def test_pages_with_something_unread_are_counted_once_each_and_no_further_than_asked(reader, other_officer, noon):
    told = [
        Notice(recipient=reader, kind="matters-reply", key=f"{page}:{turn}", title="有答复", url=page, at=NOON)
        for page in ("/suggestions/1/", "/suggestions/2/", "/river/points/HS-1/")
        for turn in range(3)
    ]
    told += [
        Notice(recipient=reader, kind="other", key=f"alone:{turn}", title="系统维护", at=NOON) for turn in range(2)
    ]
    told += [Notice(recipient=other_officer, kind="other", key="his", title="他的", url="/suggestions/9/", at=NOON)]
    Notice.objects.bulk_create(told)

    assert (unread_count(reader), unread_count(other_officer)) == (5, 1)
    assert unread_count(reader, 2) == 2

    Notice.objects.filter(recipient=reader, url="/suggestions/1/").update(read_at=NOON)
    assert unread_count(reader) == 4
    Notice.objects.filter(recipient=reader).update(read_at=NOON)
    assert unread_count(reader) == 0


def test_the_bell_stops_at_ninety_nine_and_the_page_counts_on(reader, as_user, noon):
    Notice.objects.bulk_create(
        Notice(recipient=reader, kind="matters-reply", key=str(n), title="有答复", url=f"/suggestions/{n}/", at=NOON)
        for n in range(120)
    )
    page = as_user(reader).get("/notices/").content.decode()
    assert "99+ 条未读" in page
    assert "未读 120 条" in page
    Notice.objects.filter(key__in=("0", "1")).update(read_at=NOON)
    last = as_user(reader).get("/notices/?page=4")
    unread = as_user(reader).get("/notices/?page=4&unread=1")
    shown = [[told.notice.key for told in page.context["rows"]] for page in (last, unread)]
    assert shown == [[str(n) for n in range(29, -1, -1)], [str(n) for n in range(29, 1, -1)]]
    assert unread.context["page"].paginator.count == 118


def test_of_very_many_notices_about_one_page_the_newest_are_shown_and_all_are_counted(reader, as_user, noon):
    Notice.objects.bulk_create(
        Notice(recipient=reader, kind="matters-reply", key=str(n), title=f"第{n}次", url="/suggestions/1/", at=NOON)
        for n in range(60)
    )
    page = as_user(reader).get("/notices/")
    (told,) = page.context["rows"]
    assert (told.notice.title, told.others, len(told.earlier)) == ("第59次", 59, 20)
    assert (told.earlier[0].title, "此前还有 59 条" in page.content.decode()) == ("第58次", True)
    assert (page.context["total"], page.context["unread"]) == (1, 1)


def test_a_morning_on_which_no_digest_was_written_leaves_nothing_out(reader, noon):
    def digest_at(moment):
        noon.move_to(moment)
        send_digests()
        return Notice.objects.filter(kind="digest-daily").latest("pk").body

    notify([reader], "matter-assigned", "第一件", url="/a/", key="m1")
    assert "第一件" in digest_at(NOON + timedelta(hours=19))
    noon.move_to(NOON + timedelta(hours=20))
    notify([reader], "matter-assigned", "第二件", url="/b/", key="m2")
    late = digest_at(NOON + timedelta(hours=67))
    assert "第二件" in late
    assert "第一件" not in late


@pytest.mark.parametrize("email", [f"a@{'中' * 60}.cn", "a@\u00ad.cn", "李@b.cn"])
def test_an_address_that_no_mail_can_be_written_to_keeps_nobody_elses_mail(email, reader, noon):
    ask_address(email, "请确认", "", "/", key="f1")
    tell(reader)
    delivery.deliver_due()
    assert [message.to for message in mail.outbox] == [["officer@example.org"]]
    failed = Delivery.objects.get(state="failed")
    assert failed.notice.address.email == email
    assert email not in failed.error


def test_a_fault_about_one_message_keeps_none_of_the_others(reader, other_officer, noon, monkeypatch):
    other_officer.email = "other@example.org"
    other_officer.save()
    tell(other_officer, reader)
    first = Delivery.objects.order_by("not_before", "pk").first()
    write = EmailMessage.message

    def broken(message, **more):
        if message.to == [first.notice.recipient.email]:
            raise RuntimeError("other@example.org")
        return write(message, **more)

    monkeypatch.setattr(EmailMessage, "message", broken)
    assert delivery.deliver_due() == 1
    first.refresh_from_db()
    assert (first.state, first.error) == ("waiting", "RuntimeError")


def test_what_is_hers_as_a_deputy_goes_to_no_group(robot, officer, posted, noon):
    notify([officer], "matter-replied", "已答复", "", "/work/", key="matter:1", to_groups=False)
    delivery.deliver_due()
    assert Notice.objects.filter(recipient=officer).count() == 1
    assert not posted
    colleague = type(officer).objects.create(username="second", role="officer", department=officer.department)
    notify([colleague], "matter-assigned", "新交办一件", "", "/work/", key="matter:2")
    delivery.deliver_due()
    assert len(posted) == 1
