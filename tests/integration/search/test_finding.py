"""Finding Chinese, in step with every change, and nothing for anybody that her pages do not show."""

import pytest
from django.contrib.gis.geos import Point
from django.core.management import call_command
from django.db import connection, transaction

from accounts.models import Area
from projects.permissions import projects_visible_to
from river_monitoring.models import MonitoringPoint, River
from search.find import Filters, find, suggest, visible_entries
from search.index import catch_up
from search.jobs import read_journal
from search.models import Change, Entry
from search.offers import offers
from search.text.query import parse
from tests.integration.search.conftest import found_by

pytestmark = pytest.mark.usefixtures("everything")


def test_a_rivers_own_name_comes_first(world):
    assert found_by(None, "西塘河")[0] == "rivers 西塘河"
    assert "projects 西塘河雨污分流" in found_by(None, "西塘河")


@pytest.mark.parametrize(
    "typed",
    [
        "西塘河",
        "xitanghe",
        "xth",
        "XTH",
        "西塘",
        "塘河",
        "河",
        "西 河",
        "R-XTH",
        "ｘｔｈ",
        "“西塘河”",
        "西塘河　",
        "消除劣五類",
    ],
)
def test_one_river_is_found_in_many_ways_of_writing(typed):
    assert "rivers 西塘河" in found_by(None, typed)


def test_traditional_characters_find_simplified_ones():
    assert found_by(None, "聯絡站")[0] == "stations 望春联络站"


def test_codes_and_numbers_are_found_first():
    assert found_by(None, "HS-0042")[0] == "monitoring_points 西塘河望春桥"
    assert found_by(None, "hs0042")[0] == "monitoring_points 西塘河望春桥"
    assert found_by(None, "M20260007")[0].startswith("published_matters")


def test_a_long_word_is_read_as_several():
    assert "projects 西塘河雨污分流" in found_by(None, "西塘河截污纳管")


def test_what_is_nowhere_gives_what_sounds_or_looks_like_it():
    assert found_by(None, "西糖河")[0] == "rivers 西塘河"
    assert found_by(None, "xitangeh")[0] == "rivers 西塘河"
    assert found_by(None, "完全没有的词") == []


def test_filters_narrow(world):
    assert found_by(None, "西塘河", kind="projects") == ["projects 西塘河雨污分流"]
    assert found_by(None, "西塘河", year=2026) == ["projects 西塘河雨污分流"]
    assert found_by(None, "西塘河", area=world.east_town.pk) == []
    assert "projects 西塘河雨污分流" in found_by(None, "西塘河", area=world.district.pk)
    assert set(found_by(None, "西塘河", organ="水利局")) == {
        "projects 西塘河雨污分流",
        "monitoring_points 西塘河望春桥",
    }


def test_where_too_many_match_what_is_called_so_and_a_kind_that_is_asked_for_are_there(world, river, monkeypatch):
    for number in range(5):
        MonitoringPoint.objects.create(
            code=f"M{number}", name=f"西塘河{number}号断面", kind="small", river=river, area=world.west_town,
            department=world.water, geom=Point(121.32, 29.85, srid=4326),
        )  # fmt: skip
    found_by(None, "西塘河")
    River.objects.filter(pk=river.pk).update(goal="清")  # written last, it is read last
    monkeypatch.setattr("search.find.MOST", 2)
    assert found_by(None, "西塘河")[0] == "rivers 西塘河"
    assert found_by(None, "西塘河", kind="rivers") == ["rivers 西塘河"]
    found = find(None, parse("西塘河"), Filters(kind="rivers"))
    assert (found.is_cut, len(found.keys)) == (False, 1)


def test_no_row_is_stale_after_save_update_or_delete(river, point):
    assert found_by(None, "西塘河望春桥") != []
    MonitoringPoint.objects.filter(pk=point.pk).update(name="集仕港桥")
    assert "monitoring_points 集仕港桥" in found_by(None, "集仕港")
    assert "monitoring_points 集仕港桥" not in found_by(None, "望春桥")
    River.objects.filter(pk=river.pk).update(name="北斗河")
    assert "monitoring_points 集仕港桥" in found_by(None, "北斗河")  # by its river
    village = Area.objects.create(code="330203199", name="离去村", level="village")
    assert found_by(None, "离去村") == ["areas 离去村"]
    village.delete()
    assert found_by(None, "离去村") == [] and not Entry.objects.filter(title="离去村").exists()


def test_a_town_that_is_called_another_way_is_found_with_what_lies_in_it(point, projects, world):
    assert found_by(None, "集士港街道") == []
    Area.objects.filter(pk=world.west_town.pk).update(name="集士港街道")
    found = found_by(None, "集士港街道")
    assert {"areas 集士港街道", "monitoring_points 西塘河望春桥", "projects 西塘河雨污分流"} <= set(found)


def test_a_change_that_is_not_read_yet_hides_the_old_words(point, monkeypatch):
    assert found_by(None, "望春桥") != []
    MonitoringPoint.objects.filter(pk=point.pk).update(name="改名桥")
    monkeypatch.setattr("search.find.catch_up", lambda: 0)  # another process reads the journal just now
    assert "monitoring_points 西塘河望春桥" not in found_by(None, "望春桥")


def test_what_is_undone_is_not_noted(point):
    catch_up(5000)
    with pytest.raises(RuntimeError), transaction.atomic():
        MonitoringPoint.objects.filter(pk=point.pk).update(name="改名桥")
        raise RuntimeError
    assert not Change.objects.exists()


