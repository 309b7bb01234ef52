"""Every kind of control shows its label, its help and its errors, and names them to screen readers."""

import re
from html.parser import HTMLParser

import pytest
from django import forms
from django.utils.translation import override

from geokit.refusal import BadInput, FieldError, MissingEvidence, StaleEdit, TooMany
from supervision.models import Finding
from ui.forms.honeypot import HoneypotMixin
from ui.forms.refusable import RefusableForm
from ui.forms.widgets import DayInput, MomentInput, PhotoInput
from ui.pictures.photos import PhotoTooLarge
from ui.refusals import add_to_form, status_of_form

CHOICES = [("a", "甲"), ("b", "乙")]
LONG = [("a", "请部门在三个月内书面答复提出人"), ("b", "乙")]
KINDS = {
    "text": forms.CharField(),
    "area": forms.CharField(widget=forms.Textarea),
    "select": forms.ChoiceField(choices=CHOICES),
    "many": forms.MultipleChoiceField(choices=CHOICES),
    "radio": forms.ChoiceField(choices=CHOICES, widget=forms.RadioSelect),
    "long_radio": forms.ChoiceField(choices=LONG, widget=forms.RadioSelect),
    "ticks": forms.MultipleChoiceField(choices=CHOICES, widget=forms.CheckboxSelectMultiple),
    "tick": forms.BooleanField(),
    "file": forms.FileField(),
    "clearable": forms.FileField(widget=forms.ClearableFileInput),
    "photo": forms.FileField(widget=PhotoInput),
    "day": forms.DateField(widget=DayInput),
    "moment": forms.DateTimeField(widget=MomentInput),
    "two": forms.SplitDateTimeField(),
    "three": forms.DateField(widget=forms.SelectDateWidget),
    "described": forms.CharField(widget=forms.TextInput(attrs={"aria-describedby": "elsewhere"})),
}


class Page(HTMLParser):
    """The tags of a piece of HTML with their attributes."""

    def __init__(self, html):
        super().__init__()
        self.tags = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    @property
    def ids(self):
        return [attrs["id"] for _tag, attrs in self.tags if "id" in attrs]

    def values(self, name):
        return [attrs[name] for _tag, attrs in self.tags if name in attrs]


def form_of(kind, data=None):
    field = KINDS[kind]
    field.label, field.help_text = "名称", "写全称"
    return type("Sample", (forms.Form,), {"it": field})(data)


@pytest.mark.parametrize("kind", KINDS)
def test_every_control_shows_label_help_and_error(kind):
    html = str(form_of(kind, {})["it"].as_field_group())
    assert html.count("名称") >= 1
    assert "写全称" in html
    assert 'class="field__error"' in html and "has-error" in html
    assert 'aria-invalid="true"' in html


