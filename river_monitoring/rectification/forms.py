"""The form of a step of rectification: it checks the input; the service decides whether the step is allowed."""

from collections.abc import Container, Mapping
from hashlib import sha256
from pathlib import PurePath
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import rules
from geokit.refusal import Refusal
from river_monitoring.rectification.attachments import Attachment
from river_monitoring.rectification.models import Evidence
from river_monitoring.steps.proofs import Proof
from river_monitoring.steps.table import TABLE, Transition
from ui.forms.photos import ClaimedPhotosMixin, PhotosInput
from ui.forms.refusable import RefusableForm
from ui.forms.widgets import DayInput
from ui.pictures.photos import sanitise_photo

FIELDS_OF: Mapping[str, tuple[str, ...]] = {
    Proof.NOTE: ("note",),
    Proof.PLAN: ("note", "plan"),
    Proof.DEADLINE: ("due_on",),
    Proof.BEFORE: ("photos_before",),
    Proof.AFTER: ("photos_after",),
}
MAX_PLAN_BYTES = 15 * 1024 * 1024
PDF_MAGIC = b"%PDF-"


def most_photos() -> int:
    """Return how many photos before, and how many after, one step takes, by the rule of the district."""
    return int(rules.value("rectification.photos"))


MOST_PHOTOS = lazy(lambda: str(most_photos()), str)()
"""The same as a text, which asks the rule whenever a form is drawn."""


class PhotosField(forms.FileField):
    """Several photos, each checked by content, turned upright and stripped of EXIF."""

    def __init__(self, kind: str, **kwargs: Any) -> None:
        self.kind = kind
        super().__init__(widget=PhotosInput({"data-most": MOST_PHOTOS}), required=False, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Attachment]:
        files = [file for file in (data if isinstance(data, list | tuple) else [data]) if file]
        if len(files) > (most := most_photos()):
            counts = {"max": most, "got": len(files)}
            raise forms.ValidationError(_("一次最多上传 %(max)d 张照片，您选了 %(got)d 张。") % counts)
        return [self._attachment(file) for file in files]

    def _attachment(self, file: UploadedFile) -> Attachment:
        try:
            photo = sanitise_photo(file)
        except Refusal as refusal:
            raise forms.ValidationError(f"{file.name}：{refusal.message}", code=refusal.code) from refusal
        return Attachment(
            self.kind,
            photo.content,
            photo.suffix,
            photo.sha256,
            taken_at=photo.taken_at,
            lon=photo.lon,
            lat=photo.lat,
        )


class PlanField(forms.FileField):
    """The plan of a point as a PDF."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.FileInput(attrs={"accept": "application/pdf"}), required=False, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Attachment]:
        file = super().clean(data, initial)
        if not file:
            return []
        content = file.read(MAX_PLAN_BYTES + 1)
        if len(content) > MAX_PLAN_BYTES:
            raise forms.ValidationError(_("方案文件超过 15 MB，请压缩后再上传。"), code="too-large")
        if not content.startswith(PDF_MAGIC):
            raise forms.ValidationError(_("方案文件不是 PDF，请另存为 PDF 后上传。"), code="not-a-pdf")
        caption = PurePath(file.name or "").stem[:80]
        return [Attachment(Evidence.Kind.PLAN, content, ".pdf", sha256(content).hexdigest(), caption=caption)]


class TransitionForm(ClaimedPhotosMixin, RefusableForm):
    """One step of a point's rectification, taken with all of its files or not at all."""

    to_state = forms.ChoiceField(choices=TABLE.choices(), widget=forms.HiddenInput)
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    note = forms.CharField(
        label=gettext_lazy("情况说明"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    due_on = forms.DateField(
        label=gettext_lazy("整治期限"),
        required=False,
        widget=DayInput(),
    )
    photos_before = PhotosField(Evidence.Kind.BEFORE, label=gettext_lazy("治理前照片"))
    photos_after = PhotosField(Evidence.Kind.AFTER, label=gettext_lazy("治理后照片"))
    plan = PlanField(label=gettext_lazy("一点一策方案文件"))

    def fields_for(self, step: Transition, held: Container[str]) -> list[forms.BoundField]:
        """Return the fields that `step` asks for, in the order of the table; a note may always be added.

        `held` are the proofs that the point's file has already: their fields stay open for more.
        """
        for proof in (Proof.BEFORE, Proof.AFTER):
            if proof in held:
                self.fields[proof.value].help_text = _("档案里已有，可以不再上传。")
        if Proof.PLAN in step.needs:
            self.fields["note"].label = _("方案内容")
            self.fields["note"].help_text = _("写明成因、措施和完成时间，或在下面上传 PDF。")
        names = [name for proof in step.needs for name in FIELDS_OF.get(proof, ())]
        return [self[name] for name in dict.fromkeys([*names, "note"])]

    def attachments(self) -> list[Attachment]:
        """Return every file handed in, checked."""
        return [file for name in ("photos_before", "photos_after", "plan") for file in self.cleaned_data[name]]
