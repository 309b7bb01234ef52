"""Accounts: invited, given a role, a department and an area, closed and opened, by one or by the sheet."""

import io
import re
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.models import Delivery, Notice, Robot, Role, User
from accounts.notices import notify
from accounts.notices.delivery import deliver_due
from accounts.people import services, sheet
from accounts.people.credentials.handover import give_link, open_handover
from accounts.people.services import Particulars, version_of
from geokit.refusal import BadInput, NotPermitted, StaleEdit, TooLarge
from ledger.models import AuditEntry
from ui.sheets import SheetLimits

PASSWORD = "river-bank-at-noon-7"


def new(actor, username="li-wei", role=Role.DEPUTY, **more):
    user, link = services.invite(actor, username, Particulars("李伟", role, **more))
    return user, link or handed_over(user)


def handed_over(user):
    """The link as a second keeper gets it, where one is needed."""
    second, _new = User.objects.get_or_create(username="second-keeper", defaults={"role": Role.ADMIN})
    return give_link(second, user.pk)[1] if open_handover(user) else ""


def path(link):
    return link[link.index("/invitations/") :]


def form(user, **more):
    given = {"display_name": user.display_name, "role": user.role, "version": version_of(user)}
    for name in ("department", "area"):
        given[name] = getattr(user, f"{name}_id") or ""
    return given | {"email": user.email} | more


