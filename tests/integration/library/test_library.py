"""The library: versions by day, articles with their address, places, a folder, an upload, and who may do what."""

import os
from datetime import date

import pytest
from django.contrib.gis.geos import Point
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from geokit.refusal import BadInput
from ledger.models import AuditEntry
from library.documents.queries import newest, version_on
from library.documents.services import Original, add_document, add_version, relate
from library.loading import load_folder
from library.models import Document, Mention
from library.places.services import decide, find_places
from library.reading.files import ReadFile
from river_monitoring.models import MonitoringPoint, River
from search import gazetteer
from search.gazetteer import Named
from tests.integration.search.conftest import found_by

OLD = "某市河道条例\n2004年5月29日通过\n第一条 旧的。\n第二条 南塘河。\n本条例自2004年10月1日起施行。"
NEW = """某市河道条例
2019年4月26日修订
第一条 新的养护。
第二条 南塘河和望春桥断面。
第三条 本条例自2019年10月1日起施行。"""
NO_DAYS = (None, None)


@pytest.fixture
def law(world, staff):
    facts = {"kind": "local_law", "visibility": "public", "organ": "市人大常委会"}
    first = add_document(staff, facts, ReadFile(OLD), NO_DAYS, None)
    add_version(staff, first.document, ReadFile(NEW), NO_DAYS, None)
    return first.document


@pytest.fixture
def waters(world):
    river = River.objects.create(code="NTH", name="南塘河")
    MonitoringPoint.objects.create(
        code="P1", name="望春桥断面", kind="city", river=river, area=world.west_town, department=world.water,
        geom=Point(121.32, 29.85, srid=4326),
    )  # fmt: skip
    return river


