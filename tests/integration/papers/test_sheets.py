"""Sheets of the provincial system: entered once, whatever is sent again."""

import pytest

from geokit.refusal import BadInput, NotPermitted
from papers.exchange.intake import load
from papers.register import services as register
from papers.register.models import Paper

HEAD = "编号,类别,标题,案由,案据,方案,领衔代表,联名代表,提交日期\n"
ROW = "省字12,代表建议,关于增设路灯的建议,南门街夜间昏暗,事故多发,增设二十盏,张代表,代表0、代表1,2026-03-05\n"


def outcomes(results):
    return [str(one.outcome) for one in results]


def test_a_sheet_is_checked_without_a_trace_and_then_entered_once(staff, congress):
    content = (HEAD + ROW).encode()
    assert outcomes(load(staff, congress.of, "a.csv", content, dry_run=True)) == ["stored"]
    assert not Paper.objects.exists()
    load(staff, congress.of, "a.csv", content, dry_run=False)
    paper = Paper.objects.get()
    assert (paper.outer_number, paper.state, paper.number) == ("省字12", "accepted", "2026-J0001")
    assert [str(one) for one in paper.signatories.all()] == ["张代表", "代表0", "代表1"]
    assert outcomes(load(staff, congress.of, "a.csv", content, dry_run=False)) == ["same"]


def test_a_paper_that_was_written_here_takes_its_number_from_there(staff, congress, filed):
    row = f"省字7,,{filed.title.replace('南塘河', '南塘河 ')},,,,张代表,,\n"
    assert outcomes(load(staff, congress.of, "a.csv", (HEAD + row).encode(), dry_run=False)) == ["changed"]
    filed.refresh_from_db()
    assert filed.outer_number == "省字7"
    assert Paper.objects.count() == 1


def test_a_row_with_an_unknown_deputy_is_refused_and_the_others_are_not(staff, congress):
    bad = ROW.replace("张代表", "没有这人").replace("省字12", "省字13").replace("路灯", "井盖")
    results = load(staff, congress.of, "a.csv", (HEAD + bad + ROW).encode(), dry_run=False)
    assert outcomes(results) == ["refused", "stored"]
    assert "不是本届在任代表" in results[0].errors[0].message


@pytest.mark.parametrize(
    "columns", ["建议号=省系统编号；建议名称=题目；提出人=领衔代表", "建议号=outer_number；建议名称=title；提出人=lead"]
)
def test_the_columns_are_a_rule_of_the_district(staff, congress, set_rule, columns):
    set_rule("papers.sheet_columns", columns)
    content = "建议号,建议名称,提出人,别的\n9,关于停车的建议,张代表,x\n".encode("gb18030")
    assert outcomes(load(staff, congress.of, "b.csv", content, dry_run=False)) == ["stored"]


def test_a_sheet_without_the_columns_or_from_a_stranger_is_refused(staff, deputy, congress):
    with pytest.raises(BadInput, match="没有“标题”"):
        load(staff, congress.of, "a.csv", "甲,乙\n1,2\n".encode(), dry_run=True)
    with pytest.raises(NotPermitted):
        load(deputy, congress.of, "a.csv", (HEAD + ROW).encode(), dry_run=True)


def test_a_row_does_not_find_a_draft_that_is_its_deputies_alone(staff, congress, draft):
    content = (HEAD + f"省字8,,{draft.title},,,,张代表,,\n").encode()
    assert outcomes(load(staff, congress.of, "a.csv", content, dry_run=True)) == ["stored"]
    assert outcomes(load(staff, congress.of, "a.csv", content, dry_run=False)) == ["stored"]
    draft.refresh_from_db()
    assert draft.outer_number == "" and Paper.objects.get(outer_number="省字8").state == "accepted"


def test_a_number_of_the_provincial_system_is_one_paper_also_when_that_was_taken_back(staff, deputy, congress, filed):
    content = (HEAD + f"省字7,,{filed.title},,,,张代表,,\n").encode()
    load(staff, congress.of, "a.csv", content, dry_run=False)
    register.withdraw(deputy, filed, Paper.objects.get().version, "另行提出")
    assert outcomes(load(staff, congress.of, "a.csv", content, dry_run=False)) == ["same"]
    assert Paper.objects.count() == 1
