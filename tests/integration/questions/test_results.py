"""Results: counted, by town and crossed with the fewest sheets, as a table; what became of it before it is put away."""

import csv
import io
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.inbox import Waiting
from accounts.models import Area
from geokit.refusal import MissingEvidence, NotPermitted
from questions import inbox
from questions.answering.services import publish
from questions.models import AnswerSheet, FormVersion, PublishedAnswer, Questionnaire
from questions.register import services
from questions.register.about import linked_to
from questions.register.form import Question, read_questions
from questions.register.permissions import open_to, questionnaires_visible_to
from questions.results import counting
from questions.results.counting import all_questions, by_area, cross, summaries
from questions.results.table import rows_of
from tests.data.cast import person
from tests.integration.questions.conftest import QUESTIONS, as_draft, give, opened

WEST, EAST = {"lng": "121.32", "lat": "29.85"}, {"lng": "121.38", "lat": "29.85"}


@pytest.fixture
def answered(questionnaire):
    """Twelve of the west, two of the east; the east alone says “bad”."""
    for number in range(12):
        give(questionnaire, {"q1": "good", "q3": ["walk"], "q4": WEST, "q5": str(number)})
    give(questionnaire, {"q1": "bad", "q2": '=HYPERLINK("x")', "q3": ["walk", "fish"], "q4": EAST})
    give(questionnaire, {"q1": "bad", "q2": "有垃圾", "q4": EAST})
    return questionnaire


def close(questionnaire, staff):
    questionnaire.refresh_from_db()
    services.step(staff, questionnaire.pk, "close", questionnaire.version)
    questionnaire.refresh_from_db()


def test_answers_are_counted_by_question_by_town_and_crossed(answered):
    questions = {one.name: one for one in read_questions(answered.forms.first().questions)}
    sheets = answered.sheets.all()
    found = {one.question.name: one for one in summaries(list(questions.values()), sheets)}
    assert [(bar.label, bar.count) for bar in found["q1"].bars] == [("好", 12), ("不好", 2)]
    assert found["q3"].answered == 13 and [bar.count for bar in found["q3"].bars] == [13, 1]
    assert found["q5"].numbers == (0, 5.5, 5.5, 11) and found["q6"].answered == 0
    towns = by_area(questions["q1"], sheets, 10)
    assert [(row.name, row.count) for row in towns] == [("西镇", 12)], "two of the east are not shown"
    table = cross(questions["q1"], questions["q3"], sheets, 10)
    assert table.rows == [("好", [12, 0]), ("不好", [None, None])]


