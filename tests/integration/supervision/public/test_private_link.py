"""The reporter follows her matter by a private link; whoever guesses gets what a missing page gives."""

from datetime import timedelta
from hashlib import sha256

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts import rules
from accounts.notices.delivery import deliver_due
from accounts.notices.links import seal
from accounts.notices.models import Address, Notice
from accounts.notices.services import confirm
from ledger.chain import verify
from supervision.findings import arrivals
from supervision.matters import services as chain
from supervision.matters.attachments import store_files
from supervision.models import EventFile, ReporterAccess
from supervision.public import private_links, services
from ui.attachments import Attachment

from ..conftest import jpeg

pytestmark = pytest.mark.django_db


def page(client, secret):
    return client.get(f"/my/{secret}/")


def rating(matter, outcome="satisfied", **more):
    return {"version": matter.version, "handling": "satisfied", "outcome": outcome, **more}


def test_the_reporter_reads_state_and_answer(client, answered):
    _, secret = answered
    answer = page(client, secret)
    assert answer.status_code == 200
    assert "已清除油污" in answer.content.decode()
    assert "已有答复，请您评价" in answer.content.decode()


def paper(name):
    content = f"%PDF-1.7 {name} %%EOF".encode()
    return Attachment(name, content, ".pdf", sha256(content).hexdigest())


def test_the_files_of_the_answer_go_to_whoever_holds_the_link_and_no_others(client, answered, staff, file_report):
    matter, secret = answered
    services.publish(staff, matter.pk, version=matter.version, text="桥下有油污")
    store_files(matter.events.get(verb="replied"), [paper("验收单.pdf")])
    store_files(matter.events.get(verb="accepted"), [paper("内部意见.pdf")])
    shown, inner = EventFile.objects.get(name="验收单.pdf"), EventFile.objects.get(name="内部意见.pdf")
    text = page(client, secret).text
    assert f"/my/{secret}/files/{shown.pk}/" in text
    assert "内部意见" not in text
    got = client.get(f"/my/{secret}/files/{shown.pk}/")
    assert b"".join(got.streaming_content).startswith(b"%PDF-")
    assert got["Content-Disposition"].startswith("attachment")
    assert "no-store" in got["Cache-Control"]
    assert client.get(f"/my/{secret}/files/{inner.pk}/").status_code == 404
    _finding, another = file_report()
    assert client.get(f"/my/{another}/files/{shown.pk}/").status_code == 404
    assert client.get(f"/my/{'x' * 20}/files/{shown.pk}/").status_code == 404
    assert "验收单" not in client.get(f"/matters/{matter.number}/").text


def test_the_page_is_kept_by_nobody_and_told_to_nobody(client, received):
    answer = page(client, received[1])
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "strict-origin"
    assert "noindex" in answer["X-Robots-Tag"]


def test_no_staff_members_name_and_no_inner_word_is_on_it(client, received, staff, officer, rule, world):
    finding, secret = received
    matter = chain.accept(staff, finding.suggestion.pk, version=1, text="内部意见：尽快")
    chain.ask_return(officer, matter.pk, version=matter.version, text="内部：应由综合执法局办理")
    chain.return_to_staff(staff, matter.pk, version=matter.version + 1, text="内部：同意")
    text = page(client, secret).content.decode()
    assert "内部" not in text
    assert staff.username not in text


@pytest.mark.parametrize("token", ["a", "x" * 43, "ab" * 40])
def test_a_guess_is_answered_exactly_like_a_missing_page(client, received, token):
    guess, missing = client.get(f"/my/{token}/"), client.get("/no-such-page/")
    assert (guess.status_code, missing.status_code) == (404, 404)
    assert _without_address(guess, f"/my/{token}/") == _without_address(missing, "/no-such-page/")


def _without_address(answer, address):
    """The page but for what names the address (no secret one is), and the token against forged forms."""
    text = answer.content.decode().replace(address, "")
    return [line for line in text.splitlines() if "csrfmiddlewaretoken" not in line and "/accounts/login/" not in line]


def test_an_expired_link_is_a_missing_page(client, received, staff):
    _, secret = received
    with time_machine.travel(timezone.now() + timedelta(days=rules.value("reports.link_days") + 1)):
        assert page(client, secret).status_code == 404
        assert client.post(f"/my/{secret}/say/", {"text": "还在"}).status_code == 404


