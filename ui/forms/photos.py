"""Several photos in one field."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from geokit.refusal import BadInput
from ui.forms.widgets import PhotoInput
from ui.photo_claims import Arrivals, read_claim, sha256_of
from ui.refusals import prefers_json


class ClaimInput(forms.HiddenInput):
    """Comes back empty with a refused form: the browser has forgotten the photos that it was about."""

    def __init__(self) -> None:
        super().__init__({"data-photo-claim": ""})

    def format_value(self, value: Any) -> None:
        return None


class ClaimField(forms.CharField):
    """What a page claims of its photos: the SHA-256 of each, filled in by the page's script.

    `keeps` the claim in a form that comes back, where the server has kept the photos meanwhile.
    """

    def __init__(self, *, keeps: bool = False) -> None:
        widget = forms.HiddenInput({"data-photo-claim": ""}) if keeps else ClaimInput()
        super().__init__(widget=widget, required=False, max_length=1000)


class ClaimedPhotosMixin(forms.Form):
    """A form that is taken with all of its photos or not at all; the page still has them and sends them again."""

    photo_sha256 = ClaimField()
    arrivals = Arrivals((), ())
    """Which files came with the form, by their digests, and which of its claim did not; known once it is cleaned."""

    def clean(self) -> dict[str, Any] | None:
        given = super().clean()
        files = [file for name in self.files for file in self.files.getlist(name)]
        here = tuple(dict.fromkeys(sha256_of(file) for file in files))
        self.arrivals = Arrivals(here, tuple(digest for digest in self._claim() if digest not in here))
        if self.arrivals.missing:
            claimed = self._claim()
            words = {"total": len(claimed), "arrived": len(claimed) - len(self.arrivals.missing)}
            message = _("%(total)d 张照片中 %(arrived)d 张已送达，没有接收。请重新提交。") % words
            self.add_error(None, ValidationError(message, code="photos-missing"))
        return given

    def _claim(self) -> tuple[str, ...]:
        try:
            return read_claim(self.cleaned_data.get("photo_sha256") or "")
        except BadInput as refusal:
            self.add_error(None, ValidationError(refusal.message, code=refusal.code))
            return ()


class PhotosInput(PhotoInput):
    """Several photos at once; a phone offers its camera and its album."""

    allow_multiple_selected = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"multiple": True, **(attrs or {})})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name)


class PhotosField(forms.Field):
    """A list of uploads, empty for none; whether each is a photo is checked by whoever keeps it."""

    widget = PhotosInput

    def __init__(self, *, most: int | str = 9, **kwargs: Any) -> None:
        """`most` photos (lazy: as a rule says) are let in by the page's script; the service refuses more."""
        super().__init__(**kwargs)
        self.widget.attrs["data-most"] = most

    def clean(self, value: Any) -> list[Any]:
        return list(value or [])


def taken(request: HttpRequest, url: str, arrivals: Arrivals) -> HttpResponse:
    """Answer a form that was taken: a script gets the digests of the photos that are here, a person the page `url`."""
    if prefers_json(request):
        return JsonResponse({"url": url, "photos": arrivals.as_dict()}, status=201)
    return redirect(url)
