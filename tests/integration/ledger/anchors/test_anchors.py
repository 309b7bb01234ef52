"""Anchors: the key, what is signed each day, and what it gives away about a chain that was rewritten."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from ledger import audit
from ledger.anchors import keys, services
from ledger.anchors.proof import anchor_faults, prove
from ledger.anchors.statement import Statement, Unreadable, digest, parsed
from ledger.chain import verify
from ledger.models import Anchor
from tests.integration.ledger.anchors.acts import AUDIT, LINKS, kinds, rewrite_the_whole_chain, run

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
