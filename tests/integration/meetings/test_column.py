"""The column of a session: what each reader gets, comments by article, live counts, the vote, the minutes."""

import io
from datetime import timedelta

import pytest
from django.utils import timezone
from docx import Document as open_word

from geokit.refusal import StaleEdit
from library.models import Document
from meetings.agenda import services
from meetings.minutes.document import write_minutes
from meetings.models import AgendaItem, ArticleComment, Meeting
from meetings.pages import column
from papers.models import Paper
from papers.register import services as register
from projects.models import VoteCancellation, VoteSession
from tests.integration.papers.conftest import TEXTS

ITEM = {"version": "0", "kind": "plenary", "title": "开幕会", "is_public": "on"}


def local(moment):
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def test_staff_open_a_column_and_fill_its_agenda_by_forms(as_user, staff, session, deputy, congress):
    client = as_user(staff)
    answer = client.post("/meetings/new/", {"session": session.pk, "place": "区会议中心"})
    meeting = Meeting.objects.get()
    assert answer["Location"] == f"/meetings/{meeting.pk}/desk/"
    assert client.post("/meetings/new/", {"session": session.pk}).status_code == 400, "it has one already"
    new = f"/meetings/{meeting.pk}/desk/items/new/"
    when = {"starts_at": local(timezone.now()), "takes_sign_in": "on"}
    assert client.post(new, ITEM | when).status_code == 302
    outside = client.post(new, ITEM | {"starts_at": local(timezone.now() + timedelta(days=9))})
    assert outside.status_code == 400 and "请选其中的一天" in outside.content.decode()
    for broken in ("0000-00-00T00:00", "NaN", "\0", "9999-12-31T23:59"):
        assert client.post(new, ITEM | {"starts_at": broken}).status_code == 400
    item = AgendaItem.objects.get()
    address = f"/meetings/{meeting.pk}/desk/items/{item.pk}/"
    assert client.post(address, ITEM | when | {"version": "1", "result": "通过议程"}).status_code == 302
    stale = client.post(address, ITEM | when | {"version": "1", "result": "别的"})
    assert stale.status_code == 409
    with pytest.raises(StaleEdit):
        services.remove_item(staff, item.pk, 1)
    assert "通过议程" in as_user(deputy).get(f"/meetings/{meeting.pk}/").content.decode()
    assert as_user(deputy).get(f"/meetings/{meeting.pk}/desk/").status_code == 404


def test_the_public_reads_what_is_public_of_a_column_that_is(as_user, staff, meeting, sitting, document, text):
    services.add_item(staff, meeting.pk, title="主席团会议", starts_at=timezone.now(), is_public=False)
    visitor = as_user(None)
    assert visitor.get(f"/meetings/{meeting.pk}/").status_code == 404
    assert "第6次会议" not in visitor.get("/meetings/").content.decode()
    services.save_meeting(staff, meeting.pk, 1, {"is_public": True, "text": "请关手机"})
    page = visitor.get(f"/meetings/{meeting.pk}/").content.decode()
    assert "第一次全体会议" in page and "主席团会议" not in page and "请关手机" not in page and "签到" not in page
    assert "政府工作报告" not in page and sitting.code not in page
    assert visitor.get(document.get_absolute_url()).status_code == 404
    Document.objects.update(visibility="public")
    assert "今年的工作。" in visitor.get(document.get_absolute_url()).content.decode()


