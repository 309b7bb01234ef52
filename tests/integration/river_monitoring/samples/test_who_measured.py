"""Who measured: bound to the account, the token or the station, and never what somebody claims."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Area, Department, Role, User
from geokit.refusal import BadInput, NotPermitted
from river_monitoring.models import Measure, Sample, WorkEvent
from river_monitoring.samples.intake import Intake
from river_monitoring.samples.permissions import may_record_sample, points_to_record
from river_monitoring.samples.provenance import Provenance
from river_monitoring.samples.services import record_sample
from river_monitoring.samples.sheet import as_text, parse_text
from river_monitoring.samples.sheet_import import import_samples
from tests.integration.river_monitoring.conftest import BAD, GOOD, stored


def ago(days):
    return timezone.now() - timedelta(days=days)


def refused_with(call):
    with pytest.raises(BadInput) as caught:
        call()
    return {(error.field, error.code) for error in caught.value.errors}


def given(**facts):
    return Intake(provenance=Provenance(**facts))


def test_the_party_is_that_of_the_account(point, sample, sampler, officer, monitoring):
    by_station, by_works = sample(point, GOOD), sample(point, GOOD, days_ago=2, actor=officer)
    assert (by_station.party, by_station.party_name, by_station.by_works) == (monitoring, "区环境监测站", False)
    assert (by_works.party, by_works.by_works) == (point.department, True)


def test_nobody_can_write_another_party(point, officer):
    def claim():
        record_sample(point.pk, GOOD, ago(1), officer, intake=given(party="区环境监测站"))

    assert refused_with(claim) == {("party", "party-not-yours")}
    assert not Sample.objects.exists()
    assert record_sample(point.pk, GOOD, ago(1), officer, intake=given(party=" 区水利局 ")).party == officer.department


def test_an_account_cannot_claim_to_be_a_station(point, sampler):
    def claim():
        record_sample(point.pk, GOOD, ago(1), sampler, source="automatic")

    assert refused_with(claim) == {("source", "source-not-yours")}


def test_laboratory_method_limits_and_report_are_kept(point, sampler):
    facts = {"laboratory": "示例检测有限公司", "method": "HJ 535-2009", "report_number": "SL-2026-118"}
    made = record_sample(
        point.pk,
        GOOD | {"tp": "0.01L"},
        ago(1),
        sampler,
        intake=given(detection_limits={"tp": "0.010", "nh3n": "0.025"}, **facts),
    )
    made.refresh_from_db()
    assert {name: getattr(made, name) for name in facts} == facts
    assert made.detection_limits == {"tp": "0.010", "nh3n": "0.025"}


@pytest.mark.parametrize(
    ("readings", "limits", "code"),
    [
        (GOOD | {"tp": "0.005"}, {"tp": "0.01"}, ("detection_limits.tp", "below-detection-limit")),
        (GOOD | {"tp": "0.02L"}, {"tp": "0.01"}, ("detection_limits.tp", "limit-differs")),
        (GOOD, {"tp": "none"}, ("detection_limits.tp", "bad-limit")),
        (GOOD, {"tp": "0"}, ("detection_limits.tp", "bad-limit")),
        (GOOD, {"mud": "1"}, ("detection_limits.mud", "unknown-parameter")),
    ],
)
def test_a_detection_limit_that_does_not_fit_is_refused_by_name(point, sampler, readings, limits, code):
    def record():
        record_sample(point.pk, readings, ago(1), sampler, intake=given(detection_limits=limits))

    assert refused_with(record) == {code}


@pytest.mark.parametrize("ways", [("manual", "import"), ("import", "manual")])
def test_a_sample_handed_in_by_hand_and_by_a_sheet_is_one(point, sampler, ways):
    at, (first, second) = ago(1), ways
    kept = record_sample(point.pk, GOOD, at, sampler, first)
    assert record_sample(point.pk, GOOD, at, sampler, second) == kept
    other = GOOD | {"nh3n": "0.35"}
    assert refused_with(lambda: record_sample(point.pk, other, at, sampler, second)) == {
        ("phenomenon_time", "duplicate")
    }
    assert Sample.objects.get() == kept


def test_two_parties_may_sample_at_the_same_moment(point, sampler, analyst):
    at = ago(1)
    first = record_sample(point.pk, GOOD, at, sampler)
    second = record_sample(point.pk, GOOD | {"nh3n": "0.35"}, at, analyst)
    assert first.pk != second.pk
    assert record_sample(point.pk, GOOD, at, sampler) == first


def test_a_department_with_a_measure_there_is_a_party_of_the_works(point, world, other_officer, sample):
    with pytest.raises(NotPermitted):
        sample(point, GOOD, actor=other_officer)
    measure = Measure.objects.create(point=point, kind="sewers", title="截污")
    WorkEvent.objects.create(
        point=point, measure=measure, at=timezone.now(), verb="measure_added", department=world.ecology
    )
    assert sample(point, GOOD, actor=other_officer).by_works
    assert list(points_to_record(other_officer)) == [point]


def test_a_laboratory_that_is_the_contractor_belongs_to_the_works(point, sampler):
    Measure.objects.create(point=point, kind="sewers", title="截污", contractor="示例环保工程有限公司")
    made = record_sample(point.pk, GOOD, ago(1), sampler, intake=given(laboratory="示例环保 工程有限公司"))
    assert made.by_works


def test_a_body_of_one_town_samples_in_that_town_only(point, make_point, world, sampling_bodies):
    east = Department.objects.create(code="east", name="东镇环保所", short_name="东镇环保", area=world.east_town)
    sampling_bodies("east")
    person = User.objects.create_user("east-officer", role=Role.OFFICER, department=east)
    there = make_point("EAST", area=world.east_town)
    assert [may_record_sample(person, each) for each in (point, there)] == [False, True]
    assert list(points_to_record(person)) == [there]
    with pytest.raises(NotPermitted):
        record_sample(point.pk, GOOD, ago(1), person)


@pytest.mark.parametrize("days", [31, 400])
def test_an_old_sample_is_refused_by_hand_in_clear_words(point, sampler, max_age, days):
    max_age(30)
    with pytest.raises(BadInput, match="补录最多 30 天以内的水样"):
        record_sample(point.pk, GOOD, ago(days), sampler)
    assert record_sample(point.pk, GOOD, ago(29), sampler)


@pytest.mark.parametrize("who", ["staff", "gis"])
def test_history_is_loaded_by_staff_marked_and_only_when_it_is_history(point, request, max_age, who):
    max_age(30)
    actor, history = (
        request.getfixturevalue(who),
        Intake("import", Provenance(party="原环保局监测站"), is_historic=True),
    )
    made = record_sample(point.pk, GOOD, ago(900), actor, intake=history)
    assert (made.is_historic, made.party, made.party_name) == (True, None, "原环保局监测站")
    with pytest.raises(BadInput, match="不是历史数据"):
        record_sample(point.pk, GOOD, ago(10), actor, intake=history)


def test_others_load_no_history_and_a_towns_staff_only_there(point, make_point, world, sampler, officer, max_age):
    max_age(30)
    clerk = User.objects.create_user("east-clerk", role=Role.STAFF, area=world.east_town)
    history = Intake("import", is_historic=True)
    for person in (sampler, officer, clerk):
        with pytest.raises(NotPermitted):
            record_sample(point.pk, GOOD, ago(900), person, intake=history)
    assert record_sample(make_point("E", area=world.east_town).pk, GOOD, ago(900), clerk, intake=history)


HEADS = "点位编码 采样时间 采样单位 检测单位 分析方法 报告编号 pH 溶解氧 高锰酸盐指数 氨氮 总磷 氨氮检出限(μg/L)"
HEAD = "\t".join(HEADS.split()) + "\n"


def row(party=""):
    values = ("示例检测", "HJ 535", "R-7", "7.2", "7.6", "3.1", "0.32", "0.08", "25")
    return "\t".join(("P-1", f"{timezone.localtime(ago(2)):%Y-%m-%d %H:%M}", party, *values)) + "\n"


def test_a_sheet_has_columns_for_who_measured_and_how(point, sampler):
    rows = parse_text(HEAD + row())
    assert parse_text(as_text(rows)) == rows
    [result] = import_samples(rows, sampler)
    made = result.sample
    assert (made.laboratory, made.method, made.report_number) == ("示例检测", "HJ 535", "R-7")
    assert made.detection_limits == {"nh3n": "0.025"}


def test_a_sheet_that_names_another_party_is_refused_row_by_row(point, sampler):
    [result] = import_samples(parse_text(HEAD + row("生态环境分局")), sampler)
    assert (result.outcome, result.errors[0].code) == ("refused", "party-not-yours")
    assert not Sample.objects.exists()


def test_congress_and_gis_staff_can_load_nothing_but_history_by_the_sheet(point, staff, as_user, max_age):
    max_age(30)
    client = as_user(staff)
    fresh = client.post("/river/samples/import/", {"text": HEAD + row(), "commit": "1"})
    assert fresh.context["results"][0].errors[0].code == "not-historic"
    old = (HEAD + row("老监测站")).replace(
        f"{timezone.localtime(ago(2)):%Y-}", f"{timezone.localtime(ago(2)).year - 2}-"
    )
    client.post("/river/samples/import/", {"text": old, "commit": "1"})
    made = Sample.objects.get()
    assert (made.is_historic, made.party_name) == (True, "老监测站")


def test_a_works_own_samples_are_shown_and_never_make_the_month_look_better(point, sample, officer):
    sample(point, BAD, days_ago=1)
    for hour in range(5):
        sample(point, GOOD, days_ago=1 + (hour + 1) / 100, actor=officer, confirmed=True)
    point.refresh_from_db()
    assert point.current_class == 6


def test_the_class_of_a_water_that_only_its_department_samples_is_shown(point, sample, officer):
    sample(point, GOOD, actor=officer)
    point.refresh_from_db()
    assert point.current_class == 2


def test_the_point_page_lists_who_measured_to_everybody(point, sample, officer, as_user):
    sample(point, GOOD, intake=given(laboratory="示例检测有限公司"))
    sample(point, GOOD, days_ago=2, actor=officer)
    for address in (f"/river/points/{point.code}/", f"/river/points/{point.code}/samples/"):
        page = as_user(None).get(address).content.decode()
        assert "区环境监测站" in page and "示例检测有限公司" in page
        assert "整治责任单位自己的水样，不作销号依据" in page


def test_a_sample_from_before_parties_were_kept_goes_on_working(point, as_user):

    old = stored(point, ago(3), GOOD, by=None)
    point.refresh_from_db()
    assert point.current_class == 2
    page = as_user(None).get(f"/river/points/{point.code}/samples/{old.pk}/").content.decode()
    assert "采样单位不详，不作销号依据" in page


def test_a_sample_of_another_point_is_not_there(point, make_point, sample, as_user):
    other = sample(make_point("P-2"), GOOD)
    assert as_user(None).get(f"/river/points/{point.code}/samples/{other.pk}/").status_code == 404


def test_areas_of_villages_belong_to_their_towns_body(make_point, world, sampling_bodies):
    village = Area.objects.create(code="330203100001", name="西村", level=Area.Level.VILLAGE, parent=world.west_town)
    body = Department.objects.create(code="village", name="西村水站", short_name="水站", area=village)
    sampling_bodies("village")
    person = User.objects.create_user("village-officer", role=Role.OFFICER, department=body)
    inside, outside = make_point("V-1", village=village), make_point("V-2")
    assert [may_record_sample(person, each) for each in (inside, outside)] == [True, False]
    assert list(points_to_record(person)) == [inside]


def test_a_points_samples_download_with_who_measured(point, sample, officer, as_user):
    sample(point, GOOD, intake=given(laboratory="示例检测", detection_limits={"nh3n": "0.025"}))
    sample(point, GOOD, days_ago=2, actor=officer)
    answer = as_user(None).get(f"/river/points/{point.code}/samples/?format=csv")
    head, *rows = [line.split(",") for line in answer.content.decode("utf-8-sig").splitlines()]
    assert head[:6] == ["点位编码", "采样时间", "采样单位", "检测单位", "分析方法", "报告编号"]
    assert "氨氮检出限" in head and [row[2] for row in rows] == ["区环境监测站", "区水利局"]
    assert rows[1][-1] == "整治责任单位自己的水样，不作销号依据"
    assert as_user(None).get(f"/river/points/{point.code}/samples/?format=xlsx").content.startswith(b"PK")
