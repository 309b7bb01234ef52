"""What the department says beside what the samples say: a plain sentence where they differ, silence where not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from river_monitoring.assessment.services import refresh_months
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.rectification.claims_vs_samples import check_claims
from river_monitoring.rectification.disagreements import differing, in_words
from river_monitoring.works.models import Measure
from tests.integration.river_monitoring.conftest import BAD, GOOD


def disagreements(points):
    return in_words(differing(points))


def months(sample, point, readings, count=4):
    """One sample in each of the last months."""
    for index in range(count):
        sample(point, readings, days_ago=3 + 30.4 * index)


@pytest.fixture
def measure(world):
    def make(point, share, **more):
        return Measure.objects.create(point=point, kind="sewers", title="截污纳管", share_done=share, **more)

    return make


def test_acceptance_asked_with_too_few_months_is_named(make_point, sample):
    point = make_point("P-2", status="acceptance_asked")
    sample(point, GOOD, days_ago=3)
    assert check_claims(point).sentences == ["部门已申请验收，但水样只连续达标 1 个月，销号要求 3 个月。"]


def test_claimed_done_and_failing_is_named(make_point, sample):
    point = make_point("P-2", status="acceptance_asked")
    sample(point, BAD, days_ago=3)
    point.refresh_from_db()
    found = check_claims(point)
    assert "劣于目标" in found.sentences[0]
    assert found.months[0].complies is False
    assert found.months[0].limiting == ["氨氮"]


def test_measures_done_and_still_failing_is_named(make_point, sample, measure):
    point = make_point("P-2", status="under_way")
    measure(point, 100)
    sample(point, BAD, days_ago=3)
    assert "登记的措施全部完成" in check_claims(point).sentences[0]


def test_water_that_is_good_before_the_works_are_is_named_too(make_point, sample, measure):
    point = make_point("P-2", status="under_way")
    measure(point, 40)
    months(sample, point, GOOD)
    assert "只完成 40%" in check_claims(point).sentences[0]


def test_a_bad_water_that_nobody_has_listed_is_named(make_point, sample):
    point = make_point("P-2", status="none")
    sample(point, BAD, days_ago=3)
    assert "没有挂号治理" in check_claims(point).sentences[0]


def test_a_claim_without_any_sample_is_named(make_point):
    assert "没有任何水样" in check_claims(make_point("P-2", status="delisted")).sentences[0]


def test_a_claim_on_old_samples_is_named(make_point, sample):
    point = make_point("P-2", status="delisted")
    sample(point, GOOD, days_ago=100)
    assert any("说明不了现在" in sentence for sentence in check_claims(point).sentences)


def test_work_that_goes_on_over_failing_water_agrees(make_point, sample, measure):
    point = make_point("P-2", status="under_way")
    measure(point, 40)
    sample(point, BAD, days_ago=3)
    found = check_claims(point)
    assert not found.disagrees
    assert found.progress.share_done == 40


def test_a_delisted_water_that_stays_good_agrees(make_point, sample):
    point = make_point("P-2", status="delisted", delisted_on=timezone.localdate() - timedelta(days=60))
    months(sample, point, GOOD)
    assert not check_claims(point).disagrees


def test_a_month_that_fails_by_its_means_breaks_the_run(make_point, sample):
    point = make_point("P-2", status="acceptance_asked")
    months(sample, point, GOOD)
    assert check_claims(point).run >= 3
    for hour in range(5):
        sample(point, BAD | {"nh3n": "9.5"}, days_ago=1 + hour / 24, confirmed=True)
    assert check_claims(point).run == 0


def test_a_month_of_too_little_data_proves_nothing(make_point, sample):
    point = make_point("P-2", status="acceptance_asked")
    sample(point, {"ph": "7.1"})
    found = check_claims(point)
    assert (found.months[0].water_class, found.months[0].complies, found.run) == (0, None, 0)


def test_a_point_without_samples_and_claims_is_left_alone(point):
    found = check_claims(point)
    assert (found.months, found.sentences, found.run) == ([], [], 0)


def test_the_list_has_those_that_differ_and_no_others(make_point, sample, django_assert_max_num_queries):
    for number in range(4):
        sample(make_point(f"BAD-{number}"), BAD, days_ago=3)
        sample(make_point(f"GOOD-{number}"), GOOD, days_ago=3)
    with django_assert_max_num_queries(9):
        found = disagreements(MonitoringPoint.objects.select_related("area", "department"))
    assert [each.point.code for each in found] == [f"BAD-{number}" for number in range(4)]


def test_the_list_reads_no_samples_of_points_that_cannot_differ_and_misses_none(make_point, sample, measure):
    for number, status in enumerate(MonitoringPoint._meta.get_field("status").choices):
        for readings in (GOOD, BAD):
            point = make_point(f"P-{number}{readings is BAD:d}", status=status[0])
            sample(point, readings, days_ago=3)
            if number % 2:
                measure(point, 100 if readings is BAD else 40)
    every = {point.code: check_claims(point).sentences for point in MonitoringPoint.objects.all()}
    found = {check.point.code: check.sentences for check in disagreements(MonitoringPoint.objects.all())}
    assert found == {code: sentences for code, sentences in every.items() if sentences}
    assert found


def by_its_own(point):
    """The newest sample of a point was taken by the party of the works."""
    newest = point.samples.order_by("-phenomenon_time").first()
    newest.by_works = True
    newest.save()
    refresh_months([point])


def said_of(point):
    """What the page and the list of disagreements say of a point; both say the same."""
    found = {check.point.pk: check.sentences for check in disagreements(MonitoringPoint.objects.all())}
    assert found.get(point.pk, []) == check_claims(point).sentences
    return "".join(check_claims(point).sentences)


@pytest.mark.parametrize(("status", "share"), [("acceptance_asked", None), ("under_way", 100), ("none", None)])
def test_a_good_month_by_the_departments_own_samples_hides_no_month_that_fails(
    status, share, make_point, sample, measure
):
    point = make_point("P-2", status=status)
    if share is not None:
        measure(point, share)
    sample(point, BAD, days_ago=64)
    sample(point, BAD, days_ago=33)
    sample(point, GOOD, days_ago=3)
    by_its_own(point)
    point.refresh_from_db()
    said = said_of(point)
    assert "此后的水样证明不了已经达标" in said
    assert "更早还有 1 个月劣于目标" in said


def test_a_good_month_by_another_party_ends_what_failed_before(make_point, sample):
    point = make_point("P-2", status="delisted")
    sample(point, BAD, days_ago=33)
    sample(point, GOOD, days_ago=3)
    point.refresh_from_db()
    assert said_of(point) == ""


def test_a_month_of_too_little_data_hides_no_month_that_fails(make_point, sample):
    point = make_point("P-2", status="delisted")
    sample(point, BAD, days_ago=33)
    sample(point, {"ph": "7.1"}, days_ago=3)
    point.refresh_from_db()
    assert "劣于目标" in said_of(point)


def test_a_month_that_fails_now_counts_those_before_it_up_to_the_last_good_one(make_point, sample):
    point = make_point("P-2", status="delisted")
    for days, readings in ((124, BAD), (94, GOOD), (64, BAD), (33, BAD), (3, BAD)):
        sample(point, readings, days_ago=days)
    point.refresh_from_db()
    said = said_of(point)
    assert "更早还有 2 个月劣于目标" in said
    assert "此后的水样" not in said


def test_the_list_says_of_runs_what_the_points_pages_say(make_point, sample, measure):
    """Runs of different length, of samples that do not count, and with a gap, by kept months and by samples."""
    for number, (count, more) in enumerate(
        [(1, {}), (2, {}), (4, {}), (4, {"by_works": True}), (3, {"by_works": True})]
    ):
        for status, share in (("acceptance_asked", 100), ("under_way", 40)):
            point = make_point(f"P-{number}{share}", status=status)
            measure(point, share)
            months(sample, point, GOOD, count)
            newest = point.samples.order_by("-phenomenon_time").first()
            for name, value in more.items():
                setattr(newest, name, value)
            newest.save()
    gap = make_point("GAP", status="acceptance_asked")
    for days in (3, 33, 130, 160):
        sample(gap, GOOD, days_ago=days)
    for point in MonitoringPoint.objects.all():
        refresh_months([point])
    every = {point.code: check_claims(point).sentences for point in MonitoringPoint.objects.all()}
    found = {check.point.code: check.sentences for check in disagreements(MonitoringPoint.objects.all())}
    assert found == {code: sentences for code, sentences in every.items() if sentences}
    assert "达标 2 个月" in found["GAP"][0]
    assert len(found) >= 6


def test_staff_and_deputies_have_the_list_an_officer_her_departments(
    as_user, staff, deputy, officer, other_officer, make_point, sample
):
    sample(make_point("P-2"), BAD, days_ago=3)
    for person, count in ((staff, 1), (deputy, 1), (officer, 1), (other_officer, 0)):
        assert as_user(person).get("/river/disagreements/").context["page"].paginator.count == count
    assert as_user(None).get("/river/disagreements/").status_code == 302
    assert "当月多次采样按均值评价" in as_user(staff).get("/river/disagreements/").content.decode()


def test_the_points_page_shows_both_sides_to_everybody(as_user, make_point, sample):
    point = make_point("P-2", status="acceptance_asked")
    sample(point, BAD, days_ago=3)
    page = as_user(None).get(point.get_absolute_url()).content.decode()
    assert "部门说的和水样说的" in page
    assert "不达标" in page
