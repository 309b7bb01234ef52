"""Pages and addresses of the exchange, and the data standards."""

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.utils import timezone
from jsonschema import Draft202012Validator

from exchange.packages.reading import open_package
from exchange.receiving.services import take
from exchange.register import services
from exchange.register.models import ForeignRecord, Partner, Reply, Taking
from exchange.sending.services import export_package
from exchange.standard.kinds import KINDS
from geokit.refusal import BadInput, NotPermitted
from ledger.anchors.keys import public_hex
from tests.integration.exchange.conftest import CITY, Maker, paper, partner_fields
from tests.integration.exchange.instances import public
from tests.integration.papers.conftest import (  # noqa: F401
    assigned,
    congress,
    delivered,
    draft,
    filed,
    signed,
)

INBOX = "/api/v1/exchange/"


def push(client, token, body):
    return client.post(INBOX, body, content_type="application/zip", headers={"Authorization": f"Bearer {token}"})


def test_a_partner_pushes_with_its_token_and_nobody_else(registered, maker, client):
    city, token = registered
    body = maker.content({"papers": [paper()]})
    for wrong in ("", "wrong", "x" * 5000):
        assert push(client, wrong, body).status_code == 403
    assert not Taking.objects.exists()
    answer = push(client, token, body)
    assert (answer.status_code, answer.json()["status"], answer.json()["stored"]) == (200, "taken", 1)
    assert push(client, token, body).json()["known"] is True
    assert push(client, token, b"nonsense").status_code == 400
    Partner.objects.filter(pk=city.pk).update(is_active=False)
    assert push(client, token, body).status_code == 403
    assert client.get(INBOX).status_code == 405


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/", "http://127.0.0.1:9/", "file:///etc/passwd", "https://user@city.example/",
        "https://city.example.evil.org/", "https://city.example:8443/", "http://city.example/", "https://[::1/", "x",
    ],
)  # fmt: skip
def test_an_address_that_the_operator_did_not_name_is_refused(staff, settings, url):
    settings.EXCHANGE_HOSTS = ["https://city.example"]
    with pytest.raises(BadInput) as refused:
        services.register_partner(staff, CITY, partner_fields("0" * 64, url=url))
    assert refused.value.code == "address-not-allowed"
    assert services.register_partner(staff, CITY, partner_fields("0" * 64, url="https://city.example/api/v1/exchange/"))


def test_a_token_goes_to_no_other_host_than_the_one_that_gave_it(staff, settings):
    settings.EXCHANGE_HOSTS = ["https://city.example", "https://other.example"]
    given = partner_fields("0" * 64, url="https://city.example/api/v1/exchange/", secret="s3")
    one, _token = services.register_partner(staff, CITY, given)
    with pytest.raises(BadInput) as refused:
        services.change_partner(staff, one.pk, 1, given | {"url": "https://other.example/x", "secret": ""})
    assert [error.field for error in refused.value.errors] == ["secret"]
    kept = services.change_partner(staff, one.pk, 1, given | {"url": "https://city.example/x", "secret": ""})
    assert (kept.secret, kept.url) == ("s3", "https://city.example/x")
    assert services.change_partner(staff, one.pk, 2, given | {"url": "", "secret": ""}).secret == ""
    anew = services.change_partner(staff, one.pk, 3, given | {"url": "https://other.example/x", "secret": "s4"})
    assert anew.secret == "s4"


