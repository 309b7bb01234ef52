"""A channel is a folder and a line: its messages are sent, tried again, put off and kept quiet like any other's."""

from datetime import time

import pytest

from accounts.models import Delivery, Notice
from accounts.notices import notify
from accounts.notices.channels import CHANNELS, Channel, NotDelivered
from accounts.notices.delivery import deliver_due

pytestmark = pytest.mark.django_db
State = Delivery.State


class Pigeon:
    """A channel that writes down what it was asked."""

    def __init__(self):
        self.sent = []
        self.refuses = self.waits = False

    def plan(self, notices, people):
        return [Delivery(notice=notice, channel="pigeon", key=notice.key, not_before=notice.at) for notice in notices]

    def send(self, delivery):
        if self.refuses:
            raise NotDelivered("the bird came back")
        self.sent.append(delivery.notice.title)

    @property
    def channel(self):
        midday = (time(12), time(12))
        return Channel("pigeon", "信鸽", self.plan, self.send, lambda _delivery: midday, lambda _delivery: self.waits)


@pytest.fixture
def pigeon(monkeypatch):
    bird = Pigeon()
    monkeypatch.setitem(CHANNELS, "pigeon", bird.channel)
    return bird


def only_delivery():
    return Delivery.objects.get(channel="pigeon")


def test_what_a_channel_plans_is_sent_once(pigeon, deputy):
    notify([deputy], "matter-answered", "已答复", key="matter:1")
    notify([deputy], "matter-answered", "已答复", key="matter:1")
    assert deliver_due() >= 1
    assert pigeon.sent == ["已答复"]
    assert only_delivery().state == State.SENT


def test_a_refused_message_waits_and_keeps_the_reason(pigeon, deputy):
    pigeon.refuses = True
    notify([deputy], "matter-answered", "已答复", key="matter:1")
    deliver_due()
    kept = only_delivery()
    assert (kept.state, kept.attempts) == (State.WAITING, 1)
    assert "the bird came back" in kept.error


def test_a_group_that_has_had_enough_is_asked_later_and_that_is_no_attempt(pigeon, deputy):
    pigeon.waits = True
    notify([deputy], "matter-answered", "已答复", key="matter:1")
    deliver_due()
    kept = only_delivery()
    assert (kept.state, kept.attempts, kept.tried_at) == (State.WAITING, 0, None)
    assert pigeon.sent == []


def test_no_channel_gets_a_notice_twice(pigeon, deputy):
    notify([deputy], "matter-answered", "已答复", key="matter:1")
    notice = Notice.objects.get(recipient=deputy)
    again = Delivery(notice=notice, channel="pigeon", key="other", not_before=notice.at)
    assert Delivery.objects.bulk_create([again], ignore_conflicts=True)
    assert Delivery.objects.filter(channel="pigeon").count() == 1
