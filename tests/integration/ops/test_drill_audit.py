"""A drill that could not find a loss would prove nothing: what is missing, doubled or half is counted."""

import random
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from supervision.findings.models import Finding, FindingPhoto
from tests.drills import audit, writes
from tests.drills.writes import Report


@pytest.fixture
def file_reports(world, client, monkeypatch):
    """File reports with two photos each as a device does; the chain counts as sound, other tests show when not."""
    monkeypatch.setattr(audit, "chain_is_sound", lambda: True)
    monkeypatch.setattr(audit.connection, "close", lambda: None)
    draw = random.Random(3)

    def file_(count):
        return [_filed(client, Report([writes.photo(draw), writes.photo(draw)])) for _ in range(count)]

    return file_


def _filed(client, report):
    photos = [SimpleUploadedFile("a.jpg", content, "image/jpeg") for content in report.photos]
    given = {
        "client_id": report.client_id, "secret": report.secret, "text": "演练", "category": "environment",
        "lng": "121.32", "lat": "29.85", "anyway": "1", "photo_sha256": " ".join(sorted(report.digests())),
    }  # fmt: skip
    answer = client.post("/report/", {**given, "photos": photos}, headers={"accept": "application/json"})
    assert set(answer.json()["photos"]["arrived"]) == report.digests()
    report.number = answer.json()["number"]
    return report


def test_what_was_acknowledged_and_is_there_is_well(file_reports):
    found = audit.look(file_reports(2))
    assert (found.acknowledged, found.found, found.half, found.is_well) == (2, 2, 0, True)


def test_an_acknowledged_report_that_is_not_there_is_a_loss(file_reports):
    lost = Report([], number="2026-99999")
    found = audit.look([*file_reports(1), lost])
    assert (found.acknowledged, found.found, found.is_well) == (2, 1, False)


def test_a_photo_whose_bytes_changed_or_went_is_half(file_reports):
    reports = file_reports(2)
    first, second = FindingPhoto.objects.filter(finding__client_id__in=[one.client_id for one in reports])[:3:2]
    Path(first.file.path).write_bytes(b"other")
    Path(second.file.path).unlink()
    found = audit.look(reports)
    assert (found.half, found.is_well) == (2, False)


def test_a_number_that_two_have_is_none_that_was_acknowledged(file_reports):
    one, other = file_reports(2)
    one.number = other.number
    assert audit.look([one, other]).found == 1


def test_what_nobody_acknowledged_may_be_missing_but_not_half(file_reports):
    (kept,) = file_reports(1)
    kept.number = ""
    assert audit.look([kept, Report([])]).is_well
    Path(FindingPhoto.objects.first().file.path).unlink()
    assert not audit.look([kept]).is_well
    assert Finding.objects.count() == 1
