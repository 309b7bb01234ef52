"""What counts as missing, and what a person is told."""

import os
import subprocess
from pathlib import Path

import pytest

from ops import system
from tests.data.clone import run_command

THERE = system.Need("a thing", "thing", lambda: True)
GONE = system.Need("another thing", "another", lambda: False)


@pytest.mark.parametrize(
    ("text", "version"),
    [("v20.19.2\n", (20, 19, 2)), ("v22.0.0", (22, 0, 0)), ("10.8", (10, 8)), ("", ()), ("none", ())],
)
def test_versions_are_read_as_numbers(text: str, version: tuple[int, ...]) -> None:
    assert system.parse_version(text) == version


@pytest.mark.parametrize(("text", "enough"), [("v20.18.9", False), ("v20.19.0", True), ("v22.1.0", True), ("", False)])
def test_node_just_under_the_limit_is_too_old(text: str, enough: bool) -> None:
    assert (system.parse_version(text) >= system.NODE_AT_LEAST) is enough


def test_only_what_is_not_there_is_missing() -> None:
    assert system.missing([THERE, GONE]) == [GONE]


def test_nothing_missing_asks_for_nothing() -> None:
    system.ensure([THERE])


def test_without_root_and_sudo_the_command_to_type_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "root_prefix", lambda *_: None)
    with pytest.raises(system.Missing, match="apt-get install --no-install-recommends another"):
        system.ensure([THERE, GONE])


def test_what_the_site_runs_without_is_named_and_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(system, "root_prefix", lambda *_: None)
    system.ensure([THERE, system.Need("ffmpeg", "ffmpeg", lambda: False, "videos are not taken")])
    assert capsys.readouterr().out == "Without ffmpeg (Debian package ffmpeg) videos are not taken.\n"


@pytest.mark.parametrize(
    ("euid", "sudo", "interactive", "prefix"),
    [
        (0, None, False, []),
        (1000, "/usr/bin/sudo", True, ["/usr/bin/sudo"]),
        (1000, "/usr/bin/sudo", False, ["/usr/bin/sudo", "-n"]),
        (1000, None, True, None),
    ],
)
def test_how_to_become_root(euid: int, sudo: str | None, interactive: bool, prefix: list[str] | None) -> None:
    assert system.root_prefix(euid, sudo, interactive) == prefix


def test_a_server_elsewhere_needs_no_server_here() -> None:
    packages = {need.package for need in system.needs(server=False, browser=False)}
    assert "postgresql-17" not in packages
    assert "libgdal36" in packages


def test_the_system_cluster_is_prevented_before_apt_installs() -> None:
    script = system.APT_SCRIPT
    assert script.index("create_main_cluster = false") < script.index(" install ")


