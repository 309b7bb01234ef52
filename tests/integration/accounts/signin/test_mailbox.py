"""A new mailbox is confirmed by itself and told to the old one; a lost password gives nothing away."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.directory.acting import acting
from accounts.models import Delivery, Notice, NoticePreference, User
from accounts.notices import notify
from accounts.notices.delivery import deliver_due
from accounts.people import services as people
from accounts.people.credentials.jobs import notify_owners
from accounts.people.credentials.queries import mailbox_is_doubtful
from accounts.people.services import Particulars, version_of
from accounts.signin.services import SEND, drop_email, send_reset
from jobs.models import Job
from tests.integration.accounts.signin.conftest import PASSWORD, outcomes

OLD, NEW = "old@example.org", "new@example.org"


@pytest.fixture
def mailed(deputy):
    deputy.email = OLD
    with acting(deputy):  # she put it there herself
        deputy.save(update_fields=["email"])
    return deputy


def ask(client, email=NEW, password=PASSWORD):
    return client.post("/accounts/email/", {"email": email, "password": password})


def link_in(message):
    return re.search(r"https?://[^/\s]+(/accounts/email/confirm/\S+)", message.body)[1]


def to(mailoutbox, address):
    return [message for message in mailoutbox if message.to == [address]]


def test_the_old_mailbox_stays_until_the_new_one_says_yes(as_user, mailed, mailoutbox, client):
    assert ask(as_user(mailed)).status_code == 302
    deliver_due()
    assert User.objects.get(pk=mailed.pk).email == OLD
    assert "要求把您账号的邮箱换成另一个" in to(mailoutbox, OLD)[0].body
    link = link_in(to(mailoutbox, NEW)[0])
    shown = client.get(link)
    assert shown.status_code == 200 and "no-store" in shown["Cache-Control"] and "noindex" in shown["X-Robots-Tag"]
    assert User.objects.get(pk=mailed.pk).email == OLD, "a look at the page changes nothing"
    client.post(link)
    assert User.objects.get(pk=mailed.pk).email == NEW
    notify_owners()
    deliver_due()
    assert "邮箱已更改" in to(mailoutbox, OLD)[-1].body
    assert outcomes(mailed)[-1] == "email"
    assert not mailbox_is_doubtful(mailed), "she asked for it herself, whoever opened the link"
    assert client.post(link).status_code == 404


def test_a_wrong_password_changes_nothing(as_user, mailed, mailoutbox):
    assert ask(as_user(mailed), password="guess").status_code == 400
    deliver_due()
    assert mailoutbox == []


def test_what_is_kept_of_the_link_opens_nothing(as_user, mailed, client):
    ask(as_user(mailed))
    kept = Notice.objects.get(address__email=NEW).url
    assert kept.endswith("/~/")
    assert client.get(kept).status_code == 404
    assert client.post(kept).status_code == 404


def test_a_link_ends_with_two_days_and_with_a_new_password(as_user, mailed, mailoutbox, client):
    ask(as_user(mailed))
    deliver_due()
    link = link_in(to(mailoutbox, NEW)[0])
    with time_machine.travel(timezone.now() + timedelta(days=2, minutes=1)):
        assert client.post(link).status_code == 404
    mailed.set_password("another-phrase-of-words")
    mailed.save()
    assert client.post(link).status_code == 404


def test_notices_about_the_account_cannot_be_silenced(as_user, mailed, mailoutbox):
    NoticePreference.objects.create(user=mailed, mail="never", muted=["account", "other"])
    ask(as_user(mailed))
    deliver_due()
    assert len(to(mailoutbox, OLD)) == 1


def test_the_page_of_notices_no_longer_changes_the_mailbox(as_user, mailed):
    form = {"email": NEW, "mail": "at-once", "quiet_from": "22:00", "quiet_until": "07:00"}
    assert as_user(mailed).post("/notices/preferences/", form).status_code == 302
    assert User.objects.get(pk=mailed.pk).email == OLD


def test_who_keeps_accounts_changes_a_mailbox_and_the_old_one_is_told(mailed, staff, mailoutbox):
    people.change(staff, mailed.pk, Particulars("张代表", mailed.role, email=NEW), version_of(mailed))
    notify_owners()
    deliver_due()
    assert "邮箱已更改" in to(mailoutbox, OLD)[0].body


def answer_for(client, name):
    with CaptureQueriesContext(connection) as asked:
        answer = client.post("/accounts/password/reset/", {"name": name})
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", answer.text)
    return answer.status_code, page, [re.sub(r"'[^']*'|\d+", "?", row["sql"]) for row in asked]


def test_who_asks_for_a_new_password_learns_nothing(mailed, client, mailoutbox):
    client.get("/accounts/password/reset/")  # the district's record, and whether there are several, is read and kept
    assert answer_for(client, "a-deputy") == answer_for(client, "nobody-here") == answer_for(client, OLD)
    assert mailoutbox == []
    assert Job.objects.filter(func=SEND).count() == 3


def test_the_link_goes_to_the_owner_alone_and_the_password_stays(mailed, client, mailoutbox):
    assert [send_reset(name) for name in ("nobody-here", "stranger@example.org", "a-deputy", OLD)] == [0, 0, 1, 1]
    deliver_due()
    assert [message.to for message in mailoutbox] == [[OLD]], "once an hour"
    assert client.login(username="a-deputy", password=PASSWORD)
    link = re.search(r"/invitations/\S+", mailoutbox[0].body)[0]
    assert client.get(link).status_code == 200


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_service": True}, {"email": ""}])
def test_no_link_goes_to_who_may_not_have_one(mailed, change):
    User.objects.filter(pk=mailed.pk).update(**change)
    assert send_reset("a-deputy") == 0


def test_requests_for_one_name_are_counted(mailed, client):
    answers = [client.post("/accounts/password/reset/", {"name": "a-deputy"}).status_code for _turn in range(7)]
    assert answers[-1] == 429
    assert set(answers[:-1]) == {200}


def test_signing_up_makes_no_account_and_sends_no_mail(client, world, mailoutbox):
    form = {"username": "me", "email": "stranger@example.org", "password1": PASSWORD, "password2": PASSWORD}
    answer = client.post("/accounts/signup/", form)
    assert "账号由管理员开通" in answer.text
    deliver_due()
    assert mailoutbox == []
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "address", ["password/set/", "password/reset/done/", "confirm-email/x/", "login/code/confirm/"]
)
def test_the_librarys_other_ways_are_not_there(client, world, address):
    assert client.get(f"/accounts/{address}").status_code == 404


def test_who_loses_her_new_password_within_the_hour_gets_a_link_all_the_same(mailed, client, mailoutbox):
    send_reset("a-deputy")
    deliver_due()
    link = re.search(r"/invitations/\S+", mailoutbox[0].body)[0]
    client.post(link, {"new_password1": "river-bank-at-noon-7", "new_password2": "river-bank-at-noon-7"})
    send_reset("a-deputy")
    deliver_due()
    later = re.search(r"/invitations/\S+", mailoutbox[-1].body)[0]
    assert (client.get(link).status_code, client.get(later).status_code) == (404, 200)


def test_a_letter_to_a_mailbox_that_was_dropped_meanwhile_was_not_delivered(mailed, mailoutbox):
    notify([mailed], "matter-assigned", "新交办一件", key="m1")
    drop_email(mailed)
    deliver_due()
    assert (mailoutbox, Delivery.objects.get().state) == ([], "failed")


def test_a_notice_of_a_link_says_that_it_is_opened_from_its_letter(mailed, as_user):
    send_reset("a-deputy")
    page = as_user(mailed).get(f"/notices/{Notice.objects.get().pk}/", follow=True)
    assert page.status_code == 200
    assert "只在发到您邮箱的信里" in page.text
    assert Notice.objects.get().read_at is not None
