"""The kept months equal a fresh assessment after any order of samples, corrections and hours of stations."""

import datetime as dt
from uuid import uuid4

from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from river_monitoring.assessment.models import PointMonth
from river_monitoring.assessment.services import KEPT, refresh_months
from river_monitoring.samples.automatic import AutomaticReading, record_automatic
from river_monitoring.samples.models import Sample
from river_monitoring.samples.services import correct_sample, record_sample

FIRST = timezone.make_aware(dt.datetime(2026, 3, 28, 9))
ITEMS = {"ph": "7.2", "do": "8.1", "codmn": "1.5", "tp": "0.02"}
AMMONIA = ("0.1", "0.4", "0.9", "1.4", "1.9", "3.0", "0.05L")
step = st.tuples(
    st.sampled_from(["manual", "station", "correct"]),
    st.integers(0, 9),  # the day after 28 March: two months take part
    st.sampled_from(AMMONIA),
    st.sets(st.sampled_from(list(ITEMS)), max_size=2),
)


def readings_with(ammonia, missing):
    return {code: value for code, value in ITEMS.items() if code not in missing} | {"nh3n": ammonia}


def kept(point):
    point.refresh_from_db()
    now = (point.current_class, point.current_month, point.current_is_at_least)
    return now, list(PointMonth.objects.filter(point=point).order_by("month").values_list("month", *KEPT))


def take(point, who, kind, day, readings):
    at = FIRST + dt.timedelta(days=day)
    taken = Sample.objects.filter(point=point, source="manual")
    if kind == "station":
        record_automatic([AutomaticReading(point.pk, at, readings)])
    elif kind == "manual" and not taken.filter(phenomenon_time=at).exists():
        record_sample(point.pk, readings, at, who, confirmed=True)
    elif (sample := taken.order_by("pk").first()) and sample.readings != readings:
        correct_sample(sample.pk, readings, "录入有误", who, confirmed=True)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(step, min_size=1, max_size=6))
def test_months_are_what_a_fresh_assessment_finds(make_point, officer, steps):
    point = make_point(f"K-{uuid4()}"[:30], target_class=3)
    for kind, day, ammonia, missing in steps:
        take(point, officer, kind, day, readings_with(ammonia, missing))
    found = kept(point)
    refresh_months([point])
    assert kept(point) == found