def test_staff_register_a_partner_and_see_its_token_once(as_user, staff, officer):
    client = as_user(staff)
    given = {
        "origin": CITY,
        "name": "市平台",
        "public_key": "0" * 64,
        "kinds": ["papers"],
        "is_active": "on",
        "secret": "s3",
    }
    page = client.post("/exchange/partners/new/", given)
    one = Partner.objects.get()
    token = re.search(r'<p><code class="token">([^<]+)</code></p>', page.content.decode())[1]
    assert services.partner_of(f"Bearer {token}") == one and page["Cache-Control"] == "private, no-store"
    for address in ("/exchange/", one.get_absolute_url(), f"{one.get_absolute_url()}edit/"):
        text = client.get(address).content.decode()
        assert token not in text and "s3" not in text
    changed = client.post(f"{one.get_absolute_url()}edit/", given | {"version": "1", "secret": "", "name": "新名"})
    one.refresh_from_db()
    assert (changed.status_code, one.name, one.secret) == (302, "新名", "s3")
    assert client.post(f"{one.get_absolute_url()}edit/", given | {"version": "1"}).status_code == 409
    anew = client.post(f"{one.get_absolute_url()}token/")
    other = re.search(r'<p><code class="token">([^<]+)</code></p>', anew.content.decode())[1]
    assert services.partner_of(f"Bearer {other}") == one and anew["Cache-Control"] == "private, no-store"
    with pytest.raises(NotPermitted):
        services.partner_of(f"Bearer {token}")
    assert as_user(officer).post(f"{one.get_absolute_url()}token/").status_code == 404
    one.refresh_from_db()
    assert services.partner_of(f"Bearer {other}").secret == "s3"
    assert client.post("/exchange/partners/new/", given).status_code == 400
    assert client.post("/exchange/partners/new/", given | {"origin": "330203"}).status_code == 400


def test_staff_look_at_the_difference_take_read_answer_and_take_back(as_user, staff, officer, city, maker, world):
    client, page = as_user(staff), city.get_absolute_url()
    content = maker.content({"papers": [paper(title="关于<b>河道</b>的建议")]})
    looked = client.post(page, {"file": SimpleUploadedFile("a.zip", content)})
    assert "会新增 1 条" in looked.content.decode() and not ForeignRecord.objects.exists()
    assert client.post(page, {"file": SimpleUploadedFile("a.zip", content), "take": "on"}).status_code == 302
    one = ForeignRecord.objects.get()
    assert one.get_absolute_url() in client.get(f"{page}papers/").content.decode()
    read = client.get(one.get_absolute_url()).content.decode()
    assert "本平台只读" in read and "关于&lt;b&gt;河道" in read and "<b>河道" not in read
    answer = {"department": world.water.pk, "text": "已办", "signer": "李局长", "signed_on": str(timezone.localdate())}
    assert as_user(officer).post(one.get_absolute_url(), answer).status_code == 404
    for wrong in ({"signed_on": "2999-01-01"}, {"text": "a\0"}, {"department": "x"}, {"signed_on": "0000-00-00"}):
        assert client.post(one.get_absolute_url(), answer | wrong).status_code == 400
    assert [client.post(one.get_absolute_url(), answer).status_code for _twice in range(2)] == [302, 302]
    assert Reply.objects.get().text == "已办"
    assert client.post(one.get_absolute_url(), answer | {"text": "补充答复"}).status_code == 302
    assert Reply.objects.count() == 2
    taking = Taking.objects.get()
    assert client.post(f"{page}takings/{taking.pk}/undo/").status_code == 302
    taking.refresh_from_db()
    assert taking.undone_at is not None
    assert client.post(page, {"file": SimpleUploadedFile("a.zip", b"x")}).status_code == 400


def test_a_paper_of_theirs_has_the_answers_that_its_own_platform_shows_now(as_user, staff, city, maker, tmp_path):
    answer = {"paper": f"{CITY}/papers/J1", "text": "已办", "signed_on": "2026-03-02"}
    theirs = answer | {"id": f"{CITY}/answers/1", "number": "市水1号", "department": "市水利局"}
    take(city, maker.file({"papers": [paper("J1")], "answers": [theirs]}))
    other = Maker(tmp_path)
    forger, _token = services.register_partner(staff, "330212", partner_fields(public(other.key)))
    forged = answer | {"id": "330212/answers/1", "number": "假1号", "department": "市政府"}
    take(forger, other.file({"answers": [forged]}, origin="330212"))
    client, page = as_user(staff), ForeignRecord.objects.get(kind="papers").get_absolute_url()
    shown = client.get(page).content.decode()
    assert "市水1号" in shown and "假1号" not in shown
    take(city, maker.file({"papers": [paper("J1")], "answers": []}))
    assert "市水1号" not in client.get(page).content.decode()


