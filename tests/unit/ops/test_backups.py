"""What `make` does around backups and releases: what it asks of manage.py, in which order, and the way back."""

import contextlib
import json

import pytest

from ops import backups, postgis, variables
from ops.setup import SetupFailed


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A VAR_DIR; what is asked of manage.py and git is written down; `fails` names a command that goes wrong."""
    for name in ("TO", "FROM", "KEY", "FORCE", "ANYWAY", "TAG", "DATABASE_URL", "BACKUP_TARGET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    site = Site(tmp_path)
    monkeypatch.setattr(backups, "ready", site.ready)
    monkeypatch.setattr(backups, "manage", site.manage)
    monkeypatch.setattr(backups, "git", site.git)
    return site


class Site:
    def __init__(self, folder):
        self.folder, self.asked, self.fails = folder, [], ""
        self.head, self.changed = "old", ""
        self.night = "20261128T000000Z"

    @contextlib.contextmanager
    def ready(self, environ, *, alone=False):
        self.asked.append("alone" if alone else "ready")
        self.environ = environ
        if self.fails == "ready" and not alone:
            raise SetupFailed("npm ended with code 1.")
        yield

    def manage(self, environ, *words):
        self.asked.append(" ".join(words))
        if words[0] == "backup":
            kept = self.folder / "backups" / self.night
            kept.mkdir(parents=True, exist_ok=True)
            (kept / "manifest.json").write_text("{}")
        if words[0] == self.fails:
            raise backups.Refused(f"{words[0]} ended with code 1.")

    def git(self, *words):
        self.asked.append("git " + " ".join(words))
        if words[0] == "checkout":
            self.head = words[-1]
        return {"status": self.changed, "rev-parse": self.head}.get(words[0], "")


def test_a_folder_counts_from_where_the_command_was_typed_and_an_address_stays(site, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TO", "stick")
    backups.backup()
    monkeypatch.setenv("TO", "b@vault:/srv")
    backups.backup()
    assert site.asked == ["ready", f"backup --to {tmp_path}/stick", "ready", "backup --to b@vault:/srv"]


def test_a_restore_names_its_backup_wants_the_site_alone_and_passes_force_and_key_on(site, monkeypatch, tmp_path):
    with pytest.raises(backups.Refused, match="FROM="):
        backups.restore()
    monkeypatch.setenv("FROM", str(tmp_path / "stick"))
    monkeypatch.setenv("KEY", str(tmp_path / "key"))
    backups.restore()
    monkeypatch.setenv("FORCE", "1")
    backups.restore()
    monkeypatch.setenv("ANYWAY", "1")
    backups.restore()
    words = f"restore --from {tmp_path}/stick"
    assert site.asked == ["alone", words, "alone", f"{words} --force", "alone", f"{words} --force --anyway"]
    assert site.environ["BACKUP_KEY_FILE"] == str(tmp_path / "key")


def test_a_running_site_is_not_restored_onto(tmp_path, monkeypatch):
    monkeypatch.setattr(postgis, "is_in_use", lambda folder: True)
    with pytest.raises(backups.Refused, match="Stop it first"), backups.ready({"VAR_DIR": str(tmp_path)}, alone=True):
        pass


def test_an_upgrade_copies_first_then_takes_the_code_migrates_and_checks(site, monkeypatch):
    monkeypatch.setenv("TAG", "v0.5.0")
    backups.upgrade()

    steps = [step for step in site.asked if not step.startswith("git rev-parse") and step not in ("ready", "alone")]
    assert steps == [
        "git status --porcelain --untracked-files=no", "backup", "git fetch --tags --quiet",
        "git checkout --quiet v0.5.0", "prepare", "check --database default",
        "verify_chain --since-anchor --no-files",
    ]  # fmt: skip
    noted = json.loads((site.folder / "upgrade.json").read_text())
    assert noted == {"backup": str(site.folder / "backups" / "20261128T000000Z"), "commit": "old"}
    assert (site.folder / "installed").read_text() == "v0.5.0"


def test_an_upgrade_asks_no_more_of_ones_own_machine_than_make_run_does(site, monkeypatch):
    for name in ("TRIAL", "DEMO", "SITE_URL", "ALLOWED_HOSTS"):
        monkeypatch.delenv(name, raising=False)
    backups.upgrade()
    assert not variables.refusal(site.environ, but=frozenset({"SECRET_KEY"}))
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/site")
    backups.upgrade()
    assert "SITE_URL" in variables.refusal(site.environ)


def test_an_upgrade_onto_changed_files_is_refused_before_anything(site, monkeypatch):
    monkeypatch.setenv("TAG", "v0.5.0")
    site.changed = " M README.md"
    with pytest.raises(backups.Refused, match="git stash"):
        backups.upgrade()
    assert [step for step in site.asked if not step.startswith("git")] == []


@pytest.mark.parametrize("fails", ["ready", "prepare", "check", "verify_chain"])
def test_an_upgrade_that_fails_names_the_one_command_back_which_brings_code_and_data(site, monkeypatch, fails):
    monkeypatch.setenv("TAG", "v0.5.0")
    site.fails = fails
    with pytest.raises(backups.Refused, match="make upgrade-back"):
        backups.upgrade()
    assert not (site.folder / "installed").exists()

    site.fails, site.asked = "", []
    backups.upgrade_back()
    kept = site.folder / "backups" / "20261128T000000Z"
    assert site.asked[-3:] == ["git checkout --quiet old", "ready", f"restore --from {kept} --force"]


def test_an_upgrade_that_is_tried_again_keeps_the_way_back_of_its_first_try(site, monkeypatch):
    monkeypatch.setenv("TAG", "v0.5.0")
    site.fails = "check"
    with pytest.raises(backups.Refused):
        backups.upgrade()
    site.fails, site.night = "", "20261129T000000Z"  # a copy of data that are migrated by now
    backups.upgrade()
    noted = json.loads((site.folder / "upgrade.json").read_text())
    assert noted == {"backup": str(site.folder / "backups" / "20261128T000000Z"), "commit": "old"}

    monkeypatch.setenv("TAG", "v0.6.0")
    backups.upgrade()
    noted = json.loads((site.folder / "upgrade.json").read_text())
    assert noted == {"backup": str(site.folder / "backups" / "20261129T000000Z"), "commit": "v0.5.0"}


def test_after_the_way_back_the_next_upgrade_leads_back_to_where_it_began(site, monkeypatch):
    monkeypatch.setenv("TAG", "v0.5.0")
    backups.upgrade()
    assert backups.way_back(site.folder) == site.night
    backups.upgrade_back()
    assert (site.folder / "installed").read_text() == "old"
    with pytest.raises(backups.Refused, match="no upgrade"):  # once more would take what was written since
        backups.upgrade_back()
    assert backups.way_back(site.folder) == ""

    monkeypatch.setenv("TAG", "v0.5.1")
    backups.upgrade()
    assert json.loads((site.folder / "upgrade.json").read_text())["commit"] == "old"


def test_the_way_back_takes_no_older_code_where_its_backup_is_gone(site, monkeypatch):
    monkeypatch.setenv("TAG", "v0.5.0")
    backups.upgrade()
    (site.folder / "backups" / site.night / "manifest.json").unlink()
    with pytest.raises(backups.Refused, match="not there any more"):
        backups.upgrade_back()
    assert site.head == "v0.5.0"


def test_after_a_pull_the_way_back_is_to_what_ran_here_last(site):
    (site.folder / "installed").write_text("older")
    backups.upgrade()
    assert json.loads((site.folder / "upgrade.json").read_text())["commit"] == "older"


def test_a_backup_that_fails_ends_the_upgrade_before_it_begins(site, monkeypatch):
    monkeypatch.setenv("TAG", "v0.5.0")
    site.fails = "backup"
    with pytest.raises(backups.Refused, match="backup ended"):
        backups.upgrade()
    assert not any(step.startswith("git checkout") for step in site.asked)


def test_without_an_upgrade_there_is_no_way_back(site):
    with pytest.raises(backups.Refused, match="no upgrade"):
        backups.upgrade_back()
