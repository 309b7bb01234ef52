"""Which samples prove that works succeeded: those of parties that have no part in them, and nothing bent."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from river_monitoring.assessment.kept import verdicts_since
from river_monitoring.models import Measure, MonitoringPoint, WorkEvent
from river_monitoring.rectification.claims_vs_samples import check_claims
from river_monitoring.rectification.delisting import delisting_outlook
from river_monitoring.rectification.evidence import evidence_on_file
from river_monitoring.rectification.point_changes import Wanted, change_point
from river_monitoring.rectification.proving import proven_months, proven_runs
from river_monitoring.samples.automatic import AutomaticReading, record_automatic
from river_monitoring.samples.intake import Intake
from river_monitoring.samples.parties import works_parties_of
from river_monitoring.samples.provenance import Provenance
from river_monitoring.samples.services import check_sample, correct_sample, record_sample
from river_monitoring.steps.proofs import Proof, Rules, compliant_months, in_words, missing_evidence
from river_monitoring.steps.table import TABLE, State
from tests.integration.river_monitoring.conftest import BAD, GOOD, stored

DELIST = TABLE.move(State.ACCEPTANCE_ASKED, State.DELISTED)
LISTED_ON = date(2026, 1, 5)
TODAY = date(2026, 5, 20)


def on(month, day=10, hour=9):
    return timezone.make_aware(datetime(2026, month, day, hour))


@pytest.fixture
def proving(make_point):
    return make_point("W-1", status="acceptance_asked", listed_on=LISTED_ON, target_class=5)


def run_of(point):
    return compliant_months(proven_months(MonitoringPoint.objects.get(pk=point.pk)).days)


def missing(point):
    file = evidence_on_file(point)
    found = missing_evidence(DELIST, file, TODAY, Rules())
    return in_words(piece for piece in found if piece.proof is Proof.COMPLIANT)


@pytest.fixture
def three(proving, sampler):
    return [record_sample(proving.pk, GOOD, on(month), sampler) for month in (3, 4, 5)]


def test_three_months_of_a_body_prove_it(proving, three):
    assert run_of(proving) == [(2026, 5), (2026, 4), (2026, 3)]
    assert missing(proving) == ""


def test_the_works_own_samples_prove_nothing_and_the_words_say_so(proving, officer):
    for month in (3, 4, 5):
        record_sample(proving.pk, GOOD, on(month), officer)
    assert run_of(proving) == []
    assert missing(proving) == "缺：连续3个月达标水样（现有0个月：本月只有整治责任单位自己的水样）"
    outlook = delisting_outlook(proving)
    assert "2026年4月只有整治责任单位自己的水样" in outlook.gaps
    assert not outlook.can_delist_now


def test_the_works_own_sample_neither_completes_nor_breaks_a_run(proving, sampler, officer):
    for month in (2, 3, 4):
        record_sample(proving.pk, GOOD, on(month), sampler)
    record_sample(proving.pk, GOOD, on(5), officer)
    assert run_of(proving) == [(2026, 4), (2026, 3), (2026, 2)]


def test_a_department_that_was_responsible_when_it_sampled_stays_a_party(proving, officer, other_officer, admin_user):
    for month in (3, 4, 5):
        record_sample(proving.pk, GOOD, on(month), officer)
    wanted = Wanted(proving.target_class, proving.water, other_officer.department)
    proving.refresh_from_db()
    change_point(admin_user, proving.pk, wanted, reason="机构调整", version=proving.version)
    assert run_of(proving) == []


def test_a_body_that_takes_part_in_the_works_later_proves_nothing_any_more(proving, three, monitoring):
    measure = Measure.objects.create(point=proving, kind="sewers", title="截污")
    WorkEvent.objects.create(
        point=proving, measure=measure, at=timezone.now(), verb="measure_added", department=monitoring
    )
    assert run_of(proving) == []
    assert "只有整治责任单位自己的水样" in missing(proving)


def test_a_body_that_sends_the_contractors_laboratory_proves_nothing(proving, sampler):
    Measure.objects.create(point=proving, kind="sewers", title="截污", contractor="示例环保")
    how = Intake(provenance=Provenance(laboratory="示例环保"))
    for month in (3, 4, 5):
        record_sample(proving.pk, GOOD, on(month), sampler, intake=how)
    assert run_of(proving) == []


def test_an_automatic_station_proves_it_unless_the_works_run_it(proving, make_point, officer):
    theirs = make_point("W-2", status="acceptance_asked", listed_on=LISTED_ON)
    for month in (3, 4, 5):
        record_automatic(
            [
                AutomaticReading(proving.pk, on(month), GOOD),
                AutomaticReading(theirs.pk, on(month), GOOD, operator=officer.department),
            ]
        )
    assert [len(run_of(point)) for point in (proving, theirs)] == [3, 0]


def test_a_claimed_station_of_earlier_days_and_unknown_parties_prove_nothing(proving, officer):
    for month in (3, 4, 5):
        made = stored(proving, on(month), GOOD, source="automatic" if month == 4 else "manual", by=None)
        made.recorded_by = officer
        made.save()
    assert run_of(proving) == []
    assert "本月的水样采样单位不详" in missing(proving)


def test_history_that_was_loaded_never_proves_anything(proving, gis, max_age):
    max_age(0)
    for month in (3, 4, 5):
        record_sample(proving.pk, GOOD, on(month), gis, intake=Intake("import", is_historic=True))
    assert run_of(proving) == []
    assert "本月只有补录的历史数据" in missing(proving)


def test_a_correction_breaks_the_run_until_another_party_confirms(proving, three, sampler, analyst):
    correct_sample(three[1].pk, GOOD | {"nh3n": "0.33"}, "小数点", sampler)
    assert run_of(proving) == [(2026, 5)]
    assert missing(proving) == "缺：连续3个月达标水样（现有1个月：2026年4月有水样更正后未经另一方确认）"
    check_sample(three[1].pk, "confirm", "查看原始记录", analyst)
    assert len(run_of(proving)) == 3


def test_a_corrected_sample_beside_good_ones_breaks_the_run_too(proving, three, sampler):
    other = record_sample(proving.pk, BAD, on(4, 20), sampler)
    correct_sample(other.pk, GOOD, "小数点", sampler)
    assert run_of(proving) == [(2026, 5)]


@pytest.mark.parametrize("who", ["sampler", "officer"])
def test_to_question_what_was_corrected_does_not_take_the_place_of_another_partys_word(
    who, proving, three, sampler, analyst, request
):
    """The month is good without the sample and with its corrected values; with those that were handed in it is not."""
    other = record_sample(proving.pk, BAD | {"nh3n": "9.5"}, on(4, 20), sampler)
    correct_sample(other.pk, GOOD, "小数点", sampler)
    check_sample(other.pk, "question", "请复核", request.getfixturevalue(who))
    assert run_of(proving) == [(2026, 5)]
    assert "2026年4月有水样更正后未经另一方确认" in missing(proving)
    months, works = verdicts_since([proving.pk], date(2026, 1, 1)), works_parties_of([proving])
    assert proven_runs({proving: months[proving.pk]}, works) == {proving.pk: 1}
    check_sample(other.pk, "confirm", "查看原始记录", analyst)
    assert len(run_of(proving)) == 3


def test_a_questioned_sample_does_not_count_until_it_is_confirmed(proving, three, staff, analyst):
    check_sample(three[2].pk, "question", "与现场不符", staff)
    assert run_of(proving) == []
    assert "本月有存疑的水样待核实" in missing(proving)
    check_sample(three[2].pk, "confirm", "复测一致", analyst)
    assert len(run_of(proving)) == 3


def test_to_question_a_failing_sample_does_not_make_its_month_good(proving, sampler, officer):
    for month in (3, 4, 5):
        record_sample(proving.pk, GOOD, on(month), sampler)
    bad = record_sample(proving.pk, BAD | {"nh3n": "9.5"}, on(4, 20), sampler)
    assert run_of(proving) == [(2026, 5)]
    check_sample(bad.pk, "question", "不可信", officer)
    assert run_of(proving) == [(2026, 5)]


def test_a_questioned_sample_that_complies_leaves_its_month_good(proving, three, sampler, staff):
    second = record_sample(proving.pk, GOOD, on(4, 20), sampler)
    check_sample(second.pk, "question", "请复核", staff)
    assert len(run_of(proving)) == 3


def test_what_the_department_claims_is_held_against_the_same_run(make_point, officer):
    point = make_point("C-1", status="acceptance_asked")
    for index in range(4):
        at = timezone.now() - timedelta(days=3 + 30.4 * index)
        record_sample(point.pk, GOOD, at, officer)
    assert check_claims(point).run == 0
    assert "水样只连续达标 0 个月" in check_claims(point).sentences[0]


def test_a_relapse_may_be_shown_by_whoever_found_it(proving, officer):
    proving.status, proving.delisted_on = "delisted", date(2026, 2, 1)
    proving.save()
    record_sample(proving.pk, BAD, on(5), officer)
    relist = TABLE.move(State.DELISTED, State.LISTED)
    found = missing_evidence(relist, evidence_on_file(proving), TODAY, Rules())
    assert Proof.FAILING not in {piece.proof for piece in found}


def test_a_good_month_of_the_works_own_party_does_not_keep_a_body_from_relisting(proving, officer, sampler):
    proving.status, proving.delisted_on = "delisted", date(2026, 2, 1)
    proving.save()
    record_sample(proving.pk, BAD, on(4), sampler)
    record_sample(proving.pk, GOOD, on(5), officer)
    relist = TABLE.move(State.DELISTED, State.LISTED)

    def lacks_a_failure():
        found = missing_evidence(relist, evidence_on_file(proving), TODAY, Rules())
        return Proof.FAILING in {piece.proof for piece in found}

    assert not lacks_a_failure()
    record_sample(proving.pk, GOOD, on(5, 12), sampler)
    assert lacks_a_failure()


def test_a_month_with_a_value_that_waits_for_somebody_does_not_comply(proving, three, sampler, analyst):
    record_automatic([AutomaticReading(proving.pk, on(4, 20), {**GOOD, "nh3n": "60"})])
    assert run_of(proving) == [(2026, 5)]
    assert "2026年4月有数值待核对" in missing(proving)
    held = proving.samples.get(source="automatic")
    correct_sample(held.pk, GOOD, "探头故障", sampler)
    assert run_of(proving) == [(2026, 5)]
    check_sample(held.pk, "confirm", "查看原始记录", analyst)
    assert run_of(proving) == [(2026, 5), (2026, 4), (2026, 3)]


def test_the_kept_months_say_the_same_of_a_value_that_waits(proving, three):
    record_automatic([AutomaticReading(proving.pk, on(4, 20), {**GOOD, "nh3n": "60"})])
    months, works = verdicts_since([proving.pk], date(2026, 1, 1)), works_parties_of([proving])
    assert proven_runs({proving: months[proving.pk]}, works) == {proving.pk: 1}
