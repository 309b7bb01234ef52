"""Time-stamps that an authority puts on an anchor: what proves the head, and what does not."""

from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone

from jobs.models import Job
from ledger.anchors import services
from ledger.anchors.channels import timestamps
from ledger.anchors.proof import prove
from ledger.models import Delivery
from tests.data.witnesses import Authority, http_place
from tests.integration.ledger.anchors.acts import deliver_all, kinds


def test_a_time_stamp_authority_vouches_for_the_head(anchored, authority, settings, capsys):
    with http_place(lambda _method, body: (200, authority.answer(body))) as address:
        settings.ANCHORS |= {"timestamps": [address], "timestamp_roots": str(authority.root)}
        anchor = anchored()
        [delivery] = deliver_all()
    assert (delivery.state, delivery.said) == ("done", "")
    witness = prove().witnesses[-1]
    assert (witness.anchor, witness.place) == (anchor.head, address)
    assert abs(witness.at - timezone.now()) < timedelta(minutes=2)
    call_command("verify_chain", "--anchors")
    assert address in capsys.readouterr().out


def test_a_time_stamp_of_something_else_or_by_an_unknown_authority_is_no_proof(anchored, authority, settings, tmp_path):
    with http_place(lambda _method, body: (200, authority.answer(body))) as address:
        settings.ANCHORS |= {"timestamps": [address], "timestamp_roots": str(authority.root)}
        anchored()
        anchored()
        first, second = deliver_all()
    Delivery.objects.filter(pk=second.pk).update(proof=first.proof)
    assert kinds(prove().faults) == {"anchor-unproven"}
    Delivery.objects.filter(pk=second.pk).update(proof=second.proof)
    assert prove().faults == ()
    (tmp_path / "other").mkdir()
    settings.ANCHORS |= {"timestamp_roots": str(Authority(tmp_path / "other").root)}
    assert kinds(prove().faults) == {"anchor-unproven"}


def test_an_authority_whose_certificates_are_unknown_here_is_kept_and_said_to_be_unproven(
    anchored, authority, settings
):
    with http_place(lambda _method, body: (200, authority.answer(body))) as address:
        settings.ANCHORS |= {"timestamps": [address]}
        anchored()
        [delivery] = deliver_all()
    assert delivery.state == "done"
    [fault] = prove().faults
    assert (fault.kind, "ANCHOR_TSA_ROOTS" in fault.detail) == ("anchor-unproven", True)
    settings.ANCHORS |= {"timestamp_roots": str(authority.root)}
    assert prove().faults == ()


def test_an_answer_to_another_request_is_not_taken(anchored, authority, settings):
    query, _nonce = timestamps._request(b"a statement of before", "https://tsa.example/")
    with http_place(lambda _method, _body: (200, authority.answer(query))) as address:
        settings.ANCHORS |= {"timestamps": [address], "timestamp_roots": str(authority.root)}
        anchored()
        [delivery] = deliver_all()
    assert (delivery.state, "nonce" in delivery.said.lower()) == ("waiting", True)


def test_an_authority_that_answers_nonsense_delivers_nothing_and_is_asked_again(anchored, settings):
    with http_place(lambda _method, _body: (200, b"nonsense")) as address:
        settings.ANCHORS |= {"timestamps": [address]}
        anchored()
        [delivery] = deliver_all()
    assert (delivery.state, delivery.attempts) == ("waiting", 1)
    assert "no time-stamp" in delivery.said
    assert Job.objects.filter(func=services.DELIVER, args=[delivery.pk], due__gt=timezone.now()).count() == 1
