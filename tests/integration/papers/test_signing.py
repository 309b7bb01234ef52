"""Drafting together, signing, submitting in time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.congress.services import begin_term
from geokit.refusal import BadInput, MissingEvidence, NotPermitted, StaleEdit
from papers.register import services
from papers.register.models import Paper, PaperVersion
from papers.register.permissions import papers_led_by, papers_visible_to
from tests.data.cast import seat
from tests.integration.papers.conftest import TEXTS


def users(congress, count):
    return [one.person.user for one in congress.seats[:count]]


def with_signers(draft, deputy, congress, count):
    paper = services.invite(deputy, draft, draft.version, congress.seats[:count])
    for user in users(congress, count):
        services.confirm(user, paper, paper.text_version)
    paper.refresh_from_db()
    return paper


def as_motion(deputy, draft, session):
    return services.edit(deputy, draft, draft.version, **TEXTS, kind="motion", session=session)


def test_a_motion_needs_ten_deputies_and_is_numbered_when_they_have_signed(deputy, draft, session, congress):
    motion = as_motion(deputy, draft, session)
    motion = with_signers(motion, deputy, congress, 8)
    with pytest.raises(NotPermitted, match="需要 10 名代表联名，现有 9 名") as refused:
        services.submit(deputy, motion, motion.version)
    assert refused.value.code == "not-now"
    motion = services.invite(deputy, motion, motion.version, congress.seats[8:9])
    services.confirm(congress.seats[8].person.user, motion)
    motion = services.submit(deputy, motion, motion.version)
    assert motion.state == "submitted"
    assert motion.number == f"{timezone.localdate().year}-Y0001"


def test_the_number_of_signers_is_a_rule_of_the_district(deputy, draft, session, congress, set_rule):
    set_rule("papers.motion_signers", 2)
    motion = with_signers(as_motion(deputy, draft, session), deputy, congress, 1)
    assert services.submit(deputy, motion, motion.version).number


def test_a_changed_text_asks_for_the_signatures_again(deputy, draft, congress):
    paper = with_signers(draft, deputy, congress, 2)
    paper = services.edit(
        deputy, paper, paper.version, **TEXTS | {"request": "建议换一种做法，先截污再清淤，公布水质。"}
    )
    assert [one.has_signed for one in paper.signatories.select_related("paper")] == [True, False, False]
    first = users(congress, 1)[0]
    with pytest.raises(BadInput, match="先看过新的文本") as refused:
        services.confirm(first, paper, paper.text_version - 1)
    assert refused.value.code == "text-changed"
    services.confirm(first, paper, paper.text_version)
    paper = services.submit(deputy, paper, paper.version)
    assert [str(one) for one in paper.signatories.filter(left_at=None)] == ["张代表", "代表0"]


def test_the_history_of_a_shared_draft_says_who_wrote_what(deputy, draft, congress):
    shared = services.share(deputy, draft, draft.version, congress.group)
    other = congress.seats[1].person.user
    services.edit(other, shared, shared.version, **TEXTS | {"title": "关于整治南塘河全段的建议"})
    written = PaperVersion.objects.filter(paper=draft).values_list("author", "title")
    assert list(written) == [(deputy.pk, TEXTS["title"]), (other.pk, "关于整治南塘河全段的建议")]


def test_a_shared_draft_stands_on_the_groups_page_for_its_deputies_alone(deputy, draft, congress, staff, as_user):
    page = f"/stations/groups/{congress.group.pk}/"
    member = congress.seats[0].person.user

    def shown(user):
        answer = as_user(user).get(page)
        assert answer.status_code == 200
        return f'href="{draft.get_absolute_url()}"' in answer.content.decode()

    assert not shown(member)  # not shared yet
    services.share(deputy, draft, draft.version, congress.group)
    assert shown(member)
    assert not shown(staff)  # keeps the group, does not read drafts


def test_only_the_group_that_a_draft_is_shared_with_reads_it(deputy, draft, congress, staff):
    member, stranger = congress.seats[1].person.user, congress.seats[5].person.user
    assert not papers_visible_to(member).filter(pk=draft.pk).exists()
    services.share(deputy, draft, draft.version, congress.group)
    assert papers_visible_to(member).filter(pk=draft.pk).exists()
    for nobody in (stranger, staff, None):
        assert not papers_visible_to(nobody).filter(pk=draft.pk).exists()
    with pytest.raises(BadInput):
        services.edit(stranger, draft, draft.version, **TEXTS)


def test_a_co_signer_leaves_before_the_submission_and_not_after(deputy, draft, congress):
    paper = with_signers(draft, deputy, congress, 2)
    first, second = users(congress, 2)
    services.recant(first, paper, "另有意见")
    paper.refresh_from_db()
    paper = services.submit(deputy, paper, paper.version)
    assert [str(one) for one in paper.signatories.filter(left_at=None)] == ["张代表", "代表1"]
    with pytest.raises(NotPermitted) as refused:
        services.recant(second, paper)
    assert refused.value.code == "wrong-state"
    with pytest.raises(BadInput):
        services.confirm(first, paper)


def test_after_the_deadline_the_draft_stays_and_can_go_in_between_sessions(deputy, draft, session, congress):
    late = services.edit(deputy, draft, draft.version, **TEXTS, session=session)
    after = session.suggestions_due_at + timedelta(minutes=1)
    with pytest.raises(NotPermitted, match="草稿还在"):
        services.submit(deputy, late, late.version, at=after)
    late.refresh_from_db()
    assert late.state == "draft"
    between = services.edit(deputy, late, late.version, **TEXTS, session=None)
    assert services.submit(deputy, between, between.version, at=after).state == "submitted"


def test_a_motion_between_sessions_is_refused(deputy, draft):
    motion = services.edit(deputy, draft, draft.version, **TEXTS, kind="motion", session=None)
    with pytest.raises(NotPermitted, match="会议期间"):
        services.submit(deputy, motion, motion.version)


def test_a_paper_without_analysis_is_no_suggestion(deputy, draft):
    thin = services.edit(deputy, draft, draft.version, **TEXTS | {"analysis": ""})
    with pytest.raises(MissingEvidence) as refused:
        services.submit(deputy, thin, thin.version)
    assert [error.field for error in refused.value.errors] == ["analysis"]


def test_nobody_is_asked_who_does_not_sit_in_this_congress(deputy, draft, world, congress):
    townsman = seat(None, world.west_town, name="镇代表")
    with pytest.raises(BadInput, match="不是本届在任代表"):
        services.invite(deputy, draft, draft.version, [townsman])
    with pytest.raises(NotPermitted):
        services.begin(deputy, congress.seats[0], **TEXTS)


def test_a_stale_form_is_refused(deputy, draft, congress):
    services.edit(deputy, draft, draft.version, **TEXTS | {"title": "另一个题目"})
    with pytest.raises(StaleEdit):
        services.edit(deputy, draft, 1, **TEXTS)


def test_staff_send_back_for_a_reason_of_the_district_and_it_can_be_drafted_anew(deputy, filed, staff):
    number = filed.number
    with pytest.raises(BadInput, match="不在本区规则所列"):
        services.decline(staff, filed, filed.version, "不喜欢", "请修改")
    with pytest.raises(MissingEvidence, match="给提出人的话"):
        services.decline(staff, filed, filed.version, "没有实际内容", "")
    sent_back = services.decline(staff, filed, filed.version, "没有实际内容", "请补充具体的点位。")
    assert deputy.notices.filter(kind="paper-declined", body="请补充具体的点位。").count() == 1
    again = services.revise(deputy, sent_back, sent_back.version)
    assert Paper.objects.get(pk=again.pk).state == "draft"
    assert services.submit(deputy, again, again.version).number == number


def test_staff_of_a_town_do_not_decide_about_the_districts_papers(filed, world):
    from tests.data.cast import person

    town = person("town-staff", "staff", area=world.west_town)
    with pytest.raises(BadInput):
        services.accept(town, filed, filed.version)


def test_the_lead_stands_under_what_she_hands_in_also_after_her_group_wrote_it_anew(deputy, draft, congress):
    shared = services.share(deputy, draft, draft.version, congress.group)
    other = congress.seats[1].person.user
    paper = services.invite(deputy, shared, shared.version, [congress.seats[1]])
    paper = services.edit(other, paper, paper.version, **TEXTS | {"title": "关于整治南塘河全段的建议"})
    services.confirm(other, paper, paper.text_version)
    paper = services.submit(deputy, paper, paper.version)
    assert [str(one) for one in paper.signatories.filter(left_at=None)] == ["张代表", "代表1"]
    assert paper in papers_led_by(deputy)


def test_who_sits_no_more_is_no_signer_of_a_motion(deputy, draft, session, congress):
    motion = with_signers(as_motion(deputy, draft, session), deputy, congress, 9)
    gone = congress.seats[0]
    gone.ends_on, gone.ended = timezone.localdate() - timedelta(days=1), gone.Ended.RESIGNED
    gone.save(update_fields=["ends_on", "ended"])
    with pytest.raises(NotPermitted, match="需要 10 名代表联名，现有 9 名"):
        services.submit(deputy, motion, motion.version)
    motion = services.invite(deputy, motion, motion.version, congress.seats[9:10])
    services.confirm(congress.seats[9].person.user, motion)
    motion = services.submit(deputy, motion, motion.version)
    assert motion.signatories.filter(left_at=None).count() == 10
    assert gone not in [one.member for one in motion.signatories.filter(left_at=None)]


def test_what_was_sent_back_is_a_draft_again_and_no_affair_of_the_staff(deputy, filed, staff):
    paper = services.decline(staff, filed, filed.version, "没有实际内容", "请写具体")
    assert paper in papers_visible_to(staff)
    paper = services.revise(deputy, paper, paper.version)
    assert paper not in papers_visible_to(staff)
    paper = services.edit(deputy, paper, paper.version, **TEXTS | {"facts": "还没有想好怎么写，先放在这里。"})
    paper = services.submit(deputy, paper, paper.version)
    assert paper in papers_visible_to(staff)


def test_what_was_given_up_after_it_was_sent_back_is_no_affair_of_the_staff_either(deputy, filed, staff):
    paper = services.decline(staff, filed, filed.version, "没有实际内容", "请写具体")
    paper = services.revise(deputy, paper, paper.version)
    paper = services.edit(deputy, paper, paper.version, **TEXTS | {"facts": "还没有想好怎么写，先放在这里。"})
    paper = services.discard(deputy, paper, paper.version)
    assert paper in papers_visible_to(deputy) and paper not in papers_visible_to(staff)


def test_what_was_taken_back_is_still_read_by_the_staff(deputy, filed, staff):
    assert services.withdraw(deputy, filed, filed.version, "另行提出") in papers_visible_to(staff)


def leave_office(member):
    member.ends_on, member.ended = timezone.localdate() - timedelta(days=1), "resigned"
    member.save(update_fields=["ends_on", "ended"])


def test_who_sits_no_more_takes_no_step_of_a_deputy(deputy, draft, congress):
    paper = with_signers(draft, deputy, congress, 1)
    leave_office(congress.lead)
    for step in (services.submit, services.discard):
        with pytest.raises(NotPermitted):
            step(deputy, paper, paper.version)
    assert paper in papers_visible_to(deputy)
    assert paper.signatories.get(is_lead=True).left_at is None


def test_a_draft_of_the_last_term_is_not_handed_in_and_can_be_given_up(deputy, draft, congress, staff):
    begin_term(staff, congress.of.pk, timezone.localdate(), [congress.lead.pk])
    with pytest.raises(NotPermitted, match="任职已经终止"):
        services.submit(deputy, draft, draft.version)
    assert services.discard(deputy, draft, draft.version).state == "withdrawn"


def test_who_left_the_group_is_not_told_of_its_drafts(deputy, draft, congress):
    leave_office(congress.seats[0])
    services.share(deputy, draft, draft.version, congress.group)
    told = [user.notices.filter(kind="paper-shared").count() for user in users(congress, 3)]
    assert told == [0, 1, 1]


def test_who_signed_a_suggestion_has_not_signed_a_motion(deputy, draft, session, congress):
    paper = with_signers(draft, deputy, congress, 9)
    motion = as_motion(deputy, paper, session)
    with pytest.raises(NotPermitted, match="需要 10 名代表联名，现有 1 名"):
        services.submit(deputy, motion, motion.version)
    again = services.edit(deputy, motion, motion.version, **TEXTS, kind="motion", session=session)
    assert again.text_version == motion.text_version


def test_what_was_no_motion_does_not_become_one_by_the_staff(deputy, filed, staff):
    with pytest.raises(BadInput, match="没有作为议案提出") as refused:
        services.accept(staff, filed, filed.version, kind="motion")
    assert refused.value.errors[0].field == "kind"
    filed.refresh_from_db()
    assert services.accept(staff, filed, filed.version, kind="immediate").kind == "immediate"


def test_the_drafting_is_read_by_its_deputies_alone(as_user, deputy, draft, congress, staff):
    paper = services.edit(deputy, draft, draft.version, **TEXTS | {"facts": "第一稿里写了后来删去的一句话。"})
    paper = services.invite(deputy, paper, paper.version, congress.seats[:1])
    services.recant(users(congress, 1)[0], paper, "我不赞成这样写")
    paper.refresh_from_db()
    paper = services.edit(deputy, paper, paper.version, **TEXTS)
    paper = services.submit(deputy, paper, paper.version)
    own, theirs = (as_user(one).get(paper.get_absolute_url()).content.decode() for one in (deputy, staff))
    for words in ("后来删去的一句话", "我不赞成这样写"):
        assert words in own and words not in theirs
