"""`python -m ops`: which words each command takes, what it runs with them, and its exit code."""

import fcntl
import os

import pytest

from ops import __main__ as entry
from ops import locations
from tests.data.clone import run_command


@pytest.fixture
def ops(clone, monkeypatch):
    return lambda *words: run_command(monkeypatch, *words)


@pytest.mark.parametrize("words", [[], ["deploy"], ["runs"]])
def test_a_command_that_is_none_is_refused_with_the_list_of_all(ops, clone, capsys, words):
    assert ops(*words) == 2
    assert "usage: python -m ops" in capsys.readouterr().err
    assert clone.calls() == []


@pytest.mark.parametrize("command", ["run", "check", "setup", "system", "reset"])
def test_a_word_too_many_is_refused_before_anything_runs(ops, clone, capsys, command):
    assert ops(command, "tests/unit") == 2
    assert "unexpected: tests/unit" in capsys.readouterr().err
    assert clone.calls(but=()) == []


def test_help_tells_every_command(ops, capsys):
    assert ops("--help") == 0
    said = capsys.readouterr().out
    assert all(f"    {name} " in said for name in entry.COMMANDS)


def test_setup_ends_well_and_says_its_steps(ops, capsys):
    assert ops("setup") == 0
    assert "· installing requirements-dev.txt" in capsys.readouterr().out


def test_setup_makes_the_secret_key_that_later_starts_use(ops, clone):
    ops("setup")
    assert (clone.root / "var" / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_failed_step_is_one_line_and_exit_code_1(ops, clone, capsys):
    clone.fail("npm ci")
    assert ops("setup") == 1
    said = capsys.readouterr().err
    assert said == "`npm ci --no-audit --no-fund --loglevel=error` ended with code 3.\n"


def test_system_is_content_where_everything_is_there(ops):
    assert ops("system") == 0


def test_tests_that_fail_give_their_exit_code(ops, clone):
    clone.fail("-m pytest")
    assert ops("test", "tests/unit") == 3


def test_words_of_test_go_to_pytest_as_they_are(ops, clone):
    assert ops("test", "tests/unit", "-k", "officer") == 0
    assert clone.calls()[-1] == "python -m pytest tests/unit -k officer"


def test_the_browsers_tests_run_also_when_the_others_failed_and_the_failure_counts(ops, clone):
    clone.fail("--ignore=tests/e2e")
    assert ops("test") == 3
    runs = [call for call in clone.calls() if "pytest" in call and "install" not in call]
    assert ["--ignore=tests/e2e" in run for run in runs] == [True, False]


def test_tests_keep_to_a_folder_of_their_own(ops, clone):
    ops("test", "tests/unit")
    assert clone.var_dir_of("python -m pytest") == str(clone.root / "var" / "test")


def test_drill_hurts_a_site_of_its_own(ops, clone):
    clone.fail("tests.drills nobody")
    assert ops("drill", "--quick") == 0
    assert clone.calls()[-1] == "python -m tests.drills --quick"
    assert clone.var_dir_of("python -m tests.drills") == str(clone.root / "var" / "drill")
    assert ops("drill", "nobody") == 3


def test_scale_check_has_a_folder_of_its_own(ops, clone):
    assert ops("scale-check", "--recover") == 0
    assert clone.calls()[-1] == "python -m tests.drills.scale --recover"
    assert clone.var_dir_of("python -m tests.drills.scale") == str(clone.root / "var" / "scale")


def test_bench_names_its_benchmarks_installs_what_they_need_and_gives_their_exit_code(ops, clone):
    clone.fail("tests.benchmark nobody")
    assert ops("bench", "import", "--quick") == 0
    calls = clone.calls()
    assert calls[-1] == "python -m tests.benchmark import --quick"
    assert any(call.endswith("requirements-bench.txt") for call in calls)
    assert clone.var_dir_of("python -m tests.benchmark") == str(clone.root / "var" / "bench")
    assert ops("bench", "nobody") == 3


def test_reset_of_nothing_is_no_failure(ops):
    assert ops("reset") == 0


@pytest.fixture
def cluster(clone, monkeypatch):
    """The folder of a cluster that no server runs on, kept in VAR_DIR as an ordinary user's is."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    places = locations.locate(clone.root / "var")
    places.data.mkdir(parents=True)
    return places


def test_reset_deletes_the_cluster_and_leaves_the_secret_key(ops, clone, cluster):
    clone.write("var/secret_key", "kept")
    assert ops("reset") == 0
    assert not cluster.home.exists()
    assert (clone.root / "var" / "secret_key").read_text() == "kept"


def test_a_cluster_in_use_is_not_deleted_and_that_is_said(ops, cluster, capsys):
    with cluster.users_lock.open("w") as user:
        fcntl.flock(user, fcntl.LOCK_SH)
        assert ops("reset") == 1
    assert "is in use; stop `make run`" in capsys.readouterr().err
    assert cluster.data.exists()


def commanded(monkeypatch, error):
    def command(_options):
        raise error

    monkeypatch.setitem(entry.COMMANDS, "reset", (command, "fails"))


def test_a_folder_of_somebody_elses_is_said_with_the_way_out(ops, monkeypatch, capsys):
    commanded(monkeypatch, PermissionError(13, "Permission denied", "/srv/map/var"))
    assert ops("reset") == 1
    assert capsys.readouterr().err.startswith("/srv/map/var belongs to another user.")


def test_ctrl_c_is_the_shells_130(ops, monkeypatch):
    commanded(monkeypatch, KeyboardInterrupt())
    assert ops("reset") == 130


def test_a_defect_of_ours_keeps_its_traceback(ops, monkeypatch):
    commanded(monkeypatch, ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        ops("reset")
