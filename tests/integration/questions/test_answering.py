"""Answering: a page without script, once each, what is refused keeps what was typed, nothing is lost."""

import io
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.gis.geos import Point
from django.utils import timezone
from PIL import Image

from accounts.models import Area
from geokit.refusal import BadInput, NotPermitted, StaleEdit
from questions import inbox
from questions.answering import reading
from questions.answering.services import Sender, answer
from questions.jobs import hourly
from questions.models import AnswerPhoto, AnswerSheet, Questionnaire
from questions.register import services
from questions.register.form import Question
from supervision.public import draft_photos
from tests.data.cast import person, seat
from tests.integration.questions.conftest import QUESTIONS, as_draft, give, opened

GOOD = {"q-q1": "good", "q-q3": ["walk", "fish"], "q-q4-lng": "121.33", "q-q4-lat": "29.85", "q-q5": "3", "q-q6": "5"}


def sent(more=None, number=1, **without):
    return {"client_id": str(uuid4()), "form_number": str(number)} | GOOD | (more or {})


def test_a_visitor_answers_once_in_one_browser(as_user, questionnaire, world):
    visitor = as_user(None)
    page = visitor.get(questionnaire.get_absolute_url()).content.decode()
    assert "河边环境怎样" in page and "“河边环境怎样”是“不好”" in page, "the condition is said where no script hides"
    form = sent()
    assert visitor.post(questionnaire.get_absolute_url(), form).status_code == 302
    sheet = AnswerSheet.objects.get()
    assert sheet.answers == {"q1": "good", "q3": ["walk", "fish"], "q4": "121.330000,29.850000", "q5": 3.0, "q6": "5"}
    assert sheet.area == world.west_town and sheet.places.get().geom.coords == (121.33, 29.85)
    assert visitor.post(questionnaire.get_absolute_url(), form).status_code == 302, "sent again is the same sheet"
    refused = visitor.post(questionnaire.get_absolute_url(), sent())
    assert refused.status_code == 400 and "已经提交过" in refused.content.decode()
    assert AnswerSheet.objects.count() == 1
    assert "已经收到" in visitor.get(questionnaire.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("more", "field", "said"),
    [
        ({"q-q1": ""}, "q1", "请回答这个问题"),
        ({"q-q1": "bad"}, "q2", "请回答这个问题"),
        ({"q-q1": "bad", "q-q2": "长" * 51}, "q2", "最多 50 字"),
        ({"q-q1": "<script>"}, "q1", "请从选项里选择"),
        ({"q-q5": "NaN"}, "q5", "不是数字"),
        ({"q-q5": "1e999"}, "q5", "不是数字"),
        ({"q-q5": "51"}, "q5", "不能大于 50"),
        ({"q-q5": "2.5"}, "q5", "请写整数"),
        ({"q-q4-lng": "121.33", "q-q4-lat": ""}, "q4", "要一起写"),
        ({"q-q4-lng": "NaN"}, "q4", "不是经纬度"),
        ({"q-q4-lng": "10", "q-q4-lat": "10"}, "q4", "范围内"),
        ({"q-q4-lng": "", "q-q4-lat": "", "q-q4": "月球"}, "q4", "没有查到"),
        ({"q-q3": ["walk", "swim"]}, "q3", "请从选项里选择"),
    ],
)
def test_what_is_wrong_is_said_beside_the_question_and_what_was_typed_stays(as_user, questionnaire, more, field, said):
    answered = as_user(None).post(questionnaire.get_absolute_url(), sent(more) | {"q-q2": more.get("q-q2", "")})
    page = answered.content.decode()
    assert answered.status_code == 400 and said in page
    assert f"#id_q-{field}" in page, "the summary leads there"
    assert not AnswerSheet.objects.exists()
    assert 'value="3"' in page or more.get("q-q5"), "what was right is still there"