@pytest.mark.parametrize(
    ("kind", "data", "name"),
    [
        ("receptions", {"station": "西镇站", "starts_at": "2026-03-05T01:05:00Z"}, "西镇站 2026年3月5日 09:05"),
        ("indicators", {"title": "达标率", "period": "2026-03-01"}, "达标率 2026年3月1日"),
        ("receptions", {"station": "西镇站", "starts_at": "2026-19-35T01:05:00Z"}, "西镇站 2026-19-35T01:05:00Z"),
    ],
)
def test_a_record_of_a_day_is_called_by_the_day_in_words(kind, data, name):
    assert KINDS[kind].name_of(data) == name


def test_what_goes_out_is_what_the_schemas_say_and_drafts_stay(delivered, tmp_path, city, staff, capsys):  # noqa: F811
    Paper = type(delivered.paper)
    for name, internal in (("inside.zip", True), ("public.zip", False)):
        export_package(tmp_path / name, internal=internal)
        with open_package(tmp_path / name, public_hex()) as package:
            found = list(package.records())
        numbers = {one["number"] for kind, one in found if kind == "papers"}
        assert numbers == ({delivered.paper.number} if internal else set())
        assert {kind for kind, _one in found} >= ({"areas", "papers", "answers"} if internal else {"areas"})
    assert Paper.objects.count() == 1
    call_command("export_package", str(tmp_path / "c.zip"), "--to", CITY, "--json")
    said = json.loads(capsys.readouterr().out)
    assert (said["records"], said["files"]) == ({"papers": 1, "answers": 1}, 1)
    for wrong in ("c.zip", "x.tar"):
        with pytest.raises(SystemExit) as left:
            call_command("export_package", str(tmp_path / wrong))
        assert left.value.code == 2


def test_days_of_another_platform_are_said_in_words_and_what_is_on_no_calendar_stays():
    name_of = KINDS["receptions"].name_of
    assert name_of({"station": "西镇", "starts_at": "2026-03-02T01:00:00Z"}) == "西镇 2026年3月2日 09:00"
    for odd in ("2026-19-39T29:00:00Z", "0001-01-01T00:00:00+14:00", "2026-03-02T01:00:00+99:99"):
        assert name_of({"station": "西镇", "starts_at": odd}) == f"西镇 {odd}"
    figure = {"id": "330200/indicators/x", "title": "PM2.5", "period": "2026-03-01"}
    assert KINDS["indicators"].name_of(figure) == "PM2.5 2026年3月1日"
    assert KINDS["indicators"].name_of(figure | {"period": "2026-02-31"}) == "PM2.5 2026-02-31"
    assert KINDS["indicators"].name_of({"id": "330200/indicators/x"}) == "330200/indicators/x"


def test_the_standards_are_public_and_their_schemas_valid(client):
    page = client.get("/standards/").content.decode()
    lists = client.get("/standards/1.0/codes.json").json()["lists"]
    for slug in (*KINDS, "manifest"):
        answer = client.get(f"/standards/1.0/{slug}.schema.json")
        Draft202012Validator.check_schema(answer.json())
        assert answer["Access-Control-Allow-Origin"] == "*" and f"/standards/1.0/{slug}.schema.json" in page
    assert {each["code"] for each in lists["results"]["codes"]} == {"A", "B", "C"} or lists["results"]["codes"]
    for address in ("/standards/9.0/areas.schema.json", "/standards/1.0/none.schema.json", "/standards/2/codes.json"):
        assert client.get(address).status_code == 404
