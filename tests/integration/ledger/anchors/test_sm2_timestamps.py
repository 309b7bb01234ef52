"""Time-stamps of an authority with SM2 certificates: what proves a statement, and everything that does not."""

import hashlib
import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command

from ledger.anchors import sm2
from ledger.anchors.channels import timestamps
from ledger.anchors.proof import prove
from ledger.anchors.sm2 import openssl
from ledger.anchors.sm2.structures import MOST_BYTES, BadToken
from ledger.models import Delivery
from tests.data import sm2_authority as der
from tests.data.sm2_authority import Sm2Authority
from tests.data.witnesses import Authority, http_place
from tests.integration.ledger.anchors.acts import deliver_all, kinds

MESSAGE = b'{"head":"..."}'
NONCE = 2**62 + 5


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Sm2Authority(tmp_path_factory.mktemp("sm2"))


def stamped(authority, **lies):
    return authority.answer(sm2.request(MESSAGE, NONCE), **lies)


def refused(answer, authority, words, *, message=MESSAGE, nonce=NONCE):
    with pytest.raises(BadToken, match=words):
        sm2.check(answer, message, authority.root.read_bytes(), nonce)


@pytest.mark.parametrize("kind", ["cms", "gm"])
def test_a_token_of_the_message_is_its_time_in_either_dress(authority, kind):
    at = datetime.now(UTC).replace(microsecond=0)
    answer = stamped(authority, kind=kind, at=at)
    assert sm2.check(answer, MESSAGE, authority.root.read_bytes(), NONCE) == at
    assert sm2.check(answer, MESSAGE, authority.root.read_bytes()) == at


def test_another_message_another_nonce_and_another_digest_are_refused(authority):
    answer = stamped(authority)
    refused(answer, authority, "another message", message=MESSAGE + b" ")
    refused(answer, authority, "nonce", nonce=NONCE + 1)
    refused(stamped(authority, digest=der.sm3(b"other")), authority, "another message")
    sha256 = der.tlv(0x30, bytes.fromhex("0609608648016503040201"))
    digest = hashlib.sha256(MESSAGE).digest()
    refused(stamped(authority, algorithm=sha256, digest=digest), authority, "not of its SM3 digest")


def test_a_content_that_was_altered_after_signing_is_refused(authority):
    answer = stamped(authority, at=datetime(2026, 11, 28, 1, 2, 3, tzinfo=UTC))
    refused(answer.replace(b"20261128010203Z", b"20261127010203Z"), authority, "not what was signed")


def test_an_altered_signature_or_signed_attribute_is_refused(authority):
    answer = bytearray(stamped(authority))
    answer[-3] ^= 1  # the last bytes are the signature's second number
    refused(bytes(answer), authority, "SM2 signature")
    other = stamped(authority, signed_digest=der.sm3(b"?"))
    refused(other, authority, "not what was signed")


@pytest.mark.parametrize(
    ("without", "words"),
    [(der.CONTENT_TYPE, "content"), (der.DIGEST, "not what was signed"), (der.ESS, "name the signer")],
)
def test_a_token_without_a_signed_attribute_is_refused(authority, without, words):
    refused(stamped(authority, without=without), authority, words)


def test_a_token_that_names_another_certificate_is_refused(authority):
    refused(stamped(authority, certificate_digest=bytes(32)), authority, "name the signer")


def test_a_signature_by_another_key_under_the_same_name_is_refused(authority, tmp_path):
    twin = Sm2Authority(tmp_path / "twin")
    twin.certificate, twin._serial = authority.certificate, authority._serial  # its key, the other's certificate
    refused(stamped(twin), authority, "SM2 signature")


def test_another_root_is_refused(authority, tmp_path):
    refused(stamped(authority), Sm2Authority(tmp_path / "other"), "configured root")


def test_a_certificate_that_was_not_valid_at_the_time_is_refused_and_a_later_check_is_not(tmp_path):
    old = Sm2Authority(tmp_path / "old", since=datetime.now(UTC) - timedelta(days=60), days=30)
    refused(stamped(old), old, "expired")
    then = datetime.now(UTC).replace(microsecond=0) - timedelta(days=45)
    assert sm2.check(stamped(old, at=then), MESSAGE, old.root.read_bytes(), NONCE) == then
    refused(stamped(old, at=then - timedelta(days=30)), old, "not yet valid")


@pytest.mark.parametrize(
    "purpose", ["", "extendedKeyUsage = timeStamping\n", "extendedKeyUsage = critical, codeSigning\n"]
)
def test_a_certificate_for_something_else_is_refused(tmp_path, purpose):
    other = Sm2Authority(tmp_path / "other", purpose=purpose)
    refused(stamped(other), other, "may not sign time-stamps")