def test_a_comment_is_under_an_article_of_the_document_and_no_other(as_user, deputy, congress, document, staff):
    client, base = as_user(deputy), f"{document.get_absolute_url()}articles"
    assert client.post(f"{base}/a2/", {"text": "建议写明完成时限"}).status_code == 302
    assert client.post(f"{base}/all/", {"text": "总体赞成"}).status_code == 302
    for anchor in ("a3", "nope", "%00", "a" * 60):
        assert client.post(f"{base}/{anchor}/", {"text": "意见"}).status_code in (400, 404), anchor
    missing = client.get(f"{base}/a3/")
    assert missing.status_code == 404 and "没有这一条" in missing.content.decode()
    assert client.post(f"{base}/a1/", {"text": " \n"}).status_code == 400
    assert client.post(f"{base}/a1/", {"text": "长" * 2001}).status_code == 400
    said = ArticleComment.objects.order_by("pk").values_list("article__anchor", "text", "member__person__user")
    assert list(said) == [("a2", "建议写明完成时限", deputy.pk), (None, "总体赞成", deputy.pk)]
    assert "建议写明完成时限" in as_user(congress.seats[1].person.user).get(f"{base}/a2/").content.decode()
    refused = as_user(staff).post(f"{base}/a1/", {"text": "工作人员不提"})
    assert refused.status_code in (400, 403) and ArticleComment.objects.count() == 2
    sheet = as_user(staff).get(f"/meetings/{document.meeting_id}/desk/comments.csv").content.decode("utf-8-sig")
    assert "第2条" in sheet and "总体赞成" in sheet
    gone = as_user(staff).post(f"/meetings/{document.meeting_id}/documents/{document.pk}/remove/")
    assert gone.status_code == 400 and "已经有代表提了意见" in gone.content.decode()
    type(document).objects.update(comments_until=timezone.now() - timedelta(minutes=1))
    late = client.post(f"{base}/a1/", {"text": "晚了"})
    assert late.status_code == 400 and "已经截止" in late.content.decode()


def test_motions_and_suggestions_are_counted_live_and_none_after_the_deadline(as_user, deputy, congress, meeting):
    client = as_user(deputy)
    page = client.get(f"/meetings/{meeting.pk}/").content.decode()
    assert "议案已于" in page and "建议收到" in page and 'hx-trigger="every 20s"' in page
    assert f"/papers/new/?session={meeting.session_id}" in page
    form = client.get(f"/papers/new/?session={meeting.session_id}").content.decode()
    assert f'value="{meeting.session_id}" selected' in form
    paper = register.begin(deputy, congress.lead, session=meeting.session, **TEXTS)
    assert "<dd>0</dd>" in client.get(f"/meetings/{meeting.pk}/papers/").content.decode(), "a draft is not counted"
    register.submit(deputy, paper, paper.version)
    assert "<dd>1</dd>" in client.get(f"/meetings/{meeting.pk}/papers/").content.decode()
    motion = register.begin(deputy, congress.lead, session=meeting.session, kind="motion", **TEXTS)
    late = client.post(f"/papers/{motion.pk}/step/submit/", {"version": motion.version})
    assert late.status_code in (400, 403, 409) and "议案已于" in late.content.decode()
    assert Paper.objects.get(pk=motion.pk).state == "draft"


def test_the_minutes_say_what_the_records_say(as_user, staff, deputy, congress, meeting, sitting, document):
    as_user(deputy).post(f"/meetings/in/{sitting.code}/")
    as_user(deputy).post(f"{document.get_absolute_url()}articles/a1/", {"text": "同意"})
    vote = VoteSession.objects.create(
        title="民生实事票决", year=2026, area=congress.of.area, congress=congress.of, places=1,
        opens_at=timezone.now(), closes_at=timezone.now() + timedelta(hours=1),
    )  # fmt: skip
    services.save_item(staff, sitting.pk, 1, {"vote": vote, "result": "通过关于工作报告的决议"})
    paper = register.begin(deputy, congress.lead, session=meeting.session, **TEXTS)
    register.submit(deputy, paper, paper.version)
    page = as_user(deputy).get(f"/meetings/{meeting.pk}/").content.decode()
    assert "民生实事票决" in page and "正在票决" in page
    begins = timezone.now() + timedelta(hours=1)
    services.add_item(staff, meeting.pk, title="下一场会议", starts_at=begins, takes_sign_in=True)

    answer = as_user(staff).get(f"/meetings/{meeting.pk}/desk/minutes.docx")
    assert answer.status_code == 200
    words = "\n".join(line.text for line in open_word(io.BytesIO(answer.content)).paragraphs)
    for said in (
        "会议纪要", "应到 4 人，实到 1 人，请假 0 人，缺席 3 人", "通过关于工作报告的决议", "下一场会议：尚未开始。",
        "票决“民生实事票决”尚未计票", "政府工作报告（草案），代表提出意见 1 条",
        "共收到 1 件", TEXTS["title"], "区会议中心",
    ):  # fmt: skip
        assert said in words, said
    assert as_user(deputy).get(f"/meetings/{meeting.pk}/desk/minutes.docx").status_code == 404


