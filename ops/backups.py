"""What `make` does with backups and releases: the set-up, then commands of `manage.py`."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ops import environment, postgis, setup, system
from ops.environment import ROOT, Environment, var_dir

UPGRADE = "upgrade.json"
INSTALLED = "installed"
MANIFEST = "manifest.json"
"""What a whole backup has (`backups.store`)."""


class Refused(Exception):
    """It was not begun, or did not go well; the message says why and what to do."""


@contextlib.contextmanager
def ready(environ: dict[str, str], *, alone: bool = False) -> Iterator[None]:
    """Everything set up, and the database there for the length of the block. `alone`: no site may be running."""
    if alone and environment.uses_embedded(environ) and postgis.is_in_use(var_dir(environ)):
        raise Refused("The site is running here. Stop it first (Ctrl-C in the window of `make run`), then try again.")
    system.ensure(system.needs(server=environment.uses_embedded(environ), browser=False))
    setup.set_up(environ, tests=False)
    with environment.database(environ):
        yield


def manage(environ: dict[str, str], *words: str) -> None:
    """One command of manage.py. Refused when it fails; its own words stand above."""
    try:
        setup.run(setup.PYTHON, "manage.py", *words, environ=environ)
    except setup.SetupFailed as error:
        raise Refused(str(error)) from error


def place(named: str) -> str:
    """A folder as an absolute path, from where the command was typed; an address as it is."""
    return named if ":" in named else str(Path(named).expanduser().resolve())


def _started(environ: Environment | None = None) -> dict[str, str]:
    environ = dict(environ if environ is not None else os.environ)
    # As `make run` does: whose own machine it is has no public address yet, and nothing else is asked of her here.
    environ.setdefault("TRIAL", "1" if environment.uses_embedded(environ) else "0")
    if key := environ.get("KEY"):
        environ["BACKUP_KEY_FILE"] = place(key)
    return environ


def backup() -> None:
    environ = _started()
    with ready(environ):
        manage(environ, "backup", *(("--to", place(environ["TO"])) if environ.get("TO") else ()))


def backup_key() -> None:
    environ = _started()
    with ready(environ):
        manage(environ, "backup_key")


def check() -> None:
    environ = _started()
    with ready(environ):
        manage(environ, "backup_check", *(("--from", place(environ["FROM"])) if environ.get("FROM") else ()))


def restore() -> None:
    environ = _started()
    if not environ.get("FROM"):
        raise Refused("Say from where: make restore FROM=<the folder of the backups, or of one backup>")
    with ready(environ, alone=True):
        force = ["--force"] if environ.get("FORCE") else []
        manage(environ, "restore", "--from", place(environ["FROM"]), *force, *_anyway(environ))
    _ended(environ)


def _anyway(environ: Environment) -> list[str]:
    return ["--anyway"] if environ.get("ANYWAY") else []


def upgrade() -> None:
    """A backup, the new release's code where TAG names one, set-up, migrations, checks."""
    environ = _started()
    tag, before = environ.get("TAG", ""), installed(environ)
    if tag and git("status", "--porcelain", "--untracked-files=no"):
        raise Refused(
            "Files of this clone were changed. Put them back (git stash) before an upgrade to another release."
        )
    _say("1. A backup of what is here")
    with ready(environ, alone=True):
        manage(environ, "backup")
        _note(environ, before)
    try:
        if tag:
            _say(f"2. The code of {tag}")
            git("fetch", "--tags", "--quiet")
            git("checkout", "--quiet", tag)
        _say("3. Packages, web build, migrations")
        with ready(environ):
            manage(environ, "prepare")
            _say("4. Checks")
            manage(environ, "check", "--database", "default")
            manage(environ, "verify_chain", "--since-anchor", "--no-files")
            remember(environ)
    except (Refused, setup.SetupFailed, postgis.PostgisError, system.Missing) as error:
        raise Refused(
            f"{error}\nThe upgrade did not go well. The way back, to where you were: make upgrade-back"
        ) from error
    _say("Upgraded. Start the site with `make run`; if something is wrong: make upgrade-back")


