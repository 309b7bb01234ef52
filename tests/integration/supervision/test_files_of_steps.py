"""Files handed in with a step: checked by content, kept with the event, seen by whoever sees the matter."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.rate_limits import Limit
from geokit.refusal import BadInput
from ledger.chain import verify
from supervision.matters import held_files, services
from supervision.models import EventFile, Suggestion
from tests.integration.supervision.conftest import jpeg
from ui.attachments import check_attachment

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def pdf(name="验收单.pdf", content=PDF):
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def docx(name="说明.docx", part="word/document.xml", filler=b"<w/>"):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(part, filler)
    return SimpleUploadedFile(name, out.getvalue())


def send(client, matter, verb, *files, **given):
    form = {"version": matter.version, "text": "已清除油污，附验收单", "files": list(files), **given}
    return client.post(f"/suggestions/{matter.number}/{verb}/", form)


def test_a_reply_comes_with_its_files_and_who_sees_the_matter_gets_them(
    assigned, officer, other_officer, staff, gis, deputy, as_user
):
    answer = send(as_user(officer), assigned, "reply", pdf(), jpeg(), docx(), result="A")
    assert answer.status_code == 302
    names = [file.name for file in EventFile.objects.filter(event__verb="replied")]
    assert names == ["验收单.pdf", "photo.jpg", "说明.docx"]
    page = as_user(deputy).get(f"/suggestions/{assigned.number}/").text
    kept = EventFile.objects.get(name="验收单.pdf")
    assert f"/findings/files/{kept.pk}/" in page
    for person in (officer, staff, deputy):
        got = as_user(person).get(f"/findings/files/{kept.pk}/")
        assert b"".join(got.streaming_content) == PDF
        assert got["Content-Disposition"].startswith("attachment")
        assert got["Cache-Control"] == "private, no-store"
    for stranger in (other_officer, gis):
        assert as_user(stranger).get(f"/findings/files/{kept.pk}/").status_code == 404
    assert as_user(None).get(f"/findings/files/{kept.pk}/").status_code == 302
    photo = EventFile.objects.get(name="photo.jpg")
    with photo.file.open("rb") as content:
        assert b"GPS" not in content.read() and b"Exif" not in photo.file.read()
    assert verify().faults == ()


def test_a_request_to_return_has_its_proof(assigned, officer, as_user):
    assert send(as_user(officer), assigned, "ask_return", pdf("职责分工.pdf")).status_code == 302
    assert EventFile.objects.get().event.verb == "return_asked"


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (pdf(content=PDF[:-8]), "不完整或已损坏"),  # cut
        (pdf("验收.pdf.exe"), "不是可以附上的文件"),
        (SimpleUploadedFile("页.html", b"<script>1</script>"), "不是可以附上的文件"),
        (SimpleUploadedFile("图.png", b"%PDF-1.7 %%EOF"), "不是可以附上的文件"),
        (SimpleUploadedFile("图.jpg", b"\xff\xd8\xff no picture"), "照片"),
        (docx(part="a.txt"), "不完整或已损坏"),
        (docx(filler=b"<!DOCTYPE w [<!ENTITY a 'b'>]><w>&a;</w>"), "不完整或已损坏"),
        (SimpleUploadedFile("说明.docx", docx().read()[:-30]), "不完整或已损坏"),
        (SimpleUploadedFile("空.pdf", b""), "不是可以附上的文件"),
    ],
)
def test_what_is_no_sound_file_is_refused_and_nothing_is_recorded(assigned, officer, as_user, file, words):
    file.seek(0)
    answer = send(as_user(officer), assigned, "reply", file, result="A")
    assert answer.status_code in (400, 413, 422)
    assert words in answer.text
    assert "已清除油污，附验收单" in answer.text  # what was typed is still there
    assigned.refresh_from_db()
    assert assigned.state == "assigned"
    assert not EventFile.objects.exists()


def test_eleven_files_and_those_that_are_too_large_together_are_refused(assigned, officer, as_user, monkeypatch):
    many = [pdf(f"{number}.pdf") for number in range(11)]
    assert "最多 10 个" in send(as_user(officer), assigned, "reply", *many, result="A").text
    monkeypatch.setattr("ui.forms.attachments.MOST_TOGETHER", 60)
    assert "合计超过" in send(as_user(officer), assigned, "reply", pdf("a.pdf"), pdf("b.pdf"), result="A").text
    assert not EventFile.objects.exists()


def test_the_same_words_sent_again_keep_a_file_once(assigned, officer, as_user):
    for _again in range(2):
        assert send(as_user(officer), assigned, "say", pdf()).status_code == 302
    assert EventFile.objects.count() == 1


def test_a_step_that_somebody_else_must_take_keeps_no_file(assigned, other_officer, staff, as_user):
    assert send(as_user(other_officer), assigned, "reply", pdf(), result="A").status_code == 404
    assert send(as_user(staff), assigned, "reply", pdf(), result="A").status_code == 403
    assert not EventFile.objects.exists()


def kept(answer):
    """The files that a form that came back has kept, by name."""
    form = answer.context["refused_form"]
    return {label: ticket for ticket, label in form.fields["kept"].choices} if "kept" in form.fields else {}


def test_files_stay_with_a_form_that_meets_what_somebody_else_did_meanwhile(assigned, officer, world, as_user):
    services.ask_co(officer, assigned.pk, version=1, department=world.ecology, text="请协助")
    met = send(as_user(officer), assigned, "reply", pdf(), docx(), result="A")
    assert (met.status_code, list(kept(met))) == (409, ["验收单.pdf", "说明.docx"])
    assert "已收到的附件" in met.text
    assert not EventFile.objects.exists()
    assigned.refresh_from_db()
    ticket = kept(met)["验收单.pdf"]
    answer = send(as_user(officer), assigned, "reply", jpeg(), result="A", kept=[ticket])  # the other one unticked
    assert answer.status_code == 302
    assert set(EventFile.objects.values_list("name", flat=True)) == {"验收单.pdf", "photo.jpg"}
    with EventFile.objects.get(name="验收单.pdf").file.open("rb") as stored:
        assert stored.read() == PDF
    assert verify().faults == ()


def test_of_several_files_those_in_order_stay_when_one_is_refused(assigned, officer, as_user):
    refused = send(as_user(officer), assigned, "reply", pdf(), pdf("坏.pdf", PDF[:-8]), result="A")
    assert (refused.status_code, list(kept(refused))) == (400, ["验收单.pdf"])
    again = send(as_user(officer), assigned, "reply", result="", kept=[kept(refused)["验收单.pdf"]])
    assert (again.status_code, list(kept(again))) == (422, ["验收单.pdf"])  # refused once more, and still there


def test_a_kept_file_is_good_for_its_person_its_matter_and_its_time(
    assigned, officer, staff, as_user, django_capture_on_commit_callbacks
):
    matter, attachment = assigned, check_attachment(pdf())
    theirs = held_files.keep(staff, matter, attachment)
    mine, other = held_files.keep(officer, matter, attachment), Suggestion(pk=matter.pk + 1)
    assert held_files.names(officer, matter, [theirs, mine, "W10:1abc:x"]) == {mine: "验收单.pdf"}
    assert held_files.names(officer, other, [mine]) == {}
    refused = send(as_user(officer), matter, "reply", result="A", kept=[theirs])
    assert (refused.status_code, kept(refused)) == (400, {})
    assert held_files.delete_expired() == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert send(as_user(officer), matter, "reply", result="A", kept=[mine]).status_code == 302
    with pytest.raises(BadInput, match="已经不在"):
        held_files.read(officer, matter, [mine])  # a step has taken it
    assert held_files.delete_expired(timezone.now() + timedelta(hours=25)) == 1
    assert held_files.names(staff, matter, [theirs]) != {}
    with pytest.raises(BadInput, match="已经不在"):
        held_files.read(staff, matter, [theirs])


def test_nobody_fills_the_store_with_forms_that_come_back(assigned, officer, as_user, monkeypatch):
    monkeypatch.setattr(held_files, "HANDED_IN", Limit("step-files", 1, timedelta(hours=1)))
    answer = send(as_user(officer), assigned, "reply", pdf("一.pdf"), docx(), result="")
    assert (answer.status_code, list(kept(answer))) == (422, ["一.pdf"])


def test_a_form_that_comes_back_keeps_no_file_of_whom_its_step_is_not_open_to(
    assigned, officer, deputy, staff, as_user
):
    for person in (deputy, staff):
        answer = send(as_user(person), assigned, "reply", pdf(), result="A", planned_on="无")
        assert (answer.status_code, kept(answer)) == (400, {})
    assert held_files.delete_expired(timezone.now() + timedelta(days=9)) == 0
    answer = send(as_user(officer), assigned, "reply", pdf(), result="A", planned_on="无")
    assert (answer.status_code, list(kept(answer))) == (400, ["验收单.pdf"])


def test_what_one_person_holds_is_bounded_and_the_form_says_so(
    assigned, officer, world, as_user, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(held_files, "MOST_HELD", len(PDF) + 9)
    full = send(as_user(officer), assigned, "reply", pdf("一.pdf"), pdf("二.pdf"), result="")
    assert (full.status_code, list(kept(full))) == (422, ["一.pdf"])
    assert "还没有提交的附件合计超过" in full.text
    with django_capture_on_commit_callbacks(execute=True):  # what a step has taken makes room
        assert send(as_user(officer), assigned, "say", kept=[kept(full)["一.pdf"]]).status_code == 302
    services.ask_co(officer, assigned.pk, version=1, department=world.ecology, text="请协助")
    met = send(as_user(officer), assigned, "reply", pdf("三.pdf"), pdf("四.pdf"), result="A")
    assert (met.status_code, list(kept(met))) == (409, ["三.pdf"])
    assert "还没有提交的附件合计超过" in met.text