def test_an_rsa_token_is_no_sm2_token(authority, tmp_path):
    (tmp_path / "rsa").mkdir()
    rsa = Authority(tmp_path / "rsa")
    query, nonce = timestamps._request(MESSAGE, "https://tsa.example/")
    refused(rsa.answer(query), authority, "not of its SM3 digest", nonce=nonce)


def test_a_refusal_of_the_authority_is_said(authority):
    refused(stamped(authority, status=2), authority, "the authority refused .status 2.")


def test_what_is_cut_short_garbage_or_huge_is_refused_at_once(authority):
    answer = stamped(authority)
    for cut in range(0, len(answer), 7):
        refused(answer[:cut], authority, "not the DER")
    for place in range(0, len(answer), 5):
        spoilt = bytearray(answer)
        spoilt[place] ^= 0xFF
        with suppress(BadToken):  # and nothing else; what no signature covers (a version) may be read still
            sm2.check(bytes(spoilt), MESSAGE, authority.root.read_bytes(), NONCE)
    deep = b""
    while len(deep) < MOST_BYTES - 8:
        deep = der.tlv(0x30, deep)
    refused(deep, authority, "not the DER")
    many = der.tlv(0x30, der.tlv(0x30, b"\x05\x00" * 30_000))
    refused(many, authority, "not the DER")
    refused(b"\x30\x80" + answer, authority, "not the DER")
    refused(b"\x30\x88" + b"\xff" * 8, authority, "not the DER")
    refused(os.urandom(MOST_BYTES), authority, "not the DER")
    refused(b"0" * (MOST_BYTES + 1), authority, "are no time-stamp")


def test_a_machine_without_openssl_says_so(authority, monkeypatch):
    answer = stamped(authority)
    monkeypatch.setenv("PATH", "/nowhere")
    refused(answer, authority, "openssl program, which cannot be run here")


def test_an_openssl_that_does_not_end_is_ended(authority, monkeypatch, tmp_path):
    answer = stamped(authority)
    slow = tmp_path / "openssl"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(openssl, "SECONDS", 0.1)
    refused(answer, authority, "took longer")


def test_verify_chain_proves_a_head_by_such_an_authority(anchored, authority, settings, capsys):
    with http_place(lambda _method, body: (200, authority.answer(body))) as address:
        settings.ANCHORS |= {"timestamps": [f"{address}#sm3"], "timestamp_roots": str(authority.root)}
        anchor = anchored()
        [delivery] = deliver_all()
    assert (delivery.state, delivery.said) == ("done", "")
    witness = prove().witnesses[-1]
    assert (witness.anchor, witness.place) == (anchor.head, f"{address}#sm3")
    assert abs(witness.at - anchor.at) < timedelta(minutes=2)
    call_command("verify_chain", "--anchors")
    assert f"{address}#sm3" in capsys.readouterr().out


def test_a_token_of_another_head_or_under_another_root_proves_none(anchored, authority, settings, tmp_path):
    with http_place(lambda _method, body: (200, authority.answer(body))) as address:
        settings.ANCHORS |= {"timestamps": [f"{address}#sm3"], "timestamp_roots": str(authority.root)}
        anchored()
        anchored()
        first, second = deliver_all()
    Delivery.objects.filter(pk=second.pk).update(proof=first.proof)
    assert kinds(prove().faults) == {"anchor-unproven"}
    Delivery.objects.filter(pk=second.pk).update(proof=second.proof)
    assert prove().faults == ()
    settings.ANCHORS |= {"timestamp_roots": str(Sm2Authority(tmp_path / "other").root)}
    assert kinds(prove().faults) == {"anchor-unproven"}


def test_an_answer_to_another_request_is_not_taken(anchored, authority, settings):
    replayed = authority.answer(sm2.request(b"a statement of before", 7))
    with http_place(lambda _method, _body: (200, replayed)) as address:
        settings.ANCHORS |= {"timestamps": [f"{address}#sm3"], "timestamp_roots": str(authority.root)}
        anchored()
        [delivery] = deliver_all()
    assert (delivery.state, "another request" in delivery.said) == ("waiting", True)


def test_an_authority_that_signs_otherwise_than_it_was_configured_is_not_taken(anchored, authority, settings, tmp_path):
    (tmp_path / "rsa").mkdir()
    rsa = Authority(tmp_path / "rsa")
    query, _nonce = timestamps._request(b"x", "https://tsa.example/")
    with http_place(lambda _method, _body: (200, rsa.answer(query))) as address:
        settings.ANCHORS |= {"timestamps": [f"{address}#sm3"], "timestamp_roots": str(rsa.root)}
        anchored()
        [as_sm2] = deliver_all()
    assert as_sm2.state == "waiting"
    with http_place(lambda _method, _body: (200, stamped(authority))) as address:
        settings.ANCHORS |= {"timestamps": [address], "timestamp_roots": str(authority.root)}
        anchored()
        as_rsa = deliver_all()[-1]
    assert as_rsa.state == "waiting"
