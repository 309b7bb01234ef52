"""An answer corrected beside the first, an urge taken back, and whose turn it is."""

import pytest
from django.utils import timezone

from geokit.refusal import BadInput, MissingEvidence, NotPermitted, StaleEdit
from ledger.chain import verify
from supervision.desk.turn import steps_not_now, turn_of
from supervision.matters import services
from supervision.models import Suggestion


def verbs(matter):
    return list(matter.events.order_by("at", "pk").values_list("verb", flat=True))


def test_a_correction_stands_beside_the_first_answer(replied, officer, other_officer, staff, deputy, as_user):
    first = replied.events.get(verb="replied")
    with pytest.raises(MissingEvidence):
        services.correct_reply(officer, replied.pk, version=replied.version, text=" ")
    for stranger in (other_officer, staff, deputy):
        with pytest.raises(Exception, match=r"只能由|没有编号|只能查看"):
            services.correct_reply(stranger, replied.pk, version=replied.version, text="更正")
    seen = replied.version
    corrected = services.correct_reply(officer, replied.pk, version=seen, text="更正：应为三十平方米")
    assert (corrected.state, verbs(corrected)[-2:]) == ("replied", ["replied", "reply_corrected"])
    first.refresh_from_db()
    assert first.text == "已清除油污"
    page = as_user(deputy).get(f"/suggestions/{replied.number}/").text
    assert "已清除油污" in page
    assert "更正：应为三十平方米" in page
    with pytest.raises(BadInput, match="明天"):  # or a rating would find another text each time
        services.correct_reply(officer, replied.pk, version=corrected.version, text="再更正")
    with pytest.raises(StaleEdit):  # she had not seen the correction
        services.rate(deputy, replied.pk, version=seen, handling="satisfied", outcome="satisfied")
    rated = services.rate(deputy, replied.pk, version=corrected.version, handling="satisfied", outcome="satisfied")
    with pytest.raises(NotPermitted):
        services.correct_reply(officer, replied.pk, version=rated.version, text="又更正")
    assert verify().faults == ()


def test_whoever_urged_takes_it_back_once(assigned, staff, deputy, officer):
    with pytest.raises(NotPermitted, match="没有可以撤回的催办"):
        services.take_back_urge(staff, assigned.pk)
    services.urge(staff, assigned.pk)
    with pytest.raises(NotPermitted, match="由人大撤回"):
        services.take_back_urge(deputy, assigned.pk)
    with pytest.raises(NotPermitted):
        services.take_back_urge(officer, assigned.pk)
    version = assigned.version
    assert services.take_back_urge(staff, assigned.pk, text="点错了").version == version
    assert verbs(assigned)[-2:] == ["urged", "urge_withdrawn"]
    with pytest.raises(NotPermitted):
        services.take_back_urge(staff, assigned.pk)
    with pytest.raises(NotPermitted, match="今天已经催办过"):
        services.urge(staff, assigned.pk)


def test_an_answer_settles_an_urge(assigned, staff, officer):
    services.urge(staff, assigned.pk)
    services.reply(officer, assigned.pk, version=assigned.version, text="已办", result="A")
    with pytest.raises(NotPermitted):
        services.take_back_urge(staff, assigned.pk)


def test_one_line_says_whose_turn_it_is_and_by_when(unrouted, assigned, replied, staff, officer):
    assert turn_of(Suggestion.objects.get(pk=unrouted.pk)).startswith("轮到人大工作人员：交办。")
    assert turn_of(Suggestion.objects.get(pk=replied.pk)) == "轮到提出人：评价答复。"


def test_the_line_names_department_and_day_and_a_request(assigned, officer):
    assert "轮到" in turn_of(assigned)
    assert str(assigned.department) in turn_of(assigned)
    assert "前办完" in turn_of(assigned)
    services.ask_return(officer, assigned.pk, version=assigned.version, text="不是我们的")
    assert turn_of(Suggestion.objects.get(pk=assigned.pk)).startswith("轮到人大工作人员：决定")


def test_steps_that_are_not_open_say_what_opens_them(assigned, officer, other_officer, as_user, deputy):
    found = {str(step.name): (step.why, step.opens) for step in steps_not_now(assigned, officer, [])}
    assert "已答复" in found["更正答复"][1]
    assert found["撤回申请"][0] == "没有等待决定的这种申请。"
    assert "评价" not in found
    assert steps_not_now(assigned, other_officer, []) == []
    page = as_user(officer).get(f"/suggestions/{assigned.number}/").text
    assert "现在不能办的" in page
    assert str(timezone.localdate().year) in page