@pytest.mark.parametrize("data", [None, {}], ids=["unbound", "refused"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_describes_a_control_is_on_the_page(kind, data):
    page = Page(str(form_of(kind, data)["it"].as_field_group()))
    named = [name for value in page.values("aria-describedby") for name in value.split()]
    expected = ["id_it_helptext", "id_it_error"] if data is not None else ["id_it_helptext"]
    assert [name for name in dict.fromkeys(named) if name != "elsewhere"] == expected
    assert set(named) - {"elsewhere"} <= set(page.ids)


@pytest.mark.parametrize("kind", KINDS)
def test_ids_are_unique_and_labels_lead_to_a_control(kind):
    page = Page(str(form_of(kind, {})["it"].as_field_group()))
    assert len(page.ids) == len(set(page.ids))
    assert set(page.values("for")) <= set(page.ids)


@pytest.mark.parametrize("kind", KINDS)
def test_the_summary_leads_to_the_control(kind):
    page = Page(str(form_of(kind, {})))
    (link,) = [value for value in page.values("href") if value.startswith("#")]
    (target,) = [tag for tag, attrs in page.tags if attrs.get("id") == link[1:]]
    assert target in ("input", "select", "textarea")


def test_the_summary_says_which_field_an_error_is_of():
    class Two(forms.Form):
        name = forms.CharField(label="名称")
        reason = forms.CharField(label="理由")

    summary = str(Two({"name": "塘河"})).partition("</ul>")[0]
    assert "理由：" in summary
    assert "名称：" not in summary


def test_errors_of_hidden_fields_are_summed_up_without_a_link():
    class Versioned(forms.Form):
        version = forms.IntegerField(widget=forms.HiddenInput)

    html = str(Versioned({}))
    assert 'class="error-summary"' in html
    assert "href" not in html
    assert html.count('type="hidden"') == 1


def test_long_options_stand_one_below_the_other():
    assert 'class="choice"' in str(form_of("long_radio")["it"].as_field_group())
    assert 'class="chip"' in str(form_of("radio")["it"].as_field_group())


def test_help_of_a_stranger_is_escaped():
    form = forms.Form()
    form.fields["it"] = forms.CharField(help_text="<b>不</b>")
    assert "&lt;b&gt;" in str(form["it"].as_field_group())


def test_browser_controls_get_values_in_the_form_that_they_read():
    class Times(forms.Form):
        day = forms.DateField(widget=DayInput)
        at = forms.DateTimeField(widget=MomentInput)

    bound = Times({"day": "2026-03-05", "at": "2026-03-05T08:30"})
    assert bound.is_valid()
    html = str(Times(initial=bound.cleaned_data))
    assert 'type="date" name="day" value="2026-03-05"' in html
    assert 'type="datetime-local" name="at" value="2026-03-05T08:30"' in html


class Reply(RefusableForm):
    field_of = {"geom": "place", "not-confirmed": "sure"}
    text = forms.CharField()
    place = forms.CharField(required=False)
    sure = forms.BooleanField(required=False)


def reply(**given):
    form = Reply({"text": "已清淤", **given})
    assert form.is_valid()
    return form


def test_a_refusal_stands_beside_its_fields_and_the_rest_on_top():
    form = reply()
    errors = [FieldError("geom", "outside", "不在本区"), FieldError("weather", "unknown", "没有这种天气")]
    form.show(BadInput("不行", errors=errors))
    assert form.errors == {"place": ["不在本区"], "__all__": ["没有这种天气"]}
    assert form.errors.as_data()["place"][0].code == "outside"
    assert form["text"].value() == "已清淤"


def test_a_refusal_without_fields_stands_on_top_or_where_its_code_belongs():
    above, beside = reply(), reply()
    above.show(StaleEdit("别人改过了"))
    beside.show(MissingEvidence("请确认", code="not-confirmed"))
    assert above.errors == {"__all__": ["别人改过了"]}
    assert beside.errors == {"sure": ["请确认"]}


def test_a_form_may_have_a_field_for_every_refusal_that_names_none():
    class File(RefusableForm):
        field_of = {"": "file"}
        file = forms.FileField(required=False)

    form = File({})
    form.full_clean()
    form.show(BadInput("打不开", code="sheet-unreadable"))
    assert form.errors == {"file": ["打不开"]}


def test_a_refused_photo_stands_at_the_photo():
    class WithPhoto(forms.Form):
        photo = forms.FileField(required=False)

    form = WithPhoto({})
    form.full_clean()
    add_to_form(form, PhotoTooLarge("照片过大"))
    assert form.errors == {"photo": ["照片过大"]}
    assert status_of_form(form) == 413


def test_a_page_has_the_status_of_what_was_refused():
    stale = reply()
    stale.show(StaleEdit("别人改过了"))
    assert status_of_form(stale) == 409
    assert status_of_form(Reply()) == status_of_form(reply()) == 200
    assert status_of_form(Reply({})) == 400
    assert status_of_form(Reply(), stale, Reply({})) == 409


def test_a_formset_counts_as_its_forms():
    Rows = forms.formset_factory(Reply, extra=0)
    sent = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-place": "东门"}
    assert status_of_form(Rows(sent)) == 400
    assert status_of_form(Rows({**sent, "form-0-text": "已清淤"})) == 200


def test_who_fills_in_the_hidden_field_is_a_program():
    class Open(HoneypotMixin):
        text = forms.CharField()

    assert Open({"text": "河边有垃圾", "website": ""}).is_valid()
    caught = Open({"text": "河边有垃圾", "website": "http://spam.example"})
    assert caught.errors.as_data()["website"][0].code == "honeypot"
    html = str(Open()["website"].as_field_group())
    assert re.match(r'<div class="visually-hidden" aria-hidden="true">', html)
    assert 'tabindex="-1"' in html


@pytest.mark.django_db  # the page names the district
def test_too_many_attempts_say_when_to_come_back(rf):
    from ui.forms.refusable import render_form

    form = reply()
    form.show(TooMany("太多次了", retry_after=90))
    answer = render_form(rf.post("/"), "ui/form.html", {"form": form})
    assert (answer.status_code, answer["Retry-After"]) == (429, "90")


def test_an_empty_choice_of_a_model_says_so_in_the_sites_language():
    with override("zh-hans"):
        assert str(Finding._meta.get_field("category").formfield().choices[0][1]) == "请选择"
