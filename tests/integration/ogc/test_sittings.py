"""A sitting of edits is a version: what it copies, when it ends, and what undo takes back."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone

from accounts.first_account.services import KEPT_AS
from accounts.models import Area, User
from geokit.refusal import BadInput, StaleEdit
from layers.importing.import_report import Report
from layers.importing.options import LoadOptions
from layers.importing.vector_loading import load
from layers.models import Layer, LayerVersion
from layers.storage.versions import undo_layer
from ledger.models import AuditEntry
from tests.data.gis_files import gbk_ponds
from tests.integration.layers.conftest import load_file, ponds, secret_ponds  # noqa: F401 - fixtures
from tests.integration.ogc.edits import ITEMS, PATCH, current, pond, send


def test_one_sitting_is_one_version_and_undo_takes_it_back(editor, gis, other_gis, as_user, first):
    before = editor.get(ITEMS).json()["features"]
    send(editor, "post", ITEMS, pond())
    send(editor, "patch", first, {"properties": {"名称": "改过"}}, PATCH)
    editor.delete(f"{ITEMS}/2")
    version = current()
    assert (version.number, version.mode, version.edits, version.rows) == (2, "edit", 3, 3)
    assert version.created_by == gis and version.east == pytest.approx(121.41)
    edits = {name: version.report["edits"][name] for name in ("created", "replaced", "deleted")}
    assert edits == {"created": 1, "replaced": 1, "deleted": 1}
    logged = AuditEntry.objects.filter(verb="layer.features").order_by("pk")
    assert [entry.detail["edit"] for entry in logged] == ["created", "replaced", "deleted"]
    created, replaced, deleted = (entry.detail["changed"] for entry in logged)
    assert created["编号"] == [None, "C9"] and created["geometry"][0] is None
    assert list(replaced) == ["名称"] and replaced["名称"][1] == "改过"
    assert deleted["geometry"][1] is None and len(deleted["geometry"][0]) == 32
    assert "编辑 3 次" in editor.get("/layers/ponds/").content.decode()
    send(as_user(other_gis), "patch", first, {"properties": {"名称": "别人"}}, PATCH)
    assert current().number == 3
    undo_layer("ponds", user=gis)
    assert editor.get(first).json()["properties"]["名称"] == "改过"
    undo_layer("ponds", user=gis)
    assert editor.get(ITEMS).json()["features"] == before
    send(editor, "patch", first, {"properties": {"名称": "再改"}}, PATCH)
    assert (current().number, LayerVersion.objects.get(number=2).edits) == (4, 3)


def test_a_sitting_ends_half_an_hour_after_its_last_edit(editor, first):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for minutes, number in [(0, 2), (29, 2), (29, 2), (31, 3)]:
            clock.shift(timedelta(minutes=minutes))
            send(editor, "patch", first, {"properties": {"名称": str(minutes)}}, PATCH)
            assert current().number == number, minutes


def test_a_sitting_ends_after_a_day_of_work_whatever_is_edited(editor, first):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(17):
            send(editor, "patch", first, {"properties": {"名称": "又"}}, PATCH)
            clock.shift(timedelta(minutes=29))
        assert current().number == 2
        send(editor, "patch", first, {"properties": {"名称": "再"}}, PATCH)
        assert current().number == 3


def test_two_who_take_turns_do_not_fill_the_disk(editor, other_gis, as_user, first):
    both, number = (editor, as_user(other_gis)), 0
    for number in range(12):
        answer = send(both[number % 2], "patch", first, {"properties": {"名称": str(number)}}, PATCH)
        assert answer.status_code == 204
    answer = send(both[0], "patch", first, {"properties": {"名称": "满"}}, PATCH)
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (429, "too-many-sittings", "600")
    assert send(both[1], "patch", first, {"properties": {"名称": "自己的"}}, PATCH).status_code == 204
    assert current().number == 13


def test_a_layer_of_the_city_is_not_edited_by_who_reads_a_part_of_it(editor, as_user, officer, world, first):
    Layer.objects.filter(slug="ponds").update(department=world.water)
    assert send(as_user(officer), "patch", first, {"properties": {"名称": "改"}}, PATCH).status_code == 204
    ours = Area.objects.create(code="330299", name="甲区", level="district")
    Area.objects.create(code="330299100", name="甲镇", level="town", parent=ours)
    Layer.objects.filter(slug="ponds").update(area=None, visibility="public", public_fields=["编号", "名称"])
    cache.clear()
    cache.set(KEPT_AS, True)
    answer = send(as_user(User.objects.get(pk=officer.pk)), "patch", first, {"properties": {"名称": "又改"}}, PATCH)
    assert answer.status_code == 403
    assert Layer.objects.get(slug="ponds").current_version.edits == 1


def test_a_published_edit_is_never_changed_after_an_undo(editor, gis, first):
    send(editor, "patch", first, {"properties": {"名称": "一"}}, PATCH)
    undo_layer("ponds", user=gis)
    undo_layer("ponds", to_version=2, user=gis)
    send(editor, "patch", first, {"properties": {"名称": "二"}}, PATCH)
    assert current().number == 2  # it is the newest, and her own
    undo_layer("ponds", to_version=1, user=gis)
    send(editor, "patch", first, {"properties": {"名称": "三"}}, PATCH)
    undo_layer("ponds", to_version=2, user=gis)
    send(editor, "patch", first, {"properties": {"名称": "四"}}, PATCH)
    assert current().number == 4
    undo_layer("ponds", to_version=2, user=gis)
    assert editor.get(first).json()["properties"]["名称"] == "二"


def test_a_preview_from_before_an_edit_is_not_loaded(editor, gis, first, tmp_path):
    send(editor, "patch", first, {"properties": {"名称": "改过"}}, PATCH)
    options = {"path": gbk_ponds(tmp_path), "file_name": "p.zip", "slug": "ponds", "mode": "replace", "user": gis}
    send(editor, "patch", first, {"properties": {"名称": "又改"}}, PATCH)
    with pytest.raises(StaleEdit) as refused:
        load(LoadOptions(**options, base_version=2, base_edits=1), Report())
    assert refused.value.code == "layer-changed"
    load(LoadOptions(**options, base_version=2, base_edits=2), Report())
    assert current().number == 3


def test_no_file_is_loaded_as_an_edit(tmp_path, world):
    with pytest.raises(BadInput):
        load(LoadOptions(path=gbk_ponds(tmp_path), file_name="p.zip", slug="ponds", mode="edit"), Report())