def test_somebody_invited_sets_her_own_password_and_signs_in(as_user, staff, client):
    as_user(staff).post("/work/people/new/", {"username": "li-wei", "display_name": "李伟", "role": "deputy"})
    user = User.objects.get(username="li-wei")
    link = handed_over(user)
    assert not user.has_usable_password()
    page = client.get(path(link))
    assert "li-wei" in page.text
    assert page["Referrer-Policy"] == "strict-origin"
    assert "no-store" in page["Cache-Control"] and "noindex" in page["X-Robots-Tag"]
    client.post(path(link), {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert client.login(username="li-wei", password=PASSWORD)
    assert AuditEntry.objects.filter(verb="person-invited", object_id=str(user.pk), actor=staff).exists()


def test_an_invitation_works_once_for_a_week_and_for_open_accounts_only(staff, client):
    user, link = new(staff)
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1), tick=False):
        assert client.get(path(link)).status_code == 404
    services.close(staff, user.pk)
    assert client.get(path(link)).status_code == 404
    services.reopen(staff, user.pk)
    again = handed_over(user)
    assert client.get(path(link)).status_code == 404
    client.post(path(again), {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert client.get(path(again)).status_code == 404


@pytest.mark.parametrize("guess", ["x/y", "1.2.3/~", "1.1767000000.abc/abc", "1.x.y/" + "a" * 300, "~/~", "1/2"])
def test_a_guess_at_an_invitation_finds_nothing(client, staff, guess):
    new(staff)
    assert client.get(f"/invitations/{guess}/").status_code == 404


def test_the_invitation_of_one_opens_nobody_elses_account(staff, client):
    one, _link = new(staff)
    other, _link = new(staff, "wang-fang")
    claim, signature = path(new(staff, "zhao-min")[1]).strip("/").split("/")[1:]
    forged = claim.replace(claim.split(".")[0], str(other.pk), 1)
    assert client.get(f"/invitations/{claim}/{signature}/").status_code == 200
    assert client.get(f"/invitations/{forged}/{signature}/").status_code == 404
    assert one.pk != other.pk


def test_a_weak_password_is_refused_with_its_reason(staff, client):
    user, link = new(staff)
    answer = client.post(path(link), {"new_password1": "12345678", "new_password2": "12345678"})
    assert answer.status_code == 400
    user.refresh_from_db()
    assert not user.has_usable_password()


def test_the_invitation_is_mailed_to_who_has_an_address(staff, mailoutbox):
    with time_machine.travel("2026-11-24T04:00:00Z", tick=False):
        _user, link = new(staff, email="li@example.org")
        deliver_due()
    assert link == ""
    assert [message.to for message in mailoutbox] == [["li@example.org"]]
    assert re.search(r"/invitations/\d+\.\d+\.\w+/[\w-]{20,}/", mailoutbox[0].body)
    new(staff, "wang-fang")
    assert Delivery.objects.count() == 1


def test_what_is_kept_of_an_invitation_opens_nothing(staff, client):
    new(staff, email="li@example.org")
    kept = Notice.objects.get(kind="account-invitation").url
    assert kept.endswith("/~/")
    assert client.get(kept).status_code == 404


def test_an_invitation_goes_to_no_group(staff, admin_user):
    robot = Robot.objects.create(name="群", form="wecom", url="https://qyapi.weixin.qq.com/x", created_by=admin_user)
    services.invite(admin_user, "boss", Particulars("主任", Role.ADMIN, email="boss@example.org"))
    assert not Delivery.objects.filter(robot=robot).exists()
    assert Delivery.objects.filter(channel="mail").count() == 1


def test_who_invites_sees_no_link_that_was_mailed(as_user, staff):
    words = {"username": "li-wei", "display_name": "李伟", "role": "deputy", "email": "li@example.org"}
    answer = as_user(staff).post("/work/people/new/", words)
    assert "li@example.org" in answer.text
    assert "/invitations/" not in answer.text


def test_a_towns_staff_keep_no_robot_of_the_congress(as_user, staff, world):
    staff.area = world.west_town
    staff.save()
    words = {"name": "群", "given-form": "wecom", "url": "https://qyapi.weixin.qq.com/x", "quiet_from": "22:00"}
    answer = as_user(staff).post("/notices/robots/", words | {"quiet_until": "07:00"})
    assert answer.status_code in (400, 403)
    assert not Robot.objects.exists()


def test_staff_give_every_role_but_the_administrators(staff, admin_user, world):
    for number, role in enumerate((Role.DEPUTY, Role.GIS, Role.STAFF)):
        new(staff, f"n{number}", role)
    new(staff, "o", Role.OFFICER, department=world.water)
    with pytest.raises(NotPermitted):
        new(staff, "boss", Role.ADMIN)
    new(admin_user, "boss", Role.ADMIN)
    assert User.objects.get(username="boss").is_superuser


def test_staff_can_neither_see_nor_change_an_administrator(as_user, staff, admin_user):
    client = as_user(staff)
    assert client.get(f"/work/people/{admin_user.pk}/").status_code == 404
    assert client.post(f"/work/people/{admin_user.pk}/close/").status_code == 404
    with pytest.raises(NotPermitted):
        services.close(staff, admin_user.pk)
    admin_user.refresh_from_db()
    assert admin_user.is_active


def test_nobody_raises_herself_or_closes_her_own_account(staff):
    given = Particulars("我", Role.GIS)
    with pytest.raises(NotPermitted):
        services.change(staff, staff.pk, given, version_of(staff))
    own = Particulars("我", Role.STAFF, area=staff.area, email="else@example.org")
    with pytest.raises(NotPermitted, match="登录与安全"):  # there she shows who she is, and the mailbox answers
        services.change(staff, staff.pk, own, version_of(staff))
    with pytest.raises(NotPermitted):
        services.close(staff, staff.pk)


def test_staff_of_a_town_keep_no_accounts(as_user, staff, world, deputy):
    staff.area = world.west_town
    staff.save()
    assert as_user(staff).get("/work/people/").status_code == 404
    assert "人员和权限" not in as_user(staff).get("/work/").text
    with pytest.raises(NotPermitted):
        new(staff)


@pytest.mark.parametrize("who", ["deputy", "officer", "gis"])
def test_other_roles_find_no_such_page(as_user, request, who):
    client = as_user(request.getfixturevalue(who))
    for address in ("", "new/", "sheet/", "download.csv", "1/"):
        assert client.get(f"/work/people/{address}").status_code == 404
    assert client.post("/work/people/1/close/").status_code == 404


def test_a_change_is_saved_and_written_down(as_user, staff, deputy, world):
    sent = form(deputy, role="officer", department=world.water.pk, email="zhang@example.org")
    assert as_user(staff).post(f"/work/people/{deputy.pk}/", sent).status_code == 302
    deputy.refresh_from_db()
    assert (deputy.role, deputy.department, deputy.email) == ("officer", world.water, "zhang@example.org")
    entry = AuditEntry.objects.get(verb="person-changed")
    assert (entry.detail["role_before"], entry.detail["role"]) == ("deputy", "officer")
    assert "zhang@example.org" not in str(entry.detail)


def test_a_form_that_somebody_else_overtook_is_refused(as_user, staff, deputy):
    sent = form(deputy, display_name="新名")
    User.objects.filter(pk=deputy.pk).update(display_name="别名")
    assert as_user(staff).post(f"/work/people/{deputy.pk}/", sent).status_code == 409
    with pytest.raises(StaleEdit):
        services.change(staff, deputy.pk, Particulars("新名", Role.DEPUTY), sent["version"])


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"role": "officer"}, "department"),
        ({"department": "water"}, "department"),
        ({"email": "nobody"}, "email"),
        ({"display_name": " "}, "display_name"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(staff, world, more, field):
    given = {"display_name": "李伟", "role": Role.DEPUTY} | more
    if "department" in given:
        given["department"] = world.water
    with pytest.raises(BadInput) as refused:
        services.invite(staff, "li-wei", Particulars(**given))
    assert [error.field for error in refused.value.errors] == [field]
    assert not User.objects.filter(username="li-wei").exists()


@pytest.mark.parametrize("username", ["", "a b", "api-water", "x" * 61, "A-DEPUTY", "<script>"])
def test_such_a_username_is_refused(staff, deputy, username):
    with pytest.raises(BadInput) as refused:
        new(staff, username)
    assert refused.value.errors[0].field == "username"


def test_a_closed_account_signs_in_no_more_and_its_session_ends(as_user, staff, deputy):
    hers = as_user(deputy)
    assert hers.get("/work/").status_code == 200
    as_user(staff).post(f"/work/people/{deputy.pk}/close/")
    assert hers.get("/work/").status_code == 302
    assert not hers.login(username=deputy.username, password="a long enough phrase")


@pytest.mark.parametrize("address", ["", "other@example.org"])
def test_what_waited_for_her_goes_to_nobody_once_she_has_left_or_the_mailbox_is_anothers(staff, deputy, address):
    deputy.email = "zhang@example.org"
    deputy.save()
    notify([deputy], "matter-assigned", "选民的来信", key="waits")
    assert Delivery.objects.filter(notice__recipient=deputy).count() == 1
    if address:
        given = Particulars(str(deputy), deputy.role, area=deputy.area, email=address)
        services.change(staff, deputy.pk, given, version_of(deputy))
    else:
        services.close(staff, deputy.pk)
    assert not Delivery.objects.filter(notice__recipient=deputy, notice__key="waits").exists()


def test_an_invitation_anew_closes_the_old_password(as_user, staff, deputy):
    hers = as_user(deputy)
    answer = as_user(staff).post(f"/work/people/{deputy.pk}/invite/")
    assert "/invitations/" not in answer.text
    assert "no-store" in answer["Cache-Control"]
    assert hers.get("/work/").status_code == 302
    assert not hers.login(username=deputy.username, password="a long enough phrase")


def test_programs_accounts_are_no_people(as_user, staff, officer):
    from accounts.tokens.reading import service_account

    program = service_account(officer.department)
    assert as_user(staff).get(f"/work/people/{program.pk}/").status_code == 404
    assert program.username not in as_user(staff).get("/work/people/download.csv").text


def test_the_list_is_narrowed_by_the_address_and_the_file_with_it(as_user, staff, deputy, officer, other_officer):
    client = as_user(staff)
    assert [person.pk for person in client.get("/work/people/?role=officer&department=water").context["page"]] == [
        officer.pk
    ]
    lines = client.get("/work/people/download.csv?role=officer&department=water").text.splitlines()
    assert len(lines) == 2
    assert client.get("/work/people/?q=张代表").context["page"].paginator.count == 1
    assert client.get("/work/people/?state=closed").context["page"].paginator.count == 0


SHEET = """账号,姓名,角色,部门,区域,邮箱
li-wei,李伟,人大代表,,,
wang,王芳,officer,水利局,西镇,wang@example.org
a-deputy,张新名,人大代表,,,
bad,坏行,司机,,,
lost,没部门,部门联络员,没有的局,,
boss,上司,系统管理员,,,
"""


def test_a_sheet_takes_in_what_it_can_and_says_of_each_row_what_became_of_it(as_user, staff, deputy, world):
    file = SimpleUploadedFile("人员.csv", SHEET.encode("gb18030"))
    answer = as_user(staff).post("/work/people/sheet/", {"file": file, "step": "load"})
    outcomes = [(row.number, row.outcome) for row in answer.context["results"]]
    assert outcomes == [
        (2, "invited"), (3, "invited"), (4, "changed"), (5, "refused"), (6, "refused"), (7, "refused"),
    ]  # fmt: skip
    assert "没有“司机”这个角色" in answer.text
    assert "没有找到“没有的局”" in answer.text
    wang = User.objects.get(username="wang")
    assert (wang.department, wang.area) == (world.water, world.west_town)
    deputy.refresh_from_db()
    assert deputy.display_name == "张新名"
    assert User.objects.filter(username__in=["bad", "lost", "boss"]).count() == 0


def test_a_sheet_that_is_only_checked_changes_nothing(as_user, staff, deputy):
    before = User.objects.count()
    file = SimpleUploadedFile("p.csv", SHEET.encode())
    answer = as_user(staff).post("/work/people/sheet/", {"file": file, "step": "check"})
    assert answer.context["counts"] == {"invited": 2, "changed": 1, "unchanged": 0, "refused": 3}
    assert User.objects.count() == before
    assert "/invitations/" not in answer.text
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
def test_what_was_downloaded_goes_in_again_unchanged(as_user, staff, deputy, officer, gis, extension):
    User.objects.update(display_name="某人")
    User.objects.filter(pk=deputy.pk).update(display_name="=1+1")
    content = as_user(staff).get(f"/work/people/download.{extension}").content
    if extension == "xlsx":
        cells = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
        assert "'=1+1" in [row[1] for row in cells]
    results = sheet.load(staff, sheet.read(f"people.{extension}", content))
    assert {row.outcome for row in results} == {"unchanged"}
    assert len(results) == 4


def test_a_column_that_is_not_there_leaves_what_is_known(staff, officer, world):
    officer.email = "o@example.org"
    officer.save()
    (row,) = sheet.load(staff, sheet.read("p.csv", "账号,姓名,角色\nan-officer,新名,officer\n".encode()))
    officer.refresh_from_db()
    assert (row.outcome, officer.department, officer.email) == ("changed", world.water, "o@example.org")


BROKEN = [
    b"",
    b"a,b\n1,2\n",
    "账号,姓名,角色\n".encode(),
    b"\xff\xfe\x00",
    b"PK\x03\x04nothing",
    '账号,姓名,角色\n"x'.encode(),
]


@pytest.mark.parametrize("content", BROKEN)
def test_a_file_that_is_no_such_table_is_refused_as_a_whole(as_user, staff, content):
    before = User.objects.count()
    file = SimpleUploadedFile("p.csv", content)
    assert as_user(staff).post("/work/people/sheet/", {"file": file, "step": "load"}).status_code == 400
    assert User.objects.count() == before


def test_too_many_rows_are_refused(staff, monkeypatch):
    monkeypatch.setattr(sheet, "LIMITS", SheetLimits(rows=2))
    with pytest.raises(TooLarge):
        sheet.read("p.csv", SHEET.encode())


@pytest.mark.parametrize(
    ("address", "role"),
    [
        ("/work/people/new/", "staff"),
        ("/work/people/sheet/", "staff"),
        ("/work/tokens/", "officer"),
        ("/notices/preferences/", "deputy"),
        ("/notices/robots/", "officer"),
    ],
)
def test_a_form_that_came_back_empty_is_a_form_with_faults(address, role, request, as_user):
    answer = as_user(request.getfixturevalue(role)).post(address)
    assert answer.status_code == 400
    assert "error-summary" in answer.text


def test_a_session_that_was_left_open_makes_and_changes_no_account(as_user, admin_user, deputy):
    start = timezone.now()
    wanted = {"username": "second", "display_name": "另一个", "role": "admin", "email": "mine@example.org"}
    sheet_file = SimpleUploadedFile("people.csv", "账号,姓名,角色\nsecond,另一个,admin\n".encode())
    with time_machine.travel(start, tick=False):
        client = as_user(admin_user)
    with time_machine.travel(start + timedelta(minutes=6), tick=False):
        sent = [
            client.post("/work/people/new/", wanted),
            client.post(f"/work/people/{deputy.pk}/", form(deputy, email="mine@example.org")),
            client.post(f"/work/people/{deputy.pk}/invite/"),
            client.post("/work/people/sheet/", {"file": sheet_file, "step": "load"}),
        ]
        assert all("/accounts/reauthenticate/" in answer["Location"] for answer in sent)
        assert client.get("/work/people/").status_code == client.get(f"/work/people/{deputy.pk}/").status_code == 200
    assert not User.objects.filter(username="second").exists()
    assert User.objects.get(pk=deputy.pk).email == deputy.email and User.objects.get(pk=deputy.pk).has_usable_password()
