"""Rows and files are compared both ways: what is lost is told, what nobody names goes, and nothing else does."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Notice
from geo_portal.joints import file_watch
from jobs.models import Schedule
from ledger.filestore import jobs, marks, reconciliation
from ledger.filestore.addressed import store
from ledger.models import AuditEntry
from stations.models import Station

LATER = timedelta(days=2)


@pytest.fixture
def station(world):
    """A row with a photo, and a store that this site has kept files in for long."""
    made = Station.objects.create(
        code="S1", name="望春站", area=world.west_town, geom="SRID=4326;POINT(121.32 29.85)", kind="town", address="a"
    )
    made.photo.save("a.jpg", ContentFile(b"a photo"))
    store().make_mark(marks.own_mark())
    return made


def later(**how):
    return reconciliation.compare(now=timezone.now() + LATER, **how)


def elsewhere(what):
    """Do it in a session of its own, which does not see what this one has not committed."""
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(what).result()
        pool.submit(lambda: connection.close()).result()  # its own
    return done


def put(name, content=b"x"):
    path = Path(default_storage.path(name))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.mark.django_db
def test_all_is_well_where_every_row_has_its_file(station):
    found = later(remove=True)
    assert (found.files, found.named, found.missing, found.unnamed, found.held_back) == (1, 1, 0, 0, "")


@pytest.mark.django_db
def test_a_file_without_a_row_goes_once_it_is_older_than_the_grace_time(station):
    name = default_storage.save("findings/a.jpg", ContentFile(b"a face"))
    half = put("incoming/abc.part")
    old = put("findings/2025/01/earlier-release.jpg")
    assert reconciliation.compare(remove=True).removed == 0
    assert later().unnamed == 3
    assert default_storage.exists(name)
    assert later(remove=True).removed == 3
    assert not (default_storage.exists(name) or half.exists() or old.exists())
    assert default_storage.exists(station.photo.name)


@pytest.mark.django_db
def test_the_grace_time_is_never_shorter_than_an_import(settings):
    settings.FILE_GRACE_HOURS = 0
    assert reconciliation.grace() > timedelta(seconds=settings.IMPORT_SECONDS)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    ["imports/abc/data.gpkg", "setup/a.csv", "findings/held/a.jpg", "exports/1/a/b.csv", "thumbnails/1/a/b.webp",
     "district/relief.tif", "somebody/else.txt"],
)  # fmt: skip
def test_derived_files_uploads_under_way_and_what_others_put_there_are_left_alone(station, name):
    path = put(name)
    assert later(remove=True).removed == 0
    assert path.exists()


@pytest.mark.django_db
def test_a_row_without_its_file_is_told_with_table_and_name(station, admin_user, as_user):
    for number in range(3):
        default = Station.objects.get(pk=station.pk)
        default.pk, default.code, default.name = None, f"S{number + 2}", f"站{number}"
        default.photo.save("b.jpg", ContentFile(b"photo %d" % number))
    Path(station.photo.path).unlink()
    found = reconciliation.nightly()
    assert (found.missing, found.held_back) == (1, "")
    (naming,) = found.lost
    assert (naming.table, naming.row, naming.column, naming.name) == (
        "stations_station", station.pk, "photo", station.photo.name
    )  # fmt: skip
    reconciliation.nightly()
    notices = Notice.objects.filter(recipient=admin_user, kind=file_watch.KIND)
    assert [notice.title for notice in notices] == ["1 份文件在存储中找不到"]
    assert AuditEntry.objects.filter(verb=reconciliation.VERB).count() == 2
    anyone = as_user(None)
    assert anyone.get("/readyz").json()["files"]["missing"] == 1
    assert "geo_portal_files_missing 1.0" in anyone.get("/metrics").content.decode()


@pytest.mark.django_db
def test_the_page_says_in_words_what_was_found(station, staff, as_user):
    client = as_user(staff)
    assert "还没有核对过" in client.get("/work/chain/").content.decode()
    Path(station.photo.path).unlink()
    jobs.compare()
    page = client.get("/work/chain/").content.decode()
    assert "1 份文件在存储中找不到" in page
    assert "存储看起来是空的或没有挂载" in page


@pytest.mark.django_db
def test_nothing_is_removed_from_a_store_that_is_not_mounted(station):
    put("findings/2025/01/orphan.jpg")
    Path(station.photo.path).unlink()
    found = later(remove=True)
    assert (found.removed, found.held_back) == (0, reconciliation.UNMOUNTED)


@pytest.mark.django_db
def test_nothing_is_removed_where_no_row_names_any_file(world):
    store().make_mark(marks.own_mark())
    put("findings/2025/01/orphan.jpg")
    assert later(remove=True, force=True).held_back == reconciliation.UNMOUNTED


@pytest.mark.django_db
def test_nothing_is_removed_from_a_store_in_which_another_site_keeps_files(station):
    orphan = put("findings/2025/01/theirs.jpg")
    store().make_mark("another-site")
    assert later(remove=True, force=True).held_back == reconciliation.SHARED
    assert orphan.exists()
    call_command("check_files", "--only-site", stdout=StringIO())
    assert later(remove=True).removed == 1


@pytest.mark.django_db
def test_a_site_that_is_new_to_a_store_removes_nothing_the_first_night(station):
    store().remove_mark(marks.own_mark())
    put("findings/2025/01/orphan.jpg")
    assert later(remove=True).held_back == reconciliation.NEW_HERE
    reconciliation.nightly()
    assert later(remove=True).removed == 1


@pytest.mark.django_db
def test_a_site_marks_the_store_with_its_first_file(world, monkeypatch):
    monkeypatch.setattr("ledger.filestore.folder._marked", set())
    default_storage.save("findings/a.jpg", ContentFile(b"a"))
    assert store().marks() == {marks.own_mark()}


@pytest.mark.django_db
def test_very_many_files_without_a_row_need_a_person(station, monkeypatch):
    monkeypatch.setattr(reconciliation, "FEW", 2)
    for number in range(3):
        put(f"findings/2025/01/{number}.jpg")
    assert later(remove=True).held_back == reconciliation.TOO_MANY
    assert later(remove=True, force=True).removed == 3


@pytest.mark.django_db
def test_a_file_that_got_its_row_while_the_store_was_looked_through_stays(station, monkeypatch):
    name = default_storage.save("stations/b.jpg", ContentFile(b"b"))
    names_in_rows = reconciliation.references.names_in_rows

    def earlier():
        found = names_in_rows()
        Station.objects.filter(pk=station.pk).update(photo=name)
        return found

    monkeypatch.setattr(reconciliation.references, "names_in_rows", earlier)
    assert later(remove=True).removed == 0
    assert default_storage.exists(name)


@pytest.mark.django_db(transaction=True)
def test_a_file_whose_row_is_not_committed_yet_stays(station):
    with transaction.atomic():
        name = default_storage.save("stations/b.jpg", ContentFile(b"b"))
        assert elsewhere(lambda: later(remove=True)).removed == 0
        assert elsewhere(lambda: later()).unnamed == 1
        Station.objects.filter(pk=station.pk).update(photo=name)
    assert later(remove=True).missing == 0
    assert default_storage.exists(name)


@pytest.mark.django_db
def test_operators_compare_by_hand_and_see_the_code(station):
    out = StringIO()
    call_command("check_files", stdout=out)
    assert "缺失 0 份" in out.getvalue()
    Path(station.photo.path).unlink()
    with pytest.raises(SystemExit) as ended:
        call_command("check_files", "--json", stdout=out)
    assert ended.value.code == 2
    assert '"missing": 1' in out.getvalue()


@pytest.mark.django_db
def test_the_job_is_in_the_schedule():
    assert Schedule.objects.get(name=jobs.NIGHTLY).daily_at.hour == 2