def text_of(client, address, **query):
    answer = client.get(address, query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_each_day_has_the_version_that_was_in_force(law, as_user):
    assert version_on(law, date(2004, 9, 30)) is None
    assert version_on(law, date(2019, 9, 30)).adopted_on == date(2004, 5, 29)
    assert version_on(law, date(2019, 10, 1)) == newest(law)
    anyone, address = as_user(None), law.get_absolute_url()
    assert "新的养护" in text_of(anyone, address) and "旧的。" in text_of(anyone, address, on="2010-01-01")
    assert "没有有效的文本" in text_of(anyone, address, on="2001-01-01")
    assert "不是现行文本" in text_of(anyone, address, version=law.versions.order_by("pk").first().pk)
    for wrong in ("x", "2026-02-31", "9" * 50, "２０２６"):
        assert anyone.get(address, {"on": wrong}).status_code == 200
        assert anyone.get(address, {"version": wrong}).status_code in (200, 404)


def test_a_repeal_ends_the_force(law, staff):
    facts = {"title": "废止决定", "kind": "decision", "visibility": "public"}
    decision = add_document(staff, facts, ReadFile("废止决定\n第一条 废止。"), NO_DAYS, None).document
    relate(staff, decision, "repeals", law, date(2026, 1, 1))
    law.refresh_from_db()
    assert version_on(law, date(2025, 12, 31)) == newest(law) and version_on(law, date(2026, 1, 1)) is None
    with pytest.raises(BadInput):
        relate(staff, law, "amends", law)


def test_a_repeal_has_its_day_and_another_day_is_on_record(law, staff):
    facts = {"title": "废止决定", "kind": "decision", "visibility": "public"}
    decision = add_document(staff, facts, ReadFile("废止决定\n第一条 废止。"), NO_DAYS, None).document
    with pytest.raises(BadInput) as refusal:
        relate(staff, decision, "repeals", law)
    assert refusal.value.code == "repeal-without-day"
    for day in (date(2026, 1, 1), date(2026, 1, 1), date(2027, 1, 1)):
        relate(staff, decision, "repeals", law, day)
    law.refresh_from_db()
    assert law.repealed_on == date(2027, 1, 1)
    said = AuditEntry.objects.filter(verb="library.relate").order_by("pk")
    assert [entry.detail["on"] for entry in said] == ["2026-01-01", "2027-01-01"]


def test_a_document_sent_twice_is_one(staff, law):
    facts = {"kind": "local_law", "visibility": "public"}
    with pytest.raises(BadInput) as refusal:
        add_document(staff, facts, ReadFile(OLD), NO_DAYS, None)
    assert refusal.value.code == "document-twice" and Document.objects.count() == 1
    assert add_document(staff, facts | {"title": "另一份"}, ReadFile(OLD), NO_DAYS, None).document != law


def test_a_day_that_was_mistyped_as_the_first_of_all_opens_all_the_same(law, staff, as_user):
    add_version(staff, law, ReadFile(OLD.replace("旧的", "更旧的")), (date(1, 1, 1), date(1, 1, 1)), None)
    assert "新的养护" in text_of(as_user(None), law.get_absolute_url())


def test_an_article_has_its_address_and_its_neighbours(law, as_user):
    second = newest(law).articles.get(anchor="a2")
    page = text_of(as_user(None), second.get_absolute_url())
    assert "<h1>第二条</h1>" in page and "第一条" in page and "第三条" in page
    assert as_user(None).get(second.get_absolute_url().replace("a2", "a9")).status_code == 404


def test_the_search_finds_articles_in_force_and_no_others(law):
    assert found_by(None, "新的养护")[0] == "articles 某市河道条例 第一条"
    assert not any(row.startswith("articles") for row in found_by(None, "旧的"))
    assert found_by(None, "某市河道条例")[0] == "documents 某市河道条例"
    assert found_by(None, "某市河道条例第二条")[0] == "articles 某市河道条例 第二条"
    coming = NEW.replace("2019年4月26日", "2090年4月26日").replace("2019年10月", "2090年10月")
    add_version(None, law, ReadFile(coming.replace("新的", "将来的")), NO_DAYS, None)
    assert found_by(None, "新的养护")[0] == "articles 某市河道条例 第一条" and found_by(None, "将来的养护") == []
    law.visibility = Document.Visibility.INTERNAL
    law.save()
    assert found_by(None, "新的养护") == []


def test_places_are_found_decided_and_shown(law, waters, staff, as_user):
    assert find_places(law) == 2 and find_places(law) == 0
    river = Mention.objects.get(kind="rivers")
    anyone, page = as_user(None), waters.get_absolute_url()
    assert law.title not in text_of(anyone, page)
    decide(staff, law, river.pk, "confirmed")
    assert law.title in text_of(anyone, page) and "南塘河" in text_of(anyone, law.get_absolute_url())
    law.visibility = Document.Visibility.INTERNAL
    law.save()
    assert law.title not in text_of(anyone, page) and law.title in text_of(as_user(staff), page)
    with pytest.raises(BadInput):
        decide(staff, law, river.pk, "found")


def test_confirmed_places_are_a_tileset_by_who_may_read(law, waters, staff):
    from library.permissions import mentions_visible_to

    find_places(law)
    point = Mention.objects.get(kind="monitoring_points")
    assert list(mentions_visible_to(None)) == []
    decide(staff, law, point.pk, "confirmed")
    assert list(mentions_visible_to(None)) == [point]
    Document.objects.update(visibility="internal")
    assert list(mentions_visible_to(None)) == [] and list(mentions_visible_to(staff)) == [point]


def test_the_names_of_the_rooms_are_read_once_for_a_folder(tmp_path, db, monkeypatch):
    read = []

    def names():
        read.append("names")
        yield Named("rivers", 1, "南塘河", "/river/1/")

    monkeypatch.setattr(gazetteer, "_NAMES", [names])
    (tmp_path / "旧.md").write_text(OLD, encoding="utf-8")
    (tmp_path / "另.md").write_text(OLD.replace("某市", "某县"), encoding="utf-8")
    loaded = load_folder(None, tmp_path, "public")
    assert (loaded.documents, loaded.places, read) == (2, 2, ["names"])


def test_a_folder_is_loaded_and_what_cannot_be_read_is_named(tmp_path, db):
    (tmp_path / "旧.md").write_text(OLD, encoding="utf-8")
    (tmp_path / "新.md").write_text(NEW, encoding="utf-8")
    (tmp_path / "坏.pdf").write_bytes(b"%PDF nothing")
    (tmp_path / "_不要.md").write_text("x", encoding="utf-8")
    (tmp_path / "library.csv").write_text("文件,发布机关,类别\n旧.md,市人大,local_law\n坏.pdf,,\n", encoding="utf-8")
    loaded = load_folder(None, tmp_path, "public")
    assert (loaded.documents, loaded.versions) == (1, 2)
    assert [(row["file"], row["code"]) for row in loaded.refused] == [("坏.pdf", "document-broken")]
    assert load_folder(None, tmp_path, "public").already == 2
    assert Document.objects.get().organ in ("市人大", "")


def test_a_text_that_is_not_public_becomes_no_version_of_a_public_document(tmp_path, law):
    (tmp_path / "草案.md").write_text(NEW.replace("新的", "内部讨论的"), encoding="utf-8")
    (tmp_path / "旧.md").write_text(OLD, encoding="utf-8")
    loaded = load_folder(None, tmp_path)
    assert [(row["file"], row["code"]) for row in loaded.refused] == [("草案.md", "document-public")]
    assert (loaded.already, law.versions.count()) == (1, 2)
    assert load_folder(None, tmp_path, "public").versions == 1


def test_names_in_gbk_as_an_unpacked_zip_leaves_them_are_read(tmp_path, db, capsys):
    """What Linux unpacks of a zip of Chinese Windows has names whose bytes are no UTF-8."""
    below = tmp_path / os.fsdecode("法规".encode("gbk"))
    below.mkdir()
    (below / os.fsdecode("河道条例.md".encode("gbk"))).write_text("第一条 南塘河。", encoding="utf-8")
    (below / os.fsdecode("坏的.pdf".encode("gbk"))).write_bytes(b"nothing")
    (tmp_path / "library.csv").write_text("文件,题名\n法规/河道条例.md,区河道条例\n", encoding="utf-8")
    with pytest.raises(SystemExit):
        call_command("load_library", tmp_path)
    assert "法规/坏的.pdf" in capsys.readouterr().out
    assert Document.objects.get().title == "区河道条例"


def test_the_command_says_what_was_refused(tmp_path, db, capsys):
    (tmp_path / "a.docx").write_bytes(b"nothing")
    with pytest.raises(SystemExit):
        call_command("load_library", tmp_path)
    assert "a.docx" in capsys.readouterr().out


def send(client, address, **form):
    return client.post(address, {"kind": "law", "visibility": "public", **form})


def test_staff_upload_a_file_and_look_at_the_places(as_user, staff, waters, law):
    file = SimpleUploadedFile("法.md", "新法\n第一条 南塘河。".encode())
    answer = send(as_user(staff), "/library/new/", file=file)
    made = Document.objects.get(title="新法")
    assert answer["Location"] == f"/library/{made.code}/places/"
    mention = made.mentions.get()
    page = as_user(staff).post(f"/library/{made.code}/places/decide/", {"mention": mention.pk, "state": "confirmed"})
    assert page.status_code == 302
    assert Mention.objects.get(pk=mention.pk).decided_by == staff
    assert AuditEntry.objects.filter(verb="library.place").count() == 1
    kept = as_user(None).get(f"/library/{made.code}/{made.versions.get().pk}/original/")
    assert kept["Content-Disposition"].startswith("attachment") and b"".join(kept.streaming_content)
    # A mention of another document is not decided through this one.
    other = {"mention": mention.pk, "state": "rejected"}
    assert as_user(staff).post(f"/library/{law.code}/places/decide/", other).status_code == 404


@pytest.mark.parametrize(
    "form", [{}, {"text": " \n"}, {"file": SimpleUploadedFile("a.pdf", b"%PDF")}, {"text": "x", "kind": "poem"},
             {"text": "x", "adopted_on": "yesterday"}, {"text": "题名\n", "title": ""}]
)  # fmt: skip
def test_a_form_that_cannot_be_kept_says_why_and_keeps_nothing(as_user, staff, form):
    answer = send(as_user(staff), "/library/new/", **form)
    assert answer.status_code in (400, 422) and "field__error" in answer.content.decode()
    assert not Document.objects.exists()


def test_the_same_text_is_one_version(law, staff):
    with pytest.raises(BadInput) as refusal:
        add_version(staff, law, ReadFile(NEW), NO_DAYS, None)
    assert refusal.value.code == "document-twice"


def test_scripts_in_a_text_are_text(as_user, staff):
    facts = {"title": "<script>alert(1)</script>", "kind": "law", "visibility": "public"}
    text = "题\n第一条 <script>alert(2)</script><img src=x onerror=alert(3)>"
    made = add_document(staff, facts, ReadFile(text), NO_DAYS, Original("a\r\nX: y.txt", b"x")).document
    for address in (made.get_absolute_url(), newest(made).articles.get().get_absolute_url(), "/library/"):
        page = text_of(as_user(None), address)
        assert "<script>alert" not in page and "<img src=x" not in page
    answer = as_user(None).get(f"{made.get_absolute_url()}{newest(made).pk}/original/")
    assert "X" not in answer.headers and answer["Content-Type"] == "application/octet-stream"


def test_a_law_without_a_date_is_kept_and_staff_are_told(as_user, staff):
    facts = {"kind": "law", "visibility": "public"}
    made = add_document(staff, facts, ReadFile("无日期法\n第一条 甲。\n第一条 乙。"), NO_DAYS, None).document
    assert "没有写明" in text_of(as_user(None), made.get_absolute_url())
    page = text_of(as_user(staff), made.get_absolute_url())
    assert "没有读到通过日期" in page and "第一条出现了两次" in page
    assert version_on(made, date(2026, 1, 1)) is not None
