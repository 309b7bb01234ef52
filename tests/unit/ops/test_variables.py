"""One list of variables, and what production says without them."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ops import variables
from ops.environment import ROOT

NAMES = {variable.name for variable in variables.VARIABLES}
READY = {
    "SITE_URL": "https://map.example.org", "ALLOWED_HOSTS": "map.example.org", "HTTPS": "1", "SECRET_KEY": "words-" * 8,
    "EMAIL_HOST": "mail.example.org", "BACKUP_TARGET": "/mnt/backup",
}  # fmt: skip


def read_by(path: str) -> set[str]:
    """The names that a Python file reads from the environment, by whatever function of its own."""
    source = (ROOT / path).read_text()
    strings = {node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)}
    names = {str(word) for word in strings if re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*", str(word))}
    return {name for name in names if re.search(rf'[(\[]\s*"{name}"', source)}


def test_a_name_stands_once_in_the_list():
    assert len(NAMES) == len(variables.VARIABLES)


def test_the_settings_read_no_name_that_is_not_in_the_list():
    found = read_by("geo_portal/settings.py")
    assert found >= {"SITE_URL", "DATABASE_URL", "MIGRATION_DATABASE_URL", "EMAIL_HOST", "TILE_TIMEOUT_MS", "HTTPS"}
    assert found - NAMES <= {"HTTP_X_FORWARDED_PROTO", "USER", "DISABLE_SERVER_SIDE_CURSORS"}


def test_env_example_and_compose_hold_the_names_for_the_containers():
    wanted = {variable.name for variable in variables.VARIABLES if variable.containers}
    assert set(re.findall(r"^([A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.M)) == wanted
    compose = "".join((ROOT / name).read_text() for name in ("docker-compose.yml", "docker-compose.scale.yml"))
    assert set(re.findall(r"\$\{([A-Z0-9_]+)", compose)) == wanted


def test_the_docs_explain_every_name_and_no_other():
    text = (ROOT / "docs" / "operations.md").read_text().split("## Environment")[1].split("## Containers")[0]
    rows = "".join(line.split("|")[1] for line in text.splitlines() if line.startswith("| `"))
    assert set(re.findall(r"`([A-Z][A-Z0-9_]+)`", rows)) == NAMES - {"TESTING_HOOKS"}


def test_production_with_everything_starts():
    assert variables.missing(READY) == []


@pytest.mark.parametrize("name", READY)
def test_production_names_each_that_is_missing(name: str, tmp_path: Path):
    lines = variables.missing({key: value for key, value in READY.items() if key != name} | {"VAR_DIR": str(tmp_path)})
    assert [line.split()[0] for line in lines] == [name]


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("SITE_URL", "http://map.example.org", "https://"),
        ("SITE_URL", "https://", "name a host"),
        ("ALLOWED_HOSTS", "localhost,127.0.0.1", "this machine only"),
        ("HTTPS", "0", "must be 1"),
        ("SECRET_KEY", "short", "32 characters"),
        ("SECRET_KEY", "x" * 50, "different characters"),
        ("ALLOWED_HOSTS", "map.example.org,*", "every name"),
        ("DEBUG", "1", "must be off"),
        ("TESTING_HOOKS", "1", "must be off"),
        ("BACKUP_TARGET", "backups", "absolute folder"),
        ("BACKUP_TARGET", "ftp://host/backups", "user@host:/path"),
        ("CACHE_URL", "redis://cache:6379/0", "no password"),
    ],
)
def test_a_value_that_production_cannot_take_is_named_with_its_fault(name: str, value: str, told: str):
    (line,) = variables.missing(READY | {name: value})
    assert line.startswith(name)
    assert told in line
    assert not any(variable.secret and variable.name == name for variable in variables.VARIABLES) or value not in line


@pytest.mark.parametrize("switch", ["DEMO", "DEBUG"])
def test_the_demonstration_needs_none(switch: str):
    assert variables.missing({switch: "1"}) == []


def test_the_key_that_make_run_keeps_counts(tmp_path: Path):
    (tmp_path / "secret_key").write_text("kept-" * 12)
    given = {key: value for key, value in READY.items() if key != "SECRET_KEY"}
    assert variables.missing(given | {"VAR_DIR": str(tmp_path)}) == []


@pytest.mark.parametrize(
    "command",
    [
        ["manage.py", "work_jobs"], ["manage.py", "prepare"], ["manage.py", "listen_hj212"], ["-m", "ops", "run"],
        ["-c", "from geo_portal import wsgi"],
    ],
    ids=lambda words: words[-1],
)  # fmt: skip
def test_nothing_that_serves_people_starts_without_them(command: list[str], tmp_path: Path):
    bare = {key: value for key, value in os.environ.items() if key not in NAMES}
    environ = bare | {"VAR_DIR": str(tmp_path), "DEMO": "0", "TRIAL": "0", "PORT": "1"}
    done = subprocess.run([sys.executable, *command], cwd=ROOT, env=environ, capture_output=True, text=True)
    assert done.returncode in (1, 78)
    named = [line.split()[0] for line in done.stderr.splitlines() if line.startswith("  ")]
    wanted = ["SITE_URL", "ALLOWED_HOSTS", "HTTPS", "SECRET_KEY", "EMAIL_HOST", "BACKUP_TARGET"]
    assert named == [name for name in wanted if name != "SECRET_KEY" or command[-1] != "run"]  # which makes its own
    assert list(tmp_path.iterdir()) == []  # not even a database was started
