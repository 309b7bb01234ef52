"""A form with photos is taken with all of those that its page claims, or not at all."""

from hashlib import sha256

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from inspections.pages.forms import FoundForm
from ui.forms.photos import ClaimedPhotosMixin, PhotosField

ONE, TWO = (sha256(content).hexdigest() for content in (b"one", b"two"))


class PhotosForm(ClaimedPhotosMixin):
    photos = PhotosField(required=False)


def form(claim, *contents):
    files = [SimpleUploadedFile("photo.jpg", content) for content in contents]
    return PhotosForm({"photo_sha256": claim}, MultiValueDict({"photos": files}))


@pytest.mark.parametrize("claim", ["", f"{ONE} {TWO}"])
def test_all_that_is_claimed_is_here(claim):
    whole = form(claim, b"one", b"two")
    assert whole.is_valid()
    assert whole.cleaned_data["photos"][0].read() == b"one"


@pytest.mark.parametrize("contents", [[b"one"], [b"one", b"altered"]])
def test_a_missing_or_altered_photo_is_said_and_nothing_is_taken(contents):
    cut = form(f"{ONE} {TWO}", *contents)
    assert not cut.is_valid()
    assert "2 张照片中 1 张已送达" in str(cut.errors)
    # The browser has forgotten the photos of a form that comes back, so that claim is not made again.
    assert ONE not in str(cut["photo_sha256"])


def test_a_claim_that_is_none_is_refused():
    assert not form("oil", b"one").is_valid()


def test_a_patrols_finding_is_such_a_form():
    assert issubclass(FoundForm, ClaimedPhotosMixin)
