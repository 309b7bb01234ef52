"""`make check` and `make test`: the same set-up as `make run`, then every linter or every test."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from ops import environment, forbidden, setup, system

# Like a real deployment, so that Django's deployment checks judge what production would have.
PRODUCTION = {
    "SECRET_KEY": "not-a-secret-only-long-enough-for-the-deployment-check-0123456789",
    "ALLOWED_HOSTS": "map.example.org",
    "CSRF_TRUSTED_ORIGINS": "https://map.example.org",
    "HTTPS": "1",
    "EMAIL_HOST": "mail.example.org",
    "SITE_URL": "https://map.example.org",
    "BACKUP_TARGET": "backup@vault.example.org:/srv/geo-portal",
    "DEBUG": "0",
    "DEMO": "0",
}


NOTHING_COLLECTED = 5
SIDE_BY_SIDE = ["--numprocesses=2", "--dist=loadfile", "--no-loadscope-reorder"]
"""Options of pytest-xdist. Two, because PostgreSQL is busy as well; whole files, in the tests' own order of files."""
BROWSERS = ["--numprocesses=2", "--dist=worksteal"]
"""The same for tests that drive a browser: few files of very different length."""


class ChecksFailed(Exception):
    """The names of the checks that failed; their output stands above."""


def test(arguments: list[str]) -> int:
    """Every test, in a VAR_DIR and a cluster of their own, so that a running `make run` is not disturbed."""
    environ = separate(os.environ.copy())
    system.ensure(system.needs(server=environment.uses_embedded(environ), browser=True))
    setup.set_up(environ, tests=True)
    with environment.database(environ, durable=False):
        return verdict([_pytest(environ, part) for part in parts(arguments, measured=bool(environ.get("CI")))])


def quick(arguments: list[str]) -> int:
    """What a change is most likely to break: unit and architecture tests, and those of the rooms it touches.

    Of the access table only these rooms' addresses are asked.
    """
    environ = separate(os.environ.copy())
    system.ensure(system.needs(server=environment.uses_embedded(environ), browser=False))
    setup.set_up(environ, tests=True)
    rooms = changed_rooms(_changed_files())
    chosen = [*quick_paths(rooms, environment.ROOT), f"--rooms={','.join(rooms) or 'none'}"]
    print("── " + " ".join(chosen), flush=True)
    with environment.database(environ, durable=False):
        return _pytest(environ, [*SIDE_BY_SIDE, *chosen, *arguments])


ACCESS = ["tests", "architecture", "access"]
ROOMS_TESTS = (["tests", "integration"], [*ACCESS, "foreign"], [*ACCESS, "rooms"])
"""Where each room has a folder or a file of tests."""


def changed_rooms(changed: Iterable[str]) -> list[str]:
    """The rooms that changed files (paths from the top of the clone) belong to, their tests included."""
    rooms = set()
    for name in changed:
        words = name.split("/")
        inside = next((len(place) for place in ROOMS_TESTS if words[: len(place)] == place and words[len(place) :]), 0)
        rooms.add(words[inside].removesuffix(".py"))
    return sorted(rooms)


def quick_paths(rooms: Iterable[str], root: Path) -> list[str]:
    """The folders of tests for changed rooms: unit, architecture, each room's own."""
    found = (f"tests/integration/{room}" for room in rooms)
    return ["tests/unit", "tests/architecture", *(path for path in found if (root / path).is_dir())]


def _changed_files() -> list[str]:
    """What is not committed yet, or else what the last commit changed."""

    def git(*words: str) -> list[str]:
        answer = subprocess.run(["git", *words], cwd=environment.ROOT, capture_output=True, text=True, check=False)
        return answer.stdout.splitlines()

    waiting = [*git("diff", "--name-only", "HEAD"), *git("ls-files", "--others", "--exclude-standard")]
    return waiting or git("diff", "--name-only", "HEAD~1")


COVERAGE = ["--cov", "--cov-report="]
"""Options of pytest-cov; below `fail_under` of pyproject.toml the run fails."""
SLOWEST = ["--durations=40", "--durations-min=5"]
"""What a whole run spends its minutes on stands at its end."""


def parts(arguments: list[str], *, measured: bool = False) -> list[list[str]]:
    """The pytest runs that `arguments` ask for: browser tests in a process of their own, unless paths were named.

    A browser driven from a test leaves an event loop running in its process, in which Django refuses its database.
    Both kinds run in two processes, each on a database of its own; with `measured` the lines that all but the
    browser's cover are counted, and the slowest tests named.
    """
    words = [argument.split("::")[0] for argument in arguments if not argument.startswith("-")]
    if any((environment.ROOT / word).exists() for word in words):
        return [arguments]
    whole = measured and not arguments
    cover, slowest = (COVERAGE, SLOWEST) if whole else ([], [])
    return [
        [*SIDE_BY_SIDE, "--ignore=tests/e2e", *cover, *slowest, *arguments],
        [*BROWSERS, "tests/e2e", *slowest, *arguments],
    ]


def verdict(codes: list[int]) -> int:
    """The first failure; a part in which nothing matched (pytest's 5) counts only when it was so in every part."""
    ran = [code for code in codes if code != NOTHING_COLLECTED]
    return next((code for code in ran if code), 0) if ran else NOTHING_COLLECTED


def _pytest(environ: dict[str, str], arguments: list[str]) -> int:
    return subprocess.run([setup.PYTHON, "-m", "pytest", *arguments], cwd=environment.ROOT, env=environ).returncode


