"""The trophic level index of lakes: points averaged over time, lakes over points, and what is missing said."""

from datetime import datetime

import pytest
from django.utils import timezone

from river_monitoring.assessment.services import refresh_months
from river_monitoring.network.models import River
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.samples.models import Sample
from river_monitoring.standard.averages import Span
from river_monitoring.standard.trophic import trophic_index
from river_monitoring.statistics.lakes import lake_histories, lake_states, lakes_of

PAGE = "/river/lakes/"
Q2 = Span(2026, 2, "quarter")
FULL = {"chla": "20", "tp": "0.08", "tn": "1.2", "sd": "0.8", "codmn": "5"}


def at(month, year=2026):
    return timezone.make_aware(datetime(year, month, 10, 9))


@pytest.fixture
def lake(db):
    return River.objects.create(code="DQH", name="东钱湖", kind="lake")


@pytest.fixture
def sample_lake(make_point, lake):
    """One point of the lake with the same readings in two months of a quarter."""

    def sample(code, readings, year=2026, months=(4, 5)):
        point = MonitoringPoint.objects.filter(code=code).first()
        point = point or make_point(code, name=f"{code} 湖心", river=lake, reach=None, water="lake")
        for month in months:
            Sample.objects.create(point=point, phenomenon_time=at(month, year), readings=readings)
        refresh_months([point])
        return point

    return sample


def everything():
    return MonitoringPoint.objects.all()


def test_a_lake_is_averaged_over_its_points_before_it_is_rated(sample_lake):
    sample_lake("L-1", FULL | {"chla": "10"})
    sample_lake("L-2", FULL | {"chla": "30"})
    (state,) = lake_states(everything(), Q2)
    assert (state.name, state.points, state.sampled) == ("东钱湖", 2, 2)
    assert state.trophic.index == pytest.approx(trophic_index({k: float(v) for k, v in FULL.items()}).index)
    assert state.missing == ()


def test_without_chlorophyll_there_is_no_index_and_the_page_says_why(sample_lake, client):
    sample_lake("L-1", {"tp": "0.08", "tn": "1.2", "codmn": "5"})
    (state,) = lake_states(everything(), Q2)
    assert state.trophic is None and state.missing == ("chla", "sd")
    page = client.get(f"{PAGE}?span=2026-Q2").content.decode()
    assert "这一期算不出营养状态指数" in page and "叶绿素a、透明度" in page


def test_a_value_of_nought_is_no_logarithm_and_no_error(sample_lake, client):
    sample_lake("L-1", FULL | {"chla": "0"})
    assert lake_states(everything(), Q2)[0].trophic is None
    assert client.get(f"{PAGE}?span=2026-Q2").status_code == 200


def test_five_years_of_more_algae_are_a_trend_and_four_are_too_few(sample_lake):
    for year, chlorophyll in zip(range(2022, 2027), ("5", "8", "13", "20", "40"), strict=True):
        sample_lake("L-1", FULL | {"chla": chlorophyll}, year)
    assert lake_histories(lakes_of(everything()), Span(2026, 1, "year"), 5)[0].trend.direction == "rising"
    assert lake_histories(lakes_of(everything()), Span(2026, 1, "year"), 4)[0].trend.direction == "too-few"


def test_the_page_shows_index_level_and_parts_and_rivers_are_not_on_it(sample_lake, make_point, client):
    sample_lake("L-1", FULL)
    make_point("R-1", name="河上一点")
    page = client.get(f"{PAGE}?span=2026-Q2").content.decode()
    assert "53.9" in page and "轻度富营养" in page and "叶绿素a" in page
    assert 'class="figure"' in page and "河上一点" not in page


def test_no_lake_is_a_state_of_its_own(db, client):
    assert "没有湖库点位" in client.get(PAGE).content.decode()


@pytest.mark.parametrize("query", ["period=week", "span=2026-Q9", "span=x"])
def test_what_cannot_be_is_refused(db, client, query):
    assert client.get(f"{PAGE}?{query}").status_code == 400


def test_ten_lakes_ask_as_often_as_one(sample_lake, client, django_assert_max_num_queries, monkeypatch):
    sample_lake("L-1", FULL)
    for number in range(10):
        sample_lake(f"POND-{number}", FULL)
        MonitoringPoint.objects.filter(code=f"POND-{number}").update(river=None)
    client.get(f"{PAGE}?span=2026-Q2")
    with django_assert_max_num_queries(9):
        page = client.get(f"{PAGE}?span=2026-Q2")
    assert len(page.context["lakes"]) == 11
    monkeypatch.setattr("river_monitoring.pages.lakes.PAGE_SIZE", 4)
    pages = [client.get(f"{PAGE}?span=2026-Q2&page={number}").context["lakes"] for number in (1, 2, 3)]
    assert [lake["state"] for found in pages for lake in found] == [lake["state"] for lake in page.context["lakes"]]