def test_a_name_of_two_places_is_asked_back_with_both_and_taken_with_its_town(as_user, questionnaire, world):
    for town, x in ((world.west_town, 121.32), (world.east_town, 121.38)):
        Area.objects.create(
            code=f"{town.code}-9", name="新桥村", level="village", parent=town, point=Point(x, 29.85, srid=4326)
        )
    typed = {"q-q4": "新桥村", "q-q4-lng": "", "q-q4-lat": ""}
    page = as_user(None).post(questionnaire.get_absolute_url(), sent(typed)).content.decode()
    assert "“新桥村”可能是：西镇 新桥村、东镇 新桥村。请连镇街的名字一起写" in page
    assert as_user(None).post(questionnaire.get_absolute_url(), sent(typed | {"q-q4": "东镇新桥村"})).status_code == 302
    assert AnswerSheet.objects.get().area == world.east_town


def test_a_line_names_few_places_and_each_is_looked_up_once(as_user, world, staff, second, monkeypatch):
    asked = []
    monkeypatch.setattr(reading, "place_of", lambda *_who, address, **_more: asked.append(address))
    lines = [Question(name=name, kind="line", label=name) for name in ("l1", "l2", "l3")]
    found = opened(staff, second, world.district, lines)
    base = {"client_id": str(uuid4()), "form_number": "1"}
    typed = {f"q-l{number}": "\n".join(f"地名{number}-{one % 7}" for one in range(200)) for number in (1, 2, 3)}
    monkeypatch.setattr(reading, "town_in_district", lambda _place: None)
    assert as_user(None).post(found.get_absolute_url(), base | typed).status_code == 400
    assert len(asked) == 3, "an unknown name ends its line"
    asked.clear()
    monkeypatch.setattr(
        reading, "place_of", lambda *_who, address, **_more: asked.append(address) or Point(121.3, 29.8)
    )
    page = as_user(None).post(found.get_absolute_url(), base | typed)
    assert page.status_code == 400 and "最多用 10 个地名" in page.content.decode()
    assert len(asked) == len(set(asked)) == 10


def test_scripts_in_texts_are_words_and_hidden_questions_are_left_out(as_user, questionnaire, staff):
    words = "<script>alert(1)</script>=1+1"
    as_user(None).post(questionnaire.get_absolute_url(), sent({"q-q1": "bad", "q-q2": words}))
    as_user(None).post(questionnaire.get_absolute_url(), sent({"q-q1": "good", "q-q2": "没有被问到"}))
    first, second = AnswerSheet.objects.order_by("pk")
    assert first.answers["q2"] == words and "q2" not in second.answers
    page = as_user(staff).get(f"/questions/{questionnaire.pk}/desk/answers/").content.decode()
    assert "<script>alert" not in page and "&lt;script&gt;" in page


def test_nul_and_odd_numbers_in_the_hidden_fields_are_refused(as_user, questionnaire):
    for broken in ({"client_id": "x"}, {"form_number": "9" * 40}, {"form_number": "NaN"}, {"q-q2": "a\0b"}):
        assert as_user(None).post(questionnaire.get_absolute_url(), sent(broken)).status_code == 400, broken
    assert as_user(None).post(questionnaire.get_absolute_url(), {}).status_code == 400


def test_an_answer_after_the_end_is_refused_whoever_closed_it(as_user, questionnaire, staff):
    Questionnaire.objects.update(closes_at=timezone.now() - timedelta(seconds=1))
    late = as_user(None).post(questionnaire.get_absolute_url(), sent())
    page = late.content.decode()
    assert late.status_code == 403 and "已经截止" in page
    assert "没有收下" in page and "散步、钓鱼" in page and "121.33,29.85" in page, "it is there to be copied"
    assert "没有收下" not in as_user(None).get(questionnaire.get_absolute_url()).content.decode()
    assert [one.pk for one in services.close_due()] == [questionnaire.pk]
    questionnaire.refresh_from_db()
    assert questionnaire.state == "closed" and not services.close_due()
    assert as_user(None).post(questionnaire.get_absolute_url(), sent()).status_code == 403
    assert not AnswerSheet.objects.exists()


