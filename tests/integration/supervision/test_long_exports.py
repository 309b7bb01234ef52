"""A file of many rows is written by a worker, for one account as it stands, and waits under the same address."""

from dataclasses import asdict
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Role, User
from accounts.prepared import answers, jobs, orders
from jobs.models import Job
from tests.conftest import World
from tests.data.cast import seat

ADDRESS = "/findings/export.csv"


@pytest.fixture(autouse=True)
def _two_rows_are_long(monkeypatch):
    monkeypatch.setattr(answers, "AT_ONCE_ROWS", 1)


@pytest.fixture
def two(deputy, file_finding):
    return [file_finding(deputy, text=text) for text in ("河里有油花。", "=1+1")]


@pytest.fixture
def east_staff(world: World):
    """Staff of the other town."""
    return User.objects.create_user("east-staff", password="x", role=Role.STAFF, area=world.east_town)


def work():
    """What the worker would do now."""
    for job in Job.objects.filter(func=answers.RUN, finished=None):
        assert jobs.run(*job.args)
        job.delete()


def body(response):
    return b"".join(response.streaming_content).decode()


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_long_file_is_made_by_the_worker_and_sent_from_the_same_address(two, as_user, staff, suffix):
    client, address = as_user(staff), f"/findings/export.{suffix}"
    waiting = client.get(address)
    assert (waiting.status_code, waiting["Refresh"], waiting["Cache-Control"]) == (202, "3", "private, no-store")
    work()
    there = client.get(address)
    assert there.status_code == 200
    assert there["Content-Disposition"].startswith("attachment")
    assert len(b"".join(there.streaming_content)) > 100


def test_the_worker_writes_what_the_request_would_have(two, as_user, staff, monkeypatch):
    client = as_user(staff)
    client.get(ADDRESS)
    work()
    by_worker = body(client.get(ADDRESS))
    monkeypatch.setattr(answers, "AT_ONCE_ROWS", 100)
    assert by_worker == client.get(ADDRESS).content.decode()
    assert "'=1+1" in by_worker


def test_the_filters_of_the_address_are_those_of_the_file(two, as_user, staff, world: World, file_finding, deputy):
    client, address = as_user(staff), f"{ADDRESS}?area={world.west_town.code}"
    client.get(address)
    work()
    assert body(client.get(address)).count("\n") == 3
    assert client.get(f"{address}&category=legal").status_code == 200, "nothing to wait for"


def test_asked_again_while_it_waits_it_is_queued_once(two, as_user, staff):
    client = as_user(staff)
    assert [client.get(ADDRESS).status_code for _ in range(3)] == [202] * 3
    assert Job.objects.filter(func=answers.RUN).count() == 1


def test_a_file_is_sent_to_nobody_else(two, as_user, staff, east_staff):
    client = as_user(staff)
    client.get(ADDRESS)
    work()
    names = {path.name for path in orders.places.folder(orders.FOLDER).iterdir()}
    other = as_user(east_staff).get(ADDRESS)
    assert other.status_code == 200
    assert not getattr(other, "streaming", False), "her list is short, so it is made for her now"
    assert "河里有油花" not in other.content.decode()
    assert {path.name for path in orders.places.folder(orders.FOLDER).iterdir()} == names


def test_whose_role_changed_meanwhile_gets_no_file_of_the_former(two, as_user, staff):
    as_user(staff).get(ADDRESS)
    staff.role = Role.GIS
    staff.save(update_fields=["role"])
    [job] = Job.objects.filter(func=answers.RUN)
    assert jobs.run(*job.args) == "the account has another standing"
    folder = orders.places.folder(orders.FOLDER)
    assert not folder.exists() or not list(folder.glob(f"{orders.order_from(job.args[0]).key}*"))


def test_whose_seat_ended_meanwhile_gets_no_file_of_the_former(officer, world: World):
    """An officer who sits in the congress reads as a deputy as well."""
    membership = seat(officer, world.district)
    standing = orders.standing_of(User.objects.get(pk=officer.pk))
    order = orders.TableOrder("supervision.pages.export.table", officer.pk, standing, "", "csv", "zh-hans")
    membership.ends_on, membership.ended = timezone.localdate() - timedelta(days=1), "resigned"
    membership.save(update_fields=["ends_on", "ended"])
    assert orders.standing_of(User.objects.get(pk=officer.pk)) != standing
    assert jobs.run(asdict(order)) == "the account has another standing"


def test_one_account_has_three_waiting_and_no_more(two, as_user, staff):
    client = as_user(staff)
    for number in range(answers.MOST_WAITING):
        assert client.get(f"{ADDRESS}?since=2020-01-0{number + 1}").status_code == 202
    refused = client.get(f"{ADDRESS}?since=2020-02-01")
    assert refused.status_code == 503
    assert Job.objects.filter(func=answers.RUN).count() == answers.MOST_WAITING


def test_an_old_file_is_made_anew_and_removed_in_the_end(two, as_user, staff, monkeypatch):
    client = as_user(staff)
    client.get(ADDRESS)
    work()
    monkeypatch.setattr(orders, "FRESH_S", -1)
    assert client.get(ADDRESS).status_code == 202
    monkeypatch.setattr(jobs, "KEPT_S", -1)
    assert jobs.remove_old() >= 1


@pytest.mark.parametrize("table", ["os.listdir", "accounts.prepared.jobs.remove_old", "jobs.housekeeping.clean_up"])
def test_a_function_that_gives_no_table_is_never_called(staff, table):
    order = orders.TableOrder(table, staff.pk, orders.standing_of(staff), "", "csv", "zh-hans")
    with pytest.raises(ValueError, match="no function of this site"):
        jobs.run(orders.asdict(order))
