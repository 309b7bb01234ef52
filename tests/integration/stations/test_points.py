"""Duty days and points: counted by the rule in force on the day; a new rule never reaches back."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import IntegrityError, transaction
from python_calamine import CalamineWorkbook

from geokit.refusal import BadInput, NotPermitted
from stations.duty import services as duty
from stations.duty.points import PointValue, rules, score, set_rule
from stations.duty.report import report_of
from stations.duty.services import DutyEntry, record_duties
from stations.models import DutyKind, DutyRecord, PointsItem, PointsRule
from tests import roles


def worth(**points):
    return {kind: PointValue(Decimal(points.get(kind, 1))) for kind in DutyKind.values}


@pytest.fixture
def records(receiving):
    """Make records of the deputy: (kind, day) pairs."""

    def make(*pairs):
        record_duties(
            DutyEntry(receiving.pk, kind, date.fromisoformat(day), f"test:{kind}:{day}:{number}", "x")
            for number, (kind, day) in enumerate(pairs)
        )
        return DutyRecord.objects.filter(deputy=receiving)

    return make


def test_without_a_rule_every_kind_is_one_point_and_fifteen_days_are_asked_for(records):
    found = score(records(("reception", "2026-03-01"), ("study", "2026-03-02")), 2026)
    assert (found.points, found.days, found.required_days, found.missing_days) == (2, 2, 15, 13)


def test_two_things_on_one_day_are_one_day(records):
    found = score(records(("reception", "2026-03-01"), ("study", "2026-03-01")), 2026)
    assert (found.count, found.days) == (2, 1)


def test_other_years_and_what_does_not_count_are_left_out(records, staff, receiving, deputy, noon):
    rows = records(("reception", "2025-12-31"), ("reception", "2026-01-01"), ("study", "2026-01-02"))
    duty.withdraw(staff, rows.get(kind="study").pk, version=1, reason="重复")
    duty.add(deputy, receiving, kind="study", on=date(2026, 2, 1), title="待确认")
    found = score(DutyRecord.objects.all(), 2026)
    assert (found.count, found.by_month[0]) == (1, 1)


def test_a_cap_holds_within_one_version_and_says_so(records, staff, noon):
    capped = worth(reception=3) | {"reception": PointValue(Decimal(3), Decimal(5))}
    set_rule(staff, valid_from=date(2026, 12, 1), required_days=20, worth=capped)
    found = score(records(*[("reception", f"2026-12-0{day}") for day in range(1, 4)]), 2026)
    assert (found.points, found.lines[0].capped, found.required_days) == (5, True, 20)


def test_each_record_counts_by_the_rule_of_its_day(records, staff, noon):
    set_rule(staff, valid_from=date(2026, 12, 1), required_days=20, worth=worth(reception=4))
    found = score(records(("reception", "2026-11-30"), ("reception", "2026-12-01")), 2026)
    assert found.points == 1 + 4


def test_a_kind_that_makes_no_day_makes_none(records, staff, noon):
    rule = worth() | {"other": PointValue(Decimal(1), None, False)}
    set_rule(staff, valid_from=date(2026, 12, 1), required_days=15, worth=rule)
    found = score(records(("other", "2026-12-02")), 2026)
    assert (found.count, found.days) == (1, 0)


def test_a_rule_neither_reaches_back_nor_comes_twice_nor_asks_for_nonsense(staff, noon):
    set_rule(staff, valid_from=date(2026, 11, 24), required_days=15, worth=worth())
    for day, days, code in (
        (date(2026, 11, 23), 15, "past"), (date(2026, 11, 24), 15, "taken"), (date(2026, 12, 1), 400, "impossible"),
    ):  # fmt: skip
        with pytest.raises(BadInput) as refused:
            set_rule(staff, valid_from=day, required_days=days, worth=worth())
        assert [error.code for error in refused.value.errors] == [code]
    assert len(rules()) == 2


@pytest.mark.parametrize("who", ["deputy", "officer", "gis", "west_staff"])
def test_only_the_districts_staff_set_the_rule(who, request, noon):
    with pytest.raises(NotPermitted):
        set_rule(request.getfixturevalue(who), valid_from=date(2026, 12, 1), required_days=15, worth=worth())


def test_a_rule_once_written_stays(staff, noon):
    rule = set_rule(staff, valid_from=date(2026, 12, 1), required_days=15, worth=worth())
    for rows in (PointsRule.objects.filter(pk=rule.pk), PointsItem.objects.filter(rule=rule)):
        with roles.owner_rights(), pytest.raises(IntegrityError), transaction.atomic():
            rows.delete()
    with roles.owner_rights(), pytest.raises(IntegrityError), transaction.atomic():
        PointsRule.objects.filter(pk=rule.pk).update(required_days=1)


def test_by_default_nothing_shows_points_and_a_new_rule_keeps_what_they_were(
    records, as_user, staff, deputy, receiving, noon
):
    records(("reception", "2026-03-01"), ("study", "2026-03-02"))
    address = f"/stations/duty/{receiving.page_code}/2026"
    for client, path in (
        (as_user(deputy), f"{address}/"),
        (as_user(staff), "/stations/duty/"),
        (as_user(staff), "/stations/duty/rule/"),
    ):
        page = client.get(path).content.decode()
        assert "积分" not in page
        assert "reception_points" not in page
    for path in (f"{address}.xlsx", "/stations/duty/2026.xlsx"):
        sheet = CalamineWorkbook.from_filelike(BytesIO(as_user(staff).get(path).content)).get_sheet_by_index(0)
        assert not [cell for row in sheet.to_python() for cell in row if cell == "积分"]
    form = {"valid_from": "2026-12-01", "required_days": "18", "note": "", "reception_day": "on"}
    assert as_user(staff).post("/stations/duty/rule/", form).status_code == 302
    item = PointsItem.objects.get(kind="study")
    assert (item.points, item.yearly_cap, item.counts_as_day) == (1, None, False)


def test_the_staff_set_a_rule_on_the_page(as_user, staff, west_staff, noon, set_rule):
    set_rule("duty.points", True)
    form = {"valid_from": "2026-12-01", "required_days": "18", "note": "试行"}
    form |= {f"{kind}_points": "2" for kind in DutyKind.values} | {"study_cap": "10", "reception_day": "on"}
    assert as_user(west_staff).post("/stations/duty/rule/", form).status_code == 404
    client = as_user(staff)
    past = client.post("/stations/duty/rule/", form | {"valid_from": "2026-01-01"})
    assert past.status_code == 400
    assert "不能早于今天" in past.content.decode()
    assert client.post("/stations/duty/rule/", form).status_code == 302
    item = PointsItem.objects.get(kind="study")
    assert (item.points, item.yearly_cap, item.counts_as_day) == (2, 10, False)


def test_the_report_is_the_same_on_the_page_and_in_the_workbook(records, as_user, deputy, receiving, noon, set_rule):
    set_rule("duty.points", True)
    records(("reception", "2026-03-01"), ("study", "2026-03-02"))
    client = as_user(deputy)
    page = client.get(f"/stations/duty/{receiving.page_code}/2026/").content.decode()
    assert "还差 13 天" in page
    book = CalamineWorkbook.from_filelike(
        BytesIO(client.get(f"/stations/duty/{receiving.page_code}/2026.xlsx").content)
    )
    sums = dict(row[:2] for row in book.get_sheet_by_index(0).to_python()[:7])
    assert (sums["履职天数"], sums["积分"]) == (2, 2)
    assert len(book.get_sheet_by_index(1).to_python()) == 3


def test_a_title_that_looks_like_a_formula_is_text_in_the_workbook(receiving, deputy, as_user, noon):
    duty.add(deputy, receiving, kind="study", on=date(2026, 11, 1), title="=1+1")
    content = as_user(deputy).get(f"/stations/duty/{receiving.page_code}/2026.xlsx").content
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(1).to_python()
    assert rows[1][2] == "'=1+1"
    assert report_of(deputy, receiving, 2026).pending == 1


def test_the_register_of_all_is_a_workbook_for_the_staff(records, as_user, staff, receiving, noon, set_rule):
    set_rule("duty.points", True)
    records(("reception", "2026-03-01"))
    content = as_user(staff).get("/stations/duty/2026.xlsx").content
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows] == ["代表", "陈一", "陈二"]
    assert rows[1][3:] == [1, 15, 1, 1]