def test_a_form_that_changed_before_anybody_answered_asks_to_look_again(as_user, questionnaire, staff, second):
    services.step(staff, questionnaire.pk, "revise", questionnaire.version, "漏了一题")
    questionnaire.refresh_from_db()
    with pytest.raises(NotPermitted):
        give(questionnaire, {"q1": "good"})
    services.save_form(staff, questionnaire.pk, questionnaire.version, [QUESTIONS[0], QUESTIONS[4]])
    services.step(staff, questionnaire.pk, "submit", questionnaire.version + 1)
    services.step(second, questionnaire.pk, "approve", questionnaire.version + 2)
    stale = as_user(None).post(questionnaire.get_absolute_url(), sent(number=1))
    assert stale.status_code == 409 and 'value="3"' in stale.content.decode()
    questionnaire.refresh_from_db()
    with pytest.raises(StaleEdit):
        answer(questionnaire, Sender(user=None, browser="b"), {"q1": "good"}, client_id=uuid4(), form_number=1)
    give(questionnaire, {"q1": "bad"})
    assert list(questionnaire.sheets.values_list("form__number", flat=True)) == [2]


def test_what_was_answered_cannot_be_taken_down_dropped_or_put_to_others(as_user, questionnaire, staff, world):
    give(questionnaire, {"q1": "bad", "q2": "有垃圾"})
    desk = f"/questions/{questionnaire.pk}/desk/"
    page = as_user(staff).get(desk).content.decode()
    assert 'value="revise"' not in page and 'value="close"' in page
    down = as_user(staff).post(desk, {"verb": "revise", "version": questionnaire.version, "text": "改"})
    assert down.status_code == 403 and "已经有人回答" in down.content.decode()
    Questionnaire.objects.update(state="draft")
    dropped = as_user(staff).post(desk, {"verb": "drop", "version": questionnaire.version, "text": "不要了"})
    assert dropped.status_code == 403 and "已经有人回答" in dropped.content.decode()
    for name, value in (("once", "account"), ("audience", "area"), ("for_area", world.west_town),
                        ("area", world.west_town), ("about_area", world.west_town)):  # fmt: skip
        with pytest.raises(BadInput, match="不能再改"):
            services.change(staff, questionnaire.pk, questionnaire.version, {name: value})
    services.change(staff, questionnaire.pk, questionnaire.version, {"title": "河道环境问卷（更正）"})


def test_many_from_one_address_are_marked_and_kept_until_the_limit(as_user, questionnaire, set_rule):
    set_rule("questions.burst_hour", 3)
    set_rule("limits.answers_address_hour", 5)
    statuses = [as_user(None).post(questionnaire.get_absolute_url(), sent()).status_code for _one in range(7)]
    assert statuses == [302] * 5 + [429] * 2
    assert list(AnswerSheet.objects.values_list("in_burst", flat=True)) == [False] * 3 + [True] * 2
    refused = as_user(None).post(questionnaire.get_absolute_url(), sent({"q-q5": "7"}))
    assert refused.headers["Retry-After"] and 'value="7"' in refused.content.decode(), "nothing typed is lost"
    assert AnswerSheet.objects.exclude(source="").count() == 5


def test_neighbouring_addresses_count_together(as_user, questionnaire, set_rule):
    set_rule("questions.burst_hour", 2)
    set_rule("limits.answers_network_hour", 3)
    page = questionnaire.get_absolute_url()
    addresses = ("198.51.100.1", "198.51.100.77", "198.51.100.200", "198.51.100.201", "203.0.113.1")
    statuses = [as_user(None).post(page, sent(), REMOTE_ADDR=address).status_code for address in addresses]
    assert statuses == [302, 302, 302, 429, 302]
    assert list(AnswerSheet.objects.order_by("pk").values_list("in_burst", flat=True)) == [False, False, True, False]


