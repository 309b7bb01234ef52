"""Where the embedded cluster lives, decided from paths and modes alone."""

import os
from pathlib import Path

import pytest

from ops import locations, postgis


@pytest.fixture
def as_ordinary_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)


@pytest.mark.usefixtures("as_ordinary_user")
def test_an_ordinary_user_keeps_the_cluster_in_var(tmp_path: Path) -> None:
    places = locations.locate(tmp_path)
    assert places.home == places.link == tmp_path / "postgis"


@pytest.mark.usefixtures("as_ordinary_user")
def test_a_link_made_earlier_is_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "postgis").symlink_to(elsewhere)
    assert locations.locate(tmp_path).home == elsewhere


def test_root_keeps_it_elsewhere_when_its_home_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = tmp_path / "root"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(locations, "cluster_owner", lambda euid: locations.Owner("postgres", 54321, 54321))
    home = locations.real_home(closed / "var" / "postgis", euid=0)
    assert home.parent == locations.SHELTER


def test_two_clones_never_share_a_shelter() -> None:
    assert locations.short_hash(Path("/root/a")) != locations.short_hash(Path("/root/b"))


@pytest.mark.parametrize(("mode", "passable"), [(0o755, True), (0o711, True), (0o700, False), (0o750, False)])
def test_a_stranger_passes_only_where_others_may(tmp_path: Path, mode: int, passable: bool) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    folder.chmod(mode)
    for parent in (tmp_path, *tmp_path.parents):
        if parent.stat().st_uid == os.geteuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o011)
    assert locations.can_enter(folder, uid=54321, gid=54321) is passable


@pytest.mark.parametrize("length", [70, 80, 88, 89, 90, 120, 200])
def test_the_socket_path_always_fits_into_the_kernels_limit(length: int) -> None:
    home = Path("/" + "x" * (length - 1))
    socket = locations.socket_directory(home) / locations.SOCKET_NAME
    assert len(os.fsencode(socket)) <= locations.SOCKET_PATH_LIMIT


def test_a_short_path_keeps_its_socket_beside_the_data() -> None:
    assert locations.socket_directory(Path("/srv/map/var/postgis")) == Path("/srv/map/var/postgis/run")


def test_chinese_folder_names_count_in_bytes() -> None:
    home = Path("/srv/" + "海曙区人大监督地图" * 4 + "/var/postgis")
    assert locations.socket_directory(home).parent == Path("/tmp")


@pytest.mark.usefixtures("as_ordinary_user")
def test_the_address_carries_the_socket_folder_quoted(tmp_path: Path) -> None:
    url = postgis.database_url(tmp_path)
    assert url.startswith("postgis://geo_portal_app@/geo_portal?host=%2F")
    assert postgis.database_url(tmp_path, postgis.OWNER).startswith("postgis://geo_portal@/")
