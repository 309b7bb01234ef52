"""Steps run once, again when their sources change, and never count as done when they failed."""

from pathlib import Path

import pytest

from ops import setup


def _run_step(stamp: Path, made_from: str) -> bool:
    with setup.step("a step", stamp, made_from) as needed:
        return needed


def test_a_step_runs_once(tmp_path: Path) -> None:
    stamp = tmp_path / "made" / "stamp"
    assert _run_step(stamp, "one")
    assert not _run_step(stamp, "one")


def test_a_step_runs_again_when_its_sources_change(tmp_path: Path) -> None:
    stamp = tmp_path / "stamp"
    _run_step(stamp, "one")
    assert _run_step(stamp, "two")


def test_a_failed_step_runs_again(tmp_path: Path) -> None:
    stamp = tmp_path / "stamp"
    with pytest.raises(setup.SetupFailed), setup.step("a step", stamp, "one"):
        setup.run("false", cwd=tmp_path)
    assert _run_step(stamp, "one")


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(setup.SetupFailed, match="no-such-program-here"):
        setup.run("no-such-program-here", cwd=tmp_path)


def test_the_digest_sees_contents_and_names(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_text("same")
    second.write_text("same")
    before = setup.digest([first])
    assert before != setup.digest([second])
    first.write_text("other")
    assert before != setup.digest([first])


def test_folders_left_out_are_not_read(tmp_path: Path) -> None:
    for name in ("src/main.ts", "node_modules/big.js", "src/dist/old.js"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    found = setup.files_below(tmp_path, frozenset({"node_modules", "dist"}))
    assert [path.name for path in found] == ["main.ts"]
