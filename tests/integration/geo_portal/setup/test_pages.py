"""The pages of `/setup/`: steps, the record, and a dataset from template over preview to load and undo."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.loads.models import Load
from accounts.loads.registry import declared
from accounts.models import Department, District, User
from tests.conftest import World
from ui.sheets import read_workbook

RECORD = {
    "code": "330203",
    "slug": "xi",
    "name": "溪县",
    "congress": "溪县人大",
    "site_name": "溪县地图",
    "code_prefix": "X",
}


@pytest.fixture
def client(admin_user: User, as_user: Any) -> Any:
    return as_user(admin_user)


def sheet(text: str, name: str = "departments.csv") -> dict[str, Any]:
    return {"file": SimpleUploadedFile(name, text.encode("gb18030"))}


def ticket_of(answer: Any) -> str:
    return str(answer.context["ticket"])


def test_the_steps_say_what_is_there_and_what_is_missing(client: Any, world: World) -> None:
    html = client.get("/setup/").content.decode()
    states = {step.slug: step.state for step in client.get("/setup/").context["steps"]}
    assert (states["areas"], states["record"], states["routing"], states["projects"]) == (
        "done", "missing", "missing", "optional",
    )  # fmt: skip
    assert "还缺 2 步" in html


def test_the_record_is_written_on_its_page(client: Any, world: World) -> None:
    assert client.post("/setup/record/", RECORD | {"phone_code": "12"}).status_code == 400
    assert client.post("/setup/record/", RECORD).status_code == 302
    assert District.objects.get().name == "溪县"
    assert client.post("/setup/record/", RECORD | {"code": "999999", "name": "新溪县"}).status_code == 302
    assert (District.objects.get().name, District.objects.get().code) == ("新溪县", "330203")


@pytest.mark.parametrize("slug", sorted(declared()))
def test_a_template_explains_itself_and_can_be_sent_back(client: Any, world: World, slug: str) -> None:
    content = b"".join(client.get(f"/setup/{slug}/template.xlsx"))
    filled, notes = read_workbook("t.xlsx", content).values()
    dataset = declared()[slug]
    assert len(filled) == 2 and len(filled[0]) == len(dataset.columns) and len(notes) == len(dataset.columns) + 1
    answer = client.post(f"/setup/{slug}/", {"file": SimpleUploadedFile("t.xlsx", content)})
    assert answer.status_code == 200 and len(answer.context["answer"].outcomes) == 1


def test_what_is_there_leaves_as_a_sheet_that_comes_back_unchanged(client: Any, world: World) -> None:
    content = client.get("/setup/departments/rows.csv").content
    assert content.decode().count("\n") == 1 + Department.objects.count()
    answer = client.post("/setup/departments/", {"file": SimpleUploadedFile("back.csv", content)}).context["answer"]
    assert (answer.counts["same"], answer.counts["refused"]) == (Department.objects.count(), 0)
    assert client.get("/setup/areas/rows.docx").status_code == 404


def test_a_sheet_is_previewed_loaded_and_undone(client: Any, world: World) -> None:
    preview = client.post("/setup/departments/", sheet("代码,名称\nwater,水务局\nnew,新局\n"))
    html = preview.content.decode()
    assert "预览（还没有写入）" in html and "区水利局" in html and "水务局" in html
    assert not Load.objects.exists() and not Department.objects.filter(code="new").exists()
    done = client.post("/setup/departments/load/", {"ticket": ticket_of(preview)})
    assert done.status_code == 200 and Department.objects.get(code="new").name == "新局"
    load = Load.objects.get()
    assert (load.stored, load.changed, load.file_name) == (1, 1, "departments.csv")
    assert "撤销这次导入" in client.get("/setup/departments/").content.decode()
    assert client.post(f"/setup/loads/{load.pk}/undo/").status_code == 302
    assert not Department.objects.filter(code="new").exists()
    assert Department.objects.get(code="water").name == "区水利局"


def test_a_ticket_is_good_once_for_one_person_and_one_dataset(
    client: Any, world: World, staff: User, as_user: Any
) -> None:
    ticket = ticket_of(client.post("/setup/departments/", sheet("代码,名称\nnew,新局\n")))
    assert as_user(staff).post("/setup/departments/load/", {"ticket": ticket}).status_code == 400
    assert client.post("/setup/areas/load/", {"ticket": ticket}).status_code == 400
    assert client.post("/setup/departments/load/", {"ticket": ticket[:-2] + "xx"}).status_code == 400
    assert client.post("/setup/departments/load/", {}).status_code == 400
    assert not Department.objects.filter(code="new").exists()
    assert client.post("/setup/departments/load/", {"ticket": ticket}).status_code == 200
    assert client.post("/setup/departments/load/", {"ticket": ticket}).status_code == 400


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.exe", b"MZ"), ("../../etc/passwd", b"x"), ("a.csv", b""), ("a.xlsx", b"PK\x03\x04"),
        ("b.csv", b"\xff\xfe\x00"),
        ("a.csv", "名称\n只有名称\n".encode()), ("a.zip", b"no zip"), ("a.geojson", b"{}"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_beside_the_field(client: Any, world: World, name: str, content: bytes) -> None:
    answer = client.post("/setup/departments/", {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code in (400, 413)
    assert answer.context["form"].errors["file"]


def test_formulas_and_markup_in_a_sheet_stay_text(client: Any, world: World) -> None:
    preview = client.post("/setup/departments/", sheet("代码,名称\nx,<script>alert(1)</script>\n"))
    assert "<script>alert(1)" not in preview.content.decode()


def test_a_district_staff_member_of_a_town_finds_nothing_there(world: World, staff: User, as_user: Any) -> None:
    User.objects.filter(pk=staff.pk).update(area=world.west_town)
    client = as_user(User.objects.get(pk=staff.pk))
    for address in ("/setup/", "/setup/record/", "/setup/points/", "/setup/points/template.xlsx"):
        assert client.get(address).status_code == 404, address


def test_the_pages_are_english_for_an_english_reader(client: Any, world: World) -> None:
    for address in ("/setup/", "/setup/record/", "/setup/points/"):
        html = client.get(address, headers={"Accept-Language": "en"}).content.decode()
        assert "开通本区" not in html, address
    english = BytesIO(b"".join(client.get("/setup/points/template.xlsx", headers={"Accept-Language": "en"})))
    assert "Code" in read_workbook("t.xlsx", english.getvalue())["Fill in"][0]


def test_the_page_writes_the_record_of_the_district_that_the_site_is_of(
    client: Any, world: World, settings: Any
) -> None:
    District.objects.create(code="330299", name="别的区")
    settings.DISTRICT_CODE = "330203"
    District.objects.create(code="330203", name="溪县")
    assert client.post("/setup/record/", RECORD | {"name": "新溪县"}).status_code == 302
    assert list(District.objects.order_by("pk").values_list("name", flat=True)) == ["别的区", "新溪县"]
