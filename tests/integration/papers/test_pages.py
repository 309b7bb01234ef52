"""The pages, as each person gets them: one way from the draft to the settled paper by forms alone."""

import io
from datetime import date, timedelta

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import Congress
from ledger.chain.checking import settle
from papers.handling import services as handling
from papers.handling.models import Handling, SealedScan
from papers.models import PaperPlace
from papers.register import services as register
from papers.register.models import CongressSession, Paper
from tests.integration.papers.conftest import ANSWER, TEXTS, deliver, pdf, picture_pdf, sign

WORDS = TEXTS | {"kind": "suggestion", "category": "environment", "may_publish": "on"}


def step(client, thing, verb, **given):
    kind = "handlings/" if isinstance(thing, Handling) else ""
    thing.refresh_from_db()
    tail = f"{verb}/" if kind else f"step/{verb}/"
    return client.post(f"/papers/{kind}{thing.pk}/{tail}", {"version": thing.version, **given})


def test_the_whole_way_by_forms(as_user, deputy, congress, staff, officer, world):
    lead, co, office, organ = map(as_user, (deputy, congress.seats[0].person.user, staff, officer))
    answer = lead.post("/papers/new/", WORDS | {"seat": congress.lead.pk})
    paper = Paper.objects.get()
    assert answer.status_code == 302 and answer["Location"] == paper.get_absolute_url()

    page = lead.get(f"/papers/{paper.pk}/signers/").content.decode()
    assert "代表3" in page and "西镇代表小组" in page
    assert co.get(paper.get_absolute_url()).status_code == 404
    lead.post(f"/papers/{paper.pk}/signers/", {"version": paper.version, "members": [congress.seats[0].pk]})
    assert "请我联名的议案建议" in co.get("/work/").content.decode()
    assert step(co, paper, "confirm", text_version=1).status_code == 302

    for way in (
        {"way": "areas", "whole": "on", "areas": [world.west_town.pk]},
        {"way": "point", "lng": "121.32", "lat": "29.85"},
    ):
        assert lead.post(f"/papers/{paper.pk}/places/", way).status_code == 302
    ring = "121.31, 29.84\n121.32, 29.84\n121.32, 29.85"
    assert lead.post(f"/papers/{paper.pk}/places/", {"way": "zone", "corners": ring}).status_code == 302
    assert sorted(PaperPlace.objects.values_list("kind", flat=True)) == ["area", "district", "shape", "shape"]
    places = lead.get(f"/papers/{paper.pk}/places.geojson").json()
    assert len(places["features"]) == 4
    refused = lead.post(f"/papers/{paper.pk}/places/", {"way": "point", "lng": "10", "lat": "10"})
    assert refused.status_code == 400 and "不在海曙区范围内" in refused.content.decode()

    note = SimpleUploadedFile("照片说明.pdf", picture_pdf())
    assert lead.post(f"/papers/{paper.pk}/files/", {"file": note}).status_code == 302
    bad = SimpleUploadedFile("说明.exe", b"MZ")
    assert lead.post(f"/papers/{paper.pk}/files/", {"file": bad}).status_code == 400
    assert step(lead, paper, "submit").status_code == 302

    assert "议案建议，待审查" in office.get("/work/").content.decode()
    refused = step(office, paper, "decline", reason="没有实际内容", text="")
    assert refused.status_code == 422 and "给提出人的话" in refused.content.decode()
    assert step(office, paper, "accept", kind="suggestion", text="同意").status_code == 302
    assert step(office, paper, "assign", departments=[world.water.pk]).status_code == 302
    assert step(office, paper, "mark_key", leader="王主任").status_code == 302

    assert "代表建议，等待答复" in organ.get("/work/").content.decode()
    one, today = Handling.objects.get(), timezone.localdate().isoformat()
    assert step(organ, one, "sign", number="1号", signer="李", signed_on=today).status_code == 403
    assert step(organ, one, "contact", with_whom="张代表", how="phone", on=today).status_code == 302
    assert step(organ, one, "draft", **ANSWER, may_publish="on").status_code == 302
    assert step(organ, one, "sign", number="海水函〔2026〕1号", signer="局长李某", signed_on=today).status_code == 302
    signed = one.answers.get()
    assert organ.get(f"/papers/answers/{signed.pk}/document/").status_code == 200
    assert lead.get(f"/papers/answers/{signed.pk}/document/").status_code == 404
    wrong = SimpleUploadedFile("扫描.pdf", pdf("这是另一份文件，跟签发的文本没有任何关系，请核对以后再上传。"))
    refused = step(organ, one, "deliver", file=wrong, code=signed.check_code)
    assert refused.status_code == 400 and "不是签发的那一份" in refused.content.decode()
    right = SimpleUploadedFile("扫描.pdf", picture_pdf())
    assert step(organ, one, "deliver", file=right, code=signed.check_code).status_code == 302

    assert "等我评价的建议答复" in lead.get("/work/").content.decode()
    assert co.get(f"/papers/scans/{SealedScan.objects.get().pk}/").status_code == 200
    assert step(co, one, "receive").status_code == 302
    assert step(lead, one, "rate", handling="satisfied", outcome="satisfied").status_code == 302
    paper.refresh_from_db()
    assert paper.state == "settled"
    page = lead.get(paper.get_absolute_url()).content.decode()
    assert "已办结" in page and "满意" in page and "王主任" in page

    settle()
    whole = lead.get(f"/papers/{paper.pk}/whole.pdf")
    document = pypdfium2.PdfDocument(whole.content)
    said = "".join(sheet.get_textpage().get_text_range() for sheet in document)
    assert (
        "证据链" in said
        and "papers_sealedscan" in said
        and SealedScan.objects.get().sha256[:12] in said.replace("\r\n", "")
    )


