"""A point's public history: sentences by years, corrections with old and new values, nobody named."""

from datetime import timedelta

import pytest
from django.utils import timezone

from river_monitoring.history import Entry, history_asked, history_of, years_of
from river_monitoring.rectification import services
from river_monitoring.rectification.models import RectificationEvent
from river_monitoring.samples.services import correct_sample
from river_monitoring.works import services as works

from .conftest import BAD, GOOD

PEOPLE = ("王联络员", "张代表", "an-officer")


@pytest.fixture
def named_officer(officer):
    officer.display_name = PEOPLE[0]
    officer.save()
    return officer


@pytest.fixture
def lived(listed, named_officer, sample, sampler):
    """A point with a plan, a measure that progressed, and a corrected sample."""
    due = timezone.localdate() + timedelta(days=90)
    services.transition_point(listed.pk, "planned", named_officer, expected_version=1, note="截污纳管", due_on=due)
    measure = works.add_measure(listed.pk, named_officer, {"kind": "sewers", "title": "东岸截污", "cost_wan": 30})
    works.change_measure(measure.pk, named_officer, expected_version=1, changes={"share_done": 40})
    wrong = sample(listed, BAD, days_ago=3)
    correct_sample(wrong.pk, {**BAD, "nh3n": "1.35"}, "录入时小数点错位", sampler)
    listed.refresh_from_db()
    return listed


def texts(point, user=None):
    return [entry.text for entry in history_of(point, user)]


def test_every_kind_of_event_is_told_in_a_sentence(lived):
    said = " ".join(texts(lived))
    assert "区水利局定下这个点位的整治方案（一点一策）。整治期限是" in said
    assert "区水利局新增措施“东岸截污”。" in said
    assert "区水利局报告了措施“东岸截污”的进度。" in said
    assert "区环境监测站更正了" in said


def test_a_correction_shows_old_and_new_values(lived):
    correction = next(entry for entry in history_of(lived, None) if entry.kind == "correction")
    assert "氨氮：2.35 → 1.35 mg/L" in correction.facts
    assert "类别：劣Ⅴ类 → Ⅴ类" in correction.facts
    assert correction.words == "录入时小数点错位"


def test_of_two_corrections_each_shows_its_own_values(lived, sampler):
    again = lived.samples.get()
    correct_sample(again.pk, {**again.readings, "nh3n": "1.45"}, "复核", sampler)
    facts = [entry.facts for entry in history_of(lived, None) if entry.kind == "correction"]
    assert [found[0] for found in facts] == ["氨氮：1.35 → 1.45 mg/L", "氨氮：2.35 → 1.35 mg/L"]


def test_the_page_tells_it_to_the_public_without_names(lived, as_user):
    page = as_user(None).get(lived.get_absolute_url()).content.decode()
    assert "东岸截污" in page and "氨氮：2.35 → 1.35 mg/L" in page
    assert not [name for name in PEOPLE if name in page]


def test_newest_comes_first_and_years_are_apart(make_point, world):
    point = make_point("Y-1", status="planned")
    now = timezone.now()
    for days, source, target in ((800, "none", "listed"), (20, "listed", "planned")):
        RectificationEvent.objects.create(
            point=point, at=now - timedelta(days=days), from_status=source, to_status=target, department=world.water
        )
    years = years_of(history_of(point, None))
    assert [len(year.entries) for year in years] == [1, 1]
    assert years[0].number > years[1].number


def test_the_water_is_told_only_when_it_crosses_its_target(point, sample):
    for days, readings in ((95, BAD), (65, BAD), (35, GOOD), (5, GOOD)):
        sample(point, readings, days_ago=days)
    found = [entry for entry in history_of(point, None) if entry.kind == "sample"]
    assert [entry.tone for entry in found] == ["good", "bad"]


def test_rooms_above_add_their_entries(point):
    told = Entry(timezone.now(), "inspection", "人大代表到现场巡查。")

    def answer(**kwargs):
        return [told] if kwargs["point"] == point else None

    history_asked.connect(answer)
    try:
        assert told in history_of(point, None)
    finally:
        history_asked.disconnect(answer)
