"""XLSForm: what is known becomes questions, what is not is refused with its row; the file is looked through first."""

import io

import openpyxl
import pytest

from geokit.refusal import BadInput, Refusal
from questions.exchange.xlsform import read_xlsform
from tests.data.cast import person
from tests.integration.questions.conftest import as_draft

HEAD = ["type", "name", "label::中文 (zh)", "required", "relevant", "constraint", "constraint_message", "parameters"]
CHOICES = [["list_name", "name", "label"], ["yn", "y", "是"], ["yn", "n", "否"]]
SURVEY = [
    ["note", "intro", "关于南塘河"],
    ["select_one yn", "near", "住在河边吗", "yes"],
    ["begin_group", "g", "住在河边的", "", "${near} = 'y'"],
    ["integer", "age", "住了几年", "", "", ". >= 0 and . <= 100", "请写 0 到 100"],
    ["select_multiple yn", "uses", "用水吗", "", "${age} > 1"],
    ["end_group"],
    ["geopoint", "place", "在哪里"],
    ["geotrace", "way", "走哪条路"],
    ["image", "photo", "照片"],
    ["range", "mark", "打几分", "", "", "", "", "start=1 end=5 step=1"],
    ["text", "say", "还想说"],
]


def book(survey, choices=CHOICES, name="survey"):
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = name
    for row in [HEAD, *survey]:
        sheet.append(row)
    other = made.create_sheet("choices")
    for row in choices:
        other.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_every_known_type_and_condition_is_read():
    questions = read_xlsform("问卷.xlsx", book(SURVEY))
    kinds = [(one.name, one.kind) for one in questions]
    assert kinds == [
        ("intro", "note"), ("near", "one"), ("g", "note"), ("age", "number"), ("uses", "several"), ("place", "point"),
        ("way", "line"), ("photo", "photo"), ("mark", "scale"), ("say", "text"),
    ]  # fmt: skip
    by_name = {one.name: one for one in questions}
    assert by_name["near"].required and by_name["near"].choices == (("y", "是"), ("n", "否"))
    assert by_name["age"].when == "${near} = 'y'" and by_name["age"].whole
    assert by_name["uses"].when == "(${near} = 'y') and (${age} > 1)"
    assert (by_name["mark"].low, by_name["mark"].high) == (1, 5)
    assert by_name["say"].when == ""


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["barcode", "b", "条码"], "第 3 行：还不支持题型“barcode”"),
        (["deviceid", "d"], "第 3 行：不收集"),
        (["select_one colours", "c", "颜色"], "第 3 行：choices 里没有"),
        (["select_one yn or_other", "c", "颜色"], "第 3 行：还不支持 or_other"),
        (["text", "2x", "字"], "第 3 行：名称要以字母开头"),
        (["text", "near", "字"], "第 3 行：名称“near”用了两次"),
        (["text", "t", ""], "第 3 行：没有写问题"),
        (["text", "t", "字", "", "pulldata('x') = 1"], "第 3 行：条件里的“pulldata”还不支持"),
        (["text", "t", "字", "", "${later} = 1"], "第 3 行：条件里的“later”不在这个问题之前"),
        (["range", "r", "分", "", "", "", "", "start=1 end=NaN"], "第 3 行：range 要写"),
        (["range", "r", "分", "", "", "", "", f"start=1 end=1{'0' * 400}"], "第 3 行：range 要写"),
        (["range", "r", "分", "", "", "", "", "start=1 end=100"], "第 3 行：打分要写起止"),
        (["end_group"], "第 3 行：end_group 前面没有"),
        (["begin_repeat", "r", "重复"], "第 3 行：还不支持题型“begin_repeat”"),
    ],
)
def test_what_is_not_known_is_refused_with_its_row(row, said):
    with pytest.raises(BadInput) as refusal:
        read_xlsform("问卷.xlsx", book([SURVEY[1], row]))
    assert said in refusal.value.message and refusal.value.errors


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", b"type,name\n", b"\0" * 100])
def test_a_file_that_is_no_workbook_is_refused(content):
    with pytest.raises(Refusal):
        read_xlsform("问卷.xlsx", content)
    with pytest.raises(BadInput, match="survey"):
        read_xlsform("问卷.xlsx", book(SURVEY, name="问卷"))


def test_a_sheet_is_loaded_by_its_staff_alone(as_user, staff, world):
    draft = as_draft(staff, world.district)
    address = f"/questions/{draft.pk}/desk/sheet/"

    def sent(content=b""):
        file = io.BytesIO(content)
        file.name = "问卷.xlsx"
        return {"version": draft.version, "file": file}

    town = person("of-a-town", "staff", area=world.west_town)
    assert as_user(town).post(address, sent(book(SURVEY))).status_code == 404
    bad = as_user(staff).post(address, sent(book([["barcode", "b", "条码"]])))
    assert bad.status_code == 400 and "还不支持题型" in bad.content.decode()
    assert as_user(staff).post(address, sent(book(SURVEY))).status_code == 302
    newest = draft.forms.first()
    assert (newest.number, len(newest.questions), newest.source) == (2, 10, "问卷.xlsx")
    assert as_user(staff).post(address, sent(book(SURVEY))).status_code == 409, "the version has moved on"
