"""Lists ask the database as often for many rows as for few."""

import pytest

from supervision.matters import services
from supervision.matters.permissions import findings_visible_to
from supervision.matters.queries import findings_for_lists
from supervision.models import RoutingRule, Suggestion
from tests.integration.supervision.conftest import jpeg
from tests.queries import asked
from ui.pagination import page_of

FEW, MANY = 2, 8


@pytest.fixture
def fill(deputy, staff, point, file_finding):
    """File so many matters more: with a photo, some about a point, published."""

    def file(count):
        for number in range(count):
            finding = file_finding(
                deputy, text=f"第 {number} 件", photos=[jpeg()], point_code=point.code if number % 2 else None
            )
            Suggestion.objects.filter(pk=finding.suggestion.pk).update(is_public=True, public_text="公开内容")

    return file


@pytest.mark.parametrize(
    "address",
    ["/findings/", "/findings/export.csv", "/matters/", "/numbers/", "/api/v1/findings/", "/api/v1/suggestions/"],
)
def test_lists_of_matters_ask_as_often_for_many_as_for_few(address, as_user, staff, fill):
    client = as_user(staff)
    fill(FEW)
    few = asked(client, address)
    fill(MANY)
    assert asked(client, address) == few


@pytest.mark.parametrize("role", ["officer", "staff", "deputy"])
def test_the_work_page_asks_as_often(role, as_user, request, fill):
    client = as_user(request.getfixturevalue(role))
    fill(FEW)
    few = asked(client, "/work/")
    fill(MANY)
    assert asked(client, "/work/") <= few


@pytest.mark.parametrize("address", ["/routing/", "/routing/zones.geojson"])
def test_rules_are_asked_as_often(address, as_user, staff, world):
    client = as_user(staff)

    def more(priority):
        RoutingRule.objects.create(
            category=("environment", "social", "finance")[priority % 3],
            area=(None, world.west_town)[priority // 3], department=world.water, priority=100 + priority,
        )  # fmt: skip

    more(0)
    few = asked(client, address)
    for priority in range(1, 6):
        more(priority)
    assert asked(client, address) <= few + 1


def test_the_page_of_a_matter_asks_as_often_however_long_its_timeline(as_user, staff, assigned):
    client, address = as_user(staff), f"/suggestions/{assigned.number}/"
    services.say(staff, assigned.pk, text="一")
    few = asked(client, address)
    for text in "二三四五六":
        services.say(staff, assigned.pk, text=text)
    assert asked(client, address) == few


def test_a_deputys_list_counts_what_it_shows_once_and_all_that_she_may_see_beside_a_filter(as_user, deputy, fill):
    client = as_user(deputy)
    fill(FEW)
    few = asked(client, "/findings/")
    fill(MANY)
    assert asked(client, "/findings/") == few
    assert client.get("/findings/?page=1").context["total"] == FEW + MANY
    narrowed = client.get("/findings/?state=closed").context
    assert (narrowed["page"].paginator.count, narrowed["total"]) == (0, FEW + MANY)


def test_a_page_of_chosen_keys_is_the_page_of_the_whole_rows(as_user, deputy, fill, monkeypatch, rf):
    """Also the first of nothing, one beyond the last, and what is no number."""
    monkeypatch.setattr("supervision.pages.findings.PAGE_SIZE", 2)
    client = as_user(deputy)
    for rows in (0, 5):
        fill(rows)
        every = findings_for_lists(findings_visible_to(deputy))
        for text in ("", "1", "2", "3", "9", "0", "-1", "x", "²", "9" * 30):
            page = client.get("/findings/", {"page": text}).context["page"]
            whole = page_of(rf.get("/", {"page": text}), every, 2)
            assert (list(page), page.number) == (list(whole), whole.number)
            assert (page.paginator.count, page.has_next()) == (whole.paginator.count, whole.has_next())
            assert [found.photo_count for found in page] == [found.photo_count for found in whole]


def test_a_page_of_findings_is_named_by_any_number_and_no_other_is_there(as_user, deputy, file_finding):
    for _number in range(FEW):
        file_finding(deputy)
    client = as_user(deputy)
    for name in ("1", "１", "+1", " 1", "last"):
        page = client.get("/api/v1/findings/", {"page": name, "page_size": FEW})
        assert (page.status_code, page.json()["count"], len(page.json()["features"])) == (200, FEW, FEW), name
    for name in ("0", "2", "-1", "x", "1e1", "99999999999"):
        assert client.get("/api/v1/findings/", {"page": name, "page_size": FEW}).status_code == 404, name
