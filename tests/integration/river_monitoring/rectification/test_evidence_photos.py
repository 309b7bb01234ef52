"""Photos that prove a step: what their EXIF said stands beside them for those at work, never for the public."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import ExifTags, Image

from river_monitoring.rectification.forms import PhotosField
from river_monitoring.rectification.models import Evidence, EvidenceCheck
from river_monitoring.rectification.services import transition_point


@pytest.fixture
def handed_in():
    """A photo of 2026-03-05 that says it was taken 1.9 km east of the point."""
    image = Image.new("RGB", (64, 48), "teal")
    exif = image.getexif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:03:05 09:30:00"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (29.0, 51.0, 0.0), 3: "E", 4: (121.0, 20.0, 24.0)})
    out = io.BytesIO()
    image.save(out, format="JPEG", exif=exif)
    upload = SimpleUploadedFile("前.jpg", out.getvalue(), "image/jpeg")
    return PhotosField(Evidence.Kind.BEFORE).clean([upload])


@pytest.fixture
def event(listed, officer, handed_in):
    return transition_point(
        listed.pk, "planned", officer, expected_version=listed.version, note="截污纳管，清淤", attachments=handed_in,
        due_on=listed.due_on,
    )  # fmt: skip


def test_place_and_time_are_compared_with_the_point(event):
    check = EvidenceCheck.objects.get(evidence__event=event)
    assert check.away_m == pytest.approx(1933, abs=20)
    assert "相差" in check.sentences[0]
    assert "2026年3月5日" in check.sentences[1]
    with check.evidence.file.open("rb") as file:
        assert not Image.open(file).getexif()


def test_how_many_photos_a_step_takes_is_a_rule_of_the_district(set_rule):
    set_rule("rectification.photos", 2)
    field = PhotosField(Evidence.Kind.BEFORE)
    assert 'data-most="2"' in field.widget.render("photos_before", None)
    with pytest.raises(ValidationError, match="最多上传 2 张照片，您选了 3 张"):
        field.clean([SimpleUploadedFile(f"{number}.jpg", b"x", "image/jpeg") for number in range(3)])


def test_a_plan_is_no_photo_and_has_no_comparison(listed, officer):
    transition_point(
        listed.pk, "planned", officer, expected_version=listed.version, note="截污纳管", due_on=listed.due_on
    )
    assert not EvidenceCheck.objects.exists()


def test_the_public_sees_the_photo_and_nothing_of_its_exif(as_user, event, officer, deputy):
    address = event.point.get_absolute_url()
    page = as_user(None).get(address).content.decode()
    assert "治理前照片" in page
    assert "照片里的位置" not in page
    assert "2026年3月5日" not in page
    for person in (officer, deputy):
        assert "照片里的位置与填报位置相差" in as_user(person).get(address).content.decode()