def bench(arguments: list[str]) -> int:
    """The benchmarks, in a VAR_DIR, a cluster and a database of their own, as durable as that of `make run`."""
    return _apart("bench", "tests.benchmark", arguments, "requirements-bench")


def drill(arguments: list[str]) -> int:
    """The drills: a site in a VAR_DIR and a cluster of its own is hurt while it is reported to."""
    return _apart("drill", "tests.drills", arguments)


INTEROP = [
    "tests/integration/ogc/test_clients.py",
    "tests/integration/ogc/test_desktop_clients.py",
    "tests/integration/exchange/test_two_instances.py",
    "tests/integration/geo_portal/test_generated_client.py",
]
"""Where real clients use the site; tests without a line in the table are left out (`tests/interop_table.py`)."""


def interop(arguments: list[str]) -> int:
    """Real clients over a socket, and a table of what each did; says which are not on this machine."""
    for need in system.missing(system.CLIENTS):
        print(f"Without {need.what} (Debian package {need.package}) {need.without}.", flush=True)
    return test(["-q", "-p", "tests.interop_table", *INTEROP, *arguments])


def scale(arguments: list[str]) -> int:
    """Two webs, one that reads, two workers, a primary and its standby on this machine, of which the primary dies."""
    return _apart("scale", "tests.drills.scale", arguments)


def _apart(name: str, module: str, arguments: list[str], *listed: str) -> int:
    """Set up, then run a module of `tests` with a VAR_DIR of that name."""
    environ = os.environ.copy()
    environ["VAR_DIR"] = str(environment.var_dir(environ) / name)
    system.ensure(system.needs(server=environment.uses_embedded(environ), browser=False))
    setup.set_up(environ, tests=True)
    for requirements in listed:
        setup.install_listed(requirements)
    if not environ.get("SECRET_KEY"):
        environ["SECRET_KEY"] = environment.secret_key(environment.var_dir(environ))
    return subprocess.run([setup.PYTHON, "-m", module, *arguments], cwd=environment.ROOT, env=environ).returncode


def check() -> None:
    """All checks, also after one failed. ChecksFailed names those that did."""
    environ = separate(os.environ.copy())
    system.ensure(system.needs(server=environment.uses_embedded(environ), browser=False))
    setup.set_up(environ, tests=True)
    failed = [name for name, passed in _checks(environ).items() if not passed]
    if failed:
        raise ChecksFailed("Failed: " + ", ".join(failed))
    print("All checks passed.", flush=True)


def separate(environ: dict[str, str]) -> dict[str, str]:
    """Give the tests a VAR_DIR and a key of their own in `environ`, and return it."""
    folder = environment.var_dir(environ) / "test"
    environ.update(VAR_DIR=str(folder), EMBEDDED_DURABLE="0", PYTHONHASHSEED="0")
    environ["SECRET_KEY"] = "for-tests-only-" + "0123456789" * 4
    # Whoever keeps no bytecode pays at every start: a second for Django's modules, and every test is rewritten anew.
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    return environ


LONGEST = ("types", "templates", "web tests")


def _checks(environ: dict[str, str]) -> dict[str, bool]:
    """Whether each check passed. Two run at a time; what one printed stands together, the failed ones' last."""
    tools = _tools()
    with environment.database(environ, durable=False), ThreadPoolExecutor(2) as two:
        begun = {name: two.submit(_tool, tools[name], environ) for name in dict.fromkeys((*LONGEST, *tools))}
        passed = {"forbidden words": forbidden.report(environment.ROOT)}
        answers = {name: begun[name].result() for name in tools}
    for answer in sorted(answers.values(), key=lambda one: one.returncode != 0):
        print(f"── {' '.join(answer.args)}\n{answer.stdout}", end="", flush=True)
    return passed | {name: answer.returncode == 0 for name, answer in answers.items()}


@dataclass(frozen=True)
class Tool:
    """A command that passes by ending with 0, what it changes in the environment, and where it is run."""

    command: list[str]
    changes: dict[str, str] = field(default_factory=dict)
    cwd: Path = environment.ROOT


def _tool(tool: Tool, environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        tool.command,
        cwd=tool.cwd,
        env={**environ, **tool.changes},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def _tools() -> dict[str, Tool]:
    python = str(setup.PYTHON)
    manage = [python, "manage.py"]
    lint = {"DJANGO_SETTINGS_MODULE": "tests.lint_settings", "LOG_LEVEL": "WARNING"}
    return {
        "ruff": Tool([python, "-m", "ruff", "check", "."]),
        "format": Tool([python, "-m", "ruff", "format", "--check", "."]),
        "types": Tool([python, "-m", "mypy", *_packages()]),
        "import order": Tool([str(setup.VENV / "bin" / "lint-imports")]),
        "templates": Tool([python, "-m", "djlint", "--lint", "--quiet", *_template_folders()]),
        "migrations": Tool([*manage, "makemigrations", "--check", "--dry-run"]),
        "migrations of tables in use": Tool([*manage, "lintmigrations"], lint),
        "deployment": Tool([*manage, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
        "web": Tool(["npm", "run", "--silent", "check"], cwd=setup.WEB),
        "web tests": Tool(["npm", "test", "--silent"], cwd=setup.WEB),
    }


def _packages() -> list[str]:
    """The rooms: every folder at the top that is a Python package."""
    return [
        folder.parent.name for folder in sorted(environment.ROOT.glob("*/__init__.py")) if folder.parent.name != "tests"
    ]


def _template_folders() -> list[str]:
    return [str(folder.relative_to(environment.ROOT)) for folder in sorted(environment.ROOT.glob("*/templates"))]
