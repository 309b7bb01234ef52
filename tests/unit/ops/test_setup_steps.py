"""The set-up of a clone: its steps in order, only those whose sources changed, none after one that failed."""

import os
import subprocess
import sys

import pytest

from ops import setup

PIP = "python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r ./"
NPM = ["npm ci --no-audit --no-fund --loglevel=error", "npm run --silent build"]
COLLECT = "python manage.py collectstatic --noinput --verbosity=0"


@pytest.fixture
def set_up(clone):
    def once(*, tests=True):
        setup.set_up(os.environ.copy(), tests=tests)
        return clone.calls()

    return once


def test_a_fresh_clone_takes_every_step_in_order(set_up, clone):
    packages = [f"{PIP}requirements.txt", f"{PIP}requirements-dev.txt"]
    assert set_up() == ["base-python -m venv --clear ./.venv", *packages, *NPM, COLLECT]
    assert (clone.root / "ui/locale/en/LC_MESSAGES/django.mo").read_bytes().startswith(b"\xde\x12\x04\x95")


def test_without_tests_their_tools_stay_away_and_static_files_are_packed(set_up):
    calls = set_up(tests=False)
    assert f"{PIP}requirements-dev.txt" not in calls
    assert calls[-2:] == [COLLECT, "python -m whitenoise.compress --quiet ./var/static"]


def test_a_second_time_there_is_nothing_to_do(set_up, capsys):
    set_up()
    capsys.readouterr()
    assert set_up() == []
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("changed", "again"),
    [
        ("requirements-dev.txt", [f"{PIP}requirements-dev.txt"]),
        ("requirements.txt", [f"{PIP}requirements.txt", COLLECT]),
        ("web/package-lock.json", [*NPM, COLLECT]),
        ("web/src/main.ts", [*NPM[1:], COLLECT]),
        ("ui/tokens.json", [*NPM[1:], COLLECT]),
        ("web/dist/assets/main.js", [COLLECT]),
        ("ui/static/ui/site.css", [COLLECT]),
        ("ui/templates/ui/page.html", []),
    ],
)
def test_what_changed_is_made_anew_and_nothing_else(set_up, clone, changed, again):
    set_up()
    clone.write(changed, "changed")
    assert set_up() == again


def test_another_node_builds_anew(set_up, clone):
    set_up()
    clone.program("node", "#!/bin/sh\necho v24.0.0\n")
    assert set_up() == [*NPM, COLLECT]


@pytest.mark.parametrize(
    ("failing", "message", "never"),
    [
        ("-m venv", r"base-python -m venv --clear .*\.venv` ended with code 3", "pip"),
        ("requirements.txt", "requirements.txt` ended with code 3", "npm"),
        ("npm ci", "npm ci .*` ended with code 3", "npm run"),
        ("npm run", "npm run --silent build` ended with code 3", "collectstatic"),
        ("collectstatic", "collectstatic .*` ended with code 3", "compress"),
    ],
)
def test_a_step_that_fails_ends_the_set_up_and_the_next_one_goes_on_from_there(set_up, clone, failing, message, never):
    clone.fail(failing)
    with pytest.raises(setup.SetupFailed, match=message):
        set_up(tests=False)
    first = clone.calls()
    assert failing in first[-1]
    assert not any(never in call for call in first)
    clone.fail()
    again = set_up(tests=False)
    assert again[0] == first[-1]
    assert any(never in call for call in again)


def test_a_catalogue_with_a_mistake_fails_and_leaves_no_half_made_one(set_up, clone):
    source = clone.write("ui/locale/en/LC_MESSAGES/django.po", 'msgid "河"\nmsgstr "river\n')
    with pytest.raises(setup.SetupFailed, match="msgfmt"):
        set_up()
    assert not source.with_suffix(".mo").exists()


def test_a_catalogue_is_compiled_again_once_it_is_newer(set_up, clone):
    set_up()
    compiled = clone.root / "ui/locale/en/LC_MESSAGES/django.mo"
    os.utime(compiled, (1, 1))
    set_up()
    assert compiled.stat().st_mtime > 1


def test_no_python_that_is_new_enough_is_said(set_up, clone):
    clone.fail("base-python -c")
    with pytest.raises(setup.SetupFailed, match=r"No Python 3\.12 or newer with venv"):
        set_up()


def test_an_environment_that_works_is_kept_when_only_its_stamp_is_gone(set_up, clone):
    set_up()
    (clone.root / ".venv/base.stamp").unlink()
    assert set_up() == []


def test_an_environment_that_was_copied_from_elsewhere_is_made_anew(set_up, clone):
    set_up()
    (clone.root / ".venv/base.stamp").unlink()
    clone.fail("^python -c")  # what such a one answers
    assert set_up() == ["base-python -m venv --clear ./.venv"]


def test_two_set_ups_wait_for_each_other(clone):
    try_it = "import fcntl, os, sys; fcntl.flock(os.open(sys.argv[1], os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB)"

    def other():
        return subprocess.run([sys.executable, "-c", try_it, clone.root], capture_output=True, text=True)

    with setup.one_at_a_time():
        assert "BlockingIOError" in other().stderr
    assert other().returncode == 0
