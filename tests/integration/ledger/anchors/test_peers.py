"""Anchors that other instances keep for this one, and this one for them."""

import json

import pytest
from django.core.management import CommandError, call_command

from ledger import audit
from ledger.anchors import keys, receiving, services
from ledger.anchors.proof import prove
from ledger.models import Delivery, ForeignAnchor
from tests.data.witnesses import http_place
from tests.integration.ledger.anchors.acts import deliver_all, kinds, run


@pytest.fixture
def peer(db):
    """An instance that deposits here, with this site's own key: it is its own neighbour."""
    return receiving.register_peer("区平台", keys.public_hex())


def post(client, token, body):
    return client.post(
        "/api/v1/anchors/",
        json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )


def test_another_instance_deposits_once_and_reads_again(anchored, peer, client):
    anchor = anchored()
    body = {"statement": anchor.statement, "signature": anchor.signature}
    answers = [post(client, peer[1], body) for _time in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    receipt = answers[0].json()
    assert receipt["received"] == anchor.signature
    signed = f"{anchor.signature} {receipt['at']}".encode()
    assert keys.is_signed(receipt["public_key"], signed, receipt["receipt"])
    listed = client.get("/api/v1/anchors/", headers={"Authorization": f"Bearer {peer[1]}"}).json()["anchors"]
    assert [each["statement"] for each in listed] == [anchor.statement]


@pytest.mark.parametrize("token", ["", "wrong", "x" * 5000])
def test_without_its_token_nobody_deposits_or_reads(anchored, peer, client, token):
    anchor = anchored()
    assert post(client, token, {"statement": anchor.statement, "signature": anchor.signature}).status_code == 403
    assert client.get("/api/v1/anchors/", headers={"Authorization": f"Bearer {token}"}).status_code == 403
    assert client.get("/api/v1/anchors/").status_code == 403
    assert not ForeignAnchor.objects.exists()


def test_an_instance_that_was_switched_off_is_refused(peer, client):
    peer[0].is_active = False
    peer[0].save()
    assert client.get("/api/v1/anchors/", headers={"Authorization": f"Bearer {peer[1]}"}).status_code == 403


def test_each_reads_its_own_anchors_alone(anchored, peer, client):
    anchor = anchored()
    post(client, peer[1], {"statement": anchor.statement, "signature": anchor.signature})
    _other, token = receiving.register_peer("别的平台", keys.public_hex())
    assert client.get("/api/v1/anchors/", headers={"Authorization": f"Bearer {token}"}).json() == {"anchors": []}


@pytest.mark.parametrize(
    "body", [{}, [], "x", {"statement": 1, "signature": 2}, {"statement": "{}", "signature": "00"}], ids=str
)
def test_what_is_no_statement_is_refused(peer, client, body):
    answer = post(client, peer[1], body)
    assert (answer.status_code, answer.json()["code"]) == (400, "not-a-statement")


def test_a_statement_signed_by_another_key_or_too_long_is_refused(anchored, peer, client):
    anchor = anchored()
    forged = post(client, peer[1], {"statement": anchor.statement, "signature": "00" * 64})
    assert (forged.status_code, forged.json()["code"]) == (400, "bad-signature")
    assert post(client, peer[1], {"statement": "x" * 9000, "signature": ""}).status_code == 413


def test_an_anchor_that_does_not_follow_from_the_last_is_kept_and_marked(anchored, peer, client):
    first, second, third = anchored(), anchored(), anchored()
    marks = [
        post(client, peer[1], {"statement": each.statement, "signature": each.signature}).json()["contradicts"]
        for each in (first, third, second)
    ]
    assert marks == [False, True, True]


def test_a_key_that_is_none_and_a_name_that_is_taken_are_refused(peer):
    for name, key in (("甲", "00"), ("甲", "x" * 64), ("区平台", "00" * 32)):
        with pytest.raises(CommandError):
            call_command("anchor_chain", "--keep-for", name, key)


def test_the_same_signature_written_otherwise_is_the_same_anchor(anchored, peer, client):
    anchor = anchored()
    for signature in (anchor.signature, anchor.signature.upper(), f"{anchor.signature[:64]} {anchor.signature[64:]}"):
        answer = post(client, peer[1], {"statement": anchor.statement, "signature": signature})
        assert (answer.status_code in (200, 201), answer.json()["contradicts"]) == (True, False)
    assert ForeignAnchor.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_instance_sends_to_another_and_is_proved_by_it(live_server, staff, settings):
    _peer, token = receiving.register_peer("区平台", keys.public_hex())
    address = f"{live_server.url}/api/v1/anchors/"
    settings.ANCHORS |= {"peers": {address: token}}
    audit.record(staff, "made", staff)
    anchor = services.make_anchor()
    [delivery] = deliver_all()
    assert (delivery.state, json.loads(bytes(delivery.proof))["received"]) == ("done", anchor.signature)
    proof = prove()
    assert proof.faults == ()
    assert {witness.place for witness in proof.witnesses} == {address, "anchors.jsonl"}
    settings.ANCHORS |= {"peers": {address: "wrong"}}
    assert kinds(prove().faults) == {"anchor-unproven"}


def test_what_another_instance_holds_gives_a_deleted_anchor_away(anchored, settings):
    anchor = anchored()
    kept = [{"statement": anchor.statement, "signature": anchor.signature, "received_at": anchor.at.isoformat()}]
    services.journal().unlink()
    run("ALTER TABLE ledger_anchor DISABLE TRIGGER USER")
    run("DELETE FROM ledger_anchor")
    with http_place(lambda _method, _body: (200, json.dumps({"anchors": kept}).encode())) as address:
        settings.ANCHORS |= {"peers": {address: "token"}}
        found = [fault for fault in prove().faults if address in fault.detail]
    assert kinds(found) == {"anchor-missing"}


def test_an_anchor_that_is_only_noted_as_delivered_is_missed_where_it_should_be(anchored, settings):
    """Whoever has the login of the site's role can write the note, and nothing goes out."""
    with http_place(lambda _method, _body: (200, b'{"anchors": []}')) as address:
        settings.ANCHORS |= {"peers": {address: "token"}}
        anchor = anchored()
        assert [fault for fault in prove().faults if address in fault.detail] == []
        Delivery.objects.update(state="done")
        (found,) = [fault for fault in prove().faults if address in fault.detail]
    assert (found.kind, found.row) == ("anchor-unproven", anchor.pk)