def test_guessing_is_slowed_down(client, received, set_rule):
    set_rule("limits.link_guesses_hour", 3)
    answers = [client.get(f"/my/{'x' * 42}{number}/").status_code for number in range(5)]
    assert answers == [404, 404, 404, 429, 429]
    assert page(client, received[1]).status_code == 200


def test_the_digest_opens_nothing(client, received):
    assert page(client, ReporterAccess.objects.get().token_digest).status_code == 404


def test_the_reporter_adds_words_and_photos(client, received):
    finding, secret = received
    answer = client.post(f"/my/{secret}/say/", {"text": "今天更多了", "photos": [jpeg("red")]})
    assert answer.url == f"/my/{secret}/"
    event = finding.suggestion.events.last()
    assert (event.verb, event.by_reporter, event.text) == ("said", True, "今天更多了")
    assert finding.photos.count() == 2
    assert "今天更多了" in page(client, secret).content.decode()


def test_a_browser_that_sends_no_referrer_can_still_use_the_forms(received, answered):
    matter, secret = answered
    strict = Client(enforce_csrf_checks=True)
    given = rating(matter) | {"text": "谢谢"}
    assert strict.post(f"/my/{secret}/say/", given, headers={"Origin": "null"}).status_code == 302
    assert strict.post(f"/my/{secret}/rate/", given, headers={"Origin": "null"}).status_code == 302
    assert strict.post(f"/my/{'x' * 43}/rate/", given, headers={"Origin": "null"}).status_code == 404


def test_the_same_photo_again_is_kept_once_and_too_many_are_refused(client, received, monkeypatch):
    finding, secret = received
    client.post(f"/my/{secret}/say/", {"text": "同一张", "photos": [jpeg()]})
    assert finding.photos.count() == 1
    monkeypatch.setattr(services, "most_photos", lambda: 1)
    answer = client.post(f"/my/{secret}/say/", {"text": "再来", "photos": [jpeg("red"), jpeg("blue")]})
    assert answer.status_code == 400
    assert finding.photos.count() == 1
    assert "再来" in answer.content.decode()


def test_words_without_text_are_refused(client, received):
    finding, secret = received
    assert client.post(f"/my/{secret}/say/", {"text": " "}).status_code == 400
    assert finding.suggestion.events.count() == 1


def test_the_reporter_rates_once(client, answered):
    matter, secret = answered
    assert client.post(f"/my/{secret}/rate/", rating(matter)).status_code == 302
    matter.refresh_from_db()
    assert matter.state == "closed"
    event = matter.events.last()
    assert (event.verb, event.by_reporter, event.outcome) == ("rated", True, "satisfied")
    again = client.post(f"/my/{secret}/rate/", rating(matter, "dissatisfied", text="不行"))
    assert again.status_code == 403
    assert matter.events.filter(verb__in=["rated", "reopened"]).count() == 1


def test_a_reporter_who_is_not_satisfied_sends_it_back_once(client, answered, officer):
    matter, secret = answered
    client.post(f"/my/{secret}/rate/", rating(matter, "dissatisfied", text="还有油"))
    matter.refresh_from_db()
    assert (matter.state, matter.redo_count) == ("redo", 1)
    matter = chain.reply(officer, matter.pk, version=matter.version, text="又清了一次", result="A")
    client.post(f"/my/{secret}/rate/", rating(matter, "dissatisfied", text="仍然有"))
    matter.refresh_from_db()
    assert (matter.state, matter.redo_count) == ("closed", 1)


def test_a_rating_without_the_reason_or_with_nonsense_is_refused_with_what_was_typed(client, answered):
    matter, secret = answered
    assert client.post(f"/my/{secret}/rate/", rating(matter, "dissatisfied")).status_code == 422
    assert client.post(f"/my/{secret}/rate/", rating(matter, "wonderful")).status_code == 400
    stale = client.post(f"/my/{secret}/rate/", rating(matter) | {"version": matter.version - 1, "text": "好的"})
    assert stale.status_code == 409
    assert "好的" in stale.content.decode()
    matter.refresh_from_db()
    assert matter.state == "replied"