class Machine:
    """A machine on whose PATH are only the programs put there; `sudo` writes down what it is asked to run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def has(self, name: str, *lines: str) -> None:
        path = self.folder / name
        path.write_text("\n".join(["#!/bin/sh", *lines]) + "\n")
        path.chmod(0o755)

    def asked(self) -> str:
        log = self.folder / "sudo.log"
        return log.read_text() if log.exists() else ""

    def has_sudo(self, brings: str = "", code: int = 0) -> None:
        """`brings`: the program that is there afterwards."""
        made = f"printf '' >{self.folder}/{brings}; /bin/chmod +x {self.folder}/{brings}" if brings else ":"
        self.has("sudo", f'printf "%s\\n" "$*" >{self.folder}/sudo.log', made, f"exit {code}")
        self.has("apt-get")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    return Machine(tmp_path / "bin")


MSGFMT = system.Need("msgfmt", "gettext", system.on_path("msgfmt"))
NPM = system.Need("npm", "npm", system.on_path("npm"))


def test_what_is_missing_is_installed_by_its_debian_name(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    machine.has("npm")
    machine.has_sudo(brings="msgfmt")
    system.ensure([MSGFMT, NPM])
    assert capsys.readouterr().out == "Installing system packages: gettext\n"
    assert machine.asked().startswith("-n sh -c ")
    assert machine.asked().endswith("apt gettext\n")


def test_where_sudo_is_not_allowed_the_packages_and_the_command_are_named(machine: Machine) -> None:
    machine.has_sudo(code=1)
    with pytest.raises(system.Missing) as missing:
        system.ensure([MSGFMT, NPM])
    assert str(missing.value).splitlines() == [
        "Missing on this machine:",
        "  msgfmt (Debian package gettext)",
        "  npm (Debian package npm)",
        "As root, on Debian 13:",
        "  apt-get update && apt-get install --no-install-recommends gettext npm",
    ]


def test_what_installing_did_not_bring_is_named_alone(machine: Machine) -> None:
    machine.has_sudo(brings="msgfmt")
    with pytest.raises(system.Missing, match=r"^Missing on this machine:\n  npm \(Debian package npm\)\nAs root"):
        system.ensure([MSGFMT, NPM])


def test_a_system_without_apt_is_asked_for_nothing(machine: Machine) -> None:
    machine.has("sudo", f"echo asked >{machine.folder}/sudo.log")
    with pytest.raises(system.Missing):
        system.ensure([MSGFMT])
    assert machine.asked() == ""


def test_the_command_says_what_is_missing_and_ends_with_1(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, needs in {"BASE": (MSGFMT,), "SERVER": (GONE,), "BROWSER": (NPM,)}.items():
        monkeypatch.setattr(system, name, needs)
    monkeypatch.setenv("DATABASE_URL", "postgis://db.example.org/map")
    assert run_command(monkeypatch, "system") == 1
    assert "install --no-install-recommends gettext npm\n" in capsys.readouterr().err
    monkeypatch.delenv("DATABASE_URL")
    assert run_command(monkeypatch, "system") == 1
    assert "install --no-install-recommends gettext another npm\n" in capsys.readouterr().err


@pytest.mark.parametrize(("says", "enough"), [("v20.18.9", False), ("v20.19.0", True), ("", False)])
def test_node_is_asked_for_its_version(machine: Machine, says: str, enough: bool) -> None:
    assert not system.node_is_recent(), "there is none"
    machine.has("node", f"echo {says}")
    assert system.node_is_recent() is enough


def test_the_first_python_that_is_new_enough_and_whole_is_taken(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "PYTHONS", ("python3.13", "python3.14", "python3.12", "python3"))
    assert system.find_python() is None
    machine.has("python3.14", "exit 1")  # too old, or its venv is a package of its own
    machine.has("python3.12")
    machine.has("python3")
    assert system.find_python() == str(machine.folder / "python3.12")


def test_a_library_is_found_by_the_linkers_name() -> None:
    assert system.library("c")()
    assert not system.library("no-such-library-here")()


@pytest.mark.parametrize("code", [0, 100])
def test_no_system_cluster_is_made_and_the_setting_goes_away_also_when_apt_fails(tmp_path: Path, code: int) -> None:
    programs = Machine(tmp_path / "bin")
    etc = tmp_path / "postgresql-common"
    programs.has("apt-get", f"/bin/cat {etc}/createcluster.d/* >>{tmp_path}/seen", f'echo "$*" >>{tmp_path}/seen',
                 f"exit {code}")  # fmt: skip
    script = system.APT_SCRIPT.replace("/etc/postgresql-common", str(etc))
    path = {"PATH": f"{programs.folder}:/usr/bin:/bin"}
    assert subprocess.run(["sh", "-c", script, "apt", "gettext"], env=path).returncode == code
    assert "create_main_cluster = false" in (tmp_path / "seen").read_text()
    assert ("install -y -qq --no-install-recommends gettext" in (tmp_path / "seen").read_text()) is (code == 0)
    assert list((etc / "createcluster.d").iterdir()) == []
