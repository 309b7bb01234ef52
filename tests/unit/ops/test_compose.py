"""Both compose files agree with each other, the Dockerfile, and the files that their services start."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from ops.environment import ROOT

FILES = ("docker-compose.yml", "docker-compose.scale.yml")
CONTAINER = ROOT / "ops" / "container"
PROGRAMS = {"etcd", "haproxy", "python"}
"""Commands that a package brings."""


class Loader(yaml.SafeLoader):
    """Also with compose's own tag for a list that takes another's place."""


Loader.add_constructor("!override", lambda loader, node: loader.construct_sequence(node))


def services(file: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.load((ROOT / file).read_text(), Loader)["services"]
    return found


NAMES = {name for file in FILES for name in services(file)}


def every() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for file in FILES:
        for name, service in services(file).items():
            yield file, name, service


def test_what_the_second_file_adds_comes_with_the_profile_alone() -> None:
    base, scale = (services(file) for file in FILES)
    added = {name for name in scale if name not in base}
    assert added == {"db-2", "etcd", "door", "pooler", "web-2", "web-read", "worker-2"}
    assert all(scale[name]["profiles"] == ["scale"] for name in added)


@pytest.mark.parametrize(
    ("file", "name", "service"), list(every()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_service_names_what_there_is(file: str, name: str, service: dict[str, Any]) -> None:
    assert set(service.get("depends_on", {})) <= NAMES
    if "extends" in service:
        assert service["extends"]["service"] in services(service["extends"]["file"])
    target = service.get("build", {}).get("target")
    assert target is None or f" AS {target}\n" in (ROOT / "Dockerfile").read_text()
    if command := service.get("command"):
        assert (CONTAINER / command[0]).exists() or command[0] in PROGRAMS
    declared = {each for each_file in FILES for each in yaml.load((ROOT / each_file).read_text(), Loader)["volumes"]}
    named = {volume.split(":")[0] for volume in service.get("volumes", []) if not volume.startswith("$")}
    assert named <= declared


def test_the_files_that_an_image_takes_are_there() -> None:
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    taken = re.findall(r"\bops/container/[\w.-]+", "\n".join(re.findall(r"^COPY .*", text, re.M)))
    assert len(taken) > 10
    assert [name for name in taken if not (ROOT / name).exists()] == []


def test_what_leads_to_the_servers_knows_them_by_their_names() -> None:
    door = (CONTAINER / "haproxy.cfg").read_text()
    assert set(re.findall(r"^    server (\S+) \1:5432 .*check port 8008$", door, re.M)) == {"db", "db-2"} <= NAMES
    assert re.findall(r"host=(\S+) port=5432", (CONTAINER / "pooler-start").read_text()) == ["door"]
    assert "etcd:2379" in (CONTAINER / "patroni.yml").read_text()
    scale = services(FILES[1])
    proxy = scale["proxy"]["environment"]
    assert {word.split(":")[0] for line in proxy.values() for word in line.split()} <= NAMES
    hosts = re.findall(r"host=([\w,-]+)", scale["web-read"]["environment"]["REPLICA_HOSTS"])
    assert hosts[0].split(",") == ["db", "db-2"]
    assert scale["db-2"]["environment"]["NODE"] == "db-2"


def test_each_service_says_whether_it_is_well() -> None:
    """`up --wait` fails at one that does not."""
    off = [(file, name) for file, name, service in every() if service.get("healthcheck", {}).get("disable")]
    assert off == []
    own = {"etcd", "door", "pooler"}  # their image's check is that of a server
    assert all(services(FILES[1])[name]["healthcheck"]["test"] for name in own)


def test_changes_are_archived_from_the_first_on_and_a_standby_begins_at_once() -> None:
    settings = yaml.safe_load((CONTAINER / "patroni.yml").read_text())
    assert "pgbackrest --stanza=geo-portal stanza-create" in settings["bootstrap"]["post_bootstrap"]
    assert settings["postgresql"]["basebackup"] == {"checkpoint": "fast"}


def test_servers_that_fail_over_lose_nothing_that_was_acknowledged() -> None:
    settings = yaml.safe_load((CONTAINER / "patroni.yml").read_text())["bootstrap"]["dcs"]
    assert settings["synchronous_mode"] is True
    assert settings["postgresql"]["parameters"]["synchronous_commit"] == "remote_apply"
    assert settings["loop_wait"] + 2 * settings["retry_timeout"] <= settings["ttl"], (
        "else a leader that lives is deposed"
    )
