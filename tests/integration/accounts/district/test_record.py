"""The district's record: what the site calls itself, and whom pages may ask for its base map."""

from typing import Any

import pytest
from django.core.management import call_command

from accounts import district
from accounts.district.services import save_district
from accounts.models import Area, District, Role, User
from accounts.notices.letters import send_letter
from geokit.refusal import BadInput, NotPermitted
from ledger.models import AuditEntry
from tests.conftest import World

FACTS: dict[str, Any] = {
    "slug": "heyuan",
    "name": "河源县",
    "name_en": "Heyuan County",
    "congress": "河源县人民代表大会",
    "congress_en": "Heyuan County People’s Congress",
    "site_name": "河源县人大监督地图",
    "site_name_en": "Heyuan Supervision Map",
    "phone_code": "0999",
    "code_prefix": "HY",
    "example_place": "堃镇㵲水村",
    "west": 116.9,
    "south": 29.8,
    "east": 117.3,
    "north": 30.2,
}


@pytest.fixture
def record(staff: User) -> District:
    return save_district(staff, "330203", **FACTS)[0]


def test_pages_are_named_by_the_record_in_the_reader_s_language(record: District, as_user: Any) -> None:
    chinese = as_user(None).get("/").content.decode()
    english = as_user(None).get("/", headers={"Accept-Language": "en"}).content.decode()
    assert "河源县人大监督地图" in chinese and "河源县人民代表大会" in chinese
    assert "Heyuan Supervision Map" in english and "河源县人大监督地图" not in english


def test_forms_give_the_district_s_own_examples(record: District, as_user: Any, deputy: User) -> None:
    assert "堃镇㵲水村，桥东 50 米" in as_user(deputy).get("/report/").content.decode()


def test_without_a_record_the_site_has_a_name_of_no_district(world: World, as_user: Any) -> None:
    assert "人大监督地图" in as_user(None).get("/").content.decode()
    assert district.current().pk is None


def test_map_styles_answer_to_the_district_s_own_name(record: District, as_user: Any) -> None:
    for name in ("district", "district-dark", "heyuan", "heyuan-print"):
        assert as_user(None).get(f"/styles/{name}.json").status_code == 200, name
    for name in ("haishu", "heyuanx", "heyuan-", "districtx"):
        assert as_user(None).get(f"/styles/{name}.json").status_code == 404, name


def test_the_box_of_the_record_counts_until_there_is_an_outline(record: District) -> None:
    assert district.bounds() == (121.3, 29.8, 121.4, 29.9)
    Area.objects.filter(code="330203").update(geom=None)
    assert district.bounds() == (116.9, 29.8, 117.3, 30.2)


def test_writing_it_again_changes_what_differs_and_audits_it(record: District, staff: User) -> None:
    assert save_district(staff, "330203", **FACTS)[1] == []
    assert save_district(staff, "330203", **FACTS | {"phone_code": "0998"})[1] == ["phone_code"]
    entries = AuditEntry.objects.filter(verb="district-written").order_by("pk")
    assert [entry.detail["changed"].get("phone_code") for entry in entries] == ["0999", "0998"]


def test_the_key_of_a_base_map_is_not_written_into_the_audit(record: District, staff: User) -> None:
    save_district(staff, "330203", base_map_key="a-secret-key")
    assert "a-secret-key" not in str(list(AuditEntry.objects.values_list("detail", flat=True)))


def test_neither_a_town_s_staff_nor_others_write_it(world: World, staff: User, deputy: User, gis: User) -> None:
    User.objects.filter(pk=staff.pk).update(area=world.west_town)
    for person in (User.objects.get(pk=staff.pk), deputy, gis, None):
        with pytest.raises(NotPermitted):
            save_district(person, "330203", **FACTS)
    assert not District.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("west", 118.0), ("west", 1000.0), ("west", None), ("phone_code", "574"), ("code_prefix", "h s"),
        ("slug", "../x"), ("base_map", "google"), ("base_map_url", "http://tiles.example/{z}"),
        ("satellite_url", "http://sky.example/{z}"), ("base_map_datum", "bd09"),
        ("base_map_url", "https://tiles.example; script-src *"), ("base_map_url", "//tiles.example/"), ("name", ""),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_field(staff: User, field: str, value: Any) -> None:
    with pytest.raises(BadInput) as refused:
        save_district(staff, "330203", **FACTS | {field: value})
    assert {error.field for error in refused.value.errors} <= {field, ""}
    assert not District.objects.exists()


def test_pages_may_ask_the_host_of_the_record_s_base_map_and_no_other(staff: User, as_user: Any) -> None:
    before = as_user(None).get("/")["Content-Security-Policy"]
    save_district(staff, "330203", **FACTS, base_map="xyz", base_map_url="https://tiles.example/{z}/{x}/{y}.png")
    policy = as_user(None).get("/")["Content-Security-Policy"]
    assert "tiles.example" not in before
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert "https://tiles.example" in parts["img-src"] and "https://tiles.example" in parts["connect-src"]
    assert "tiles.example" not in parts["script-src"]
    assert "tiles.example" in str(as_user(None).get("/styles/district.json").json()["sources"])


def test_createsuperuser_makes_an_administrator(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a long enough phrase")
    call_command("createsuperuser", username="root", email="", interactive=False, verbosity=0)
    assert User.objects.get(username="root").role == Role.ADMIN


def test_the_record_has_a_history_with_its_moments_and_a_file_of_it(
    record: District, staff: User, as_user: Any
) -> None:
    save_district(staff, "330203", review_number="浙S(2026)1号", base_map_key="a-secret-key")
    client = as_user(staff)
    page = client.get("/setup/record/").content.decode()
    table = client.get("/setup/record/history.csv").content.decode()
    for text in (page, table):
        assert "浙S(2026)1号" in text
        assert "底图密钥" in text
    assert "a-secret-key" not in table
    assert table.count("\n") == 1 + len(FACTS) + 2
    assert as_user(None).get("/setup/record/history.csv").status_code == 302


def test_texts_of_the_home_page_and_letters_are_the_district_s(
    record: District, as_user: Any, set_rule: Any, officer: User, mailoutbox: Any
) -> None:
    before = as_user(None).get("/").content.decode()
    set_rule("texts.home_lede", "<b>请先打 0574-1</b>")
    set_rule("texts.letter_foot", "代表联络服务中心 0574-2")
    chinese = as_user(None).get("/").content.decode()
    english = as_user(None).get("/", headers={"Accept-Language": "en"}).content.decode()
    assert "人大代表和市民在这里查水质" in before
    assert "&lt;b&gt;请先打 0574-1&lt;/b&gt;" in chinese and "人大代表和市民在这里查水质" not in chinese
    assert "请先打" not in english
    officer.email = "officer@example.org"
    send_letter(officer, "代码", "123456")
    assert mailoutbox[0].body.endswith("--\n代表联络服务中心 0574-2")


def test_a_letter_to_an_account_whose_mailbox_takes_none_is_refused_and_not_put_off(officer, mailoutbox):
    officer.email = f"a@{'长' * 60}.cn"
    with pytest.raises(BadInput, match="邮箱") as refused:
        send_letter(officer, "代码", "123456")
    assert (refused.value.code, mailoutbox) == ("mailbox-invalid", [])
