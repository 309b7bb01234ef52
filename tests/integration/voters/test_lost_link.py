"""A voter's private link by text message: to the telephone that she left, and to nobody who guesses."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.notices import text_messages
from accounts.notices.channels.base import NeverDelivered, NotDelivered
from accounts.notices.channels.sms import send as sms
from jobs.calls import Later, call
from jobs.models import Job
from tests.integration.voters.conftest import PHONE
from voters.line import by_text
from voters.models import Message

SMS = dict.fromkeys(("SMS_KEY_ID", "SMS_KEY_SECRET", "SMS_SIGN", "SMS_TEMPLATE_CODE", "SMS_TEMPLATE_NOTICE"), "x")


@pytest.fixture
def texts(settings, monkeypatch):
    """What goes to the provider; `texts.error` is raised instead."""

    class Texts(list):
        error, asked = None, 0

    sent = Texts()

    def provider(given, phone, template, values):
        sent.asked += 1
        if sent.error:
            raise sent.error
        sent.append((phone, template, dict(values)))

    settings.SMS = SMS | {"SMS_PROVIDER": "aliyun", "SMS_TEMPLATE_LINK": "T-link"}
    monkeypatch.setitem(sms.PROVIDERS, "aliyun", provider)
    return sent


def ask(client, number, phone=PHONE):
    return client.post("/line/lost/", {"number": number, "phone": phone})


def work():
    jobs = list(Job.objects.filter(func=by_text.SEND).order_by("pk"))
    Job.objects.filter(pk__in=[job.pk for job in jobs]).delete()
    return [call(job.func, job.args) for job in jobs]


def test_the_link_comes_to_the_telephone_that_was_left_and_opens_the_page(texts, message, client):
    assert ask(client, f" {message.number.lower()} ", "+86 138 0000 0000").status_code == 200
    assert PHONE not in str(list(Job.objects.values()))
    assert work() == [True]
    ((phone, template, values),) = texts
    assert (phone, template, values["number"]) == (PHONE, "T-link", message.number)
    assert len(values["code"]) <= 30
    answer = client.get(f"/line/{values['code']}", follow=True)
    assert message.number in answer.content.decode()
    assert answer["Cache-Control"].startswith("no-store") or "no-store" in answer["Cache-Control"]


def test_a_stranger_is_told_the_same_and_nothing_is_sent(texts, write, client):
    known, by_mail = write(), write(reach="email", contact="a@example.org", text="另一件")
    pages = [ask(client, known.number, "13911111111"), ask(client, "X2026-99999"), ask(client, by_mail.number)]
    assert work() == [False, False, False]
    assert texts == []
    right = ask(client, known.number)
    assert {page.status_code for page in [*pages, right]} == {200}
    assert len({page.content.decode().split("<main")[-1].split("csrf")[0] for page in [*pages, right]}) == 1


def test_one_telephone_gets_two_a_day_and_one_address_asks_six_times_an_hour(texts, message, write, client):
    others = [write(text=f"第{number}件") for number in range(2)]
    for one in (message, *others):
        ask(client, one.number)
    assert work() == [True, True, False]
    statuses = [ask(client, f"X2026-1000{number}").status_code for number in range(4)]
    assert statuses == [200, 200, 200, 429]


@pytest.mark.parametrize(("number", "phone"), [("", PHONE), ("17", PHONE), ("\0", PHONE), ("X2026-00017", "110")])
def test_what_is_no_number_or_telephone_is_said_beside_its_field(texts, client, db, number, phone):
    assert ask(client, number, phone).status_code == 400
    assert not Job.objects.filter(func=by_text.SEND).exists()


def test_what_is_sent_and_called_lost_is_sent_three_times_at_most(texts, message, client):
    """A provider that delivers and answers too late; several workers count the same."""
    ask(client, message.number)
    (job,) = Job.objects.filter(func=by_text.SEND)
    texts.error, said = TimeoutError(), []
    for _time in range(6):
        try:
            said.append(call(job.func, job.args))
        except Later:
            said.append("later")
    assert said == ["later", "later", False, False, False, False]
    assert texts.asked == 3


def test_a_guessed_telephone_uses_up_nothing_of_the_voter(texts, message):
    for number in range(6):
        ask(Client(REMOTE_ADDR=f"192.0.{number}.1"), message.number, f"1391111111{number}")
    assert ask(Client(REMOTE_ADDR="198.51.100.1"), message.number).status_code == 200
    assert work()[-1] is True


def test_one_number_with_one_telephone_is_asked_four_times_a_day(texts, message):
    statuses = [ask(Client(REMOTE_ADDR=f"192.0.{number}.1"), message.number).status_code for number in range(5)]
    assert statuses == [200] * 4 + [429]


def test_codes_and_links_count_together_against_the_sites_day(texts, message, client, set_rule):
    set_rule("limits.texts_day", 1)
    text_messages.spend_of_site()
    ask(client, message.number)
    assert (work(), texts) == ([False], [])


def test_what_the_provider_does_not_take_is_tried_again_for_an_hour(texts, message, client):
    ask(client, message.number)
    (job,) = Job.objects.filter(func=by_text.SEND)
    texts.error = NotDelivered("isv.BUSINESS_LIMIT_CONTROL")
    with pytest.raises(Later):
        call(job.func, job.args)
    old = [*job.args[:2], (timezone.now() - timedelta(hours=2)).isoformat()]
    assert call(job.func, old) is False
    texts.error = NeverDelivered("isv.SMS_TEMPLATE_ILLEGAL")
    assert call(job.func, job.args) is False
    texts.error = None
    assert call(job.func, job.args) is True


def test_a_guessed_an_old_and_an_ended_code_open_nothing(texts, message, write, client):
    today = timezone.localdate()
    right = by_text.code_of(message, today)
    old = by_text.code_of(message, today - timedelta(days=2))
    foreign = by_text.code_of(write("另一封"), today).split("-")[1]
    guesses = [
        old,
        f"{message.pk}-{foreign}",
        f"{message.pk}-aaaaaaaaaa",
        "x",
        "0-aaaaaaaaaa",
        f"{'9' * 30}-aaaaaaaaaa",
    ]
    assert [client.get(f"/line/{guess}").status_code for guess in guesses] == [404] * 6
    assert client.get(f"/line/{right}").status_code == 302
    Message.objects.update(expires_at=timezone.now())
    assert client.get(f"/line/{right}").status_code == 404


def test_without_text_messages_there_is_no_such_page(client, db, settings):
    settings.SMS = {}
    assert ask(client, "X2026-00017").status_code == 404
    assert "/line/lost/" not in client.get("/to/").content.decode()