def test_a_printed_code_answers_once_and_a_guess_is_none(as_user, world, staff, second):
    found = opened(staff, second, world.district, audience="codes", once="code")
    services.add_codes(staff, found.pk, 2)
    code, other = found.codes.values_list("code", flat=True)
    led = as_user(None).get(f"/questions/code/{code}/")
    assert f'value="{code}"' in led.content.decode() and led["Referrer-Policy"] == "strict-origin"
    assert f'action="{found.get_absolute_url()}"' in led.content.decode(), "what is sent is not sent to the code"
    for guess, status in (("nosuchcode", 404), ("x" * 200, 404), ("%00", 400)):
        assert as_user(None).get(f"/questions/code/{guess}/").status_code == status
    asked = as_user(None).get(f"{found.get_absolute_url()}?code={code}").content.decode()
    assert f'value="{code}"' not in asked, "an address that a log has fills in nothing"
    assert as_user(None).post(found.get_absolute_url(), sent({"code": f" {code.upper()} "})).status_code == 302
    assert "已经用过" in as_user(None).post(found.get_absolute_url(), sent({"code": code})).content.decode()
    for wrong in ("", "nosuchcode", "x" * 40):
        assert as_user(None).post(found.get_absolute_url(), sent({"code": wrong})).status_code == 400
    printed = as_user(staff).get(f"/questions/{found.pk}/desk/codes/print/").content.decode()
    assert other in printed and code in printed, "which of them are used is not said"
    assert "用了 1 个" in as_user(staff).get(f"/questions/{found.pk}/desk/").content.decode()
    empty = {name: value for name, value in sent({"code": code}).items() if not name.startswith("q-")}
    tried = as_user(None).post(found.get_absolute_url(), empty).content.decode()
    assert "已经用过" not in tried, "only a sheet that could be kept learns whether a code is used"
    key = found.used_marks.get().key
    assert code not in key and key not in str(AnswerSheet.objects.values().get()), "which code it was is not kept"
    services.step(staff, found.pk, "close", found.version)
    assert not found.used_marks.exists()


def test_sheets_stand_in_no_order_of_arrival(as_user, questionnaire, staff):
    texts = [f"第 {number} 个来的" for number in range(8)]
    for words in texts:
        give(questionnaire, {"q1": "bad", "q2": words})
    page = as_user(staff).get(f"/questions/{questionnaire.pk}/desk/answers/").content.decode()
    by_chance = list(questionnaire.sheets.order_by("client_id").values_list("answers__q2", flat=True))
    assert sorted(texts, key=page.index) == by_chance
    assert not any(f"/answers/{sheet.pk}/" in page for sheet in questionnaire.sheets.all()), "nor do addresses say it"
    table = as_user(staff).get(f"/questions/{questionnaire.pk}/desk/answers.csv")
    lines = b"".join(table.streaming_content).decode()
    assert sorted(texts, key=lines.index) == by_chance


def test_deputies_alone_answer_what_asks_them_and_once_an_account(as_user, world, staff, second, deputy, officer):
    found = opened(staff, second, world.district, audience="deputies", once="account")
    seat(deputy, world.district)
    assert as_user(None).get(found.get_absolute_url()).status_code == 404
    assert as_user(officer).post(found.get_absolute_url(), sent()).status_code == 404
    assert as_user(staff).post(found.get_absolute_url(), sent()).status_code == 403
    preview = as_user(staff).get(found.get_absolute_url()).content.decode()
    assert "不是向您征求的" in preview and "<fieldset disabled>" in preview and "河边环境怎样" in preview
    assert 'name="client_id"' not in preview
    assert as_user(deputy).post(found.get_absolute_url(), sent()).status_code == 302
    assert as_user(deputy).post(found.get_absolute_url(), sent()).status_code == 400
    assert str(deputy.pk) != found.used_marks.get().key


def test_one_of_another_town_is_refused_where_a_town_is_asked(as_user, world, staff, second):
    found = opened(staff, second, world.district, audience="area", for_area=world.west_town)
    outside = as_user(None).post(found.get_absolute_url(), sent({"area": world.east_town.code}))
    assert outside.status_code == 400
    assert as_user(None).post(found.get_absolute_url(), sent()).status_code == 400
    assert as_user(None).post(found.get_absolute_url(), sent({"area": world.west_town.code})).status_code == 302


