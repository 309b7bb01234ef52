"""An empty site: every page leads to the first account, which only the printed code makes, once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.first_account.models import SetupCode
from accounts.first_account.services import make_code, make_first_account
from accounts.models import Role, User
from geokit.refusal import BadInput, NotPermitted, Refusal
from ledger.models import AuditEntry

PASSWORD = "a long enough phrase"


@pytest.fixture
def empty(db: None) -> None:
    """Nobody has an account, and no process has seen one."""
    cache.clear()


def form(code: str, **more: str) -> dict[str, str]:
    given = {"code": code, "username": "wang", "display_name": "王工", "password": PASSWORD, "again": PASSWORD}
    return given | more


@pytest.mark.parametrize(
    "address", ["/", "/map/", "/work/", "/river/points/", "/accounts/login/", "/admin/", "/nowhere/"]
)
def test_every_page_leads_to_the_first_account(empty: None, address: str) -> None:
    answer = Client().get(address)
    assert (answer.status_code, answer["Location"]) == (302, "/setup/")


def test_programs_and_health_checks_are_answered_as_ever(empty: None) -> None:
    assert Client().get("/healthz").status_code == 200
    assert Client().get("/api/v1/areas/").status_code == 200
    assert Client().get("/setup/points/").status_code == 302
    assert Client().get("/setup/").status_code == 200


def test_the_printed_code_makes_an_administrator_who_is_signed_in(empty: None) -> None:
    out = StringIO()
    call_command("setup_code", stdout=out)
    code = out.getvalue().split()[-1]
    client = Client()
    answer = client.post("/setup/", form(code.lower().replace("-", " ")))
    assert (answer.status_code, answer["Location"]) == (302, "/setup/")
    user = User.objects.get()
    assert (user.role, user.is_superuser, user.check_password(PASSWORD)) == (Role.ADMIN, True, True)
    assert "开通本区" in client.get("/setup/").content.decode()
    assert AuditEntry.objects.filter(verb="first-account-made", actor=user).count() == 1
    assert not SetupCode.objects.exists()
    assert Client().get("/").status_code == 200


def test_the_code_is_kept_as_a_digest_alone(empty: None) -> None:
    code = make_code()
    kept = SetupCode.objects.get()
    assert len(code.replace("-", "")) == 16
    assert code not in kept.digest and code.replace("-", "") not in str(vars(kept))


def test_a_code_works_once_and_not_beside_another_account(empty: None) -> None:
    code = make_code()
    make_first_account(code, "one", "一", PASSWORD)
    with pytest.raises(NotPermitted):
        make_first_account(code, "two", "二", PASSWORD)
    assert make_code() == "" and not SetupCode.objects.exists()
    answer = Client().post("/setup/", form(code, username="three"))
    assert answer.status_code == 302 and "/accounts/login/" in answer["Location"]
    assert User.objects.count() == 1


def test_a_new_code_replaces_the_one_before_and_an_old_one_has_run_out(empty: None) -> None:
    first, second = make_code(), make_code()
    with pytest.raises(BadInput):
        make_first_account(first, "one", "一", PASSWORD)
    SetupCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(BadInput):
        make_first_account(second, "one", "一", PASSWORD)
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "more",
    [
        {"code": "AAAA-BBBB-CCCC-DDDD"}, {"code": ""}, {"code": "%00"}, {"again": "something else"},
        {"password": "12345678", "again": "12345678"}, {"username": "api-x"}, {"username": "a b"}, {"username": ""},
    ],
)  # fmt: skip
def test_a_wrong_form_makes_nobody_and_keeps_the_code(empty: None, more: dict[str, str]) -> None:
    code = make_code()
    assert Client().post("/setup/", form(code) | more).status_code == 400
    assert not User.objects.exists() and SetupCode.objects.exists()


def test_guesses_are_counted_by_address(empty: None) -> None:
    make_code()
    guesses = [Client().post("/setup/", form("AAAA-BBBB-CCCC-DDDD")).status_code for _guess in range(21)]
    assert guesses[:20] == [400] * 20 and guesses[20] == 429
    assert Client().post("/setup/", form("AAAA-BBBB-CCCC-DDDD"), REMOTE_ADDR="10.9.9.9").status_code == 400


def test_the_service_account_of_the_command_is_nobody_s(empty: None) -> None:
    User.objects.create(username="setup", role=Role.ADMIN, is_service=True)
    assert Client().get("/").status_code == 302 and make_code()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_administrator() -> None:
    cache.clear()
    code = make_code()

    def claim(name: str) -> str:
        try:
            return make_first_account(code, name, name, PASSWORD).username
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(claim, ["a", "b", "c", "d"]))
    assert User.objects.count() == 1 and sorted(answers)[1:] == ["not-permitted"] * 3


def test_createsuperuser_leads_on_as_well(empty: None, monkeypatch: Any) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", username="root", email="", interactive=False, verbosity=0)
    assert Client().get("/").status_code == 200
