"""Several files in one field, each checked by its content (`ui.attachments`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from geokit.refusal import Refusal
from ui.attachments import BEGINNINGS, MOST, MOST_BYTES, MOST_TOGETHER, Attachment, check_attachment

WORDS = gettext_lazy(
    "PDF、OFD、DOCX、XLSX、JPG 或 PNG，每个不超过 {size} MB，最多 {most} 个；表单退回时已收到的会保留。"
)


class AttachmentsInput(forms.FileInput):
    """Several files at once."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__({"multiple": True, "accept": ",".join(BEGINNINGS)})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name)


class AttachmentsField(forms.Field):
    """A list of checked files, empty for none."""

    widget = AttachmentsInput

    def __init__(self, **kwargs: Any) -> None:
        help_text = format_lazy(WORDS, size=MOST_BYTES // 1024**2, most=MOST)
        super().__init__(**{"required": False, "label": gettext_lazy("附件"), "help_text": help_text, **kwargs})

    def clean(self, value: Any) -> list[Attachment]:
        files = [file for file in (value if isinstance(value, list | tuple) else [value]) if file is not None]
        self._refuse_too_many(files)
        try:
            return [check_attachment(file) for file in files]
        except Refusal as refusal:
            raise forms.ValidationError(refusal.message, code=refusal.code) from refusal

    def _refuse_too_many(self, files: Sequence[UploadedFile[bytes]]) -> None:
        if len(files) > MOST:
            raise forms.ValidationError(_("附件最多 %d 个。") % MOST, code="too-many")
        if sum(file.size or 0 for file in files) > MOST_TOGETHER:
            words = _("附件合计超过 %d MB，请分几次上传。") % (MOST_TOGETHER // 1024**2)
            raise forms.ValidationError(words, code="file-too-large")
