"""Quality control: questioned, confirmed, rejected; nobody judges his own sample; what is unusual is asked about."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from accounts.models import Role, User
from geokit.refusal import BadInput, MissingEvidence, NotPermitted, StaleEdit
from river_monitoring.assessment.models import PointMonth
from river_monitoring.models import Sample, SampleCheck
from river_monitoring.samples.automatic import AutomaticReading, record_automatic
from river_monitoring.samples.corrections import corrections_of
from river_monitoring.samples.queries import samples_to_review
from river_monitoring.samples.services import check_sample, correct_sample
from river_monitoring.samples.sheet import SheetRow
from river_monitoring.samples.sheet_import import import_samples
from tests.integration.river_monitoring.conftest import BAD, GOOD


@pytest.fixture
def taken(point, sample):
    return sample(point, BAD)


def question(taken, actor, **more):
    return check_sample(taken.pk, "question", "与现场情况不符", actor, **more)


def quality_of(taken):
    taken.refresh_from_db()
    return taken.quality


@pytest.mark.parametrize("who", ["staff", "analyst", "officer", "sampler"])
def test_staff_bodies_and_the_department_may_question_with_a_reason(taken, request, who):
    event = question(taken, request.getfixturevalue(who))
    assert quality_of(taken) == "questioned"
    assert (event.verb, event.reason) == ("questioned", "与现场情况不符")


@pytest.mark.parametrize("who", ["deputy", "gis", "other_officer"])
def test_others_may_not_question(taken, request, who):
    with pytest.raises(NotPermitted):
        question(taken, request.getfixturevalue(who))
    assert quality_of(taken) == "unquestioned"


def test_a_question_without_a_reason_is_refused(taken, staff):
    with pytest.raises(MissingEvidence):
        check_sample(taken.pk, "question", "  ", staff)


def test_a_towns_staff_question_there_only(taken, world):
    clerk = User.objects.create_user("east-clerk", role=Role.STAFF, area=world.east_town)
    with pytest.raises(NotPermitted):
        question(taken, clerk)


@pytest.mark.parametrize("who", ["sampler", "officer", "staff", "other_officer", "deputy"])
@pytest.mark.parametrize("verb", ["confirm"])
def test_only_another_body_confirms(taken, staff, request, who, verb):
    question(taken, staff)
    with pytest.raises(NotPermitted):
        check_sample(taken.pk, verb, "核实", request.getfixturevalue(who))
    assert quality_of(taken) == "questioned"


def test_another_body_confirms_or_rejects(taken, staff, analyst):
    question(taken, staff)
    check_sample(taken.pk, "confirm", "复测一致", analyst)
    assert quality_of(taken) == "confirmed"
    question(taken, staff)
    check_sample(taken.pk, "reject", "采样瓶污染", analyst)
    assert quality_of(taken) == "rejected"


@pytest.mark.parametrize("who", ["officer", "staff", "other_officer"])
def test_the_works_the_congress_and_strangers_reject_nothing(taken, staff, request, who):
    question(taken, staff)
    with pytest.raises(NotPermitted):
        check_sample(taken.pk, "reject", "不要", request.getfixturevalue(who))


def test_one_party_does_not_strike_out_what_it_questioned_itself(taken, analyst, sampler):
    question(taken, analyst)
    with pytest.raises(NotPermitted, match="另一单位"):
        check_sample(taken.pk, "reject", "不可信", analyst)
    check_sample(taken.pk, "reject", "本站撤回", sampler)
    assert quality_of(taken) == "rejected"


def test_what_was_rejected_counts_nowhere_and_is_still_shown(taken, point, staff, analyst, as_user):
    question(taken, staff)
    check_sample(taken.pk, "reject", "采样瓶污染", analyst)
    point.refresh_from_db()
    assert (point.current_sample, point.current_class, PointMonth.objects.count()) == (None, 0, 0)
    page = as_user(None).get(f"/river/points/{point.code}/samples/").content.decode()
    assert "已作废" in page
    assert as_user(None).get(f"/river/points/{point.code}/").status_code == 200


def test_what_was_rejected_can_be_questioned_again_and_counts_then(taken, point, staff, analyst):
    question(taken, staff)
    check_sample(taken.pk, "reject", "采样瓶污染", analyst)
    question(taken, staff)
    point.refresh_from_db()
    assert point.current_class == 6


def test_a_correction_is_its_partys_alone_and_waits_for_another(taken, officer, staff, sampler, analyst):
    for stranger in (officer, staff, analyst):
        with pytest.raises(NotPermitted):
            correct_sample(taken.pk, GOOD, "抄录错误", stranger)
    correct_sample(taken.pk, GOOD, "抄录错误", sampler)
    assert quality_of(taken) == "corrected"
    with pytest.raises(NotPermitted):
        check_sample(taken.pk, "confirm", "没有问题", sampler)
    check_sample(taken.pk, "confirm", "查看原始记录", analyst)
    assert quality_of(taken) == "confirmed"


def test_a_correction_names_who_when_what_why_and_who_confirmed(taken, point, sampler, analyst):
    correct_sample(taken.pk, GOOD, "抄录错误", sampler)
    [found] = corrections_of(point, since=timezone.localdate() - timedelta(days=9))
    assert (found.party, found.reason, found.confirmed) == ("区环境监测站", "抄录错误", None)
    assert "氨氮：2.35 → 0.32 mg/L" in [str(change) for change in found.changes]
    assert found.classes == "劣Ⅴ类 → Ⅱ类"
    check_sample(taken.pk, "confirm", "查看原始记录", analyst)
    assert corrections_of(point)[0].confirmed.department == analyst.department
    assert corrections_of(point, since=timezone.localdate() + timedelta(days=1)) == []


def test_the_page_shows_every_correction_to_everybody(taken, point, sampler, as_user):
    correct_sample(taken.pk, GOOD, "抄录错误", sampler)
    for address in (point.get_absolute_url(), taken.get_absolute_url()):
        page = as_user(None).get(address).content.decode()
        assert "区环境监测站" in page and "氨氮：2.35 → 0.32 mg/L" in page and "抄录错误" in page
        assert "更正后还没有另一方确认" in page


def test_a_form_that_somebody_overtook_is_refused(taken, staff, analyst, sampler):
    seen = taken.version
    question(taken, staff)
    with pytest.raises(StaleEdit):
        question(taken, analyst, expected_version=seen)
    with pytest.raises(StaleEdit):
        correct_sample(taken.pk, GOOD, "抄录错误", sampler, expected_version=seen)


def test_the_steps_are_on_the_samples_page_for_those_who_may(taken, point, staff, sampler, analyst, deputy, as_user):
    question(taken, staff)
    page, check = taken.get_absolute_url(), f"{taken.get_absolute_url()}check/"
    assert "核实无误" in as_user(analyst).get(page).content.decode()
    assert f'action="{check}"' not in as_user(staff).get(page).content.decode()
    assert as_user(deputy).post(check, {"verb": "confirm", "reason": "x", "version": 2}).status_code == 404
    taken.refresh_from_db()
    refused = as_user(sampler).post(check, {"verb": "confirm", "reason": "没问题", "version": taken.version})
    assert refused.status_code == 403
    assert "只能由与整治无关的另一采样单位进行" in refused.content.decode()
    typed = {"verb": "confirm", "reason": "复测一致", "version": taken.version}
    assert as_user(analyst).post(check, typed).status_code == 302
    assert quality_of(taken) == "confirmed"
    assert as_user(analyst).post(check, typed | {"verb": "correct"}).status_code == 400


def test_a_sample_of_another_point_is_not_checked_here(taken, make_point, staff, as_user):
    other = make_point("P-2")
    address = f"/river/points/{other.code}/samples/{taken.pk}/check/"
    assert as_user(staff).post(address, {"verb": "question", "reason": "x", "version": 1}).status_code == 404


def test_what_waits_is_in_the_list_of_those_concerned(taken, staff, analyst, sampler, other_officer, as_user):
    question(taken, staff)
    assert [list(samples_to_review(user)) for user in (staff, analyst, sampler)] == [[taken]] * 3
    assert not samples_to_review(other_officer)
    assert "存疑" in as_user(analyst).get("/river/samples/review/").content.decode()


# What is far outside a point's own history


@pytest.fixture
def known(point, sample):
    """Two years of months that hardly differ."""
    for month in range(24):
        sample(point, GOOD | {"nh3n": f"0.{30 + month % 5}"}, days_ago=20 + 30 * month)
    return point


FAR = GOOD | {"nh3n": "1.9"}


def now_text():
    return timezone.localtime().strftime("%Y-%m-%dT%H:%M")


def test_the_form_asks_first_and_keeps_what_was_typed(known, sampler, as_user):
    address, client = f"/river/points/{known.code}/samples/new/", as_user(sampler)
    typed = {"phenomenon_time": now_text(), **FAR, "laboratory": "示例检测"}
    asked = client.post(address, typed)
    page = asked.content.decode()
    assert asked.status_code == 400
    assert "远离这个点位的历史范围" in page and 'value="1.9"' in page and "示例检测" in page
    assert 'type="checkbox" name="confirmed"' in page
    assert Sample.objects.count() == 24
    assert client.post(address, typed | {"confirmed": "on"}).status_code == 302
    made = Sample.objects.latest("pk")
    assert (made.quality, made.checks.get().verb) == ("unquestioned", "stated")


def test_what_is_usual_is_not_asked_about(known, sample):
    assert not sample(known, GOOD | {"nh3n": "0.6"}).checks.exists()


def test_too_short_a_history_asks_nothing(point, sample):
    for day in range(5):
        sample(point, GOOD, days_ago=3 + day)
    assert sample(point, FAR).quality == "unquestioned"


def test_a_sheet_takes_it_and_marks_it(known, sampler):
    at = f"{timezone.localtime() - timedelta(days=1):%Y-%m-%d %H:%M}"
    [result] = import_samples([SheetRow(2, known.code, at, FAR)], sampler, confirmed={2})
    assert (result.outcome, result.is_questioned) == ("stored", True)
    mark = SampleCheck.objects.get()
    assert (mark.verb, mark.actor, result.sample.quality) == ("marked", None, "questioned")
    assert "氨氮的值1.9mg/L远离这个点位的历史范围" in mark.reason


def test_a_station_is_marked_by_its_own_hours(known):
    start = timezone.now() - timedelta(days=3)
    hours = [
        AutomaticReading(known.pk, start + timedelta(hours=hour), GOOD | {"nh3n": f"0.{30 + hour % 5}"})
        for hour in range(24)
    ]
    record_automatic(hours)
    cache.clear()
    record_automatic([AutomaticReading(known.pk, start + timedelta(hours=30), FAR)])
    assert Sample.objects.latest("pk").quality == "questioned"
    assert Sample.objects.filter(quality="questioned").count() == 1


def test_a_correction_to_something_unusual_is_asked_about_too(known, sampler):
    wrong = known.samples.latest("phenomenon_time")
    with pytest.raises(BadInput) as asked:
        correct_sample(wrong.pk, FAR, "抄录错误", sampler)
    assert asked.value.code == "unusual-values"
    assert correct_sample(wrong.pk, FAR, "抄录错误", sampler, confirmed=True).readings["nh3n"] == "1.9"


def test_the_party_alone_does_not_strike_out_what_the_site_marked(point, sample, sampler, analyst, staff):
    for day in range(12):
        sample(point, GOOD, days_ago=40 + day)
    row = SheetRow(2, point.code, timezone.localtime().strftime("%Y-%m-%d 00:00"), {**GOOD, "nh3n": "9.9"})
    [result] = import_samples([row], sampler)
    marked = result.sample
    assert quality_of(marked) == "questioned"
    with pytest.raises(NotPermitted, match="另一单位"):
        check_sample(marked.pk, "reject", "本站撤回", sampler)
    assert quality_of(marked) == "questioned"
    check_sample(marked.pk, "reject", "采样瓶污染", analyst)
    assert quality_of(marked) == "rejected"


def test_a_correction_keeps_what_the_station_sent_and_nobody_counted(point, monitoring, sampler, as_user):
    at = timezone.now() - timedelta(days=1)
    record_automatic([AutomaticReading(point.pk, at, {**GOOD, "nh3n": "60"}, operator=monitoring)])
    held = Sample.objects.get()
    assert held.flagged["nh3n"]["value"] == "60"
    correct_sample(held.pk, GOOD, "探头故障", sampler)
    [found] = corrections_of(point)
    assert found.reason.startswith("探头故障") and "氨氮 60 mg/L" in found.reason
    assert "氨氮 60 mg/L" in as_user(None).get(held.get_absolute_url()).content.decode()
