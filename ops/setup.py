"""Everything between a clone and a start: Python and npm packages, the web build, translations, static files.

Each step remembers what it was made from in a stamp and is skipped while that has not changed.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from ops.environment import ROOT, var_dir
from ops.system import find_python

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
WEB = ROOT / "web"
DIST = WEB / "dist"
NOT_SOURCES = {"node_modules", "dist", "test-results"}
# Colours and class marks are written once, for the server's styles and the web build alike.
SHARED_WITH_WEB = (ROOT / "ui" / "tokens.json",)


class SetupFailed(Exception):
    """A step failed; its own output stands above."""


def digest(paths: Iterable[Path], *words: str) -> str:
    """One hash over names and contents of files, and over further words."""
    total = hashlib.sha256("\0".join(words).encode())
    for path in sorted(paths):
        total.update(str(path).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def files_below(folder: Path, leave_out: frozenset[str] = frozenset()) -> Iterator[Path]:
    """All files under a folder but those in folders of the names left out."""
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in leave_out)
        yield from (Path(here) / name for name in names)


@contextlib.contextmanager
def step(title: str, stamp: Path, made_from: str) -> Iterator[bool]:
    """True when the step has to run; its stamp is written when the block ends well."""
    if stamp.exists() and stamp.read_text() == made_from:
        yield False
        return
    print(f"· {title}", flush=True)
    stamp.unlink(missing_ok=True)
    yield True
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(made_from)


def run(*command: str | Path, cwd: Path | None = None, environ: dict[str, str] | None = None) -> None:
    """Run one program of a step, at the top of the clone or in `cwd`. SetupFailed when it fails or does not exist."""
    try:
        code = subprocess.run([str(word) for word in command], cwd=cwd or ROOT, env=environ).returncode
    except OSError as error:
        raise SetupFailed(f"{command[0]}: {error.strerror}") from error
    if code:
        raise SetupFailed(f"`{' '.join(str(word) for word in command)}` ended with code {code}.")


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """`make run` and `make test` started together set up one after the other."""
    handle = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def set_up(environ: dict[str, str], *, tests: bool) -> None:
    """All steps. With `tests` the test tools come along, and static files are not packed: nobody is far off."""
    with one_at_a_time():
        install_python_packages(tests=tests)
        install_npm_packages()
        build_web()
        compile_translations()
        collect_static(environ, packed=not tests)


def install_python_packages(*, tests: bool) -> None:
    interpreter = find_python()
    if interpreter is None:
        raise SetupFailed("No Python 3.12 or newer with venv was found.")
    base = str(Path(interpreter).resolve())
    with step("making .venv", VENV / "base.stamp", f"{base} {VENV}") as needed:
        if needed and not _venv_works():
            run(interpreter, "-m", "venv", "--clear", VENV)
    for name in ("requirements", "requirements-dev") if tests else ("requirements",):
        install_listed(name)


def install_listed(name: str) -> None:
    """The packages of one requirements file, unless they are there."""
    listed = ROOT / f"{name}.txt"
    with step(f"installing {listed.name}", VENV / f"{name}.stamp", digest([listed])) as needed:
        if needed:
            run(
                PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes",
                "--only-binary", ":all:", "-r", listed,
            )  # fmt: skip


def _venv_works() -> bool:
    """Whether .venv is there, of this place (a copied one points back at its origin) and new enough."""
    test = f"import sys, pip; sys.exit(sys.version_info < (3, 12) or sys.prefix != {str(VENV)!r})"
    return PYTHON.exists() and subprocess.run([PYTHON, "-c", test], capture_output=True).returncode == 0


def install_npm_packages() -> None:
    listed = [WEB / "package.json", WEB / "package-lock.json"]
    with step("installing npm packages", WEB / "node_modules" / ".stamp", digest(listed, _node_version())) as needed:
        if needed:
            run("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error", cwd=WEB)


def build_web() -> None:
    sources = [*files_below(WEB, frozenset(NOT_SOURCES)), *SHARED_WITH_WEB]
    with step("building the web front end", DIST / ".stamp", digest(sources, _node_version())) as needed:
        if needed:
            run("npm", "run", "--silent", "build", cwd=WEB)


def _node_version() -> str:
    return subprocess.run(["node", "--version"], capture_output=True, text=True).stdout.strip()


def compile_translations() -> None:
    for source in sorted(ROOT.glob("*/locale/*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            fresh = compiled.with_suffix(f".{os.getpid()}")
            run("msgfmt", "--check-format", "-o", fresh, source)
            fresh.replace(compiled)


def collect_static(environ: dict[str, str], *, packed: bool) -> None:
    """Static files of all rooms and libraries into VAR_DIR/static; `packed`: compressed beside that."""
    folder = var_dir(environ) / "static"
    rooms = [marker.parent for marker in ROOT.glob("*/__init__.py")]
    own = [path for room in rooms for path in files_below(room / "static")]
    made_from = digest([*own, *files_below(DIST), ROOT / "requirements.txt"], str(packed))
    with step("collecting static files", var_dir(environ) / "static.stamp", made_from) as needed:
        if needed:
            run(PYTHON, "manage.py", "collectstatic", "--noinput", "--verbosity=0", environ=environ)
            if packed:
                run(PYTHON, "-m", "whitenoise.compress", "--quiet", folder)
