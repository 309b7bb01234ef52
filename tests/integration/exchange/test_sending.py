"""What goes out and what stays: limits, what is not as the standard says, what is written down, when it is tried."""

import io
import os
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from exchange.packages import writing
from exchange.packages.writing import Outgoing, write_package
from exchange.register import services
from exchange.register.models import Partner
from exchange.sending import delivery, records
from exchange.sending.services import export_package
from geokit.refusal import TooLarge
from ledger.models import AuditEntry
from tests.integration.exchange.conftest import CITY, paper
from tests.integration.papers.conftest import congress, draft, filed  # noqa: F401 - fixtures

TO_NOBODY = {"origin": "330203", "site": "https://a.example", "to": ""}
ANSWER = {
    "id": f"{CITY}/answers/1", "paper": "330203/papers/J9", "department": "市水利局", "text": "已办",
    "signed_on": "2026-03-02",
}  # fmt: skip
URL = "https://city.example/api/v1/exchange/"


@pytest.fixture
def reached(city, settings, monkeypatch):
    """The city with an address, where whatever is posted is taken; the bodies that arrived."""
    settings.EXCHANGE_HOSTS = ["https://city.example"]
    Partner.objects.filter(pk=city.pk).update(url=URL, secret="s3")
    bodies = []
    monkeypatch.setattr(delivery, "ask", lambda url, body, headers: bodies.append(body) or b'{"status": "taken"}')
    return bodies


def test_a_package_that_no_reader_takes_is_not_written_to_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "MOST_BYTES", 50_000)
    read = []

    class Stored(io.BytesIO):
        def read(self, size=-1):
            read.append(size)
            return super().read(size)

    files = {"0" * 64: Outgoing("0" * 64, lambda: Stored(os.urandom(4 << 20)))}
    with pytest.raises(TooLarge):
        write_package(tmp_path / "a.zip", [], files, made_at=timezone.now(), **TO_NOBODY)
    assert len(read) == 1
    monkeypatch.setattr(writing, "MOST_RECORDS", 1)
    kinds = [("papers", [paper("J1")]), ("answers", [ANSWER])]
    with pytest.raises(TooLarge):
        write_package(tmp_path / "b.zip", kinds, {}, made_at=timezone.now(), **TO_NOBODY)


def test_who_has_everything_is_looked_at_again_after_an_hour(city, reached, world):
    assert delivery.push(city.pk) == "sent"
    Partner.objects.update(attempts=2, said="HTTP 500")
    assert delivery.push_due() == {city.origin: "unchanged"}
    city.refresh_from_db()
    assert (city.attempts, city.said, len(reached)) == (0, "", 1)
    assert timedelta(minutes=50) < city.next_at - timezone.now() <= timedelta(hours=1)
    assert delivery.push_due() == {}


def test_a_partner_that_is_changed_while_it_is_sent_to_gets_everything_anew(city, reached, staff, world, monkeypatch):
    city.refresh_from_db()
    fields = {name: getattr(city, name) for name in services.FIELDS} | {"secret": ""}

    def moved_meanwhile(url, body, headers):
        services.change_partner(staff, city.pk, city.version, fields | {"name": "新平台", "kinds": ["papers"]})
        return b'{"status": "taken"}'

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(delivery, "ask", moved_meanwhile)
        delivery.push(city.pk)
    city.refresh_from_db()
    assert (city.name, city.sent_digest, city.next_at) == ("新平台", "", None)
    assert delivery.push_due() == {city.origin: "sent"} and len(reached) == 1


def test_a_paper_is_said_in_the_sites_language_whoever_has_the_package_made(city, filed, tmp_path):  # noqa: F811
    kinds, digests = ["papers"], set()
    for language in ("zh-hans", "en"):
        with translation.override(language):
            digests.add(export_package(tmp_path / f"{language}.zip", kinds=kinds, internal=True).digest)
    assert len(digests) == 1


def test_whatever_leaves_for_a_partner_is_written_down(city, reached, staff, as_user, world):
    delivery.push(city.pk)
    delivery.push(city.pk)  # unchanged, so nothing leaves
    answer = as_user(staff).get(f"{city.get_absolute_url()}package.zip")
    assert answer.status_code == 200 and b"".join(answer.streaming_content).startswith(b"PK")
    sent = list(AuditEntry.objects.filter(verb="package-exported", object_id=str(city.pk)).order_by("pk"))
    assert [each.actor for each in sent] == [None, staff]
    digest = Partner.objects.get().sent_digest
    assert [each.detail for each in sent] == [{"internal": True, "digest": digest}] * 2


def test_one_wrong_record_does_not_stop_the_others_and_is_named(city, reached, staff, as_user, tmp_path, monkeypatch):
    rows = [paper("J1"), paper("J2", title="长" * 121), paper("J3", facts="a" * 300_000), paper("J4", lng=float("nan"))]
    monkeypatch.setitem(records.SHOWN, "papers", lambda show: iter(rows))
    written = export_package(tmp_path / "a.zip", to=city.origin)
    assert (dict(written.records), written.left_out) == ({"papers": 1, "answers": 0}, 3)
    wrong = [f"{CITY}/papers/{number}" for number in ("J2", "J3", "J4")]
    assert [identifier in reason for identifier, reason in zip(wrong, written.reasons, strict=True)] == [True] * 3
    assert delivery.push(city.pk) == "sent"
    page = city.get_absolute_url()
    assert f"{CITY}/papers/J2" in as_user(staff).get(page).content.decode()
    client = as_user(staff)
    assert client.get(f"{page}package.zip").status_code == 200
    assert "3 条记录不合数据标准" in client.get("/exchange/").content.decode()
