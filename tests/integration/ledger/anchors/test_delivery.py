"""Anchors on their way outside: to witnesses, tried again, seen when given up."""

import email
import json
from datetime import timedelta
from email import policy

import pytest
from django.utils import timezone

from accounts.models import Notice
from geokit.refusal import Unavailable
from jobs.models import Job
from ledger.anchors import jobs, services
from ledger.anchors.channels.http import NotDelivered, ask
from ledger.anchors.delivery import REPEATED, undelivered
from ledger.chain import verify
from ledger.models import Anchor, Delivery
from projects.models import Feedback, Project
from tests.data.witnesses import http_place, mail_place
from tests.integration.ledger.anchors.acts import deliver_all


def test_a_witness_is_sent_the_head_to_keep(anchored, settings):
    taken = []
    with mail_place(taken) as port:
        settings.MAILERS = {
            "default": {
                "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
                "OPTIONS": {"host": "127.0.0.1", "port": port, "use_ssl": False, "use_tls": False},
            }
        }
        settings.ANCHORS |= {"witnesses": ["witness@example.org"]}
        anchor = anchored()
        [delivery] = deliver_all()
    assert (delivery.state, delivery.said) == ("done", "")
    [mail] = [email.message_from_string(text, policy=policy.default) for text in taken]
    assert mail["To"] == "witness@example.org"
    assert anchor.head in mail.get_body().get_content()
    [attached] = mail.iter_attachments()
    assert json.loads(attached.get_content())["statement"] == anchor.statement


def test_what_does_not_arrive_is_tried_again_later_each_time_and_seen_when_given_up(anchored, settings):
    settings.ANCHORS |= {"timestamps": ["http://127.0.0.1:9/"]}
    anchored()
    delivery = Delivery.objects.get()
    for attempt in range(1, jobs.MOST_ATTEMPTS + 1):
        jobs.deliver(delivery.pk)
        delivery.refresh_from_db()
        assert delivery.attempts == attempt
    assert (delivery.state, bool(delivery.said)) == ("failed", True)
    assert undelivered().count() == 1
    dues = (
        Job.objects.filter(func=services.DELIVER, due__gt=timezone.now()).order_by("due").values_list("due", flat=True)
    )
    assert len(dues) == jobs.MOST_ATTEMPTS - 1
    assert dues[0] < timezone.now() + timedelta(minutes=6)
    assert dues[len(dues) - 1] > timezone.now() + timedelta(hours=5)


def test_a_witness_to_whom_no_letter_can_be_written_is_given_up_at_once_and_keeps_no_other_from_it(
    anchored, settings, mailoutbox
):
    settings.ANCHORS |= {"witnesses": ["证人@example.org", "witness@example.org"]}
    anchored()
    deliver_all()
    states = dict(Delivery.objects.values_list("target", "state"))
    assert states == {"证人@example.org": "failed", "witness@example.org": "done"}
    assert "name@example.com" in Delivery.objects.get(state="failed").said
    assert [letter.to for letter in mailoutbox] == [["witness@example.org"]]


def test_whoever_sees_to_the_site_is_told_once_of_an_outage_and_once_of_its_end(
    anchored, authority, settings, staff, admin_user, officer, as_user
):
    works = []
    with http_place(lambda _method, body: (200, authority.answer(body)) if works else (503, b"")) as address:
        settings.ANCHORS |= {"timestamps": [address]}
        for _day in range(2):
            anchored()
            for _attempt in range(REPEATED):
                deliver_all()
        told = Notice.objects.filter(kind="chain-anchors")
        assert sorted(told.values_list("recipient", flat=True)) == sorted([staff.pk, admin_user.pk])
        page = as_user(staff).get("/work/chain/").text
        assert "没有送达" in page
        assert "503" in page
        assert undelivered().count() == 2
        assert "证据链锚定没有送达" in as_user(admin_user).get("/work/").text
        works.append(True)
        anchored()
        deliver_all()
    assert undelivered().count() == 0
    assert "没有送达" not in as_user(staff).get("/work/chain/").text
    assert "证据链锚定没有送达" not in as_user(admin_user).get("/work/").text
    assert [notice.read_at is not None for notice in told.filter(recipient=staff).order_by("pk")] == [True, False]
    assert "恢复送达" in told.filter(recipient=staff).latest("pk").title
    assert as_user(officer).get("/work/chain/").status_code == 404


def test_a_place_that_is_no_longer_configured_fails_nobody(anchored, settings):
    settings.ANCHORS |= {"timestamps": ["http://127.0.0.1:9/"]}
    anchored()
    for _attempt in range(REPEATED):
        deliver_all()
    assert undelivered().count() == 1
    settings.ANCHORS |= {"timestamps": []}
    assert undelivered().count() == 0


def test_a_delivery_that_arrived_is_not_sent_twice(anchored, authority, settings):
    asked = []
    with http_place(lambda _method, body: (asked.append(1), (200, authority.answer(body)))[1]) as address:
        settings.ANCHORS |= {"timestamps": [address]}
        anchored()
        deliver_all()
        deliver_all()
    assert len(asked) == 1


def test_the_nightly_job_anchors_and_queues_every_place(written, settings):
    settings.ANCHORS |= {"timestamps": ["http://127.0.0.1:9/"], "witnesses": ["a@example.org"]}
    jobs.daily()
    assert Job.objects.filter(func=services.DELIVER).count() == Delivery.objects.count() == 2


def test_a_store_of_files_that_is_away_keeps_no_night_from_its_anchor(written, monkeypatch):
    def away():
        raise Unavailable("the bucket does not answer")

    monkeypatch.setattr(jobs, "record_missing_files", away)
    assert "does not answer" in jobs.daily()
    assert Anchor.objects.count() == 1


@pytest.mark.parametrize("name", ["imports", "../outside.jpg"])
def test_a_row_that_names_no_file_that_can_be_read_stops_neither_anchor_nor_check(written, world, settings, name):
    (settings.MEDIA_ROOT / "imports").mkdir(parents=True, exist_ok=True)
    project = Project.objects.create(
        code="M1", name="雨污分流", year=2026, category="water", status="building", lead=world.ecology,
        area=world.east_town, geom="SRID=4326;POINT(121.38 29.85)", starts_on="2026-01-01", ends_on="2026-12-31",
    )  # fmt: skip
    Feedback.objects.bulk_create([Feedback(project=project, text="臭", photo=name)])  # as SQL would, past the models
    jobs.daily()
    assert Anchor.objects.count() == 1
    assert "file-missing" in {fault.kind for fault in verify().faults}


def test_a_place_that_redirects_or_answers_too_much_delivers_nothing():
    with http_place(lambda _method, _body: (302, b"")) as address, pytest.raises(NotDelivered, match="302"):
        ask(address, b"", {})
    with http_place(lambda _method, _body: (200, b"x" * (2 << 20))) as address, pytest.raises(NotDelivered):
        ask(address, b"", {})
    with pytest.raises(NotDelivered):
        ask("file:///etc/passwd", None, {})
