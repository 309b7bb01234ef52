"""From the assignment to the opinion sheet, and what is refused on the way."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from docx import Document

from accounts.congress.services import begin_term
from accounts.models import Role, User
from geokit.refusal import BadInput, MissingEvidence, NotPermitted
from ledger.chain.checking import settle, verify
from ledger.models import ChainLink
from papers.handling import services
from papers.handling.models import Handling, SealedScan, SignedAnswer
from papers.handling.permissions import handlings_visible_to
from papers.inbox import fates_of, waiting
from papers.register import services as register
from papers.register.models import Paper
from tests.integration.papers.conftest import ANSWER, deliver, ofd, pdf, picture_pdf, sign, today
from tests.integration.papers.test_signing import with_signers


def rate(user, one, outcome="satisfied", text="谢谢"):
    return services.rate(user, one, one.version, given_outcome=outcome, handling="satisfied", text=text)


def state_of(one):
    one.paper.refresh_from_db()
    return one.paper.state


def test_the_whole_way_of_a_suggestion_and_its_chain_holds(deputy, draft, congress, staff, officer, world):
    paper = with_signers(draft, deputy, congress, 2)
    paper = register.submit(deputy, paper, paper.version)
    paper = register.accept(staff, paper, paper.version)
    one = services.assign(staff, paper, paper.version, departments=[world.water])[0]
    one = deliver(officer, sign(officer, one))
    assert (one.state, state_of(one), one.result) == ("delivered", "answered", "A")
    scan = SealedScan.objects.get()
    assert [each["name"] for each in scan.delivered_to] == ["张代表", "代表0", "代表1"]
    for seat in (congress.lead, *congress.seats[:2]):
        assert seat.person.user.notices.filter(kind="paper-delivered").count() == 1
    services.receive(congress.seats[0].person.user, one)
    services.receive(congress.seats[0].person.user, one)
    assert one.events.filter(verb="received").count() == 1
    one = rate(deputy, one)
    assert (one.state, state_of(one)) == ("settled", "settled")
    settle()
    link = ChainLink.objects.filter(table_name="papers_sealedscan", row_id=scan.pk).get()
    assert scan.sha256 in (link.content or "")


def test_an_answer_needs_the_contact_with_the_deputy_before_it(officer, assigned):
    one = services.draft(officer, assigned, assigned.version, **ANSWER)
    with pytest.raises(NotPermitted, match="先与代表沟通"):
        services.sign(officer, one, one.version, number="1号", signer="李", signed_on=timezone.localdate())


def test_an_answer_without_signature_is_not_delivered(officer, assigned):
    file = SimpleUploadedFile("a.pdf", pdf("答复"))
    with pytest.raises(NotPermitted) as refused:
        services.deliver(officer, assigned, assigned.version, file=file, code="AAAA-AAAA")
    assert refused.value.code == "wrong-state"
    one = services.contact(
        officer, assigned, assigned.version, with_whom="张", how="visit", on=timezone.localdate(), text=""
    )
    one = services.draft(officer, one, one.version, **ANSWER)
    with pytest.raises(MissingEvidence, match="签发的负责人"):
        services.sign(officer, one, one.version, number="1号", signer=" ", signed_on=timezone.localdate())


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"MZ\x90\x00 not a scan", "scan-unknown"),
        (b"%PDF-1.7 cut off", "scan-unreadable"),
        (b"PK\x03\x04 no zip", "zip-corrupt"),
        (picture_pdf(81), "scan-too-long"),
        (pdf("另一份文件，与签发的文本没有关系，没有文号，也没有校验码。"), "scan-differs"),
        (ofd("另一份文件，与签发的文本没有关系，没有文号，也没有校验码。"), "scan-differs"),
    ],
    ids=["program", "cut-off", "no-zip", "too-long", "other-text", "other-ofd"],
)
def test_a_scan_that_is_none_or_not_of_the_signed_text_is_refused(officer, signed, content, code):
    with pytest.raises(BadInput) as refused:
        deliver(officer, signed, content)
    assert refused.value.code == code
    assert not SealedScan.objects.exists()


def test_a_picture_is_taken_by_the_code_that_stands_on_the_paper(officer, signed):
    with pytest.raises(BadInput, match="校验码不符") as refused:
        deliver(officer, signed, picture_pdf(), code="AAAA-AAAA")
    assert refused.value.errors[0].field == "code"
    code = signed.answers.get().check_code.replace("-", " ").lower()
    assert deliver(officer, signed, picture_pdf(), code=code).state == "delivered"


def test_a_code_in_wide_letters_is_the_same_code(officer, signed):
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in signed.answers.get().check_code)
    assert deliver(officer, signed, picture_pdf(), code=wide).state == "delivered"


def test_an_ofd_of_the_signed_text_is_delivered(officer, signed):
    answer = signed.answers.get()
    content = ofd(f"{answer.number}关于建议的答复，已经办理完毕。{answer.check_code}")
    assert deliver(officer, signed, content).answers.get().scan.kind == "ofd"


def test_another_organ_answers_nothing(other_officer, assigned, signed):
    with pytest.raises(BadInput):
        services.receive(other_officer, assigned)
    with pytest.raises(BadInput):
        services.draft(other_officer, assigned, assigned.version, **ANSWER)
    with pytest.raises(NotPermitted):
        deliver(other_officer, signed)
    assert not SealedScan.objects.exists()


def test_the_document_says_what_was_signed(signed):
    answer = signed.answers.get()
    with answer.file.open("rb") as file:
        said = "\n".join(paragraph.text for paragraph in Document(file).paragraphs)
    for words in (
        "海水函〔2026〕1号",
        "李局长",
        "办理结果：A",
        "张代表代表：",
        "已排查错接管网十二处。",
        answer.check_code,
    ):
        assert words in said
    assert "{{" not in said


def test_nobody_alters_an_answer_after_its_delivery(officer, delivered):
    answer = SignedAnswer.objects.get()
    for statement in ("UPDATE papers_signedanswer SET text = '全部办结'", "DELETE FROM papers_sealedscan"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    one = services.correct(officer, delivered, delivered.version, "第一段的“十二处”应为“十三处”。")
    assert SignedAnswer.objects.get().text == answer.text
    assert one.events.get(verb="corrected").detail == {"answer": answer.pk}
    with pytest.raises(NotPermitted):
        services.recall(officer, one, one.version, "写错了")


def test_a_signed_answer_is_recalled_before_its_delivery_and_stays_on_record(officer, signed):
    one = services.recall(officer, signed, signed.version, "印章不清")
    assert one.state == "assigned"
    one = sign(officer, one)
    assert one.answers.count() == 2
    old = one.answers.order_by("pk").first()
    with pytest.raises(BadInput):
        deliver(officer, one, code="" if old is None else "ZZZZ-ZZZZ")


def test_a_dissatisfied_deputy_sends_it_back_once(deputy, officer, delivered):
    with pytest.raises(MissingEvidence):
        rate(deputy, delivered, "dissatisfied", text="")
    one = rate(deputy, delivered, "dissatisfied", "管网没有动。")
    assert (one.state, state_of(one), one.contacted_on) == ("redo", "assigned", None)
    assert one.due_on >= timezone.localdate() + timedelta(days=28)
    one = deliver(officer, sign(officer, one))
    one = rate(deputy, one, "dissatisfied", "还是没有动。")
    assert (one.state, state_of(one)) == ("settled", "settled")


def test_what_is_planned_is_followed_until_it_is_done(deputy, officer, assigned):
    planned = timezone.localdate() + timedelta(days=200)
    one = deliver(officer, sign(officer, assigned, result="B", planned_on=planned))
    one = rate(deputy, one)
    assert (one.state, state_of(one), one.due_on) == ("planned", "answered", planned)
    one = deliver(officer, sign(officer, one, result="A", planned_on=None))
    assert rate(deputy, one).state == "settled"
    assert state_of(one) == "settled"


def test_nothing_is_planned_beyond_a_term(officer, assigned):
    far = timezone.localdate() + timedelta(days=5 * 366)
    with pytest.raises(BadInput) as caught:
        sign(officer, assigned, result="B", planned_on=far)
    assert [(error.field, error.code) for error in caught.value.errors] == [("planned_on", "too-late")]


def test_only_the_lead_rates_and_co_signers_say_theirs_beside(deputy, draft, congress, staff, officer, world):
    paper = register.submit(deputy, with_signers(draft, deputy, congress, 1), 2)
    paper = register.accept(staff, paper, paper.version)
    one = deliver(officer, sign(officer, services.assign(staff, paper, paper.version, departments=[world.water])[0]))
    other = congress.seats[0].person.user
    with pytest.raises(NotPermitted):
        rate(other, one)
    services.opine(other, one, handling="fairly", outcome="dissatisfied", text="进度慢")
    one.refresh_from_db()
    assert one.state == "delivered"
    with pytest.raises(BadInput, match="写明来源"):
        rate(staff, one, text="")
    assert rate(staff, one, text="代表 11 月 3 日交来的纸质意见表").state == "settled"


def test_organs_that_answer_apart_settle_the_paper_together(deputy, filed, staff, officer, other_officer, world):
    paper = register.accept(staff, filed, filed.version)
    water, ecology = services.assign(staff, paper, paper.version, departments=[world.water, world.ecology], apart=True)
    water = deliver(officer, sign(officer, water))
    assert state_of(water) == "assigned"
    rate(deputy, water)
    ecology = deliver(other_officer, sign(other_officer, ecology))
    assert state_of(ecology) == "answered"
    assert state_of(rate(deputy, ecology)) == "settled"


def test_a_co_handler_advises_the_lead_and_does_not_answer(filed, staff, officer, other_officer, world):
    paper = register.accept(staff, filed, filed.version)
    lead, co = services.assign(staff, paper, paper.version, departments=[world.water], co=[world.ecology])
    with pytest.raises(NotPermitted):
        services.draft(other_officer, co, co.version, **ANSWER)
    assert services.take(other_officer, co, services.V.ADVISE, co.version, text="同意").state == "advised"
    assert state_of(deliver(officer, sign(officer, lead))) == "answered"


def test_what_is_not_an_organs_own_goes_back_with_the_assigners_consent(officer, staff, assigned):
    one = services.take(officer, assigned, services.V.ASK_RETURN, assigned.version, text="属生态环境职责")
    assert one.state == "assigned"
    with pytest.raises(NotPermitted):
        services.take(officer, one, services.V.RETURN, one.version)
    one = services.take(staff, one, services.V.RETURN, one.version)
    assert (one.state, state_of(one)) == ("returned", "accepted")


def test_more_time_is_asked_for_and_ends_after_six_months(officer, staff, assigned):
    until = assigned.due_on + timedelta(days=30)
    one = services.take(officer, assigned, services.V.ASK_EXTENSION, assigned.version, until=until, text="汛期施工受限")
    with pytest.raises(BadInput, match="最迟"):
        services.take(staff, one, services.V.EXTEND, one.version, until=until + timedelta(days=300))
    assert services.take(staff, one, services.V.EXTEND, one.version, until=until).due_on == until


def test_two_organs_do_not_lead_one_paper(filed, staff, world):
    paper = register.accept(staff, filed, filed.version)
    with pytest.raises(BadInput, match="主办单位只能有一个"):
        services.assign(staff, paper, paper.version, departments=[world.water, world.ecology])
    paper.refresh_from_db()
    services.assign(staff, paper, paper.version, departments=[world.water])
    paper.refresh_from_db()
    with pytest.raises(BadInput, match="已经在办理"):
        services.assign(staff, paper, paper.version, departments=[world.water], apart=True)


def test_the_chain_of_a_settled_paper_is_whole(deputy, delivered):
    rate(deputy, delivered)
    assert [fault for fault in verify().faults if fault.table.startswith("papers_")] == []


def test_a_published_paper_waits_for_the_staff_of_its_own_congress_alone(assigned, staff, world):
    Paper.objects.filter(pk=assigned.paper_id).update(is_public=True)
    Handling.objects.filter(pk=assigned.pk).update(due_on=timezone.localdate() - timedelta(days=3))
    elsewhere = User.objects.create_user("town-staff", password="a long phrase", role=Role.STAFF, area=world.west_town)
    assert handlings_visible_to(elsewhere).exists()  # everybody reads it
    late = {one: [w.kind for w in waiting(one, timezone.localdate()) if w.rows.exists()] for one in (staff, elsewhere)}
    assert late == {staff: ["papers-overdue"], elsewhere: []}


def test_the_contact_of_the_first_round_is_none_of_the_second(deputy, officer, delivered):
    before = delivered.assigned_on
    with time_machine.travel(timezone.now() + timedelta(days=5), tick=False):
        one = rate(deputy, delivered, "dissatisfied", "管网没有动。")
        with pytest.raises(BadInput) as refused:
            services.contact(officer, one, one.version, with_whom="张代表", how="phone", on=before, text="同上次")
        assert refused.value.code == "wrong-day"
        one = services.contact(officer, one, one.version, with_whom="张代表", how="phone", on=today(), text="重新沟通")
        one = services.draft(officer, one, one.version, **ANSWER)
        with pytest.raises(BadInput):
            services.sign(officer, one, one.version, number="海水函〔2026〕9号", signer="李局长", signed_on=before)


def test_who_is_elected_again_rates_the_answer_to_her_paper_of_the_last_term(deputy, delivered, congress, staff):
    begin_term(staff, congress.of.pk, timezone.localdate(), [congress.lead.pk])
    waits = [one.kind for one in waiting(deputy, timezone.localdate()) if one.rows.exists()]
    assert waits == ["papers-to-rate", "papers-mine"]
    assert [str(one.item.title) for one in fates_of(deputy, 5)] == [delivered.paper.title]
    assert state_of(rate(deputy, delivered)) == "settled"


def test_who_is_not_elected_again_reads_it_and_rates_no_more(deputy, delivered, congress, staff):
    begin_term(staff, congress.of.pk, timezone.localdate(), [])
    assert handlings_visible_to(deputy).filter(pk=delivered.pk).exists()
    with pytest.raises(NotPermitted):
        rate(deputy, delivered)


def test_a_paper_that_only_a_co_handler_is_left_with_waits_to_be_assigned(filed, staff, officer, deputy, world):
    paper = register.accept(staff, filed, filed.version)
    lead, _co = services.assign(staff, paper, paper.version, departments=[world.water], co=[world.ecology])
    lead = services.take(officer, lead, services.V.ASK_RETURN, lead.version, text="不属本单位")
    services.take(staff, lead, services.V.RETURN, lead.version)
    assert state_of(lead) == "assigned"
    assert "papers-to-assign" in [one.kind for one in waiting(staff, timezone.localdate()) if one.rows.exists()]
    assert "轮到人大工作人员：交办。" in fates_of(deputy, 5)[0].turns
