"""Anchors outside: signed each day, sent where configured, and what they give away about a chain that was rewritten."""

import email
import json
from datetime import UTC, datetime, timedelta
from email import policy

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.models import Notice
from jobs.models import Job
from ledger import audit
from ledger.anchors import jobs, keys, receiving, services
from ledger.anchors.channels import timestamps
from ledger.anchors.channels.http import NotDelivered, ask
from ledger.anchors.delivery import REPEATED, undelivered
from ledger.anchors.proof import anchor_faults, prove
from ledger.anchors.statement import Statement, Unreadable, digest, parsed
from ledger.chain import settle, verify
from ledger.models import Anchor, Delivery, ForeignAnchor
from tests import roles
from tests.data.witnesses import Authority, http_place, mail_place

AUDIT, LINKS = "accounts_auditentry", "accounts_chainlink"


@pytest.fixture(autouse=True)
def own_key(settings, tmp_path):
    """A key file and a journal of this test's own; nothing configured outside."""
    settings.LEDGER_KEY, settings.LEDGER_TRUSTED_KEYS = "", []
    settings.LEDGER_KEY_FILE = tmp_path / "ledger" / "key.pem"
    settings.ANCHORS = {
        "timestamps": [], "timestamp_roots": "", "peers": {}, "witnesses": [],
    }  # fmt: skip
    return settings.LEDGER_KEY_FILE


@pytest.fixture
def written(staff):
    """Three links to anchor."""
    for number in range(3):
        audit.record(staff, f"made-{number}", staff)
    settle()


@pytest.fixture
def anchored(written, django_capture_on_commit_callbacks):
    """Anchor the chain, with what happens after the commit."""

    def make(now=None):
        with django_capture_on_commit_callbacks(execute=True):
            return services.make_anchor(now)

    return make


def run(statement, *params):
    with roles.owner_rights(), connection.cursor() as cursor:
        cursor.execute(statement, params)