def test_the_minutes_of_an_empty_session_are_refused_in_words(as_user, staff, meeting):
    refused = as_user(staff).get(f"/meetings/{meeting.pk}/desk/minutes.docx")
    assert refused.status_code == 400 and "议程还是空的" in refused.content.decode()


def test_a_column_is_another_congress_s_own(as_user, staff, meeting, sitting, document, world):
    staff.area = world.west_town
    staff.save(update_fields=["area"])
    client, base = as_user(staff), f"/meetings/{meeting.pk}"
    for path in ("desk/", f"desk/items/{sitting.pk}/", f"desk/items/{sitting.pk}/presence/", "desk/minutes.docx"):
        assert client.get(f"{base}/{path}").status_code == 404, path
    for path in (f"desk/items/{sitting.pk}/remove/", f"documents/{document.pk}/remove/", "desk/items/new/"):
        assert client.post(f"{base}/{path}", ITEM).status_code == 404, path
    assert AgendaItem.objects.count() == 1


def test_a_sheet_of_a_sitting_has_its_code_and_no_other_sitting_has_one(as_user, staff, meeting, sitting):
    client, base = as_user(staff), f"/meetings/{meeting.pk}/desk/items"
    page = client.get(f"{base}/{sitting.pk}/code/").content.decode()
    assert f"/meetings/in/{sitting.code}/" in page and "<svg" in page
    quiet = services.add_item(staff, meeting.pk, title="参观", kind="other", starts_at=timezone.now())
    assert client.get(f"{base}/{quiet.pk}/code/").status_code == 404


@pytest.mark.parametrize("until", ["0001-01-01T00:00", "9999-12-31T23:59"])
def test_comments_end_about_the_time_of_the_session(as_user, staff, meeting, text, until):
    given = {"text": text.pk, "comments_until": until}
    answer = as_user(staff).post(f"/meetings/{meeting.pk}/desk/documents/", given)
    assert answer.status_code == 400
    assert not meeting.documents.exists()


def test_a_groups_members_are_those_of_the_session_s_days_within_the_term(as_user, deputy, congress, meeting):
    today = timezone.localdate()
    client, address = as_user(deputy), f"/meetings/{meeting.pk}/"
    assert [group.members for group in client.get(address).context["groups"]] == [2]
    left = congress.seats[0]
    left.ends_on, left.ended = today - timedelta(days=1), "resigned"
    left.save(update_fields=["ends_on", "ended"])
    assert [group.members for group in client.get(address).context["groups"]] == [1]
    congress.of.ends_on = today - timedelta(days=5)
    congress.of.save(update_fields=["ends_on"])
    assert [group.members for group in column._groups(meeting)] == [0], "the term ended before these days"


def test_the_minutes_say_that_a_vote_was_called_off(staff, congress, meeting, sitting):
    vote = VoteSession.objects.create(
        title="民生实事票决", year=2026, area=congress.of.area, congress=congress.of, places=1,
        opens_at=timezone.now(), closes_at=timezone.now() + timedelta(hours=1),
    )  # fmt: skip
    services.save_item(staff, sitting.pk, 1, {"vote": vote})
    VoteCancellation.objects.create(session=vote, reason="候选项目有变", actor=staff)
    words = "\n".join(line.text for line in open_word(io.BytesIO(write_minutes(meeting))).paragraphs)
    assert "票决“民生实事票决”已取消：候选项目有变" in words and "尚未计票" not in words


def test_a_comment_sent_twice_is_one_comment(as_user, deputy, congress, document):
    client, base = as_user(deputy), f"{document.get_absolute_url()}articles"
    for anchor in ("a2", "a2", "a1", "a2"):
        assert client.post(f"{base}/{anchor}/", {"text": "建议写明完成时限"}).status_code == 302
    said = ArticleComment.objects.order_by("pk").values_list("article__anchor", flat=True)
    assert list(said) == ["a2", "a1", "a2"]
