"""Every table has a rule for its growth, written down in `docs/scale.md`, and what it says is removed is removed."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.models import Notice
from accounts.notices import cleanup
from jobs.models import Schedule
from river_monitoring.jobs import FAULTS_KEPT, forget_faults
from river_monitoring.models import StationFault

PAGE = Path(settings.BASE_DIR) / "docs" / "scale.md"
ROW = re.compile(r"^\| `([\w.]+)` \| (record|register|removed|few) \| (.+) \|$", re.MULTILINE)


def rules():
    return {label: (rule, text) for label, rule, text in ROW.findall(PAGE.read_text())}


def models():
    found = apps.get_models(include_auto_created=True)
    return {model._meta.label for model in found if model._meta.managed and not model._meta.proxy}


def test_every_table_has_its_rule_of_growth():
    missing, gone = models() - set(rules()), set(rules()) - models()
    assert not missing, f"say in {PAGE.name} what becomes of: {', '.join(sorted(missing))}"
    assert not gone, f"{PAGE.name} tells of tables that are no more: {', '.join(sorted(gone))}"


def test_what_is_removed_says_by_which_job_and_the_job_runs_every_night(db):
    daily = set(Schedule.objects.exclude(daily_at=None).values_list("func", flat=True))
    for label, (rule, text) in rules().items():
        if rule == "removed":
            names = re.findall(r"`([\w.]+)`", text)
            assert names, f"{label}: by what?"
            assert callable(import_string(names[0])), label
            assert names[0] in daily, f"{label}: {names[0]} is no nightly job"


@pytest.fixture
def told(officer):
    """A notice of so many days ago, read at once or never."""
    now = timezone.now()

    def tell(days, *, read):
        at = now - timedelta(days=days)
        key = f"{days}-{read}"
        Notice.objects.create(
            recipient=officer, kind="matter-late", key=key, title="x", at=at, read_at=at if read else None
        )
        return key

    return tell


def test_old_notices_go_and_others_stay(told, monkeypatch):
    monkeypatch.setattr(cleanup, "AT_ONCE", 1)
    over = {told(400, read=True), told(800, read=False), told(801, read=False)}
    kept = {told(300, read=True), told(400, read=False), told(1, read=False)}
    assert cleanup.forget_old() == len(over)
    assert set(Notice.objects.values_list("key", flat=True)) == kept


def test_old_faults_of_stations_go_and_newer_ones_stay(db):
    now = timezone.now()
    for days in (FAULTS_KEPT.days + 1, FAULTS_KEPT.days - 1):
        StationFault.objects.create(code="cut", mn=str(days), last_at=now - timedelta(days=days))
    assert forget_faults() == 1
    assert StationFault.objects.get().mn == str(FAULTS_KEPT.days - 1)