def upgrade_back() -> None:
    """The code and the backup of before the last upgrade."""
    environ = _started()
    if not (noted := _noted(environ)):
        raise Refused("There was no upgrade here to go back from.")
    if environment.uses_embedded(environ) and postgis.is_in_use(var_dir(environ)):
        raise Refused("The site is running here. Stop it first (Ctrl-C in the window of `make run`), then try again.")
    if not (Path(noted["backup"]) / MANIFEST).is_file():
        raise Refused(f"The backup of before the upgrade, {noted['backup']}, is not there any more.")
    if noted["commit"] and noted["commit"] != git("rev-parse", "HEAD"):
        _say(f"1. The code of before: {noted['commit'][:12]}")
        git("checkout", "--quiet", noted["commit"])
    _say(f"2. The data of before: {noted['backup']}")
    with ready(environ):
        manage(environ, "restore", "--from", noted["backup"], "--force", *_anyway(environ))
    if noted["commit"]:
        (var_dir(environ) / INSTALLED).write_text(noted["commit"])
    (var_dir(environ) / UPGRADE).unlink()
    _say("Back where you were. What was written since the upgrade is in the database that is named above.")


def remember(environ: Environment) -> None:
    """Note which code the database was last prepared for, so that an upgrade knows its way back."""
    with contextlib.suppress(Refused, OSError):
        (var_dir(environ) / INSTALLED).write_text(git("rev-parse", "HEAD"))
    _ended(environ)


def installed(environ: Environment) -> str:
    """The commit that ran here last; that of the clone where nothing was noted."""
    with contextlib.suppress(OSError):
        return (var_dir(environ) / INSTALLED).read_text().strip()
    return _head()


def way_back(folder: Path) -> str:
    """The name of the backup that `make upgrade-back` of this VAR_DIR would bring back; "" where there is none."""
    noted = _noted({"VAR_DIR": str(folder)})
    return Path(noted["backup"]).name if noted else ""


def _note(environ: Environment, commit: str) -> None:
    """Where the backup of before the upgrade lies: the newest of the target's folder on this machine.

    An upgrade that did not end and is tried again keeps the way back of its first try: what it copies now may be of the
    new release already.
    """
    if (noted := _noted(environ)).get("unfinished") and noted["commit"] != _head():
        return
    target = environ.get("BACKUP_TARGET") or ""
    folder = Path(target) if target and ":" not in target else var_dir(environ) / "backups"
    newest = max(path.parent for path in folder.glob(f"*Z/{MANIFEST}"))
    _write_note(environ, {"backup": str(newest), "commit": commit, "unfinished": True})


def _ended(environ: Environment) -> None:
    """The site stands on one release again: a further upgrade is another one."""
    if noted := _noted(environ):
        noted.pop("unfinished", None)
        _write_note(environ, noted)


def _noted(environ: Environment) -> dict[str, Any]:
    """What the last upgrade noted; nothing where there was none."""
    try:
        noted: dict[str, Any] = json.loads((var_dir(environ) / UPGRADE).read_text())
    except (OSError, ValueError):
        return {}
    return noted


def _write_note(environ: Environment, noted: dict[str, Any]) -> None:
    (var_dir(environ) / UPGRADE).write_text(json.dumps(noted))


def _head() -> str:
    """The commit of the clone; "" where git is not there."""
    with contextlib.suppress(Refused):
        return git("rev-parse", "HEAD")
    return ""


def git(*words: str) -> str:
    """What git says. Refused when it fails or is not there."""
    try:
        done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    except OSError as error:
        raise Refused(f"git: {error.strerror}") from error
    if done.returncode:
        raise Refused(f"git {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout.strip()


def _say(line: str) -> None:
    print(f"── {line}", flush=True)
