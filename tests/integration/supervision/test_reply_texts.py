"""Texts for replies: a department's own, filled with the facts of the matter, offered where it answers."""

import pytest

from geokit.refusal import BadInput, NotPermitted, StaleEdit
from ledger.models import AuditEntry
from supervision.models import ReplyText
from supervision.reply_texts.filling import NAMES, filled
from supervision.reply_texts.services import MOST, delete_text, save_text, texts_of

WORDS = {"name": "油污", "text": "您反映的{编号}《{题目}》，{镇街}的油污已清除。监督电话{监督电话}。"}


@pytest.fixture
def kept(officer):
    return save_text(officer, None, **WORDS)


@pytest.mark.parametrize("who", ["other_officer", "staff", "deputy", "gis"])
def test_a_text_is_its_departments_own(who, kept, as_user, request):
    person = request.getfixturevalue(who)
    assert not texts_of(person).exists()
    with pytest.raises((NotPermitted, BadInput)):
        save_text(person, kept.pk, version=1, name="改", text="改")
    with pytest.raises((NotPermitted, BadInput)):
        delete_text(person, kept.pk, version=1)
    client = as_user(person)
    assert client.get(f"/findings/replies/{kept.pk}/").status_code == 404
    assert client.post(f"/findings/replies/{kept.pk}/delete/", {"version": 1}).status_code == 404
    kept.refresh_from_db()
    assert kept.name == "油污"


def test_the_facts_of_the_matter_stand_in_the_place_of_the_words(kept, assigned):
    text = filled(kept.text, assigned)
    assert assigned.number in text and assigned.title in text and assigned.area.name in text
    assert "{" not in text
    assert "{" not in filled("".join(f"{{{name}}}" for name in NAMES), assigned)


def test_a_text_is_offered_in_the_reply_of_its_department_alone(kept, assigned, officer, staff, as_user):
    page = as_user(officer).get(f"/suggestions/{assigned.number}/").text
    assert f"您反映的{assigned.number}" in page and "data-insert-into=" in page
    assert "您反映的" not in as_user(staff).get(f"/suggestions/{assigned.number}/").text


def test_what_is_no_text_is_refused(kept, officer):
    for words, field in (
        ({"name": "一", "text": "{负责人}已办"}, "text"),
        ({"name": " ", "text": "x"}, "name"),
        ({"name": "油污", "text": "同名"}, None),
    ):
        with pytest.raises(BadInput) as refused:
            save_text(officer, None, **words)
        assert field is None or [error.field for error in refused.value.errors] == [field]
    with pytest.raises(StaleEdit):
        save_text(officer, kept.pk, version=9, name="油污", text="旧")
    ReplyText.objects.bulk_create(
        ReplyText(department=officer.department, name=f"第{n}", text="x") for n in range(MOST - 1)
    )
    with pytest.raises(BadInput, match="最多"):
        save_text(officer, None, name="多一个", text="x")


def test_an_officer_keeps_changes_and_removes_one_on_the_pages(officer, as_user):
    client = as_user(officer)
    assert "还没有常用答复" in client.get("/findings/replies/").text
    refused = client.post("/findings/replies/new/", {"version": 0, "name": "油污", "text": "{没有的}"})
    assert refused.status_code == 400 and "不认识的填充项" in refused.text
    assert client.post("/findings/replies/new/", {"version": 0, "name": "零\x00", "text": "x"}).status_code == 400
    assert client.post("/findings/replies/new/", {"version": 0, **WORDS}).status_code == 302
    kept = ReplyText.objects.get()
    changed = {"version": 1, "name": "油污清除", "text": "{编号}"}
    assert client.post(f"/findings/replies/{kept.pk}/", changed).status_code == 302
    assert "油污清除" in client.get("/findings/replies/").text
    assert client.post(f"/findings/replies/{kept.pk}/delete/", {"version": 1}, follow=True).redirect_chain
    assert ReplyText.objects.exists()  # it was of version 2 by then
    client.post(f"/findings/replies/{kept.pk}/delete/", {"version": 2})
    assert not ReplyText.objects.exists()
    assert AuditEntry.objects.filter(verb__startswith="reply-text-").count() == 3