def test_a_photo_loses_its_place_and_a_file_that_is_none_is_refused(as_user, world, staff, second):
    questions = [Question(name="p", kind="photo", label="拍一张"), Question(name="l", kind="line", label="走哪条路")]
    found = opened(staff, second, world.district, questions)
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "a-phone"
    Image.new("RGB", (40, 30), "green").save(out, "JPEG", exif=exif)
    base = {"client_id": str(uuid4()), "form_number": "1", "q-l": "121.32,29.84\n西镇"}
    bad = as_user(None).post(found.get_absolute_url(), base | {"q-p": io.BytesIO(b"MZ not a photo")})
    assert bad.status_code == 400 and "西镇" in bad.content.decode()
    out.seek(0)
    refused = as_user(None).post(found.get_absolute_url(), base | {"q-p": out, "q-l": "121.32,29.84"})
    page = refused.content.decode()
    assert refused.status_code == 400 and "已保留 1 张照片" in page
    held = re.search(r'name="q-p-held" value="([^"]+)"', page)[1]
    assert as_user(None).post(found.get_absolute_url(), base | {"q-p-held": held + "x"}).status_code == 302
    assert not AnswerSheet.objects.get().photos.exists(), "a false ticket brings no photo"
    again = base | {"client_id": str(uuid4()), "q-p-held": held}
    assert as_user(None).post(found.get_absolute_url(), again).status_code == 302
    assert not draft_photos.read(held), "what is in the sheet is kept no longer beside it"
    photo = AnswerPhoto.objects.get()
    assert b"a-phone" not in photo.file.read()
    assert photo.sheet.places.get().geom.num_points == 2
    seen = f"/questions/photos/{photo.sheet.client_id}/{photo.sha256}/"
    assert seen in as_user(staff).get(f"/questions/{found.pk}/desk/answers/").content.decode()
    assert as_user(None).get(seen).status_code == 302
    assert as_user(staff).get(seen).status_code == 200
    assert as_user(person("of-a-town", "staff", area=world.west_town)).get(seen).status_code == 404


def test_drafts_are_for_their_staff_and_a_second_person_opens_them(as_user, world, staff, second):
    draft = as_draft(staff, world.district)
    assert as_user(None).get(draft.get_absolute_url()).status_code == 404
    client = as_user(staff)
    preview = client.get(draft.get_absolute_url()).content.decode()
    assert "还没有开始征求" in preview and "河边环境怎样" in preview
    desk = f"/questions/{draft.pk}/desk/"
    assert client.post(desk, {"verb": "submit", "version": draft.version}).status_code == 302
    own = client.post(desk, {"verb": "approve", "version": draft.version + 1})
    assert own.status_code == 403, "not the one who submitted it"
    services.step(staff, draft.pk, "send_back", draft.version + 1, "第二人来写")
    services.save_form(second, draft.pk, draft.version + 2, QUESTIONS)
    services.step(staff, draft.pk, "submit", draft.version + 3)
    assert not {one.kind: one for one in inbox.waiting(second, timezone.localdate())}["questionnaires-to-review"].rows
    writer = as_user(second).post(desk, {"verb": "approve", "version": draft.version + 4})
    assert writer.status_code == 403, "nor the one who wrote the questions"
    third = as_user(person("third-staff", "staff"))
    assert third.post(desk, {"verb": "approve", "version": draft.version + 4}).status_code == 302
    with pytest.raises(NotPermitted):
        services.save_form(staff, draft.pk, draft.version + 5, QUESTIONS)
    with pytest.raises(BadInput):
        services.make(staff, title="问", area=world.district, audience="group", once="account",
                      opens_at=timezone.now(), closes_at=timezone.now() + timedelta(days=1))  # fmt: skip


def test_from_where_answers_came_is_forgotten_however_it_ends(questionnaire, staff):
    typed = {"q1": "good"}
    give(questionnaire, typed, address="203.0.113.7")
    assert hourly()["sources_forgotten"] == 0 and AnswerSheet.objects.exclude(source="").exists()
    services.step(staff, questionnaire.pk, "close", questionnaire.version)
    assert not AnswerSheet.objects.exclude(source="").exists(), "closed"
    AnswerSheet.objects.update(source="a" * 64)
    Questionnaire.objects.update(state="draft", closes_at=timezone.now() - timedelta(seconds=1))
    assert hourly()["sources_forgotten"] == 1, "a draft whose end has passed"
    assert not AnswerSheet.objects.exclude(source="").exists()
