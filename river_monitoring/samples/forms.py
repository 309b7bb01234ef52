"""Forms for samples: one at the bank, many from a sheet, a correction with its reason."""

import re
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from geokit.refusal import Refusal
from river_monitoring.samples.models import Sample
from river_monitoring.samples.provenance import LENGTHS, Provenance
from river_monitoring.samples.sheet import LIMITS
from river_monitoring.samples.sheet_heads import parameter_names, plain
from river_monitoring.standard.evaluation import GB3838_2002, Standard
from river_monitoring.standard.readings import SENT_LATE, TO_REVIEW
from river_monitoring.steps.sample_quality import Verb
from river_monitoring.wording.parameters import parameter_name
from ui.forms.refusable import RefusableForm, VersionedForm
from ui.forms.shadowed import ShadowedNames
from ui.forms.widgets import MomentInput

# What a deputy's or officer's field kit measures, in the order of its display.
FIRST = ("ph", "do", "codmn", "nh3n", "tp", "temp", "cod", "tn")
FACTS = ("laboratory", "method", "report_number", "detection_limits")
LOCAL = "%Y-%m-%dT%H:%M"
SHOWN_AGAIN = frozenset({TO_REVIEW, SENT_LATE})
"""Marks of values that a correction may keep as they are."""


class SampleForm(ShadowedNames, RefusableForm):
    """One sample: a time, and a box per parameter of the standard. Values stay text, so that 0.025L can be written."""

    field_of = {f"detection_limits.{code}": "detection_limits" for code in GB3838_2002.parameters}
    phenomenon_time = forms.DateTimeField(
        label=gettext_lazy("采样时间"),
        input_formats=[LOCAL, "%Y-%m-%d %H:%M"],
        widget=MomentInput(),
    )
    laboratory = forms.CharField(label=gettext_lazy("检测单位"), required=False, max_length=LENGTHS["laboratory"])
    method = forms.CharField(
        label=gettext_lazy("分析方法"),
        required=False,
        max_length=LENGTHS["method"],
        help_text=gettext_lazy("例如 HJ 535-2009、GB 11892-89"),
    )
    report_number = forms.CharField(label=gettext_lazy("报告编号"), required=False, max_length=LENGTHS["report_number"])
    detection_limits = forms.CharField(
        label=gettext_lazy("检出限"),
        required=False,
        max_length=1_000,
        help_text=gettext_lazy("每项写名称和数值，用分号隔开，例如：氨氮 0.025；总磷 0.01"),
    )
    confirmed = forms.BooleanField(
        label=gettext_lazy("少见的数值我已核对，确实无误"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, standard: Standard = GB3838_2002, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phenomenon_time"].initial = timezone.localtime().replace(second=0, microsecond=0)
        rest = [code for code in standard.parameters if code not in FIRST]
        for code in (*FIRST, *rest):
            parameter = standard[code]
            name = parameter_name(parameter)
            self.fields[code] = forms.CharField(
                label=f"{name}（{parameter.unit}）" if parameter.unit else name,
                required=False,
                max_length=20,
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            )

    @property
    def first(self) -> list[forms.BoundField]:
        return [self[code] for code in FIRST]

    @property
    def facts(self) -> list[forms.BoundField]:
        return [self[name] for name in FACTS if name in self.fields]

    @property
    def rest(self) -> list[forms.BoundField]:
        return [self[code] for code in GB3838_2002.parameters if code in self.fields and code not in FIRST]

    @property
    def rest_in_use(self) -> bool:
        return any(field.value() or field.errors for field in self.rest)

    def clean_detection_limits(self) -> dict[str, str]:
        """The limits by parameter code; what names no parameter is refused."""
        names = parameter_names(GB3838_2002)
        found: dict[str, str] = {}
        for part in re.split(r"[;；,，\n]", self.cleaned_data["detection_limits"]):
            *words, value = part.replace("：", " ").replace(":", " ").split() or [""]
            name = plain(" ".join(words))
            if name and name in names:
                found[names[name]] = value
            elif part.strip():
                raise forms.ValidationError(
                    gettext("看不懂“%(part)s”，请写成“氨氮 0.025”。") % {"part": part.strip()[:40]}, code="unreadable"
                )
        return found

    def provenance(self) -> Provenance:
        return Provenance(**{name: self.cleaned_data[name] for name in FACTS})

    def readings(self) -> dict[str, str]:
        return {code: value for code, value in self.cleaned_data.items() if code in GB3838_2002.parameters and value}

    def show(self, refusal: Refusal) -> None:
        """Show a refusal beside its fields; unusual values can then be confirmed."""
        super().show(refusal)
        if refusal.code == "unusual-values":
            self.fields["confirmed"].widget = forms.CheckboxInput()


class CorrectionForm(SampleForm):
    """A sample's values anew, with the reason; its time stays what it was."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(label=gettext_lazy("更正原因"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, sample: Sample, **kwargs: Any) -> None:
        asked_about = {code: item["value"] for code, item in sample.flagged.items() if item["flag"] in SHOWN_AGAIN}
        super().__init__(*args, initial={**asked_about, **sample.readings, "version": sample.version}, **kwargs)
        for name in ("phenomenon_time", *FACTS):
            del self.fields[name]


class CheckForm(VersionedForm):
    """One step of a sample's quality control, with its reason."""

    verb = forms.ChoiceField(choices=[(verb.value, verb.value) for verb in (Verb.QUESTION, Verb.CONFIRM, Verb.REJECT)],
                             widget=forms.HiddenInput)  # fmt: skip
    reason = forms.CharField(label=gettext_lazy("理由"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}))


class SheetForm(RefusableForm):
    """A sheet, pasted or as a file; those who load data of years past say nothing more, for they can load no other."""

    text = forms.CharField(
        label=gettext_lazy("从表格粘贴"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "mono"}),
    )
    file = forms.FileField(
        label=gettext_lazy("或选择文件（CSV、XLSX）"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("text", "").strip() and not given.get("file"):
            raise forms.ValidationError(gettext_lazy("请粘贴表格内容，或选择一个文件。"), code="required")
        file = given.get("file")
        if file and file.size > LIMITS.bytes:
            raise forms.ValidationError(gettext_lazy("文件超过 5 MB，请分几次录入。"), code="too-large")
        return given
