"""Months that an upgrade finds without an assessment get one; those that have one are left alone."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from river_monitoring.assessment.models import PointMonth
from tests.integration.river_monitoring.conftest import readings_of, stored

pytestmark = pytest.mark.django_db


def assess(capsys, **options):
    call_command("assess_months", **options)
    return capsys.readouterr().out.strip()


@pytest.fixture
def point(make_point):
    made = make_point(target_class=3)
    stored(made, timezone.make_aware(dt.datetime(2026, 3, 5, 9)), readings_of(2))
    return made


def test_what_an_upgrade_left_without_a_month_is_assessed_once(point, make_point, capsys):
    make_point(code="NEVER-SAMPLED")
    PointMonth.objects.all().delete()
    assert assess(capsys, missing=True) == "1 months assessed\n0 points' years up to each month kept"
    kept = PointMonth.objects.get(point=point)
    assert (kept.month, kept.water_class) == (dt.date(2026, 3, 1), 2)
    assert assess(capsys, missing=True) == "0 months assessed\n0 points' years up to each month kept"


def test_all_months_are_assessed_anew_when_asked(point, capsys):
    PointMonth.objects.update(water_class=6)
    assert assess(capsys) == "1 months assessed"
    assert PointMonth.objects.get(point=point).water_class == 2


def test_a_point_that_is_not_there_is_said(point):
    with pytest.raises(CommandError, match="no point has the code"):
        call_command("assess_months", point="NOWHERE")