def test_an_unanswered_matter_cannot_be_rated(client, accepted):
    matter, secret = accepted
    assert client.post(f"/my/{secret}/rate/", rating(matter)).status_code == 403


def test_once_a_deputy_has_adopted_it_she_rates_and_the_reporter_reads(client, accepted, deputy, officer):
    matter, secret = accepted
    matter = services.adopt(deputy, matter.pk, version=matter.version)
    matter = chain.reply(officer, matter.pk, version=matter.version, text="已清除", result="A")
    assert client.post(f"/my/{secret}/rate/", rating(matter)).status_code == 403
    text = page(client, secret).content.decode()
    assert "由认领的代表评价" in text
    assert deputy.display_name not in text
    chain.rate(deputy, matter.pk, version=matter.version, handling="satisfied", outcome="satisfied")
    assert "已经办结" in page(client, secret).content.decode()


def test_the_reporter_of_a_merged_matter_reads_the_answer_of_the_other(client, accepted, file_report, staff, officer):
    other, _ = accepted
    finding, secret = file_report()
    chain.merge(staff, finding.suggestion.pk, version=finding.suggestion.version, other=other)
    other.refresh_from_db()
    chain.reply(officer, other.pk, version=other.version, text="一并清除", result="A")
    assert "一并清除" in page(client, secret).content.decode()


def test_the_words_of_whoever_reported_the_other_stay_on_her_own_page(client, accepted, file_report, staff, officer):
    other, her_secret = accepted
    finding, secret = file_report()
    chain.merge(staff, finding.suggestion.pk, version=1, other=other)
    client.post(f"/my/{her_secret}/say/", {"text": "我住桥东三号，电话13800000000"})
    other.refresh_from_db()
    matter = chain.reply(officer, other.pk, version=other.version, text="一并清除", result="A")
    client.post(f"/my/{her_secret}/rate/", rating(matter, "dissatisfied", text="我家门口还有"))
    assert "13800000000" in page(client, her_secret).text and "我家门口还有" in page(client, her_secret).text
    seen = page(client, secret).text
    assert "一并清除" in seen and "要求重办" in seen
    assert "13800000000" not in seen and "我家门口还有" not in seen


def test_the_answer_to_a_part_of_her_report_reaches_her(client, file_report, staff, officer, rule):
    finding, secret = file_report(email="someone@example.com")
    matter = chain.accept(staff, finding.suggestion.pk, version=1)
    part = chain.split(staff, matter.pk, version=matter.version, title="张三说的路灯", text="路灯不亮")
    part = chain.reply(officer, part.pk, version=part.version, text="路灯已换", result="A")
    store_files(part.events.get(verb="replied"), [paper("路灯验收.pdf")])
    seen = page(client, secret).text
    assert "路灯已换" in seen and f"{part.number} 的办理过程" in seen and "张三" not in seen
    assert client.get(f"/my/{secret}/files/{EventFile.objects.get().pk}/").status_code == 200
    assert Notice.objects.filter(kind="matter-report").latest("pk").title == f"您上报的 {matter.number} 已有答复"


def test_who_reported_what_was_merged_hears_that_the_other_was_not_taken_up(
    client, received, file_report, staff, deputy
):
    other = received[0].suggestion
    finding, secret = file_report(email="someone@example.com")
    merged = chain.merge(staff, finding.suggestion.pk, version=1, other=other)
    chain.decline(staff, other.pk, version=other.version, text="正在诉讼")
    chain.reconsider(staff, other.pk, version=other.version + 1, text="诉讼已撤回")
    titles = list(Notice.objects.filter(kind="matter-report").order_by("pk").values_list("title", flat=True))
    assert titles[-2:] == [
        f"您上报的 {merged.number} 没有受理，理由见查询页", f"您上报的 {merged.number} 已恢复受理",
    ]  # fmt: skip
    assert "正在诉讼" in page(client, secret).text


def test_someone_elses_link_says_nothing_of_this_matter(client, received, file_report):
    _, other = file_report(text="别的事情")
    assert "油污" not in page(client, other).content.decode()


def test_an_unknown_step_is_a_missing_page(client, received):
    assert client.post(f"/my/{received[1]}/delete/").status_code == 404


