"""What counts as missing, and what a person is told."""

import pytest

from ops import system

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
