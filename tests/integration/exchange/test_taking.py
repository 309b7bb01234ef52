"""Packages of another instance: what is taken, what is refused, and that nobody else changes its records."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models.expressions import RawSQL
from django.utils import timezone

from accounts.models import Notice
from exchange.packages import container
from exchange.packages.container import LIMITS, signed_bytes
from exchange.packages.reading import Package, open_package
from exchange.receiving.services import import_package, take, undo
from exchange.register import services
from exchange.register.models import ForeignFile, ForeignRecord, Partner, Taking
from geokit.refusal import BadInput, NotPermitted, Refusal, Unavailable
from geokit.sources import unzip
from ledger.chain import settle, verify
from ledger.chain.links import Start
from ledger.models import AuditEntry, ChainLink
from tests.integration.exchange.conftest import CITY, paper, partner_fields
from tests.integration.exchange.instances import new_key, public
from ui.unavailable import too_slow


def identifiers():
    return set(ForeignRecord.objects.filter(withdrawn_at=None).values_list("identifier", flat=True))


def test_a_package_is_checked_taken_and_taken_back(city, maker, staff):
    first = maker.file({"papers": [paper("J1"), paper("J2")]})
    assert take(city, first, actor=staff, check=True).counts["stored"] == 2
    assert not ForeignRecord.objects.exists() and not Taking.objects.exists()
    take(city, first, actor=staff)
    second = take(city, maker.file({"papers": [paper("J1", title="改过的题目"), paper("J3")]}), actor=staff)
    assert second.counts == {"stored": 1, "changed": 1, "withdrawn": 1, "same": 0}
    changed = next(one for one in second.differences if one.outcome == "changed")
    assert changed.fields == (("title", "关于河道的建议", "改过的题目"),)
    assert identifiers() == {f"{CITY}/papers/J1", f"{CITY}/papers/J3"}
    undo(staff, second.taking.pk)
    assert identifiers() == {f"{CITY}/papers/J1", f"{CITY}/papers/J2"}
    assert ForeignRecord.objects.get(identifier=f"{CITY}/papers/J1").data["title"] == "关于河道的建议"


def test_who_exchanges_is_told_once_of_new_papers_and_answers(city, maker, staff, officer):
    answer = {"id": f"{CITY}/answers/1", "paper": "330203/papers/J9", "department": "市水利局", "text": "已办",
              "signed_on": "2026-03-02"}  # fmt: skip
    take(city, maker.file({"papers": [paper()], "answers": [answer]}))
    take(city, maker.file({"papers": [paper(title="改了")], "answers": [answer]}))
    told = Notice.objects.get(recipient=staff)
    assert told.title == "市人大平台发来议案建议 1 件、答复 1 件" and told.url == city.get_absolute_url()
    assert not Notice.objects.filter(recipient=officer).exists()


def test_the_same_package_again_changes_nothing_and_an_older_one_is_refused(city, maker, staff):
    old, new = maker.file({"papers": [paper("J1")]}), maker.file({"papers": [paper("J2")]})
    take(city, new, actor=staff)
    assert take(city, new, actor=staff).is_known
    with pytest.raises(BadInput) as refused:
        take(city, old, actor=staff)
    assert refused.value.code == "older-package"
    assert identifiers() == {f"{CITY}/papers/J2"}


FUTURE = (timezone.now() + timedelta(days=400)).isoformat()
OURS = paper() | {"id": "330203/papers/J1"}
DEEP = b"[" * 100_000
HOSTILE = {
    "signed by another key": ({"papers": [paper()]}, {"key": new_key()}, "bad-signature"),
    "manifest changed after signing": ({"papers": []}, {"other": {"manifest.json": b"{}"}}, "bad-signature"),
    "no signature": ({"papers": []}, {"left_out": ["manifest.sig"]}, "half-package"),
    "version of the future": ({"papers": []}, {"version": "9.0"}, "wrong-version"),
    "a part is missing": ({"papers": [paper()]}, {"left_out": ["records/papers.jsonl"]}, "half-package"),
    "a part has other bytes": ({"papers": [paper()]}, {"other": {"records/papers.jsonl": b"{}\n"}}, "half-package"),
    "a part that nobody signed": ({"papers": []}, {"extra": {"records/answers.jsonl": b""}}, "half-package"),
    "a path that climbs": ({"papers": []}, {"extra": {"../../etc/passwd": b"x"}}, "zip-slip"),
    "an absolute path": ({"papers": []}, {"extra": {"/etc/passwd": b"x"}}, "zip-slip"),
    "an entry of another kind": ({"papers": []}, {"extra": {"run.sh": b"x"}}, "unknown-entry"),
    "our own identifier": ({"papers": [OURS]}, {}, "foreign-identifier"),
    "somebody else's origin": ({"papers": []}, {"origin": "330204"}, "foreign-origin"),
    "for another instance": ({"papers": []}, {"to": "330205"}, "not-for-us"),
    "made in the future": ({"papers": []}, {"made_at": FUTURE}, "from-the-future"),
    "no time": ({"papers": []}, {"made_at": "2026-19-39T29:00:00Z"}, "not-the-standard"),
    "an identifier twice": ({"papers": [paper(), paper()]}, {}, "identifier-twice"),
    "an unknown field": ({"papers": [paper(password="x")]}, {}, "not-the-standard"),
    "an unknown code": ({"papers": [paper(kind="bribe")]}, {}, "not-the-standard"),
    "a list for a record": ({"papers": [[]]}, {}, "not-the-standard"),
    "NUL": ({"papers": [paper(title="a\0b")]}, {}, "not-json"),
    "half a character": ({"papers": [b'{"id": "\\ud800"}']}, {}, "not-json"),
    "NaN": ({"papers": [b'{"id": NaN}']}, {}, "not-json"),
    "deep": ({"papers": [DEEP]}, {}, "not-json"),
    "a line break behind an identifier": (
        {"papers": [paper() | {"id": f"{CITY}/papers/J1\n"}]}, {}, "not-the-standard",
    ),
    "a line break in a file's name": (
        {"papers": [paper(files=[{"name": "a\nb.pdf", "sha256": "0" * 64, "bytes": 1}])]}, {}, "not-the-standard",
    ),
    "a key twice": ({"papers": [b'{"id": "a", "id": "b"}']}, {}, "not-json"),
    "a day that is none": (
        {"answers": [{"id": f"{CITY}/answers/1", "paper": f"{CITY}/papers/J1", "department": "市水利局", "text": "好",
                      "signed_on": "2026-02-30"}]}, {}, "not-the-standard",
    ),
    "a file that did not come": (
        {"papers": [paper(files=[{"name": "a.pdf", "sha256": "0" * 64, "bytes": 1}])]}, {}, "half-package",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("records", "said", "code"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_package_is_refused_whole(city, maker, staff, records, said, code):
    path = maker.file(records, **said)
    with pytest.raises(Refusal) as refused:
        take(city, path, actor=staff)
    assert refused.value.code == code
    assert not ForeignRecord.objects.exists() and not Taking.objects.exists()


def test_a_text_may_speak_of_nul_and_not_hold_it(city, maker, staff):
    take(city, maker.file({"papers": [paper(title="写成 \\u0000 和 \\\\u0000 的字")]}), actor=staff)
    assert ForeignRecord.objects.get().data["title"] == "写成 \\u0000 和 \\\\u0000 的字"
    with pytest.raises(BadInput) as refused:
        take(city, maker.file({"papers": [paper(title="\\\0")]}), actor=staff)
    assert refused.value.code == "not-json"


def test_a_bomb_is_stopped_while_it_inflates(city, maker, staff, monkeypatch):
    monkeypatch.setattr(unzip, "CHUNK", 1024)
    bomb = b" " * (LIMITS.ratio * 1024 * 100)
    with pytest.raises(Refusal) as refused:
        take(city, maker.file({"papers": [bomb]}), actor=staff)
    assert refused.value.code == "zip-too-large"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no zip at all"])
def test_what_is_no_zip_is_refused(city, tmp_path, staff, content):
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    with pytest.raises(Refusal) as refused:
        take(city, path, actor=staff)
    assert refused.value.code == "zip-corrupt"


def test_half_of_a_package_is_refused(city, maker, tmp_path, staff):
    whole = maker.content({"papers": [paper()]})
    path = tmp_path / "half.zip"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Refusal):
        take(city, path, actor=staff)


def test_too_many_records_are_refused(city, maker, staff, monkeypatch):
    monkeypatch.setattr("exchange.packages.reading.MOST_RECORDS", 1)
    with pytest.raises(Refusal) as refused:
        take(city, maker.file({"papers": [paper("J1"), paper("J2")]}), actor=staff)
    assert refused.value.code == "package-too-large"
    assert container.MOST_RECORDS > 1


def test_a_long_package_is_read_in_one_pass_and_no_longer_than_a_request_may_last(city, maker, staff, monkeypatch):
    path = maker.file({"papers": [paper(f"J{number}") for number in range(5)]})
    listed, files_of = [], Package.files.fget
    monkeypatch.setattr(Package, "files", property(lambda package: listed.append(1) or files_of(package)))
    with open_package(path, city.public_key) as package:
        assert len(list(package.records())) == 5
    assert len(listed) == 1
    monkeypatch.setattr("exchange.packages.reading.check", raise_too_slow)
    with pytest.raises(Unavailable):
        take(city, path, actor=staff)
    assert not Taking.objects.exists()


def raise_too_slow():
    raise too_slow()


@pytest.mark.django_db(transaction=True)
def test_nobody_edits_a_record_of_another_origin(city, maker, staff):
    one = ForeignRecord.objects.get(partner=take(city, maker.file({"papers": [paper()]}), actor=staff).taking.partner)
    changes = (
        lambda: ForeignRecord.objects.update(name="我们改的"),
        lambda: one.delete(),
        lambda: ForeignRecord.objects.create(
            partner=city, kind="papers", identifier=f"{CITY}/papers/X", name="x", data={}, taking=one.taking
        ),
    )
    for change in changes:
        with pytest.raises(IntegrityError, match="by its packages only"), transaction.atomic():
            change()
    assert ForeignRecord.objects.get().name == "J1 关于河道的建议"


NOW = RawSQL("pg_current_xact_id()::text::bigint", [])


@pytest.mark.django_db(transaction=True)
def test_nobody_has_a_package_come_again_to_edit_its_records(city, maker, staff):
    taking = take(city, maker.file({"papers": [paper()]}), actor=staff).taking
    with pytest.raises(IntegrityError, match="once and in a transaction of its own"), transaction.atomic():
        Taking.objects.filter(pk=taking.pk).update(xact=NOW)
    with pytest.raises(IntegrityError, match="once and in a transaction of its own"), transaction.atomic():
        Taking.objects.filter(pk=taking.pk).update(xact=1, undone_at=timezone.now())
    with pytest.raises(IntegrityError, match="once and in a transaction of its own"), transaction.atomic():
        Taking.objects.create(partner=city, sha256="0" * 64, made_at=timezone.now(), xact=taking.xact + 1_000)
    undo(staff, taking.pk)
    with pytest.raises(IntegrityError, match="once and in a transaction of its own"), transaction.atomic():
        Taking.objects.filter(pk=taking.pk).update(xact=NOW)
    assert verify(files=False).is_sound


def a_package_that_never_came(taking, city, own):
    return {"manifest": taking.manifest.replace("330203", "330204")}, {"signature"}


def one_signed_by_a_key_of_somebody_else(taking, city, own):
    text = taking.manifest.replace("330203", "330204")
    signature = own.sign(signed_bytes(text.encode())).hex()
    return {"manifest": text, "signature": signature, "public_key": public(own)}, {"public_key"}


def the_same_a_second_time(taking, city, own):
    return {}, {"made_at"}


def the_same_as_if_it_were_newer(taking, city, own):
    return {"made_at": taking.made_at + timedelta(minutes=1)}, {"made_at"}


def no_manifest_at_all(taking, city, own):
    return {"manifest": "[" * 99_999, "signature": city.sign(signed_bytes(b"[" * 99_999)).hex()}, {"manifest"}


FORGERIES = [
    a_package_that_never_came, one_signed_by_a_key_of_somebody_else, the_same_a_second_time,
    the_same_as_if_it_were_newer, no_manifest_at_all,
]  # fmt: skip


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda one: one.__name__)
def test_a_package_that_was_written_down_by_sql_alone_is_found(city, maker, staff, forgery):
    taking = take(city, maker.file({"papers": [paper()]}), actor=staff).taking
    assert verify(files=False).is_sound
    said, columns = forgery(taking, maker.key, new_key())
    told = {
        "partner": city, "made_at": taking.made_at, "manifest": taking.manifest, "signature": taking.signature,
        "public_key": taking.public_key,
    }  # fmt: skip
    forged = Taking.objects.create(**(told | {"sha256": "0" * 64} | said))
    faults = verify(files=False).faults
    assert {(one.kind, one.row) for one in faults} == {("state-differs", forged.pk)}
    assert columns <= {one.column for one in faults}


def test_a_key_of_a_partner_that_was_changed_by_sql_alone_is_found(city, maker, staff):
    settle()
    last = ChainLink.objects.latest("pk")
    Partner.objects.filter(pk=city.pk).update(public_key=public(new_key()))
    found = verify(Start(last.pk, bytes(last.digest), ChainLink.objects.count()), files=False).faults
    assert [(one.kind, one.table, one.row) for one in found] == [("unexplained-change", "exchange_partner", city.pk)]


def test_a_key_that_was_changed_for_one_package_and_back_stays_written_down(city, maker, staff):
    right, wrong = maker.key, new_key()
    for version, key in ((1, wrong), (2, right)):
        services.change_partner(staff, city.pk, version, partner_fields(public(key)))
        city.refresh_from_db()
        if key is wrong:
            take(city, maker.file({"papers": [paper()]}, key=wrong), actor=staff)
    assert Taking.objects.get().public_key == public(wrong)
    said = AuditEntry.objects.filter(verb="partner-changed").order_by("pk").values_list("detail", flat=True)
    assert [each["key"] for each in said] == [[public(right), public(wrong)], [public(wrong), public(right)]]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    links = [json.loads(each.content) for each in ChainLink.objects.filter(table_name="exchange_partner")]
    assert [each["public_key"] for each in links] == [public(right), public(wrong), public(right)]
    assert not {"secret", "token_digest"} & set(links[0])
    taken = ChainLink.objects.filter(table_name="exchange_taking").last()
    assert json.loads(taken.content)["public_key"] == public(wrong)


def test_a_record_never_goes_to_another_partner(city, maker, staff):
    take(city, maker.file({"papers": [paper()]}), actor=staff)
    with pytest.raises(IntegrityError, match="keeps its origin"), transaction.atomic():
        ForeignRecord.objects.update(identifier="330203/papers/J1")


def test_files_come_along_and_are_kept_once(city, maker, staff):
    content = b"%PDF-1.7 a scan"
    sha256 = hashlib.sha256(content).hexdigest()
    one = paper(files=[{"name": "扫描件.pdf", "sha256": sha256, "bytes": len(content)}])
    for _time in range(2):
        take(city, maker.file({"papers": [one]}, {sha256: content}), actor=staff)
    kept = ForeignFile.objects.get()
    assert (kept.sha256, kept.file.read()) == (sha256, content)


def test_who_is_no_staff_of_the_district_takes_nothing(city, maker, officer, deputy):
    path = maker.file({"papers": [paper()]})
    for person in (officer, deputy, None):
        with pytest.raises(NotPermitted):
            import_package(path, actor=person)


def test_a_paper_that_we_answered_stays_when_its_package_is_taken_back(city, maker, staff, world):
    taking = take(city, maker.file({"papers": [paper()]}), actor=staff).taking
    answer = {"department": world.water, "text": "已办", "signer": "李局长", "signed_on": timezone.localdate()}
    services.answer(staff, ForeignRecord.objects.get(), **answer)
    undo(staff, taking.pk)
    one = ForeignRecord.objects.get()
    assert one.withdrawn_at is not None and one.replies.count() == 1
    with pytest.raises(BadInput):
        services.answer(staff, one, **answer)


def test_commands_check_take_and_undo_and_refuse_with_2(city, maker, capsys, tmp_path):
    path = maker.file({"papers": [paper()]})
    call_command("import_package", str(path), "--check", "--json")
    said = json.loads(capsys.readouterr().out)
    assert (said["status"], said["stored"], said["differences"][0]["id"]) == ("checked", 1, f"{CITY}/papers/J1")
    call_command("import_package", str(path), "--json")
    assert json.loads(capsys.readouterr().out)["status"] == "taken"
    call_command("import_package", str(path), "--undo", "--json")
    assert json.loads(capsys.readouterr().out)["status"] == "undone"
    assert not ForeignRecord.objects.exists()
    for name in ("no-such.zip", "not.zip"):
        (tmp_path / "not.zip").write_bytes(b"x")
        with pytest.raises(SystemExit) as left:
            call_command("import_package", str(tmp_path / name))
        assert left.value.code == 2
