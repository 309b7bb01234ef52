"""Several photos in one field of a form."""

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from ui.forms.photos import PhotosField


class WithPhotos(forms.Form):
    photos = PhotosField(required=False)


def sent(*names):
    return MultiValueDict({"photos": [SimpleUploadedFile(name, b"x", content_type="image/jpeg") for name in names]})


def test_every_photo_that_was_sent_is_there_in_its_order():
    form = WithPhotos({}, sent("one.jpg", "two.jpg"))
    assert form.is_valid()
    assert [photo.name for photo in form.cleaned_data["photos"]] == ["one.jpg", "two.jpg"]


def test_no_photo_is_an_empty_list():
    form = WithPhotos({}, MultiValueDict())
    assert form.is_valid()
    assert form.cleaned_data["photos"] == []


def test_the_browser_offers_photos_and_lets_several_be_chosen():
    drawn = str(WithPhotos()["photos"])
    assert "multiple" in drawn
    assert 'accept="image/jpeg,image/png,image/webp"' in drawn