def rewrite_the_whole_chain():
    """Alter an audit entry, then make every link and the head anew, so that nothing inside contradicts."""
    run("SET CONSTRAINTS ALL IMMEDIATE")
    tables = {AUDIT: f"{AUDIT}_append_only", LINKS: f"{LINKS}_append_only"}
    for table, trigger in tables.items():
        run(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
    run(f"ALTER TABLE {AUDIT} DISABLE TRIGGER {AUDIT}_chained_update")
    run(f"UPDATE {AUDIT} SET verb = 'never' WHERE id = (SELECT min(id) FROM {AUDIT})")
    run(f"ALTER TABLE {AUDIT} ENABLE ALWAYS TRIGGER {AUDIT}_chained_update")
    run(
        f"UPDATE {LINKS} l SET content = to_jsonb(e)::text FROM {AUDIT} e"
        f" WHERE l.table_name = '{AUDIT}' AND e.id = l.row_id"
    )
    run(
        "DO $$ DECLARE one record; last bytea := ''; BEGIN SET LOCAL timezone = 'UTC';"
        f" FOR one IN SELECT * FROM {LINKS} ORDER BY id LOOP"
        " last := ledger_digest(last, one.table_name, one.row_id, one.op, one.xact, one.at, one.content);"
        f" UPDATE {LINKS} SET digest = last WHERE id = one.id; END LOOP; UPDATE ledger_head SET digest = last; END $$"
    )
    for table, trigger in tables.items():
        run(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}")


def kinds(faults):
    return {fault.kind for fault in faults}


# The key


def test_the_key_is_made_at_first_use_for_its_owner_alone(own_key):
    first = keys.public_hex()
    assert own_key.stat().st_mode & 0o777 == 0o600
    keys._from_file.cache_clear()
    assert keys.public_hex() == first


def test_a_key_that_others_may_read_is_refused(own_key):
    keys.public_hex()
    keys._from_file.cache_clear()
    own_key.chmod(0o644)
    with pytest.raises(keys.KeyFault, match="read by others"):
        keys.signing_key()


def test_a_key_can_be_given_by_the_environment_and_must_be_one(own_key, settings):
    keys.public_hex()
    settings.LEDGER_KEY = own_key.read_text()
    own_key.unlink()
    assert len(keys.public_hex()) == 64
    assert not own_key.exists()
    settings.LEDGER_KEY = "no key"
    with pytest.raises(keys.KeyFault):
        keys.signing_key()


# What is said


def test_a_statement_is_read_back_to_the_letter_and_anything_else_is_refused():
    said = Statement("https://a", datetime(2026, 11, 28, tzinfo=UTC), 7, 5, "ab" * 32, "")
    assert parsed(said.text()) == said
    for wrong in (said.text() + " ", said.text().replace(":5", ":5.0"), "{}", "[]", "", "7"):
        with pytest.raises(Unreadable):
            parsed(wrong)


def test_an_anchor_signs_the_head_names_the_one_before_and_is_in_the_journal(anchored):
    first = anchored()
    second = anchored()
    said = parsed(second.statement)
    assert (said.head, said.links, said.previous) == (second.head, second.links, digest(first.statement))
    assert second.links == first.links + 1  # the first anchor is itself in the chain
    assert keys.is_signed(keys.public_hex(), second.statement.encode(), second.signature)
    lines = [json.loads(line)["statement"] for line in services.journal().read_text().splitlines()]
    assert lines == [first.statement, second.statement]
    assert (verify().faults, prove().faults) == ((), ())


def test_an_empty_chain_has_no_anchor(db):
    assert services.make_anchor() is None


# What it gives away


def test_a_chain_rewritten_and_rehashed_whole_is_found_by_the_anchor(anchored):
    anchored()
    rewrite_the_whole_chain()
    assert verify().faults == ()  # inside, nothing contradicts
    assert kinds(prove().faults) == {"anchor-differs"}
    with pytest.raises(SystemExit):
        call_command("verify_chain", "--since-anchor")


def test_an_anchor_rewritten_along_with_the_chain_has_no_signature(anchored):
    anchor = anchored()
    rewrite_the_whole_chain()
    run("ALTER TABLE ledger_anchor DISABLE TRIGGER USER")
    link = f"(SELECT encode(digest, 'hex') FROM {LINKS} WHERE id = {anchor.link})"
    run(f"UPDATE ledger_anchor SET statement = replace(statement, head, {link}), head = {link}")
    assert "anchor-forged" in kinds(anchor_faults())


def test_an_anchor_signed_with_another_key_is_forged(anchored, own_key, settings):
    anchored()
    own_key.unlink()
    keys._from_file.cache_clear()
    keys.public_hex()
    assert kinds(anchor_faults()) == {"anchor-forged"}
    settings.LEDGER_TRUSTED_KEYS = [Anchor.objects.get().public_key]
    assert list(anchor_faults()) == []


def test_an_anchor_that_was_deleted_here_is_still_in_the_journal(anchored):
    anchored()
    run("ALTER TABLE ledger_anchor DISABLE TRIGGER USER")
    run("DELETE FROM ledger_anchor")
    assert "anchor-missing" in kinds(prove().faults)


def test_an_anchor_taken_out_of_the_middle_is_missed_by_the_next(anchored):
    for _time in range(3):
        anchored()
    run("ALTER TABLE ledger_anchor DISABLE TRIGGER USER")
    run("DELETE FROM ledger_anchor WHERE id = (SELECT min(id) + 1 FROM ledger_anchor)")
    assert kinds(anchor_faults()) == {"anchor-missing"}


def test_yesterdays_anchor_is_asked_for_and_one_of_the_day_before_is_not_enough(anchored):
    assert kinds(prove().faults) == {"anchor-missing"}
    anchored(timezone.now() - timedelta(days=2))
    assert kinds(prove().faults) == {"anchor-missing"}
    anchored(timezone.now() - timedelta(days=1))
    assert prove().faults == ()


def test_a_check_since_the_anchor_looks_at_what_came_after_it_alone(anchored, staff, capsys):
    anchored()
    audit.record(staff, "later", staff)
    call_command("verify_chain", "--since-anchor", "--json")
    said = json.loads(capsys.readouterr().out)
    assert (said["sound"], said["checked"]) == (True, 2)  # the anchor itself, and the entry
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run(f"ALTER TABLE {AUDIT} DISABLE TRIGGER {AUDIT}_append_only")
    run(f"UPDATE {AUDIT} SET verb = 'never' WHERE verb = 'later'")
    run(f"ALTER TABLE {AUDIT} ENABLE ALWAYS TRIGGER {AUDIT}_append_only")
    with pytest.raises(SystemExit):
        call_command("verify_chain", "--since-anchor", "--json")
    assert {fault["kind"] for fault in json.loads(capsys.readouterr().out)["faults"]} == {"history-edited"}


# Time-stamps


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("tsa"))


def deliver_all():
    for delivery in Delivery.objects.order_by("pk"):
        jobs.deliver(delivery.pk)
    return list(Delivery.objects.order_by("pk"))


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


# Other instances


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


# Witnesses


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


# Retrying


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


def test_a_place_that_redirects_or_answers_too_much_delivers_nothing():
    with http_place(lambda _method, _body: (302, b"")) as address, pytest.raises(NotDelivered, match="302"):
        ask(address, b"", {})
    with http_place(lambda _method, _body: (200, b"x" * (2 << 20))) as address, pytest.raises(NotDelivered):
        ask(address, b"", {})
    with pytest.raises(NotDelivered):
        ask("file:///etc/passwd", None, {})