def test_the_public_reads_in_full_what_is_published_and_nothing_else(as_user, staff, deputy, delivered, client):
    paper = delivered.paper
    paper.refresh_from_db()
    address = paper.get_absolute_url()
    assert client.get(address).status_code == 404
    assert paper.title not in client.get("/papers/").content.decode()
    office = as_user(staff)
    refused = step(office, paper, "publish")
    assert refused.status_code == 400 and "没有同意公开" in refused.content.decode()
    assert step(office, paper, "publish", text="常委会第三十次主任会议决定").status_code == 302
    page = client.get(address).content.decode()
    assert "已排查错接管网十二处" in page and TEXTS["request"] in page
    for inner in ("当面说明方案", "王工", "an-officer", "step-"):
        assert inner not in page
    body = client.get("/api/v1/papers/").json()
    assert [row["number"] for row in body["results"]] == [paper.number]
    assert client.get(f"/api/v1/papers/{paper.pk}/").json()["answers"][0]["result"] == "A"
    assert client.get(f"/papers/{paper.pk}/whole.pdf").status_code == 302
    assert client.get(f"/papers/scans/{SealedScan.objects.get().pk}/").status_code == 200
    found = client.get("/papers/", {"department": "water", "year": timezone.localdate().year}).content.decode()
    assert paper.title in found
    assert paper.title not in client.get("/papers/", {"department": "ecology"}).content.decode()
    assert step(office, paper, "unpublish", text="更正后再公开").status_code == 302
    assert client.get(address).status_code == 404


def test_an_answer_that_the_organ_keeps_back_is_not_published(as_user, officer, staff, assigned, client):
    one = deliver(officer, sign(officer, assigned, may_publish=False))
    one.paper.refresh_from_db()
    register.publish(staff, one.paper, one.paper.version, "主任会议决定")
    page = client.get(one.paper.get_absolute_url()).content.decode()
    assert TEXTS["title"] in page and "已排查错接管网十二处" not in page
    assert client.get(f"/api/v1/papers/{one.paper.pk}/").json()["answers"] == []