def test_the_command_writes_the_same_index(capsys):
    catch_up(5000)
    before = list(Entry.objects.order_by("kind", "object_id").values_list("kind", "object_id", "title", "words"))
    call_command("rebuild_search")
    after = list(Entry.objects.order_by("kind", "object_id").values_list("kind", "object_id", "title", "words"))
    assert before == after and len(after) > 8


def test_nobody_finds_counts_or_is_offered_what_her_pages_hide(
    world, deputy, officer, other_officer, gis, staff, admin_user
):
    """Each role, each kind: what the index gives is what the pages' querysets give."""
    everybody = [None, deputy, officer, other_officer, gis, staff, admin_user]
    catch_up(5000)
    for user in everybody:
        for kind, offer in offers().items():
            if kind == "features":
                continue
            rows = offer.visible_to(user).filter(offer.only)
            seen = set(visible_entries(user, [kind]).values_list("object_id", flat=True))
            assert seen == set(rows.values_list("pk", flat=True)), (kind, user)
    assert projects_visible_to(staff).count() == 2
    for user in (None, deputy, gis, other_officer):
        assert found_by(user, "秘密候选") == []
        assert suggest(user, parse("秘密候选")) == suggest(user, parse("mmhx")) == []
    for user in (staff, admin_user, officer):
        assert "projects 秘密候选雨污分流" in found_by(user, "秘密候选")
    assert found_by(None, "离任河") == []


def test_the_public_finds_a_matter_by_its_public_words_only(staff):
    assert found_by(None, "望春路排口") == ["published_matters 望春路排口有黑水"]
    for inside in ("张三", "我家后门", "zhangsan"):
        assert not any("matters" in row for row in found_by(None, inside))
    assert "matters 张三家后门排污" in found_by(staff, "张三")


def test_a_paper_is_found_by_whoever_may_read_it(staff):
    assert "papers 关于整治山塘水库的建议" in found_by(None, "山塘水库")
    assert "papers 关于整治山塘水库的建议" in found_by(None, "2026-J0001")
    assert not any(row.startswith("papers") for row in found_by(None, "内部事项") + found_by(None, "2026-J0002"))
    assert "papers 关于内部事项的建议" in found_by(staff, "内部事项")
    for user in (None, staff):
        assert not any("未提交草稿" in row for row in found_by(user, "未提交草稿"))


def test_a_deputys_certificate_number_finds_nothing(staff):
    for user in (None, staff):
        assert not any(row.startswith("deputies") for row in found_by(user, "NO-1234"))


@pytest.mark.parametrize(
    "typed",
    ["河" * 100_000, "% _ * ? : & | ! ( ) ' \\ <->", "'; DROP TABLE search_entry; --", "\x00西", "~x:*", "a" * 5000,
     " ".join("西塘河"[i % 3] for i in range(5000)), "\u202e\ufffd\U000e0001", "“" * 900, "²³¼ª", "1" * 300],
)  # fmt: skip
def test_whatever_is_typed_is_answered(as_user, typed):
    client = as_user(None)
    for headers in ({}, {"hx-request": "true"}):
        response = client.get("/search/", {"q": typed}, headers=headers)
        assert response.status_code in (200, 400)  # 400: a control character, refused for the whole site
    assert found_by(None, "西塘河")[0] == "rivers 西塘河"  # the table is as it was


def test_a_long_query_is_cut_before_it_is_read():
    long = parse("河北塘西" * 30_000)
    assert len(long.text) == 80 and len(long.exactly()) < 2000 and long.in_parts() == ""
    assert len(parse("河北塘西" * 4).in_parts()) < 20_000


def test_marks_are_text(as_user, point):
    MonitoringPoint.objects.filter(pk=point.pk).update(name="<b>粗体</b>桥")
    page = as_user(None).get("/search/", {"q": "粗体"}).content.decode()
    assert "&lt;b&gt;<mark>粗体</mark>&lt;/b&gt;桥" in page and "<b>粗体" not in page


def test_the_box_suggests_and_leads_to_everything(as_user):
    fragment = as_user(None).get("/search/", {"q": "xth"}, headers={"hx-request": "true"}).content.decode()
    assert "<mark>西塘河</mark>" in fragment and "<html" not in fragment
    assert 'href="/search/?q=xth"' in fragment


def test_pages_and_filters_of_the_page(as_user, world):
    page = as_user(None).get("/search/", {"q": "西塘河", "kind": "projects"}).content.decode()
    assert "<mark>西塘河</mark>雨污分流" in page and "望春桥" not in page
    for wrong in (
        {"area": "x"},
        {"area": "9" * 40},
        {"year": "-1"},
        {"page": "99"},
        {"kind": "<script>"},
        {"organ": "?"},
    ):
        assert as_user(None).get("/search/", {"q": "西塘河", **wrong}).status_code == 200


def test_the_reader_of_tiles_may_not_read_the_index():
    from ledger.roles.grants import NEVER_DRAWN

    assert {"search_entry", "search_change"} <= set(NEVER_DRAWN)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'search_note_%%'")
        assert cursor.fetchone()[0] >= 30


def test_a_worker_writes_an_index_that_is_empty_and_reads_the_journal(point):
    Change.objects.all().delete()
    read_journal()
    assert "rivers 西塘河" in found_by(None, "西塘河")
    MonitoringPoint.objects.filter(pk=point.pk).update(name="改名桥")
    read_journal()
    assert not Change.objects.exists() and Entry.objects.filter(title="改名桥").exists()