def test_every_step_of_a_reporter_is_on_the_chain(client, answered):
    matter, secret = answered
    client.post(f"/my/{secret}/say/", {"text": "谢谢"})
    client.post(f"/my/{secret}/rate/", rating(matter))
    assert verify().faults == ()


@pytest.fixture
def mailbox(settings):
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    return mail.outbox


def test_the_link_is_mailed_once_the_address_is_confirmed_and_kept_in_no_table(client, file_report, mailbox):
    _, secret = file_report(email="someone@example.com")
    deliver_due()
    assert [message.subject for message in mailbox] == ["请确认您的邮箱"]
    confirm(Address.objects.get())
    deliver_due()
    letter = mailbox[-1].body
    assert secret not in letter
    path = next(word for word in letter.split() if "/my/mail/" in word).partition("//")[2].partition("/")[2]
    assert client.get(f"/{path}").status_code == 200
    kept = Notice.objects.get(kind="matter-report").url
    assert kept == private_links.unsealed_path(ReporterAccess.objects.get().pk)
    assert client.get(kept).status_code == 404


def test_letters_tell_what_happened_and_nothing_of_what_was_written(file_report, staff, officer, rule):
    finding, _ = file_report(email="someone@example.com")
    matter = chain.accept(staff, finding.suggestion.pk, version=1)
    chain.reply(officer, matter.pk, version=matter.version, text="已清除", result="A")
    titles = list(Notice.objects.filter(kind="matter-report").order_by("pk").values_list("title", flat=True))
    number = matter.number
    assert titles == [
        f"您的上报已收到，编号 {number}",
        f"您上报的 {number} 已受理",
        f"您上报的 {number} 已交给负责的单位",
        f"您上报的 {number} 已有答复",
    ]
    assert not Notice.objects.filter(kind="matter-report", body__contains="油污").exists()


def test_the_mailed_link_takes_words_and_ratings_too(client, answered):
    matter, _ = answered
    access = ReporterAccess.objects.get()
    signature = seal(private_links.unsealed_path(access.pk))
    address = f"/my/mail/{access.pk}/{signature}/"
    assert client.post(address, {"step": "say", "text": "谢谢"}).url == address
    assert client.post(address, {"step": "rate", **rating(matter)}).status_code == 302
    assert client.get(f"/my/mail/{access.pk + 1}/{signature}/").status_code == 404


def test_photos_that_did_not_arrive_are_said_and_added_without_more_words(client, received):
    finding, secret = received
    late = jpeg("red")
    digest = sha256(late.read()).hexdigest()
    late.seek(0)
    arrivals.announce(finding, [digest])
    said = page(client, secret).content.decode()
    assert "1 张照片中 0 张已送达" in said or "2 张照片中 1 张已送达" in said
    answer = client.post(
        f"/my/{secret}/say/", {"photos": [late], "photo_sha256": digest}, headers={"Accept": "application/json"}
    )
    assert answer.json()["photos"] == {"arrived": arrivals.arrivals_of(finding).as_dict()["arrived"], "missing": []}
    assert finding.photos.count() == 2
    assert finding.suggestion.events.filter(verb="said").count() == 0
    assert "张已送达" not in page(client, secret).content.decode()


def test_photos_alone_are_not_added_to_what_is_closed(client, answered):
    matter, secret = answered
    client.post(f"/my/{secret}/rate/", rating(matter))
    answer = client.post(f"/my/{secret}/say/", {"photos": [jpeg("red")]}, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, "closed")


def test_who_reported_what_was_merged_hears_of_the_answer_and_of_its_correction(file_report, accepted, staff, officer):
    matter, _ = accepted
    finding, _ = file_report(email="someone@example.com")
    merged = chain.merge(staff, finding.suggestion.pk, version=1, other=matter)
    Notice.objects.all().delete()
    matter.refresh_from_db()
    matter = chain.reply(officer, matter.pk, version=matter.version, text="已清除", result="A")
    chain.correct_reply(officer, matter.pk, version=matter.version, text="日期写错了，是三日清除的")
    titles = list(Notice.objects.filter(kind="matter-report").order_by("pk").values_list("title", flat=True))
    assert titles == [f"您上报的 {merged.number} 已有答复", f"您上报的 {merged.number} 的答复有更正"]