def test_staff_enter_a_session_and_its_deadlines(as_user, staff, congress):
    office = as_user(staff)
    today = timezone.localdate()
    given = {
        "congress": congress.of.pk, "number": 6, "opens_on": today, "closes_on": today + timedelta(days=3),
        "motions_due_at": f"{today}T18:00", "suggestions_due_at": f"{today}T20:00",
    }  # fmt: skip
    assert office.post("/papers/sessions/", given).status_code == 302
    refused = office.post("/papers/sessions/", given)
    assert refused.status_code == 400 and "已经登记" in refused.content.decode()
    backwards = office.post("/papers/sessions/", given | {"number": 7, "closes_on": today - timedelta(days=1)})
    assert backwards.status_code == 400
    assert CongressSession.objects.count() == 1


@pytest.mark.parametrize("verb", ["accept", "decline", "assign", "publish"])
def test_a_deputy_takes_no_step_of_the_staff(as_user, deputy, filed, world, verb):
    answer = step(
        as_user(deputy), filed, verb, kind="suggestion", departments=[world.water.pk], text="x", reason="没有实际内容"
    )
    assert answer.status_code == 403
    filed.refresh_from_db()
    assert filed.state == "submitted"


def test_another_organ_finds_nothing(as_user, other_officer, signed):
    client = as_user(other_officer)
    assert client.get(signed.paper.get_absolute_url()).status_code == 404
    assert client.get(f"/papers/answers/{signed.answers.get().pk}/document/").status_code == 404
    assert step(client, signed, "deliver", code="x").status_code == 404


def test_a_sheet_goes_out_and_formulas_in_it_do_not_run(as_user, staff, deputy, draft):
    paper = register.edit(deputy, draft, draft.version, **TEXTS | {"title": "=cmd|' /C calc'!A0 的建议"})
    register.submit(deputy, paper, paper.version)
    text = as_user(staff).get("/papers/export.csv").content.decode("utf-8-sig")
    assert text.startswith("编号,类别,标题,") and "'=cmd" in text and "张代表" in text


def test_the_list_asks_no_more_for_more_papers(as_user, staff, deputy, congress, django_assert_max_num_queries):
    for number in range(6):
        paper = register.begin(deputy, congress.lead, **TEXTS | {"title": f"关于第{number}件事的建议"})
        register.submit(deputy, paper, paper.version)
    client = as_user(staff)
    with django_assert_max_num_queries(40):
        assert client.get("/papers/").status_code == 200


def test_the_whole_file_of_a_paper_without_an_answer_is_a_pdf_too(as_user, deputy, draft):
    answer = as_user(deputy).get(f"/papers/{draft.pk}/whole.pdf")
    assert pypdfium2.PdfDocument(io.BytesIO(answer.content).getvalue())


def test_a_session_with_papers_stays_its_congress_s(as_user, staff, congress, session, deputy, draft):
    other = Congress.objects.create(area=congress.of.area, level="district", term=11, starts_on=date(2027, 3, 1))
    register.edit(deputy, draft, draft.version, **TEXTS, session=session)
    sent = {name: getattr(session, name) for name in ("number", "opens_on", "closes_on")}
    sent |= {name: f"{getattr(session, name):%Y-%m-%dT%H:%M}" for name in ("motions_due_at", "suggestions_due_at")}
    page = as_user(staff).post(f"/papers/sessions/{session.pk}/", sent | {"congress": other.pk})
    assert page.status_code == 400 and "已有议案建议" in page.content.decode()
    assert (
        as_user(staff).post(f"/papers/sessions/{session.pk}/", sent | {"congress": congress.of.pk}).status_code == 302
    )
    session.refresh_from_db()
    assert session.congress == congress.of


@pytest.mark.parametrize("lets_out", [True, False])
def test_a_correction_is_published_with_the_answer_that_it_corrects(
    as_user, officer, staff, assigned, client, lets_out
):
    one = deliver(officer, sign(officer, assigned, may_publish=lets_out))
    one = handling.correct(officer, one, one.version, "更正：另有三户尚未接管")
    one.paper.refresh_from_db()
    paper = register.publish(staff, one.paper, one.paper.version, "主任会议决定")
    read = [
        who.get(paper.get_absolute_url()).content.decode().count("另有三户尚未接管") for who in (client, as_user(staff))
    ]
    assert read == [2 if lets_out else 0, 2]