def test_the_table_has_codes_and_labels_and_no_formula(as_user, answered, staff):
    answer = as_user(staff).get(f"/questions/{answered.pk}/desk/answers.csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    head = rows[0]
    assert head[5:9] == ["q1（代码）", "河边环境怎样", "哪里不好", "q3（代码）"]
    (row,) = [row for row in rows if row[8] == "walk fish"]
    assert row[5:7] == ["bad", "不好"] and row[9] == "散步、钓鱼"
    assert row[7].startswith("'="), "a formula is a text"
    assert as_user(staff).get(f"/questions/{answered.pk}/desk/answers.xlsx").status_code == 200


def test_results_are_the_staffs_until_it_says_what_became_of_it(as_user, answered, staff, world):
    visitor, page = as_user(None), answered.get_absolute_url()
    results = f"/questions/{answered.pk}/desk/results/?area=q1&down=q1&across=q3"
    seen = as_user(staff).get(results).content.decode()
    assert "14 份答卷" in seen and 'fill-opacity="0.55"' in seen and "散步" in seen
    assert as_user(person("of-a-town", "staff", area=world.west_town)).get(results).status_code == 404
    with pytest.raises(NotPermitted):
        services.step(staff, answered.pk, "answer", answered.version, "都采纳")
    close(answered, staff)
    assert not AnswerSheet.objects.exclude(source="").exists()
    assert "结果" not in visitor.get(page).content.decode().partition("<article>")[2]
    with pytest.raises(NotPermitted):
        services.step(staff, answered.pk, "archive", answered.version)
    with pytest.raises(MissingEvidence, match="答复以后才能归档"):
        services.step(staff, answered.pk, "answer", answered.version, "  ")
    bad = AnswerSheet.objects.get(answers__q2="有垃圾")
    publish(staff, bad.pk, "q2", text="河边有垃圾", reply="已清理")
    assert "河边有垃圾" not in visitor.get(page).content.decode()
    services.step(staff, answered.pk, "answer", answered.version, "采纳两条")
    shown = visitor.get(f"{page}?area=q1&down=q1&across=q3").content.decode()
    for words in ("采纳两条", "河边有垃圾", "已清理", "14 份答卷"):
        assert words in shown
    assert "HYPERLINK" not in shown
    assert "西镇" not in shown and "各镇街的份数不够" in shown, "the rest of 14 would tell the two of the east"
    assert "<table" not in shown and "所以不显示这张表" in shown
    assert "满意度</h3>" not in shown, "nobody answered it"
    assert "12 · 86%" not in shown, "the rest of 14 would tell the two who said “bad”"
    assert shown.count('fill-opacity="0.55"') == 1, "twelve of the west are drawn, two of the east are not"
    AnswerSheet.objects.filter(answers__q1="bad").update(in_burst=True)
    assert "14 份答卷" in visitor.get(f"{page}?bursts=0").content.decode(), "without two it would tell the two"
    assert "最大 11" not in shown and "中位 5.5" in shown, "the highest is one person's"
    services.step(staff, answered.pk, "archive", answered.version + 1)
    assert visitor.get(page).status_code == 200, "put away, and still to be read"


def test_villages_count_with_their_town_and_what_comes_in_bursts_can_be_left_out(as_user, questionnaire, staff, world):
    one, other = (
        Area.objects.create(code=f"v{number}", name=f"{number}村", level="village", parent=world.west_town)
        for number in (1, 2)
    )
    for area in (one, other, world.west_town):
        sheet = give(questionnaire, {"q1": "good", "q4": WEST})
        AnswerSheet.objects.filter(pk=sheet.pk).update(area=area)
    give(questionnaire, {"q1": "bad", "q2": "x", "q4": EAST})
    AnswerSheet.objects.filter(answers__q1="bad").update(in_burst=True)
    (question, *_rest) = read_questions(questionnaire.forms.first().questions)
    rows = by_area(question, questionnaire.sheets.all(), 3)
    assert [(row.name, row.count) for row in rows] == [("西镇", 3)]
    results = f"/questions/{questionnaire.pk}/desk/results/"
    assert as_user(staff).get(results).content.decode().count('fill-opacity="0.55"') == 2
    assert as_user(staff).get(f"{results}?bursts=0").content.decode().count('fill-opacity="0.55"') == 1


@pytest.fixture
def published(questionnaire, staff):
    """Twenty-four, half of each town, eleven of them in a burst; answered."""
    for number in range(24):
        sheet = give(questionnaire, {"q1": "good", "q3": ["walk"], "q4": WEST if number % 2 else EAST})
        AnswerSheet.objects.filter(pk=sheet.pk).update(in_burst=number > 12)
    close(questionnaire, staff)
    services.step(staff, questionnaire.pk, "answer", questionnaire.version, "都采纳")
    questionnaire.refresh_from_db()
    return questionnaire


def test_the_public_cannot_leave_bursts_out_and_reads_what_was_counted_once(as_user, published):
    page = f"{published.get_absolute_url()}?area=q1&down=q1&across=q3"
    whole = as_user(None).get(page).content.decode()
    less = as_user(None).get(f"{page}&bursts=0").content.decode()
    assert "24 份答卷" in less and "不计这些" not in less and "24 · 100%" in less
    assert "西镇（12 份）" in whole and "东镇（12 份）" in whole, "two towns, and nobody left over"
    assert whole.count("<table") == 1 and "所以不显示这张表" not in whole, "no cell is small"
    AnswerSheet.objects.update(answers={})
    assert "西镇（12 份）" in as_user(None).get(page).content.decode(), "counted once"


def test_a_small_rest_takes_the_smallest_town_in(world, questionnaire):
    for number in range(9):
        give(questionnaire, {"q1": "good", "q4": WEST if number < 5 else EAST})
    nowhere = give(questionnaire, {"q1": "bad", "q2": "x"})
    assert nowhere.area is None
    (question, *_rest) = read_questions(questionnaire.forms.first().questions)
    rows = by_area(question, questionnaire.sheets.all(), 3, least_of_a_bar=3)
    assert [(row.name, row.count) for row in rows] == [("西镇", 5), ("其他和未填", 5)]
    assert [(row.name, row.count) for row in by_area(question, questionnaire.sheets.all(), 3)] == [
        ("西镇", 5),
        ("东镇", 4),
    ]


def _in_towns(questionnaire, **said):
    """Answer so many times in each town; the question and its sheets."""
    places = {"west": WEST, "east": EAST}
    for place, answers in said.items():
        for choice, times in answers.items():
            for _one in range(times):
                give(questionnaire, {"q1": choice, "q2": "x", "q4": places[place]})
    return read_questions(questionnaire.forms.first().questions)[0], questionnaire.sheets.all()


def test_no_bar_of_a_town_is_told_by_the_other_towns(world, questionnaire):
    """All say how many took a choice; the towns that are shown would tell the two of the west."""
    question, sheets = _in_towns(questionnaire, west={"good": 4, "bad": 2}, east={"good": 3, "bad": 4})
    exact = [[bar.count for bar in row.bars] for row in by_area(question, sheets, 3)]
    assert exact == [[3, 4], [4, 2]]
    public = by_area(question, sheets, 3, least_of_a_bar=3)
    assert [[bar.count for bar in row.bars] for row in public] == [[None, None], [None, None]]


def test_towns_are_not_shown_where_one_bar_cannot_be_kept_unseen(as_user, world, questionnaire):
    """The east alone has another choice: whatever else is left out, the sums tell its two."""
    question, sheets = _in_towns(questionnaire, west={"good": 6}, east={"good": 2, "bad": 5})
    assert len(by_area(question, sheets, 3)) == 2
    assert by_area(question, sheets, 3, least_of_a_bar=3) == []


def test_an_answer_is_never_read_under_other_labels(as_user, questionnaire, staff):
    give(questionnaire, {"q1": "good"})
    other = replace(QUESTIONS[0], choices=(("good", "不好"), ("bad", "好")))
    FormVersion.objects.create(
        questionnaire=questionnaire,
        number=2,
        made_by=staff,
        questions=[one.as_data() for one in (other, *QUESTIONS[1:])],
    )
    give(questionnaire, {"q1": "good"})
    questions = all_questions(questionnaire)
    assert [one.name for one in questions].count("q1") == 2 and [one.name for one in questions].count("q6") == 1
    found = [one for one in summaries(questions, questionnaire.sheets.all()) if one.question.name == "q1"]
    assert [[(bar.label, bar.count) for bar in one.bars] for one in found] == [
        [("不好", 1), ("好", 0)], [("好", 1), ("不好", 0)],
    ]  # fmt: skip
    rows = list(rows_of(questions, questionnaire.sheets.all()))
    twice = [at for at, head in enumerate(rows[0]) if head == "河边环境怎样"]
    assert sorted([[row[at] for at in twice] for row in rows[1:]]) == [["", "好"], ["不好", ""]]
    assert (
        as_user(staff).get(f"/questions/{questionnaire.pk}/desk/results/?area=q1&down=q1&across=q6").status_code == 200
    )


def test_few_answers_show_no_result_to_the_public(as_user, questionnaire, staff):
    give(questionnaire, {"q1": "good"})
    close(questionnaire, staff)
    services.step(staff, questionnaire.pk, "answer", questionnaire.version, "收到")
    page = as_user(None).get(f"{questionnaire.get_absolute_url()}?area=q1&down=q1&across=q3").content.decode()
    assert "不足 10 份" in page and "<table" not in page


def test_only_written_answers_are_published_and_by_who_keeps_them(answered, staff, world):
    sheet = AnswerSheet.objects.get(answers__q2="有垃圾")
    with pytest.raises(NotPermitted):
        publish(person("of-a-town", "staff", area=world.west_town), sheet.pk, "q2", text="x")
    for name in ("q1", "q9", "\0"):
        with pytest.raises(Exception, match="文字"):
            publish(staff, sheet.pk, name, text="x")
    publish(staff, sheet.pk, "q2", text="一")
    publish(staff, sheet.pk, "q2", text="二")
    assert PublishedAnswer.objects.get().text == "二"


def test_it_is_found_where_it_belongs_and_waits_for_the_second(as_user, staff, second, world, draft_law):
    found = opened(staff, second, world.district, document=draft_law)
    draft = as_draft(staff, world.district, title="还没审核")
    services.step(staff, draft.pk, "submit", draft.version)
    assert [one.title for one in linked_to(draft_law, None)] == ["河道环境问卷"]
    assert "河道环境问卷" in as_user(None).get(draft_law.get_absolute_url()).content.decode()
    home = as_user(None).get("/").content.decode()
    assert "河道环境问卷" in home and "还没审核" not in home
    assert list(open_to(None, timezone.now())) == [found]
    assert not questionnaires_visible_to(None).filter(pk=draft.pk).exists()
    waits = {one.kind: one for one in inbox.waiting(second, timezone.localdate())}
    assert isinstance(waits["questionnaires-to-review"], Waiting)
    assert [row.pk for row in waits["questionnaires-to-review"].rows] == [draft.pk]
    mine = {one.kind: one for one in inbox.waiting(staff, timezone.localdate())}
    assert not mine["questionnaires-to-review"].rows
    for address in ("/questions/", "/questions/?state=open", "/questions/petitions/", "/questions/contributions/"):
        assert as_user(None).get(address).status_code == 200


def test_the_list_has_the_open_ones_first(as_user, staff, second, world):
    now = timezone.now()
    for title, begins, ends in (("快截止", -9, 1), ("早截止了", -90, -80), ("刚截止", -9, -1)):
        made = opened(staff, second, world.district, title=title)
        times = {"opens_at": now + timedelta(days=begins), "closes_at": now + timedelta(days=ends)}
        Questionnaire.objects.filter(pk=made.pk).update(**times, state="open" if ends > 0 else "closed")
    late = as_draft(staff, world.district, title="起草中的", closes_at=now + timedelta(days=60))
    rows = as_user(staff).get("/questions/").context["page"].object_list
    assert [row.title for row in rows] == ["快截止", late.title, "刚截止", "早截止了"]


def test_staff_write_a_questionnaire_by_forms(as_user, staff, world, draft_law):
    client, now = as_user(staff), timezone.localtime()
    top = {
        "title": "公园怎么改", "area": world.district.pk, "audience": "everybody", "once": "browser", "version": "0",
        "opens_at": now.strftime("%Y-%m-%dT%H:%M"), "closes_at": (now + timedelta(days=5)).strftime("%Y-%m-%dT%H:%M"),
        "about_kind": "document", "about_code": draft_law.code,
    }  # fmt: skip
    for wrong in ({"about_code": "no-such"}, {"once": "code"}, {"audience": "group"}, {"closes_at": "9999-12-31T23:59"},
                  {"opens_at": "NaN"}, {"title": ""}):  # fmt: skip
        assert client.post("/questions/new/", top | wrong).status_code == 400, wrong
    assert client.post("/questions/new/", top).status_code == 302
    made = Questionnaire.objects.get()
    assert made.document == draft_law
    new = f"/questions/{made.pk}/desk/questions/new/"
    one = {"version": made.version, "label": "要什么", "kind": "one", "choices": "a=树\nb=灯"}
    assert client.post(new, one | {"choices": "树"}).status_code == 400
    assert client.post(new, one | {"when": "eval(1)"}).status_code == 400
    assert client.post(new, one | {"low": "NaN"}).status_code == 400
    assert client.post(new, one).status_code == 302
    assert client.post(new, one).status_code == 409
    made.refresh_from_db()
    second = {"version": made.version, "label": "多少盏", "kind": "number", "when": "${q1} = 'b'"}
    assert client.post(new, second).status_code == 302
    made.refresh_from_db()
    up = f"/questions/{made.pk}/desk/questions/q2/arrange/"
    stays = client.post(up, {"version": made.version, "do": "up"})
    assert stays.status_code == 400 and "不在这个问题之前" in stays.content.decode()
    assert client.get(f"/questions/{made.pk}/desk/questions/q2/").status_code == 200
    assert client.get(f"/questions/{made.pk}/desk/").status_code == 200
    edit = f"/questions/{made.pk}/desk/edit/"
    assert client.post(edit, top | {"title": "公园", "version": made.version}).status_code == 302
    assert client.post(edit, top | {"version": made.version}).status_code == 409
    made.refresh_from_db()
    assert made.title == "公园"


def test_single_choices_that_together_say_too_much_take_the_next_one_along():
    """Two choices of one sheet each: the rest tells that they are two, and each has one at least."""
    assert counting._hidden(Counter(a=20, b=6, c=1, d=1), 5, only_one=True) == {"b", "c", "d"}
    assert counting._hidden(Counter(a=20, b=6, c=3, d=2), 5, only_one=True) == {"c", "d"}
    assert counting._hidden(Counter(a=20, b=6, c=1), 5, only_one=True) == {"b", "c"}
    assert counting._hidden(Counter(a=20, c=1), 5, only_one=False) == {"c"}
    assert counting._hidden(Counter(a=20, b=6), 5, only_one=True) == set()


def test_a_choice_that_is_left_out_of_the_sum_is_not_told_by_adding_the_towns_up():
    """Of all, c and d are left out; the second town alone would leave c and e out, and d would be its sum."""
    options = tuple((code, code) for code in "cde")
    question = Question(name="q", kind="one", label="q", choices=options)
    towns = [Counter(d=6, e=15), Counter(c=2, d=6, e=4)]
    assert counting._hidden(sum(towns, Counter()), 5, only_one=True) == {"c", "d"}
    assert counting._hidden(towns[1], 5, only_one=True) == {"c", "e"}
    hidden = counting._hidden_by_town(question, towns, 5)
    assert hidden == [{"d", "e"}, {"c", "e"}]
